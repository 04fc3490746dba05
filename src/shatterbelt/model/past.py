"""The past that a step looks back on, carried along a scan or laid out along a known path."""

from __future__ import annotations

from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np
from jax import Array

from shatterbelt.model.expressions import Value, evaluate
from shatterbelt.model.links import link_array, unlink_array
from shatterbelt.model.parts import Model, QuantityPart, Track

Past = dict[str, Array]
"""Track key -> array ``[depth, ...]``, the latest step first."""
Now = dict[str, Value]
"""Key -> value in this step; what is not there yet is derived when it is looked at."""


class Sight:
    """What can be seen from one step: ``sight(key, lag)``, deriving this step's tracks as needed.

    A step fills in ``x:name`` or ``z:name`` of a quantity; its other scale, its memories and the
    smooths and delayed parts of formulas follow from it.
    """

    def __init__(self, model: Model, past: Past, now: Now | None = None) -> None:
        self.model = model
        self.past = past
        self.now: Now = {} if now is None else now

    def __call__(self, key: str, lag: int) -> Value:
        """Return the value of a track ``lag`` steps back."""
        if lag > 0:
            return self.past[key][lag - 1]
        if key not in self.now:
            self.now[key] = self._derive(key)
        return self.now[key]

    def x(self, name: str) -> Array:
        """Return a quantity's natural value in this step."""
        return jnp.asarray(self(f"x:{name}", 0))

    def _derive(self, key: str) -> Value:
        scale, _, name = key.partition(":")
        if scale == "z":
            return in_swings(self.model.quantities[name], jnp.asarray(self.now[f"x:{name}"]))
        if scale == "x":
            return natural(self.model.quantities[name], jnp.asarray(self.now[f"z:{name}"]))
        return self._derive_track(self.model.tracks[key])

    def _derive_track(self, track: Track) -> Value:
        if track.kind == "memory":
            return self._memory(track)
        if track.kind == "remembered":
            counts = self.model.quantities[track.quantity].kind == "events"
            source = self(f"{'x' if counts else 'z'}:{track.quantity}", 0)
        else:
            assert track.expression is not None  # compile gives expressions and smooths one
            source = evaluate(track.expression, self)
        if track.kind == "expression":
            return source
        return track.decay * self.past[track.key][0] + track.gain * source

    def _memory(self, track: Track) -> Value:
        """Return a remembered count in swings; a remembered average is in swings already."""
        remembered = self(track.key.replace("memory:", "remembered:", 1), 0)
        if self.model.quantities[track.quantity].kind != "events":
            return remembered
        return (jnp.log1p(remembered) - track.usual) / track.width


class Still(Sight):
    """What can be seen from a world that has always stood still: every look back sees the present."""

    def __init__(self, model: Model, values: Mapping[str, Array | float]) -> None:
        now: Now = {f"x:{name}": jnp.asarray(value, float) for name, value in values.items()}
        super().__init__(model, {}, now)

    def __call__(self, key: str, lag: int) -> Value:
        """Return the value of a track, the same at any lag."""
        return super().__call__(key, 0 * lag)

    def _derive_track(self, track: Track) -> Value:
        if track.kind == "memory":
            return self._memory(track)
        if track.kind == "remembered":
            counts = self.model.quantities[track.quantity].kind == "events"
            return track.usual if counts else self(f"z:{track.quantity}", 0)
        assert track.expression is not None  # compile gives expressions and smooths one
        return evaluate(track.expression, self)


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
        shape: trailing shape of every array, usually ``(futures,)``.
    """
    sight = Still(model, {name: start[name] for name in model.quantities})
    return {
        key: jnp.broadcast_to(jnp.asarray(sight(key, 0), float), (track.depth, *shape))
        for key, track in model.tracks.items()
    }


def advance(model: Model, sight: Sight) -> Past:
    """Return the past of the next step: every track moved back by one, this step in front."""
    moved: Past = {}
    for key, track in model.tracks.items():
        old = sight.past[key]
        front = jnp.broadcast_to(jnp.asarray(sight(key, 0), old.dtype), old.shape[1:])[None]
        moved[key] = front if track.depth == 1 else jnp.concatenate([front, old[:-1]])
    return moved


def past_of_path(
    model: Model, path: Mapping[str, Array], start: Mapping[str, Array | float]
) -> tuple[Past, Now]:
    """Lay out what every step of a known path looks back on.

    Args:
        model: the compiled case.
        path: natural values of every quantity, each of shape ``[steps, ...]``.
        start: natural values before the first step.

    Returns:
        The past of all steps at once, ``[depth, steps, ...]`` for every track, and the path itself as
        this step's values; `shatterbelt.model.step.predict` takes both.
    """
    steps, *rest = next(iter(path.values())).shape
    before = initial_past(model, start, tuple(rest))
    now: Now = {f"x:{name}": values for name, values in path.items()}
    past: Past = {}
    sight = Sight(model, past, now)  # a track that looks back on another one stands after it
    for key, track in model.tracks.items():
        if track.kind in {"remembered", "smooth"}:
            now[key] = _decayed(model, track, sight, before[key][0], steps)
        along = jnp.broadcast_to(jnp.asarray(sight(key, 0), float), (steps, *rest))
        history = jnp.concatenate([before[key][::-1], along])
        lagged = [history[track.depth - lag :][:steps] for lag in range(1, track.depth + 1)]
        past[key] = jnp.stack(lagged)
    return past, now


def _decayed(model: Model, track: Track, sight: Sight, before: Array, steps: int) -> Array:
    """Return a decaying track along a path, as one product with a triangular matrix."""
    if track.kind == "smooth":
        assert track.expression is not None  # compile gives smooths one
        source = evaluate(track.expression, sight)
    else:
        counts = model.quantities[track.quantity].kind == "events"
        source = sight(f"{'x' if counts else 'z'}:{track.quantity}", 0)
    lag = np.arange(steps)[:, None] - np.arange(steps)[None, :]
    kernel = np.where(lag >= 0, track.decay ** np.maximum(lag, 0), 0.0)
    source = jnp.broadcast_to(jnp.asarray(source, float), (steps, *before.shape))
    fading = jnp.asarray(track.decay ** np.arange(1, steps + 1)).reshape(steps, *[1] * before.ndim)
    return track.gain * jnp.tensordot(jnp.asarray(kernel), source, axes=1) + fading * before
