"""A small case with every kind of quantity, for tests of the model and the futures."""

from __future__ import annotations

from pydantic import TypeAdapter

from shatterbelt.case.types import Case, CaseFile, Quantity
from shatterbelt.statements import Claim

QUANTITIES = {
    "oil": {"title": "Oil price", "kind": "given", "unit": "USD/barrel", "link": "log", "usual": 60,
            "swing": 20, "then": {"process": "walk", "noise": 0.2}},
    "vote": {"title": "Election month", "kind": "given", "unit": "dimensionless",
             "then": {"process": "calendar", "values": {"2001-06": 1.0, "2003-06": 1.0}}},
    "multiplier": {"title": "A constant", "kind": "given", "unit": "dimensionless", "usual": 1.0,
                   "then": {"process": "constant", "low": 0.5, "high": 1.5}},
    "pressure": {"title": "Pressure", "kind": "events", "unit": "count", "rate": 0.4, "dispersion": 1.5,
                 "own_memory": {"half_life": 3, "weight": 0.3}},
    "room": {"title": "Fiscal room", "kind": "level", "unit": "dimensionless", "half_life": 10, "noise": 0.2},
    "price": {"title": "Price", "kind": "level", "unit": "USD", "link": "log", "usual": 100, "swing": 30,
              "half_life": None, "noise": 0.05},
    "support": {"title": "Support", "kind": "level", "unit": "dimensionless", "link": "logit", "usual": 0.4,
                "swing": 0.1, "half_life": 20, "noise": 0.1},
    "ban": {"title": "Ban in force", "kind": "status", "unit": "dimensionless", "onset": 0.03, "end": 0.05},
    "crowd": {"title": "Share in the street", "kind": "share", "unit": "dimensionless", "population": 1e5,
              "thresholds": {"mean": 0.3, "sd": 0.12}, "adjustment": 0.6, "noise": 0.4, "swing": 0.1},
    "burden": {"title": "Burden", "kind": "formula", "unit": "dimensionless",
               "formula": "multiplier * room + smooth(room, 4) - delay(room, 2) / 3"},
    "listed": {"title": "Persons listed", "kind": "stock", "unit": "person", "initial": 4,
               "inflow": "3 * pressure", "outflow": "0.1 * listed_before", "floor": 0, "swing": 10},
    "listed_before": {"title": "Listed the step before", "kind": "formula", "unit": "person",
                      "formula": "delay(listed, 1)"},
}  # fmt: skip

EVIDENCE = [{"publication": "someone1999", "finding": "a finding in a test"}]


def claim(id_: str, cause: str, effect: str, sign: str = "+", **more: object) -> dict[str, object]:
    return {"id": id_, "title": f"{cause} moves {effect}", "cause": cause, "effect": effect, "sign": sign,
            "evidence": EVIDENCE, **more}  # fmt: skip


CLAIMS = [
    claim("oil_room", "oil", "room", "-", lag=[1, 3]),
    claim("pressure_room", "pressure", "room", "-", aspect={"memory": 6}, strength="strong"),
    claim("room_pressure", "room", "pressure", "-", aspect={"change": 3}),
    claim("pressure_ban", "pressure", "ban", "+", aspect={"memory": 2}),
    claim("ban_room", "ban", "room", "-", aspect="on"),
    claim("vote_crowd", "vote", "crowd", "+", lag=0, strength="strong"),
    claim("room_crowd", "room", "crowd", "-", form={"threshold": 0.5}),
    claim("crowd_support", "crowd", "support", "unknown", form={"saturating": 2.0}),
    claim("crowd_pressure", "crowd", "pressure", "+", when={"quantity": "ban", "is": ">= 0.5"}),
    claim("burden_price", "burden", "price", "+", aspect={"memory": 4}),
    claim("listed_support", "listed", "support", "-", lag=[2, 4]),
]


def small_case(
    claims: list[dict[str, object]] | None = None, quantities: dict[str, object] | None = None
) -> Case:
    names = [one["id"] for one in (CLAIMS if claims is None else claims)]
    about = {
        "format": 1, "name": "small", "title": "A small case", "summary": "For tests.", "start": "2001-01",
        "record_ends": "2003-12", "horizon": 12, "default_narrative": "all",
        "narratives": {"all": {"title": "All claims", "claims": names},
                       "none": {"title": "No claim"}},
    }  # fmt: skip
    return Case(
        about=CaseFile.model_validate(about),
        quantities=TypeAdapter(dict[str, Quantity]).validate_python(quantities or QUANTITIES),
        claims=TypeAdapter(tuple[Claim, ...]).validate_python(tuple(CLAIMS if claims is None else claims)),
        documents={},
        hash="0" * 64,
    )
