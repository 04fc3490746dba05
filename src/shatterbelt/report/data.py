"""A case and its results as plain values: what the page's template and its scripts show."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from shatterbelt.case.types import BaseRate, Case, Outcome, Resolution
from shatterbelt.report import charts, graph, series, words
from shatterbelt.statements import QuoteEvidence

View = dict[str, Any]
MARKS = ("circle", "square", "diamond", "triangle", "cross")
"""Shapes by which narratives are told apart beside their colours; they repeat after the fifth."""


def scripts_data(case: Case, dataset: xr.Dataset, quotes: Mapping[Any, Any] | None) -> View:
    """Return what the page's scripts draw, ready for JSON."""
    names = [str(name) for name in dataset["quantity"].values if str(name) in case.quantities]
    branches = range(dataset.sizes["branch"])
    return {
        "time": series.months(dataset),
        "now": series.as_of_index(dataset),
        "asOf": str(dataset.attrs["as_of"])[:10],
        "back": series.BACK,
        "step": case.about.step,
        "quantities": {name: series.quantity(case, dataset, name) for name in names},
        "branches": [
            {
                "label": label,
                "mark": i % len(MARKS),
                "quantities": {name: series.branch_quantity(dataset, name, i) for name in names},
            }
            for i, label in zip(branches, branch_labels(case, dataset), strict=True)
        ],
        "map": graph.elements(case, quotes),
        "events": events(case),
        "specs": charts.all_specs(),
    }


def page_data(case: Case, dataset: xr.Dataset, quotes: Mapping[Any, Any] | None) -> View:
    """Return what the template writes as text and tables."""
    about = case.about
    labels = branch_labels(case, dataset)
    return {
        "title": about.title,
        "name": about.name,
        "summary": about.summary,
        "meta": meta(case, dataset, quotes),
        "branches": [{"label": label, "mark": MARKS[i % len(MARKS)], "n": i % 5} for i, label in enumerate(labels)],
        "narratives": [
            {"id": key, "title": entry.title, "about": entry.about, "claims": len(case.claim_ids(key))}
            for key, entry in about.narratives.items()
        ],
        "outcomes": outcomes(case, dataset, labels),
        "elsewhere": elsewhere(case, dataset),
        "shown": [caption(case, dataset, name) for name in shown(case, dataset)],
        "telling": [compared(case, dataset, name, labels) for name in telling(case, dataset)],
        "options": [{"id": n, "title": q.title, "kind": q.kind} for n, q in case.quantities.items()],
        "compared": next(iter(case.quantities)),
        "rows": rows(case),
        "claims": claims(case),
        "events": [event_row(case, event) for event in sorted(case.events, key=lambda item: item.date)],
        "levers": levers(case),
        "documents": documents(case),
        "record_sources": record_sources(case),
        "assumptions": about.assumptions,
        "left_out": about.left_out,
        "codes": codes(dataset, labels),
        "scales": words.SCALES.values(),
    }  # fmt: skip


def meta(case: Case, dataset: xr.Dataset, quotes: Mapping[Any, Any] | None) -> View:
    """Return what was run, with what, and the command that runs it again."""
    attrs = dataset.attrs
    futures = int(attrs["futures"])
    kinds = Counter(quantity.kind for quantity in case.quantities.values())
    as_of = str(attrs["as_of"])[:10]
    return {
        "as_of": as_of,
        "day": day(as_of),
        "end": series.months(dataset)[-1],
        "start": series.months(dataset)[0],
        "futures": f"{futures:,}",
        "seed": int(attrs["seed"]),
        "version": str(attrs["version"]),
        "hash": str(attrs.get("case_hash", case.hash)),
        "created": str(attrs.get("created", ""))[:10],
        "fitted": bool(int(attrs.get("fitted", 0))),
        "quotes": bool(quotes),
        "step": case.about.step,
        "quantities": len(case.quantities),
        "tied": sum(series.observed(case, name) for name in case.quantities),
        "kinds": ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()),
        "claims": len(case.claims),
        "events": len(case.events),
        "command": f"shatterbelt run {case.about.name} --as-of {as_of} --futures {futures} --seed {int(attrs['seed'])}",
    }


def branch_labels(case: Case, dataset: xr.Dataset) -> list[str]:
    """Name each branch by its narrative and what was set."""
    sets = _texts(dataset, "set", "branch")
    found = []
    for name, what in zip(_texts(dataset, "narrative", "branch"), sets, strict=True):
        title = case.about.narratives[name].title if name in case.about.narratives else ""
        label = f"{name}: {title}" if title and title.lower() != name.lower() else name or "every claim"
        found.append(f"{label}, with {what}" if what else label)
    return found


def shown(case: Case, dataset: xr.Dataset) -> list[str]:
    """Return the quantities that are drawn at the top; all of them if the case marks none."""
    names = [str(name) for name in dataset["quantity"].values if str(name) in case.quantities]
    return [name for name in names if case.quantities[name].show] or names


def caption(case: Case, dataset: xr.Dataset, name: str) -> View:
    """Return what stands over and under one fan chart."""
    thing = case.quantities[name]
    return {
        "id": name,
        "title": thing.title,
        "unit": series.unit(thing.unit),
        "words": series.sentence(case, dataset, name, 0),
    }


def telling(case: Case, dataset: xr.Dataset, most: int = 8) -> list[str]:
    """Choose the shown quantities that the narratives differ on most, in the case's order."""
    names = shown(case, dataset)
    if dataset.sizes["branch"] < 2:
        return names[:most]
    last = dataset["mean"].isel(time=-1)
    ends = dataset["quantiles"].isel(time=-1, branch=0)
    spread = ends.sel(level=0.95, method="nearest") - ends.sel(level=0.05, method="nearest")
    apart = {
        name: float(np.ptp(last.sel(quantity=name).values)) / (abs(float(spread.sel(quantity=name))) + 1e-9)
        for name in names
    }
    keep = sorted(names, key=lambda name: -apart[name])[:most]
    return [name for name in names if name in keep]


def compared(case: Case, dataset: xr.Dataset, name: str, labels: list[str]) -> View:
    """Return what stands over the narratives' panels of one quantity, and says the same in text."""
    ends = [f"{label}: {series.sentence(case, dataset, name, i)}" for i, label in enumerate(labels)]
    return {"id": name, "title": case.quantities[name].title, "branches": ends}


# --------------------------------------------------------------------------- outcomes


def outcomes(case: Case, dataset: xr.Dataset, labels: list[str]) -> list[View]:
    """Return the outcomes asked at the dataset's as-of date, likeliest first."""
    found = [
        outcome(case, dataset.sel(outcome=name), str(name), labels) for name in dataset["outcome"].values
    ]
    return sorted(found, key=lambda item: -item["probability"])


def outcome(case: Case, row: xr.Dataset, name: str, labels: list[str]) -> View:
    """Return one outcome: question, words, number with error, base rate, what came, and each branch."""
    asked = case.about.outcomes.get(name)
    chances = [float(value) for value in row["outcome_probability"].values]
    errors = [float(value) for value in row["outcome_error"].values]
    counts = _counts(row)
    return {
        "id": name,
        "question": asked.question if asked else str(row["question"].item()),
        "window": _window(asked) if asked else "",
        "asked": day(str(asked.asked)) if asked else "",
        "rows": list(asked.rows) if asked else [],
        "note": asked.note if asked else "",
        "probability": chances[0] if chances[0] == chances[0] else -1.0,
        "bands": {key: str(scale.word(chances[0])) for key, scale in words.SCALES.items()} if chances[0] == chances[0] else {},
        "number": words.frequency(chances[0], errors[0], counts[0]),
        "confidence": words.confidence(bool(row.attrs.get("fitted", 0)), chances),
        "base": _base(row, asked.base_rate if asked else BaseRate()),
        "came": _came(asked.resolution if asked else None),
        "branches": [
            {
                "label": label,
                "x": 0.0 if chances[i] != chances[i] else words.significant(100 * chances[i]),
                "number": words.frequency(chances[i], errors[i], counts[i]),
                "change": _change(row, i),
                "mark": MARKS[i % len(MARKS)],
                "n": i % 5,
            }
            for i, label in enumerate(labels)
        ],
    }  # fmt: skip


def elsewhere(case: Case, dataset: xr.Dataset) -> list[View]:
    """Return the case's outcomes that were asked on other dates, grouped by date."""
    here = {str(name) for name in dataset["outcome"].values}
    grouped: dict[str, list[str]] = defaultdict(list)
    for name, asked in case.about.outcomes.items():
        if name not in here:
            grouped[str(asked.asked)].append(asked.question)
    return [{"date": date, "day": day(date), "questions": grouped[date]} for date in sorted(grouped)]


def _counts(row: xr.Dataset) -> list[int]:
    counts = np.atleast_1d(row["outcome_futures"].values)
    return [int(count) for count in np.broadcast_to(counts, row["outcome_probability"].shape)]


def _change(row: xr.Dataset, branch: int) -> str:
    if branch == 0 or "outcome_difference" not in row:
        return ""
    part = row.isel(branch=branch)
    return words.difference(float(part["outcome_difference"]), float(part["outcome_difference_error"]))


def _window(asked: Outcome) -> str:
    how = {
        "ever": "in any month",
        "always": "in every month",
        "at close": "in the last month",
        "total": "summed over the window",
        "change": "as change from the month of asking",
    }[asked.when]
    return f"{asked.opens} to {asked.closes}: {asked.quantity} {asked.test} {how}"


def _base(row: xr.Dataset, stated: BaseRate) -> View:
    rate = float(row["outcome_base_rate"]) if "outcome_base_rate" in row else float("nan")
    if stated.value is not None:
        return {"text": words.percent(stated.value), "ground": stated.source, "x": 100 * stated.value}
    windows = int(row["outcome_base_windows"]) if "outcome_base_windows" in row else 0
    if rate != rate or windows < 1:
        return {"text": "none", "ground": "no such window in the record before the as-of date", "x": None}
    count = int(row["outcome_base_count"])
    ground = f"{count} of {windows} windows of that length in the record before the as-of date"
    return {"text": words.percent(rate), "ground": ground, "x": 100 * rate}


def _came(resolution: Resolution | None) -> View:
    if resolution is None or resolution.answer == "unknown":
        return {"answer": "unknown", "text": "not known", "source": resolution.source if resolution else ""}
    date = f", {resolution.date}" if resolution.date else ""
    doubt = "" if resolution.confidence == "high" else f" (confidence in the record: {resolution.confidence})"
    return {
        "answer": resolution.answer,
        "text": f"{resolution.answer}{date}{doubt}",
        "source": resolution.source,
    }


# --------------------------------------------------------------------------- tables


def rows(case: Case) -> list[View]:
    """Return the rows of the system with the quantities and claims that carry each."""
    return [
        {
            "id": key,
            "title": row.title,
            "says": row.says,
            "record": row.record,
            "quantities": [{"id": n, "title": q.title} for n, q in case.quantities.items() if key in q.rows],
            "claims": [{"id": claim.id, "title": claim.title} for claim in case.claims if key in claim.rows],
        }
        for key, row in case.about.rows.items()
    ]


def claims(case: Case) -> list[View]:
    """Return the claims' table: what each says, who says so and how, and whether one camp alone does."""
    order = {"slight": 1, "moderate": 2, "strong": 3}
    found = []
    for claim in case.claims:
        row = graph.edge(case, claim, None)
        quoted = [item for item in claim.evidence if isinstance(item, QuoteEvidence)]
        row |= {
            "cause": case.quantities[claim.cause].title if claim.cause in case.quantities else claim.cause,
            "effect": case.quantities[claim.effect].title
            if claim.effect in case.quantities
            else claim.effect,
            "mark": {"+": "+", "-": "−", "unknown": "?"}[claim.sign],
            "lag": claim.lags[0],
            "lag_text": "–".join(str(step) for step in sorted(set(claim.lags))),
            "order": order[claim.strength],
            "best": min((item.credibility for item in quoted), default=7),
        }
        found.append(row)
    return found


def levers(case: Case) -> View:
    """Return the matrix of levers (rows) and the actors that set them (columns)."""
    held = [(name, q, q.lever) for name, q in case.quantities.items() if q.lever is not None]
    order = list(case.about.actors)
    actors = sorted(
        {lever.actor for _, _, lever in held}, key=lambda a: order.index(a) if a in order else len(order)
    )
    table = []
    for name, quantity, lever in held:
        span = f"{words.plain(lever.low)} to {words.plain(lever.high)}"
        effects = {claim.effect for claim in case.claims if claim.cause == name}
        table.append(
            {
                "id": name,
                "title": quantity.title,
                "unit": series.unit(quantity.unit),
                "usual": words.plain(quantity.usual),
                "cells": [span if actor == lever.actor else "" for actor in actors],
                "acts": [q.title for other, q in case.quantities.items() if other in effects],
            }
        )
    return {"actors": [graph.actor_name(case, actor) for actor in actors], "table": table}


def events(case: Case) -> list[View]:
    """Return the record's events for the timeline, lanes in the order of the busiest actors."""
    counts = Counter(event.actor for event in case.events)
    lanes = sorted(counts, key=lambda actor: (-counts[actor], actor))
    slots: Counter[tuple[str, str]] = Counter()
    found = []
    for event in sorted(case.events, key=lambda item: (lanes.index(item.actor), item.date)):
        near = (event.actor, f"{event.date.year}-{(event.date.month - 1) // 3}")
        slots[near] += 1
        place = slots[near] - 1
        row = event_row(case, event)
        row |= {
            "t": str(event.date),
            "lane": event.actor,
            "name": row["actor"],
            "class": charts.event_class(event.type),
            "j": [0, 0.5, -0.5, 0.9, -0.9, 0.25, -0.25][place % 7],
        }
        found.append(row)
    return found


def event_row(case: Case, event: Any) -> View:
    """Return one event as text."""
    return {
        "date": str(event.date),
        "actor": graph.actor_name(case, event.actor),
        "type": event.type,
        "target": graph.actor_name(case, event.target) if event.target else "",
        "description": event.description,
        "source": event.source,
        "confidence": event.confidence,
    }


def documents(case: Case) -> list[View]:
    """Return the sources: what they are, their rating, their leaning and its ground, and their use."""
    used: Counter[str] = Counter()
    for claim in case.claims:
        for item in claim.evidence:
            used[item.quote.document if isinstance(item, QuoteEvidence) else item.publication] += 1
    order = {"document": 0, "digest": 1, "publication": 2}
    found = [
        {
            "id": key,
            "kind": source.kind,
            "cite": graph.cite(source, key),
            "issued": source.issued,
            "where": source.publisher or source.container_title,
            "rating": source.rating,
            "leaning": source.leaning.label if source.leaning else "",
            "ground": source.leaning.ground if source.leaning else "",
            "used": used[key],
            "hash": source.sha256,
            "note": source.note,
        }
        for key, source in case.documents.items()
    ]
    return sorted(found, key=lambda item: (order[str(item["kind"])], str(item["cite"])))


def record_sources(case: Case) -> list[View]:
    """Count the record's values and events by source and confidence."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in (*case.series, *case.events):
        counts[row.source][row.confidence] += 1
    return [
        {"source": source, **{level: counts[source][level] for level in ("high", "medium", "low")}}
        for source in sorted(counts, key=lambda key: (-sum(counts[key].values()), key))
    ]


def codes(dataset: xr.Dataset, labels: list[str]) -> View:
    """Return how many futures of each branch ended with which code."""
    names = [str(code) for code in dataset["code"].values]
    counts = dataset["code_count"].transpose("branch", "code").values
    table = [
        {"label": label, "counts": [f"{int(n):,}" for n in row]}
        for label, row in zip(labels, counts, strict=True)
    ]
    return {"names": names, "table": table}


def day(date: str) -> str:
    """Write a date for people: ``1 May 2008``."""
    moment = dt.date.fromisoformat(date)
    return f"{moment.day} {moment:%B %Y}"


def _texts(dataset: xr.Dataset, name: str, along: str) -> list[str]:
    if name not in dataset.coords:
        return [""] * dataset.sizes[along]
    return [str(text) for text in dataset[name].values]
