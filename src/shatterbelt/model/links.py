"""Links: the scale on which causes push and quantities move."""

from __future__ import annotations

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array

LINKS: tuple[str, ...] = ("identity", "log", "logit", "log1p")


def link_number(link: str, value: float) -> float:
    """Return ``value`` on the scale of ``link``, as a plain number."""
    forward: dict[str, Callable[[float], float]] = {
        "identity": lambda x: x,
        "log": math.log,
        "logit": lambda x: math.log(x / (1 - x)),
        "log1p": math.log1p,
    }
    return forward[link](value)


def link_array(link: str, value: Array) -> Array:
    """Return ``value`` (any shape) on the scale of ``link``."""
    if link == "log":
        return jnp.log(value)
    if link == "logit":
        return jax.scipy.special.logit(value)
    return jnp.log1p(value) if link == "log1p" else value


def unlink_array(link: str, value: Array) -> Array:
    """Return the natural value of ``value`` (any shape) on the scale of ``link``."""
    if link == "log":
        return jnp.exp(value)
    if link == "logit":
        return jax.nn.sigmoid(value)
    return jnp.expm1(value) if link == "log1p" else value
