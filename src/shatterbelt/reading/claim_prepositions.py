"""Claims told by a preposition: "due to", "in response to", "protests over", "by doing", "through"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_links import Link
from shatterbelt.reading.claim_phrases import (
    CLAUSES,
    Phrase,
    child,
    clause,
    governed,
    is_actor,
    marked,
    noun_phrase,
    own_subjects,
    phrase,
    said_in,
)
from shatterbelt.reading.claim_words import sequence, words
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.valence import valences
from shatterbelt.statements import Sign

if TYPE_CHECKING:
    from spacy.tokens import Token

    from shatterbelt.reading.parties import Parties

SURE = 0.9
"""The encoder's chance above which it may speak for words that mostly tell a time."""
_NO_CAUSES = frozenset({"DATE", "TIME", "GPE", "CARDINAL", "MONEY", "PERSON", "FAC"})
_TIMES = frozenset({"day", "week", "month", "year", "weekend", "decade", "hour", "time", "night", "morning"})


def preposition_links(sentence: Sentence, parties: Parties | None) -> Iterator[Link]:
    """Give what the prepositions of a sentence say makes what happen."""
    tokens = list(sentence.tokens)
    taken = -1
    for place, token in enumerate(tokens):
        if place <= taken:
            continue
        entry = next(
            (e for e in words().prepositions.get(token.lower_, ()) if sequence(tokens, place, e[0])), None
        )
        if entry is not None:
            parts, sign, purpose = entry
            taken = place + len(parts) - 1
            yield from phrase_link(sentence, tokens[place : taken + 1], sign, purpose=purpose)
        else:
            yield from _by_doing(sentence, token)
            yield from _on_news(sentence, token)
            yield from _through(sentence, token, parties)
            yield from _after_word(sentence, token, parties)


def phrase_link(sentence: Sentence, run: list[Token], sign: Sign, *, purpose: bool = False) -> Iterator[Link]:
    """Read "B because of A", "due to A B", "B was due to A", "B, in an effort to A"."""
    causes = _governed_by(run, purpose=purpose)
    top = run[0]
    while top.head in run and top.head != top:
        top = top.head
    host = top.head
    if not causes or host in run or host in causes:
        return
    if " ".join(t.lower_ for t in run) in words().sets["times"] and not _sure(sentence, host, causes[0]):
        return
    effect = _host(sentence, host, top, [t for t in causes if t.head == host])
    rule = "preposition:" + " ".join(t.lower_ for t in run)
    for cause in causes:
        end = _end(sentence, cause)
        if effect is None or end.overlaps(effect) or end.first.i <= run[-1].i <= end.last.i:
            continue
        if purpose:
            yield Link(effect, end, rule, host, (run[0], run[-1]), relation="purpose")
        else:
            yield Link(end, effect, rule, host, (run[0], run[-1]), sign=sign)


def _sure(sentence: Sentence, host: Token, cause: Token) -> bool:
    """Return whether the encoder is sure that "following" and its like tell a cause, not a time alone."""
    said = sentence.prediction
    both = said is not None and marked(sentence, host) and marked(sentence, cause)
    return both and said is not None and said.causal >= SURE


def _governed_by(run: list[Token], *, purpose: bool) -> list[Token]:
    """Return what stands after a preposition of several words."""
    after = run[-1].i
    found = [t for t in run[-1].children if t.i > after and t.dep_ in {"pobj", "pcomp", "xcomp", "prep"}]
    if found and found[0].dep_ == "prep":
        found = governed(found[0])
    if not found:
        inside = [t for w in run for t in w.children if t not in run and t.i > after]
        found = [t for t in inside if t.dep_ in {"pobj", "pcomp", "acl", "xcomp"}]
    if not found and run[-1].dep_ in {"aux", "mark"}:  # "in an attempt to end", "on the ground that"
        found = [run[-1].head]
    first = found[:1]
    if first and first[0].tag_ == "VB" and not own_subjects(first[0]) and not purpose:
        return []
    joined = {"NOUN", "PROPN", "VERB"}
    return [*first, *(c for t in first for c in t.conjuncts if c.i > t.i and c.pos_ in joined)]


def _end(sentence: Sentence, token: Token) -> Phrase:
    return clause(sentence, token) if token.pos_ in CLAUSES else noun_phrase(sentence, token)


def _host(sentence: Sentence, host: Token, top: Token, causes: list[Token]) -> Phrase | None:
    """Return what the phrase is said of: the subject of "was due to", a happening, or a clause."""
    if host.lemma_ == "be" or host.dep_ == "acomp":
        verb = host if host.lemma_ == "be" else host.head
        found = own_subjects(verb)
        state = child(verb, "acomp", "attr")
        if found and (state is None or state == top) and found[0].lower_ != "there":
            return noun_phrase(sentence, found[0], joined=True)
        return clause(sentence, verb, [top, *causes])
    if host.pos_ in {"NOUN", "PROPN"}:
        verb = host.head
        placed = host.dep_ in {"dobj", "pobj", "attr", "appos"}
        while placed and verb.pos_ not in CLAUSES and verb.head != verb:
            verb = verb.head
        if placed and verb.pos_ in CLAUSES:
            return clause(sentence, said_in(verb, top), [top, *causes])
        return phrase(sentence, host, [top, *causes])
    if host.pos_ in CLAUSES:
        return clause(sentence, said_in(host, top), [top, *causes])
    return (
        phrase(sentence, host.head if host.dep_ == "acomp" else host, [top, *causes])
        if host.pos_ == "ADJ"
        else None
    )


def _after_word(sentence: Sentence, token: Token, parties: Parties | None) -> Iterator[Link]:
    """Read "protests over prices", "died from hunger", "jailed for theft": only after the words listed."""
    if token.dep_ != "prep":
        return
    host = token.head
    listed = words().after.get(token.lower_)
    if listed is None or host.i > token.i or not _calls_for_a_reason(host, token.lower_, listed):
        return
    for cause in governed(token):
        if cause.ent_type_ in _NO_CAUSES or cause.pos_ in {"PRON", "NUM", "PROPN"} or cause.lemma_ in _TIMES:
            continue
        if is_actor(cause, sentence, parties):
            continue
        whole = clause(sentence, host, [token]) if host.pos_ in CLAUSES else phrase(sentence, host, [token])
        end = _end(sentence, cause)
        if not end.overlaps(whole):
            yield Link(end, whole, f"preposition:{token.lower_}", host, (token, token), sign="+")


def _calls_for_a_reason(host: Token, preposition: str, listed: frozenset[str]) -> bool:
    """Return whether a cause stands after such a word: "protest over", "staged a rally against"."""
    lemma = host.lemma_.lower()
    if host.pos_ == "NOUN" and preposition == "over" and lemma in words().sets["topics"]:
        return False
    if host.pos_ not in CLAUSES or lemma in listed:
        return lemma in listed
    acts = [t for t in host.children if t.dep_ in {"dobj", "nsubjpass"}]
    acts += [each for t in host.children if t.dep_ == "prep" and t.lower_ == "on" for each in governed(t)]
    return preposition in {"over", "against"} and any(
        t.lemma_.lower() in listed for t in acts if t.pos_ == "NOUN"
    )


def _by_doing(sentence: Sentence, token: Token) -> Iterator[Link]:
    """Read "raised revenue by taxing exports": how it was done is what made it."""
    doing = child(token, "pcomp")
    if token.lower_ != "by" or doing is None or doing.tag_ != "VBG":
        return
    host = token.head
    while host.pos_ not in CLAUSES and host.head != host:
        host = host.head
    if host.pos_ not in CLAUSES or host.lemma_.lower() in words().sets["no_means"] or host == doing:
        return
    effect = clause(sentence, host, [token])
    for cause in (doing, *(t for t in doing.conjuncts if t.tag_ == "VBG" and t.i > doing.i)):
        end = _end(sentence, cause)
        if not end.overlaps(effect):
            yield Link(end, effect, "means:by", host, (token, token), sign="+")


def _on_news(sentence: Sentence, token: Token) -> Iterator[Link]:
    """Read "prices rose on strong demand": after verbs of rising and falling."""
    host = token.head
    if token.lower_ != "on" or token.dep_ != "prep" or host.lemma_.lower() not in valences().moves:
        return
    for cause in governed(token):
        if cause.lemma_.lower() in words().sets["news"] and host.i < token.i:
            effect = clause(sentence, host, [token])
            end = _end(sentence, cause)
            if not end.overlaps(effect):
                yield Link(end, effect, "preposition:on", host, (token, token), sign="+")


def _through(sentence: Sentence, token: Token, parties: Parties | None) -> Iterator[Link]:
    """Read "was brought under control through repression", "through this, the bloc grew stronger"."""
    if token.lower_ not in {"through", "via"} or token.dep_ != "prep":
        return
    host = token.head
    while (
        host.pos_ in {"NOUN", "ADV"} and host.dep_ in {"pobj", "prep", "dobj", "advmod"} and host.head != host
    ):
        host = host.head
    if host.pos_ not in CLAUSES or not _achieves(host):
        return
    for cause in governed(token):
        if cause.pos_ == "PROPN" or cause.ent_type_ or is_actor(cause, sentence, parties):
            continue
        if cause.lemma_.lower() in _TIMES or cause.lemma_ in {
            "street",
            "city",
            "town",
            "gate",
            "village",
            "door",
        }:
            continue
        effect = clause(sentence, host, [token])
        end = _end(sentence, cause)
        if not end.overlaps(effect):
            yield Link(end, effect, "means:through", host, (token, token), sign="+")


def _achieves(verb: Token) -> bool:
    known = valences()
    lemma = verb.lemma_.lower()
    plain = {
        "achieve",
        "reach",
        "win",
        "gain",
        "acquire",
        "obtain",
        "lose",
        "solve",
        "resolve",
        "settle",
        "secure",
    }
    return lemma in known.move_others or lemma in known.phrasal or lemma in known.moves or lemma in plain
