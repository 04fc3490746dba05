"""What a run's steps are given from outside: the months, the record's pasts, holds, shocks, calendars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from shatterbelt.case.types import Case
from shatterbelt.case.units import convert
from shatterbelt.errors import RequestError, ShatterbeltError
from shatterbelt.futures.branches import Branch
from shatterbelt.futures.fitted import Fitted
from shatterbelt.model.parts import Model
from shatterbelt.record import Calendar, Observations, PastDraws, observations, past_draws
from shatterbelt.record.periods import month_label, month_number

PAST_DRAWS = 256
"""Pasts drawn from the record; a future follows the one of its place in the block."""
STRIDE = 256
"""Runs are scanned over a multiple of this many steps; what is beyond a run's last step is dropped."""


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
class Given:
    """What one branch's steps are given.

    Attributes:
        calendar: quantity -> [steps].
        held: for every group of the model, where its quantities are held, [steps, quantities], and at
            what, [steps, quantities, pasts]; or None.
        shock: quantity -> [steps].
        claims_on: [claims], a factor on every weight.
        parameters: [parameters, futures] from a fit, or None for draws from the priors.
    """

    calendar: dict[str, Array]
    held: tuple[tuple[Array, Array] | None, ...]
    shock: dict[str, Array]
    claims_on: Array
    parameters: Array | None = None


def span_of(case: Case, as_of: dt.date | None, until: str | None) -> Span:
    """Return the steps of a run as of a date (default: the record's end) to a last month.

    Raises:
        RequestError: the date lies outside the record, or the last month is not after it.
    """
    about = case.about
    record = Calendar.between(about.start, about.record_ends, about.step)
    day = as_of or _record_closes(case)
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
    """Return the record's observations on the run's steps: as known on its date, or all of them.

    Nothing is observed after the record's end, whatever the date.
    """
    end = _record_closes(case)
    day = min(span.as_of, end) if as_known else end
    return observations(case.series, case.events, case.quantities, span.calendar, day, convert)


def _record_closes(case: Case) -> dt.date:
    """Return the day after the last month of the record."""
    return dt.date.fromisoformat(f"{month_label(month_number(case.about.record_ends) + 1)}-01")


def padded(length: int) -> int:
    """Return how many steps are scanned for a run: a few lengths, so that few need compiling."""
    return -(-length // STRIDE) * STRIDE


def make_given(
    case: Case,
    model: Model,
    span: Span,
    branches: Sequence[Branch],
    seed: int,
    fits: Sequence[Fitted | None] = (),
) -> tuple[Given, ...]:
    """Return what the steps of each branch are given; ``fits`` are the branches' own, or None.

    Raises:
        RequestError: a branch switches a claim on that its fit did not have.
    """
    drawn = past_draws(observed(case, span), PAST_DRAWS, seed)
    each = list(fits) or [None] * len(branches)
    held = set(drawn.held) | {hold.quantity for branch in branches for hold in branch.holds}
    held |= {name for fit in each if fit is not None for name in fit.pasts}
    shocked = sorted({shock.quantity for branch in branches for shock in branch.shocks})
    days = {
        name: jnp.asarray(_calendar(part.calendar, span))
        for name, part in model.quantities.items()
        if part.kind == "calendar"
    }
    found = []
    for branch, fit in zip(branches, each, strict=True):
        on = branch.factors(case)
        pasts = drawn if fit is None else _fitted_pasts(drawn, fit, span)
        found.append(
            Given(
                calendar=days,
                held=tuple(_held(group.names, held, pasts, span, branch) for group in model.groups),
                shock={name: jnp.asarray(_shock(name, span, branch)) for name in shocked},
                claims_on=jnp.asarray([on[claim.id] for claim in model.claims], jnp.float32),
                parameters=None if fit is None else _fitted_parameters(branch, fit, on),
            )
        )
    return tuple(found)


def _fitted_pasts(drawn: PastDraws, fit: Fitted, span: Span) -> PastDraws:
    """Return the record's pasts with the fit's in the place of what it inferred."""
    values, held = dict(drawn.values), dict(drawn.held)
    for name, paths in fit.pasts.items():
        full = np.zeros((PAST_DRAWS, span.calendar.length), np.float32)
        known = min(span.known, paths.shape[1])
        full[:, :known] = paths[np.arange(PAST_DRAWS) % len(paths), :known]
        values[name], held[name] = full, np.arange(span.calendar.length) < known
    return PastDraws(values, held, drawn.known, drawn.draws)


def _fitted_parameters(branch: Branch, fit: Fitted, on: Mapping[str, float]) -> Array:
    foreign = sorted(claim for claim, factor in on.items() if factor and claim not in fit.claims)
    if foreign:
        raise RequestError(
            f"branch {branch.name}: the fit did not have the claim {foreign[0]!r}; "
            "leave --on out, or run on the priors (--prior)"
        )
    draws = np.arange(PAST_DRAWS) % fit.parameters.shape[1]
    return jnp.asarray(fit.parameters[:, draws], jnp.float32)


def _held(
    names: Sequence[str], held: set[str], pasts: PastDraws, span: Span, branch: Branch
) -> tuple[Array, Array] | None:
    """Return where a group is held and at what; a hold of the branch goes before the record's past."""
    if not held.intersection(names):
        return None
    steps = padded(span.calendar.length)
    where = np.zeros((steps, len(names)), bool)
    value = np.full((steps, len(names), PAST_DRAWS), 0.5, np.float32)
    for row, name in enumerate(names):
        if name in pasts.held:
            there = np.flatnonzero(pasts.held[name])
            where[there, row] = True
            value[there, row] = pasts.values[name].T[there]
    for hold in branch.holds:
        if hold.quantity in names:
            some = _steps(span, hold.start, hold.stop)
            where[some, names.index(hold.quantity)] = True
            value[some, names.index(hold.quantity)] = hold.value
    return jnp.asarray(where), jnp.asarray(value)


def _shock(name: str, span: Span, branch: Branch) -> np.ndarray:
    sizes = np.zeros(padded(span.calendar.length), np.float32)
    for shock in branch.shocks:
        if shock.quantity == name:
            sizes[_steps(span, shock.month, shock.month)] += shock.size
    return sizes


def _steps(span: Span, start: str, stop: str | None) -> slice:
    first = max(span.calendar.index(start), 0)
    last = span.calendar.length - 1 if stop is None else span.calendar.index(stop)
    return slice(first, max(last + 1, first))


def _calendar(values: Mapping[str, float], span: Span) -> np.ndarray:
    days = np.zeros(padded(span.calendar.length), np.float32)
    for month, value in values.items():
        step = span.calendar.index(month)
        if 0 <= step < len(days):
            days[step] = value
    return days
