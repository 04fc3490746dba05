"""What came of a question, and how often the like came before it was asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shatterbelt.errors import RequestError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
When = Literal["ever", "always", "at close", "total", "change"]
Answer = Literal["yes", "no", "unknown"]

_TEST = re.compile(r"\s*(>=|<=|>|<)\s*(-?[0-9.]+(?:e-?[0-9]+)?)\s*")


@dataclass(frozen=True, slots=True)
class Window:
    """The steps of a question: asked at ``asked``, looked at from ``opens`` to ``closes``, both in."""

    asked: int
    opens: int
    closes: int

    def shifted(self, steps: int) -> Window:
        """Return the same question asked ``steps`` later (or, negative, earlier)."""
        return Window(self.asked + steps, self.opens + steps, self.closes + steps)


@dataclass(frozen=True, slots=True)
class BaseRate:
    """How often a test held over windows of the same shape, all of them over before the question.

    ``windows`` start at every step and overlap; ``count`` of them held. ``apart`` is how many fit
    without overlap: the record holds about that many independent looks. ``smoothed`` is
    ``(apart * count / windows + 1/2) / (apart + 1)``, the mean under Jeffreys' prior for that many.
    """

    count: int
    windows: int
    apart: int
    smoothed: float

    @property
    def rate(self) -> float | None:
        """The share of windows that held; None without any window."""
        return self.count / self.windows if self.windows else None


def passes(test: str, values: Array) -> Mask:
    """Return for each value whether it passes a test such as ``>= 0.5``.

    Raises:
        RequestError: the test cannot be read.
    """
    match = _TEST.fullmatch(test)
    if match is None:
        raise RequestError(f"not a test ({test!r}); allowed: >=, <=, > or < and a number, such as '>= 0.5'")
    sign, number = match.group(1), float(match.group(2))
    compare = {">=": np.greater_equal, "<=": np.less_equal, ">": np.greater, "<": np.less}[sign]
    return np.asarray(compare(values, number))


def resolve_outcome(values: Array, known: Mask, window: Window, when: When, test: str) -> Answer:
    """Return what the recorded values say of a question, ``unknown`` where they do not settle it.

    Args:
        values: [steps], the quantity; anything where not known.
        known: [steps], where the record has a value.
        window: the steps of the question; steps outside the arrays are not known.
        when: in any step (``ever``), in each (``always``), in the last (``at close``), as the sum
            (``total``), or as the change from the step of asking to the last (``change``).
        test: such as ``>= 0.5``.
    """
    steps = np.arange(window.opens, window.closes + 1)
    seen = _known(known, steps)
    inside = values[steps[seen]]
    if when in {"ever", "always"}:
        deciding = passes(test, inside) == (when == "ever")
        if deciding.any():
            return "yes" if when == "ever" else "no"
        return "unknown" if not seen.all() else "no" if when == "ever" else "yes"
    needed = {"total": steps, "at close": steps[-1:], "change": np.array([window.asked, window.closes])}[when]
    if not _known(known, needed).all():
        return "unknown"
    weights = np.array([-1.0, 1.0]) if when == "change" else np.ones(len(needed))
    return "yes" if passes(test, values[needed] @ weights) else "no"


def _known(known: Mask, steps: NDArray[np.int64]) -> Mask:
    inside = (steps >= 0) & (steps < len(known))
    return np.asarray(inside & known[np.clip(steps, 0, len(known) - 1)])


def base_rate(values: Array, known: Mask, window: Window, when: When, test: str) -> BaseRate:
    """Count how often the same question, asked earlier, came true.

    Every earlier window is counted that ends before the step of asking and of which the record has every
    step that the test looks at: for ``ever``, a window that is known in part would count only its yeses.
    Nothing later is looked at.
    """
    count = windows = apart = 0
    last_end = -1
    for closes in range(min(window.asked, window.closes)):
        earlier = window.shifted(closes - window.closes)
        first = min(earlier.asked, earlier.opens) if when == "change" else earlier.opens
        if first < 0 or (when in {"ever", "always"} and not known[first : closes + 1].all()):
            continue
        answer = resolve_outcome(values, known, earlier, when, test)
        if answer == "unknown":
            continue
        windows += 1
        count += answer == "yes"
        if first > last_end:
            apart, last_end = apart + 1, closes
    smoothed = (apart * count / windows + 0.5) / (apart + 1) if windows else 0.5
    return BaseRate(count, windows, apart, smoothed)
