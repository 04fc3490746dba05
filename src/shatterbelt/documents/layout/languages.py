"""Which language a text is in, by its commonest words; enough to tell what cannot be read."""

from __future__ import annotations

import functools
import re

from shatterbelt.documents.layout.tables import table

_TOKEN = re.compile(r"[^\W\d_]+")
_SEEN = 20_000  # characters looked at
FEW = 10
"""In fewer words than this a language is not looked for."""
SHARE = 0.12
"""The share of a language's common words that its texts have at the least."""


def language_of(text: str, declared: str = "") -> str:
    """Return the language's two letters; ``und`` for a script or language that is none of those known.

    A text of few words is in the language that the file declares, else English.
    """
    words = [word.lower() for word in _TOKEN.findall(text[:_SEEN])]
    given = declared[:2].lower() if re.match(r"[A-Za-z]{2}(?:[-_]|$)", declared) else ""
    ascii_words = sum(word.isascii() for word in words)
    if len(words) < FEW:
        return given or ("en" if 2 * ascii_words >= len(words) else "und")
    shares = {name: sum(word in common for word in words) / len(words) for name, common in _common().items()}
    best = max(shares, key=lambda name: shares[name])
    if shares[best] >= SHARE:
        return best
    if given and given != "en":
        return given
    return "en" if ascii_words > 0.9 * len(words) and shares["en"] >= 0.5 * shares[best] else "und"


@functools.cache
def _common() -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in table("words")["languages"].items()}
