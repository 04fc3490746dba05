"""Claims at work: what each reads of its cause, and the sum of their pushes on each effect."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import Array

from shatterbelt.model.expressions import Value
from shatterbelt.model.parts import Group, Reading
from shatterbelt.model.past import Sight, column


def push_of(group: Group, sight: Sight, weights: Array) -> Array:
    """Return the push on each quantity of a group: the sum of weight times cause over its claims.

    Args:
        group: the quantities.
        sight: what can be seen from the step.
        weights: ``[claims, ...]`` in the order of ``group.claims``.

    Returns:
        Rows ``[quantities, ...]``.
    """
    push = jnp.zeros((len(group.names), *sight.shape), sight.past.dtype)
    first = 0
    for reading in group.readings:
        some = weights[first : first + len(reading.claims)]
        first += len(reading.claims)
        on_effect = np.arange(len(group.names))[:, None] == np.asarray(reading.effects)
        pushed = jnp.broadcast_to(some * _read(reading, sight), (len(reading.claims), *sight.shape))
        push = push + jnp.tensordot(jnp.asarray(on_effect, push.dtype), pushed, axes=1)
    return push


def reads_of(group: Group, sight: Sight) -> list[tuple[str, Array]]:
    """Return what each claim on a group reads of its cause: its id and an array of the sight's shape."""
    found: list[tuple[str, Array]] = []
    for reading in group.readings:
        shape = (len(reading.claims), *sight.shape)
        found += zip(reading.claims, jnp.broadcast_to(_read(reading, sight), shape), strict=True)
    return found


def _read(reading: Reading, sight: Sight) -> Array:
    values = sight.rows(reading.rows)
    if reading.before:
        values = values - sight.rows(reading.before)
    if reading.on:
        values = jnp.where(values > 0, 1.0, 0.0)
    if reading.width > 1:
        values = values.reshape(-1, reading.width, *sight.shape).mean(axis=1)
    values = _shaped(reading, values, column(reading.numbers, len(sight.shape)))
    if reading.conditions:
        asked = sight.rows([(f"x:{name}", 1) for name in reading.conditions])
        limits = column(reading.limits, len(sight.shape))
        values = jnp.where(passes(asked, reading.comparison, limits), values, 0.0)
    return values


def _shaped(reading: Reading, values: Array, numbers: Array) -> Array:
    """Return causes after their form: linear, levelling off, or acting only beyond a threshold."""
    if reading.shape == "saturating":
        return numbers * jnp.tanh(values / numbers)
    if reading.shape == "above":
        return jnp.maximum(values - numbers, 0.0)
    return jnp.minimum(values - numbers, 0.0) if reading.shape == "below" else values


def passes(value: Value, comparison: str, number: Array | float) -> Array:
    """Return where ``value`` passes the comparison with ``number``."""
    compare = {">=": jnp.greater_equal, "<=": jnp.less_equal, ">": jnp.greater, "<": jnp.less}
    return compare[comparison](value, number)
