"""Forecasts from a fitted case: futures from the last known step, and how dense what came was under them."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.stats import norm
from numpy.typing import NDArray

from shatterbelt.inference.evidence import Evidence
from shatterbelt.inference.posterior import Draws, Fitter
from shatterbelt.model import kinds
from shatterbelt.model.compile import compile_case
from shatterbelt.model.kinds import Prediction
from shatterbelt.model.parts import Group, Model
from shatterbelt.model.past import advance
from shatterbelt.model.step import Inputs, pack, step

Floats = NDArray[np.float64]

MONTHS = 12
"""Steps that are forecast."""
REPEATS = 2
"""Futures from each past."""


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Truth:
    """What the whole record says of every step, in rows for the quantities in the order of the step.

    Attributes:
        chances: [most + 1, quantities, steps], log probability of each count of events.
        state: [quantities, steps], of statuses.
        value, error: [quantities, steps], observations of single steps, in swings.
        scored: [quantities, steps], 1 where the record says something that can be scored.
    """

    chances: Array
    state: Array
    value: Array
    error: Array
    scored: Array


def truth_of(fitter: Fitter, model: Model, evidence: Evidence) -> Truth:
    """Arrange the whole record for scoring; of several values of a step the first counts."""
    layout, size = fitter.layout, (len(model.order), fitter.layout.steps)
    place = {name: row for row, name in enumerate(model.order)}
    chances = np.zeros((layout.most + 1, *size))
    state, value, scored = np.zeros(size), np.zeros(size), np.zeros(size)
    error = np.ones(size)
    for i, name in enumerate(layout.events):
        chances[:, place[name]] = np.asarray(evidence.log_chances)[:, i]
        scored[place[name]] = float(evidence.tied[i])
    for i, name in enumerate(layout.statuses):
        state[place[name]], scored[place[name]] = evidence.states[i], evidence.stated[i]
    names = fitter.model.order
    for row, t, x, sd, counted in zip(
        evidence.row, evidence.step, evidence.value, evidence.error, evidence.counted, strict=True
    ):
        here = (place[names[int(row)]], int(t))
        if counted and not scored[here]:
            value[here], error[here], scored[here] = x, sd, 1.0
    return Truth(*(jnp.asarray(a, jnp.float32) for a in (chances, state, value, error, scored)))


@dataclass(frozen=True)
class Forecast:
    """Futures from one day.

    Attributes:
        known: the first step that is forecast.
        paths: [steps, quantities, futures], natural values, in the order of the step.
        density: [steps, quantities, futures], log density of what came given each future's own past, 0 where
            nothing can be scored.
        scored: [steps, quantities].
    """

    known: int
    paths: NDArray[np.float32]
    density: NDArray[np.float32]
    scored: NDArray[np.bool_]

    @property
    def scores(self) -> Floats:
        """Log score of each step and quantity, [steps, quantities], NaN where nothing came."""
        found = np.logaddexp.reduce(self.density.astype(float), axis=-1) - np.log(self.density.shape[-1])
        return np.where(self.scored, found, np.nan)

    @property
    def joint(self) -> Floats:
        """Log score of each step's record as a whole, [steps]."""
        together = self.density.astype(float).sum(axis=1)
        return np.asarray(np.logaddexp.reduce(together, axis=-1) - np.log(together.shape[-1]))


class Forecaster:
    """Makes forecasts of a case from its fits; what is compiled is shared."""

    def __init__(self, fitter: Fitter) -> None:
        self.fitter = fitter
        self.model = compile_case(fitter.case)
        evidence, _ = fitter.data(None, [])
        self.truth = truth_of(fitter, self.model, evidence)
        self._calendars = dict(zip(fitter.layout.calendars, np.asarray(evidence.calendars), strict=True))
        self._run = jax.jit(functools.partial(_run, self.model))

    def forecast(self, draws: Draws, known: int, seed: int = 0, rows: Floats | None = None) -> Forecast:
        """Forecast the steps after the first ``known``, as many as the record still has.

        Args:
            draws: the fit as of the end of step ``known``.
            known: steps that were known.
            seed: of the futures' noise; the same for rivals, so that their difference is theirs.
            rows: parameters in the place of the fit's, [pasts, parameters].
        """
        own = draws.path_rows if rows is None else rows
        left = min(MONTHS, self.fitter.layout.steps - known)
        futures = own.shape[0] * REPEATS
        noise = jax.random.normal(
            jax.random.PRNGKey(seed), (MONTHS, len(self.model.noise_names), futures), jnp.float32
        )
        ahead = jax.tree_util.tree_map(lambda a: _from(a, known), self.truth)
        days = {name: _from(values, known) for name, values in self._calendars.items()}
        wide = jnp.tile(jnp.asarray(own.T, jnp.float32), (1, REPEATS))
        past = jnp.tile(jnp.asarray(draws.past.T, jnp.float32), (1, REPEATS))
        paths, density = self._run(past, wide, noise, days, ahead)
        scored = np.asarray(ahead.scored).T[:left] > 0
        return Forecast(known, np.asarray(paths)[:left], np.asarray(density)[:left], scored)


def _from(values: Array | Floats, known: int) -> Array:
    """Return `MONTHS` steps from ``known`` on, with zeros beyond the record."""
    some = jnp.asarray(values)[..., known : known + MONTHS]
    missing = MONTHS - some.shape[-1]
    return jnp.pad(some, [*[(0, 0)] * (some.ndim - 1), (0, missing)])


def _run(
    model: Model, past: Array, rows: Array, noise: Array, days: Mapping[str, Array], truth: Truth
) -> tuple[Array, Array]:
    packed = pack(model, rows)
    moved = jax.tree_util.tree_map(lambda a: jnp.moveaxis(a, -1, 0), truth)

    def one(past: Array, outside: tuple[Array, dict[str, Array], Truth]) -> tuple[Array, tuple[Array, Array]]:
        eps, today, came = outside
        heard: list[Prediction] = []
        sight = step(model, past, packed, eps, Inputs(calendar=today), heard)
        x = sight.now[: len(model.order)]
        swings = sight.now[len(model.order) :]
        density, first = [], 0
        for group, said in zip(model.groups, heard, strict=True):
            place = slice(first, first + len(group.names))
            first = place.stop
            density.append(_density(group, said, swings[place], came, place))
        return advance(model, sight), (x, jnp.concatenate(density))

    found: tuple[Array, Array] = jax.lax.scan(one, past, (noise, dict(days), moved))[1]
    return found


def _density(group: Group, said: Prediction, swings: Array, came: Truth, place: slice) -> Array:
    """Return the log density of what came of a group, ``[quantities, futures]``."""
    scored, error, value = (a[place, None] for a in (came.scored, came.error, came.value))
    if group.kind == "events":
        each = kinds.density_counts(said, came.chances.shape[0] - 1)
        found = jax.nn.logsumexp(each + came.chances[:, place, None], axis=0)
    elif group.kind == "status":
        found = kinds.density_status(said, jnp.broadcast_to(came.state[place, None], swings.shape))
    elif group.kind == "level" and group.noisy:
        found = norm.logpdf(value, said["mean"], jnp.hypot(said["sd"], error))
    else:
        found = norm.logpdf(value, swings, error)
    if group.kind not in {"events", "status", "level", "share", "formula"}:
        return jnp.zeros(swings.shape)
    return jnp.where(scored > 0, jnp.broadcast_to(found, swings.shape), 0.0)


def columns(model: Model, names: Sequence[str]) -> NDArray[np.int64]:
    """Return the places of quantities in the order of the step."""
    place = {name: row for row, name in enumerate(model.order)}
    return np.array([place[name] for name in names], np.int64)
