"""Which documents tell the same story: copies, cuts and rewrites of one wire report.

Two texts are compared by the pairs of neighbouring words that they share, leaving out pairs that are
grammar only. Offsets, headlines, bylines and boilerplate play no part: only the body's words are taken.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from shatterbelt.documents.layout.tables import words
from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.documents.words import BITS, word_code

SAME = 0.2
"""The share of the shorter text's pairs that stand in the longer one, from which both tell one story."""
FEWEST = 12
"""Pairs that have to be shared at the least."""
COMPARED = 24
"""Documents that one is compared with, those that share most rare runs of three words first."""
COMMON = 30
"""A run of three words that stands in more documents than this joins only neighbours in their order."""

_MEMBERS = 8  # of a group, that a newcomer is compared with
_LOOSE = 0.5  # of SAME, that it needs with each of them: a digest of two stories does not make them one


def same_story(documents: Sequence[LoadedDocument]) -> list[list[int]]:
    """Return the groups of documents that tell one story, each document in exactly one, in order.

    A text that holds another one counts as the same story, and so does a rewrite that changed four
    words in ten. Stories on one topic share names and stock phrases, well under the threshold. Time
    grows with the number of documents and of their words.
    """
    codes = [_body_codes(document) for document in documents]
    pairs = [_pairs(code) for code in codes]
    scored = sorted(
        ((likeness(pairs[a], pairs[b]), -a, -b) for a, b in _candidates(codes)),
        reverse=True,
    )
    group = {at: [at] for at in range(len(documents))}
    for score, a, b in scored:
        if score < SAME:
            break
        left, right = group[-a], group[-b]
        if left is not right and _all_alike(left, right, pairs):
            left += right
            for at in right:
                group[at] = left
    return sorted(
        sorted(members) for members in {id(members): members for members in group.values()}.values()
    )


def likeness(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Return the share of the shorter text's pairs (n,) that stand in the longer one; 0 for too few."""
    shared = np.intersect1d(one, other, assume_unique=True).size
    return shared / min(one.size, other.size) if shared >= FEWEST else 0.0


def _all_alike(left: Sequence[int], right: Sequence[int], pairs: Sequence[NDArray[np.int64]]) -> bool:
    """Return whether no two members of the groups are plainly different stories."""
    return all(
        likeness(pairs[a], pairs[b]) >= _LOOSE * SAME for a in left[:_MEMBERS] for b in right[:_MEMBERS]
    )


def _body_codes(document: LoadedDocument) -> NDArray[np.int64]:
    """Return the codes (n,) of the words in the document's body, in order."""
    known = document.text.words
    inside = np.zeros(len(known), bool)
    for block in document.body:
        first, last = np.searchsorted(known.starts, [block.start, block.end])
        inside[first:last] = True
    return known.codes[inside].astype(np.int64)


def _pairs(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a key for each different pair of neighbours that is not grammar only, sorted."""
    plain = ~np.isin(codes, _grammar())
    keys = (codes[:-1] << BITS) | codes[1:]
    return np.unique(keys[plain[:-1] | plain[1:]])


def _candidates(codes: Sequence[NDArray[np.int64]]) -> Iterable[tuple[int, int]]:
    """Yield pairs of documents that share runs of three words, at most `COMPARED` for each.

    Runs that stand in many documents join each only to the next, so that a story that was copied a
    thousand times is found in linear time.
    """
    keys, owners = _triples(codes)
    shared: list[Counter[int]] = [Counter() for _ in codes]
    begins = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if keys.size else np.empty(0, np.int64)
    for start, end in zip(begins, np.r_[begins[1:], keys.size], strict=True):
        if end - start < 2:
            continue
        holders = owners[start:end].tolist()
        near = len(holders) if len(holders) <= COMMON else 2
        for at, one in enumerate(holders):
            shared[one].update(holders[at + 1 : at + near])
    for one, others in enumerate(shared):
        for other, _ in others.most_common(COMPARED):
            yield one, other


def _triples(codes: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return keys of all different runs of three words, sorted, with the document of each; both (n,)."""
    grammar = _grammar()
    keys, owners = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for at, code in enumerate(codes):
        plain = ~np.isin(code, grammar)
        telling = plain[:-2].astype(int) + plain[1:-1] + plain[2:] >= 1
        runs = np.unique(((code[:-2] << 2 * BITS) | (code[1:-1] << BITS) | code[2:])[telling])
        keys.append(runs)
        owners.append(np.full(runs.size, at, np.int64))
    every, owner = np.concatenate(keys), np.concatenate(owners)
    order = np.argsort(every, kind="stable")
    return every[order], owner[order]


@functools.cache
def _grammar() -> NDArray[np.int64]:
    """Return the codes of words that say nothing of a story."""
    return np.array(sorted({word_code(word) for word in words("words", "grammar")}), np.int64)
