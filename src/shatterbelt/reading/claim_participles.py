"""Claims told by a participle after its clause: "leaving 300 without work", "demanding bread"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_links import Link
from shatterbelt.reading.claim_phrases import CLAUSES, Phrase, child, clause, governed, noun_phrase, objects
from shatterbelt.reading.claim_words import words
from shatterbelt.reading.parsed import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token


def trailing_links(sentence: Sentence, verb: Token) -> Iterator[Link]:
    """Read "the plant closed, leaving 300 without work": the clause before makes what follows."""
    if verb.tag_ != "VBG" or verb.dep_ not in {"advcl", "acl", "conj"} or not _brings_about(verb):
        return
    host = verb.head
    while host.pos_ not in CLAUSES and host.head != host:
        host = host.head
    left = verb.left_edge.i
    if left <= host.i or (sentence.doc[left - 1].text != "," and sentence.doc[verb.i - 1].text != ","):
        return
    if child(verb, "nsubj") is not None or host.pos_ not in {"VERB", "AUX"}:
        return
    if not (objects(verb) or child(verb, "prep", "xcomp", "ccomp")):
        return
    if verb.dep_ == "conj" and host.tag_ == "VBG":
        return
    cause = clause(sentence, host, [verb if verb.head == host else verb.head])
    effect = clause(sentence, verb)
    yield Link(cause, effect, "trailing", verb, (verb, verb), sign="+")


def _brings_about(verb: Token) -> bool:
    """Return whether a participle's verb tells of an effect: listed, or a verb of causing by the tables."""
    lemma = verb.lemma_.lower()
    known = words()
    marked = any(t.lower_ in {"thereby", "thus"} for t in verb.children)
    if marked or lemma in known.sets["trailing"]:
        return True
    if lemma in known.sets["no_trailing"]:
        return False
    return any(
        not entry.rest and entry.frame in {"forward", "makes", "changes"}
        for entry in known.verbs.get(lemma, ())
    )


def demanding_links(sentence: Sentence, verb: Token) -> Iterator[Link]:
    """Read "marched to the palace, demanding bread": what for; "protesting the cuts": because of what."""
    sets = words().sets
    lemma = verb.lemma_.lower()
    aim = lemma in sets["demanding"]
    if verb.tag_ != "VBG" or not (aim or lemma in sets["protesting"]) or verb.dep_ not in {"advcl", "acl"}:
        return
    host = verb.head
    while host.pos_ not in {"VERB", "AUX"} and host.head != host:
        host = host.head
    if lemma == "call" and not any(t.lower_ == "for" for t in verb.children):
        return
    steps = [t for t in verb.children if t.dep_ == "prep" and t.lower_ in {"for", "against", "at", "over"}]
    ends = objects(verb) or [t for t in verb.children if t.dep_ in {"ccomp", "xcomp"}]
    ends = ends or [each for step in steps for each in governed(step)]
    if host.pos_ not in {"VERB", "AUX"} or host.i > verb.i or host.lemma_.lower() in sets["reporting"]:
        return
    act = clause(sentence, host, [verb])
    for end in ends[:1]:
        what = _what(sentence, end)
        if what.overlaps(act):
            continue
        if aim:
            yield Link(act, what, "purpose:demanding", host, (verb, verb), relation="purpose")
        else:
            yield Link(what, act, "protesting", host, (verb, verb), "+")


def protested_links(sentence: Sentence, verb: Token) -> Iterator[Link]:
    """Read "the unions are protesting the cuts", "shut their shops to protest the cuts"."""
    if verb.lemma_.lower() != "protest" or verb.pos_ != "VERB":
        return
    what = next((t for t in verb.children if t.dep_ == "dobj" and t.pos_ == "NOUN"), None)
    if what is None:
        return
    infinitive = verb.tag_ == "VB" and verb.dep_ in {"advcl", "xcomp"} and verb.head.pos_ in CLAUSES
    if not infinitive and (verb.tag_ == "VB" or not any(t.dep_ == "nsubj" for t in verb.children)):
        return
    host = verb.head if infinitive else verb
    act = clause(sentence, host, [verb if infinitive else what])
    end = noun_phrase(sentence, what)
    if not end.overlaps(act):
        yield Link(end, act, "protesting", host, (verb, verb), "+")


def _what(sentence: Sentence, token: Token) -> Phrase:
    return clause(sentence, token) if token.pos_ in CLAUSES else noun_phrase(sentence, token)
