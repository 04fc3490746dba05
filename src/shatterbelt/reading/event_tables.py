"""The tables of events: verbs with their conditions, and nouns of events."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from shatterbelt.reading.actors import Words, cut, rows
from shatterbelt.statements import PloverType

COOPERATIVE = frozenset({"AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT"})
MATERIAL_CONFLICT = frozenset({"PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row asks of a place in the sentence: one of these kinds, and none of those."""

    wanted: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()

    def fits(self, kinds: frozenset[str]) -> bool:
        """Return whether the kinds of what stands there are as asked."""
        return (not self.wanted or bool(self.wanted & kinds)) and not self.barred & kinds


@dataclass(frozen=True, slots=True)
class VerbRow:
    """One line of event_verbs.csv; ``type`` is empty for a use of the verb that is no event."""

    particles: frozenset[str]
    objects: Asked | None
    preps: tuple[tuple[str, str], ...]
    complement: str
    inner: str
    subject: Asked | None
    type: PloverType | None
    mode: str
    target: tuple[str, ...]
    weight: float
    order: int

    @property
    def conditions(self) -> int:
        """How many conditions the row makes; the row with most of them knows most."""
        asked = (self.particles, self.objects, self.preps, self.complement, self.subject)
        general = self.objects is not None and self.objects.wanted <= {"any", "party"}
        return 2 * sum(bool(condition) for condition in asked) - general + bool(self.inner)


@dataclass(frozen=True, slots=True)
class NounRow:
    """One line of event_nouns.csv; ``type`` is empty for a noun that is no event by itself."""

    kind: str
    type: PloverType | None
    mode: str
    alone: float
    of: str
    poss: str


def _set(cell: str) -> frozenset[str]:
    return frozenset(part for part in cell.split("|") if part)


def _asked(cell: str) -> Asked | None:
    parts = _set(cell)
    barred = frozenset(part[1:] for part in parts if part.startswith("!"))
    wanted = frozenset(part for part in parts if not part.startswith("!"))
    return Asked(wanted, barred) if parts else None


def _preps(cell: str) -> tuple[tuple[str, str], ...]:
    pairs = [part.partition(":") for part in cell.split("|") if part]
    return tuple((word, kind) for word, _, kind in pairs)


def _type(cell: str) -> PloverType | None:
    return cell or None  # type: ignore[return-value]  # a test holds the table to PLOVER's types


@functools.cache
def verb_rows() -> Mapping[str, tuple[VerbRow, ...]]:
    """Return the rows of every verb, by lemma, the row with most conditions first."""
    found: dict[str, list[VerbRow]] = {}
    for order, row in enumerate(rows("event_verbs.csv")):
        complement, _, inner = row["complement"].partition(":")
        made = VerbRow(
            particles=_set(row["particle"]),
            objects=_asked(row["objects"]),
            preps=_preps(row["preps"]),
            complement=complement,
            inner=inner,
            subject=_asked(row["subject"]),
            type=_type(row["type"]),
            mode=row["mode"],
            target=tuple(part for part in row["target"].split("|") if part),
            weight=float(row["weight"]),
            order=order,
        )
        for lemma in _set(row["lemmas"]):
            found.setdefault(lemma, []).append(made)
    return {
        lemma: tuple(sorted(made, key=lambda row: (-row.conditions, -row.weight, row.order)))
        for lemma, made in found.items()
    }


@functools.cache
def noun_rows() -> Mapping[Words, tuple[NounRow, ...]]:
    """Return the rows of every noun by its lemmas: ("hunger", "strike"), ("state", "of", "emergency")."""
    found: dict[Words, tuple[NounRow, ...]] = {}
    for row in rows("event_nouns.csv"):
        made = NounRow(
            row["kind"], _type(row["type"]), row["mode"], float(row["alone"]), row["of"], row["poss"]
        )
        for words in _set(row["words"]):
            key = cut(words)
            found[key] = (*found.get(key, ()), made)
    return found


@functools.cache
def last_words() -> frozenset[str]:
    """Return the last words of all nouns in the table: most tokens are told from them at once."""
    return frozenset(key[2] if key[1:2] == ("of",) else key[-1] for key in noun_rows()) | frozenset(
        key[0] for key in noun_rows() if key[1:2] == ("of",)
    )


@functools.cache
def word_list(name: str) -> frozenset[str]:
    """Return one of the lists of event_words.csv."""
    return next(_set(row["words"]) for row in rows("event_words.csv") if row["name"] == name)
