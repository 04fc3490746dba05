"""One block of futures: drawn, scanned over all steps in every branch, and summed up at once."""

from __future__ import annotations

import functools
import operator
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from shatterbelt.futures.noise import keys, step_noise
from shatterbelt.futures.questions import Question, answer
from shatterbelt.futures.world import PAST_DRAWS, Given, padded
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
STRIP = 32
"""Futures counted side by side; a block is a multiple of it."""
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


class Scanned:
    """The compiled parts that a model's runs share, whatever they ask and however long they are."""

    def __init__(self, model: Model) -> None:
        def draw(steps: int, seed: Array, block: Array) -> Array:
            return step_noise(keys(seed, block)[1], steps, len(model.noise_names), BLOCK)

        self.model = model
        self.draw = jax.jit(draw, static_argnums=0)
        self.begin = jax.jit(functools.partial(_begin, model))
        self.scan = jax.jit(functools.partial(_scan, model))


_kept: deque[Scanned] = deque(maxlen=4)


def _scanned(model: Model) -> Scanned:
    """Return a model's compiled parts: those of a run before this one, if there was one."""
    for known in _kept:
        if known.model == model:
            return known
    _kept.append(Scanned(model))
    return _kept[-1]


class Block:
    """The compiled parts of a run; each is compiled once, whatever the number of branches.

    ``length`` is how many of the scanned steps count.
    """

    def __init__(self, model: Model, questions: tuple[Question, ...], length: int) -> None:
        limits = bounds(model)
        scanned = _scanned(model)
        self._draw = functools.partial(scanned.draw, padded(length))
        self._begin, self._scan = scanned.begin, scanned.scan
        self._look = jax.jit(functools.partial(_look, questions, model.order, limits, length))
        self._sum_up = jax.jit(_sum_up)

    def paths(self, seed: Array, block: Array, given: Sequence[Given]) -> list[Array]:
        """Return the paths of every branch, ``[steps, quantities, futures]``, sharing their noise."""
        noise = self._draw(seed, block)
        return [self._scan(*self._begin(seed, block, one), noise, one) for one in given]

    def codes(self, x: Array) -> Array:
        """Return the code of each future of a branch."""
        found: Array = self._look(x).code
        return found

    def sums(
        self, seed: Array, block: Array, given: Sequence[Given], thresholds: Sequence[Array], wanted: Array
    ) -> list[Sums]:
        """Return what every branch adds, counting the first ``wanted`` futures of the block."""
        noise = self._draw(seed, block)
        found = []
        base: tuple[Array, Seen] | None = None
        for one, marks in zip(given, thresholds, strict=True):
            x = self._scan(*self._begin(seed, block, one), noise, one)
            seen = self._look(x)
            base = base or (x, seen)
            found.append(self._sum_up(x, seen, *base, marks, wanted))
        return found


def _begin(model: Model, seed: Array, block: Array, given: Given) -> tuple[Packed, Array]:
    """Return a branch's parameters as its steps use them, and the past before the first step."""
    if given.parameters is None:
        z = jax.random.normal(keys(seed, block)[0], (len(model.priors), BLOCK), jnp.float32)
        rows = parameter_rows(model, z)
    else:
        rows = jnp.tile(given.parameters, (1, BLOCK // PAST_DRAWS))
    claims = len(model.claims)
    rows = jnp.concatenate([rows[:claims] * given.claims_on[:, None], rows[claims:]])
    named = {name: rows[i] for i, name in enumerate(model.parameter_names)}
    start = starting_values(model, named, {name: days[0] for name, days in given.calendar.items()})
    return pack(model, rows), pasts.initial_past(model, start, (BLOCK,))


def _scan(model: Model, packed: Packed, before: Array, noise: Array, given: Given) -> Array:
    """Return one branch's paths, ``[steps, quantities, futures]``, quantities in the order of the step."""
    repeats = BLOCK // PAST_DRAWS

    def one(past: Array, outside: tuple[Array, Given]) -> tuple[Array, Array]:
        noise, now = outside
        held = tuple(
            None if group is None else (group[0][:, None], jnp.tile(group[1], (1, repeats)))
            for group in now.held
        )
        sight = step(model, past, packed, noise, Inputs({}, now.shock, now.calendar, held))
        return pasts.advance(model, sight), sight.now[: len(model.order)]

    per_step = Given(given.calendar, given.held, given.shock, jnp.zeros((noise.shape[0], 0)))
    found: Array = jax.lax.scan(one, before, (noise, per_step))[1]
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


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Seen:
    """What is seen of each future of a branch: its code, what went wrong first, what it says to outcomes."""

    code: Array
    culprit: Array
    yes: Array


def _look(
    questions: tuple[Question, ...],
    names: tuple[str, ...],
    limits: tuple[Array, Array],
    length: int,
    x: Array,
) -> Seen:
    """Look at the first ``length`` steps of a branch's paths."""
    return Seen(*_first_wrong(x, length, *limits), _answers(questions, names, x))


def _first_wrong(x: Array, length: int, low: Array, high: Array) -> tuple[Array, Array]:
    """Return each future's code, and the place of the quantity that went wrong first (-1 for none).

    What is not finite goes before what is out of bounds; ties go to the quantity computed first.
    """

    def within(t: Array, right: Array) -> Array:
        return right & (x[t] >= low[:, None]) & (x[t] <= high[:, None])

    right = jax.lax.fori_loop(0, length, within, jnp.ones(x.shape[1:], bool)).all()

    def look(x: Array) -> tuple[Array, Array]:
        x = x[:length]
        lost = ~jnp.isfinite(x)
        far = ((x < low[:, None]) | (x > high[:, None])) & ~lost
        first = jnp.stack([_earliest(lost), _earliest(far)])
        code = jnp.where(first[0] >= 0, 1, jnp.where(first[1] >= 0, 2, 0))
        return code, jnp.where(code == 1, first[0], jnp.where(code == 2, first[1], -1))

    def fine(x: Array) -> tuple[Array, Array]:
        none = jnp.zeros(x.shape[-1], jnp.int32)
        return none, none - 1

    found: tuple[Array, Array] = jax.lax.cond(right, fine, look, x)
    return found


def _earliest(wrong: Array) -> Array:
    """Return the quantity that goes wrong earliest, -1 where none does."""
    steps = wrong.shape[0]
    when = jnp.where(wrong.any(axis=0), jnp.argmax(wrong, axis=0), steps)
    return jnp.where(when.min(axis=0) < steps, jnp.argmin(when, axis=0), -1).astype(jnp.int32)


def _sum_up(x: Array, seen: Seen, base: Array, base_seen: Seen, thresholds: Array, wanted: Array) -> Sums:
    """Sum up a branch's paths ``x`` beside the first branch's."""
    counted = jnp.arange(x.shape[-1]) < wanted
    good = (seen.code == 0) & counted
    pair = good & (base_seen.code == 0)
    below, total, apart, apart_square = _over_steps(x, base, good, pair, thresholds)
    yes, base_yes = seen.yes, base_seen.yes
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
        codes=_count_codes(seen.code, seen.culprit, counted, x.shape[1]),
    )


def _over_steps(
    x: Array, base: Array, good: Array, pair: Array, thresholds: Array
) -> tuple[Array, Array, Array, Array]:
    """Return what is summed for every step and quantity, one step at a time.

    These are the counts of good futures at or below each threshold, [steps, quantities, thresholds],
    and the sums of values, of differences from the first branch, and of their squares; for as many
    steps as there are thresholds for.
    """

    def at(t: Array) -> tuple[Array, Array, Array, Array]:
        apart = jnp.where(pair, x[t] - base[t], 0.0)
        total = jnp.where(good, x[t], 0.0).sum(axis=-1)
        below = _below(jnp.where(good, x[t], jnp.inf), thresholds[t])
        return below, total, apart.sum(axis=-1), (apart * apart).sum(axis=-1)

    found: tuple[Array, Array, Array, Array] = jax.lax.map(at, jnp.arange(thresholds.shape[0]))
    return found


def _below(here: Array, marks: Array) -> Array:
    """Count values ``[quantities, futures]`` at or below marks: ``[quantities, marks]``.

    Counted in strips of futures that are added up elementwise: a processor compares eight at a time,
    where a plain sum along the futures goes one by one.
    """
    strips = [
        (here[:, None, at : at + STRIP] <= marks[:, :, None]).astype(jnp.int32)
        for at in range(0, here.shape[-1], STRIP)
    ]
    counted: Array = functools.reduce(operator.add, strips).sum(axis=-1)
    return counted


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
