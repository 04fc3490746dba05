"""Cues that are no verbs: claims and fears, "according to", "in his words", "allegedly", "alleged"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shatterbelt.reading.attribution_cues import cues
from shatterbelt.reading.attribution_frames import Frame, subtree
from shatterbelt.reading.attribution_sources import can_speak, child, subject_of_noun

if TYPE_CHECKING:
    from spacy.tokens import Token

_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})


def noun_frames(noun: Token) -> list[Frame]:
    """Return the attribution of a noun such as "claim" with a clause or its preposition behind it."""
    row = cues().nouns.get(noun.lemma_.lower())
    if row is None or (noun.head.lower_ == "in" and noun.lower_ == "order"):
        return []
    found: list[Token] = []
    for each in noun.children:
        if each.i < noun.i:
            continue
        if each.dep_ in {"acl", "ccomp", "relcl"} and _says_that(each):
            found = [each]
            break
        if each.dep_ in {"acl", "relcl", "advcl"} and "for" in row.opens and _for_to(each):
            found = [each]
            break
        if each.dep_ == "acl" and row.manner in {"demanded", "hypothetical"} and _to(each):
            found = [each]
            break
        if each.dep_ == "prep" and each.lower_ in row.opens and not found:
            inner = child(each, "pcomp", "pobj")
            found = [inner] if inner is not None else []
    if not found:
        return []
    return [
        Frame(
            cue=(noun,),
            source=subject_of_noun(noun),
            content=frozenset(subtree(*found)),
            manner=row.manner,
            roots=frozenset(each.i for each in found),
            rule="noun",
        )
    ]


def phrase_frames(token: Token) -> list[Frame]:
    """Return the attribution of "according to the ministry" or "in his words"."""
    if token.lower_ == "according":
        to = child(token, "prep")
        source = child(to, "pobj") if to is not None and to.lower_ == "to" else None
        if to is None or source is None:
            return []
        return _over(token, (token, to), source)
    before = cues().phrases.get(token.lemma_.lower())
    if before is None or token.dep_ != "pobj" or token.head.lower_ not in before:
        return []
    source = child(token, "poss")
    if source is None:
        of = next((each for each in token.children if each.dep_ == "prep" and each.lower_ == "of"), None)
        source = child(of, "pobj") if of is not None else None
        if source is None or not _is_fronted(token.head) or not can_speak(source, "text"):
            return []
    elif token.lemma_.lower() in {"mind", "reading", "account", "version", "point"} and not _is_fronted(
        token.head
    ):
        return []
    return _over(token.head, (token, token.head), source)


def adverb_frames(token: Token) -> list[Frame]:
    """Return the attribution of "reportedly" and "alleged", which name no source."""
    lemma = token.lower_
    if token.pos_ == "ADV":
        manner = cues().adverbs.get(lemma)
        if manner is None:
            return []
        root = token.head
        if root.dep_ in {"aux", "auxpass"}:
            root = root.head
        content = subtree(root) - {token.i}
        return [Frame((token,), None, frozenset(content), manner, frozenset({root.i}), "adverb")]
    manner = cues().adjectives.get(lemma)
    if manner is None or token.dep_ not in {"amod", "compound", "nmod"} or token.head.i < token.i:
        return []
    content = subtree(token.head) - subtree(token)
    return [Frame((token,), None, frozenset(content), manner, frozenset({token.head.i}), "adjective")]


def _over(phrase: Token, cue: tuple[Token, ...], source: Token) -> list[Frame]:
    """Return a frame whose content is the clause that the phrase hangs on."""
    root = phrase.head
    while root.head.i != root.i and not _is_clause(root):
        root = root.head
    content = subtree(root) - subtree(phrase)
    return [Frame(cue, source, frozenset(content), "reported", frozenset({root.i}), "phrase")]


def _is_clause(token: Token) -> bool:
    """Return whether a token heads a clause with a subject of its own."""
    return token.pos_ in {"VERB", "AUX"} and (
        token.dep_ == "ROOT" or child(token, "nsubj", "nsubjpass", "expl", "csubj") is not None
    )


def _is_fronted(preposition: Token) -> bool:
    """Return whether a phrase stands by itself: at the sentence's start or between commas."""
    start = preposition.sent.start
    before = preposition.nbor(-1) if preposition.i > start else None
    return before is None or before.is_punct or before.dep_ in {"mark", "cc"}


def _says_that(clause: Token) -> bool:
    """Return whether a clause is what is said: opened by "that", or finite without a relative's gap."""
    opener = next((each for each in clause.children if each.lower_ in {"that", "whether", "if"}), None)
    if opener is not None:
        return opener.dep_ == "mark" and (opener.lower_ != "that" or clause.dep_ != "relcl" or True)
    finite = clause.tag_ in _FINITE or any(each.tag_ in _FINITE for each in clause.children)
    return finite and clause.dep_ in {"acl", "ccomp"} and child(clause, "nsubj", "nsubjpass") is not None


def _for_to(clause: Token) -> bool:
    return any(each.dep_ == "mark" and each.lower_ == "for" for each in clause.children)


def _to(clause: Token) -> bool:
    return any(each.dep_ == "aux" and each.lower_ == "to" for each in clause.children)
