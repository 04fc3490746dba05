"""An open case and its verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shatterbelt.api import asking, views
from shatterbelt.errors import RequestError

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from shatterbelt.api.fitting import FitResult
    from shatterbelt.api.quoting import QuotesFound
    from shatterbelt.api.results import RunResult
    from shatterbelt.api.running import Fit
    from shatterbelt.api.scoring import ScoreResult
    from shatterbelt.case import Unreviewed
    from shatterbelt.case.types import Case
    from shatterbelt.errors import Fault

Progress = Callable[[str, int, int], None]
"""Told what is under way, how many futures are done, and how many there are."""


@dataclass(frozen=True)
class OpenCase:
    """A case that was read without faults; its content is ``case``."""

    case: Case

    def __repr__(self) -> str:
        return f"OpenCase({self.case.about.name!r})"

    def check(self) -> list[Fault]:
        """Read the case's folder again and return its faults as it is now."""
        from shatterbelt.case import check_case

        return list(check_case(self.case.folder or self.case.about.name))

    def show(self, name: str | None = None, *, every: str | None = None) -> Any:
        """Return plain values: the case in short, the one thing called ``name``, or a list.

        ``every`` is one of rows, quantities, claims, narratives, outcomes, sources, actors and record.

        Raises:
            RequestError: there is no such thing or list; the nearest name is said.
        """
        if every is not None:
            return views.every(self.case, every)
        return views.summary(self.case) if name is None else views.thing(self.case, name)

    def quotes(self, documents: str | Path) -> QuotesFound:
        """Return every quote of the case with its text, found in a folder of the reader's documents.

        A quote that is not found is among them, with the reason.

        Raises:
            DocumentError: there is no such folder, or it cannot be read.
        """
        from shatterbelt.api.quoting import resolve

        return resolve(self.case, documents)

    def part(self, *, unreviewed: bool, named: Iterable[str] = ()) -> Case:
        """Return what of the case a run sees: without the claims and events that nobody has reviewed.

        Args:
            unreviewed: let them in, too.
            named: claims that are asked for by name.

        Raises:
            RequestError: one of these is left out.
        """
        from shatterbelt.case import reviewed_part, with_unreviewed
        from shatterbelt.case import unreviewed as of_case

        if unreviewed:
            return with_unreviewed(self.case)
        for name in sorted(set(of_case(self.case).claims) & set(named)):
            raise RequestError(
                f"the claim {name!r} is not reviewed, so no run has it; write reviewed: yes there if it is "
                "right, or give --unreviewed"
            )
        return reviewed_part(self.case)

    def left_out(self) -> Unreviewed:
        """Return the claims and events that nobody has reviewed; runs leave them out unless asked."""
        from shatterbelt.case import unreviewed

        return unreviewed(self.case)

    def _judged(self, *, unreviewed: bool) -> Case:
        """Return what is fitted and scored.

        Raises:
            RequestError: there is nothing, since nothing is reviewed.
        """
        if not unreviewed and self.left_out().everything:
            raise RequestError(
                f"nothing in this case is reviewed ({self.left_out().counted()}); write reviewed: yes at "
                "what is right in claims.yaml and record/events.csv, or give --unreviewed"
            )
        return self.part(unreviewed=unreviewed)

    def run(  # noqa: PLR0913  # one keyword for each option of the command
        self,
        *,
        as_of: str | dt.date | None = None,
        narratives: Iterable[str] = (),
        set: Iterable[str] = (),  # noqa: A002  # the option's name
        shock: Iterable[str] = (),
        off: Iterable[str] = (),
        on: Iterable[str] = (),
        futures: int = asking.FUTURES,
        seed: int = 0,
        until: str | None = None,
        fit: Fit = "kept",
        unreviewed: bool = False,
        progress: Progress | None = None,
    ) -> RunResult:
        """Run futures of the case and return them; ``save`` of the result writes them.

        Args:
            as_of: only what was known on this date is used. None: the end of the record, and each
                outcome also as of the date on which it is asked.
            narratives: which to run, the first being compared with; none: all, the default one first.
            set: quantities held at a value, ``"gas_price=200@2023-01..2024-12"``. This and the next three
                make one further branch of the first narrative, compared with it.
            shock: pushes in one month, ``"brent_price=-2@2023-01"``.
            off: claims left out.
            on: claims let in that the narrative lacks.
            futures: how many, for each narrative.
            seed: the same seed gives the same futures.
            until: last month, ``YYYY-MM``; None: as many steps as the case's horizon.
            fit: parameters from a fit that is ``kept``, if there is one; from a ``quick`` fit made where
                none is kept; or from ``none``, the priors alone.
            unreviewed: let in the claims and events that are marked ``reviewed: no``.
            progress: called now and then.

        Raises:
            RequestError: a name, date or value that the case does not have or allow.
        """
        from shatterbelt.api.running import Asked, run

        asked = Asked(
            as_of=None if as_of is None else asking.date(as_of),
            narratives=tuple(narratives),
            holds=tuple(asking.hold(text) for text in set),
            shocks=tuple(asking.shock(text) for text in shock),
            off=tuple(off),
            on=tuple(on),
            futures=futures,
            seed=seed,
            until=None if until is None else asking.month(until),
            fit=fit,
        )
        return run(self.part(unreviewed=unreviewed, named=(*asked.off, *asked.on)), asked, progress)

    def fit(
        self,
        *,
        as_of: str | dt.date | None = None,
        narrative: str | None = None,
        quick: bool = False,
        chains: int | None = None,
        draws: int | None = None,
        seed: int = 0,
        unreviewed: bool = False,
        progress: Progress | None = None,
    ) -> FitResult:
        """Fit the case to its record and return what the record says; the fit is kept between runs.

        Args:
            as_of: only what was known on this date is used. None: the whole record.
            narrative: fit only this narrative's claims. None: all claims of the case.
            quick: the normal approximation at the mode, in place of the sampler.
            chains: how many chains of the sampler. None: as many as the program finds good.
            draws: how many draws are kept of each chain. None: as many as the program finds good.
            seed: the same seed gives the same draws.
            unreviewed: let in the claims and events that are marked ``reviewed: no``.
            progress: called now and then.

        Raises:
            RequestError: a name, date or number that the case does not have or allow.
        """
        from shatterbelt.api.fitting import Asked, fit

        day = None if as_of is None else asking.date(as_of)
        asked = Asked(day, narrative, quick, chains, draws, seed)
        return fit(self._judged(unreviewed=unreviewed), asked, progress)

    def score(
        self,
        *,
        narratives: Iterable[str] = (),
        origins: int = 12,
        claims: bool = True,
        unreviewed: bool = False,
        progress: Progress | None = None,
    ) -> ScoreResult:
        """Forecast from days in the record with what was known on each, and score that by what came.

        The result is kept between runs.

        Args:
            narratives: which to score, the first being the one that words are about; none: all, the default
                one first.
            origins: from how many days.
            claims: whether to leave out each claim of the first narrative in turn.
            unreviewed: let in the claims and events that are marked ``reviewed: no``.
            progress: called after each fit.

        Raises:
            RequestError: a narrative that the case does not have, or too many days for its record.
        """
        from shatterbelt.api.scoring import Asked, score

        part = self._judged(unreviewed=unreviewed)
        return score(part, Asked(tuple(narratives), origins, claims), progress)
