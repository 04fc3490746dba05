"""The actor table: names of states, organisations, groups and office holders, and words for roles."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

Kind = Literal[
    "state",
    "adjective",
    "people",
    "capital",
    "bloc",
    "organisation",
    "institution",
    "group",
    "firm",
    "person",
]
RoleKind = Literal["office", "officials", "body", "group"]
Words = tuple[str, ...]

# The table's names cut as the parser cuts them: "U.S." stays, "Ki-moon" and "People's" fall apart.
_CUT = re.compile(r"'s\b|[^\W_]+(?:[.'][^\W_]+)*\.?|[^\w\s]")
_NO_PLURAL = ("s", "sh", "ch", "ese", "men", "iss", "x", "z")


@dataclass(frozen=True, slots=True)
class Known:
    """What a name stands for: an actor's code, and for a person the role and the days it was held."""

    code: str
    kind: Kind
    role: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """What a word such as "foreign minister" makes of somebody: a sector and a kind of body."""

    words: str
    sector: str
    kind: RoleKind


@dataclass(frozen=True, slots=True)
class Match:
    """A name found in a row of words, from ``first`` up to and without ``end``."""

    first: int
    end: int
    known: tuple[Known, ...]


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the reader's own tables, its comments left out."""
    text = (files("shatterbelt.reading") / "tables" / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [{key: value or "" for key, value in row.items()} for row in csv.DictReader(lines)]


def cut(name: str) -> Words:
    """Return a name's words as the parser would cut them."""
    return tuple(_CUT.findall(name.replace("\u2019", "'")))


class Names:
    """Names by their words, longest first; letter case counts ("US" is no "us")."""

    def __init__(self) -> None:
        self._by_first: dict[str, dict[Words, list[Known]]] = {}

    def add(self, name: str, known: Known) -> None:
        """Let a name stand for one actor more."""
        words = cut(name)
        if words:
            meanings = self._by_first.setdefault(words[0], {}).setdefault(words, [])
            if known not in meanings:
                meanings.append(known)

    def replace(self, name: str, known: Known) -> None:
        """Let a name stand for this actor alone."""
        words = cut(name)
        if words:
            self._by_first.setdefault(words[0], {})[words] = [known]

    def copy(self) -> Names:
        """Return names that can be added to without changing these."""
        other = Names()
        other._by_first = {first: dict(names) for first, names in self._by_first.items()}
        return other

    def at(self, words: Sequence[str], first: int) -> Match | None:
        """Return the longest name that starts at a place in a row of words."""
        candidates = self._by_first.get(words[first])
        if not candidates:
            return None
        best: Match | None = None
        for name, known in candidates.items():
            end = first + len(name)
            if (best is None or end > best.end) and tuple(words[first:end]) == name:
                best = Match(first, end, tuple(known))
        return best

    def find(self, words: Sequence[str]) -> list[Match]:
        """Return the names in a row of words from left to right, none overlapping another."""
        found: list[Match] = []
        place = 0
        while place < len(words):
            match = self.at(words, place)
            if match is None:
                place += 1
            else:
                found.append(match)
                place = match.end
        return found


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


def _states(names: Names) -> None:
    for row in rows("actors_states.csv"):
        code = row["code"]
        for name in _parts(row["adjectives"]):
            names.add(name, Known(code, "people" if name.endswith("men") else "adjective"))
            if not name.endswith((*_NO_PLURAL, ".")):
                names.add(name + "s", Known(code, "people"))
        for name in _parts(row["capitals"]):
            names.replace(name, Known(code, "capital"))
        for name in _parts(row["names"]):
            names.replace(name, Known(code, "state"))


def _people(names: Names) -> None:
    for row in rows("actors_people.csv"):
        known = Known(row["code"], "person", row["role"], row["since"], row["until"])
        for surname in _parts(row["surnames"]):
            firsts = _parts(row["firsts"])
            if row["alone"] != "no" or (" " in surname and not firsts):
                names.add(surname, known)
            for first in firsts:
                names.add(f"{first} {surname}", known)


@functools.cache
def known_names() -> Names:
    """Return the names of the reader's own tables."""
    names = Names()
    _people(names)
    for row in rows("actors_organisations.csv"):
        kind: Kind = row["kind"]  # type: ignore[assignment]  # the table holds these kinds only
        for name in _parts(row["names"]):
            names.replace(name, Known(row["code"], kind))
    _states(names)
    return names


@functools.cache
def titled_names() -> Names:
    """Return the surnames that stand for an office holder only beside a title ("Prime Minister May")."""
    names = Names()
    for row in rows("actors_people.csv"):
        if row["alone"] == "no":
            for surname in _parts(row["surnames"]):
                names.add(surname, Known(row["code"], "person", row["role"], row["since"], row["until"]))
    return names


@functools.cache
def roles() -> Mapping[Words, tuple[Role, ...]]:
    """Return the words for roles; several where a word can be more than one ("officer")."""
    found: dict[Words, tuple[Role, ...]] = {}
    for row in rows("roles.csv"):
        kind: RoleKind = row["kind"]  # type: ignore[assignment]  # the table holds these kinds only
        for words in _parts(row["words"]):
            key = cut(words)
            found[key] = (*found.get(key, ()), Role(words, row["sector"], kind))
    return found


@functools.cache
def states() -> frozenset[str]:
    """Return the codes of states: only these take a sector behind them (``BLR_OPP``)."""
    return frozenset(row["code"] for row in rows("actors_states.csv"))


@functools.cache
def sectors() -> frozenset[str]:
    """Return the codes of sectors of society, which stand alone where no country is told: ``COP``."""
    return frozenset(row["sector"] for row in rows("roles.csv"))


def with_extra(extra: Mapping[str, Iterable[str]]) -> Names:
    """Return the table's names with a case's own aliases by code, which win over the table's."""
    names = known_names().copy()
    for code, aliases in extra.items():
        for alias in aliases:
            names.replace(alias, Known(code, "organisation"))
    return names


def with_sector(code: str, sector: str) -> str:
    """Return the code of a sector of an actor: ``BLR`` and OPP give ``BLR_OPP``, GOV the state itself.

    An organisation's, or a code that has a sector already, stays as it is.
    """
    if sector in {"", "GOV"} or code not in states():
        return code
    return f"{code}_{sector}"


def on_day(meanings: Sequence[Known], issued: str) -> Known | None:
    """Return what a name meant on a day; of a person who held no office then, None.

    An issue date as short as a year or a month counts for all its days; without one, meanings count
    only if they agree on the actor.
    """
    if meanings[0].kind != "person":
        return meanings[0]
    if not issued:
        return meanings[-1] if len({known.code for known in meanings}) == 1 else None
    since, until = f"{issued}-00-00"[:10], f"{issued}-99-99"[:10]
    for known in reversed(meanings):
        if (not known.since or known.since <= until) and (not known.until or known.until >= since):
            return known
    return None
