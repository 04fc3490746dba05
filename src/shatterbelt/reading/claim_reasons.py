"""Clauses that give a reason, and words that tell a reason in one place and a time in another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_links import Link
from shatterbelt.reading.claim_phrases import CLAUSES, Phrase, clause, marked, own_subjects, phrase, said_in
from shatterbelt.reading.claim_prepositions import SURE, phrase_link
from shatterbelt.reading.claim_words import words
from shatterbelt.reading.parsed import Sentence
from shatterbelt.statements import Manner

if TYPE_CHECKING:
    from spacy.tokens import Token

CAUSAL = 0.6
"""The encoder's chance above which it may speak for an ambiguous word."""
BOTH = 0.85
"""The same where both clauses lie in what the encoder marked: "as" may then give a reason without a comma."""
NOT_CAUSAL = 0.2
"""The encoder's chance below which an ambiguous word gives no reason."""


def previous(sentence: Sentence, token: Token) -> str:
    """Return the word before a token, in lower case; an empty string before the first."""
    return str(sentence.doc[token.i - 1].lower_) if token.i > sentence.tokens.start else ""


def reason(sentence: Sentence, mark: Token) -> Iterator[Link]:
    """Read "B because A", "as A, B", "since A, B", "B, for A", "given that A, B"."""
    lower = mark.lower_
    if mark.dep_ in {"prep", "pcomp"}:
        if lower in {"given", "considering"}:
            yield from phrase_link(sentence, [mark], "+")
        return
    verb = mark.head
    if mark.dep_ not in {"mark", "advmod", "cc"} or verb.dep_ not in {"advcl", "acl", "ccomp", "conj"}:
        return
    if lower != "because" and not _is_reason(sentence, mark, verb):
        return
    host = verb.head
    if host.pos_ not in CLAUSES and host.head.pos_ in CLAUSES:
        host = host.head
    if host.pos_ not in CLAUSES and lower != "because":
        return
    host = said_in(host, verb)
    first = phrase(sentence, verb, [mark])
    cause = Phrase(sentence, verb, sentence.doc[mark.i + 1], first.last) if verb.i > mark.i else first
    denied = previous(sentence, mark) in {"not", "n't"}
    manner: Manner | None = "denied" if denied else None
    yield Link(
        cause, clause(sentence, host, [verb]), f"reason:{lower}", host, (mark, mark), "+", manner=manner
    )


def _is_reason(sentence: Sentence, mark: Token, verb: Token) -> bool:
    """Return whether "as", "since", "for", "when", "after" before a clause give a reason, not a time."""
    lower = mark.lower_
    said = sentence.prediction
    if lower in {"given", "considering", "seeing"}:
        return any(t.lower_ == "that" for t in verb.children)
    if lower in {"when", "after"}:
        both = marked(sentence, verb) and marked(sentence, verb.head)
        return both and said is not None and said.causal >= SURE
    if not own_subjects(verb) or (said is not None and said.causal < NOT_CAUSAL):
        return False
    before = previous(sentence, mark)
    if lower == "for":
        return before == "," and mark.dep_ == "mark"
    apart = before in {",", ""}
    if lower == "since":
        return _since(verb, apart=apart)
    sure = said is not None and said.causal >= CAUSAL and marked(sentence, verb)
    reason = sure or _states(verb) or _points_back(verb) or _grows(verb)
    both = said is not None and said.causal >= BOTH and marked(sentence, verb) and marked(sentence, verb.head)
    return ((apart and reason) or both) and not _only_said(verb)


def _since(verb: Token, *, apart: bool) -> bool:
    """Return whether "since" gives a reason: no point in time after which something has been so."""
    past = verb.tag_ == "VBD" and not any(t.dep_ == "aux" for t in verb.children)
    perfect = any(t.dep_ == "aux" and t.lemma_ == "have" for t in verb.head.children)
    if past and perfect:
        return False
    return _states(verb) or (apart and not past) or (apart and verb.head.tag_ != "VBN" and not perfect)


def _states(verb: Token) -> bool:
    """Return whether a clause tells a state: being, lacking, not doing, or what may be."""
    helped = any(t.dep_ in {"aux", "neg"} and t.lemma_.lower() not in {"be", "do"} for t in verb.children)
    return (verb.lemma_.lower() in words().sets["stative"] and verb.tag_ != "VBG") or helped


def _grows(verb: Token) -> bool:
    """Return whether a clause tells a growing state, as in "as flour became scarcer"."""
    return verb.lemma_ in {"become", "grow", "get"} and any(t.tag_ == "JJR" for t in verb.children)


def _points_back(verb: Token) -> bool:
    pointing = {"this", "that", "it", "they", "these"}
    return verb.tag_ in {"VBZ", "VBP"} and any(t.lower_ in pointing for t in own_subjects(verb))


def _only_said(verb: Token) -> bool:
    plain = {"expect", "show", "plan", "announce", "promise", "see"}
    if verb.lemma_ == "do" and not any(t.dep_ == "dobj" for t in verb.children):
        return True  # a comparison: "as they did in May"
    return verb.lemma_.lower() in words().sets["reporting"] | plain
