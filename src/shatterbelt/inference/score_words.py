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
    return f"{side} than {rival} by {with_error(abs(line.gain), line.error)} nats a {step}{close}"


def lost(losses: Sequence[Line], of: int) -> str:
    """Return on how many quantities a baseline scores better, and on which: clearly, or maybe by chance."""
    if not losses:
        return f"it loses to a baseline on none of {of} quantities"
    sure = [str(line.quantity) for line in losses if line.clear]
    open_ = [str(line.quantity) for line in losses if not line.clear]
    parts = [f"clearly on {_named(sure)}"] if sure else []
    parts += [f"by what may be chance on {_named(open_)}"] if open_ else []
    return f"it loses to a baseline on {len(losses)} of {of} quantities, {'; '.join(parts)}"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def with_error(value: float, error: float) -> str:
    """Return a size with its standard error, as many decimals in both as the error has digits to say."""
    if not np.isfinite(value):
        return "infinitely many"
    if not np.isfinite(error):
        return f"{value:.2f} (error unknown)"
    digits = 2 if error >= 0.1 or error == 0 else 3
    return f"{value:.{digits}f} ± {error:.{digits}f}"
