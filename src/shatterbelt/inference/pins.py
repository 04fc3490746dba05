"""What shares that were seen taking part tell of the unobserved levels that push them, step by step.

A crowd is seen in few steps, and pins its causes down there: with the sum of all pushes known but for a
shock, a strong cause can only have been where it makes up the rest. Unlike what `latent` takes in, that
does not spread evenly over a path. With a path ``u = m + A e`` and steps that tell ``C u = r`` but for
standard normals, the new coordinates are those of the normal distribution given them, in the form of the
square-root filter (Andrews 1968):

    V = C A,  1 + V V' = R R',  e = V' (R R')^-1 (r - C m) + e' - V' R'^-1 (R + 1)^-1 V e'
"""

from __future__ import annotations

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.linalg import solve_triangular

from shatterbelt.case.formulas import names_now
from shatterbelt.inference.evidence import Evidence, Layout
from shatterbelt.model.expressions import Value, evaluate
from shatterbelt.model.links import link_array
from shatterbelt.model.parts import ClaimPart, Model
from shatterbelt.model.past import Sight, natural
from shatterbelt.model.step import Inputs, Packed, predict

APART = 0.1
"""Swings to both sides of usual between which the slope of a formula is taken."""


@dataclass(frozen=True)
class Pin:
    """A claim by which a share tells of a level, at the share's steps.

    Attributes:
        share: its name.
        level: the unobserved level's.
        at: [seen steps], the steps of the level that are told of.
        still: [seen steps], what is pushed at the level's usual value, in shocks.
        slope: [seen steps], what a swing of the level adds to that.
    """

    share: str
    level: str
    at: np.ndarray
    still: Array
    slope: Array


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


class Pins:
    """What is still to be explained of the shares that were seen, while unobserved levels are laid out."""

    def __init__(self, known: Known, sight: Sight) -> None:
        """Look at all shares; nothing is known yet of the unobserved levels.

        Args:
            known: the case, its record and parameters.
            sight: what can be seen so far.
        """
        self._known, layout = known, known.layout
        self._laid = frozenset(layout.levels[row] for row in layout.laid)
        self._apart: dict[str, Array] = {}
        self._certain: dict[str, Array] = {}
        self._pins: list[Pin] = []
        for place, group in enumerate(known.model.groups):
            if group.kind == "share" and all(name in layout.shares for name in group.names):
                said = predict(known.model, place, sight, known.packed, Inputs())
                for row, name in enumerate(group.names):
                    self._look(name, {key: value[row] for key, value in said.items()}, sight)

    def _look(self, name: str, said: dict[str, Array], sight: Sight) -> None:
        """Take in one share: how far it is from what is known to push it, and who else may push it."""
        model, layout, at = self._known.model, self._known.layout, self._known.evidence.shares
        row = layout.shares.index(name)
        steps = np.array(layout.share_steps[row], int)
        if not steps.size:
            return
        numbers, noise = model.quantities[name].numbers, said["noise"][0]
        reached = (said["mean"] + numbers["sd"] * at.place[row] - at.before[row]) / numbers["swing"]
        self._apart[name] = ((reached - said["push"]) / noise)[steps]
        self._certain[name] = (at.seen[row] * (1.0 - at.spread[row] ** 2))[steps]
        for place, claim in enumerate(model.claims):
            if claim.effect != name or not plain(claim):
                continue
            early = steps - lag_of(claim)
            for level in sorted(self._causes(claim)):
                still, slope = (side[np.maximum(early, 0)] for side in self._reads(claim, level, sight))
                push = self._known.rows[place] / noise * (early >= 0)
                self._pins.append(Pin(name, level, np.maximum(early, 0), push * still, push * slope))

    def _causes(self, claim: ClaimPart) -> frozenset[str]:
        formula = self._known.model.quantities[claim.cause].formulas.get("value")
        reached = {claim.cause} if formula is None else names_now(formula)
        return frozenset(reached) & self._laid

    def _reads(self, claim: ClaimPart, level: str, sight: Sight) -> tuple[Array, Array]:
        """Return what a claim reads at the usual value of a level, and for each swing above; ``[steps]``."""
        steps = self._known.layout.steps
        if claim.cause == level:
            return jnp.zeros(steps), jnp.ones(steps)
        part, own = (self._known.model.quantities[name] for name in (claim.cause, level))

        def at(swings: float) -> Array:
            def look(key: str, lag: int) -> Value:
                mine = key == f"x:{level}" and lag == 0
                return natural(own, jnp.asarray(swings)) if mine else sight(key, lag)

            value = jnp.broadcast_to(jnp.asarray(evaluate(part.formulas["value"], look)), (steps,))
            return (link_array(part.scale.link, value) - part.scale.origin) / part.scale.width

        return at(0.0), (at(APART) - at(-APART)) / (2 * APART)

    def place(self, level: str, mean: Array, root: Array, e: Array) -> tuple[Array, Array]:
        """Return coordinates of a path that takes the shares in, and what that adds to their log determinant.

        A share is taken in by the last of its causes that is laid out: only then is it known what the others
        leave to be explained.

        Args:
            level: whose path is laid out.
            mean: [steps], where it lies without shocks.
            root: [steps, waves], how coordinates move it.
            e: [waves], standard normals.
        """
        shares = {pin.share for pin in self._pins if pin.level != level}
        mine = [pin for pin in self._pins if pin.level == level and pin.share not in shares]
        if not mine:
            return e, jnp.zeros((), e.dtype)
        rows, rest = [], []
        for pin in mine:
            sure = jnp.sqrt(self._certain[pin.share])
            rows.append((sure * pin.slope)[:, None] * root[pin.at])
            rest.append(sure * (self._apart[pin.share] - pin.still - pin.slope * mean[pin.at]))
        v, r = jnp.concatenate(rows), jnp.concatenate(rest)
        one = jnp.eye(len(r), dtype=e.dtype)
        half = jnp.linalg.cholesky(one + v @ v.T)
        pulled = solve_triangular(half, r, lower=True)
        kept = solve_triangular(half + one, v @ e, lower=True)
        moved = e + v.T @ solve_triangular(half, pulled - kept, lower=True, trans="T")
        return moved, -jnp.log(jnp.diagonal(half)).sum()

    def account(self, level: str, path: Array) -> None:
        """Take what a laid path pushes off what is still to be explained."""
        for pin in self._pins:
            if pin.level == level:
                self._apart[pin.share] = self._apart[pin.share] - pin.still - pin.slope * path[pin.at]
        self._pins = [pin for pin in self._pins if pin.level != level]


def plain(claim: ClaimPart) -> bool:
    """Tell whether a claim reads its cause as it stands, near enough for the record to tell of it."""
    as_it_stands = claim.track.startswith("z:") and claim.change == 0 and not claim.on
    return as_it_stands and claim.condition is None and claim.form[0] in {"linear", "saturating"}


def lag_of(claim: ClaimPart) -> int:
    """Return the lag at which a claim reads its cause, the middle one of several."""
    return (claim.lags[0] + claim.lags[1]) // 2
