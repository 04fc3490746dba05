"""Periods and calendars: which steps of a case a month, a quarter or a year of the record covers."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from shatterbelt.errors import Fault, RecordError

Step = Literal["month", "quarter", "year"]
MONTHS_IN: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
"""Months in one step."""

_PERIOD = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])|-Q([1-4]))?")


def month_number(month: str) -> int:
    """Return ``YYYY-MM`` as months counted from year 0, so that differences are months."""
    first, last = months_of(month)
    if first != last:
        raise _bad_period(month, "a month")
    return first


def month_label(number: int) -> str:
    """Return the ``YYYY-MM`` of a month number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_of(date: dt.date) -> int:
    """Return the month number in which ``date`` lies."""
    return date.year * 12 + date.month - 1


def months_of(period: str) -> tuple[int, int]:
    """Return the first and last month number, both included, of a month, a quarter or a year.

    Raises:
        RecordError: the period is none of ``YYYY``, ``YYYY-Qn``, ``YYYY-MM``.
    """
    match = _PERIOD.fullmatch(period)
    if match is None:
        raise _bad_period(period, "YYYY, YYYY-Q1 to YYYY-Q4, or YYYY-MM")
    year, month, quarter = match.groups()
    start = int(year) * 12
    if month:
        return start + int(month) - 1, start + int(month) - 1
    if quarter:
        return start + 3 * (int(quarter) - 1), start + 3 * int(quarter) - 1
    return start, start + 11


def last_day(number: int) -> dt.date:
    """Return the last day of a month number."""
    following = number + 1
    return dt.date(following // 12, following % 12 + 1, 1) - dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The steps of a case: ``length`` steps from the month ``start``; step 0 begins there."""

    start: str
    length: int
    step: Step = "month"

    @classmethod
    def between(cls, start: str, end: str, step: Step = "month") -> Calendar:
        """Return the calendar from ``start`` up to the step that holds the month ``end``."""
        months = month_number(end) - month_number(start)
        if months < 0:
            raise _bad_period(end, f"not before {start}")
        return cls(start, months // MONTHS_IN[step] + 1, step)

    def index(self, month: str) -> int:
        """Return the step in which a month lies; negative before the start."""
        return self._index(month_number(month))

    def label(self, index: int) -> str:
        """Return the first month of a step as ``YYYY-MM``."""
        return month_label(month_number(self.start) + index * MONTHS_IN[self.step])

    def span(self, period: str) -> tuple[int, int]:
        """Return the first and last step, both included, that a period touches."""
        first, last = months_of(period)
        return self._index(first), self._index(last)

    def known_steps(self, as_of: dt.date | None) -> int:
        """Return how many steps have ended by the end of the day ``as_of`` (None: all of them)."""
        if as_of is None:
            return self.length
        size = MONTHS_IN[self.step]
        months = month_of(as_of) - month_number(self.start)
        whole = months + 1 if as_of == last_day(month_of(as_of)) else months
        return min(max(whole // size, 0), self.length)

    def index_of_date(self, date: dt.date) -> int:
        """Return the step in which a day lies; negative before the start."""
        return self._index(month_of(date))

    def _index(self, number: int) -> int:
        return (number - month_number(self.start)) // MONTHS_IN[self.step]


def _bad_period(period: str, allowed: str) -> RecordError:
    return RecordError([Fault("record", None, "", f"not a period ({period!r})", f"allowed: {allowed}")])
