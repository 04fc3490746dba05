"""Claims over more than one clause: "as a result", "less with A. Rather, B"; and what the encoder adds."""

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
    noun_phrase,
    own_subjects,
    phrase,
    subjects,
)
from shatterbelt.reading.claim_words import sequence, words
from shatterbelt.reading.parsed import ScoredRelation, Sentence
from shatterbelt.statements import Manner

if TYPE_CHECKING:
    from spacy.tokens import Token

SURE = 0.8
"""The encoder's chances, of the sentence and of the relation, above which it may add a claim of its own."""


def across_links(sentence: Sentence, before: Sentence | None) -> Iterator[Link]:
    """Give the claims whose cause stands in the sentence before, or in the clause before."""
    tokens = list(sentence.tokens)
    for place, token in enumerate(tokens):
        if (
            token.lower_ in words().sets["therefore"]
            and token.dep_
            in {
                "advmod",
                "cc",
                "conj",
                "mark",
                "ROOT",
            }
            and not (token.head.tag_ == "VBG" and token.head.dep_ in {"advcl", "acl"})
        ):
            yield from _follows(sentence, token, (token, token), before)
        for parts, kind in words().phrases.get(token.lower_, ()):
            if kind == "as_a_result" and sequence(tokens, place, parts):
                run = tokens[place : place + len(parts)]
                if not _goes_on(run):
                    yield from _follows(sentence, run[0], (run[0], run[-1]), before)
                break
        if token.lemma_.lower() in words().sets["citing"] and token.tag_ == "VBG":
            yield from _citing(sentence, token)
    yield from _less_with(sentence)
    if before is not None:
        yield from _rather(sentence, before)


def _goes_on(run: list[Token]) -> bool:
    """Return whether "in response" goes on as "in response to A", which another rule reads."""
    return (
        run[-1].nbor(1).lower_ in {"of", "to", "for", "at", "against", "over", "that"}
        if run[-1].i + 1 < len(run[-1].doc)
        else False
    )


def _follows(
    sentence: Sentence, token: Token, connective: tuple[Token, Token], before: Sentence | None
) -> Iterator[Link]:
    """Read "A. As a result, B", "A, and therefore B", "A; B as a result"."""
    verb = token.head if connective[1].lower_ != "why" else connective[1].head
    while verb.pos_ not in CLAUSES and verb.head != verb:
        verb = verb.head
    if verb.pos_ not in CLAUSES:
        return
    out = [t for t in verb.children if t in connective or (token in t.subtree)]
    effect = clause(sentence, verb, out)
    other = verb.head
    joined = (
        verb.dep_ in {"conj", "ccomp", "advcl", "parataxis"} and other.pos_ in CLAUSES and other.i < verb.i
    )
    if joined and token.i > other.i and verb.dep_ == "conj":
        cause: Phrase | None = clause(sentence, other, [verb])
    else:
        cause = main_clause(before) if before is not None and before.paragraph == sentence.paragraph else None
    if cause is not None and not (
        cause.sentence is sentence and cause.overlaps(phrase(sentence, verb, [other]))
    ):
        rule = "result:" + sentence.doc[connective[0].i : connective[1].i + 1].text.lower()
        yield Link(cause, effect, rule, verb, connective, "+")


def main_clause(sentence: Sentence) -> Phrase | None:
    """Return what a sentence says in the main, what is said where it reports."""
    root = next((t for t in sentence.tokens if t.head == t), None)
    if root is None:
        return None
    if root.lemma_.lower() in words().sets["reporting"]:
        root = child(root, "ccomp") or root
    return clause(sentence, root)


def _citing(sentence: Sentence, verb: Token) -> Iterator[Link]:
    """Read "declined to give a date, citing a shortfall"."""
    plain = verb.lemma_.lower() in {"cite", "invoke", "plead"}
    named, host = child(verb, "dobj") if plain else None, verb.head
    told = child(verb, "ccomp")
    if verb.dep_ != "advcl" or host.pos_ not in CLAUSES or host.lemma_.lower() in words().sets["reporting"]:
        return
    effect = clause(sentence, host, [verb])
    if named is not None and named.lemma_.lower() not in words().sets["sources"]:
        yield Link(noun_phrase(sentence, named), effect, "citing", verb, (verb, verb), "+")
    elif told is not None and told.i > verb.i and own_subjects(told):
        marks = [t for t in told.children if t.dep_ == "mark"]
        yield Link(phrase(sentence, told, marks), effect, "citing", verb, (verb, verb), "+")


def _less_with(sentence: Sentence) -> Iterator[Link]:
    """Read "B has less to do with A than with C", "B has more to do with C": C makes B, A is denied."""
    for token in sentence.tokens:
        found = _has_to_do(token)
        if found is None:
            continue
        have, degree, step = found
        effects = _left_of(sentence, have) or subjects(have)
        effect = effects[0] if effects else None
        if effect is None:
            continue
        end = (
            noun_phrase(sentence, effect)
            if have not in list(effect.subtree)
            else _cut(sentence, effect, have)
        )
        causes = governed(step)
        denied = degree.lower_ in {"less", "little", "nothing"}
        for cause in causes[:1]:
            than = _than(sentence, cause)
            manner: Manner | None = "denied" if denied else None
            first = noun_phrase(sentence, cause)
            if than is not None and than.i > first.first.i:
                first = Phrase(sentence, cause, first.first, sentence.doc[max(than.i - 1, first.first.i)])
            yield Link(first, end, "has to do with", have, (have, step), "unknown", manner=manner)
            other = _other(sentence, than) if than is not None else None
            if other is not None:
                other_manner: Manner | None = "denied" if degree.lower_ == "more" else None
                yield Link(other, end, "has to do with", have, (have, step), "unknown", manner=other_manner)


def _has_to_do(do: Token) -> tuple[Token, Token, Token] | None:
    """Return "have", the degree and "with" where a token is the verb of "has less to do with"."""
    if do.lower_ != "do" or do.i < 3 or do.nbor(-1).lower_ != "to":
        return None
    degree = do.nbor(-2)
    have = do.nbor(-3)
    if degree.lower_ == "do" or degree.lower_ not in {
        "less",
        "more",
        "much",
        "little",
        "nothing",
        "everything",
        "something",
        "lot",
    }:
        return None
    step = next((t for t in do.children if t.lower_ == "with"), None)
    if step is None and do.i + 1 < len(do.doc) and do.nbor(1).lower_ == "with":
        step = do.nbor(1)
    back = do.i - 3
    while back > do.sent.start and have.lemma_ not in {"have"} and do.i - back < 7:
        back -= 1
        have = do.doc[back]
    return (have, degree, step) if have.lemma_ == "have" and step is not None else None


def _left_of(sentence: Sentence, have: Token) -> list[Token]:
    """Return the noun that a parse has made the root, having missed that it is the verb's subject."""
    return [t for t in sentence.tokens if t.i < have.i and t.head == t and t.pos_ == "NOUN"][:1]


def _cut(sentence: Sentence, noun: Token, have: Token) -> Phrase:
    last = have.i - 1
    while last > noun.i and (sentence.doc[last].dep_ == "aux" or sentence.doc[last].is_punct):
        last -= 1
    return Phrase(sentence, noun, min(noun.left_edge, noun, key=lambda t: t.i), sentence.doc[last])


def _than(sentence: Sentence, cause: Token) -> Token | None:
    return next((t for t in sentence.tokens if t.lower_ == "than" and t.i > cause.i), None)


def _other(sentence: Sentence, than: Token) -> Phrase | None:
    after = [t for t in sentence.tokens if t.i > than.i and t.pos_ in {"NOUN", "PROPN", "VERB"}]
    head = next((t for t in after if t.dep_ in {"pobj", "pcomp", "conj", "ROOT", "dobj"}), None)
    return noun_phrase(sentence, head) if head is not None else None


def _rather(sentence: Sentence, before: Sentence) -> Iterator[Link]:
    """Read "B has less to do with A. Rather, C": C makes B."""
    first = next((t for t in sentence.tokens if t.is_alpha), None)
    if first is None or first.lower_ not in {"rather", "instead"}:
        return
    told = [link for link in _less_with(before) if link.manner == "denied"]
    told = told or list(_not_because(before))
    root = next((t for t in sentence.tokens if t.head == t), None)
    if not told or root is None:
        return
    skipped = [t for t in root.children if t.i <= first.i]
    cause = clause(sentence, root, skipped)
    if (
        root.lemma_ == "be"
        and (there := child(root, "expl")) is not None
        and (state := child(root, "attr")) is not None
    ):
        del there
        cause = noun_phrase(sentence, state, joined=True)
    yield Link(cause, told[0].effect, "less ... rather", root, (first, first), "unknown")


def _not_because(sentence: Sentence) -> Iterator[Link]:
    """Give the reasons that a sentence denies ("not because of pay"), for what comes after them."""
    for token in sentence.tokens:
        if (
            token.lower_ == "because"
            and token.i > sentence.tokens.start
            and token.nbor(-1).lower_ in {"not", "n't"}
        ):
            verb = token.head if token.dep_ == "mark" else token
            host = verb.head
            if host.pos_ in CLAUSES:
                end = clause(sentence, host, [verb])
                yield Link(phrase(sentence, verb), end, "not because", host, (token, token), manner="denied")


# --------------------------------------------------------------------------- the encoder


def encoder_links(sentence: Sentence, known: list[Link]) -> Iterator[Link]:
    """Give the relations that the encoder is sure of and no rule has read; their sign stays unknown."""
    said = sentence.prediction
    if said is None or said.causal < SURE:
        return
    for relation in said.relations:
        if relation.score < SURE:
            continue
        cause, effect = _marked(sentence, relation.cause), _marked(sentence, relation.effect)
        if cause is None or effect is None or cause.overlaps(effect):
            continue
        if any(_pair(link, cause, effect) for link in known):
            continue
        yield Link(cause, effect, "encoder", effect.head, _signal(sentence, relation), "unknown")


def _pair(link: Link, cause: Phrase, effect: Phrase) -> bool:
    return any(
        one.overlaps(link.cause) and other.overlaps(link.effect)
        for one, other in ((cause, effect), (effect, cause))
    )


def _marked(sentence: Sentence, place: tuple[int, int]) -> Phrase | None:
    tokens = [t for t in sentence.tokens_at(*place) if not t.is_punct]
    if not tokens:
        return None
    inside = {t.i for t in tokens}
    head = next((t for t in tokens if t.head.i not in inside or t.head == t), tokens[0])
    return Phrase(sentence, head, tokens[0], tokens[-1])


def _signal(sentence: Sentence, relation: ScoredRelation) -> tuple[Token, Token] | None:
    if relation.signal is None:
        return None
    tokens = sentence.tokens_at(*relation.signal)
    return (tokens[0], tokens[-1]) if tokens else None
