"""Tell what a file is by its first bytes; what cannot be read is refused with what to do about it."""

from __future__ import annotations

import re
from pathlib import PurePath

from shatterbelt.documents.formats.taken import fault
from shatterbelt.documents.loaded import Format

_PAGES = (".html", ".htm", ".xhtml", ".xht")
_ALLOWED = "plain text, Markdown, HTML, PDF and DOCX are read"
_HEAD = 4096
# First bytes of what is met beside articles, what it is called, and what to try.
_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "this is an old Word or Excel file, or an Office file with a password",
        "save it as DOCX without a password",
    ),
    (b"{\\rtf", "this is an RTF file", "save it as DOCX or as plain text"),
    (b"\x89PNG\r\n", "this is a picture (PNG)", "recognise its text first, and save that"),
    (b"\xff\xd8\xff", "this is a picture (JPEG)", "recognise its text first, and save that"),
    (b"GIF8", "this is a picture (GIF)", "recognise its text first, and save that"),
    (b"II*\x00", "this is a picture (TIFF)", "recognise its text first, and save that"),
    (b"MM\x00*", "this is a picture (TIFF)", "recognise its text first, and save that"),
    (b"\x1f\x8b", "this is a packed file (gzip)", "unpack it first"),
    (b"BZh", "this is a packed file (bzip2)", "unpack it first"),
    (b"\xfd7zXZ\x00", "this is a packed file (xz)", "unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "this is a packed file (7z)", "unpack it first"),
    (b"Rar!\x1a\x07", "this is a packed file (rar)", "unpack it first"),
    (b"\x7fELF", "this is a program", "give the article"),
    (b"MZ\x90\x00", "this is a program", "give the article"),
    (b"ID3", "this is a sound file", "give its transcript"),
    (b"SQLite format 3\x00", "this is a database", "save the article as plain text"),
)
_MAIL_ARCHIVE = re.compile(rb"\A(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){1,30}", re.IGNORECASE)
_HTML_START = re.compile(
    r"\A\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*){0,5}"
    r"<(?:!doctype\s+html|html|head|body|article|main|div|p|h1|meta|title|script)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_INSIDE = re.compile(r"<(?:html|body|article|h1|p|div)\b[^<>]{0,500}>", re.IGNORECASE)
_MARKDOWN = re.compile(
    r"\A---[ \t]*\r?\n[\w-]+:|^#{1,6}[ \t]+\S|^\S[^\n]*\r?\n(?:={3,}|-{3,})[ \t]*\r?$"
    r"|\]\(https?://|^\[[^\]\n]+\]:[ \t]",
    re.MULTILINE,
)


def binary_format(raw: bytes, name: str) -> Format | None:
    """Return ``pdf`` or ``docx`` by the first bytes; None for what has to be a text.

    Raises:
        DocumentError: the file is empty, or of a kind that is not read.
    """
    if not raw.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise fault(name, f"the file is empty ({len(raw)} bytes)", "", "save the article again")
    if b"%PDF-" in raw[:1024]:
        return "pdf"
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "docx"
    for mark, called, hint in _REFUSED:
        if raw.startswith(mark):
            raise fault(name, called, _ALLOWED, hint)
    head = _MAIL_ARCHIVE.match(raw[:_HEAD])
    if head and b"multipart/related" in head[0].lower():
        raise fault(name, "this is a web archive (MHTML)", _ALLOWED, "save the page as HTML only")
    return None


def text_format(decoded: str, name: str) -> Format:
    """Return whether a text is a web page, Markdown or plain, by what it holds and then by its name."""
    suffix = PurePath(name).suffix.lower()
    head = decoded[: 5 * _HEAD]
    if _HTML_START.match(head) or (suffix in _PAGES and _HTML_INSIDE.search(decoded)):
        return "html"
    if suffix in (".md", ".markdown", ".mdown") or _MARKDOWN.search(decoded):
        return "markdown"
    return "text"
