"""From the encoder's scores to causes and effects: the pairs of spans that most likely overlap the true ones.

The encoder scores, for four kinds of relations (two that tell the cause first, two that tell the effect
first), where a cause and an effect start and end and what is inside. That gives every pair of spans that do
not overlap a probability. What is taken is not the likeliest pair but the one that is likeliest to be *half
right*: to overlap the true cause and the true effect by half of their union (minimum Bayes risk). That is
looked for when it is first asked for: of most sentences nobody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar, overload

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

Floats = NDArray[np.floating]
Truths = NDArray[np.bool_]
Ints = NDArray[np.integer]

SPANS_KEPT = 24
PAIRS_KEPT = 160
NEVER = -1e9
LEAST_KIND = 0.03
"""Kinds of relations that are less likely than this are not looked at."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A cause and an effect as first and last word pieces, and the chance that both are half right."""

    cause: tuple[int, int]
    effect: tuple[int, int]
    score: float


class Late(Sequence[T]):
    """Items that are made when they are first looked at; equal to any sequence of equal items."""

    def __init__(self, make: Callable[[], Iterable[T]]) -> None:
        self._make = make

    @cached_property
    def _items(self) -> tuple[T, ...]:
        return tuple(self._make())

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._items == tuple(other)

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return repr(self._items)


def relations(
    scores: Floats, mixture: Floats, starts: Truths, ends: Truths, limit: int = 3, least: float = 0.3
) -> list[Pair]:
    """Return up to ``limit`` pairs, the surest first; at least one wherever two spans fit in.

    ``scores`` (n, kinds, 2, 3) are for cause and effect the scores of start, end and inside; ``mixture``
    (kinds) tells how likely each kind is before softmax; ``starts`` and ``ends`` (n) where words start and
    end. Pairs after the first are given while their score is at least ``least``.
    """
    spans, chances = _likely(scores.astype(np.float32), _log_softmax(mixture), starts, ends)
    if not len(spans):
        return []
    same = _half(spans[:, 0], spans[:, 1]) & _half(spans[:, 2], spans[:, 3])
    found: list[Pair] = []
    left = chances.copy()
    for _ in range(limit):
        worth = same @ left
        best = int(worth.argmax())
        if found and worth[best] < least:
            break
        a, b, c, d = (int(value) for value in spans[best])
        found.append(Pair((a, b), (c, d), float(min(worth[best], 1.0))))
        left = np.where(same[best], 0.0, left)
    return found


def _likely(scores: Floats, mixture: Floats, starts: Truths, ends: Truths) -> tuple[Ints, Floats]:
    """Return the likeliest pairs (k, 4: cause and effect, first and last piece) and their chances (k)."""
    n = scores.shape[0]
    forbidden = np.where(np.triu(starts[:, None] & ends), 0, NEVER).astype(np.float32)
    found = []
    for kind in np.flatnonzero(mixture >= min(np.log(LEAST_KIND), mixture.max())):
        cause, effect = (_spans(scores[:, kind, role], forbidden) for role in (0, 1))
        if kind % 2 == 0:
            pairs, chances = _kind(cause, effect, n)
        else:
            pairs, chances = _kind(effect, cause, n)
            pairs = pairs[:, [2, 3, 0, 1]]
        found.append((pairs, chances * np.exp(mixture[kind])))
    joined, weights = (np.concatenate(parts) for parts in zip(*found, strict=True))
    kept = np.argsort(-weights, kind="stable")[:PAIRS_KEPT]
    kept = kept[weights[kept] > 1e-6]
    return joined[kept], weights[kept]


def _spans(scores: Floats, forbidden: Floats) -> Floats:
    """Return the score of every span (n, n: first and last) from those of start, end and inside (n, 3)."""
    inside = scores[:, 2].cumsum()
    spans: Floats = (scores[:, 0] - inside + scores[:, 2])[:, None] + (scores[:, 1] + inside) + forbidden
    return spans


def _kind(first: Floats, second: Floats, n: int) -> tuple[Ints, Floats]:
    """Return pairs of one kind, a span of ``first`` (n, n) before one of ``second``, and their chances."""
    ending, starting = _log_sum(first, 0), _log_sum(second, 1)
    # What can still follow a span that ends at i, and what can come before one that starts at i.
    after = np.append(np.logaddexp.accumulate(starting[::-1])[::-1][1:], NEVER)
    before = np.append(NEVER, np.logaddexp.accumulate(ending)[:-1])
    total = np.logaddexp.reduce(ending + after)
    if total < NEVER / 2:
        return np.zeros((0, 4), dtype=np.int64), np.zeros(0)
    left = _top(first + after[None, :])
    right = _top(second + before[:, None])
    a, b = np.divmod(left, n)
    c, d = np.divmod(right, n)
    score = first[a, b][:, None] + second[c, d][None, :] - total
    fits = (b[:, None] < c[None, :]) & (score > -14)
    i, j = np.nonzero(fits)
    return np.stack([a[i], b[i], c[j], d[j]], axis=1), np.exp(score[i, j])


def _top(scores: Floats) -> Ints:
    flat = scores.ravel()
    count = min(SPANS_KEPT, flat.size)
    return np.argpartition(-flat, count - 1)[:count]


def _half(first: Ints, last: Ints) -> Truths:
    """Return which of the spans overlap which by at least half of their union (k, k)."""
    both = np.minimum(last[:, None], last) - np.maximum(first[:, None], first) + 1
    sizes = last - first + 1
    enough: Truths = 2 * both >= sizes[:, None] + sizes - both
    return enough


def _log_sum(values: Floats, axis: int) -> Floats:
    highest = values.max(axis)
    summed: Floats = np.log(np.exp(values - np.expand_dims(highest, axis)).sum(axis)) + highest
    return summed


def _log_softmax(values: Floats) -> Floats:
    shifted = values.astype(np.float32) - values.max()
    normed: Floats = shifted - np.log(np.exp(shifted).sum())
    return normed
