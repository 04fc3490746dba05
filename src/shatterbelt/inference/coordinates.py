"""Where the path of a level lies: coordinates in which its posterior is close to standard normals.

A path that nobody observed is best drawn from its innovations (non-centred), one that is observed month
by month from its values (centred; Papaspiliopoulos, Roberts and Skoeld 2007). Here every direction of a
path is centred by as much as the record determines it. With a prior covariance ``L L'`` at the case's own
numbers and observations ``y = H z + error``, the eigenvectors ``U`` of ``L' H' R^-1 H L`` with values
``s`` are directions that the record sees ``s`` times as sharply as the prior does. The path is

    z = mean + baseline * lift + constant * follow + L U (1 + s)^(-1/2) ratio^(1 / (1 + s)) e

with ``e`` standard normals and ``ratio`` the noise over the noise that ``L`` was made with. Whatever the
numbers, this is a change of variables with a known determinant, so it moves no result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from shatterbelt.case.formulas import names_now
from shatterbelt.model.expressions import evaluate, looking_back
from shatterbelt.model.parts import Model
from shatterbelt.model.past import natural
from shatterbelt.record import Observations
from shatterbelt.record.gaussian import DIFFUSE, WIDENINGS, Prior, evidence
from shatterbelt.record.past import linear_view

Floats = NDArray[np.float64]
Values = Any
"""An array: numpy's when it is read, JAX's when the likelihood takes it."""


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Coordinates:
    """The coordinates of the levels' paths.

    Attributes:
        mean: [levels, steps].
        lift: [levels, steps], what a baseline of one swing adds.
        follow: [levels, constants, steps], what a constant adds for each unit above its prior's middle, where
            an observed formula of both tells of the level.
        turn: [observed levels, steps, steps]; the others' paths are their innovations, kept by the step's
            own share and added up.
        own: [levels, steps], the power of the noise ratio by which each direction is scaled: 1 where
            only the prior speaks, 0 where only the record does.
        noise: [levels], the noise at which the ratio is 1.
        seen: [levels], 1 for levels that the record observes.
        waves: [unobserved levels, steps, steps], orthonormal columns: the waves that such a path is made of.
        widths: [unobserved levels, steps], the variance of each wave at the noise above, 0 where none is.
        inside: [steps], 1 for steps that are known; the other directions belong to no path.
        constant: the logarithm of the determinant at a ratio of 1.
    """

    mean: Values
    lift: Values
    follow: Values
    turn: Values
    own: Values
    noise: Values
    seen: Values
    waves: Values
    widths: Values
    inside: Values
    constant: Values


def coordinates_of(
    model: Model,
    levels: Sequence[str],
    observed: Sequence[int],
    steps: int,
    known: int,
    record: Mapping[str, Observations],
    constants: Sequence[str] = (),
    layered: Sequence[int] = (),
) -> Coordinates:
    """Return coordinates for the first ``known`` steps, in arrays for ``steps`` of them.

    ``observed`` are the rows of the levels that the whole record observes; on an early day it may not yet
    have done so, and then a level's directions are its innovations.
    """
    size = len(levels)
    mean, lift, own = (np.zeros((size, steps)) for _ in range(3))
    turn = np.zeros((len(observed), steps, steps))
    waves, widths = np.zeros((len(layered), steps, steps)), np.zeros((len(layered), steps))
    follow = np.zeros((size, len(constants), steps))
    noise = np.ones(size)
    seen = np.zeros(size)
    constant = 0.0
    for row, name in enumerate(levels):
        numbers = model.quantities[name].numbers
        item = record.get(name)
        implied = _implied(model, name, record, known, constants)
        prior, operators, values, errors = _view(numbers, known, item, implied)
        noise[row], seen[row] = prior.noise[-1] if known > 1 else numbers["noise"], float(len(values) > 0)
        root = prior.responses * prior.noise
        sharp = (operators @ root) / errors[:, None]
        s, directions = np.linalg.eigh(sharp.T @ sharp)
        s = np.maximum(s, 0.0)
        if not len(values):  # keep the innovations themselves, one for each step
            s, directions = np.zeros(known), np.eye(known)
        basis = root @ directions
        shrunk = basis / np.sqrt(1 + s)
        if row in observed:
            turn[list(observed).index(row), :known, :known] = shrunk
        if row in layered:
            place = list(layered).index(row)
            waves[place, :known, :known], wide, _ = np.linalg.svd(root)
            widths[place, :known] = wide**2
        own[row, :known] = 1 / (1 + s)
        mean[row, :known] = shrunk @ (shrunk.T @ (operators.T @ (values / errors**2)))
        if len(values) and len(implied.values):
            told = operators[-len(implied.values) :].T @ (implied.moved / implied.errors[:, None] ** 2)
            follow[row, :, :known] = (shrunk @ (shrunk.T @ told)).T
        flat = np.linalg.solve(root, 1.0 - prior.keep ** np.arange(1, known + 1) * (seen[row] == 0))
        lift[row, :known] = basis @ ((directions.T @ flat) / (1 + s))
        constant += np.log(prior.noise).sum() - 0.5 * np.log1p(s).sum()
    inside = (np.arange(steps) < known).astype(float)
    return Coordinates(
        mean, lift, follow, turn, own, noise, seen, waves, widths, inside, np.asarray(constant)
    )


@dataclass(frozen=True)
class _Implied:
    """What observed formulas say of a level: operators [rows, steps], values and errors [rows] in swings.

    ``moved`` [rows, constants] is how the values move with each constant.
    """

    operators: Floats
    values: Floats
    errors: Floats
    moved: Floats


def _view(
    numbers: Mapping[str, float], known: int, item: Observations | None, implied: _Implied
) -> tuple[Prior, Floats, Floats, Floats]:
    """Return the process of a level at its own numbers, and what was observed of it, the implied last."""
    keep, noise = numbers["kept"], numbers["noise"]
    if item is None or not item.items:
        return Prior(keep, np.full(known, noise)), np.zeros((0, known)), np.zeros(0), np.ones(0)
    told = (implied.operators, implied.values, implied.errors)
    operators, values, errors = (np.concatenate(pair) for pair in zip(linear_view(item), told, strict=True))
    alone = Prior.even(keep, noise, known)
    error, spread = np.diag(errors**2), operators @ alone.covariance @ operators.T
    factor = max(WIDENINGS, key=lambda one: evidence(one**2 * spread + error, values))
    first = DIFFUSE if keep >= 1 else alone.noise[0] * factor
    return Prior(keep, np.append(first, np.full(known - 1, noise * factor))), operators, values, errors


def _implied(
    model: Model, level: str, record: Mapping[str, Observations], known: int, constants: Sequence[str]
) -> _Implied:
    """Return what observed formulas say of a level, all else at usual; it only places the coordinates."""
    steps: list[int] = []
    values: list[float] = []
    errors: list[float] = []
    moved: list[list[float]] = []
    for name, item in record.items():
        part = model.quantities[name]
        formula = part.formulas.get("value")
        if formula is None or level not in names_now(formula) or looking_back(formula):
            continue
        at, higher = (_formula(model, name, level, z) for z in (0.0, 0.1))
        slope = (higher - at) / 0.1
        if slope == 0:
            continue
        by = [(at - _formula(model, name, level, 0.0, {key: 1.0})) / slope for key in constants]
        for one in item.items:
            if one.first == one.last < known:
                steps.append(one.first)
                values.append((one.value - at) / slope)
                errors.append(abs(one.error / slope))
                moved.append(by)
    operators = np.zeros((len(steps), known))
    operators[np.arange(len(steps)), steps] = 1.0
    rows = np.array(moved).reshape(len(steps), len(constants))
    return _Implied(operators, np.array(values), np.array(errors), rows)


def _formula(
    model: Model, name: str, level: str, swings: float, above: Mapping[str, float] | None = None
) -> float:
    """Return a formula with one level so many swings from usual and all else at usual.

    ``above`` tells how far a constant is above the middle of its prior.
    """

    def look(key: str, lag: int) -> float:
        del lag
        part = model.quantities[key.partition(":")[2]]
        if part.kind == "constant":
            return 0.5 * (part.numbers["low"] + part.numbers["high"]) + (above or {}).get(part.name, 0.0)
        return float(natural(part, jnp.asarray(swings if part.name == level else 0.0)))

    return float(evaluate(model.quantities[name].formulas["value"], look))


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class ShareCoordinates:
    """The coordinates of the shares' paths: shocks, or where a share was seen its place among thresholds.

    Attributes:
        seen: [shares, steps], 1 where it was seen.
        place: [shares, steps], the normal quantile of the share whose threshold was passed.
        spread: [shares, steps], how far a standard normal moves it, in shocks at the case's own noise.
        before: [shares, steps], what the record has of the step before, 0 where it has nothing.
    """

    seen: Values
    place: Values
    spread: Values
    before: Values


def shares_of(
    model: Model, shares: Sequence[str], steps: int, record: Mapping[str, Observations]
) -> ShareCoordinates:
    """Return the coordinates of shares from when they were seen taking part, and how exactly."""
    seen, place = np.zeros((len(shares), steps)), np.zeros((len(shares), steps))
    spread, early = np.ones_like(seen), np.zeros_like(seen)
    for row, name in enumerate(shares):
        numbers = model.quantities[name].numbers
        own = numbers["swing"] * numbers["noise"] / numbers["sd"]
        before = np.zeros(steps + 1)
        items = record[name].items if name in record else ()
        for one in items:
            before[one.first + 1 : one.last + 2] = one.value
        for one in items:
            for t in range(one.first, one.last + 1) if one.operator != "average" else ():
                adjustment = numbers["adjustment"]
                passed = np.clip(before[t] + (one.value - before[t]) / adjustment, 0.002, 0.998)
                place[row, t] = ndtri(passed)
                slope = adjustment * np.exp(-(place[row, t] ** 2) / 2) / np.sqrt(2 * np.pi)
                early[row, t] = before[t]
                seen[row, t], spread[row, t] = 1.0, 1 / np.hypot(1.0, own * slope / one.error)
    return ShareCoordinates(seen, place, spread, early)
