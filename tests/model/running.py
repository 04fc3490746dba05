"""Run a compiled model in tests: scanned, mapped, and drawn from what was mapped."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from model.small import small_case
from shatterbelt.model import kinds
from shatterbelt.model.compile import compile_case
from shatterbelt.model.parts import Model
from shatterbelt.model.past import advance, initial_past, natural
from shatterbelt.model.priors import parameters
from shatterbelt.model.start import starting_values
from shatterbelt.model.step import Inputs, predict_path, step

QUICKLY = {"xla_backend_optimization_level": 0}
"""Compile soon rather than well: tests run a few short paths."""


def medians(model: Model, **changed: float) -> dict[str, Array]:
    """Return every parameter at its median (weights at 0), but for those that are ``changed``.

    ``weight_x=0.3`` changes ``weight.x``: the first underscore stands for the dot.
    """
    values = parameters(model, jnp.zeros(len(model.priors)))
    for key, value in changed.items():
        name = key.replace("_", ".", 1)
        assert name in values, name
        values[name] = jnp.asarray(value, float)
    return values


def normals(model: Model, steps: int, futures: int, seed: int = 0) -> Array:
    return jnp.asarray(np.random.default_rng(seed).standard_normal((steps, len(model.noise_names), futures)))


def at(inputs: Inputs, step_number: int) -> Inputs:
    """Return one step of inputs whose arrays are over steps."""
    return jax.tree.map(lambda values: values[step_number], inputs)


def start_of(
    model: Model, values: Mapping[str, Array], start: Mapping[str, float] | None = None
) -> dict[str, Array]:
    found = starting_values(model, dict(values), {})
    return {**found, **{name: jnp.asarray(value, float) for name, value in (start or {}).items()}}


def walked(
    model: Model,
    values: Mapping[str, Array],
    noise: Array,
    inputs: Inputs | None = None,
    start: Mapping[str, float] | None = None,
) -> dict[str, Array]:
    """Return paths ``[steps, futures]`` of every quantity, one step after another and nothing compiled."""
    inputs = inputs or Inputs()
    futures = noise.shape[-1]
    past = initial_past(model, start_of(model, values, start), (futures,))
    rows: dict[str, list[Array]] = {name: [] for name in model.names}
    for i in range(noise.shape[0]):
        sight = step(model, past, values, noise[i], at(inputs, i))
        for name, row in rows.items():
            row.append(jnp.broadcast_to(sight.x(name), (futures,)))
        past = advance(model, sight)
    return {name: jnp.stack(row) for name, row in rows.items()}


def scanner(model: Model, start: Mapping[str, float] | None = None):
    """Return a compiled function ``(values, noise, inputs) -> paths`` of `jax.lax.scan` over the step."""

    @functools.partial(jax.jit, compiler_options=QUICKLY)
    def run(values: dict[str, Array], noise: Array, inputs: Inputs) -> dict[str, Array]:
        futures = noise.shape[-1]

        def one(past, given):
            sight = step(model, past, values, given[0], given[1])
            return advance(model, sight), {n: jnp.broadcast_to(sight.x(n), (futures,)) for n in model.names}

        past = initial_past(model, start_of(model, values, start), (futures,))
        return jax.lax.scan(one, past, (noise, inputs))[1]

    return run


def mapped(model, path, values, inputs=None, start=None):
    """Return the one-step predictions along a path, nothing compiled."""
    before = start_of(model, values, start)
    column = jax.tree.map(lambda a: a[:, None] if a.ndim == 1 else a, inputs or Inputs())
    return predict_path(model, path, before, values, column)


def redrawn(model, path, values, noise, inputs):
    """Return what a map over a path draws with the noise of the scan, compiled."""

    @functools.partial(jax.jit, compiler_options=QUICKLY)
    def run(path, values, noise, inputs):
        return drawn(model, mapped(model, path, values, inputs), noise, inputs)

    return run(path, values, noise, inputs)


def scanned_and_mapped(model, values, noise, inputs):
    """Return paths of a scan, and what a map over them draws with the same noise; compiled as one."""
    run = scanner(model)

    @functools.partial(jax.jit, compiler_options=QUICKLY)
    def both(values, noise, inputs):
        path = run.__wrapped__(values, noise, inputs)
        return path, drawn(model, mapped(model, path, values, inputs), noise, inputs)

    return both(values, noise, inputs)


def drawn(model: Model, predictions, noise: Array, inputs: Inputs | None = None) -> dict[str, Array]:
    """Return what the mapped predictions give with the noise of the scan, and what is held."""
    values = {}
    row = {name: i for i, name in enumerate(model.noise_names)}
    for name, part in model.quantities.items():
        said = predictions[name]
        eps = noise[:, row[name]] if name in row else jnp.zeros(())
        if part.kind == "level":
            value = natural(part, kinds.draw_level(said, eps))
        elif part.kind == "stock" and part.noisy:
            rows = {key: jnp.asarray(value)[None] for key, value in said.items()}
            value = kinds.draw_stock([part], rows, eps)[0]
        elif part.kind == "share":
            value = kinds.draw_share(part, said, eps)
        elif part.kind in {"events", "status"}:
            value = (kinds.draw_events if part.kind == "events" else kinds.draw_status)(said, eps)
        else:
            value = said["value"]
        if inputs is not None and name in inputs.hold:
            held, to = inputs.hold[name]
            value = jnp.where(held[:, None], to[:, None], value)
        values[name] = value
    return values


def assert_same(found: Mapping[str, Array], wanted: Mapping[str, Array], rtol: float = 1e-9) -> None:
    for name, values in wanted.items():
        given = np.broadcast_to(np.asarray(found[name]), values.shape)
        np.testing.assert_allclose(given, np.asarray(values), rtol=rtol, atol=rtol, err_msg=name)


def level(**more: object) -> dict[str, object]:
    return {"title": "A level", "kind": "level", "unit": "dimensionless", "noise": 0.0, **more}


def events(**more: object) -> dict[str, object]:
    return {"title": "Events", "kind": "events", "unit": "count", "rate": 1.0, **more}


def status(**more: object) -> dict[str, object]:
    return {"title": "A status", "kind": "status", "unit": "dimensionless", "onset": 0.1, "end": 0.2, **more}


def share(**more: object) -> dict[str, object]:
    thresholds = {"mean": 0.3, "sd": 0.1}
    return {"title": "A share", "kind": "share", "unit": "dimensionless", "population": 1000, "swing": 0.1,
            "thresholds": thresholds, **more}  # fmt: skip


def formula(text: str) -> dict[str, object]:
    return {"title": "A formula", "kind": "formula", "unit": "dimensionless", "formula": text}


def stock(**more: object) -> dict[str, object]:
    return {"title": "A stock", "kind": "stock", "unit": "dimensionless", "initial": 0, **more}


def given(process: dict[str, object], **more: object) -> dict[str, object]:
    return {"title": "A given", "kind": "given", "unit": "dimensionless", "then": process, **more}


@functools.cache
def small_model() -> Model:
    return compile_case(small_case())


def model_of(quantities: dict[str, object], claims: list[dict[str, object]] | None = None) -> Model:
    return compile_case(small_case(claims or [], quantities))


@functools.cache
def small_scanner():
    """Return the compiled scan of the small case; 40 steps of 8 futures are compiled only once."""
    return scanner(small_model())
