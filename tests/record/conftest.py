"""Rows and quantities for the record's tests, made by hand so that each test shows its numbers."""

import datetime as dt
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest


@dataclass(frozen=True)
class SeriesRow:
    series: str
    period: str
    value: float
    known: dt.date
    unit: str = "percent"
    confidence: str = "high"


@dataclass(frozen=True)
class EventRow:
    date: dt.date
    actor: str
    type: str
    target: str
    known: dt.date
    confidence: str = "high"


@dataclass(frozen=True)
class Maker:
    """Makes rows with short calls; ``known`` is given as YYYY-MM-DD."""

    events: list = field(default_factory=list)

    @staticmethod
    def row(period, value, known="2000-01-01", *, series="s", unit="percent", confidence="high"):
        return SeriesRow(series, period, value, dt.date.fromisoformat(known), unit, confidence)

    @staticmethod
    def event(date, actor="RUS", kind="COERCE", target="BLR", *, confidence="high", known=None):
        day = dt.date.fromisoformat(date)
        return EventRow(day, actor, kind, target, dt.date.fromisoformat(known) if known else day, confidence)

    @staticmethod
    def level(enters="point at", *, series="s", kind="level", **more):
        ties = (SimpleNamespace(series=series, enters=enters),)
        plain = {"unit": "percent", "usual": 10.0, "swing": 5.0, "half_life": 6.0, "noise": 0.2}
        return SimpleNamespace(kind=kind, record=ties, **{**plain, **more})

    @staticmethod
    def tally(*, actor=("RUS",), kind=("COERCE",), target=()):
        tie = SimpleNamespace(actor=actor, type=kind, target=target)
        return SimpleNamespace(kind="events", unit="count", usual=0.0, swing=1.0, record=(tie,))


@pytest.fixture(scope="session")
def make():
    return Maker()
