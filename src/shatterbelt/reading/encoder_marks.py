"""From one window's scores to what stands in its text: chances, triggers, cues, causes with their effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from shatterbelt.reading.encoder_relations import relations
from shatterbelt.reading.parsed import Scored, ScoredRelation
from shatterbelt.statements import PloverType

Floats = NDArray[np.floating[Any]]
Place = tuple[int, int]

KINDS = 4
_SPANS = KINDS * 2 * 3
_TYPES: tuple[str, ...] = get_args(PloverType)
_EVENTS = slice(_SPANS + 1, _SPANS + 2 + len(_TYPES))
_CUES = slice(_SPANS + 2 + len(_TYPES), _SPANS + 7 + len(_TYPES))

SURENESS = 0.5
"""What the score of telling a cause is multiplied by, as fitted on the part to choose by: it is too sure."""
LEAST_CAUSAL = 0.15
"""Below this chance that the sentence tells a cause no spans are looked for."""
LEAST_TRIGGER = 0.3
LEAST_SIGNAL = 0.4


@dataclass(frozen=True, slots=True)
class Marked:
    """What one window's scores say; places are characters of the sentence's text."""

    causal: float
    triggers: tuple[Scored, ...]
    cues: tuple[Scored, ...]
    sentence: Floats
    tokens: Floats
    offsets: Sequence[Place]
    words: Sequence[int | None]

    def relations(self) -> tuple[ScoredRelation, ...]:
        """Return the causes with their effects, the surest first; none where a cause is unlikely.

        A score is the chance that the sentence tells a cause and that both spans are half right.
        """
        if self.causal < LEAST_CAUSAL:
            return ()
        starts, ends = _edges(self.words)
        spans = self.tokens[:, :_SPANS].reshape(-1, KINDS, 2, 3)
        signals = _runs(_chance(self.tokens[:, _SPANS]) >= LEAST_SIGNAL)
        found = []
        for pair in relations(spans, self.sentence[1:], starts, ends):
            signal = _nearest(signals, pair.cause, pair.effect)
            found.append(
                ScoredRelation(
                    self.place(*pair.cause),
                    self.place(*pair.effect),
                    self.place(*signal) if signal else None,
                    self.causal * pair.score,
                )
            )
        return tuple(found)

    def place(self, first: int, last: int) -> Place:
        """Return the characters from one word piece to another, both included."""
        return self.offsets[first][0], self.offsets[last][1]


def marks_of(
    sentence: Floats,
    tokens: Floats,
    offsets: Sequence[Place],
    words: Sequence[int | None],
    own: Place,
) -> Marked:
    """Return what a window's scores say; triggers and cues only from the pieces ``own`` (first, last)."""
    inside = np.zeros(len(offsets), dtype=bool)
    inside[own[0] : own[1] + 1] = True
    types, cues = _softmax(tokens[:, _EVENTS]), _softmax(tokens[:, _CUES])
    return Marked(
        float(_chance(SURENESS * sentence[0])),
        tuple(_triggers(types, inside, offsets, words)),
        tuple(_cued(cues, inside, offsets, words)),
        sentence,
        tokens,
        offsets,
        words,
    )


def _triggers(
    types: Floats, inside: NDArray[np.bool_], offsets: Sequence[Place], words: Sequence[int | None]
) -> list[Scored]:
    """Return the runs of words that are likely to tell an event, each with its likeliest type."""
    best = types[:, 1:].argmax(1)
    likely = (1 - types[:, 0] >= LEAST_TRIGGER) & inside
    found: list[Scored] = []
    for first, last in _runs(likely, best):
        first, last = _whole(first, last, words)  # noqa: PLW2901  # the run grows to whole words
        chances = types[first : last + 1, 1:].max(0)
        label = int(chances.argmax())
        scored = Scored(offsets[first][0], offsets[last][1], _TYPES[label], float(chances[label]))
        if not found or found[-1].end <= scored.start:
            found.append(scored)
    return found


def _cued(
    cues: Floats, inside: NDArray[np.bool_], offsets: Sequence[Place], words: Sequence[int | None]
) -> list[Scored]:
    """Return the runs of words that are cues of speech or their sources."""
    chances = np.stack([cues[:, 0], cues[:, 1] + cues[:, 2], cues[:, 3] + cues[:, 4]], axis=1)
    best = np.where(inside, chances.argmax(1), 0)
    found: list[Scored] = []
    for first, last in _runs(best > 0, best):
        label = int(best[first])
        score = float(chances[first : last + 1, label].mean())
        first, last = _whole(first, last, words)  # noqa: PLW2901  # the run grows to whole words
        scored = Scored(offsets[first][0], offsets[last][1], ("cue", "source")[label - 1], score)
        if not found or found[-1].end <= scored.start:
            found.append(scored)
    return found


def _runs(wanted: NDArray[np.bool_], kind: NDArray[Any] | None = None) -> list[Place]:
    """Return the runs (first, last) of wanted pieces; a new one starts where the kind changes."""
    found: list[Place] = []
    for index in np.flatnonzero(wanted):
        joins = bool(found) and found[-1][1] == index - 1 and (kind is None or kind[index] == kind[index - 1])
        if joins:
            found[-1] = (found[-1][0], int(index))
        else:
            found.append((int(index), int(index)))
    return found


def _nearest(signals: list[Place], cause: Place, effect: Place) -> Place | None:
    """Return the signal that stands nearest to both; None where none stands within three pieces of either."""

    def gap(one: Place, other: Place) -> int:
        return max(0, other[0] - one[1] - 1, one[0] - other[1] - 1)

    near = [s for s in signals if min(gap(s, cause), gap(s, effect)) <= 3]
    return min(near, key=lambda s: gap(s, cause) + gap(s, effect), default=None)


def _edges(words: Sequence[int | None]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which pieces start and which end a word."""
    starts = [w is not None and (i == 0 or words[i - 1] != w) for i, w in enumerate(words)]
    ends = [w is not None and (i + 1 == len(words) or words[i + 1] != w) for i, w in enumerate(words)]
    return np.array(starts), np.array(ends)


def _whole(first: int, last: int, words: Sequence[int | None]) -> Place:
    """Return the run grown to whole words."""
    while words[first - 1] is not None and words[first - 1] == words[first]:
        first -= 1
    while words[last + 1] is not None and words[last + 1] == words[last]:
        last += 1
    return first, last


def _chance(scores: Any) -> Any:
    return 1 / (1 + np.exp(-scores))


def _softmax(scores: Floats) -> Floats:
    shifted = np.exp(scores - scores.max(-1, keepdims=True))
    normed: Floats = shifted / shifted.sum(-1, keepdims=True)
    return normed
