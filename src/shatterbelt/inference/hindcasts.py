"""Fit again and again with what was known, forecast what came next, and score it against naive rivals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from shatterbelt.case.types import Case
from shatterbelt.errors import RequestError
from shatterbelt.futures.devices import cores
from shatterbelt.inference.forecast import Forecast, Forecaster
from shatterbelt.inference.left_out import gains
from shatterbelt.inference.origins import HORIZONS, Day, Origin, Past, scored
from shatterbelt.inference.posterior import Fitter, Settings
from shatterbelt.inference.rivals import BASELINES, came_of, rivals_of
from shatterbelt.record.periods import Calendar

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
"""Told what is under way, how much of it is done, and how much there is."""
Found = tuple[Forecast, Floats]

ORIGINS = 12
"""Days from which forecasts are made unless told."""
QUICK = Settings(quick=True, chains=1, draws=512)
NO_CLAIMS = "no claims"
"""What the model of a case without narratives is called."""


def origins_of(case: Case, count: int = ORIGINS, first: int | None = None) -> list[dt.date]:
    """Return days on which steps begin, evenly spread over the later three quarters of the record.

    Args:
        case: the case.
        count: how many days.
        first: steps known on the first of them; None: a quarter of the record.

    Raises:
        RequestError: fewer than two days, or the record is too short for so many.
    """
    if count < 2:
        raise RequestError(f"--origins {count}: allowed: 2 or more; a standard error needs several days")
    about = case.about
    calendar = Calendar.between(about.start, about.record_ends, about.step)
    begin = calendar.length // 4 if first is None else first
    room = calendar.length - HORIZONS[0] - begin
    apart = room // (count - 1)
    if apart < 1 or begin < 2:
        most = room + 1 if begin >= 2 else 0
        raise RequestError(
            f"--origins {count}: the record has {calendar.length} steps, too few for so many days to "
            f"forecast from; allowed: 2 to {most}; ask for fewer"
            if most >= 2
            else f"the record has {calendar.length} steps, too few to forecast any of it from the rest; "
            "at least 8 are needed; add to the record"
        )
    return [dt.date.fromisoformat(f"{calendar.label(begin + i * apart)}-01") for i in range(count)]


class Hindcaster:
    """Makes and scores forecasts of a case from days in its past; no forecast sees what was known later."""

    def __init__(self, case: Case, narratives: Sequence[str]) -> None:
        self.case = case
        self.narratives = tuple(narratives) or ("",)
        self.fitter = Fitter(case)
        self.forecaster = Forecaster(self.fitter)
        self.order = self.forecaster.model.order
        self.past = Past(self.forecaster.model, self.fitter.layout, came_of(self.forecaster.truth))

    @property
    def models(self) -> tuple[str, ...]:
        """Names of all that is scored: narratives, then baselines."""
        return (*(name or NO_CLAIMS for name in self.narratives), *BASELINES)

    def origins(
        self, days: Sequence[dt.date], progress: Progress | None = None, *, claims: bool = True
    ) -> Iterator[Origin]:
        """Yield the forecasts and scores from each day, in order; fits run side by side.

        Args:
            days: from which to forecast.
            progress: told after each fit.
            claims: whether to leave out each claim of the first narrative in turn.
        """
        jobs = [(day, name) for day in days for name in self.narratives]
        pool = ThreadPoolExecutor(cores())
        try:
            waiting: list[Future[Found]] = []
            for day, name in jobs:
                lacking = claims and name == self.narratives[0]
                waiting.append(pool.submit(self._fitted, day, name, claims=lacking))
                # The first compiles what all share; threads that compile at once do it once each.
                waiting[0].result()
            for i, day in enumerate(days):
                found: list[Found] = []
                for one in range(i * len(self.narratives), (i + 1) * len(self.narratives)):
                    found.append(waiting[one].result())
                    if progress:
                        progress("hindcasts", one + 1, len(jobs))
                yield self._scored(day, found)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _fitted(self, day: dt.date, narrative: str, *, claims: bool) -> Found:
        """Return a narrative's forecast from a day, and what each of its claims adds to it."""
        ids = self.case.claim_ids(narrative) if narrative else ()
        draws = self.fitter.fit(day, ids, QUICK)
        known = int(self.fitter.data(day, ids)[0].known)
        forecast = self.forecaster.forecast(draws, known)
        return forecast, gains(self.forecaster, draws, known, forecast, ids) if claims else np.zeros(0)

    def _scored(self, day: dt.date, found: Sequence[Found]) -> Origin:
        forecasts = [forecast for forecast, _ in found]
        rivals = rivals_of(self.fitter, day, forecasts[0].known)
        return scored(Day(day, self.past, forecasts, rivals), found[0][1])
