"""Fit a case to its record, and what the fit says of each claim."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shatterbelt.api import asking
from shatterbelt.errors import RequestError

if TYPE_CHECKING:
    from xarray import DataTree

    from shatterbelt.case.types import Case
    from shatterbelt.inference.agreement import Compared
    from shatterbelt.inference.verdicts import ClaimVerdict

Progress = Callable[[str, int, int], None]
"""Told what is under way, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a fit is asked for; None leaves the choice to the program."""

    as_of: dt.date | None = None
    narrative: str | None = None
    quick: bool = False
    chains: int | None = None
    draws: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class FitResult:
    """A fit of a case; ``tree`` is what ArviZ reads: posterior, prior, sample_stats, paths and more."""

    case: Case
    tree: DataTree

    def __repr__(self) -> str:
        return f"FitResult({self.case.about.name!r}, as of {self.tree.attrs['as_of']}, passed={self.passed})"

    @property
    def passed(self) -> bool:
        """Whether the diagnostics passed; an approximation has none and passes."""
        return bool(self.tree.attrs["passed"])

    @property
    def quick(self) -> bool:
        """Whether it is the approximation at the mode, not a sample."""
        return bool(self.tree.attrs["quick"])

    def diagnostics(self) -> dict[str, Any]:
        """Return R-hat, effective sample sizes and divergences; of an approximation only that it is one.

        ``failures`` has a line for each parameter that misses a limit, ``touched`` the parameters that
        divergent draws have at other values.
        """
        attrs = self.tree.attrs
        found: dict[str, Any] = {"passed": self.passed, "kind": attrs["kind"]}
        if "diagnostics" not in self.tree.children:
            return found
        group = self.tree["diagnostics"]
        return found | {
            "chains": self.tree["posterior"].sizes["chain"],
            "draws": self.tree["posterior"].sizes["draw"],
            "parameters": group.sizes["parameter"],
            "rhat": float(group["rhat"].max()),
            "ess_bulk": float(group["ess_bulk"].min()),
            "ess_tail": float(group["ess_tail"].min()),
            "divergences": int(attrs["divergences"]),
            "touched": [name for name in str(attrs["touched"]).split(", ") if name],
            "failures": [line for line in str(attrs["failures"]).split("\n") if line],
        }

    def claims(self, gains: Mapping[str, tuple[float, float]] | None = None) -> list[ClaimVerdict]:
        """Return what the record says of each claim that was fitted, in the case's order.

        ``gains`` may give, for some claims, by how much they raise the log score of forecasts, and the
        standard error. None: as ``OpenCase.score`` measured them for the default narrative, if it did.
        """
        from shatterbelt.inference.verdicts import verdicts

        return verdicts(self.tree, self.case.claims, kept_gains(self.case) if gains is None else gains)

    def narratives(self) -> dict[str, float]:
        """Return each narrative's log evidence less that of all claims, in nats; only of a fit of all claims.

        The sum of log scores one step ahead over the whole record, each given what came before; see
        docs/fit.md. Empty for a fit of one narrative.
        """
        if self.tree.attrs["narrative"]:
            return {}
        from shatterbelt.inference.comparing import log_evidence
        from shatterbelt.inference.judging import judged

        z = self.tree["unconstrained_posterior"].to_dataset()["z"].values
        every = [claim.id for claim in self.case.claims]
        named = {name: self.case.claim_ids(name) for name in self.case.about.narratives}
        return log_evidence(judged(self.case), z.reshape(-1, z.shape[-1]), every, named | {"no claims": ()})

    def compared(self) -> list[Compared]:
        """Return verdicts given by hand beside the fit's, if the case's folder holds a ``verdicts.csv``.

        Raises:
            RequestError: the file cannot be read.
        """
        from shatterbelt.inference.agreement import FILE, compared, read_judged

        path = Path(self.case.folder or ".") / FILE
        if not self.case.folder or not path.is_file():
            return []
        return compared(read_judged(path), self.claims())

    def save(self, path: str | Path) -> Path:
        """Write the fit as NetCDF, which ``xarray.open_datatree`` and ArviZ read; return the path.

        Raises:
            RequestError: the file cannot be written there.
        """
        from shatterbelt.inference.store import save

        return save(self.tree, path)

    def as_dict(self) -> dict[str, Any]:
        """Return the fit in short as plain values for ``--json``: all of it also when it failed."""
        attrs = self.tree.attrs
        return {
            "case": attrs["case"],
            "hash": attrs["case_hash"],
            "version": attrs["version"],
            "as_of": attrs["as_of"],
            "known_until": attrs["known_until"],
            "narrative": attrs["narrative"] or None,
            "quick": self.quick,
            "settings": json.loads(attrs["settings"]),
            "created": attrs["created"],
            "seconds": float(attrs["seconds"]) if "seconds" in attrs else None,
            "passed": self.passed,
            "diagnostics": self.diagnostics(),
            "narratives": self.narratives(),
            "claims": [one.as_dict() for one in self.claims()],
            "compared": [one.as_dict() for one in self.compared()],
        }


def kept_gains(case: Case) -> dict[str, tuple[float, float]]:
    """Return what a kept scoring of all narratives says each claim adds to forecasts; nothing without one."""
    from shatterbelt.api.scoring import ORIGINS
    from shatterbelt.inference import score_store
    from shatterbelt.inference.hindcasts import origins_of

    about = case.about
    names = sorted(about.narratives, key=lambda name: name != about.default_narrative)
    try:
        kept = score_store.load(score_store.kept_at(case, names, origins_of(case, ORIGINS), claims=True))
    except RequestError:  # a record too short to be scored
        return {}
    return {} if kept is None else {key: (one.difference, one.error) for key, one in kept.claims().items()}


def fit(case: Case, asked: Asked, progress: Progress | None = None) -> FitResult:
    """Fit a case as asked, or take the fit from the cache.

    Raises:
        RequestError: the case has no such narrative, the day is before its first step, a number is out
            of reach, or the record cannot have come about in the case.
    """
    if asked.narrative is not None:
        asking.known("narrative", "--narrative", [asked.narrative], case.about.narratives)
    for option, number, least in (("--chains", asked.chains, 1), ("--draws", asked.draws, 4)):
        if number is not None and number < least:
            raise RequestError(f"{option} {number}: at least {least} is needed")
    from shatterbelt.inference.posterior import Settings
    from shatterbelt.inference.store import cached_fit

    given = {"chains": asked.chains, "draws": asked.draws}
    settings = Settings(
        quick=asked.quick,
        seed=asked.seed,
        **{key: value for key, value in given.items() if value is not None},
    )
    return FitResult(case, cached_fit(case, asked.as_of, asked.narrative, settings, progress))
