"""Lines to paragraphs: which line breaks are only where the line was full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shatterbelt.documents.formats.front import front_end
from shatterbelt.documents.layout.marks import (
    BULLET,
    ends_sentence,
    is_boilerplate,
    is_byline,
    is_date_line,
    is_heading,
    plain,
)

WIDEST = 130
"""Lines over this are whole paragraphs: nobody breaks lines so late."""


NARROWEST = 30
"""Lines under this are not broken because they are full, but a list."""


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    indent: int
    words: str


def runs_of(characters: str) -> list[tuple[int, int]]:
    """Return start and end of every paragraph, in order: lines that were broken because full are one.

    Paragraphs end at empty lines, after a line that ends a sentence and has room for the next word, at
    headings, bylines, dates, list marks, and lines of boilerplate.
    """
    found: list[tuple[int, int]] = []
    front = front_end(characters)
    if front:
        found.append((0, front))
    runs = list(_runs(characters, front))
    usual = max((_width(run) for run in runs if len(run) > 2), default=0)
    for run in runs:
        width = _width(run) if len(run) > 2 else usual
        begin = 0
        for at in range(1, len(run) + 1):
            if at == len(run) or _parted(run[at - 1], run[at], width, first=at - 1 == begin):
                found.append((run[begin].start, run[at - 1].end))
                begin = at
    return found


def _width(run: Sequence[_Line]) -> int:
    """Return how long a line may be in a run whose lines were broken where they were full; else 0."""
    width = max(len(line.words) + line.indent for line in run)
    inside = sum(not ends_sentence(line.words) for line in run[:-1])
    return width if NARROWEST <= width <= WIDEST and inside >= 0.4 * (len(run) - 1) else 0


def _runs(characters: str, start: int) -> Iterator[list[_Line]]:
    """Yield runs of lines without an empty one between them."""
    run: list[_Line] = []
    for line in characters[start:].split("\n"):
        words = plain(line)
        if words:
            bare = line.lstrip(" \u200b")
            run.append(_Line(start, start + len(line), len(line) - len(bare), words))
        elif run:
            yield run
            run = []
        start += len(line) + 1
    if run:
        yield run


def _parted(last: _Line, line: _Line, width: int, *, first: bool) -> bool:
    """Return whether a new paragraph begins at a line; ``first``: the one before it began one."""
    if set(line.words) in ({"="}, {"-"}) and len(line.words) >= 3 and first:
        return False
    if _marked(last) or _marked(line) or is_byline(line.words) or (first and _alone(last)):
        return True
    item = BULLET.match(line.words) is not None
    full = 0 < width < len(last.words) + last.indent + 1 + len(line.words.split()[0])
    if ends_sentence(last.words):
        return not full or line.indent > last.indent + 1 or item or _alone(line)
    if full or (line.words[0].islower() and not item):
        return False
    if item or _alone(line):
        return True
    return first and (BULLET.match(last.words) is not None or is_heading(last.words, first=False))


def _marked(line: _Line) -> bool:
    """Return whether a line is a heading or a rule by its marks."""
    return line.words.startswith("#") or set(line.words) <= set("=-*_ ")


def _alone(line: _Line) -> bool:
    """Return whether a line can be no part of a paragraph."""
    return is_boilerplate(line.words, 0.0) or is_date_line(line.words) or is_byline(line.words)
