"""What the scores of many days say: how good each narrative is beside its rivals, and if it is calibrated."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from shatterbelt.inference.calibration import Coverage, Reliability, exact_interval, reliability
from shatterbelt.inference.origins import HORIZONS, WINDOWS
from shatterbelt.inference.rivals import BASELINES
from shatterbelt.inference.score_data import (
    OF_QUESTIONS,
    SCORES,
    Occasions,
    Score,
    compared,
    occasions,
)
from shatterbelt.inference.scores import Paired, stacking

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """One mean score, beside one rival where ``baseline`` names it.

    Attributes:
        score: see `score_data.SCORES`.
        model: narrative or baseline.
        horizon: steps ahead, or the window of questions; None: all.
        quantity: None: all.
        mean: of the model.
        n: occasions, the same for model and rival.
        baseline: the rival, or None.
        difference: mean of the model less that of the rival.
        error: its standard error; infinite where there are too few days for any.
        origins: days.
    """

    score: Score
    model: str
    horizon: int | None
    quantity: str | None
    mean: float
    n: int
    baseline: str | None = None
    difference: float = np.nan
    error: float = np.nan
    origins: int = 0

    @property
    def gain(self) -> float:
        """The difference, turned so that above 0 the model is the better one."""
        return self.difference if self.score in {"joint", "log"} else -self.difference

    @property
    def clear(self) -> bool:
        """Whether the 95 % interval of the difference, by Student's t, leaves out 0."""
        if self.origins < 2 or not np.isfinite(self.error):
            return False
        return bool(Paired(self.difference, self.error, self.n, self.origins).chance < 0.05)


@dataclass(frozen=True)
class Stacked:
    """Weights of a mixture of models that would have forecast best.

    Attributes:
        models: what is mixed.
        weights: they sum to 1.
        low: least weight when the occasions of any one day are left out.
        high: greatest.
        n: occasions.
    """

    models: tuple[str, ...]
    weights: Floats
    low: Floats
    high: Floats
    n: int

    def as_dict(self) -> dict[str, Any]:
        """Return weight and range of each model as plain values."""
        rows = zip(self.models, self.weights, self.low, self.high, strict=True)
        return {
            name: {"weight": float(w), "low": float(low), "high": float(high)} for name, w, low, high in rows
        }


@dataclass(frozen=True)
class Scored:
    """Scores of narratives and baselines from many days of the past; ``data`` holds each of them.

    Everything here was forecast from what was known on its day. How well a model fits what it was fitted to
    is not looked at.
    """

    data: xr.Dataset

    @cached_property
    def models(self) -> tuple[str, ...]:
        """All that was scored: narratives, then baselines."""
        return tuple(str(name) for name in self.data["model"].to_numpy())

    @cached_property
    def narratives(self) -> tuple[str, ...]:
        """The narratives, the first being the one that words are about."""
        return self.models[: -len(BASELINES)]

    @cached_property
    def quantities(self) -> dict[str, str]:
        """Kind of every quantity that was ever scored, by name."""
        return {
            str(q): str(k)
            for q, k in zip(self.data["quantity"].values, self.data["kind"].values, strict=True)
        }

    @property
    def days(self) -> tuple[str, ...]:
        """The days from which was forecast."""
        return tuple(str(day) for day in self.data["origin"].to_numpy())

    @property
    def step(self) -> str:
        """Month, quarter or year."""
        return str(self.data.attrs["step"])

    # ------------------------------------------------------------------ scores

    def occasions(self, score: Score, horizon: int | None = None, quantity: str | None = None) -> Occasions:
        """Return the scores of all models on the same occasions."""
        return occasions(self.data, score, horizon, quantity)

    def line(
        self,
        score: Score,
        model: str,
        baseline: str | None = None,
        horizon: int | None = None,
        quantity: str | None = None,
    ) -> Line:
        """Return a model's mean score, and how it differs from a rival's."""
        return self._line(
            self.occasions(score, horizon, quantity), (score, horizon, quantity), model, baseline
        )

    def _line(
        self, some: Occasions, what: tuple[Score, int | None, str | None], model: str, baseline: str | None
    ) -> Line:
        score, horizon, quantity = what
        place, n = self.models.index(model), some.values.shape[1]
        plain = Line(score, model, horizon, quantity, float(some.means[place]), n)
        if baseline is None:
            return plain
        beside = some.compared(place, self.models.index(baseline))
        return Line(
            score, model, horizon, quantity, plain.mean, n,
            baseline, beside.difference, beside.error, beside.origins,
        )  # fmt: skip

    def lines(self) -> list[Line]:
        """Return every mean and difference: by score, horizon and quantity, each also over all of them."""
        found = []
        for score in SCORES:
            spans = WINDOWS if score in OF_QUESTIONS else HORIZONS
            names = [None] if score == "joint" else [None, *self.quantities]
            for horizon in (None, *spans):
                for quantity in names:
                    some = self.occasions(score, horizon, quantity)
                    if some.values.shape[1]:
                        found += self._beside(some, (score, horizon, quantity))
        return found

    def _beside(self, some: Occasions, what: tuple[Score, int | None, str | None]) -> list[Line]:
        found = [self._line(some, what, model, None) for model in BASELINES]
        found += [self._line(some, what, name, rival) for name in self.narratives for rival in BASELINES]
        return found

    def losses(self, narrative: str | None = None) -> list[Line]:
        """Return the quantities on which a narrative scores below a baseline, the heaviest loss first.

        By the mean log score over all horizons; of two baselines that beat it, the better one.
        """
        name = narrative or self.narratives[0]
        found = []
        for quantity in self.compared:
            some = self.occasions("log", None, quantity)
            worst = min(
                (self._line(some, ("log", None, quantity), name, rival) for rival in BASELINES),
                key=lambda line: line.gain,
            )
            if worst.gain < 0:
                found.append(worst)
        return sorted(found, key=lambda line: line.gain)

    @cached_property
    def compared(self) -> tuple[str, ...]:
        """Quantities that narratives and baselines forecast on the same occasions."""
        return tuple(q for q in self.quantities if self.occasions("log", None, q).values.shape[1])

    # ------------------------------------------------------------------ together

    def stacked(self, *, baselines: bool = False, horizon: int | None = None) -> Stacked:
        """Return stacking weights by joint log score: of the narratives, or of these and the baselines."""
        some = self.occasions("joint", horizon)
        names = self.models if baselines else self.narratives
        table = some.values[: len(names)].T
        if not len(table):
            none = np.full(len(names), np.nan)
            return Stacked(names, none, none, none, 0)
        without = [
            stacking(table[some.steps != day]) for day in np.unique(some.steps) if (some.steps != day).any()
        ]
        weights = stacking(table)
        every = np.stack([weights, *without])
        return Stacked(names, weights, every.min(axis=0), every.max(axis=0), len(table))

    # ------------------------------------------------------------------ calibration

    def reliability(self, model: str) -> Reliability | None:
        """Return the CORP reliability of a model's answers to the questions; None if none was asked."""
        if not self.data.sizes["question"]:
            return None
        return reliability(self.data["chance"].sel(model=model).values, self.data["came"].values)

    def coverage(self, narrative: str, horizon: int | None = None) -> list[Coverage]:
        """Count how many values of levels and shares lay in the central intervals of a narrative."""
        some = self.data.sel(narrative=narrative)
        some = some if horizon is None else some.sel(horizon=[horizon])
        within = some["within"].values
        seen = ~np.isnan(within)
        found = []
        for share in self.data["share"].values:
            inside = int((np.abs(within[seen] - 0.5) <= share / 2).sum())
            widths = some["width"].sel(share=share).values[seen]
            width = float(widths.mean()) if len(widths) else np.nan
            n = int(seen.sum())
            found.append(Coverage(float(share), inside, n, *exact_interval(inside, n), width))
        return found

    # ------------------------------------------------------------------ claims

    def claims(self) -> dict[str, Paired]:
        """Return by how much each claim of the first narrative raises the log scores of the steps ahead.

        The mean over days of the sum over steps and quantities; empty if claims were not left out in turn.
        """
        if "claim_gain" not in self.data:
            return {}
        steps, gains = self.data["known"].to_numpy(), self.data["claim_gain"].to_numpy()
        nothing = np.zeros(len(steps))
        return {
            str(claim): compared(gains[:, place], nothing, max(HORIZONS), steps)
            for place, claim in enumerate(self.data["claim"].to_numpy())
        }

    # ------------------------------------------------------------------ as plain values

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the single scores as plain values."""
        return {
            "case": self.data.attrs["case"],
            "case_hash": self.data.attrs["case_hash"],
            "step": self.step,
            "days": list(self.days),
            "narratives": list(self.narratives),
            "baselines": list(BASELINES),
            "quantities": self.quantities,
            "scores": [asdict(line) for line in self.lines()],
            "losses": {name: [asdict(line) for line in self.losses(name)] for name in self.narratives},
            "stacking": {
                "narratives": self.stacked().as_dict(),
                "narratives and baselines": self.stacked(baselines=True).as_dict(),
            },
            "reliability": {
                name: found.as_dict() for name in self.models if (found := self.reliability(name)) is not None
            },
            "coverage": {name: [asdict(one) for one in self.coverage(name)] for name in self.narratives},
            "claims": {
                claim: {"gain": one.difference, "error": one.error, "days": one.origins}
                for claim, one in self.claims().items()
            },
        }
