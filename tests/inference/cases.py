"""Small cases with records for tests of the inference, and their density laid open."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import TypeAdapter

from shatterbelt.case.types import Case, CaseFile, EventRow, Quantity, SeriesRow
from shatterbelt.inference.density import Terms, log_density
from shatterbelt.inference.evidence import Evidence, evidence_of
from shatterbelt.inference.judging import judged
from shatterbelt.inference.layout import Layout, layout_of
from shatterbelt.model.parts import Model
from shatterbelt.model.priors import parameter_rows
from shatterbelt.record.periods import last_day, month_label, month_number, months_of
from shatterbelt.statements import Claim

START = "2001-01"
EVIDENCE = [{"publication": "someone1999", "finding": "a finding in a test"}]


def claim(id_: str, cause: str, effect: str, sign: str = "+", **more: object) -> dict[str, object]:
    return {"id": id_, "title": f"{cause} moves {effect}", "cause": cause, "effect": effect, "sign": sign,
            "evidence": EVIDENCE, **more}  # fmt: skip


def level(**more: object) -> dict[str, object]:
    return {
        "title": "A level",
        "kind": "level",
        "unit": "dimensionless",
        "half_life": 6,
        "noise": 0.3,
        **more,
    }


def events(name: str, **more: object) -> dict[str, object]:
    record = [{"actor": [name.upper()], "type": ["PROTEST"]}]
    return {"title": "Events", "kind": "events", "unit": "count", "rate": 0.8, "record": record, **more}


def tied(series: str, enters: str = "point at") -> list[dict[str, str]]:
    return [{"series": series, "enters": enters}]


def month(step: int) -> str:
    """Return the month of a step."""
    return month_label(month_number(START) + step)


def day(step: int) -> dt.date:
    """Return the first day on which a step has ended."""
    return dt.date.fromisoformat(f"{month(step + 1)}-01")


def value(series: str, period: str, number: float, confidence: str = "high") -> SeriesRow:
    known = last_day(months_of(period)[1])
    return SeriesRow(series=series, period=period, value=number, unit="dimensionless", source="a test",
                     confidence=confidence, known=known)  # fmt: skip


def event(actor: str, step: int, confidence: str = "high") -> EventRow:
    on = dt.date.fromisoformat(f"{month(step)}-10")
    return EventRow(date=on, actor=actor.upper(), type="PROTEST", target="NONE", description="in a test",
                    magnitude="", source="a test", confidence=confidence, known=on)  # fmt: skip


def case_of(
    quantities: dict[str, Any],
    claims: Sequence[dict[str, object]] = (),
    series: Sequence[SeriesRow] = (),
    events: Sequence[EventRow] = (),
    steps: int = 12,
    narratives: dict[str, Any] | None = None,
) -> Case:
    every = [one["id"] for one in claims]
    about = {
        "format": 1, "name": "checked", "title": "A small case", "summary": "For tests.", "start": START,
        "record_ends": month(steps - 1), "horizon": 12, "default_narrative": "all",
        "narratives": narratives or {"all": {"title": "All claims", "claims": every}},
    }  # fmt: skip
    return Case(
        about=CaseFile.model_validate(about),
        quantities=TypeAdapter(dict[str, Quantity]).validate_python(quantities),
        claims=TypeAdapter(tuple[Claim, ...]).validate_python(tuple(claims)),
        documents={},
        series=tuple(series),
        events=tuple(events),
        hash="0" * 64,
    )


@dataclass
class Open:
    """A case's density with everything it is made of."""

    case: Case
    model: Model
    layout: Layout

    @property
    def size(self) -> int:
        return len(self.layout.paths) * self.layout.steps

    def evidence(self, as_of: dt.date | None = None, case: Case | None = None) -> Evidence:
        found = evidence_of(case or self.case, self.model, self.layout, as_of)
        return jax.tree_util.tree_map(jnp.asarray, found)

    def z(self, seed: int | None = None) -> jax.Array:
        size = len(self.model.priors)
        return jnp.asarray(
            np.zeros(size) if seed is None else np.random.default_rng(seed).standard_normal(size)
        )

    def numbers(self, z: jax.Array) -> dict[str, float]:
        rows = np.asarray(parameter_rows(self.model, z))
        return dict(zip(self.model.parameter_names, rows.tolist(), strict=True))

    def terms(self, evidence: Evidence, z: jax.Array, e: jax.Array | None = None) -> Terms:
        flat = jnp.zeros(self.size) if e is None else e
        return self._terms(evidence, z, flat)

    @functools.cached_property
    def _terms(self) -> Any:
        on = jnp.ones(len(self.model.claims))

        def terms(evidence: Evidence, z: jax.Array, e: jax.Array) -> Terms:
            return log_density(self.model, self.layout, evidence, z, e.reshape(-1, self.layout.steps), on)

        return jax.jit(terms)

    @functools.cached_property
    def _curve(self) -> Any:
        def total(e: jax.Array, evidence: Evidence, z: jax.Array) -> jax.Array:
            return self._terms(evidence, z, e).total

        return jax.jit(lambda *at: (total(*at), jax.grad(total)(*at), jax.hessian(total)(*at)))

    def integrated(self, evidence: Evidence, z: jax.Array, e: jax.Array | None = None) -> float:
        """Return the log of the density's integral over paths, where it is a quadratic of them.

        A quadratic with value ``f``, slope ``g`` and curvature ``-H`` at any point integrates to
        ``f + g' H^-1 g / 2 + n/2 log 2 pi - logdet(H)/2``.
        """
        at = jnp.zeros(self.size) if e is None else e
        f, g, h = (np.asarray(one) for one in self._curve(at, evidence, z))
        sign, logdet = np.linalg.slogdet(-h)
        assert sign > 0
        return float(f + 0.5 * g @ np.linalg.solve(-h, g) + 0.5 * len(g) * np.log(2 * np.pi) - 0.5 * logdet)


def opened(case: Case) -> Open:
    model = judged(case)
    return Open(case, model, layout_of(case, model))


# ------------------------------------------------------------------ a case with every kind

KINDS: dict[str, Any] = {
    "price": {"title": "A price from outside", "kind": "given", "unit": "dimensionless", "link": "log",
              "usual": 60, "swing": 20, "then": {"process": "walk", "noise": 0.2}, "record": tied("price")},
    "vote": {"title": "Election month", "kind": "given", "unit": "dimensionless",
             "then": {"process": "calendar", "values": {"2001-09": 1.0, "2003-09": 1.0}}},
    "factor": {"title": "A constant", "kind": "given", "unit": "dimensionless", "usual": 1.0, "swing": 0.3,
               "then": {"process": "constant", "low": 0.5, "high": 1.5}},
    "room": level(half_life=8, noise=0.3, record=[*tied("room"), *tied("room_mean", "average over")]),
    "mood": level(half_life=6, noise=0.3),
    "support": level(half_life=10, noise=0.2, link="logit", usual=0.4, swing=0.1, record=tied("support")),
    "protest": events("protest", rate=0.8, dispersion=3.0, own_memory={"half_life": 3, "weight": 0.2}),
    "repression": events("repression", rate=0.5, dispersion=3.0),
    "ban": {"title": "A ban", "kind": "status", "unit": "dimensionless", "onset": 0.08, "end": 0.12,
            "record": tied("ban", "step from")},
    "crowd": {"title": "Share in the street", "kind": "share", "unit": "dimensionless", "population": 1e5,
              "thresholds": {"mean": 0.3, "sd": 0.12}, "adjustment": 0.6, "noise": 0.5, "swing": 0.1,
              "record": tied("crowd")},
    "burden": {"title": "A burden", "kind": "formula", "unit": "dimensionless", "formula": "factor * room",
               "record": tied("burden")},
    "listed": {"title": "Persons listed", "kind": "stock", "unit": "dimensionless", "initial": 4,
               "inflow": "2 * repression", "outflow": "1", "swing": 10,
               "record": tied("listed", "step from")},
}  # fmt: skip

KINDS_CLAIMS = [
    claim("price_room", "price", "room", "-", strength="strong"),
    claim("room_mood", "room", "mood", "+", strength="strong"),
    claim("mood_support", "mood", "support", "+", strength="strong"),
    claim("mood_protest", "mood", "protest", "-", form={"saturating": 2.0}),
    claim("vote_protest", "vote", "protest", "+", lag=0),
    claim("protest_repression", "protest", "repression", "+", aspect={"memory": 2}, form={"saturating": 2.0}),
    claim("repression_room", "repression", "room", "-", form={"saturating": 2.0}),
    claim("repression_ban", "repression", "ban", "+", form={"saturating": 2.0}),
    claim("ban_support", "ban", "support", "-", aspect="on"),
    claim("mood_crowd", "mood", "crowd", "-"),
    claim("crowd_protest", "crowd", "protest", "+", aspect={"change": 2}, strength="slight"),
    claim("listed_room", "listed", "room", "unknown", lag=[1, 2], form={"saturating": 2.0}),
]


def every_kind(steps: int = 60) -> Case:
    """Return a case with every kind of quantity, and a record that says when each is seen."""
    months = range(steps)
    series = [value("price", month(t), 60.0) for t in months]
    series += [value("room", month(t), 0.0, "medium") for t in months if t % 3 == 0]
    series += [value("room_mean", f"{2001 + t // 12}-Q{t % 12 // 3 + 1}", 0.0) for t in months if t % 12 == 3]
    series += [value("support", month(t), 0.4, "medium") for t in months if t % 2]
    series += [value("ban", month(t), float(t // 10 % 2)) for t in range(0, steps, 10)]
    series += [value("crowd", month(t), 0.02) for t in months if t % 6 == 2]
    series += [value("burden", month(t), 0.0, "medium") for t in months if t % 4 == 1]
    series += [value("listed", month(t), 4.0) for t in months]
    some = [event(name, 0) for name in ("protest", "repression")]
    return case_of(KINDS, KINDS_CLAIMS, series, some, steps)
