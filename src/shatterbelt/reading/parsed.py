"""What the finders of events, claims, aims and attribution work on: parsed sentences with places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.reading.statements import Span, span_of

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token
    from spacy.tokens import Span as Tokens


@dataclass(frozen=True, slots=True)
class Scored:
    """Characters of the document that the encoder marked, with what as, and how sure."""

    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class ScoredRelation:
    """A cause and an effect that the encoder marked, and the words that join them where it saw some."""

    cause: tuple[int, int]
    effect: tuple[int, int]
    signal: tuple[int, int] | None
    score: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the encoder says of one sentence; offsets count characters of the document.

    ``causal`` is the chance that the sentence tells a cause and its effect. ``triggers`` are labelled with
    PLOVER types, ``cues`` with ``cue`` or ``source``.
    """

    causal: float = 0.0
    relations: Sequence[ScoredRelation] = ()
    triggers: tuple[Scored, ...] = ()
    cues: tuple[Scored, ...] = ()


@dataclass(frozen=True)
class Sentence:
    """One parsed sentence: its tokens, where it stands, and what the encoder says of it.

    ``tokens`` is a spaCy span of ``doc``; character ``i`` of ``doc`` is character ``places[i]`` of the
    document, since line breaks, emphasis marks and footnote marks are left out of what is parsed.
    ``paragraph`` numbers the body blocks from 0, ``number`` the document's sentences.
    """

    document: LoadedDocument
    doc: Doc
    tokens: Tokens
    places: Sequence[int]
    paragraph: int
    number: int
    prediction: Prediction | None = None

    @property
    def span(self) -> Span:
        """The whole sentence as it stands in the document."""
        return self.place_of(self.tokens)

    def place(self, first: Token, last: Token) -> Span:
        """Return the characters from one token to another, both included."""
        return self._span(first.idx, last.idx + len(last))

    def place_of(self, tokens: Tokens) -> Span:
        """Return the characters of a spaCy span."""
        return self._span(tokens.start_char, tokens.end_char)

    def tokens_at(self, start: int, end: int) -> list[Token]:
        """Return the sentence's tokens that stand at least partly between two places of the document."""
        places = self.places
        return [
            token
            for token in self.tokens
            if places[token.idx] < end and places[token.idx + len(token) - 1] >= start
        ]

    def _span(self, start: int, end: int) -> Span:
        return span_of(self.document, self.places[start], self.places[end - 1] + 1)
