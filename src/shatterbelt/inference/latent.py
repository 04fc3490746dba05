"""Lay out levels that nobody observes where the record's telling of them puts them.

What an unobserved level pushes tells where it was: the more strongly, the stronger the claim. With the
claims' weights known, its path given the paths of what it pushes is normal but for events and shares: a
prior of waves ``W`` with variances ``L``, and effects that give it precision ``D`` and point at ``b``. So
its path is made as

    u = rest + pushed + W ((1 + L D)^(-1/2) L^(1/2) e + L / (1 + L D) W' b)

with ``e`` standard normals. Whatever ``D`` and ``b`` are, this is a change of variables whose determinant
is known, so that it moves no result; when they are right, parameters and path no longer hang together
(Papaspiliopoulos, Roberts and Skoeld 2007, whose degree of centring is here a function of the parameters).
"""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from shatterbelt.inference.evidence import Layout
from shatterbelt.inference.pins import Known, Pins, lag_of, plain
from shatterbelt.model.claims import push_of
from shatterbelt.model.parts import Model
from shatterbelt.model.past import Sight, column
from shatterbelt.model.path import filtered
from shatterbelt.model.step import Inputs, predict

MOST_RATE = 4.0
"""Events a step beyond which a rate is not taken when it is asked what events tell of their causes."""


@dataclass(frozen=True)
class Moved:
    """Where the levels lie before unobserved ones are laid out.

    Attributes:
        swings: [levels, steps], the paths of those that are known, in swings.
        ratio: [levels], each level's noise over that of its coordinates.
        rest: [levels, steps], where each lies without any shock or push.
    """

    swings: Array
    ratio: Array
    rest: Array


@dataclass(frozen=True)
class Tie:
    """A claim by which an effect tells of an unobserved level: its place, the effect's, and the lag."""

    claim: int
    effect: int
    lag: int


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Told:
    """What effects tell of their causes, in rows.

    Attributes:
        apart: [effects, steps], how far each lies from what is known to push it, in standard deviations.
        slope: [effects, 1], how far a push of 1 moves it, in the same.
        weight: [effects, steps], 1 where it tells something, 0 where not.
    """

    apart: Array
    slope: Array
    weight: Array


class Latent:
    """The unobserved levels of a path while it is made, group by group.

    Attributes:
        narrowed: what the record's telling adds to the log determinant of the change of variables.
    """

    def __init__(self, known: Known, moved: Moved) -> None:
        self._known, self._moved = known, moved
        self._model, self._layout, self._evidence = known.model, known.layout, known.evidence
        self._groups = _telling(known.model, known.layout)
        names = [name for place in self._groups for name in known.model.groups[place].names]
        self._effects = {name: row for row, name in enumerate(names)}
        self._told: Told | None = None
        self._pins: Pins | None = None
        self.narrowed: Array = jnp.zeros((), known.rows.dtype)

    def lay(self, place: int, sight: Sight, e: Array) -> Array:
        """Return the paths of a group in swings, ``[levels, steps]``, from coordinates ``e``."""
        told, pins = self._told or self._tell(sight), self._pins or Pins(self._known, sight)
        group, at = self._model.groups[place], self._evidence.coordinates
        levels = np.array([self._layout.levels.index(name) for name in group.names])
        some = np.array([self._layout.laid.index(row) for row in levels])
        keep = np.array([self._layout.keep[row] for row in levels])
        push = push_of(group, sight, self._known.packed.weights[place])
        still = self._moved.rest[levels] + filtered(self._known.packed.numbers[place]["gain"] * push, keep)
        ties = {row: self._ties(name) for row, name in enumerate(group.names)}
        precise, pointing = self._pull(ties, told, still)
        wide = self._moved.ratio[levels, None] ** 2 * at.widths[some]
        shrunk = 1.0 / (1.0 + wide * precise)
        along = jnp.einsum("lts,lt->ls", at.waves[some], pointing)
        root = jnp.sqrt(wide * shrunk)
        mean = still + jnp.einsum("lts,ls->lt", at.waves[some], wide * shrunk * along)
        self.narrowed = self.narrowed + 0.5 * (at.inside * jnp.log(shrunk)).sum()
        placed = []
        for row, name in enumerate(group.names):
            shocks, narrowed = pins.place(name, mean[row], at.waves[some[row]] * root[row], e[row])
            self.narrowed = self.narrowed + narrowed
            placed.append(shocks)
        path = mean + jnp.einsum("lts,ls->lt", at.waves[some], root * jnp.stack(placed))
        self._told, self._pins = self._more(place, self._less(ties, told, path), path, push), pins
        for row, name in enumerate(group.names):
            pins.account(name, path[row])
        return path

    def _pull(self, ties: dict[int, list[Tie]], told: Told, still: Array) -> tuple[Array, Array]:
        """Return the precision ``[levels, 1]`` and the pointing ``[levels, steps]`` of what levels push."""
        known = jnp.maximum(self._evidence.coordinates.inside.sum(), 1.0)
        precise, pointing = jnp.zeros((len(still), 1), still.dtype), jnp.zeros_like(still)
        for lag, levels, effects, claims in _by_lag(ties):
            slope = self._known.rows[claims, None] * told.slope[effects]
            weight = _moved(told.weight[effects], -lag)
            apart = _moved(told.weight[effects] * told.apart[effects], -lag)
            on_level = jnp.asarray(np.arange(len(still))[:, None] == levels, still.dtype)
            pointing = pointing + on_level @ (slope * (apart - slope * weight * still[levels]))
            precise = precise + on_level @ (slope**2 * weight.sum(axis=1, keepdims=True) / known)
        return precise, pointing

    def _less(self, ties: dict[int, list[Tie]], told: Told, path: Array) -> Told:
        """Take what laid paths push off what is still to be told."""
        apart = told.apart
        for lag, levels, effects, claims in _by_lag(ties):
            pushed = self._known.rows[claims, None] * told.slope[effects] * _moved(path[levels], lag)
            on_effect = jnp.asarray(np.arange(len(apart))[:, None] == effects, apart.dtype)
            apart = apart - on_effect @ pushed
        return Told(apart, told.slope, told.weight)

    def _more(self, place: int, told: Told, path: Array, push: Array) -> Told:
        """Add a group that has been laid out, if it tells of causes that are laid out after it."""
        names = self._model.groups[place].names
        later = {name for group in self._model.groups[place + 1 :] for name in group.names}
        causes = {self._layout.levels[row] for row in self._layout.laid} & later
        if not any(c.effect in names and c.cause in causes and plain(c) for c in self._model.claims):
            return told
        numbers = self._known.packed.numbers[place]
        before = _moved(path, 1) - numbers["baseline"]
        mean = numbers["baseline"] + numbers["kept"] * before + numbers["gain"] * push
        self._effects |= {name: len(told.apart) + row for row, name in enumerate(names)}
        later_steps = np.arange(self._layout.steps) > 0
        weight = jnp.broadcast_to(self._evidence.coordinates.inside * later_steps, path.shape)
        slope = jnp.broadcast_to(numbers["gain"] / numbers["noise"], (len(names), 1))
        own = Told((path - mean) / numbers["noise"], slope, weight)
        found: Told = jax.tree_util.tree_map(lambda *parts: jnp.concatenate(parts), told, own)
        return found

    def _ties(self, name: str) -> list[Tie]:
        return [
            Tie(place, self._effects[claim.effect], lag_of(claim))
            for place, claim in enumerate(self._model.claims)
            if claim.cause == name and plain(claim) and claim.effect in self._effects
        ]

    def _tell(self, sight: Sight) -> Told:
        """Return what the effects tell, nothing being known of the unobserved levels."""
        told = [self._told_by(place, sight) for place in self._groups]
        shape = (0, self._layout.steps)
        none = Told(jnp.zeros(shape), jnp.zeros((0, 1)), jnp.zeros(shape))
        found: Told = jax.tree_util.tree_map(lambda *parts: jnp.concatenate(parts), none, *told)
        return found

    def _told_by(self, place: int, sight: Sight) -> Told:
        """Return what one group of effects tells."""
        layout, evidence, group = self._layout, self._evidence, self._model.groups[place]
        said = predict(self._model, place, sight, self._known.packed, Inputs())
        inside = evidence.coordinates.inside
        if group.kind == "events":
            rows = np.array([layout.events.index(name) for name in group.names])
            rate = jnp.minimum(jnp.exp(said["log_rate"]), MOST_RATE)
            mean = rate.mean(axis=1, keepdims=True)
            slope = jnp.sqrt(mean / (1.0 + mean / said["dispersion"]))
            apart = (evidence.counts[rows] - rate) / mean * slope
            return Told(apart, slope, evidence.tied[rows, None] * inside)
        levels = np.array([layout.levels.index(name) for name in group.names])
        seen = column([float(row not in layout.laid) for row in levels], 1)
        later = jnp.asarray(np.arange(layout.steps) > 0, seen.dtype)
        apart = (self._moved.swings[levels] - said["mean"]) / said["sd"]
        return Told(apart, self._known.packed.numbers[place]["gain"] / said["sd"], seen * later * inside)


def _telling(model: Model, layout: Layout) -> list[int]:
    """Return the places of the groups in which effects tell of unobserved levels."""
    causes = {layout.levels[row] for row in layout.laid}
    known = {name for row, name in enumerate(layout.levels) if row not in layout.laid}
    effects = {claim.effect for claim in model.claims if claim.cause in causes and plain(claim)}
    return [
        place
        for place, group in enumerate(model.groups)
        if effects & set(group.names) & (known | set(layout.events))
    ]


Rows = NDArray[np.int_]


def _by_lag(ties: dict[int, list[Tie]]) -> list[tuple[int, Rows, Rows, Rows]]:
    """Return for each lag the rows of levels, effects and claims that it joins."""
    flat = [(tie.lag, level, tie.effect, tie.claim) for level, some in ties.items() for tie in some]
    found = []
    for lag in sorted({one[0] for one in flat}):
        levels, effects, claims = np.array([one[1:] for one in flat if one[0] == lag]).T
        found.append((lag, levels, effects, claims))
    return found


def _moved(rows: Array, lag: int) -> Array:
    """Move rows ``[rows, steps]`` later by a lag, or earlier by a negative one; what comes in is 0."""
    none = jnp.zeros((rows.shape[0], abs(lag)), rows.dtype)
    if lag >= 0:
        return jnp.concatenate([none, rows[:, : rows.shape[1] - lag]], axis=1)
    return jnp.concatenate([rows[:, -lag:], none], axis=1)
