"""The record of a draft case: events that were read, have a date and a known actor, and happened."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import io
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shatterbelt.api.draft_words import actor_entry, clean, slug, unique

if TYPE_CHECKING:
    from shatterbelt.api.reading import ReadResult
    from shatterbelt.reading.merging import Told
    from shatterbelt.reading.statements import Event, Magnitude

LONGEST_RECORD = 180
"""Months before the end of the record from which events are taken."""
SHORTEST_RECORD = 12
_DATED = ("day", "week", "month")
_HAPPENED = ("asserted", "reported")
_COLUMNS = (
    "date", "actor", "type", "target", "description", "magnitude", "source", "confidence", "known",
    "reviewed",
)  # fmt: skip


class DraftEvents:
    """Rows of the record, quantities that count them, and what was left out and why."""

    def __init__(self, result: ReadResult) -> None:
        self.result = result
        self.left_out: Counter[str] = Counter()
        kept = [told for told in result.told if self._fits(told.event)]
        self.months = self._months(kept)
        start, end = self.reach
        within = [told for told in kept if start <= _iso(told.event)[:7] <= end]
        if len(within) < len(kept):
            self.left_out["events from before the case begins"] += len(kept) - len(within)
        self.rows = sorted((self._row(told) for told in within), key=lambda row: (row["date"], row["actor"]))
        named = [code for row in self.rows for code in (row["actor"], row["target"]) if code]
        self.codes = list(dict.fromkeys(named))
        self.taken_names: set[str] = set()
        self.quantities = self._quantities()

    @property
    def reach(self) -> tuple[str, str]:
        """First and last month of the case: from the first event kept to the last date of anything."""
        if not self.months:
            return "0001-01", "0001-02"
        end = _number(self.months[-1])
        first = max(_number(self.months[0]), end - LONGEST_RECORD)
        return _month(min(first, end - SHORTEST_RECORD)), _month(end)

    def csv(self) -> str:
        """Return ``record/events.csv``."""
        lines = io.StringIO()
        writer = csv.DictWriter(lines, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return lines.getvalue()

    def _fits(self, event: Event) -> bool:
        """Return whether an event can go into the record; else count why not."""
        unreal = {"negated", "future", "hypothetical"} & set(event.contexts)
        if unreal or event.manner not in _HAPPENED:
            self.left_out["events that did not happen, or of which this is doubtful"] += 1
        elif not any(party.actor for party in event.actors):
            self.left_out["events without a known actor"] += 1
        elif event.date is None or event.date.resolution not in _DATED:
            self.left_out["events without a date known to the month"] += 1
        elif _iso(event) > self._known(event):
            self.left_out["events dated later than their document"] += 1
        else:
            return True
        return False

    def _months(self, kept: list[Told]) -> list[str]:
        issued = [day[:7] for document in self.result.reading.documents if (day := self._issued[document.id])]
        return sorted([*issued, *(_iso(told.event)[:7] for told in kept)])

    def _row(self, told: Told) -> dict[str, str]:
        event = told.event
        actor = next(party.actor for party in event.actors if party.actor)
        target = next((party.actor for party in event.targets if party.actor), "")
        known = min((self._known(one) for one in told.tellings), default=_iso(event))
        return {
            "date": _iso(event),
            "actor": actor,
            "type": event.type,
            "target": target,
            "description": _described(event, actor, target),
            "magnitude": "; ".join(_magnitude(one) for one in event.magnitudes),
            "source": "; ".join(told.documents),
            "confidence": "medium" if event.date and event.date.resolution == "day" else "low",
            "known": max(known, _iso(event)),
            "reviewed": "no",
        }

    @cached_property
    def _issued(self) -> dict[str, str]:
        """The last day on which each document can have been issued; empty where it does not say."""
        return {
            document.id: _last_day(document.metadata.issued) for document in self.result.reading.documents
        }

    def _known(self, event: Event) -> str:
        """Return the day from which a telling could be known; its own where the document has no date."""
        return self._issued.get(event.document) or _iso(event)

    def _quantities(self) -> dict[str, Any]:
        """Return a quantity for each type of event in the record, its rate that of the record."""
        start, end = self.reach
        steps = _number(end) - _number(start) + 1
        made = {}
        for kind in dict.fromkeys(row["type"] for row in self.rows):
            own = [row for row in self.rows if row["type"] == kind]
            name = unique(slug(f"{kind} events", "events"), self.taken_names)
            rate = round(len(own) / steps, 4)
            made[name] = {
                "kind": "events",
                "title": f"Events of type {kind}",
                "unit": "count",
                "about": f"Proposed: all {kind} of the record; the rate is that of {steps} drafted months.",
                "usual": rate,
                "swing": max(round(rate**0.5, 4), 0.1),
                "rate": rate,
                "dispersion": 1.0,
                "record": [{"actor": sorted({row["actor"] for row in own}), "type": [kind]}],
            }
        return made


def _described(event: Event, actor: str, target: str) -> str:
    """Return what happened in our own words."""
    text = f"{event.type} by {actor_entry(actor)['name']}"
    text += f", towards {actor_entry(target)['name']}" if target else ""
    if event.date and event.date.resolution != "day":
        text += f" (between {event.date.earliest} and {event.date.latest})"
    return clean(text)


def _magnitude(one: Magnitude) -> str:
    low, high = ("" if bound is None else f"{bound:.10g}" for bound in (one.low, one.high))
    number = low if low == high else f"{low}-{high}" if low and high else f">={low}" if low else f"<={high}"
    return f"{number} {' '.join(clean(one.what).split()[:4])}".strip()


def _iso(event: Event) -> str:
    return event.date.earliest if event.date else ""


def _last_day(issued: str) -> str:
    """Return the last day of a year, a month or a day."""
    parts = [int(part) for part in issued.split("-") if part.isdigit()]
    if not parts:
        return ""
    try:
        if len(parts) == 3:
            return dt.date(*parts).isoformat()
        month = parts[1] if len(parts) == 2 else 12
        return dt.date(parts[0], month, calendar.monthrange(parts[0], month)[1]).isoformat()
    except (ValueError, calendar.IllegalMonthError):
        return ""


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
