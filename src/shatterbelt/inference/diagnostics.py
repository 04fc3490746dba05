"""Whether a sampler's draws may be trusted: R-hat, effective sizes, divergences and what they touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_RHAT = 1.01
LEAST_ESS = 400.0
"""Limits of Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021, sections 4 and 5)."""
TOUCHED = 5
"""How many parameters are named that divergent draws have at other values."""
APART = 0.5
"""Standard deviations between divergent draws and the rest from which a parameter is named."""


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What is known of the sampler's work; one number for each of the ``parameters``.

    Attributes:
        rhat: rank-normalised split R-hat.
        ess_bulk: effective sample size for means and medians; ``ess_tail`` for the 5 and 95 % quantiles.
        divergences: transitions whose path went astray.
        touched: parameters that differ most between divergent draws and the rest; empty if none do.
    """

    parameters: tuple[str, ...]
    rhat: Floats
    ess_bulk: Floats
    ess_tail: Floats
    divergences: int
    touched: tuple[str, ...]

    @property
    def bad(self) -> NDArray[np.bool_]:
        """Which parameters miss a limit; a number that is none misses it."""
        good = (self.rhat <= MOST_RHAT) & (self.ess_bulk >= LEAST_ESS) & (self.ess_tail >= LEAST_ESS)
        return np.asarray(~good, bool)

    @property
    def passed(self) -> bool:
        """Whether every parameter keeps to the limits; divergences are told and do not decide."""
        return not self.bad.any()

    def failures(self) -> list[str]:
        """Return a line for each parameter that misses a limit, the worst R-hat first."""
        rows = np.flatnonzero(self.bad)
        order = sorted(rows, key=lambda row: -np.nan_to_num(self.rhat[row], nan=np.inf))
        return [
            f"{self.parameters[row]}: R-hat {self.rhat[row]:.3f}, "
            f"ESS bulk {self.ess_bulk[row]:.0f}, tail {self.ess_tail[row]:.0f}"
            for row in order
        ]


def diagnose(rows: Floats, names: Sequence[str], stats: Mapping[str, NDArray[Any]]) -> Diagnostics:
    """Return the diagnostics of draws [chains, draws, parameters]; ``stats`` may tell what ``diverging``."""
    from arviz_stats.base.array import array_stats

    axes = {"chain_axis": 0, "draw_axis": 1}
    tails = (0.05, 0.95)
    diverging = np.asarray(stats.get("diverging", np.zeros(rows.shape[:2])), bool)
    return Diagnostics(
        tuple(names),
        np.asarray(array_stats.rhat(rows, method="rank", **axes), np.float64),
        np.asarray(array_stats.ess(rows, method="bulk", **axes), np.float64),
        np.asarray(array_stats.ess(rows, method="tail", prob=tails, **axes), np.float64),
        int(diverging.sum()),
        touched(rows, names, diverging),
    )


def touched(rows: Floats, names: Sequence[str], diverging: NDArray[np.bool_]) -> tuple[str, ...]:
    """Return the parameters whose mean differs most between divergent draws and the rest, at most five."""
    if not diverging.any() or diverging.all():
        return ()
    spread = rows.std(axis=(0, 1))
    apart = np.abs(rows[diverging].mean(axis=0) - rows[~diverging].mean(axis=0))
    apart = np.divide(apart, spread, out=np.zeros_like(apart), where=spread > 0)
    first = np.argsort(-apart)[:TOUCHED]
    return tuple(names[row] for row in first if apart[row] >= APART)


def needed(rows: Floats) -> float:
    """Return about how many draws of each chain would pass, of draws [chains, draws, parameters].

    0 if they pass as they are. Effective sample sizes grow with the draws; R-hat may still not pass.
    """
    found = diagnose(rows, [str(i) for i in range(rows.shape[-1])], {})
    if found.passed:
        return 0.0
    least = float(np.nanmin([found.ess_bulk, found.ess_tail]))
    return float(rows.shape[1] * max(LEAST_ESS / max(least, 1.0), 1.25))
