"""Claims one by one: what they may act on, their lags, conditions and tests."""

from __future__ import annotations

import re
from typing import Any

from shatterbelt.case.draft import Draft
from shatterbelt.case.findings import Findings, Path, Tree
from shatterbelt.statements import Claim

EFFECT_KINDS = ("level", "events", "status", "share")
"""Kinds of quantity that a claim can act on."""
LONGEST_LAG = 120
"""Steps."""

_WHY_NOT = {
    "given": "a given quantity follows the record and its own process",
    "formula": "a formula is computed from other quantities",
    "stock": "a stock changes by its inflow and outflow only",
}
_TEST = re.compile(r"\s*(?:>=|<=|>|<)\s*(.*?)\s*")


def check_claims(draft: Draft, findings: Findings) -> None:
    """Tell effects that no claim can act on, lags that cannot be, and tests that are no numbers."""
    tree = draft.trees["claims.yaml"]
    for at, claim in draft.claims:
        effect = draft.quantities.get(claim.effect)
        if effect is not None:
            _effect(tree, at, claim, effect, findings)
        _lag(tree, at, claim, findings)
        if claim.when is not None:
            check_test(claim.when.test, tree, (at, "when", "is"), findings)
    for name, outcome in draft.about.outcomes.items():
        check_test(outcome.test, draft.trees["case.yaml"], ("outcomes", name, "is"), findings)


def _effect(tree: Tree, at: int, claim: Claim, effect: Any, findings: Findings) -> None:
    if effect.kind not in EFFECT_KINDS:
        findings.at(
            tree,
            (at, "effect"),
            f"{claim.effect!r} is of kind {effect.kind}: {_WHY_NOT[effect.kind]}",
            f"a claim acts on {', '.join(EFFECT_KINDS)}",
            "act on a quantity that it is made of, or change its kind to level",
        )
    elif claim.acts_on != "both" and effect.kind != "status":
        problem = f"acts_on: {claim.acts_on}, but {claim.effect!r} is of kind {effect.kind}"
        findings.at(
            tree, (at, "acts_on"), problem, "only a status has an onset and an end", "leave acts_on out"
        )


def _lag(tree: Tree, at: int, claim: Claim, findings: Findings) -> None:
    first, last = claim.lags
    path: Path = (at, "lag")
    if first > last:
        problem = f"the lag range is reversed: {first} to {last}"
        findings.at(tree, path, problem, "the shorter lag comes first", f"write [{last}, {first}]")
    elif first < 0:
        findings.at(
            tree, path, f"the lag is {first} steps", "a lag is 0 or more: no cause comes after its effect"
        )
    elif last > LONGEST_LAG:
        findings.at(tree, path, f"the lag is {last} steps", f"up to {LONGEST_LAG} are allowed")
    elif claim.cause == claim.effect and first == 0:
        findings.at(
            tree,
            path if tree.value(path) is not None else (at, "cause"),
            f"{claim.cause!r} is its own cause in the same step",
            "a cause that is its own effect needs a lag of at least 1",
            "write lag: 1",
        )


def check_test(text: str, tree: Tree, path: Path, findings: Findings) -> None:
    """Tell a test whose right side is no number, such as ``>= 1.2.3``."""
    found = _TEST.fullmatch(text)
    try:
        float(found[1] if found else text)
    except ValueError:
        findings.at(tree, path, f"{text!r} compares with no number", ">=, <=, > or < and one number")
