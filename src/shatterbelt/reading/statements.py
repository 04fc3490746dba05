"""What a reader gives: events, claims and aims, each tied to its quote, none of them reviewed yet.

All offsets count characters of the document's text. `Span` holds its words, so these objects are for
the analyst who has the document; a case keeps only `shatterbelt.statements.Quote`.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field, model_validator

from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.statements import Frozen, Manner, PloverType, Sign

Kind = Literal["event", "claim", "aim"]
Mark = Literal["scare quotes", "unnamed source"]
Context = Literal["historical", "future", "hypothetical", "negated"]
Relation = Literal["cause", "purpose", "correlation"]
Form = Literal["want", "demand", "condition", "threat", "promise"]
Direction = Literal["up", "down", "at", "unknown"]
Resolution = Literal["day", "week", "month", "quarter", "year", "unknown"]


class Span(Frozen):
    """Characters ``start`` to ``end`` of a document, and what stands there."""

    start: int = Field(ge=0)
    end: int = Field(gt=0)
    text: str = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> Span:
        if self.end - self.start != len(self.text):
            raise ValueError(f"a span {self.start}-{self.end} cannot hold {len(self.text)} characters")
        return self


class Party(Frozen):
    """Who acts, is acted on, or speaks: as named, and whom the actor table makes of it.

    ``actor`` is the table's code (``BLR``, ``BLR_OPP``), empty where the table does not know the name or
    a pronoun is not sure; ``role`` is what the text calls them, such as an office.
    """

    name: str
    actor: str = ""
    role: str = ""
    span: Span | None = None


class Attribution(Frozen):
    """Somebody who says it, the words that tell so, and how it is said."""

    source: Party
    cue: Span | None = None
    manner: Manner = "reported"
    marks: tuple[Mark, ...] = ()


class Day(Frozen):
    """When: the earliest and latest day it can be, and what in the text says so."""

    earliest: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    latest: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    resolution: Resolution
    span: Span | None = None


class Magnitude(Frozen):
    """How much or how many: bounds (null is open) and what is counted, such as ``persons arrested``."""

    low: float | None
    high: float | None
    what: str = ""
    span: Span

    def told(self) -> str:
        """Return the bounds and what is counted, as in "at least 300 people"."""
        low, high = (None if bound is None else f"{bound:,.10g}" for bound in (self.low, self.high))
        if low == high:
            text = low or ""
        elif high is None:
            text = f"at least {low}"
        else:
            text = f"up to {high}" if low is None else f"{low} to {high}"
        return f"{text} {self.what}".strip()


class Statement(Frozen):
    """What every statement has.

    ``says_who`` runs from the outermost speaker to the innermost and is empty where the document's
    author speaks; ``manner`` is that of the whole chain; ``reading`` is the calibrated chance that the
    statement was read rightly; ``rule`` is what found it. Nothing that was read is reviewed.
    """

    kind: Kind
    document: str
    quote: Span
    sentence: Span
    says_who: tuple[Attribution, ...] = ()
    manner: Manner = "asserted"
    hedge: Span | None = None
    marks: tuple[Mark, ...] = ()
    reading: float = Field(default=0.5, ge=0, le=1)
    reader: str = "rules"
    rule: str = ""
    reviewed: Literal["no"] = "no"

    @property
    def id(self) -> str:
        """A name that stays when the same passage of the same document is read again."""
        seen = f"{self.document} {self.kind} {self.quote.start} {self.quote.end}"
        return f"{self.kind[0]}{hashlib.sha256(seen.encode()).hexdigest()[:10]}"


class Event(Statement):
    """What happened (or is said to): PLOVER type and mode, who to whom, when, where, how many."""

    kind: Literal["event"] = "event"
    type: PloverType
    mode: str = ""
    contexts: tuple[Context, ...] = ()
    trigger: Span
    actors: tuple[Party, ...] = ()
    targets: tuple[Party, ...] = ()
    date: Day | None = None
    place: Span | None = None
    magnitudes: tuple[Magnitude, ...] = ()
    reports: tuple[Span, ...] = Field(default=(), description="the same event told again in this document")


class Claim(Statement):
    """What is said to make what happen.

    ``sign`` is that of the proposed quantities: with cause "worsening floods" the quantity is floods and
    ``cause_change`` is "+". ``cause_quantity`` and ``effect_quantity`` are the words that would name them.
    A correlation or a purpose is told from a cause and never gets a sign by guess.
    """

    kind: Literal["claim"] = "claim"
    relation: Relation = "cause"
    cause: Span
    effect: Span
    connective: Span | None = None
    cause_quantity: str = ""
    effect_quantity: str = ""
    cause_change: Sign = "unknown"
    effect_change: Sign = "unknown"
    sign: Sign = "unknown"


class Aim(Statement):
    """Who wants what: a wish, a demand, a condition, a threat or a promise."""

    kind: Literal["aim"] = "aim"
    form: Form
    actor: Party
    addressee: Party | None = None
    content: Span
    cue: Span
    quantity: str = ""
    direction: Direction = "unknown"
    condition: Span | None = None


AnyStatement = Annotated[Event | Claim | Aim, Field(discriminator="kind")]


def span_of(document: LoadedDocument, start: int, end: int) -> Span:
    """Return the span with the document's own characters, white space at both ends left out.

    Raises:
        ValueError: there is no such span, or nothing stands in it.
    """
    if not 0 <= start < end <= len(document.original):
        raise ValueError(f"the document has no span {start}-{end}")
    words = document.original[start:end]
    start += len(words) - len(words.lstrip())
    words = words.strip()
    return Span(start=start, end=start + len(words), text=words)


def spans_in(value: object) -> list[Span]:
    """Return every span anywhere in a statement or a part of one."""
    if isinstance(value, Span):
        return [value]
    if isinstance(value, Frozen):
        return [span for name in type(value).model_fields for span in spans_in(getattr(value, name))]
    if isinstance(value, tuple):
        return [span for item in value for span in spans_in(item)]
    return []


def stands(document: LoadedDocument, statement: Statement) -> bool:
    """Return whether every span of the statement stands in the document, letter for letter."""
    return all(document.original[span.start : span.end] == span.text for span in spans_in(statement))
