"""Checks that need more than one entry of a case: names, dates, signs, cycles, units, quotes."""

from __future__ import annotations

from shatterbelt.case.draft import Draft
from shatterbelt.case.findings import Findings


def check(draft: Draft, findings: Findings) -> None:
    """Add every fault and warning that shows only when the parts of a case are seen together."""
