"""Scores against their closed forms, comparisons that know of overlap, and stacking."""

import numpy as np
import pytest
import scoringrules
from scipy.stats import norm, ttest_rel

from shatterbelt.errors import RequestError
from shatterbelt.inference.scores import (
    brier,
    crps,
    frequency,
    log_mean_density,
    log_score,
    log_score_of_classes,
    log_score_of_doubted,
    paired,
    rps,
    stacking,
)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_the_crps_of_many_gaussian_draws_is_near_its_closed_form():
    values = np.array([-2.0, 0.0, 0.7])
    scaled = (values - 0.3) / 1.5
    exact = 1.5 * (scaled * (2 * norm.cdf(scaled) - 1) + 2 * norm.pdf(scaled) - 1 / np.sqrt(np.pi))
    draws = rng().normal(0.3, 1.5, (3, 200_000))
    np.testing.assert_allclose(crps(draws, values), exact, atol=0.01)


def test_the_crps_of_few_draws_is_right_on_average():
    # For X and y both standard normal, E|X - y| - E|X - X'| / 2 = 1 / sqrt(pi).
    source = rng(1)
    scores = crps(source.normal(size=(100_000, 3)), source.normal(size=100_000))
    assert scores.mean() == pytest.approx(1 / np.sqrt(np.pi), abs=5 * scores.std() / np.sqrt(100_000))


def test_the_crps_is_the_fair_one():
    draws, values = rng(2).normal(size=(4, 7)), np.zeros(4)
    fair = scoringrules.crps_ensemble(values, draws, estimator="fair", backend="numpy")
    np.testing.assert_allclose(crps(draws, values), fair)
    assert crps(np.full(5, 2.0), -1.0) == pytest.approx(3.0)


def test_a_single_draw_has_no_crps():
    with pytest.raises(RequestError, match="two draws"):
        crps([1.0], 0.0)


def test_two_ordered_classes_give_the_brier_score():
    chance, came = np.array([0.0, 0.2, 0.9, 1.0]), np.array([0, 1, 1, 0])
    np.testing.assert_allclose(brier(chance, came), (chance - came) ** 2)
    np.testing.assert_allclose(rps(np.stack([1 - chance, chance], axis=-1), came), brier(chance, came))


def test_a_miss_by_two_classes_is_worse_than_by_one():
    sure = np.eye(3)[[0, 0, 0]]
    assert rps(sure, [0, 1, 2]).tolist() == [0, 1, 2]


def test_log_scores_are_logs_of_what_was_given_to_what_came():
    np.testing.assert_allclose(log_score([0.2, 0.2, 1.0], [1, 0, 1]), np.log([0.2, 0.8, 1.0]))
    assert log_score(0.0, 1) == -np.inf
    np.testing.assert_allclose(log_score_of_classes([[0.1, 0.2, 0.7]], [2]), np.log([0.7]))


def test_no_count_of_futures_makes_anything_impossible():
    assert np.isfinite(log_score(frequency(0, 100), 1))
    assert frequency(50, 100) == pytest.approx(0.5)


def test_a_mixture_scores_by_its_mean_density():
    logs = norm.logpdf(0.4, [[0.0, 1.0], [2.0, 3.0]])
    np.testing.assert_allclose(log_mean_density(logs), np.log(np.exp(logs).mean(axis=0)))
    assert log_mean_density([-1e4, -1e4]) == pytest.approx(-1e4)


def test_a_doubted_count_scores_between_its_readings():
    logs = np.log([0.5, 0.3, 0.2])
    with np.errstate(divide="ignore"):
        found = log_score_of_doubted(logs, np.log([[0.0, 1.0, 0.0], [0.15, 0.85, 0.0]]))
    np.testing.assert_allclose(np.exp(found), [0.3, 0.15 * 0.5 + 0.85 * 0.3])


@pytest.mark.parametrize("score", [brier, log_score])
def test_the_true_probability_scores_best_on_average(score):
    came = np.arange(10) < 3
    better = -1 if score is brier else 1
    means = [better * score(p, came).mean() for p in (0.1, 0.2, 0.3, 0.4, 0.5)]
    assert np.argmax(means) == 2


@pytest.mark.parametrize(
    ("p", "y", "said"),
    [(1.2, 1, "1.2"), (np.nan, 1, "nan"), (0.5, 2, "2"), ([0.1, 0.2], [1, 0, 1], "shapes")],
)
def test_what_is_no_probability_or_no_answer_is_refused(p, y, said):
    with pytest.raises(RequestError, match=said):
        brier(p, y)


@pytest.mark.parametrize(("chances", "place"), [([0.5, 0.6], 0), ([0.5, 0.5], 2), ([0.5, 0.5], -1)])
def test_what_is_no_distribution_over_classes_or_no_class_is_refused(chances, place):
    with pytest.raises(RequestError):
        rps(chances, place)


def test_without_overlap_a_comparison_is_the_paired_t_test():
    first, second = rng(3).normal(size=(2, 30))
    found, usual = paired(first, second), ttest_rel(first, second)
    assert found.difference == pytest.approx(np.mean(first - second))
    assert found.chance == pytest.approx(usual.pvalue)
    assert found.interval() == pytest.approx(tuple(usual.confidence_interval()))
    assert (found.n, found.origins) == (30, 30)


def test_with_overlap_a_comparison_is_that_of_harvey_and_others():
    gain, h, n = np.convolve(rng(4).normal(size=43), np.ones(4), "valid"), 4, 40
    centred = gain - gain.mean()
    gammas = [centred[k:] @ centred[: n - k] / n for k in range(h)]
    statistic = gain.mean() / np.sqrt((gammas[0] + 2 * sum(gammas[1:])) / n)
    statistic *= np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    found = paired(gain, np.zeros(n), horizon=h)
    assert found.difference / found.error == pytest.approx(statistic)


def test_overlapping_windows_are_not_taken_for_independent_ones():
    # Sums of h independent terms: the mean of n of them varies about h times as much as n free ones' would.
    h, n, source = 6, 120, rng(5)
    records = [np.convolve(source.normal(size=n + h - 1), np.ones(h), "valid") for _ in range(400)]
    zero = np.zeros(n)
    seen = np.std([record.mean() for record in records])
    told = np.mean([paired(record, zero, horizon=h).error for record in records])
    naive = np.mean([paired(record, zero).error for record in records])
    assert told == pytest.approx(seen, rel=0.2)
    assert naive < 0.6 * seen
    covered = np.mean(
        [abs(r.mean()) < paired(r, zero, horizon=h).interval(0.9)[1] - r.mean() for r in records]
    )
    assert covered == pytest.approx(0.9, abs=0.06)


def test_occasions_of_one_origin_count_as_one_look():
    gain = rng(6).normal(size=20)
    once = paired(gain, np.zeros(20))
    thrice = paired(np.repeat(gain, 3), np.zeros(60), origins=np.repeat(np.arange(20), 3))
    assert thrice.error == pytest.approx(once.error)
    assert (thrice.n, thrice.origins) == (60, 20)


def test_overlap_never_makes_a_comparison_surer():
    swinging = np.tile([1.0, -0.9], 15)
    found = paired(swinging, np.zeros(30), horizon=2)
    assert found.error > paired(swinging, np.zeros(30)).error


def test_origins_as_far_apart_as_the_horizon_do_not_overlap():
    gain = rng(7).normal(size=15)
    apart = paired(gain, np.zeros(15), horizon=6, origins=6 * np.arange(15))
    assert apart.error == pytest.approx(paired(gain, np.zeros(15)).error)


def test_the_order_of_occasions_does_not_matter_when_origins_are_told():
    source = rng(8)
    gain, order = np.cumsum(source.normal(size=25)), source.permutation(25)
    straight = paired(gain, np.zeros(25), horizon=3)
    mixed = paired(gain[order], np.zeros(25), horizon=3, origins=order)
    assert mixed.error == pytest.approx(straight.error)


def test_a_forecaster_differs_from_itself_by_nothing():
    scores = rng(9).normal(size=8)
    found = paired(scores, scores, horizon=3)
    assert (found.difference, found.error, found.chance) == (0.0, 0.0, 1.0)


def test_windows_that_all_overlap_tell_nothing_of_the_error():
    found = paired([1.0, 2.0, 4.0], [0.0, 0.0, 0.0], horizon=3)
    assert (found.error, found.chance) == (np.inf, 1.0)


@pytest.mark.parametrize(
    ("first", "second", "more"),
    [
        ([1.0, np.inf], [0.0, 0.0], {}),
        ([1.0, 2.0], [0.0], {}),
        ([1.0], [0.0], {}),
        ([1.0, 2.0], [0.0, 0.0], {"origins": [3, 3]}),
        ([1.0, 2.0], [0.0, 0.0], {"horizon": 0}),
    ],
)
def test_what_cannot_be_compared_is_refused(first, second, more):
    with pytest.raises(RequestError):
        paired(first, second, **more)


def test_stacking_picks_the_true_model():
    values = rng(10).normal(size=2000)
    logs = norm.logpdf(values[:, None], [0.0, 1.0, -2.0], [1.0, 1.0, 0.5])
    weights = stacking(logs)
    assert weights[0] > 0.95
    assert weights.sum() == pytest.approx(1)


def test_stacking_finds_the_shares_of_a_mixture():
    source = rng(11)
    values = np.where(source.random(20_000) < 0.3, source.normal(-3, 1, 20_000), source.normal(3, 1, 20_000))
    assert stacking(norm.logpdf(values[:, None], [-3.0, 3.0]))[0] == pytest.approx(0.3, abs=0.015)


@pytest.mark.parametrize("seed", range(5))
def test_stacked_weights_cannot_be_bettered(seed):
    # At the maximum no model's mean ratio to the mixture passes 1, and is 1 for those that have a weight.
    logs = 3 * rng(seed).normal(size=(40, 5))
    weights = stacking(logs)
    ratio = (np.exp(logs) / (np.exp(logs) @ weights)[:, None]).mean(axis=0)
    assert (ratio < 1 + 1e-3).all()
    np.testing.assert_allclose(ratio[weights > 1e-3], 1, atol=1e-3)


def test_stacking_is_not_moved_by_what_all_models_share():
    logs = rng(12).normal(size=(30, 3))
    shifted = logs - 2000 * rng(13).random((30, 1))
    np.testing.assert_allclose(stacking(shifted), stacking(logs), atol=1e-6)


def test_one_model_takes_all_and_equal_models_share():
    assert stacking([[-1.0], [-5.0]]).tolist() == [1.0]
    logs = rng(14).normal(size=(30, 2))
    alone, doubled = stacking(logs), stacking(logs[:, [0, 1, 0]])
    assert doubled[0] == pytest.approx(doubled[2])
    assert doubled[0] + doubled[2] == pytest.approx(alone[0], abs=1e-6)
    np.testing.assert_allclose(stacking(np.zeros((4, 5))), 0.2)


def test_an_occasion_that_one_model_calls_impossible_keeps_the_other():
    weights = stacking([[-np.inf, -1.0], [-1.0, -1.1], [-1.0, -1.1]])
    assert 0 < weights[0] < 1


@pytest.mark.parametrize("logs", [[], [[]], [[-np.inf, -np.inf]], [[np.nan, 0.0]]])
def test_what_cannot_be_stacked_is_refused(logs):
    with pytest.raises(RequestError):
        stacking(logs)
