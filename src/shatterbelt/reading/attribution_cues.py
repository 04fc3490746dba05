"""The tables of cue words, hedges and factuality, as they are looked up by lemma."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, get_args

import yaml

from shatterbelt.statements import Manner

MANNERS: tuple[Manner, ...] = get_args(Manner)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that tells who says something: what of, and the frames in which it does."""

    manner: Manner
    frames: frozenset[str] = frozenset()
    opens: frozenset[str] = frozenset()
    only: str = ""
    source: str = "person"
    someone: str = ""


@dataclass(frozen=True, slots=True)
class Cues:
    """Cues by lemma and part of speech, and the nouns that can be sources."""

    verbs: dict[str, tuple[Cue, ...]]
    nouns: dict[str, Cue]
    adverbs: dict[str, Manner]
    adjectives: dict[str, Manner]
    feelings: dict[str, Manner]
    doubting: frozenset[str]
    phrases: dict[str, frozenset[str]]
    fixed: frozenset[str]
    seen: frozenset[str]
    light: frozenset[str]
    falsehoods: frozenset[str]
    people: frozenset[str]
    endings: tuple[str, ...]
    documents: frozenset[str]
    unnamed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Factuality:
    """What grammar makes of a clause or a noun: manner (or "future") by word."""

    combination: dict[Manner, dict[Manner, Manner]]
    negated: dict[Manner, Manner]
    modals: dict[str, str]
    negations: frozenset[str]
    openers: dict[str, str]
    before_nouns: dict[str, str]
    instead: frozenset[str]
    governors: dict[str, str]
    kept_from: frozenset[str]
    objects: dict[str, str]
    of_nouns: dict[str, str]
    adjectives: dict[str, str]
    historical: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hedges:
    """Words that keep from saying a thing outright, by part of speech."""

    modals: frozenset[str]
    adverbs: frozenset[str]
    verbs: frozenset[str]
    adjectives: frozenset[str]


@functools.cache
def cues() -> Cues:
    """Return the cue table, read once."""
    table = _table("cues.yaml")
    verbs: dict[str, list[Cue]] = {}
    for row in table["verbs"]:
        cue = Cue(
            manner=row["manner"],
            frames=frozenset(row.get("frames", ())),
            opens=frozenset(row.get("with", ())),
            only=row.get("only", ""),
            source=row["source"],
            someone=row.get("someone", ""),
        )
        for lemma in words(row["cues"]):
            verbs.setdefault(lemma, []).append(cue)
    nouns = {
        lemma: Cue(row["manner"], opens=frozenset(row["with"]))
        for row in table["nouns"]
        for lemma in words(row["cues"])
    }
    return Cues(
        verbs={lemma: tuple(rows) for lemma, rows in verbs.items()},
        nouns=nouns,
        adverbs={lemma: row["manner"] for row in table["adverbs"] for lemma in words(row["cues"])},
        adjectives={lemma: row["manner"] for row in table["adjectives"] for lemma in words(row["cues"])},
        feelings={lemma: row["manner"] for row in table["feelings"] for lemma in words(row["cues"])},
        doubting=frozenset(words(table["doubting"])),
        phrases=_phrases(table["phrases"]),
        fixed=frozenset(words(table["fixed"])),
        seen=frozenset(words(table["seen"])),
        light=frozenset(words(table["light verbs"])),
        falsehoods=frozenset(words(table["falsehoods"])),
        people=frozenset(words(table["people"])),
        endings=tuple(words(table["endings"])),
        documents=frozenset(words(table["documents"])),
        unnamed=frozenset(words(table["unnamed"])),
    )


def _phrases(rows: list[dict[str, Any]]) -> dict[str, frozenset[str]]:
    """Return the prepositions before each noun of a phrase such as "in his words"."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for noun in words(row["cues"]):
            found.setdefault(noun, set()).update(row["before"])
    return {noun: frozenset(before) for noun, before in found.items()}


@functools.cache
def factuality() -> Factuality:
    """Return the table of factuality, read once."""
    table = _table("factuality.yaml")
    return Factuality(
        combination=table["combination"],
        negated=table["negated cue"],
        modals=_by_word(table["modals"]),
        negations=frozenset(words(table["negations"])),
        openers=_by_word(table["openers"]),
        before_nouns=_by_word(table["before nouns"]),
        instead=frozenset(words(table["instead"])),
        governors=_by_word(table["governors"]),
        kept_from=frozenset(words(table["from"])),
        objects=_by_word(table["objects"]),
        of_nouns=_by_word(table["of nouns"]),
        adjectives=_by_word(table["adjectives"]),
        historical=frozenset(words(table["historical"])),
    )


@functools.cache
def hedges() -> Hedges:
    """Return the table of hedges, read once."""
    table = _table("hedges.yaml")
    return Hedges(**{kind: frozenset(words(row)) for kind, row in table.items()})


def combined(outer: Manner, inner: Manner) -> Manner:
    """Return the manner of what stands with ``inner`` inside what stands with ``outer``."""
    return factuality().combination[outer][inner]


def words(row: str) -> list[str]:
    """Return the words of a row that a comma divides."""
    return [word.strip() for word in row.split(",") if word.strip()]


def _by_word(rows: dict[str, str]) -> dict[str, str]:
    return {word: sense for sense, row in rows.items() for word in words(row)}


def _table(name: str) -> dict[str, Any]:
    text = (files("shatterbelt.reading") / "tables" / name).read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.load(text, Loader=_LOADER)
    return table
