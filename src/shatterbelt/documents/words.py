"""The word fingerprint: twelve bits for each word, to find a passage in another copy of a document.

A fingerprint does not hold the text: each code is shared by one word in 4,096 of all words, in every
language, and case, accents, punctuation and line breaks are not in it at all. It only serves someone
who has a copy. It is no encryption either: who guesses a passage can check the guess, as with any hash.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

BITS = 12
MAX_KEY = 64
"""Only this many characters of a word count towards its code."""

# Accents and points that may stand decomposed after a letter, and what is invisible inside a word.
_INSIDE = (
    r"\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u064b-\u065f\u0670"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200d\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
)
# Scripts written without spaces: each character is a word of its own.
_ALONE = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LOWER = r"a-z\u00df-\u00f6\u00f8-\u00ff\u0430-\u045f"
_HYPHENATED = rf"-[ ]{{0,8}}\n[ ]{{0,8}}(?=[{_LOWER}])"
HYPHENATED = re.compile(rf"(?<=[^\W_]){_HYPHENATED}")
"""A hyphen at a line's end inside a word, or between two: only the writer knows which."""


def _pattern(inside: str) -> re.Pattern[str]:
    # Possessive, so that a word of millions of letters needs no memory for going back.
    return re.compile(
        rf"[{_ALONE}]"
        rf"|(?>[a-zA-Z0-9]|[^\W_{_ALONE}])(?:[a-zA-Z0-9]++|[^\W_{_ALONE}]|[{_INSIDE}]|'(?=[^\W_]){inside})*+"
    )


_WORD, _WORD_APART = _pattern(f"|{_HYPHENATED}"), _pattern("")


@dataclass(frozen=True)
class Words:
    """The words of a text: ``codes`` (n,) 12-bit, and ``starts``, ``ends`` (n,) in characters."""

    codes: NDArray[np.uint16]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def letters(self) -> str:
        """The codes as a string of one character each, for Python's linear string search."""
        return letters_of(self.codes)

    @cached_property
    def pairs(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Keys of all pairs of neighbours, sorted, and the word (n - 1,) that each begins at."""
        keys = pair_keys(self.codes)
        order = np.argsort(keys, kind="stable")
        return keys[order], order


def word_code(word: str) -> int:
    """Return the 12-bit code of one word: 0 to 4095.

    The word is cut to `MAX_KEY` characters, decomposed (NFKD), case-folded and stripped to letters and
    digits; the code is the low 12 bits of the big-endian 2-byte BLAKE2b digest of its UTF-8.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word[:MAX_KEY]).casefold())
    key = "".join(filter(str.isalnum, folded)) or folded
    digest = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=2).digest()
    return int.from_bytes(digest, "big") & 0xFFF


def index_words(characters: str, *, join: bool = True) -> Words:
    """Return codes and places of all words of a normalised text, in linear time.

    A word is a run of letters and digits, with the accents, apostrophes and line-end hyphenation
    inside it (without ``join``, that divides words); of scripts without spaces, each character.
    """
    codes, starts, ends = array("H"), array("q"), array("q")
    known: dict[str, int] = {}
    for match in (_WORD if join else _WORD_APART).finditer(characters):
        start, end = match.span()
        word = characters[start : min(end, start + MAX_KEY)]
        code = known.get(word)
        if code is None:
            code = known[word] = word_code(word)
        codes.append(code)
        starts.append(start)
        ends.append(end)
    return Words(np.array(codes, np.uint16), np.array(starts, np.int64), np.array(ends, np.int64))


def fingerprint(span: str) -> str:
    """Return three hex digits for each word of a normalised span, one after the other.

    An empty string when the span has no word.
    """
    return "".join(f"{code:03x}" for code in index_words(span).codes)


def codes_of(words: str) -> NDArray[np.uint16]:
    """Return the codes (m,) of a fingerprint.

    Raises:
        ValueError: it is not a row of three-digit hex numbers.
    """
    if len(words) % 3:
        raise ValueError("a fingerprint has three hex digits for each word")
    return np.array([int(words[at : at + 3], 16) for at in range(0, len(words), 3)], np.uint16)


def letters_of(codes: NDArray[np.uint16]) -> str:
    """Return codes (m,) as a string of m characters, equal where the codes are equal."""
    return (codes.astype("<u2") + np.uint16(0x1000)).astype("<u2").tobytes().decode("utf-16-le")


def pair_keys(codes: NDArray[np.uint16]) -> NDArray[np.int32]:
    """Return one key (m - 1,) for each pair of neighbouring codes (m,)."""
    wide = codes.astype(np.int32)
    return (wide[:-1] << BITS) | wide[1:]
