"""What a point of the search says of the case's numbers and pushes, so that coordinates suit it."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from shatterbelt.inference.coordinates import Found, Implied, middle_of
from shatterbelt.inference.evidence import Evidence
from shatterbelt.inference.judging import flows
from shatterbelt.inference.layout import Layout
from shatterbelt.inference.paths import path_of
from shatterbelt.model.claims import reads_of
from shatterbelt.model.parts import Model
from shatterbelt.model.path import PathSight
from shatterbelt.model.step import Inputs, Packed, pack, predict

Floats = NDArray[np.float64]

APART = 0.1
"""Swings of a level, or standard normals of a constant, to both sides between which a slope is taken."""
BENT = 0.7
"""Standard normals of a constant to both sides between which a change of slope is taken."""
FAR = 4.0
"""Standard normals by which a share must be off where it was seen for that to be no guide to it."""
TINY = 1e-9
"""Change of a stock for each swing of a level below which it says nothing of it."""
BLIND = 10.0
"""Swings of a level beyond which an error is so large that nothing is said of it."""


class Finder:
    """Reads off a point of the search what `coordinates.Found` holds; compiled once."""

    def __init__(self, model: Model, layout: Layout) -> None:
        self._model, self._layout = model, layout
        levels = {layout.levels[row] for row in layout.observed}
        made_of = flows(model, layout.stocks)
        self._ways = [(stock, level) for stock in made_of for level in sorted(made_of[stock] & levels)]
        self._look = jax.jit(self._looked)

    def __call__(self, z: Floats, e: Floats, evidence: Evidence, on: Array) -> Found:
        """Return what is found at parameters ``z`` and coordinates of paths ``e``."""

        def look(z: Floats) -> tuple[Floats, ...]:
            at = (jnp.asarray(z, jnp.float32), jnp.asarray(e, jnp.float32))
            return tuple(np.asarray(part, float) for part in self._look(*at, evidence, on))

        rows, reads, swings, said = look(z)
        moves = [self._moves(look, z, name) for name in self._layout.constants if self._ways]
        implied = {}
        for way, (stock, level) in enumerate(self._ways):
            some = [move[way] for move in moves]
            implied[level] = self._implied(stock, swings[way], said[way], some, rows, evidence)
        astray = np.abs(e[len(self._layout.levels) :]) > FAR
        return Found(self._numbers(rows), reads, implied, astray.astype(float))

    def _looked(self, z: Array, e: Array, evidence: Evidence, on: Array) -> tuple[Array, ...]:
        path = path_of(self._model, self._layout, evidence, z, e, on)
        read = {claim: row for group in self._model.groups for claim, row in reads_of(group, path.sight)}
        none = jnp.zeros((0, self._layout.steps))
        reads = jnp.stack([read[claim.id] for claim in self._model.claims]) if read else none
        packed, swings, said = pack(self._model, path.rows), [], []
        for stock, level in self._ways:
            swings.append(path.sight.rows([(f"z:{level}", 0)])[0])
            moved = [path.sight.moved(level, by) for by in (-APART, 0.0, APART)]
            said.append(jnp.stack([self._stock(stock, sight, packed) for sight in moved]))
        return path.rows, reads, jnp.stack(swings) if swings else none, jnp.stack(said) if said else none

    def _stock(self, name: str, sight: PathSight, packed: Packed) -> Array:
        place = next(i for i, group in enumerate(self._model.groups) if name in group.names)
        said = predict(self._model, place, sight, packed, Inputs())
        return said["value"][self._model.groups[place].names.index(name)]

    def _moves(self, look: Callable[[Floats], tuple[Floats, ...]], z: Floats, constant: str) -> Floats:
        """Return how a constant moves what stocks say of their levels: [ways, 2, steps].

        For each unit above where it stands, and for the square of that.
        """
        place = self._place(f"constant.{constant}")
        one = (np.arange(len(z)) == place).astype(float)

        def slope(z: Floats) -> tuple[float, Floats]:
            here, more, less = (look(z + by * one) for by in (0.0, APART, -APART))
            by = (more[3][:, 1] - less[3][:, 1]) / (more[0][place] - less[0][place])
            of = (here[3][:, 2] - here[3][:, 0]) / (2 * APART)
            return float(here[0][place]), -np.divide(by, of, out=np.zeros_like(by), where=np.abs(of) > TINY)

        (low, before), (_, now), (high, after) = (slope(z + by * one) for by in (-BENT, 0.0, BENT))
        return np.stack([now, 0.5 * (after - before) / (high - low)], axis=1)

    def _implied(
        self, stock: str, swings: Floats, said: Floats, moves: list[Floats], rows: Floats, evidence: Evidence
    ) -> Implied:
        """Return what a stock says of the level, with what it is said to be at the level's swings."""
        row = self._layout.stocks.index(stock)
        error = np.asarray(evidence.stock_errors, float)[row] * self._model.quantities[stock].scale.width
        slope = (said[2] - said[0]) / (2 * APART)
        steps = np.flatnonzero((error > 0) & (error < BLIND * np.abs(slope)))
        apart = np.asarray(evidence.stocks, float)[row] - said[1]
        values = swings[steps] + apart[steps] / slope[steps]
        moved = np.zeros((len(steps), len(moves), 2))
        for place, (name, (by, bend)) in enumerate(zip(self._layout.constants, moves, strict=True)):
            # From where the constant stands to the middle of its prior, which coordinates count from.
            up = float(rows[self._place(f"constant.{name}")]) - middle_of(self._model, name)
            values += (bend * up**2 - by * up)[steps]
            moved[:, place] = np.stack([by - 2.0 * bend * up, bend], axis=1)[steps]
        return Implied(steps, values, error[steps] / np.abs(slope[steps]), moved)

    def _numbers(self, rows: Floats) -> dict[str, dict[str, float]]:
        """Return how much each level keeps, how noisy it is, and how far a push moves it."""
        found = {}
        for level in self._layout.levels:
            numbers = {"gain": self._model.quantities[level].numbers["gain"]}
            for key in ("kept", "noise"):
                if (place := self._place(f"{key}.{level}")) >= 0:
                    numbers[key] = float(rows[place])
            if "kept" in numbers:
                numbers["gain"] = 1.0 - numbers["kept"]
            found[level] = numbers
        return found

    def _place(self, name: str) -> int:
        names = self._model.parameter_names
        return names.index(name) if name in names else -1
