"""One block of futures: drawn, scanned over all steps in every branch, and summed up at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from shatterbelt.futures.questions import Question, answer
from shatterbelt.futures.world import PAST_DRAWS, World
from shatterbelt.model import past as pasts
from shatterbelt.model.parts import Model
from shatterbelt.model.priors import parameters
from shatterbelt.model.start import starting_values
from shatterbelt.model.step import Inputs, step

BLOCK = 1024
"""Futures in a block. It is fixed, so that a future is the same however many are run at once."""
FAR = 60.0
"""Typical swings from usual beyond which a path counts as blown up."""
FAR_STOCK = 1e4
"""The same for stocks and formulas, which add up."""

CODES = ("ok", "not finite", "out of bounds")


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Sums:
    """What a block adds to an ensemble, branches first.

    Attributes:
        below: [branches, steps, quantities, thresholds], good futures at or below each threshold.
        total: [branches, steps, quantities], sum over good futures.
        apart: the same for the difference from branch 0, over futures good in both.
        apart_square: sum of squares of that difference.
        good: [branches], good futures; ``pairs`` those good in branch 0 too.
        yes: [branches, outcomes]; ``more`` and ``fewer`` count futures that say yes here and not in
            branch 0, and the reverse.
        codes: [branches, codes, 1 + quantities], futures by code and by the quantity that went wrong
            first; place 0 is for none.
    """

    below: Array
    total: Array
    apart: Array
    apart_square: Array
    good: Array
    pairs: Array
    yes: Array
    more: Array
    fewer: Array
    codes: Array


Paths = tuple[Array, Array]
"""Whole paths of a block: values [branches, steps, quantities, futures], codes [branches, futures]."""


def simulator(
    model: Model, questions: tuple[Question, ...], branches: int, steps: int
) -> tuple[Callable[..., Sums], Callable[..., Paths]]:
    """Return two compiled functions that run a block.

    ``sums(seed, block, world, thresholds, wanted)`` counts the first ``wanted`` futures of the block;
    ``thresholds`` is [branches, steps, quantities, thresholds]. ``paths(seed, block, world)`` returns
    all of its paths.
    """
    low, high = bounds(model)

    def run(seed: Array, block: Array, world: World) -> tuple[Array, Array]:
        key = jax.random.fold_in(jax.random.key(seed), block)
        for_parameters, for_steps = jax.random.split(key)
        z = jax.random.normal(for_parameters, (len(model.priors), BLOCK), jnp.float32)
        noise = jax.random.normal(for_steps, (steps, len(model.noise_names), BLOCK), jnp.float32)
        x = jax.lax.map(lambda i: _scan(model, z, noise, world, i), jnp.arange(branches))
        return x, _codes(x, low, high)

    def paths(seed: Array, block: Array, world: World) -> Paths:
        x, first = run(seed, block, world)
        return x, _code_of(first)

    def sums(seed: Array, block: Array, world: World, thresholds: Array, wanted: Array) -> Sums:
        x, first = run(seed, block, world)
        return _sum_up(questions, model.names, x, first, jnp.arange(BLOCK) < wanted, thresholds)

    return jax.jit(sums), jax.jit(paths)


def bounds(model: Model) -> tuple[Array, Array]:
    """Return the lowest and highest natural value, ``[quantities]``, that a path may reach."""
    low, high = [], []
    for part in model.quantities.values():
        far = FAR if part.kind in {"level", "events", "share", "status"} else FAR_STOCK
        reach = part.scale.width * np.array([-far, far]) + part.scale.origin
        unlink = {
            "log": np.exp,
            "logit": lambda y: 1 / (1 + np.exp(-y)),
            "log1p": lambda y: np.expm1(np.minimum(y, 9.2)),
        }
        with np.errstate(over="ignore"):
            ends = unlink.get(part.scale.link, lambda y: y)(reach)
        low.append(float(np.nan_to_num(ends[0], neginf=-3e38)))
        high.append(float(min(ends[1], 3e38)))
    return jnp.asarray(low, jnp.float32), jnp.asarray(high, jnp.float32)


def _scan(model: Model, z: Array, noise: Array, world: World, branch: Array | int) -> Array:
    """Return one branch's paths, ``[steps, quantities, futures]``."""
    on = {claim.id: world.claims_on[branch, i] for i, claim in enumerate(model.claims)}
    drawn = parameters(model, z, on)
    start = starting_values(model, drawn, {name: days[0] for name, days in world.calendar.items()})
    before = pasts.initial_past(model, start, (BLOCK,))
    repeats = BLOCK // PAST_DRAWS

    def one(past: pasts.Past, given: tuple[Array, ...]) -> tuple[pasts.Past, Array]:
        noise_now, outside = given
        sight = step(model, past, drawn, noise_now, _inputs(outside, repeats))
        now = [jnp.broadcast_to(sight.x(name), (BLOCK,)) for name in model.names]
        return pasts.advance(model, sight), jnp.stack(now)

    per_step = {
        "calendar": world.calendar,
        "past_held": world.past_held,
        "past_value": world.past_value,
        "set_held": {name: held[branch] for name, held in world.set_held.items()},
        "set_value": {name: value[branch] for name, value in world.set_value.items()},
        "shock": {name: size[branch] for name, size in world.shock.items()},
    }
    return jax.lax.scan(one, before, (noise, per_step))[1]


def _inputs(outside: dict[str, dict[str, Array]], repeats: int) -> Inputs:
    """Return a step's inputs: what a branch holds goes before what the record's past holds."""
    hold: dict[str, tuple[Array, Array]] = {}
    for name, held in outside["past_held"].items():
        hold[name] = (held, jnp.tile(outside["past_value"][name], repeats))
    for name, held in outside["set_held"].items():
        before, value = hold.get(name, (jnp.asarray(False), jnp.asarray(0.0)))
        hold[name] = (held | before, jnp.where(held, outside["set_value"][name], value))
    return Inputs(hold, outside["shock"], outside["calendar"])


def _codes(x: Array, low: Array, high: Array) -> Array:
    """Return for each code beyond ok the first quantity that earns it, else -1: [branches, 2, futures]."""
    lost = ~jnp.isfinite(x)
    far = (x < low[:, None]) | (x > high[:, None])
    return jnp.stack([_first(lost), _first(far & ~lost)], axis=1)


def _first(wrong: Array) -> Array:
    """Return the quantity that goes wrong earliest, -1 where none does; ties go to the first named."""
    steps = wrong.shape[1]
    when = jnp.where(wrong.any(axis=1), jnp.argmax(wrong, axis=1), steps)
    return jnp.where(when.min(axis=1) < steps, jnp.argmin(when, axis=1), -1)


def _code_of(first: Array) -> Array:
    """Return the code of each future, [branches, futures]: not finite goes before out of bounds."""
    return jnp.where(first[:, 0] >= 0, 1, jnp.where(first[:, 1] >= 0, 2, 0))


def _sum_up(
    questions: tuple[Question, ...],
    names: tuple[str, ...],
    x: Array,
    first: Array,
    counted: Array,
    thresholds: Array,
) -> Sums:
    code = _code_of(first)
    good = (code == 0) & counted
    pair = good & good[0]
    kept = good[:, None, None, :]
    apart = jnp.where(pair[:, None, None, :], x - x[0], 0.0)
    yes = _answers(questions, names, x)
    both = pair[:, None, :]
    return Sums(
        below=_below(x, kept, thresholds),
        total=jnp.where(kept, x, 0.0).sum(axis=-1),
        apart=apart.sum(axis=-1),
        apart_square=(apart * apart).sum(axis=-1),
        good=good.sum(axis=-1),
        pairs=pair.sum(axis=-1),
        yes=(yes & good[:, None, :]).sum(axis=-1),
        more=(yes & ~yes[0] & both).sum(axis=-1),
        fewer=(~yes & yes[0] & both).sum(axis=-1),
        codes=_count_codes(code, first, counted, len(names)),
    )


def _below(x: Array, kept: Array, thresholds: Array) -> Array:
    """Count good futures at or below each threshold: [branches, steps, quantities, thresholds]."""
    counts = [
        jnp.sum((x <= thresholds[..., k, None]) & kept, axis=-1, dtype=jnp.int32)
        for k in range(thresholds.shape[-1])
    ]
    return jnp.stack(counts, axis=-1)


def _answers(questions: tuple[Question, ...], names: tuple[str, ...], x: Array) -> Array:
    """Return where futures say yes: [branches, outcomes, futures]."""
    if not questions:
        return jnp.zeros((x.shape[0], 0, x.shape[-1]), bool)
    place = {name: i for i, name in enumerate(names)}
    said = [
        jax.vmap(lambda path, q=q: answer(q, {q.quantity: path[:, place[q.quantity]]}))(x) for q in questions
    ]
    return jnp.stack(said, axis=1)


def _count_codes(code: Array, first: Array, counted: Array, quantities: int) -> Array:
    """Count futures by code and culprit: [branches, codes, 1 + quantities], no culprit in place 0."""
    culprit = jnp.where(code == 1, first[:, 0], jnp.where(code == 2, first[:, 1], -1))
    is_code = code[:, None, :] == jnp.arange(len(CODES))[:, None]
    is_culprit = culprit[:, None, :] == jnp.arange(-1, quantities)[:, None]
    both = is_code[:, :, None, :] & is_culprit[:, None, :, :] & counted
    return both.sum(axis=-1)
