"""The record: one value for a period, one unit for a series, and ties that find what they name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from shatterbelt.case.checks.quantities import on_domain
from shatterbelt.case.draft import RECORD_FILES, Draft
from shatterbelt.case.findings import Findings, Path
from shatterbelt.case.types import Events, EventsTie, SeriesRow, SeriesTie, Share, Status
from shatterbelt.case.units import conversion, unit
from shatterbelt.errors import FormulaError

SERIES, EVENTS = RECORD_FILES
Rows = dict[str, list[tuple[int, SeriesRow]]]
Seen = dict[tuple[str, str], set[str]]
"""Targets of the record's events by their actor and type."""


def check_record(draft: Draft, findings: Findings) -> None:
    """Tell doubled and mixed rows, units that cannot be converted, and ties that find nothing."""
    rows: Rows = defaultdict(list)
    for line, row in draft.series:
        rows[row.series].append((line, row))
    bad = {name for name, own in rows.items() if not _one_unit(name, own, findings)}
    for name, own in rows.items():
        _once(name, own, findings)
        _frequencies(name, own, findings)
    _ties(draft, rows, bad, findings)
    _events(draft, findings)
    _after_the_end(draft, findings)


def frequency(period: str) -> str:
    """Return what a period is: year, quarter or month."""
    return "year" if len(period) == 4 else "quarter" if "Q" in period else "month"


def _once(name: str, rows: list[tuple[int, SeriesRow]], findings: Findings) -> None:
    """Tell a period that has two values; a later revision is a series of its own."""
    first: dict[str, int] = {}
    for line, row in rows:
        if row.period in first:
            problem = f"{name} has a second value for {row.period}"
            allowed = f"the first is in line {first[row.period]}"
            findings.fault(
                SERIES, line, name, problem, allowed, "keep one, or name the other series differently"
            )
        first.setdefault(row.period, line)


def _one_unit(name: str, rows: list[tuple[int, SeriesRow]], findings: Findings) -> bool:
    wanted = rows[0][1].unit
    if findings.full:
        return True
    try:
        unit(wanted)
    except FormulaError as error:
        findings.fault(SERIES, rows[0][0], f"{name} unit", str(error))
        return False
    for line, row in rows:
        if row.unit != wanted:
            problem = f"{name} is in {row.unit!r} here and in {wanted!r} above"
            findings.fault(SERIES, line, f"{name} unit", problem, "a series has one unit")
            return False
    return True


def _frequencies(name: str, rows: list[tuple[int, SeriesRow]], findings: Findings) -> None:
    kinds: dict[str, int] = {}
    for line, row in rows:
        kinds.setdefault(frequency(row.period), line)
    if len(kinds) > 1:
        line = max(kinds.values())
        text = f"{name} mixes periods of a {' and of a '.join(kinds)}"
        hint = "each value enters over its own period; two that overlap count twice"
        findings.warn_at(SERIES, line, name, text, hint)


# --------------------------------------------------------------------------- ties


def _ties(draft: Draft, rows: Rows, bad: set[str], findings: Findings) -> None:
    used: set[str] = set()
    seen: Seen = defaultdict(set)
    for _, event in draft.events:
        seen[event.actor, event.type].add(event.target)
    for name, quantity in draft.quantities.items():
        for at, tie in enumerate(getattr(quantity, "record", ())):
            if isinstance(tie, EventsTie):
                _events_tie(draft, (name, "record", at), tie, seen, findings)
            elif tie.series in rows:
                used.add(tie.series)
                path: Path = (name, "record", at, "series")
                if tie.series not in bad:
                    _series_tie(draft, path, quantity, tie, rows[tie.series], findings)
    for series in sorted(rows.keys() - used):
        line = rows[series][0][0]
        findings.warn_at(
            SERIES, line, series, f"no quantity is tied to the series {series!r}", "leave it out"
        )


def _series_tie(
    draft: Draft,
    path: Path,
    quantity: Any,
    tie: SeriesTie,
    rows: list[tuple[int, SeriesRow]],
    findings: Findings,
) -> None:
    source = rows[0][1].unit
    times = _times(quantity, source)
    if times is None:
        findings.at(
            draft.trees["quantities.yaml"],
            path,
            f"the series {tie.series!r} is in {source!r}, the quantity in {quantity.unit!r}",
            "they must measure the same thing",
            "change the unit, or make a formula between them",
        )
        return
    if findings.full:
        return
    for line, row, value, allowed in _off_domain(quantity, rows, times):
        problem = f"{row.series} is {value:g} in {row.period}, tied to {path[0]} ({quantity.kind})"
        findings.fault(SERIES, line, f"{row.series} {row.period}", problem, f"allowed is {allowed}")


def _times(quantity: Any, source: str) -> float | None:
    """Return the factor from the series to the quantity; persons become a share of the population."""
    try:
        if isinstance(quantity, Share):
            persons = conversion(source, "person")
            if persons is not None:
                return persons / quantity.population
        return conversion(source, quantity.unit)
    except FormulaError:
        return 1.0  # the quantity's unit is told elsewhere


def _off_domain(
    quantity: Any, rows: list[tuple[int, SeriesRow]], times: float
) -> Iterator[tuple[int, SeriesRow, float, str]]:
    link = getattr(quantity, "link", "identity")
    for line, row in rows:
        value = row.value * times
        if not on_domain(link, value):
            yield line, row, value, "above 0 on a log link, between 0 and 1 on a logit link"
        elif isinstance(quantity, Status) and value not in (0, 1):
            yield line, row, value, "0 (off) or 1 (on)"
        elif isinstance(quantity, Share) and not 0 <= value <= 1:
            yield line, row, value, "a share between 0 and 1, or persons up to the population"


def _events_tie(draft: Draft, path: Path, tie: EventsTie, seen: Seen, findings: Findings) -> None:
    for actor in tie.actor:
        for kind in tie.type:
            targets: set[str] = seen.get((actor, kind), set())
            if targets and (not tie.target or not targets.isdisjoint(tie.target)):
                return
    text = f"the record has no {'/'.join(tie.type)} by {'/'.join(tie.actor)}"
    if tie.target:
        text += f" towards {'/'.join(tie.target)}"
    findings.warn(draft.trees["quantities.yaml"], path, text, "its known count is 0, right if none happened")


def _events(draft: Draft, findings: Findings) -> None:
    actors = draft.entries("actors")
    told: set[str] = set()
    ties = any(isinstance(quantity, Events) for quantity in draft.quantities.values())
    for line, event in draft.events:
        for name in (event.actor, event.target):
            if ties and name and name not in actors and name not in told:
                told.add(name)
                findings.warn_at(
                    EVENTS, line, "actor", f"{name!r} is no actor of the case", "add it to case.yaml"
                )


def _after_the_end(draft: Draft, findings: Findings) -> None:
    if "record_ends" in draft.bad_about:
        return
    end = draft.about.record_ends
    late = [(line, row) for line, row in draft.series if row.period[:4] > end[:4]]
    if late:
        line, row = late[0]
        text = f"{len(late)} values are of periods after {end}, the first of {row.series}"
        findings.warn_at(SERIES, line, "period", text, "record_ends in case.yaml may be too early")
