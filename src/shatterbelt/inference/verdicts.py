"""What the record says of each claim: prior against posterior, and a verdict in words by a fixed rule."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import gaussian_kde, norm

from shatterbelt.statements import Claim

Floats = NDArray[np.float64]
Verdict = Literal["supported", "leans for", "cannot tell", "leans against", "contradicted"]

VERDICTS: tuple[Verdict, ...] = ("supported", "leans for", "cannot tell", "leans against", "contradicted")
"""From the strongest for a claim to the strongest against it."""
SURE = 0.95
"""Posterior probability of a sign from which it counts as settled."""
MOVED = 3.0
"""Factor on the odds of a sign from which the record has said something (Jeffreys 1961: substantial)."""
STILL_PRIOR = 0.8
"""Overlap of prior and posterior beyond which the record has not spoken of the weight."""
GRID = 400
"""Places at which two densities are compared."""
SMALL = 0.2
"""Part of what the strength word stands for, below which an effect is called little."""
SMALL_SURE = 0.8
"""Posterior probability from which an effect is said to be little or none."""


class Weight(NamedTuple):
    """A weight's mean, standard deviation, and the ends of its central 90 % interval."""

    mean: float
    sd: float
    low: float
    high: float


class Change(NamedTuple):
    """A mean change of a score, in nats, and its standard error."""

    mean: float
    error: float


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """What the record says of one claim; weights are in typical swings of the effect per swing of the cause.

    Attributes:
        sign: as claimed: ``+``, ``-`` or ``unknown``.
        prior, posterior: the weight before and after the record.
        prior_sign, posterior_sign: probability that the sign is as claimed; of an unknown one, that it
            is ``+``.
        still_prior: how much of the posterior is still prior, as `overlap`.
        variance_left: posterior over prior variance, at most 1.
        little: posterior probability that the effect is smaller than a fifth of what its strength word
            stands for, whatever its sign.
        gain: by how much the claim raises the log score of forecasts, against leaving it out; NaN where
            that was not measured.
        verdict: one of `VERDICTS`; of an unknown sign, for or against ``+``.
        why: which part of the rule decided.
    """

    id: str
    title: str
    cause: str
    effect: str
    sign: str
    prior: Weight
    posterior: Weight
    prior_sign: float
    posterior_sign: float
    still_prior: float
    variance_left: float
    little: float
    gain: Change
    verdict: Verdict
    why: str

    @property
    def words(self) -> str:
        """The verdict as it is shown: of an unknown sign, which way the effect goes."""
        if self.sign != "unknown" or self.verdict == "cannot tell" or self.why.startswith("little"):
            return self.verdict
        return {
            "supported": "raises",
            "leans for": "leans to raising",
            "leans against": "leans to lowering",
            "contradicted": "lowers",
        }[self.verdict]

    @property
    def odds(self) -> float:
        """The factor by which the record changed the odds of the sign."""
        return _odds(self.posterior_sign) / _odds(self.prior_sign)

    def as_dict(self) -> dict[str, Any]:
        """Return the claim as plain values for ``--json``."""
        pairs = {key: getattr(self, key)._asdict() for key in ("prior", "posterior", "gain")}
        return asdict(self) | pairs | {"words": self.words, "odds": self.odds}


def verdicts(
    tree: xr.DataTree,
    claims: Sequence[Claim],
    gains: Mapping[str, tuple[float, float]] | None = None,
) -> list[ClaimVerdict]:
    """Return what a fit says of each of the claims that were in it, in their order.

    Args:
        tree: the fit, as `store.tree_of` makes it.
        claims: the case's claims.
        gains: claim -> by how much it raises the score of forecasts, and the standard error.
    """
    if "weight" not in tree["posterior"]:
        return []
    posterior, prior = (
        tree[group]["weight"].stack(sample=("chain", "draw")) for group in ("posterior", "prior")
    )
    fitted = set(posterior["claim"].values.tolist())
    return [
        _claim(
            claim,
            np.asarray(prior.sel(claim=claim.id).values, float).ravel(),
            np.asarray(posterior.sel(claim=claim.id).values, float).ravel(),
            (gains or {}).get(claim.id, (math.nan, math.nan)),
        )
        for claim in claims
        if claim.id in fitted
    ]


def _claim(claim: Claim, prior: Floats, posterior: Floats, gain: tuple[float, float]) -> ClaimVerdict:
    way = -1.0 if claim.sign == "-" else 1.0
    before, after = ((np.sum(way * one > 0) + 0.5) / (one.size + 1) for one in (prior, posterior))
    still = overlap(prior, posterior)
    little = float(np.mean(np.abs(posterior) < SMALL * prior.std()))
    verdict, why = verdict_of(float(before), float(after), still, little)
    return ClaimVerdict(
        id=claim.id,
        title=claim.title,
        cause=claim.cause,
        effect=claim.effect,
        sign=claim.sign,
        prior=_summary(prior),
        posterior=_summary(posterior),
        prior_sign=float(before),
        posterior_sign=float(after),
        still_prior=still,
        variance_left=min(1.0, float(posterior.var() / prior.var())),
        little=little,
        gain=Change(*gain),
        verdict=verdict,
        why=why,
    )


def overlap(prior: Floats, posterior: Floats) -> float:
    """Return the area under both densities, 1 where they are the same (Garrett and Zeger 2000).

    The prior is the normal one with the draws' mean and spread, the posterior a kernel density. A weight
    that moved as a whole overlaps little, though it may be as wide as before.
    """
    if posterior.std() == 0:
        return 0.0
    ends = np.concatenate([prior, posterior])
    room = ends.std()
    grid = np.linspace(ends.min() - room, ends.max() + room, GRID)
    both = np.minimum(norm.pdf(grid, prior.mean(), prior.std()), gaussian_kde(posterior)(grid))
    return min(1.0, float(both.sum() * (grid[1] - grid[0])))


def _summary(draws: Floats) -> Weight:
    low, high = np.quantile(draws, (0.05, 0.95))
    return Weight(float(draws.mean()), float(draws.std()), float(low), float(high))


def verdict_of(before: float, after: float, still_prior: float, little: float) -> tuple[Verdict, str]:
    """Return the verdict on a claim and why, by the rule of docs/fit.md.

    A claim begins with the benefit of the doubt (69 % for its sign, 84 % about what nobody observes), so
    what counts is also how far the record moved the odds, and not only where they ended.

    Args:
        before: prior probability of the sign as claimed.
        after: posterior probability of it.
        still_prior: overlap of the weight's prior and posterior.
        little: posterior probability of little or no effect.
    """
    moved = _odds(after) / _odds(before)
    if still_prior > STILL_PRIOR:
        return "cannot tell", "the weight is nearly where it was before the record"
    if moved >= MOVED and after >= SURE:
        return "supported", "the sign is settled"
    if moved <= 1 / MOVED and after <= 1 - SURE:
        return "contradicted", "the reverse sign is settled"
    if little >= SMALL_SURE:
        return "leans against", "little or no effect"
    if moved >= MOVED and after > 0.5:
        return "leans for", "the odds of the sign rose threefold or more"
    if moved <= 1 / MOVED and after < 0.5:
        return "leans against", "the odds of the sign fell to a third or less"
    return "cannot tell", "the odds of the sign did not move enough"


def _odds(probability: float) -> float:
    return probability / (1.0 - probability)


def by_strength(found: Iterable[ClaimVerdict]) -> list[ClaimVerdict]:
    """Return the claims from the best supported to the most contradicted."""
    return sorted(found, key=lambda one: (VERDICTS.index(one.verdict), -one.odds))
