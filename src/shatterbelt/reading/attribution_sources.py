"""Who a cue's source is: the subject, agent or owner of the cue word, and whether it can speak at all."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

from shatterbelt.reading.attribution_cues import cues
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.statements import Mark, Party, Span

if TYPE_CHECKING:
    from spacy.tokens import Token

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
RELATIVE = frozenset({"who", "which", "that", "whom"})
_NAMES = frozenset({"PERSON", "ORG", "NORP", "GPE"})
_SPEAKING = frozenset({"he", "she", "they", "we", "i", "you", "it", "who"})
_DEMONSTRATIVE = frozenset({"it", "this", "that", "which", "these", "those"})
_NOBODY = frozenset(
    {"what", "this", "that", "there", "anything", "something", "everything", "nothing", "which"}
)
_CAN_STAND_FOR_PEOPLE = frozenset({"PROPN", "NUM", "ADJ", "DET"})
_HEAVY = frozenset({"relcl", "acl", "appos", "punct", "advcl", "parataxis", "ccomp"})
_LONGEST = 14


class Names(Protocol):
    """What gives the party that a token names; `shatterbelt.reading.parties.Parties` does."""

    def of(self, token: Token, sentence: Sentence) -> Party | None: ...  # noqa: D102


def child(token: Token, *deps: str) -> Token | None:
    """Return the token's first child of one of the kinds."""
    for each in token.children:
        if each.dep_ in deps:
            return each
    return None


def is_passive(verb: Token) -> bool:
    """Return whether a verb is in the passive, reduced relatives ("quoted by") included."""
    for each in verb.children:
        if each.dep_ in {"auxpass", "nsubjpass", "agent"}:
            return True
    bare = verb.tag_ == "VBN" and verb.dep_ in {"acl", "relcl", "advcl"}
    return bare and child(verb, "nsubj", "aux") is None


def subject(verb: Token, kind: str = "") -> Token | None:
    """Return who does the verb, as far as the sentence tells: by subject, sharing or control.

    In a relative clause it is the relative pronoun; `meant` gives the noun that it stands for. With a
    ``kind``, a shared subject that cannot speak is passed over for that of the clause above.
    """
    shared = False
    for _ in range(6):
        own = child(verb, *SUBJECTS)
        if own is not None and not (kind and shared and not can_speak(own, kind)):
            return None if own.lower_ == "there" or own.dep_ == "csubj" else own
        shared = verb.dep_ in {"conj", "dep"}
        if verb.dep_ == "acl":
            return verb.head if verb.tag_ in {"VBG", "VBN"} else subject_of_noun(verb.head)
        if verb.dep_ == "xcomp":
            if child(verb.head, "acomp") is not None:
                return None  # "it is fashionable to say"
            controlled = child(verb.head, "dobj")
            if controlled is not None and controlled.i < verb.i:
                return controlled
        if verb.dep_ == "pcomp" and verb.head.lower_ == "as":
            return child(verb.head.head, "dobj", "nsubjpass")  # "quoted the minister as saying"
        above = _above(verb)
        if above is None or above.pos_ not in {"VERB", "AUX"}:
            return subject_of_noun(above) if above is not None and verb.dep_ == "pcomp" else None
        verb = above
    return None


def _above(verb: Token) -> Token | None:
    """Return what a verb without a subject may share one with."""
    if verb.dep_ == "pcomp":
        return verb.head.head
    if verb.dep_ in {"conj", "xcomp", "advcl", "ccomp", "dep"} and verb.head.i != verb.i:
        return verb.head
    return None


def meant(token: Token) -> Token:
    """Return the noun that a relative pronoun stands for, else the token itself."""
    if token.lower_ in RELATIVE and token.head.dep_ == "relcl":
        return token.head.head
    return token


def subject_of_noun(noun: Token) -> Token | None:
    """Return whose noun it is ("the ministry's claim", "a claim by the ministry", "made the claim")."""
    owner = child(noun, "poss")
    if owner is not None:
        return None if owner.ent_type_ in {"DATE", "TIME"} else owner
    for each in noun.children:
        if each.dep_ in {"prep", "agent"} and each.lower_ in {"by", "from"}:
            inner = child(each, "pobj")
            if inner is not None and can_speak(inner, "text"):
                return inner
        if each.dep_ == "acl" and each.tag_ == "VBN":
            agent = agent_of(each)
            if agent is not None:
                return agent
    for each in noun.children:
        if each.dep_ in {"compound", "nmod", "amod"} and (
            each.ent_type_ in _NAMES or (each.dep_ != "amod" and each.lemma_.lower() in _bodies())
        ):
            return each
    if noun.dep_ == "dobj" and noun.head.lemma_ in cues().light and not is_passive(noun.head):
        return subject(noun.head)
    return None


def agent_of(verb: Token) -> Token | None:
    """Return the noun behind a passive's "by"."""
    for each in verb.children:
        if each.dep_ == "agent" or (each.dep_ == "prep" and each.lower_ == "by"):
            return child(each, "pobj")
    return None


def can_speak(token: Token, kind: str) -> bool:
    """Return whether a noun can be a source of the kind that a cue asks for.

    Args:
        token: the head of the noun phrase.
        kind: ``anyone``; ``person`` (people and bodies); ``text`` (also what is written); ``shown`` (the
            same, but no "it"); ``named`` (a known name or a noun for people, no guess by its place);
            ``written`` (texts alone).
    """
    table = cues()
    if token.lower_ == "who":
        return True
    token = meant(token)
    lemma = token.lemma_.lower()
    if kind == "written":
        return lemma in table.documents
    is_people = lemma in table.people or lemma.endswith(table.endings) or token.ent_type_ in _NAMES
    if kind == "named":
        return is_people
    if token.pos_ == "PRON" or token.lower_ in _SPEAKING:
        return token.lower_ not in _NOBODY and (kind != "shown" or lemma not in _DEMONSTRATIVE)
    if is_people or kind == "anyone" or token.pos_ in _CAN_STAND_FOR_PEOPLE:
        return True
    return kind in {"text", "shown"} and lemma in table.documents


def party(token: Token | None, sentence: Sentence, names: Names, said: Collection[int] = ()) -> Party:
    """Return the source as a party, by the actor table where that knows it; an empty name for nobody.

    ``said`` are the places of what is said, which is no part of the source.
    """
    if token is None:
        return Party(name="")
    span = source_span(token, sentence, said)
    known = names.of(token, sentence)
    if known is None:
        return Party(name=span.text, span=span)
    return known.model_copy(update={"span": span, "name": known.name or span.text})


def source_span(token: Token, sentence: Sentence, said: Collection[int] = ()) -> Span:
    """Return the characters of a source: its noun phrase without clauses and appositions."""
    first = last = token
    stack = [token]
    while stack:
        for each in stack.pop().children:
            if not _belongs(each, token) or any(part.i in said for part in (each, *each.children)):
                continue
            first = each if each.i < first.i else first
            last = each if each.i > last.i else last
            stack.append(each)
    while last.is_punct and last.i > first.i:
        last = last.nbor(-1)
    end = token.sent.end
    while last.i + 2 < end and last.nbor(1).text == "-" and not last.whitespace_:
        last = last.nbor(2)  # "the co-operative", of which the parse may hang the parts apart
    return sentence.place(first, last)


def _belongs(each: Token, noun: Token) -> bool:
    kind = each.dep_
    if kind == "appos":
        return each.pos_ == "PROPN" and each.i <= noun.i + 2
    if kind in _HEAVY or kind == "case" or abs(each.i - noun.i) > _LONGEST:
        return False
    if kind == "prep":
        dated = any(part.ent_type_ in {"DATE", "TIME"} for part in each.children)
        return each.i > noun.i and not dated
    if kind == "conj":
        return each.pos_ in {"NOUN", "PROPN", "PRON"}
    if kind == "cc":
        return child(each.head, "conj") is not None
    return True


def marks_of(token: Token | None) -> tuple[Mark, ...]:
    """Return the mark of a source that is nobody in particular: experts, officials, no source at all."""
    if token is None:
        return ("unnamed source",)
    token = meant(token)
    if token.pos_ == "PRON" and token.lower_ not in {"some", "many", "others", "someone", "somebody", "one"}:
        return ()
    if token.lemma_.lower() not in cues().unnamed:
        return ()
    for each in token.subtree:
        if each.ent_type_ in {"PERSON", "ORG"} or (
            each.pos_ == "PROPN" and each.dep_ in {"pobj", "appos", "poss"}
        ):
            return ()
    return ("unnamed source",)


def _bodies() -> frozenset[str]:
    return cues().people
