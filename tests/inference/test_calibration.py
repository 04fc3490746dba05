"""Reliability, coverage and PIT on forecasts whose calibration is known beforehand."""

import json

import numpy as np
import pytest
from scipy.stats import binom, binomtest, nbinom, poisson

from shatterbelt.errors import RequestError
from shatterbelt.inference.calibration import (
    coverage,
    exact_interval,
    pit_histogram,
    pit_of_draws,
    reliability,
)


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("seed", range(4))
def test_miscalibration_less_discrimination_plus_uncertainty_is_the_score(seed):
    source = rng(seed)
    p, y = source.random(60).round(1), source.integers(0, 2, 60)
    found = reliability(p, y, resamples=20)
    assert found.score == pytest.approx(np.mean((p - y) ** 2))
    parts = found.miscalibration - found.discrimination + found.uncertainty
    assert parts == pytest.approx(found.score)
    assert found.uncertainty == pytest.approx(y.mean() * (1 - y.mean()))
    assert found.miscalibration >= 0
    assert found.discrimination >= 0


def test_counts_are_those_of_each_forecast():
    found = reliability([0.2, 0.8, 0.2, 0.2, 0.5], [0, 1, 1, 0, 0], resamples=5)
    assert found.forecast.tolist() == [0.2, 0.5, 0.8]
    assert found.count.tolist() == [3, 1, 1]
    assert found.came.tolist() == [1, 0, 1]
    assert found.n == 5


def test_violators_are_pooled_into_blocks():
    # 1 of 3 came at 0.2 and none at 0.5: together 1 of 4.
    found = reliability([0.2, 0.8, 0.2, 0.2, 0.5], [0, 1, 1, 0, 0], resamples=5)
    np.testing.assert_allclose(found.calibrated, [0.25, 0.25, 1.0])
    assert found.blocks() == [(0.2, 0.5, 4, 1), (0.8, 0.8, 1, 1)]


def test_forecasts_that_say_what_comes_have_nothing_to_gain():
    p = np.repeat([0.25, 0.75], 4)
    found = reliability(p, [0, 0, 0, 1, 1, 1, 1, 0], resamples=5)
    assert found.miscalibration == pytest.approx(0)
    np.testing.assert_allclose(found.calibrated, found.forecast)
    perfect = reliability([0, 0, 1], [0, 0, 1], resamples=5)
    assert perfect.score == 0
    assert perfect.discrimination == pytest.approx(perfect.uncertainty)


def test_a_constant_forecast_discriminates_nothing():
    found = reliability(np.full(10, 0.9), np.arange(10) < 4, resamples=5)
    assert found.discrimination == pytest.approx(0)
    assert found.miscalibration == pytest.approx(0.25)


def test_any_rising_change_of_the_forecasts_leaves_discrimination():
    source = rng(5)
    p = source.random(80)
    y = source.random(80) < p
    one, other = reliability(p, y, resamples=5), reliability(p**3, y, resamples=5)
    assert other.discrimination == pytest.approx(one.discrimination)
    assert other.miscalibration > one.miscalibration


def outside(found):
    return np.average((found.calibrated < found.low) | (found.calibrated > found.high), weights=found.count)


def test_calibrated_forecasts_stay_in_the_bands_about_as_often_as_said():
    source, left = rng(6), []
    for _ in range(60):
        p = source.choice([0.05, 0.2, 0.4, 0.6, 0.9], 200)
        left.append(outside(reliability(p, source.random(200) < p, share=0.9, resamples=200)))
    assert np.mean(left) == pytest.approx(0.1, abs=0.05)


def test_overconfident_forecasts_leave_the_bands():
    source = rng(7)
    p = source.choice([0.02, 0.98], 300)
    found = reliability(p, source.random(300) < np.where(p > 0.5, 0.7, 0.3))
    assert outside(found) == 1


def test_the_band_of_one_forecast_is_binomial():
    found = reliability(np.full(50, 0.3), np.arange(50) < 15, share=0.9, resamples=20_000)
    expected = binom.ppf([0.05, 0.95], 50, 0.3) / 50
    np.testing.assert_allclose([found.low[0], found.high[0]], expected)


def test_the_same_seed_draws_the_same_bands():
    p, y = rng(8).random(30), rng(9).integers(0, 2, 30)
    one, same, other = (reliability(p, y, seed=seed, resamples=50) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.high, same.high)
    assert (one.high != other.high).any()


def test_a_reliability_can_be_written_as_json():
    found = reliability([0.1, 0.9], [0, 1], resamples=5)
    assert json.loads(json.dumps(found.as_dict()))["count"] == [1, 1]


@pytest.mark.parametrize(("p", "y"), [([], []), ([1.1], [1]), ([0.5], [0.5]), ([0.5, 0.5], [1, 0, 1])])
def test_what_cannot_be_judged_is_refused(p, y):
    with pytest.raises(RequestError):
        reliability(p, y)


def test_coverage_and_sharpness_of_a_known_spread():
    draws = np.tile(np.arange(101.0), (4, 1))
    half, most, _ = coverage(draws, [25, 76, 3, np.nan])
    assert (half.share, half.inside, half.n) == (0.5, 1, 3)
    assert (most.share, most.inside) == (0.8, 2)
    assert (half.width, most.width) == (pytest.approx(50), pytest.approx(80))
    assert half.found == pytest.approx(1 / 3)


@pytest.mark.parametrize(("spread", "kept"), [(1.0, True), (0.5, False), (2.0, False)])
def test_coverage_tells_intervals_that_are_too_narrow_or_too_wide(spread, kept):
    source = rng(10)
    table = coverage(spread * source.normal(size=(20, 15, 400)), source.normal(size=(20, 15)))
    assert [row.share for row in table] == [0.5, 0.8, 0.9]
    assert all(row.n == 300 for row in table)
    assert all(row.kept is kept for row in table)


def test_without_values_coverage_is_open():
    (row,) = coverage(np.zeros((1, 5)), [np.nan], [0.5])
    assert (row.n, row.low, row.high) == (0, 0.0, 1.0)
    assert np.isnan(row.found)
    assert np.isnan(row.width)


def test_draws_of_other_values_are_refused():
    with pytest.raises(RequestError, match=r"\(3, 5\)"):
        coverage(np.zeros((3, 5)), [1.0, 2.0])


@pytest.mark.parametrize(("count", "n"), [(0, 10), (3, 10), (10, 10), (57, 120)])
def test_the_binomial_interval_is_the_exact_one(count, n):
    expected = binomtest(count, n).proportion_ci(0.95, method="exact")
    assert exact_interval(count, n) == pytest.approx((expected.low, expected.high))


def test_more_than_all_is_refused():
    with pytest.raises(RequestError, match="4 of 3"):
        exact_interval(4, 3)


def test_the_pit_of_counts_spreads_a_value_over_its_jump():
    # Half the probability lies between 0.25 and 0.75: bins of a fifth hold 0, .3, .4, .3, 0 of it.
    np.testing.assert_allclose(pit_histogram([0.25], [0.75], bins=5), [0, 0.3, 0.4, 0.3, 0], atol=1e-12)


def test_the_pit_without_a_jump_falls_into_one_bin():
    found = pit_histogram([0.0, 0.1, 0.25, 1.0], [0.0, 0.1, 0.25, 1.0], bins=4)
    np.testing.assert_allclose(found, [0.5, 0.25, 0, 0.25])


def pit_of_counts(forecast, values):
    return pit_histogram(forecast.cdf(values - 1), forecast.cdf(values))


def test_the_right_distribution_of_counts_has_a_flat_pit_and_a_too_narrow_one_is_hollow():
    values = rng(11).negative_binomial(2, 0.4, 20_000)
    np.testing.assert_allclose(pit_of_counts(nbinom(2, 0.4), values), 0.1, atol=0.01)
    narrow = pit_of_counts(poisson(3.0), values)
    assert narrow.sum() == pytest.approx(1)
    assert min(narrow[0], narrow[-1]) > 1.5 * narrow[4:6].mean()


def test_the_pit_of_draws_counts_what_lies_below():
    below, up_to = pit_of_draws([[0, 1, 1, 3], [5, 5, 5, 5]], [1, 4])
    assert below.tolist() == [0.25, 0.0]
    assert up_to.tolist() == [0.75, 0.0]


@pytest.mark.parametrize(("below", "up_to"), [([], []), ([0.5], [0.4]), ([0.5], [1.1]), ([np.nan], [0.5])])
def test_what_is_no_pit_is_refused(below, up_to):
    with pytest.raises(RequestError):
        pit_histogram(below, up_to)
