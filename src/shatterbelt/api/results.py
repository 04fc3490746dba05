"""What a run returns: one dataset for each as-of date, the answers to the outcomes, and files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shatterbelt.api import saving
from shatterbelt.api.answers import OutcomeAnswer, answer_of

if TYPE_CHECKING:
    from pathlib import Path

    from xarray import Dataset

    from shatterbelt.api.quoting import QuotesFound
    from shatterbelt.case.types import Case


@dataclass(frozen=True)
class RunResult:
    """Futures of a case.

    ``main`` runs from the as-of date that was asked for, or from the end of the record; ``asked`` holds
    further runs as of the dates on which outcomes are asked. Each is an ``xarray.Dataset``.
    """

    case: Case
    main: Dataset
    asked: Mapping[dt.date, Dataset] = field(default_factory=dict)

    def outcomes(self) -> list[OutcomeAnswer]:
        """Return the answers to all outcomes that were open on an as-of date, branch by branch."""
        return [answer for name in self.case.about.outcomes for answer in self._answers(name)]

    def codes(self) -> dict[str, int]:
        """Return how many futures of all runs ended with each code, ``ok`` for those that stand."""
        total: dict[str, int] = {}
        for dataset in (self.main, *self.asked.values()):
            for code in dataset["code"].values:
                count = int(dataset["code_count"].sel(code=code).sum())
                total[str(code)] = total.get(str(code), 0) + count
        return total

    def save(
        self, folder: str | Path, *, scale: str = "icd203", quotes: QuotesFound | None = None
    ) -> dict[str, Path]:
        """Write ``report.html``, ``outcomes.csv`` and ``futures.nc`` into the folder, all or none.

        What was there before is replaced only when all three are complete. Returns their paths.

        Args:
            folder: where to write; it is made if it is not there.
            scale: words for probabilities, icd203 or phia.
            quotes: what ``OpenCase.quotes`` found; the page shows their text.

        Raises:
            RequestError: the folder cannot be made or written to, or there is no such scale.
        """
        texts = quotes.texts() if quotes else None
        runs = saving.Runs(self.case, self.main, self.asked, self.outcomes())
        return saving.save(runs, folder, scale, texts)

    def as_dict(self, scale: str = "icd203") -> dict[str, Any]:
        """Return what was run and the answers as plain values, as ``run --json`` writes them."""
        attrs = self.main.attrs
        return {
            "case": self.case.about.name,
            "title": self.case.about.title,
            "hash": self.case.hash,
            "version": str(attrs.get("version", "")),
            "as_of": str(attrs.get("as_of", "")),
            "asked": [date.isoformat() for date in self.asked],
            "seed": int(attrs.get("seed", 0)),
            "futures": int(attrs.get("futures", 0)),
            "fitted": bool(attrs.get("fitted", 0)),
            "narratives": list(dict.fromkeys(str(name) for name in self.main["narrative"].values)),
            "codes": self.codes(),
            "outcomes": [answer.as_dict() | {"word": answer.word(scale)} for answer in self.outcomes()],
        }

    def _answers(self, name: str) -> Iterator[OutcomeAnswer]:
        for dataset in (*self.asked.values(), self.main):
            if name not in dataset["outcome"].values:
                continue
            one = dataset.sel(outcome=name)
            if int(one["outcome_futures"].max()) > 0:
                outcome = self.case.about.outcomes[name]
                yield from (answer_of(name, outcome, one.isel(branch=i)) for i in range(one.sizes["branch"]))
                return
