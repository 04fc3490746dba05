"""Marked passages that overlap and nest, cut into pieces of text that a page can write one after another."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shatterbelt.documents.loaded import Block

View = dict[str, Any]
Part = Literal["quote", "core", "effect", "voice", "also"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters ``start`` to ``end`` of a text, and whose they are.

    ``key`` names the statement, ``kind`` is its kind. A ``quote`` is where it stands; ``core`` are the words
    that carry it (a trigger, a cause, what is wanted), ``effect`` those of a claim's effect, ``voice`` those
    that tell who says it, ``also`` all others; these show only while the statement is looked at.
    """

    start: int
    end: int
    key: str
    kind: str
    part: Part = "quote"


def in_blocks(blocks: Sequence[tuple[int, int]], marks: Iterable[Mark]) -> list[list[Mark]]:
    """Share marks out to the blocks that they touch; blocks are in order and do not overlap."""
    starts, ends = [start for start, _ in blocks], [end for _, end in blocks]
    found: list[list[Mark]] = [[] for _ in blocks]
    for mark in marks:
        for place in range(bisect_right(ends, mark.start), bisect_left(starts, mark.end)):
            found[place].append(mark)
    return found


def pieces(text: str, start: int, end: int, marks: Sequence[Mark]) -> list[View]:
    """Cut ``text[start:end]`` where a mark begins or ends.

    Each piece has its ``text``; ``opens``, the statements whose quote begins with it; ``whose``, those whose
    quotes hold it, the shortest quote first; ``kinds``, each once; ``inner``, the kind of the shortest; and
    ``parts``, such as ``e3:core``.
    """
    inside = [mark for mark in marks if mark.start < end and mark.end > start]
    opening: dict[int, list[Mark]] = {}
    for mark in inside:
        opening.setdefault(max(mark.start, start), []).append(mark)
    cuts = sorted({start, end, *opening, *(min(mark.end, end) for mark in inside)})
    found, over = [], list[Mark]()
    for here, there in itertools.pairwise(cuts):
        over = [mark for mark in over if mark.end > here] + opening.get(here, [])
        found.append(_piece(text[here:there], here, over))
    return found


def tell_repeats(cut: Iterable[View]) -> None:
    """Mark in pieces, in their order, where a statement begins that has begun before: ``again``."""
    known: set[str] = set()
    for piece in cut:
        for opened in piece["opens"]:
            opened["again"] = opened["key"] in known
            known.add(opened["key"])


def _piece(text: str, here: int, over: Sequence[Mark]) -> View:
    quotes = sorted(
        (mark for mark in over if mark.part == "quote"),
        key=lambda mark: (mark.end - mark.start, mark.key),
    )
    return {
        "text": text,
        "opens": [
            {"key": mark.key, "kind": mark.kind}
            for mark in over
            if mark.part == "quote" and mark.start == here
        ],
        "whose": list(dict.fromkeys(mark.key for mark in quotes)),
        "kinds": list(dict.fromkeys(mark.kind for mark in quotes)),
        "inner": quotes[0].kind if quotes else "",
        "parts": list(dict.fromkeys(f"{mark.key}:{mark.part}" for mark in over if mark.part != "quote")),
    }


def past_hashes(text: str, block: Block) -> int:
    """Return where a block begins; a heading of Markdown begins after its hashes."""
    if block.kind != "heading":
        return block.start
    words = text[block.start : block.end]
    return block.end - len(words.lstrip("# ")) if words.strip("# ") else block.start


# --------------------------------------------------------------------------- what cannot be seen

_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Marks that have no picture, among them those that turn the direction of reading."""
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
"""Characters that steer a terminal or printer, and halves of characters."""


def seen(text: str) -> str:
    """Return a text that can do nothing where it is shown.

    Invisible marks are left out, among them those that turn the direction of reading; control characters
    and halves of characters become the sign for what is no character.
    """
    return text if text.isprintable() else _CONTROLS.sub("\ufffd", _UNSEEN.sub("", text))


def unseen_in(text: str) -> int:
    """Count the invisible marks that `seen` leaves out."""
    return sum(1 for _ in _UNSEEN.finditer(text))


def one_line(text: str) -> str:
    """Return a text with all its white space as single spaces."""
    return " ".join(text.split())


def numbered(kinds: Iterable[str]) -> Iterator[str]:
    """Give each statement its name on the page by its kind: ``E1``, ``C1``, ``E2``."""
    counts: dict[str, int] = {}
    for kind in kinds:
        counts[kind] = counts.get(kind, 0) + 1
        yield f"{kind[:1].upper()}{counts[kind]}"
