"""Lay out levels that nobody observes where the record's telling of them puts them.

What an unobserved level pushes tells where it was: the more strongly, the stronger the claim. With the
claims' weights known, its path given the paths of what it pushes is normal but for events and shares: a
prior of waves ``W`` with variances ``L`` (`coordinates.waves_of`), and effects that give it precision ``D``
and point at ``b``. So its path is made as

    u = rest + pushed + W ((1 + L D)^(-1/2) L^(1/2) e + L / (1 + L D) W' b)

with ``e`` standard normals. Whatever ``D`` and ``b`` are, this is a change of variables whose determinant
is known, so that it moves no result; when they are right, parameters and path no longer hang together
(Papaspiliopoulos, Roberts and Skoeld 2007, whose degree of centring is here a function of the parameters).
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from shatterbelt.inference.layout import Layout
from shatterbelt.inference.pins import Give, Known, lag_of, plain
from shatterbelt.model.claims import push_of
from shatterbelt.model.fading import filtered
from shatterbelt.model.parts import ClaimPart, Model
from shatterbelt.model.past import Sight, column
from shatterbelt.model.step import Inputs, predict

MOST_RATE = 4.0
"""Events a step beyond which a rate is not taken when it is asked what events tell of their causes."""


@dataclass(frozen=True)
class Tie:
    """A claim by which an effect tells of an unobserved level.

    Attributes:
        claim, effect: their places.
        lag: at which the claim reads the level.
        decay: of the memory by which it reads it, 0 for the level as it stands.
    """

    claim: int
    effect: int
    lag: int
    decay: float


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

    def __init__(self, known: Known, swings: Array, shocks: Mapping[str, Array]) -> None:
        """Look at what is known.

        Args:
            known: the case, its record and parameters.
            swings: [levels, steps], the paths of levels; those of unobserved ones tell nothing.
            shocks: unobserved level -> [waves], its coordinates.
        """
        self._known, self._swings, self._shocks = known, swings, shocks
        self._model, self._layout, self._evidence = known.model, known.layout, known.evidence
        self._tells = functools.partial(_tells, known.model)
        self._groups = _telling(known.model, known.layout)
        names = [name for place in self._groups for name in known.model.groups[place].names]
        self._effects = {name: row for row, name in enumerate(names)}
        known_steps = self._evidence.coordinates.inside.sum()
        turn = (jnp.arange(self._layout.steps) + 0.5) * jnp.pi / (known_steps + 0.5)
        self._rough = 2.0 - 2.0 * jnp.cos(turn)
        self._told: Told | None = None
        self._first: Told | None = None
        self._ahead: dict[int, Array] = {}
        self._gives: dict[tuple[str, ...], Give] = {}
        self.narrowed: Array = jnp.zeros((), known.rows.dtype)

    def again(self, shocks: Mapping[str, Array]) -> Latent:
        """Return the same with other coordinates, and nothing laid out."""
        other = Latent(self._known, self._swings, shocks)
        other._first = self._first
        return other

    def gives(self) -> dict[str, Give]:
        """Return how each level gives way, in the order in which they have been laid out."""
        return {name: give.of(row) for names, give in self._gives.items() for row, name in enumerate(names)}

    def lay(self, place: int, sight: Sight) -> Array:
        """Return the paths of a group in swings, ``[levels, steps]``."""
        self._first = self._first or self._tell(sight)
        told = self._told or self._first
        path, give, ties = self._made(place, sight, told, self._push_ahead(place, sight, told))
        self._told = self._less(ties, told, path)
        self._gives[self._model.groups[place].names] = give
        inside = self._evidence.coordinates.inside
        self.narrowed = self.narrowed + (inside * jnp.log(give.root)).sum() - jnp.log(give.size).sum()
        return path

    def _made(
        self, place: int, sight: Sight, told: Told, more: Array
    ) -> tuple[Array, Give, dict[int, list[Tie]]]:
        """Return a group's paths, how they give way, and who tells of them; ``more`` is pushed beside."""
        group, waves = self._model.groups[place], self._evidence.coordinates.waves
        push = push_of(group, sight, self._known.packed.weights[place]) + more
        numbers = self._known.packed.numbers[place]
        kept, gain = numbers["kept"], jnp.broadcast_to(numbers["gain"], numbers["kept"].shape)
        rest = numbers["baseline"] * (1.0 - kept ** np.arange(1, self._layout.steps + 1))
        still = rest + filtered(gain * push, kept[:, 0])
        ties = {row: self._ties(name) for row, name in enumerate(group.names)}
        precise, pointing = self._pull(ties, told, still)
        wide = numbers["noise"] ** 2 / ((1.0 - kept) ** 2 + kept * self._rough)
        shrunk = 1.0 / (1.0 + wide * precise)
        root = jnp.sqrt(wide * shrunk)
        shocks = jnp.stack([self._shocks[name] for name in group.names])
        # The waves are a level's own but for its last step, which is freer than theirs: taken in apart.
        last = self._evidence.coordinates.inside * (
            1.0 - jnp.append(self._evidence.coordinates.inside[1:], 0.0)
        )
        v = jnp.sqrt(kept * (1.0 - kept)) / numbers["noise"] * (last @ waves) * root
        size = jnp.sqrt(1.0 + (v**2).sum(axis=1, keepdims=True))
        mean = root * (pointing @ waves)
        mean = mean - v * (v * mean).sum(axis=1, keepdims=True) / size**2
        own = shocks - v * (v * shocks).sum(axis=1, keepdims=True) / (size * (size + 1.0))
        return still + (root * (mean + own)) @ waves.T, Give(root, shrunk, kept, gain, v, size), ties

    def _push_ahead(self, place: int, sight: Sight, told: Told) -> Array:
        """Return what levels that are laid out later push a group by, as they lie without others' pushes."""
        names = self._model.groups[place].names
        places = {name: later for later, group in enumerate(self._model.groups) for name in group.names}
        push = jnp.zeros((len(names), self._layout.steps), self.narrowed.dtype)
        for number, claim in enumerate(self._model.claims):
            if claim.effect not in names or claim.cause not in self._shocks or not self._tells(claim):
                continue
            if (later := places[claim.cause]) > place:
                if later not in self._ahead:
                    nothing = jnp.zeros((len(self._model.groups[later].names), self._layout.steps))
                    self._ahead[later] = self._made(later, sight, told, nothing)[0]
                row = self._model.groups[later].names.index(claim.cause)
                path = self._ahead[later][row : row + 1]
                read = _moved(_remembered(path, _decay_of(self._model, claim)), lag_of(claim))
                push = push.at[names.index(claim.effect)].add(self._known.rows[number] * read[0])
        return push

    def _pull(self, ties: dict[int, list[Tie]], told: Told, still: Array) -> tuple[Array, Array]:
        """Return the precision [levels, waves] and the pointing [levels, steps] of what levels push."""
        known = jnp.maximum(self._evidence.coordinates.inside.sum(), 1.0)
        precise, pointing = jnp.zeros_like(still), jnp.zeros_like(still)
        for (lag, decay), levels, effects, claims in _alike(ties):
            slope = self._known.rows[claims, None] * told.slope[effects]
            weight = _moved(told.weight[effects], -lag)
            apart = _moved(told.weight[effects] * told.apart[effects], -lag)
            on_level = jnp.asarray(np.arange(len(still))[:, None] == levels, still.dtype)
            misfit = slope * (apart - slope * weight * _remembered(still[levels], decay))
            pointing = pointing + on_level @ _remembered(misfit[:, ::-1], decay)[:, ::-1]
            sharp = slope**2 * weight.sum(axis=1, keepdims=True) / known
            precise = precise + on_level @ (sharp * _passed(decay, self._rough))
        return precise, pointing

    def _less(self, ties: dict[int, list[Tie]], told: Told, path: Array) -> Told:
        """Take what laid paths push off what is still to be told."""
        apart = told.apart
        for (lag, decay), levels, effects, claims in _alike(ties):
            read = _moved(_remembered(path[levels], decay), lag)
            pushed = self._known.rows[claims, None] * told.slope[effects] * read
            on_effect = jnp.asarray(np.arange(len(apart))[:, None] == effects, apart.dtype)
            apart = apart - on_effect @ pushed
        return Told(apart, told.slope, told.weight)

    def _ties(self, name: str) -> list[Tie]:
        return [
            Tie(place, self._effects[claim.effect], lag_of(claim), _decay_of(self._model, claim))
            for place, claim in enumerate(self._model.claims)
            if claim.cause == name and claim.effect in self._effects and self._tells(claim)
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
        apart = (self._swings[levels] - said["mean"]) / said["sd"]
        return Told(apart, self._known.packed.numbers[place]["gain"] / said["sd"], seen * later * inside)


def _telling(model: Model, layout: Layout) -> list[int]:
    """Return the places of the groups in which effects tell of unobserved levels."""
    causes = {layout.levels[row] for row in layout.laid}
    known = {name for row, name in enumerate(layout.levels) if row not in layout.laid}
    effects = {claim.effect for claim in model.claims if claim.cause in causes and _tells(model, claim)}
    return [
        place
        for place, group in enumerate(model.groups)
        if effects & set(group.names) & (known | set(layout.events))
    ]


Rows = NDArray[np.int_]


def _alike(ties: dict[int, list[Tie]]) -> list[tuple[tuple[int, float], Rows, Rows, Rows]]:
    """Return for each lag and decay the rows of levels, effects and claims that it joins."""
    flat = [
        ((tie.lag, tie.decay), level, tie.effect, tie.claim) for level, some in ties.items() for tie in some
    ]
    found = []
    for way in sorted({one[0] for one in flat}):
        levels, effects, claims = np.array([one[1:] for one in flat if one[0] == way]).T
        found.append((way, levels, effects, claims))
    return found


def _tells(model: Model, claim: ClaimPart) -> bool:
    """Tell whether a claim reads its cause, or a memory of it, near enough as it stands."""
    remembered = claim.track.startswith("memory:") and model.quantities[claim.cause].kind == "level"
    as_it_stands = dataclasses.replace(claim, track=f"z:{claim.cause}") if remembered else claim
    return plain(as_it_stands)


def _decay_of(model: Model, claim: ClaimPart) -> float:
    """Return the share kept by the memory by which a claim reads its cause; 0 if it reads it as it stands."""
    if not claim.track.startswith("memory:"):
        return 0.0
    return model.tracks[claim.track.replace("memory:", "remembered:", 1)].decay


def _remembered(rows: Array, decay: float) -> Array:
    """Return a fading average along rows ``[rows, steps]``."""
    return filtered((1.0 - decay) * rows, np.full(rows.shape[0], decay)) if decay else rows


def _passed(decay: float, rough: Array) -> Array:
    """Return the share of each wave's variance that a fading average lets pass, ``[waves]``."""
    return (1.0 - decay) ** 2 / ((1.0 - decay) ** 2 + decay * rough)


def _moved(rows: Array, lag: int) -> Array:
    """Move rows ``[rows, steps]`` later by a lag, or earlier by a negative one; what comes in is 0."""
    none = jnp.zeros((rows.shape[0], abs(lag)), rows.dtype)
    if lag >= 0:
        return jnp.concatenate([none, rows[:, : rows.shape[1] - lag]], axis=1)
    return jnp.concatenate([rows[:, -lag:], none], axis=1)
