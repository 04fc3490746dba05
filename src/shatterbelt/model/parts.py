"""The compiled model as plain frozen parts: what a step needs, and nothing of the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

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
        return self.numbers.get("noise", 0.0) > 0 or self.numbers.get("batch", 0.0) > 0


@dataclass(frozen=True, slots=True)
class Prior:
    """A parameter as a function of a standard normal: its shape, centre and spread."""

    name: str
    shape: str
    centre: float
    spread: float


@dataclass(frozen=True, slots=True)
class Reading:
    """Some claims of a group that read their causes in the same way, so that they are read together.

    Attributes:
        claims: their ids.
        effects: the row of each claim's effect among the group's quantities.
        rows: track and lag of everything that is read, ``width`` of them for each claim in turn.
        before: the same further back, for claims that read a change.
        width: how many lags each claim averages.
        on: whether only being above zero counts.
        shape: ``linear``, ``saturating``, ``above`` or ``below`` (a threshold).
        numbers: the shape's number for each claim.
        conditions: the quantity that each claim asks, with ``comparison`` and ``limits``; or nothing.
    """

    claims: tuple[str, ...]
    effects: tuple[int, ...]
    rows: tuple[tuple[str, int], ...]
    before: tuple[tuple[str, int], ...]
    width: int
    on: bool
    shape: str
    numbers: tuple[float, ...]
    conditions: tuple[str, ...]
    comparison: str
    limits: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Quantities of one kind and link that a step computes together, as rows of one array."""

    kind: str
    link: str
    noisy: bool
    names: tuple[str, ...]
    readings: tuple[Reading, ...]

    @property
    def claims(self) -> tuple[str, ...]:
        """Ids of the claims that act on the group, in the order in which they are read."""
        return tuple(claim for reading in self.readings for claim in reading.claims)


@dataclass(frozen=True)
class Model:
    """A compiled case: everything that ``step`` needs, in the order in which it needs it.

    ``groups`` stand in such an order that everything a quantity looks at within the same step stands
    in an earlier group.
    """

    name: str
    case_hash: str
    step_unit: str
    start: str
    quantities: Mapping[str, QuantityPart]
    claims: tuple[ClaimPart, ...]
    tracks: Mapping[str, Track]
    groups: tuple[Group, ...]
    priors: tuple[Prior, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the quantities in the order of the case."""
        return tuple(self.quantities)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Names of the quantities in the order in which a step computes them."""
        return tuple(name for group in self.groups for name in group.names)

    @property
    def noise_names(self) -> tuple[str, ...]:
        """Names of the quantities that draw a random number each step, in order."""
        return tuple(name for group in self.groups if group.noisy for name in group.names)

    @cached_property
    def now_row(self) -> Mapping[str, int]:
        """Row of every quantity's ``x`` and ``z`` among the values of a step: all ``x``, then all ``z``."""
        keys = [f"{scale}:{name}" for scale in "xz" for name in self.order]
        return {key: row for row, key in enumerate(keys)}

    @cached_property
    def layout(self) -> Mapping[str, int]:
        """First row of every track in the past; its lags follow one another."""
        rows: dict[str, int] = {}
        row = 0
        for key, track in self.tracks.items():
            rows[key] = row
            row += track.depth
        return rows

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names of the uncertain parameters, in order."""
        return tuple(prior.name for prior in self.priors)

    def claims_on(self, effect: str) -> tuple[ClaimPart, ...]:
        """Return the claims whose effect is ``effect``."""
        return tuple(claim for claim in self.claims if claim.effect == effect)
