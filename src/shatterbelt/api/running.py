"""Plan and make the runs: one from the as-of date, and one for each date on which outcomes are asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from shatterbelt.api import asking
from shatterbelt.api.results import RunResult
from shatterbelt.errors import RequestError

if TYPE_CHECKING:
    from xarray import Dataset

    from shatterbelt.case.types import Case
    from shatterbelt.futures import Branch, Fitted, Hold, Shock
    from shatterbelt.futures.world import Span
    from shatterbelt.inference.posterior import Fitter

Fit = Literal["kept", "quick", "none"]
"""Which parameters a run takes: those of a fit that is kept, if there is one; those of a quick fit that is
made where none is kept; or those of the priors alone."""
Progress = Callable[[str, int, int], None]
"""Told what is under way, how many futures are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is asked for, read but not yet held against the case."""

    as_of: dt.date | None = None
    narratives: tuple[str, ...] = ()
    holds: tuple[Hold, ...] = ()
    shocks: tuple[Shock, ...] = ()
    off: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    futures: int = asking.FUTURES
    seed: int = 0
    until: str | None = None
    fit: Fit = "kept"


def run(case: Case, asked: Asked, progress: Progress | None = None) -> RunResult:
    """Make the runs that are asked for and return them together.

    Raises:
        RequestError: a name, date or value that the case does not have or allow.
    """
    if asked.futures < 1:
        raise RequestError(f"--futures {asked.futures}: at least 1 is needed")
    plain, changed = branches(case, asked)
    plan = planned(case, asked)
    in_reach(asked, plan)
    found = []
    fits = _Fits(case, asked.fit, progress)
    for day, until, span in plan:
        tell = partial(progress, f"as of {span.as_of}") if progress else None
        each = [fits.of(branch, day) for branch in (*plain, *changed)]
        found.append(_run(case, asked, day, until, (*plain, *changed), each, tell))
    days = [span.as_of for *_, span in plan]
    return RunResult(case, found[0], dict(zip(days[1:], found[1:], strict=True)))


def planned(case: Case, asked: Asked) -> list[tuple[dt.date | None, str | None, Span]]:
    """Return the as-of date, last month and steps of each run, the main one first.

    Raises:
        RequestError: the as-of date or the last month is out of the case's reach.
    """
    from shatterbelt.futures.world import span_of

    main = span_of(case, asked.as_of, asked.until)
    days = {outcome.asked for outcome in case.about.outcomes.values()} if asked.as_of is None else set()
    later = [(day, None, span_of(case, day, None)) for day in sorted(days - {main.as_of})]
    return [(asked.as_of, asked.until, main), *later]


def in_reach(asked: Asked, plan: list[tuple[dt.date | None, str | None, Span]]) -> None:
    """Make sure that whatever is set begins within the months of a run.

    Raises:
        RequestError: something that is set falls into no run at all.
    """
    whens = [(f"--set {held}", held.start) for held in asked.holds]
    whens += [(f"--shock {shock}", shock.month) for shock in asked.shocks]
    for option, month in whens:
        if not any(0 <= span.calendar.index(month) < span.calendar.length for *_, span in plan):
            last = plan[0][2].labels[-1]
            raise RequestError(f"{option}: {month} is after the last month ({last}); try a later --until")


def branches(case: Case, asked: Asked) -> tuple[tuple[Branch, ...], tuple[Branch, ...]]:
    """Return a branch for each narrative, and the one in which something is set, if anything is.

    Raises:
        RequestError: the case lacks something that is named, or a value is out of bounds.
    """
    from shatterbelt.futures import Branch, default_branches

    ids = [claim.id for claim in case.claims]
    asking.known("narrative", "--narrative", asked.narratives, case.about.narratives)
    asking.known("claim", "--off", asked.off, ids)
    asking.known("claim", "--on", asked.on, ids)
    asking.fitting(case, asked.holds, asked.shocks)
    plain = default_branches(case, dict.fromkeys(asked.narratives))
    if not (asked.holds or asked.shocks or asked.off or asked.on):
        return plain, ()
    first = plain[0]
    changed = Branch(
        f"{first.name}, changed", first.narrative, asked.on, asked.off, asked.holds, asked.shocks
    )
    return plain, (changed,)


def _run(
    case: Case,
    asked: Asked,
    day: dt.date | None,
    until: str | None,
    branches: tuple[Branch, ...],
    fits: list[Fitted | None],
    tell: Callable[[int, int], None] | None,
) -> Dataset:
    from shatterbelt.futures import run_futures

    return run_futures(
        case,
        as_of=day,
        branches=branches,
        futures=asked.futures,
        seed=asked.seed,
        until=until,
        progress=tell,
        fits=fits,
    )


class _Fits:
    """Finds the fit of each branch, or makes it where that is asked for."""

    def __init__(self, case: Case, which: Fit, progress: Progress | None) -> None:
        self.case, self.which, self.progress = case, which, progress
        self._fitter: Fitter | None = None

    def of(self, branch: Branch, day: dt.date | None) -> Fitted | None:
        """Return the fit of a branch's narrative as of a day; None if it runs on the priors."""
        if self.which == "none":
            return None
        from shatterbelt.inference.handover import kept_fit, quick_fit

        narrative = branch.narrative or None
        if self.which == "kept":
            return kept_fit(self.case, day, narrative)
        if self._fitter is None:
            from shatterbelt.inference.posterior import Fitter

            self._fitter = Fitter(self.case)
        name = f"fit of {branch.name}"
        tell = partial(self._tell, name) if self.progress else None
        return quick_fit(self.case, day, narrative, self._fitter, tell)

    def _tell(self, name: str, what: str, done: int, of: int) -> None:
        if self.progress is not None:
            self.progress(f"{name}: {what}", done, of)
