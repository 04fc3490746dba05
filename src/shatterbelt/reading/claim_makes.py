"""Claims told by verbs that make somebody do something, or move somebody to a side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_frames import EMPTY, TIMES, Seen, doers, place_of
from shatterbelt.reading.claim_links import Link
from shatterbelt.reading.claim_phrases import Phrase, child, clause, counted, governed, is_passive
from shatterbelt.reading.claim_words import words
from shatterbelt.reading.valence import MAX_WORDS, state_of
from shatterbelt.statements import Sign

if TYPE_CHECKING:
    from spacy.tokens import Token

_SIDES = frozenset({"arm", "embrace", "orbit", "camp", "side", "sphere", "lap"})
_ASKING = frozenset({"who", "what", "how", "why", "whether", "which", "where", "when"})
_IDIOMS = frozenset({"arm", "embrace", "orbit"})


def makes(seen: Seen) -> Iterator[Link]:
    """Read "A forced B to leave", "A prevents B from leaving", "A makes B cheaper"."""
    verb, sentence = seen.verb, seen.sentence
    below, direct = _made(seen)
    if below is None:
        return
    done_to = direct or child(below, "nsubj", "nsubjpass")
    if done_to is None and below.pos_ == "ADJ" and verb.dep_ == "relcl":
        done_to = verb.head  # "a plant that loans made possible"
    if done_to is None or below.left_edge.lower_ in _ASKING:
        return
    if below.pos_ in {"ADJ", "ADV", "NOUN"}:
        yield from _made_so(seen, below, done_to)
        return
    first = done_to.left_edge if done_to.i > verb.i else below.left_edge
    effect = Phrase(sentence, below, first, clause(sentence, below).last)
    for cause in seen.causes():
        if not effect.first.i <= cause.i <= effect.last.i:
            yield Link(seen.end(cause), effect, "makes", verb, (verb, verb), sign=seen.entry.sign)


def _made_so(seen: Seen, below: Token, done_to: Token) -> Iterator[Link]:
    """Read "made bread dearer", "makes the coast a target", "made it hard for convoys to cross"."""
    verb, sentence = seen.verb, seen.sentence
    change = "" if below.pos_ == "NOUN" else state_of(below) or _degree(below)
    if done_to.lower_ == "it":
        inner = next((t for t in below.children if t.tag_ == "VB" and t.i > below.i), None)
        if inner is None or not change:
            return
        effect = clause(sentence, inner)
        effect = Phrase(sentence, inner, _after_for(effect.first, inner), effect.last)
        sign: Sign = "-" if change == "down" else "+"
        for cause in seen.causes():
            yield Link(seen.end(cause), effect, "makes", verb, (verb, verb), sign)
    elif done_to.pos_ == "NOUN":
        for cause in seen.causes():
            if change:
                ends = seen.end(cause), seen.end(done_to)
                yield Link(*ends, "makes", verb, (verb, verb), "+", change=change)
            elif done_to.i < below.i:
                effect = Phrase(sentence, done_to, done_to.left_edge, below.right_edge)
                names = {"effect": _name(effect)}
                yield Link(seen.end(cause), effect, "makes", verb, (verb, verb), "+", names=names)


def _degree(adjective: Token) -> str:
    """Return "up" for "more tempting" and "down" for "less safe"."""
    told = {t.lower_ for t in adjective.children if t.dep_ == "advmod"}
    return "up" if "more" in told else "down" if "less" in told else ""


def _after_for(first: Token, verb: Token) -> Token:
    """Return where an infinitive's clause begins, without "for" and "to"."""
    while first.lower_ in {"for", "to"} and first.i < verb.i:
        first = first.nbor(1)
    return first


def _name(phrase: Phrase) -> str:
    kept = [
        t for t in phrase.sentence.doc[phrase.first.i : phrase.last.i + 1] if t.pos_ not in {"DET", "PUNCT"}
    ]
    return " ".join(t.lower_ for t in kept[:MAX_WORDS])


def places(seen: Seen) -> Iterator[Link]:
    """Read "left the town without power", "drove the young to the coast", "keeps pupils at home"."""
    verb, sentence = seen.verb, seen.sentence
    passive = is_passive(verb)
    moved = child(verb, "nsubjpass") if passive else child(verb, "dobj")
    if moved is None or moved.pos_ not in {"NOUN", "PROPN", "ADJ", "PRON"} or moved.lower_ in EMPTY:
        return
    step = _state_after(verb, verb if passive else moved)
    second = None if passive else child(verb, "dative") or _second_object(verb, moved)
    if step is None and second is None:
        return
    gone = verb.lemma_ == "leave" and moved.lemma_.lower() in words().sets["places left"]
    if gone and second is None and (step is None or step.lower_ != "without"):
        return
    parts = [t for t in ((step,) if passive else (moved, step, second)) if t is not None]
    first = min((t.left_edge for t in parts), key=place_of)
    last = max((t.right_edge for t in parts), key=place_of)
    effect = Phrase(sentence, step if passive and step is not None else moved, first, last)
    change = _height(step) if step is not None else ""
    names = {} if change else {"effect": _name(effect)}
    for cause in seen.causes():
        if not effect.first.i <= cause.i <= effect.last.i and cause != moved:
            yield Link(seen.end(cause), effect, "makes", verb, (verb, verb), "+", change=change, names=names)


def _height(step: Token) -> str:
    """Return "up" for "to a record" and "down" for "to a standstill"; an empty string for other places."""
    goal = next((t.lemma_.lower() for t in governed(step)), "") if step.pos_ == "ADP" else step.lower_
    sets = words().sets
    return "up" if goal in sets["places up"] else "down" if goal in sets["places down"] else ""


def _state_after(verb: Token, moved: Token) -> Token | None:
    """Return what tells the place or state that something is left in or moved to."""
    listed = words().sets["places to"]
    for token in (*verb.children, *moved.children, *counted(moved).children):
        if (
            token.i > moved.i
            and token.lower_ in listed
            and token.dep_ in {"prep", "advmod", "prt", "agent", "dative"}
        ):
            if any(t.ent_type_ in TIMES for t in governed(token)):
                continue
            return token
        if token.i > moved.i and token.dep_ in {"oprd", "acomp"} and token.head == verb:
            return token
    return None


def _second_object(verb: Token, moved: Token) -> Token | None:
    """Return the other object of "left the country no choice", "cost the minister his job"."""
    if verb.lemma_ not in {"leave", "cost", "give"}:
        return None
    return next((t for t in verb.children if t.dep_ == "dobj" and t != moved and t.i > moved.i), None)


def _made(seen: Seen) -> tuple[Token | None, Token | None]:
    """Return what is made or kept from being done, and whom it is done to where that is the object."""
    verb = seen.verb
    below = child(verb, "xcomp", "ccomp")
    direct = child(verb, "dobj") or (child(verb, "nsubjpass") if is_passive(verb) else None)
    if below is None and direct is not None and seen.entry.sign == "+":
        below = _driven(verb, direct)
    late = _late_adjective(direct) if below is None and verb.lemma_ in {"make", "render"} else None
    if late is not None:
        return late, direct
    comparative = below is not None and (below.tag_ in {"JJR", "RBR"} or below.pos_ == "NOUN")
    if (
        below is not None
        and comparative
        and verb.lemma_ in {"make", "render", "leave"}
        and child(below, "nsubj") is not None
    ):
        return below, direct
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


def _driven(verb: Token, direct: Token) -> Token | None:
    """Return the infinitive behind an object, which the parser took for a purpose: "drove him to leave"."""
    if verb.lemma_ not in words().sets["driving"] or direct.i < verb.i:
        return None
    at = direct.right_edge.i + 1
    return next(
        (t for t in verb.children if t.dep_ == "advcl" and t.tag_ == "VB" and t.left_edge.i == at), None
    )


def _late_adjective(noun: Token | None) -> Token | None:
    """Return the adjective behind an object: "made a test of strength more tempting"."""
    if noun is None:
        return None
    return next((t for t in noun.subtree if t.dep_ == "amod" and t.i > t.head.i and t.pos_ == "ADJ"), None)


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
