"""Blank the markup of a saved web page without changing its length."""

from __future__ import annotations

import html
import re

from shatterbelt.documents.text import Text, normalise_characters

BLOCK_TAGS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote br dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6"
        " head header hr html li main nav ol p pre section table tbody td tfoot th thead title tr ul",
    )
)
SILENT_TAGS = ("script", "style", "template", "noscript")
_TAG_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9]{0,20})")
# A tag with its attributes: a ">" inside a quoted value does not end it.
_WHOLE_TAG = re.compile(
    r"<[A-Za-z][^\s/>]*+(?:\s++(?:[^\s=>\"'/]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>][^\s>]*+))?+)?+|/)*+>"
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def without_markup(text: Text) -> Text:
    """Return the text with tags, scripts and comments blanked and entities decoded, each in its length.

    A tag that ends a line of the page becomes a newline, any other zero-width spaces; so does what is
    left over of an entity. Linear in the length; what is never closed is blanked to the end.
    """
    return Text(normalise_characters(blanked(text.characters)), text.sha256, text.encoding)


def blanked(source: str) -> str:
    """Return a page's characters with its markup blanked and nothing else changed, in the same length."""
    pieces: list[str] = []
    at = 0
    while (opened := source.find("<", at)) >= 0:
        pieces.append(source[at:opened])
        name = tag_name(source, opened)[0]
        at = tag_end(source, opened, name)
        pieces.append(_blank(source[opened:at], name))
    pieces.append(source[at:])
    return _ENTITY.sub(lambda match: _decoded(match[0]), "".join(pieces))


def tag_name(source: str, opened: int) -> tuple[str, bool]:
    """Return the name of the tag that begins at ``opened``, empty if none does, and whether it closes."""
    name = _TAG_NAME.match(source, opened + 1)
    return (name[1].lower() if name else ""), source[opened + 1 : opened + 2] == "/"


def tag_end(source: str, opened: int, name: str) -> int:
    """Return where the tag, comment or silent element that begins at ``opened`` ends."""
    if source.startswith("<!--", opened):
        return _after(source, "-->", opened)
    if not name and source[opened + 1 : opened + 2] not in ("!", "?"):
        return opened + 1
    whole = _WHOLE_TAG.match(source, opened) if name else None
    closed = whole.end() if whole else _after(source, ">", opened)
    if name not in SILENT_TAGS or source[opened + 1] == "/":
        return closed
    closing = re.compile(rf"</{name}", re.IGNORECASE).search(source, closed)
    return _after(source, ">", closing.start()) if closing else len(source)


def _after(source: str, mark: str, start: int) -> int:
    found = source.find(mark, start)
    return len(source) if found < 0 else found + len(mark)


def _blank(piece: str, name: str) -> str:
    if piece == "<":
        return piece
    if name in BLOCK_TAGS or name in SILENT_TAGS:
        return "\n" + " " * (len(piece) - 1)
    return "\u200b" * len(piece)


def _decoded(entity: str) -> str:
    plain = html.unescape(entity)
    if len(plain) != 1:
        return entity
    return plain + "\u200b" * (len(entity) - 1)
