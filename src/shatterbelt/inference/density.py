"""The joint log density of parameters, paths and record: the one step, mapped over a path."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jax import Array
from jax.scipy.stats import norm

from shatterbelt.inference.coordinates import FIRST_SPREAD
from shatterbelt.inference.evidence import Evidence
from shatterbelt.inference.layout import Layout
from shatterbelt.inference.paths import Path, is_inferred, path_of
from shatterbelt.model import kinds
from shatterbelt.model.kinds import Prediction
from shatterbelt.model.links import link_array
from shatterbelt.model.parts import Group, Model
from shatterbelt.model.past import column, take
from shatterbelt.model.step import Inputs, predict_all


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Terms:
    """The parts of a log density; rows as the layout names them.

    Attributes:
        levels, shares, events, statuses, stocks: ``[quantities, steps]``, log density of each step's path
            or record given what came before.
        points: [points], log density of observations of single steps.
        spans: [spans], the same of averages.
        rest: standard normals that belong to no path, and the change of variables.
    """

    levels: Array
    shares: Array
    events: Array
    statuses: Array
    stocks: Array
    points: Array
    spans: Array
    rest: Array

    @property
    def total(self) -> Array:
        """The sum of all parts."""
        total: Array = jax.tree_util.tree_reduce(lambda sum_, part: sum_ + part.sum(), self, jnp.zeros(()))
        return total


def log_density(model: Model, layout: Layout, evidence: Evidence, z: Array, e: Array, on: Array) -> Terms:
    """Return the log density of a path and the record given parameters.

    Args:
        model: the compiled case with the prior that is meant (`sceptical`, or as compiled).
        layout: which quantities are inferred how.
        evidence: the record.
        z: standard normals of the parameters, ``[parameters]``; their own density is not included.
        e: coordinates of the paths, ``[paths, steps]``.
        on: factors on the weights of the claims, ``[claims]``.
    """
    return terms_of(model, layout, evidence, path_of(model, layout, evidence, z, e, on), e)


def terms_of(model: Model, layout: Layout, evidence: Evidence, path: Path, e: Array) -> Terms:
    """Return the log density of a path that is laid out, from coordinates ``e``, and of the record."""
    inputs = Inputs(calendar=dict(zip(layout.calendars, evidence.calendars, strict=True)))
    x, swings = (path.sight.rows([(f"{scale}:{name}", 0) for name in model.order]) for scale in ("x", "z"))
    found: dict[str, list[Array]] = {key: [] for key in ("level", "share", "event", "status", "stock")}
    at = dict.fromkeys(found, 0)
    for group, said in zip(model.groups, predict_all(model, path.sight, path.packed, inputs), strict=True):
        key = group.kind.removesuffix("s") if group.kind == "events" else group.kind
        if key not in found or not is_inferred(layout, group):
            continue
        rows = slice(at[key], at[key] + len(group.names))
        at[key] = rows.stop
        own = take(swings, [model.order.index(name) for name in group.names])
        found[key].append(_density(model, layout, evidence, group, rows, path, own, said))
    inside, none = evidence.coordinates.inside, jnp.zeros((0, layout.steps), e.dtype)
    sums = {key: inside * jnp.concatenate([*values, none]) for key, values in found.items()}
    turned = (evidence.coordinates.own * path.log_ratio).sum()
    outside = ((1.0 - inside) * norm.logpdf(e)).sum()
    return Terms(
        sums["level"],
        sums["share"],
        sums["event"],
        sums["status"],
        sums["stock"],
        _points(evidence, swings),
        _spans(model, evidence, x),
        turned + path.narrowed + evidence.coordinates.constant + outside,
    )


def _density(
    model: Model,
    layout: Layout,
    evidence: Evidence,
    group: Group,
    rows: slice,
    path: Path,
    z: Array,
    said: Prediction,
) -> Array:
    """Return the log density of a group's steps, ``[quantities, steps]``, with its swings ``z``."""
    if group.kind == "level":
        density = kinds.density_level(said, z)
        first = norm.logpdf(z[:, 0], 0.0, FIRST_SPREAD)
        seen = evidence.coordinates.seen[rows] > 0
        return density.at[:, 0].set(jnp.where(seen, first, density[:, 0]))
    if group.kind == "share":
        swing = column([model.quantities[name].numbers["swing"] for name in group.names], 1)
        shock = (path.made_with[group.names] - said["before"] / swing - said["push"]) / said["noise"]
        usual = column([model.quantities[name].numbers["noise"] for name in group.names], 1)
        spread = evidence.shares.spread[rows]
        turned = jnp.log(spread) + (1.0 - spread**2) * jnp.log(usual / said["noise"])
        return norm.logpdf(shock) + jnp.where(evidence.shares.seen[rows] > 0, turned, 0.0)
    if group.kind == "events":
        each = kinds.density_counts(said, layout.most)
        mixed: Array = jax.nn.logsumexp(each + evidence.log_chances[:, rows], axis=0)
        found: Array = mixed * evidence.tied[rows, None]
        return found
    if group.kind == "status":
        density = kinds.density_status(said, evidence.states[rows])
        return jnp.where(evidence.stated[rows] > 0, density, 0.0)
    width = column([model.quantities[name].scale.width for name in group.names], 1)
    apart = (said["value"] - evidence.stocks[rows]) / width
    error = evidence.stock_errors[rows]
    spread = jnp.hypot(jnp.where(error > 0, error, 1.0), said["sd"] / width) if group.noisy else error
    return jnp.where(error > 0, norm.logpdf(apart, 0.0, jnp.where(error > 0, spread, 1.0)), 0.0)


def _points(evidence: Evidence, swings: Array) -> Array:
    seen = swings[evidence.row, evidence.step]
    found: Array = norm.logpdf(evidence.value, seen, evidence.error) * evidence.counted
    return found


def _spans(model: Model, evidence: Evidence, x: Array) -> Array:
    """Return the density of averages of natural values, compared on the link scale in swings."""
    mean = (x[evidence.span_row] * evidence.span).sum(axis=1)
    scales = [model.quantities[name].scale for name in model.order]
    origin, width = (
        jnp.asarray([getattr(one, key) for one in scales], x.dtype)[evidence.span_row]
        for key in ("origin", "width")
    )
    linked = jnp.zeros_like(mean)
    for link in sorted({one.link for one in scales} - {"log1p"}):
        there = jnp.asarray([one.link == link for one in scales])[evidence.span_row]
        linked = jnp.where(there, link_array(link, jnp.where(there, mean, 0.5)), linked)
    seen = (linked - origin) / width
    found: Array = norm.logpdf(evidence.span_value, seen, evidence.span_error) * evidence.span_counted
    return found
