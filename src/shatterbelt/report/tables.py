"""The page's tables: rows, claims, levers, events, sources, and how the futures ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import xarray as xr

from shatterbelt.case.types import Case
from shatterbelt.report import charts, graph, series, words
from shatterbelt.statements import QuoteEvidence

View = dict[str, Any]


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
                "usual": words.plain(getattr(quantity, "rate", None) or quantity.usual),
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
    for source, confidence in [(row.source, row.confidence) for row in case.series] + [
        (row.source, row.confidence) for row in case.events
    ]:
        counts[source][confidence] += 1
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
