"""What the readings of verbs share: the verb with its words, its causes, and the ends as phrases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_phrases import (
    Phrase,
    clause,
    governed,
    is_actor,
    is_passive,
    noun_phrase,
    phrase,
    subjects,
)
from shatterbelt.reading.claim_words import VerbPhrase
from shatterbelt.reading.parsed import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token

    from shatterbelt.reading.parties import Parties

SHARES = frozenset(
    [
        "percent",
        "per",
        "point",
        "points",
        "%",
        "third",
        "quarter",
        "half",
        "fifth",
        "tenth",
        "thirds",
        "quarters",
        "fold",
        "times",
    ]
)
MEASURES = frozenset({"PERCENT", "MONEY", "QUANTITY", "CARDINAL", "ORDINAL"})
TIMES = frozenset({"DATE", "TIME"})
EMPTY = frozenset(
    [
        "both",
        "one",
        "other",
        "others",
        "all",
        "some",
        "many",
        "none",
        "another",
        "it",
        "there",
        "what",
        "who",
        "which",
        "that",
        "how",
        "why",
        "whatever",
    ]
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A verb of the table in a sentence, with its further words and its entry; parties know who acts."""

    sentence: Sentence
    verb: Token
    found: list[Token]
    entry: VerbPhrase
    parties: Parties | None

    @property
    def last(self) -> Token:
        """The last of the words that carry the phrase."""
        return self.found[-1] if self.found else self.verb

    def acts(self, token: Token) -> bool:
        """Return whether a token names somebody who acts."""
        return is_actor(token, self.sentence, self.parties)

    def causes(self) -> list[Token]:
        """Return what can be a cause among the verb's subjects, or in the passive after "by"."""
        return [cause for cause in doers(self.verb) if self.may_cause(cause)]

    def may_cause(self, token: Token) -> bool:
        """Return whether it can be a cause: not somebody, not a number, not an empty word."""
        if token.lower_ in EMPTY | SHARES or (token.ent_type_ in MEASURES | TIMES and token.pos_ != "NOUN"):
            return False
        return token.pos_ in {"VERB", "AUX"} or not self.acts(token)

    def end(self, token: Token) -> Phrase:
        """Return the phrase of an end, never reaching over the verb that joins the two."""
        verb = self.verb
        if token.pos_ in {"VERB", "AUX"}:
            return clause(self.sentence, token, [verb] if verb in token.subtree and verb != token else [])
        inside = [t for t in token.children if t == verb or verb in t.subtree]
        if not inside:
            return noun_phrase(self.sentence, token)
        out = [*inside, *(t for t in token.children if t.dep_ in {"conj", "cc"})]
        return phrase(self.sentence, token, out)


def doers(verb: Token) -> list[Token]:
    """Return what a verb's causes are: its subjects, or in the passive what stands after "by"."""
    if not is_passive(verb):
        return subjects(verb)
    return [each for t in verb.children if t.dep_ == "agent" for each in governed(t) if each.pos_ != "VERB"]


def place_of(token: Token) -> int:
    """Return a token's place, to order by."""
    return int(token.i)
