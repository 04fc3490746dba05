"""How far a narrative's numbers may be trusted, by what its hindcasts earned; never by how well it fits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from shatterbelt.inference.rivals import BASELINES
from shatterbelt.inference.score_words import RIVALS
from shatterbelt.inference.scoring import Scored

Level = Literal["low", "moderate"]


@dataclass(frozen=True, slots=True)
class Confidence:
    """The level and, as half a sentence, why."""

    level: Level
    why: str

    def as_dict(self) -> dict[str, Any]:
        """Return both as plain values."""
        return asdict(self)


def confidence(scored: Scored, narrative: str) -> Confidence:
    """Return the confidence that a narrative's forecasts from the past have earned.

    Moderate if its joint log score over all horizons is clearly better than that of every naive rival (the
    95 % interval of the difference leaves out 0), and none of its bands held clearly less than it should
    have (the 95 % interval of what it held ends below its share). Low otherwise. High is not given: a
    dozen days of one case's past do not earn it. docs/score.md holds the rule.
    """
    lines = [scored.line("joint", narrative, rival) for rival in BASELINES]
    if not any(line.n for line in lines):
        return Confidence("low", "no forecast from the past could be scored beside a naive rival")
    lost = [RIVALS[line.baseline or ""] for line in lines if line.gain < 0]
    if lost:
        return Confidence("low", f"its forecasts from the past scored worse than {' and '.join(lost)}")
    unclear = [RIVALS[line.baseline or ""] for line in lines if not line.clear]
    if unclear:
        return Confidence(
            "low", f"its forecasts from the past were not clearly better than {' and '.join(unclear)}"
        )
    narrow = next((one for one in scored.coverage(narrative) if one.n and one.high < one.share), None)
    if narrow:
        held = f"the {100 * narrow.share:.0f} % band held {100 * narrow.inside / narrow.n:.0f} %"
        return Confidence("low", f"its bands were too narrow in forecasts from the past: {held}")
    return Confidence(
        "moderate", f"its forecasts from the past clearly beat {' and '.join(RIVALS[b] for b in BASELINES)}"
    )
