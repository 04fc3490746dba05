"""The type of the event between given actors: what the rules found and what the encoder thinks, together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from shatterbelt.reading.statements import Event
from shatterbelt.statements import PloverType

FOUND = 1.3
"""What a sure event of the rules adds to the logarithm of its type's chance: nearly four times as likely."""
CHOSEN = 1.35
"""How much more the event adds that fits the actors best.

Both were fitted to 542 sentences of our own that the encoder had not seen when it was asked about them
(``docs/encoder.md``).
"""
DOUBT = 0.003
"""The chance that the encoder leaves to a type which it thinks impossible."""


def type_of_event(
    told: Sequence[tuple[PloverType, Event]], chosen: PloverType | None, chances: Mapping[PloverType, float]
) -> PloverType | None:
    """Return the likeliest type of the event between two actors; None where nothing speaks for any.

    The encoder's chance of each type is multiplied by what the rules add: `FOUND` times its reading for each
    type that a rule found in the sentence, `CHOSEN` times it for that of the event that fits the actors best.

    Args:
        told: the sentence's events with the types that stand for them.
        chosen: the type of the event that fits the actors best, None without any.
        chances: what the encoder makes of the sentence with its actors marked; may be empty.
    """
    found: dict[PloverType, float] = {}
    for kind, event in told:
        found[kind] = max(found.get(kind, 0.0), event.reading)

    def weight(kind: PloverType) -> float:
        rules = found.get(kind, 0.0) * (FOUND + CHOSEN * (kind == chosen))
        return log(chances.get(kind, 0.0) + DOUBT) + rules

    return max((*found, *chances), key=weight, default=None)
