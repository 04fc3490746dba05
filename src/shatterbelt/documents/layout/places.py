"""Datelines: where, when and which agency, before the first sentence of a report."""

from __future__ import annotations

import re

from shatterbelt.documents.layout.tables import words

_PLACE = r"[A-Z][A-Z'./ -]{2,38}[A-Z]"
_MIXED = r"[A-Z][\w'.-]+(?:[ /-][A-Z][\w'.-]+){0,3}"
_DAY = r"(?:[A-Z][a-z]{2,8}\.?\s+\d{1,2}|\d{1,2}\s+[A-Z][a-z]{2,8}\.?)(?:,?\s+\d{4})?"
_MORE = rf"(?:,\s*(?:{_DAY}|[A-Z][\w'.-]*(?:\s+[A-Z][\w'.-]*){{0,3}})){{0,3}}"
_AGENCY = r"\s*(?:\([A-Z][\w .,/&'-]{1,40}\)|/\s?[A-Z][\w .&'-]{1,30}/)"
_DASH = r"\s*(?:--?|_|\|)\s+"
_FULL = re.compile(
    rf"(?:(?P<place>{_PLACE}|{_MIXED}){_MORE}\s*{_AGENCY}(?:{_DASH}|:\s+)"
    rf"|(?P<dated>{_PLACE}|{_MIXED}),\s*{_DAY}{_DASH}"
    rf"|(?P<bare>{_PLACE}){_MORE}{_DASH}(?=[A-Z\"'\d]))"
)


def dateline_end(head: str) -> int:
    """Return where the dateline at the head of a normalised paragraph ends; 0 where there is none.

    A place in capitals before a dash is one when a new sentence follows (an organisation is no place);
    a place in small letters needs an agency in brackets, or a day.
    """
    match = _FULL.match(head.replace("\u200b", "\n").replace("\n", " "))
    if not match or (match["bare"] and match["bare"].strip() in words("words", "no_place")):
        return 0
    return match.end()


def place_of(dateline: str) -> str:
    """Return the place of a dateline as one writes it in a text: ``Minsk, Belarus``."""
    match = _FULL.match(dateline.rstrip() + " X")
    if not match:
        return ""
    whole = re.sub(_AGENCY + r".*", "", match[0].rstrip(" -_|:X"))
    names = [part.strip() for part in whole.split(",")]
    names = [name for name in names if name and not re.search(r"\d", name)]
    return ", ".join(name.title() if name.isupper() else name for name in names[:3])
