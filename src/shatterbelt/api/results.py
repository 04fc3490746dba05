"""What a run returns: one dataset for each as-of date, the answers to the outcomes, and files."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from shatterbelt.errors import RequestError

if TYPE_CHECKING:
    from pathlib import Path

    from xarray import Dataset

    from shatterbelt.api.quoting import QuotesFound
    from shatterbelt.case.types import Case


@dataclass(frozen=True, slots=True)
class OutcomeAnswer:
    """The answer of one branch to one outcome.

    ``probability`` is the share of the ``futures`` in which the outcome comes, ``error`` its Monte Carlo
    standard error; ``difference`` is against the first branch, with the error of a paired comparison.
    ``came`` is what the record says: yes, no, unknown, or nothing.
    """

    outcome: str
    question: str
    asked: str
    branch: str
    narrative: str
    set: str
    probability: float
    error: float
    futures: int
    base_rate: float
    base_count: int | None
    base_windows: int | None
    difference: float
    difference_error: float
    came: str

    def word(self, scale: str = "icd203") -> str:
        """Return the word for the probability, such as ``likely``; the number belongs beside it.

        Raises:
            RequestError: there is no such scale.
        """
        from shatterbelt.report import words

        if scale not in words.SCALES:
            raise RequestError(f"{scale!r} is no scale of words; there are: {', '.join(words.SCALES)}")
        if math.isnan(self.probability):
            return "not counted"
        return words.SCALES[scale].word(self.probability).word

    def number(self) -> str:
        """Return the share of futures with its Monte Carlo error, such as ``63.4 ± 0.5 %``."""
        from shatterbelt.report.words import frequency

        return frequency(self.probability, self.error, self.futures)

    def rough(self) -> str:
        """Return the share of futures in two digits, such as ``63 %``."""
        from shatterbelt.report.words import percent

        return "–" if math.isnan(self.probability) else percent(self.probability)

    def base(self) -> str:
        """Return the base rate, such as ``12 %``."""
        from shatterbelt.report.words import percent

        return "–" if math.isnan(self.base_rate) else percent(self.base_rate)

    def change(self) -> str:
        """Return the difference to the first branch in percentage points, such as ``+3.1 ± 0.2``."""
        from shatterbelt.report.words import difference

        return difference(self.difference, self.difference_error)

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain values for ``--json`` and CSV."""
        return asdict(self)


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
        from shatterbelt.api.saving import save

        return save(self, folder, scale, quotes)

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
                yield from (self._answer(name, one.isel(branch=i)) for i in range(one.sizes["branch"]))
                return

    def _answer(self, name: str, one: Dataset) -> OutcomeAnswer:
        outcome = self.case.about.outcomes[name]
        return OutcomeAnswer(
            outcome=name,
            question=outcome.question,
            asked=str(one.attrs.get("as_of", "")),
            branch=str(one["branch"].item()),
            narrative=str(one["narrative"].item()),
            set=str(one["set"].item()),
            probability=float(one["outcome_probability"]),
            error=float(one["outcome_error"]),
            futures=int(one["outcome_futures"]),
            base_rate=float(one["outcome_base_rate"]),
            base_count=_whole(one["outcome_base_count"]),
            base_windows=_whole(one["outcome_base_windows"]),
            difference=float(one["outcome_difference"]),
            difference_error=float(one["outcome_difference_error"]),
            came=outcome.resolution.answer if outcome.resolution else "",
        )


def _whole(value: Any) -> int | None:
    number = float(value)
    return None if math.isnan(number) else int(number)
