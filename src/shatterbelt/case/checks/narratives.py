"""Narratives: that each holds claims, and that its claims do not contradict one another."""

from __future__ import annotations

from shatterbelt.case.draft import Draft
from shatterbelt.case.findings import Findings
from shatterbelt.case.graphs import rings
from shatterbelt.statements import Claim

MOST_NARRATIVES = 100
MOST_NESTED = 3


def check_narratives(draft: Draft, findings: Findings) -> None:
    """Tell narratives without claims, in rings, or with two claims that say the opposite."""
    _empty(draft, findings)
    _rings(draft, findings)
    _contradictions(draft, findings)
    _left_out(draft, findings)


def _empty(draft: Draft, findings: Findings) -> None:
    tree = draft.trees["case.yaml"]
    for name, narrative in draft.about.narratives.items():
        if not narrative.claims and not narrative.union_of:
            findings.at(
                tree,
                ("narratives", name),
                f"the narrative {name!r} holds no claim",
                "it has claims, or is the union_of other narratives",
                "leave it out: what happens without any claim is run by switching claims off",
            )


def _rings(draft: Draft, findings: Findings) -> None:
    tree = draft.trees["case.yaml"]
    narratives = draft.about.narratives
    graph = {
        name: {part for part in narrative.union_of if part in narratives}
        for name, narrative in narratives.items()
    }
    in_ring: set[str] = set()
    for ring in rings(graph):
        in_ring |= set(ring)
        findings.at(
            tree,
            ("narratives", ring[0], "union_of"),
            f"narratives are unions of one another: {' -> '.join((*ring, ring[0]))}",
            "a union is of other narratives",
        )
    if len(narratives) > MOST_NARRATIVES:
        problem = f"the case has {len(narratives)} narratives"
        findings.at(tree, ("narratives",), problem, f"up to {MOST_NARRATIVES} are read")
    deep = {name for name, parts in graph.items() if parts}
    for _ in range(MOST_NESTED):
        deep = {name for name in deep if graph[name] & deep}
    for name in sorted(deep) if not in_ring else ():
        findings.at(
            tree,
            ("narratives", name, "union_of"),
            f"{name!r} is a union of unions, more than {MOST_NESTED} deep",
            "",
            "name the narratives that hold the claims",
        )


def _contradictions(draft: Draft, findings: Findings) -> None:
    """Look at a narrative's own claims only: a union of rivals may hold what each of them denies."""
    tree = draft.trees["case.yaml"]
    claims = {claim.id: claim for _, claim in draft.claims}
    for name, narrative in draft.about.narratives.items():
        alike: dict[tuple[object, ...], dict[tuple[str, str], Claim]] = {}
        for at, claim_id in enumerate(narrative.claims):
            claim = claims.get(claim_id)
            if claim is None:
                continue
            group = alike.setdefault((claim.cause, claim.effect, claim.aspect, claim.when), {})
            for (sign, acts_on), first in group.items():
                if {sign, claim.sign} == {"+", "-"} and {acts_on, claim.acts_on} != {"onset", "end"}:
                    findings.at(
                        tree,
                        ("narratives", name, "claims", at),
                        f"{claim.id!r} ({claim.sign}) contradicts {first.id!r} ({first.sign}): both say what "
                        f"the {_aspect(claim)} of {claim.cause} does to {claim.effect}",
                        "one narrative holds one sign",
                        "put them into two narratives, or make one with sign: unknown",
                    )
            group.setdefault((claim.sign, claim.acts_on), claim)


def _aspect(claim: Claim) -> str:
    return claim.aspect if isinstance(claim.aspect, str) else next(iter(type(claim.aspect).model_fields))


def _left_out(draft: Draft, findings: Findings) -> None:
    used = {claim for narrative in draft.about.narratives.values() for claim in narrative.claims}
    tree = draft.trees["claims.yaml"]
    for at, claim in draft.claims:
        if claim.id not in used and draft.about.narratives:
            findings.warn(
                tree, (at, "id"), f"the claim {claim.id!r} stands in no narrative", "it will never act"
            )
    for name, narrative in draft.about.narratives.items():
        seen: set[str] = set()
        for at, claim_id in enumerate(narrative.claims):
            if claim_id in seen:
                path = ("narratives", name, "claims", at)
                findings.warn(draft.trees["case.yaml"], path, f"{claim_id!r} is listed twice", "it acts once")
            seen.add(claim_id)
