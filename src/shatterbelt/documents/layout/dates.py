"""Calendar days as articles write them, to ISO; what could be two days is no day."""

from __future__ import annotations

import calendar
import re

_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTHS = {name[:long]: number for number, name in enumerate(_NAMES, 1) for long in (3, len(name))} | {
    "sept": 9
}
_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAYS = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_CLOCK = (
    r"(?:,?\s*(?:at|-|\|)?\s*\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?"
    r"(?:\s*(?:gmt|utc|cet|cest|bst|est|edt|msk|[a-z]{2,4}t)(?:[+-]\d{1,2})?)?)?"
)
DAY = "|".join(
    [
        r"(?P<iso>\d{4}-\d{2}-\d{2})(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?",
        rf"{_DAYS}(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+{_MONTH},?[\s-]+(?P<y1>\d{{4}}){_CLOCK}",
        rf"{_DAYS}{_MONTH.replace('month', 'month2')}\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?"
        rf"\s+(?P<y2>\d{{4}}){_CLOCK}",
        r"(?P<d3>\d{1,2})\.(?P<m3>\d{1,2})\.(?P<y3>\d{4})" + _CLOCK,
        r"(?P<a4>\d{1,2})/(?P<b4>\d{1,2})/(?P<y4>\d{4})" + _CLOCK,
        r"(?P<y5>\d{4})/(?P<m5>\d{1,2})/(?P<d5>\d{1,2})" + _CLOCK,
        rf"{_MONTH.replace('month', 'month6')},?\s+(?P<y6>\d{{4}})",
    ]
)
"""A day, or a month, with its year; the named groups are for `iso_of`."""

_WHOLE = re.compile(rf"\W*(?:{DAY})\W*", re.IGNORECASE)
_CLOCKED = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d")


def iso_date(words: str) -> str:
    """Return the day (or the month) that the words are, as ISO; an empty string if they are none.

    ``03/04/2020`` is no day, since it is two, by where one lives; ``30/11/2020`` is one.
    """
    match = _WHOLE.fullmatch(words.strip()[:80])
    return iso_of(match) if match else ""


def iso_of(match: re.Match[str]) -> str:
    """Return the ISO date of a match of `DAY`; an empty string for a day that is not in the calendar."""
    part = match.groupdict()
    if part["iso"]:
        year, month, day = (int(number) for number in part["iso"].split("-"))
    elif part["y1"]:
        year, month, day = int(part["y1"]), _MONTHS[part["month"].lower()], int(part["d1"])
    elif part["y2"]:
        year, month, day = int(part["y2"]), _MONTHS[part["month2"].lower()], int(part["d2"])
    elif part["y3"]:
        year, month, day = int(part["y3"]), int(part["m3"]), int(part["d3"])
    elif part["y5"]:
        year, month, day = int(part["y5"]), int(part["m5"]), int(part["d5"])
    elif part["y6"]:
        return f"{part['y6']}-{_MONTHS[part['month6'].lower()]:02d}"
    else:
        year, month, day = int(part["y4"]), *_month_and_day(int(part["a4"]), int(part["b4"]))
    known = 1 <= month <= 12 and 1900 <= year <= 2100 and 1 <= day <= calendar.monthrange(year, month)[1]
    return f"{year:04d}-{month:02d}-{day:02d}" if known else ""


def _month_and_day(first: int, second: int) -> tuple[int, int]:
    if first == second or second > 12:
        return first, second
    return (second, first) if first > 12 else (0, 0)
