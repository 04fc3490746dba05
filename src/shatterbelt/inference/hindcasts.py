"""Fit again and again with what was known, forecast what came next, and score it against naive rivals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shatterbelt.case.types import Case
from shatterbelt.errors import RequestError
from shatterbelt.futures.devices import cores
from shatterbelt.inference.baseline_levels import autoregression, observed, random_walk
from shatterbelt.inference.baselines import Forecast as Naive
from shatterbelt.inference.baselines import constant_hazard, constant_rate, own_memory
from shatterbelt.inference.forecast import MONTHS, REPEATS, Forecast, Forecaster
from shatterbelt.inference.posterior import Draws, Fitter, Settings
from shatterbelt.inference.scores import crps
from shatterbelt.record.periods import Calendar

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

HORIZONS = (1, 3, 6, 12)
"""Steps ahead that are scored."""
WINDOWS = (6, 12)
"""Steps over which it is asked whether events come at all, or a status is on at their end."""
LEAST_ORIGINS = 12
QUICK = Settings(quick=True, chains=1, draws=512)
BASELINES = ("constant", "own past")
"""The naive rivals: constant rates and hazards with random walks; own memory, calendar and autoregressions."""


@dataclass(frozen=True)
class Origin:
    """One day from which forecasts are made, and all that was forecast.

    Scores are arrays [models, horizons, quantities], NaN where nothing came; models are the narratives,
    then the baselines. ``joint`` is [models, horizons] over the quantities that every model forecasts.

    Attributes:
        day: the day; steps before it were known.
        known: how many.
        log_scores: log predictive densities, per swing for levels.
        crps: for levels and shares, in swings.
        within: [narratives, horizons, quantities], the share of futures below what came.
        widths: [narratives, 3, horizons, quantities], widths of central 50, 80 and 90 % intervals, swings.
        asked: quantity and window of each question; ``chances`` [models, questions]; ``came`` [questions].
        left_out: [claims], change of the first narrative's summed joint score when a claim is left out.
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
    left_out: Floats = field(default_factory=lambda: np.zeros(0))


def origins_of(case: Case, count: int = LEAST_ORIGINS, first: int | None = None) -> list[dt.date]:
    """Return days, evenly spread over the later three quarters of the record, on which steps begin.

    Raises:
        RequestError: the record is too short.
    """
    about = case.about
    calendar = Calendar.between(about.start, about.record_ends, about.step)
    begin = calendar.length // 4 if first is None else first
    apart = (calendar.length - HORIZONS[0] - begin) // max(count - 1, 1)
    if apart < 1 or begin < 2:
        raise RequestError(
            f"the record has {calendar.length} steps, too few for {count} days to forecast from; "
            "ask for fewer with --origins"
        )
    return [_first_day(calendar, begin + i * apart) for i in range(count)]


def _first_day(calendar: Calendar, step: int) -> dt.date:
    return dt.date.fromisoformat(f"{calendar.label(step)}-01")


class Hindcaster:
    """Makes and scores forecasts of a case from days in its past."""

    def __init__(self, case: Case, narratives: Sequence[str]) -> None:
        self.case = case
        self.narratives = tuple(narratives)
        self.fitter = Fitter(case)
        self.forecaster = Forecaster(self.fitter)
        self.order = self.forecaster.model.order

    @property
    def models(self) -> tuple[str, ...]:
        """Names of all that is scored."""
        return (*self.narratives, *BASELINES)

    def origins(
        self, days: Sequence[dt.date], progress: Progress | None = None, *, claims: bool = True
    ) -> Iterator[Origin]:
        """Yield the forecasts and scores from each day, in order; fits run side by side."""
        jobs = [(day, name) for day in days for name in self.narratives]
        tell = progress or (lambda what, done, of: None)
        with ThreadPoolExecutor(cores()) as pool:
            waiting = [pool.submit(self._narrative, day, name, claims and name == jobs[0][1]) for day, name in jobs]
            for i, day in enumerate(days):
                some = waiting[i * len(self.narratives) : (i + 1) * len(self.narratives)]
                done = []
                for j, one in enumerate(some):
                    done.append(one.result())
                    tell("hindcasts", i * len(self.narratives) + j + 1, len(jobs))
                yield self._origin(day, [one[0] for one in done], done[0][1])

    def _narrative(self, day: dt.date, name: str, claims: bool) -> tuple[Forecast, Floats]:
        ids = self.case.claim_ids(name) if name else ()
        draws = self.fitter.fit(day, ids, QUICK)
        known = int(self.fitter.data(day, ids)[0].known)
        forecast = self.forecaster.forecast(draws, known)
        left = self._left_out(draws, known, forecast, ids) if claims else np.zeros(0)
        return forecast, left

    def _left_out(self, draws: Draws, known: int, whole: Forecast, ids: Sequence[str]) -> Floats:
        """Return by how much the joint score of the steps ahead changes when each claim is left out.

        The fit is not made anew: its draws are moved to where the weight is 0 as a normal distribution
        would have them, parameters that hang together with the weight moving along.
        """
        rows = draws.path_rows
        spread = rows.std(axis=0) + 1e-12
        standard = (rows - rows.mean(axis=0)) / spread
        found = np.zeros(len(self.fitter.model.claims))
        for place, claim in enumerate(self.fitter.model.claims):
            if claim.id not in ids:
                continue
            together = standard.T @ standard[:, place] / len(rows)
            together[np.abs(together) < TOGETHER] = 0.0
            together[place] = 1.0
            moved = rows - np.outer(rows[:, place] / spread[place], together * spread)
            moved[:, self._positive] = np.maximum(moved[:, self._positive], 1e-6)
            moved[:, self._shares] = np.clip(moved[:, self._shares], 1e-6, 1 - 1e-6)
            without = self.forecaster.forecast(draws, known, rows=moved)
            found[place] = float(whole.joint.sum() - without.joint.sum())
        return found

    @property
    def _positive(self) -> NDArray[np.int64]:
        kinds = ("noise.", "rate.", "dispersion.")
        names = self.fitter.model.parameter_names
        return np.array([i for i, name in enumerate(names) if name.startswith(kinds)], np.int64)

    @property
    def _shares(self) -> NDArray[np.int64]:
        kinds = ("kept.", "onset.", "end.")
        names = self.fitter.model.parameter_names
        return np.array([i for i, name in enumerate(names) if name.startswith(kinds)], np.int64)

    # ------------------------------------------------------------------ one day, scored

    def _origin(self, day: dt.date, forecasts: Sequence[Forecast], left: Floats) -> Origin:
        known = forecasts[0].known
        rivals = self._baselines(day, known)
        size = (len(self.models), len(HORIZONS), len(self.order))
        logs, spread = np.full(size, np.nan), np.full(size, np.nan)
        within = np.full((len(forecasts), *size[1:]), np.nan)
        widths = np.full((len(forecasts), 3, *size[1:]), np.nan)
        for h, ahead in enumerate(HORIZONS):
            if ahead > len(forecasts[0].scored):
                continue
            for m, one in enumerate(forecasts):
                logs[m, h] = one.scores[ahead - 1]
            for q in np.flatnonzero(forecasts[0].scored[ahead - 1]):
                self._score(q, h, known + ahead - 1, forecasts, rivals, logs, spread, within, widths)
        both = np.isfinite(logs).all(axis=0)
        joint = np.full(size[:2], np.nan)
        for h, ahead in enumerate(HORIZONS):
            if both[h].any():
                for m, one in enumerate(forecasts):
                    together = one.density[ahead - 1][both[h]].astype(float).sum(axis=0)
                    joint[m, h] = np.logaddexp.reduce(together) - np.log(len(together))
                joint[len(forecasts) :, h] = logs[len(forecasts) :, h][:, both[h]].sum(axis=1)
        asked, chances, came = self._questions(known, forecasts, rivals)
        return Origin(day, known, logs, joint, spread, within, widths, asked, chances, came, left)

    def _score(
        self,
        q: int,
        h: int,
        step: int,
        forecasts: Sequence[Forecast],
        rivals: dict[str, list[Naive]],
        logs: Floats,
        spread: Floats,
        within: Floats,
        widths: Floats,
    ) -> None:
        name, ahead = self.order[q], HORIZONS[h]
        part = self.forecaster.model.quantities[name]
        truth = self.forecaster.truth
        value, error = float(truth.value[q, step]), float(truth.error[q, step])
        continuous = part.kind in {"level", "share", "formula"}
        for m, naive in enumerate(rivals.get(name, [])):
            row = len(forecasts) + m
            if part.kind == "events":
                each = [naive.log_density(ahead, k) for k in range(truth.chances.shape[0])]
                logs[row, h, q] = np.logaddexp.reduce(np.array(each) + np.asarray(truth.chances[:, q, step]))
            elif part.kind == "status":
                logs[row, h, q] = naive.log_density(ahead, float(truth.state[q, step]))
            else:
                logs[row, h, q] = naive.log_density(ahead, value, error=error)  # type: ignore[call-arg]  # levels' rivals take the error of what came
                spread[row, h, q] = crps(naive.draws(1000, np.random.default_rng(0))[:, ahead - 1], value)
        if not continuous:
            return
        for m, one in enumerate(forecasts):
            x = one.paths[ahead - 1, q].astype(float)
            swings = _swings(part.scale.link, x, part.scale.origin, part.scale.width)
            blurred = swings + error * np.random.default_rng(q).standard_normal(len(swings))
            spread[m, h, q] = crps(swings, value)
            within[m, h, q] = (blurred < value).mean()
            ends = np.quantile(blurred, [0.25, 0.75, 0.1, 0.9, 0.05, 0.95])
            widths[m, :, h, q] = ends[1::2] - ends[::2]

    def _baselines(self, day: dt.date, known: int) -> dict[str, list[Naive]]:
        """Return the naive rivals for every quantity that they can forecast from what was known."""
        evidence, _ = self.fitter.data(day, [])
        layout = self.fitter.layout
        found: dict[str, list[Naive]] = {}
        elections = np.asarray(evidence.calendars)[:, : known + MONTHS].T
        missing = known + MONTHS - len(elections)
        days = np.pad(elections, ((0, missing), (0, 0))) if elections.shape[1] else None
        for row, name in enumerate(layout.events):
            if evidence.tied[row]:
                counts = np.round(np.asarray(evidence.counts[row, :known], float))
                found[name] = [
                    constant_rate(counts, MONTHS),
                    own_memory(counts, days, horizon=MONTHS, paths=1000),
                ]
        for row, name in enumerate(layout.statuses):
            stated = np.asarray(evidence.stated[row, :known]) > 0
            if stated.any():
                states = np.where(stated, np.asarray(evidence.states[row, :known]), np.nan)
                found[name] = [constant_hazard(states, MONTHS)] * 2
        for name in (*layout.levels, *(n for n in self.order if n not in layout.levels)):
            seen = self._seen(name, evidence, known)
            if seen is not None:
                found[name] = [random_walk(seen, known, MONTHS), autoregression(seen, known, MONTHS)]
        return found

    def _seen(self, name: str, evidence: object, known: int) -> object | None:
        place = self.fitter.model.order.index(name)
        at = (np.asarray(evidence.row) == place) & (np.asarray(evidence.counted) > 0)  # type: ignore[attr-defined]  # an Evidence
        over = (np.asarray(evidence.span_row) == place) & (np.asarray(evidence.span_counted) > 0)  # type: ignore[attr-defined]  # an Evidence
        steps = np.asarray(evidence.step)[at]  # type: ignore[attr-defined]  # an Evidence
        spans = np.asarray(evidence.span)[over] > 0  # type: ignore[attr-defined]  # an Evidence
        if not (len(steps) or len(spans)):
            return None
        first = np.concatenate([steps, spans.argmax(axis=1)]) if len(spans) else steps
        last = np.concatenate([steps, known * 0 + spans.shape[1] - 1 - spans[:, ::-1].argmax(axis=1)]) if len(spans) else steps
        value = np.concatenate([np.asarray(evidence.value)[at], np.asarray(evidence.span_value)[over]])  # type: ignore[attr-defined]  # an Evidence
        error = np.concatenate([np.asarray(evidence.error)[at], np.asarray(evidence.span_error)[over]])  # type: ignore[attr-defined]  # an Evidence
        return observed(first, last, value, error, known)

    def _questions(
        self, known: int, forecasts: Sequence[Forecast], rivals: dict[str, list[Naive]]
    ) -> tuple[list[tuple[str, int]], Floats, Floats]:
        """Ask of every class of events whether one comes within a window, of every status whether it is on."""
        truth, layout = self.forecaster.truth, self.fitter.layout
        asked, chances, came = [], [], []
        for name in (*layout.events, *layout.statuses):
            q = self.order.index(name)
            for window in WINDOWS:
                steps = slice(known, known + window)
                if known + window > layout.steps or not np.asarray(truth.scored[q, steps]).all() or name not in rivals:
                    continue
                events = name in layout.events
                if events:
                    none = np.asarray(truth.chances[0, q, steps], float).sum()
                    came.append(float(none < np.log(0.5)))
                else:
                    came.append(float(truth.state[q, known + window - 1]))
                asked.append((name, window))
                said = []
                for one in forecasts:
                    x = one.paths[:window, q]
                    yes = (x.sum(axis=0) > 0.5) if events else x[-1] > 0.5
                    said.append((yes.sum() + 0.5) / (len(yes) + 1))
                for naive in rivals[name]:
                    x = naive.draws(2000, np.random.default_rng(0))[:, :window]
                    yes = (x.sum(axis=1) > 0.5) if events else x[:, -1] > 0.5
                    said.append((yes.sum() + 0.5) / (len(yes) + 1))
                chances.append(said)
        return asked, np.array(chances).T.reshape(len(self.models), -1), np.array(came)


TOGETHER = 0.2
"""Correlation between draws of two parameters below which it is taken for chance."""
assert MONTHS >= max(HORIZONS) and REPEATS >= 1


def _swings(link: str, x: Floats, origin: float, width: float) -> Floats:
    from shatterbelt.record.targets import link as to_link

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((to_link(link, x) - origin) / width)
