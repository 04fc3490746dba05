"""Cues that the encoder marks and no construction has read: attributions of a weaker kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shatterbelt.reading.attribution_cues import cues
from shatterbelt.reading.attribution_frames import Frame, subtree
from shatterbelt.reading.attribution_sources import agent_of, is_passive, subject, subject_of_noun
from shatterbelt.reading.parsed import Scored, Sentence
from shatterbelt.statements import Manner

if TYPE_CHECKING:
    from spacy.tokens import Token

LEAST_CUE = 0.55
"""Below this score a cue that no construction confirms is left out; chosen on the articles to train on."""
LEAST_SOURCE = 0.4
_SAID = frozenset({"dobj", "ccomp", "xcomp", "prep", "acl", "nsubjpass", "advcl", "pobj", "relcl", "appos"})
_NAMING = frozenset({"NOUN", "PROPN", "PRON", "NUM", "DET"})


def encoder_frames(sentence: Sentence, found: Sequence[Frame]) -> list[Frame]:
    """Return an attribution for each sure cue of the encoder that is a known cue word and not yet read."""
    if sentence.prediction is None:
        return []
    taken = {token.i for frame in found for token in frame.cue}
    frames: list[Frame] = []
    for mark in sentence.prediction.cues:
        if mark.label != "cue" or mark.score < LEAST_CUE:
            continue
        tokens = sentence.tokens_at(mark.start, mark.end)
        if any(token.i in taken for token in tokens):
            continue
        cue = next((token for token in tokens if _is_known(token)), None)
        said = _said(cue) if cue is not None else frozenset()
        if cue is None or not said:
            continue
        source = _source(cue, sentence)
        manner = _manner(cue)
        frames.append(Frame((cue,), source, said, manner, frozenset(), "encoder"))
    return frames


def _is_known(token: Token) -> bool:
    if token.lemma_ in cues().verbs:
        return True
    return token.pos_ == "NOUN" and token.lemma_.lower() in cues().nouns


def _manner(cue: Token) -> Manner:
    rows = cues().verbs.get(cue.lemma_)
    return rows[0].manner if rows else cues().nouns[cue.lemma_.lower()].manner


def _said(cue: Token) -> frozenset[int]:
    """Return what stands under a cue and behind it."""
    heads = [each for each in cue.children if each.dep_ in _SAID and each.i > cue.i]
    return frozenset(subtree(*heads))


def _source(cue: Token, sentence: Sentence) -> Token | None:
    """Return the source by grammar, else the encoder's nearest."""
    if cue.pos_ == "NOUN":
        told = subject_of_noun(cue)
    else:
        told = agent_of(cue) if is_passive(cue) else subject(cue, "anyone")
    if told is not None or sentence.prediction is None:
        return told
    marks = [m for m in sentence.prediction.cues if m.label == "source" and m.score >= LEAST_SOURCE]
    place = sentence.places[cue.idx]
    marks.sort(key=lambda mark: min(abs(mark.start - place), abs(mark.end - place)))
    return _head(marks[0], sentence) if marks else None


def _head(mark: Scored, sentence: Sentence) -> Token | None:
    """Return the token of a marked run that the others hang on."""
    tokens = sentence.tokens_at(mark.start, mark.end)
    inside = {token.i for token in tokens}
    heads = [token for token in tokens if token.pos_ in _NAMING and token.head.i not in inside]
    return heads[0] if heads else None
