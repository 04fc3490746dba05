"""Rings of quantities that would need one another within the same step."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

from shatterbelt.case.checks.formulas import texts_of
from shatterbelt.case.draft import Draft
from shatterbelt.case.findings import Findings
from shatterbelt.case.graphs import rings
from shatterbelt.case.order import needs_now, reads_now
from shatterbelt.case.types import Formula, Stock
from shatterbelt.statements import Claim


def check_cycles(draft: Draft, findings: Findings) -> None:
    """Tell every ring of formulas, and of formulas and claims without lag, with all its members."""
    arithmetic = {name: needs_now(name, quantity, ()) for name, quantity in draft.quantities.items()}
    tree = draft.trees["quantities.yaml"]
    told: set[str] = set()
    for ring in rings(arithmetic):
        told |= set(ring)
        key = _key_of(draft.quantities[ring[0]], ring[1] if len(ring) > 1 else ring[0])
        findings.at(
            tree,
            (ring[0], key),
            f"formulas need one another in the same step: {' -> '.join((*ring, ring[0]))}",
            "a formula reads what is known before it",
            f"use delay({ring[-1]}, 1) in one of them",
        )
    _with_claims(draft, told, findings)


def _key_of(quantity: Any, name: str) -> str:
    """Return the key of the formula that reads ``name`` in the same step."""
    keys = [key for key, text in texts_of(quantity) if key != "initial" and name in reads_now(text)]
    return keys[0]


def _with_claims(draft: Draft, told: set[str], findings: Findings) -> None:
    by_effect: dict[str, list[tuple[int, Claim]]] = defaultdict(list)
    for at, claim in draft.claims:
        if claim.cause != claim.effect and claim.lags[0] == 0:
            by_effect[claim.effect].append((at, claim))
    graph = {
        name: needs_now(name, quantity, [claim for _, claim in by_effect.get(name, ())])
        for name, quantity in draft.quantities.items()
    }
    tree = draft.trees["claims.yaml"]
    for ring in rings(graph):
        steps = [*ring, ring[0]]
        links = {
            claim.id: at
            for effect, cause in pairwise(steps)
            for at, claim in by_effect.get(effect, ())
            if claim.cause == cause
        }
        if set(ring) <= told or not links:
            continue
        others = sorted(name for name in ring if isinstance(draft.quantities[name], Formula | Stock))
        through = f", through the formulas of {', '.join(others)}" if others else ""
        findings.at(
            tree,
            (next(iter(links.values())), "lag"),
            f"claims without lag go round in a ring: {' -> '.join(reversed(steps))} (claims "
            f"{', '.join(links)}{through})",
            "within a step, causes come before effects",
            "give one of these claims a lag of 1",
        )
