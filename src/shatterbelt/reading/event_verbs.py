"""Verbs as events: which line of the verb table fits a clause, and who then does it to whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shatterbelt.reading.event_frames import Frame, frame_of, inherited, inner_noun
from shatterbelt.reading.event_kinds import Kinds
from shatterbelt.reading.event_tables import MATERIAL_CONFLICT, Asked, VerbRow, verb_rows
from shatterbelt.statements import PloverType

if TYPE_CHECKING:
    from spacy.tokens import Token

_INNER_NOUN = frozenset({"poss", "compound", "amod", "nmod"})
_OF_WHOM = frozenset({"of", "by", "from", "against", "on", "with", "in", "to", "between"})
_AIMED = frozenset({"of", "from", "against", "on", "with", "to", "in", "between", "by"})
_MATTERS = frozenset(
    {"law", "policy", "proposal", "tax", "asset", "debt", "money", "victory", "danger", "deal"}
)
_GENERAL = frozenset({"any", "none", "party", "person", "office", "state", "armed", "civil", "lab", "thing"})
PERSONAL = frozenset({"arrest", "release", "deport", "abduct", "torture", "assassinate", "beat", "massacre"})
"""Modes of what is done to persons only."""
_ANYBODY = frozenset({"party", "person", "office", "state", "judge"})


@dataclass(slots=True)
class Act:
    """An event as found: the tokens of its trigger and parties, its type, and how sure its rule is."""

    trigger: Token
    last: Token
    type: PloverType
    mode: str
    weight: float
    rule: str
    actors: list[Token] = field(default_factory=list)
    targets: list[Token] = field(default_factory=list)
    nouns: list[Token] = field(default_factory=list)
    """Nouns that are part of the act and so no events of their own: "talks" of "held talks"."""
    clause: Token | None = None
    """The verb that carries a nominal event; its tense and place are the event's."""


def act_of(verb: Token, kinds: Kinds) -> Act | None:
    """Return the event that a verb tells, or None."""
    table = verb_rows().get(verb.lemma_.lower()) or verb_rows().get(verb.lower_)
    if not table or not _is_verb(verb) or _is_to_blame(verb):
        return None
    frame = frame_of(verb)
    row = next((row for row in table if _fits(row, frame, kinds)), None)
    if row is None or row.type is None:
        return None
    act = Act(verb, verb, row.type, row.mode, row.weight, f"verb {row.type}")
    carried = _carried(row, frame, kinds)
    if row.mode == "=" and carried:
        own = kinds.event_row(carried[0])
        act.type, act.mode = (own.type or row.type, own.mode) if own else (row.type, "")
        act.rule = f"light verb {act.type}"
    elif carried and (own := kinds.event_row(carried[0])) and own.type == act.type and own.alone:
        act.rule = f"light verb {act.type}"
        act.mode = act.mode or own.mode
    act.nouns = carried
    act.clause = verb
    if verb.dep_ in {"amod", "compound"}:  # "the arrested strikers"
        act.weight *= 0.6
        act.targets = [verb.head]
        return act
    act.actors = _doers(frame.subjects, kinds)
    act.targets = _targets(row, frame, kinds)
    if act.type == "MOBILIZE" and frame.passive and not act.actors:  # "the army was put on alert"
        act.actors, act.targets = act.targets, []
    return act


def _is_verb(token: Token) -> bool:
    """Return whether a token is a verb here, and no noun or adjective that looks like one ("the wounded")."""
    if token.pos_ == "AUX":
        return token.dep_ not in {"aux", "auxpass"}
    if token.pos_ != "VERB":
        return False
    if token.dep_ in {"amod", "compound"}:
        return token.tag_ == "VBN"
    return not any(child.dep_ in {"det", "poss"} for child in token.children)


def _is_to_blame(verb: Token) -> bool:
    """Return whether an infinitive after "be" tells what its subject deserves: "is to blame"."""
    return verb.lemma_ == "blame" and verb.dep_ in {"xcomp", "acomp"} and verb.head.lemma_ == "be"


def _fits(row: VerbRow, frame: Frame, kinds: Kinds) -> bool:
    if row.particles and not row.particles & frame.particles:
        return False
    if row.objects is not None and not _object_fits(row.objects, frame, kinds):
        return False
    if row.preps and not any(
        word == wanted and (not kind or _leads_to(kind, token, kinds))
        for wanted, kind in row.preps
        for word, token in frame.preps
    ):
        return False
    if row.complement and not any(
        kind == row.complement and (not row.inner or _leads_to(row.inner, clause, kinds))
        for kind, clause in _clauses(frame)
    ):
        return False
    return row.subject is None or _subject_fits(row.subject, frame, kinds)


def _clauses(frame: Frame) -> list[tuple[str, Token]]:
    return frame.clauses + [("ing", token) for _, token in frame.preps if token.tag_ == "VBG"]


def _object_fits(asked: Asked, frame: Frame, kinds: Kinds) -> bool:
    if "none" in asked.wanted and not frame.objects:
        return True
    return any(asked.fits(kinds.of(token)) for token in frame.objects)


def _subject_fits(asked: Asked, frame: Frame, kinds: Kinds) -> bool:
    if not frame.subjects:
        return not asked.wanted or bool(asked.wanted & _ANYBODY and frame.passive)
    return any(asked.fits(kinds.of(token)) for token in frame.subjects)


def _leads_to(kind: str, token: Token, kinds: Kinds) -> bool:
    """Return whether a complement is of a kind, or is a verb of that lemma or of that type of event."""
    if kind in kinds.of(token) or token.lemma_.lower() == kind:
        return True
    if kind in {"force", "conflict"} and token.pos_ == "VERB":
        types = {"ASSAULT"} if kind == "force" else MATERIAL_CONFLICT
        if any(row.type in types and not row.conditions for row in verb_rows().get(token.lemma_.lower(), ())):
            return True
        objects = (kinds.event_row(child) for child in token.children if child.dep_ == "dobj")
        return any(row is not None and row.type in types for row in objects)
    return kind == "protest" and token.lemma_.lower() in {"protest", "demonstrate", "demand", "denounce"}


def _carried(row: VerbRow, frame: Frame, kinds: Kinds) -> list[Token]:
    """Return the event nouns that the verb only carries: "talks" of "held talks", "ties" of "cut ties"."""
    if row.objects is None or row.objects.wanted <= {"any", "party", "none"}:
        return []
    nouns = [inner_noun(token) for token in frame.objects if row.objects.fits(kinds.of(token))]
    return [token for token in nouns if token.pos_ in {"NOUN", "PROPN", "VERB"}]


def _doers(tokens: list[Token], kinds: Kinds) -> list[Token]:
    """Return who of the subjects can do something: parties, else what no table knows as a thing."""
    found = [token for token in tokens if "party" in kinds.of(token)]
    return found or [token for token in tokens if token.lower_ != "it" and not _is_matter(token, kinds)]


def _is_matter(token: Token, kinds: Kinds) -> bool:
    """Return whether a noun is an event, a law or a payment, which does nothing itself."""
    if kinds.of(token) & _MATTERS:
        return True
    row = kinds.event_row(inner_noun(token))
    return row is not None and row.alone > 0 and row.kind not in {"explosion", "force"}


def _targets(row: VerbRow, frame: Frame, kinds: Kinds) -> list[Token]:
    for place in (*row.target, "against"):
        if place == "obj":
            found = _whose(frame.objects, kinds, deep=True)
        elif place == "iobj":
            found = _whose(frame.receivers, kinds)
        elif place == "comp":
            found = _complement_subjects(frame, kinds)
        else:
            found = _whose([token for word, token in frame.preps if word == place], kinds, deep=True)
        found = [token for token in found if token not in frame.subjects]
        if found:
            return found
    if row.mode in PERSONAL and "obj" in row.target:  # whoever is arrested or killed is somebody
        return [token for token in frame.objects if not kinds.event_row(token)]
    if row.objects is not None and row.objects.wanted - _GENERAL and "obj" not in row.target:
        return [token for noun in frame.objects for token in parties_inside(inner_noun(noun), kinds, _AIMED)]
    deep = _whose(frame.objects, kinds, deep=True)
    return [token for token in deep if token not in frame.subjects]


def _complement_subjects(frame: Frame, kinds: Kinds) -> list[Token]:
    for _, clause in frame.clauses:
        own = [child for child in clause.children if child.dep_ in {"nsubj", "nsubjpass"}]
        found = _whose(own, kinds) or _whose(
            [token for token in inherited(clause) if token not in frame.subjects], kinds
        )
        if found:
            return found
        deeper = frame_of(clause)
        found = _whose(deeper.objects, kinds, deep=True) or _whose(
            [token for word, token in deeper.preps if word in _OF_WHOM], kinds, deep=True
        )
        if found:
            return found
    return []


def _whose(tokens: list[Token], kinds: Kinds, *, deep: bool = False) -> list[Token]:
    """Return those of the nouns that name parties; with ``deep`` else the parties that stand inside them."""
    found = [token for token in tokens if "party" in kinds.of(token)]
    if found or not deep:
        return found or ([] if deep else tokens)
    for token in tokens:
        inside = parties_inside(inner_noun(token), kinds)
        if inside:
            return inside
    return [token for token in tokens if token.pos_ in {"NOUN", "PROPN"} and kinds.of(token) & _DONE_TO]


_DONE_TO = frozenset({"person", "property", "media", "organisation", "territory", "captive", "protest"})


def parties_inside(noun: Token, kinds: Kinds, words: frozenset[str] = _OF_WHOM) -> list[Token]:
    """Return the parties that a noun names beside itself: possessor, adjective, what "of" leads to."""
    found = [
        child
        for child in noun.children
        if child.dep_ in _INNER_NOUN
        and child.pos_ != "PRON"  # "its fleet" is the subject's own
        and "party" in kinds.of(child)
        and kinds.of(child) & {"state", "person", "armed"}
    ]
    if found:
        return found
    for child in noun.children:
        if child.dep_ == "prep" and child.lower_ in words:
            heads = [inner for inner in child.children if inner.dep_ == "pobj"]
            found += [head for head in heads if "party" in kinds.of(head)]
            if not found:
                found += [token for head in heads for token in parties_inside(inner_noun(head), kinds)]
    return found
