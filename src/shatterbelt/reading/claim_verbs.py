"""Claims told by a verb: active, passive, relative, participle, infinitive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_links import Link
from shatterbelt.reading.claim_phrases import (
    Phrase,
    child,
    clause,
    governed,
    is_actor,
    is_passive,
    is_people,
    noun_phrase,
    objects,
    phrase,
    subjects,
)
from shatterbelt.reading.claim_words import VerbPhrase, follow, words
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.valence import state_of

if TYPE_CHECKING:
    from spacy.tokens import Token

    from shatterbelt.reading.parties import Parties

_NOT_OF_PEOPLE = frozenset({"come", "follow", "live", "date", "respond", "react", "suffer", "arise"})
_OWED = frozenset({"money", "debt", "sum", "rent", "tax", "amount", "million", "billion", "dollar", "wage"})
_SHARES = frozenset(
    {
        "percent",
        "per",
        "point",
        "points",
        "%",
        "third",
        "quarter",
        "half",
        "fifth",
        "tenth",
        "thirds",
        "quarters",
        "fold",
        "times",
    }
)
_MEASURES = frozenset({"PERCENT", "MONEY", "QUANTITY", "CARDINAL", "ORDINAL"})
_TIMES = frozenset({"DATE", "TIME"})
_EMPTY = frozenset(
    {
        "both",
        "one",
        "other",
        "others",
        "all",
        "some",
        "many",
        "none",
        "another",
        "it",
        "there",
        "what",
        "who",
        "which",
        "that",
        "how",
        "why",
        "whatever",
    }
)


def verb_links(sentence: Sentence, parties: Parties | None) -> Iterator[Link]:
    """Give what the verbs of a sentence say makes what happen."""
    known = words()
    for token in sentence.tokens:
        if token.pos_ not in {"VERB", "AUX", "ADJ"} and token.tag_ not in {"VBG", "VBN"}:
            continue
        for entry in known.verbs.get(token.lemma_.lower(), ()):
            found = follow(token, entry.rest)
            if found is None:
                continue
            links = list(_READ[entry.frame](sentence, token, found, entry, parties))
            yield from links
            if links:
                break
        yield from _trailing(sentence, token)
        yield from _demanding(sentence, token)


def _forward(
    sentence: Sentence, verb: Token, found: list[Token], entry: VerbPhrase, parties: Parties | None
) -> Iterator[Link]:
    """Read "A leads to B", "B was caused by A", "which triggered B"."""
    last = found[-1] if found else verb
    at_end = governed(last) if last.pos_ == "ADP" and last.dep_ not in {"prt"} else []
    causes = _doers(verb)
    if at_end:
        effects = at_end
    elif is_passive(verb):
        effects = subjects(verb, passive=True) or ([verb.head] if verb.dep_ in {"acl", "amod"} else [])
    else:
        effects = [
            t for t in objects(verb) if t not in found and t.dep_ in {"dobj", "conj", "attr", "dative"}
        ]
        effects = effects or ([found[-1]] if found and found[-1].dep_ == "dobj" else [])
        effects = effects or _clauses_caused(verb)
    connective = (min([verb, *found], key=_place), max([verb, *found], key=_place))
    rule = "changes" if entry.change else "verb"
    if is_passive(verb) and not at_end:
        rule += ":passive"
    for cause in causes:
        if not _may_cause(cause, sentence, parties):
            continue
        for effect in effects:
            if effect == cause or not _may_follow(effect, sentence, parties, entry):
                continue
            yield Link(
                _end(sentence, cause, verb),
                _end(sentence, effect, verb),
                rule,
                verb,
                connective,
                sign="+" if entry.change else entry.sign,
                change=entry.change,
            )


def _doers(verb: Token) -> list[Token]:
    """Return what a verb's causes are: its subjects, or in the passive what stands after "by"."""
    if not is_passive(verb):
        return subjects(verb)
    return [each for t in verb.children if t.dep_ == "agent" for each in governed(t) if each.pos_ != "VERB"]


def _clauses_caused(verb: Token) -> list[Token]:
    found = child(verb, "ccomp")
    return [found] if found is not None and verb.lemma_ in {"mean"} else []


def _may_cause(token: Token, sentence: Sentence, parties: Parties | None) -> bool:
    """Return whether it can be a cause: not somebody, not a number, not an empty word."""
    if token.lower_ in _EMPTY | _SHARES or (token.ent_type_ in _MEASURES | _TIMES and token.pos_ != "NOUN"):
        return False
    return token.pos_ in {"VERB", "AUX"} or not is_actor(token, sentence, parties)


def _may_follow(token: Token, sentence: Sentence, parties: Parties | None, entry: VerbPhrase) -> bool:
    """Return whether it can be an effect; a measure ("rose by 9 percent") or a person caused is none."""
    if token.lower_ in _EMPTY | _SHARES or token.pos_ in {"ADJ", "ADV", "NUM", "DET"}:
        return False
    if token.ent_type_ in _MEASURES | _TIMES:
        return False
    if token.left_edge.lower_ in {"even", "if"}:
        return False  # a parse that has missed the clause
    if entry.lemma == "cost" and any(t.dep_ in {"nummod", "quantmod"} for t in token.children):
        return False
    if entry.rest == () and entry.lemma in words().sets["feelings"]:
        return token.pos_ in {"NOUN", "PROPN"}
    if token.pos_ == "PRON" or (token.ent_type_ == "PERSON" and not entry.change):
        return token.pos_ == "PRON" and bool(entry.change) and token.lower_ in {"them", "this", "these"}
    return bool(entry.change) or entry.sign == "unknown" or not is_actor(token, sentence, parties)


def _end(sentence: Sentence, token: Token, verb: Token) -> Phrase:
    """Return the phrase of an end, never reaching over the verb that joins the two."""
    if token.pos_ in {"VERB", "AUX"}:
        return clause(sentence, token, [verb] if verb in token.subtree and verb != token else [])
    inside = [t for t in token.children if t == verb or verb in t.subtree]
    found = noun_phrase(sentence, token)
    if not inside:
        return found
    out = [*inside, *(t for t in token.children if t.dep_ in {"conj", "cc"})]
    return phrase(sentence, token, out)


def _place(token: Token) -> int:
    return int(token.i)


def _makes(
    sentence: Sentence, verb: Token, found: list[Token], entry: VerbPhrase, parties: Parties | None
) -> Iterator[Link]:
    """Read "A forced B to leave", "A prevents B from leaving", "A makes B cheaper"."""
    below = child(verb, "xcomp", "ccomp")
    direct = child(verb, "dobj") or (child(verb, "nsubjpass") if is_passive(verb) else None)
    if below is None or below.pos_ not in {"VERB", "AUX", "ADJ"} or below.i < verb.i:
        below = _from_doing(verb) if entry.sign == "-" else child(verb, "oprd")
        if entry.sign == "-" and below is not None and direct is None:
            direct = child(below, "nsubj")
    elif any(t.lower_ in {"that", "how", "whether"} and t.dep_ in {"mark", "advmod"} for t in below.children):
        return
    if below is None or (below.dep_ == "oprd" and below.pos_ != "ADJ"):
        return
    done_to = direct or child(below, "nsubj", "nsubjpass")
    if done_to is None and below.pos_ == "ADJ" and verb.dep_ == "relcl":
        done_to = verb.head  # "a plant that loans made possible"
    if done_to is None and verb.lemma_ not in {"help"}:
        return
    if below.pos_ == "ADJ" and done_to is not None and done_to.pos_ == "NOUN":
        change = state_of(below)
        for cause in _doers(verb):
            if _may_cause(cause, sentence, parties) and change:
                effect = _end(sentence, done_to, verb)
                yield Link(
                    _end(sentence, cause, verb), effect, "makes", verb, (verb, verb), "+", change=change
                )
        return
    first = done_to.left_edge if done_to is not None and done_to.i > verb.i else below.left_edge
    last = below.right_edge
    effect = Phrase(sentence, below, first, clause(sentence, below).last if last.i >= below.i else below)
    for cause in _doers(verb):
        if _may_cause(cause, sentence, parties) and not effect.first.i <= cause.i <= effect.last.i:
            yield Link(_end(sentence, cause, verb), effect, "makes", verb, (verb, verb), sign=entry.sign)


def _from_doing(verb: Token) -> Token | None:
    for t in verb.children:
        if t.dep_ == "prep" and t.lower_ == "from":
            return child(t, "pcomp")
        if t.dep_ == "dobj":
            inner = child(t, "prep")
            if inner is not None and inner.lower_ == "from" and child(inner, "pcomp") is not None:
                return child(inner, "pcomp")
    return None


def _moves(
    sentence: Sentence, verb: Token, found: list[Token], entry: VerbPhrase, parties: Parties | None
) -> Iterator[Link]:
    """Read "A drives B into the arms of C", "A pushed B towards C": nearness of B to C grows."""
    known = words().sets
    moved = child(verb, "dobj", "nsubjpass") if not is_passive(verb) else child(verb, "nsubjpass")
    if moved is None or moved.lemma_.lower() in known["moves things"]:
        return
    step = next((t for t in verb.children if t.lower_ in known["moves prepositions"] and t.i > verb.i), None)
    if (
        step is None
        and (inner := child(moved, "prep")) is not None
        and inner.lower_ in {"towards", "toward", "into"}
    ):
        step = inner
    if step is None:
        return
    to = step if step.pos_ == "ADP" else child(step, "prep")
    goals = governed(to) if to is not None else []
    goal = goals[0] if goals else None
    idiom = goal is not None and goal.lemma_.lower() in {"arm", "embrace", "orbit", "camp"}
    if goal is not None and goal.lemma_.lower() in {
        "arm",
        "embrace",
        "orbit",
        "camp",
        "side",
        "sphere",
        "lap",
    }:
        of = child(goal, "prep", "poss")
        goal = (
            of
            if of is not None and of.dep_ == "poss"
            else governed(of)[0]
            if of is not None and governed(of)
            else goal
        )
    if goal is None or (
        not idiom and not (is_actor(goal, sentence, parties) and is_actor(moved, sentence, parties))
    ):
        return
    first = moved.left_edge if not is_passive(verb) else to
    effect = Phrase(sentence, moved, min(first, step, key=_place), max(step.right_edge, moved, key=_place))
    name = f"closeness of {moved.lower_} to {goal.lower_}"
    for cause in _doers(verb):
        yield Link(
            _end(sentence, cause, verb),
            effect,
            "moves",
            verb,
            (verb, verb),
            "+",
            change="up",
            names={"effect": name},
        )


def _reversed(
    sentence: Sentence, verb: Token, found: list[Token], entry: VerbPhrase, parties: Parties | None
) -> Iterator[Link]:
    """Read "B results from A", "B depends on A", "B was blamed on A"."""
    last = found[-1] if found else verb
    causes = governed(last) if last.pos_ in {"ADP", "SCONJ", "PART"} else objects(verb)
    effects = subjects(verb, passive=True)
    direct = child(verb, "dobj")
    if direct is not None and direct not in causes and not is_passive(verb):
        relative = verb.dep_ == "relcl" and direct.lower_ in {"which", "that"}
        effects = [verb.head] if relative else [direct]  # "they blamed the delay on snow"
    if not effects and verb.dep_ in {"acl", "relcl", "amod"}:
        effects = [verb.head]
    for cause in causes:
        if cause.ent_type_ in _TIMES | {"GPE"} or cause.lower_ in _EMPTY or cause in effects:
            continue
        for effect in effects:
            if cause.pos_ not in {"NOUN", "PROPN", "VERB", "AUX"} or is_people(cause):
                continue
            if verb.lemma_ in _NOT_OF_PEOPLE and is_actor(effect, sentence, parties):
                continue
            if verb.lemma_ == "owe" and (is_actor(cause, sentence, parties) or effect.lemma_ in _OWED):
                continue
            if effect.lower_ in _EMPTY and effect.lower_ != "it":
                continue
            link = Link(
                _end(sentence, cause, verb),
                _end(sentence, effect, verb),
                "verb:reversed",
                verb,
                (verb, last),
                entry.sign,
            )
            if is_actor(effect, sentence, parties) and is_actor(cause, sentence, parties):
                link = replace(link, sign="unknown")
            yield link


def _correlates(
    sentence: Sentence, verb: Token, found: list[Token], entry: VerbPhrase, parties: Parties | None
) -> Iterator[Link]:
    """Read "A is associated with B", "A coincided with B", "B followed A": no cause is told."""
    last = found[-1] if found else verb
    one = subjects(verb, passive=True) or ([verb.head] if verb.dep_ in {"acl", "amod"} else [])
    others = governed(last) if last.pos_ == "ADP" else objects(verb)
    phrase_words = (verb.lemma_, *entry.rest)
    later = " ".join(phrase_words) in words().sets["correlates later"]
    if not found and is_passive(verb):
        one, others = others or _doers(verb), subjects(verb, passive=True)
    for a in one[:1]:
        for b in others:
            if any(t.lower_ in _EMPTY or t.pos_ not in {"NOUN", "PROPN", "VERB"} for t in (a, b)):
                continue
            if (
                b.lemma_ in words().sets["correlates plain_objects"]
                or _plain(a, sentence, parties)
                or _plain(b, sentence, parties)
            ):
                continue
            ends = (_end(sentence, a, verb), _end(sentence, b, verb))
            first, second = (ends[1], ends[0]) if later else ends
            yield Link(first, second, "correlates", verb, (verb, last), relation="correlation")


def _plain(token: Token, sentence: Sentence, parties: Parties | None) -> bool:
    dated = token.ent_type_ in _TIMES and not any(t.dep_ == "amod" for t in token.children)
    return dated or is_actor(token, sentence, parties)


def _trailing(sentence: Sentence, verb: Token) -> Iterator[Link]:
    """Read "the plant closed, leaving 300 without work": the clause before makes what the participle tells."""
    if verb.tag_ != "VBG" or verb.dep_ != "advcl" or verb.lemma_.lower() not in words().sets["trailing"]:
        return
    host = verb.head
    left = verb.left_edge.i
    if left <= host.i or (sentence.doc[left - 1].text != "," and sentence.doc[verb.i - 1].text != ","):
        return
    if child(verb, "nsubj") is not None or host.pos_ not in {"VERB", "AUX"}:
        return
    if not (objects(verb) or child(verb, "prep", "xcomp", "ccomp")):
        return
    cause = clause(sentence, host, [verb])
    effect = clause(sentence, verb)
    yield Link(cause, effect, "trailing", verb, (verb, verb), sign="+")


def _demanding(sentence: Sentence, verb: Token) -> Iterator[Link]:
    """Read "marched to the palace, demanding bread": what for; "protesting the cuts": because of what."""
    sets = words().sets
    lemma = verb.lemma_.lower()
    aim = lemma in sets["demanding"]
    if verb.tag_ != "VBG" or not (aim or lemma in sets["protesting"]) or verb.dep_ not in {"advcl", "acl"}:
        return
    host = verb.head
    while host.pos_ not in {"VERB", "AUX"} and host.head != host:
        host = host.head
    steps = [t for t in verb.children if t.dep_ == "prep" and t.lower_ in {"for", "against", "at", "over"}]
    ends = objects(verb) or [t for t in verb.children if t.dep_ in {"ccomp", "xcomp"}]
    ends = ends or [each for step in steps for each in governed(step)]
    if host.pos_ not in {"VERB", "AUX"} or host.i > verb.i or host.lemma_.lower() in sets["reporting"]:
        return
    act = clause(sentence, host, [verb])
    for end in ends[:1]:
        what = _end(sentence, end, verb)
        if what.overlaps(act):
            continue
        if aim:
            yield Link(act, what, "purpose:demanding", host, (verb, verb), relation="purpose")
        else:
            yield Link(what, act, "protesting", host, (verb, verb), "+")


_READ = {
    "forward": _forward,
    "changes": _forward,
    "makes": _makes,
    "moves": _moves,
    "reversed": _reversed,
    "correlates": _correlates,
}
