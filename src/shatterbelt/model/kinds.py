"""What each kind of quantity predicts for a step, draws from it, and how dense a value is under it."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array
from jax.scipy.special import gammaln, ndtr, ndtri

from shatterbelt.model.parts import QuantityPart

Prediction = dict[str, Array]
"""What a step says of one quantity before chance has spoken; its keys depend on the kind."""

COUNT_STEPS = 32
"""Counts up to this are drawn exactly; beyond it the tail is taken as geometric."""
MOST_EVENTS = 10_000.0
"""Events a step beyond which a path counts as blown up."""


# ------------------------------------------------------------------------------ level


def draw_level(prediction: Prediction, eps: Array) -> Array:
    """Return swings from usual: Gaussian around the predicted mean."""
    return prediction["mean"] + prediction["sd"] * eps


def density_level(prediction: Prediction, z: Array) -> Array:
    """Return the log density of ``z`` (in swings)."""
    return jax.scipy.stats.norm.logpdf(z, prediction["mean"], prediction["sd"])


# ----------------------------------------------------------------------------- events


def draw_events(prediction: Prediction, eps: Array) -> Array:
    """Return counts: the negative binomial quantile of the standard normal's probability.

    The distribution function is summed term by term up to `COUNT_STEPS`; the rare draws beyond are taken
    from a geometric tail with the ratio of the last two terms.
    """
    mean = jnp.minimum(jnp.exp(prediction["log_rate"]), MOST_EVENTS)
    size = prediction["dispersion"]
    above = ndtr(-eps)
    chance = mean / (size + mean)
    term = jnp.exp(-size * jnp.log1p(mean / size))
    left = 1.0 - term
    count = (above < left).astype(term.dtype)
    ratio = size * chance
    for k in range(1, COUNT_STEPS):
        term = term * ratio
        left = left - term
        count = count + (above < left)
        ratio = (k + size) / (k + 1) * chance
    beyond = (count == COUNT_STEPS) & (left > 0)
    tail = jnp.log(jnp.maximum(above, 1e-30) / jnp.maximum(left, 1e-30)) / jnp.log(jnp.minimum(ratio, 0.9999))
    return count + jnp.where(beyond, jnp.floor(jnp.maximum(tail, 0.0)), 0.0)


def density_events(prediction: Prediction, count: Array) -> Array:
    """Return the log probability of a count under the negative binomial (mean, size)."""
    log_rate, size = prediction["log_rate"], prediction["dispersion"]
    log_sum = jnp.logaddexp(log_rate, jnp.log(size))
    ways = gammaln(count + size) - gammaln(size) - gammaln(count + 1.0)
    return ways + size * (jnp.log(size) - log_sum) + count * (log_rate - log_sum)


# ----------------------------------------------------------------------------- status


def hazard(base: Array, push: Array) -> Array:
    """Return the probability of a change in a step: complementary log-log of ``base``, pushed."""
    return -jnp.expm1(jnp.log1p(-base) * jnp.exp(push))


def draw_status(prediction: Prediction, eps: Array) -> Array:
    """Return 1 (on) or 0 (off)."""
    on = prediction["probability"]
    return (ndtr(eps) < on).astype(on.dtype)


def density_status(prediction: Prediction, on: Array) -> Array:
    """Return the log probability of being on or off."""
    probability = prediction["probability"]
    return jnp.where(on > 0.5, jnp.log(probability), jnp.log1p(-probability))


# ------------------------------------------------------------------------------ share


def passed(part: QuantityPart, prediction: Prediction, seen: Array) -> Array:
    """Return the share of people whose threshold is passed when ``seen`` take part (Granovetter 1978)."""
    if part.thresholds:
        below = [(seen >= threshold - 1e-6).astype(seen.dtype) for threshold in part.thresholds]
        return sum(below[1:], below[0]) / len(below)
    return ndtr((seen - prediction["mean"]) / part.numbers["sd"])


def draw_share(part: QuantityPart, prediction: Prediction, eps: Array) -> Array:
    """Return the share taking part after this step closed its part of the gap."""
    before = prediction["before"]
    shock = prediction["noise"] * eps
    seen = before + part.numbers["swing"] * (prediction["push"] + shock)
    return before + part.numbers["adjustment"] * (passed(part, prediction, seen) - before)


def density_share(part: QuantityPart, prediction: Prediction, share: Array) -> Array:
    """Return the log density of a share, by the change of variables from its Gaussian shock.

    Where thresholds are a list of numbers, or there is no noise, the next share is certain and has no
    density: 0 is returned.
    """
    if part.thresholds or part.numbers["noise"] == 0:
        return jnp.zeros_like(share)
    before, adjustment = prediction["before"], part.numbers["adjustment"]
    sd, width = part.numbers["sd"], part.numbers["swing"] * prediction["noise"]
    reached = ndtri((share - before) / adjustment + before)
    seen = prediction["mean"] + sd * reached
    eps = ((seen - before) / part.numbers["swing"] - prediction["push"]) / prediction["noise"]
    slope = jnp.log(adjustment * width / sd) + jax.scipy.stats.norm.logpdf(reached)
    return jax.scipy.stats.norm.logpdf(eps) - slope
