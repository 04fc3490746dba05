"""What a document says of itself: title, authors, day, publisher, place, address, language; no guesses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from shatterbelt.documents.formats.taken import NOTHING
from shatterbelt.documents.layout.dates import DAY, iso_of
from shatterbelt.documents.layout.languages import language_of
from shatterbelt.documents.layout.marks import is_name_line, plain
from shatterbelt.documents.layout.places import place_of
from shatterbelt.documents.loaded import Block, Metadata

_ISSUED = re.compile(
    rf"(?:^|\b(?:published|posted|issued|released|date|dated)(?:\s+on)?\s*:?\s*|[,|]\s+)(?:{DAY})",
    re.IGNORECASE,
)
_CHANGED = re.compile(r"\b(?:updated|modified|retrieved|accessed|printed)\b", re.IGNORECASE)
_BY = re.compile(
    r"^(?:(?:written|words|text|story|report|analysis|reporting) )?by\s+"
    r"|^(?:author|byline|writer)s?\s*:\s*(?:by\s+)?",
    re.IGNORECASE,
)
_JUNK_TITLE = re.compile(
    r"^(?:untitled|document\d*|microsoft word - .*|.*\.(?:docx?|pdf|indd|qxd|rtf|html?|odt|tex)|\W*)$",
    re.IGNORECASE,
)
_JUNK_NAME = re.compile(
    r"admin|user|unknown|editor|staff|newsroom|desk|correspondent|@|https?:|\d", re.IGNORECASE
)
_HEAD = 12  # blocks from the top in which a title, a byline and a day can stand


def metadata_of(
    characters: str, blocks: Sequence[Block], said: Metadata = NOTHING, *, declared: str = ""
) -> Metadata:
    """Return what a document says of itself; what it does not say stays empty.

    What the file says in its own fields comes first, then what stands visibly at its head.

    Args:
        characters: the normalised text.
        blocks: its blocks.
        said: what the file's fields say (meta tags, front matter, properties).
        declared: the language that the file declares, for texts too short to tell.
    """
    head = _head(blocks)
    title = "" if _JUNK_TITLE.match(said.title) else said.title
    title = title or _title(characters, head)
    authors = tuple(name for name in said.authors if name and not _JUNK_NAME.search(name))
    body = "\n".join(characters[block.start : block.end] for block in blocks if block.kind == "body")
    return replace(
        said,
        title=_one_line(title),
        authors=authors or _authors(characters, head),
        issued=said.issued or _issued(characters, head),
        place=said.place or _place(characters, blocks),
        language=language_of(body or characters, declared),
    )


def merged(found: Metadata, given: Metadata | None) -> Metadata:
    """Return the metadata with what the analyst gives in place of what was found.

    A given language counts when it is not English, which is what nothing given looks like.
    """
    if given is None:
        return found
    told = {name: value for name in Metadata.__slots__ if (value := getattr(given, name))}
    if told.get("language") == "en":
        del told["language"]
    return replace(found, **told)


def _head(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks down to the first paragraph of the text."""
    found = []
    for block in blocks[:_HEAD]:
        if block.kind == "body":
            break
        found.append(block)
    return found


def _title(characters: str, head: Sequence[Block]) -> str:
    """Return the first heading; the second, where a date between them tells that the first is the paper's."""
    kinds = [block.kind for block in head]
    headings = [at for at, kind in enumerate(kinds) if kind == "heading"]
    if not headings:
        return ""
    masthead = len(headings) > 1 and headings[0] == 0 and "dateline" in kinds[: headings[1]]
    block = head[headings[1 if masthead else 0]]
    return plain(characters[block.start : block.end]).strip("#=- ")


def _authors(characters: str, head: Sequence[Block]) -> tuple[str, ...]:
    """Return the names of a byline that says ``by``, or of a line with names alone beside a date."""
    for at, block in enumerate(head):
        if block.kind != "byline":
            continue
        words = plain(characters[block.start : block.end])
        beside = {other.kind for other in (*head[max(0, at - 1) : at], *head[at + 1 : at + 2])}
        if _BY.match(words) or ("dateline" in beside and is_name_line(words)):
            names = re.split(r"\s*,\s+(?:and\s+)?|\s+and\s+|\s*[&;|]\s*", _BY.sub("", words))
            names = [re.sub(r"\s+(?:in|for|at|of)\s+.*$", "", name).strip(" .") for name in names]
            found = tuple(name for name in names if is_name_line(name) and not _JUNK_NAME.search(name))
            if found and (_BY.match(words) or not _small(found, characters)):
                return found
    return ()


def _small(names: Sequence[str], characters: str) -> bool:
    """Return whether a word of the names stands in small letters in the text: then it is no name."""
    parts = [part.lower() for name in names for part in name.split() if part[:1].isupper()]
    return re.search(r"\b(?:" + "|".join(map(re.escape, parts)) + r")\b", characters) is not None


def _issued(characters: str, head: Sequence[Block]) -> str:
    """Return the day that stands at the head, unless it says that it is the day of a change."""
    for block in head:
        if block.kind in ("dateline", "byline"):
            words = plain(characters[block.start : block.end])
            match = _ISSUED.search(words)
            if match and not _CHANGED.search(words[: match.end()]):
                return iso_of(match)
    return ""


def _place(characters: str, blocks: Sequence[Block]) -> str:
    for block in blocks:
        if block.kind == "dateline":
            place = place_of(plain(characters[block.start : block.end]))
            if place:
                return place
    return ""


def _one_line(words: str) -> str:
    return " ".join(words.replace("\u200b", "").split())[:300]
