"""Bytes to characters: as cases have it, and beyond that only what is declared or beyond doubt."""

from __future__ import annotations

import codecs
import re

from shatterbelt.documents.text import Text, normalise, sha256_of
from shatterbelt.errors import DocumentError

CLEAR = 0.02
"""How much more like a language the best reading of the bytes must be than any other."""
LIKE = 0.35
"""How much like a language it must be at the least (charset-normalizer's coherence)."""
MESS = 0.05
"""How much mess it may have at the most (charset-normalizer's chaos)."""
LETTERS = 60
"""Shorter texts are never guessed."""

_GUESSED = {"cp1252": "cp1252", "cp1251": "cp1251", "koi8_r": "koi8-r"}
_RIVALS = [*_GUESSED, "cp1250"]
_SEEN = 100_000  # bytes that are looked at to tell the encoding
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|\A\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})",
    re.IGNORECASE,
)
# Codecs that a page may name; those of Python that are no character sets are not among them.
_CHARSETS = re.compile(r"^(?:iso8859|cp\d|koi8|mac|gb|big5|euc|shift|utf|ascii|windows|latin|tis|hz)")


def decode(raw: bytes, name: str) -> tuple[str, Text]:
    """Return a file's characters as they are and normalised, of one length.

    UTF-8, and UTF-16 and UTF-32 with a mark, are read as `normalise` reads them. Another encoding is
    read when a web page declares it, or when it is beyond doubt: one reading of the bytes is clearly
    more like a language than any other.

    Raises:
        DocumentError: the file is too large, binary, or in an encoding that is not sure.
    """
    try:
        text = normalise(raw, name=name)
    except DocumentError:
        encoding = _declared(raw) or _guessed(raw)
        if not encoding:
            raise
        decoded = raw.decode(encoding)
        clean = normalise(decoded.encode(), name=name)
        return decoded, Text(clean.characters, sha256_of(raw), encoding)
    return raw.decode(text.encoding).removeprefix("\ufeff"), text


def _declared(raw: bytes) -> str:
    """Return the character set that a web page names, when all of it can be read so."""
    found = _DECLARED.search(raw[:4096])
    if not found:
        return ""
    try:
        encoding = codecs.lookup((found[1] or found[2]).decode("ascii")).name
        if not _CHARSETS.match(encoding):
            return ""
        # A browser reads what is called Latin-1 as Windows-1252.
        encoding = "cp1252" if encoding in ("iso8859-1", "ascii") else encoding
        return encoding if "\ufeff" not in raw.decode(encoding)[:1] else ""
    except (LookupError, UnicodeError):
        return ""


def _guessed(raw: bytes) -> str:
    """Return the encoding when one reading is clearly better than every other; else nothing."""
    if (
        b"\0" in raw
        or sum((byte < 0x80 and chr(byte).isalpha()) or byte >= 0xC0 for byte in raw[:2000]) < LETTERS
    ):
        return ""
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return ""
    found = list(from_bytes(raw[:_SEEN], cp_isolation=_RIVALS, enable_fallback=False))
    if not found:
        return ""
    best = max(found, key=lambda match: match.coherence - match.chaos)
    others = [match for match in found if str(match) != str(best)]
    rival = max((match.coherence for match in others), default=0.0)
    if best.chaos > MESS or best.coherence < LIKE or best.coherence < rival + CLEAR:
        return ""
    for called, encoding in _GUESSED.items():
        try:
            if raw[:_SEEN].decode(called) == str(best) and raw.decode(called):
                return encoding
        except UnicodeDecodeError:
            continue
    return ""
