"""Priors: every uncertain parameter as a function of one standard normal number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from shatterbelt.model.parts import ClaimPart, Model, Prior, QuantityPart

BASELINE_SPREAD = 0.25
"""Standard deviation of a baseline around usual, in typical swings."""
SCALE_SPREAD = 0.25
"""Standard deviation of the logarithm of a half-life, a noise, a rate, a hazard or a dispersion."""
THRESHOLD_SPREAD = 0.25
"""Standard deviation of a mean threshold, in typical swings of its quantity."""


def priors_of(quantities: Mapping[str, QuantityPart], claims: Sequence[ClaimPart]) -> tuple[Prior, ...]:
    """Return the prior of every uncertain parameter, claims' weights first."""
    shapes = {"+": "half+", "-": "half-", "unknown": "normal"}
    found = [Prior(f"weight.{claim.id}", shapes[claim.sign], 0.0, claim.scale) for claim in claims]
    for part in quantities.values():
        found += _quantity_priors(part)
    return tuple(found)


def _quantity_priors(part: QuantityPart) -> list[Prior]:
    name, numbers = part.name, part.numbers
    shapes = {"rate": "log", "dispersion": "log", "onset": "hazard", "end": "hazard", "noise": "log"}
    found = [
        Prior(f"{key}.{name}", shape, numbers[key], SCALE_SPREAD)
        for key, shape in shapes.items()
        if numbers.get(key, 0.0) > 0
    ]
    if part.kind == "level" and numbers["noise"] > 0 and numbers["kept"] < 1:
        found.append(Prior(f"kept.{name}", "kept", numbers["kept"], SCALE_SPREAD))
        found.append(Prior(f"baseline.{name}", "normal", 0.0, BASELINE_SPREAD))
    if part.kind == "share" and "mean" in numbers:
        found.append(Prior(f"mean.{name}", "normal", numbers["mean"], THRESHOLD_SPREAD * numbers["swing"]))
    if part.kind == "constant":
        found.append(Prior(f"constant.{name}", "uniform", numbers["low"], numbers["high"] - numbers["low"]))
    return found


def parameters(model: Model, z: Array, on: Mapping[str, Array | float] | None = None) -> dict[str, Array]:
    """Turn standard normals into parameters.

    Args:
        model: the compiled case.
        z: standard normals, shape ``[parameters, ...]`` in the order of ``model.parameter_names``.
        on: for some claims (by id) a factor that multiplies the weight: 0 is off, 1 is on (the default).

    Returns:
        An array of shape ``[...]`` for every parameter name.
    """
    rows = parameter_rows(model, z)
    values = {name: rows[i] for i, name in enumerate(model.parameter_names)}
    for claim, factor in (on or {}).items():
        values[f"weight.{claim}"] = values[f"weight.{claim}"] * factor
    return values


def parameter_rows(model: Model, z: Array) -> Array:
    """Turn standard normals into parameters, both ``[parameters, ...]``, one shape of prior at a time."""
    if not model.priors:
        return z
    places: dict[str, list[int]] = {}
    for place, prior in enumerate(model.priors):
        places.setdefault(prior.shape, []).append(place)
    pieces = []
    for shape, rows in places.items():
        some = z[np.asarray(rows)]
        centre, spread = (
            np.reshape([getattr(model.priors[row], key) for row in rows], (-1, *[1] * (z.ndim - 1)))
            for key in ("centre", "spread")
        )
        pieces.append(shaped(shape, jnp.asarray(centre, z.dtype), jnp.asarray(spread, z.dtype), some))
    came = [row for rows in places.values() for row in rows]
    return jnp.concatenate(pieces)[np.argsort(came)]


def draw(prior: Prior, z: Array) -> Array:
    """Return the parameter that the standard normal ``z`` stands for.

    ``half+`` and ``half-`` are half-normals, ``log`` a log-normal around its median, ``hazard`` a
    probability whose hazard ``-log(1 - p)`` is log-normal, ``kept`` a share kept whose half-life is
    log-normal, ``uniform`` even between the centre and the centre plus the spread.
    """
    return shaped(prior.shape, prior.centre, prior.spread, z)


def shaped(shape: str, centre: Array | float, spread: Array | float, z: Array) -> Array:
    """Return parameters of one shape of prior; see `draw`."""
    if shape == "half+":
        return spread * jnp.abs(z)
    if shape == "half-":
        return -spread * jnp.abs(z)
    if shape == "normal":
        return centre + spread * z
    if shape == "log":
        return centre * jnp.exp(spread * z)
    if shape == "hazard":
        return -jnp.expm1(jnp.log1p(-jnp.asarray(centre)) * jnp.exp(spread * z))
    if shape == "kept":
        return jnp.exp(jnp.log(centre) * jnp.exp(-spread * z))
    return centre + spread * jax.scipy.stats.norm.cdf(z)
