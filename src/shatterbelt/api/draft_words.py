"""Names and titles of a draft: short, printable, in our own words, never a sentence of a document."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

LONGEST = 5
"""Words in a row that are taken over from a document; with one more it would be a copy of its text."""

_ARTICLES = frozenset({"the", "a", "an", "this", "that", "these", "those", "some", "any", "such"})
_WHOSE = frozenset({"its", "his", "her", "their", "our", "my", "your"})
_JOINING = frozenset({"of", "in", "on", "at", "by", "for", "to", "with", "from", "and", "or", "as"})
_IDLE = _ARTICLES | _WHOSE | _JOINING
"""Words that name nothing at either end of a quantity's words."""
_SECTORS = {
    "GOV": ("government", "institution"),
    "MIL": ("armed forces", "institution"),
    "COP": ("police", "institution"),
    "SPY": ("intelligence services", "institution"),
    "JUD": ("courts", "institution"),
    "LEG": ("parliament", "institution"),
    "OPP": ("opposition", "population"),
    "REB": ("armed opposition", "population"),
    "UAF": ("unidentified armed men", "population"),
    "LAB": ("workers and unions", "population"),
    "CVL": ("population", "population"),
    "BUS": ("business", "population"),
    "MED": ("media", "population"),
    "EDU": ("schools and students", "population"),
    "REL": ("religious bodies", "population"),
    "CRM": ("organised crime", "population"),
}


class Copied:
    """Tells a text that would repeat more than `LONGEST` words in a row of a document."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._runs = {run for text in texts for run in _runs(text)}

    def __contains__(self, text: object) -> bool:
        return any(run in self._runs for run in _runs(str(text)))


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", re.sub(r"['\u2018\u2019]", "", text.lower()))
    yield from zip(*(words[at:] for at in range(LONGEST + 1)), strict=False)


def clean(text: str) -> str:
    """Return a text on one line, without what cannot be printed."""
    line = " ".join(text.split())
    return "".join(letter for letter in line if letter.isprintable())


def short(text: str, words: int = LONGEST) -> str:
    """Return a text cut to so many words, with a mark where some are left out."""
    parts = re.split(r"[\s/_]+|(?<=\w)[-\u2010-\u2015](?=\w)", clean(text).strip())
    if len(parts) <= words:
        return clean(text)[:120]
    return " ".join(parts[:words])[:100] + " [...]"


def quantity_words(text: str) -> str:
    """Return the words of a quantity in lower case, without articles, no more than `LONGEST` of them."""
    words = re.findall(r"[^\W_]+(?:['\u2019.][^\W_]+)*|%", clean(text).lower())
    while words and words[0] in _IDLE:
        words = words[1:]
    words = words[:LONGEST]
    while words and words[-1] in _IDLE:
        words = words[:-1]
    return " ".join(words)


def pushes(words: str) -> str:
    """Return ``push`` or ``pushes`` as the words of a quantity take it, by the noun that leads them."""
    return "push" if _plural(words) else "pushes"


def moves(words: str) -> str:
    """Return ``move`` or ``moves`` as the words of a quantity take it."""
    return "move" if _plural(words) else "moves"


def _plural(words: str) -> bool:
    head = ""
    for word in words.split():
        if word in _JOINING and head:
            break
        head = word
    return head.endswith("s") and not head.endswith(("ss", "us", "is"))


def same_words(words: str) -> str:
    """Return what two ways to write one quantity have in common: articles and plurals are left out."""
    return " ".join(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
        for word in words.split()
        if word not in _ARTICLES | _WHOSE
    )


def slug(text: str, otherwise: str) -> str:
    """Return a name of the case format made from words; ``otherwise`` where none can be."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:56].strip("_")
    if found and not found[0].isalpha():
        found = f"q_{found}"[:56]
    return found or otherwise


def unique(name: str, taken: set[str]) -> str:
    """Return the name, with a number where it is taken, and take it."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    taken.add(found)
    return found


def actor_entry(code: str) -> dict[str, Any]:
    """Return an actor of case.yaml by its code in the actor tables."""
    state, _, sector = code.partition("_")
    known = _names().get(code)
    if known and sector.partition("_")[0] not in _SECTORS:
        return {"name": known[0], "kind": known[1]}
    name = _names().get(state, (state, "state"))[0]
    said, kind = _SECTORS.get(sector.partition("_")[0], (sector.lower().replace("_", " "), "institution"))
    return {"name": f"{name}: {said}" if sector else name, "kind": kind if sector else "state"}


_KINDS = {"bloc": "bloc", "organisation": "institution", "group": "population"}


@functools.cache
def _names() -> dict[str, tuple[str, str]]:
    """Return the first name and the kind of every code in the actor tables."""
    from shatterbelt.reading.actors import rows

    found: dict[str, tuple[str, str]] = {}
    for row in rows("actors_states.csv"):
        found.setdefault(row["code"], (row["names"].split("|")[0], "state"))
    for row in rows("actors_organisations.csv"):
        kind = _KINDS.get(row["kind"], "institution")
        found.setdefault(row["code"], (row["names"].split("|")[0], kind))
    return found
