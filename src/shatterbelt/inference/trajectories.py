"""The no-U-turn sampler in coordinates that are near standard normals, and the size of its steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from numpyro.infer.hmc_util import (
    IntegratorState,
    build_tree,
    dual_averaging,
    euclidean_kinetic_energy,
)
from scipy.special import ndtr, ndtri

from shatterbelt.inference.sampling import Mode, Slope, Straight, straight

DRAWN_BACK = 0.2
"""How strongly adaptation is drawn back to the first size of a step. By less (0.05 is usual) steps grow and
shrink with the place where a chain is, and then what is heard does not tell how long steps may be that stay
as they are."""
LEAST_SIZE = 1e-5
"""No step is made smaller: where none is accepted its size would else vanish, and the chain with it."""


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class State:
    """Where a chain stands, and how it came there.

    Attributes:
        s: [size], coordinates; ``potential`` there, and its ``slope``.
        key: of the next iteration's draws.
        energy: of the iteration.
        steps: how many it took.
        accepted: the share of them that would have been accepted.
        diverging: whether their energy ran away.
    """

    s: Array
    potential: Array
    slope: Array
    key: Array
    energy: Array
    steps: Array
    accepted: Array
    diverging: Array


class Sampler:
    """The no-U-turn sampler (Hoffman and Gelman 2014; NumPyro's trees) in straightened coordinates.

    The coordinates are near standard normals, so a step moves along the circles on which standard normals
    move, without error whatever its length, and corrects for what the potential has beside (Shahbaba, Lan,
    Johnson and Neal 2014; Casas, Sanz-Serna and Shaw 2022). Every iteration is told how long its steps are:
    `Pace` finds that.
    """

    def __init__(self, slope: Slope, depth: int) -> None:
        both = slope.both

        def step(state: State, data: Any, at: Straight, size: Array) -> State:
            def around(s: Array) -> tuple[Array, Array]:
                potential, slope = both(at(s), data)
                return potential, at.slope(slope)

            key, speed, tree = jax.random.split(state.key, 3)
            moving = jax.random.normal(speed, state.s.shape, state.s.dtype)
            made = build_tree(
                turned(around),
                euclidean_kinetic_energy,
                IntegratorState(state.s, moving, state.potential, state.slope),
                jnp.ones_like(state.s),
                size,
                tree,
                max_tree_depth=depth,
            )
            return State(
                made.z_proposal,
                made.z_proposal_pe,
                made.z_proposal_grad,
                key,
                made.z_proposal_energy,
                made.num_proposals,
                made.sum_accept_probs / made.num_proposals,
                made.diverging,
            )

        self._both, self._step = both, jax.jit(step)
        self._point = jax.jit(lambda state, at: at(state.s))
        self._turned = jax.jit(lambda point, slope, at: (at.back(point), at.slope(slope)))

    def ready(self, data: Any, size: int) -> None:
        """Compile the steps of a run, so that no two chains do so at once."""
        at = straight(Mode(np.zeros(size), np.zeros((size, 0)), np.zeros(0)))
        here, none = jnp.zeros(size, jnp.float32), jnp.zeros(())
        state = State(here, none, here, jax.random.PRNGKey(0), none, jnp.zeros((), int), none, none > 0)
        self.point(self.step(state, data, at, 0.0), at)

    def begin(self, key: Array, point: Array | NDArray[np.float32], data: Any, at: Straight) -> State:
        """Return a chain that stands at a point."""
        point = jnp.asarray(point, jnp.float32)
        potential, slope = self._both(point, data)
        none = jnp.zeros(())
        s, slope = self._turned(point, slope, at)
        return State(s, potential, slope, key, none, jnp.zeros((), int), none, none > 0)

    def step(self, state: State, data: Any, at: Straight, size: float) -> State:
        """Make one iteration with steps of some size."""
        made: State = self._step(state, data, at, jnp.asarray(size, jnp.float32))
        return made

    def point(self, state: State, at: Straight) -> NDArray[np.float32]:
        """Return the point at which a chain stands."""
        return np.asarray(self._point(state, at), np.float32)


def turned(around: Callable[[Array], tuple[Array, Array]]) -> Callable[..., IntegratorState]:
    """Return a step of Hamiltonian dynamics that is exact for standard normals.

    Half a push by the potential less ``s^2 / 2``, a turn of position and speed by the step's size, half a
    push: reversible and volume-preserving like the leapfrog.
    """

    def update(size: Array, _: Array, at: IntegratorState) -> IntegratorState:
        s, moving, _, slope = at
        moving = moving - 0.5 * size * (slope - s)
        cos, sin = jnp.cos(size), jnp.sin(size)
        s, moving = cos * s + sin * moving, cos * moving - sin * s
        potential, slope = around(s)
        return IntegratorState(s, moving - 0.5 * size * (slope - s), potential, slope)

    return update


class Pace:
    """Adapts the size of steps so that as many are taken as one wants (Hoffman and Gelman 2014).

    By dual averaging over all iterations. What it settles at is left to `settled`: a chain that was stuck
    for a while would drag the average down.

    Attributes:
        size: of the next iteration's steps.
        heard: sizes so far, and the share of steps that would have been accepted.
    """

    def __init__(self, first: float, accept: float) -> None:
        begin, update = dual_averaging(gamma=DRAWN_BACK)
        self._accept, self._update = accept, jax.jit(update)
        self._state = begin(jnp.log(jnp.asarray(first)))
        self.size = first
        self.heard: list[tuple[float, float]] = []

    def hear(self, accepted: float) -> None:
        """Take in the share of an iteration's steps that would have been accepted."""
        self.heard.append((self.size, accepted))
        self._state = self._update(self._accept - accepted, self._state)
        self.size = max(float(jnp.exp(self._state[0])), LEAST_SIZE)


def settled(paces: Sequence[Pace], accept: float) -> float:
    """Return the size of steps at which a share ``accept`` of them is taken, from what paces have heard.

    The first third of each is left out. In many dimensions the share taken at a size ``s`` is near
    ``2 Phi(-c s^2)`` (Beskos and others 2013); the size is where the curve that lies nearest in squares to
    all that was heard passes ``accept``. What is refused at any size, as when a chain is stuck, moves it
    little.
    """
    sizes, taken = np.concatenate([one.heard[len(one.heard) // 3 :] for one in paces]).T
    least, most = np.log(sizes.min()), np.log(sizes.max())
    tried = np.exp(np.linspace(least, most, 400))
    curves = 2.0 * ndtr(ndtri(accept / 2.0) * (sizes / tried[:, None]) ** 2)
    return float(tried[((curves - taken) ** 2).sum(axis=1).argmin()])
