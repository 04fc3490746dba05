"""Documents and statements made by hand, for tests of what comes after the finders."""

from __future__ import annotations

from shatterbelt.documents import paragraphs, text_of
from shatterbelt.documents.loaded import Block, LoadedDocument, Metadata
from shatterbelt.reading.statements import (
    Aim,
    Attribution,
    Claim,
    Day,
    Event,
    Magnitude,
    Party,
    Span,
    span_of,
)


def document(text: str, id: str = "tarsk", **about: str) -> LoadedDocument:  # noqa: A002  # its name there
    """A document whose lines are its paragraphs."""
    made = text_of(text)
    blocks = tuple(Block(start, end) for start, end in paragraphs(made))
    return LoadedDocument(id, f"{id}.txt", made, text, metadata=Metadata(**about), blocks=blocks)


def span(of: LoadedDocument, phrase: str, nth: int = 1) -> Span:
    """Where a phrase stands for the n-th time."""
    at = -1
    for _ in range(nth):
        at = of.original.index(phrase, at + 1)
    return span_of(of, at, at + len(phrase))


def party(of: LoadedDocument, phrase: str, actor: str = "") -> Party:
    return Party(name=phrase, actor=actor, span=span(of, phrase))


def says(of: LoadedDocument, phrase: str, cue: str, actor: str = "") -> tuple[Attribution, ...]:
    return (Attribution(source=party(of, phrase, actor), cue=span(of, cue)),)


def day(earliest: str, latest: str = "", resolution: str = "day") -> Day:
    return Day(earliest=earliest, latest=latest or earliest, resolution=resolution)


def number(
    of: LoadedDocument, phrase: str, low: float | None, high: float | None, what: str = ""
) -> Magnitude:
    return Magnitude(low=low, high=high, what=what, span=span(of, phrase))


def base(of: LoadedDocument, quote: str, **other: object) -> dict[str, object]:
    where = span(of, quote)
    return {"document": of.id, "quote": where, "sentence": where, **other}


def event(of: LoadedDocument, quote: str, trigger: str, kind: str, **other: object) -> Event:
    return Event(**base(of, quote), type=kind, trigger=span(of, trigger), **other)


def claim(
    of: LoadedDocument, quote: str, ends: tuple[str, str], names: tuple[str, str], **other: object
) -> Claim:
    named = {"cause_quantity": names[0], "effect_quantity": names[1]} | other
    return Claim(**base(of, quote), cause=span(of, ends[0]), effect=span(of, ends[1]), **named)


def aim(of: LoadedDocument, quote: str, form: str, actor: Party, content: str, **other: object) -> Aim:
    return Aim(
        **base(of, quote), form=form, actor=actor, content=span(of, content),
        cue=span(of, other.pop("cue")), **other,
    )  # fmt: skip
