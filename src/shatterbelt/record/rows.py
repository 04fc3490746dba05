"""Rows of the record as this room sees them, and the view of them on a past day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol, TypeVar


class Dated(Protocol):
    """Anything with the date from which it could be known."""

    @property
    def known(self) -> dt.date: ...  # noqa: D102


class SeriesLike(Dated, Protocol):
    """One value of a series."""

    @property
    def series(self) -> str: ...  # noqa: D102
    @property
    def period(self) -> str: ...  # noqa: D102
    @property
    def value(self) -> float: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def confidence(self) -> str: ...  # noqa: D102


class EventLike(Dated, Protocol):
    """One event."""

    @property
    def date(self) -> dt.date: ...  # noqa: D102
    @property
    def actor(self) -> str: ...  # noqa: D102
    @property
    def type(self) -> str: ...  # noqa: D102
    @property
    def target(self) -> str: ...  # noqa: D102
    @property
    def confidence(self) -> str: ...  # noqa: D102


Row = TypeVar("Row", bound=Dated)


def as_of(rows: Iterable[Row], date: dt.date | None) -> tuple[Row, ...]:
    """Keep only the rows that were known by the end of ``date``; None keeps all, in their order."""
    return tuple(row for row in rows if date is None or row.known <= date)
