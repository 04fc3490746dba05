"""Fit a case to its record: the joint posterior of claims, other numbers, and unobserved paths."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.stats import norm
from numpy.typing import NDArray

from shatterbelt.case.types import Case
from shatterbelt.errors import RequestError
from shatterbelt.futures.devices import prepare
from shatterbelt.inference.chains import Chains
from shatterbelt.inference.coordinates import Found
from shatterbelt.inference.density import Terms, log_density, terms_of
from shatterbelt.inference.evidence import Evidence, evidence_of
from shatterbelt.inference.finding import Finder
from shatterbelt.inference.judging import judged
from shatterbelt.inference.layout import layout_of
from shatterbelt.inference.paths import path_of
from shatterbelt.inference.sampling import DIRECTIONS, Slope, curved, find_mode, laplace
from shatterbelt.inference.trajectories import Sampler
from shatterbelt.model.priors import parameter_rows

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
"""Told what is under way, how much of it is done, and how much there is."""

PASTS = 256
"""Draws whose paths are kept: the pasts that futures start from."""
PART = 16
"""Paths that are laid out at once."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a posterior is found.

    ``quick`` is the normal approximation at the mode; the rest is for the sampler, which takes ``draws``
    from each chain, and if the diagnostics then ask for more, up to ``most``.
    """

    quick: bool = False
    chains: int = 2
    warmup: int = 120
    draws: int = 500
    most: int = 4000
    depth: int = 4
    accept: float = 0.8
    seed: int = 0


@dataclass(frozen=True)
class Draws:
    """What a sampler or an approximation gave.

    Attributes:
        z: [chains, draws, parameters], parameters as standard normals.
        rows: [chains, draws, parameters], the parameters themselves.
        paths: [pasts, quantities, steps], natural values of paths, in the order of ``model.order``.
        path_rows: [pasts, parameters], the parameters that go with them.
        past: [pasts, rows], what the first step that was not known looks back on, laid out as
            ``model.layout`` says; of a day at the end of the record, what its last step looks back on.
        log_densities: [pasts, ...] parts of the log density, as `Terms`.
        stats: numbers of each iteration, [chains, draws]; empty for the approximation.
    """

    z: Floats
    rows: Floats
    paths: NDArray[np.float32]
    path_rows: Floats
    past: NDArray[np.float32]
    terms: Terms
    stats: dict[str, NDArray[Any]] = field(default_factory=dict)


class Fitter:
    """A case ready to be fitted, as of any day and with any claims; what is compiled is shared."""

    def __init__(self, case: Case) -> None:
        prepare()
        self.case = case
        self.model = judged(case)
        self.layout = layout_of(case, self.model)
        self._samplers: dict[Settings, Sampler] = {}
        self._slope = Slope(self._potential)
        self._finder = Finder(self.model, self.layout)

    @property
    def shape(self) -> tuple[int, int]:
        """How many parameters there are, and how many paths."""
        return len(self.model.priors), len(self.layout.paths)

    def data(
        self, as_of: dt.date | None, claims: Sequence[str], found: Found | None = None
    ) -> tuple[Evidence, Array]:
        """Return the record as known on a day, and which claims are in, as the potential takes them.

        The coordinates of levels are made with what has been ``found``, in place of the case's own numbers.
        """
        evidence = evidence_of(self.case, self.model, self.layout, as_of, found)
        on = jnp.asarray([float(claim.id in claims) for claim in self.model.claims], jnp.float32)
        return jax.tree_util.tree_map(_single, evidence), on

    def found(self, point: Floats, data: Any) -> Found:
        """Return what a point of the search says of numbers and pushes."""
        z, e = self._split(point)
        return self._finder(z, e, *data)

    def fit(
        self,
        as_of: dt.date | None,
        claims: Sequence[str],
        settings: Settings,
        progress: Progress | None = None,
        part: Path | None = None,
    ) -> Draws:
        """Return draws from the posterior given the record as known on a day (default: all of it).

        ``part`` is a file in which a sampler keeps what it has drawn, and from which it goes on.

        Raises:
            RequestError: the record is impossible under the case (a status ends that never does).
        """
        data = self.data(as_of, claims)
        size = self.shape[0] + self.shape[1] * self.layout.steps
        tell = progress or _quiet
        tell("mode", 0, 1)
        if settings.quick:
            self._possible(data, size)
            data, mode = self._mode(as_of, claims, data)
            tell("mode", 1, 1)
            normal = laplace(self._slope, data, mode, self.shape[0])
            points = normal.draws(np.random.default_rng(settings.seed), settings.chains * settings.draws)
            return self._draws(points.reshape(settings.chains, settings.draws, -1), data, {})
        with ThreadPoolExecutor(1) as pool:  # the sampler is compiled beside the slope and the search
            ready = pool.submit(self._sampler(settings).ready, data, size)
            self._possible(data, size)
            data, mode = self._mode(as_of, claims, data)
            tell("mode", 1, 1)
            around = curved(self._slope, data, [mode], DIRECTIONS)
            ready.result()
        sampler, own = self._sampler(settings), (settings.chains, settings.seed, settings.accept)
        chains = Chains(sampler, self._slope, data, around, *own)
        chains.run(
            settings.warmup,
            settings.draws,
            max(settings.draws, settings.most),
            self.shape[0],
            lambda done, of: tell("sampling", done, of),
            part,
        )
        return self._draws(chains.points.astype(float), data, chains.stats)

    def _mode(self, as_of: dt.date | None, claims: Sequence[str], data: Any) -> tuple[Any, Floats]:
        """Return the mode, and the record in coordinates that suit the numbers found."""
        size = self.shape[0] + self.shape[1] * self.layout.steps
        mode = find_mode(self._slope, data, np.zeros(size))
        data = self.data(as_of, claims, self.found(mode, data))
        # Once more in these: the numbers may be far from the case's own.
        return data, find_mode(self._slope, data, np.where(np.arange(size) < self.shape[0], mode, 0.0))

    def _sampler(self, settings: Settings) -> Sampler:
        if settings not in self._samplers:
            self._samplers[settings] = Sampler(self._slope, settings.depth)
        return self._samplers[settings]

    def _draws(self, points: Floats, data: Any, stats: dict[str, NDArray[Any]]) -> Draws:
        size = self.shape[0]
        z = points[..., :size]
        flat = points.reshape(-1, points.shape[-1])
        some = flat[np.linspace(0, len(flat) - 1, PASTS).round().astype(int)]
        parts = [self._paths(jnp.asarray(part, jnp.float32), data) for part in np.split(some, PASTS // PART)]
        paths, rows, past, terms = jax.tree_util.tree_map(lambda *pieces: np.concatenate(pieces), *parts)
        rows_of = jax.jit(jax.vmap(lambda z: self._rows(z, data[1])))
        every = np.asarray(rows_of(jnp.asarray(flat[:, :size], jnp.float32)), float)
        return Draws(
            np.asarray(z, float),
            every.reshape(*z.shape),
            paths,
            rows.astype(float),
            past,
            terms,
            stats,
        )

    def _rows(self, z: Array, on: Array) -> Array:
        rows = parameter_rows(self.model, z)
        claims = len(self.model.claims)
        return jnp.concatenate([rows[:claims] * on, rows[claims:]])

    @cached_property
    def _paths(self) -> Callable[[Array, Any], tuple[Array, Array, Array, Terms]]:
        names = [(f"x:{name}", 0) for name in self.model.order]
        back = [(key, lag) for key, track in self.model.tracks.items() for lag in range(1, track.depth + 1)]

        def one(point: Array, data: Any) -> tuple[Array, Array, Array, Terms]:
            z, e = self._split(point)
            path = path_of(self.model, self.layout, data[0], z, e, data[1])
            at = jnp.minimum(data[0].known.astype(int), self.layout.steps - 1)
            terms = terms_of(self.model, self.layout, data[0], path, e)
            return path.sight.rows(names), path.rows, path.sight.rows(back)[:, at], terms

        return jax.jit(jax.vmap(one, in_axes=(0, None)))

    def _split(self, point: Any) -> tuple[Any, Any]:
        parameters, paths = self.shape
        return point[:parameters], point[parameters:].reshape(paths, self.layout.steps)

    def _potential(self, point: Array, data: Any) -> Array:
        z, e = self._split(point)
        evidence, on = data
        return -(log_density(self.model, self.layout, evidence, z, e, on).total + norm.logpdf(z).sum())

    def _possible(self, data: Any, size: int) -> None:
        if np.isfinite(self._slope(np.zeros(size), data)[0]):
            return
        z, e = self._split(jnp.zeros(size))
        terms = log_density(self.model, self.layout, data[0], z, e, data[1])
        names = {"levels": self.layout.levels, "shares": self.layout.shares, "events": self.layout.events}
        names |= {"statuses": self.layout.statuses, "stocks": self.layout.stocks}
        bad = [
            name
            for part, of in names.items()
            for name, steps in zip(of, np.asarray(getattr(terms, part)), strict=True)
            if not np.isfinite(steps).all()
        ]
        raise RequestError(
            f"the record cannot have come about in this case: {', '.join(bad) or 'its observations'}; "
            "a status whose probability of onset or end is 0 may have changed in the record: give it one "
            "above 0"
        )


def _quiet(what: str, done: int, of: int) -> None:
    del what, done, of


def _single(a: Any) -> Array:
    return jnp.asarray(a) if np.asarray(a).dtype.kind == "i" else jnp.asarray(a, jnp.float32)
