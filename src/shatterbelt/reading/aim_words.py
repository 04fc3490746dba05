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
    ``only_verbal`` that a thing alone as object is no aim; ``by_actors`` that nothing but an actor does it.
    """

    lemma: str
    rest: tuple[str, ...]
    form: Form
    against: bool
    put_to: bool
    only_verbal: bool
    by_actors: bool = False


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
    hostile: frozenset[str]
    own_acts: frozenset[str]
    depending: frozenset[str]
    preconditions: frozenset[str]
    bargaining: frozenset[str]


@functools.cache
def aim_words() -> AimWords:
    """Return the table of aims."""
    raw = table("aims.yaml")
    put_to, only_verbal, by_actors = (frozenset(raw[key]) for key in ("put_to", "only_verbal", "by_actors"))
    verbs: dict[str, list[Cue]] = {}
    for group in raw["cues"]:
        for member in group["verbs"]:
            lemma, *rest = member.split()
            against = bool(group.get("against"))
            known = member in put_to, member in only_verbal, member in by_actors
            cue = Cue(lemma, tuple(rest), group["form"], against, *known)
            verbs.setdefault(lemma, []).append(cue)
    for cues in verbs.values():
        cues.sort(key=lambda cue: -len(cue.rest))
    return AimWords(
        verbs=verbs,
        adjectives=_forms(raw["adjectives"]),
        nouns=_forms(raw["nouns"]),
        **{
            name: frozenset(raw[name])
            for name in (
                "modals",
                "conditions",
                "only_with",
                "on_condition",
                "brings",
                "keeps",
                "stating",
                "hostile",
                "own_acts",
                "depending",
                "preconditions",
                "bargaining",
            )
        },
    )


def _forms(groups: dict[str, list[str]]) -> dict[str, tuple[Form, bool]]:
    found: dict[str, tuple[Form, bool]] = {}
    for name, members in groups.items():
        form, _, against = name.partition(" ")
        found |= dict.fromkeys(members, (form, bool(against)))  # type: ignore[arg-type]  # one of Form
    return found
