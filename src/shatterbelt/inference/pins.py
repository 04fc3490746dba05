"""What shares that were seen taking part tell of the unobserved levels that push them, step by step.

A crowd is seen in few steps, and pins its causes down there: with the sum of all pushes known but for a
shock, strong causes can only have been where they make it up. Unlike what `latent` takes in, that does not
spread evenly over a path, and it reaches causes of causes. If levels with shocks ``e`` push a share at the
steps where it was seen by ``V e``, and without any shock it is ``r`` away from what was seen, all in
standard deviations, the new coordinates are those of the normal distribution given what was seen, in the
form of the square-root filter (Andrews 1968):

    1 + V V' = R R',  e = V' (R R')^-1 r + e' - V' R'^-1 (R + 1)^-1 V e'
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.linalg import solve_triangular
from jax.scipy.special import ndtri

from shatterbelt.case.formulas import names_now
from shatterbelt.inference.coordinates import passed_of
from shatterbelt.inference.evidence import Evidence
from shatterbelt.inference.layout import Layout
from shatterbelt.model.expressions import Value, evaluate
from shatterbelt.model.fading import filtered
from shatterbelt.model.links import link_array
from shatterbelt.model.parts import ClaimPart, Model
from shatterbelt.model.past import Sight, natural
from shatterbelt.model.step import Inputs, Packed, predict

APART = 0.1
"""Swings to both sides of usual between which the slope of a formula is taken."""


@dataclass(frozen=True)
class Known:
    """What is known before unobserved levels are laid out.

    Attributes:
        model: the case as the record judges it.
        layout: which quantities are inferred how.
        evidence: the record.
        rows: parameters in the order of ``model.parameter_names``, the claims' weights first.
        packed: the same as a step uses them.
    """

    model: Model
    layout: Layout
    evidence: Evidence
    rows: Array
    packed: Packed


@dataclass(frozen=True)
class Give:
    """How levels give way, in rows; or a single one, without the first axis.

    Attributes:
        root: [levels, waves], how far a shock of each wave moves them.
        held: [levels, waves], the share of a push's wave that what they push themselves lets them follow.
        kept: [levels, 1], the share of itself that each keeps from step to step.
        gain: [levels, 1], how far a push moves it in a step.
        last: [levels, waves], along which its shocks are scaled down for its last step; ``size``,
            [levels, 1], by how much.
    """

    root: Array
    held: Array
    kept: Array
    gain: Array
    last: Array
    size: Array

    def of(self, row: int) -> Give:
        """Return how one level gives way."""
        return Give(*(getattr(self, part.name)[row] for part in dataclasses.fields(self)))

    def moved_by(self, waves: Array) -> Array:
        """Return how rows are moved by shocks, from how they are moved by waves; both [rows, waves]."""
        moved = waves * self.root
        return moved - jnp.outer(moved @ self.last, self.last) / (self.size * (self.size + 1.0))


class Pins:
    """What is to be explained of the shares that were seen, and by which levels it can be.

    Attributes:
        apart: [seen steps], how far shares are from where they were seen, in standard deviations.
        moves: level -> [seen steps, waves], how far its shocks move the shares there.
    """

    def __init__(self, known: Known, sight: Sight, gives: Mapping[str, Give]) -> None:
        """Look at all shares.

        Args:
            known: the case, its record and parameters.
            sight: what can be seen when no unobserved level has a shock.
            gives: how each unobserved level gives way, in the order in which they are laid out.
        """
        self._known, self._gives = known, gives
        apart, reach = [], []
        for place, group in enumerate(known.model.groups):
            if group.kind == "share" and all(name in known.layout.shares for name in group.names):
                said = predict(known.model, place, sight, known.packed, Inputs())
                for row, name in enumerate(group.names):
                    if known.layout.share_steps[known.layout.shares.index(name)]:
                        one = self._look(name, {key: value[row] for key, value in said.items()}, sight)
                        apart.append(one[0])
                        reach.append(one[1])
        self.apart = jnp.concatenate(apart)
        direct = {}
        for level in {level: None for one in reach for level in one}:
            parts = zip(reach, apart, strict=True)
            direct[level] = jnp.concatenate([self._or_none(one.get(level), len(rest)) for one, rest in parts])
        self.moves = {name: gives[name].moved_by(reach) for name, reach in self._through(direct).items()}

    def _look(self, name: str, said: dict[str, Array], sight: Sight) -> tuple[Array, dict[str, Array]]:
        """Return how far a share is from where it was seen, and how levels move it: [seen steps, waves]."""
        model, layout, at = self._known.model, self._known.layout, self._known.evidence.shares
        row, waves = layout.shares.index(name), self._known.evidence.coordinates.waves
        steps = np.array(layout.share_steps[row], int)
        numbers, noise = model.quantities[name].numbers, said["noise"][0]
        sure = jnp.sqrt((at.seen[row] * (1.0 - at.spread[row] ** 2))[steps])
        passed = passed_of(at.value[row], at.before[row], numbers["adjustment"])
        reached = (said["mean"] + numbers["sd"] * ndtri(passed) - at.before[row]) / numbers["swing"]
        reach: dict[str, Array] = {}
        for place, claim in enumerate(model.claims):
            if claim.effect != name or not plain(claim):
                continue
            early = steps - lag_of(claim)
            at_step = waves.at[np.maximum(early, 0)].get(mode="promise_in_bounds")
            push = sure * self._known.rows[place] / noise * (early >= 0)
            for level in sorted(self._causes(claim)):
                slope = self._slope(claim, level, sight)[np.maximum(early, 0)]
                reach[level] = reach.get(level, 0.0) + (push * slope)[:, None] * at_step
        return sure * ((reached - said["push"]) / noise)[steps], reach

    def _or_none(self, reach: Array | None, size: int) -> Array:
        return jnp.zeros((size, self._known.layout.steps)) if reach is None else reach

    def _causes(self, claim: ClaimPart) -> frozenset[str]:
        formula = self._known.model.quantities[claim.cause].formulas.get("value")
        reached = {claim.cause} if formula is None else names_now(formula)
        return frozenset(reached) & frozenset(self._gives)

    def _slope(self, claim: ClaimPart, level: str, sight: Sight) -> Array:
        """Return what a claim reads more for each swing of a level above usual; ``[steps]``."""
        steps = self._known.layout.steps
        if claim.cause == level:
            return jnp.ones(steps)
        part, own = (self._known.model.quantities[name] for name in (claim.cause, level))

        def at(swings: float) -> Array:
            def look(key: str, lag: int) -> Value:
                mine = key == f"x:{level}" and lag == 0
                return natural(own, jnp.asarray(swings)) if mine else sight(key, lag)

            value = jnp.broadcast_to(jnp.asarray(evaluate(part.formulas["value"], look)), (steps,))
            return (link_array(part.scale.link, value) - part.scale.origin) / part.scale.width

        return (at(APART) - at(-APART)) / (2 * APART)

    def _through(self, direct: dict[str, Array]) -> dict[str, Array]:
        """Add how levels move shares through levels that are laid out after them; all [seen steps, waves]."""
        waves, places = self._known.evidence.coordinates.waves, list(self._gives)
        reach, along = dict(direct), dict[str, Array]()
        for name in reversed(places):
            if name in along:
                reach[name] = reach.get(name, 0.0) + along[name] @ waves
            claims = self._led_to(name, places[: places.index(name)])
            if name not in reach or not claims:
                continue
            give = self._gives[name]
            pushed = (reach[name] * give.held) @ waves.T
            kept = jnp.broadcast_to(give.kept, pushed.shape[:1])
            later = give.gain * filtered(pushed[:, ::-1], kept)[:, ::-1]
            for place in claims:
                claim = self._known.model.claims[place]
                moved = jnp.pad(later[:, lag_of(claim) :], [(0, 0), (0, lag_of(claim))])
                along[claim.cause] = along.get(claim.cause, 0.0) + self._known.rows[place] * moved
        return reach

    def _led_to(self, name: str, causes: list[str]) -> list[int]:
        """Return the places of the claims by which some levels push a level."""
        claims = enumerate(self._known.model.claims)
        return [i for i, claim in claims if claim.effect == name and claim.cause in causes and plain(claim)]

    def place(self, shocks: Mapping[str, Array]) -> tuple[dict[str, Array], Array]:
        """Return shocks that take the shares in, and what that adds to their log determinant.

        Args:
            shocks: unobserved level -> [waves], standard normals.
        """
        moves = self.moves
        one = jnp.eye(len(self.apart), dtype=self.apart.dtype)
        half = jnp.linalg.cholesky(one + sum((v @ v.T for v in moves.values()), jnp.zeros_like(one)))
        moved = sum((v @ shocks[name] for name, v in moves.items()), jnp.zeros_like(self.apart))
        pulled = solve_triangular(half, self.apart, lower=True)
        kept = solve_triangular(half + one, moved, lower=True)
        back = solve_triangular(half, pulled - kept, lower=True, trans="T")
        placed = {name: shocks[name] + v.T @ back for name, v in moves.items()}
        return {**shocks, **placed}, -jnp.log(jnp.diagonal(half)).sum()


def plain(claim: ClaimPart) -> bool:
    """Tell whether a claim reads its cause as it stands, near enough for the record to tell of it."""
    as_it_stands = claim.track.startswith("z:") and claim.change == 0 and not claim.on
    return as_it_stands and claim.condition is None and claim.form[0] in {"linear", "saturating"}


def lag_of(claim: ClaimPart) -> int:
    """Return the lag at which a claim reads its cause, the middle one of several."""
    return (claim.lags[0] + claim.lags[1]) // 2
