"""What a quantity of a case asks of the record, read from it by its attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DEFAULT_NOISE = 0.1
"""Swings a step, for what has no noise of its own (stocks)."""
LEAST_NOISE = 0.02
"""Swings a step: the past between two observations is never less uncertain than this."""


@dataclass(frozen=True, slots=True)
class Target:
    """A quantity as the record room needs it.

    ``series`` holds pairs of series name and how its values enter; ``events`` triples of actors,
    types and targets. ``half_life`` None is a random walk; ``noise`` is in swings a step.
    """

    name: str
    kind: str
    unit: str
    link: str = "identity"
    usual: float = 0.0
    swing: float = 1.0
    half_life: float | None = None
    noise: float = DEFAULT_NOISE
    floor: float | None = None
    population: float | None = None
    series: tuple[tuple[str, str], ...] = ()
    events: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = ()

    @property
    def width(self) -> float:
        """One typical swing on the link scale."""
        ends = link(self.link, np.array([self.usual, self.usual + self.swing]))
        return float(ends[1] - ends[0])


def target(name: str, quantity: Any) -> Target:
    """Read what the record room needs from a quantity; attributes it does not have get defaults."""
    kind = str(quantity.kind)
    process = getattr(quantity, "then", quantity)
    ties: Iterable[Any] = getattr(quantity, "record", ())
    series = tuple((tie.series, tie.enters) for tie in ties if hasattr(tie, "series"))
    events = tuple((tuple(t.actor), tuple(t.type), tuple(t.target)) for t in ties if hasattr(t, "actor"))
    status = kind == "status"
    return Target(
        name=name,
        kind=kind,
        unit=str(quantity.unit),
        link=str(getattr(quantity, "link", "identity")),
        usual=0.0 if status else float(quantity.usual),
        swing=1.0 if status else float(quantity.swing),
        half_life=getattr(process, "half_life", None),
        noise=float(getattr(process, "noise", DEFAULT_NOISE)),
        floor=getattr(quantity, "floor", None),
        population=getattr(quantity, "population", None),
        series=series,
        events=events,
    )


def targets(quantities: Mapping[str, Any]) -> dict[str, Target]:
    """Read every quantity that is tied to the record, in the order of the case."""
    found = {name: target(name, quantity) for name, quantity in quantities.items()}
    return {name: item for name, item in found.items() if item.series or item.events}


def link(name: str, x: Array) -> Array:
    """Return natural values on the scale of a link (identity, log, logit)."""
    if name == "log":
        return np.log(x)
    return np.log(x / (1 - x)) if name == "logit" else x


def unlink(name: str, y: Array) -> Array:
    """Return values of a link's scale as natural values; the inverse of ``link``."""
    if name == "log":
        return np.exp(y)
    return 1 / (1 + np.exp(-y)) if name == "logit" else y


def slope(name: str, y: Array) -> Array:
    """Return how fast the natural value moves with the link's scale, at ``y``."""
    x = unlink(name, y)
    if name == "log":
        return x
    return x * (1 - x) if name == "logit" else np.ones_like(x)
