"""The record as arrays that the likelihood reads: one shape, whatever was known on the day."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jax
import numpy as np
from numpy.typing import NDArray

from shatterbelt.case.types import Case
from shatterbelt.futures.world import Span, observed, span_of
from shatterbelt.inference.coordinates import (
    Coordinates,
    Found,
    ShareCoordinates,
    Values,
    coordinates_of,
    shares_of,
)
from shatterbelt.inference.layout import Layout, Row, observed_rows
from shatterbelt.model.parts import Model
from shatterbelt.record import Observations, past_draws

Floats = NDArray[np.float64]

MOST_COUNT = 6
"""Events of a class in one step beyond which the record's own count is taken without its doubts."""


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Evidence:
    """What was known on a day.

    Attributes:
        known: how many steps had ended.
        counts: [events, steps], expected counts: what the events are as causes.
        log_chances: [most + 1, events, steps], log probability of each count: what they are as effects.
        tied: [events], whether the record has the events at all.
        states: [statuses, steps], on or off; ``stated`` where the record says so.
        stocks: [stocks, steps], the record's mean path; ``stock_errors`` the standard error, in swings,
            of a step's value given the one before, 0 where the two are not both observed.
        calendars: [calendars, steps].
        row, step, value, error, counted: [points], observations of single steps in swings;
            the row is among all quantities in the order of the step.
        span_row, span, span_value, span_error, span_counted: [spans], observations of averages; ``span``
            [spans, steps] holds the steps' shares in them.
        coordinates: where the paths of levels lie; ``shares`` those of shares.
    """

    known: Values
    counts: Values
    log_chances: Values
    tied: Values
    states: Values
    stated: Values
    stocks: Values
    stock_errors: Values
    calendars: Values
    row: Values
    step: Values
    value: Values
    error: Values
    counted: Values
    span_row: Values
    span: Values
    span_value: Values
    span_error: Values
    span_counted: Values
    coordinates: Coordinates
    shares: ShareCoordinates


def evidence_of(
    case: Case,
    model: Model,
    layout: Layout,
    as_of: dt.date | None = None,
    found: Found | None = None,
) -> Evidence:
    """Return what the record held on a day (default: all of it), in the shapes of ``layout``.

    With ``found`` the coordinates of observed levels are made with its numbers in place of the case's own.

    Raises:
        RequestError: the day is before the case's first step has ended.
    """
    span = span_of(case, as_of, None)
    record = observed(case, span)
    known = span.known
    counts, chances = _events(layout, record, model)
    states, stated = _statuses(layout, record, model)
    stocks, errors = _stocks(layout, record, model)
    points, spans = _continuous(layout, model, record)
    return Evidence(
        known=np.asarray(float(known)),
        counts=counts,
        log_chances=np.log(np.maximum(np.moveaxis(chances, -1, 0), 1e-30)),
        tied=np.array([float(name in record) for name in layout.events]),
        states=states,
        stated=stated,
        stocks=stocks,
        stock_errors=errors,
        calendars=_calendars(layout, model, span),
        **points,
        **spans,
        coordinates=coordinates_of(_with(model, layout, found), layout, known, record, found),
        shares=shares_of(model, layout.shares, layout.start, layout.steps, record, found),
    )


def _with(model: Model, layout: Layout, found: Found | None) -> Model:
    """Return the model with the numbers that were found for observed levels."""
    if found is None:
        return model
    parts = dict(model.quantities)
    for name in (layout.levels[row] for row in layout.observed):
        numbers = {**parts[name].numbers, **found.numbers[name]}
        parts[name] = dataclasses.replace(parts[name], numbers=numbers)
    return dataclasses.replace(model, quantities=parts)


def _events(layout: Layout, record: Mapping[str, Observations], model: Model) -> tuple[Floats, Floats]:
    counts = np.zeros((len(layout.events), layout.steps))
    chances = np.zeros((*counts.shape, layout.most + 1))
    chances[..., 0] = 1.0
    for place, name in enumerate(layout.events):
        if name not in record:
            counts[place] = model.quantities[name].numbers["rate"]
            continue
        for step, events in enumerate(record[name].counts[: layout.steps]):
            counts[place, step] = sum(events)
            chances[place, step] = _count_chances(events, layout.most)
    return counts, chances


def _count_chances(events: Sequence[float], most: int) -> Floats:
    """Return the probability of each number of events that took place (a Poisson binomial)."""
    found = np.zeros(most + 1)
    if len(events) > MOST_COUNT:
        found[min(len(events), most)] = 1.0
        return found
    found[0] = 1.0
    for chance in events:
        found = found * (1 - chance) + np.append(0.0, found[:-1]) * chance
    return found


def _statuses(layout: Layout, record: Mapping[str, Observations], model: Model) -> tuple[Floats, Floats]:
    states = np.zeros((len(layout.statuses), layout.steps))
    stated = np.zeros_like(states)
    for place, name in enumerate(layout.statuses):
        states[place] = model.quantities[name].numbers["starts"]
        for one in record[name].items if name in record else ():
            states[place, one.first : one.last + 1] = float(one.value >= 0.5)
            states[place, one.last + 1 :] = states[place, one.last]
            stated[place, one.first : one.last + 1] = 1.0
    return states, stated


def _stocks(layout: Layout, record: Mapping[str, Observations], model: Model) -> tuple[Floats, Floats]:
    """Return the mean path of each stock, and where two steps running were observed."""
    paths = np.zeros((len(layout.stocks), layout.steps))
    errors = np.zeros_like(paths)
    drawn = past_draws({name: record[name] for name in layout.stocks if name in record})
    for place, name in enumerate(layout.stocks):
        part = model.quantities[name]
        paths[place] = part.scale.origin
        if name not in drawn.held:
            continue
        steps = np.flatnonzero(drawn.held[name][: layout.steps])
        mean = drawn.values[name].mean(axis=0)
        paths[place, steps] = mean[steps]
        paths[place, : steps[0]] = mean[steps[0]]
        paths[place, steps[-1] + 1 :] = mean[steps[-1]]
        seen = np.full(layout.steps, np.inf)
        for one in record[name].items:
            if one.operator != "average":
                seen[one.first : one.last + 1] = one.error / part.scale.width
        both = np.hypot(seen[1:], seen[:-1])
        errors[place, 1:] = np.where(np.isfinite(both), both, 0.0)
    return paths, errors


def _calendars(layout: Layout, model: Model, span: Span) -> Floats:
    days = np.zeros((len(layout.calendars), layout.steps))
    for place, name in enumerate(layout.calendars):
        for month, value in model.quantities[name].calendar.items():
            step = span.calendar.index(month)
            if 0 <= step < layout.steps:
                days[place, step] = value
    return days


def _continuous(
    layout: Layout, model: Model, record: Mapping[str, Observations]
) -> tuple[dict[str, NDArray[np.generic]], dict[str, NDArray[np.generic]]]:
    """Return observations of single steps and of averages, padded to the layout's sizes."""
    rows = observed_rows(model, record)
    place = {name: row for row, name in enumerate(model.order)}
    points = [row for row in rows if row[1] == row[2]][: layout.points]
    spans = [row for row in rows if row[1] < row[2]][: layout.spans]
    at = _padded(points, layout.points, place)
    over = _padded(spans, layout.spans, place)
    share = np.zeros((layout.spans, layout.steps))
    for i, (_, first, last, _, _) in enumerate(spans):
        share[i, first : last + 1] = 1.0 / (last - first + 1)
    step = np.zeros(layout.points, np.int32)
    step[: len(points)] = [first for _, first, _, _, _ in points]
    return at | {"step": step}, {f"span_{key}": value for key, value in over.items()} | {"span": share}


def _padded(rows: Sequence[Row], size: int, place: Mapping[str, int]) -> dict[str, NDArray[np.generic]]:
    row = np.zeros(size, np.int32)
    value, error, counted = np.zeros(size), np.ones(size), np.zeros(size)
    if rows:
        names, _, _, values, errors = zip(*rows, strict=True)
        row[: len(rows)] = [place[name] for name in names]
        value[: len(rows)], error[: len(rows)], counted[: len(rows)] = values, errors, 1.0
    return {"row": row, "value": value, "error": error, "counted": counted}
