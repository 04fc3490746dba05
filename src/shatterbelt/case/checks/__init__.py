"""Checks that need more than one entry of a case: names, dates, signs, cycles, units, quotes."""

from __future__ import annotations

from shatterbelt.case.checks.claims import check_claims
from shatterbelt.case.checks.cycles import check_cycles
from shatterbelt.case.checks.dates import check_dates
from shatterbelt.case.checks.documents import check_documents
from shatterbelt.case.checks.formulas import check_formulas
from shatterbelt.case.checks.names import check_names
from shatterbelt.case.checks.narratives import check_narratives
from shatterbelt.case.checks.quantities import check_quantities
from shatterbelt.case.checks.record import check_record
from shatterbelt.case.draft import Draft
from shatterbelt.case.findings import Findings

CHECKS = (
    check_names,
    check_narratives,
    check_quantities,
    check_formulas,
    check_claims,
    check_cycles,
    check_dates,
    check_documents,
    check_record,
)


def check(draft: Draft, findings: Findings) -> None:
    """Add every fault and warning that shows only when the parts of a case are seen together."""
    for one in CHECKS:
        one(draft, findings)
