"""Claims told by nouns: "the cause of B", "the impact of A on B", "resistance to A"; and by blame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_blame import behind, blamed, end_of, robbed, to_blame
from shatterbelt.reading.claim_links import Link
from shatterbelt.reading.claim_phrases import (
    CLAUSES,
    Phrase,
    child,
    governed,
    is_actor,
    own_subjects,
    phrase,
    subjects,
)
from shatterbelt.reading.claim_words import words
from shatterbelt.reading.parsed import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token

    from shatterbelt.reading.parties import Parties

_STANDING = frozenset({"lie", "be", "stand", "lurk"})
_STATES = frozenset({"attr", "acomp", "ccomp", "xcomp"})


def noun_links(sentence: Sentence, parties: Parties | None) -> Iterator[Link]:
    """Give what the nouns of a sentence, and its words of blame, say makes what happen."""
    sets = words().sets
    for token in sentence.tokens:
        lemma = token.lemma_.lower()
        if token.pos_ == "NOUN":
            if lemma in sets["causes"]:
                yield from _cause_noun(sentence, token)
            if lemma in sets["results"]:
                yield from _result_noun(sentence, token)
            if lemma in words().impacts:
                yield from _impact(sentence, token)
            if lemma in sets["reactions"]:
                yield from _reaction(sentence, token, parties)
        elif token.pos_ in CLAUSES:
            if f"blames {lemma}" in sets:
                yield from blamed(sentence, token)
            if lemma in sets["robs"]:
                yield from robbed(sentence, token, parties)
            yield from to_blame(sentence, token, parties)
            if lemma in _STANDING:
                yield from behind(sentence, token, parties)
        if token.tag_ == "VBN" and token.dep_ == "amod":
            yield from _compound(sentence, token)


def _said_of(noun: Token, prepositions: frozenset[str]) -> list[Token]:
    """Return what a noun is the cause, the result, the impact of."""
    step = next(
        (t for t in noun.children if t.dep_ == "prep" and t.lower_ in prepositions and t.i > noun.i), None
    )
    if step is not None:
        return governed(step)
    bare = noun.lemma_ == "reason"  # "the reason people leave"
    return [
        t
        for t in noun.children
        if t.dep_ in {"relcl", "acl"} and ((bare and _whole(t)) or any(m.lower_ == "why" for m in t.children))
    ]


def _whole(verb: Token) -> bool:
    """Return whether a relative clause lacks nothing, so that its noun is no part of it."""
    names = {"which", "that", "who"}
    return bool(own_subjects(verb)) and not any(t.lower_ in names for t in verb.subtree)


def _one_of(noun: Token) -> Token:
    """Return what carries a noun in its sentence: in "one of the causes of" the one."""
    of = noun.head
    if noun.dep_ == "pobj" and of.lower_ == "of" and of.head.lower_ in {"one", "some", "part", "among"}:
        return of.head
    return noun


def _cause_noun(sentence: Sentence, noun: Token) -> Iterator[Link]:
    """Read "A was the cause of B", "the reason for B is A", "A, the root of B,"."""
    effects = _said_of(noun, words().sets["cause_prepositions"])
    place = _one_of(noun)
    verb = place.head
    causes: list[Token] = []
    if noun.dep_ == "pobj" and noun.head.lower_ == "among" and noun.head.head.lemma_ in {"be", "rank"}:
        verb = noun.head.head
        causes = own_subjects(verb) or [t for t in verb.children if t.dep_ == "attr"]
    elif place.dep_ == "attr" and verb.lemma_ in {"be", "become", "remain"}:
        causes = own_subjects(verb) or subjects(verb)
    elif place.dep_ == "nsubj" and verb.lemma_ == "be":
        state = child(verb, *_STATES)
        causes = [state] if state is not None else []
    elif place.dep_ == "nsubj" and verb.lemma_ in {"lie", "reside", "rest"}:
        causes = [
            each
            for t in verb.children
            if t.dep_ == "prep" and t.lower_ in {"in", "with"}
            for each in governed(t)
        ]
    elif place.dep_ == "appos":
        causes = [verb]
    general = noun.lemma_ in {"key", "force", "ground", "source", "basis", "factor", "condition"}
    for cause in causes:
        if cause.pos_ == "PRON" or cause.lower_ in {"there", "what"} or cause.pos_ == "ADJ":
            continue
        for effect in effects:
            if effect.pos_ in {"PRON"} or (general and effect.pos_ not in {"NOUN", "VERB"}):
                continue
            yield Link(
                end_of(sentence, cause), end_of(sentence, effect), "noun:cause", verb, (noun, noun), "+"
            )


def _result_noun(sentence: Sentence, noun: Token) -> Iterator[Link]:
    """Read "B is the result of A", "B, a consequence of A"."""
    causes = [
        t
        for t in _said_of(noun, words().sets["result_prepositions"])
        if t.lemma_.lower() not in words().sets["no_results"] and t.pos_ != "PRON"
    ]
    verb = noun.head
    plain = noun.lemma_ in {"effect", "product", "function", "response", "reaction", "answer"}
    if noun.dep_ == "attr" and verb.lemma_ in {"be", "become", "remain"}:
        effects = own_subjects(verb) or subjects(verb)
    elif noun.dep_ == "appos" and not plain:
        effects = [verb]
    else:
        return
    for effect in effects:
        if effect.lower_ in {"there", "it", "what"} or effect.ent_type_ in {"PERSON", "GPE"}:
            continue
        for cause in causes:
            yield Link(
                end_of(sentence, cause), end_of(sentence, effect), "noun:result", verb, (noun, noun), "+"
            )


def _impact(sentence: Sentence, noun: Token) -> Iterator[Link]:
    """Read "the impact of A on B", "A's effect on B", "A has an influence on B"."""
    on = next((t for t in noun.children if t.dep_ == "prep" and t.lower_ in {"on", "upon", "for"}), None)
    if on is None:
        on = next(
            (
                t
                for t in noun.head.children
                if t.dep_ == "prep" and t.lower_ in {"on", "upon"} and t.i > noun.i
            ),
            None,
        )
        if noun.dep_ != "dobj" or noun.head.lemma_ not in {"have", "exert", "exercise", "put"}:
            on = None
    of = next((t for t in noun.children if t.dep_ == "prep" and t.lower_ in {"of", "from"}), None)
    inner = child(of, "pobj") if of is not None else None
    if on is None and inner is not None:
        on = next((t for t in inner.children if t.dep_ == "prep" and t.lower_ in {"on", "upon"}), None)
    causes = (
        governed(of)
        if of is not None
        else [t for t in noun.children if t.dep_ == "poss" and t.pos_ == "NOUN"]
    )
    if not causes and noun.dep_ == "dobj" and noun.head.lemma_ in {"have", "exert", "exercise", "put"}:
        causes = [t for t in subjects(noun.head) if t.pos_ == "NOUN"]
    for cause in causes:
        for effect in governed(on) if on is not None else ():
            if "PRON" in {cause.pos_, effect.pos_} or effect.ent_type_ in {"DATE", "TIME"}:
                continue
            sign = words().impacts[noun.lemma_.lower()]
            first = phrase(sentence, cause, [on]) if on is not None else end_of(sentence, cause)
            yield Link(first, end_of(sentence, effect), "noun:impact", noun, (noun, noun), sign)


def _reaction(sentence: Sentence, noun: Token, parties: Parties | None) -> Iterator[Link]:
    """Read "resistance to A", "a backlash against A": A makes the resistance."""
    step = next(
        (t for t in noun.children if t.dep_ == "prep" and t.lower_ in words().sets["reaction_prepositions"]),
        None,
    )
    if step is None or step.i < noun.i or (noun.dep_ in {"pobj"} and noun.head.lower_ in {"in", "as"}):
        return
    for cause in governed(step):
        if cause.pos_ not in {"NOUN", "VERB"} or is_actor(cause, sentence, parties):
            continue
        effect = phrase(sentence, noun, [step])
        if cause.lemma_ not in {"question", "problem", "letter", "request", "end", "year"}:
            yield Link(end_of(sentence, cause), effect, "noun:reaction", noun, (noun, step), "+")


def _compound(sentence: Sentence, participle: Token) -> Iterator[Link]:
    """Read "drought-induced famine"."""
    if participle.lemma_ not in {"induce", "trigger", "cause", "drive", "fuel", "provoke"}:
        return
    before = [t for t in participle.children if t.i < participle.i and t.pos_ == "NOUN"]
    noun = participle.head
    if not before or noun.pos_ != "NOUN" or participle.i < 2 or sentence.doc[participle.i - 1].text != "-":
        return
    effect = Phrase(sentence, noun, sentence.doc[participle.i + 1], noun)
    cause = Phrase(sentence, before[0], before[0], before[0])
    yield Link(cause, effect, "noun:compound", noun, (participle, participle), "+")
