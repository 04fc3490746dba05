"""Run the sampler's chains: come near, straighten, adapt, draw until there is enough, and be resumable."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from shatterbelt.futures.devices import cores
from shatterbelt.inference.diagnostics import needed
from shatterbelt.inference.sampling import DIRECTIONS, Mode, Slope, Straight, curved, straight
from shatterbelt.inference.trajectories import Pace, Sampler, State, settled

Floats = NDArray[np.float64]
Tell = Callable[[int, int], None]
"""Told how many iterations are done, and how many there may be."""

NEAR = 60
"""Iterations that only serve to come from the mode to where the posterior's weight lies."""
WIDE_AFTER = 1 / 2
"""Part of the warm-up after which parameters that turned out wide are scaled."""
FIRST_STEP = 0.1
"""Size of the first steps, from which it is adapted."""
ROUND = 250
"""Draws of each chain between two looks at the diagnostics, and between two checkpoints."""
HOPELESS = 2.0
"""Times the most draws: if the diagnostics ask for more, there are no further rounds."""
STATS = ("diverging", "n_steps", "acceptance_rate", "energy", "lp", "step_size")


@dataclass(frozen=True)
class Paced:
    """A chain after some iterations that adapted its steps.

    Attributes:
        state: where it stands.
        pace: what it heard.
        places: [iterations, size], where it stood, in its coordinates.
    """

    state: State
    pace: Pace
    places: NDArray[np.float32]


@dataclass
class Chain:
    """One chain, where it stands and what it gave.

    Attributes:
        state: the sampler's.
        around: its coordinates.
        size: how long its steps are.
        points: rounds of [draws, size].
        stats: for each name of `STATS` the number of every draw.
    """

    state: State
    around: Straight
    size: float
    points: list[NDArray[np.float32]]
    stats: dict[str, list[float]]

    @property
    def drawn(self) -> int:
        """How many draws there are."""
        return sum(len(part) for part in self.points)


class Chains:
    """Chains of one fit."""

    def __init__(
        self, sampler: Sampler, slope: Slope, data: Any, mode: Mode, count: int, seed: int, accept: float
    ) -> None:
        self._sampler, self._slope, self._data, self._mode = sampler, slope, data, mode
        self._seed, self._accept = seed, accept
        self.chains: list[Chain] = []
        self._count, self._done = count, [0] * count

    def run(
        self, warmup: int, least: int, most: int, parameters: int, tell: Tell, part: Path | None = None
    ) -> None:
        """Draw at least ``least`` and at most ``most`` times from each chain.

        Stops in between when the diagnostics of the first ``parameters`` coordinates are good, or so bad that
        the most draws would not mend them.

        Args:
            warmup: iterations in which the step size is adapted.
            least: fewest draws of each chain.
            most: most draws of each chain.
            parameters: how many coordinates are looked at.
            tell: told how far it is.
            part: file that keeps what has been drawn; a run that was stopped goes on from there.
        """
        self._tell, self._total = tell, self._count * (NEAR + warmup + most)
        at = straight(self._mode)
        starts = [self._begin(number, at) for number in range(self._count)]
        with ThreadPoolExecutor(min(self._count, cores())) as pool:
            if part is None or not self._resumed(part, starts[0], warmup):
                self.chains = self._adapted(pool, starts, at, warmup, parameters)
            while wanted := self._wanted(least, most, parameters):
                list(pool.map(self._draw, range(self._count), [wanted] * self._count))
                if part is not None:
                    self._keep(part)

    def _wanted(self, least: int, most: int, parameters: int) -> int:
        """Return how many draws of each chain the next round takes; 0 for enough."""
        drawn = self.chains[0].drawn
        if drawn < least:
            return min(ROUND, least - drawn)
        if drawn >= most:
            return 0
        more = needed(self.points[..., :parameters].astype(float))
        if more == 0 or more > HOPELESS * most:
            return 0
        return min(ROUND, most - drawn)

    @property
    def points(self) -> NDArray[np.float32]:
        """All draws, [chains, draws, size]."""
        return np.stack([np.concatenate(chain.points) for chain in self.chains])

    @property
    def stats(self) -> dict[str, NDArray[Any]]:
        """Numbers of each draw, [chains, draws]."""
        return {key: np.array([chain.stats[key] for chain in self.chains]) for key in STATS}

    def _begin(self, number: int, at: Straight) -> State:
        key = jax.random.fold_in(jax.random.PRNGKey(self._seed), number)
        place = jax.random.normal(jax.random.fold_in(key, 1), (self._mode.x.size,))
        return self._sampler.begin(key, at(place), self._data, at)

    def _step(self, number: int, state: State, around: Straight, size: float) -> State:
        self._done[number] += 1
        self._tell(sum(self._done), self._total)
        return self._sampler.step(state, self._data, around, size)

    def _adapted(
        self, pool: ThreadPoolExecutor, starts: list[State], at: Straight, warmup: int, parameters: int
    ) -> list[Chain]:
        """Come to where the posterior's weight lies, find coordinates that suit it, and settle the steps.

        What is stiff there, and how wide it is, is measured over all chains, so that none is led by what it
        met in one place only.
        """
        near = self._paced(pool, starts, at, [FIRST_STEP] * self._count, NEAR)
        quarter = NEAR // 4
        places = [
            np.asarray(at(jnp.asarray(s)), float)
            for one in near
            for s in one.places[2 * quarter - 1 :: quarter]
        ]
        stiff = curved(self._slope, self._data, places, DIRECTIONS)
        around = straight(dataclasses.replace(stiff, x=self._mode.x))
        sizes = [settled([one.pace], self._accept) for one in near]
        first = round(WIDE_AFTER * warmup)
        warm = self._paced(pool, self._moved(near, at, around), around, sizes, first)
        wider = around.widened(np.concatenate([one.places[first // 3 :, :parameters] for one in warm]))
        size = settled([one.pace for one in warm], self._accept)
        warm = self._paced(
            pool, self._moved(warm, around, wider), wider, [size] * self._count, warmup - first
        )
        size = settled([one.pace for one in warm], self._accept)
        return [Chain(one.state, wider, size, [], {key: [] for key in STATS}) for one in warm]

    def _moved(self, paced: list[Paced], at: Straight, to: Straight) -> list[State]:
        """Return chains in other coordinates."""
        states = [one.state for one in paced]
        return [self._sampler.begin(one.key, self._sampler.point(one, at), self._data, to) for one in states]

    def _paced(
        self, pool: ThreadPoolExecutor, states: list[State], around: Straight, sizes: list[float], count: int
    ) -> list[Paced]:
        """Run all chains for some iterations that adapt the size of their steps."""

        def run(number: int) -> Paced:
            state, pace, places = states[number], Pace(sizes[number], self._accept), []
            for _ in range(count):
                state = self._step(number, state, around, pace.size)
                pace.hear(float(state.accepted))
                places.append(np.asarray(state.s, np.float32))
            return Paced(state, pace, np.stack(places))

        return list(pool.map(run, range(self._count)))

    def _draw(self, number: int, count: int) -> None:
        chain, points = self.chains[number], []
        for _ in range(count):
            chain.state = self._step(number, chain.state, chain.around, chain.size)
            points.append(self._sampler.point(chain.state, chain.around))
            _note(chain)
        chain.points.append(np.stack(points))

    # -------------------------------------------------------------------------- checkpoints

    def _keep(self, part: Path) -> None:
        """Write what has been drawn beside the file's name and then in its place."""
        arrays: dict[str, NDArray[Any]] = {}
        for number, chain in enumerate(self.chains):
            leaves = jax.tree_util.tree_leaves((chain.state, chain.around))
            arrays |= {f"{number}.leaf.{i}": np.asarray(leaf) for i, leaf in enumerate(leaves)}
            arrays[f"{number}.points"] = np.concatenate(chain.points)
            arrays |= {f"{number}.{key}": np.asarray(values) for key, values in chain.stats.items()}
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=part.parent, suffix=".npz")
        except OSError:
            return  # a folder that cannot be written to costs only the chance to go on later
        with os.fdopen(handle, "wb") as out:
            np.savez(out, **arrays)  # type: ignore[arg-type]  # its stubs take the names for options
        Path(name).replace(part)

    def _resumed(self, part: Path, state: State, warmup: int) -> bool:
        """Take up what a stopped run had drawn; False if there is nothing, or nothing that fits."""
        if not part.is_file():
            return False
        like, shape = jax.tree_util.tree_flatten((state, straight(self._mode)))
        try:
            with np.load(part, allow_pickle=False) as kept:
                for number in range(self._count):
                    leaves = [jnp.asarray(kept[f"{number}.leaf.{i}"]) for i in range(len(like))]
                    own, around = jax.tree_util.tree_unflatten(shape, leaves)
                    stats = {key: kept[f"{number}.{key}"].tolist() for key in STATS}
                    self.chains.append(
                        Chain(own, around, stats["step_size"][-1], [kept[f"{number}.points"]], stats)
                    )
        except (OSError, ValueError, KeyError):
            self.chains = []
            return False
        self._done = [NEAR + warmup + chain.drawn for chain in self.chains]
        return True


def _note(chain: Chain) -> None:
    stats, state = chain.stats, chain.state
    stats["diverging"].append(bool(state.diverging))
    stats["n_steps"].append(int(state.steps))
    stats["acceptance_rate"].append(float(state.accepted))
    stats["energy"].append(float(state.energy))
    stats["lp"].append(-float(state.potential))
    stats["step_size"].append(chain.size)
