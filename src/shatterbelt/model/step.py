"""The one step: `step` draws what comes next, `predict` says what it draws from.

Scanned over time, `step` makes futures. Mapped over a known past (`past_of_path`), `predict` and the
densities of `kinds` make the likelihood. Every array is elementwise: its trailing shape may be one
future, many futures, or all steps of a path at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import jax
import jax.numpy as jnp
from jax import Array

from shatterbelt.model import kinds
from shatterbelt.model.expressions import Value, evaluate
from shatterbelt.model.kinds import Prediction
from shatterbelt.model.parts import ClaimPart, Model, QuantityPart
from shatterbelt.model.past import Past, Sight, in_swings, past_of_path

Parameters = Mapping[str, Array]
Cache = dict[tuple[object, ...], Value]
"""Causes as claims read them in this step, by what decides the reading."""


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Inputs:
    """What is done to a step from outside.

    Attributes:
        hold: quantity -> (whether it is held, the natural value that it is held at).
        shock: quantity -> what is added to its push: swings for levels and shares, log rate or log
            hazard for events and statuses, natural units for stocks.
        calendar: quantity -> the value that its calendar gives.
    """

    hold: dict[str, tuple[Array, Array]] = field(default_factory=dict)
    shock: dict[str, Array] = field(default_factory=dict)
    calendar: dict[str, Array] = field(default_factory=dict)


def step(model: Model, past: Past, parameters: Parameters, noise: Array, inputs: Inputs) -> Sight:
    """Draw this step from the past.

    Args:
        model: the compiled case.
        past: what the step looks back on.
        parameters: as `shatterbelt.model.priors.parameters` returns them.
        noise: standard normals, ``[noisy quantities, ...]`` in the order of ``model.noise_names``.
        inputs: what is held, shocked or set by the calendar.

    Returns:
        What can be seen from this step; ``sight.x(name)`` is a quantity's value, and
        `shatterbelt.model.past.advance` makes the next step's past of it.
    """
    sight = Sight(model, past)
    row = {name: i for i, name in enumerate(model.noise_names)}
    cache: Cache = {}
    for rank in model.ranks:
        for kind, names in rank:
            parts = [model.quantities[name] for name in names]
            said = [predict(model, part, sight, parameters, inputs, cache) for part in parts]
            eps = [noise[row[name]] if name in row else None for name in names]
            for name, value in zip(names, _draw(kind, parts, said, eps), strict=True):
                _put(sight, name, kind, value, inputs)
    return sight


def _put(sight: Sight, name: str, kind: str, value: Array, inputs: Inputs) -> None:
    """Write a drawn value into the step, or exactly what the quantity is held at."""
    key = f"{'z' if kind == 'level' else 'x'}:{name}"
    sight.now[key] = value
    if name in inputs.hold:
        held, at = inputs.hold[name]
        sight.now[f"x:{name}"] = jnp.where(held, at, sight.x(name))
        if kind == "level":
            sight.now[key] = jnp.where(held, in_swings(sight.model.quantities[name], at), value)


def _draw(
    kind: str, parts: list[QuantityPart], said: list[Prediction], eps: list[Array | None]
) -> list[Array]:
    """Draw the quantities of one kind together: one fused operation for all of them."""
    if kind in {"events", "status"}:
        noise = [e for e in eps if e is not None]
        shape = jnp.broadcast_shapes(
            *(jnp.shape(a) for one in said for a in one.values()), jnp.shape(noise[0])
        )
        together = {key: _stack([one[key] for one in said], shape) for key in said[0]}
        draw = kinds.draw_events if kind == "events" else kinds.draw_status
        return list(draw(together, _stack(noise, shape)))
    drawn = []
    for part, one, e in zip(parts, said, eps, strict=True):
        if kind == "level":
            drawn.append(one["mean"] if e is None else kinds.draw_level(one, e))
        elif kind == "share":
            drawn.append(kinds.draw_share(part, one, jnp.zeros_like(one["before"]) if e is None else e))
        else:
            drawn.append(one["value"])
    return drawn


def _stack(arrays: list[Array], shape: tuple[int, ...]) -> Array:
    return jnp.stack([jnp.broadcast_to(array, shape) for array in arrays])


# ---------------------------------------------------------------------------- predict


def predict(
    model: Model,
    part: QuantityPart,
    sight: Sight,
    parameters: Parameters,
    inputs: Inputs,
    cache: Cache,
) -> Prediction:
    """Return what this step's value of one quantity is drawn from."""
    if part.kind in {"formula", "stock", "constant", "calendar"}:
        return {"value": jnp.asarray(_certain(part, sight, parameters, inputs))}
    shock: Value = inputs.shock.get(part.name, 0.0)
    if part.kind == "status":
        return _predict_status(model, part, sight, parameters, shock, cache)
    push = shock + sum_of_claims(model.claims_on(part.name), sight, parameters, cache)
    if part.kind == "level":
        return _predict_level(part, sight, parameters, push, shock)
    if part.kind == "events":
        own: Value = part.numbers["own"] * sight(part.memory_track, 1) if part.memory_track else 0.0
        log_rate = jnp.log(parameters[f"rate.{part.name}"]) + push + own
        return {"log_rate": log_rate, "dispersion": parameters[f"dispersion.{part.name}"]}
    return {
        "before": jnp.asarray(sight(f"x:{part.name}", 1)),
        "push": jnp.asarray(push),
        "mean": parameters[f"mean.{part.name}"] if "mean" in part.numbers else jnp.asarray(0.0),
        "noise": parameters.get(f"noise.{part.name}", jnp.asarray(0.0)),
    }


def _certain(part: QuantityPart, sight: Sight, parameters: Parameters, inputs: Inputs) -> Value:
    """Return a value that no chance enters: a formula, a stock, a constant or a calendar."""
    if part.kind == "formula":
        return evaluate(part.formulas["value"], sight)
    if part.kind == "constant":
        return parameters[f"constant.{part.name}"]
    if part.kind == "calendar":
        return inputs.calendar[part.name]
    flow = evaluate(part.formulas["inflow"], sight) - evaluate(part.formulas["outflow"], sight)
    value = sight(f"x:{part.name}", 1) + flow + inputs.shock.get(part.name, 0.0)
    return jnp.maximum(value, part.numbers["floor"]) if "floor" in part.numbers else value


def _predict_level(
    part: QuantityPart, sight: Sight, parameters: Parameters, push: Value, shock: Value
) -> Prediction:
    """Autoregression in swings; a shock enters at once, claims by the share that a step works through."""
    kept: Value = parameters.get(f"kept.{part.name}", part.numbers["kept"])
    gain = 1.0 - kept if f"kept.{part.name}" in parameters else part.numbers["gain"]
    baseline: Value = parameters.get(f"baseline.{part.name}", 0.0)
    before = sight(f"z:{part.name}", 1)
    mean = baseline + kept * (before - baseline) + gain * (push - shock) + shock
    sd: Value = parameters.get(f"noise.{part.name}", 0.0)
    return {"mean": jnp.asarray(mean), "sd": jnp.asarray(sd)}


def _predict_status(
    model: Model,
    part: QuantityPart,
    sight: Sight,
    parameters: Parameters,
    shock: Value,
    cache: Cache,
) -> Prediction:
    claims = model.claims_on(part.name)
    pushes = []
    for side in ("onset", "end"):
        acting = tuple(claim for claim in claims if claim.acts_on in {"both", side})
        pushes.append(jnp.asarray(shock + sum_of_claims(acting, sight, parameters, cache)))
    none = jnp.asarray(0.0)
    onset = kinds.hazard(parameters.get(f"onset.{part.name}", none), pushes[0])
    end = kinds.hazard(parameters.get(f"end.{part.name}", none), -pushes[1])
    return kinds.predict_status(jnp.asarray(sight(f"x:{part.name}", 1)) > 0.5, onset, end)


def sum_of_claims(claims: tuple[ClaimPart, ...], sight: Sight, parameters: Parameters, cache: Cache) -> Value:
    """Return the push of some claims: the sum of weight times cause, as each claim reads its cause."""
    total: Value = 0.0
    for claim in claims:
        total = total + parameters[f"weight.{claim.id}"] * _cause(claim, sight, cache)
    return total


def _cause(claim: ClaimPart, sight: Sight, cache: Cache) -> Value:
    """Return the cause as a claim reads it, in swings; equal readings are computed once a step."""
    key = (claim.track, claim.lags, claim.change, claim.on, claim.form, claim.condition)
    if key not in cache:
        value = _read(claim, sight)
        if claim.condition is not None:
            quantity, comparison, number = claim.condition
            value = jnp.where(passes(sight(f"x:{quantity}", 1), comparison, number), value, 0.0)
        cache[key] = value
    return cache[key]


def _read(claim: ClaimPart, sight: Sight) -> Value:
    first, last = claim.lags
    total: Value = 0.0
    for lag in range(first, last + 1):
        value = sight(claim.track, lag)
        if claim.change:
            value = value - sight(claim.track, lag + claim.change)
        total = total + (jnp.where(value > 0, 1.0, 0.0) if claim.on else value)
    mean = total / (last - first + 1)
    shape, number = claim.form
    if shape == "saturating":
        return number * jnp.tanh(mean / number)
    if shape == "threshold":
        return jnp.maximum(mean - number, 0.0) if number >= 0 else jnp.minimum(mean - number, 0.0)
    return mean


def passes(value: Value, comparison: str, number: float) -> Array:
    """Return where ``value`` passes the comparison with ``number``."""
    compare = {">=": jnp.greater_equal, "<=": jnp.less_equal, ">": jnp.greater, "<": jnp.less}
    return compare[comparison](value, number)


# ------------------------------------------------------------------------------- map


def predict_path(
    model: Model,
    path: Mapping[str, Array],
    start: Mapping[str, Array | float],
    parameters: Parameters,
    inputs: Inputs,
) -> dict[str, Prediction]:
    """Return every quantity's one-step prediction at every step of a known path, all at once.

    ``path`` holds natural values ``[steps, ...]`` of every quantity; ``inputs`` may be arrays over steps.
    """
    past, now = past_of_path(model, path, start)
    sight = Sight(model, past, now)
    cache: Cache = {}
    return {
        name: predict(model, part, sight, parameters, inputs, cache)
        for name, part in model.quantities.items()
    }


def log_density(model: Model, name: str, prediction: Prediction, value: Array) -> Array:
    """Return the log density of natural values of one quantity under its predictions.

    A level's density is per swing on its link scale. Quantities that no chance enters have density 1.
    """
    part = model.quantities[name]
    if not part.noisy:
        return jnp.zeros(jnp.shape(value))
    if part.kind == "level":
        return kinds.density_level(prediction, in_swings(part, value))
    if part.kind == "share":
        return kinds.density_share(part, prediction, value)
    density = kinds.density_events if part.kind == "events" else kinds.density_status
    return density(prediction, value)
