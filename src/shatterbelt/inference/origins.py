"""One day in a case's past, all that was forecast from it, and how that was scored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from shatterbelt.inference.baseline_levels import LEAST_ERROR
from shatterbelt.inference.baselines import Forecast as Naive
from shatterbelt.inference.forecast import MONTHS, Forecast
from shatterbelt.inference.layout import Layout
from shatterbelt.inference.rivals import BASELINES, Came, rival_score
from shatterbelt.inference.scores import crps, frequency, rps
from shatterbelt.model.parts import Model, QuantityPart
from shatterbelt.record.targets import link

Floats = NDArray[np.float64]

HORIZONS = (1, 3, 6, 12)
"""Steps ahead that are scored."""
WINDOWS = (6, 12)
"""Steps over which it is asked whether events come at all, or a status is on at their end."""
SHARES = (0.5, 0.8, 0.9)
"""Central intervals whose widths are kept."""
MOST = 3
"""Events in a window from which on they are one class of the ranked probability score."""
CONTINUOUS = frozenset({"level", "share", "formula"})
"""Kinds that have a CRPS."""
FAR = 1e3
"""Swings from usual beyond which a future lies no further: a share of 0 on the logit scale."""
NAIVE_DRAWS = 2000
"""Paths of a rival from which its CRPS and its answers to questions are taken."""

assert max(*HORIZONS, *WINDOWS) <= MONTHS


@dataclass(frozen=True)
class Origin:
    """One day from which forecasts are made, and all that was forecast.

    Scores are arrays [models, horizons, quantities], NaN where nothing came; models are the narratives,
    then the baselines. ``joint`` is [models, horizons] over the quantities that every model forecasts.

    Attributes:
        day: the day; steps before it were known.
        known: how many.
        log_scores: log predictive densities, per swing for levels.
        joint: log predictive density of all that came in a step, taken together.
        crps: for levels, shares and formulas, in swings.
        within: [narratives, horizons, quantities], the share of futures below what came.
        widths: [narratives, shares, horizons, quantities], widths of central intervals, swings.
        asked: quantity and window of each question.
        chances: [models, questions], probabilities of yes.
        came: [questions], 1 yes, 0 no.
        ranked: [models, questions], ranked probability scores of how many events, or of on and off.
        left_out: [claims], by how much each claim raises the first narrative's summed log scores.
    """

    day: dt.date
    known: int
    log_scores: Floats
    joint: Floats
    crps: Floats
    within: Floats
    widths: Floats
    asked: list[tuple[str, int]]
    chances: Floats
    came: Floats
    ranked: Floats
    left_out: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class Past:
    """What scoring needs of a case, the same for every day: its model and what came."""

    model: Model
    layout: Layout
    came: Came


@dataclass(frozen=True)
class Day:
    """Forecasts from one day, still to be scored: those of the narratives, and of each quantity's rivals."""

    day: dt.date
    past: Past
    forecasts: Sequence[Forecast]
    rivals: Mapping[str, tuple[Naive, Naive]]

    @property
    def known(self) -> int:
        """Steps that were known."""
        return self.forecasts[0].known

    @property
    def models(self) -> int:
        """How many forecasters there are."""
        return len(self.forecasts) + len(BASELINES)

    @property
    def reached(self) -> list[tuple[int, int]]:
        """Place and length of the horizons that end within the record."""
        return [(h, ahead) for h, ahead in enumerate(HORIZONS) if ahead <= len(self.forecasts[0].scored)]


def scored(day: Day, left_out: Floats) -> Origin:
    """Return all scores of a day's forecasts."""
    logs = log_scores(day)
    spread, within, widths = _levels(day)
    asked, chances, ranked, came = _questions(day)
    return Origin(
        day.day, day.known, logs, joint_scores(day, logs), spread, within, widths,
        asked, chances, came, ranked, left_out,
    )  # fmt: skip


def _empty(day: Day, *first: int) -> Floats:
    return np.full((*first, len(HORIZONS), len(day.past.model.order)), np.nan)


def log_scores(day: Day) -> Floats:
    """Return the log score of each model, horizon and quantity, NaN where nothing came or is forecast."""
    found = _empty(day, day.models)
    for h, ahead in day.reached:
        for row, one in enumerate(day.forecasts):
            found[row, h] = one.scores[ahead - 1]
        for name, q in _scored(day, ahead):
            kind = day.past.model.quantities[name].kind
            for row, naive in enumerate(day.rivals.get(name, ()), len(day.forecasts)):
                found[row, h, q] = rival_score(naive, kind, day.past.came, q, day.known + ahead - 1, ahead)
    return found


def joint_scores(day: Day, logs: Floats) -> Floats:
    """Return [models, horizons] log scores of a step's record as a whole.

    Over the quantities that every model forecasts, so that models stay comparable. Futures tie a
    narrative's quantities to each other; the rivals forecast each for itself, so that theirs add up. Of
    counts and states each future says a chance, and of levels one step ahead a density. Levels further
    ahead are smoothed (`smoothed_densities`): that a few hundred futures, spread by then, hit many of them
    at once is too rare for their mean to be anything but luck.
    """
    found = np.full(logs.shape[:2], np.nan)
    kinds = [day.past.model.quantities[name].kind for name in day.past.model.order]
    continuous = np.array([kind in CONTINUOUS for kind in kinds])
    for h, ahead in day.reached:
        both = ~np.isnan(logs[:, h]).any(axis=0)
        if not both.any():
            continue
        for row, one in enumerate(day.forecasts):
            near = ahead == 1
            together = one.density[ahead - 1][both & (near | ~continuous)].astype(float).sum(axis=0)
            if not near:
                together = together + _levels_together(day, one, ahead, np.flatnonzero(both & continuous))
            found[row, h] = np.logaddexp.reduce(together) - np.log(len(together))
        found[len(day.forecasts) :, h] = logs[len(day.forecasts) :, h][:, both].sum(axis=1)
    return found


def _levels_together(day: Day, one: Forecast, ahead: int, places: NDArray[np.int64]) -> Floats:
    """Return for each future the log density of the levels that came, in the rows ``places``."""
    if not len(places):
        return np.zeros(one.paths.shape[-1])
    model, came, step = day.past.model, day.past.came, day.known + ahead - 1
    parts = [model.quantities[model.order[q]] for q in places]
    paths = one.paths[ahead - 1, places].astype(float)
    swings = np.stack([_swings(part, x) for part, x in zip(parts, paths, strict=True)])
    return smoothed_densities(swings, came.value[places, step], came.error[places, step])


def smoothed_densities(draws: Floats, value: Floats, error: Floats) -> Floats:
    """Return the log density of a value under a normal kernel around each draw of a forecast.

    Kernels have the draws' covariance, narrowed by Silverman's factor, and lie around draws that are pulled
    to their mean, so that the mixture keeps the mean and the covariance (West 1993, Journal of the Royal
    Statistical Society B 55(2)); the value's error widens them.

    Args:
        draws: [quantities, n].
        value: [quantities], what was observed.
        error: [quantities], its standard errors.
    """
    size, n = draws.shape
    held = np.clip(np.nan_to_num(draws, nan=0.0), -FAR, FAR)
    middle = held.mean(axis=1, keepdims=True)
    narrow = (4 / ((size + 2) * n)) ** (1 / (size + 4))
    around = middle + np.sqrt(1 - narrow**2) * (held - middle)
    cov = narrow**2 * np.atleast_2d(np.cov(held)) + np.diag(np.maximum(error, LEAST_ERROR) ** 2)
    root = np.linalg.cholesky(cov)
    miss = solve_triangular(root, value[:, None] - around, lower=True)
    logdet = 2 * np.log(np.diag(root)).sum()
    return np.asarray(-0.5 * ((miss**2).sum(axis=0) + logdet + size * np.log(2 * np.pi)))


def _scored(day: Day, ahead: int) -> list[tuple[str, int]]:
    """Return name and row of the quantities of which the record can score the step."""
    order = day.past.model.order
    return [(order[q], int(q)) for q in np.flatnonzero(day.forecasts[0].scored[ahead - 1])]


def _levels(day: Day) -> tuple[Floats, Floats, Floats]:
    """Return CRPS, the share of futures below what came, and widths of intervals, of what is continuous."""
    spread, narratives = _empty(day, day.models), len(day.forecasts)
    within, widths = _empty(day, narratives), _empty(day, narratives, len(SHARES))
    for h, ahead in day.reached:
        for name, q in _scored(day, ahead):
            part, step = day.past.model.quantities[name], day.known + ahead - 1
            if part.kind not in CONTINUOUS:
                continue
            value, error = float(day.past.came.value[q, step]), float(day.past.came.error[q, step])
            for row, one in enumerate(day.forecasts):
                swings = _swings(part, one.paths[ahead - 1, q].astype(float))
                # What came was observed with an error, so the interval must be of what is observed.
                seen = swings + error * np.random.default_rng(q).standard_normal(len(swings))
                spread[row, h, q] = crps(swings, value)
                within[row, h, q] = (seen < value).mean()
                widths[row, :, h, q] = _widths(seen)
            for row, naive in enumerate(day.rivals.get(name, ()), narratives):
                spread[row, h, q] = crps(_draws(naive)[:, ahead - 1], value)
    return spread, within, widths


def _swings(part: QuantityPart, x: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return (link(part.scale.link, x) - part.scale.origin) / part.scale.width


def _widths(draws: Floats) -> Floats:
    low, high = (np.quantile(draws, [0.5 + side * share / 2 for share in SHARES]) for side in (-1, 1))
    return np.asarray(high - low)


def _draws(naive: Naive) -> Floats:
    return naive.draws(NAIVE_DRAWS, np.random.default_rng(0))


def _questions(day: Day) -> tuple[list[tuple[str, int]], Floats, Floats, Floats]:
    """Ask of every class of events how many come within a window, of every status if it is on at its end.

    Returns:
        What was asked; [models, questions] chances of at least one event, or of on; [models, questions]
        ranked probability scores; [questions] answers.
    """
    asked: list[tuple[str, int]] = []
    chances, ranked, came = [], [], []
    for name in (*day.past.layout.events, *day.past.layout.statuses):
        for window in WINDOWS:
            if name not in day.rivals or not _settled(day, name, window):
                continue
            classes = np.stack(_said(day, name, window))
            answer = _answer(day, name, window)
            asked.append((name, window))
            chances.append(1 - classes[:, 0])
            ranked.append(rps(classes, answer))
            came.append(float(answer > 0))
    shape = (len(asked), day.models)
    return asked, np.reshape(chances, shape).T, np.reshape(ranked, shape).T, np.array(came)


def _settled(day: Day, name: str, window: int) -> bool:
    inside = day.past.came.scored[day.past.model.order.index(name), day.known : day.known + window]
    return len(inside) == window and bool(inside.all())


def _answer(day: Day, name: str, window: int) -> int:
    """Return how many events most probably came, up to `MOST`, or whether a status was on."""
    q, came = day.past.model.order.index(name), day.past.came
    steps = slice(day.known, day.known + window)
    if name in day.past.layout.statuses:
        return int(came.state[q, steps.stop - 1] > 0.5)
    chances = np.ones(1)
    for step in range(steps.start, steps.stop):
        chances = np.convolve(chances, np.exp(came.chances[:, q, step]))
    if chances[0] > 0.5:
        return 0
    folded = _folded(chances)
    return int(np.argmax(folded[1:])) + 1


def _folded(chances: Floats) -> Floats:
    """Return the probabilities of 0, 1, ... and `MOST` or more."""
    padded = np.pad(chances, (0, max(MOST + 1 - len(chances), 0)))
    return np.append(padded[:MOST], padded[MOST:].sum())


def _said(day: Day, name: str, window: int) -> list[Floats]:
    """Return each model's probabilities of the classes."""
    q, events = day.past.model.order.index(name), name in day.past.layout.events
    paths = [one.paths[:window, q].astype(float).T for one in day.forecasts]
    paths += [_draws(naive)[:, :window] for naive in day.rivals[name]]
    classes = MOST + 1 if events else 2
    found = []
    for some in paths:
        ends = some.sum(axis=1) if events else some[:, -1]
        place = np.clip(np.floor(ends + 0.5), 0, classes - 1).astype(int)
        found.append(_frequencies(np.bincount(place, minlength=classes)))
    return found


def _frequencies(counts: NDArray[np.int64]) -> Floats:
    """Return probabilities of classes, none of them 0; that of the first is `scores.frequency`'s."""
    first = frequency(counts[0], int(counts.sum()))
    rest = counts[1:] + 0.5 / (len(counts) - 1)
    return np.append(first, (1 - first) * rest / rest.sum())
