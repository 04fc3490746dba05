"""The answers: each outcome's word, number, base rate, narratives, and what came."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from shatterbelt.case.types import BaseRate, Case, Outcome, Resolution
from shatterbelt.report import fits, words

View = dict[str, Any]
MARKS = ("circle", "square", "diamond", "triangle", "cross")
"""Shapes by which narratives are told apart beside their colours; they repeat after the fifth."""


Earned = Mapping[str, Mapping[str, str]]
"""Level and reason of the confidence that each scored narrative has earned."""


def answered(
    case: Case, datasets: Sequence[xr.Dataset], labels: list[str], earned: Earned | None = None
) -> list[View]:
    """Return the answered outcomes grouped by as-of date, each in the first dataset that has it."""
    found: list[View] = []
    seen: set[str] = set()
    for dataset in datasets:
        fresh = [item for item in outcomes(case, dataset, labels, earned) if item["id"] not in seen]
        seen |= {item["id"] for item in fresh}
        if fresh:
            found.append({"day": words.day(str(dataset.attrs["as_of"])[:10]), "outcomes": fresh})
    return found


def outcomes(case: Case, dataset: xr.Dataset, labels: list[str], earned: Earned | None = None) -> list[View]:
    """Return the outcomes asked at the dataset's as-of date, likeliest first."""
    found = [
        outcome(case, dataset.sel(outcome=name), str(name), labels, earned or {})
        for name in dataset["outcome"].values
    ]
    return sorted(found, key=lambda item: -item["probability"])


def outcome(case: Case, row: xr.Dataset, name: str, labels: list[str], earned: Earned) -> View:
    """Return one outcome: question, words, number with error, base rate, what came, and each branch."""
    asked = case.about.outcomes.get(name)
    chances = [float(value) for value in row["outcome_probability"].values]
    errors = [float(value) for value in row["outcome_error"].values]
    counts = _counts(row)
    return {
        "id": name,
        "question": asked.question if asked else str(row["question"].item()),
        "window": _window(asked) if asked else "",
        "asked": words.day(str(asked.asked)) if asked else "",
        "rows": list(asked.rows) if asked else [],
        "note": asked.note if asked else "",
        "probability": -1.0 if math.isnan(chances[0]) else chances[0],
        "bands": _words(chances[0]),
        "number": words.frequency(chances[0], errors[0], counts[0]),
        "confidence": words.confidence(fits.fitted(row), chances, earned.get(_first(row))),
        "base": _base(row, asked.base_rate if asked else BaseRate()),
        "came": _came(asked.resolution if asked else None),
        "branches": [
            {
                "label": label,
                "x": 0.0 if math.isnan(chances[i]) else words.significant(100 * chances[i]),
                "number": words.frequency(chances[i], errors[i], counts[i]),
                "change": _change(row, i),
                "mark": MARKS[i % len(MARKS)],
                "n": i % 5,
            }
            for i, label in enumerate(labels)
        ],
    }


def elsewhere(case: Case, datasets: Sequence[xr.Dataset]) -> list[View]:
    """Return the case's outcomes that none of the runs answers, grouped by the date of asking."""
    here = {str(name) for dataset in datasets for name in dataset["outcome"].values}
    grouped: dict[str, list[str]] = defaultdict(list)
    for name, asked in case.about.outcomes.items():
        if name not in here:
            grouped[str(asked.asked)].append(asked.question)
    return [{"date": date, "day": words.day(date), "questions": grouped[date]} for date in sorted(grouped)]


def _first(row: xr.Dataset) -> str:
    """Return the narrative that gives the number."""
    return str(row["narrative"].values[0]) if "narrative" in row.coords else ""


def _words(chance: float) -> dict[str, str]:
    """Return the word with its reach on each scale; none for what was not counted."""
    if math.isnan(chance):
        return {}
    found = {key: str(scale.word(chance)) for key, scale in words.SCALES.items()}
    return {key: text[:1].upper() + text[1:] for key, text in found.items()}


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
    windows = float(row["outcome_base_windows"]) if "outcome_base_windows" in row else 0.0
    if math.isnan(rate) or not windows >= 1:
        return {"text": "none", "ground": "no such window before", "x": None}
    count = int(row["outcome_base_count"])
    ground = f"{count} of {windows:.0f} such windows before"
    return {"text": words.percent(rate), "ground": ground, "x": 100 * rate}


def _came(resolution: Resolution | None) -> View:
    if resolution is None or resolution.answer == "unknown":
        return {"answer": "unknown", "text": "not known", "source": resolution.source if resolution else ""}
    date = f", {resolution.date}" if resolution.date else ""
    sure = "" if resolution.confidence == "high" else f"confidence in the record {resolution.confidence}"
    source = "; ".join(part for part in (resolution.source, sure) if part)
    return {"answer": resolution.answer, "text": f"{resolution.answer}{date}", "source": source}
