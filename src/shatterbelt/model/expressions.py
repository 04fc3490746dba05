"""Formulas on arrays: evaluate a formula's tree, and find what it looks back on."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jax import Array

from shatterbelt.case.formulas import Binary, Call, Expr, Name, Neg, Num, text_of

Value = Array | float
Look = Callable[[str, int], Value]
"""``look(key, lag)`` returns a track's value ``lag`` steps back."""

_OPERATORS: Mapping[str, Callable[[Value, Value], Value]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": jnp.divide,  # 1 / 0 is infinite, also among plain numbers
}
_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "abs": jnp.abs,
    "exp": jnp.exp,
    "log": jnp.log,
    "sqrt": jnp.sqrt,
    "tanh": jnp.tanh,
    "logistic": jax.nn.sigmoid,
    "clip": jnp.clip,
}


@dataclass(frozen=True, slots=True)
class Back:
    """A ``delay`` or ``smooth`` in a formula, and the key of the track that carries it."""

    key: str
    function: str
    of: Expr
    steps: float


def back_of(call: Call) -> Back:
    """Describe a ``delay`` or ``smooth`` call; equal calls get equal keys."""
    steps = call.args[1]
    assert isinstance(steps, Num)  # the parser lets nothing else through
    text = text_of(call.args[0])
    key = f"expression:{text}" if call.function == "delay" else f"smooth:{steps.value:g}:{text}"
    return Back(key, call.function, call.args[0], steps.value)


def looking_back(expression: Expr) -> list[Back]:
    """Return every ``delay`` and ``smooth`` of a formula, inner ones first."""
    match expression:
        case Neg(operand):
            return looking_back(operand)
        case Binary(_, left, right):
            return looking_back(left) + looking_back(right)
        case Call(function, args):
            inner = [back for arg in args for back in looking_back(arg)]
            return inner + ([back_of(expression)] if function in {"delay", "smooth"} else [])
    return []


def evaluate(expression: Expr, look: Look) -> Value:
    """Return the value of a formula, elementwise over whatever shape ``look`` returns."""
    match expression:
        case Num(value, _):
            return value
        case Name(name):
            return look(f"x:{name}", 0)
        case Neg(operand):
            return -evaluate(operand, look)
        case Binary("**", left, right):
            return _power(evaluate(left, look), right, look)
        case Binary(op, left, right):
            return _OPERATORS[op](evaluate(left, look), evaluate(right, look))
        case Call():
            return _call(expression, look)


def _call(call: Call, look: Look) -> Value:
    if call.function in {"delay", "smooth"}:
        back = back_of(call)
        return look(back.key, int(back.steps) if call.function == "delay" else 0)
    values = [evaluate(arg, look) for arg in call.args]
    if call.function in {"min", "max"}:
        pick = jnp.minimum if call.function == "min" else jnp.maximum
        result = values[0]
        for value in values[1:]:
            result = pick(result, value)
        return result
    return _FUNCTIONS[call.function](*values)


def _power(base: Value, exponent: Expr, look: Look) -> Value:
    """Raise to a power; small whole numbers become products, which are exact and fast."""
    if isinstance(exponent, Num) and exponent.value.is_integer() and 0 <= exponent.value <= 8:
        return jax.lax.integer_pow(jnp.asarray(base), int(exponent.value))
    return jnp.power(base, evaluate(exponent, look))
