"""Which documents tell the same story: copies, cuts and rewrites of one wire report.

The shorter of two texts is cut into stretches of twenty words. A stretch is found in the longer text when
two of its runs of three words stand there; runs of grammar alone do not count. Headlines, bylines and
boilerplate play no part. Looking at stretches and not at the whole tells a rewrite, of which a little
stands everywhere, from another story that ends with the same background.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shatterbelt.documents.layout.tables import words
from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.documents.words import BITS, word_code

SAME = 0.45
"""The share of the shorter text's stretches that are found in the longer, from which both tell one story."""
LOOSE = 0.2
"""The share that any two members of a group have: a round-up of two stories does not make them one."""
STRETCH = 20
"""Words of a stretch."""
FOUND = 2
"""Runs of three words of a stretch that stand in the other text, from which it is found there."""
FEWEST = 8
"""Runs that two texts share at the least."""
COMPARED = 12
"""Documents that one is compared with: those that share most runs with it."""
NEAR = 6
"""Documents, in order, that a run of words joins one to: so a story copied often takes linear time."""

_MEMBERS = 4  # of a group, that those of another are compared with


@dataclass(frozen=True)
class _Runs:
    """A body's runs of three words in order (n,), -1 where they are grammar only; and its different runs."""

    ordered: NDArray[np.int64]
    known: NDArray[np.int64]


def same_story(documents: Sequence[LoadedDocument]) -> list[list[int]]:
    """Return the groups of documents that tell one story, each document in exactly one, in order.

    A text that holds another one tells the same story, and so does a rewrite with four words in ten
    changed. Time grows with the number of documents and of their words.
    """
    runs = [_runs(document) for document in documents]
    scored = sorted((-likeness(runs[a], runs[b]), a, b) for a, b in _candidates(runs))
    group = {at: [at] for at in range(len(documents))}
    for score, a, b in scored:
        left, right = group[a], group[b]
        if -score < SAME:
            break
        if left is not right and _all_alike(left, right, runs):
            left += right
            group |= dict.fromkeys(right, left)
    different = {id(members): members for members in group.values()}
    return sorted(sorted(members) for members in different.values())


def likeness(one: _Runs, other: _Runs) -> float:
    """Return the share (0 to 1) of the shorter text's stretches that are found in the longer one."""
    short, long = (one, other) if one.ordered.size <= other.ordered.size else (other, one)
    if long.known.size < FEWEST:
        return 0.0
    nearest = np.minimum(np.searchsorted(long.known, short.ordered), long.known.size - 1)
    hits = long.known[nearest] == short.ordered
    if np.count_nonzero(hits) < FEWEST:
        return 0.0
    number = np.arange(hits.size) // STRETCH
    whole = np.bincount(number) >= STRETCH / 2
    found = np.bincount(number, hits) >= FOUND
    return float(found[whole].mean()) if whole.any() else float(hits.mean() >= SAME)


def _all_alike(left: Sequence[int], right: Sequence[int], runs: Sequence[_Runs]) -> bool:
    """Return whether no two members of the groups are plainly different stories."""
    return all(likeness(runs[a], runs[b]) >= LOOSE for a in left[:_MEMBERS] for b in right[:_MEMBERS])


def _runs(document: LoadedDocument) -> _Runs:
    known = document.text.words
    inside = np.zeros(len(known), bool)
    for block in document.body:
        first, last = np.searchsorted(known.starts, [block.start, block.end])
        inside[first:last] = True
    codes = known.codes[inside].astype(np.int64)
    if codes.size < 3:
        return _Runs(np.empty(0, np.int64), np.empty(0, np.int64))
    telling = ~np.isin(codes, _grammar())
    keys = (codes[:-2] << 2 * BITS) | (codes[1:-1] << BITS) | codes[2:]
    ordered = np.where(telling[:-2] | telling[1:-1] | telling[2:], keys, -1)
    return _Runs(ordered, np.unique(ordered[ordered >= 0]))


def _candidates(runs: Sequence[_Runs]) -> list[tuple[int, int]]:
    """Return the pairs of documents worth comparing: at most `COMPARED` for each, those that share most."""
    keys = np.concatenate([np.empty(0, np.int64), *(one.known for one in runs)])
    owners = np.repeat(np.arange(len(runs)), [one.known.size for one in runs])
    order = np.argsort(keys, kind="stable")
    keys, owners = keys[order], owners[order]
    joined = [np.empty(0, np.int64)]
    for step in range(1, NEAR + 1):
        same = keys[step:] == keys[:-step]
        joined.append(owners[:-step][same] * len(runs) + owners[step:][same])
    pairs, counts = np.unique(np.concatenate(joined), return_counts=True)
    pairs, counts = pairs[counts >= FEWEST], counts[counts >= FEWEST]
    first, second = pairs // max(1, len(runs)), pairs % max(1, len(runs))
    best = np.lexsort((-counts, first))
    first, second = first[best], second[best]
    rank = np.arange(first.size) - np.searchsorted(first, first)
    return list(zip(first[rank < COMPARED].tolist(), second[rank < COMPARED].tolist(), strict=True))


@functools.cache
def _grammar() -> NDArray[np.int64]:
    """Return the codes of words that say nothing of a story."""
    return np.array(sorted({word_code(word) for word in words("words", "grammar")}), np.int64)
