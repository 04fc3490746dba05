"""The scores in one paragraph, losses first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shatterbelt.inference.rivals import BASELINES
from shatterbelt.inference.scoring import Line, Scored

RIVALS = {"constant": "constant rates", "own past": "each quantity's own past"}
NAMED = 6
"""Quantities that are named; of more, the number is said."""


def in_words(scored: Scored) -> str:
    """Return how the first narrative forecasts the next step beside its rivals, and where it loses.

    What cannot be told from no difference (the 95 % interval holds 0) is said to be so.
    """
    name, days = scored.narratives[0], len(scored.days)
    against = [scored.line("joint", name, rival, 1) for rival in BASELINES]
    if not against[0].n:
        return f"Over {days} days, nothing that came the {scored.step} after can be scored beside a baseline."
    step = scored.step
    told = ", and ".join(_beside(line, step) for line in against)
    head = f"Over {against[0].n} days, the narrative {name} forecasts the next {step}'s record {told}"
    return f"{head}; {lost(scored.losses(), len(scored.compared))}."


def _beside(line: Line, step: str) -> str:
    side = "better" if line.gain > 0 else "worse" if line.gain < 0 else "as well"
    rival = RIVALS[line.baseline or ""]
    if side == "as well":
        return f"as well as {rival}"
    close = "" if line.clear else " (no clear difference)"
    return f"{side} than {rival} by {size(abs(line.gain))}{plus_minus(line.error)} nats a {step}{close}"


def lost(losses: Sequence[Line], of: int) -> str:
    """Return on how many quantities a baseline scores better, which, and how many of them clearly."""
    if not losses:
        return f"it loses to a baseline on none of {of} quantities"
    names = ", ".join(str(line.quantity) for line in losses[:NAMED])
    more = f" and {len(losses) - NAMED} more" if len(losses) > NAMED else ""
    clear = sum(line.clear for line in losses)
    surely = f", clearly on {clear}" if clear else ", clearly on none"
    return f"it loses to a baseline on {len(losses)} of {of} quantities{surely} of them: {names}{more}"


def size(value: float) -> str:
    """Return a difference with two decimals, with three where it is small, and in words where endless."""
    if not np.isfinite(value):
        return "infinitely many"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"


def plus_minus(error: float) -> str:
    """Return a standard error with its sign; that it is unknown where there are too few days."""
    return f" ± {size(error)}" if np.isfinite(error) else " (error unknown)"
