"""A case and its results as plain values: what the page's template and its scripts show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from shatterbelt.case.types import Case
from shatterbelt.report import charts, fits, graph, series, tables, words
from shatterbelt.report.judged import Judged, judged_view
from shatterbelt.report.outcomes import MARKS, answered, elsewhere

View = dict[str, Any]


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
                "quantities": {name: series.branch_quantity(case, dataset, name, i) for name in names},
            }
            for i, label in zip(branches, branch_labels(case, dataset), strict=True)
        ],
        "map": graph.elements(case, quotes),
        "events": tables.events(case),
        "specs": charts.all_specs(),
    }


def page_data(
    case: Case,
    dataset: xr.Dataset,
    quotes: Mapping[Any, Any] | None,
    asked: Sequence[xr.Dataset] = (),
    judged: Judged | None = None,
) -> View:
    """Return what the template writes as text and tables."""
    about = case.about
    labels = branch_labels(case, dataset)
    shorts = short_labels(dataset)
    earned = ((judged or {}).get("score") or {}).get("confidence")
    groups = answered(case, (*asked, dataset), labels, earned)
    return {
        "title": about.title,
        "name": about.name,
        "summary": about.summary,
        "meta": meta(case, dataset, quotes),
        "branches": [
            {"label": label, "short": short, "mark": MARKS[i % len(MARKS)], "n": i % 5, "fit": note}
            for i, (label, short, note) in enumerate(zip(labels, shorts, fits.notes(dataset), strict=True))
        ],
        "fits": fits.told(dataset, shorts),
        "judged": judged_view(case, judged),
        "narratives": [
            {"id": key, "title": entry.title, "about": entry.about, "claims": len(case.claim_ids(key))}
            for key, entry in about.narratives.items()
        ],
        "groups": groups,
        "outcomes": [item for group in groups for item in group["outcomes"]],
        "elsewhere": elsewhere(case, (*asked, dataset)),
        "shown": [caption(case, dataset, name) for name in shown(case, dataset)],
        "telling": [compared(case, dataset, name, labels) for name in telling(case, dataset)],
        "options": [{"id": n, "title": q.title, "kind": q.kind} for n, q in case.quantities.items()],
        "compared": next(iter(case.quantities)),
        "rows": tables.rows(case),
        "claims": tables.claims(case),
        "events": [
            tables.event_row(case, event) for event in sorted(case.events, key=lambda item: item.date)
        ],
        "levers": tables.levers(case),
        "documents": tables.documents(case),
        "record_sources": tables.record_sources(case),
        "assumptions": about.assumptions,
        "left_out": about.left_out,
        "codes": tables.codes(dataset, labels),
        "scales": words.SCALES.values(),
    }


def meta(case: Case, dataset: xr.Dataset, quotes: Mapping[Any, Any] | None) -> View:
    """Return what was run, with what, and the command that runs it again."""
    attrs = dataset.attrs
    futures = int(attrs["futures"])
    kinds = Counter(quantity.kind for quantity in case.quantities.values())
    as_of = str(attrs["as_of"])[:10]
    return {
        "as_of": as_of,
        "day": words.day(as_of),
        "end": series.months(dataset)[-1],
        "start": series.months(dataset)[0],
        "futures": f"{futures:,}",
        "seed": int(attrs["seed"]),
        "version": str(attrs["version"]),
        "hash": str(attrs.get("case_hash", case.hash)),
        "created": str(attrs.get("created", ""))[:10],
        "quotes": bool(quotes),
        "step": case.about.step,
        "quantities": len(case.quantities),
        "tied": sum(series.observed(case, name) for name in case.quantities),
        "kinds": ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()),
        "claims": len(case.claims),
        "events": len(case.events),
        "command": f"shatterbelt run {case.about.name} --as-of {as_of} --futures {futures}"
        f" --seed {int(attrs['seed'])}",
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


def short_labels(dataset: xr.Dataset) -> list[str]:
    """Name each branch by its narrative's id and what was set, for narrow columns."""
    pairs = zip(_texts(dataset, "narrative", "branch"), _texts(dataset, "set", "branch"), strict=True)
    return [" + ".join(part for part in pair if part) or "every claim" for pair in pairs]


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


def _texts(dataset: xr.Dataset, name: str, along: str) -> list[str]:
    if name not in dataset.coords:
        return [""] * dataset.sizes[along]
    return [str(text) for text in dataset[name].values]
