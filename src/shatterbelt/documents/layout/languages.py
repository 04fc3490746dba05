"""Which language a text is in, by its commonest words; enough to tell what cannot be read."""

from __future__ import annotations

import re

_COMMON = {
    "en": "the of and to in that is was for on with as by at from has have are were said be it which not",
    "de": "der die das und den von zu mit sich des auf ist im dem nicht ein eine als auch für an hat wurde",
    "fr": "le la les des et en du que une dans est pour qui par sur au pas plus avec sont il ce aux été",
    "es": "el la los de las que y en un una por con para del se es no al como más su lo fue han",
    "ru": "и в на не что он с по это как из за от к его для но был также которые о его при до",
    "uk": "і в на не що з та до за як від він це про для його але є був також які у під",
    "be": "і ў на не што з да як гэта за ад для але ён быў таксама якія пра яго у пад каб",
    "pl": "i w na nie że z do się jest o to jak po od za oraz przez był dla co przy",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_TOKEN = re.compile(r"[^\W\d_]+")
_SEEN = 20_000  # characters looked at
SHARE = 0.12
"""The share of a language's common words that its texts have at the least."""


def language_of(text: str, declared: str = "") -> str:
    """Return the language's two letters; ``und`` for a script or language that is none of those known.

    A text of fewer than twenty words is in the language that the file declares, else English.
    """
    words = [word.lower() for word in _TOKEN.findall(text[:_SEEN])]
    given = declared[:2].lower() if re.match(r"[A-Za-z]{2}(?:[-_]|$)", declared) else ""
    ascii_words = sum(word.isascii() for word in words)
    if len(words) < 20:
        return given or ("en" if 2 * ascii_words >= len(words) else "und")
    shares = {name: sum(word in common for word in words) / len(words) for name, common in _WORDS.items()}
    best = max(shares, key=lambda name: shares[name])
    if shares[best] >= SHARE:
        return best
    if given and given != "en":
        return given
    return "en" if ascii_words > 0.9 * len(words) and shares["en"] >= 0.5 * shares[best] else "und"
