"""The answer of one branch to one outcome, and how it is put in words."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from shatterbelt.errors import RequestError

if TYPE_CHECKING:
    from xarray import Dataset

    from shatterbelt.case.types import Outcome


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


def answer_of(name: str, outcome: Outcome, one: Dataset) -> OutcomeAnswer:
    """Return the answer that a dataset, narrowed to one outcome and one branch, holds."""
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
