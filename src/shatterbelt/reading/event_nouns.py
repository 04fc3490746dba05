"""Nouns as events: "the arrest of", "a new round of sanctions", "air strikes on", told from their likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shatterbelt.reading.event_frames import frame_of, inner_noun
from shatterbelt.reading.event_kinds import Kinds
from shatterbelt.reading.event_tables import NounRow, word_list
from shatterbelt.reading.event_verbs import Act, parties_inside

if TYPE_CHECKING:
    from spacy.tokens import Token

_BY = frozenset({"by"})
_TO = frozenset({"against", "on", "with", "to", "towards", "toward", "at", "upon"})
_WORK = word_list("work")
_CARRIERS = word_list("carrier")
_SUFFERED = word_list("suffered")
_LEFT_OUT = frozenset({"compound", "amod", "nmod"})
_NO_EVENTS = frozenset({"PERSON", "GPE", "DATE", "TIME", "MONEY", "PRODUCT"})


def noun_act(noun: Token, kinds: Kinds) -> Act | None:
    """Return the event that a noun tells by itself, or None."""
    if noun.pos_ not in {"NOUN", "PROPN"} or noun.dep_ in _LEFT_OUT or noun.ent_type_ in _NO_EVENTS:
        return None
    row = kinds.event_row(noun)
    if row is None or row.type is None or not row.alone:
        return None
    act = Act(noun, noun, row.type, row.mode, row.alone, f"noun {row.type}")
    _own_parties(act, noun, row, kinds)
    _carrier(act, noun, kinds)
    if row.kind in {"protest", "strike"} and not act.actors:
        _in_protest(act, noun, kinds)
    if row.kind == "strike":
        _strike(act, noun, kinds)
    elif row.kind == "force" and any("policy" in kinds.of(token) for token in _led(noun, _TO)):
        act.type, act.mode = "ACCUSE", "disapprove"
    if act.actors or act.targets:
        act.weight += 0.2
    elif noun.tag_ in {"NNS", "NN"} and not any(child.dep_ == "det" for child in noun.children):
        act.weight -= 0.1
    return act


def _led(noun: Token, words: frozenset[str]) -> list[Token]:
    """Return the heads that a noun's prepositions introduce."""
    return [
        inner
        for prep in noun.children
        if prep.dep_ in {"prep", "agent"} and prep.lower_ in words
        for inner in prep.children
        if inner.dep_ == "pobj"
    ]


def _own_parties(act: Act, noun: Token, row: NounRow, kinds: Kinds) -> None:
    by = [token for token in _led(noun, _BY) if "party" in kinds.of(token)]
    between = [token for token in _led(noun, frozenset({"between"})) if "party" in kinds.of(token)]
    act.actors = by or between
    for child in noun.children:
        if child.dep_ == "poss" and "party" in kinds.of(child):
            (act.targets if row.poss == "target" else act.actors).append(child)
        elif child.dep_ in _LEFT_OUT and kinds.of(child) & {"state", "armed", "civil", "lab"} and not by:
            (act.targets if row.of == "against" and act.actors else act.actors).append(child)
    of = [
        token
        for head in _led(noun, frozenset({"of"}))
        for token in ([head] if "party" in kinds.of(head) else parties_inside(inner_noun(head), kinds))
    ]
    if row.of == "actor" and not act.actors:
        act.actors += of
    elif row.of in {"target", "against"}:
        act.targets += of
    for head in _led(noun, _TO):
        if not act.targets:
            act.targets += [head] if "party" in kinds.of(head) else parties_inside(inner_noun(head), kinds)
    if not act.actors and row.kind in {"demand", "pressure", "call", "support", "criticism"}:
        act.actors += [token for token in _led(noun, frozenset({"from"})) if "party" in kinds.of(token)]
    for clause in noun.children:  # "sanctions imposed by", "the attack that X launched"
        if clause.dep_ in {"acl", "relcl"} and clause.lemma_ in _CARRIERS:
            act.actors = act.actors or frame_of(clause).subjects


def _carrier(act: Act, noun: Token, kinds: Kinds) -> None:
    """Take the parties of a verb that only carries the noun: "has demands", "faces arrest"."""
    noun = _counter(noun)
    verb = noun.head
    if (
        noun.dep_ == "pobj"
        and verb.head.lemma_ in {"be", "remain", "come"}
        and verb.lower_ in {"on", "under", "in"}
    ):
        act.clause = verb.head  # "is on a visit", "came under attack"
        subjects = [token for token in frame_of(verb.head).subjects if "party" in kinds.of(token)]
        if verb.lower_ == "under":
            act.targets = act.targets or subjects
        else:
            act.actors = act.actors or subjects
        return
    if noun.dep_ not in {"dobj", "attr", "nsubjpass"} or verb.pos_ not in {"VERB", "AUX"}:
        if noun.dep_ == "nsubj" and verb.pos_ in {"VERB", "AUX"}:
            act.clause = verb
        return
    act.clause = verb
    if verb.lemma_ in _CARRIERS:
        frame = frame_of(verb)
        subjects = [token for token in frame.subjects if "party" in kinds.of(token)]
        if verb.lemma_ in _SUFFERED:
            act.targets = act.targets or subjects
        else:
            act.actors = act.actors or subjects


def _counter(noun: Token) -> Token:
    """Return the noun that counts another one: the round of "a new round of sanctions"."""
    above = noun.head
    if noun.dep_ == "pobj" and above.lower_ == "of" and inner_noun(above.head).i == noun.i:
        counting: Token = above.head
        return counting
    return noun


def _in_protest(act: Act, noun: Token, kinds: Kinds) -> None:
    """Take who protests by another deed: "closed their shops in protest"."""
    if noun.dep_ == "pobj" and noun.head.lower_ == "in" and noun.head.head.pos_ == "VERB":
        subjects = frame_of(noun.head.head).subjects
        act.actors = [
            token for token in subjects if kinds.of(token) & {"civil", "lab"} or "party" in kinds.of(token)
        ]
        act.clause = noun.head.head
        act.weight += 0.2


def _strike(act: Act, noun: Token, kinds: Kinds) -> None:
    """Tell a strike of workers from a strike of aircraft."""
    if act.mode == "hunger":
        return
    around = {token.lemma_.lower() for token in noun.sent}
    armed = any(kinds.of(token) & {"armed", "troops"} for token in act.actors)
    state = any("state" in kinds.of(token) for token in act.actors)
    hit = any(
        kinds.of(token) & {"territory", "property", "troops", "armed"} for token in _led(noun, _TO | {"in"})
    )
    labour = bool(around & _WORK) or any("lab" in kinds.of(token) for token in act.actors)
    if armed or (hit and not labour) or (state and not labour and bool(_led(noun, frozenset({"on"})))):
        act.type, act.mode, act.rule = "ASSAULT", "heavy-weapons", "noun ASSAULT"
