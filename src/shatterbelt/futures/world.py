"""What a run's steps are given from outside: the months, the record's pasts, holds, shocks, calendars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from shatterbelt.case.types import Case
from shatterbelt.case.units import convert
from shatterbelt.errors import RequestError, ShatterbeltError
from shatterbelt.futures.branches import Branch
from shatterbelt.model.parts import Model
from shatterbelt.record import Calendar, Observations, observations, past_draws
from shatterbelt.record.periods import month_label, month_number

PAST_DRAWS = 256
"""Pasts drawn from the record; a future follows the one of its place in the block."""


@dataclass(frozen=True)
class Span:
    """The steps of a run: ``calendar`` from the case's start to the last step, ``known`` of them past."""

    calendar: Calendar
    as_of: dt.date
    known: int

    @property
    def labels(self) -> list[str]:
        """First month of every step, ``YYYY-MM``."""
        return [self.calendar.label(i) for i in range(self.calendar.length)]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class World:
    """Arrays that the steps of every branch are given; branches first, then steps, then futures.

    Attributes:
        calendar: quantity -> [steps].
        past_held: quantity -> [steps], where the record's pasts hold.
        past_value: quantity -> [steps, pasts].
        set_held, set_value: quantity -> [branches, steps], what a branch holds.
        shock: quantity -> [branches, steps].
        claims_on: [branches, claims], a factor on every weight.
    """

    calendar: dict[str, Array]
    past_held: dict[str, Array]
    past_value: dict[str, Array]
    set_held: dict[str, Array]
    set_value: dict[str, Array]
    shock: dict[str, Array]
    claims_on: Array


def span_of(case: Case, as_of: dt.date | None, until: str | None) -> Span:
    """Return the steps of a run as of a date (default: the record's end) to a last month.

    Raises:
        RequestError: the date lies outside the record, or the last month is not after it.
    """
    about = case.about
    record = Calendar.between(about.start, about.record_ends, about.step)
    day = as_of or dt.date.fromisoformat(f"{month_label(month_number(about.record_ends) + 1)}-01")
    known = min(record.known_steps(day), record.length)
    if known < 1:
        raise RequestError(f"as-of date {day} is before the case's first month ({about.start}) has ended")
    last = until or record.label(0)
    length = known + about.horizon
    if until is not None:
        length = _length(about.start, last, about.step)
        if length <= known:
            raise RequestError(f"until {until} is not after the as-of date {day}")
    if length > 5000:
        raise RequestError(f"{length} steps are too many (5000 at most); choose an earlier month for until")
    return Span(Calendar(about.start, length, about.step), day, known)


def _length(start: str, last: str, step: str) -> int:
    try:
        return Calendar.between(start, last, step).length  # type: ignore[arg-type]  # a checked case's step
    except ShatterbeltError as error:
        raise RequestError(f"until {last} is no month of the case; {error}") from error


def observed(case: Case, span: Span, *, as_known: bool = True) -> dict[str, Observations]:
    """Return the record's observations on the run's steps: as known on its date, or all of them."""
    day = span.as_of if as_known else None
    return observations(case.series, case.events, case.quantities, span.calendar, day, convert)


def make_world(case: Case, model: Model, span: Span, branches: Sequence[Branch], seed: int) -> World:
    """Return what every branch's steps are given."""
    steps = span.calendar.length
    pasts = past_draws(observed(case, span), PAST_DRAWS, seed)
    holds = {hold.quantity for branch in branches for hold in branch.holds}
    shocks = {shock.quantity for branch in branches for shock in branch.shocks}
    set_held = {name: np.zeros((len(branches), steps), bool) for name in holds}
    set_value = {name: np.zeros((len(branches), steps), np.float32) for name in holds}
    shock = {name: np.zeros((len(branches), steps), np.float32) for name in shocks}
    for i, branch in enumerate(branches):
        for hold in branch.holds:
            where = _steps(span, hold.start, hold.stop)
            set_held[hold.quantity][i, where] = True
            set_value[hold.quantity][i, where] = hold.value
        for one in branch.shocks:
            shock[one.quantity][i, _steps(span, one.month, one.month)] += one.size
    factors = [branch.factors(case) for branch in branches]
    arrays = World(
        calendar={
            name: _calendar(part.calendar, span)
            for name, part in model.quantities.items()
            if part.kind == "calendar"
        },
        past_held={name: held for name, held in pasts.held.items()},
        past_value={name: values.T for name, values in pasts.values.items()},
        set_held=set_held,
        set_value=set_value,
        shock=shock,
        claims_on=np.array([[one[claim.id] for claim in model.claims] for one in factors], np.float32),
    )
    return jax.tree_util.tree_map(jnp.asarray, arrays)


def _steps(span: Span, start: str, stop: str | None) -> slice:
    first = max(span.calendar.index(start), 0)
    last = span.calendar.length - 1 if stop is None else span.calendar.index(stop)
    return slice(first, max(last + 1, first))


def _calendar(values: object, span: Span) -> np.ndarray:
    days = np.zeros(span.calendar.length, np.float32)
    assert isinstance(values, dict)  # compile passes the case's mapping on
    for month, value in values.items():
        step = span.calendar.index(month)
        if 0 <= step < len(days):
            days[step] = value
    return days
