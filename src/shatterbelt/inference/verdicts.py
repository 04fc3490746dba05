"""What the record says of each claim: prior against posterior, and a verdict in words by a fixed rule."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

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
"""Share of the prior's variance left, beyond which the record has not spoken of the weight."""
SMALL = 0.2
"""Part of what the strength word stands for, below which an effect is called little."""
SMALL_SURE = 0.8
"""Posterior probability from which an effect is said to be little or none."""


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """What the record says of one claim; weights are in typical swings of the effect per swing of the cause.

    Attributes:
        sign: as claimed: ``+``, ``-`` or ``unknown``.
        prior, posterior: mean, standard deviation, and ends of the central 90 % interval of the weight.
        prior_sign, posterior_sign: probability that the sign is as claimed; of an unknown one, that it
            is ``+``.
        still_prior: posterior over prior variance, at most 1: how much of the posterior is still prior.
        little: posterior probability that the effect is smaller than a fifth of what its strength word
            stands for, whatever its sign.
        left_out: change of the predictive log score when the claim is left out, in nats, and its standard
            error; NaN where it was not measured. Negative: forecasts are worse without the claim.
        verdict: one of `VERDICTS`; of an unknown sign, for or against ``+``.
        why: which part of the rule decided.
    """

    id: str
    title: str
    cause: str
    effect: str
    sign: str
    prior: tuple[float, float, float, float]
    posterior: tuple[float, float, float, float]
    prior_sign: float
    posterior_sign: float
    still_prior: float
    little: float
    left_out: tuple[float, float]
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
        return asdict(self) | {"words": self.words, "odds": self.odds}


def verdicts(
    tree: xr.DataTree,
    claims: Sequence[Claim],
    left_out: Mapping[str, tuple[float, float]] | None = None,
) -> list[ClaimVerdict]:
    """Return what a fit says of each of the claims that were in it, in their order.

    Args:
        tree: the fit, as `store.tree_of` makes it.
        claims: the case's claims.
        left_out: claim -> change of the predictive score without it, and its standard error.
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
            (left_out or {}).get(claim.id, (math.nan, math.nan)),
        )
        for claim in claims
        if claim.id in fitted
    ]


def _claim(claim: Claim, prior: Floats, posterior: Floats, left_out: tuple[float, float]) -> ClaimVerdict:
    way = -1.0 if claim.sign == "-" else 1.0
    before, after = ((np.sum(way * one > 0) + 0.5) / (one.size + 1) for one in (prior, posterior))
    still = min(1.0, float(posterior.var() / prior.var()))
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
        little=little,
        left_out=left_out,
        verdict=verdict,
        why=why,
    )


def _summary(draws: Floats) -> tuple[float, float, float, float]:
    low, high = np.quantile(draws, (0.05, 0.95))
    return float(draws.mean()), float(draws.std()), float(low), float(high)


def verdict_of(before: float, after: float, still_prior: float, little: float) -> tuple[Verdict, str]:
    """Return the verdict on a claim and why, by the rule of docs/fit.md.

    A claim begins with the benefit of the doubt (69 % for its sign, 84 % about what nobody observes), so
    what counts is also how far the record moved the odds, and not only where they ended.

    Args:
        before: prior probability of the sign as claimed.
        after: posterior probability of it.
        still_prior: posterior over prior variance of the weight.
        little: posterior probability of little or no effect.
    """
    moved = _odds(after) / _odds(before)
    if still_prior > STILL_PRIOR:
        return "cannot tell", "the weight is hardly narrower than before the record"
    if moved >= MOVED and after >= SURE:
        return "supported", "the sign is settled"
    if moved <= 1 / MOVED and after <= 1 - SURE:
        return "contradicted", "the reverse sign is settled"
    if little >= SMALL_SURE:
        return "leans against", "little or no effect"
    if moved >= MOVED:
        return "leans for", "the odds of the sign rose threefold or more"
    if moved <= 1 / MOVED:
        return "leans against", "the odds of the sign fell to a third or less"
    return "cannot tell", "the odds of the sign hardly moved"


def _odds(probability: float) -> float:
    return probability / (1.0 - probability)


def by_strength(found: Iterable[ClaimVerdict]) -> list[ClaimVerdict]:
    """Return the claims from the best supported to the most contradicted."""
    return sorted(found, key=lambda one: (VERDICTS.index(one.verdict), -one.odds))
