"""Deeds announced and deeds demanded: what "will", "is ready to", "must" over a verb make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shatterbelt.reading.event_frames import frame_of
from shatterbelt.reading.event_kinds import Kinds
from shatterbelt.reading.event_tables import word_list
from shatterbelt.reading.event_verbs import Act
from shatterbelt.reading.statements import Context
from shatterbelt.reading.voices import Voice

if TYPE_CHECKING:
    from spacy.tokens import Token

_WILL = frozenset({"will", "'ll", "shall", "wo"})
_MUST = {"must": 0.75, "should": 0.45, "ought": 0.45}
_WISHED = word_list("wished")
_PLANNED = word_list("planned")
_PREVENTED = word_list("prevented")
_READY = word_list("ready")
_SAYING = word_list("saying")
_GATHERING = word_list("gathering")
_DUE = frozenset({"planned", "scheduled", "due", "slated", "upcoming", "forthcoming"})
_ANNOUNCED = frozenset({"announce", "plan", "pledge", "promise", "schedule", "prepare"})


CONTENT: dict[str, Context] = {"DEMAND": "hypothetical", "THREATEN": "hypothetical", "REJECT": "negated"}
"""What the noun under a verb of this type has not done: "called for a withdrawal", "ruled out talks"."""


def contexts_of(act: Act, voice: Voice) -> tuple[Context, ...]:
    """Return the contexts of an event: those of its voice, and what the verb that carries it adds.

    What is asked for or only supposed by whoever says it is hypothetical; what somebody announces of himself
    is to come, and no longer hypothetical unless a condition stands beside it.
    """
    clause = act.clause or act.trigger
    contexts = voice.contexts
    if contexts == ("hypothetical",) and _is_voiced(act.trigger, act):
        return ()
    if not contexts and voice.manner in {"demanded", "hypothetical"}:
        contexts = ("hypothetical",)
    if "future" not in contexts and (is_announced(clause) or _is_to_be(act)):
        contexts = (*contexts, "future")
    if "future" in contexts and "hypothetical" in contexts and not _is_conditional(clause):
        contexts = tuple(context for context in contexts if context != "hypothetical")
    return contexts


def _is_voiced(verb: Token, act: Act) -> bool:
    """Return whether a protest tells what it is for: "marched to demand", "gathered to denounce"."""
    above = verb.head
    return (
        act.type in {"DEMAND", "ACCUSE", "PROTEST"}
        and verb.dep_ in {"advcl", "xcomp"}
        and _has_to(verb)
        and above.tag_ in {"VBD", "VBZ", "VBP", "VBG"}
        and above.lemma_ in _GATHERING
        and not any(child.dep_ in {"neg", "aux"} for child in above.children)
    )


def _is_to_be(act: Act) -> bool:
    """Return whether a nominal event lies ahead: "talks are to resume", "announced an inquiry"."""
    verb = act.clause
    if any(child.dep_ in {"acl", "amod"} and child.lower_ in _DUE for child in act.trigger.children):
        return act.rule.startswith("noun")
    if verb is None or verb == act.trigger:
        light = act.rule.startswith("light") and act.type in {"ACCUSE", "CONSULT", "SUPPORT", "AID", "AGREE"}
        return light and act.trigger.lemma_ in _ANNOUNCED and act.type != "AGREE"
    if verb.lemma_ == "be" and any(child.dep_ == "xcomp" and _has_to(child) for child in verb.children):
        return verb.tag_ in {"VBZ", "VBP"}
    return False


def _is_conditional(verb: Token) -> bool:
    marks = (child for each in verb.children if each.dep_ == "advcl" for child in each.children)
    return any(mark.lower_ in {"if", "unless", "until", "provided", "should"} for mark in marks)


def governor(noun: Token) -> Token | None:
    """Return the verb that a noun is the object of, or that leads to it by a preposition."""
    above = noun.head
    if noun.dep_ == "pobj" and above.dep_ == "prep":
        above = above.head
        return above if above.pos_ == "VERB" and noun.head.lower_ in {"for", "on", "of", "to"} else None
    return above if noun.dep_ in {"dobj", "nsubjpass"} and above.pos_ == "VERB" else None


def context_under(verb: Token) -> Context | None:
    """Return the context of a noun that is wished for, feared, offered, planned or prevented."""
    if verb.lemma_ in _WISHED:
        return "hypothetical"
    if verb.lemma_ in _PLANNED:
        return "future"
    return "negated" if verb.lemma_ in _PREVENTED else None


def is_announced(verb: Token) -> bool:
    """Return whether a clause tells a deed meant to be done: "will", "is ready to", "said it would"."""
    for child in verb.children:
        if child.dep_ == "aux" and child.lower_ in _WILL:
            return True
        if child.dep_ == "aux" and child.lower_ in {"would", "'d", "may"}:
            return _is_own_word(verb) or (child.lower_ == "may" and verb.dep_ == "ROOT")
    if verb.dep_ == "xcomp":
        return verb.head.lemma_ in _READY
    return verb.dep_ == "conj" and verb.tag_ == "VB" and is_announced(verb.head)


def _is_own_word(verb: Token) -> bool:
    """Return whether somebody says the clause of himself: "X said it would"."""
    if verb.dep_ != "ccomp" or verb.head.lemma_ not in _SAYING:
        return False
    return any(child.dep_ == "nsubj" and child.pos_ == "PRON" for child in verb.children)


def _has_to(verb: Token) -> bool:
    return any(child.lower_ == "to" and child.dep_ == "aux" for child in verb.children)


def is_wanted(verb: Token) -> bool:
    """Return whether "must" or "should" stands over a verb."""
    return any(child.dep_ == "aux" and child.lower_ in _MUST for child in verb.children)


def demand_of(modal: Token, kinds: Kinds) -> Act | None:
    """Return the demand that lies in "X said that Y must": X demands it of Y."""
    weight, verb = _MUST.get(modal.lower_), modal.head
    if modal.lemma_ == "have" and any(child.dep_ == "xcomp" and _has_to(child) for child in modal.children):
        weight, verb = 0.7, modal  # "said that Y has to"
    elif modal.dep_ != "aux":
        return None
    if weight is None or verb.dep_ not in {"ccomp", "conj"}:
        return None
    saying = verb.head if verb.dep_ == "ccomp" else verb.head.head
    if saying.lemma_ not in _SAYING:
        return None
    actors = [token for token in frame_of(saying).subjects if "party" in kinds.of(token)]
    frame = frame_of(verb)
    targets = [token for token in frame.objects if frame.passive] or frame.subjects
    targets = [token for token in targets if "party" in kinds.of(token) and token not in actors]
    if not actors or not targets or any(token.pos_ == "PRON" for token in targets):
        return None
    return Act(modal, modal, "DEMAND", "", weight, "modal DEMAND", actors, targets, clause=verb)
