"""Draws of the past: what each observed quantity may have been, given what was known on a day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shatterbelt.record import gaussian
from shatterbelt.record.observe import Observation, Observations
from shatterbelt.record.targets import LEAST_NOISE, Target, link, slope, unlink

Array = NDArray[np.float64]
ROUNDS = 4
"""Linearisations of an average on a log or logit link; more change nothing that one can see."""


@dataclass(frozen=True)
class PastDraws:
    """Pasts of the observed quantities, and the steps in which they hold.

    ``values`` float32 [draws, steps]; ``held`` bool [steps]: True from a quantity's first to its last
    observation, where a future must follow the draw; elsewhere the value is a placeholder (usual) and
    the model simulates. ``known`` steps had ended by the day of the view: step ``known`` is the first
    to be simulated for every quantity.
    """

    values: Mapping[str, NDArray[np.float32]]
    held: Mapping[str, NDArray[np.bool_]]
    known: int
    draws: int


def past_draws(observed: Mapping[str, Observations], draws: int = 256, seed: int = 0) -> PastDraws:
    """Draw pasts that agree with the observations within their errors.

    Each quantity's draws depend on the seed and its own name and observations alone, so that another
    quantity's coming or going changes nothing. Formulas are left out: they follow from the others.
    """
    values: dict[str, NDArray[np.float32]] = {}
    held: dict[str, NDArray[np.bool_]] = {}
    known = 0
    for name, item in observed.items():
        known = max(known, item.known)
        maker = MAKERS.get(item.target.kind)
        if maker is None or item.known == 0:
            continue
        drawn, mask = maker(item, draws, _generator(seed, name))
        if mask.any():
            length = item.calendar.length
            full = np.full((draws, length), item.target.usual, dtype=np.float32)
            full[:, : item.known] = np.where(mask, drawn, item.target.usual)
            values[name] = full
            held[name] = np.concatenate([mask, np.zeros(length - item.known, dtype=bool)])
    return PastDraws(values, held, known, draws)


def _generator(seed: int, name: str) -> np.random.Generator:
    digest = hashlib.sha256(name.encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8], "little")])


def _continuous(item: Observations, draws: int, rng: np.random.Generator) -> tuple[Array, NDArray[np.bool_]]:
    """Levels, stocks and given quantities: a conditioned autoregression on the link scale."""
    target, steps = item.target, item.known
    mask = np.zeros(steps, dtype=bool)
    if not item.items:
        return np.zeros((draws, steps)), mask
    mask[min(one.first for one in item.items) : max(one.last for one in item.items) + 1] = True
    normals = rng.standard_normal((draws, steps))
    rows = [part for one in item.items for part in _split(one)]
    errors = np.array([one.error for one in rows]) / abs(target.width)
    error_normals = rng.standard_normal((draws, len(rows)))
    prior, operators, values = _linearised(target, steps, rows, errors)
    swings = gaussian.conditioned_paths(prior, operators, values, errors, normals, error_normals)
    for _ in range(_rounds(target, rows)):
        values = _values(target, rows) - _bend(target, rows, operators, swings)
        swings = gaussian.conditioned_paths(prior, operators, values, errors, normals, error_normals)
    y = _origin(target) + target.width * swings
    for one in item.items:
        if one.operator == "hold":
            shift = one.error * rng.standard_normal(draws)
            y[:, one.first : one.last + 1] = link(target.link, np.array([one.value])) + shift[:, None]
    x = unlink(target.link, y)
    return (x if target.floor is None else np.maximum(x, target.floor)), mask


def _split(one: Observation) -> list[Observation]:
    """Return a value that holds as points at its two ends; any other observation as itself.

    Between the ends every step has the value itself; what lies outside depends on the ends alone.
    """
    if one.operator != "hold":
        return [one]
    return [
        Observation("point", t, t, one.value, one.error, one.series, one.confidence)
        for t in sorted({one.first, one.last})
    ]


def linear_view(item: Observations) -> tuple[Array, Array, Array]:
    """Return what was observed of a level as operators [rows, steps], values [rows] and errors [rows].

    Values and errors are in swings from usual, and each operator times a path in swings is what was
    observed, averages of natural values on a log or logit link to first order. A value that holds is a
    row for each of its steps.
    """
    rows = [part for one in item.items for part in _each_step(one)]
    errors = np.array([one.error for one in rows]) / abs(item.target.width)
    _, operators, values = _linearised(item.target, item.known, rows, errors)
    return operators, values, errors


def _each_step(one: Observation) -> list[Observation]:
    if one.operator != "hold":
        return [one]
    steps = range(one.first, one.last + 1)
    return [Observation("point", t, t, one.value, one.error, one.series, one.confidence) for t in steps]


def _linearised(
    target: Target, steps: int, rows: list[Observation], errors: Array
) -> tuple[gaussian.Prior, Array, Array]:
    """Return process, operators [rows, steps] and values [rows] in swings from usual.

    The average of natural values is made linear around the conditional mean path, and that path is
    found anew a few times (Gauss-Newton); on the identity link the first round is exact.
    """
    keep = 1.0 if target.half_life is None else float(2.0 ** (-1.0 / target.half_life))
    operators = np.zeros((len(rows), steps))
    for place, one in enumerate(rows):
        operators[place, one.first : one.last + 1] = 1 / (one.last - one.first + 1)
    values = _values(target, rows)
    alone = gaussian.Prior.even(keep, max(target.noise, LEAST_NOISE), steps)
    prior = gaussian.widen(alone, operators, values, errors)
    for _ in range(_rounds(target, rows)):
        path = values @ gaussian.gain(prior, operators, errors)
        for place, one in enumerate(rows):
            span = slice(one.first, one.last + 1)
            y = _origin(target) + target.width * path[span]
            mean = link(target.link, np.array([unlink(target.link, y).mean()]))
            operators[place, span] = slope(target.link, y) / slope(target.link, mean) / len(y)
        values = _values(target, rows) - _bend(target, rows, operators, path[None, :])[0]
    return prior, operators, values


def _rounds(target: Target, rows: list[Observation]) -> int:
    """Return how often to linearise: points, and averages on the identity link, are linear already."""
    return ROUNDS if target.link != "identity" and any(one.first < one.last for one in rows) else 0


def _origin(target: Target) -> float:
    """Return usual on the link scale."""
    return float(link(target.link, np.array([target.usual]))[0])


def _values(target: Target, rows: list[Observation]) -> Array:
    """Return the observed values [rows] in swings from usual."""
    return (link(target.link, np.array([one.value for one in rows])) - _origin(target)) / target.width


def _bend(target: Target, rows: list[Observation], operators: Array, paths: Array) -> Array:
    """Return by how much the true average of each draw exceeds its linear form, [draws, rows], swings.

    Taken off the observed values, it makes every draw meet the average of its own natural values.
    """
    bend = np.zeros((len(paths), len(rows)))
    for place, one in enumerate(rows):
        if one.first < one.last:
            part = paths[:, one.first : one.last + 1]
            natural = unlink(target.link, _origin(target) + target.width * part).mean(axis=1)
            true = (link(target.link, natural) - _origin(target)) / target.width
            bend[:, place] = true - part @ operators[place, one.first : one.last + 1]
    return bend


def _counts(item: Observations, draws: int, rng: np.random.Generator) -> tuple[Array, NDArray[np.bool_]]:
    """Events: each recorded event is counted with the probability that its confidence gives."""
    chances = [(step, chance) for step, events in enumerate(item.counts) for chance in events]
    counts = np.zeros((draws, item.known))
    uniforms = rng.random((draws, len(chances)))
    for place, (step, chance) in enumerate(chances):
        counts[:, step] += uniforms[:, place] < chance
    return counts, np.ones(item.known, dtype=bool)


def _on_or_off(item: Observations, draws: int, rng: np.random.Generator) -> tuple[Array, NDArray[np.bool_]]:
    """Statuses: on where a recorded value is at least one half; taken as certain."""
    del rng
    values, mask = np.zeros(item.known), np.zeros(item.known, dtype=bool)
    for one in item.items:
        values[one.first : one.last + 1] = one.value >= 0.5
        mask[one.first : one.last + 1] = True
    return np.broadcast_to(values, (draws, item.known)).astype(float), mask


def _taking_part(item: Observations, draws: int, rng: np.random.Generator) -> tuple[Array, NDArray[np.bool_]]:
    """Shares: held only in the steps in which one was seen; between them nobody counted."""
    values, mask = np.zeros((draws, item.known)), np.zeros(item.known, dtype=bool)
    for one in item.items:
        normals = rng.standard_normal((draws, 1))
        if one.operator != "average":
            values[:, one.first : one.last + 1] = np.clip(one.value + one.error * normals, 0, 1)
            mask[one.first : one.last + 1] = True
    return values, mask


Maker = Callable[[Observations, int, np.random.Generator], tuple[Array, NDArray[np.bool_]]]
MAKERS: dict[str, Maker] = {
    "level": _continuous,
    "given": _continuous,
    "stock": _continuous,
    "events": _counts,
    "status": _on_or_off,
    "share": _taking_part,
}


def monthly_record(item: Observations) -> tuple[Array, Array, Array]:
    """Return recorded value, low and high for each step of the calendar, NaN where nothing is said.

    ``value`` is there only for points, values that hold, and counts of events; ``low`` and ``high``
    are the 5 and 95 % bounds of the observation's error, drawn over the whole period of an average.
    """
    value, low, high = (np.full(item.calendar.length, np.nan) for _ in range(3))
    for one in sorted(item.items, key=lambda one: one.operator != "average"):
        span = slice(one.first, one.last + 1)
        low[span], high[span] = _bounds(item.target, one)
        if one.operator != "average":
            value[span] = one.value
    for step, events in enumerate(item.counts):
        value[step] = len(events)
    return value, low, high


def _bounds(target: Target, one: Observation) -> tuple[float, float]:
    """Return the 5 and 95 % bounds of an observation in the quantity's unit; a status has no error."""
    if target.kind == "status":
        return one.value, one.value
    side = 1.645 * one.error * np.array([-1.0, 1.0])
    ends = np.sort(unlink(target.link, link(target.link, np.array([one.value])) + side))
    if target.kind == "share":
        ends = np.clip(ends, 0, 1)
    if target.floor is not None:
        ends = np.maximum(ends, target.floor)
    return float(ends[0]), float(ends[1])
