"""The past that a step looks back on, carried along a scan; `shatterbelt.model.path` lays it along a path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import jax.numpy as jnp
import numpy as np
from jax import Array

from shatterbelt.model.expressions import Value, evaluate
from shatterbelt.model.links import link_array, unlink_array
from shatterbelt.model.parts import Model, QuantityPart, Track

Past = Array
"""Rows ``[rows, ...]``: every track's lags, one after the other, as ``model.layout`` says."""


class Sight:
    """What can be seen from one step: ``sight(key, lag)``, deriving this step's tracks as needed.

    A step fills in the values of its groups; other scales, memories, and the smooths and delayed parts
    of formulas follow from them.
    """

    def __init__(self, model: Model, past: Past) -> None:
        self.model = model
        self.past = past
        self.shape: tuple[int, ...] = past.shape[1:]
        self._groups: list[tuple[Array, Array]] = []
        self._rows: dict[str, tuple[Array, int]] = {}
        self._derived: dict[str, Value] = {}

    def put(self, x: Array, z: Array) -> None:
        """Fill in the next quantities in the order of the step: natural values and swings, as rows."""
        first = sum(there.shape[0] for there, _ in self._groups)
        self._groups.append((x, z))
        for row, name in enumerate(self.model.order[first : first + x.shape[0]]):
            self._rows[f"x:{name}"] = (x, row)
            self._rows[f"z:{name}"] = (z, row)

    @property
    def now(self) -> Array:
        """All that was filled in, as rows: natural values in the order of the step, then swings."""
        return jnp.concatenate([x for x, _ in self._groups] + [z for _, z in self._groups])

    def set(self, key: str, value: Value) -> None:
        """Fill in one track of this step."""
        self._derived[key] = value

    def __call__(self, key: str, lag: int) -> Value:
        """Return the value of a track ``lag`` steps back."""
        if lag > 0:
            return self.past[self.model.layout[key] + lag - 1]
        if key in self._derived:
            return self._derived[key]
        if key in self._rows:
            values, row = self._rows[key]
            return values[row]
        self._derived[key] = self._derive(key)
        return self._derived[key]

    def x(self, name: str) -> Array:
        """Return a quantity's natural value in this step."""
        return jnp.asarray(self(f"x:{name}", 0))

    def rows(self, wanted: Sequence[tuple[str, int]]) -> Array:
        """Return many tracks at their lags as rows of one array, ``[wanted, ...]``."""
        if all(lag > 0 for _, lag in wanted):
            return take(self.past, [self.model.layout[key] + lag - 1 for key, lag in wanted])
        single = [jnp.broadcast_to(jnp.asarray(self(key, lag)), self.shape) for key, lag in wanted]
        return jnp.stack(single)

    def _derive(self, key: str) -> Value:
        scale, _, name = key.partition(":")
        if scale == "z":
            return in_swings(self.model.quantities[name], self.x(name))
        if scale == "x":
            return natural(self.model.quantities[name], jnp.asarray(self(f"z:{name}", 0)))
        return self._derive_track(self.model.tracks[key])

    def _derive_track(self, track: Track) -> Value:
        if track.kind == "memory":
            return self._memory(track)
        source = self.source_of(track)
        if track.kind == "expression":
            return source
        return track.decay * self(track.key, 1) + track.gain * source

    def source_of(self, track: Track) -> Value:
        """Return what a decaying or delayed track takes in."""
        if track.kind == "remembered":
            counts = self.model.quantities[track.quantity].kind == "events"
            return self(f"{'x' if counts else 'z'}:{track.quantity}", 0)
        assert track.expression is not None  # compile gives expressions and smooths one
        return evaluate(track.expression, self)

    def _memory(self, track: Track) -> Value:
        """Return a remembered count in swings; a remembered average is in swings already."""
        remembered = self(track.key.replace("memory:", "remembered:", 1), 0)
        if self.model.quantities[track.quantity].kind != "events":
            return remembered
        return (jnp.log1p(remembered) - track.usual) / track.width


class Still(Sight):
    """What can be seen from a world that has always stood still: every look back sees the present."""

    def __init__(
        self, model: Model, values: Mapping[str, Array | float], shape: tuple[int, ...] = ()
    ) -> None:
        super().__init__(model, jnp.zeros((0, *shape)))
        for name, value in values.items():
            self.set(f"x:{name}", jnp.asarray(value, float))

    def __call__(self, key: str, lag: int) -> Value:
        """Return the value of a track, the same at any lag."""
        return super().__call__(key, 0 * lag)

    def _derive_track(self, track: Track) -> Value:
        if track.kind == "memory":
            return self._memory(track)
        if track.kind == "remembered" and self.model.quantities[track.quantity].kind == "events":
            return track.usual
        return self.source_of(track)


def take(array: Array, rows: Sequence[int]) -> Array:
    """Return rows of an array, known when compiling; neighbours are cut out as they stand."""
    first = rows[0] if rows else 0
    if list(rows) == list(range(first, first + len(rows))):
        return array[first : first + len(rows)]
    return array.at[np.asarray(rows)].get(mode="promise_in_bounds")


def in_swings(part: QuantityPart, x: Array) -> Array:
    """Return natural values in typical swings from usual."""
    return (link_array(part.scale.link, x) - part.scale.origin) / part.scale.width


def natural(part: QuantityPart, z: Array) -> Array:
    """Return the natural value of what is given in typical swings from usual."""
    return unlink_array(part.scale.link, part.scale.origin + part.scale.width * z)


def initial_past(model: Model, start: Mapping[str, Array | float], shape: tuple[int, ...] = ()) -> Past:
    """Return the past before the first step, as if every quantity had always stood at its start.

    Args:
        model: the compiled case.
        start: natural value of every quantity, broadcastable to ``shape``.
        shape: trailing shape of the past, usually ``(futures,)``.
    """
    sight = Still(model, {name: start[name] for name in model.quantities}, shape)
    rows = [
        jnp.broadcast_to(jnp.asarray(sight(key, 0), float), (track.depth, *shape))
        for key, track in model.tracks.items()
    ]
    return jnp.concatenate(rows) if rows else jnp.zeros((0, *shape))


def advance(model: Model, sight: Sight) -> Past:
    """Return the past of the next step: every track moved back by one, this step in front."""
    fresh, keys = _fresh(model, sight)
    now = sight.now
    whole = jnp.concatenate([now, fresh, sight.past])
    behind = now.shape[0] + fresh.shape[0]
    rows = []
    for key, track in model.tracks.items():
        front = now.shape[0] + keys.index(key) if key in keys else model.now_row[key]
        rows += [front, *range(behind + model.layout[key], behind + model.layout[key] + track.depth - 1)]
    return take(whole, rows)


def _fresh(model: Model, sight: Sight) -> tuple[Array, list[str]]:
    """Return this step's memories, smooths and delayed parts as rows, and whose rows they are."""
    counts, averages = (
        [t for t in model.tracks.values() if t.kind == "remembered" and _counts(model, t) is wanted]
        for wanted in (True, False)
    )
    rows, keys = [], []
    for held, scale in ((counts, "x"), (averages, "z")):
        if held:
            sums = _remembered(held, scale, sight)
            rows += [sums, in_memory(model, held, sums) if scale == "x" else sums]
            keys += [t.key for t in held] + [t.key.replace("remembered:", "memory:", 1) for t in held]
    for key, track in model.tracks.items():
        if track.kind in {"expression", "smooth"}:
            rows.append(jnp.broadcast_to(jnp.asarray(sight(key, 0), sight.past.dtype), sight.shape)[None])
            keys.append(key)
    return (jnp.concatenate(rows) if rows else jnp.zeros((0, *sight.shape), sight.past.dtype)), keys


def _counts(model: Model, track: Track) -> bool:
    return model.quantities[track.quantity].kind == "events"


def _remembered(held: list[Track], scale: str, sight: Sight) -> Array:
    """Return decaying sums brought up to this step, as rows."""
    new = sight.rows([(f"{scale}:{track.quantity}", 0) for track in held])
    old = sight.rows([(track.key, 1) for track in held])
    axes = len(sight.shape)
    return column([t.decay for t in held], axes) * old + column([t.gain for t in held], axes) * new


def in_memory(model: Model, held: list[Track], sums: Array) -> Array:
    """Return remembered counts in swings, as rows ``[tracks, ...]``."""
    memories = [model.tracks[track.key.replace("remembered:", "memory:", 1)] for track in held]
    axes = sums.ndim - 1
    return (jnp.log1p(sums) - column([t.usual for t in memories], axes)) / column(
        [t.width for t in memories], axes
    )


def column(numbers: Sequence[float], axes: int) -> Array:
    """Return numbers as ``[numbers, 1, ...]``, to go with rows that have ``axes`` further axes."""
    return jnp.asarray(np.reshape(np.asarray(numbers, float), (-1, *[1] * axes)), float)
