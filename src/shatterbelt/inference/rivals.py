"""The naive rivals of a case: for each quantity that the record knows, two forecasts without any claim."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shatterbelt.inference.baseline_levels import GaussianLevel, Seen, autoregression, observed, random_walk
from shatterbelt.inference.baselines import Forecast as Naive
from shatterbelt.inference.baselines import constant_hazard, constant_rate, own_memory
from shatterbelt.inference.evidence import Evidence
from shatterbelt.inference.forecast import MONTHS, Truth
from shatterbelt.inference.posterior import Fitter
from shatterbelt.inference.scores import log_score_of_doubted

Floats = NDArray[np.float64]

BASELINES = ("constant", "own past")
"""The two rivals. Constant: constant rates and hazards, levels as random walks. Own past: rates by a
quantity's own memory and the calendar, levels as autoregressions; a status has but the one of hazards."""
PATHS = 1000
"""Paths of the rival that remembers."""


@dataclass(frozen=True)
class Came:
    """What the whole record says of every step: `forecast.Truth` as plain arrays.

    Attributes:
        chances: [most + 1, quantities, steps], log probability of each count of events.
        state: [quantities, steps], of statuses.
        value, error: [quantities, steps], observations of single steps, in swings.
        scored: [quantities, steps], whether the record says something that can be scored.
    """

    chances: Floats
    state: Floats
    value: Floats
    error: Floats
    scored: NDArray[np.bool_]


def came_of(truth: Truth) -> Came:
    """Return the truth as plain arrays."""
    chances, state, value, error, scored = (
        np.asarray(part, float)
        for part in (truth.chances, truth.state, truth.value, truth.error, truth.scored)
    )
    return Came(chances, state, value, error, scored > 0)


def rivals_of(fitter: Fitter, day: dt.date, known: int) -> dict[str, tuple[Naive, Naive]]:
    """Return for each quantity its two rivals, in the order of `BASELINES`, fed what was known on the day.

    A quantity of which nothing was known has none.
    """
    evidence, _ = fitter.data(day, [])
    plain = _plain(evidence)
    return (
        _of_events(fitter, plain, known)
        | _of_statuses(fitter, plain, known)
        | _of_levels(fitter.model.order, plain, known)
    )


def rival_score(naive: Naive, kind: str, came: Came, quantity: int, step: int, ahead: int) -> float:
    """Return a rival's log score of what came of a quantity (its row) in a step, ``ahead`` of the origin."""
    if kind == "events":
        each = [naive.log_density(ahead, count) for count in range(came.chances.shape[0])]
        return float(log_score_of_doubted(each, came.chances[:, quantity, step]))
    if kind == "status":
        return naive.log_density(ahead, float(came.state[quantity, step]))
    value, error = float(came.value[quantity, step]), float(came.error[quantity, step])
    if isinstance(naive, GaussianLevel):
        return naive.log_density(ahead, value, error=error)
    return naive.log_density(ahead, value)


def _plain(evidence: Evidence) -> dict[str, Any]:
    """Return what the rivals read of the evidence as plain arrays."""
    names = (
        "counts", "tied", "states", "stated", "calendars", "row", "step", "value", "error", "counted",
        "span_row", "span", "span_value", "span_error", "span_counted",
    )  # fmt: skip
    return {name: np.asarray(getattr(evidence, name)) for name in names}


def _of_events(fitter: Fitter, plain: dict[str, Any], known: int) -> dict[str, tuple[Naive, Naive]]:
    days = plain["calendars"][:, : known + MONTHS].T
    days = np.pad(days, ((0, known + MONTHS - len(days)), (0, 0))) if days.shape[1] else None
    found: dict[str, tuple[Naive, Naive]] = {}
    for row, name in enumerate(fitter.layout.events):
        if plain["tied"][row]:
            counts = np.round(plain["counts"][row, :known].astype(float))
            memory = own_memory(counts, days, horizon=MONTHS, paths=PATHS)
            found[name] = constant_rate(counts, MONTHS), memory
    return found


def _of_statuses(fitter: Fitter, plain: dict[str, Any], known: int) -> dict[str, tuple[Naive, Naive]]:
    found: dict[str, tuple[Naive, Naive]] = {}
    for row, name in enumerate(fitter.layout.statuses):
        stated = plain["stated"][row, :known] > 0
        if stated.any():
            hazard = constant_hazard(np.where(stated, plain["states"][row, :known], np.nan), MONTHS)
            found[name] = hazard, hazard
    return found


def _of_levels(order: Sequence[str], plain: dict[str, Any], known: int) -> dict[str, tuple[Naive, Naive]]:
    found: dict[str, tuple[Naive, Naive]] = {}
    for place, name in enumerate(order):
        seen = seen_of(plain, place, known)
        if len(seen.value):
            found[name] = random_walk(seen, known, MONTHS), autoregression(seen, known, MONTHS)
    return found


def seen_of(plain: dict[str, Any], place: int, known: int) -> Seen:
    """Return the observations of the quantity in a row of the step, averages with the rest, in swings.

    What ends after the known steps is left out.
    """
    at = (plain["row"] == place) & (plain["counted"] > 0)
    over = (plain["span_row"] == place) & (plain["span_counted"] > 0)
    spans = plain["span"][over] > 0
    steps = plain["step"][at]
    first = np.concatenate([steps, spans.argmax(axis=1)])
    last = np.concatenate([steps, spans.shape[1] - 1 - spans[:, ::-1].argmax(axis=1)])
    value = np.concatenate([plain["value"][at], plain["span_value"][over]])
    error = np.concatenate([plain["error"][at], plain["span_error"][over]])
    held = last < known
    return observed(first[held], last[held], value[held], error[held], known)
