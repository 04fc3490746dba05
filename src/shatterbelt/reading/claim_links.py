"""A claim in the making: two phrases, what joins them, and which rule saw it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_phrases import Phrase
from shatterbelt.reading.statements import Relation
from shatterbelt.statements import Manner, Sign

if TYPE_CHECKING:
    from spacy.tokens import Token


@dataclass(frozen=True, slots=True)
class Link:
    """A cause and an effect that a rule has seen.

    ``sign`` is what the connective says of the two ends as they stand; ``change`` is set where the
    connective itself moves the effect ("raises"): a word of the table of valence. ``voice`` is the token
    whose clause the claim belongs to; ``manner`` is set where the rule knows better than the clause.
    """

    cause: Phrase
    effect: Phrase
    rule: str
    voice: Token
    connective: tuple[Token, Token] | None = None
    sign: Sign = "unknown"
    change: str = ""
    relation: Relation = "cause"
    manner: Manner | None = None
    hedge: Token | None = None
    names: dict[str, str] = field(default_factory=dict)
    """Names of the quantities where the phrases would not give them: ``cause``, ``effect``."""
