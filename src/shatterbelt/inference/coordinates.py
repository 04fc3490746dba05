"""Where the path of a level lies: coordinates in which its posterior is close to standard normals.

A path that nobody observed is best drawn from its innovations (non-centred), one that is observed month
by month from its values (centred; Papaspiliopoulos, Roberts and Skoeld 2007). Here every direction of a
path is centred by as much as the record determines it. With a prior covariance ``L L'`` at the case's own
numbers and observations ``y = H z + error``, the eigenvectors ``U`` of ``L' H' R^-1 H L`` with values
``s`` are directions that the record sees ``s`` times as sharply as the prior does. The path is

    z = mean + baseline * lift + constant * follow + constant^2 * follow2 + weight * led
        + L U (1 + s)^(-1/2) ratio^(1 / (1 + s)) e

with ``e`` standard normals and ``ratio`` how wide the process makes a direction, over how wide it was when
``L`` was made; what a baseline or a push adds, it adds where the record leaves the path open. Whatever the
numbers, this is a change of variables with a known determinant, so it moves no result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from shatterbelt.case.formulas import names_now
from shatterbelt.inference.layout import Layout
from shatterbelt.model.expressions import evaluate, looking_back
from shatterbelt.model.parts import Model
from shatterbelt.model.past import natural
from shatterbelt.record import Observations
from shatterbelt.record.gaussian import WIDENINGS, Prior, evidence
from shatterbelt.record.past import linear_view

Floats = NDArray[np.float64]
FIRST_SPREAD = 2.0
"""Standard deviation of an observed level's first value around usual, in swings: the record begins in the
middle of things, not at rest."""
UNSEEN = 1e-4
"""Sharpness of a direction, the prior's being 1, far below which the record does not see it."""
LEAST_PASSED = 0.002
"""Share that has passed its threshold at the least, and has not, where a share was seen."""
TINY = 1e-9
"""Squared swings below which a direction has no shocks but the first value's."""
LEAST_SHARE = 1e-9
"""Share that is guessed at the least, so that it has a logarithm."""
Values = Any
"""An array: numpy's when it is read, JAX's when the likelihood takes it."""


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Coordinates:
    """The coordinates of the levels' paths.

    Attributes:
        mean: [levels, steps].
        lift: [levels, steps], what a baseline of one swing adds.
        follow: [levels, constants, 2, steps], what a constant adds for each unit above its prior's middle,
            and for its square, where an observed formula or stock of both tells of the level.
        led: [claims on observed levels, steps], what a weight of 1 adds to the effect's path.
        turn: [observed levels, steps, steps]; the others' paths are their innovations, kept by the step's
            own share and added up.
        own: [levels, steps], the power of the ratio by which each direction is scaled: 1 where
            only the prior speaks, 0 where only the record does, and for levels that `latent` lays out.
        noise: [levels], the noise at which the ratio is 1; ``keep``, [levels], the share kept.
        bends: [2, levels, steps], by which share of itself each direction's precision grows with the share
            kept above that, and with its square.
        seen: [levels], 1 for levels that the record observes.
        waves: [steps, steps], orthonormal columns: the waves that the path of an unobserved level is made of.
        inside: [steps], 1 for steps that are known; the other directions belong to no path.
        constant: the logarithm of the determinant at a ratio of 1.
    """

    mean: Values
    lift: Values
    follow: Values
    led: Values
    turn: Values
    own: Values
    noise: Values
    keep: Values
    bends: Values
    seen: Values
    waves: Values
    inside: Values
    constant: Values


@dataclass(frozen=True)
class Implied:
    """What the record says of a level by way of a formula or stock, in single steps.

    Attributes:
        steps: [rows].
        values, errors: [rows], in swings.
        moved: [rows, constants, 2], how the values move with each constant, and with its square.
    """

    steps: NDArray[np.int_]
    values: Floats
    errors: Floats
    moved: Floats

    def and_also(self, other: Implied) -> Implied:
        """Return what both say."""
        keys = [field.name for field in fields(self)]
        return Implied(*[np.concatenate([getattr(self, key), getattr(other, key)]) for key in keys])

    def before(self, known: int) -> Implied:
        """Return what is said of the first steps."""
        some = self.steps < known
        return Implied(self.steps[some], self.values[some], self.errors[some], self.moved[some])


@dataclass(frozen=True)
class Found:
    """What a first search found: with it coordinates are made anew.

    Attributes:
        numbers: level -> what it keeps, its noise, and its gain.
        reads: [claims, steps], what each claim of the model reads of its cause.
        implied: level -> what an observed stock says of it, which it makes grow or shrink.
        astray: [shares, steps], 1 where a share lies far from where it was seen.
    """

    numbers: Mapping[str, Mapping[str, float]]
    reads: Floats
    implied: Mapping[str, Implied]
    astray: Floats


def coordinates_of(
    model: Model,
    layout: Layout,
    known: int,
    record: Mapping[str, Observations],
    found: Found | None = None,
) -> Coordinates:
    """Return coordinates for the first ``known`` steps, in the shapes of ``layout``.

    On an early day the record may not yet have observed a level that it observes later; then its directions
    are its innovations.
    """
    size, steps = len(layout.levels), layout.steps
    inside = (np.arange(steps) < known).astype(float)
    claims = led_by(model, [layout.levels[row] for row in layout.observed])
    waves = np.zeros((steps, steps))
    waves[:known, :known] = waves_of(known)
    at = Coordinates(
        mean=np.zeros((size, steps)),
        lift=np.zeros((size, steps)),
        follow=np.zeros((size, len(layout.constants), 2, steps)),
        led=np.zeros((len(claims), steps)),
        turn=np.zeros((len(layout.observed), steps, steps)),
        own=np.zeros((size, steps)),
        noise=np.ones(size),
        keep=np.zeros(size),
        bends=np.zeros((2, size, steps)),
        seen=np.zeros(size),
        waves=waves,
        inside=inside,
        constant=np.zeros(()),
    )
    for row, name in enumerate(layout.levels):
        item = record.get(name)
        at.seen[row] = float(bool(item and item.items))
        at.noise[row] = model.quantities[name].numbers["noise"]
        if row not in layout.laid:
            implied = _implied(model, name, record, known, layout.constants)
            if found is not None and name in found.implied:
                implied = implied.and_also(found.implied[name].before(known))
            view = _view(model.quantities[name].numbers, known, item, implied)
            _place(at, layout, row, view, implied)
            for place, claim in enumerate(claims):
                if found is not None and model.claims[claim].effect == name:
                    at.led[place, :known] = view.opened @ _shocks(view.prior, found, claim, name)
    return at


def _place(at: Coordinates, layout: Layout, row: int, view: _View, implied: Implied) -> None:
    """Fill in the coordinates of one level."""
    prior, s = view.prior, view.sharper
    known = len(prior.noise)
    at.noise[row] = prior.noise[-1] if known > 1 else at.noise[row]
    if row in layout.observed:
        at.turn[layout.observed.index(row), :known, :known] = view.shrunk
    # How wide the first value of an observed level may lie does not hang on its noise.
    own_first = at.seen[row] * view.directions[0] ** 2
    at.own[row, :known] = (1 - own_first) / (1 + s)
    at.keep[row], at.bends[:, row, :known] = prior.keep, view.bends(seen=at.seen[row] > 0)
    at.mean[row, :known] = view.explained(view.operators.T @ (view.values / view.errors**2))
    if len(implied.values):
        moved = implied.moved.reshape(len(implied.values), -1) / implied.errors[:, None] ** 2
        told = view.explained(view.operators[-len(moved) :].T @ moved)
        at.follow[row, ..., :known] = told.T.reshape(-1, 2, known)
    still = 1.0 - prior.keep ** np.arange(1, known + 1) * (at.seen[row] == 0)
    at.lift[row, :known] = view.opened @ np.linalg.solve(view.root, still)
    at.constant[...] += np.log(prior.noise).sum() - 0.5 * np.log1p(s).sum()


class _View:
    """How a level's process and what was observed of it see the directions of its path."""

    def __init__(self, prior: Prior, operators: Floats, values: Floats, errors: Floats) -> None:
        self.prior, self.operators, self.values, self.errors = prior, operators, values, errors
        known = len(prior.noise)
        self.root = prior.responses * prior.noise
        sharp = (operators @ self.root) / errors[:, None]
        told = sharp.T @ sharp
        # Of all directions that the record does not see, those that do not mix when a little more is kept,
        # and the first value by itself.
        before = np.pad(self.root[:-1, 1:], ((1, 0), (1, 0))) / prior.noise[-1]
        before[0, 0] = known
        directions = np.linalg.eigh(told + UNSEEN * (before + before.T))[1]
        if not len(values):  # keep the innovations themselves, one for each step
            directions = np.eye(known)
        self.directions = directions
        self.sharper = np.maximum(np.einsum("ti,ts,si->i", directions, told, directions, optimize=True), 0.0)
        basis = self.root @ directions
        self.shrunk = basis / np.sqrt(1 + self.sharper)
        self.opened = basis @ (directions.T / (1 + self.sharper)[:, None])

    def bends(self, seen: bool) -> Floats:
        """Return how each direction's precision changes with the share kept, as `Coordinates` has it.

        The precision of a direction ``v`` is the sum of ``(v[t] - keep v[t - 1])^2 / noise^2``; the first
        value of a level that is seen is as wide whatever is kept.
        """
        basis = self.root @ self.directions
        shocks, before = basis[1:] - self.prior.keep * basis[:-1], basis[:-1]
        whole = (shocks**2).sum(axis=0) + (not seen) * basis[0] ** 2
        grows = np.array([-2.0 * (shocks * before).sum(axis=0), (before**2).sum(axis=0)])
        return np.asarray(np.divide(grows, whole, out=np.zeros_like(grows), where=whole > TINY))

    def explained(self, told: Floats) -> Floats:
        """Return the path that the sum of what observations tell, each in its own precision, explains."""
        return np.asarray(self.shrunk @ (self.shrunk.T @ told))


def waves_of(steps: int) -> Floats:
    """Return the waves of which a path from 0 with a free end is made, slow ones first; ``[steps, waves]``.

    They are the eigenvectors of a random walk's covariance, and but for its end those of any level that
    keeps a share of itself: with noise ``n`` and share kept ``k`` wave ``j`` has the variance
    ``n^2 / ((1 - k)^2 + k r)``, where ``r = 2 - 2 cos((j + 1/2) pi / (steps + 1/2))``.
    """
    rough = 2.0 * np.eye(steps) - np.eye(steps, k=1) - np.eye(steps, k=-1)
    rough[-1, -1] = 1.0
    return np.asarray(np.linalg.eigh(rough)[1])


def led_by(model: Model, levels: Sequence[str]) -> tuple[int, ...]:
    """Return the claims on some levels, as places among the model's."""
    return tuple(place for place, claim in enumerate(model.claims) if claim.effect in levels)


def _shocks(prior: Prior, found: Found, claim: int, level: str) -> Floats:
    """Return what a claim of weight 1 adds to the shocks of a path, ``[known]``."""
    shocks = found.numbers[level]["gain"] * found.reads[claim, : len(prior.noise)] / prior.noise
    shocks[0] = 0.0
    return np.asarray(shocks)


def _view(numbers: Mapping[str, float], known: int, item: Observations | None, implied: Implied) -> _View:
    """Return the process of a level at its own numbers, and what was observed of it, the implied last."""
    keep, noise = numbers["kept"], numbers["noise"]
    at = np.zeros((len(implied.steps), known))
    at[np.arange(len(at)), implied.steps] = 1.0
    if item is None or not item.items:
        return _View(Prior(keep, np.full(known, noise)), at, implied.values, implied.errors)
    told = (at, implied.values, implied.errors)
    operators, values, errors = (np.concatenate(pair) for pair in zip(linear_view(item), told, strict=True))
    alone = Prior.even(keep, noise, known)
    error, spread = np.diag(errors**2), operators @ alone.covariance @ operators.T
    factor = max(WIDENINGS, key=lambda one: evidence(one**2 * spread + error, values))
    each = np.append(FIRST_SPREAD, np.full(known - 1, noise * factor))
    return _View(Prior(keep, each), operators, values, errors)


def middle_of(model: Model, constant: str) -> float:
    """Return the middle of a constant's prior."""
    numbers = model.quantities[constant].numbers
    return 0.5 * (numbers["low"] + numbers["high"])


def _implied(
    model: Model, level: str, record: Mapping[str, Observations], known: int, constants: Sequence[str]
) -> Implied:
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
    rows = np.zeros((len(steps), len(constants), 2))
    rows[..., 0] = np.array(moved).reshape(rows.shape[:2])
    return Implied(np.array(steps, int), np.array(values), np.array(errors), rows)


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
            return middle_of(model, part.name) + (above or {}).get(part.name, 0.0)
        return float(natural(part, jnp.asarray(swings if part.name == level else 0.0)))

    return float(evaluate(model.quantities[name].formulas["value"], look))


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class ShareCoordinates:
    """The coordinates of the shares' paths: shocks around what the record lets one guess.

    Attributes:
        seen: [shares, steps], 1 where it was seen.
        value: [shares, steps], what was seen, 0 elsewhere.
        spread: [shares, steps], how far a standard normal moves it, in shocks at the case's own noise.
        guess: [shares, steps], the path that grows or falls by an even factor from the start by way of all
            that was seen, and then stays.
        before: [shares, steps], the same for the step before each.
    """

    seen: Values
    value: Values
    spread: Values
    guess: Values
    before: Values


def shares_of(
    model: Model,
    shares: Sequence[str],
    start: Mapping[str, float],
    steps: int,
    record: Mapping[str, Observations],
    found: Found | None = None,
) -> ShareCoordinates:
    """Return the coordinates of shares from when they were seen taking part, and how exactly.

    Where all else says that what was seen cannot have been, coordinates do not start from it. ``start`` is
    where quantities stand before the first step.
    """
    seen, value = np.zeros((len(shares), steps)), np.zeros((len(shares), steps))
    error = np.ones_like(seen)
    for row, name in enumerate(shares):
        for one in record[name].items if name in record else ():
            if one.operator != "average":
                held = slice(one.first, one.last + 1)
                seen[row, held], value[row, held], error[row, held] = 1.0, one.value, one.error
    if found is not None:
        seen *= 1.0 - found.astray
    guess, before, spread = np.zeros_like(seen), np.zeros_like(seen), np.ones_like(seen)
    for row, name in enumerate(shares):
        numbers, at = model.quantities[name].numbers, np.flatnonzero(seen[row])
        known = np.maximum([start[name], *value[row, at]], LEAST_SHARE)
        guess[row] = np.exp(np.interp(np.arange(steps), [-1, *at], np.log(known)))
        before[row] = np.append(start[name], guess[row, :-1])
        adjustment, own = numbers["adjustment"], numbers["swing"] * numbers["noise"] / numbers["sd"]
        place = ndtri(passed_of(value[row], before[row], adjustment))
        slope = adjustment * np.exp(-(place**2) / 2) / np.sqrt(2 * np.pi)
        spread[row] = np.where(seen[row] > 0, 1 / np.hypot(1.0, own * slope / error[row]), 1.0)
    return ShareCoordinates(seen, value, spread, guess, before)


def passed_of(value: Values, before: Values, adjustment: Values) -> Values:
    """Return the share whose thresholds must have been passed for another to follow on one before it."""
    return ((value - (1.0 - adjustment) * before) / adjustment).clip(LEAST_PASSED, 1.0 - LEAST_PASSED)
