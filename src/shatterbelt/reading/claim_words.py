"""The tables of connectives and of valence, read once and kept as lookups by lemma."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

import yaml

from shatterbelt.statements import Sign

if TYPE_CHECKING:
    from spacy.tokens import Token

Frame = Literal["forward", "makes", "places", "moves", "reversed", "correlates", "changes"]
_ENDS = frozenset(
    {
        "prep",
        "prt",
        "npadvmod",
        "advmod",
        "dobj",
        "pobj",
        "attr",
        "acomp",
        "xcomp",
        "pcomp",
        "agent",
        "dative",
        "oprd",
        "advcl",
        "ccomp",
    }
)


@dataclass(frozen=True, slots=True)
class VerbPhrase:
    """A verb with the words that must hang on it, and what it says of its ends."""

    lemma: str
    rest: tuple[str, ...]
    frame: Frame
    sign: Sign
    change: str = ""


@dataclass(frozen=True)
class Words:
    """Everything in ``connectives.yaml``; ``verbs`` by lemma with the longest phrases first."""

    verbs: dict[str, list[VerbPhrase]]
    prepositions: dict[str, list[tuple[tuple[str, ...], Sign, bool]]]
    phrases: dict[str, list[tuple[tuple[str, ...], str]]]
    sets: dict[str, frozenset[str]] = field(default_factory=dict)
    after: dict[str, frozenset[str]] = field(default_factory=dict)
    impacts: dict[str, Sign] = field(default_factory=dict)


def table(name: str) -> dict[str, Any]:
    """Return one of the reader's tables of words."""
    with (files("shatterbelt.reading") / "tables" / name).open(encoding="utf-8") as lines:
        read: dict[str, Any] = yaml.load(lines, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return read


@functools.cache
def words() -> Words:
    """Return the table of connectives."""
    raw = table("connectives.yaml")
    verbs: dict[str, list[VerbPhrase]] = {}
    for group in raw["makes"]:
        _add(verbs, group["verbs"], "makes", group["sign"])
    _add(verbs, raw["moves"]["verbs"], "moves", "+")
    _add(verbs, raw["places"]["verbs"], "places", "+")
    frames: tuple[Frame, ...] = ("forward", "reversed")
    for frame in frames:
        for group in raw[frame]:
            _add(verbs, group["verbs"], frame, group["sign"])
    _add(verbs, raw["correlates"]["verbs"], "correlates", "unknown")
    for change, members in table("valence.yaml")["move_others"].items():
        _add(verbs, members, "changes", "unknown", change)
    have = {(verb, entry.rest) for verb, entries in verbs.items() for entry in entries}
    feelings = [verb for verb in raw["feelings"] if (verb, ()) not in have]
    _add(verbs, feelings, "forward", "+")
    for entries in verbs.values():
        entries.sort(key=lambda entry: -len(entry.rest))
    prepositions: dict[str, list[tuple[tuple[str, ...], Sign, bool]]] = {}
    for row in raw["prepositions"]:
        parts = tuple(row["words"].split())
        prepositions.setdefault(parts[0], []).append((parts, row["sign"], bool(row.get("purpose"))))
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for kind in ("as_a_result", "purpose"):
        for each in raw[kind]:
            parts = tuple(each.split())
            phrases.setdefault(parts[0], []).append((parts, kind))
    for rows in prepositions.values():
        rows.sort(key=lambda row: -len(row[0]))
    for told in phrases.values():
        told.sort(key=lambda row: -len(row[0]))
    sets = {
        key: frozenset(value)
        for key, value in raw.items()
        if isinstance(value, list) and all(isinstance(v, str) for v in value)
    }
    sets |= {f"moves {key}": frozenset(raw["moves"][key]) for key in ("prepositions", "away", "things")}
    sets |= {f"places {key}": frozenset(raw["places"][key]) for key in ("to", "up", "down", "left")}
    sets |= {f"blames {verb}": frozenset(rest) for verb, rest in raw["blames"].items()}
    sets |= {f"correlates {key}": frozenset(raw["correlates"][key]) for key in ("later", "plain_objects")}
    after = {key: frozenset(value) for key, value in raw["after_words"].items()}
    impacts: dict[str, Sign] = {noun: sign for sign, nouns in raw["impacts"].items() for noun in nouns}
    return Words(verbs, prepositions, phrases, sets, after, impacts)


def _add(
    verbs: dict[str, list[VerbPhrase]], members: list[str], frame: Frame, sign: Sign, change: str = ""
) -> None:
    for member in members:
        first, *rest = member.split()
        verbs.setdefault(first, []).append(VerbPhrase(first, tuple(rest), frame, sign, change))


def follow(verb: Token, rest: tuple[str, ...]) -> list[Token] | None:
    """Return the tokens of a phrase's further words, each hanging on one before it; None if one lacks."""
    found: list[Token] = [verb]
    for word in rest:
        step = next(
            (
                t
                for above in reversed(found)
                for t in above.children
                if (t.lemma_.lower() == word or t.lower_ == word) and t.dep_ in _ENDS
            ),
            None,
        )
        if step is None:
            return None
        found.append(step)
    return found[1:]


def sequence(tokens: list[Token], at: int, parts: tuple[str, ...]) -> bool:
    """Return whether the tokens from a place on are these words."""
    return at + len(parts) <= len(tokens) and all(
        tokens[at + step].lower_ == part for step, part in enumerate(parts)
    )
