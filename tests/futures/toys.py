"""Toy cases and whole paths, for tests of the futures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from pydantic import TypeAdapter

from model.small import claim, small_case
from shatterbelt.case.types import Case, EventRow, Outcome, SeriesRow
from shatterbelt.futures import Branch, default_branches
from shatterbelt.futures.block import BLOCK, Block
from shatterbelt.futures.devices import prepare
from shatterbelt.futures.questions import questions_of
from shatterbelt.futures.world import make_given, span_of
from shatterbelt.model.compile import compile_case

TEMPER = {"title": "Temper of the capital", "kind": "level", "unit": "dimensionless", "half_life": 6,
          "noise": 0.3, "record": [{"series": "temper_seen", "enters": "point at"}]}  # fmt: skip
RAIDS = {"title": "Raids", "kind": "events", "unit": "count", "rate": 1.0,
         "record": [{"actor": ["NORTH"], "type": ["ASSAULT"]}]}  # fmt: skip
LAW = {"title": "Law in force", "kind": "status", "unit": "dimensionless", "onset": 0.1, "end": 0.1,
       "record": [{"series": "law_seen", "enters": "step from"}]}  # fmt: skip
FUND = {"title": "Fund", "kind": "stock", "unit": "dimensionless", "initial": 2, "inflow": "0.1 * raids",
        "swing": 5}  # fmt: skip

QUANTITIES = {"temper": TEMPER, "raids": RAIDS, "law": LAW, "fund": FUND}
CLAIMS = [
    claim("temper_raids", "temper", "raids", "+", strength="strong"),
    claim("raids_law", "raids", "law", "+", strength="strong"),
    claim("law_temper", "law", "temper", "-"),
]
ASKED = dt.date(2004, 1, 1)


def outcome(quantity: str, when: str, test: str, opens: str = "2004-03", closes: str = "2004-08") -> Outcome:
    return Outcome.model_validate(
        {"question": f"Is {quantity} {when} {test}?", "asked": ASKED, "opens": opens, "closes": closes,
         "quantity": quantity, "when": when, "is": test}
    )  # fmt: skip


OUTCOMES = {
    "any_raid_wave": outcome("raids", "ever", ">= 4"),
    "law_all_along": outcome("law", "always", ">= 0.5"),
    "angry_at_close": outcome("temper", "at close", "> 0.2"),
    "many_raids": outcome("raids", "total", ">= 9"),
    "temper_falls": outcome("temper", "change", "< -0.1"),
    "never_asked_so_high": outcome("raids", "ever", "> 9000"),
}


def series(
    name: str, values: dict[str, float], known: dt.date | None = None, **more: object
) -> list[SeriesRow]:
    """Rows of a series by month; each is known on the first day of 2004 unless told."""
    row = {"series": name, "unit": "dimensionless", "source": "a test", "confidence": "high", **more}
    return [
        SeriesRow.model_validate(
            {**row, "period": month, "value": value, "known": known or dt.date(2004, 1, 1)}
        )
        for month, value in values.items()
    ]


def raid(day: str, known: str | None = None, confidence: str = "high") -> EventRow:
    return EventRow.model_validate(
        {"date": day, "actor": "NORTH", "type": "ASSAULT", "target": "SOUTH", "description": "a raid",
         "magnitude": "", "source": "a test", "confidence": confidence, "known": known or day}
    )  # fmt: skip


def toy_case(
    quantities: dict[str, object] | None = None,
    claims: list[dict[str, object]] | None = None,
    **more: object,
) -> Case:
    """The toy, or other quantities and claims; ``more`` changes ``case.yaml`` or the record's rows."""
    case = small_case(CLAIMS if claims is None else claims, quantities or QUANTITIES)
    rows = {key: tuple(more.pop(key)) for key in ("series", "events") if key in more}
    about = case.about.model_copy(update=dict(more))
    return case.model_copy(update={"about": about, **rows})


def asked_case(**more: object) -> Case:
    return toy_case(outcomes=TypeAdapter(dict[str, Outcome]).validate_python(OUTCOMES), **more)


class Whole:
    """Every path of a run, not only its summary: ``whole[branch][quantity]`` is [steps, futures]."""

    def __init__(
        self,
        case: Case,
        branches: Sequence[Branch] = (),
        *,
        futures: int,
        seed: int = 0,
        as_of: dt.date | None = None,
        until: str | None = None,
    ) -> None:
        prepare()
        chosen = tuple(branches) or default_branches(case)
        model = compile_case(case)
        self.span = span_of(case, as_of, until)
        self.questions = questions_of(case, self.span, explicit=as_of is not None)
        length = self.span.calendar.length
        block = Block(model, self.questions, length)
        given = make_given(case, model, self.span, chosen, seed)
        pieces = [
            [np.asarray(x)[:length] for x in block.paths(jnp.uint32(seed), jnp.uint32(i), given)]
            for i in range(-(-futures // BLOCK))
        ]
        self._paths = {
            branch.name: dict(
                zip(
                    model.order,
                    np.concatenate([piece[b] for piece in pieces], axis=-1)[..., :futures].swapaxes(0, 1),
                    strict=True,
                )
            )
            for b, branch in enumerate(chosen)
        }

    def __getitem__(self, branch: str) -> dict[str, np.ndarray]:
        return self._paths[branch]
