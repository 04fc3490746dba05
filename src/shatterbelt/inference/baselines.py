"""Naive forecasters of counts and of statuses: what a model must beat before its score is called skill.

Each is fed one quantity's monthly values up to an origin, the last step known, and answers as a `Forecast`.
Those of levels stand in `baseline_levels`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln
from scipy.stats import nbinom, poisson

from shatterbelt.errors import RequestError
from shatterbelt.inference.scores import log_mean_density

Floats = NDArray[np.float64]

JEFFREYS = 0.5
"""Shape of the priors of a rate and of chances: as little said beforehand as can be."""

HALF_LIVES = (1.0, 3.0, 12.0)
"""Half-lives of a class's own memory among which the record chooses, steps."""

MOST_LOG_RATE = np.log(1e4)
"""Rates are cut here, so that a simulated memory that feeds itself stays a number."""


@runtime_checkable
class Forecast(Protocol):
    """What a forecaster says of one quantity for the steps 1 to ``horizon`` after its origin."""

    @property
    def name(self) -> str:
        """What the forecaster is called in tables."""

    @property
    def horizon(self) -> int:
        """Steps that are forecast."""

    def log_density(self, h: int, value: float) -> float:
        """Return the log predictive density (or probability) of a value ``h`` steps after the origin.

        In nats; minus infinity for what cannot be, such as half an event.

        Raises:
            RequestError: ``h`` is not forecast.
        """

    def draws(self, n: int, rng: np.random.Generator) -> Floats:
        """Return [n, horizon] paths: rows are drawn jointly, so that sums over steps can be scored too."""


@dataclass(frozen=True)
class ConstantRate:
    """Counts whose rate has always been the same: a Gamma posterior of the rate, Poisson counts.

    Attributes:
        shape: of the Gamma: events seen, and what the prior adds.
        exposure: its inverse scale: steps seen.
        horizon: steps forecast.
    """

    shape: float
    exposure: float
    horizon: int
    name: str = "constant rate"

    def log_density(self, h: int, value: float) -> float:
        """Return the log of the negative binomial predictive, the same at every step."""
        check_step(h, self.horizon)
        return float(nbinom.logpmf(value, self.shape, self.exposure / (self.exposure + 1)))

    def draws(self, n: int, rng: np.random.Generator) -> Floats:
        """Return [n, horizon] counts; the steps of a row share its rate."""
        rate = rng.gamma(self.shape, 1 / self.exposure, (n, 1))
        return rng.poisson(np.minimum(rate, np.exp(MOST_LOG_RATE)), (n, self.horizon)).astype(float)


def constant_rate(counts: ArrayLike, horizon: int) -> ConstantRate:
    """Forecast counts at the rate of all history, with Jeffreys' prior (a Gamma of shape 1/2, no exposure).

    Args:
        counts: [steps], events of each step; NaN where not known. Expected counts may be fractions.
        horizon: steps to forecast.

    Raises:
        RequestError: no step is known, or a count is negative.
    """
    seen = _counts(counts)
    known = seen[~np.isnan(seen)]
    return ConstantRate(float(known.sum()) + JEFFREYS, float(len(known)), horizon)


@dataclass(frozen=True)
class OwnMemory:
    """Counts whose rate follows the class's own memory and a calendar.

    Attributes:
        rates: [draws, horizon], the rate of each step along simulated paths, parameters drawn too.
        counts: [draws, horizon], the counts of those paths.
    """

    rates: Floats
    counts: Floats
    name: str = "own memory and calendar"

    @property
    def horizon(self) -> int:
        """Steps forecast."""
        return int(self.rates.shape[1])

    def log_density(self, h: int, value: float) -> float:
        """Return the log of the mean Poisson probability over the paths' rates.

        At the first step the rate does not depend on what is simulated, so that the only average is that
        over parameters.
        """
        check_step(h, self.horizon)
        return float(log_mean_density(poisson.logpmf(value, self.rates[:, h - 1])))

    def draws(self, n: int, rng: np.random.Generator) -> Floats:
        """Return [n, horizon] of the simulated paths, each as often as another as far as n allows."""
        order = np.concatenate([rng.permutation(len(self.counts)) for _ in range(-(-n // len(self.counts)))])
        return np.asarray(self.counts[order[:n]])


def own_memory(
    counts: ArrayLike,
    calendar: ArrayLike | None = None,
    *,
    horizon: int,
    ridge: float = 1.0,
    paths: int = 2000,
    seed: int = 0,
) -> OwnMemory:
    """Forecast counts by a Poisson regression on their own decaying memory and known days.

    ``log rate_t = a + b (log(1 + M_{t-1}) - centre) + c * calendar_t`` with ``M_t = d M_{t-1} + x_t`` and
    ``d = 2^(-1/half-life)``, the memory that events have in a case. For each half-life the coefficients are
    set to the maximum of likelihood times prior (b and c normal around 0 with deviation ``ridge``, a around
    the log of the mean rate with deviation 3) and drawn from the Gaussian with the curvature there (Laplace);
    half-lives are drawn by their Laplace evidence. Steps after the first are simulated; a memory beyond the
    greatest of history acts as that one, since a line fitted to few events runs away beyond them.

    Args:
        counts: [steps], events of each step; NaN where not known, which then does not count and adds the
            mean to the memory.
        calendar: [steps + horizon] or [steps + horizon, days], known beforehand; default none.
        horizon: steps to forecast.
        ridge: standard deviation of the prior of memory and calendar effects.
        paths: simulated paths.
        seed: of the simulation.

    Raises:
        RequestError: no step is known, a count is negative, or the calendar is too short.
    """
    seen = _counts(counts)
    days = _days(calendar, len(seen) + horizon)
    rng = np.random.default_rng(seed)
    fits = [memory_fit(seen, days[: len(seen)], half_life, ridge) for half_life in HALF_LIVES]
    evidence = np.array([fit.evidence for fit in fits])
    weights = np.exp(evidence - evidence.max())
    shares = rng.multinomial(paths, weights / weights.sum())
    done = [_simulate(fit, days[len(seen) :], n, rng) for fit, n in zip(fits, shares, strict=True) if n]
    rates, simulated = (np.concatenate(parts) for parts in zip(*done, strict=True))
    return OwnMemory(rates, simulated)


@dataclass(frozen=True)
class MemoryFit:
    """A regression on own memory with one half-life.

    Attributes:
        decay: what is left of the memory after a step.
        centre: of the log of one more than the memory.
        most: the greatest memory of history.
        memory: that at the origin.
        mode: [2 + days], most probable coefficients: constant, memory, days.
        covariance: of the Gaussian around them.
        evidence: log probability of the counts, by Laplace.
    """

    decay: float
    centre: float
    most: float
    memory: float
    mode: Floats
    covariance: Floats
    evidence: float


def memory_fit(seen: Floats, days: Floats, half_life: float, ridge: float) -> MemoryFit:
    """Fit counts [steps] to their memory of one half-life and known days [steps, days]; see `own_memory`."""
    decay = float(2.0 ** (-1 / half_life))
    known = ~np.isnan(seen)
    mean = (seen[known].sum() + JEFFREYS) / known.sum()
    memory = np.full(len(seen) + 1, mean / (1 - decay))
    for t, x in enumerate(np.where(known, seen, mean)):
        memory[t + 1] = decay * memory[t] + x
    centre = float(np.log1p(memory[:-1]).mean())
    table = np.column_stack([np.ones(len(seen)), np.log1p(memory[:-1]) - centre, days])[known]
    prior = np.append(np.log(mean), np.zeros(table.shape[1] - 1))
    precision = np.append(1 / 9, np.full(table.shape[1] - 1, 1 / ridge**2))
    mode, curvature, height = poisson_mode(table, seen[known], prior, precision)
    evidence = height + 0.5 * (np.log(precision).sum() - np.linalg.slogdet(curvature)[1])
    return MemoryFit(
        decay,
        centre,
        float(memory.max()),
        float(memory[-1]),
        mode,
        np.asarray(np.linalg.inv(curvature)),
        float(evidence),
    )


def poisson_mode(
    table: Floats, counts: Floats, prior: Floats, precision: Floats
) -> tuple[Floats, Floats, float]:
    """Return the most probable coefficients of a Poisson regression, the curvature there, and the log height.

    Newton's method with halved steps; the prior is normal and independent, so that there is one maximum.

    Args:
        table: [n, k], what the log rate is linear in.
        counts: [n].
        prior: [k], centres of the prior.
        precision: [k], its inverse variances.
    """

    def height(at: Floats) -> float:
        line = np.minimum(table @ at, MOST_LOG_RATE)
        fit = counts @ line - np.exp(line).sum() - gammaln(counts + 1).sum()
        return float(fit - 0.5 * precision @ (at - prior) ** 2)

    at, best = prior.copy(), height(prior)
    for _ in range(100):
        rate = np.exp(np.minimum(table @ at, MOST_LOG_RATE))
        slope = table.T @ (counts - rate) - precision * (at - prior)
        curvature = (table.T * rate) @ table + np.diag(precision)
        move = np.linalg.solve(curvature, slope)
        size = 1.0
        while height(at + size * move) < best and size > 1e-9:
            size /= 2
        at = at + size * move
        best = height(at)
        if np.abs(size * move).max() < 1e-10:
            break
    rate = np.exp(np.minimum(table @ at, MOST_LOG_RATE))
    return at, (table.T * rate) @ table + np.diag(precision), best


def _simulate(fit: MemoryFit, days: Floats, n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    effects = rng.multivariate_normal(fit.mode, fit.covariance, n)
    memory = np.full(n, fit.memory)
    rates, counts = np.empty((2, n, len(days)))
    for h, today in enumerate(days):
        felt = np.log1p(np.minimum(memory, fit.most)) - fit.centre
        line = effects[:, 0] + effects[:, 1] * felt + effects[:, 2:] @ today
        rates[:, h] = np.exp(np.minimum(line, MOST_LOG_RATE))
        counts[:, h] = rng.poisson(rates[:, h])
        memory = fit.decay * memory + counts[:, h]
    return rates, counts


@dataclass(frozen=True)
class ConstantHazard:
    """A status that begins and ends with constant chances, each with its Beta posterior.

    Attributes:
        onset: the two numbers of the Beta of the chance a step that it begins while off.
        end: those of the chance that it ends while on.
        on: whether it is on at the last step known.
        since: steps between that step and the origin, 0 unless the last steps are unknown.
        horizon: steps forecast.
    """

    onset: tuple[float, float]
    end: tuple[float, float]
    on: bool
    since: int
    horizon: int
    name: str = "constant hazard"

    def chance_on(self, h: int) -> float:
        """Return the probability that the status is on ``h`` steps after the origin.

        Exact: a forecast path teaches about the chances as a known one does (Polya's urn), so that the
        state, how often it changed, and how many steps it was on at their start are all that is followed.
        """
        check_step(h, self.horizon)
        ways: dict[tuple[bool, int, int], float] = {(self.on, 0, 0): 1.0}
        for step in range(self.since + h):
            after: dict[tuple[bool, int, int], float] = {}
            for (on, changes, steps_on), weight in ways.items():
                # Changes alternate, so half of them, rounded down, left the state that it is in now.
                tried = steps_on if on else step - steps_on
                yes, no = self.end if on else self.onset
                chance = (yes + changes // 2) / (yes + no + tried)
                held = steps_on + on
                for key, part in (((not on, changes + 1, held), chance), ((on, changes, held), 1 - chance)):
                    after[key] = after.get(key, 0.0) + weight * part
            ways = after
        return sum(weight for (on, _, _), weight in ways.items() if on)

    def log_density(self, h: int, value: float) -> float:
        """Return the log probability of on (1) or off (0)."""
        if value not in {0, 1}:
            return -np.inf
        chance = self.chance_on(h)
        return float(np.log(chance if value == 1 else 1 - chance))

    def draws(self, n: int, rng: np.random.Generator) -> Floats:
        """Return [n, horizon] of 0 and 1; each row has its own chances."""
        onset, end = rng.beta(*self.onset, n), rng.beta(*self.end, n)
        state = np.full(n, self.on)
        path = np.empty((n, self.since + self.horizon))
        for step in range(path.shape[1]):
            state = np.where(rng.random(n) < np.where(state, end, onset), ~state, state)
            path[:, step] = state
        return path[:, self.since :]


def constant_hazard(states: ArrayLike, horizon: int) -> ConstantHazard:
    """Forecast a status by how often it began while off and ended while on, with Jeffreys' priors.

    Args:
        states: [steps], 1 on, 0 off, NaN where not known; a step counts where the one before it is known too.
        horizon: steps to forecast.

    Raises:
        RequestError: no step is known, or a state is neither on nor off.
    """
    seen = np.asarray(states, float)
    known = np.flatnonzero(~np.isnan(seen))
    if not len(known):
        raise RequestError("no step of the status is known; forecast from a later day")
    if not np.isin(seen[known], (0, 1)).all():
        raise RequestError(f"not a state ({seen[known].max():g}); allowed: 1 on, 0 off")
    before, after = seen[:-1], seen[1:]

    def chances(state: int) -> tuple[float, float]:
        here = before == state
        left, stayed = int((after[here] == 1 - state).sum()), int((after[here] == state).sum())
        return left + JEFFREYS, stayed + JEFFREYS

    last = int(known[-1])
    return ConstantHazard(chances(0), chances(1), bool(seen[last]), len(seen) - 1 - last, horizon)


def check_step(h: int, horizon: int) -> None:
    """Refuse a step that a forecast does not reach."""
    if not 1 <= h <= horizon:
        raise RequestError(f"step {h} after the origin; allowed: 1 to {horizon}")


def _counts(counts: ArrayLike) -> Floats:
    seen = np.asarray(counts, float)
    if seen.ndim != 1 or np.isnan(seen).all():
        raise RequestError("no step of the counts is known; forecast from a later day")
    if np.nanmin(seen) < 0:
        raise RequestError(f"not a count ({np.nanmin(seen):g}); allowed: 0 or more")
    return seen


def _days(calendar: ArrayLike | None, steps: int) -> Floats:
    days = np.zeros((steps, 0)) if calendar is None else np.asarray(calendar, float)
    days = days[:, None] if days.ndim == 1 else days
    if days.shape[0] != steps:
        raise RequestError(f"a calendar of {days.shape[0]} steps; allowed: {steps}, past and forecast")
    return days
