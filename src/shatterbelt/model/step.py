"""The one step: `step` draws what comes next, `predict` says what it draws from.

Scanned over time, `step` makes futures. Mapped over a known past (`past_of_path`), `predict` and the
densities of `kinds` make the likelihood. Quantities of a kind are rows of one array; everything behind
the rows is elementwise, and may be one future, many futures, or all steps of a path at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from shatterbelt.model import kinds
from shatterbelt.model.claims import push_of
from shatterbelt.model.expressions import Value, evaluate
from shatterbelt.model.kinds import Prediction
from shatterbelt.model.links import link_array, unlink_array
from shatterbelt.model.parts import Group, Model, QuantityPart
from shatterbelt.model.past import Past, Sight, column, in_swings
from shatterbelt.model.path import Asking, PathSight, past_of_path

Parameters = Mapping[str, Array]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Inputs:
    """What is done to a step from outside.

    Attributes:
        hold: quantity -> (whether it is held, the natural value that it is held at).
        shock: quantity -> what is added to its push: swings for levels and shares, log rate or log
            hazard for events and statuses, natural units for stocks.
        calendar: quantity -> the value that its calendar gives.
        held: for every group, in order, the same as ``hold`` for all of its rows at once, or None;
            what is in ``hold`` goes before it.
    """

    hold: dict[str, tuple[Array, Array]] = field(default_factory=dict)
    shock: dict[str, Array] = field(default_factory=dict)
    calendar: dict[str, Array] = field(default_factory=dict)
    held: tuple[tuple[Array, Array] | None, ...] = ()


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Packed:
    """Parameters as a step uses them: for every group rows that go with its quantities and claims."""

    weights: tuple[Array, ...]
    numbers: tuple[dict[str, Array], ...]


NUMBERS = {
    "level": ("kept", "gain", "baseline", "noise"),
    "events": ("rate", "dispersion", "own"),
    "status": ("onset", "end"),
    "share": ("mean", "noise"),
    "constant": ("constant",),
}
"""What a step needs to know of the quantities of each kind."""


def pack(model: Model, parameters: Parameters | Array, axes: int = 1) -> Packed:
    """Arrange parameters for steps whose rows have ``axes`` further axes.

    Args:
        model: the compiled case.
        parameters: an array for every name, each of a shape that broadcasts to those axes, such as ``()``
            or ``(futures,)``; or all of them as rows in the order of ``model.parameter_names``.
        axes: how many axes the rows of a step have behind the first.
    """
    names = model.parameter_names
    given = parameters if isinstance(parameters, Array) else _stacked([parameters[name] for name in names])
    rows = given.reshape(given.shape[0], *[1] * (axes + 1 - given.ndim), *given.shape[1:])
    weights, numbers = [], []
    place = {name: row for row, name in enumerate(names)}
    for group in model.groups:
        weights.append(rows[np.asarray([place[f"weight.{claim}"] for claim in group.claims], int)])
        parts = [model.quantities[name] for name in group.names]
        numbers.append({key: _numbers(key, parts, rows, place) for key in NUMBERS.get(group.kind, ())})
    return Packed(tuple(weights), tuple(numbers))


def _numbers(key: str, parts: list[QuantityPart], rows: Array, place: Mapping[str, int]) -> Array:
    """Return a number of some quantities as rows: the uncertain ones, or the fixed ones in their place."""
    if key == "gain":
        kept = _numbers("kept", parts, rows, place)
        fixed = column([part.numbers["gain"] for part in parts], rows.ndim - 1)
        loose = column([float(f"kept.{part.name}" in place) for part in parts], rows.ndim - 1)
        return jnp.where(loose > 0, 1.0 - kept, fixed)
    fixed = column([0.0 if key == "noise" else part.numbers.get(key, 0.0) for part in parts], rows.ndim - 1)
    found = [place.get(f"{key}.{part.name}", -1) for part in parts]
    if max(found, default=-1) < 0:
        return fixed
    some = rows[np.maximum(found, 0)]
    return jnp.where(column([float(row >= 0) for row in found], rows.ndim - 1) > 0, some, fixed)


def _stacked(values: list[Array]) -> Array:
    if not values:
        return jnp.zeros((0,))
    return jnp.stack(jnp.broadcast_arrays(*[jnp.asarray(value, float) for value in values]))


def _rows(values: list[Value], axes: int) -> Array:
    """Stack values as rows, with axes of length 1 in front of their own where ``axes`` are more."""
    stacked = _stacked([jnp.asarray(value) for value in values])
    return stacked.reshape(stacked.shape[0], *[1] * (axes + 1 - stacked.ndim), *stacked.shape[1:])


def step(
    model: Model,
    past: Past,
    parameters: Parameters | Packed,
    noise: Array,
    inputs: Inputs,
    heard: list[Prediction] | None = None,
) -> Sight:
    """Draw this step from the past.

    Args:
        model: the compiled case.
        past: what the step looks back on, ``[rows, ...]``.
        parameters: as `shatterbelt.model.priors.parameters` returns them, or packed beforehand.
        noise: standard normals, ``[noisy quantities, ...]`` in the order of ``model.noise_names``.
        inputs: what is held, shocked or set by the calendar.
        heard: is given what every group is drawn from, in order.

    Returns:
        What can be seen from this step; ``sight.x(name)`` is a quantity's value, and
        `shatterbelt.model.past.advance` makes the next step's past of it.
    """
    sight = Sight(model, past)
    packed = parameters if isinstance(parameters, Packed) else pack(model, parameters, len(sight.shape))
    row = 0
    for place, group in enumerate(model.groups):
        said = predict(model, place, sight, packed, inputs)
        if heard is not None:
            heard.append(said)
        eps = None
        if group.noisy:
            eps = noise[row : row + len(group.names)]
            row += len(group.names)
        _put(model, place, sight, _draw(model, group, said, eps), inputs)
    return sight


def _draw(model: Model, group: Group, said: Prediction, eps: Array | None) -> Array:
    """Draw a group's values: swings for levels, natural values for all else."""
    if group.kind == "level":
        return said["mean"] if eps is None else kinds.draw_level(said, eps)
    if group.kind == "events":
        assert eps is not None  # events are always noisy
        return kinds.draw_events(said, eps)
    if group.kind == "status":
        assert eps is not None  # so are statuses
        return kinds.draw_status(said, eps)
    if group.kind == "share":
        shock = jnp.zeros_like(said["before"]) if eps is None else eps
        one = [kinds.draw_share(model.quantities[n], {k: v[i] for k, v in said.items()}, shock[i])
               for i, n in enumerate(group.names)]  # fmt: skip
        return jnp.stack(one)
    return said["value"] if eps is None else kinds.draw_stock(_parts(model, group), said, eps)


def _parts(model: Model, group: Group) -> list[QuantityPart]:
    return [model.quantities[name] for name in group.names]


def _put(model: Model, place: int, sight: Sight, values: Array, inputs: Inputs) -> None:
    """Write a group's values into the step, or exactly what quantities are held at; both scales."""
    group = model.groups[place]
    parts = _parts(model, group)
    origin, width = (
        column([getattr(part.scale, key) for part in parts], len(sight.shape)) for key in ("origin", "width")
    )
    values = jnp.broadcast_to(values, (len(parts), *sight.shape))
    x = unlink_array(group.link, origin + width * values) if group.kind == "level" else values
    held = _held(place, group, inputs, sight.shape)
    z = values if group.kind == "level" else (link_array(group.link, x) - origin) / width
    if held is not None:
        there, at = held
        x = jnp.where(there, at, x)
        z = jnp.where(there, (link_array(group.link, at) - origin) / width, z)
    sight.put(x, z)


def _held(place: int, group: Group, inputs: Inputs, shape: tuple[int, ...]) -> tuple[Array, Array] | None:
    """Return where a group's quantities are held and at what (a harmless 0.5 where they are not)."""
    whole = inputs.held[place] if inputs.held else None
    single = [inputs.hold.get(name) for name in group.names]
    if not any(single):
        return whole
    there, at = [], []
    for row, one in enumerate(single):
        mask, value = one or (jnp.asarray(False), jnp.asarray(0.5))
        if whole is not None:
            before, there_at = whole[0][row], whole[1][row]
            mask, value = mask | before, jnp.where(mask, value, there_at)
        there.append(jnp.broadcast_to(mask, shape))
        at.append(jnp.broadcast_to(jnp.where(mask, value, 0.5), shape))
    return jnp.stack(there), jnp.stack(at)


# ---------------------------------------------------------------------------- predict


def predict(model: Model, place: int, sight: Sight, packed: Packed, inputs: Inputs) -> Prediction:
    """Return what this step's values of a group are drawn from, as rows for its quantities."""
    group, numbers = model.groups[place], packed.numbers[place]
    if group.kind == "stock":
        return _predict_stock(model, group, sight, inputs)
    if group.kind in {"formula", "constant", "calendar"}:
        return {"value": _certain(model, group, sight, numbers, inputs)}
    shock = _shock(group, inputs, len(sight.shape))
    if group.kind == "status":
        return _predict_status(model, group, sight, packed.weights[place], numbers, shock)
    push = push_of(group, sight, packed.weights[place])
    if group.kind == "level":
        before = sight.rows([(f"z:{name}", 1) for name in group.names])
        baseline, kept = numbers["baseline"], numbers["kept"]
        # A shock enters at once, claims by the share that a step works through.
        mean = baseline + kept * (before - baseline) + numbers["gain"] * push + shock
        return {"mean": mean, "sd": numbers["noise"]}
    if group.kind == "events":
        log_rate = jnp.log(numbers["rate"]) + push + shock + numbers["own"] * _own_memory(model, group, sight)
        return {"log_rate": log_rate, "dispersion": numbers["dispersion"]}
    before = sight.rows([(f"x:{name}", 1) for name in group.names])
    push = jnp.broadcast_to(push + shock, before.shape)
    return {
        "before": before,
        "push": push,
        "mean": _wide(numbers["mean"], before),
        "noise": _wide(numbers["noise"], before),
    }


def _wide(rows: Array, like: Array) -> Array:
    return jnp.broadcast_to(rows, like.shape)


def _certain(model: Model, group: Group, sight: Sight, numbers: dict[str, Array], inputs: Inputs) -> Array:
    """Return values that no chance enters: formulas, constants or calendars."""
    if group.kind == "constant":
        return numbers["constant"]
    values: list[Value] = []
    for name in group.names:
        part = model.quantities[name]
        if group.kind == "formula":
            values.append(evaluate(part.formulas["value"], sight))
        else:
            values.append(inputs.calendar[name])
    return _stack(values, sight)


def _stack(values: list[Value], sight: Sight) -> Array:
    return jnp.stack([jnp.broadcast_to(jnp.asarray(value), sight.shape) for value in values])


def _predict_stock(model: Model, group: Group, sight: Sight, inputs: Inputs) -> Prediction:
    """Return what stocks come to by their flows, and how far batches scatter them if they come in such."""
    values: list[Value] = []
    spreads: list[Value] = []
    for name in group.names:
        part = model.quantities[name]
        comes, goes = (evaluate(part.formulas[way], sight) for way in ("inflow", "outflow"))
        value = sight(f"x:{name}", 1) + comes - goes + inputs.shock.get(name, 0.0)
        values.append(kinds.floored(part, value))
        spreads.append(kinds.spread_of_batches(part, comes, goes))
    said = {"value": _stack(values, sight)}
    return said | {"sd": _stack(spreads, sight)} if group.noisy else said


def _shock(group: Group, inputs: Inputs, axes: int) -> Value:
    """Return what is added to the pushes of a group, as rows; 0 where nothing is."""
    if not any(name in inputs.shock for name in group.names):
        return 0.0
    return _rows([inputs.shock.get(name, 0.0) for name in group.names], axes)


def _own_memory(model: Model, group: Group, sight: Sight) -> Value:
    """Return what events remember of themselves, in swings, as rows; 0 for those that do not."""
    keys = [model.quantities[name].memory_track for name in group.names]
    if not any(keys):
        return 0.0
    some = next(key for key in keys if key)
    remembered = sight.rows([(key or some, 1) for key in keys])
    return jnp.where(column([float(bool(key)) for key in keys], len(sight.shape)) > 0, remembered, 0.0)


def _predict_status(
    model: Model, group: Group, sight: Sight, weights: Array, numbers: dict[str, Array], shock: Value
) -> Prediction:
    acting = {claim.id: claim.acts_on for claim in model.claims}
    pushes = []
    for side in ("onset", "end"):
        mask = column([float(acting[claim] in {"both", side}) for claim in group.claims], len(sight.shape))
        pushes.append(push_of(group, sight, weights * mask) + shock)
    was_on = sight.rows([(f"x:{name}", 1) for name in group.names]) > 0.5
    onset = kinds.hazard(numbers["onset"], pushes[0])
    end = kinds.hazard(numbers["end"], -pushes[1])
    return kinds.predict_status(was_on, onset, end)


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
    sight = past_of_path(model, path, start)
    found: dict[str, Prediction] = {}
    packed = pack(model, parameters, len(sight.shape))
    for group, said in zip(model.groups, predict_all(model, sight, packed, inputs), strict=True):
        for row, name in enumerate(group.names):
            found[name] = {key: rows[row] for key, rows in said.items()}
    return found


def predict_all(model: Model, sight: PathSight, packed: Packed, inputs: Inputs) -> list[Prediction]:
    """Return the predictions of every group along a path that is laid out."""

    def each(view: Sight) -> list[Prediction]:
        return [predict(model, place, view, packed, inputs) for place in range(len(model.groups))]

    asking = Asking(sight)
    each(asking)  # what it returns is not used, and is left out when compiled
    return each(sight.asking(asking.asked))


def log_density(model: Model, name: str, prediction: Prediction, value: Array) -> Array:
    """Return the log density of natural values of one quantity under its predictions.

    A level's density, and a stock's, is per swing on its link scale. Quantities that no chance enters
    have density 1.
    """
    part = model.quantities[name]
    if not part.noisy:
        return jnp.zeros(jnp.shape(value))
    if part.kind == "level":
        return kinds.density_level(prediction, in_swings(part, value))
    if part.kind == "share":
        return kinds.density_share(part, prediction, value)
    if part.kind == "stock":
        return kinds.density_stock(part, prediction, value)
    density = kinds.density_events if part.kind == "events" else kinds.density_status
    return density(prediction, value)
