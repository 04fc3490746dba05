"""Branches: the same futures under another narrative, or with something done to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shatterbelt.case.types import Calendar, Case, Constant, Formula, Given
from shatterbelt.errors import RequestError, nearest


@dataclass(frozen=True, slots=True)
class Hold:
    """Hold a quantity at a value, in its unit, from one month to another; no ``stop`` is to the end."""

    quantity: str
    value: float
    start: str
    stop: str | None = None

    def __str__(self) -> str:
        return f"{self.quantity}={self.value:g}@{self.start}..{self.stop or ''}"


@dataclass(frozen=True, slots=True)
class Shock:
    """Push a quantity in one month.

    ``size`` is in typical swings for levels and shares, on the log rate or log hazard for events and
    statuses, and in the quantity's unit for stocks.
    """

    quantity: str
    size: float
    month: str

    def __str__(self) -> str:
        return f"{self.quantity}={self.size:g}@{self.month}"


@dataclass(frozen=True, slots=True)
class Branch:
    """One way to run the case: a narrative, claims switched on or off, holds and shocks.

    All branches of a run share their random numbers, so that a difference between two is an effect.
    """

    name: str
    narrative: str
    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    holds: tuple[Hold, ...] = ()
    shocks: tuple[Shock, ...] = ()

    @property
    def done(self) -> str:
        """Return what is done in this branch, in the words of the command line; empty for nothing."""
        parts = [f"--set {hold}" for hold in self.holds] + [f"--shock {shock}" for shock in self.shocks]
        parts += [f"--on {claim}" for claim in self.on] + [f"--off {claim}" for claim in self.off]
        return " ".join(parts)

    def factors(self, case: Case) -> dict[str, float]:
        """Return for every claim of the case 1 if this branch has it on, else 0."""
        told = set(case.claim_ids(self.narrative)) if self.narrative else set()
        told = (told | set(self.on)) - set(self.off)
        return {claim.id: float(claim.id in told) for claim in case.claims}


def default_branches(case: Case, narratives: Iterable[str] = ()) -> tuple[Branch, ...]:
    """Return one branch for each narrative: those asked for, or all, the case's default first."""
    names = list(narratives) or sorted(
        case.about.narratives, key=lambda name: name != case.about.default_narrative
    )
    for name in names:
        if name not in case.about.narratives:
            known = ", ".join(case.about.narratives)
            raise RequestError(
                "; ".join(
                    part
                    for part in (
                        f"the case has no narrative {name!r}",
                        f"there are: {known}",
                        nearest(name, case.about.narratives),
                    )
                    if part
                )
            )
    return tuple(Branch(name, name) for name in names) or (Branch("no claims", ""),)


def check_branches(case: Case, branches: Iterable[Branch]) -> None:
    """Raise `RequestError` where a branch names what the case does not have or cannot be set so."""
    names = list(case.quantities)
    claims = [claim.id for claim in case.claims]
    for branch in branches:
        for quantity in [one.quantity for one in branch.holds] + [one.quantity for one in branch.shocks]:
            _known("quantity", quantity, names)
        for claim in (*branch.on, *branch.off):
            _known("claim", claim, claims)
        if branch.narrative:
            _known("narrative", branch.narrative, list(case.about.narratives))
        for shock in branch.shocks:
            _moved_by_chance(case, shock)


def _moved_by_chance(case: Case, shock: Shock) -> None:
    """Raise `RequestError` for a shock to what follows from others or is fixed from outside."""
    quantity = case.quantities[shock.quantity]
    if isinstance(quantity, Formula):
        raise RequestError(
            f"shock {shock}: {shock.quantity} follows from other quantities; shock one of those"
        )
    if isinstance(quantity, Given) and isinstance(quantity.then, Calendar | Constant):
        raise RequestError(
            f"shock {shock}: no chance moves {shock.quantity}, a {quantity.then.process}; hold it instead"
        )


def _known(kind: str, name: str, options: list[str]) -> None:
    if name not in options:
        hint = nearest(name, options)
        raise RequestError(f"the case has no {kind} {name!r}" + (f"; {hint}" if hint else ""))
