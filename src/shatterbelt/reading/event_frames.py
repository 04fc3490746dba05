"""Who does what to whom in a clause: a verb with its logical subject, objects, prepositions, complements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shatterbelt.reading.event_tables import word_list

if TYPE_CHECKING:
    from spacy.tokens import Token

_SUBJECTS = frozenset({"nsubj", "csubj"})
_PASSIVE = frozenset({"nsubjpass", "csubjpass"})
_OBJECTS = frozenset({"dobj", "obj"})
_OBJECT_CONTROL = word_list("object_control")
_COUNTING = word_list("counting")
_STATIVE = word_list("stative")


@dataclass(slots=True)
class Frame:
    """A clause around a verb; lists hold the heads of noun phrases.

    ``subjects`` are those who do it (a passive's agent), ``objects`` those it is done to. ``preps`` are
    pairs of a preposition and the head that it introduces, also from inside the object.
    """

    verb: Token
    subjects: list[Token] = field(default_factory=list)
    objects: list[Token] = field(default_factory=list)
    receivers: list[Token] = field(default_factory=list)
    particles: set[str] = field(default_factory=set)
    preps: list[tuple[str, Token]] = field(default_factory=list)
    clauses: list[tuple[str, Token]] = field(default_factory=list)
    passive: bool = False


def frame_of(verb: Token) -> Frame:
    """Return the clause of a verb, its subject found also through control, relatives and coordination."""
    frame = Frame(verb)
    own: list[Token] = []
    for child in verb.children:
        dep = child.dep_
        if dep in _SUBJECTS:
            own = [child]  # of two, the nearer one: the first is a dateline or stands apart
        elif dep in _PASSIVE or dep == "auxpass":
            frame.passive = True
            frame.objects += [_antecedent(child)] if dep in _PASSIVE else []
        elif dep == "agent":
            frame.subjects += [inner for inner in child.children if inner.dep_ == "pobj"]
        else:
            _complement(frame, child)
    for token in frame.objects:
        _object_side(frame, token)
    if verb.lemma_ in _STATIVE and not frame.subjects and not frame.receivers and frame.passive:
        frame.passive = False
        frame.subjects, frame.objects = frame.objects, []
    elif frame.passive or _bare_participle(verb):
        _passive_side(frame, verb, own)
    else:
        frame.subjects += [_antecedent(token) for token in own] or _inherited(verb, set())
    return frame


def _complement(frame: Frame, child: Token) -> None:
    """Add an object, a particle, a preposition or a clause that hangs on the verb."""
    dep = child.dep_
    if dep in _OBJECTS or (dep == "attr" and frame.verb.lemma_ != "be"):
        frame.objects += [_antecedent(child), *child.conjuncts]
    elif dep == "npadvmod" and frame.verb.lemma_ == "give":  # "gave them three days to leave"
        frame.objects.append(child)
    elif dep == "dative" and child.pos_ not in {"ADP", "PART"}:
        frame.receivers.append(child)
    elif dep == "prt" or (dep == "advmod" and child.lower_ in _PARTICLES):
        frame.particles.add(child.lower_)
    elif dep in {"prep", "dative"}:
        frame.preps += _preps(child)
        if child.lower_ in _PARTICLES - {
            "through",
            "home",
        }:  # "voted down the budget", "walked out of the talks"
            frame.particles.add(child.lower_)
            frame.objects += [inner for inner in child.children if inner.dep_ == "pobj"]
    elif dep in {"xcomp", "ccomp"}:
        frame.clauses.append((_clause(child), child))
        if frame.verb.lemma_ in _OBJECT_CONTROL and _clause(child) == "to":
            frame.objects += [inner for inner in child.children if inner.dep_ == "nsubj"]
    elif dep in {"acomp", "oprd"}:
        frame.particles.add(child.lower_)  # "set the captives free", "hold them hostage"
        frame.preps += [pair for inner in child.children if inner.dep_ == "prep" for pair in _preps(inner)]


_HANGING = frozenset({"xcomp", "conj", "advcl", "ccomp", "dep", "acomp"})
_PARTICLES = frozenset(
    {"down", "off", "out", "back", "up", "away", "together", "jointly", "aside", "over", "through", "home"}
)
_LEADING = _PARTICLES - {"through", "home"}


def _object_side(frame: Frame, token: Token) -> None:
    for inner in token.children:
        if inner.dep_ == "prep" and inner.i > token.i:
            frame.preps += _preps(inner)
        elif inner.dep_ in {"acl", "relcl"} and inner.tag_ == "VB":
            frame.clauses.append(("to", inner))


def _passive_side(frame: Frame, verb: Token, own: list[Token]) -> None:
    """Fill in what a passive is done to: its subject, or the noun or subject that it leans on."""
    if own and not frame.objects:
        frame.passive = True
        frame.objects += [_antecedent(token) for token in own]
    elif not frame.objects:
        frame.passive = True
        if verb.dep_ == "acl":
            frame.objects.append(verb.head)
        else:
            frame.objects += _inherited(verb, set(), passive=True)


def _bare_participle(verb: Token) -> bool:
    return (
        verb.tag_ == "VBN"
        and (verb.dep_ in {"acl", "advcl", "conj", "xcomp"} or _is_had_done(verb))
        and not any(
            child.dep_ == "aux" or (child.dep_ == "nsubj" and not _is_had_done(verb))
            for child in verb.children
        )
        and not (verb.dep_ == "conj" and not _is_passive(verb.head))
    )


def _is_had_done(verb: Token) -> bool:
    """Return whether a participle tells what happens to its own noun: "wants the charges dropped"."""
    return verb.dep_ == "ccomp" and verb.head.lemma_ in {"want", "have", "see", "get", "need", "find", "keep"}


def _is_passive(verb: Token) -> bool:
    return any(child.dep_ in {"auxpass", "nsubjpass"} for child in verb.children) or (
        verb.dep_ == "acl" and verb.tag_ == "VBN"
    )


def _preps(prep: Token) -> list[tuple[str, Token]]:
    """Return the heads that a preposition introduces, through chains such as "out of"."""
    found = []
    for inner in prep.children:
        if inner.dep_ in {"pobj", "pcomp"}:
            found.append((prep.lower_, inner))
            for further in inner.children:
                if further.dep_ == "prep" and further.lower_ in {
                    "against",
                    "with",
                    "on",
                    "to",
                    "for",
                    "of",
                    "in",
                }:
                    found += [pair for pair in _preps(further) if pair[0] != "of"]
        elif inner.dep_ == "prep":
            found += _preps(inner)
    return found


def _clause(verb: Token) -> str:
    if any(child.lower_ == "to" and child.dep_ == "aux" for child in verb.children):
        return "to"
    if verb.tag_ == "VB" and any(child.dep_ == "nsubj" for child in verb.children):
        return "that" if any(child.dep_ == "aux" for child in verb.children) else "should"
    return "ing" if verb.tag_ == "VBG" and verb.dep_ == "xcomp" else "that"


def _antecedent(token: Token) -> Token:
    """Return the noun that a relative pronoun stands for, or the token itself."""
    if token.lower_ in {"who", "which", "that", "whom"} and token.pos_ in {"PRON", "DET", "SCONJ"}:
        for above in token.ancestors:
            if above.dep_ == "relcl":
                return above.head
    return token


def inherited(verb: Token) -> list[Token]:
    """Return the subject that a verb without one takes from the clause it hangs on."""
    return _inherited(verb, set())


def _inherited(verb: Token, seen: set[int], *, passive: bool = False) -> list[Token]:
    if verb.i in seen:
        return []
    seen.add(verb.i)
    head, dep = verb.head, verb.dep_
    if dep == "acl" and verb.tag_ == "VB":  # "plans to leave": whose plans
        return [child for child in head.children if child.dep_ == "poss"] or _carrier(head, seen)
    if dep in {"acl", "relcl"}:
        return [] if passive and dep == "relcl" else [head]
    if dep in {"xcomp", "ccomp"} and head.lemma_ in _OBJECT_CONTROL:
        objects = [child for child in head.children if child.dep_ in {"dobj", "nsubjpass", "dative"}]
        if objects:
            return objects
    if dep == "pcomp":
        return _pcomp_subject(verb, seen)
    return _of_clause(head, seen) if dep in _HANGING else []


def _of_clause(head: Token, seen: set[int]) -> list[Token]:
    if head.pos_ in {"ADJ", "ADV"}:
        head = head.head
    active = [child for child in head.children if child.dep_ == "nsubj"]
    passive = [child for child in head.children if child.dep_ == "nsubjpass"]
    return [_antecedent(token) for token in active or passive] or _inherited(head, seen)


def _pcomp_subject(verb: Token, seen: set[int]) -> list[Token]:
    """Return who does the gerund: of "accused X of lying" the object, of "insisted on it" the subject."""
    above = verb.head.head
    objects = [child for child in above.children if child.dep_ in {"dobj", "nsubjpass"}]
    if objects and verb.head.lower_ in {"of", "for", "from", "into"}:
        return objects
    return _of_clause(above, seen) if above.pos_ in {"VERB", "AUX"} else _carrier(above, seen)


def _carrier(noun: Token, seen: set[int]) -> list[Token]:
    """Return the subject of the verb that a noun is the object of: "has plans to", "took steps to"."""
    head = noun.head
    if noun.dep_ in {"dobj", "attr", "pobj"} and head.pos_ == "ADP":
        head = head.head
    return _of_clause(head, seen) if head.pos_ in {"VERB", "AUX"} else []


def inner_noun(token: Token) -> Token:
    """Return the noun that a counting one stands for: of "a new round of sanctions" the sanctions."""
    for _ in range(3):
        if token.lemma_.lower() not in _COUNTING:
            return token
        inner = [
            noun
            for prep in token.children
            if prep.dep_ == "prep" and prep.lower_ == "of"
            for noun in prep.children
            if noun.dep_ == "pobj"
        ]
        if not inner:
            return token
        token = inner[0]
    return token
