"""The blocks of a text: what is read for statements, and what stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shatterbelt.documents.formats.front import front_end
from shatterbelt.documents.formats.taken import Piece
from shatterbelt.documents.layout.lines import runs_of
from shatterbelt.documents.layout.marks import (
    BULLET,
    ends_sentence,
    goes_on,
    is_about_author,
    is_boilerplate,
    is_byline,
    is_caption,
    is_date_line,
    is_heading,
    is_name_line,
    opens_section,
    plain,
)
from shatterbelt.documents.layout.places import dateline_end
from shatterbelt.documents.loaded import Block, BlockKind, Format


@dataclass(frozen=True, slots=True)
class _Part:
    """A run of characters, its words on one line, and its kind where that is beyond doubt."""

    start: int
    end: int
    words: str
    kind: BlockKind | None = None


def blocks_of(
    characters: str,
    format: Format = "text",  # noqa: A002 - the field's name in LoadedDocument
    pieces: Sequence[Piece] | None = None,
) -> tuple[Block, ...]:
    """Return the blocks of a normalised text, in order: every word of it stands in one of them.

    Paragraphs stand between empty lines; a paragraph whose sentence clearly goes on after an empty line
    is joined with the next. Where nothing is left to read, short lines are taken for text.

    Args:
        characters: the normalised text.
        format: what the file is; in web pages and Word files ``#`` marks no heading.
        pieces: what the file itself sets apart (HTML, DOCX); default by lines.
    """
    if pieces is None:
        front = front_end(characters)
        cut = [
            Piece(start, end, "boilerplate" if end <= front else None) for start, end in runs_of(characters)
        ]
    else:
        cut = [piece for piece in pieces if piece.start < piece.end]
    marked = format not in ("html", "docx")
    parts = [part for piece in cut if (part := _part(characters, piece, marked=marked))]
    parts = _heads(_joined(parts))
    parts = _sections(parts)
    if not any(part.kind in (None, "body") for part in parts):
        parts = [replace(part, kind="body") if part.kind == "heading" else part for part in parts]
    return tuple(block for part in parts for block in _blocks(part, characters))


def _part(characters: str, piece: Piece, *, marked: bool) -> _Part | None:
    """Return a piece with what can be told of it by itself."""
    span = characters[piece.start : piece.end]
    start = piece.start + len(span) - len(span.lstrip(" \n\u200b"))
    end = piece.end - (len(span) - len(span.rstrip(" \n\u200b")))
    if start >= end:
        return None
    span = characters[start:end]
    words = plain(span)
    return _Part(start, end, words, piece.kind or _kind(span, words, piece.links, marked=marked))


def _kind(span: str, words: str, links: float, *, marked: bool) -> BlockKind | None:
    if is_date_line(words):
        return "dateline"
    if is_byline(words):
        return "byline"
    if is_boilerplate(words, links):
        return "boilerplate"
    if marked and re.match(r"#{1,6} +\S|[^\n]+\n *(?:={3,}|-{3,}) *$", span):
        return "heading"
    if is_caption(span, words):
        return "caption"
    return None


def _joined(parts: Sequence[_Part]) -> list[_Part]:
    """Return the parts with those joined whose sentence was broken by an empty line."""
    found: list[_Part] = []
    for part in parts:
        last = found[-1] if found else None
        if last and last.kind is None and part.kind is None and goes_on(last.words, part.words):
            found[-1] = _Part(last.start, part.end, _both(last.words, part.words))
        else:
            found.append(part)
    return found


def _both(words: str, more: str) -> str:
    """Return the words of two parts; of long ones, only what headings and ends are told by."""
    return f"{words[:2000]} {more}"


def _heads(parts: Sequence[_Part]) -> list[_Part]:
    """Return the parts with headings, and a name alone under the title, told from paragraphs."""
    found: list[_Part] = []
    read = titled = False
    for at, part in enumerate(parts):
        kind = part.kind
        following = parts[at + 1] if at + 1 < len(parts) else None
        if kind is None and titled and not read and is_name_line(part.words):
            kind = "byline"
        elif kind is None and is_heading(part.words, first=not titled and not read):
            kind = "heading" if following or found else None
        read = read or kind is None
        titled = titled or kind == "heading"
        found.append(replace(part, kind=kind))
    return found


def _sections(parts: Sequence[_Part]) -> list[_Part]:
    """Return the parts with lists of links, and what stands after the article's end, as boilerplate."""
    found: list[_Part] = []
    section = ""
    words = sum(len(part.words) for part in parts if part.kind is None)
    read = 0
    for part in parts:
        kind = part.kind
        read += len(part.words) if kind is None else 0
        opened = opens_section(part.words)
        if opened == "list" or (opened == "closing" and 2 * read > words):
            section, kind = opened, "boilerplate"
        elif section == "list":
            short = len(part.words) < 160 and not ends_sentence(part.words)
            if short or BULLET.match(part.words):
                kind = "boilerplate"
            else:
                section = ""
        elif section == "closing":
            kind = "boilerplate"
        found.append(replace(part, kind=kind))
    return _without_author(found)


def _without_author(parts: list[_Part]) -> list[_Part]:
    """Return the parts with what is said of the author, after the last paragraph, as boilerplate."""
    read = [at for at, part in enumerate(parts) if part.kind is None]
    for at in reversed(read[1:]):
        if not is_about_author(parts[at].words):
            break
        parts[at] = replace(parts[at], kind="boilerplate")
    return parts


def _blocks(part: _Part, characters: str) -> list[Block]:
    """Return the block of a part; of a paragraph that begins with a dateline, two."""
    if part.kind not in (None, "body"):
        return [Block(part.start, part.end, part.kind)]
    cut = dateline_end(characters[part.start : min(part.end, part.start + 200)])
    if not cut:
        return [Block(part.start, part.end, "body")]
    between = part.start + cut
    rest = characters[between : part.end]
    begin = between + len(rest) - len(rest.lstrip(" \n\u200b"))
    head = characters[part.start : between].rstrip(" \n\u200b")
    return [Block(part.start, part.start + len(head), "dateline"), Block(begin, part.end, "body")]
