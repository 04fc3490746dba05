"""From rows of the record to observations of quantities on the steps of a case.

A value stays one observation of the steps that it speaks of: a yearly average is one statement about
twelve months, never twelve values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from shatterbelt.errors import Fault, RecordError
from shatterbelt.record.periods import Calendar
from shatterbelt.record.rows import EventLike, SeriesLike, as_of
from shatterbelt.record.targets import Target, link, targets

Operator = Literal["average", "hold", "point"]
Convert = Callable[[float, str, str], float]
"""Turns a value from one unit into another; raises an error of this package where it cannot."""

ERROR_IN_SWINGS: dict[str, float] = {"high": 0.1, "medium": 0.25, "low": 0.6}
"""Standard error of an observed value by its confidence, in typical swings on the link scale."""
HOLD_FACTOR = 0.2
"""A value that holds from a date (a price in a contract, a list's length) is this much surer."""
INCLUSION: dict[str, float] = {"high": 0.98, "medium": 0.85, "low": 0.6}
"""Probability that an event of the record took place as coded, by its confidence."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One value and the steps ``first`` to ``last`` (both included) that it speaks of.

    ``value`` is in the quantity's unit; ``error`` is a standard error on the link scale. ``average``:
    the mean over the steps. ``hold``: the value in each of them. ``point``: the value in one of them.
    """

    operator: Operator
    first: int
    last: int
    value: float
    error: float
    series: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Observations:
    """All that the record says of one quantity in the first ``known`` steps of ``calendar``.

    ``counts`` is for events alone: for each known step, the inclusion probability of each event.
    """

    target: Target
    calendar: Calendar
    known: int
    items: tuple[Observation, ...] = ()
    counts: tuple[tuple[float, ...], ...] = ()


def observations(
    series: Iterable[SeriesLike],
    events: Iterable[EventLike],
    quantities: Mapping[str, Any],
    calendar: Calendar,
    as_of_date: dt.date | None = None,
    convert: Convert | None = None,
) -> dict[str, Observations]:
    """Return what was known of each tied quantity on a day (None: all that is recorded).

    Only rows known by that day enter, and only steps that had ended by then are spoken of: a value
    whose period reaches further is left out, except one that holds from a date, which is cut there.

    Args:
        series: rows of series.csv.
        events: rows of events.csv.
        quantities: the quantities of a case by name; read by their attributes.
        calendar: the steps of the case that the record can speak of.
        as_of_date: the day of the view.
        convert: turns values into the quantity's unit; without it the units' names must be the same.

    Raises:
        RecordError: a value has no place on its quantity's link or cannot be turned into its unit.
    """
    by_series: dict[str, list[SeriesLike]] = {}
    for row in as_of(series, as_of_date):
        by_series.setdefault(row.series, []).append(row)
    seen = as_of(events, as_of_date)
    known = calendar.known_steps(as_of_date)
    found = {}
    for name, item in targets(quantities).items():
        values = tuple(
            one
            for tied, enters in item.series
            for one in _of_series(item, by_series.get(tied, []), enters, calendar, known, convert or _same)
        )
        counts = _counts(item, seen, calendar, known) if item.kind == "events" else ()
        found[name] = Observations(item, calendar, known, values, counts)
    return found


def _of_series(
    item: Target,
    rows: list[SeriesLike],
    enters: str,
    calendar: Calendar,
    known: int,
    convert: Convert,
) -> list[Observation]:
    """Return the observations of one series, in the order of time, cut to the known steps."""
    ordered = sorted(rows, key=lambda row: (calendar.span(row.period), row.known))
    found = []
    for place, row in enumerate(ordered):
        first, last = calendar.span(row.period)
        operator: Operator = "average"
        if enters == "step from":
            operator = "hold"
            last = calendar.span(ordered[place + 1].period)[0] - 1 if place + 1 < len(ordered) else known - 1
            first, last = max(first, 0), min(last, known - 1)
        elif enters == "point at" or first == last:
            operator, first = "point", last
        if first < 0 or last >= known or first > last:
            continue
        value = _in_unit(item, row, convert)
        error = _error(item, value, row.confidence) * (HOLD_FACTOR if operator == "hold" else 1.0)
        found.append(Observation(operator, first, last, value, error, row.series, row.confidence))
    return found


def _in_unit(item: Target, row: SeriesLike, convert: Convert) -> float:
    """Return a row's value in its quantity's unit, and on its link's domain; persons become a share."""
    if item.kind == "share" and item.population and row.unit == "person" and item.unit != "person":
        value = row.value / item.population
    else:
        value = convert(row.value, row.unit, item.unit)
    with np.errstate(all="ignore"):
        on_link = float(link(item.link, np.array([value]))[0])
    if not np.isfinite(on_link):
        raise RecordError(
            [
                Fault(
                    "record/series.csv",
                    None,
                    f"{row.series} {row.period}",
                    f"no place on the {item.link} link of {item.name} ({value:g})",
                    "allowed: above 0 for log, between 0 and 1 for logit",
                    "try link: identity, or leave the series untied",
                )
            ]
        )
    return value


def _error(item: Target, value: float, confidence: str) -> float:
    """Return the standard error on the link scale: of a swing, or for a share of the value itself."""
    size = max(item.width / 10, value) if item.kind == "share" else abs(item.width)
    return ERROR_IN_SWINGS[confidence] * size


def _counts(
    item: Target, events: Iterable[EventLike], calendar: Calendar, known: int
) -> tuple[tuple[float, ...], ...]:
    """Return the inclusion probabilities of the tied events in each known step; each event once."""
    steps: list[list[float]] = [[] for _ in range(known)]
    for event in events:
        place = calendar.index_of_date(event.date)
        if 0 <= place < known and any(_counts_towards(event, tie) for tie in item.events):
            steps[place].append(INCLUSION[event.confidence])
    return tuple(tuple(step) for step in steps)


def _counts_towards(event: EventLike, tie: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]) -> bool:
    actors, types, at = tie
    return event.actor in actors and event.type in types and (not at or event.target in at)


def _same(value: float, unit: str, wanted: str) -> float:
    """Return the value unchanged where the units have the same name."""
    if unit != wanted:
        raise RecordError(
            [
                Fault(
                    "record/series.csv", None, "unit", f"unit {unit!r} is not {wanted!r}", "allowed: the same"
                )
            ]
        )
    return value
