"""Conditions: "no talks until B", "will not sign unless B", "only if B", "on condition that B"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shatterbelt.reading.aim_cues import Wish
from shatterbelt.reading.aim_words import aim_words
from shatterbelt.reading.claim_phrases import (
    CLAUSES,
    Phrase,
    child,
    clause,
    governed,
    negated,
    noun_phrase,
    phrase,
    subjects,
)
from shatterbelt.reading.parsed import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token


def conditions(sentence: Sentence) -> Iterator[Wish]:
    """Read "no talks until B", "will not sign unless B", "only if B", "on condition that B"."""
    known = aim_words()
    for token in sentence.tokens:
        if token.lower_ not in known.conditions | known.only_with | {"condition", "long"}:
            continue
        found = _bound(sentence, token)
        if found is None:
            continue
        host, condition, cue = found
        if host.pos_ not in CLAUSES:
            continue
        actor = next(iter(subjects(host)), None)
        if actor is not None and (actor.lower_ == "there" or _denied_noun(actor)):
            actor = None
        content = clause(sentence, host, [condition.head if condition.head.head == host else token])
        if condition.overlaps(content):
            content = phrase(sentence, host, [condition.head, token])
        if not condition.overlaps(content):
            yield Wish("condition", actor, content, cue, "aim:condition", condition=condition)


def _denied_noun(token: Token) -> bool:
    return any(t.dep_ == "det" and t.lower_ == "no" for t in token.children)


def _bound(sentence: Sentence, token: Token) -> tuple[Token, Phrase, tuple[Token, Token]] | None:
    """Return what is bound to a condition, the condition, and the words that bind."""
    known = aim_words()
    lower = token.lower_
    before = sentence.doc[token.i - 1] if token.i > sentence.tokens.start else None
    if lower in {"condition", "long"}:
        return _on_condition(sentence, token)
    if token.dep_ in {"mark", "advmod", "prep"} and token.head.dep_ == "advcl" and token.head.pos_ in CLAUSES:
        head, host = token.head, token.head.head
        condition = phrase(sentence, head, [token])
    elif token.dep_ == "prep" and (inner := governed(token)) and not _time(inner[0]):
        head, host = token, token.head
        condition = noun_phrase(sentence, inner[0])
    else:
        return None
    if host.pos_ not in CLAUSES:
        host = host.head
    only = before is not None and before.lower_ == "only"
    if lower in known.conditions:
        return (host, condition, (token, token)) if _bars(host) else None
    if only and before is not None and _future(host):
        return host, condition, (before, token)
    return (host, condition, (token, token)) if lower in known.on_condition else None


def _on_condition(sentence: Sentence, token: Token) -> tuple[Token, Phrase, tuple[Token, Token]] | None:
    before = sentence.doc[token.i - 1] if token.i > sentence.tokens.start else None
    if before is None or before.lower_ not in {"on", "as"}:
        return None
    if token.lower_ == "condition":
        head = child(token, "acl", "ccomp", "relcl")
        host = before.head
    else:
        head = token.head if token.head.pos_ in CLAUSES else child(token, "advcl")
        host = head.head if head is not None and head.dep_ == "advcl" else token.head
        host = host.head if host.pos_ not in CLAUSES else host
    if head is None or host == head or head.pos_ not in CLAUSES:
        return None
    out = [t for t in head.children if t.i < head.i and (t.dep_ == "mark" or t == token)]
    return host, phrase(sentence, head, out), (before, token)


def _time(noun: Token) -> bool:
    return (
        noun.ent_type_ in {"DATE", "TIME"}
        or noun.pos_ in {"NUM", "PRON"}
        or noun.lemma_ in {"now", "recently", "year", "end", "war"}
    )


def _future(verb: Token) -> bool:
    helpers = {"will", "would", "can", "could", "shall", "'ll", "wo", "ca"}
    return verb.tag_ in {"VBP", "VBZ"} or any(t.dep_ == "aux" and t.lower_ in helpers for t in verb.children)


def _bars(verb: Token) -> bool:
    """Return whether a clause says that something will not come."""
    no = negated(verb) is not None or any(
        _denied_noun(t) or t.lower_ in {"nobody", "nothing", "no"} for t in verb.children
    )
    refuses = verb.lemma_.lower() in {"refuse", "reject", "rule"}
    return (no and _future(verb)) or refuses
