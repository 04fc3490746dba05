"""Claims told by verbs that make somebody do something, or move somebody to a side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_frames import Seen, doers, place_of
from shatterbelt.reading.claim_links import Link
from shatterbelt.reading.claim_phrases import Phrase, child, clause, governed, is_passive
from shatterbelt.reading.claim_words import words
from shatterbelt.reading.valence import state_of

if TYPE_CHECKING:
    from spacy.tokens import Token

_SIDES = frozenset({"arm", "embrace", "orbit", "camp", "side", "sphere", "lap"})
_IDIOMS = frozenset({"arm", "embrace", "orbit", "camp"})


def makes(seen: Seen) -> Iterator[Link]:
    """Read "A forced B to leave", "A prevents B from leaving", "A makes B cheaper"."""
    verb, sentence = seen.verb, seen.sentence
    below, direct = _made(seen)
    if below is None:
        return
    done_to = direct or child(below, "nsubj", "nsubjpass")
    if done_to is None and below.pos_ == "ADJ" and verb.dep_ == "relcl":
        done_to = verb.head  # "a plant that loans made possible"
    if done_to is None:
        return
    if below.pos_ == "ADJ" and done_to.pos_ == "NOUN":
        change = state_of(below)
        for cause in seen.causes() if change else ():
            ends = seen.end(cause), seen.end(done_to)
            yield Link(*ends, "makes", verb, (verb, verb), "+", change=change)
        return
    first = done_to.left_edge if done_to.i > verb.i else below.left_edge
    effect = Phrase(sentence, below, first, clause(sentence, below).last)
    for cause in seen.causes():
        if not effect.first.i <= cause.i <= effect.last.i:
            yield Link(seen.end(cause), effect, "makes", verb, (verb, verb), sign=seen.entry.sign)


def _made(seen: Seen) -> tuple[Token | None, Token | None]:
    """Return what is made or kept from being done, and whom it is done to where that is the object."""
    verb = seen.verb
    below = child(verb, "xcomp", "ccomp")
    direct = child(verb, "dobj") or (child(verb, "nsubjpass") if is_passive(verb) else None)
    if below is None or below.pos_ not in {"VERB", "AUX", "ADJ"} or below.i < verb.i:
        against = seen.entry.sign == "-"
        below = _from_doing(verb) if against else child(verb, "oprd")
        if against and below is not None and direct is None:
            direct = child(below, "nsubj")
    elif any(t.lower_ in {"that", "how", "whether"} and t.dep_ in {"mark", "advmod"} for t in below.children):
        return None, None
    if below is not None and below.dep_ == "oprd" and below.pos_ != "ADJ":
        return None, None
    return below, direct


def _from_doing(verb: Token) -> Token | None:
    for t in verb.children:
        if t.dep_ == "prep" and t.lower_ == "from":
            return child(t, "pcomp")
        if t.dep_ == "dobj":
            inner = child(t, "prep")
            if inner is not None and inner.lower_ == "from" and child(inner, "pcomp") is not None:
                return child(inner, "pcomp")
    return None


def moves(seen: Seen) -> Iterator[Link]:
    """Read "A drives B into the arms of C", "A pushed B towards C": nearness of B to C grows."""
    verb = seen.verb
    moved = child(verb, "nsubjpass") if is_passive(verb) else child(verb, "dobj")
    if moved is None or moved.lemma_.lower() in words().sets["moves things"]:
        return
    step = _step(verb, moved)
    to = step if step is None or step.pos_ == "ADP" else child(step, "prep")
    goal = next(iter(governed(to)), None) if to is not None else None
    if step is None or goal is None:
        return
    idiom = goal.lemma_.lower() in _IDIOMS
    goal = _whose(goal)
    if not idiom and not (seen.acts(goal) and seen.acts(moved)):
        return
    first = step if is_passive(verb) else min(moved.left_edge, step, key=place_of)
    effect = Phrase(seen.sentence, moved, first, max(step.right_edge, moved, key=place_of))
    names = {"effect": f"closeness of {moved.lower_} to {goal.lower_}"}
    for cause in doers(verb):
        yield Link(seen.end(cause), effect, "moves", verb, (verb, verb), "+", change="up", names=names)


def _step(verb: Token, moved: Token) -> Token | None:
    """Return the word that says where to."""
    listed = words().sets["moves prepositions"]
    step = next((t for t in verb.children if t.lower_ in listed and t.i > verb.i), None)
    inner = child(moved, "prep")
    if step is None and inner is not None and inner.lower_ in {"towards", "toward", "into"}:
        return inner
    return step


def _whose(goal: Token) -> Token:
    """Return whose arms, camp or side it is."""
    if goal.lemma_.lower() not in _SIDES:
        return goal
    of = child(goal, "prep", "poss")
    if of is not None and of.dep_ == "poss":
        return of
    return next(iter(governed(of)), goal) if of is not None else goal
