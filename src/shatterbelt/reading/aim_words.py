"""The table of words that tell who wants what, read once."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from shatterbelt.reading.claim_words import table
from shatterbelt.reading.statements import Form


@dataclass(frozen=True, slots=True)
class Cue:
    """A verb with the words that must hang on it, and what kind of aim it tells.

    ``against`` turns the direction; ``put_to`` says that its object is whom the aim is put to;
    ``only_verbal`` that a thing alone as object is no aim.
    """

    lemma: str
    rest: tuple[str, ...]
    form: Form
    against: bool
    put_to: bool
    only_verbal: bool


@dataclass(frozen=True)
class AimWords:
    """``aims.yaml`` as lookups by lemma."""

    verbs: dict[str, list[Cue]]
    adjectives: dict[str, tuple[Form, bool]]
    nouns: dict[str, tuple[Form, bool]]
    modals: frozenset[str]
    conditions: frozenset[str]
    only_with: frozenset[str]
    on_condition: frozenset[str]
    brings: frozenset[str]
    keeps: frozenset[str]
    stating: frozenset[str]


@functools.cache
def aim_words() -> AimWords:
    """Return the table of aims."""
    raw = table("aims.yaml")
    put_to, only_verbal = frozenset(raw["put_to"]), frozenset(raw["only_verbal"])
    verbs: dict[str, list[Cue]] = {}
    for group in raw["cues"]:
        for member in group["verbs"]:
            lemma, *rest = member.split()
            against = bool(group.get("against"))
            cue = Cue(lemma, tuple(rest), group["form"], against, member in put_to, member in only_verbal)
            verbs.setdefault(lemma, []).append(cue)
    for cues in verbs.values():
        cues.sort(key=lambda cue: -len(cue.rest))
    return AimWords(
        verbs=verbs,
        adjectives=_forms(raw["adjectives"]),
        nouns=_forms(raw["nouns"]),
        **{
            name: frozenset(raw[name])
            for name in ("modals", "conditions", "only_with", "on_condition", "brings", "keeps", "stating")
        },
    )


def _forms(groups: dict[str, list[str]]) -> dict[str, tuple[Form, bool]]:
    found: dict[str, tuple[Form, bool]] = {}
    for name, members in groups.items():
        form, _, against = name.partition(" ")
        found |= dict.fromkeys(members, (form, bool(against)))  # type: ignore[arg-type]  # one of Form
    return found
