"""Word files: paragraphs with their styles, and the properties; sizes are looked at before unpacking."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

from shatterbelt.documents.formats.taken import Piece, Taken, fault
from shatterbelt.documents.loaded import BlockKind, Metadata

MAX_UNPACKED = 100_000_000
"""Bytes that all parts of a file may unpack to."""
MAX_PART = 40_000_000
"""Bytes that one part may unpack to."""
MAX_RATIO = 200
"""A part over a million bytes that unpacks to more than this many times its size is refused."""
MAX_PARTS = 10_000

_MAIN = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CORE = {
    "title": "{http://purl.org/dc/elements/1.1/}title",
    "author": "{http://purl.org/dc/elements/1.1/}creator",
}
_BREAKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "\u2011"}
# Text in these is not what the reader of the page sees: deleted, moved away, field codes, a copy.
_HIDDEN = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}pPr", f"{_W}rPr", _FALLBACK})
_HINT = "open the file in Word or LibreOffice and save it again"


def read_docx(raw: bytes, name: str) -> Taken:
    """Return the text of a Word file: its paragraphs in order, an empty line between them.

    Headers, footers, notes and deleted text are left out. Paragraphs in the styles of titles,
    headings and captions are told as such.

    Raises:
        DocumentError: it is broken, another kind of archive, holds no text, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _look_at_sizes(archive, name)
            if _MAIN not in archive.namelist():
                called = f"this is an archive without {_MAIN}, no Word file"
                raise fault(
                    name, called, "of archives only DOCX is read", "unpack it, or save it as DOCX or PDF"
                )
            body = _xml(archive, _MAIN, name)
            styles = _xml(archive, "word/styles.xml", name)
            core = _xml(archive, "docProps/core.xml", name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        KeyError,
    ) as error:
        raise fault(name, f"the Word file is broken ({_first_line(error)})", "", _HINT) from error
    if body is None:
        raise fault(name, "the Word file is broken (its text cannot be parsed)", "", _HINT)
    original, pieces = _paragraphs(body, _style_names(styles))
    if not original.strip():
        raise fault(name, "the Word file holds no text", "", "recognise the text of its pictures first")
    return Taken(original, "docx", "utf-8", _properties(core), tuple(pieces))


def _look_at_sizes(archive: zipfile.ZipFile, name: str) -> None:
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    worst = max((part.file_size for part in parts), default=0)
    packed = any(
        part.file_size > 1_000_000 and part.file_size > MAX_RATIO * max(1, part.compress_size)
        for part in parts
    )
    if total > MAX_UNPACKED or worst > MAX_PART or packed or len(parts) > MAX_PARTS:
        problem = f"the file unpacks to {total:,} bytes in {len(parts):,} parts (from {_packed(parts):,})"
        allowed = (
            f"at most {MAX_UNPACKED:,} bytes, {MAX_PART:,} a part, packed {MAX_RATIO} to 1, are unpacked"
        )
        raise fault(name, problem, allowed, "this may be a trap; save only the article's text")


def _packed(parts: list[zipfile.ZipInfo]) -> int:
    return sum(part.compress_size for part in parts)


def _xml(archive: zipfile.ZipFile, part: str, name: str) -> ElementTree.Element | None:
    """Return a part's root; None where there is none or it is broken. Its size is held while unpacking."""
    if part not in archive.namelist():
        return None
    with archive.open(part) as stream:
        data = stream.read(MAX_PART + 1)
    if len(data) > MAX_PART or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        problem = f"the part {part} declares entities or is larger than it says"
        raise fault(name, problem, "a Word file has no such parts", _HINT)
    try:
        return ElementTree.fromstring(data)  # entities were refused above
    except (ElementTree.ParseError, RecursionError, LookupError, ValueError):
        return None


def _paragraphs(root: ElementTree.Element, styles: dict[str, str]) -> tuple[str, list[Piece]]:
    texts: list[str] = []
    pieces: list[Piece] = []
    at = 0
    for paragraph in root.iter(f"{_W}p"):
        words = "".join(_runs(paragraph))
        if not words.strip():
            continue
        texts.append(words + "\n\n")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        named = style.get(f"{_W}val", "") if style is not None else ""
        pieces.append(Piece(at, at + len(words), _kind(styles.get(named, named))))
        at += len(words) + 2
    return "".join(texts), pieces


def _runs(paragraph: ElementTree.Element) -> Iterator[str]:
    """Yield the text of a paragraph; paragraphs inside it (text boxes) are told by themselves."""
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag in _HIDDEN or element.tag == f"{_W}p":
            continue
        if element.tag == f"{_W}t":
            yield element.text or ""
        elif element.tag in _BREAKS:
            yield _BREAKS[element.tag]
        else:
            stack.extend(reversed(element))


def _style_names(root: ElementTree.Element | None) -> dict[str, str]:
    """Return the English names of styles by their ids, which another language may have translated."""
    names = {}
    for style in root.iter(f"{_W}style") if root is not None else ():
        called = style.find(f"{_W}name")
        if called is not None:
            names[style.get(f"{_W}styleId", "")] = called.get(f"{_W}val", "")
    return names


def _kind(style: str) -> BlockKind | None:
    plain = style.lower().replace(" ", "")
    if re.fullmatch(r"heading\d|title|subtitle", plain):
        return "heading"
    if plain == "caption":
        return "caption"
    if plain in ("header", "footer", "footnotetext", "endnotetext") or plain.startswith("toc"):
        return "boilerplate"
    return None


def _properties(core: ElementTree.Element | None) -> Metadata:
    """Return title and author; the day the file was made is not the day the article came out."""
    if core is None:
        return Metadata()
    said = {key: (core.findtext(tag) or "").strip() for key, tag in _CORE.items()}
    return Metadata(title=said["title"], authors=(said["author"],) if said["author"] else ())


def _first_line(error: Exception) -> str:
    return str(error).split("\n", maxsplit=1)[0][:80] or type(error).__name__
