"""Quotes as data: making one from a place in a text, and checking that the place is a good one."""

from __future__ import annotations

from typing import Protocol, TypedDict

import numpy as np

from shatterbelt.documents.text import Text, normalise_characters, paragraph_of, span_hash
from shatterbelt.documents.words import fingerprint
from shatterbelt.errors import DocumentError, Fault


class QuoteLike(Protocol):
    """What a quote must have; ``shatterbelt.statements.Quote`` has it."""

    @property
    def document(self) -> str: ...  # noqa: D102
    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102
    @property
    def sha256(self) -> str: ...  # noqa: D102
    @property
    def words(self) -> str: ...  # noqa: D102


class QuoteValues(TypedDict):
    """A quote as plain values, as ``claims.yaml`` holds it."""

    document: str
    start: int
    end: int
    sha256: str
    words: str
    paragraph: int | None


def make_quote(document_id: str, text: Text, start: int, end: int) -> QuoteValues:
    """Return the quote of ``text[start:end]`` as plain values, without a word of the text.

    White space at both ends of the span is left out of it.

    Raises:
        DocumentError: the span is outside the text, has no word, or cuts a word.
    """
    if not 0 <= start < end <= len(text):
        raise _bad(document_id, f"there is no span {start}-{end}", f"the text has {len(text)} characters")
    span = text.characters[start:end]
    start += len(span) - len(span.lstrip())
    end -= len(span) - len(span.rstrip())
    span = text.characters[start:end]
    words = fingerprint(span)
    if not words:
        raise _bad(document_id, f"the span {start}-{end} has no word", "a quote has at least one word")
    for offset in (start, end):
        cut = _cut_word(text, offset)
        if cut:
            raise _bad(
                document_id, f"offset {offset} stands inside the word {cut[0]}-{cut[1]}", "", "take all of it"
            )
    return QuoteValues(
        document=document_id,
        start=start,
        end=end,
        sha256=span_hash(span),
        words=words,
        paragraph=paragraph_of(text, start),
    )


def locate(document_id: str, text: Text, phrase: str) -> QuoteValues:
    """Return the quote of a phrase that stands exactly once in the text, as typed or pasted.

    The phrase is normalised as the text is; runs of white space must agree.

    Raises:
        DocumentError: the phrase stands nowhere or several times, or is no good span.
    """
    wanted = normalise_characters(phrase).strip()
    at = text.characters.find(wanted) if wanted else -1
    if at < 0:
        raise _bad(document_id, f"the phrase {phrase[:60]!r} is not in the text")
    if text.characters.find(wanted, at + 1) >= 0:
        raise _bad(document_id, f"the phrase {phrase[:60]!r} stands several times", "", "take more words")
    return make_quote(document_id, text, at, at + len(wanted))


def _cut_word(text: Text, offset: int) -> tuple[int, int] | None:
    """Return the word that ``offset`` stands strictly inside of."""
    at = int(np.searchsorted(text.words.starts, offset, side="left")) - 1
    if at < 0 or text.words.ends[at] <= offset:
        return None
    return int(text.words.starts[at]), int(text.words.ends[at])


def _bad(document_id: str, problem: str, allowed: str = "", hint: str = "") -> DocumentError:
    return DocumentError([Fault(document_id, None, "", problem, allowed, hint)])
