"""Bytes to a text in which no offset ever moves: decoding, length-keeping normalisation, paragraphs.

Every offset in a quote counts characters of the text that `normalise` returns. Each decoded character
becomes exactly one character there; the only thing dropped is a byte order mark at the very start.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shatterbelt.documents.words import HYPHENATED, Words, index_words
from shatterbelt.errors import DocumentError, Fault

MAX_BYTES = 20_000_000
"""A document over this size is refused: it is not an article."""
MAX_CONTROL_SHARE = 0.01
"""A text with more control characters than this share is taken for binary."""

# Longest first: the mark of UTF-32-LE begins with that of UTF-16-LE.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = frozenset(map(chr, [*range(9), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0)]))
_SURROGATES = re.compile("[\ud800-\udfff]")
_ONE_FOR_ONE = {
    **dict.fromkeys(_CONTROLS, " "),
    **dict.fromkeys("\t\u00a0\u1680\u202f\u205f\u3000", " "),
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
    **dict.fromkeys("\v\f\u0085\u2028\u2029", "\n"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u02b9\u00b4`\u2039\u203a\uff07", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d", "-"),
    # Invisible marks, among them those that turn the reading direction of a terminal line.
    **dict.fromkeys("\u00ad\u061c\u180e\u200e\u200f\u2060\ufeff", "\u200b"),
    **dict.fromkeys(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]), "\u200b"),
}


@dataclass(frozen=True)
class Text:
    """A normalised document: its characters, the SHA-256 of its file's bytes and its encoding."""

    characters: str
    sha256: str
    encoding: str = "utf-8"

    def __len__(self) -> int:
        return len(self.characters)

    def __repr__(self) -> str:
        """Keep the text itself out of logs."""
        return f"Text({len(self)} characters, sha256={self.sha256[:12]}...)"

    @cached_property
    def words(self) -> Words:
        """Codes and places of the text's words; made once, in linear time."""
        return index_words(self.characters)

    @cached_property
    def apart(self) -> Text | None:
        """The same text with words divided at every line-end hyphen; None where there is none."""
        return (
            _Apart(self.characters, self.sha256, self.encoding)
            if HYPHENATED.search(self.characters)
            else None
        )


class _Apart(Text):
    @cached_property
    def words(self) -> Words:
        return index_words(self.characters, join=False)


def sha256_of(raw: bytes) -> str:
    """Return the hex SHA-256 of a file's raw bytes, as ``documents.yaml`` holds it."""
    return hashlib.sha256(raw).hexdigest()


def span_hash(span: str) -> str:
    """Return the hex SHA-256 of the UTF-8 of a normalised span, as a quote holds it."""
    return hashlib.sha256(span.encode()).hexdigest()


def normalise_characters(decoded: str) -> str:
    """Return the text with every character replaced by exactly one: lengths and offsets stay.

    The return of a CRLF becomes a space and a lone one a newline; other spaces, tabs and control
    characters become a space; other line and page breaks a newline; typographic quotes and dashes
    straight ones; invisible marks a zero-width space; lone surrogates U+FFFD. Applying it twice is
    applying it once.
    """
    text = _SURROGATES.sub("\ufffd", decoded).replace("\r\n", " \n").replace("\r", "\n")
    # One pass for each kind that occurs: far faster than str.translate where little is to be replaced.
    for character in set(text) & _ONE_FOR_ONE.keys():
        text = text.replace(character, _ONE_FOR_ONE[character])
    return text


def normalise(raw: bytes, *, name: str = "document") -> Text:
    """Decode a file's bytes and normalise them without moving an offset.

    Reads UTF-8 with or without a byte order mark, and UTF-16 or UTF-32 with one. Offset 0 is the
    first character after the mark. See `normalise_characters` for what is replaced.

    Args:
        raw: the file's bytes, at most `MAX_BYTES`.
        name: how to call the file in an error.

    Raises:
        DocumentError: the file is too large, binary, or in another encoding.
    """
    if len(raw) > MAX_BYTES:
        raise _too_large(name, len(raw))
    decoded, encoding = _decode(raw, name)
    controls = sum(decoded.count(character) for character in set(decoded) & _CONTROLS)
    if controls > MAX_CONTROL_SHARE * len(decoded):
        problem = f"this is not a text ({controls} control characters in {len(decoded)})"
        raise DocumentError(
            [Fault(name, None, "", problem, "a document is plain text", "save the article as plain text")]
        )
    return Text(normalise_characters(decoded), sha256_of(raw), encoding)


def text_of(characters: str) -> Text:
    """Return a string as a `Text`, as if read from a UTF-8 file of it."""
    clean = normalise_characters(characters)
    return Text(clean, sha256_of(characters.encode("utf-8", "replace")))


def read_text(path: str | Path) -> Text:
    """Read and normalise a file; its size is looked at before it is read.

    Raises:
        DocumentError: the file cannot be read, is too large, binary, or in another encoding.
    """
    return normalise(read_bytes(Path(path)), name=str(path))


def read_bytes(path: Path) -> bytes:
    """Return a regular file's bytes, never more than `MAX_BYTES`.

    Raises:
        DocumentError: the file cannot be read, is no regular file, or is too large.
    """
    try:
        if not path.is_file():
            problem = "there is no such file" if not path.exists() else "this is not a regular file"
            raise DocumentError([Fault(str(path), None, "", problem, "", "give the path of a text file")])
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
            if len(raw) > MAX_BYTES:
                raise _too_large(str(path), path.stat().st_size)
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        problem = f"the file cannot be read ({reason})"
        raise DocumentError(
            [Fault(str(path), None, "", problem, "", "check the path and its rights")]
        ) from fault
    return raw


def paragraphs(text: Text | str) -> list[tuple[int, int]]:
    """Return start and end of every non-empty line, in order; paragraph n is entry n - 1."""
    characters = text if isinstance(text, str) else text.characters
    found, start = [], 0
    for line in characters.split("\n"):
        if line.strip(" \u200b"):
            found.append((start, start + len(line)))
        start += len(line) + 1
    return found


def paragraph_of(text: Text | str, offset: int) -> int | None:
    """Return the number (from 1) of the non-empty line that holds ``offset``.

    An offset in an empty line or on a line's break belongs to the paragraph before it; None when
    there is none before.
    """
    characters = text if isinstance(text, str) else text.characters
    head = characters[: max(offset, 0) + 1]
    if not head or not paragraphs(head):
        return None
    return len(paragraphs(head))


def _decode(raw: bytes, name: str) -> tuple[str, str]:
    encoding, body = "utf-8", raw
    for mark, marked in _MARKS:
        if raw.startswith(mark):
            encoding, body = marked, raw[len(mark) :]
            break
    try:
        return body.decode(encoding), encoding
    except UnicodeDecodeError as fault:
        at = fault.start + len(raw) - len(body)
        problem = f"byte {at} (0x{raw[at]:02x}) is not {encoding.upper()}"
        allowed = "allowed are UTF-8, and UTF-16 or UTF-32 with a byte order mark"
        raise DocumentError(
            [Fault(name, None, "", problem, allowed, "save the file again as UTF-8")]
        ) from fault


def _too_large(name: str, size: int) -> DocumentError:
    problem = f"the document has {size:,} bytes"
    allowed = f"at most {MAX_BYTES:,} are read"
    return DocumentError([Fault(name, None, "", problem, allowed, "keep only the article in the file")])
