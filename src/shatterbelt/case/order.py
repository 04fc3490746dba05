"""The order in which quantities can be computed within a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from shatterbelt.case import formulas
from shatterbelt.case.graphs import sequence
from shatterbelt.case.types import Case, Formula, Stock
from shatterbelt.errors import FormulaError
from shatterbelt.statements import Claim


def dependencies(case: Case, name: str) -> frozenset[str]:
    """Return the quantities whose value in the same step is needed to compute ``name``.

    These are the names in its formula, inflow and outflow that are not delayed, and the causes of
    claims on it whose lag starts at 0. A condition looks one step back and is none of them.

    Raises:
        KeyError: the case has no such quantity.
    """
    return frozenset(needs_now(name, case.quantities[name], case.claims))


def order(case: Case) -> tuple[str, ...]:
    """Return all quantities so that each comes after everything that it needs in the same step."""
    by_effect: dict[str, list[Claim]] = {}
    for claim in case.claims:
        by_effect.setdefault(claim.effect, []).append(claim)
    return sequence(
        {
            name: needs_now(name, quantity, by_effect.get(name, ()))
            for name, quantity in case.quantities.items()
        }
    )


def needs_now(name: str, quantity: Any, claims: Iterable[Claim]) -> tuple[str, ...]:
    """Return what a quantity needs in the same step, sorted; formulas that cannot be read count as none."""
    found = set(_reads(quantity))
    found |= {claim.cause for claim in claims if claim.effect == name and claim.lags[0] == 0}
    return tuple(sorted(found))


def _reads(quantity: Any) -> Iterator[str]:
    texts: tuple[str, ...] = ()
    if isinstance(quantity, Formula):
        texts = (quantity.formula,)
    if isinstance(quantity, Stock):
        texts = (quantity.inflow, quantity.outflow)
    for text in texts:
        yield from reads_now(text)


def reads_now(text: str) -> frozenset[str]:
    """Return what a formula reads in the same step; nothing where it cannot be read."""
    try:
        return formulas.names_now(formulas.parse(text))
    except FormulaError:
        return frozenset()
