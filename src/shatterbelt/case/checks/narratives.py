"""Narratives: that each holds claims, and that its claims do not contradict one another."""

from __future__ import annotations

from itertools import combinations

from shatterbelt.case.draft import Draft
from shatterbelt.case.findings import Findings
from shatterbelt.case.graphs import rings
from shatterbelt.statements import Claim


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
    for ring in rings(graph):
        findings.at(
            tree,
            ("narratives", ring[0], "union_of"),
            f"narratives are unions of one another: {' -> '.join((*ring, ring[0]))}",
            "a union is of other narratives",
        )


def _contradictions(draft: Draft, findings: Findings) -> None:
    """Look at a narrative's own claims only: a union of rivals may hold what each of them denies."""
    tree = draft.trees["case.yaml"]
    claims = {claim.id: claim for _, claim in draft.claims}
    for name, narrative in draft.about.narratives.items():
        places = {claim: at for at, claim in enumerate(narrative.claims)}
        members = [claims[claim] for claim in places if claim in claims]
        for first, second in combinations(members, 2):
            if _opposite(first, second):
                findings.at(
                    tree,
                    ("narratives", name, "claims", places[second.id]),
                    f"{second.id!r} ({second.sign}) contradicts {first.id!r} ({first.sign}): both say what "
                    f"the {_aspect(first)} of {first.cause} does to {first.effect}",
                    "one narrative holds one sign",
                    "put them into two narratives, or make one with sign: unknown",
                )


def _opposite(first: Claim, second: Claim) -> bool:
    return (
        {first.sign, second.sign} == {"+", "-"}
        and (first.cause, first.effect, first.aspect) == (second.cause, second.effect, second.aspect)
        and first.when == second.when
        and {first.acts_on, second.acts_on} != {"onset", "end"}
    )


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
        for at, claim_id in enumerate(narrative.claims):
            if claim_id in narrative.claims[:at]:
                path = ("narratives", name, "claims", at)
                findings.warn(draft.trees["case.yaml"], path, f"{claim_id!r} is listed twice", "it acts once")
