"""Sums that fade along a path, all steps at once."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import Array


def filtered(source: Array, decay: Array | np.ndarray) -> Array:
    """Return ``y[t] = decay * y[t - 1] + source[t]`` along the second axis, ``y`` before it being 0.

    Args:
        source: ``[rows, steps, ...]``.
        decay: ``[rows]``, from 0 to 1.

    In pieces, about as many as each has steps: within each piece all at once, and then what every piece
    hands on to those after it.
    """
    rows, steps = source.shape[:2]
    width = max(round(steps**0.5), 1)
    count = -(-steps // width)
    decay = jnp.asarray(decay, source.dtype)
    rest = [(0, 0)] * (source.ndim - 2)
    pieces = jnp.pad(source, [(0, 0), (0, count * width - steps), *rest])
    pieces = pieces.reshape(rows, count, width, *source.shape[2:])
    inside = jnp.einsum("rts,rcs...->rct...", _responses(decay, width), pieces)
    onward = jnp.pad(_responses(decay**width, count)[:, :-1], [(0, 0), (1, 0), (0, 0)])
    handed = jnp.einsum("rcd,rd...->rc...", onward, inside[:, :, -1])
    left = (decay[:, None] ** np.arange(1, width + 1)).reshape(rows, 1, width, *[1] * (source.ndim - 2))
    whole = inside + handed[:, :, None] * left
    return whole.reshape(rows, count * width, *source.shape[2:])[:, :steps]


def _responses(decay: Array, steps: int) -> Array:
    """Return what comes in at each step (last axis) leaves at each later one, ``[rows, steps, steps]``."""
    apart = np.subtract.outer(np.arange(steps), np.arange(steps))
    return jnp.where(apart >= 0, decay[:, None, None] ** np.maximum(apart, 0), 0.0)
