"""Claims told by a conjunction: "because", "if", "so", "so that", "in order to", "the more ... the more"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shatterbelt.reading.aim_conditions import own_act
from shatterbelt.reading.aim_words import aim_words
from shatterbelt.reading.claim_links import Link
from shatterbelt.reading.claim_phrases import (
    CLAUSES,
    Phrase,
    child,
    clause,
    is_passive,
    negated,
    own_subjects,
    phrase,
    said_in,
)
from shatterbelt.reading.claim_reasons import previous, reason
from shatterbelt.reading.claim_words import words
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.statements import Relation
from shatterbelt.reading.valence import valences
from shatterbelt.statements import Manner, Sign

if TYPE_CHECKING:
    from spacy.tokens import Token

_MODALS = frozenset({"can", "could", "may", "might", "would", "will", "should"})


def clause_links(sentence: Sentence) -> Iterator[Link]:
    """Give what the joining words of a sentence say makes what happen."""
    tokens = list(sentence.tokens)
    sets = words().sets
    reasons = sets["because"] | sets["ambiguous"] | sets["given"] | {"for"}
    for place, token in enumerate(tokens):
        lower = token.lower_
        if lower == "as" and previous(sentence, token) == "long":
            yield from _condition(sentence, token)
        elif lower in reasons:
            yield from reason(sentence, token)
        elif lower in {"with", "without"}:
            yield from _with(sentence, token)
        elif lower in sets["conditions"]:
            yield from _condition(sentence, token)
        elif lower in {"should", "had", "were"}:
            yield from _inverted(sentence, token)
        elif lower == "so":
            yield from _so(sentence, tokens, place)
        elif lower == "such" and token.dep_ in {"predet", "amod", "acomp"}:
            yield from _so_that(sentence, token)
        elif lower in {"to", "that"}:
            yield from _purpose(sentence, tokens, place)
        elif lower == "the":
            yield from _the_more(sentence, token)


def _next(sentence: Sentence, token: Token) -> str:
    return str(sentence.doc[token.i + 1].lower_) if token.i + 1 < sentence.tokens.end else ""


# --------------------------------------------------------------------------- conditions


def _condition(sentence: Sentence, mark: Token) -> Iterator[Link]:
    """Read "if A, (then) B", "unless A, B", "where A, B"."""
    verb = mark.head
    lower = mark.lower_
    if mark.dep_ not in {"mark", "advmod"} or verb.dep_ != "advcl":
        return
    if verb.head.pos_ not in CLAUSES and not (lower == "as" and verb.head.head.pos_ in CLAUSES):
        return
    if lower in {"where", "whenever"} and not (
        verb.i < verb.head.i and previous(sentence, mark) in {"", ";", ",", ":", "and"}
    ):
        return
    if previous(sentence, mark) in {"as", "even", "only", "what"} or _next(sentence, mark) in {
        "not",
        "necessary",
        "any",
    }:
        return
    above = verb.head if verb.head.pos_ in CLAUSES else verb.head.head
    host = said_in(above, verb)
    if not own_subjects(verb) or not own_subjects(host) or own_act(host):
        return
    advice = any(t.dep_ == "aux" and t.lower_ in {"should", "must"} for t in host.children)
    if verb.lemma_ in {"want", "wish", "hope", "intend"} or advice:
        return
    future = any(t.dep_ == "aux" and t.lower_ in _MODALS | {"will", "'ll"} for t in host.children)
    if lower == "once" and not future:
        return
    sign: Sign = "-" if lower == "unless" else "+"
    out = [verb] if above == verb.head else [verb.head]
    cause, effect = phrase(sentence, verb, [mark]), clause(sentence, host, out)
    manner: Manner | None = "hypothetical" if lower in {"if", "unless"} else None
    yield Link(cause, effect, f"condition:{lower}", host, (mark, mark), sign, manner=manner)


def _with(sentence: Sentence, token: Token) -> Iterator[Link]:
    """Read "with the border closed, prices rose" and "without aid, the camps would close"."""
    host = token.head
    if token.lower_ == "without" and token.dep_ == "prep":
        yield from _without(sentence, token)
        return
    opening = previous(sentence, token) in {"", ";"}
    if opening and token.dep_ == "mark" and token.head.dep_ == "advcl" and own_subjects(token.head):
        verb = token.head
        cause, effect = phrase(sentence, verb, [token]), clause(sentence, verb.head, [verb])
        yield Link(cause, effect, "with", verb.head, (token, token), "+")
    if token.dep_ != "prep" or not opening or host.pos_ not in CLAUSES or not own_subjects(host):
        return
    inner = child(token, "pcomp", "pobj")
    if inner is None:
        return
    state = inner.pos_ in CLAUSES and bool(own_subjects(inner))
    if state or any(t.dep_ == "acl" and t.tag_ in {"VBN", "VBG"} for t in inner.children):
        yield Link(
            phrase(sentence, inner), clause(sentence, host, [token]), "with", host, (token, token), "+"
        )


def _without(sentence: Sentence, token: Token) -> Iterator[Link]:
    """Read "without aid, the camps would close", "there can be no deal without trust"."""
    inner = child(token, "pobj")
    host = token.head
    while host.pos_ not in CLAUSES and host.head != host:
        host = host.head
    subject = own_subjects(host) or [t for t in host.children if t.dep_ == "expl"]
    if inner is None or inner.pos_ != "NOUN" or host.pos_ not in CLAUSES or not subject:
        return
    opening = previous(sentence, token) in {"", ";"}
    possible = any(t.dep_ == "aux" and t.lower_ in _MODALS | {"will"} for t in host.children)
    none = negated(host) is not None or any(
        d.lower_ == "no" for t in host.children if t.dep_ in {"attr", "dobj"} for d in t.children
    )
    if (opening and (possible or none)) or (possible and none):
        effect = clause(sentence, host, [token])
        cause = phrase(sentence, inner)
        if not cause.overlaps(effect):
            yield Link(cause, effect, "condition:without", host, (token, token), "-", manner="hypothetical")


def _inverted(sentence: Sentence, aux: Token) -> Iterator[Link]:
    """Read "should A, B", "had A, B"."""
    verb = aux.head
    if aux.dep_ != "aux" or verb.dep_ != "advcl" or verb.head.pos_ not in CLAUSES:
        return
    subject = own_subjects(verb)
    if not subject or subject[0].i < aux.i or aux != verb.left_edge or not own_subjects(verb.head):
        return
    cause, effect = phrase(sentence, verb, [aux]), clause(sentence, verb.head, [verb])
    yield Link(cause, effect, "condition:inverted", verb.head, (aux, aux), "+", manner="hypothetical")


def _the_more(sentence: Sentence, token: Token) -> Iterator[Link]:
    """Read "the more tankers pass, the likelier a spill becomes"."""
    if token.i + 1 >= sentence.tokens.end or sentence.doc[token.i + 1].tag_ not in {"JJR", "RBR"}:
        return
    doc, end = sentence.doc, sentence.tokens.end
    second = next(
        (
            i
            for i in range(token.i + 3, end - 1)
            if doc[i].lower_ == "the" and doc[i + 1].tag_ in {"JJR", "RBR"} and doc[i - 1].text == ","
        ),
        None,
    )
    if second is None:
        return
    heads = [_verb_in(sentence, token.i, second - 1), _verb_in(sentence, second, end)]
    if heads[0] is None or heads[1] is None:
        return
    cause = Phrase(sentence, heads[0], doc[token.i], doc[second - 2])
    last = end - 1 if not doc[end - 1].is_punct else end - 2
    effect = Phrase(sentence, heads[1], doc[second], doc[last])
    less = sum(doc[i + 1].lower_ in {"less", "fewer", "lower"} for i in (token.i, second))
    names = {end_: _noun_in(head) for end_, head in (("cause", heads[0]), ("effect", heads[1]))}
    yield Link(
        cause,
        effect,
        "the more",
        heads[1],
        (doc[token.i], doc[token.i + 1]),
        "-" if less == 1 else "+",
        names=names,
    )


def _verb_in(sentence: Sentence, start: int, end: int) -> Token | None:
    return next((t for t in sentence.doc[start:end] if t.pos_ in CLAUSES and own_subjects(t)), None)


def _noun_in(verb: Token) -> str:
    subject = own_subjects(verb)
    return str(subject[0].lower_) if subject and subject[0].pos_ == "NOUN" else ""


# --------------------------------------------------------------------------- so


def _so(sentence: Sentence, tokens: list[Token], place: int) -> Iterator[Link]:
    """Read "A, so B", "A so that B may", "so A that B"."""
    token = tokens[place]
    after = _next(sentence, token)
    if after in {"far", "long", "called", "-"}:
        return
    if after == "that":
        yield from _so_clause(sentence, token, tokens[place + 1])
    elif after == "as":
        yield from _purpose(sentence, tokens, place)
    elif token.dep_ == "advmod" and token.head.pos_ in {"ADJ", "ADV"}:
        yield from _so_that(sentence, token)
    elif previous(sentence, token) in {",", ";", "and"}:
        yield from _and_so(sentence, token)


def _and_so(sentence: Sentence, token: Token) -> Iterator[Link]:
    verb = token.head
    host = verb.head
    if verb.pos_ not in CLAUSES or not own_subjects(verb) or verb.i < token.i:
        return
    if host == verb:
        before = child(verb, "ccomp")
        if before is None or before.i > token.i:
            return
        host = before
    if host.pos_ in CLAUSES and host.i < token.i:
        effect = clause(sentence, verb, [token, *([host] if host.head == verb else [])])
        cause = clause(sentence, host, [verb] if host.head != verb else [])
        yield Link(cause, effect, "so", verb, (token, token), "+")


def _so_clause(sentence: Sentence, so: Token, that: Token) -> Iterator[Link]:
    """Read "A so that B": a purpose where B can or may come, a result where it came."""
    verb = that.head
    host = verb.head.head if verb.head.pos_ == "ADJ" else verb.head
    if verb.pos_ not in CLAUSES or host == verb or host.pos_ not in CLAUSES or verb.i < so.i:
        return
    effect = phrase(sentence, verb, [t for t in verb.children if so.i <= t.i <= that.i])
    aim = any(t.dep_ == "aux" and t.lower_ in _MODALS for t in verb.children)
    relation: Relation = "purpose" if aim else "cause"
    sign: Sign = "unknown" if aim else "+"
    yield Link(
        clause(sentence, host, [verb, so]), effect, "so that", host, (so, that), sign, relation=relation
    )


def _so_that(sentence: Sentence, so: Token) -> Iterator[Link]:
    """Read "prices were so high that families left", "such a blow that"."""
    for above in (so.head, so.head.head, so.head.head.head):
        for verb in above.children:
            if (
                verb.i <= so.i
                or verb.pos_ not in CLAUSES
                or verb.dep_ not in {"ccomp", "advcl", "relcl", "acl"}
            ):
                continue
            that = next((t for t in verb.children if t.lower_ == "that" and t.dep_ == "mark"), None)
            host = so.head
            while host.pos_ not in CLAUSES and host.head != host:
                host = host.head
            if that is None or host.pos_ not in CLAUSES or host == verb:
                continue
            effect = phrase(sentence, verb, [that])
            yield Link(clause(sentence, host, [verb]), effect, "so ... that", host, (so, that), "+")
            return


# --------------------------------------------------------------------------- purpose


def _purpose(sentence: Sentence, tokens: list[Token], place: int) -> Iterator[Link]:
    """Read "A in order to B", "A so as to B", "took action to B": relation purpose, the act first."""
    marked = _purpose_words(tokens, place)
    if not marked:
        return
    verb = marked[-1].head
    if verb.pos_ not in CLAUSES or verb.i < marked[-1].i:
        return
    clear = len(marked) > 1
    host = verb.head
    while host.pos_ not in CLAUSES and host.head != host:
        host = host.head
    if clear and host.dep_ == "acl" and host.tag_ == "VBN":  # "a scheme, limited to the port, so as to"
        while (host.pos_ not in CLAUSES or host.dep_ == "acl") and host.head != host:
            host = host.head
    if host.pos_ not in CLAUSES or host == verb or not (clear or _can_aim(host, verb, marked[-1])):
        return
    against = not clear and verb.lemma_.lower() == "protest" and child(verb, "dobj") is not None
    if against or (not clear and negated(host) is not None):
        return
    out = [verb, *(t for t in marked if t.head not in verb.subtree)]
    inside = {t.i for t in marked}
    end = phrase(sentence, verb, [t for t in verb.children if t.i <= marked[-1].i or t.i in inside])
    action = clause(sentence, host, out)
    if end.overlaps(action) or action.first.i <= verb.i <= action.last.i:
        return
    rule = "purpose:in order to" if clear else "purpose:to"
    yield Link(action, end, rule, host, (marked[0], marked[-1]), relation="purpose")


def _purpose_words(tokens: list[Token], place: int) -> list[Token]:
    """Return the words that mark a purpose at a place, the last one before the verb."""
    token = tokens[place]
    before = [tokens[place - back].lower_ if place >= back else "" for back in (1, 2, 3)]
    if token.lower_ == "so":
        to = next((t for t in tokens[place : place + 4] if t.lower_ == "to"), None)
        return [token, to] if to is not None else []
    if before[:2] == ["order", "in"]:
        return [tokens[place - 2], token]
    if before[:3] == ["not", "order", "in"]:
        return [tokens[place - 3], token]
    if token.lower_ == "that" or before[0] == "as" or before[:2] == ["not", "as"]:
        return []
    return [token] if token.dep_ == "aux" else []


def _can_aim(host: Token, verb: Token, to: Token) -> bool:
    """Return whether a bare infinitive tells what is done for: no "rose to reach", no "failed to"."""
    known = valences()
    lemma = host.lemma_.lower()
    no_aim = known.sets["turning"] | known.sets["carrying"] | words().sets["no_purpose"]
    if (
        any(entry.frame == "makes" for entry in words().verbs.get(lemma, ()))
        and lemma not in words().sets["acting"]
    ):
        return False
    asked = aim_words().verbs.get(lemma, ())
    nouns = {verb.head.lemma_.lower(), to.nbor(-1).lemma_.lower() if to.i else ""}
    if any(not cue.rest for cue in asked) or nouns & words().sets["no_purpose_nouns"]:
        return False
    if lemma == "use" and is_passive(host):
        return True
    if lemma in no_aim or (lemma in known.moves and child(host, "dobj") is None and lemma != "gather"):
        return False
    if verb.dep_ == "advcl" and verb.head == host:
        return verb.i > host.i or to.i == verb.sent.start
    acting = lemma in words().sets["acting"] and (child(host, "dobj") is not None or is_passive(host))
    return acting and verb.dep_ in {"xcomp", "acl", "relcl"} and own_subjects(verb) == []
