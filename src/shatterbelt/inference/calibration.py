"""Whether forecasts mean what they say: reliability, coverage, the histogram of PIT values, and sharpness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression
from scipy.stats import beta

from shatterbelt.errors import RequestError
from shatterbelt.inference.scores import binary

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

SHARES = (0.5, 0.8, 0.9)
"""Central intervals whose coverage is counted."""


@dataclass(frozen=True)
class Reliability:
    """How often what was called so probable came, and what that says of the mean Brier score.

    Attributes:
        forecast: [k], the different probabilities that were given, rising.
        count: [k], how often each was given.
        came: [k], how often it then came.
        calibrated: [k], the share that came by isotonic regression: rising with the forecast.
        low: [k], lower end of where ``calibrated`` would lie if the forecasts were calibrated.
        high: [k], upper end.
        share: how often it would lie there, at each forecast for itself.
        score: mean Brier score; it is ``miscalibration - discrimination + uncertainty``.
        miscalibration: what recalibrated forecasts would gain; 0 is best.
        discrimination: what they would gain over the share of all that came; 0 says nothing.
        uncertainty: the score of always saying that share.
    """

    forecast: Floats
    count: Counts
    came: Counts
    calibrated: Floats
    low: Floats
    high: Floats
    share: float
    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float

    @property
    def n(self) -> int:
        """Forecasts in all."""
        return int(self.count.sum())

    def blocks(self) -> list[tuple[float, float, int, int]]:
        """Return the forecasts that isotonic regression pools: least, greatest, how many, how many came."""
        edge = np.flatnonzero(np.diff(self.calibrated) > 1e-12) + 1
        return [
            (float(forecast[0]), float(forecast[-1]), int(count.sum()), int(came.sum()))
            for forecast, count, came in zip(
                *(np.split(part, edge) for part in (self.forecast, self.count, self.came)), strict=True
            )
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain values, for files and pages."""
        rows = ("forecast", "count", "came", "calibrated", "low", "high")
        plain = ("share", "score", "miscalibration", "discrimination", "uncertainty", "n")
        return {name: getattr(self, name).tolist() for name in rows} | {
            name: getattr(self, name) for name in plain
        }


def reliability(
    p: ArrayLike, y: ArrayLike, *, share: float = 0.9, resamples: int = 1000, seed: int = 0
) -> Reliability:
    """Return the CORP reliability diagram of probability forecasts (Dimitriadis, Gneiting and Jordan 2021).

    What came is regressed on what was forecast, rising and otherwise free (pool adjacent violators), so that
    no bins are chosen. The bands hold the regression of answers drawn with the forecast probabilities
    themselves, each forecast as often as it was given. Answers are drawn independently: where questions
    overlap in time or share a cause, the true bands are wider.

    Args:
        p: [n], forecast probabilities.
        y: [n], 1 where it came, 0 where not.
        share: of the bands.
        resamples: records drawn for the bands.
        seed: of the draws.

    Raises:
        RequestError: there is no forecast, or what is given is no probability or no answer.
    """
    chance, answer = binary(np.ravel(p), np.ravel(y))
    if not len(chance):
        raise RequestError("no forecast has been resolved; reliability needs at least one")
    forecast, place, count = np.unique(chance, return_inverse=True, return_counts=True)
    came = np.bincount(place, answer).astype(np.int64)
    calibrated = _rising(came / count, count)
    low, high = _bands(forecast, count, share, resamples, seed)
    rate = answer.mean()
    score, recalibrated, constant = (
        float(np.mean((said - answer) ** 2))
        for said in (chance, calibrated[place], np.full_like(answer, rate))
    )
    return Reliability(
        forecast, count, came, calibrated, low, high, share,
        score, score - recalibrated, constant - recalibrated, constant,
    )  # fmt: skip


def _rising(shares: Floats, count: Counts) -> Floats:
    return np.asarray(isotonic_regression(shares, weights=count).x)


def _bands(forecast: Floats, count: Counts, share: float, resamples: int, seed: int) -> tuple[Floats, Floats]:
    drawn = np.random.default_rng(seed).binomial(count, forecast, (resamples, len(forecast))) / count
    found = np.array([_rising(row, count) for row in drawn])
    low, high = np.quantile(found, [0.5 - share / 2, 0.5 + share / 2], axis=0)
    return np.asarray(low), np.asarray(high)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many values came to lie in the central intervals of their forecasts.

    Attributes:
        share: what the intervals say they hold.
        inside: values that lay in them, ends counted in.
        n: values in all.
        low: lower end of the exact 95 % interval of the share that lies in them.
        high: upper end.
        width: their mean width, in the unit of the values (swings for levels): the sharpness.
    """

    share: float
    inside: int
    n: int
    low: float
    high: float
    width: float

    @property
    def found(self) -> float:
        """The share of values that lay inside; NaN without any."""
        return self.inside / self.n if self.n else float("nan")

    @property
    def kept(self) -> bool:
        """Whether the share that was said lies in the interval of what was found."""
        return self.low <= self.share <= self.high


def coverage(draws: ArrayLike, values: ArrayLike, shares: Sequence[float] = SHARES) -> list[Coverage]:
    """Count for each share how many values lay in the central interval of their forecast's draws.

    Draws are of what was observed: where values carry errors of measurement, so must the draws. Intervals of
    counts reach from one whole number to another and hold more than they say; their PIT tells more. The
    binomial intervals take occasions as independent, which overlapping windows are not.

    Args:
        draws: [..., n].
        values: [...]; NaN where nothing came to be known, which is not counted.
        shares: of the intervals, between 0 and 1.

    Raises:
        RequestError: the draws do not belong to the values.
    """
    forecast, came = np.asarray(draws, float), np.asarray(values, float)
    if forecast.ndim == 0 or forecast.shape[:-1] != came.shape:
        raise RequestError(
            f"draws of shape {forecast.shape} for values of {came.shape}; give some for each value"
        )
    seen = ~np.isnan(came)
    forecast, came = forecast[seen], came[seen]
    found = []
    for share in shares:
        low, high = np.quantile(forecast, [0.5 - share / 2, 0.5 + share / 2], axis=1)
        inside = int(((low <= came) & (came <= high)).sum())
        width = float((high - low).mean()) if len(came) else float("nan")
        found.append(Coverage(share, inside, len(came), *exact_interval(inside, len(came)), width))
    return found


def exact_interval(count: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the confidence interval of a share of which ``count`` in ``n`` were seen.

    It holds the truth at least as often as ``level`` says (Clopper and Pearson 1934, Biometrika 26(4));
    0 to 1 where nothing was seen.

    Raises:
        RequestError: more are counted than there are.
    """
    if not 0 <= count <= n:
        raise RequestError(f"{count} of {n}; allowed: 0 to as many as there are")
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, count, n - count + 1)) if count else 0.0
    high = float(beta.isf(tail, count + 1, n - count)) if count < n else 1.0
    return low, high


def pit_of_draws(draws: ArrayLike, values: ArrayLike) -> tuple[Floats, Floats]:
    """Return what share of the draws lies below each value, and what share does not lie above it.

    Args:
        draws: [..., n].
        values: [...].
    """
    forecast, came = np.asarray(draws, float), np.asarray(values, float)[..., None]
    return (forecast < came).mean(axis=-1), (forecast <= came).mean(axis=-1)


def pit_histogram(below: ArrayLike, up_to: ArrayLike, bins: int = 10) -> Floats:
    """Return the share of probability integral transforms in each of ``bins`` equal bins; flat is calibrated.

    The non-randomised form for counts: a value whose predictive distribution jumps from ``below`` to
    ``up_to`` is spread evenly between them (Czado, Gneiting and Held 2009, Biometrics 65(4)). Without a jump
    it falls into one bin. Hollow in the middle: forecasts too sure; high in the middle: not sure enough;
    tilted: too low or too high.

    Args:
        below: [n], predictive probability of less than what came.
        up_to: [n], of no more than what came.
        bins: how many.

    Returns:
        [bins], which sum to 1.

    Raises:
        RequestError: there is no value, or a pair is not in order between 0 and 1.
    """
    low, high = np.ravel(np.asarray(below, float)), np.ravel(np.asarray(up_to, float))
    if not len(low) or low.shape != high.shape or not ((low >= 0) & (low <= high) & (high <= 1)).all():
        raise RequestError("PIT values that are missing or out of order; allowed: 0 <= below <= up to <= 1")
    edges = np.linspace(0, 1, bins + 1)
    jump = high > low
    width = np.where(jump, high - low, 1.0)
    spread = np.clip((edges[:, None] - low) / width, 0, 1)
    # A value without a jump lies in the bin that it begins or is inside of; 1 lies in the last.
    point = (edges[:, None] > low) | (edges[:, None] == 1)
    return np.asarray(np.diff(np.where(jump, spread, point).mean(axis=1), axis=0))
