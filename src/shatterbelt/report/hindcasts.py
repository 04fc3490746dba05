"""Hindcasts as text and tables: narratives beside naive rivals, evidence, calibration, coverage."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shatterbelt.case.types import Case
from shatterbelt.report import judged_charts, words
from shatterbelt.report.plain_values import number, share, whole

View = dict[str, Any]
Plain = Mapping[str, Any]

PIECES = 12
"""Pieces of evidence that stand in the table, the most diagnostic first."""
STRONG, SOME = 1.0, 0.3
"""Nats from the narratives' mean from which a cell speaks strongly, or at all; a factor of 2.7, of 1.35."""
SCORES = {
    "crps": "CRPS, in swings",
    "brier": "Brier score",
    "ranked": "Ranked probability score",
}
"""Scores of which less is better, as the table names them."""


def hindcasts(case: Case, score: Plain) -> View:
    """Return what the scores of forecasts from past days say.

    Read of ``score``, all optional: ``words``, ``case_hash``, ``step``, ``days``, ``narratives``,
    ``baselines``, and

    - ``scores``: a list of means and differences (``score``, ``model``, ``horizon`` and ``quantity`` or None
      for all, ``mean``, ``n``, ``baseline`` or None, ``difference``, ``error``);
    - ``losses``: by narrative, a list like it;
    - ``stacking``: by what is mixed, then by model (``weight``, ``low``, ``high``);
    - ``reliability``: by model (``forecast``, ``count``, ``came``, ``calibrated``, ``low``, ``high``,
      ``share``, ``score``, ``miscalibration``, ``discrimination``, ``uncertainty``, ``n``);
    - ``coverage``: by narrative, a list (``share``, ``inside``, ``n``, ``low``, ``high``, ``width``);
    - ``evidence``: ``narratives``, ``totals``, ``weights``, ``ranking``, ``pieces`` (``quantity``, ``day``,
      ``cells`` by narrative, ``diagnosticity``, ``without``: ``ranking`` and ``weights``).
    """
    names = [str(name) for name in score.get("narratives") or ()]
    lines = list(score.get("scores") or ())
    days = [str(day) for day in score.get("days") or ()]
    first = names[0] if names else ""
    reliability = score.get("reliability") or {}
    rival = next((str(name) for name in score.get("baselines") or () if name in reliability), "")
    return {
        "first_line": str(score.get("words") or ""),
        "other_case": bool(score.get("case_hash")) and score["case_hash"] != case.hash,
        "days": days,
        "step": str(score.get("step") or case.about.step),
        "first": first,
        "narratives": narratives(case, score, lines),
        "stacked": _stacked(score),
        "other_scores": other_scores(case, score, lines),
        "by_quantity": by_quantity(case, lines, first),
        "losses": losses(case, (score.get("losses") or {}).get(first, ())),
        "evidence": evidence(case, score.get("evidence")),
        "reliability": [
            _reliability(name, reliability[name])
            for name in dict.fromkeys((first, rival))
            if name in reliability
        ],
        "decomposed": [_decomposed(name, found) for name, found in reliability.items()],
        "coverage": coverage(case, score.get("coverage") or {}),
    }


def title(case: Case, narrative: str) -> str:
    """Return a narrative's title where it says more than its id."""
    entry = case.about.narratives.get(narrative)
    return entry.title if entry and entry.title.lower() != narrative.lower() else ""


def called(case: Case, quantity: str | None) -> str:
    """Return a quantity's title, or its id if the case has none such."""
    name = str(quantity)
    return case.quantities[name].title if name in case.quantities else name


# ----------------------------------------------------------------------------- narratives and rivals


def narratives(case: Case, score: Plain, lines: Sequence[Plain]) -> View:
    """Return the joint log score of every model by horizon, and what each narrative has over each rival."""
    joint = [one for one in lines if one.get("score") == "joint" and one.get("quantity") is None]
    horizons = sorted({int(one["horizon"]) for one in joint if one.get("horizon") is not None})
    spans: list[int | None] = [None, *horizons]
    rivals = [str(name) for name in score.get("baselines") or ()]
    models = []
    for name in (*(score.get("narratives") or ()), *rivals):
        own = [one for one in joint if one["model"] == name]
        # A narrative's mean stands in every comparison of its own.
        means = {one.get("horizon"): one for one in own}
        beside = {(one.get("baseline"), one.get("horizon")): one for one in own}
        models.append(
            {
                "name": name,
                "title": title(case, name),
                "rival": name in rivals,
                "means": [_two(number(means.get(span, {}).get("mean"))) for span in spans],
                "beside": [
                    {"rival": rival, "cells": [_difference(beside.get((rival, span))) for span in spans]}
                    for rival in rivals
                    if any((rival, span) in beside for span in spans)
                ],
            }
        )
    return {"horizons": horizons, "models": models if joint else []}


def _difference(line: Plain | None) -> View:
    """Return a difference with its error; its weight says whether it is more than two of them."""
    if line is None:
        return {"text": "–", "sure": False, "side": "", "sort": 0.0}
    value, error = number(line.get("difference")), number(line.get("error"))
    better = value if line.get("score") in {"joint", "log"} else -value
    return {
        "text": words.signed(value, error),
        "sure": abs(value) > 2 * error,
        "side": "better" if better > 0 else "worse" if better < 0 else "",
        "sort": 0.0 if math.isnan(value) else words.significant(value),
    }


def _stacked(score: Plain) -> list[View]:
    """Return each mixture that was stacked: what is mixed, and each member's weight and its range."""
    return [
        {
            "what": str(what),
            "rows": [
                {
                    "name": name,
                    "weight": whole(one.get("weight")),
                    "reach": f"{whole(one.get('low'))} to {whole(one.get('high'))}",
                    "x": max(min(number(one.get("weight"), 0.0), 1.0), 0.0),
                }
                for name, one in rows.items()
            ],
        }
        for what, rows in (score.get("stacking") or {}).items()
    ]


def other_scores(case: Case, score: Plain, lines: Sequence[Plain]) -> View:
    """Return the scores of which less is better, over all horizons and quantities, by model."""
    whole_of = [one for one in lines if one.get("quantity") is None and one.get("horizon") is None]
    at = {(one["score"], one["model"]): one for one in whole_of}
    kinds = [kind for kind in SCORES if any(key[0] == kind for key in at)]
    counts = [next(int(one.get("n") or 0) for key, one in at.items() if key[0] == kind) for kind in kinds]
    models = [*(score.get("narratives") or ()), *(score.get("baselines") or ())]
    table = [
        {
            "name": name,
            "title": title(case, name),
            "cells": [words.plain(number(at.get((kind, name), {}).get("mean"))) for kind in kinds],
        }
        for name in models
    ]
    heads = [f"{SCORES[kind]} ({n:,})" for kind, n in zip(kinds, counts, strict=True)]
    return {"heads": heads, "table": table if kinds else []}


def by_quantity(case: Case, lines: Iterable[Plain], model: str) -> View:
    """Return the first narrative's log score of each quantity beside each rival's, over all horizons."""
    found = [
        one
        for one in lines
        if one.get("score") == "log" and one.get("model") == model and one.get("baseline")
        and one.get("quantity") is not None and one.get("horizon") is None
    ]  # fmt: skip
    rivals = list(dict.fromkeys(str(one["baseline"]) for one in found))
    at = {(one["quantity"], one["baseline"]): one for one in found}
    rows = [
        {
            "id": name,
            "title": called(case, name),
            "n": next(int(one.get("n") or 0) for one in found if one["quantity"] == name),
            "cells": [_difference(at.get((name, rival))) for rival in rivals],
        }
        for name in dict.fromkeys(one["quantity"] for one in found)
    ]
    return {"rivals": rivals, "rows": rows}


def losses(case: Case, lines: Iterable[Plain]) -> list[View]:
    """Return the quantities that a naive rival forecasts better, in the order given."""
    return [
        {
            "id": str(one.get("quantity")),
            "title": called(case, one.get("quantity")),
            "known": one.get("quantity") in case.quantities,
            "rival": str(one.get("baseline")),
            "n": int(one.get("n") or 0),
            **_difference(one),
        }
        for one in lines
    ]


# ----------------------------------------------------------------------------- evidence


def evidence(case: Case, table: Plain | None) -> View | None:
    """Return narratives against evidence, the most diagnostic pieces; None without a table."""
    if not table or not table.get("pieces"):
        return None
    names = [str(name) for name in table["narratives"]]
    chosen = sorted(table["pieces"], key=lambda one: -number(one.get("diagnosticity"), 0.0))[:PIECES]
    weights, totals = table.get("weights") or {}, table.get("totals") or {}
    ranking = [str(name) for name in table.get("ranking") or ()]
    return {
        "pieces": [_piece(case, one, place, ranking) for place, one in enumerate(chosen, 1)],
        "of": len(table["pieces"]),
        "names": names,
        "rows": [
            {
                "name": name,
                "title": title(case, name),
                "cells": [_cell(number((one.get("cells") or {}).get(name))) for one in chosen],
                "total": _cell(number(totals.get(name))),
                "weight": whole(weights.get(name)),
            }
            for name in names
        ],
        "ranking": " > ".join(ranking),
    }


def _cell(value: float) -> View:
    """Return a cell: its number, and in words and by a class how far it speaks for or against."""
    if math.isnan(value):
        return {"text": "–", "kind": "level", "says": "nothing came"}
    size = "strong" if abs(value) >= STRONG else "some" if abs(value) >= SOME else ""
    side = "for" if value > 0 else "against"
    return {
        "text": f"{value:+.1f}".replace("-", "−") if abs(value) >= 0.05 else "0",
        "kind": f"{side}-{size}" if size else "level",
        "says": f"speaks {'strongly ' if size == 'strong' else ''}{side}" if size else "tells nothing",
    }


def _piece(case: Case, one: Plain, place: int, whole_ranking: Sequence[str]) -> View:
    left = one.get("without") or {}
    weights = left.get("weights") or {}
    cells = {name: number(value) for name, value in (one.get("cells") or {}).items()}
    day = one.get("day")
    ranking = [str(name) for name in left.get("ranking") or ()]
    return {
        "place": place,
        "id": str(one.get("quantity")),
        "title": called(case, one.get("quantity")),
        "known": one.get("quantity") in case.quantities,
        "day": f"what came after {words.day(str(day)[:10])}" if day else "all days",
        "diagnosticity": words.plain(number(one.get("diagnosticity")), 2),
        "for": max(cells, key=lambda name: cells[name]) if cells else "",
        "against": min(cells, key=lambda name: cells[name]) if cells else "",
        "ranking": "the same" if ranking and ranking == list(whole_ranking) else " > ".join(ranking),
        "weights": ", ".join(f"{name} {whole(value)}" for name, value in weights.items()),
    }


# ----------------------------------------------------------------------------- calibration


def _reliability(name: str, found: Plain) -> View:
    rows = [
        {
            "forecast": f"{share(low)} to {share(high)}" if low != high else share(low),
            "n": n,
            "came": came,
            "calibrated": share(level),
        }
        for low, high, n, came, level in judged_charts.blocks(found)
    ]
    return {"name": name, "n": int(found["n"]), "chart": judged_charts.reliability(found), "rows": rows,
            "band": share(found.get("share", 0.9))}  # fmt: skip


def _decomposed(name: str, found: Plain) -> View:
    parts = ("score", "miscalibration", "discrimination", "uncertainty")
    return {"name": name, "n": int(found["n"]), "parts": [_four(number(found.get(part))) for part in parts]}


def _two(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:,.2f}".replace("-", "−")


def _four(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4f}"


def coverage(case: Case, found: Plain) -> View:
    """Return for each narrative how much its central intervals held, beside what they say they hold."""
    shares = list(dict.fromkeys(share(one.get("share")) for rows in found.values() for one in rows))
    table = [
        {"name": name, "title": title(case, name), "cells": [_covered(one) for one in rows]}
        for name, rows in found.items()
        if any(one.get("n") for one in rows)
    ]
    return {"shares": shares, "table": table if shares else []}


def _covered(one: Plain) -> View:
    said, low, high = (number(one.get(key)) for key in ("share", "low", "high"))
    n, inside = int(one.get("n") or 0), int(one.get("inside") or 0)
    kept = low <= said <= high
    return {
        "found": share(inside / n) if n else "–",
        "counts": f"{inside:,} of {n:,}; {share(low)} to {share(high)}",
        "width": words.plain(number(one.get("width")), 2),
        "verdict": "" if kept or not n else "too narrow" if high < said else "too wide",
    }
