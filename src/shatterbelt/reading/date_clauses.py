"""Which of the dates that a sentence tells belongs to an event of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shatterbelt.reading.dates import Told

if TYPE_CHECKING:
    from spacy.tokens import Token

_TIMES = frozenset({"morning", "afternoon", "evening", "night", "end", "beginning", "day", "week", "month"})


def date_of(clause: Token, trigger: Token, told: list[Told]) -> Told | None:
    """Return the date that belongs to an event: told in its own clause, or before the verb it is joined to.

    A date after "since" or "until" tells no day of the event.
    """
    own = [each for each in told if not each.since]
    if trigger.pos_ in {"NOUN", "PROPN"}:
        for each in own:  # "the September protests", "a visit planned for May"
            below = each.first.i != trigger.i and trigger in each.first.ancestors
            over = _verb_over(each.first)
            if below and (over == _verb_over(trigger) or _tells(over, trigger)):
                return each
        clause = _held_by(clause, trigger)
    for verb in _sharing(clause):
        for each in own:
            if (
                _verb_over(each.first) == verb
                and not _is_of_a_noun(each)
                and (verb == clause or each.first.i < clause.i or _runs_on(clause))
            ):
                return each
    return None


def _tells(verb: Token, noun: Token) -> bool:
    """Return whether a participle stands by a noun: "the sanctions imposed in 2010"."""
    return verb.dep_ == "acl" and verb.tag_ == "VBN" and verb.head == noun


def _held_by(clause: Token, noun: Token) -> Token:
    """Return the verb whose time is a noun's too: "injured in a clash", "talks are to resume"."""
    if clause == noun and noun.dep_ == "pobj" and noun.head.lower_ in {"in", "at", "during"}:
        above: Token = noun.head.head
        return above if above.pos_ == "VERB" else clause
    if clause.lemma_ == "be" and noun.dep_ == "nsubj":
        return next((child for child in clause.children if child.dep_ == "xcomp"), clause)
    return clause


def _is_of_a_noun(told: Told) -> bool:
    """Return whether a date tells which noun is meant: "last year's election", "the riot of 2 April"."""
    top = told.first
    while told.first.i <= top.head.i <= told.last.i and top.head != top:
        top = top.head
    while (
        top.head.lemma_.lower() in _TIMES and top.head.i != top.i
    ):  # "Tuesday evening", "the night of 3 May"
        top = top.head
    if top.dep_ in {"poss", "compound", "nmod", "amod"}:
        return top.head.pos_ in {"NOUN", "PROPN"}
    if top.head.lower_ == "of" and top.head.head.lemma_.lower() in _TIMES:
        return False
    return top.dep_ == "pobj" and (
        (top.head.lower_ == "of" and top.head.head.pos_ in {"NOUN", "PROPN"}) or top.head.head.pos_ == "NUM"
    )


def _runs_on(verb: Token) -> bool:
    return verb.dep_ == "advcl" and verb.tag_ == "VBG"


def _is_when(verb: Token) -> bool:
    """Return whether a clause tells what was while its main clause was: "as drivers blocked the ports"."""
    return verb.dep_ == "advcl" and any(
        child.lower_ in {"when", "as", "while"} and child.i == verb.left_edge.i for child in verb.children
    )


def _sharing(clause: Token) -> list[Token]:
    """Return the verbs whose date is the event's too: its own, those it is joined to, those it runs along."""
    found = [clause]
    while (found[-1].dep_ == "conj" or _runs_on(found[-1]) or _is_when(found[-1])) and (
        found[-1].head not in found
    ):
        found.append(found[-1].head)
    return found


def _verb_over(token: Token) -> Token:
    for above in token.ancestors:
        if above.pos_ in {"VERB", "AUX"} and above.dep_ != "amod":
            return above
    return token
