"""Names that nothing in the case bears."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from shatterbelt.case.draft import Draft
from shatterbelt.case.findings import Findings, Path, Tree, near, shown
from shatterbelt.case.types import Events
from shatterbelt.statements import QuoteEvidence

MOST_LISTED = 12


def check_names(draft: Draft, findings: Findings) -> None:
    """Tell every reference to a quantity, claim, actor, row, series or document that is not there."""
    quantities = draft.names("quantities.yaml")
    for path, name in _quantity_references(draft):
        _look_up(findings, draft.trees["claims.yaml"], path, name, "quantity", quantities)
    _of_case(draft, quantities, findings)
    _of_quantities(draft, findings)
    _of_evidence(draft, findings)
    _of_rows(draft, findings)
    _of_runs(draft, quantities, findings)


def _allowed(options: Collection[str], what: str, plural: str) -> str:
    """Return what to say of the allowed names: all where they are few, else how many."""
    if not options:
        return f"the case has no {plural}"
    listed = sorted(options)
    if len(listed) > MOST_LISTED:
        return f"it is the name of one of the case's {len(listed)} {plural}"
    return f"{plural} are {', '.join(listed)}" if len(listed) > 1 else f"the only {what} is {listed[0]}"


def _look_up(
    findings: Findings, tree: Tree, path: Path, name: str, what: str, options: Collection[str], told: str = ""
) -> None:
    if name not in options and findings.full:
        findings.more += 1
    elif name not in options:
        plurals = {"quantity": "quantities", "series": "series"}
        allowed = told or _allowed(options, what, plurals.get(what, f"{what}s"))
        findings.at(tree, path, f"unknown {what} {shown(name)}", allowed, near(name, options))


def _quantity_references(draft: Draft) -> Iterator[tuple[Path, str]]:
    for at, claim in draft.claims:
        yield (at, "cause"), claim.cause
        yield (at, "effect"), claim.effect
        if claim.when is not None:
            yield (at, "when", "quantity"), claim.when.quantity


def _of_case(draft: Draft, quantities: Collection[str], findings: Findings) -> None:
    tree = draft.trees["case.yaml"]
    for name, outcome in draft.about.outcomes.items():
        path = ("outcomes", name, "quantity")
        _look_up(findings, tree, path, outcome.quantity, "quantity", quantities)
    for name, actor in draft.about.actors.items():
        for at, aim in enumerate(actor.aims):
            if aim.quantity:
                inner: Path = ("actors", name, "aims", at, "quantity")
                _look_up(findings, tree, inner, aim.quantity, "quantity", quantities)
    claims, narratives = draft.names("claims.yaml"), draft.entries("narratives")
    default = draft.about.default_narrative
    if default:
        _look_up(findings, tree, ("default_narrative",), default, "narrative", narratives)
    for name, narrative in draft.about.narratives.items():
        for at, claim in enumerate(narrative.claims):
            _look_up(findings, tree, ("narratives", name, "claims", at), claim, "claim", claims)
        for at, other in enumerate(narrative.union_of):
            _look_up(findings, tree, ("narratives", name, "union_of", at), other, "narrative", narratives)


def _of_quantities(draft: Draft, findings: Findings) -> None:
    tree = draft.trees["quantities.yaml"]
    actors = draft.entries("actors")
    series = {row.series for _, row in draft.series}
    for name, quantity in draft.quantities.items():
        if quantity.actor:
            _look_up(findings, tree, (name, "actor"), quantity.actor, "actor", actors)
        if quantity.lever is not None:
            _look_up(findings, tree, (name, "lever", "actor"), quantity.lever.actor, "actor", actors)
        for at, tie in enumerate(getattr(quantity, "record", ())):
            path = (name, "record", at)
            if isinstance(quantity, Events):
                for side in ("actor", "target"):
                    for place, actor in enumerate(getattr(tie, side)):
                        _look_up(findings, tree, (*path, side, place), actor, "actor", actors)
            elif draft.complete_record or tie.series in series:
                _look_up(findings, tree, (*path, "series"), tie.series, "series", series)


def _of_evidence(draft: Draft, findings: Findings) -> None:
    known = draft.names("documents.yaml")
    kinds = {name: document.kind for name, document in draft.documents.items()}
    texts = {name for name in known if kinds.get(name) != "publication"}
    publications = {name for name in known if kinds.get(name, "publication") == "publication"}
    for tree, path, evidence in draft.evidence():
        if isinstance(evidence, QuoteEvidence):
            inner, name = (*path, "quote", "document"), evidence.quote.document
            what, options = "document", texts
        else:
            inner, name = (*path, "publication"), evidence.publication
            what, options = "publication", publications
        if name in known and name not in options:
            problem = f"{name!r} is of kind {kinds.get(name)}"
            wanted = "a quote is of a document or digest, a publication's finding of a publication"
            findings.at(tree, inner, problem, wanted)
        else:
            _look_up(findings, tree, inner, name, what, options)


def _of_rows(draft: Draft, findings: Findings) -> None:
    rows = draft.entries("rows")
    for file, entries in (
        ("quantities.yaml", [((name,), quantity) for name, quantity in draft.quantities.items()]),
        ("claims.yaml", [((at,), claim) for at, claim in draft.claims]),
        ("case.yaml", [(("outcomes", name), outcome) for name, outcome in draft.about.outcomes.items()]),
    ):
        for path, entry in entries:
            for at, row in enumerate(entry.rows):
                _look_up(findings, draft.trees[file], (*path, "rows", at), row, "row", rows)


def _of_runs(draft: Draft, quantities: Collection[str], findings: Findings) -> None:
    """Look at the names in the options that an assumption gives for its 'if false' run."""
    tree = draft.trees["case.yaml"]
    off = {*draft.names("claims.yaml"), *draft.entries("narratives"), *quantities}
    for at, assumption in enumerate(draft.about.assumptions):
        path = ("assumptions", at, "run")
        for name in re.findall(r"--(?:set|shock)[ =]+([^\s=]+)", assumption.run):
            _look_up(findings, tree, path, name, "quantity", quantities)
        for name in re.findall(r"--off[ =]+([^\s=@]+)", assumption.run):
            _look_up(findings, tree, path, name, "claim", off, "claims, narratives and quantities can be off")
