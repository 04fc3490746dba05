"""Hold what a language model says against the document: every text must stand there, letter for letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from shatterbelt.documents.loaded import Block, LoadedDocument
from shatterbelt.documents.text import normalise_characters
from shatterbelt.reading.language_model_answer import (
    Number,
    Said,
    SaidAim,
    SaidClaim,
    SaidEvent,
    Speaker,
    When,
)
from shatterbelt.reading.statements import (
    Aim,
    Attribution,
    Claim,
    Day,
    Event,
    Magnitude,
    Party,
    Span,
    Statement,
    span_of,
)
from shatterbelt.statements import Sign

READING = 0.5
"""The confidence of what a model read: as long as nobody has counted, an even chance."""
RULE = "language model"

_ENDS = re.compile(r"(?<=[.!?])[\"')\]]*\s+")


class Unverified(Exception):  # noqa: N818  # no error: what a model made up is expected
    """Something that the model said does not stand in the document."""


class _Passage:
    """A paragraph of the document in which texts are looked up; runs of white space count as one space."""

    def __init__(self, document: LoadedDocument, block: Block) -> None:
        self.document = document
        self.block = block
        letters: list[str] = []
        self.places: list[int] = []
        for place in range(block.start, block.end):
            letter = document.text.characters[place]
            if letter == "\u200b" or (letter.isspace() and (not letters or letters[-1] == " ")):
                continue
            letters.append(" " if letter.isspace() else letter)
            self.places.append(place)
        self.text = "".join(letters)

    def find(self, phrase: str, within: tuple[int, int] | None = None) -> tuple[int, int] | None:
        """Return where whole words of the phrase stand, in offsets of the document.

        The first place inside ``within`` is taken if there is one, else the one nearest to it.
        """
        wanted = " ".join(normalise_characters(phrase).replace("\u200b", "").split())
        found = []
        at = self.text.find(wanted) if wanted else -1
        while at >= 0:
            if not self._cut(at) and not self._cut(at + len(wanted)):
                found.append((self.places[at], self.places[at + len(wanted) - 1] + 1))
            at = self.text.find(wanted, at + 1)
        if not found or within is None:
            return found[0] if found else None
        start, end = within
        return min(found, key=lambda place: (max(start - place[0], 0) + max(place[1] - end, 0), place[0]))

    def _cut(self, at: int) -> bool:
        """Return whether a place is inside a word."""
        return 0 < at < len(self.text) and self.text[at - 1].isalnum() and self.text[at].isalnum()

    def sentence(self, start: int, end: int) -> Span:
        """Return the sentences that hold a span, by their final punctuation."""
        text = self.document.text.characters
        breaks = [place.end() for place in _ENDS.finditer(text, self.block.start, self.block.end)]
        first = max((place for place in breaks if place <= start), default=self.block.start)
        last = min((place for place in breaks if place >= end), default=self.block.end)
        return span_of(self.document, first, last)


def verified(document: LoadedDocument, blocks: Sequence[Block], said: Said, reader: str) -> Statement:
    """Return the statement with its places in the document.

    Raises:
        Unverified: one of its texts does not stand in one paragraph of the blocks that were sent.
    """
    for block in blocks:
        passage = _Passage(document, block)
        place = passage.find(said.quote)
        if place is None:
            continue
        try:
            return _Maker(passage, place, reader).make(said)
        except Unverified:
            continue  # the same words may stand in another paragraph, with the others beside them
        except ValueError:
            break
    raise Unverified(said.kind)


class _Maker:
    """Makes the statement whose quote stands at a place of a passage."""

    def __init__(self, passage: _Passage, place: tuple[int, int], reader: str) -> None:
        self.passage, self.place, self.reader = passage, place, reader

    def make(self, said: Said) -> Statement:
        if isinstance(said, SaidEvent):
            return self._event(said)
        return self._claim(said) if isinstance(said, SaidClaim) else self._aim(said)

    def _event(self, said: SaidEvent) -> Event:
        return Event(
            **self._common(said),
            type=said.type,
            contexts=said.contexts,
            trigger=self._in_quote(said.trigger),
            actors=tuple(self._party(name) for name in said.actors),
            targets=tuple(self._party(name) for name in said.targets),
            date=self._day(said.date),
            place=self._span(said.place),
            magnitudes=tuple(self._number(number) for number in said.numbers),
        )

    def _claim(self, said: SaidClaim) -> Claim:
        return Claim(
            **self._common(said),
            relation=said.relation,
            cause=self._in_quote(said.cause),
            effect=self._in_quote(said.effect),
            connective=self._span(said.connective),
            cause_quantity=said.cause_quantity.strip(),
            effect_quantity=said.effect_quantity.strip(),
            cause_change=said.cause_change,
            effect_change=said.effect_change,
            sign=_sign(said),
        )

    def _aim(self, said: SaidAim) -> Aim:
        return Aim(
            **self._common(said),
            form=said.form,
            actor=self._party(said.actor) if said.actor.strip() else Party(name=""),
            addressee=self._party(said.addressee) if said.addressee.strip() else None,
            content=self._in_quote(said.content),
            cue=self._needed(said.cue),
            quantity=said.quantity.strip(),
            direction=said.direction,
            condition=self._span(said.condition),
        )

    def _common(self, said: Said) -> dict[str, Any]:
        start, end = self.place
        chain = tuple(self._speaker(speaker) for speaker in said.says_who)
        return {
            "document": self.passage.document.id,
            "quote": span_of(self.passage.document, start, end),
            "sentence": self.passage.sentence(start, end),
            "says_who": chain,
            "manner": said.manner,
            "hedge": self._span(said.hedge),
            "marks": ("unnamed source",) if any(one.marks for one in chain) else (),
            "reading": READING,
            "reader": self.reader,
            "rule": RULE,
        }

    def _speaker(self, said: Speaker) -> Attribution:
        named = bool(said.source.strip())
        return Attribution(
            source=self._party(said.source) if named else Party(name=""),
            cue=self._span(said.cue),
            manner=said.manner,
            marks=() if named else ("unnamed source",),
        )

    def _party(self, name: str) -> Party:
        span = self._needed(name)
        return Party(name=" ".join(span.text.split()), span=span)

    def _day(self, said: When | None) -> Day | None:
        if said is None:
            return None
        span = self._needed(said.words)
        return Day(earliest=said.earliest, latest=said.latest, resolution=said.resolution, span=span)

    def _number(self, said: Number) -> Magnitude:
        if said.low is not None and said.high is not None and said.low > said.high:
            raise Unverified(said.words)
        return Magnitude(low=said.low, high=said.high, what=said.what, span=self._needed(said.words))

    def _in_quote(self, phrase: str) -> Span:
        """Return a text that must stand inside the quote."""
        span = self._needed(phrase)
        if span.start < self.place[0] or span.end > self.place[1]:
            raise Unverified(phrase)
        return span

    def _span(self, phrase: str) -> Span | None:
        return self._needed(phrase) if phrase.strip() else None

    def _needed(self, phrase: str) -> Span:
        found = self.passage.find(phrase, self.place)
        if found is None:
            raise Unverified(phrase)
        return span_of(self.passage.document, *found)


def _sign(said: SaidClaim) -> Sign:
    """Return the sign unless the relation has none or the changes of both ends contradict it."""
    changes = {said.cause_change, said.effect_change}
    if said.relation != "cause":
        return "unknown"
    if "unknown" in changes:
        return said.sign
    product: Sign = "+" if len(changes) == 1 else "-"
    return said.sign if said.sign == product else "unknown"
