"""Find the mode of a log density and its curvature, and coordinates that suit them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse.linalg import LinearOperator, eigsh

from shatterbelt.futures.devices import cores

Floats = NDArray[np.float64]
Potential = Callable[[Array, Any], Array]
"""Minus the log density of a point ``[size]``, given data."""

ROUNDS = 600
"""Most steps of the search for the mode."""
DIRECTIONS = 48
"""Stiffest directions that are straightened for the sampler; each costs it a product of two vectors."""
CURVED = 160
"""Directions whose curvature the approximation at the mode takes in."""
REACH = 0.3
"""How far to both sides of the mode a gradient is taken to measure curvature, in prior deviations."""
LEAST_PRECISION = 0.5
"""The parameters' precision (the prior's is 1) is never taken as less: what is less is curvature astray."""
WIDE = 1.25
"""Standard deviation of a straightened parameter beyond which it is scaled; others are left at 1, which they
are near, rather than measured by few draws."""
LEAST = 1.5
"""Curvature (the prior's is 1) below which a direction is left as it is."""


@dataclass(frozen=True)
class Mode:
    """A mode and the curvature around it.

    Attributes:
        x: [size].
        directions: [size, directions], orthonormal.
        curvature: [directions], the largest second derivatives of minus the log density.
    """

    x: Floats
    directions: Floats
    curvature: Floats

    def stiffest(self, most: int) -> Mode:
        """Return the mode with only its stiffest directions."""
        first = np.argsort(-self.curvature)[:most]
        first = first[self.curvature[first] > LEAST]
        return Mode(self.x, self.directions[:, first], self.curvature[first])


@dataclass(frozen=True)
class Normal:
    """The normal distribution that has a mode's curvature (Laplace's approximation).

    The first coordinates are parameters, with their exact curvature once the paths are integrated out
    (its Schur complement); the paths follow from them, and are stiff in some directions.

    Attributes:
        x: [size], the mode.
        root: [parameters, parameters], root of the parameters' covariance.
        response: [paths, parameters], how the paths' mean moves with the parameters.
        directions: [paths, directions], orthonormal.
        curvature: [directions], of the paths given the parameters; elsewhere it is 1.
    """

    x: Floats
    root: Floats
    response: Floats
    directions: Floats
    curvature: Floats

    def draws(self, rng: np.random.Generator, count: int) -> Floats:
        """Draw points, [count, size]."""
        size = self.root.shape[0]
        moved = rng.standard_normal((count, size)) @ self.root.T
        own = rng.standard_normal((count, self.x.size - size))
        own += ((own @ self.directions) * (self.curvature**-0.5 - 1.0)) @ self.directions.T
        return np.asarray(self.x + np.concatenate([moved, own + moved @ self.response.T], axis=1))


class Slope:
    """A potential and its gradient, compiled once.

    Attributes:
        both: the two as JAX has them, of a point and data.
    """

    def __init__(self, potential: Potential) -> None:
        self.both = jax.jit(jax.value_and_grad(potential))

    def __call__(self, x: Floats, data: Any) -> tuple[float, Floats]:
        """Return the potential and its gradient at a point."""
        value, slope = self.both(jnp.asarray(x, jnp.float32), data)
        return float(value), np.asarray(slope, float)


def find_mode(slope: Slope, data: Any, start: Floats) -> Floats:
    """Climb to the mode by L-BFGS."""
    found = minimize(
        lambda x: slope(x, data),
        start,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": ROUNDS, "maxfun": 2 * ROUNDS, "maxcor": 20},
    )
    return np.asarray(found.x)


def laplace(slope: Slope, data: Any, x: Floats, parameters: int) -> Normal:
    """Return the normal distribution that has the curvature at a mode.

    With second derivatives ``[[P, C'], [C, Q]]`` for parameters and paths, and ``Q`` taken as 1 but for
    its stiffest directions, the parameters' precision is ``P - C' Q^-1 C``.
    """
    paths = curved(slope, data, [x], CURVED, free=slice(parameters, None)).stiffest(CURVED)
    own, stiff = paths.directions[parameters:], paths.curvature
    each = np.eye(parameters, x.size)
    columns = np.stack([_product(slope, data, [x], one) for one in each])
    p, c = columns[:, :parameters], columns[:, parameters:]
    response = -(c - ((c @ own) * (1 - 1 / stiff)) @ own.T)
    precision = p + c @ response.T
    values, vectors = np.linalg.eigh(0.5 * (precision + precision.T))
    root = vectors / np.sqrt(np.maximum(values, LEAST_PRECISION))
    return Normal(x, root, response.T, own, stiff)


def curved(
    slope: Slope, data: Any, points: Sequence[Floats], directions: int, free: slice = slice(None)
) -> Mode:
    """Measure the stiffest directions around the last of some points by Lanczos' method.

    The curvature of several points is averaged: what is stiff at one need not be at the next. ``free``
    are the coordinates that directions may have.
    """
    x = points[-1]
    mask = np.zeros(x.size)
    mask[free] = 1.0
    most = min(directions, int(mask.sum()) - 2)
    start = np.random.default_rng(0).standard_normal(x.size) * mask
    operator = LinearOperator(
        (x.size, x.size), matvec=lambda v: mask * _product(slope, data, points, mask * v.ravel()), dtype=float
    )
    width = min(2 * most + 1, x.size - 1)
    values, vectors = eigsh(operator, k=most, which="LA", ncv=width, tol=1e-2, v0=start, maxiter=20)
    return Mode(x, np.asarray(vectors), np.asarray(values))


def _product(slope: Slope, data: Any, points: Sequence[Floats], v: Floats) -> Floats:
    """Return the mean second derivative at some points times a vector, from gradients to both sides."""
    length = np.linalg.norm(v)
    if length == 0:
        return np.zeros_like(v)
    step = REACH * v / length
    sides = [at + way * step for at in points for way in (1, -1)]
    with ThreadPoolExecutor(cores()) as pool:
        slopes = list(pool.map(lambda at: slope(at, data)[1], sides))
    apart = np.sum(slopes[::2], axis=0) - np.sum(slopes[1::2], axis=0)
    return np.asarray(apart / (2 * REACH * len(points)) * length)


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Straight:
    """A linear map from coordinates in which stiff directions have been straightened.

    Attributes:
        x: [size], the point of coordinates 0.
        directions: [size, directions], orthonormal; ``stretch`` what is added to each one's length.
        width: [size], of the coordinates themselves, by which they are scaled first.
    """

    x: Array
    directions: Array
    stretch: Array
    width: Array

    def __call__(self, s: Array) -> Array:
        """Return the point of some coordinates."""
        wide = self.width * s
        return self.x + wide + self.directions @ (self.stretch * (self.directions.T @ wide))

    def slope(self, slope: Array) -> Array:
        """Return a gradient with regard to coordinates, from one with regard to the point."""
        return self.width * (slope + self.directions @ (self.stretch * (self.directions.T @ slope)))

    def widened(self, places: NDArray[np.float32]) -> Straight:
        """Return the same with the first coordinates scaled that are wide at some places ``[places, first]``.

        What is stiff here and there but wide on the whole is else left by small steps only.
        """
        spread = np.ones(self.width.size)
        spread[: places.shape[1]] = places.std(axis=0)
        return dataclasses.replace(self, width=self.width * jnp.where(spread > WIDE, spread, 1.0))

    def back(self, point: Array | NDArray[np.float32]) -> Array:
        """Return the coordinates of a point."""
        apart = jnp.asarray(point) - self.x
        narrow = (1.0 / (1.0 + self.stretch) - 1.0) * (self.directions.T @ apart)
        return (apart + self.directions @ narrow) / self.width


def straight(mode: Mode, most: int = DIRECTIONS) -> Straight:
    """Return coordinates around a mode; the number of directions is always ``most``."""
    own = mode.stiffest(most)
    missing = most - own.curvature.size
    directions = np.pad(own.directions, ((0, 0), (0, missing)))
    stretch = np.pad(own.curvature**-0.5 - 1.0, (0, missing))
    width = np.ones(mode.x.size)
    return Straight(*(jnp.asarray(a, jnp.float32) for a in (mode.x, directions, stretch, width)))
