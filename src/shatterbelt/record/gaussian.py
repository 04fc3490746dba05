"""Gaussian autoregressions conditioned on linear observations, exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
DIFFUSE = 10.0
"""Standard deviation of a random walk's first value, in swings."""
WIDENINGS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0)
"""Factors on the process noise that are tried where the record moves more than the process alone."""


@dataclass(frozen=True, slots=True)
class Prior:
    """``y[t] = keep * y[t-1] + noise * e``, around 0; ``keep`` 1 is a random walk.

    The first value is stationary, or for a walk has the standard deviation ``DIFFUSE``.
    """

    keep: float
    noise: float

    @property
    def first_sd(self) -> float:
        """Standard deviation of the first value."""
        return DIFFUSE if self.keep >= 1 else self.noise / np.sqrt(1 - self.keep**2).item()

    def widened(self, factor: float) -> Prior:
        """Return the same process with its noise multiplied."""
        return Prior(self.keep, self.noise * factor)

    def covariance(self, steps: int) -> Array:
        """Return the covariance of the first ``steps`` values, shape [steps, steps]."""
        t = np.arange(steps)
        if self.keep >= 1:
            return self.first_sd**2 + self.noise**2 * np.minimum.outer(t, t).astype(float)
        apart = np.abs(np.subtract.outer(t, t))
        return np.asarray(self.first_sd**2 * self.keep**apart)

    def paths(self, normals: Array) -> Array:
        """Turn standard normals [draws, steps] into paths of the process, same shape."""
        paths = np.empty_like(normals)
        paths[:, 0] = self.first_sd * normals[:, 0]
        for t in range(1, normals.shape[1]):
            paths[:, t] = self.keep * paths[:, t - 1] + self.noise * normals[:, t]
        return paths


def gain(prior: Prior, operators: Array, errors: Array) -> Array:
    """Return the matrix that moves a path by what the observations disagree with it.

    Args:
        prior: the process.
        operators: [observations, steps]; each row times a path is what was observed.
        errors: [observations], standard errors, above 0.

    Returns:
        [observations, steps]; ``mean = misfit @ gain`` is the conditional mean (Gaussian
        conditioning, the same as a Kalman smoother for these operators).
    """
    covariance = prior.covariance(operators.shape[1])
    seen = operators @ covariance
    return np.asarray(np.linalg.solve(seen @ operators.T + np.diag(errors**2), seen))


def evidence(prior: Prior, operators: Array, values: Array, errors: Array) -> float:
    """Return the log density of the observed values under the process and their errors."""
    covariance = operators @ prior.covariance(operators.shape[1]) @ operators.T + np.diag(errors**2)
    root = np.linalg.cholesky(covariance)
    white = np.linalg.solve(root, values)
    return float(-0.5 * white @ white - np.log(np.diag(root)).sum() - 0.5 * len(values) * np.log(2 * np.pi))


def widen(prior: Prior, operators: Array, values: Array, errors: Array) -> Prior:
    """Return the process with the factor of ``WIDENINGS`` under which the values are likeliest.

    A quantity's own noise is what its claims leave open; the past has moved by those causes too, so a
    process with that noise alone would pull the past away from its observations.
    """
    tried = [prior.widened(factor) for factor in WIDENINGS]
    return max(tried, key=lambda one: evidence(one, operators, values, errors))


def conditioned_paths(
    prior: Prior, operators: Array, values: Array, errors: Array, normals: Array, error_normals: Array
) -> Array:
    """Draw paths of the process given the observations (Matheron's rule: exact, not iterative).

    Args:
        prior: the process.
        operators: [observations, steps].
        values: [observations], or [draws, observations] where they differ by draw.
        errors: [observations].
        normals: [draws, steps] standard normals.
        error_normals: [draws, observations] standard normals.

    Returns:
        [draws, steps].
    """
    paths = prior.paths(normals)
    misfit = values + errors * error_normals - paths @ operators.T
    return np.asarray(paths + misfit @ gain(prior, operators, errors))
