"""Whom "he", "it", "they" and "who" stand for, where the grammar or a lack of rivals makes it sure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from shatterbelt.reading.actors import Match, Role
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.statements import Party

if TYPE_CHECKING:
    from spacy.tokens import Token

HE = frozenset({"he", "she", "him", "her", "his", "hers", "himself", "herself"})
IT = frozenset({"it", "its", "itself"})
THEY = frozenset({"they", "them", "their", "theirs", "themselves"})
WHO = frozenset({"who", "which", "that", "whom", "whose"})
NOBODY = frozenset({"there", "what", "this", "these", "those"})
_BODIES = frozenset({"state", "capital", "bloc", "organisation", "institution", "group", "firm"})
_INSIDE = frozenset({"compound", "amod", "nmod"})


_SOME = frozenset(
    ["both", "others", "many", "several", "everyone", "everybody", "each", "anyone", "someone", "one", "most"]
)
_SIDES = frozenset({"nsubj", "nsubjpass", "dobj", "pobj", "dative", "conj"})
_MEASURES = frozenset({"MONEY", "PERCENT", "DATE", "TIME", "QUANTITY", "ORDINAL"})


def is_somebody(token: Token) -> bool:
    """Return whether a word without a noun names people: "those who fled", "two of them", "the wounded"."""
    if token.dep_ not in _SIDES:
        return False
    if token.lower_ in {"those", "these"}:
        return any(child.dep_ in {"relcl", "acl"} for child in token.children)
    if token.lower_ in _SOME:
        return True
    if token.pos_ == "NUM":
        return token.ent_type_ not in _MEASURES and token.lower_ != "one" and not _is_led(token)
    return is_done_to(token)


def _is_led(token: Token) -> bool:
    return token.dep_ == "pobj" and token.head.lower_ not in {"of", "by", "against", "with"}


def is_done_to(token: Token) -> bool:
    """Return whether an adjective or participle stands for people: "the displaced"."""
    return (
        token.tag_ in {"JJ", "VBN"}
        and token.dep_ in _SIDES
        and any(child.lower_ in {"the", "those"} and child.dep_ == "det" for child in token.children)
    )


class Names(Protocol):
    """What `shatterbelt.reading.parties.Parties` tells of a noun."""

    def of(self, token: Token, sentence: Sentence) -> Party | None: ...  # noqa: D102
    def match_at(self, token: Token, sentence: Sentence) -> Match | None: ...  # noqa: D102
    def role_at(self, token: Token) -> Role | None: ...  # noqa: D102


def antecedent(token: Token) -> Token | None:
    """Return the noun that a relative pronoun stands for: the one that its clause hangs on."""
    for above in token.ancestors:
        if above.dep_ == "relcl":
            head: Token = above.head
            return head
    return None


def meant(token: Token, sentences: Sequence[Sentence], parties: Names) -> Party | None:
    """Return whom a personal pronoun means, or None where that is not sure.

    A speaker who says what "it" does is taken for "it"; otherwise one party alone must fit in the
    pronoun's own sentence before it, or failing any there, in the sentence before.

    Args:
        token: the pronoun.
        sentences: the sentence before, if any, and the pronoun's own.
        parties: names to parties.
    """
    if token.lower_ not in HE | IT | THEY:
        return None
    own = sentences[-1]
    speaker = _speaker(token)
    if speaker is not None and _fits(token.lower_, speaker, own, parties):
        return parties.of(speaker, own)
    for sentence in reversed(sentences):
        if sentence.paragraph != own.paragraph:
            return None
        end = token.i if sentence is own else sentence.tokens.end
        fitting = _fitting(token.lower_, sentence, end, parties)
        if fitting:
            return fitting[0] if len({party.actor or party.name for party in fitting}) == 1 else None
    return None


def _speaker(token: Token) -> Token | None:
    """Return the subject of the verb whose complement the pronoun is the subject of: "X said it ..."."""
    verb = token.head
    if token.dep_ not in {"nsubj", "nsubjpass"} or verb.dep_ != "ccomp":
        return None
    return next((child for child in verb.head.children if child.dep_ == "nsubj"), None)


def _fitting(pronoun: str, sentence: Sentence, end: int, parties: Names) -> list[Party]:
    found = []
    for word in sentence.tokens:
        if word.i >= end or word.pos_ not in {"NOUN", "PROPN"} or word.dep_ in _INSIDE:
            continue
        if _fits(pronoun, word, sentence, parties) and (party := parties.of(word, sentence)):
            found.append(party)
    return found


def _fits(pronoun: str, word: Token, sentence: Sentence, parties: Names) -> bool:
    match = parties.match_at(word, sentence)
    kind = match.known[0].kind if match else None
    role = parties.role_at(word)
    plural = word.tag_ in {"NNS", "NNPS"}
    if pronoun in HE:
        office = role is not None and role.kind == "office" and not plural
        return kind == "person" or office or (kind is None and word.ent_type_ == "PERSON")
    if pronoun in IT:
        body = role is not None and role.kind == "body" and not plural
        return body or kind in _BODIES or (kind is None and word.ent_type_ == "ORG" and not plural)
    return plural and (role is not None or kind == "people")
