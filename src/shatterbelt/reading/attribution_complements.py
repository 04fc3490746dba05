"""What a cue verb's complements hold: clauses, infinitives, gerunds, things and what they are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from shatterbelt.reading.attribution_cues import Cue, cues
from shatterbelt.reading.attribution_sources import agent_of, can_speak, child

if TYPE_CHECKING:
    from spacy.tokens import Token

_DENYING = frozenset({"deny", "dispute", "reject", "dismiss", "contest", "refute"})
_CLAUSES = frozenset({"ccomp", "xcomp"})


def is_infinitive(token: Token) -> bool:
    """Return whether a verb stands with "to"."""
    return any(each.dep_ == "aux" and each.lower_ == "to" for each in token.children)


def _clause(verb: Token, passive: bool) -> list[Token]:
    """Find "that" clauses, bare ones, and the clause around a cue that is put into it."""
    found = [
        each
        for each in verb.children
        if each.dep_ == "ccomp" and not (is_infinitive(each) and child(each, "mark") is None)
    ]
    found = [each for each in found if not _is_small(each, verb) and not _is_parted(each, verb)]
    if not found and (verb.dep_ == "parataxis" or _is_put_last(verb)):
        found = [verb.head]
    if not found and not passive:
        found = _in_letter(verb) or _behind_colon(verb)
    if not found and verb.dep_ in {"advcl", "conj", "dep", "ccomp"} and _is_as_clause(verb):
        found = [verb.head if verb.head.pos_ in {"VERB", "AUX"} else verb.sent.root]
    if not found:
        found = [
            each
            for holder in verb.children
            if holder.dep_ in {"oprd", "acomp"} and verb.lemma_ == "make"
            for each in holder.children
            if each.dep_ == "ccomp"
        ]
    if not found and passive and not _is_bidding(verb):
        found = [each for each in verb.children if each.dep_ == "xcomp" and is_infinitive(each)]
        about = child(verb, "nsubjpass")
        if found and about is not None and about.lower_ != "it":
            found.append(about)
    return found


def _is_put_last(verb: Token) -> bool:
    """Return whether it is "prices will double, warns the guild", hung on the clause before it."""
    if verb.dep_ not in {"dep", "conj", "advcl"} or verb.i < verb.head.i:
        return False
    own = child(verb, "nsubj")
    return own is not None and own.i > verb.i and verb.i > 0 and verb.nbor(-1).is_punct


def _is_small(clause: Token, verb: Token) -> bool:
    """Return whether it is "finds them attractive", which is no clause that is said."""
    return clause.pos_ in {"ADJ", "NOUN"} and clause.i > verb.i and child(clause, "nsubj") is not None


def _is_parted(clause: Token, verb: Token) -> bool:
    """Return whether a clause before a verb is another sentence: by a semicolon, or an object of the verb."""
    if clause.i > verb.i:
        return False
    told = child(verb, "dobj")
    has_own = told is not None and told.lower_ != "it" and not can_speak(told, "named")
    return has_own or any(each.text == ";" for each in verb.doc[clause.i : verb.i])


def _in_letter(verb: Token) -> list[Token]:
    """Find "wrote in a letter that ...", where the parse hangs the clause on the letter."""
    for each in verb.children:
        inner = child(each, "pobj") if each.dep_ == "prep" and each.i > verb.i else None
        if inner is None or inner.lemma_ in cues().nouns:
            continue
        for clause in inner.children:
            if clause.dep_ in {"acl", "relcl", "ccomp"} and any(p.dep_ == "mark" for p in clause.children):
                return [clause]
    return []


def _behind_colon(verb: Token) -> list[Token]:
    """Find "we say: open the gates", as far as the sentence goes."""
    end = verb.sent.end
    if verb.i + 2 >= end or verb.nbor(1).text != ":":
        return []
    return [
        token for token in verb.doc[verb.i + 2 : end] if token.head.i <= verb.i + 1 or token.dep_ == "ROOT"
    ]


def _is_bidding(verb: Token) -> bool:
    """Return whether "was told to leave" is an order: the verb also bids somebody do a thing."""
    rows = cues().verbs.get(verb.lemma_, ())
    return any(row.manner == "demanded" and "someone to" in row.frames for row in rows)


def _is_as_clause(verb: Token) -> bool:
    """Return whether it is "as the minister put it": "as" or nothing before, and nothing said inside."""
    mark = child(verb, "mark", "advmod")
    told = child(verb, "dobj", "attr", "acomp")
    return mark is not None and mark.lower_ == "as" and (told is None or told.lower_ == "it")


def _question(verb: Token, passive: bool) -> list[Token]:
    del passive
    return [
        each
        for each in verb.children
        if each.dep_ == "ccomp" and any(part.lower_ in {"whether", "if"} for part in each.children)
    ]


def _to(verb: Token, passive: bool) -> list[Token]:
    if passive:
        return []
    return [each for each in verb.children if each.dep_ == "xcomp" and is_infinitive(each)]


def _someone_to(verb: Token, passive: bool) -> list[Token]:
    """Find "urged the ministry to act", "called on both sides to stop", "was told to leave"."""
    acts = [each for each in verb.children if each.dep_ in _CLAUSES and is_infinitive(each)]
    if not acts:
        for each in verb.children:
            if each.dep_ in {"dobj", "prep"} and verb.lemma_ in {"call", "urge", "appeal", "press"}:
                holder = each if each.dep_ == "dobj" else child(each, "pobj")
                acts += (
                    [a for a in holder.children if a.dep_ in {"acl", "relcl"} and is_infinitive(a)]
                    if holder
                    else []
                )
        return acts
    if passive or child(acts[0], "nsubj", "nsubjpass") is not None:
        return acts
    for each in verb.children:
        if each.dep_ in {"dobj", "dative"} or (
            each.dep_ == "prep" and each.lower_ in {"on", "upon", "to", "with"}
        ):
            return acts
    return []


def _as(verb: Token, passive: bool) -> list[Token]:
    told = child(verb, "nsubjpass") if passive else child(verb, "dobj")
    for holder in (verb, told, *(told.subtree if told is not None else ())):
        if holder is None:
            continue
        for each in holder.children:
            if each.lower_ == "as" and each.dep_ == "prep" and each.i > verb.i:
                inner = child(each, "pobj", "pcomp", "amod")
                if inner is not None:
                    return [inner] if told is None else [told, inner]
            elif each.dep_ == "advcl" and each.i > verb.i and any(a.lower_ == "as" for a in each.children):
                return [each] if told is None else [told, each]
    return []


def _called(verb: Token, passive: bool) -> list[Token]:
    """Find "called the vote a farce": an object and what it is called."""
    if passive and agent_of(verb) is None:
        return []
    for each in verb.children:
        if each.dep_ == "oprd":
            told = child(verb, "dobj", "nsubjpass")
            return [each] if told is None else [told, each]
        if each.dep_ == "ccomp" and each.pos_ not in {"VERB", "AUX"} and child(each, "nsubj") is not None:
            return [each]
    return []


def _thing(verb: Token, passive: bool) -> list[Token]:
    """Find "denied the charge", "denied holding them"."""
    if passive and verb.lemma_ == "expect":
        told = verb.head if verb.dep_ == "acl" else child(verb, "nsubjpass")
    elif passive:
        told = child(verb, "nsubjpass") if agent_of(verb) is not None else None
    else:
        told = child(verb, "dobj")
        doing = child(verb, "xcomp", "ccomp") if told is None else None
        if doing is not None and doing.tag_ == "VBG" and doing.i > verb.i:
            return [doing]
        if told is None and doing is None and verb.dep_ == "relcl" and verb.lemma_ in _DENYING:
            return [verb.head]
    if told is None or (told.pos_ == "PRON" and told.lower_ not in {"this", "that", "it"}):
        return []
    return [told]


def _told(verb: Token, passive: bool) -> list[Token]:
    """Find "rejected the claim that ...", "dismissed the allegations": an object that is a cue itself."""
    told = child(verb, "nsubjpass" if passive else "dobj")
    table = cues()
    if told is not None and told.lower_ in {"this", "that", "it"}:
        return [told]
    if told is None or told.pos_ != "NOUN":
        return []
    row = table.nouns.get(told.lemma_.lower())
    return [told] if row is not None and row.manner not in {"demanded", "hypothetical"} else []


def opened_by(verb: Token, row: Cue, passive: bool) -> list[Token]:
    """Find what a preposition opens: "accused them of fraud", "warned of unrest", "called for calm"."""
    told = child(verb, "dobj")
    bids = row.manner == "demanded"  # "asked the court for a stay"
    if (row.someone and told is None and not passive) or (not row.someone and told is not None and not bids):
        return []
    holders = [verb]
    if row.someone or bids:
        holders += [each for each in (told, agent_of(verb) if passive else None) if each is not None]
    found = [
        inner
        for holder in holders
        for each in holder.children
        if each.dep_ in {"prep", "dative"} and each.lower_ in row.opens and each.i > verb.i
        for inner in (child(each, "pcomp") if row.someone == "gerund" else child(each, "pcomp", "pobj"),)
        if inner is not None and (row.someone != "number" or _counts(inner))
    ]
    return [told, *found] if found and told is not None and row.someone == "number" else found


def _counts(token: Token) -> bool:
    return token.pos_ == "NUM" or any(each.pos_ == "NUM" for each in token.children)


def _as_saying(verb: Token, passive: bool) -> list[Token]:
    """Find "quoted the minister as saying that ..."."""
    del passive
    for each in verb.children:
        inner = child(each, "pcomp") if each.lower_ == "as" else None
        if inner is not None:
            return [inner]
    return []


def _doing(verb: Token, passive: bool) -> list[Token]:
    """Find "recalled being beaten"."""
    del passive
    kinds = {"xcomp", "ccomp"}
    return [each for each in verb.children if each.dep_ in kinds and each.i > verb.i and _is_gerund(each)]


def _is_gerund(token: Token) -> bool:
    return token.tag_ == "VBG" or any(
        each.dep_ in {"aux", "auxpass"} and each.tag_ == "VBG" for each in token.children
    )


def _seen(verb: Token, passive: bool) -> list[Token]:
    """Find "sees a link"."""
    told = child(verb, "nsubjpass" if passive else "dobj")
    return [told] if told is not None and told.lemma_ in cues().seen else []


FINDERS: tuple[tuple[str, Callable[[Token, bool], list[Token]]], ...] = (
    ("clause", _clause),
    ("question", _question),
    ("to", _to),
    ("someone to", _someone_to),
    ("as saying", _as_saying),
    ("as", _as),
    ("called", _called),
    ("told", _told),
    ("thing", _thing),
    ("seen", _seen),
    ("doing", _doing),
)
"""By frame, the surest first: gives the heads of what is said, for a verb and whether it is passive."""
