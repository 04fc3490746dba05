"""Who says a clause, and how: what attribution hands to the finders of events, claims and aims."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shatterbelt.reading.statements import Attribution, Context, Mark, Span
from shatterbelt.statements import Manner

if TYPE_CHECKING:
    from spacy.tokens import Token


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says it (outermost first; empty: the author), the manner of the whole chain, and its marks.

    ``contexts`` are PLOVER's: historical, future, hypothetical, negated.
    """

    says_who: tuple[Attribution, ...] = ()
    manner: Manner = "asserted"
    hedge: Span | None = None
    marks: tuple[Mark, ...] = ()
    contexts: tuple[Context, ...] = ()


AUTHOR = Voice()
"""The document's author, who asserts."""


@dataclass(frozen=True, slots=True)
class Voices:
    """The voice of every token of a sentence, inherited by subordinate clauses."""

    by_token: dict[int, Voice] = field(default_factory=dict)

    def at(self, token: Token) -> Voice:
        """Return who says the clause that the token stands in."""
        return self.by_token.get(token.i, AUTHOR)
