"""The scores of all days in one dataset, and the occasions that a comparison is made on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from shatterbelt.inference.origins import HORIZONS, SHARES, WINDOWS, Origin
from shatterbelt.inference.rivals import BASELINES
from shatterbelt.inference.scores import Paired, brier, paired

Floats = NDArray[np.float64]
Score = Literal["joint", "log", "crps", "brier", "ranked"]

SCORES: tuple[Score, ...] = ("joint", "log", "crps", "brier", "ranked")
"""Joint and single log scores (larger is better); CRPS, Brier and ranked probability scores (smaller is)."""
OF_QUESTIONS = frozenset({"brier", "ranked"})


@dataclass(frozen=True)
class About:
    """What the scores are of.

    Attributes:
        case: its name.
        case_hash: its content.
        step: month, quarter or year.
        narratives: names of the narratives, as `Hindcaster.models` has them, the first being the one that
            words are about.
        kinds: kind of each quantity, in the order of the step.
        claims: ids of the claims, in the order of the model.
        in_first: ids of the claims of the first narrative.
    """

    case: str
    case_hash: str
    step: str
    narratives: tuple[str, ...]
    kinds: Mapping[str, str]
    claims: tuple[str, ...]
    in_first: tuple[str, ...]


def dataset_of(about: About, origins: Sequence[Origin]) -> xr.Dataset:
    """Return all that was scored, as docs/score.md lists it, without quantities that never were."""
    rows = {name: np.stack([getattr(one, name) for one in origins]) for name in ("log_scores", "crps")}
    rows |= {
        name: np.stack([getattr(one, name) for one in origins]) for name in ("joint", "within", "widths")
    }
    dims = ("origin", "model", "horizon", "quantity")
    apart = ("origin", "narrative", "horizon", "quantity")
    data = xr.Dataset(
        {
            "log": (dims, rows["log_scores"]),
            "joint": (dims[:3], rows["joint"]),
            "crps": (dims, rows["crps"]),
            "within": (apart, rows["within"]),
            "width": ((*apart[:2], "share", *apart[2:]), rows["widths"]),
            "known": ("origin", [one.known for one in origins]),
        }
        | _questions(origins)
        | _claims(about, origins),
        {
            "origin": [one.day.isoformat() for one in origins],
            "model": [*about.narratives, *BASELINES],
            "narrative": list(about.narratives),
            "horizon": list(HORIZONS),
            "quantity": list(about.kinds),
            "kind": ("quantity", list(about.kinds.values())),
            "share": list(SHARES),
        },
        {"case": about.case, "case_hash": about.case_hash, "step": about.step},
    )
    seen = ~np.isnan(rows["log_scores"]).all(axis=(0, 1, 2))
    return data.isel(quantity=np.flatnonzero(seen))


def _questions(origins: Sequence[Origin]) -> dict[str, tuple[object, object]]:
    place = [row for row, one in enumerate(origins) for _ in one.asked]
    asked = [item for one in origins for item in one.asked]
    chances = np.concatenate([one.chances for one in origins], axis=1)
    came = np.concatenate([one.came for one in origins])
    return {
        "asked_from": ("question", np.array(place, np.int64)),
        "asked_of": ("question", np.array([name for name, _ in asked], dtype=object)),
        "window": ("question", np.array([window for _, window in asked], np.int64)),
        "chance": (("model", "question"), chances),
        "came": ("question", came),
        "brier": (("model", "question"), brier(chances, came)),
        "ranked": (("model", "question"), np.concatenate([one.ranked for one in origins], axis=1)),
    }


def _claims(about: About, origins: Sequence[Origin]) -> dict[str, tuple[object, object]]:
    if not all(len(one.left_out) for one in origins):
        return {}
    held = [place for place, claim in enumerate(about.claims) if claim in about.in_first]
    if not held:
        return {}
    gains = np.stack([one.left_out for one in origins])[:, held]
    names = np.array([about.claims[place] for place in held], dtype=object)
    return {"claim_gain": (("origin", "claim"), gains), "claim": ("claim", names)}


@dataclass(frozen=True)
class Occasions:
    """Scores of all models on the same occasions.

    Attributes:
        values: [models, n]; occasions that a model did not forecast are left out for all of them.
        steps: [n], the step from which each was forecast.
        reach: steps that the longest of them looks ahead.
    """

    values: Floats
    steps: NDArray[np.int64]
    reach: int

    @property
    def means(self) -> Floats:
        """Mean score of each model, NaN without an occasion."""
        if not self.values.shape[1]:
            return np.full(len(self.values), np.nan)
        return np.asarray(self.values.mean(axis=1))

    def compared(self, first: int, second: int) -> Paired:
        """Return how two models, given by their rows, differ."""
        return compared(self.values[first], self.values[second], self.reach, self.steps)


def compared(first: Floats, second: Floats, reach: int, steps: NDArray[np.int64]) -> Paired:
    """Return a paired comparison whose error is infinite where there are too few days for any.

    Scores that are not finite (what came was called impossible) have a difference but no error.
    """
    if not len(first):
        return Paired(np.nan, np.inf, 0, 0)
    if not (np.isfinite(first) & np.isfinite(second)).all():
        with np.errstate(invalid="ignore"):
            return Paired(float((first - second).mean()), np.inf, len(first), len(np.unique(steps)))
    if len(np.unique(steps)) < 2:
        return Paired(float((first - second).mean()), np.inf, len(first), 1)
    return paired(first, second, horizon=reach, origins=steps)


def occasions(
    data: xr.Dataset, score: Score, horizon: int | None = None, quantity: str | None = None
) -> Occasions:
    """Return the occasions of a score: of one horizon (or window of a question) and quantity, or of all.

    Without a quantity each of them is an occasion of its own; only the joint score takes them together.
    """
    if score in OF_QUESTIONS:
        return _of_questions(data, score, horizon, quantity)
    some = data[score]
    some = some if horizon is None else some.sel(horizon=[horizon])
    if score != "joint":
        some = some if quantity is None else some.sel(quantity=[quantity])
    rest = [name for name in some.dims if name != "model"]
    table = some.transpose("model", *rest).to_numpy()
    steps = np.broadcast_to(
        data["known"].to_numpy().reshape(-1, *[1] * (len(rest) - 1)), table.shape[1:]
    ).ravel()
    return _whole(table.reshape(len(table), -1), steps, horizon or max(HORIZONS))


def _of_questions(data: xr.Dataset, score: Score, window: int | None, quantity: str | None) -> Occasions:
    held = np.ones(data.sizes["question"], bool)
    if window is not None:
        held &= data["window"].to_numpy() == window
    if quantity is not None:
        held &= data["asked_of"].to_numpy() == quantity
    steps = data["known"].to_numpy()[data["asked_from"].to_numpy()[held]]
    return _whole(data[score].to_numpy()[:, held], steps, window or max(WINDOWS))


def _whole(values: Floats, steps: NDArray[np.int64], reach: int) -> Occasions:
    seen = ~np.isnan(values).any(axis=0)
    return Occasions(values[:, seen], steps[seen], reach)
