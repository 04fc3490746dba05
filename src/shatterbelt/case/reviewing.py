"""What nobody has reviewed stays out of a run unless it is asked for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from shatterbelt.case.types import Case


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """What of a case is not reviewed: ids of claims, number of events; and how many there are in all."""

    claims: tuple[str, ...]
    events: int
    of_claims: int
    of_events: int

    def __bool__(self) -> bool:
        return bool(self.claims or self.events)

    @property
    def everything(self) -> bool:
        """Whether no claim and no event of the case is reviewed, and there are some."""
        return bool(self) and len(self.claims) == self.of_claims and self.events == self.of_events

    def counted(self) -> str:
        """Return ``3 claims and 1 event``, without what there is none of."""
        both = ((len(self.claims), "claim"), (self.events, "event"))
        return " and ".join(f"{n:,} {noun}{'' if n == 1 else 's'}" for n, noun in both if n)


def unreviewed(case: Case) -> Unreviewed:
    """Return what of a case is marked ``reviewed: no``."""
    claims = tuple(claim.id for claim in case.claims if claim.reviewed == "no")
    events = sum(event.reviewed == "no" for event in case.events)
    return Unreviewed(claims, events, len(case.claims), len(case.events))


def reviewed_part(case: Case) -> Case:
    """Return the case without the claims and events that are not reviewed, under the same hash."""
    out = set(unreviewed(case).claims)
    if not unreviewed(case):
        return case
    narratives = {
        name: told.model_copy(update={"claims": tuple(one for one in told.claims if one not in out)})
        for name, told in case.about.narratives.items()
    }
    return case.model_copy(
        update={
            "about": case.about.model_copy(update={"narratives": narratives}),
            "claims": tuple(claim for claim in case.claims if claim.id not in out),
            "events": tuple(event for event in case.events if event.reviewed == "yes"),
        }
    )


def with_unreviewed(case: Case) -> Case:
    """Return the whole case, under a hash of its own where anything in it is not reviewed.

    So that a fit of the one is never taken for a fit of the other.
    """
    if not unreviewed(case) or not case.hash:
        return case
    return case.model_copy(update={"hash": hashlib.sha256(f"{case.hash} unreviewed".encode()).hexdigest()})
