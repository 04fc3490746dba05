"""What a fit and the scores of hindcasts might say of a case, made up and plausible, as plain values."""

import math

import numpy as np

BASELINES = ["constant", "own past"]
HORIZONS = (1, 3, 6, 12)
VERDICTS = ["supported", "leans for", "cannot tell", "leans against", "contradicted"]


def make_fit(case, seed=0):
    """Return what ``FitResult.as_dict`` gives: the verdicts go round, so that each is there."""
    rng = np.random.default_rng(seed)
    return {
        "hash": case.hash,
        "as_of": "2021-05-01",
        "known_until": "2021-04",
        "narrative": None,
        "quick": False,
        "passed": True,
        "diagnostics": {
            "passed": True, "chains": 4, "draws": 1000, "rhat": 1.0043, "ess_bulk": 812.0, "ess_tail": 655.0,
            "divergences": 0, "touched": [], "failures": [],
        },
        "claims": [_claim(claim, VERDICTS[i % 5], rng) for i, claim in enumerate(case.claims)],
    }  # fmt: skip


def _claim(claim, verdict, rng):
    way = -1 if claim.sign == "-" else 1
    centre = {
        "supported": 0.6,
        "leans for": 0.3,
        "cannot tell": 0.1,
        "leans against": -0.2,
        "contradicted": -0.5,
    }
    mean, wide = way * centre[verdict] + rng.normal() * 0.05, 0.1 + 0.3 * (verdict == "cannot tell")
    unknown = claim.sign == "unknown"
    return {
        "id": claim.id, "title": claim.title, "sign": claim.sign, "cause": claim.cause,
        "effect": claim.effect,
        "prior": {"mean": way * 0.2, "sd": 0.4, "low": way * 0.2 - 0.66, "high": way * 0.2 + 0.66},
        "posterior": {"mean": mean, "sd": wide, "low": mean - 1.6 * wide, "high": mean + 1.6 * wide},
        "prior_sign": 0.5 if unknown else 0.69,
        "posterior_sign": {"supported": 0.98, "leans for": 0.9, "cannot tell": 0.7}.get(verdict, 0.04),
        "still_prior": 0.9 if verdict == "cannot tell" else 0.2,
        "little": 0.1, "gain": {"mean": math.nan, "error": math.nan}, "verdict": verdict,
        "words": "raises" if unknown and verdict == "supported" else verdict,
        "why": "the rule's part that decided", "odds": 4.0,
    }  # fmt: skip


def make_score(case, seed=1):
    """Return what ``Scored.as_dict`` gives, with the words and the table of evidence."""
    rng = np.random.default_rng(seed)
    names, quantities = list(case.about.narratives), list(case.quantities)
    days = [f"{year}-{month:02d}-01" for year in range(2012, 2018) for month in (1, 7)]
    return {
        "case": case.about.name, "case_hash": case.hash, "step": "month", "days": days, "narratives": names,
        "baselines": BASELINES, "quantities": {name: case.quantities[name].kind for name in quantities},
        "words": f"Over 12 days, the narrative {names[0]} forecasts the next month's record better than"
        " constant rates by 0.21 ± 0.08 nats a month; it loses to a baseline on 2 of 7 quantities.",
        "scores": _lines(names, quantities, rng),
        "losses": {name: [_line("log", name, q, None, -0.12, 0.05, "own past") for q in quantities[:2]]
                   for name in names},
        "stacking": {
            "narratives": _weights(names, [0.62, 0.38] + [0.0] * (len(names) - 2)),
            "narratives and baselines": _weights(
                names + BASELINES, [0.5, 0.2] + [0.0] * (len(names) - 1) + [0.3]
            ),
        },
        "reliability": {name: make_reliability(rng) for name in names + BASELINES},
        "coverage": {name: _coverage() for name in names},
        "claims": {
            name: {"gain": 0.3 - 0.1 * i, "error": 0.1, "days": 12}
            for i, name in enumerate(case.claim_ids(names[0]))
        },
        "evidence": make_evidence(names, quantities, days, rng),
    }  # fmt: skip


def _line(score, model, quantity, horizon, difference, error, baseline, mean=-3.21):
    return {
        "score": score, "model": model, "horizon": horizon, "quantity": quantity, "mean": mean, "n": 96,
        "baseline": baseline, "difference": difference, "error": error, "origins": 12,
    }  # fmt: skip


def _lines(names, quantities, rng):
    found = []
    for score in ("joint", "log", "crps", "brier", "ranked"):
        for horizon in (None, *HORIZONS):
            for quantity in [None] if score == "joint" else [None, *quantities]:
                found += [
                    _line(score, rival, quantity, horizon, math.nan, math.nan, None, -3.6)
                    for rival in BASELINES
                ]
                found += [
                    _line(score, name, quantity, horizon, rng.normal() * 0.3, 0.1, rival)
                    for name in names
                    for rival in BASELINES
                ]
    return found


def _weights(names, weights):
    return {
        name: {"weight": w, "low": max(w - 0.1, 0), "high": min(w + 0.1, 1)}
        for name, w in zip(names, weights, strict=True)
    }


def make_reliability(rng, n=14):
    """Return a reliability of a few forecasts, with a line that rises."""
    forecast = np.sort(rng.uniform(0.01, 0.99, n)).round(3)
    count = rng.integers(1, 9, n)
    calibrated = np.sort(np.round(np.clip(forecast + rng.normal(0, 0.08, n), 0, 1), 1))
    return {
        "forecast": forecast.tolist(), "count": count.tolist(),
        "came": np.round(calibrated * count).astype(int).tolist(), "calibrated": calibrated.tolist(),
        "low": np.clip(forecast - 0.15, 0, 1).tolist(), "high": np.clip(forecast + 0.15, 0, 1).tolist(),
        "share": 0.9, "score": 0.1312, "miscalibration": 0.0154, "discrimination": 0.0842, "uncertainty": 0.2,
        "n": int(count.sum()),
    }  # fmt: skip


def _coverage():
    return [
        {"share": 0.5, "inside": 92, "n": 160, "low": 0.49, "high": 0.65, "width": 0.71},
        {"share": 0.8, "inside": 131, "n": 160, "low": 0.75, "high": 0.88, "width": 1.34},
        {"share": 0.9, "inside": 129, "n": 160, "low": 0.73, "high": 0.87, "width": 1.75},
    ]


def make_evidence(names, quantities, days, rng):
    """Return narratives against evidence as ``EvidenceTable.as_dict`` gives it."""
    pieces = []
    for i, quantity in enumerate(quantities * 3):
        cells = rng.normal(size=len(names)) * 2 / (i + 1)
        cells -= cells.mean()
        pieces.append(
            {
                "quantity": quantity, "day": days[i % len(days)] if i else None,
                "cells": dict(zip(names, cells.tolist(), strict=True)), "diagnosticity": float(np.ptp(cells)),
                "without": {"ranking": names, "weights": dict.fromkeys(names, 1 / len(names))},
            }
        )  # fmt: skip
    return {
        "narratives": names, "totals": dict.fromkeys(names, 0.4), "ranking": names,
        "weights": dict.fromkeys(names, 1 / len(names)), "pieces": pieces,
    }  # fmt: skip


def make_judged(case):
    """Return both."""
    return {"fit": make_fit(case), "score": make_score(case)}
