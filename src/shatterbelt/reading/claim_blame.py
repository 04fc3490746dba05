"""Claims by blame: "blamed A for B", "A was to blame", "behind B lies A"; "robbed B of A"."""

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
    noun_phrase,
    own_subjects,
    phrase,
    subjects,
)
from shatterbelt.reading.claim_words import words
from shatterbelt.reading.parsed import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token

    from shatterbelt.reading.parties import Parties


def end_of(sentence: Sentence, token: Token) -> Phrase:
    """Return an end of a claim: a clause without its opening word, or a noun phrase."""
    if token.pos_ in CLAUSES:
        found = clause(sentence, token)
        marks = [t for t in token.children if t.dep_ == "mark"]
        return phrase(sentence, token, marks) if marks else found
    return noun_phrase(sentence, token)


def blamed(sentence: Sentence, verb: Token) -> Iterator[Link]:
    """Read "blamed A for B": A makes B, as the one who blames has it."""
    how = words().sets[f"blames {verb.lemma_.lower()}"]
    whom = child(verb, "dobj", "nsubjpass")
    step = next((t for t in verb.children if t.dep_ == "prep" and t.lower_ in how), None)
    if step is None and whom is not None:
        step = next((t for t in whom.children if t.dep_ == "prep" and t.lower_ in how), None)
    if step is None:
        responsible = next(
            (t for t in verb.children if t.lower_ in how and t.dep_ in {"oprd", "acomp", "ccomp"}), None
        )
        step = child(responsible, "prep") if responsible is not None else None
    if whom is None or step is None:
        return
    for effect in governed(step):
        if effect.pos_ in {"NOUN", "PROPN"}:
            out = phrase(sentence, whom, [step])
            yield Link(out, end_of(sentence, effect), "verb:blame", verb, (verb, step), "+")


def robbed(sentence: Sentence, verb: Token, parties: Parties | None) -> Iterator[Link]:
    """Read "robbed the town of its work": less work."""
    from_whom = child(verb, "dobj", "nsubjpass")
    of = next((t for t in verb.children if t.dep_ == "prep" and t.lower_ in {"of", "from"}), None)
    if of is None and from_whom is not None:
        of = next((t for t in from_whom.children if t.dep_ == "prep" and t.lower_ == "of"), None)
    if from_whom is None or of is None:
        return
    for cause in subjects(verb):
        if cause.pos_ not in {"NOUN", "VERB"} or is_actor(cause, sentence, parties):
            continue
        for effect in (t for t in governed(of) if t.pos_ == "NOUN"):
            end = end_of(sentence, effect)
            yield Link(end_of(sentence, cause), end, "verb:rob", verb, (verb, of), "+", change="down")


def to_blame(sentence: Sentence, verb: Token, parties: Parties | None) -> Iterator[Link]:
    """Read "A is to blame for B", "A was responsible for B", "B rose, and A was to blame"."""
    if verb.lemma_ != "be":
        return
    word = next(
        (t for t in verb.children if t.dep_ in {"xcomp", "acomp"} and t.lower_ in {"blame", "responsible"}),
        None,
    )
    causes = own_subjects(verb) if word is not None else []
    if word is None or not causes or causes[0].pos_ == "PRON":
        return
    if word.lower_ == "responsible" and is_actor(causes[0], sentence, parties):
        return
    step = next((t for above in (word, verb) for t in above.children if t.lower_ == "for"), None)
    ends = [end_of(sentence, each) for each in governed(step)] if step is not None else []
    if not ends and verb.dep_ == "conj" and verb.head.pos_ in CLAUSES and word.lower_ == "blame":
        ends = [clause(sentence, verb.head, [verb])]
    for cause in causes:
        for end in ends:
            yield Link(noun_phrase(sentence, cause), end, "verb:blame", verb, (verb, word), "+")


def behind(sentence: Sentence, verb: Token, parties: Parties | None) -> Iterator[Link]:
    """Read "behind the protests lie rising prices"."""
    step = next((t for t in verb.children if t.lower_ == "behind" and t.dep_ == "prep"), None)
    if step is None or step.i > verb.i:
        return
    causes = [t for t in verb.children if t.i > verb.i and t.dep_ in {"nsubj", "dobj", "attr"}]
    for effect in governed(step):
        for cause in causes[:1]:
            if not is_actor(effect, sentence, parties) and not is_actor(cause, sentence, parties):
                yield Link(
                    noun_phrase(sentence, cause),
                    end_of(sentence, effect),
                    "verb:reversed",
                    verb,
                    (step, verb),
                    "+",
                )
