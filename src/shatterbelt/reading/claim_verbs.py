"""Claims told by a verb: active, passive, relative, participle, infinitive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_frames import EMPTY, MEASURES, SHARES, TIMES, Seen, doers, place_of
from shatterbelt.reading.claim_links import Link
from shatterbelt.reading.claim_makes import makes, moves, places
from shatterbelt.reading.claim_participles import demanding_links, protested_links, trailing_links
from shatterbelt.reading.claim_phrases import (
    child,
    counted,
    governed,
    is_passive,
    is_people,
    objects,
    subjects,
)
from shatterbelt.reading.claim_words import follow, words
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.valence import quantity_name

if TYPE_CHECKING:
    from spacy.tokens import Token

    from shatterbelt.reading.parties import Parties

_NOT_OF_PEOPLE = frozenset({"come", "follow", "live", "date", "respond", "react", "suffer", "arise"})
_OWED = frozenset({"money", "debt", "sum", "rent", "tax", "amount", "million", "billion", "dollar", "wage"})
_THINGS = frozenset({"NOUN", "PROPN", "VERB", "AUX"})


def verb_links(sentence: Sentence, parties: Parties | None) -> Iterator[Link]:
    """Give what the verbs of a sentence say makes what happen."""
    known = words()
    for token in sentence.tokens:
        if token.pos_ not in {"VERB", "AUX", "ADJ"} and token.tag_ not in {"VBG", "VBN"}:
            continue
        trailing = list(trailing_links(sentence, token))
        yield from trailing
        for entry in known.verbs.get(token.lemma_.lower(), ()) if not trailing else ():
            found = follow(token, entry.rest)
            if found is None:
                continue
            links = list(_READ[entry.frame](Seen(sentence, token, found, entry, parties)))
            yield from links
            if links:
                break
        yield from demanding_links(sentence, token)
        yield from protested_links(sentence, token)


def _forward(seen: Seen) -> Iterator[Link]:
    """Read "A leads to B", "B was caused by A", "which triggered B"."""
    verb, entry = seen.verb, seen.entry
    effects, rule = _effects(seen)
    words_ = [verb, *seen.found]
    connective = (min(words_, key=place_of), max(words_, key=place_of))
    sign = "+" if entry.change else entry.sign
    effects = [effect for effect in effects if _may_follow(effect, seen)]
    felt = entry.rest == () and entry.lemma in words().sets["feelings"]
    for cause in seen.causes() if effects else ():
        for effect in effects:
            if effect != cause:
                ends = seen.end(cause), seen.end(effect)
                names = {"effect": quantity_name(effect)} if felt and effect.pos_ == "PROPN" else {}
                yield Link(*ends, rule, verb, connective, sign=sign, change=entry.change, names=names)


def _effects(seen: Seen) -> tuple[list[Token], str]:
    """Return what a verb makes or changes, and the name of the rule that read it."""
    verb, found, last = seen.verb, seen.found, seen.last
    rule = "changes" if seen.entry.change else "verb"
    after = governed(last) if last.pos_ == "ADP" and last.dep_ != "prt" else []
    if after:
        return after, rule
    if is_passive(verb):
        head = [verb.head] if verb.dep_ in {"acl", "amod"} else []
        if verb.dep_ == "advcl" and verb.tag_ == "VBN":
            head = subjects(verb.head, passive=True)  # "weakened by purges, the army fled"
        return subjects(verb, passive=True) or head, f"{rule}:passive"
    effects = [t for t in objects(verb) if t not in found and t.dep_ in {"dobj", "conj", "attr", "dative"}]
    if not effects and found and found[-1].dep_ == "dobj":
        effects = [found[-1]]  # "met resistance"
    means = child(verb, "ccomp") if verb.lemma_ in {"mean", "explain", "ensure"} else None
    return effects or ([means] if means is not None else []), rule


def _may_follow(token: Token, seen: Seen) -> bool:
    """Return whether it can be an effect; a measure ("rose by 9 percent") or a person caused is none."""
    entry = seen.entry
    of_what = counted(token)
    if of_what != token and of_what.lower_ not in SHARES:
        token = of_what
    number = token.ent_type_ in MEASURES | TIMES or token.pos_ in {"ADJ", "ADV", "NUM", "DET"}
    number = number and not (token.tag_ in {"NNS", "JJS"} and entry.lemma in words().sets["feelings"])
    priced = entry.lemma == "cost" and any(t.dep_ in {"nummod", "quantmod"} for t in token.children)
    missed = token.left_edge.lower_ in {"even", "if"}  # by the parse: a clause taken for a phrase
    if number or priced or missed or token.lower_ in EMPTY | SHARES:
        return False
    if entry.rest == () and entry.lemma in words().sets["feelings"]:
        return token.pos_ in {"NOUN", "PROPN"} or token.tag_ == "JJS"
    if token.pos_ == "PRON":
        return bool(entry.change) and token.lower_ in {"them", "this", "these"}
    return (
        bool(entry.change)
        or (entry.sign == "unknown" and token.ent_type_ != "PERSON")
        or not seen.acts(token)
    )


def _reversed(seen: Seen) -> Iterator[Link]:
    """Read "B results from A", "B depends on A", "B was blamed on A"."""
    verb, last = seen.verb, seen.last
    causes = governed(last) if last.pos_ in {"ADP", "SCONJ", "PART"} else objects(verb)
    effects = subjects(verb, passive=True)
    direct = child(verb, "dobj")
    if direct is not None and direct not in (*causes, *seen.found) and not is_passive(verb):
        relative = verb.dep_ == "relcl" and direct.lower_ in {"which", "that"}
        effects = [verb.head] if relative else [direct]  # "they blamed the delay on snow"
    if not effects and verb.dep_ in {"acl", "relcl", "amod"}:
        effects = [verb.head]
    for cause in causes:
        for effect in effects:
            if cause not in effects and _may_reverse(cause, effect, seen):
                both = seen.acts(effect) and seen.acts(cause)
                sign = "unknown" if both else seen.entry.sign
                yield Link(seen.end(cause), seen.end(effect), "verb:reversed", verb, (verb, last), sign)


def _may_reverse(cause: Token, effect: Token, seen: Seen) -> bool:
    """Return whether "effect comes of cause" tells of things, not of who responds to or owes whom."""
    if (
        cause.pos_ not in _THINGS
        or cause.ent_type_ in TIMES | {"GPE"}
        or cause.lower_ in EMPTY
        or is_people(cause)
    ):
        return False
    if effect.lower_ in EMPTY and effect.lower_ != "it":
        return False
    if seen.verb.lemma_ == "owe" and (seen.acts(cause) or effect.lemma_ in _OWED):
        return False
    return not (seen.verb.lemma_ in _NOT_OF_PEOPLE and seen.acts(effect))


def _correlates(seen: Seen) -> Iterator[Link]:
    """Read "A is associated with B", "A coincided with B": no cause is told."""
    verb, last = seen.verb, seen.last
    head = [verb.head] if verb.dep_ in {"acl", "amod"} else []
    one = subjects(verb, passive=True) or head
    others = governed(last) if last.pos_ == "ADP" else objects(verb)
    later = " ".join((verb.lemma_, *seen.entry.rest)) in words().sets["correlates later"]
    if not seen.found and is_passive(verb):
        one, others = others or doers(verb), subjects(verb, passive=True)
    for a in one[:1]:
        for b in others:
            if _may_go_together(a, seen) and _may_go_together(b, seen):
                ends = (seen.end(b), seen.end(a)) if later else (seen.end(a), seen.end(b))
                yield Link(*ends, "correlates", verb, (verb, last), relation="correlation")


def _may_go_together(token: Token, seen: Seen) -> bool:
    """Return whether it is a thing that varies or happens, not a date, not somebody."""
    if token.lower_ in EMPTY or token.pos_ not in {"NOUN", "PROPN", "VERB"}:
        return False
    dated = token.ent_type_ in TIMES and not any(t.dep_ == "amod" for t in token.children)
    return not dated and token.lemma_ not in words().sets["correlates plain_objects"] and not seen.acts(token)


_READ = {
    "forward": _forward,
    "changes": _forward,
    "makes": makes,
    "places": places,
    "moves": moves,
    "reversed": _reversed,
    "correlates": _correlates,
}
