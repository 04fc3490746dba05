"""Naive forecasters of levels: a random walk and an autoregression, fitted exactly to gappy observations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp
from scipy.stats import norm

from shatterbelt.errors import RequestError
from shatterbelt.inference.baselines import check_step

Floats = NDArray[np.float64]

MEAN_SPREAD = 3.0
"""Standard deviation of the prior of an autoregression's mean around usual, swings."""

START_SPREAD = 10.0
"""Standard deviation of a random walk's first value around usual, swings: nearly nothing said."""

LEAST_ERROR = 1e-4
"""Errors of observations are at least this, swings, so that two exact ones of a step can disagree."""

NOISES = np.geomspace(0.003, 10.0, 18)
"""Standard deviations of a step's shock that are tried first, swings."""

HALF_LIVES = np.geomspace(0.25, 120.0, 12)
"""Half-lives of deviations that are tried first, steps."""

ENDLESS = np.array([np.inf])
"""The log half-life of a random walk, whose persistence is 1."""

FALL = 8.0
"""The finer grid reaches over all points whose log likelihood is within this of the best."""

FINE = 12
"""Points of the finer grid in each direction."""


@dataclass(frozen=True)
class Seen:
    """Observations of one level, in swings from usual.

    Attributes:
        first: [n], first step of each; ``last`` the last: an observation is the mean over them.
        value: [n].
        error: [n], standard deviations of measurement.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    value: Floats
    error: Floats


@dataclass(frozen=True)
class GaussianLevel:
    """A level's forecast: a mixture of Gaussian paths, one for each persistence and noise on a grid.

    The paths begin ``back`` steps before the first forecast step, with what is known of these, so that an
    average that began before the origin can be scored.

    Attributes:
        name: what the forecaster is called.
        weights: [k], posterior weights of the grid's points, which sum to 1.
        means: [k, back + horizon], swings.
        covariances: [k, back + horizon, back + horizon], of the level itself, without measurement error.
        back: steps of the path at or before the origin.
    """

    name: str
    weights: Floats
    means: Floats
    covariances: Floats
    back: int

    @property
    def horizon(self) -> int:
        """Steps forecast."""
        return int(self.means.shape[1]) - self.back

    def moments(self, h: int, *, span: int = 1) -> tuple[Floats, Floats]:
        """Return [k] means and [k] variances of the mean over the ``span`` steps that end at step ``h``.

        Raises:
            RequestError: the step is not forecast, or the span begins before the path.
        """
        check_step(h, self.horizon)
        end = self.back + h
        if not 1 <= span <= end:
            raise RequestError(f"an average over {span} steps to step {h}; allowed: 1 to {end} steps")
        part = slice(end - span, end)
        return self.means[:, part].mean(axis=1), self.covariances[:, part, part].mean(axis=(1, 2))

    def log_density(self, h: int, value: float, *, error: float = 0.0, span: int = 1) -> float:
        """Return the log predictive density of an observation.

        Args:
            h: steps after the origin; the last step of an average.
            value: swings from usual.
            error: standard deviation of its measurement, swings.
            span: steps that it is the mean of.

        Raises:
            RequestError: the step is not forecast, or the span begins before the path.
        """
        mean, variance = self.moments(h, span=span)
        logs = norm.logpdf(value, mean, np.sqrt(variance + error**2))
        return float(logsumexp(logs, b=self.weights))

    def draws(self, n: int, rng: np.random.Generator) -> Floats:
        """Return [n, horizon] paths of the level itself, in swings."""
        shares = rng.multinomial(n, self.weights)
        ahead = slice(self.back, None)
        parts = [
            rng.multivariate_normal(self.means[k, ahead], self.covariances[k, ahead, ahead], size)
            for k, size in enumerate(shares)
            if size
        ]
        return rng.permutation(np.concatenate(parts))


def observed(first: ArrayLike, last: ArrayLike, value: ArrayLike, error: ArrayLike, steps: int) -> Seen:
    """Return observations in the order in which they end.

    Raises:
        RequestError: lists of different lengths, a step outside the known ones, or an error below 0.
    """
    begins, ends = np.asarray(first, np.int64), np.asarray(last, np.int64)
    values, errors = np.asarray(value, float), np.asarray(error, float)
    if not begins.shape == ends.shape == values.shape == errors.shape == (len(begins),):
        raise RequestError("observations of different lengths; give first, last, value and error of each")
    if ((begins < 0) | (begins > ends) | (ends >= steps)).any():
        raise RequestError(
            f"an observation outside the known steps; allowed: 0 to {steps - 1}, first before last"
        )
    if not (np.isfinite(values).all() and (errors >= 0).all()):
        raise RequestError("an observation without a value or an error; leave out what is missing")
    order = np.argsort(ends, kind="stable")
    return Seen(begins[order], ends[order], values[order], np.maximum(errors[order], LEAST_ERROR))


def random_walk(seen: Seen, steps: int, horizon: int, *, back: int = 1) -> GaussianLevel:
    """Forecast that a level stays where it is, less surely the further ahead.

    ``x_t = x_{t-1} + s e_t``; see `autoregression` for how ``s`` is found and what is given.
    """
    fine = _refined(seen, steps, ENDLESS, np.log(NOISES))
    return _forecast("random walk", seen, steps, horizon, back, fine)


def autoregression(seen: Seen, steps: int, horizon: int, *, back: int = 1) -> GaussianLevel:
    """Forecast that a level returns to a mean of its own at a pace of its own.

    ``x_t = m + phi (x_{t-1} - m) + s e_t``, stationary from the start. The likelihood is exact, averages
    included. ``m`` is normal around usual and is integrated out within the filter; ``phi`` and ``s`` are
    weighed over a grid by their likelihood, flat in the logs of half-life and noise: first a coarse grid,
    then a finer one where that found weight. So the uncertainty of all three is in the forecast.

    Args:
        seen: observations in swings, all of steps before ``steps``.
        steps: known steps; the last of them is the origin.
        horizon: steps to forecast.
        back: steps up to the origin that are kept, for averages that begin before it.
    """
    fine = _refined(seen, steps, np.log(HALF_LIVES), np.log(NOISES))
    return _forecast("autoregression", seen, steps, horizon, back, fine)


@dataclass(frozen=True)
class _Grid:
    """Points [k] of persistence and noise; persistence 1 is a random walk without a mean."""

    persistence: Floats
    noise: Floats


def _grid(log_half_lives: Floats, log_noises: Floats) -> _Grid:
    persistence = 2.0 ** -np.exp(-log_half_lives)
    both = np.meshgrid(persistence, np.exp(log_noises), indexing="ij")
    return _Grid(both[0].ravel(), both[1].ravel())


def _refined(seen: Seen, steps: int, log_half_lives: Floats, log_noises: Floats) -> _Grid:
    """Return a grid over the part of the coarse one with likelihood left; looked for twice."""
    lags = int((seen.last - seen.first).max(initial=0)) + 1
    for _ in range(2):
        height, _, _ = filtered(seen, steps, *_points(_grid(log_half_lives, log_noises)), lags)
        table = height.reshape(len(log_half_lives), len(log_noises))
        inside = table > table.max() - FALL
        log_half_lives = _between(log_half_lives, inside.any(axis=1))
        log_noises = _between(log_noises, inside.any(axis=0))
    return _grid(log_half_lives, log_noises)


def _points(grid: _Grid) -> tuple[Floats, Floats]:
    return grid.persistence, grid.noise


def _between(points: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Return evenly spaced points over those inside and one more on either side."""
    if len(points) == 1:
        return points
    at = np.flatnonzero(inside)
    low, high = max(at[0] - 1, 0), min(at[-1] + 1, len(points) - 1)
    return np.linspace(points[low], points[high], FINE)


def filtered(
    seen: Seen, steps: int, persistence: Floats, noise: Floats, lags: int
) -> tuple[Floats, Floats, Floats]:
    """Return the log likelihood, and the state at the last step given all observations, by a Kalman filter.

    The state is the level at a step and the ``lags - 1`` steps before it, then its mean: an average over no
    more than ``lags`` steps is one linear observation of it. All points of a grid go through at once.

    Args:
        seen: observations in the order in which they end, none longer than ``lags``.
        steps: how many steps to go.
        persistence: [k]; where 1, the mean plays no part and the first value is nearly free.
        noise: [k], standard deviation of a step's shock.
        lags: levels held in the state.

    Returns:
        [k] log likelihoods, [k, lags + 1] means, [k, lags + 1, lags + 1] covariances.
    """
    mean = np.zeros((len(noise), lags + 1))
    cov = _start(persistence, noise, lags)
    height = np.zeros(len(noise))
    at = 0
    for t in range(steps):
        if t:
            _advance(mean, cov, persistence, noise)
        while at < len(seen.last) and seen.last[at] == t:
            width = int(seen.last[at] - seen.first[at]) + 1
            seen_cov = cov[:, :, :width].mean(axis=2)
            spread = seen_cov[:, :width].mean(axis=1) + seen.error[at] ** 2
            miss = seen.value[at] - mean[:, :width].mean(axis=1)
            height -= 0.5 * (np.log(2 * np.pi * spread) + miss**2 / spread)
            gain = seen_cov / spread[:, None]
            mean += gain * miss[:, None]
            cov -= gain[:, :, None] * seen_cov[:, None, :]
            at += 1
    return height, mean, cov


def _start(persistence: Floats, noise: Floats, lags: int) -> Floats:
    walk = persistence == 1
    cov = np.zeros((len(noise), lags + 1, lags + 1))
    inertia = np.where(walk, 0.5, 1 - persistence**2)
    own = np.where(walk, START_SPREAD**2, noise**2 / inertia)
    shared = np.where(walk, 0.0, MEAN_SPREAD**2)
    cov[:, 0, 0] = own + shared
    cov[:, 0, -1] = cov[:, -1, 0] = cov[:, -1, -1] = shared
    return cov


def _advance(mean: Floats, cov: Floats, persistence: Floats, noise: Floats) -> None:
    """Move the state one step on, in place: the new level before the others, the oldest dropped."""
    pull = 1 - persistence
    ahead = persistence[:, None] * cov[:, 0] + pull[:, None] * cov[:, -1]
    now = persistence * ahead[:, 0] + pull * ahead[:, -1] + noise**2
    level = persistence * mean[:, 0] + pull * mean[:, -1]
    cov[:, 1:-1, 1:-1] = cov[:, :-2, :-2].copy()
    cov[:, 1:-1, -1] = cov[:, :-2, -1].copy()
    cov[:, -1, 1:-1] = cov[:, 1:-1, -1]
    cov[:, 0, 1:-1] = cov[:, 1:-1, 0] = ahead[:, :-2]
    cov[:, 0, -1] = cov[:, -1, 0] = ahead[:, -1]
    cov[:, 0, 0] = now
    mean[:, 1:-1] = mean[:, :-2].copy()
    mean[:, 0] = level


def _forecast(name: str, seen: Seen, steps: int, horizon: int, back: int, grid: _Grid) -> GaussianLevel:
    longest = int((seen.last - seen.first).max(initial=0)) + 1
    kept = min(back, steps)
    height, mean, cov = filtered(seen, steps, *_points(grid), max(longest, kept))
    weights = np.exp(height - logsumexp(height))
    held = weights > 1e-4 * weights.max()
    means, covs = ahead(mean[held], cov[held], grid.persistence[held], grid.noise[held], kept, horizon)
    return GaussianLevel(name, weights[held] / weights[held].sum(), means, covs, kept)


def ahead(
    mean: Floats, cov: Floats, persistence: Floats, noise: Floats, back: int, horizon: int
) -> tuple[Floats, Floats]:
    """Return [k, back + horizon] means and their covariances of the steps up to the origin and after it.

    Args:
        mean: [k, lags + 1], the state at the origin, as `filtered` returns it.
        cov: [k, lags + 1, lags + 1], its covariance.
        persistence: [k].
        noise: [k].
        back: steps up to the origin, at most ``lags``.
        horizon: steps after it.
    """
    h = np.arange(1, horizon + 1)
    power = persistence[:, None] ** h
    step = np.zeros((len(noise), back + horizon, mean.shape[1]))
    step[:, np.arange(back), np.arange(back)[::-1]] = 1
    step[:, back:, 0] = power
    step[:, back:, -1] = 1 - power
    # What is left at each step of the shock of each step up to it.
    carried = np.tril(persistence[:, None, None] ** np.maximum(h[:, None] - h, 0))
    shocks = noise[:, None, None] ** 2 * (carried @ carried.swapaxes(1, 2))
    covs = step @ cov @ step.swapaxes(1, 2)
    covs[:, back:, back:] += shocks
    return (step @ mean[:, :, None])[:, :, 0], covs
