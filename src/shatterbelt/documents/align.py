"""Approximate search of a fingerprint in the words of a text: shared pairs first, then an alignment.

The cost of an alignment: 1 for a changed or lost word of the quote; 1 for the first of a run of extra
words in the text and `MORE` for each further one, so that an advert in the middle does not hide a long
quote.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shatterbelt.documents.words import Words, pair_keys

MIN_WORDS = 6
"""Shorter quotes are never matched approximately: one changed word may make another statement of them."""
MAX_WORDS = 2000
"""Longer quotes are never matched approximately, to bound the time."""
TOLERANCE = 0.2
"""Cost allowed for each word of the quote."""
MORE = 0.1
"""Cost of each further extra word of a run."""

# Of two alignments with the same cost the one with more words in common is better.
_TIE = 1e-6
_LONGEST_RUN = 60
_MOST_PAIRS = 256
_MOST_HITS = 500
_MOST_WINDOWS = 8


@dataclass(frozen=True, slots=True)
class Match:
    """The words ``first`` to ``last`` (not included) of a text, and the cost of matching them."""

    first: int
    last: int
    cost: float


def allowed_cost(length: int) -> float:
    """Return the highest cost at which a quote of ``length`` words still counts as found."""
    return float(np.floor(TOLERANCE * length))


def approximate(codes: NDArray[np.uint16], words: Words) -> list[Match]:
    """Return the places of a text that come nearest to a fingerprint, best first, none overlapping.

    Time is bounded: pairs of neighbouring words that the text shares with the quote vote for the
    windows to align (n log n once for the text), and at most eight windows are aligned.

    Args:
        codes: the quote's fingerprint (m,), `MIN_WORDS` to `MAX_WORDS` long; else nothing is found.
        words: the text's words.
    """
    length = len(codes)
    if not MIN_WORDS <= length <= MAX_WORDS or len(words) < 2:
        return []
    pad = int(allowed_cost(length)) + 2
    slack = min(int(allowed_cost(length) / MORE), _LONGEST_RUN)
    matches = []
    for diagonal in _windows(codes, words, slack):
        low = max(0, diagonal - pad)
        high = min(len(words), diagonal + length + slack + pad)
        matches += _in_window(codes, words.codes, low, high)
    return _apart(matches)


def _in_window(codes: NDArray[np.uint16], text: NDArray[np.uint16], low: int, high: int) -> list[Match]:
    """Return the best match in a window, and the best before and after it: a rival may be close by."""
    best = align(codes, text[low:high])
    parts = [(low, low + best[0]), (low + best[1], high)]
    found = [(low, best)]
    found += [
        (start, align(codes, text[start:end])) for start, end in parts if 2 * (end - start) >= len(codes)
    ]
    return [Match(start + first, start + last, cost) for start, (first, last, cost) in found if last > first]


def _windows(codes: NDArray[np.uint16], words: Words, slack: int) -> list[int]:
    """Return the diagonals (place in the text less place in the quote) that most shared pairs vote for."""
    diagonals, used = _votes(codes, words)
    if not len(diagonals):
        return []
    # A changed or lost word breaks two pairs: fewer votes than this cannot be within the tolerance.
    needed = max(2, used - 2 * int(allowed_cost(len(codes))))
    counts = np.searchsorted(diagonals, diagonals + slack, side="right") - np.arange(len(diagonals))
    chosen: list[int] = []
    for at in np.argsort(-counts, kind="stable"):
        if counts[at] < needed or len(chosen) == _MOST_WINDOWS:
            break
        diagonal = int(diagonals[at])
        if all(abs(diagonal - other) > slack for other in chosen):
            chosen.append(diagonal)
    return chosen


def _votes(codes: NDArray[np.uint16], words: Words) -> tuple[NDArray[np.int64], int]:
    """Return the sorted diagonals of the rarest shared pairs, and how many pairs of the quote were used."""
    keys, places = words.pairs
    wanted = pair_keys(codes)
    left = np.searchsorted(keys, wanted, side="left")
    hits = np.searchsorted(keys, wanted, side="right") - left
    rarest = np.argsort(hits, kind="stable")
    rarest = rarest[hits[rarest] <= _MOST_HITS][:_MOST_PAIRS]
    found = [places[left[at] : left[at] + hits[at]] - at for at in rarest if hits[at]]
    return np.sort(np.concatenate(found)) if found else np.empty(0, np.int64), len(rarest)


def align(codes: NDArray[np.uint16], window: NDArray[np.uint16]) -> tuple[int, int, float]:
    """Return first and last (not included) word of the cheapest match inside a window, and its cost.

    Dynamic programming over the quote's words, a row at a time: the whole quote against any part of
    the window, with affine costs for extra words (Gotoh's recurrence, one state being enough as a
    run of extra words never follows another).

    Args:
        codes: the quote (m,).
        window: a part of the text (w,).
    """
    places = np.arange(len(window) + 1)
    cost = np.zeros(len(window) + 1)
    start = places.copy()
    for code in codes:
        same = np.empty_like(cost)
        same[0] = np.inf
        same[1:] = cost[:-1] + (1 + _TIE) * (window != code)
        lost = cost + 1 + _TIE
        taken = same <= lost
        cost = np.where(taken, same, lost)
        start = np.where(taken, np.concatenate(([0], start[:-1])), start)
        cost, start = _with_extra(cost, start, places)
    last = int(np.argmin(cost))
    return int(start[last]), last, round(float(cost[last]), 2)


def _with_extra(
    cost: NDArray[np.float64], start: NDArray[np.int64], places: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Let a run of extra words follow where that is cheaper: a running minimum along the row."""
    level = cost - MORE * places
    lowest = np.minimum.accumulate(level)
    origin = np.maximum.accumulate(np.where(level <= lowest, places, 0))
    extra = np.full_like(cost, np.inf)
    extra[1:] = lowest[:-1] + MORE * places[1:] + 1 - MORE
    use = extra < cost - 1e-9
    begun = np.concatenate(([0], origin[:-1]))
    return np.where(use, extra, cost), np.where(use, start[begun], start)


def _apart(matches: list[Match]) -> list[Match]:
    kept: list[Match] = []
    for match in sorted(matches, key=lambda match: (match.cost, match.first)):
        if all(match.first >= other.last or match.last <= other.first for other in kept):
            kept.append(match)
    return kept
