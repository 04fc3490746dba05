"""Where: the place that a clause names, as it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shatterbelt.reading.event_tables import word_list
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.statements import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

_IN = frozenset({"in", "at", "near", "outside", "across", "around", "inside", "along", "throughout", "on"})
_NAMED = frozenset({"GPE", "LOC", "FAC"})
_PARTS = word_list("place_part")


def place_of(clause: Token, trigger: Token, sentence: Sentence) -> Span | None:
    """Return the words after "in", "at", "near" that say where an event was, nearest to its trigger first."""
    candidates: list[tuple[int, Token, Token]] = []
    for head in dict.fromkeys((trigger, clause)):
        for child in head.subtree if head is trigger else head.children:
            _collect(child, candidates, trigger)
    if not candidates:
        return None
    _, first, last = min(candidates, key=lambda found: found[0])
    return sentence.place(first, last)


def _collect(prep: Token, candidates: list[tuple[int, Token, Token]], trigger: Token) -> None:
    if prep.dep_ != "prep" or prep.lower_ not in _IN:
        return
    for noun in prep.children:
        if noun.dep_ != "pobj":
            continue
        edge = _edge(noun)
        named = noun.ent_type_ in _NAMED or any(
            token.ent_type_ in _NAMED for token in noun.doc[noun.left_edge.i : edge.i + 1]
        )
        if noun.ent_type_ in _NAMED or (
            noun.lemma_.lower() in _PARTS and (named or noun.i != noun.left_edge.i)
        ):
            first = noun.left_edge
            while first.i < noun.i and first.pos_ in {"DET", "ADV"}:
                first = first.nbor(1)
            candidates.append((abs(prep.i - trigger.i), first, edge))


def _edge(noun: Token) -> Token:
    """Return the last word of a place's name: "the east of the country" with its "of"."""
    for child in noun.rights:
        if child.dep_ == "prep" and child.lower_ == "of" and child.i == noun.i + 1:
            for inner in child.children:
                if inner.dep_ == "pobj":
                    return inner
    return noun
