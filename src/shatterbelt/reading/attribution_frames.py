"""Verbs that tell who says what: the frames around a cue verb, with source and content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shatterbelt.reading.attribution_cues import Cue, cues
from shatterbelt.reading.attribution_sources import agent_of, can_speak, child, is_passive, meant, subject
from shatterbelt.statements import Manner

if TYPE_CHECKING:
    from spacy.tokens import Token

_NEVER_TO = frozenset({"say", "report", "believe", "think", "rumour", "rumor", "understand", "know"})
_DENYING = frozenset({"deny", "dispute", "reject", "dismiss", "contest", "refute"})
_CLAUSES = frozenset({"ccomp", "xcomp"})


@dataclass(frozen=True)
class Frame:
    """One attribution in a sentence: its cue, its source, and which tokens are what is said.

    ``cue`` are the cue's tokens, its head first; ``roots`` the tokens whose subtrees are the content.
    """

    cue: tuple[Token, ...]
    source: Token | None
    content: frozenset[int]
    manner: Manner
    roots: frozenset[int] = frozenset()
    rule: str = ""


def subtree(*tokens: Token) -> set[int]:
    """Return the places of the tokens and of all that hangs on them."""
    return {each.i for token in tokens for each in token.subtree}


def verb_frames(verb: Token) -> list[Frame]:
    """Return the attributions of which a verb is the cue; a verb has one at most but for "to" and "as"."""
    rows = cues().verbs.get(verb.lemma_)
    if rows is None or not is_verb(verb):
        return []
    for row in rows:
        if row.only and not _has_particle(verb, row.only):
            continue
        for frame in _frames_of(verb, row):
            return [frame]
    return []


def is_verb(token: Token) -> bool:
    """Return whether a token is a verb, or stands as one: "experts allege that", tagged as a noun."""
    if token.pos_ in {"VERB", "AUX"}:
        return True
    return token.dep_ == "ROOT" and child(token, "nsubj") is not None and child(token, "ccomp") is not None


def _frames_of(verb: Token, row: Cue) -> Iterator[Frame]:
    """Give the attributions of a verb under one row of the table, the surest first."""
    passive = is_passive(verb) or _is_said_to(verb)
    source = agent_of(verb) if passive else subject(verb, row.source)
    if source is None and passive and verb.head.lemma_ == "let":
        source = subject(verb.head)  # "let it be understood"
    elif source is not None and (source.lower_ == "you" or verb.head.lemma_ == "let"):
        return  # "you would think", "let us remember": nobody in particular
    if source is not None and source.tag_ == "WP" and meant(source).i == source.i:
        return  # a question, "who had ordered it", names nobody
    told = "clause" in row.frames and row.source != "shown" and says_that(verb)
    if source is not None and not told and not can_speak(source, row.source):
        return
    if source is None and not passive and not _may_lack_source(verb):
        return
    for name, finder in _FINDERS:
        if name in row.frames:
            found = finder(verb, passive)
            if found:
                yield _made(verb, row, source, found, name)
    if row.opens:
        found = _opened(verb, row, passive)
        if found:
            yield _made(verb, row, source, found, "with")


def _is_said_to(verb: Token) -> bool:
    """Return whether it is "files said to have been found", which the parse may take for an active."""
    if verb.lemma_ not in _NEVER_TO or verb.tag_ not in {"VBN", "VBD"} or child(verb, "ccomp", "dobj"):
        return False
    act = child(verb, "xcomp")
    return act is not None and _is_infinitive(act)


def says_that(verb: Token) -> bool:
    """Return whether a finite clause with its opening word stands behind a verb."""
    return any(
        each.dep_ == "ccomp" and each.i > verb.i and any(part.dep_ == "mark" for part in each.children)
        for each in verb.children
    )


def _made(verb: Token, row: Cue, source: Token | None, found: list[Token], name: str) -> Frame:
    manner = row.manner
    if name in {"as", "called"} and any(_is_falsehood(each) for each in found):
        manner = "denied"
    content = subtree(*found)
    if verb.i in content:  # the clause that the cue is put into: "the plan, she said, would fail"
        content -= subtree(verb)
    if source is not None:
        content -= subtree(source) if source.i in content and source.head.i == verb.i else set()
    if name == "clause" and manner == "reported" and any(_is_wish(each) for each in found):
        manner = "demanded"  # "insists that they be freed"
    cue = (verb, *_cue_words(verb, row))
    return Frame(cue, source, frozenset(content), manner, frozenset(each.i for each in found), name)


def _is_wish(clause: Token) -> bool:
    """Return whether a clause stands in the subjunctive: a bare verb under "that", no auxiliary before it."""
    helpers = [each for each in clause.children if each.dep_ in {"aux", "auxpass"}]
    first = helpers[0] if helpers else clause
    opened = child(clause, "mark") is not None and child(clause, "nsubj", "nsubjpass") is not None
    return opened and first.tag_ == "VB"


def _cue_words(verb: Token, row: Cue) -> Iterator[Token]:
    opened = row.opens | ({"on", "upon"} if "someone to" in row.frames else set())
    for each in verb.children:
        if (each.dep_ == "prt" and each.i == verb.i + 1) or (
            each.dep_ == "prep" and each.i == verb.i + 1 and each.lower_ in opened
        ):
            yield each


def _has_particle(verb: Token, word: str) -> bool:
    kinds = {"prt", "prep", "advmod", "oprd", "acomp", "ccomp", "dobj"}
    return any(each.lower_ == word and each.dep_ in kinds for each in verb.children)


def _may_lack_source(verb: Token) -> bool:
    """Return whether nobody need be named: "a report saying that", "rumours claiming that"."""
    if verb.dep_ == "xcomp":  # "it is fashionable to say"
        above = child(verb.head, "nsubj")
        return above is not None and above.lower_ == "it" and child(verb.head, "acomp") is not None
    return verb.dep_ == "acl" or (verb.tag_ == "VBG" and verb.dep_ in {"advcl", "pcomp"})


def _is_infinitive(token: Token) -> bool:
    return any(each.dep_ == "aux" and each.lower_ == "to" for each in token.children)


def _clause(verb: Token, passive: bool) -> list[Token]:
    """Find "that" clauses, bare ones, and the clause around a cue that is put into it."""
    found = [
        each
        for each in verb.children
        if each.dep_ == "ccomp" and not (_is_infinitive(each) and child(each, "mark") is None)
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
        found = [each for each in verb.children if each.dep_ == "xcomp" and _is_infinitive(each)]
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
    return [each for each in verb.children if each.dep_ == "xcomp" and _is_infinitive(each)]


def _someone_to(verb: Token, passive: bool) -> list[Token]:
    """Find "urged the ministry to act", "called on both sides to stop", "was told to leave"."""
    acts = [each for each in verb.children if each.dep_ in _CLAUSES and _is_infinitive(each)]
    if not acts:
        for each in verb.children:
            if each.dep_ in {"dobj", "prep"} and verb.lemma_ in {"call", "urge", "appeal", "press"}:
                holder = each if each.dep_ == "dobj" else child(each, "pobj")
                acts += (
                    [a for a in holder.children if a.dep_ in {"acl", "relcl"} and _is_infinitive(a)]
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


def _opened(verb: Token, row: Cue, passive: bool) -> list[Token]:
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


_FINDERS: tuple[tuple[str, Callable[[Token, bool], list[Token]]], ...] = (
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


def _is_falsehood(token: Token) -> bool:
    table = cues().falsehoods
    return token.lemma_.lower() in table or any(
        each.lemma_.lower() in table
        for each in token.children
        if each.dep_ in {"amod", "attr", "acomp", "oprd"}
    )
