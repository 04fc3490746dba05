"""The order in which a step computes quantities: what is looked at in the same step comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from shatterbelt.case.formulas import names_now
from shatterbelt.errors import RequestError
from shatterbelt.model.parts import ClaimPart, QuantityPart

Ranks = tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]


def ranks_of(quantities: Mapping[str, QuantityPart], claims: Sequence[ClaimPart]) -> Ranks:
    """Return quantities by rank, and within a rank by kind.

    Raises:
        RequestError: quantities wait for one another within the step (a checked case has no such ring).
    """
    waits = {name: _looks_at(part) for name, part in quantities.items()}
    for claim in claims:
        if claim.lags[0] == 0:
            waits[claim.effect].add(claim.cause)
    sorter = TopologicalSorter(waits)
    try:
        sorter.prepare()
    except CycleError as error:
        ring = " -> ".join(error.args[1])
        raise RequestError(f"quantities wait for one another within a step: {ring}") from error
    ranks = []
    while sorter.is_active():
        ready = sorter.get_ready()
        kinds: dict[str, list[str]] = {}
        for name in quantities:
            if name in ready:
                kinds.setdefault(quantities[name].kind, []).append(name)
        ranks.append(tuple((kind, tuple(members)) for kind, members in kinds.items()))
        sorter.done(*ready)
    return tuple(ranks)


def _looks_at(part: QuantityPart) -> set[str]:
    """Return the quantities whose value in the same step a formula or stock needs."""
    formulas = [formula for role, formula in part.formulas.items() if role != "initial"]
    return {name for formula in formulas for name in names_now(formula)}
