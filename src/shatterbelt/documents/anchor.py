"""Resolve a quote in a text: at its offsets, else by its fingerprint; in doubt it is not resolved."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shatterbelt.documents.align import MAX_WORDS, MIN_WORDS, Match, allowed_cost, approximate
from shatterbelt.documents.quotes import QuoteLike
from shatterbelt.documents.text import Text, span_hash
from shatterbelt.documents.words import BITS, HYPHENATED, codes_of, fingerprint, letters_of

SHORT = 4
"""Fewer words than this need their place in the document as well as their fingerprint."""
MAX_CHANCE = 1e-3
"""Chance matches expected in the text, above which a fingerprint alone proves nothing."""
MOST_PLACES = 100
"""A passage that stands more often than this is not looked for any further."""

# Composing accents takes quadratic time where thousands of them stand on one letter.
_COMPOSED = 5000
# Marks before and after a passage that may belong to it.
_MARKS = 4
_HIDDEN = re.compile("\u200b+")


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a quote stands in a text.

    ``score`` is 1 when every word of the fingerprint is there in order, less one divided by the number
    of words for each that is changed, lost or extra. ``confirmed`` says that the hash of the span agrees
    too, up to white space: then it is the quote, character for character.
    """

    text: str
    start: int
    end: int
    how: Literal["exact", "re-anchored"]
    score: float
    confirmed: bool

    @property
    def shown(self) -> str:
        """The span on one line, without invisible marks."""
        return shown(self.text)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why a quote was not resolved in a text."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    score: float
    confirmed: bool


class _Guess(NamedTuple):
    """Where a quote is expected, in characters, and how far off that is at the least."""

    offset: float
    blur: float


def shown(span: str) -> str:
    """Return a span on one line, without invisible marks."""
    return " ".join(_HIDDEN.sub("", span).split())


def resolve(quote: QuoteLike, text: Text, *, near: float | None = None) -> Resolved | Unresolved:
    """Find the passage that a quote stands for; fail closed when there is none or any doubt.

    First the span at the quote's offsets, if its hash agrees. Else the fingerprint, word for word; of
    several such places the one whose hash agrees, or that is clearly nearest. Else, from `MIN_WORDS`
    words on, the place that is most like it, with at most one word in five changed, lost or extra, and
    clearly better than the next.

    Args:
        quote: offsets, hash and fingerprint.
        text: the document, or another copy of it.
        near: offset in this copy at which the quote is expected; default its own ``start``.
    """
    try:
        codes = codes_of(quote.words)
    except ValueError as fault:
        return Unresolved(str(fault))
    span = text.characters[quote.start : quote.end]
    if quote.start < quote.end <= len(text) and span_hash(span) == quote.sha256:
        if fingerprint(span) != quote.words:
            return Unresolved("the hash agrees, but the words are not the fingerprint of the span")
        return Resolved(span, quote.start, quote.end, "exact", 1.0, confirmed=True)
    if not len(codes):
        return Unresolved("the fingerprint is empty")
    expected = _Guess(quote.start, 40.0) if near is None else _Guess(near, 10.0)
    found = _search(quote, codes, text, expected)
    if text.apart and not (isinstance(found, Resolved) and found.score == 1):
        other = _search(quote, codes, text.apart, expected)
        if isinstance(other, Resolved) and not (isinstance(found, Resolved) and found.score >= other.score):
            return other
    return found


def _search(
    quote: QuoteLike, codes: NDArray[np.uint16], text: Text, expected: _Guess
) -> Resolved | Unresolved:
    found = _word_for_word(quote, codes, text, expected)
    return _alike(quote, codes, text, expected) if found is None else found


def _word_for_word(
    quote: QuoteLike, codes: NDArray[np.uint16], text: Text, expected: _Guess
) -> Resolved | Unresolved | None:
    """Return the place where the whole fingerprint stands, why it is in doubt, or None if it is nowhere."""
    firsts = _occurrences(letters_of(codes), text.words.letters)
    if not firsts:
        return None
    if len(firsts) > MOST_PLACES:
        return Unresolved(f"the same words stand more than {MOST_PLACES} times")
    places = [_place(quote, text, Match(first, first + len(codes), 0.0), len(codes)) for first in firsts]
    sure = [place for place in places if place.confirmed]
    chance = len(text.words) * 2.0 ** (-BITS * len(codes))
    if not sure and (len(codes) == 1 or chance > MAX_CHANCE):
        return Unresolved(f"{_count(len(codes))} of a fingerprint may agree by chance, and the hash does not")
    chosen = _nearest(sure or places, expected, len(text), short=len(codes) < SHORT)
    return _resolved(chosen, text) if isinstance(chosen, _Place) else chosen


def _alike(
    quote: QuoteLike, codes: NDArray[np.uint16], text: Text, expected: _Guess
) -> Resolved | Unresolved:
    """Return the place that is clearly most like the fingerprint, or why there is none."""
    length = len(codes)
    if length < MIN_WORDS:
        return Unresolved(
            f"{_count(length)}, not found as they stand; changes are allowed from {MIN_WORDS} on"
        )
    if length > MAX_WORDS:
        return Unresolved(f"{_count(length)}, not found as they stand; changes are allowed up to {MAX_WORDS}")
    matches = approximate(codes, text.words)
    if not matches or matches[0].cost > allowed_cost(length):
        best = f"; the best place has {1 - matches[0].cost / length:.2f}" if matches else ""
        needed = 1 - allowed_cost(length) / length
        return Unresolved(f"nothing like it is in the text (a score of {needed:.2f} is needed{best})")
    margin = max(2.0, 0.1 * length)
    rivals = [match for match in matches if match.cost < matches[0].cost + margin]
    places = [_place(quote, text, match, length) for match in rivals]
    chosen = _nearest(places, expected, len(text), short=False)
    if isinstance(chosen, _Place) and (1 - chosen.score) * length > allowed_cost(length) + 1e-9:
        return Unresolved("the place where it should be is too unlike it, and a better one is elsewhere")
    return _resolved(chosen, text) if isinstance(chosen, _Place) else chosen


def _occurrences(wanted: str, letters: str) -> list[int]:
    found: list[int] = []
    at = letters.find(wanted)
    while at >= 0 and len(found) <= MOST_PLACES:
        found.append(at)
        at = letters.find(wanted, at + 1)
    return found


def _nearest(places: list[_Place], expected: _Guess, length: int, *, short: bool) -> _Place | Unresolved:
    """Return the only place, or the one that is clearly nearest to where the quote is expected.

    Near is within 500 characters or a twentieth of the text (of a short quote's only place: within four
    times that); clearly is three times nearer than the next.
    """
    reach = max(500.0, length / 20)
    ordered = sorted(places, key=lambda place: abs(place.start - expected.offset))
    distances = [abs(place.start - expected.offset) for place in ordered]
    if len(ordered) == 1:
        if short and distances[0] > 4 * reach:
            return Unresolved("so few words are only found far from their place")
        return ordered[0]
    if distances[0] <= reach and distances[1] > 3 * max(distances[0], expected.blur):
        return ordered[0]
    return Unresolved(f"{len(ordered)} places fit equally well")


def _place(quote: QuoteLike, text: Text, match: Match, length: int) -> _Place:
    """Return the characters of a match: with the marks around it that the hash, or the length, asks for."""
    score = max(0.0, 1 - match.cost / length)
    options = list(_extents(text, match))
    for start, end in options:
        if _agrees(text.characters[start:end], quote.sha256):
            return _Place(start, end, score, confirmed=True)
    # Without the hash, marks that stand apart from the words belong to others; length tells of the rest.
    first, last = _word_span(text, match)
    size = quote.end - quote.start
    attached = [
        (start, end)
        for start, end in options
        if " " not in text.characters[start:first] and " " not in text.characters[last:end]
    ]
    start, end = min(attached, key=lambda place: abs(len(shown(text.characters[place[0] : place[1]])) - size))
    return _Place(start, end, score, confirmed=False)


def _word_span(text: Text, match: Match) -> tuple[int, int]:
    return int(text.words.starts[match.first]), int(text.words.ends[match.last - 1])


def _extents(text: Text, match: Match) -> Iterable[tuple[int, int]]:
    """Yield the spans of the matched words with none, some or all of the marks around them."""
    first, last = _word_span(text, match)
    starts, ends = [first], [last]
    for start in range(first - 1, max(-1, first - 1 - _MARKS), -1):
        if text.characters[start].isalnum() or text.characters[start] == "\n":
            break
        starts.append(start)
    for end in range(last, min(len(text), last + _MARKS)):
        if text.characters[end].isalnum() or text.characters[end] == "\n":
            break
        ends.append(end + 1)
    for start in starts:
        for end in ends:
            if text.characters[start] != " " and text.characters[end - 1] != " ":
                yield start, end


def _agrees(span: str, sha256: str) -> bool:
    """Tell whether a span has the hash as it is, on one line, or with empty lines in between."""
    composed = _HIDDEN.sub("", span)
    if len(composed) <= _COMPOSED:
        composed = unicodedata.normalize("NFC", composed)
    ways = {span, composed}
    for hyphen in ("-\n", "-", ""):
        lines = HYPHENATED.sub(hyphen, composed).split("\n")
        lines = [" ".join(line.split()) for line in lines if line.strip()]
        ways |= {" ".join(lines), "\n\n".join(lines)}
    return sha256 in map(span_hash, ways)


def _resolved(place: _Place, text: Text) -> Resolved:
    span = text.characters[place.start : place.end]
    return Resolved(span, place.start, place.end, "re-anchored", round(place.score, 4), place.confirmed)


def _count(words: int) -> str:
    return f"{words} word" if words == 1 else f"{words} words"
