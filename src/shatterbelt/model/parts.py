"""The compiled model as plain frozen parts: what a step needs, and nothing of the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shatterbelt.case.formulas import Expr


@dataclass(frozen=True, slots=True)
class Scale:
    """A quantity's own scale: ``z = (link(x) - origin) / width``, in typical swings from usual."""

    link: str
    origin: float
    width: float


@dataclass(frozen=True, slots=True)
class Track:
    """Something that the step looks back on: ``depth`` steps of it are carried.

    ``kind`` is ``x`` (natural value), ``z`` (in swings), ``remembered`` (decaying sum of counts or
    average of swings), ``memory`` (the same in swings), or ``expression`` / ``smooth`` (a part of a
    formula). ``decay`` is the share kept from one step to the next.
    """

    key: str
    kind: str
    quantity: str
    depth: int
    decay: float = 0.0
    gain: float = 1.0
    usual: float = 0.0
    width: float = 1.0
    expression: Expr | None = None


@dataclass(frozen=True, slots=True)
class ClaimPart:
    """One claim as the step uses it; ``track`` is what it looks at, ``lags`` first and last."""

    id: str
    cause: str
    effect: str
    sign: str
    scale: float
    track: str
    lags: tuple[int, int]
    change: int
    on: bool
    form: tuple[str, float]
    condition: tuple[str, str, float] | None
    acts_on: str


@dataclass(frozen=True, slots=True)
class QuantityPart:
    """One quantity as the step uses it; ``numbers`` are its kind's fixed parameters."""

    name: str
    kind: str
    scale: Scale
    numbers: Mapping[str, float]
    thresholds: tuple[float, ...] = ()
    formulas: Mapping[str, Expr] = field(default_factory=dict)
    calendar: Mapping[str, float] = field(default_factory=dict)
    memory_track: str = ""

    @property
    def noisy(self) -> bool:
        """Whether a step draws a random number for it."""
        if self.kind in {"events", "status"}:
            return True
        return self.numbers.get("noise", 0.0) > 0


@dataclass(frozen=True, slots=True)
class Prior:
    """A parameter as a function of a standard normal: its shape, centre and spread."""

    name: str
    shape: str
    centre: float
    spread: float


@dataclass(frozen=True)
class Model:
    """A compiled case: everything that ``step`` needs, in the order in which it needs it.

    ``ranks`` groups quantities so that everything a quantity looks at within the same step stands in
    an earlier rank; within a rank, quantities of one kind are computed together.
    """

    name: str
    case_hash: str
    step_unit: str
    start: str
    quantities: Mapping[str, QuantityPart]
    claims: tuple[ClaimPart, ...]
    tracks: Mapping[str, Track]
    ranks: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]
    priors: tuple[Prior, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the quantities in the order of the case."""
        return tuple(self.quantities)

    @property
    def noise_names(self) -> tuple[str, ...]:
        """Names of the quantities that draw a random number each step, in order."""
        return tuple(name for name, part in self.quantities.items() if part.noisy)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the uncertain parameters, in order."""
        return tuple(prior.name for prior in self.priors)

    def claims_on(self, effect: str) -> tuple[ClaimPart, ...]:
        """Return the claims whose effect is ``effect``."""
        return tuple(claim for claim in self.claims if claim.effect == effect)
