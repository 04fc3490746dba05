"""What each kind of quantity predicts for a step, draws from it, and how dense a value is under it."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import gammaln, ndtr, ndtri

from shatterbelt.model.expressions import Value
from shatterbelt.model.parts import QuantityPart

Prediction = dict[str, Array]
"""What a step says of one quantity before chance has spoken; its keys depend on the kind."""

COUNT_STEPS = 32
"""Counts below this are drawn exactly; beyond it as a gamma of the same mean and variance."""
COUNT_TURN = 8
"""Terms that are summed before asking whether all draws have been found."""
MOST_EVENTS = 10_000.0
"""Events a step beyond which a path counts as blown up: draws are made at this mean and no higher."""
MOST_PUSH = 40.0
"""Log hazard beyond which a change is certain in any case; keeps ``0 * exp(push)`` at 0."""
LEAST_VARIANCE = 1e-12
"""Of a stock's change in a step in which nothing comes or goes, so that it has a density."""


def _precision(array: Array) -> float:
    """Return the distance from 1 to the next number of the array's type."""
    return float(np.finfo(jnp.result_type(array)).eps)


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

    The distribution function is summed term by term, ``p_0 = (1 + mean/size)^-size`` and
    ``p_{k+1} = p_k (k + size)/(k + 1) mean/(size + mean)``, so that counts below `COUNT_STEPS` are exact
    but for rounding. Draws beyond follow a gamma with the mean and variance of the counts, by the
    normal approximation of its cube root: their mean is within 5 % wherever they are not very rare.
    A log rate that is no number gives a count that is none.
    """
    mean = jnp.minimum(jnp.exp(prediction["log_rate"]), MOST_EVENTS)
    size = prediction["dispersion"]
    # What is left after many subtractions is rounding, so no probability below it is looked at.
    above = jnp.maximum(ndtr(-eps), 8 * _precision(eps))
    chance = mean / (size + mean)
    term = jnp.exp(-size * jnp.log1p(mean / size))
    left = 1.0 - term

    def more(state: tuple[Array, Array, Array, Array]) -> Array:
        k, _, left, _ = state
        return (k < COUNT_STEPS) & jnp.any(above < left)

    def count_on(state: tuple[Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array]:
        k, term, left, count = state
        for _ in range(COUNT_TURN):  # written out: to ask after every term whether to go on costs more
            count = count + (above < left)
            k = k + 1.0
            term = term * ((k - 1.0 + size) * (1.0 / k)) * chance
            left = left - term
        return k, term, left, count

    shape = jnp.broadcast_shapes(above.shape, left.shape)
    none = jnp.zeros((), left.dtype)
    wide = [jnp.broadcast_to(array, shape) for array in (term, left, none)]
    count = jax.lax.while_loop(more, count_on, count_on((none, wide[0], wide[1], wide[2])))[3]
    spread = (1.0 / mean + 1.0 / size) / 9.0
    root = jnp.maximum(1.0 - spread + jnp.sqrt(spread) * eps, 0.0)
    beyond = jnp.maximum(jnp.floor(mean * root**3 + 0.5), COUNT_STEPS)
    return jnp.where(jnp.isnan(mean), jnp.nan, jnp.where(count == COUNT_STEPS, beyond, count))


def density_events(prediction: Prediction, count: Array) -> Array:
    """Return the log probability of a count under the negative binomial (mean, size)."""
    log_rate, size = prediction["log_rate"], prediction["dispersion"]
    log_sum = jnp.logaddexp(log_rate, jnp.log(size))
    ways = gammaln(count + size) - gammaln(size) - gammaln(count + 1.0)
    return ways + size * (jnp.log(size) - log_sum) + count * (log_rate - log_sum)


def density_counts(prediction: Prediction, most: int) -> Array:
    """Return the log probabilities of the counts 0 to ``most``, ``[most + 1, ...]``.

    The same numbers as `density_events` of each, by the recursion ``p_{k+1} = p_k (k + size)/(k + 1)
    mean/(size + mean)``: for the few small counts of a record that is far cheaper.
    """
    log_rate, size = jnp.broadcast_arrays(prediction["log_rate"], prediction["dispersion"])
    log_size = jnp.log(size)
    log_sum = jnp.logaddexp(log_rate, log_size)
    found = [size * (log_size - log_sum)]
    for k in range(most):
        found.append(found[-1] + jnp.log((size + k) / (k + 1.0)) + log_rate - log_sum)
    return jnp.stack(found)


# ----------------------------------------------------------------------------- status


def hazard(base: Array, push: Array) -> Array:
    """Return the cumulated hazard of a change in a step, ``-log(1 - base) * exp(push)``.

    The probability of the change is ``1 - exp(-hazard)``: the complementary log-log of ``base``, pushed.
    A base of 0 stays 0 whatever the push.
    """
    return -jnp.log1p(-base) * jnp.exp(jnp.minimum(push, MOST_PUSH))


def predict_status(was_on: Array, onset: Array, end: Array) -> Prediction:
    """Return the probability of being on, from the hazards of onset (when off) and of end (when on)."""
    change = jnp.where(was_on, end, onset)
    probability = jnp.where(was_on, jnp.exp(-change), -jnp.expm1(-change))
    return {"probability": probability, "was_on": was_on, "hazard": change}


def draw_status(prediction: Prediction, eps: Array) -> Array:
    """Return 1 (on) or 0 (off); a probability that is no number gives a state that is none."""
    on = prediction["probability"]
    return jnp.where(jnp.isnan(on), jnp.nan, (ndtr(eps) < on).astype(on.dtype))


def density_status(prediction: Prediction, on: Array) -> Array:
    """Return the log probability of being on or off; minus infinity for what cannot be.

    Computed from the hazard, in which neither a certain nor an impossible change loses its digits.
    """
    change = prediction["hazard"]
    possible = jnp.where(change > 0, change, 1.0)  # the branch not taken must not spoil the gradient
    changed = jnp.where(change > 0, jnp.log(-jnp.expm1(-possible)), -jnp.inf)
    return jnp.where((on > 0.5) == prediction["was_on"], -change, changed)


# ------------------------------------------------------------------------------ stock


def spread_of_batches(part: QuantityPart, inflow: Value, outflow: Value) -> Value:
    """Return the standard deviation of a stock's change in a step, in its unit; 0 without batches.

    What comes and goes in Poisson numbers of batches of one size (a compound Poisson sum) has the variance
    of its mean times the size.
    """
    if "batch" not in part.numbers:
        return 0.0
    moved = jnp.abs(jnp.asarray(inflow)) + jnp.abs(jnp.asarray(outflow))
    return jnp.sqrt(jnp.maximum(part.numbers["batch"] * moved, LEAST_VARIANCE))


def floored(part: QuantityPart, value: Value) -> Value:
    """Return a stock's value, or its floor where it would fall below."""
    return jnp.maximum(value, part.numbers["floor"]) if "floor" in part.numbers else value


def draw_stock(parts: Sequence[QuantityPart], prediction: Prediction, eps: Array) -> Array:
    """Return what stocks hold, scattered by their batches around what the flows say, as rows."""
    drawn = prediction["value"] + prediction["sd"] * eps
    return jnp.stack([jnp.asarray(floored(part, drawn[row])) for row, part in enumerate(parts)])


def density_stock(part: QuantityPart, prediction: Prediction, value: Array) -> Array:
    """Return the log density of what a stock holds, per swing, its floor being far."""
    width = abs(part.scale.width)
    apart = (value - prediction["value"]) / width
    return jax.scipy.stats.norm.logpdf(apart, 0.0, prediction["sd"] / width)


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

    With ``q = before + (share - before)/adjustment`` the share whose threshold was passed and
    ``h = Phi^-1(q)`` its place among the thresholds, ``share`` grows with the shock ``eps`` at the rate
    ``adjustment * phi(h) * swing * noise / sd``. A ``q`` at or beyond 0 or 1 (nobody, everybody, or a
    value that only rounding reaches) is taken as the nearest number within.

    Where thresholds are a list of numbers, or there is no noise, the next share is certain or one of a
    few and has no density: 0 is returned.
    """
    if part.thresholds or part.numbers["noise"] == 0:
        return jnp.zeros_like(share)
    before, adjustment = prediction["before"], part.numbers["adjustment"]
    sd, width = part.numbers["sd"], part.numbers["swing"] * prediction["noise"]
    edge = _precision(share)
    reached = ndtri(jnp.clip((share - before) / adjustment + before, edge, 1.0 - edge))
    seen = prediction["mean"] + sd * reached
    eps = ((seen - before) / part.numbers["swing"] - prediction["push"]) / prediction["noise"]
    slope = jnp.log(adjustment * width / sd) + jax.scipy.stats.norm.logpdf(reached)
    return jax.scipy.stats.norm.logpdf(eps) - slope
