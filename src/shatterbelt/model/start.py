"""Where every quantity stands before the first step."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import jax.numpy as jnp
from jax import Array

from shatterbelt.case.formulas import names
from shatterbelt.errors import RequestError
from shatterbelt.model.expressions import evaluate
from shatterbelt.model.parts import Model, QuantityPart
from shatterbelt.model.past import Still, natural


def starting_values(
    model: Model, parameters: dict[str, Array], calendar: dict[str, Array]
) -> dict[str, Array]:
    """Return natural values before the first step: usual, calm, or as the case states them.

    Levels stand at usual; events at their usual rate; statuses as the case says; shares at the lowest
    equilibrium of their thresholds; stocks at their initial value; formulas at what follows.

    Raises:
        RequestError: a formula or an initial value looks back on itself.
    """
    values: dict[str, Array] = {}
    waiting = dict(model.quantities)
    while waiting:
        ready = [name for name, part in waiting.items() if all(need in values for need in _needs(part))]
        if not ready:
            ring = ", ".join(waiting)
            raise RequestError(
                f"{ring}: where they stand before the first step hangs on themselves; let one of them be a "
                "stock or a level, which say where they start"
            )
        for name in ready:
            values[name] = _start(model, waiting.pop(name), values, parameters, calendar)
    return values


def _needs(part: QuantityPart) -> frozenset[str]:
    role = {"formula": "value", "stock": "initial"}.get(part.kind)
    return names(part.formulas[role]) if role else frozenset()


def _start(
    model: Model,
    part: QuantityPart,
    values: dict[str, Array],
    parameters: dict[str, Array],
    calendar: dict[str, Array],
) -> Array:
    if part.kind in {"formula", "stock"}:
        formula = part.formulas["value" if part.kind == "formula" else "initial"]
        return jnp.asarray(evaluate(formula, Still(model, values)), float)
    if part.kind == "constant":
        return parameters[f"constant.{part.name}"]
    if part.kind == "calendar":
        return calendar.get(part.name, jnp.asarray(0.0))
    if part.kind == "events":
        return parameters[f"rate.{part.name}"]
    if part.kind == "status":
        return jnp.asarray(part.numbers["starts"])
    return _calm(part) if part.kind == "share" else natural(part, jnp.asarray(0.0))


def _calm(part: QuantityPart) -> Array:
    """Return the lowest share that sustains itself (Granovetter 1978)."""
    if part.thresholds:
        return jnp.asarray(lowest_equilibrium(part.thresholds))
    normal = NormalDist(part.numbers["mean"], part.numbers["sd"])
    return jnp.asarray(lowest_equilibrium(normal.cdf))


def lowest_equilibrium(passed: Callable[[float], float] | tuple[float, ...], steps: int = 100_000) -> float:
    """Return the share that a crowd settles at when nobody has started.

    Args:
        passed: the share whose threshold is passed at a given share, or the thresholds themselves.
        steps: most rounds; near a tipping point a crowd creeps.

    The crowd is followed round by round from 0, as Granovetter (1978) does.
    """
    if isinstance(passed, tuple):
        thresholds = passed
        return lowest_equilibrium(lambda r: sum(h <= r + 1e-9 for h in thresholds) / len(thresholds), steps)
    share = 0.0
    for _ in range(steps):
        share, before = passed(share), share
        if abs(share - before) < 1e-12:
            break
    return share
