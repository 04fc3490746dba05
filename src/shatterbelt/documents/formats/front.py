"""What a text says of itself at its head: YAML front matter, or lines such as ``Date: 2 March 2021``."""

from __future__ import annotations

import functools
import re

from shatterbelt.documents.layout.dates import iso_date
from shatterbelt.documents.layout.tables import table
from shatterbelt.documents.loaded import Metadata

_LINE = re.compile(r"([A-Za-z][A-Za-z -]{0,20}?)[ ]*:[ ]+(\S[^\n]{0,400})")
_ITEM = re.compile(r"[ ]*-[ ]+(\S[^\n]{0,200})")


def front_end(characters: str) -> int:
    """Return where the head of fields ends in a normalised text; 0 where there is none.

    That is YAML front matter between ``---``, or at least two lines of known fields at the very top.
    """
    opened = re.match(r"---[ ]*\n", characters)
    if opened:
        closed = re.compile(r"^(?:---|\.\.\.)[ ]*$", re.MULTILINE).search(characters, opened.end(), 20_000)
        return closed.end() if closed and ":" in characters[: closed.start()] else 0
    at = known = 0
    for line in characters[:5_000].splitlines(keepends=True):
        match = _LINE.fullmatch(line.rstrip())
        if not match or match[1].lower() not in _keys():
            break
        known += 1
        at += len(line)
    return len(characters[:at].rstrip()) if known >= 2 else 0


def front_of(characters: str) -> Metadata:
    """Return what the head of fields says; what is not said, or not understood, stays empty."""
    end = front_end(characters)
    said: dict[str, list[str]] = {}
    key = ""
    for line in characters[:end].splitlines():
        match, item = _LINE.fullmatch(line.rstrip()), _ITEM.fullmatch(line.rstrip())
        if match:
            key = _keys().get(match[1].lower(), "")
            if key and key not in said:
                said[key] = _values(match[2])
        elif item and key:
            said[key] = said.get(key, []) + _values(item[1])
        else:
            bare = re.fullmatch(r"([A-Za-z][\w -]{0,20}):[ ]*", line)
            key = _keys().get(bare[1].lower(), "") if bare else ""
            if key:
                said.setdefault(key, [])
    first = {name: values[0] for name, values in said.items() if values}
    source = first.get("publisher", "")
    address = first.get("url", "") or (source if source.startswith("http") else "")
    return Metadata(
        title=first.get("title", ""),
        authors=tuple(name for value in said.get("authors", []) for name in _names(value)),
        issued=iso_date(first.get("issued", "")),
        publisher="" if source.startswith("http") else source,
        place=first.get("place", ""),
        url=address,
    )


def _values(words: str) -> list[str]:
    words = words.strip()
    if words.startswith("[") and words.endswith("]"):
        return [part.strip(" \"'") for part in words[1:-1].split(",")]
    return [words.strip("\"' ")]


def _names(words: str) -> list[str]:
    return [name.strip() for name in re.split(r"\s+and\s+|\s*[;&]\s*|,\s+", words) if name.strip()]


@functools.cache
def _keys() -> dict[str, str]:
    return {name: key for key, names in table("fields").items() for name in names}
