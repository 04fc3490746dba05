"""The type of the event between given actors: what the rules found and what the encoder thinks, together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shatterbelt.reading.statements import Event
from shatterbelt.statements import PloverType

RULES = 0.6
"""What the rules' votes weigh beside the encoder's chances, which add up to 1.

Set before any held-out sentence was scored with it, for rules and encoder that are right about as often on
sentences that neither has seen; from 0.3 to 1.5 the open sentences score alike.
"""


def type_of_event(
    told: Sequence[tuple[PloverType, Event]], chosen: PloverType | None, chances: Mapping[PloverType, float]
) -> PloverType | None:
    """Return the likeliest type of the event between two actors; None where nothing speaks for any.

    Every type that a rule found in the sentence gets half a vote times its reading, the type of the event
    that fits the actors best half a vote more, and each type the encoder's chance.

    Args:
        told: the sentence's events with the types that stand for them.
        chosen: the type of the event that fits the actors best, None without any.
        chances: what the encoder makes of the sentence with its actors marked; may be empty.
    """
    votes = dict(chances)
    best: dict[PloverType, float] = {}
    for kind, event in told:
        best[kind] = max(best.get(kind, 0.0), event.reading)
    for kind, reading in best.items():
        votes[kind] = votes.get(kind, 0.0) + RULES / 2 * reading
    if chosen is not None:
        votes[chosen] = votes.get(chosen, 0.0) + RULES / 2
    return max(votes, key=lambda kind: votes[kind], default=None)
