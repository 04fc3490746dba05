"""From coordinates to a path: the natural values of every quantity at every step, all at once."""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import ndtr, ndtri

from shatterbelt.inference.coordinates import Coordinates, ShareCoordinates, led_by, middle_of, passed_of
from shatterbelt.inference.evidence import Evidence
from shatterbelt.inference.latent import Latent
from shatterbelt.inference.layout import Layout
from shatterbelt.inference.pins import Known, Pins
from shatterbelt.model.fading import filtered
from shatterbelt.model.links import unlink_array
from shatterbelt.model.parts import Group, Model
from shatterbelt.model.past import Sight, column
from shatterbelt.model.path import Given, PathSight, past_of_rows, seen_of_rows
from shatterbelt.model.priors import parameter_rows
from shatterbelt.model.step import Inputs, Packed, pack, predict

SHARE_ROUNDS = 2
"""Rounds in which the path of a share is made. More would follow it further from what the record lets one
guess, and where it tips make it a wild function of its shocks. They change only the ease of sampling."""
LEAST_GROWN = 1e-3
"""Share of itself to which a direction's precision falls at the least: rounding makes no width endless."""


@dataclass(frozen=True)
class Path:
    """A path and the numbers it was made with.

    Attributes:
        sight: what every step looks back on.
        rows: parameters in the order of ``model.parameter_names``.
        packed: the same as a step uses them.
        log_ratio: [levels, steps], the logarithm of how wide the process makes each direction of a level's
            path, over how wide its coordinates take it to be.
        narrowed: what the record's telling of unobserved levels adds to the coordinates' log determinant.
        made_with: names of a group of shares -> ``[shares, steps]``, the swings above none taking part that
            its path was made with.
    """

    sight: PathSight
    rows: Array
    packed: Packed
    log_ratio: Array
    narrowed: Array
    made_with: dict[tuple[str, ...], Array]


def path_of(model: Model, layout: Layout, evidence: Evidence, z: Array, e: Array, on: Array) -> Path:
    """Return the path and parameters that coordinates stand for.

    Args:
        model: the case as the record judges it.
        layout: which quantities are inferred how.
        evidence: the record.
        z: standard normals of the parameters, ``[parameters]``.
        e: coordinates of the paths, ``[paths, steps]``.
        on: factors on the weights of the claims, ``[claims]``.
    """
    rows = parameter_rows(model, z)
    claims = len(model.claims)
    making = Making(model, layout, evidence, jnp.concatenate([rows[:claims] * on, rows[claims:]]), e)
    sight, narrowed = making.path()
    return Path(sight, making.rows, making.packed, making.log_ratio, narrowed, making.made_with)


def is_inferred(layout: Layout, group: Group) -> bool:
    """Tell whether a group's quantities have a density; levels without noise, for one, have none."""
    known = {*layout.paths, *layout.events, *layout.statuses, *layout.stocks}
    return all(name in known for name in group.names)


class Making:
    """A path while it is being made, group by group in the order of the model."""

    def __init__(self, model: Model, layout: Layout, evidence: Evidence, rows: Array, e: Array) -> None:
        self.model, self.layout, self.evidence, self.rows, self.e = model, layout, evidence, rows, e
        self.packed = pack(model, rows)
        self.known = Known(model, layout, evidence, rows, self.packed)
        self.place = {name: row for row, name in enumerate(model.parameter_names)}
        self.before = jnp.asarray(layout.before, e.dtype)
        self.made_with: dict[tuple[str, ...], Array] = {}
        self.swings, self.log_ratio = _moved(model, layout, evidence, rows, self.place, e)
        self._values: dict[str, Array] = {
            "level": self.swings,
            "share": e[len(layout.levels) :],
            "events": evidence.counts,
            "status": evidence.states,
            "stock": evidence.stocks,
            "calendar": evidence.calendars,
        }
        self._rows: dict[tuple[str, ...], slice] = {}
        at = dict.fromkeys(self._values, 0)
        for group in model.groups:
            if group.kind in at and (group.kind not in {"level", "share"} or is_inferred(layout, group)):
                self._rows[group.names] = slice(at[group.kind], at[group.kind] + len(group.names))
                at[group.kind] += len(group.names)

    def path(self) -> tuple[PathSight, Array]:
        """Return the path, and what the record's telling of unobserved levels adds to the determinant.

        Where shares were seen the levels are first laid out without shocks: that tells what is left for
        their shocks to explain.
        """
        shape = (self.layout.steps,)
        shocks = {self.layout.levels[row]: self.e[row] for row in self.layout.laid}
        latent, narrowed = Latent(self.known, self.swings, shocks), jnp.zeros((), self.e.dtype)
        if shocks and any(self.layout.share_steps):
            calm = latent.again({name: jnp.zeros_like(e) for name, e in shocks.items()})
            shocks, narrowed = self.pins(calm).place(shocks)
            latent = calm.again(shocks)
        given = [self.given(place, group, latent) for place, group in enumerate(self.model.groups)]
        whole = past_of_rows(self.model, given, self.before, shape, self.guessed())
        return whole, narrowed + latent.narrowed

    def pins(self, latent: Latent) -> Pins:
        """Return what is left to be explained of seen shares, once levels are laid out."""
        guessed, groups = self.guessed(), enumerate(self.model.groups)
        given = [guessed.get(group.names, self.given(place, group, latent)) for place, group in groups]
        sight = seen_of_rows(self.model, given, self.before, (self.layout.steps,))
        return Pins(self.known, sight, latent.gives())

    def given(self, place: int, group: Group, latent: Latent) -> Given:
        """Return what `shatterbelt.model.path.past_of_rows` takes for a group."""
        names = group.names
        if group.kind == "formula":
            return None
        if group.kind == "constant":
            return self._wide(self.rows[np.array([self.place[f"constant.{name}"] for name in names])])
        if names not in self._rows:
            return self._wide(self.start(names))
        values = self._values[group.kind][self._rows[names]]
        if group.kind == "share":
            lie = jax.tree_util.tree_map(operator.itemgetter(self._rows[names]), self.evidence.shares)
            calm = self.start(names)[:, None]
            made = functools.partial(_shares, self.model, place, self.packed, values, lie)
            return functools.partial(made, calm, self.made_with)
        if group.kind != "level":
            return values
        if names[0] in self.layout.layered:
            return lambda sight: _natural(self.model, group, latent.lay(place, sight))
        return _natural(self.model, group, values)

    def start(self, names: Sequence[str]) -> Array:
        """Return where quantities stood before the first step, in rows."""
        return jnp.asarray([self.layout.start[name] for name in names], self.e.dtype)

    def guessed(self) -> dict[tuple[str, ...], Array]:
        """Return what shares are taken for while levels are laid out: as they were seen."""
        return {
            group.names: self.evidence.shares.guess[self._rows[group.names]]
            for group in self.model.groups
            if group.kind == "share" and group.names in self._rows
        }

    def _wide(self, values: Array) -> Array:
        return jnp.broadcast_to(values[:, None], (len(values), self.layout.steps))


def _natural(model: Model, group: Group, swings: Array) -> Array:
    scales = [model.quantities[name].scale for name in group.names]
    origin, width = column([one.origin for one in scales], 1), column([one.width for one in scales], 1)
    return unlink_array(group.link, origin + width * swings)


def _moved(
    model: Model, layout: Layout, evidence: Evidence, rows: Array, place: dict[str, int], e: Array
) -> tuple[Array, Array]:
    """Return the levels' paths in swings, and the logarithm of how wide their directions are.

    Those that `Latent` lays out stand as their coordinates.
    """
    at = evidence.coordinates
    if not layout.levels:
        none = jnp.zeros((0, layout.steps), e.dtype)
        return none, none
    log_ratio = _log_ratio(layout, rows, place, at)
    scaled = jnp.exp(at.own * log_ratio) * e[: len(layout.levels)]
    found = [place.get(f"baseline.{name}", -1) for name in layout.levels]
    has = np.array([float(row >= 0) for row in found])
    baseline = rows[np.maximum(found, 0)] * has
    rest = at.mean + baseline[:, None] * at.lift + _followed(model, layout, rows, place, at)
    claims = led_by(model, [layout.levels[row] for row in layout.observed])
    if claims:
        effects = [layout.levels.index(model.claims[claim].effect) for claim in claims]
        on_effect = jnp.asarray(np.arange(len(layout.levels))[:, None] == np.array(effects), e.dtype)
        rest = rest + on_effect @ (rows[np.array(claims)][:, None] * at.led)
    observed, laid = np.array(layout.observed, int), np.array(layout.laid, int)
    free = np.setdiff1d(np.arange(len(layout.levels)), np.concatenate([observed, laid]))
    seen = jnp.einsum("lts,ls->lt", at.turn, scaled[observed]) + rest[observed]
    keep = np.array([layout.keep[row] for row in free])
    moved = filtered(scaled[free] * at.noise[free, None], keep) + rest[free]
    every = jnp.concatenate([seen, moved, e[laid]])
    return every[np.argsort(np.concatenate([observed, free, laid]))], log_ratio


def _log_ratio(layout: Layout, rows: Array, place: dict[str, int], at: Coordinates) -> Array:
    """Return the logarithm of how wide each direction is over how wide it was laid out, [levels, steps]."""
    noise = rows[np.array([place[f"noise.{name}"] for name in layout.levels])]
    found = np.array([place.get(f"kept.{name}", -1) for name in layout.levels])
    above = jnp.where(found >= 0, rows[np.maximum(found, 0)] - at.keep, 0.0)[:, None]
    grown = 1.0 + above * at.bends[0] + above**2 * at.bends[1]
    return jnp.log(noise / at.noise)[:, None] - 0.5 * jnp.log(jnp.maximum(grown, LEAST_GROWN))


def _followed(
    model: Model, layout: Layout, rows: Array, place: dict[str, int], at: Coordinates
) -> Array | float:
    """Return how far the levels' paths follow constants, ``[levels, steps]``."""
    if not layout.constants:
        return 0.0
    middle = np.array([middle_of(model, name) for name in layout.constants])
    above = rows[np.array([place[f"constant.{name}"] for name in layout.constants])] - middle
    found: Array = jnp.einsum("lcpt,cp->lt", at.follow, jnp.stack([above, above**2], axis=1))
    return found


def _shares(
    model: Model,
    place: int,
    packed: Packed,
    e: Array,
    at: ShareCoordinates,
    calm: Array,
    made_with: dict[tuple[str, ...], Array],
    sight: Sight,
) -> Array:
    """Return the paths of a group of shares: from their shocks ``e``, or where they were seen from ``at``.

    What a share's next step takes from its own past is found in a few rounds, each from the path of the
    round before, the first from what the record lets one guess; a push that hangs on these shares themselves
    is left out. Both use only earlier shocks, so the change of variables keeps its determinant, and what is
    missed is made up for in the density.
    ``calm`` is where the shares start, ``[shares, 1]``; ``made_with`` is told the swings above none taking
    part that the path was made with.
    """
    names = model.groups[place].names
    said = predict(model, place, sight, packed, Inputs())
    parts = [model.quantities[name].numbers for name in names]
    swing, adjustment, sd = (
        column([part[key] for part in parts], 1) for key in ("swing", "adjustment", "sd")
    )
    usual = column([part["noise"] for part in parts], 1)
    # As far as the record sees a share its path is made from what was seen, and else from what pushes it.
    sure = at.seen * (1.0 - at.spread**2)
    scale = usual**sure * said["noise"] ** (1.0 - sure) * jnp.where(at.seen > 0, at.spread, 1.0)
    before = at.before
    for _ in range(SHARE_ROUNDS):
        reached = (said["mean"] + sd * ndtri(passed_of(at.value, before, adjustment))) / swing
        total = sure * reached + (1.0 - sure) * (before / swing + said["push"]) + scale * e
        passed = ndtr((swing * total - said["mean"]) / sd)
        closing = adjustment * passed
        closing = closing.at[:, :1].add((1.0 - adjustment) * calm)
        path = filtered(closing, 1.0 - np.array([part["adjustment"] for part in parts]))
        made_with[names] = total
        before = jnp.concatenate([calm, path[:, :-1]], axis=1)
    return path
