"""Verbs that tell who says what: the frames around a cue verb, with source and content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shatterbelt.reading.attribution_complements import FINDERS, is_infinitive, opened_by
from shatterbelt.reading.attribution_cues import Cue, cues
from shatterbelt.reading.attribution_sources import agent_of, can_speak, child, is_passive, meant, subject
from shatterbelt.statements import Manner

if TYPE_CHECKING:
    from spacy.tokens import Token

_NEVER_TO = frozenset({"say", "report", "believe", "think", "rumour", "rumor", "understand", "know"})


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
    for name, finder in FINDERS:
        if name in row.frames:
            found = finder(verb, passive)
            if found:
                yield _made(verb, row, source, found, name)
    if row.opens:
        found = opened_by(verb, row, passive)
        if found:
            yield _made(verb, row, source, found, "with")


def _is_said_to(verb: Token) -> bool:
    """Return whether it is "files said to have been found", which the parse may take for an active."""
    if verb.lemma_ not in _NEVER_TO or verb.tag_ not in {"VBN", "VBD"} or child(verb, "ccomp", "dobj"):
        return False
    act = child(verb, "xcomp")
    return act is not None and is_infinitive(act)


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


def _is_falsehood(token: Token) -> bool:
    table = cues().falsehoods
    return token.lemma_.lower() in table or any(
        each.lemma_.lower() in table
        for each in token.children
        if each.dep_ in {"amod", "attr", "acomp", "oprd"}
    )
