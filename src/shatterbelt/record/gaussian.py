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
TAIL = 3.0
"""Degrees of freedom of the shocks: rare large ones (a devaluation, a new contract) do not widen all."""
REWEIGHTINGS = 12
"""Rounds in which each step's share of the record's movement is found."""


@dataclass(frozen=True)
class Prior:
    """``y[t] = keep * y[t-1] + noise[t] * e``, around 0; ``keep`` 1 is a random walk.

    ``noise`` [steps]; its first entry is the standard deviation of the first value.
    """

    keep: float
    noise: Array

    @classmethod
    def even(cls, keep: float, noise: float, steps: int) -> Prior:
        """Return the process with the same noise in each step, stationary (a walk: diffuse) at first."""
        each = np.full(steps, noise)
        each[0] = DIFFUSE if keep >= 1 else noise / np.sqrt(1 - keep**2)
        return cls(keep, each)

    @property
    def responses(self) -> Array:
        """What a shock in each step (column) leaves in each step (row), shape [steps, steps]."""
        t = np.arange(len(self.noise))
        apart = np.subtract.outer(t, t)
        return np.where(apart >= 0, self.keep ** np.maximum(apart, 0), 0.0)

    @property
    def covariance(self) -> Array:
        """Covariance of the values, shape [steps, steps]."""
        root = self.responses * self.noise
        return np.asarray(root @ root.T)

    def paths(self, normals: Array) -> Array:
        """Turn standard normals [draws, steps] into paths of the process, same shape."""
        return np.asarray((normals * self.noise) @ self.responses.T)


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
    seen = operators @ prior.covariance
    return np.asarray(np.linalg.solve(seen @ operators.T + np.diag(errors**2), seen))


def evidence(covariance: Array, values: Array) -> float:
    """Return the log density of values around 0 with a covariance."""
    root = np.linalg.cholesky(covariance)
    white = np.linalg.solve(root, values)
    return float(-0.5 * white @ white - np.log(np.diag(root)).sum() - 0.5 * len(values) * np.log(2 * np.pi))


def widen(prior: Prior, operators: Array, values: Array, errors: Array) -> Prior:
    """Return the process with noise as large, step by step, as the observed values ask for.

    A quantity's own noise is what its claims leave open; the past has moved by those causes too, so a
    process with that noise alone would pull the past away from its observations. First one factor for
    all steps is found (the likeliest of ``WIDENINGS``); then each step's noise is found anew as that of
    a shock with Student's t distribution (expectation-maximisation), so that it stays wide only where
    the record moved. The first value keeps its own standard deviation.
    """
    shocks = operators @ prior.responses
    own, spread = np.diag(errors**2), (shocks * prior.noise**2) @ shocks.T
    factor = max(WIDENINGS, key=lambda one: evidence(one**2 * spread + own, values))
    noise = prior.noise * factor
    for _ in range(REWEIGHTINGS):
        weighted = shocks * noise**2
        solved = np.linalg.solve(weighted @ shocks.T + own, np.column_stack([values, weighted]))
        squares = (solved[:, 0] @ weighted) ** 2 + noise**2 - (weighted * solved[:, 1:]).sum(axis=0)
        noise = np.append(noise[:1], np.sqrt((TAIL * prior.noise**2 + squares) / (TAIL + 1))[1:])
    return Prior(prior.keep, noise)


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
