"""Find the mode of a log density, its curvature there, and draws from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from numpyro.infer.hmc import hmc
from scipy.optimize import minimize
from scipy.sparse.linalg import LinearOperator, eigsh

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

    def draws(self, rng: np.random.Generator, count: int) -> Floats:
        """Draw from the normal distribution with the mode's curvature, [count, size]; elsewhere 1."""
        own = self.stiffest(self.curvature.size)
        s = rng.standard_normal((count, self.x.size))
        turned = (s @ own.directions) * (own.curvature**-0.5 - 1.0)
        return np.asarray(self.x + s + turned @ own.directions.T)


class Slope:
    """A potential and its gradient for numpy, compiled once."""

    def __init__(self, potential: Potential) -> None:
        self._both = jax.jit(jax.value_and_grad(potential))

    def __call__(self, x: Floats, data: Any) -> tuple[float, Floats]:
        """Return the potential and its gradient at a point."""
        value, slope = self._both(jnp.asarray(x, jnp.float32), data)
        return float(value), np.asarray(slope, float)


def find_mode(slope: Slope, data: Any, start: Floats, directions: int = CURVED) -> Mode:
    """Climb to the mode by L-BFGS and measure the stiffest directions there by Lanczos' method."""
    found = minimize(
        lambda x: slope(x, data),
        start,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": ROUNDS, "maxfun": 2 * ROUNDS, "maxcor": 20},
    )
    return curved(slope, data, [np.asarray(found.x)], directions)


def curved(slope: Slope, data: Any, points: Sequence[Floats], directions: int) -> Mode:
    """Measure the stiffest directions around the last of some points, from gradients to both sides of each.

    The curvature of several points is averaged: what is stiff at one need not be at the next.
    """
    x = points[-1]

    def product(v: Floats) -> Floats:
        v = v.ravel()
        length = np.linalg.norm(v)
        if length == 0:
            return np.zeros_like(v)
        step = REACH * v / length
        apart = sum(slope(at + step, data)[1] - slope(at - step, data)[1] for at in points)
        return np.asarray(apart / (2 * REACH * len(points)) * length)

    most = min(directions, x.size - 2)
    start = np.random.default_rng(0).standard_normal(x.size)
    operator = LinearOperator((x.size, x.size), matvec=product, dtype=float)
    width = min(2 * most + 1, x.size - 1)
    values, vectors = eigsh(operator, k=most, which="LA", ncv=width, tol=1e-2, v0=start, maxiter=20)
    return Mode(x, np.asarray(vectors), np.asarray(values))


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Straight:
    """A linear map from coordinates in which stiff directions have been straightened."""

    x: Array
    directions: Array
    stretch: Array

    def __call__(self, s: Array) -> Array:
        """Return the point of some coordinates."""
        return self.x + s + self.directions @ (self.stretch * (self.directions.T @ s))


def straight(mode: Mode, most: int = DIRECTIONS) -> Straight:
    """Return coordinates around a mode; the number of directions is always ``most``."""
    own = mode.stiffest(most)
    missing = most - own.curvature.size
    directions = np.pad(own.directions, ((0, 0), (0, missing)))
    stretch = np.pad(own.curvature**-0.5 - 1.0, (0, missing))
    return Straight(*(jnp.asarray(a, jnp.float32) for a in (mode.x, directions, stretch)))


class Sampler:
    """The no-U-turn sampler (Hoffman and Gelman 2014) in straightened coordinates, compiled once."""

    def __init__(self, potential: Potential, warmup: int, depth: int, accept: float) -> None:
        def around(data: Any, at: Straight) -> Callable[[Array], Array]:
            return lambda s: potential(at(s), data)

        start, step = hmc(potential_fn_gen=around, algo="NUTS")

        def begin(key: Array, s: Array, data: Any, at: Straight) -> Any:
            return start(
                s,
                warmup,
                max_tree_depth=depth,
                adapt_mass_matrix=False,
                target_accept_prob=accept,
                model_args=(data, at),
                rng_key=key,
            )

        self.begin = jax.jit(begin)
        self.step = jax.jit(lambda state, data, at: step(state, (data, at), {}))
        self.point = jax.jit(lambda state, at: at(state.z))
