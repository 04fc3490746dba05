"""How likely each narrative makes the record: evidence ratios from one fit that has all claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import multivariate_normal, norm

from shatterbelt.model.parts import Model

Floats = NDArray[np.float64]
SHRINK = 0.02
"""How far the covariance of draws is pulled to its diagonal, so that chance correlations do not decide."""


def log_evidence(
    model: Model, z: Floats, fitted: Sequence[str], narratives: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """Return each narrative's log evidence less that of all fitted claims together, in nats.

    The log evidence of a model is the sum over the record of its log scores one step ahead, each given all
    before and parameters weighed by what was known then (Dawid 1984, Journal of the Royal Statistical Society
    A 147(2)): nothing that is scored has been fitted. A narrative is the whole with the weights of the other
    claims at 0, so the ratio is their posterior density there over their prior density there (Savage's
    density ratio: Dickey 1971, Annals of Mathematical Statistics 42(1)). The posterior of the weights is
    taken as normal.

    Args:
        model: the model as the record judges it.
        z: [draws, parameters], draws of the fit with all claims, as standard normals under the prior.
        fitted: ids of the claims that were in that fit.
        narratives: name -> ids of its claims; a claim that was not fitted counts for nothing.
    """
    place = {name: row for row, name in enumerate(model.parameter_names)}
    found = {}
    for name, claims in narratives.items():
        left = [place[f"weight.{claim}"] for claim in fitted if claim not in claims]
        none = np.array([-model.priors[row].centre / model.priors[row].spread for row in left])
        found[name] = _density(z[:, left], none) - float(norm.logpdf(none).sum()) if left else 0.0
    return found


def _density(draws: Floats, at: Floats) -> float:
    """Return the log density at a point of the normal distribution with the draws' moments."""
    spread = np.atleast_2d(np.cov(draws, rowvar=False))
    spread = (1 - SHRINK) * spread + SHRINK * np.diag(np.diag(spread))
    return float(multivariate_normal.logpdf(at, draws.mean(axis=0), spread))
