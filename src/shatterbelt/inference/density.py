"""The joint log density of parameters, paths and record: the one step, mapped over a path."""

from __future__ import annotations

import dataclasses
import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import ndtr
from jax.scipy.stats import norm

from shatterbelt.inference.coordinates import ShareCoordinates
from shatterbelt.inference.evidence import Evidence, Layout
from shatterbelt.case.formulas import names as named
from shatterbelt.case.types import Case
from shatterbelt.futures.world import observed, span_of
from shatterbelt.model import kinds
from shatterbelt.model.claims import push_of
from shatterbelt.model.compile import compile_case
from shatterbelt.model.graph import groups_of_map, layers_of
from shatterbelt.model.kinds import Prediction
from shatterbelt.model.links import link_array, unlink_array
from shatterbelt.model.parts import Group, Model
from shatterbelt.model.past import Sight, column
from shatterbelt.model.path import PathSight, filtered, past_of_rows
from shatterbelt.model.priors import parameter_rows, parameters
from shatterbelt.model.start import starting_values
from shatterbelt.model.step import Inputs, Packed, pack, predict, predict_all

FIRST_SPREAD = 2.0
"""Standard deviation of an observed level's first value around usual, in swings: the record begins in the
middle of things, not at rest."""


TILT = 0.5
"""Centre of a weight's prior when the record judges, in its scale, in the claimed direction."""
TILT_UNSEEN = 1.0
"""The same for a claim about a quantity that nobody observes."""
SIGNS = {"half+": 1.0, "half-": -1.0, "normal": 0.0}
SHARE_ROUNDS = 3
"""Rounds in which the path of a share is made; more change nothing but the ease of sampling."""


def sceptical(model: Model, unseen: Sequence[str] = ()) -> Model:
    """Return the model with the prior under which the record judges.

    Every weight is normal; the strength word stays its scale, and the centre is half of that in the
    claimed direction, so that a claim begins with 69 % for its sign, and no effect and the reverse are
    possible. Claims about ``unseen`` quantities have the whole of it as their centre (84 %): such a
    quantity is what its claims say of it, and if they could all be reversed at no cost, it would be turned
    upside down together with them and mean nothing. An unknown sign is centred at 0.
    """
    touching = {f"weight.{claim.id}" for claim in model.claims if {claim.cause, claim.effect} & set(unseen)}
    priors = []
    for prior in model.priors:
        if prior.name.startswith("weight."):
            tilt = TILT_UNSEEN if prior.name in touching else TILT
            centre = tilt * SIGNS[prior.shape] * prior.spread
            priors.append(dataclasses.replace(prior, shape="normal", centre=centre))
        else:
            priors.append(prior)
    return dataclasses.replace(model, priors=tuple(priors))


def judged(case: Case) -> Model:
    """Compile a case as the record judges it: the sceptical prior, and the groups of a map.

    Levels that the record does not observe stand in layers. Each layer's path is made from its shocks and
    from what the layers before it push, so that a claim's weight and the path that it bends are not tied
    together (non-centred). Levels that an observed stock is made of are known from it, and are not.
    """
    model = compile_case(case)
    record = observed(case, span_of(case, None, None), as_known=False)
    seen = {name for name, one in record.items() if one.items or one.counts}
    read = {
        name
        for stock, part in model.quantities.items()
        if part.kind == "stock" and stock in seen
        for role in ("inflow", "outflow")
        for name in named(part.formulas[role])
    }
    levels = [name for name, part in model.quantities.items() if part.kind == "level" and part.noisy]
    unseen = [name for name in levels if name not in seen]
    layers = layers_of(model, [name for name in unseen if name not in read])
    return dataclasses.replace(sceptical(model, unseen), groups=groups_of_map(model, layers))


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


@dataclass(frozen=True)
class Path:
    """A path and the numbers it was made with.

    Attributes:
        sight: what every step looks back on.
        rows: parameters in the order of ``model.parameter_names``.
        ratio: [levels], each level's noise over that of its coordinates.
        made_with: names of a group of shares -> ``[shares, steps]``, the swings above none taking part that
            its path was made with.
    """

    sight: PathSight
    rows: Array
    ratio: Array
    made_with: dict[tuple[str, ...], Array]


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
    path = path_of(model, layout, evidence, z, e, on)
    packed = pack(model, path.rows)
    inputs = Inputs(calendar=dict(zip(layout.calendars, evidence.calendars, strict=True)))
    found: dict[str, list[Array]] = {key: [] for key in ("level", "share", "event", "status", "stock")}
    at = dict.fromkeys(found, 0)
    for group, said in zip(model.groups, predict_all(model, path.sight, packed, inputs), strict=True):
        key = group.kind.removesuffix("s") if group.kind == "events" else group.kind
        if key not in found or not _inferred(layout, group):
            continue
        rows = slice(at[key], at[key] + len(group.names))
        at[key] = rows.stop
        found[key].append(_density(model, layout, evidence, group, rows, path, said, e))
    inside, none = evidence.coordinates.inside, jnp.zeros((0, layout.steps), e.dtype)
    sums = {key: inside * jnp.concatenate([*values, none]) for key, values in found.items()}
    turned = (evidence.coordinates.own * jnp.log(path.ratio)[:, None]).sum()
    outside = ((1.0 - inside) * norm.logpdf(e)).sum()
    return Terms(
        sums["level"],
        sums["share"],
        sums["event"],
        sums["status"],
        sums["stock"],
        _points(model, evidence, path.sight),
        _spans(model, evidence, path.sight),
        turned + evidence.coordinates.constant + outside,
    )


def _inferred(layout: Layout, group: Group) -> bool:
    known = {*layout.paths, *layout.events, *layout.statuses, *layout.stocks}
    return all(name in known for name in group.names)


def _density(  # noqa: PLR0913  # all that a density is made of
    model: Model,
    layout: Layout,
    evidence: Evidence,
    group: Group,
    rows: slice,
    path: Path,
    said: Prediction,
    e: Array,
) -> Array:
    """Return the log density of a group's steps, ``[quantities, steps]``."""
    if group.kind == "level":
        z = path.sight.rows([(f"z:{name}", 0) for name in group.names])
        density = kinds.density_level(said, z)
        first = norm.logpdf(z[:, 0], 0.0, FIRST_SPREAD)
        seen = evidence.coordinates.seen[rows] > 0
        return density.at[:, 0].set(jnp.where(seen, first, density[:, 0]))
    if group.kind == "share":
        swing = column([model.quantities[name].numbers["swing"] for name in group.names], 1)
        shock = (path.made_with[group.names] - said["before"] / swing - said["push"]) / said["noise"]
        usual = column([model.quantities[name].numbers["noise"] for name in group.names], 1)
        turned = jnp.log(evidence.shares.spread[rows]) + 0.5 * jnp.log(usual / said["noise"])
        return norm.logpdf(shock) + jnp.where(evidence.shares.seen[rows] > 0, turned, 0.0)
    if group.kind == "events":
        each = kinds.density_counts(said, layout.most)
        mixed = jax.nn.logsumexp(each + evidence.log_chances[:, rows], axis=0)
        return evidence.tied[rows, None] * mixed
    if group.kind == "status":
        density = kinds.density_status(said, evidence.states[rows])
        return jnp.where(evidence.stated[rows] > 0, density, 0.0)
    width = column([model.quantities[name].scale.width for name in group.names], 1)
    apart = (said["value"] - evidence.stocks[rows]) / width
    error = evidence.stock_errors[rows]
    return jnp.where(error > 0, norm.logpdf(apart, 0.0, jnp.where(error > 0, error, 1.0)), 0.0)


def path_of(model: Model, layout: Layout, evidence: Evidence, z: Array, e: Array, on: Array) -> Path:
    """Return the path and parameters that coordinates stand for; arguments as of `log_density`."""
    rows = parameter_rows(model, z)
    claims = len(model.claims)
    rows = jnp.concatenate([rows[:claims] * on, rows[claims:]])
    place = {name: row for row, name in enumerate(model.parameter_names)}
    swings, ratio = _swings(layout, evidence, rows, place, e)
    start = _start(model, layout)
    given: list[Array | None] = []
    at = dict.fromkeys(("level", "share", "events", "status", "stock", "calendar"), 0)
    values = {
        "level": swings,
        "events": evidence.counts,
        "status": evidence.states,
        "stock": evidence.stocks,
        "calendar": evidence.calendars,
    }
    packed = pack(model, rows)
    made_with: dict[tuple[str, ...], Array] = {}
    for place_, group in enumerate(model.groups):
        names = group.names
        if group.kind == "formula":
            given.append(None)
        elif group.kind == "constant":
            own = rows[np.array([place[f"constant.{name}"] for name in names])]
            given.append(jnp.broadcast_to(own[:, None], (len(names), layout.steps)))
        elif group.kind in {"level", "share"} and not _inferred(layout, group):
            still = jnp.stack([jnp.asarray(start[name], e.dtype) for name in names])  # stays where it starts
            given.append(jnp.broadcast_to(still[:, None], (len(names), layout.steps)))
        elif group.kind == "share":
            some = slice(at["share"], at["share"] + len(names))
            at["share"] += len(names)
            lie = jax.tree_util.tree_map(operator.itemgetter(some), evidence.shares)
            own = e[len(layout.levels) :][some]
            given.append(functools.partial(_shares, model, place_, packed, own, lie, made_with))
        else:
            first = at[group.kind]
            at[group.kind] += len(names)
            some = values[group.kind][first : first + len(names)]
            if group.kind == "level" and names[0] in layout.layered:
                given.append(functools.partial(_latent, model, place_, packed, some))
            else:
                given.append(_natural(model, group, some) if group.kind == "level" else some)
    return Path(past_of_rows(model, given, start, (layout.steps,)), rows, ratio, made_with)


def _latent(model: Model, place: int, packed: Packed, moved: Array, sight: Sight) -> Array:
    """Return the paths of levels that nobody observes: what shocks and baseline make, and what is pushed."""
    group = model.groups[place]
    push = push_of(group, sight, packed.weights[place])
    gain = packed.numbers[place]["gain"] * push
    keep = np.array([model.quantities[name].numbers["kept"] for name in group.names])
    return _natural(model, group, moved + filtered(gain, keep))


def _natural(model: Model, group: Group, swings: Array) -> Array:
    scales = [model.quantities[name].scale for name in group.names]
    origin, width = column([one.origin for one in scales], 1), column([one.width for one in scales], 1)
    return unlink_array(group.link, origin + width * swings)


def _swings(
    layout: Layout, evidence: Evidence, rows: Array, place: dict[str, int], e: Array
) -> tuple[Array, Array]:
    """Return the levels' paths in swings, and the noise ratios of their coordinates."""
    at = evidence.coordinates
    if not layout.levels:
        return jnp.zeros((0, layout.steps), e.dtype), jnp.ones(0, e.dtype)
    noise = rows[np.array([place[f"noise.{name}"] for name in layout.levels])]
    ratio = noise / at.noise
    scaled = jnp.exp(at.own * jnp.log(ratio)[:, None]) * e[: len(layout.levels)]
    found = [place.get(f"baseline.{name}", -1) for name in layout.levels]
    has = np.array([float(row >= 0) for row in found])
    baseline = rows[np.maximum(found, 0)] * has
    observed = np.array(layout.observed, int)
    latent = np.array([row for row in range(len(layout.levels)) if row not in layout.observed], int)
    seen = jnp.einsum("lts,ls->lt", at.turn, scaled[observed])
    keep = np.array([layout.keep[row] for row in latent])
    free = filtered(scaled[latent] * at.noise[latent, None], keep)
    swings = jnp.concatenate([seen, free])[np.argsort(np.concatenate([observed, latent]))]
    return swings + at.mean + baseline[:, None] * at.lift, ratio


def _shares(
    model: Model,
    place: int,
    packed: Packed,
    e: Array,
    at: ShareCoordinates,
    made_with: dict[tuple[str, ...], Array],
    sight: Sight,
) -> Array:
    """Return the paths of a group of shares: from their shocks ``e``, or where they were seen from ``at``.

    What a share's next step takes from its own past is found in a few rounds from the path of the round
    before, and a push that hangs on these shares themselves is left out. Both use only earlier shocks, so
    the change of variables keeps its determinant, and what is missed is made up for in the density.
    ``made_with`` is told the swings above none taking part that the path was made with.
    """
    names = model.groups[place].names
    said = predict(model, place, sight, packed, Inputs())
    parts = [model.quantities[name].numbers for name in names]
    swing, adjustment, sd = (
        column([part[key] for part in parts], 1) for key in ("swing", "adjustment", "sd")
    )
    calm = sight.rows([(f"x:{name}", 1) for name in names])[:, :1]
    before = jnp.broadcast_to(calm, e.shape)
    usual = column([part["noise"] for part in parts], 1)
    # Half centred: of the noise's own scale the shock takes the root.
    reached = (said["mean"] + sd * at.place) / swing + jnp.sqrt(usual * said["noise"]) * at.spread * e
    path = before
    for _ in range(SHARE_ROUNDS):
        total = jnp.where(at.seen > 0, reached, before / swing + said["push"] + said["noise"] * e)
        passed = ndtr((swing * total - said["mean"]) / sd)
        closing = adjustment * passed
        closing = closing.at[:, :1].add((1.0 - adjustment) * calm)
        path = filtered(closing, 1.0 - np.array([part["adjustment"] for part in parts]))
        made_with[names] = total
        before = jnp.concatenate([calm, path[:, :-1]], axis=1)
    return path


def _start(model: Model, layout: Layout) -> dict[str, Array]:
    """Return where quantities stood before the first step, at the middle of their priors."""
    with jax.ensure_compile_time_eval():
        middle = parameters(model, jnp.zeros(len(model.priors)))
        return starting_values(model, middle, {name: jnp.asarray(0.0) for name in layout.calendars})


def _points(model: Model, evidence: Evidence, sight: PathSight) -> Array:
    rows = sight.rows([(f"z:{name}", 0) for name in model.order])
    seen = rows[evidence.row, evidence.step]
    return evidence.counted * norm.logpdf(evidence.value, seen, evidence.error)


def _spans(model: Model, evidence: Evidence, sight: PathSight) -> Array:
    """Return the density of averages of natural values, compared on the link scale in swings."""
    x = sight.rows([(f"x:{name}", 0) for name in model.order])
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
    return evidence.span_counted * norm.logpdf(evidence.span_value, seen, evidence.span_error)
