"""Dates that are out of order."""

from __future__ import annotations

import datetime as dt
import re

from shatterbelt.case.draft import RECORD_FILES, Draft
from shatterbelt.case.findings import Findings, shown

_ISSUED = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?(/\d{4}(-\d{2}(-\d{2})?)?)?")
EARLIEST_KNOWN = dt.timedelta(days=366)
"""How long before its period a value can be known: a contract or a plan of the year before."""


def check_dates(draft: Draft, findings: Findings) -> None:
    """Tell a record that ends before it starts, questions asked too late, and values known too early."""
    about, tree = draft.about, draft.trees["case.yaml"]
    if not {"start", "record_ends"} & draft.bad_about and about.start >= about.record_ends:
        findings.at(
            tree,
            ("record_ends",),
            f"the record ends in {about.record_ends}, the case starts in {about.start}",
            "start is before record_ends",
        )
    _outcomes(draft, findings)
    _documents(draft, findings)
    _record(draft, findings)


def _outcomes(draft: Draft, findings: Findings) -> None:
    tree = draft.trees["case.yaml"]
    for name, outcome in draft.about.outcomes.items():
        if outcome.opens > outcome.closes:
            problem = f"the window opens in {outcome.opens} and closes in {outcome.closes}"
            findings.at(tree, ("outcomes", name, "closes"), problem, "it opens before it closes")
        if f"{outcome.asked:%Y-%m}" > outcome.closes:
            problem = f"the question is asked on {outcome.asked} and closes in {outcome.closes}"
            findings.at(tree, ("outcomes", name, "asked"), problem, "it is asked before it closes")
        if outcome.resolution is not None and not _date(outcome.resolution.date, empty=True):
            problem = f"{shown(outcome.resolution.date)} is not a date"
            findings.at(
                tree, ("outcomes", name, "resolution", "date"), problem, "YYYY, YYYY-MM or YYYY-MM-DD"
            )


def _documents(draft: Draft, findings: Findings) -> None:
    tree = draft.trees["documents.yaml"]
    for name, document in draft.documents.items():
        path = (draft.document_at[name], "issued")
        if document.issued and not _date(document.issued):
            problem = f"{shown(document.issued)} is not a date"
            findings.at(tree, path, problem, "YYYY, YYYY-MM, YYYY-MM-DD, or a range of two with /")
        elif "/" in document.issued and _reversed(document.issued):
            findings.at(
                tree, path, f"the range {document.issued} is reversed", "the earlier date comes first"
            )


def _date(text: str, *, empty: bool = False) -> bool:
    if not text:
        return empty
    if not _ISSUED.fullmatch(text):
        return False
    for part in text.split("/"):
        year, month, day = (*map(int, part.split("-")), 1, 1)[:3]
        try:
            dt.date(year, month, day)
        except ValueError:
            return False
    return True


def _reversed(text: str) -> bool:
    first, last = text.split("/")
    return first[: len(last)] > last[: len(first)]


def first_day(period: str) -> dt.date:
    """Return the first day of a year, quarter or month."""
    year = max(int(period[:4]), 1)
    if "Q" in period:
        return dt.date(year, 3 * int(period[-1]) - 2, 1)
    return dt.date(year, int(period[5:7]) if len(period) > 4 else 1, 1)


def _record(draft: Draft, findings: Findings) -> None:
    for line, row in draft.series:
        begins = first_day(row.period)
        if row.known < begins - EARLIEST_KNOWN:
            findings.fault(
                RECORD_FILES[0],
                line,
                f"{row.series} {row.period} known",
                f"the value is known on {row.known}, more than a year before its period begins",
                "known is the day on which the value could be known",
            )
    for line, event in draft.events:
        if event.known < event.date:
            findings.fault(
                RECORD_FILES[1],
                line,
                "known",
                f"the event of {event.date} is known on {event.known}",
                "an event is known on its date or later",
            )
