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
from shatterbelt.reading.claim_words import VerbPhrase, words
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
        "neither",
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
        """Return what can be a cause among the verb's subjects, or in the passive after "by".

        Where a relative clause stands apart and its noun cannot be meant, the clause before is the cause.
        """
        found = doers(self.verb)
        if any(t.lower_ == "who" and t.dep_ == "nsubj" for t in self.verb.children):
            return []
        able = [cause for cause in found if self.may_cause(cause)]
        if able or not found or self.verb.dep_ != "relcl":
            return [_whole_clause(cause, self.verb) for cause in able]
        before = _clause_before(self.verb)
        return [before] if before is not None else []

    def may_cause(self, token: Token) -> bool:
        """Return whether it can be a cause: not somebody, not a number, not an empty word."""
        if token.lower_ in EMPTY | SHARES or (token.ent_type_ in MEASURES | TIMES and token.pos_ != "NOUN"):
            return False
        dateline = token.is_upper and len(token) > 3 and token.left_edge.i == token.sent.start
        return token.pos_ in {"VERB", "AUX"} or not (dateline or self.acts(token))

    def end(self, token: Token) -> Phrase:
        """Return the phrase of an end, never reaching over the verb that joins the two."""
        verb = self.verb
        if token.pos_ in {"VERB", "AUX"}:
            return clause(self.sentence, token, [verb] if verb in token.subtree and verb != token else [])
        if verb == token or verb not in token.subtree:
            return noun_phrase(self.sentence, token)
        out = [verb, *(t for t in token.children if t.dep_ in {"conj", "cc"})]
        return phrase(self.sentence, token, out)


def _whole_clause(cause: Token, verb: Token) -> Token:
    """Return the clause that "a step", "a move" sums up ("voted to leave, a step that angered the king")."""
    left = cause.left_edge
    apart = left.i > 0 and left.nbor(-1).text == "," and left.lower_ in {"a", "an"}
    summed = cause == verb.head and apart and cause.lemma_.lower() in words().sets["summing"]
    host = cause.head if summed else cause
    while summed and host.pos_ not in {"VERB", "AUX"} and host.head != host:
        host = host.head
    return host if host.pos_ in {"VERB", "AUX"} else cause


def _clause_before(verb: Token) -> Token | None:
    """Return the verb of the clause before ", which", where it stands before the relative clause."""
    pronoun = next((t for t in verb.children if t.lower_ == "which" and t.dep_ in {"nsubj"}), None)
    if pronoun is None or pronoun.i == 0 or pronoun.nbor(-1).text != ",":
        return None
    host = verb.head
    while host.pos_ not in {"VERB", "AUX"} and host.head != host:
        host = host.head
    return host if host.pos_ in {"VERB", "AUX"} and host.i < verb.i else None


def doers(verb: Token) -> list[Token]:
    """Return what a verb's causes are: its subjects, or in the passive what stands after "by"."""
    if not is_passive(verb):
        return subjects(verb)
    return [each for t in verb.children if t.dep_ == "agent" for each in governed(t) if each.pos_ != "VERB"]


def place_of(token: Token) -> int:
    """Return a token's place, to order by."""
    return int(token.i)
