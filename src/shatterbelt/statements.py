"""Statements and their vocabulary: quotes, evidence, claims, and the words that describe them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Sign = Literal["+", "-", "unknown"]
Strength = Literal["slight", "moderate", "strong"]
Manner = Literal["asserted", "reported", "doubted", "denied", "hypothetical", "demanded"]
Confidence = Literal["high", "medium", "low"]
Credibility = Literal[1, 2, 3, 4, 5, 6]
"""Admiralty credibility of an item: 1 confirmed ... 5 improbable, 6 cannot be judged."""
Reviewed = Literal["yes", "no"]
"""Whether somebody has looked at what was read, and found it right."""
Rating = Literal["A", "B", "C", "D", "E", "F"]
"""Admiralty reliability of a source: A completely reliable ... E unreliable, F cannot be judged."""

STRENGTH_SCALE: dict[str, float] = {"slight": 0.15, "moderate": 0.35, "strong": 0.7}
"""Half-normal scale of a claim's weight: swings of the effect per typical swing of the cause."""

PloverType = Literal[
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT",
    "DEMAND", "ACCUSE", "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
]  # fmt: skip

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
"""An identifier in a case: lower case, digits and underscores."""


class Frozen(BaseModel):
    """Base of everything in a case: immutable, and unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Quote(Frozen):
    """Where a statement stands in a document, without its text.

    ``start`` and ``end`` count characters of the normalised document; ``sha256`` is the hex digest of
    the UTF-8 span; ``words`` is the fingerprint that finds the span in another copy of the document.
    """

    document: str = Field(description="id of the document in documents.yaml")
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    words: str = Field(pattern=r"^([0-9a-f]{3})+$", description="three hex digits of a hash per word")
    paragraph: int | None = Field(default=None, ge=1, description="n-th non-empty line, for people")


class QuoteEvidence(Frozen):
    """A statement of a document that carries a claim."""

    quote: Quote
    says_who: str = Field(description="who makes the statement, as the document tells it")
    manner: Manner = "asserted"
    credibility: Credibility = Field(default=6, description="Admiralty 1-6")
    reading: float = Field(default=0.9, ge=0, le=1, description="confidence of the reading, 0-1")
    paraphrase: str = Field(min_length=8, description="the statement in our own words")


class PublicationEvidence(Frozen):
    """A publication's finding that carries a claim where the documents are silent, or backs them."""

    publication: str = Field(description="id of the publication in documents.yaml")
    finding: str = Field(min_length=8, description="the finding in our own words")


Evidence = QuoteEvidence | PublicationEvidence


class Change(Frozen):
    """The cause acts by its change over ``change`` steps."""

    change: int = Field(ge=1, le=120, description="steps")


class Memory(Frozen):
    """The cause acts by its decaying memory: remembered count of events, average of the rest."""

    memory: float = Field(gt=0, le=240, description="half-life in steps")


Aspect = Literal["level", "on"] | Change | Memory
"""Which side of the cause acts: its level, its change, its memory, or being on (above usual)."""


class Saturating(Frozen):
    """The cause's effect levels off: ``s * tanh(z / s)`` for the cause ``z`` in typical swings."""

    saturating: float = Field(gt=0, description="swings at which it levels off")


class Threshold(Frozen):
    """The cause acts only beyond a threshold: ``max(z - t, 0)`` (``min(z - t, 0)`` for t < 0)."""

    threshold: float = Field(description="swings from usual")


Form = Literal["linear"] | Saturating | Threshold


class Condition(Frozen):
    """The claim acts only while another quantity's last value passes a test, such as ``>= 0.5``."""

    quantity: Name
    test: str = Field(alias="is", pattern=r"^\s*(>=|<=|>|<)\s*-?[0-9.]+(e-?[0-9]+)?\s*$")


class Claim(Frozen):
    """What makes what happen: a cause, an effect, a sign, and the evidence that carries it."""

    id: Name
    title: str = Field(min_length=4)
    rows: tuple[str, ...] = ()
    cause: Name
    effect: Name
    sign: Sign
    aspect: Aspect = "level"
    form: Form = "linear"
    lag: int | tuple[int, int] = Field(default=1, description="steps, or a range of steps")
    strength: Strength = "moderate"
    when: Condition | None = None
    acts_on: Literal["both", "onset", "end"] = Field(
        default="both", description="for an effect of kind status: which hazard it moves"
    )
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    reviewed: Reviewed = Field(default="yes", description="no: left out of runs unless asked for")
    note: str = ""

    @property
    def lags(self) -> tuple[int, int]:
        """First and last lag in steps, both included."""
        return self.lag if isinstance(self.lag, tuple) else (self.lag, self.lag)
