"""Records that a case makes itself: its own step on parameters drawn from a prior, seen as its record sees.

What is fitted to such a record is known, so that the method can be checked: whether the posterior's bands
hold the truth as often as they say, and whether the right narrative wins.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from shatterbelt.case.types import Case, EventRow, EventsTie, SeriesRow, SeriesTie
from shatterbelt.futures.world import Span, observed, span_of
from shatterbelt.inference.coordinates import FIRST_SPREAD
from shatterbelt.inference.evidence import MOST_COUNT
from shatterbelt.inference.judging import judged
from shatterbelt.model.compile import compile_case
from shatterbelt.model.parts import Model, QuantityPart
from shatterbelt.model.past import advance, initial_past, natural
from shatterbelt.model.priors import parameter_rows
from shatterbelt.model.start import starting_values
from shatterbelt.model.step import Inputs, pack, step
from shatterbelt.record import Calendar, Observation, Observations
from shatterbelt.record.observe import ERROR_IN_SWINGS, HOLD_FACTOR, INCLUSION
from shatterbelt.record.periods import MONTHS_IN, last_day, month_label, month_number
from shatterbelt.record.targets import link, unlink

Floats = NDArray[np.float64]
SOURCE = "simulated"


@dataclass(frozen=True)
class Simulated:
    """A record that was made, and the truth behind it.

    Attributes:
        case: the case with the made record in the place of its own.
        z: [parameters], the truth as standard normals; ``rows`` the parameters themselves, 0 for weights
            of claims that were left out.
        paths: quantity -> [steps], natural values.
    """

    case: Case
    z: Floats
    rows: Floats
    paths: dict[str, Floats]


def simulate(
    case: Case,
    claims: Sequence[str],
    count: int = 1,
    seed: int = 0,
    z: Floats | None = None,
) -> list[Simulated]:
    """Make records: the step from the case's first month to its last, seen when and how the record sees.

    Everything is drawn as the likelihood takes it to be: an observed level begins wide around usual
    (`coordinates.FIRST_SPREAD`), everything else where futures begin; each value is seen in the step, or as
    the average, of which the case's own record speaks, with the error of its confidence; a value that
    holds is seen anew in each step. The events that took place are recorded with others that did not:
    given ``k`` true ones there are ``k + NB(k + 1, p)``, for which the chance of ``k`` among those
    recorded is the binomial that the likelihood uses (``p`` the inclusion probability).

    Args:
        case: gives the quantities, the claims and the plan of observation.
        claims: ids of the claims that act; the others' weights are 0.
        count: how many records.
        seed: of parameters, noise and errors.
        z: parameters as standard normals, ``[count, parameters]``, in the place of draws of the prior
            under which the record judges.

    Returns:
        Those records whose paths are finite and in which no step has more than `MOST_COUNT` events of a
        class. To leave out others, by what can be seen of them, does not change what a posterior given
        one of these should be.
    """
    span = span_of(case, None, None)
    record = observed(case, span, as_known=False)
    rng = np.random.default_rng(seed)
    model = judged(case)
    drawn = rng.standard_normal((count, len(model.priors))) if z is None else np.asarray(z, float)
    on = np.array([float(claim.id in claims) for claim in model.claims])
    rows = np.array(parameter_rows(model, jnp.asarray(drawn.T)), float)
    rows[: len(on)] *= on[:, None]
    paths = _paths(case, rows, record, span, rng)
    made = []
    for i in range(count):
        own = {name: np.asarray(values[:, i], float) for name, values in paths.items()}
        if all(np.isfinite(values).all() for values in own.values()):
            seen = _seen(case, own, record, span, rng)
            if seen is not None:
                made.append(Simulated(seen, drawn[i], rows[:, i], own))
    return made


def _paths(
    case: Case, rows: Floats, record: dict[str, Observations], span: Span, rng: np.random.Generator
) -> dict[str, NDArray[Any]]:
    """Return natural values of every quantity, ``[steps, records]``."""
    model, count, steps = compile_case(case), rows.shape[1], span.known
    middle = parameter_rows(judged(case), jnp.zeros(len(model.priors)))
    calm = dict(zip(model.parameter_names, middle, strict=True))
    days = {name: _days(part, span) for name, part in model.quantities.items() if part.kind == "calendar"}
    start = starting_values(model, calm, {name: jnp.asarray(0.0) for name in days})
    wide = {}
    for name, part in model.quantities.items():
        if part.kind == "level" and part.noisy and name in record and record[name].items:
            first = natural(part, jnp.asarray(FIRST_SPREAD * rng.standard_normal(count)))
            wide[name] = (jnp.arange(steps) == 0, jnp.tile(first, (steps, 1)))
    noise = rng.standard_normal((steps, len(model.noise_names), count)).astype(np.float32)
    past = initial_past(model, start, (count,))
    run = jax.jit(functools.partial(_scan, model))
    values = run(jnp.asarray(rows, jnp.float32), past, (jnp.asarray(noise), days, wide))
    return dict(zip(model.order, np.moveaxis(np.asarray(values), 1, 0), strict=True))


def _scan(model: Model, rows: Array, past: Array, given: Any) -> Array:
    packed = pack(model, rows)

    def one(past: Array, now: Any) -> tuple[Array, Array]:
        eps, today, wide = now
        sight = step(model, past, packed, eps, Inputs(calendar=today, hold=wide))
        return advance(model, sight), sight.now[: len(model.order)]

    found: Array = jax.lax.scan(one, past, given)[1]
    return found


def _days(part: QuantityPart, span: Span) -> Array:
    values = np.zeros(span.known, np.float32)
    for month, value in part.calendar.items():
        place = span.calendar.index(month)
        if 0 <= place < span.known:
            values[place] = value
    return jnp.asarray(values)


# ------------------------------------------------------------------------- observation


def _seen(
    case: Case,
    paths: dict[str, Floats],
    record: dict[str, Observations],
    span: Span,
    rng: np.random.Generator,
) -> Case | None:
    """Return the case with a record of these paths; every quantity gets series or actors of its own.

    None is for a record with more than `MOST_COUNT` events of a class in a step.
    """
    series: list[SeriesRow] = []
    events: list[EventRow] = []
    quantities = dict(case.quantities)
    for name, one in record.items():
        quantity = case.quantities[name]
        ties: list[SeriesTie | EventsTie] = []
        if quantity.kind == "events":
            ties = [EventsTie(actor=(f"SIM_{name.upper()}",), type=("PROTEST",))]
            counts = _recorded(paths[name][: one.known], rng)
            if counts.max() > MOST_COUNT:
                return None
            events += _events(name, counts, span.calendar)
        else:
            own = {tie.series: (f"sim{i}_{name}"[:64], tie.enters) for i, tie in enumerate(quantity.record)}
            ties = [SeriesTie(series=series_, enters=enters) for series_, enters in own.values()]
            for item in one.items:
                series += _values(own[item.series][0], paths[name], item, one, span.calendar, rng)
        quantities[name] = quantity.model_copy(update={"record": tuple(ties)})
    return case.model_copy(
        update={"quantities": quantities, "series": tuple(series), "events": tuple(events)}
    )


def _recorded(counts: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return true events and the false ones among which they are recorded."""
    true = np.minimum(counts, 1000).astype(int)
    return np.asarray(true + rng.negative_binomial(true + 1, INCLUSION["high"]))


def _events(name: str, counts: NDArray[np.int64], calendar: Calendar) -> list[EventRow]:
    rows = []
    for place, count in enumerate(counts):
        on = dt.date.fromisoformat(f"{calendar.label(place)}-01")
        row = EventRow(
            date=on,
            actor=f"SIM_{name.upper()}",
            type="PROTEST",
            target="NONE",
            description=SOURCE,
            magnitude="",
            source=SOURCE,
            confidence="high",
            known=on,
        )
        rows += [row] * int(count)
    return rows


def _values(
    series: str,
    path: Floats,
    item: Observation,
    one: Observations,
    calendar: Calendar,
    rng: np.random.Generator,
) -> list[SeriesRow]:
    target = one.target
    ends = [(item.first, item.last)]
    if item.operator == "hold":
        ends = [(t, t) for t in range(item.first, item.last + 1)]
    rows = []
    for first, last in ends:
        value = float(path[first : last + 1].mean())
        if target.kind != "status":
            size = max(target.width / 10, value) if target.kind == "share" else abs(target.width)
            error = ERROR_IN_SWINGS[item.confidence] * size
            error *= HOLD_FACTOR if item.operator == "hold" else 1.0
            value = _blurred(target.link, value, error * rng.standard_normal())
        period = _period(calendar, first, last)
        rows.append(
            SeriesRow(
                series=series,
                period=period,
                value=value,
                unit=target.unit,
                source=SOURCE,
                confidence=item.confidence,  # type: ignore[arg-type]  # one of the three words, as it was read
                known=_known(calendar, last),
            )
        )
    return rows


def _blurred(name: str, value: float, error: float) -> float:
    return float(unlink(name, link(name, np.array([value])) + error)[0])


def _known(calendar: Calendar, place: int) -> dt.date:
    """Return the last day of a step."""
    return last_day(month_number(calendar.label(place)) + MONTHS_IN[calendar.step] - 1)


def _period(calendar: Calendar, first: int, last: int) -> str:
    """Return the period of whole steps: a month that lies in the only one, a quarter, or a year."""
    if first == last:
        return calendar.label(first)
    begin = month_number(calendar.label(first))
    months = (last - first + 1) * MONTHS_IN[calendar.step]
    if months == 3:
        return f"{begin // 12:04d}-Q{begin % 12 // 3 + 1}"
    return month_label(begin)[:4]
