"""Cues that the encoder marks and no construction has read: attributions of a weaker kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shatterbelt.reading.attribution_cues import cues
from shatterbelt.reading.attribution_frames import Frame, subtree
from shatterbelt.reading.attribution_sources import agent_of, child, is_passive, subject
from shatterbelt.reading.parsed import Scored, Sentence

if TYPE_CHECKING:
    from spacy.tokens import Token

LEAST_CUE = 0.55
"""Below this score a cue that no construction confirms is left out; chosen on the articles to train on."""
LEAST_SOURCE = 0.4
_NEAR = 60  # characters
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
        manner = cues().verbs[cue.lemma_][0].manner
        frames.append(Frame((cue,), _source(cue, sentence), said, manner, frozenset(), "encoder"))
    return frames


def _is_known(token: Token) -> bool:
    """Return whether a word is a cue verb, and no verb of refusing, which needs a construction."""
    rows = cues().verbs.get(token.lemma_, ())
    return bool(rows) and all(row.manner != "denied" for row in rows)


def _said(cue: Token) -> frozenset[int]:
    """Return what stands under a cue and behind it."""
    heads = [each for each in cue.children if each.dep_ in _SAID and each.i > cue.i]
    return frozenset(subtree(*heads))


def _source(cue: Token, sentence: Sentence) -> Token | None:
    """Return the cue's own subject or agent, else the encoder's nearest source, else a shared subject."""
    own = agent_of(cue) if is_passive(cue) else child(cue, "nsubj")
    return own or marked_source(cue, sentence) or subject(cue, "anyone")


def marked_source(cue: Token, sentence: Sentence) -> Token | None:
    """Return the head of the source that the encoder marks nearest to a cue; None without one near."""
    if sentence.prediction is None:
        return None
    place = sentence.places[cue.idx]
    marks = [
        (min(abs(mark.start - place), abs(mark.end - place)), mark)
        for mark in sentence.prediction.cues
        if mark.label == "source" and mark.score >= LEAST_SOURCE
    ]
    near = min(marks, key=lambda each: each[0], default=None)
    return _head(near[1], sentence) if near is not None and near[0] <= _NEAR else None


def _head(mark: Scored, sentence: Sentence) -> Token | None:
    """Return the token of a marked run that the others hang on."""
    tokens = sentence.tokens_at(mark.start, mark.end)
    inside = {token.i for token in tokens}
    heads = [token for token in tokens if token.pos_ in _NAMING and token.head.i not in inside]
    return heads[0] if heads else None
