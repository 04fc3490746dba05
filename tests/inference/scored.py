"""Scores of made-up days, for tests of what is made of them."""

from __future__ import annotations

import datetime as dt

import numpy as np

from shatterbelt.inference.origins import HORIZONS, SHARES, Origin
from shatterbelt.inference.score_data import About, dataset_of
from shatterbelt.inference.scoring import Scored

KINDS = {"raids": "events", "ban": "status", "budget": "level", "hidden": "level"}
CLAIMS = ("raids_bring_ban", "budget_stops_raids", "of_another")
MODELS = ("A", "B", "constant", "own past")


def about(narratives=MODELS[:2]) -> About:
    return About("made-up", "0" * 64, "month", narratives, KINDS, CLAIMS, CLAIMS[:2])


def origin(number: int, *, apart: int = 13, seed: int = 0, narratives: int = 2) -> Origin:
    """A day on which every score is noise, and nothing of the last quantity ever came."""
    rng = np.random.default_rng((seed, number))
    models, size = narratives + 2, (len(HORIZONS), len(KINDS))
    logs = rng.normal(-1.0, 0.2, (models, *size))
    logs[..., -1] = np.nan
    continuous = np.array([kind == "level" for kind in KINDS.values()]) & np.isfinite(logs[0, 0])
    chances = rng.uniform(0.05, 0.95, (models, 2))
    return Origin(
        day=dt.date(2000 + number, 1, 1),
        known=24 + apart * number,
        log_scores=logs,
        joint=np.nansum(logs, axis=-1),
        crps=np.where(continuous, rng.uniform(0.1, 1.0, (models, *size)), np.nan),
        within=np.where(continuous, rng.uniform(0.0, 1.0, (narratives, *size)), np.nan),
        widths=np.where(continuous, np.ones((narratives, len(SHARES), *size)), np.nan),
        asked=[("raids", 12), ("ban", 12)],
        chances=chances,
        came=np.array([1.0, float(number % 2)]),
        ranked=chances**2,
        left_out=np.array([1.0 + number, -0.5, 9.0]),
    )


def origins(count: int = 6, **more) -> list[Origin]:
    return [origin(number, **more) for number in range(count)]


def scored(count: int = 6) -> Scored:
    return Scored(dataset_of(about(), origins(count)))
