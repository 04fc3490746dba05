"""When: "last Friday", "in September", "the August 9 elections", counted from the day of issue.

Own small code: a general date parser would read "may" and "march" and every number as a date, guesses a
year from the clock, and gives a moment instead of the days that the words leave open.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shatterbelt.reading.date_sequels import has_sequel, sequels
from shatterbelt.reading.magnitudes import ONES
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.statements import Day, Resolution

if TYPE_CHECKING:
    from spacy.tokens import Token

Date = datetime.date
Reach = tuple[Date, Date, Resolution]

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COUNTS = ONES | {"twenty": 20, "a": 1, "an": 1, "couple": 2, "few": 3, "several": 4, "dozen": 12}
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}

_MONTH = rf"(?P<month>{'|'.join(_MONTHS)}|Jan\.?|Feb\.?|Mar\.|Apr\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_WHICH = r"(?P<which>last|past|this|next|previous|coming)"
_NTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_NUMBER = rf"(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})(?: of)?(?: of the)?"
_EDGE = r"(?<![\w$€£.,-])"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(_EDGE + pattern + r"(?![\w%])"))
    for name, pattern in (
        ("iso", r"(?P<year>\d{4})-(?P<number>\d\d)-(?P<day>\d\d)"),
        ("span", rf"(?P<day>\d{{1,2}})(?: ?- ?| to | and )(?P<day2>\d{{1,2}}) {_MONTH}(?:,? {_YEAR})?"),
        ("years", rf"(?:between|from) {_YEAR} (?:and|to) (?P<year2>(?:19|20)\d\d)"),
        ("months", rf"(?:between|from) {_MONTH} (?:and|to) (?P<month2>{'|'.join(_MONTHS)})(?: {_YEAR})?"),
        ("day", rf"{_NTH}(?: of)? {_MONTH}(?:,? {_YEAR})?"),
        ("day", rf"{_MONTH} {_NTH}(?:,? {_YEAR})?"),
        ("month", rf"(?:(?P<part>early|mid|late)[ -])?(?:{_WHICH} )?{_MONTH}(?:,? {_YEAR})?"),
        ("season", rf"(?:{_WHICH} |the )?(?P<season>spring|summer|autumn|winter)(?: of)?(?: {_YEAR})?"),
        ("quarter", rf"(?:the )?(?P<quarter>{'|'.join(_QUARTERS)}) quarter(?: of)?(?: {_YEAR})?"),
        ("weekday", rf"(?:{_WHICH} )?(?P<weekday>{'|'.join(_DAYS)})"),
        ("near", r"(?P<near>today|yesterday|tomorrow|tonight|last night|this morning|this evening)"),
        (
            "unit",
            rf"(?:(?P<part>early|late|earlier|later) )?{_WHICH} (?P<unit>week|weekend|month|quarter|year)",
        ),
        ("ago", rf"{_NUMBER} (?P<unit>day|week|month|year|decade)s? (?:ago|earlier)"),
        ("past", rf"the (?:last|past) (?:{_NUMBER} )?(?P<unit>day|week|month|year|decade)s?"),
        ("year", _YEAR),
    )
)
_STRICT_MONTHS = frozenset({"May", "March", "Mar."})


@dataclass(frozen=True, slots=True)
class Told:
    """A date as told: the tokens that tell it, the days it leaves open, and whether "since" stands before."""

    first: Token
    last: Token
    earliest: Date
    latest: Date
    resolution: Resolution
    since: bool


class Calendar:
    """Counts dates from a document's day of issue (ISO); without a full one dates with a year are read."""

    def __init__(self, issued: str = "") -> None:
        try:
            self.today: Date | None = datetime.date.fromisoformat(issued)
        except ValueError:
            self.today = None

    def told(
        self, sentence: Sentence, *, ahead: bool = False, earlier: Sequence[Sentence] = ()
    ) -> list[Told]:
        """Return the dates that a sentence tells, from left to right.

        Args:
            sentence: the sentence.
            ahead: a date without a year or a week is the next one instead of the last one.
            earlier: the sentences before it in its paragraph: "the next day" counts from a day told there.
        """
        text = sentence.tokens.text
        found = self._plain(sentence, ahead=ahead) if _ANY.search(text) else []
        if not has_sequel(text):
            return found
        start = sentence.tokens.start_char

        def anchor(place: int) -> Date | None:
            days = [told for told in found if told.first.idx - start < place]
            before = len(earlier)
            while not days and before:
                before -= 1
                days = self.told(earlier[before], earlier=earlier[:before])
            days = [told for told in days if told.resolution == "day" and not told.since]
            return days[-1].latest if days else None

        for begin, end, reach in sequels(text, list(sentence.tokens), anchor):
            tokens = sentence.doc.char_span(start + begin, start + end, alignment_mode="expand")
            if tokens is not None:
                clear = [each for each in found if each.last.i < tokens.start or each.first.i >= tokens.end]
                found = [*clear, Told(tokens[0], tokens[-1], *reach, since=False)]
        return sorted(found, key=lambda told: told.first.i)

    def _plain(self, sentence: Sentence, *, ahead: bool) -> list[Told]:
        """Return the dates that stand by themselves or count from the day of issue."""
        text, start = sentence.tokens.text, sentence.tokens.start_char
        taken: list[tuple[int, int]] = []
        found: list[Told] = []
        for name, pattern in _PATTERNS:
            for match in pattern.finditer(text):
                if any(match.start() < end and match.end() > begin for begin, end in taken):
                    continue
                reach = self._reach(name, match, text, ahead)
                tokens = sentence.doc.char_span(
                    start + match.start(), start + match.end(), alignment_mode="expand"
                )
                if reach is None and name in {"day", "iso"}:  # no such day, and no month by itself either
                    taken.append(match.span())
                if reach is None or tokens is None or _is_count(name, tokens[-1]):
                    continue
                taken.append(match.span())
                before = text[: match.start()].rstrip().lower()
                since = before.endswith(("since", "since early", "since late", "until", "till", "before"))
                found.append(Told(tokens[0], tokens[-1], *reach, since=since))
        return found

    def is_past(self, day: Day) -> bool:
        """Return whether a date lies more than a year before the issue."""
        if self.today is None:
            return False
        return (self.today - datetime.date.fromisoformat(day.latest)).days > 365

    def _reach(self, name: str, match: re.Match[str], text: str, ahead: bool) -> Reach | None:
        groups = match.groupdict()
        try:
            if name == "month" and groups["month"] in _STRICT_MONTHS and not _introduced(match, text, groups):
                return None
            if groups.get("year"):
                return _absolute(name, groups)
            return _RELATIVE[name](self.today, groups, ahead) if self.today and name in _RELATIVE else None
        except ValueError:  # the 31st of June
            return None


_ANY = re.compile(
    rf"\d{{4}}|{'|'.join(_MONTHS)}|Jan\b|Feb\b|Aug\b|Sept?\b|Oct\b|Nov\b|Dec\b|{'|'.join(_DAYS)}|today|yesterday|tomorrow|tonight"
    r"|last |past |this |next |ago|earlier|spring|summer|autumn|winter|quarter"
)


def _introduced(match: re.Match[str], text: str, groups: dict[str, str | None]) -> bool:
    if groups.get("which") or groups.get("part") or groups.get("year"):
        return True
    return bool(
        re.search(
            r"\b(in|since|until|by|from|of|during|till|through|before|after)$", text[: match.start()].rstrip()
        )
    )


def _is_count(name: str, token: Token) -> bool:
    return name == "year" and token.dep_ == "nummod" and token.head.tag_ == "NNS" and token.head.i > token.i


def _number(month: str) -> int:
    return next(place for place, name in enumerate(_MONTHS, 1) if name.startswith(month.rstrip(".")[:3]))


def _month_end(year: int, month: int) -> Date:
    return datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(days=1)


def _month(year: int, month: int) -> Reach:
    return datetime.date(year, month, 1), _month_end(year, month), "month"


def _year(year: int) -> Reach:
    return datetime.date(year, 1, 1), datetime.date(year, 12, 31), "year"


def _absolute(name: str, groups: dict[str, str | None]) -> Reach | None:
    """Return the days of a date that names its year."""
    year = int(groups["year"] or 0)
    if name == "years":
        return datetime.date(year, 1, 1), datetime.date(int(groups["year2"] or 0), 12, 31), "unknown"
    if name == "months":
        since, until = _number(groups["month"] or ""), _number(groups["month2"] or "")
        return datetime.date(year - (since > until), since, 1), _month_end(year, until), "unknown"
    if name == "season":
        return _season(year, groups["season"] or "")
    if name == "quarter":
        return _quarter(year, groups["quarter"] or "")
    if name == "year":
        return _year(year)
    month = int(groups.get("number") or 0) or _number(groups["month"] or "")
    if not groups.get("day"):
        return _month(year, month)
    first = datetime.date(year, month, int(groups["day"] or 0))
    last = first.replace(day=int(groups["day2"] or 0)) if groups.get("day2") else first
    return first, last, "day" if first == last else "unknown"


def _season(year: int, season: str) -> Reach:
    first, last = _SEASONS[season]
    return datetime.date(year, first, 1), _month_end(year + (first > last), last), "quarter"


def _quarter(year: int, quarter: str) -> Reach:
    last = 3 * _QUARTERS[quarter]
    return datetime.date(year, last - 2, 1), _month_end(year, last), "quarter"


def _nearest(today: Date, ahead: bool, make: Callable[[int], Reach]) -> Reach:
    """Return the reach of the year in which it is the last to begin, or with ``ahead`` the next to end."""
    reach = make(today.year)
    if ahead:
        return reach if reach[1] >= today else make(today.year + 1)
    return reach if reach[0] <= today else make(today.year - 1)


def _told_day(today: Date, groups: dict[str, str | None], ahead: bool) -> Reach | None:
    return _nearest(today, ahead, lambda year: _absolute("day", {**groups, "year": str(year)}) or _year(year))


def _told_month(today: Date, groups: dict[str, str | None], ahead: bool) -> Reach | None:
    month, which = _number(groups["month"] or ""), groups.get("which")
    if which in {"next", "coming"}:
        ahead = True
    if which in {"last", "past", "previous"} and month == today.month:
        return _month(today.year - 1, month)
    return _nearest(today, ahead, lambda year: _month(year, month))


def _told_months(today: Date, groups: dict[str, str | None], ahead: bool) -> Reach | None:
    return _nearest(
        today, ahead, lambda year: _absolute("months", {**groups, "year": str(year)}) or _year(year)
    )


def _told_season(today: Date, groups: dict[str, str | None], ahead: bool) -> Reach | None:
    if not groups.get("which"):
        return None
    ahead = groups["which"] in {"next", "coming"}
    return _nearest(today, ahead, lambda year: _season(year, groups["season"] or ""))


def _told_quarter(today: Date, groups: dict[str, str | None], ahead: bool) -> Reach | None:
    return _nearest(today, ahead, lambda year: _quarter(year, groups["quarter"] or ""))


def _told_weekday(today: Date, groups: dict[str, str | None], ahead: bool) -> Reach | None:
    back = (today.weekday() - _DAYS.index(groups["weekday"] or "")) % 7
    which = groups.get("which")
    if which in {"next", "coming"} or (which is None and ahead):
        day = today + datetime.timedelta(days=(7 - back) if back or which else 0)
    elif which in {"last", "past", "previous"}:
        day = today - datetime.timedelta(days=back or 7)
    else:
        day = today - datetime.timedelta(days=back)
    return day, day, "day"


def _told_near(today: Date, groups: dict[str, str | None], _ahead: bool) -> Reach | None:
    shift = {"yesterday": -1, "last night": -1, "tomorrow": 1}.get(groups["near"] or "", 0)
    day = today + datetime.timedelta(days=shift)
    return day, day, "day"


def _told_unit(today: Date, groups: dict[str, str | None], _ahead: bool) -> Reach | None:
    shift = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1}.get(groups["which"] or "", 0)
    return _unit(today, groups["unit"] or "", shift)


def _unit(today: Date, unit: str, shift: int) -> Reach:
    """Return the week, month, quarter or year that lies ``shift`` of them from today's."""
    if unit in {"week", "weekend"}:
        monday = today - datetime.timedelta(days=today.weekday() - 7 * shift)
        first = monday + datetime.timedelta(days=5 if unit == "weekend" else 0)
        return first, monday + datetime.timedelta(days=6), "week"
    if unit == "month":
        months = today.year * 12 + today.month - 1 + shift
        return _month(months // 12, months % 12 + 1)
    if unit == "quarter":
        quarters = today.year * 4 + (today.month - 1) // 3 + shift
        last = 3 * (quarters % 4 + 1)
        return datetime.date(quarters // 4, last - 2, 1), _month_end(quarters // 4, last), "quarter"
    return _year(today.year + shift)


def _told_ago(today: Date, groups: dict[str, str | None], _ahead: bool) -> Reach | None:
    word = groups["count"] or "1"
    count = int(word) if word.isdigit() else _COUNTS[word]
    unit = groups["unit"] or ""
    if unit == "day":
        day = today - datetime.timedelta(days=count)
        return day, day, "day"
    if unit == "decade":
        first, _, _ = _year(today.year - 10 * count - 2)
        return first, _year(today.year - 10 * count + 2)[1], "unknown"
    return _unit(today, unit, -count)


def _told_past(today: Date, groups: dict[str, str | None], _ahead: bool) -> Reach | None:
    word = groups["count"] or "1"
    count = int(word) if word.isdigit() else _COUNTS[word]
    days = {"day": 1, "week": 7, "month": 30, "year": 365, "decade": 3652}[groups["unit"] or ""]
    return today - datetime.timedelta(days=days * count), today, "unknown"


_Reader = Callable[[Date, dict[str, str | None], bool], Reach | None]
_RELATIVE: dict[str, _Reader] = {
    "span": _told_day,
    "months": _told_months,
    "day": _told_day,
    "month": _told_month,
    "season": _told_season,
    "quarter": _told_quarter,
    "weekday": _told_weekday,
    "near": _told_near,
    "unit": _told_unit,
    "ago": _told_ago,
    "past": _told_past,
}


def day_of(told: Told, sentence: Sentence) -> Day:
    """Return a told date as a statement holds it."""
    return Day(
        earliest=told.earliest.isoformat(),
        latest=told.latest.isoformat(),
        resolution=told.resolution,
        span=sentence.place(told.first, told.last),
    )
