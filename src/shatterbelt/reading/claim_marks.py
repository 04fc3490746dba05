"""Claims told by a conjunction, a preposition or an adverb: "because", "due to", "as a result", "by doing"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_links import Link
from shatterbelt.reading.claim_phrases import (
    Phrase,
    child,
    clause,
    governed,
    is_actor,
    noun_phrase,
    own_subjects,
    phrase,
)
from shatterbelt.reading.claim_words import sequence, words
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.statements import Relation
from shatterbelt.reading.valence import valences
from shatterbelt.statements import Sign

if TYPE_CHECKING:
    from spacy.tokens import Token

    from shatterbelt.reading.parties import Parties

_CLAUSES = frozenset({"VERB", "AUX"})
CAUSAL = 0.6
"""The encoder's chance above which it may speak for an ambiguous word."""


def mark_links(sentence: Sentence, parties: Parties | None) -> Iterator[Link]:
    """Give what the joining words of a sentence say makes what happen."""
    tokens = list(sentence.tokens)
    taken = -1
    for place, token in enumerate(tokens):
        if place <= taken:
            continue
        match = _preposition(tokens, place)
        if match is not None:
            parts, sign, purpose = match
            taken = place + len(parts) - 1
            yield from _governed(sentence, tokens[place : taken + 1], sign, purpose=purpose)
            continue
        yield from _conjunction(sentence, tokens, place)
        yield from _means(sentence, token, parties)
        yield from _after_word(sentence, token)


def _preposition(tokens: list[Token], place: int) -> tuple[tuple[str, ...], Sign, bool] | None:
    for entry in words().prepositions.get(tokens[place].lower_, ()):
        if sequence(tokens, place, entry[0]):
            return entry
    return None


# --------------------------------------------------------------------------- prepositions


def _governed(sentence: Sentence, run: list[Token], sign: Sign, *, purpose: bool) -> Iterator[Link]:
    """Read "B because of A", "due to A B", "B was due to A", "B, in response to A"."""
    inside = set(run)
    causes = [t for t in run[-1].children if t.i > run[-1].i and t.dep_ in {"pobj", "pcomp", "xcomp"}]
    if not causes:
        causes = [
            t
            for w in run
            for t in w.children
            if t not in inside and t.i > run[-1].i and t.dep_ in {"pobj", "pcomp", "acl", "xcomp"}
        ]
    if not causes and run[-1].dep_ == "aux":  # "in an attempt to end"
        causes = [run[-1].head]
    causes = [
        each
        for t in causes[:1]
        for each in (t, *(c for c in t.conjuncts if c.i > t.i and c.pos_ in {"NOUN", "PROPN", "VERB"}))
    ]
    if not causes or (causes[0].pos_ in _CLAUSES and causes[0].tag_ == "VB" and not purpose):
        return
    top = run[0]
    while top.head in inside and top.head is not top:
        top = top.head
    host = top.head
    if host is top or host in inside:
        return
    effect = _host(sentence, host, top, causes)
    if effect is None:
        return
    rule = f"purpose:{run[0].lower_}" if purpose else f"preposition:{' '.join(t.lower_ for t in run)}"
    for cause in causes:
        end = _end(sentence, cause)
        if end.overlaps(effect) or (end.first.i <= run[-1].i and end.last.i >= run[0].i):
            continue
        if purpose:
            yield Link(effect, end, rule, host, (run[0], run[-1]), relation="purpose")
        else:
            yield Link(end, effect, rule, host, (run[0], run[-1]), sign=sign)


def _end(sentence: Sentence, token: Token) -> Phrase:
    if token.pos_ in _CLAUSES:
        return clause(sentence, token)
    return noun_phrase(sentence, token)


def _host(sentence: Sentence, host: Token, top: Token, causes: list[Token]) -> Phrase | None:
    """Return what a preposition's phrase is said of: the subject of "was due to", a happening, or a clause."""
    if host.lemma_ == "be" or host.dep_ in {"acomp"}:
        verb = host if host.lemma_ == "be" else host.head
        found = own_subjects(verb)
        plain = top.dep_ in {"acomp", "prep", "advmod"} and child(verb, "acomp", "attr") in {None, top}
        if found and plain and found[0].lower_ not in {"there"}:
            return noun_phrase(sentence, found[0], joined=True)
        return clause(sentence, verb, [top])
    if host.pos_ in {"NOUN", "PROPN"}:
        verb = host.head
        is_object = host.dep_ in {"dobj", "pobj", "attr"} or (host.dep_ == "nsubj" and host.i > verb.i)
        while is_object and verb.pos_ not in _CLAUSES and verb.head is not verb:
            verb = verb.head
        if is_object and verb.pos_ in _CLAUSES:
            return clause(sentence, said_in(verb, top), [top])
        return phrase(sentence, host, [top])
    if host.pos_ in _CLAUSES:
        return clause(sentence, said_in(host, top), [top])
    if host.pos_ == "ADJ":
        return phrase(sentence, host.head if host.dep_ == "acomp" else host, [top])
    return None


def said_in(verb: Token, part: Token) -> Token:
    """Return the clause that a reason belongs to: what is said, not the saying, where it stands after that."""
    if verb.lemma_.lower() in words().sets["reporting"]:
        said = child(verb, "ccomp")
        if said is not None and (part.i > said.i or verb.i > said.i):
            return said
    return verb


def _after_word(sentence: Sentence, token: Token) -> Iterator[Link]:
    """Read "protests over prices", "died from hunger", "jailed for theft": only after the words listed."""
    if token.dep_ != "prep":
        return
    host = token.head
    listed = words().after.get(token.lower_)
    if listed is None or host.lemma_.lower() not in listed or host.i > token.i:
        return
    for cause in governed(token):
        if cause.ent_type_ in {"DATE", "TIME", "GPE", "CARDINAL", "MONEY", "PERSON"} or cause.pos_ in {
            "PRON",
            "NUM",
        }:
            continue
        if cause.lemma_ in {"day", "week", "month", "year", "weekend", "decade", "hour", "time"}:
            continue
        if token.lower_ == "against" and cause.pos_ == "PROPN":
            continue
        verb = host
        if host.pos_ == "NOUN" and host.dep_ in {"dobj", "pobj", "attr"}:
            verb = host
        effect = phrase(sentence, verb, [token]) if verb.pos_ == "NOUN" else clause(sentence, verb, [token])
        end = _end(sentence, cause)
        if not end.overlaps(effect):
            yield Link(end, effect, f"preposition:{token.lower_}", host, (token, token), sign="+")


def _means(sentence: Sentence, token: Token, parties: Parties | None) -> Iterator[Link]:
    """Read "raised revenue by taxing exports", "was brought under control through repression"."""
    if token.lower_ not in {"by", "through", "via"} or token.dep_ not in {"prep", "agent"}:
        return
    host = token.head
    if host.pos_ in {"ADV", "PART"}:
        host = host.head
    while (
        host.pos_ not in _CLAUSES
        and host.head is not host
        and token.lower_ == "by"
        and child(token, "pcomp") is not None
    ):
        host = host.head
    if host.pos_ not in _CLAUSES or host.lemma_.lower() in words().sets["no_means"]:
        return
    doing = child(token, "pcomp")
    if token.lower_ == "by":
        causes = [doing] if doing is not None and doing.tag_ == "VBG" else []
        causes += [t for t in (doing.conjuncts if doing is not None else ()) if t.tag_ == "VBG"]
    else:
        causes = governed(token) if _changes(host) else []
        causes = [
            t for t in causes if t.pos_ != "PROPN" and not t.ent_type_ and not is_actor(t, sentence, parties)
        ]
    for cause in causes:
        effect = clause(sentence, host, [token])
        end = _end(sentence, cause)
        if not end.overlaps(effect):
            rule = "means:by" if token.lower_ == "by" else "means:through"
            yield Link(end, effect, rule, host, (token, token), sign="+")


def _changes(verb: Token) -> bool:
    known = valences()
    lemma = verb.lemma_.lower()
    return (
        lemma in known.move_others
        or lemma in known.phrasal
        or lemma in known.moves
        or lemma in {"achieve", "reach", "win", "gain"}
    )


# --------------------------------------------------------------------------- conjunctions


def _conjunction(sentence: Sentence, tokens: list[Token], place: int) -> Iterator[Link]:
    token = tokens[place]
    lower = token.lower_
    sets = words().sets
    if lower in sets["because"] or lower in sets["ambiguous"] or lower in sets["given"] or lower == "for":
        yield from _reason(sentence, token)
    elif lower in {"if", "unless"}:
        yield from _condition(sentence, token)
    elif lower == "so":
        yield from _so(sentence, tokens, place)
    elif lower == "such" and token.dep_ in {"predet", "amod"}:
        yield from _so_that(sentence, token)
    elif lower == "to" or lower == "that":
        yield from _purpose(sentence, tokens, place)


def _reason(sentence: Sentence, mark: Token) -> Iterator[Link]:
    """Read "B because A", "as A, B", "since A, B", "B, for A", "given that A, B"."""
    lower = mark.lower_
    if mark.dep_ in {"prep", "pcomp"} and lower in {"given", "considering"}:
        yield from _governed(sentence, [mark], "+", purpose=False)
        return
    verb = mark.head
    if lower in {"as", "for", "since", "because"} and mark.dep_ not in {"mark", "advmod", "prep", "cc"}:
        return
    if verb.pos_ not in _CLAUSES | {"ADJ", "NOUN"} or verb.dep_ not in {"advcl", "acl", "ccomp", "conj"}:
        return
    if lower != "because" and not _is_reason(sentence, mark, verb):
        return
    host = verb.head
    if host.pos_ not in _CLAUSES:
        if host.pos_ in {"ADJ", "NOUN", "ADV"} and host.head.pos_ in _CLAUSES:
            host = host.head
        elif lower != "because":
            return
    host = said_in(host, verb)
    effect = clause(sentence, host, [verb]) if host.pos_ in _CLAUSES else phrase(sentence, host, [verb])
    first = phrase(sentence, verb, [mark])
    cause = Phrase(
        sentence, verb, first.first if first.first.i > mark.i or verb.i < mark.i else mark.nbor(1), first.last
    )
    rule = f"reason:{lower}"
    denied = any(t.dep_ == "neg" and t.i == mark.i - 1 for t in sentence.tokens)
    yield Link(cause, effect, rule, host, (mark, mark), "+", manner="denied" if denied else None)


def _is_reason(sentence: Sentence, mark: Token, verb: Token) -> bool:
    """Return whether "as", "since", "for", "when", "after" before a clause give a reason, not a time."""
    lower = mark.lower_
    if lower in {"given", "considering", "seeing"}:
        return mark.dep_ == "mark" or any(t.lower_ == "that" for t in verb.children)
    if mark.dep_ not in {"mark", "advmod"}:
        return False
    said = sentence.prediction
    sure = said is not None and said.causal >= CAUSAL
    if lower in {"when", "after"}:
        return sure and said is not None and _spans_agree(sentence, said.relations, verb)
    if not own_subjects(verb):
        return False
    comma = mark.i > sentence.tokens.start and sentence.doc[mark.i - 1].text == ","
    opening = mark.i == sentence.tokens.start
    if lower == "for":
        return comma and mark.dep_ == "mark"
    stative = _states(verb)
    if said is not None and said.causal < 0.25:
        return False
    if lower == "since":
        perfect = any(t.dep_ == "aux" and t.lemma_ == "have" for t in verb.head.children)
        past = verb.tag_ == "VBD" and not any(t.dep_ == "aux" for t in verb.children)
        return (
            not (perfect and past)
            and (comma or opening or stative or sure)
            and not (past and not stative and not comma)
        )
    before = sentence.doc[mark.i - 1].lower_ if not opening else ""
    if before in {"so", "as", "such", "same", "much", "just"}:
        return False
    return (comma or opening) and (stative or _present_tie(verb)) and not _only_said(verb)


def _states(verb: Token) -> bool:
    """Return whether a clause tells a state: being, lacking, not doing, or what may be."""
    lemma = verb.lemma_.lower()
    progressive = verb.tag_ == "VBG"
    helped = any(t.dep_ in {"aux", "neg"} and t.lemma_.lower() not in {"be", "do"} for t in verb.children)
    return (lemma in words().sets["stative"] and not progressive) or helped


def _present_tie(verb: Token) -> bool:
    return verb.tag_ in {"VBZ", "VBP"} and any(
        t.lower_ in {"this", "that", "it", "they", "these"} for t in own_subjects(verb)
    )


def _only_said(verb: Token) -> bool:
    return verb.lemma_.lower() in {
        "say",
        "report",
        "note",
        "expect",
        "show",
        "plan",
        "announce",
        "describe",
        "promise",
        "know",
        "see",
    }


def _spans_agree(sentence: Sentence, relations: tuple[object, ...], verb: Token) -> bool:
    at = sentence.place(verb, verb).start
    return any(start <= at < end for one in relations for start, end in (one.cause, one.effect))


def _condition(sentence: Sentence, mark: Token) -> Iterator[Link]:
    """Read "if A, (then) B" and "unless A, B"."""
    verb = mark.head
    if mark.dep_ != "mark" or verb.dep_ != "advcl" or verb.head.pos_ not in _CLAUSES:
        return
    before = sentence.doc[mark.i - 1].lower_ if mark.i > sentence.tokens.start else ""
    if before in {"as", "even", "only", "what"} or (
        mark.i + 1 < len(sentence.doc) and mark.nbor(1).lower_ in {"not", "necessary", "any", "only"}
    ):
        return
    host = said_in(verb.head, verb)
    if host.lemma_.lower() in {"ask", "wonder", "know", "doubt", "be"} and verb.dep_ == "ccomp":
        return
    effect = clause(sentence, host, [verb])
    cause = phrase(sentence, verb, [mark])
    if not own_subjects(verb) or not own_subjects(host):
        return
    sign: Sign = "-" if mark.lower_ == "unless" else "+"
    yield Link(cause, effect, f"condition:{mark.lower_}", host, (mark, mark), sign, manner="hypothetical")


def _so(sentence: Sentence, tokens: list[Token], place: int) -> Iterator[Link]:
    """Read "A, so B", "A so that B may", "so A that B"."""
    token = tokens[place]
    after = tokens[place + 1].lower_ if place + 1 < len(tokens) else ""
    if after in {"far", "long", "called", "-", "much", "many", "as"} and after != "as":
        if after not in {"much", "many"}:
            return
    if after == "that":
        yield from _so_clause(sentence, token, tokens[place + 1])
    elif after == "as":
        yield from _purpose(sentence, tokens, place)
    elif token.dep_ == "advmod" and token.head.pos_ in {"ADJ", "ADV"}:
        yield from _so_that(sentence, token)
    elif (place and tokens[place - 1].text in {",", ";"}) or (place and tokens[place - 1].lower_ == "and"):
        verb = token.head
        host = verb.head
        if verb.pos_ not in _CLAUSES or not own_subjects(verb) or verb.i < token.i:
            return
        if verb.dep_ == "ROOT" or host is verb:
            inner = child(verb, "ccomp")
            if inner is None or inner.i > token.i:
                return
            verb, host = verb, inner
        if host.pos_ in _CLAUSES and host.i < token.i:
            effect = clause(sentence, verb, [token, host] if host.head is verb else [token])
            yield Link(
                clause(sentence, host, [verb] if host.head is not verb else []),
                effect,
                "so",
                verb,
                (token, token),
                "+",
            )


def _so_clause(sentence: Sentence, so: Token, that: Token) -> Iterator[Link]:
    """Read "A so that B": a purpose where B can or may come, a result where it came."""
    verb = that.head
    host = verb.head
    if verb.pos_ not in _CLAUSES or host is verb or host.pos_ not in _CLAUSES | {"ADJ"} or verb.i < so.i:
        return
    if host.pos_ == "ADJ":
        host = host.head
    effect = phrase(sentence, verb, [t for t in verb.children if t.i <= that.i and t.i >= so.i])
    aim = any(
        t.dep_ == "aux" and t.lower_ in {"can", "could", "may", "might", "would", "will", "should"}
        for t in verb.children
    )
    relation: Relation = "purpose" if aim else "cause"
    yield Link(
        clause(sentence, host, [verb, so]),
        effect,
        "so that",
        host,
        (so, that),
        "unknown" if aim else "+",
        relation=relation,
    )


def _so_that(sentence: Sentence, so: Token) -> Iterator[Link]:
    """Read "prices were so high that families left", "such a blow that"."""
    much = so.head
    for above in (much, much.head, much.head.head):
        for verb in above.children:
            if verb.dep_ in {"ccomp", "advcl", "relcl", "acl"} and verb.i > much.i and verb.pos_ in _CLAUSES:
                that = next((t for t in verb.children if t.lower_ == "that" and t.dep_ == "mark"), None)
                if that is None:
                    continue
                host = much
                while host.pos_ not in _CLAUSES and host.head is not host:
                    host = host.head
                if host.pos_ not in _CLAUSES:
                    return
                yield Link(
                    clause(sentence, host, [verb]),
                    phrase(sentence, verb, [that]),
                    "so ... that",
                    host,
                    (so, that),
                    "+",
                )
                return


def _purpose(sentence: Sentence, tokens: list[Token], place: int) -> Iterator[Link]:
    """Read "A in order to B", "A so as to B", "took action to B": relation purpose, A first."""
    token = tokens[place]
    verb = token.head if token.lower_ != "so" else None
    marked: list[Token] = [token]
    if token.lower_ == "so":
        to = next((t for t in tokens[place : place + 4] if t.lower_ == "to"), None)
        if to is None or tokens[place + 1].lower_ != "as":
            return
        marked, verb = [token, to], to.head
    elif place >= 2 and tokens[place - 1].lower_ == "order" and tokens[place - 2].lower_ == "in":
        marked = [tokens[place - 2], token]
    elif (place >= 1 and tokens[place - 1].lower_ == "as") or token.lower_ == "that":
        return
    if verb is None or verb.pos_ not in _CLAUSES:
        return
    clear = len(marked) == 2
    if not clear and (verb.dep_ != "advcl" or token.dep_ != "aux" or verb.left_edge is not token):
        return
    host = verb.head
    while host.pos_ not in _CLAUSES and host.head is not host:
        host = host.head
    if host.pos_ not in _CLAUSES or host is verb or (not clear and not _can_aim(host, verb)):
        return
    out = [verb, *(t for t in marked if t.head not in verb.subtree)]
    end = phrase(sentence, verb, [t for t in verb.children if t.i <= token.i or t.lower_ == "to"])
    action = clause(
        sentence, host, [*out, *(t for t in host.children if t.lower_ in {"in", "so"} and t in marked)]
    )
    if end.overlaps(action):
        return
    rule = "purpose:in order to" if clear else "purpose:to"
    yield Link(action, end, rule, host, (marked[0], marked[-1]), relation="purpose")


def _can_aim(host: Token, verb: Token) -> bool:
    """Return whether an infinitive tells what is done for: no "rose to reach", no "failed to"."""
    known = valences()
    lemma = host.lemma_.lower()
    if lemma in known.sets["turning"] | known.sets["carrying"] | {"be", "agree", "like"} or (
        lemma in known.moves and child(host, "dobj") is None
    ):
        return lemma == "gather"
    return verb.i > host.i or verb.left_edge.i == host.sent.start
