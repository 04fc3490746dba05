"""One block of futures: drawn, scanned over all steps in every branch, and summed up at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from shatterbelt.futures.questions import Question, answer
from shatterbelt.futures.world import PAST_DRAWS, Given
from shatterbelt.model import past as pasts
from shatterbelt.model.kinds import MOST_EVENTS
from shatterbelt.model.links import unlink_array
from shatterbelt.model.parts import Model
from shatterbelt.model.priors import parameter_rows
from shatterbelt.model.start import starting_values
from shatterbelt.model.step import Inputs, Packed, pack, step

BLOCK = 256
"""Futures in a block. It is fixed, so that a future is the same however many are run at once, and
small, so that a step's values stay close to the processor."""
FAR = 60.0
"""Typical swings from usual beyond which a path counts as blown up."""
FAR_STOCK = 1e4
"""The same for stocks and formulas, which add up."""

CODES = ("ok", "not finite", "out of bounds")


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Sums:
    """What one branch of a block adds to an ensemble; quantities in the order of the step.

    Attributes:
        below: [steps, quantities, thresholds], good futures at or below each threshold.
        total: [steps, quantities], sum over good futures.
        apart: the same for the difference from the first branch, over futures good in both.
        apart_square: sum of squares of that difference.
        good: good futures; ``pairs`` those good in the first branch too.
        yes: [outcomes]; ``more`` and ``fewer`` count futures that say yes here and not in the first
            branch, and the reverse.
        codes: [codes, 1 + quantities], futures by code and by the quantity that went wrong first;
            place 0 is for none.
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


class Block:
    """The compiled parts of a run; each is compiled once, whatever the number of branches.

    ``length`` is how many of the scanned steps count.
    """

    def __init__(self, model: Model, questions: tuple[Question, ...], length: int) -> None:
        limits = bounds(model)
        self._begin = jax.jit(partial(_begin, model))
        self._scan = jax.jit(partial(_scan, model))
        self._sum_up = jax.jit(partial(_sum_up, questions, model.order, limits))
        self._codes = jax.jit(lambda x: _first_wrong(x[:length], *limits)[0])

    def paths(self, seed: Array, block: Array, given: Sequence[Given]) -> list[Array]:
        """Return the paths of every branch, ``[steps, quantities, futures]``, sharing their noise."""
        return [self._scan(*self._begin(seed, block, one), seed, block, one) for one in given]

    def codes(self, x: Array) -> Array:
        """Return the code of each future of a branch."""
        found: Array = self._codes(x)
        return found

    def sums(
        self, seed: Array, block: Array, given: Sequence[Given], thresholds: Sequence[Array], wanted: Array
    ) -> list[Sums]:
        """Return what every branch adds, counting the first ``wanted`` futures of the block."""
        paths = self.paths(seed, block, given)
        return [self._sum_up(x, paths[0], marks, wanted) for x, marks in zip(paths, thresholds, strict=True)]


def _keys(seed: Array, block: Array) -> tuple[Array, Array]:
    """Return a block's random keys: for its parameters, and for its steps."""
    key = jax.random.fold_in(jax.random.key(seed), block)
    for_parameters, for_steps = jax.random.split(key)
    return for_parameters, for_steps


def _begin(model: Model, seed: Array, block: Array, given: Given) -> tuple[Packed, Array]:
    """Return a branch's parameters as its steps use them, and the past before the first step."""
    z = jax.random.normal(_keys(seed, block)[0], (len(model.priors), BLOCK), jnp.float32)
    rows = parameter_rows(model, z)
    claims = len(model.claims)
    rows = jnp.concatenate([rows[:claims] * given.claims_on[:, None], rows[claims:]])
    named = {name: rows[i] for i, name in enumerate(model.parameter_names)}
    start = starting_values(model, named, {name: days[0] for name, days in given.calendar.items()})
    return pack(model, rows), pasts.initial_past(model, start, (BLOCK,))


def _scan(model: Model, packed: Packed, before: Array, seed: Array, block: Array, given: Given) -> Array:
    """Return one branch's paths, ``[steps, quantities, futures]``, quantities in the order of the step.

    A step's noise is drawn in the step from a key of its own, so that it is the same in every branch
    and however many steps follow.
    """
    repeats = BLOCK // PAST_DRAWS
    key = _keys(seed, block)[1]
    shape = (len(model.noise_names), BLOCK)

    def one(past: Array, outside: tuple[Array, Given]) -> tuple[Array, Array]:
        t, now = outside
        noise = jax.random.normal(jax.random.fold_in(key, t), shape, jnp.float32)
        held = tuple(
            None if group is None else (group[0][:, None], jnp.tile(group[1], (1, repeats)))
            for group in now.held
        )
        sight = step(model, past, packed, noise, Inputs({}, now.shock, now.calendar, held))
        return pasts.advance(model, sight), sight.now[: len(model.order)]

    steps = given.steps.shape[0]
    per_step = Given(given.steps, given.calendar, given.held, given.shock, jnp.zeros((steps, 0)))
    found: Array = jax.lax.scan(one, before, (given.steps, per_step))[1]
    return found


def bounds(model: Model) -> tuple[Array, Array]:
    """Return the lowest and highest natural value, ``[quantities]``, that a path may reach."""
    low, high = [], []
    for name in model.order:
        part = model.quantities[name]
        far = FAR if part.kind in {"level", "events", "share", "status"} else FAR_STOCK
        reach = part.scale.origin + part.scale.width * np.array([-far, far])
        if part.scale.link == "log1p":
            reach = np.minimum(reach, np.log1p(MOST_EVENTS))
        with np.errstate(over="ignore"):
            ends = np.asarray(unlink_array(part.scale.link, jnp.asarray(reach, jnp.float32)))
        low.append(max(float(ends[0]), -3e38))
        high.append(min(float(ends[1]), 3e38))
    return jnp.asarray(low, jnp.float32), jnp.asarray(high, jnp.float32)


def _first_wrong(x: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Return each future's code, and the place of the quantity that went wrong first (-1 for none).

    What is not finite goes before what is out of bounds; ties go to the quantity computed first.
    """
    right = jnp.all((x >= low[:, None]) & (x <= high[:, None]), axis=(0, 1))

    def look(x: Array) -> tuple[Array, Array]:
        lost = ~jnp.isfinite(x)
        far = ((x < low[:, None]) | (x > high[:, None])) & ~lost
        first = jnp.stack([_earliest(lost), _earliest(far)])
        code = jnp.where(first[0] >= 0, 1, jnp.where(first[1] >= 0, 2, 0))
        return code, jnp.where(code == 1, first[0], jnp.where(code == 2, first[1], -1))

    def fine(x: Array) -> tuple[Array, Array]:
        none = jnp.zeros(x.shape[-1], jnp.int32)
        return none, none - 1

    return jax.lax.cond(right.all(), fine, look, x)


def _earliest(wrong: Array) -> Array:
    """Return the quantity that goes wrong earliest, -1 where none does."""
    steps = wrong.shape[0]
    when = jnp.where(wrong.any(axis=0), jnp.argmax(wrong, axis=0), steps)
    return jnp.where(when.min(axis=0) < steps, jnp.argmin(when, axis=0), -1).astype(jnp.int32)


def _sum_up(
    questions: tuple[Question, ...],
    names: tuple[str, ...],
    limits: tuple[Array, Array],
    x: Array,
    base: Array,
    thresholds: Array,
    wanted: Array,
) -> Sums:
    """Sum up a branch's paths ``x`` beside the first branch's; ``limits`` are those of `bounds`."""
    length = thresholds.shape[0]
    x, base = x[:length], base[:length]
    counted = jnp.arange(x.shape[-1]) < wanted
    code, culprit = _first_wrong(x, *limits)
    good = (code == 0) & counted
    pair = good & (_first_wrong(base, *limits)[0] == 0)
    below, total, apart, apart_square = _over_steps(x, base, good, pair, thresholds)
    yes, base_yes = _answers(questions, names, x), _answers(questions, names, base)
    return Sums(
        below=below,
        total=total,
        apart=apart,
        apart_square=apart_square,
        good=good.sum(),
        pairs=pair.sum(),
        yes=(yes & good).sum(axis=-1),
        more=(yes & ~base_yes & pair).sum(axis=-1),
        fewer=(~yes & base_yes & pair).sum(axis=-1),
        codes=_count_codes(code, culprit, counted, len(names)),
    )


def _over_steps(
    x: Array, base: Array, good: Array, pair: Array, thresholds: Array
) -> tuple[Array, Array, Array, Array]:
    """Return what is summed for every step and quantity, one step at a time.

    These are the counts of good futures at or below each threshold, [steps, quantities, thresholds],
    and the sums of values, of differences from the first branch, and of their squares.
    """

    def at(given: tuple[Array, Array, Array]) -> tuple[Array, Array, Array, Array]:
        here, there, marks = given
        found = (here[:, None, :] <= marks[:, :, None]) & good
        apart = jnp.where(pair, here - there, 0.0)
        total = jnp.where(good, here, 0.0).sum(axis=-1)
        return (
            jnp.sum(found, axis=-1, dtype=jnp.int32),
            total,
            apart.sum(axis=-1),
            (apart * apart).sum(axis=-1),
        )

    found: tuple[Array, Array, Array, Array] = jax.lax.map(at, (x, base, thresholds))
    return found


def _answers(questions: tuple[Question, ...], names: tuple[str, ...], x: Array) -> Array:
    """Return where futures say yes: [outcomes, futures]."""
    if not questions:
        return jnp.zeros((0, x.shape[-1]), bool)
    return jnp.stack([answer(q, {q.quantity: x[:, names.index(q.quantity)]}) for q in questions])


def _count_codes(code: Array, culprit: Array, counted: Array, quantities: int) -> Array:
    """Count futures by code and culprit: [codes, 1 + quantities], no culprit in place 0."""
    is_code = code == jnp.arange(len(CODES))[:, None]
    is_culprit = culprit == jnp.arange(-1, quantities)[:, None]
    return (is_code[:, None, :] & is_culprit[None, :, :] & counted).sum(axis=-1)
