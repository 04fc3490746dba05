"""Claims of a sentence whose parse has no subject: "Corruption undermines trust", taken for one long noun."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_links import Link
from shatterbelt.reading.claim_phrases import Phrase, is_actor
from shatterbelt.reading.claim_words import VerbPhrase, words
from shatterbelt.reading.parsed import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token

    from shatterbelt.reading.parties import Parties

MOST = 30
"""Longer sentences without a subject are lists or headings, and are left alone."""
_FORMS = frozenset({"VBZ", "VBD", "VBN"})
_NOUNS = frozenset({"NOUN", "PROPN"})


def plain_links(sentence: Sentence, parties: Parties | None) -> Iterator[Link]:
    """Read noun, verb of causing, noun in order of words, where the parser saw no subject at all."""
    tokens = [t for t in sentence.tokens if not t.is_space]
    if len(tokens) > MOST or any(t.dep_ in {"nsubj", "nsubjpass", "csubj", "expl"} for t in tokens):
        return
    found = [(place, t, entry) for place, t in enumerate(tokens) if (entry := _causing(t)) is not None]
    if len(found) != 1 or tokens[-1].text not in {".", "!"}:
        return
    place, verb, entry = found[0]
    before, after = tokens[:place], tokens[place + 1 : -1]
    cause, effect = _head(before), _head(after)
    if cause is None or effect is None or any(t.is_punct or t.tag_ == "CC" for t in tokens[:-1]):
        return
    if is_actor(cause, sentence, parties) or (entry.frame != "makes" and is_actor(effect, sentence, parties)):
        return
    if entry.frame == "makes" and not any(t.lower_ == "to" for t in after):
        return
    ends = Phrase(sentence, cause, before[0], before[-1]), Phrase(sentence, effect, after[0], after[-1])
    sign = "+" if entry.change else entry.sign
    yield Link(*ends, "verb:plain", cause, (verb, verb), sign, change=entry.change)


def _causing(token: Token) -> VerbPhrase | None:
    if token.tag_ not in _FORMS or token.dep_ not in {"amod", "compound", "nmod"}:
        return None
    entries = words().verbs.get(token.lemma_.lower(), ())
    return next((e for e in entries if not e.rest and e.frame in {"forward", "changes", "makes"}), None)


def _head(run: list[Token]) -> Token | None:
    """Return the first noun of a run that no preposition governs and that stands last in its compound."""
    for place, token in enumerate(run):
        following = run[place + 1] if place + 1 < len(run) else None
        if token.pos_ in _NOUNS and (following is None or following.pos_ not in _NOUNS):
            return token
    return None
