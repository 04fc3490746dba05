"""How good forecasts were: proper scores, the difference between two forecasters, and stacking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scoringrules
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.stats import t as student

from shatterbelt.errors import RequestError

Floats = NDArray[np.float64]


def crps(draws: ArrayLike, value: ArrayLike) -> Floats:
    """Return the continuous ranked probability score of draws from a forecast; smaller is better.

    In the unit of the value; for a forecast without spread it is the absolute error. The estimate does not
    depend, on average, on how many draws there are (the fair form, computed by probability weighted moments,
    so that it costs one sort). Gneiting and Raftery 2007, section 4.2; `scoringrules` computes it.

    Args:
        draws: [..., n] with n of at least 2.
        value: [...], or anything that broadcasts to it.

    Raises:
        RequestError: there are fewer than two draws.
    """
    forecast = np.asarray(draws, float)
    if forecast.ndim == 0 or forecast.shape[-1] < 2:
        raise RequestError(
            f"a forecast of shape {forecast.shape}; allowed: two draws or more, in its last axis"
        )
    came = np.broadcast_to(np.asarray(value, float), forecast.shape[:-1])
    return np.asarray(scoringrules.crps_ensemble(came, forecast, estimator="pwm", backend="numpy"))


def brier(p: ArrayLike, y: ArrayLike) -> Floats:
    """Return the Brier score ``(p - y)^2``: 0 is best, 1 worst, 0.25 is for saying a half.

    Args:
        p: forecast probabilities.
        y: 1 where it came, 0 where not.

    Raises:
        RequestError: a probability is outside 0 to 1, or an answer is neither 0 nor 1.
    """
    chance, came = binary(p, y)
    return np.asarray(scoringrules.brier_score(came, chance, backend="numpy"))


def rps(probabilities: ArrayLike, category: ArrayLike) -> Floats:
    """Return the ranked probability score over ordered classes; smaller is better, 0 best.

    The sum over the classes of the squared difference between the cumulated forecast and the cumulated
    truth; not divided by the number of classes, so that two classes give the Brier score.

    Args:
        probabilities: [..., classes], each row sums to 1.
        category: [...], the class that came, counted from 0.

    Raises:
        RequestError: a row is no distribution, or there is no such class.
    """
    chance, place = _classes(probabilities, category)
    return np.asarray(scoringrules.rps_score(place + 1, chance, backend="numpy"))


def log_score(p: ArrayLike, y: ArrayLike) -> Floats:
    """Return the log of the probability that was given to what came, in nats; larger is better, 0 best.

    Minus infinity where what came was called impossible: a share of futures should pass through
    `frequency` first.

    Args:
        p: forecast probabilities.
        y: 1 where it came, 0 where not.

    Raises:
        RequestError: a probability is outside 0 to 1, or an answer is neither 0 nor 1.
    """
    chance, came = binary(p, y)
    return _log(np.where(came == 1, chance, 1 - chance))


def log_score_of_classes(probabilities: ArrayLike, category: ArrayLike) -> Floats:
    """Return the log of the probability that was given to the class that came; as `rps`, larger is better."""
    chance, place = _classes(probabilities, category)
    return _log(np.take_along_axis(chance, place[..., None], axis=-1)[..., 0])


def log_mean_density(log_densities: ArrayLike, axis: int = 0) -> Floats:
    """Return the log of the mean density over draws: the log score of a forecast that is their mixture."""
    logs = np.asarray(log_densities, float)
    return np.asarray(np.logaddexp.reduce(logs, axis=axis) - np.log(logs.shape[axis]))


def log_score_of_doubted(log_probabilities: ArrayLike, log_chances: ArrayLike) -> Floats:
    """Return the log score of a forecast where the record itself doubts what came.

    The log of the probability of what is recorded: each value's forecast probability times how probable the
    record makes that value.

    Args:
        log_probabilities: [..., values], log forecast probabilities of 0, 1, 2, ...
        log_chances: [..., values], log probabilities that so many took place, by the record.
    """
    both = np.asarray(log_probabilities, float) + np.asarray(log_chances, float)
    return np.asarray(np.logaddexp.reduce(both, axis=-1))


def frequency(count: ArrayLike, futures: int) -> Floats:
    """Return the probability that a count among so many futures stands for, never 0 or 1.

    ``(count + 1/2) / (futures + 1)``, the mean under Jeffreys' prior, as base rates are smoothed.
    """
    return (np.asarray(count, float) + 0.5) / (futures + 1)


@dataclass(frozen=True, slots=True)
class Paired:
    """How two forecasters differ over the same occasions.

    Attributes:
        difference: mean score of the first less that of the second.
        error: its standard error; infinite where the windows overlap too much for any.
        n: occasions.
        origins: different days from which they were forecast; the test has one degree of freedom fewer.
    """

    difference: float
    error: float
    n: int
    origins: int

    @property
    def chance(self) -> float:
        """The two-sided probability of so large a difference if the forecasters were equally good."""
        if self.error == 0:
            return 1.0 if self.difference == 0 else 0.0
        return float(2 * student.sf(abs(self.difference) / self.error, self.origins - 1))

    def interval(self, share: float = 0.95) -> tuple[float, float]:
        """Return the confidence interval of the difference."""
        reach = float(student.ppf(0.5 + share / 2, self.origins - 1)) * self.error
        return self.difference - reach, self.difference + reach


def paired(
    first: ArrayLike, second: ArrayLike, *, horizon: int = 1, origins: ArrayLike | None = None
) -> Paired:
    """Compare two forecasters by their scores on the same occasions, with an error that knows of overlap.

    Forecasts over ``horizon`` steps, made from origins fewer steps apart, look at the same months, so their
    score differences are correlated. Their covariances are counted in full for each pair of origins closer
    than the horizon and taken as zero beyond (the truncated window of Diebold and Mariano 1995, Journal of
    Business and Economic Statistics 13(3)); occasions of one origin, such as several quantities, are one
    block. Where the covariances found would make the error smaller than without overlap, they are left out:
    overlap never adds knowledge. Then the correction of Harvey, Leybourne and Newbold 1997 (International
    Journal of Forecasting 13(2)) for few origins; at horizon 1 it makes the error the usual ``s / sqrt(n)``.

    Args:
        first: [n], scores of one forecaster, all finite.
        second: [n], those of the other on the same occasions.
        horizon: steps that a forecast looks ahead.
        origins: [n], the step from which each was made; default: one after the other.

    Raises:
        RequestError: the arrays do not fit together, a score is not finite, or there is but one origin.
    """
    gain, made = _differences(first, second, horizon, origins)
    steps, block = np.unique(made, return_inverse=True)
    if len(steps) < 2:
        raise RequestError(f"scores from {len(steps)} origin; allowed: two or more; forecast from more days")
    n, blocks = len(gain), len(steps)
    sums = np.bincount(block, gain - gain.mean(), minlength=blocks)
    near = np.abs(steps[:, None] - steps[None, :]) < horizon
    variance = max(float(sums @ near @ sums), float(sums @ sums)) / n**2
    ahead = int(np.ceil(horizon / np.median(np.diff(steps))))
    left = (blocks + 1 - 2 * ahead + ahead * (ahead - 1) / blocks) / blocks
    error = 0.0 if variance == 0 else float(np.sqrt(variance / left)) if ahead < blocks else np.inf
    return Paired(float(gain.mean()), error, n, blocks)


def stacking(log_scores: ArrayLike) -> Floats:
    """Return the weights with which the models, mixed, would have forecast best; they sum to 1.

    The maximum of ``sum_i log sum_k w_k exp(l_ik)`` over the simplex (Yao, Vehtari, Simpson and Gelman
    2018), which is concave. Models that cannot be told apart share evenly what is theirs.

    Args:
        log_scores: [occasions, models], log predictive densities; minus infinity is allowed where another
            model gives the occasion a chance.

    Raises:
        RequestError: the table is empty, holds NaN, or an occasion is impossible under all models.
    """
    logs = np.asarray(log_scores, float)
    if logs.ndim != 2 or 0 in logs.shape:
        raise RequestError(f"log scores of shape {logs.shape}; allowed: occasions in rows, models in columns")
    best = logs.max(axis=1, keepdims=True)
    if not np.isfinite(best).all():
        row = int(np.flatnonzero(~np.isfinite(best[:, 0]))[0])
        raise RequestError(f"occasion {row} has no finite log score; leave it out, or mend the forecasts")
    chances = np.exp(logs - best)
    models, kinds = np.unique(chances, axis=1, return_inverse=True)
    copies = np.bincount(kinds.ravel())
    return np.asarray((_on_simplex(models) / copies)[kinds.ravel()])


def _on_simplex(chances: Floats) -> Floats:
    """Maximise the mean log of ``chances @ w`` by sequential quadratic programming, from even weights."""
    models = chances.shape[1]
    start = np.full(models, 1 / models)
    if models == 1:
        return start
    tiny = np.finfo(float).tiny

    def loss(weights: Floats) -> tuple[float, Floats]:
        mixed = np.maximum(chances @ weights, tiny)
        return -float(np.log(mixed).mean()), -(chances / mixed[:, None]).mean(axis=0)

    total = {"type": "eq", "fun": lambda w: w.sum() - 1, "jac": np.ones_like}
    found = minimize(
        loss, start, jac=True, method="SLSQP", bounds=[(0, 1)] * models, constraints=total,
        options={"ftol": 1e-12, "maxiter": 1000},
    )  # fmt: skip
    weights = np.clip(found.x, 0, None)
    tried = [weights / weights.sum(), start, *np.eye(models)]
    return min(tried, key=lambda w: loss(w)[0])


def binary(p: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Return probabilities and answers as arrays of one shape.

    Raises:
        RequestError: a probability is outside 0 to 1, an answer is neither 0 nor 1, or shapes do not fit.
    """
    chance, came = _same_shape(p, y)
    if not ((chance >= 0) & (chance <= 1)).all():
        wrong = chance[~((chance >= 0) & (chance <= 1))][0]
        raise RequestError(f"not a probability ({wrong}); allowed: 0 to 1")
    if not np.isin(came, (0, 1)).all():
        raise RequestError(f"not an answer ({came[~np.isin(came, (0, 1))][0]}); allowed: 1 came, 0 did not")
    return chance, came


def _same_shape(first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats]:
    left, right = np.asarray(first, float), np.asarray(second, float)
    try:
        left, right = np.broadcast_arrays(left, right)
    except ValueError:
        raise RequestError(f"shapes {left.shape}, {right.shape} do not fit; give as many of each") from None
    return left, right


def _classes(probabilities: ArrayLike, category: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    chance = np.asarray(probabilities, float)
    if chance.ndim == 0 or not np.allclose(chance.sum(axis=-1), 1) or (chance < 0).any():
        raise RequestError("probabilities of classes are negative or do not sum to 1; divide by their sum")
    place = np.broadcast_to(np.asarray(category, np.int64), chance.shape[:-1])
    if ((place < 0) | (place >= chance.shape[-1])).any():
        raise RequestError(f"no such class; allowed: 0 to {chance.shape[-1] - 1}")
    return np.minimum(chance, 1.0), place


def _differences(
    first: ArrayLike, second: ArrayLike, horizon: int, origins: ArrayLike | None
) -> tuple[Floats, NDArray[np.int64]]:
    left, right = np.asarray(first, float), np.asarray(second, float)
    made = np.arange(left.size) if origins is None else np.asarray(origins, np.int64)
    if left.ndim != 1 or not left.shape == right.shape == made.shape:
        raise RequestError(
            f"scores of shapes {left.shape} and {right.shape}, origins {made.shape}; allowed: one list each, "
            "as long as the others"
        )
    if horizon < 1:
        raise RequestError(f"horizon of {horizon} steps; allowed: 1 or more")
    if not (np.isfinite(left) & np.isfinite(right)).all():
        raise RequestError("a score is not finite; leave the occasion out for both, or smooth the forecast")
    return left - right, made


def _log(chance: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(chance))
