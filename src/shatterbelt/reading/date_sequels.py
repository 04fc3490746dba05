"""Dates counted from another one: "two days later", "the same night", "police then arrested"."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from shatterbelt.reading.magnitudes import ONES
from shatterbelt.reading.statements import Resolution

if TYPE_CHECKING:
    from spacy.tokens import Token

Date = datetime.date
Reach = tuple[Date, Date, Resolution]

_COUNTS = ONES | {"a": 1, "an": 1, "couple of": 2}
_DAY = r"(?:day|night|evening|morning|afternoon)"
_PATTERNS: tuple[tuple[re.Pattern[str], int | None], ...] = tuple(
    (re.compile(r"(?<![\w-])" + pattern + r"(?!\w)", re.IGNORECASE), shift)
    for pattern, shift in (
        (rf"(?P<count>\d{{1,2}}|{'|'.join(_COUNTS)}) (?P<unit>day|week|month|year)s? later", None),
        (rf"(?P<back>\d{{1,2}}|{'|'.join(_COUNTS)}) (?P<unit>day)s? (?:earlier|before)", None),
        (rf"the (?:next|following) {_DAY}", 1),
        (rf"the (?:day before|previous {_DAY})", -1),
        (rf"(?:later )?(?:the same|that same|that) {_DAY}", 0),
        (r"(?:a few |several )?(?:hours|minutes) later|an hour later|within (?:hours|minutes)", 0),
    )
)
_HINT = re.compile(
    r"\b(?:later|earlier|before|next|following|previous|same|that|within|then)\b", re.IGNORECASE
)
_THEN = frozenset({"then", "afterwards", "afterward"})


def has_sequel(text: str) -> bool:
    """Return whether a sentence may tell a date that is counted from another."""
    return _HINT.search(text) is not None


def sequels(
    text: str, tokens: Sequence[Token], anchor: Callable[[int], Date | None]
) -> list[tuple[int, int, Reach]]:
    """Return first and last character, and the days, of each date of a sentence that counts from another.

    Args:
        text: the sentence.
        tokens: its tokens.
        anchor: gives the day told last before a character of the sentence, in it or before it.
    """
    found: list[tuple[int, int, Reach]] = []
    for pattern, shift in _PATTERNS:
        for match in pattern.finditer(text):
            if any(match.start() < end and match.end() > start for start, end, _ in found):
                continue
            day = anchor(match.start())
            if day is not None:
                found.append((match.start(), match.end(), _reach(day, match, shift)))
    start = tokens[0].idx
    for token in tokens:
        if token.lower_ in _THEN and _is_next(token) and (day := anchor(token.idx - start)) is not None:
            found.append((token.idx - start, token.idx - start + len(token), (day, day, "day")))
    return found


def _is_next(word: Token) -> bool:
    """Return whether "then" carries a story on: beside a verb of the past, with no "if" about."""
    verb = word.head
    if word.dep_ != "advmod" or verb.tag_ not in {"VBD", "VBN"} or verb.dep_ not in {"ROOT", "conj"}:
        return False
    if any(child.dep_ == "aux" and child.tag_ in {"MD", "VBD"} for child in verb.children):
        return False
    return not any(child.dep_ == "advcl" for child in verb.children)


def _reach(day: Date, match: re.Match[str], shift: int | None) -> Reach:
    if shift is not None:
        day += datetime.timedelta(days=shift)
        return day, day, "day"
    groups = match.groupdict()
    word = (groups.get("count") or groups.get("back") or "1").lower()
    count = int(word) if word.isdigit() else _COUNTS[word]
    if groups.get("back"):
        day -= datetime.timedelta(days=count)
        return day, day, "day"
    unit = groups["unit"].lower()
    if unit == "day":
        day += datetime.timedelta(days=count)
        return day, day, "day"
    if unit == "week":
        day += datetime.timedelta(days=7 * count)
        return day - datetime.timedelta(days=3), day + datetime.timedelta(days=3), "week"
    if unit == "month":
        months = day.year * 12 + day.month - 1 + count
        first = Date(months // 12, months % 12 + 1, 1)
        last = Date(months // 12 + (months % 12 + 1) // 12, (months + 1) % 12 + 1, 1) - datetime.timedelta(
            days=1
        )
        return first, last, "month"
    return Date(day.year + count, 1, 1), Date(day.year + count, 12, 31), "year"
