"""What a forecast loses when a claim is left out of a fit, without fitting again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shatterbelt.inference.forecast import Forecast, Forecaster
from shatterbelt.inference.posterior import Draws

Floats = NDArray[np.float64]

TOGETHER = 0.2
"""Correlation between draws of two parameters below which it is taken for chance."""
LEAST = 1e-6
"""How near to their bounds parameters are moved."""
POSITIVE = ("noise.", "rate.", "dispersion.")
SHARES = ("kept.", "onset.", "end.")


def gains(forecaster: Forecaster, draws: Draws, known: int, whole: Forecast, claims: Sequence[str]) -> Floats:
    """Return by how much each claim raises the log scores of the steps ahead.

    The sum over steps and quantities, each scored for itself, with the claim, less that without it: above 0
    the forecast is the better for it. 0 for claims that the fit does not have. (A difference of joint scores
    would drown in the luck of which few futures came near everything at once.)

    Args:
        forecaster: of the case.
        draws: the fit.
        known: steps that were known.
        whole: its forecast with all claims.
        claims: ids of the claims that the fit has.

    Returns:
        [claims of the model], nats.
    """
    model = forecaster.fitter.model
    found = np.zeros(len(model.claims))
    for place, claim in enumerate(model.claims):
        if claim.id in claims:
            rows = without(draws.path_rows, place, model.parameter_names)
            less = forecaster.forecast(draws, known, rows=rows)
            found[place] = float(np.nansum(whole.scores) - np.nansum(less.scores))
    return found


def without(rows: Floats, place: int, names: Sequence[str]) -> Floats:
    """Return draws moved to where one parameter, a weight, is 0.

    Each draw goes along the regression of all parameters on the weight, as a normal distribution of them
    would have it: conditional means move, what is left of each draw stays. Correlations below `TOGETHER` are
    taken for chance; what must be positive or a share stays so.

    Args:
        rows: [draws, parameters].
        place: of the weight among the parameters.
        names: of the parameters.
    """
    spread = rows.std(axis=0) + 1e-12
    standard = (rows - rows.mean(axis=0)) / spread
    together = standard.T @ standard[:, place] / len(rows)
    together[np.abs(together) < TOGETHER] = 0.0
    together[place] = 1.0
    moved = rows - np.outer(rows[:, place] / spread[place], together * spread)
    moved[:, place] = 0.0
    positive, shares = _starting(names, POSITIVE), _starting(names, SHARES)
    moved[:, positive] = np.maximum(moved[:, positive], LEAST)
    moved[:, shares] = np.clip(moved[:, shares], LEAST, 1 - LEAST)
    return np.asarray(moved)


def _starting(names: Sequence[str], kinds: tuple[str, ...]) -> NDArray[np.int64]:
    return np.array([place for place, name in enumerate(names) if name.startswith(kinds)], np.int64)
