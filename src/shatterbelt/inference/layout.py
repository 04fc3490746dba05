"""Which quantities the likelihood treats how, and in arrays of which size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from shatterbelt.case.types import Case
from shatterbelt.futures.world import observed, span_of
from shatterbelt.inference.judging import flows
from shatterbelt.model.parts import Model
from shatterbelt.model.past import in_swings, initial_past
from shatterbelt.model.priors import parameters
from shatterbelt.model.start import starting_values
from shatterbelt.record import Observations

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Layout:
    """Which quantities the likelihood treats how; everything that is fixed before the record is read.

    ``start`` is where quantities stood before the first step, at the middle of their priors, and ``before``
    what that step looks back on.
    """

    steps: int
    levels: tuple[str, ...]
    shares: tuple[str, ...]
    events: tuple[str, ...]
    statuses: tuple[str, ...]
    stocks: tuple[str, ...]
    constants: tuple[str, ...]
    calendars: tuple[str, ...]
    most: int
    points: int
    spans: int
    observed: tuple[int, ...]
    layered: frozenset[str]
    keep: tuple[float, ...]
    share_steps: tuple[tuple[int, ...], ...]
    start: Mapping[str, float] = field(compare=False)
    before: Floats = field(compare=False)

    @property
    def laid(self) -> tuple[int, ...]:
        """Rows of the layered levels."""
        return tuple(row for row, name in enumerate(self.levels) if name in self.layered)

    @property
    def paths(self) -> tuple[str, ...]:
        """Quantities whose path is uncertain and is inferred with the parameters."""
        return (*self.levels, *self.shares)


def layout_of(case: Case, model: Model) -> Layout:
    """Return which quantities of a case are inferred how; sizes are those of the whole record."""
    span = span_of(case, None, None)
    record = observed(case, span, as_known=False)

    def of(kind: str) -> tuple[str, ...]:
        return tuple(name for name in model.order if model.quantities[name].kind == kind)

    rows = observed_rows(model, record)
    levels = tuple(name for name in of("level") if model.quantities[name].noisy)
    made_of = flows(model, [key for key in record if record[key].items])
    driving = {name for names in made_of.values() for name in names}
    layered = _layered(model)
    start, before = _beginning(model, of("calendar"))
    most = max((len(step) for one in record.values() for step in one.counts), default=0)
    return Layout(
        steps=span.known,
        levels=levels,
        shares=tuple(name for name in of("share") if _moves_smoothly(model, name)),
        events=of("events"),
        statuses=of("status"),
        stocks=of("stock"),
        constants=of("constant"),
        calendars=of("calendar"),
        most=most,
        observed=tuple(
            row
            for row, name in enumerate(levels)
            if (name in record and record[name].items) or (name in driving and name not in layered)
        ),
        layered=layered,
        keep=tuple(model.quantities[name].numbers["kept"] for name in levels),
        share_steps=tuple(
            _steps_of(record.get(name)) for name in of("share") if _moves_smoothly(model, name)
        ),
        start=start,
        before=before,
        points=sum(first == last for _, first, last, _, _ in rows),
        spans=sum(first < last for _, first, last, _, _ in rows),
    )


def _beginning(model: Model, calendars: tuple[str, ...]) -> tuple[dict[str, float], Floats]:
    """Return where quantities stand before the first step, and what that step looks back on."""

    def begin() -> tuple[dict[str, Array], Array]:
        middle = parameters(model, jnp.zeros(len(model.priors)))
        start = starting_values(model, middle, {name: jnp.asarray(0.0) for name in calendars})
        return start, initial_past(model, start)

    start, before = jax.jit(begin)()
    return {name: float(value) for name, value in start.items()}, np.asarray(before)


def _layered(model: Model) -> frozenset[str]:
    """Return the levels that stand in groups after the first of their link: see `density.judged`."""
    first: set[str] = set()
    found: set[str] = set()
    for group in model.groups:
        if group.kind == "level" and group.noisy:
            found |= set(group.names) if group.link in first else set()
            first.add(group.link)
    return frozenset(found)


def _steps_of(record: Observations | None) -> tuple[int, ...]:
    """Return the steps at which a share was seen."""
    items = () if record is None else record.items
    steps = {t for one in items if one.operator != "average" for t in range(one.first, one.last + 1)}
    return tuple(sorted(steps))


def _moves_smoothly(model: Model, name: str) -> bool:
    part = model.quantities[name]
    return part.noisy and not part.thresholds


Row = tuple[str, int, int, float, float]
"""Quantity, first and last step, value and error in swings."""


def observed_rows(model: Model, record: Mapping[str, Observations]) -> list[Row]:
    """Return the observations of levels, shares and formulas; a value that holds is one for each step."""
    found: list[Row] = []
    for name, one in record.items():
        part = model.quantities[name]
        if part.kind not in {"level", "share", "formula"}:
            continue
        for item in one.items:
            value = float(in_swings(part, jnp.asarray(item.value)))
            ends = [(item.first, item.last)]
            if item.operator == "hold":
                ends = [(t, t) for t in range(item.first, item.last + 1)]
            found += [(name, *pair, value, item.error / abs(part.scale.width)) for pair in ends]
    return found
