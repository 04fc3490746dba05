"""One event told several times, in one document or in copies of one story, is one event with its reports."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shatterbelt.documents.words import fingerprint
from shatterbelt.reading.actors import sectors
from shatterbelt.reading.statements import Day, Event, Magnitude, Party

LIKE = 0.6
"""Share of words that two sentences must have in common to be copies of one another."""
_FINEST = ("day", "week", "month", "quarter", "year", "unknown")


@dataclass(frozen=True)
class Told:
    """An event as it is told best, and all its tellings, that one among them, in order of documents."""

    event: Event
    tellings: tuple[Event, ...]

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents that tell it, each once."""
        return tuple(dict.fromkeys(telling.document for telling in self.tellings))


def merge(events: Sequence[Event], stories: Mapping[str, int]) -> list[Told]:
    """Return events with their tellings together, in the order of their first tellings.

    Only tellings in one document, or in documents of one story, become one: same type and polarity, nothing
    about mode, actors, targets, days, places and numbers that contradicts, and something that speaks for it
    (a shared target, number or date, or the same words).

    Args:
        events: what was read, in order of documents and places.
        stories: number of the story by document; a document that is missing tells a story of its own.
    """
    groups: dict[tuple[object, ...], list[list[Event]]] = defaultdict(list)
    ordered: list[list[Event]] = []
    for event in events:
        story = stories.get(event.document, event.document)
        alike = groups[story, event.type, "negated" in event.contexts, "future" in event.contexts]
        fitting = [
            tellings
            for tellings in alike
            if all(_compatible(event, other) for other in tellings) and _same(event, tellings)
        ]
        if fitting:
            max(fitting, key=lambda tellings: _likeness(event, tellings[0])).append(event)
        else:
            alike.append([event])
            ordered.append(alike[-1])
    return [Told(min(tellings, key=_worse), tuple(tellings)) for tellings in ordered]


def _worse(event: Event) -> tuple[object, ...]:
    """Sort the telling that says most, and most surely, first."""
    resolution = _FINEST.index(event.date.resolution) if event.date else len(_FINEST)
    coded = sum(bool(party.actor) for party in (*event.actors[:1], *event.targets[:1]))
    return resolution, -coded, -event.reading


def _compatible(one: Event, other: Event) -> bool:
    """Return whether nothing said of two events keeps them from being one."""
    if one.document == other.document and one.sentence.start == other.sentence.start:
        return False  # "cracked down and arrested": one sentence tells two events, or it would tell one
    if one.mode and other.mode and one.mode != other.mode:
        return False
    return (
        _parties_agree(one.actors, other.actors) is not False
        and _parties_agree(one.targets, other.targets) is not False
        and days_agree(one.date, other.date) is not False
        and _places_agree(one, other) is not False
        and _numbers_agree(one.magnitudes, other.magnitudes) is not False
    )


def _same(event: Event, tellings: Sequence[Event]) -> bool:
    """Return whether something speaks for an event being that of one of the tellings."""
    return any(_alike(event, other) or _agree(event, other) for other in tellings)


def _agree(one: Event, other: Event) -> bool:
    """Return whether two tellings share an actor, and a target, a number or a date besides."""
    if _parties_agree(one.actors, other.actors) is not True:
        return False
    return (
        _parties_agree(one.targets, other.targets) is True
        or _numbers_agree(one.magnitudes, other.magnitudes) is True
        or (_known(one.date) and _known(other.date))
    )


def _alike(one: Event, other: Event) -> bool:
    """Return whether one is a copy of the other in another document; in the same, words say nothing."""
    return one.document != other.document and _likeness(one, other) >= LIKE


def _known(day: Day | None) -> bool:
    return day is not None and day.resolution in {"day", "week"}


def _parties_agree(some: Sequence[Party], others: Sequence[Party]) -> bool | None:
    """Return whether two sides share a party; None where either is silent."""
    if not some or not others:
        return None
    codes, other_codes = _codes(some), _codes(others)
    if codes and other_codes:
        return not codes.isdisjoint(other_codes)
    words = {word for party in some for word in party.name.lower().split() if len(word) > 3}
    return any(word in words for party in others for word in party.name.lower().split())


def _codes(parties: Sequence[Party]) -> set[str]:
    """Return the codes of parties that a country or a name tells; "COP" may be anybody's police."""
    return {party.actor for party in parties if party.actor and party.actor not in sectors()}


def days_agree(one: Day | None, other: Day | None) -> bool | None:
    """Return whether two dates can be one day; None where either is missing."""
    if one is None or other is None:
        return None
    return one.earliest <= other.latest and other.earliest <= one.latest


def _places_agree(one: Event, other: Event) -> bool | None:
    if one.place is None or other.place is None:
        return None
    some, others = one.place.text.lower(), other.place.text.lower()
    return some in others or others in some


def _numbers_agree(some: Sequence[Magnitude], others: Sequence[Magnitude]) -> bool | None:
    """Return whether the numbers of one thing can be the same; None where no thing is counted by both."""
    said = [(a, b) for a in some for b in others if a.what == b.what]
    if not said:
        return None
    return any(_within(a, b) for a, b in said)


def _within(one: Magnitude, other: Magnitude) -> bool:
    low = max(x for x in (one.low, other.low, float("-inf")) if x is not None)
    high = min(x for x in (one.high, other.high, float("inf")) if x is not None)
    return low <= high


def _likeness(one: Event, other: Event) -> float:
    """Return the share of their words that two events' sentences have in common (Jaccard)."""
    some, others = _words(one.sentence.text), _words(other.sentence.text)
    return len(some & others) / max(len(some | others), 1)


@functools.lru_cache(maxsize=4_096)
def _words(text: str) -> frozenset[str]:
    found = fingerprint(text)
    return frozenset(found[place : place + 3] for place in range(0, len(found), 3))
