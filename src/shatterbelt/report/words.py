"""Words for probabilities and numbers: the number always stands beside the word."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

ScaleName = Literal["icd203", "phia"]


@dataclass(frozen=True, slots=True)
class Band:
    """A word and the probabilities it stands for."""

    word: str
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.word} ({self.reach})"

    @property
    def reach(self) -> str:
        """Return the band's reach as text: ``55–80 %``, ``below 1 %``, ``99 % or more``."""
        if self.low <= 0.0:
            return f"below {_whole(self.high)} %"
        if self.high >= 1.0:
            return f"{_whole(self.low)} % or more"
        return f"{_whole(self.low)}–{_whole(self.high)} %"


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale of probability words: bands from 0 to 1, and in which a shared boundary counts."""

    title: str
    bands: tuple[Band, ...]
    gaps: bool

    def word(self, probability: float) -> Band:
        """Return the band that ``probability`` falls into.

        On a scale without gaps a boundary belongs to the band above it. On a scale with gaps the
        worded bands hold their ends, and what lies strictly between two gets both their words.

        Raises:
            ValueError: ``probability`` is not a number from 0 to 1.
        """
        if not 0.0 <= probability <= 1.0:
            raise ValueError(f"a probability from 0 to 1 is needed, not {probability}")
        if not self.gaps:
            return next(band for band in reversed(self.bands) if probability >= band.low)
        return next((band for band in self.bands if self._holds(band, probability)), self._gap(probability))

    def _holds(self, band: Band, probability: float) -> bool:
        # "Realistic possibility" is 40 to under 50 %: exactly one half is no longer in it.
        if band.high == 0.5:
            return band.low <= probability < band.high
        return band.low <= probability <= band.high

    def _gap(self, probability: float) -> Band:
        below = [band for band in self.bands if band.low <= probability][-1]
        above = next((band for band in self.bands if band.low > probability), below)
        return Band(f"between {below.word} and {above.word}", below.high, above.low)


def _bands(*rows: tuple[str, float, float]) -> tuple[Band, ...]:
    return tuple(Band(*row) for row in rows)


ICD_203 = Scale(
    "ICD 203",
    _bands(
        ("almost no chance", 0.0, 0.01),
        ("almost no chance", 0.01, 0.05),
        ("very unlikely", 0.05, 0.20),
        ("unlikely", 0.20, 0.45),
        ("roughly even chance", 0.45, 0.55),
        ("likely", 0.55, 0.80),
        ("very likely", 0.80, 0.95),
        ("almost certain", 0.95, 0.99),
        ("almost certain", 0.99, 1.0),
    ),
    gaps=False,
)
"""US Intelligence Community Directive 203. Below 1 % and from 99 % on, the end words say so."""

PHIA = Scale(
    "PHIA yardstick",
    _bands(
        ("remote chance", 0.0, 0.05),
        ("highly unlikely", 0.10, 0.20),
        ("unlikely", 0.25, 0.35),
        ("realistic possibility", 0.40, 0.50),
        ("likely", 0.55, 0.75),
        ("highly likely", 0.80, 0.90),
        ("almost certain", 0.95, 1.0),
    ),
    gaps=True,
)
"""The UK Professional Head of Intelligence Assessment's yardstick, whose bands leave gaps."""

SCALES: dict[ScaleName, Scale] = {"icd203": ICD_203, "phia": PHIA}


def frequency(probability: float, error: float, futures: int) -> str:
    """Write a share of futures with one Monte Carlo standard error: ``63.4 ± 0.5 %``.

    None or all of the futures give no error of their own; then the 95 % bound of ``3 / futures``
    stands instead (the rule of three).
    """
    if math.isnan(probability):
        return "not counted"
    if futures > 0 and probability in (0.0, 1.0):
        bound = percent(3.0 / futures, 1)
        return f"none of {futures:,} (below {bound})" if probability == 0.0 else f"all of {futures:,}"
    places = _places(error)
    return f"{100 * probability:.{places}f} ± {100 * error:.{places}f} %"


def difference(change: float, error: float) -> str:
    """Write a difference of two probabilities in percentage points: ``+12.3 ± 0.4``."""
    if math.isnan(change):
        return "–"
    places = _places(error)
    return f"{100 * change:+.{places}f} ± {100 * error:.{places}f}".replace("-", "−")


def signed(value: float, error: float) -> str:
    """Write a difference with its standard error: ``+0.21 ± 0.08``; without an error it says so."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "+∞" if value > 0 else "−∞"
    if not math.isfinite(error):
        text = f"{significant(value, 2):+,.12g} (no error: too few days)"
    else:
        places = min(max(1 - math.floor(math.log10(error)), 0), 3) if error > 0 else 2
        nothing = round(value, places) == 0
        text = f"{0.0 if nothing else value:{'' if nothing else '+'},.{places}f} ± {error:.{places}f}"
    return text.replace("-", "−")


def percent(probability: float, digits: int = 2) -> str:
    """Write a probability as a percentage with ``digits`` significant digits and no false zeros."""
    return f"{significant(100 * probability, digits):,.12g} %"


def significant(value: float, digits: int = 4) -> float:
    """Round to ``digits`` significant digits; not-a-number and infinities stay."""
    return float(f"{value:.{digits}g}")


def plain(value: float, digits: int = 3) -> str:
    """Write a number for people: ``1,234``, ``0.0512``, ``−3``."""
    if math.isnan(value):
        return "–"
    rounded = significant(value, digits)
    places = 0 if rounded == 0 or abs(rounded) >= 10**digits else 12
    text = f"{rounded:,.{places}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def day(date: str) -> str:
    """Write a date for people: ``1 May 2008``."""
    moment = dt.date.fromisoformat(date)
    return f"{moment.day} {moment:%B %Y}"


UNFITTED = "it runs on priors alone, not fitted to the record"
UNSCORED = "it was fitted to the record, but no forecast from the past was scored"


def confidence(
    fitted: Sequence[bool], across: Sequence[float], earned: Mapping[str, str] | None = None
) -> str:
    """Say how far the number should be trusted, in its own sentence, apart from how probable it is.

    Args:
        fitted: for each branch whether it runs on a fit; the number is the first one's.
        across: the branches' numbers.
        earned: ``level`` and ``why`` by the first one's scores; None: it was not scored. Only scores earn
            more than low.
    """
    spread = [value for value in across if not math.isnan(value)]
    reach = ""
    if len(spread) > 1:
        low, high = percent(min(spread)), percent(max(spread))
        some = "" if all(fitted) or not any(fitted) else ", some fitted and some on priors"
        reach = (
            f" Across the narratives{some}: {low} to {high}."
            if low != high
            else f" All narratives{some}: {low}."
        )
    level, why = "low", UNSCORED if fitted[0] else UNFITTED
    if fitted[0] and earned:
        level, why = earned["level"], earned["why"]
    return f"Confidence: {level}; {why}.{reach}"


def _whole(probability: float) -> str:
    return f"{100 * probability:.0f}"


def _places(error: float) -> int:
    if not error > 0:
        return 1
    return min(max(-math.floor(math.log10(100 * error)), 0), 2)
