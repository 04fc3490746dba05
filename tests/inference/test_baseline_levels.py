"""Random walk and autoregression: the filter against dense Gaussians, averages, and what is learnt."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from shatterbelt.errors import RequestError
from shatterbelt.inference.baseline_levels import (
    MEAN_SPREAD,
    START_SPREAD,
    GaussianLevel,
    ahead,
    autoregression,
    filtered,
    observed,
    random_walk,
)
from shatterbelt.inference.baselines import Forecast, constant_hazard, constant_rate, own_memory
from shatterbelt.inference.scores import crps

STEPS, HORIZON = 20, 5


def rng(seed=0):
    return np.random.default_rng(seed)


def gappy():
    """Single steps, averages that overlap each other and the steps, and a step without any error told."""
    return observed(
        [0, 3, 2, 6, 9, 11, 11, 17, 15], [0, 3, 5, 11, 9, 11, 14, 17, 19],
        [0.3, -0.2, 0.4, 1.0, 0.8, 0.7, 0.5, -0.1, 0.2], [0.1, 0.2, 0.3, 0, 0.1, 0.4, 0.1, 0.2, 0.05], STEPS,
    )  # fmt: skip


def dense(persistence, noise, steps):
    """The prior covariance of a path, written down from the definitions."""
    t = np.arange(steps)
    if persistence == 1:
        return START_SPREAD**2 + noise**2 * np.minimum.outer(t, t)
    return MEAN_SPREAD**2 + noise**2 / (1 - persistence**2) * persistence ** np.abs(np.subtract.outer(t, t))


def rows(seen, steps):
    """Each observation as weights of the steps."""
    t = np.arange(steps)
    inside = (t >= seen.first[:, None]) & (t <= seen.last[:, None])
    return inside / inside.sum(axis=1, keepdims=True)


POINTS = [(0.0, 0.5), (0.5, 0.2), (0.97, 0.1), (1.0, 0.3)]


def test_the_filters_likelihood_is_that_of_the_dense_gaussian():
    seen = gappy()
    found, _, _ = filtered(seen, STEPS, *np.array(POINTS).T, 6)
    for height, (persistence, noise) in zip(found, POINTS, strict=True):
        weights = rows(seen, STEPS)
        cov = weights @ dense(persistence, noise, STEPS) @ weights.T + np.diag(seen.error**2)
        assert height == pytest.approx(multivariate_normal.logpdf(seen.value, cov=cov))


def test_the_forecast_is_the_dense_gaussian_conditioned_on_what_was_seen():
    seen, back = gappy(), 4
    persistence, noise = np.array(POINTS).T
    _, mean, cov = filtered(seen, STEPS, persistence, noise, 6)
    means, covs = ahead(mean, cov, persistence, noise, back, HORIZON)
    weights = np.pad(rows(seen, STEPS), ((0, 0), (0, HORIZON)))
    for k, point in enumerate(POINTS):
        prior = dense(*point, STEPS + HORIZON)
        across = prior @ weights.T
        gain = across @ np.linalg.inv(weights @ across + np.diag(seen.error**2))
        kept = slice(STEPS - back, None)
        np.testing.assert_allclose(means[k], (gain @ seen.value)[kept], atol=1e-7)
        np.testing.assert_allclose(covs[k], (prior - gain @ across.T)[kept, kept], atol=1e-7)


def one_point(back=0):
    cov = np.array([[1.0, 0.5, 0.2], [0.5, 2.0, 0.3], [0.2, 0.3, 3.0]])
    return GaussianLevel("one", np.ones(1), np.array([[1.0, 2.0, 6.0]]), cov[None], back)


def test_an_average_is_scored_with_the_covariance_of_its_steps_and_its_error():
    variance = (1 + 2 + 3 + 2 * (0.5 + 0.2 + 0.3)) / 9 + 0.25
    found = one_point().log_density(3, 2.0, error=0.5, span=3)
    assert found == pytest.approx(norm.logpdf(2.0, 3.0, np.sqrt(variance)))


def test_an_average_may_begin_before_the_origin():
    found = one_point(back=1)
    assert found.horizon == 2
    assert found.log_density(1, 0.0, span=2) == pytest.approx(norm.logpdf(0, 1.5, np.sqrt((1 + 2 + 1) / 4)))
    assert found.draws(5, rng()).shape == (5, 2)
    with pytest.raises(RequestError, match="1 to 2 steps"):
        found.log_density(1, 0.0, span=3)


@pytest.mark.parametrize("h", [0, 3])
def test_a_step_beyond_the_forecast_is_refused(h):
    with pytest.raises(RequestError, match="1 to 2"):
        one_point(back=1).log_density(h, 0.0)


def path(steps, persistence, noise, mean, source):
    values = np.empty(steps)
    values[0] = mean + noise / np.sqrt(1 - persistence**2) * source.normal()
    for t in range(1, steps):
        values[t] = mean + persistence * (values[t - 1] - mean) + noise * source.normal()
    return values


def singles(values, error=0.0):
    t = np.arange(len(values))
    return observed(t, t, values, np.full(len(values), error), len(values))


def test_an_autoregression_learns_mean_persistence_and_noise():
    values = path(240, 0.8, 0.3, 1.5, rng(1))
    seen = observed(np.arange(240), np.arange(240), values, np.full(240, 0.02), 240)
    found = autoregression(seen, 240, 60)
    x, far = values[-1], found.weights @ found.moments(60)[0]
    # Least squares on the same values estimates the same three numbers.
    slope, intercept = np.polyfit(values[:-1], values[1:], 1)
    noise = np.std(values[1:] - slope * values[:-1] - intercept)
    mean, variance = found.moments(1)
    assert found.weights @ mean == pytest.approx(intercept + slope * x, abs=0.05)
    assert np.sqrt(found.weights @ variance) == pytest.approx(noise, rel=0.05)
    assert far == pytest.approx(intercept / (1 - slope), abs=0.1)


def test_a_random_walk_stays_and_widens():
    values = np.cumsum(0.3 * rng(2).normal(size=240))
    found = random_walk(singles(values, 0.01), 240, 9)
    for h in (1, 4, 9):
        mean, variance = found.moments(h)
        assert found.weights @ mean == pytest.approx(values[-1], abs=0.01)
        assert found.weights @ variance == pytest.approx(h * np.var(np.diff(values)), rel=0.1)


def test_forecasts_made_without_the_truth_cover_it_as_often_as_they_say():
    source, inside, scores = rng(3), [], []
    for _ in range(120):
        values = path(72, 0.85, 0.4, source.normal(), source)
        seen = singles(values[:60] + 0.2 * source.normal(size=60), 0.2)
        drawn = autoregression(seen, 60, 12).draws(400, source)
        low, high = np.quantile(drawn[:, [0, 5, 11]], [0.1, 0.9], axis=0)
        inside.append((low <= values[[60, 65, 71]]) & (values[[60, 65, 71]] <= high))
        scores.append(crps(drawn.T, values[60:]).mean())
    assert np.mean(inside) == pytest.approx(0.8, abs=0.08)
    assert np.mean(scores) < 0.6


def test_the_right_forecaster_scores_better():
    source, gains = rng(4), []
    for _ in range(40):
        values = path(90, 0.5, 0.5, 0.0, source)
        seen = singles(values[:84])
        at = (autoregression(seen, 84, 6), random_walk(seen, 84, 6))
        gains.append(at[0].log_density(6, values[89]) - at[1].log_density(6, values[89]))
    assert np.mean(gains) > 2 * np.std(gains) / np.sqrt(len(gains))


def test_density_and_draws_are_of_one_forecast():
    found = autoregression(gappy(), STEPS, HORIZON)
    values = np.linspace(-40, 40, 1601)
    densities = np.exp([found.log_density(3, value) for value in values])
    assert densities.sum() * 0.05 == pytest.approx(1, abs=1e-3)
    draws = found.draws(50_000, rng())[:, 2]
    assert draws.mean() == pytest.approx(values @ densities * 0.05, abs=5 * draws.std() / np.sqrt(50_000))


def test_a_level_never_seen_has_its_prior_for_a_forecast():
    nothing = observed([], [], [], [], 12)
    for forecaster in (autoregression, random_walk):
        found = forecaster(nothing, 12, 3)
        assert found.weights @ found.moments(3)[0] == pytest.approx(0)
        assert found.weights @ found.moments(3)[1] >= MEAN_SPREAD**2


def test_all_naive_forecasters_answer_alike():
    counts, seen = [0, 1, 0, 1], gappy()
    walk, pull = random_walk(seen, STEPS, 2), autoregression(seen, STEPS, 2)
    made = [constant_rate(counts, 2), own_memory(counts, horizon=2), constant_hazard(counts, 2), walk, pull]
    assert len({forecast.name for forecast in made}) == len(made)
    for forecast in made:
        assert isinstance(forecast, Forecast)
        assert forecast.draws(7, rng()).shape == (7, forecast.horizon)
        assert np.isfinite(forecast.log_density(2, 1))


def test_the_order_of_observations_does_not_matter():
    seen, order = gappy(), rng(5).permutation(9)
    mixed = observed(*(part[order] for part in (seen.first, seen.last, seen.value, seen.error)), STEPS)
    one, other = autoregression(seen, STEPS, 2), autoregression(mixed, STEPS, 2)
    assert one.log_density(2, 0.3) == pytest.approx(other.log_density(2, 0.3))


@pytest.mark.parametrize(
    ("first", "last", "value", "error"),
    [([0], [20], [1.0], [0.1]), ([-1], [2], [1.0], [0.1]), ([3], [2], [1.0], [0.1]),
     ([1], [1], [np.nan], [0.1]), ([1], [1], [1.0], [-0.1]), ([1, 2], [1], [1.0], [0.1])],
)  # fmt: skip
def test_what_cannot_be_an_observation_is_refused(first, last, value, error):
    with pytest.raises(RequestError):
        observed(first, last, value, error, STEPS)
