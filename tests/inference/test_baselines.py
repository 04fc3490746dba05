"""Naive forecasters of counts and statuses against conjugate closed forms and simulation."""

import numpy as np
import pytest
from scipy import integrate
from scipy.optimize import minimize
from scipy.stats import beta, gamma, nbinom, poisson

from shatterbelt.errors import RequestError
from shatterbelt.inference.baselines import (
    HALF_LIVES,
    constant_hazard,
    constant_rate,
    memory_fit,
    own_memory,
    poisson_mode,
)

NAN = np.nan


def rng(seed=0):
    return np.random.default_rng(seed)


def test_a_constant_rate_forecasts_the_negative_binomial_of_gamma_and_poisson():
    found = constant_rate([2, 0, 1, 3], 6)
    for value in range(8):
        mixed = integrate.quad(
            lambda rate, x=value: poisson.pmf(x, rate) * gamma.pdf(rate, 6.5, scale=1 / 4), 0, 20
        )[0]
        assert found.log_density(1, value) == pytest.approx(np.log(mixed))
        assert found.log_density(6, value) == pytest.approx(nbinom.logpmf(value, 6.5, 4 / 5))


def test_its_paths_share_their_rate():
    draws = constant_rate([2, 0, 1, 3], 3).draws(200_000, rng())
    rate, spread = 6.5 / 4, 6.5 / 16
    assert draws.shape == (200_000, 3)
    np.testing.assert_allclose(draws.mean(axis=0), rate, atol=0.02)
    assert draws.sum(axis=1).var() == pytest.approx(3 * rate + 9 * spread, rel=0.02)


def test_unknown_steps_say_nothing_of_a_rate():
    gappy, plain = constant_rate([2, NAN, 0, NAN], 2), constant_rate([2, 0], 2)
    assert gappy.log_density(1, 1) == plain.log_density(1, 1)


def test_half_an_event_cannot_be():
    assert constant_rate([1, 2], 1).log_density(1, 0.5) == -np.inf
    assert own_memory([1, 2, 0, 1], horizon=1).log_density(1, 0.5) == -np.inf


@pytest.mark.parametrize("counts", [[], [NAN, NAN], [1, -1]])
def test_what_is_no_history_of_counts_is_refused(counts):
    with pytest.raises(RequestError):
        constant_rate(counts, 3)
    with pytest.raises(RequestError):
        own_memory(counts, horizon=3)


@pytest.mark.parametrize("h", [0, 4])
def test_a_step_beyond_the_forecast_is_refused(h):
    for forecast in (constant_rate([1], 3), own_memory([1, 0], horizon=3), constant_hazard([1], 3)):
        with pytest.raises(RequestError, match="1 to 3"):
            forecast.log_density(h, 1)


def test_the_regression_finds_the_maximum():
    source = rng(1)
    table = np.column_stack([np.ones(80), source.normal(size=(80, 2))])
    counts = source.poisson(np.exp(table @ [0.5, 0.8, -0.4])).astype(float)
    prior, precision = np.array([0.2, 0, 0]), np.array([1 / 9, 1, 1])

    def loss(at):
        return -poisson.logpmf(counts, np.exp(table @ at)).sum() + 0.5 * precision @ (at - prior) ** 2

    mode, curvature, height = poisson_mode(table, counts, prior, precision)
    other = minimize(loss, prior)
    np.testing.assert_allclose(mode, other.x, atol=1e-4)
    assert height == pytest.approx(-loss(mode))
    np.testing.assert_allclose(np.linalg.inv(curvature), other.hess_inv, rtol=0.2, atol=1e-3)


def exciting(steps, source, *, effect, half_life=3.0):
    """Counts whose log rate rises with the log of what is remembered of them."""
    memory, counts = 0.0, np.zeros(steps)
    for t in range(steps):
        counts[t] = source.poisson(np.exp(-1 + effect * np.log1p(memory)))
        memory = 2 ** (-1 / half_life) * memory + counts[t]
    return counts


def test_events_that_feed_themselves_are_forecast_better_by_memory():
    counts = exciting(400, rng(2), effect=0.8)
    gains = [
        own_memory(counts[:t], horizon=1, paths=500).log_density(1, counts[t])
        - constant_rate(counts[:t], 1).log_density(1, counts[t])
        for t in range(200, 400)
    ]
    assert np.mean(gains) > 2 * np.std(gains) / np.sqrt(len(gains))


def test_events_without_memory_lose_little_by_it():
    counts = rng(3).poisson(1.0, 300).astype(float)
    with_memory, without = own_memory(counts, horizon=1), constant_rate(counts, 1)
    lost = sum(
        poisson.pmf(value, 1.0) * (without.log_density(1, value) - with_memory.log_density(1, value))
        for value in range(12)
    )
    assert lost < 0.03  # two numbers more, learnt from 300 steps, cost about 2 / 600 nats


def test_coefficients_learnt_from_few_steps_are_less_sure():
    short, long = (own_memory(np.tile([1.0, 0, 2, 1], n), horizon=1).rates[:, 0] for n in (5, 80))
    # The rate of 20 steps with one event each is known to about 1 / sqrt(20), and memory adds its own doubt.
    assert np.log(short).std() > 1 / np.sqrt(20)
    assert np.log(long).std() < np.log(short).std() / 2


@pytest.mark.parametrize("half_life", HALF_LIVES)
def test_the_record_chooses_how_long_a_memory_is(half_life):
    # A slow memory counts more events, so that the same rates come of a smaller effect.
    effect = {1.0: 0.9, 3.0: 0.7, 12.0: 0.45}[half_life]
    counts = exciting(2000, rng(8), effect=effect, half_life=half_life)
    fits = {tried: memory_fit(counts, np.zeros((2000, 0)), tried, 1.0) for tried in HALF_LIVES}
    assert max(fits, key=lambda tried: fits[tried].evidence) == half_life
    found = fits[half_life]
    assert abs(found.mode[1] - effect) < 3 * np.sqrt(found.covariance[1, 1])


def test_known_days_raise_the_forecast_of_their_steps_alone():
    calendar = np.tile([1.0, 0, 0, 0, 0, 0], 42)
    counts = rng(4).poisson(np.exp(-0.5 + 1.8 * calendar[:-6])).astype(float)
    found = own_memory(counts, calendar, horizon=6)
    means = found.draws(2000, rng()).mean(axis=0)
    assert means[0] == pytest.approx(np.exp(1.3), rel=0.25)
    np.testing.assert_allclose(means[1:], np.exp(-0.5), rtol=0.3)


def test_probabilities_of_counts_sum_to_one_and_agree_with_the_paths():
    found = own_memory(exciting(150, rng(5), effect=0.5), horizon=6, paths=20_000)
    draws = found.draws(20_000, rng())
    for h in (1, 6):
        chances = np.exp([found.log_density(h, value) for value in range(200)])
        assert chances.sum() == pytest.approx(1, abs=1e-6)
        shares = np.bincount(draws[:, h - 1].astype(int), minlength=200)[:4] / len(draws)
        np.testing.assert_allclose(shares, chances[:4], atol=0.015)


def test_the_same_seed_forecasts_the_same():
    counts = exciting(60, rng(6), effect=0.5)
    one, same, other = (own_memory(counts, horizon=4, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.counts, same.counts)
    assert (one.counts != other.counts).any()


def test_more_draws_than_paths_are_the_paths_again():
    found = own_memory([1, 0, 2, 1], horizon=2, paths=10)
    assert found.draws(25, rng()).shape == (25, 2)


def test_a_memory_that_feeds_itself_stays_a_number():
    found = own_memory(np.geomspace(1, 5000, 40).round(), horizon=36, paths=200)
    assert np.isfinite(found.counts).all()
    assert np.isfinite(found.log_density(36, 10_000))


def test_rare_events_in_clusters_do_not_run_away():
    # Three waves in ten years: the next years may bring others, but no month with more than the waves had.
    counts = np.zeros(120)
    counts[[30, 31, 32, 33, 90, 91, 92, 118, 119]] = [1, 2, 2, 1, 1, 3, 1, 1, 2]
    means = own_memory(counts, horizon=24).draws(2000, rng()).mean(axis=0)
    assert means[0] > 2 * counts.mean()
    assert means.max() < 3


def test_unknown_steps_of_a_memory_do_not_count():
    counts = exciting(80, rng(7), effect=0.5)
    counts[40:50] = NAN
    assert np.isfinite(own_memory(counts, horizon=3).log_density(3, 1))


def test_a_calendar_that_ends_too_early_is_refused():
    with pytest.raises(RequestError, match="allowed: 7"):
        own_memory([1, 2, 3, 4], np.zeros(6), horizon=3)


STATES = [0, 0, 1, 1, 1, 0, 0, 0]  # begins once in four tries, ends once in three


def test_the_next_step_of_a_status_has_the_mean_of_its_beta():
    found = constant_hazard(STATES, 3)
    assert found.log_density(1, 1) == pytest.approx(np.log(1.5 / 5))
    assert found.log_density(1, 0) == pytest.approx(np.log(3.5 / 5))
    assert constant_hazard(STATES[:4], 3).log_density(1, 0) == pytest.approx(np.log(0.5 / 2))
    assert found.log_density(1, 0.5) == -np.inf


@pytest.mark.parametrize("states", [STATES, STATES[:5], [0, 0, 0, 0], [1, 0, 1, 0, 1]])
@pytest.mark.parametrize("h", [2, 7])
def test_the_chance_of_on_averages_the_two_state_chain_over_both_betas(states, h):
    found = constant_hazard(states, 8)
    # With v ~ U(0, 1), beta.ppf(v) averages over the Beta; v's midpoints avoid its poles at 0 and 1.
    middle = (np.arange(2000) + 0.5) / 2000
    begin, end = np.meshgrid(beta.ppf(middle, *found.onset), beta.ppf(middle, *found.end))
    chain = begin / (begin + end) + (found.on - begin / (begin + end)) * (1 - begin - end) ** h
    assert found.chance_on(h) == pytest.approx(chain.mean(), abs=1e-3)


def test_the_paths_of_a_status_have_its_chances():
    found = constant_hazard(STATES, 6)
    shares = found.draws(100_000, rng()).mean(axis=0)
    np.testing.assert_allclose(shares, [found.chance_on(h) for h in range(1, 7)], atol=0.008)


def test_steps_since_the_last_known_one_are_gone_through():
    late, known = constant_hazard([*STATES, NAN, NAN], 2), constant_hazard(STATES, 4)
    assert late.chance_on(1) == pytest.approx(known.chance_on(3))
    assert late.draws(50_000, rng()).mean(axis=0)[1] == pytest.approx(known.chance_on(4), abs=0.01)


def test_a_change_across_a_gap_is_not_counted():
    gappy = constant_hazard([0, 0, NAN, 1, 1], 1)
    assert (gappy.onset, gappy.end) == ((0.5, 1.5), (0.5, 1.5))


@pytest.mark.parametrize("states", [[], [NAN], [0, 2]])
def test_what_is_no_history_of_a_status_is_refused(states):
    with pytest.raises(RequestError):
        constant_hazard(states, 2)
