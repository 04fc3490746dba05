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
    own_subjects,
    phrase,
    subjects,
)
from shatterbelt.reading.claim_words import words
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.statements import Form

if TYPE_CHECKING:
    from spacy.tokens import Token

_OWN = frozenset({"it", "they", "he", "she", "we", "i"})


def conditions(sentence: Sentence) -> Iterator[Wish]:
    """Read "no talks until B", "will not sign unless B", "only if B", "on condition that B"."""
    known = aim_words()
    binding = known.conditions | known.only_with | {"condition", "long"}
    for token in sentence.tokens:
        if token.lower_ in known.depending:
            yield from _depending(sentence, token)
        if token.lemma_ in known.preconditions:
            yield from _precondition(sentence, token)
        if token.lower_ in {"return", "exchange"}:
            yield from _in_return(sentence, token)
        if token.lower_ not in binding:
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
            if own_act(host) or _there_will_be_none(host):
                no = negated(host) is not None or _there_will_be_none(host)
                form: Form = "threat" if no or token.lower_ == "unless" else "promise"
                yield Wish(form, actor, content, cue, f"aim:{form}:bound")


def own_act(host: Token) -> bool:
    """Return whether a clause tells what the speaker would do: "it might agree", "they would strike"."""
    speaks = host.dep_ in {"ccomp", "xcomp"} and host.head.pos_ in CLAUSES
    subject = own_subjects(host)
    if not speaks or not subject or subject[0].lower_ not in _OWN or subject[0].dep_ != "nsubj":
        return False
    if host.head.lemma_.lower() not in words().sets["reporting"] | {"vow", "make", "let", "threaten", "warn"}:
        return False
    return any(
        t.dep_ == "aux" and t.lower_ in {"will", "would", "'ll", "might", "may"} for t in host.children
    )


def _there_will_be_none(host: Token) -> bool:
    there = any(t.lower_ == "there" for t in host.children)
    return there and _future(host) and any(_denied_noun(t) for t in host.children)


def _depending(sentence: Sentence, word: Token) -> Iterator[Wish]:
    """Read "made its consent dependent on the release", "aid is conditional on access"."""
    step = next((t for t in word.children if t.dep_ == "prep" and t.lower_ in {"on", "upon"}), None)
    inner = next(iter(governed(step)), None) if step is not None else None
    verb = word.head
    while verb.pos_ not in CLAUSES and verb.head != verb:
        verb = verb.head
    if step is None or inner is None or verb.pos_ not in CLAUSES:
        return
    made = child(verb, "dobj") or child(word, "nsubj")
    actor = next(iter(subjects(verb)), None) if made is not None else None
    bound = made or next(iter(subjects(verb)), None)
    if bound is None or (actor is None and word.lower_ != "conditional"):
        return
    condition = clause(sentence, inner) if inner.pos_ in CLAUSES else noun_phrase(sentence, inner)
    content = phrase(sentence, bound, [word, step])
    if not condition.overlaps(content):
        yield Wish("condition", actor, content, (word, step), "aim:condition", condition=condition)


def _precondition(sentence: Sentence, noun: Token) -> Iterator[Wish]:
    """Read "their condition for talks is a truce", "a truce is a precondition for talks"."""
    step = next((t for t in noun.children if t.dep_ == "prep" and t.lower_ in {"for", "of", "to"}), None)
    inner = next(iter(governed(step)), None) if step is not None else None
    verb = noun.head
    if inner is None or inner.pos_ not in {"NOUN", "VERB"} or verb.lemma_ not in {"be", "remain"}:
        return
    owner = child(noun, "poss")
    if noun.dep_ == "attr" and noun.lemma_ != "condition":
        first = next(iter(own_subjects(verb)), None)
    else:
        first = child(verb, "attr", "ccomp", "xcomp") if noun.dep_ == "nsubj" and owner is not None else None
    if first is None or first.pos_ not in {"NOUN", "VERB", "AUX"}:
        return
    condition = clause(sentence, first) if first.pos_ in CLAUSES else noun_phrase(sentence, first)
    content = noun_phrase(sentence, inner)
    if not condition.overlaps(content):
        yield Wish("condition", owner, content, (noun, noun), "aim:condition", condition=condition)


def _in_return(sentence: Sentence, noun: Token) -> Iterator[Wish]:
    """Read "offered to reopen the border in return for the release of its officers"."""
    before = noun.head
    step = next((t for t in noun.children if t.dep_ == "prep" and t.lower_ == "for"), None)
    inner = next(iter(governed(step)), None) if step is not None else None
    host = before.head
    while host.pos_ not in CLAUSES and host.head != host:
        host = host.head
    if before.lower_ != "in" or inner is None or step is None or host.pos_ not in CLAUSES:
        return
    actor = next(iter(subjects(host)), None)
    top = host.head if host.dep_ == "xcomp" else host
    future = any(t.dep_ == "aux" and t.lower_ in {"will", "would"} for t in host.children)
    if actor is None or not (future or {host.lemma_, top.lemma_} & aim_words().bargaining):
        return
    condition = clause(sentence, inner) if inner.pos_ in CLAUSES else noun_phrase(sentence, inner)
    content = clause(sentence, host, [before])
    if not condition.overlaps(content):
        yield Wish("condition", actor, content, (before, step), "aim:condition", condition=condition)


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
    if lower in {"if", "unless"} and own_act(host):
        return host, condition, (before, token) if only and before is not None else (token, token)
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
