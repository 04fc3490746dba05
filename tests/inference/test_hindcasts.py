"""Forecasts from days of the past: which days, what each may see, and how what came is scored."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy.stats import multivariate_normal, norm

from model.small import claim
from shatterbelt.api.scoring import Asked, score
from shatterbelt.case.types import Case, CaseFile, EventRow, Quantity, SeriesRow
from shatterbelt.errors import RequestError
from shatterbelt.inference.baseline_levels import observed, random_walk
from shatterbelt.inference.baselines import constant_hazard, constant_rate
from shatterbelt.inference.forecast import MONTHS, Forecast
from shatterbelt.inference.hindcasts import Hindcaster, origins_of
from shatterbelt.inference.left_out import without
from shatterbelt.inference.origins import (
    HORIZONS,
    MOST,
    Day,
    Past,
    joint_scores,
    log_scores,
    scored,
    smoothed_densities,
)
from shatterbelt.inference.rivals import Came, rival_score, seen_of
from shatterbelt.inference.scores import log_mean_density
from shatterbelt.statements import Claim

TIES = [{"actor": ["X"], "type": ["COERCE"]}]
QUANTITIES = {
    "raids": {"title": "Raids", "kind": "events", "unit": "count", "rate": 0.5, "record": TIES},
    "budget": {"title": "Budget", "kind": "level", "unit": "dimensionless", "half_life": 6, "noise": 0.3,
               "record": [{"series": "budget_seen", "enters": "point at"}]},
}  # fmt: skip


def small_case(changed_after: str = "9999") -> Case:
    """Three years of one level and one class of events; what came after a month can be another."""
    rng = np.random.default_rng(5)
    months = [f"{2001 + i // 12}-{i % 12 + 1:02d}" for i in range(36)]
    about = {
        "format": 1, "name": "made-up", "title": "Made up", "summary": "For tests.", "start": "2001-01",
        "record_ends": "2003-12", "default_narrative": "one",
        "narratives": {"one": {"title": "One", "claims": ["budget_raids"]}},
    }  # fmt: skip
    series, events = [], []
    for month, value, count in zip(months, rng.normal(size=36), rng.poisson(0.5, 36), strict=True):
        later = 3.0 if month > changed_after else 0.0
        made = {"source": "made up", "confidence": "high", "known": f"{month}-28"}
        row = {"series": "budget_seen", "period": month, "value": value + later, "unit": "dimensionless"}
        series.append(row | made)
        kinds = {"actor": "X", "type": "COERCE", "target": "Y", "description": "made up", "magnitude": ""}
        # As many rows after the change, so that nothing is compiled anew: they only fall on the other day.
        day = "28" if month > changed_after else "15"
        events += [kinds | made | {"date": f"{month}-{day}"}] * int(count)
    return Case(
        about=CaseFile.model_validate(about),
        quantities=TypeAdapter(dict[str, Quantity]).validate_python(QUANTITIES),
        claims=TypeAdapter(tuple[Claim, ...]).validate_python(
            (claim("budget_raids", "budget", "raids", "-"),)
        ),
        documents={},
        series=TypeAdapter(tuple[SeriesRow, ...]).validate_python(tuple(series)),
        events=TypeAdapter(tuple[EventRow, ...]).validate_python(tuple(events)),
        hash="0" * 64,
    )


# ------------------------------------------------------------------------------ which days


def test_forecasts_are_made_from_first_days_of_months_evenly_spread_over_the_later_record():
    days = origins_of(small_case(), 5)
    steps = [(day.year - 2001) * 12 + day.month - 1 for day in days]
    assert {day.day for day in days} == {1}
    assert steps[0] == 36 // 4
    assert len(set(np.diff(steps))) == 1
    assert steps[-1] < 36


@pytest.mark.parametrize(("count", "message"), [(1, "allowed: 2 or more"), (500, "allowed: 2 to 27")])
def test_more_days_than_the_record_has_room_for_are_refused(count: int, message: str):
    with pytest.raises(RequestError, match=message):
        origins_of(small_case(), count)


# ----------------------------------------------------------------------- what each may see


@pytest.fixture(scope="module")
def both():
    """What was forecast from two days, and the same where another level came after the first of them."""
    found = []
    for after in ("9999", "2002-06"):
        caster = Hindcaster(small_case(after), ["one"])
        found.append(list(caster.origins([dt.date(2002, 7, 1), dt.date(2003, 9, 1)], claims=after == "9999")))
    return found


def test_no_forecast_sees_what_came_after_its_day(both):
    (first, second), (changed, later) = both
    np.testing.assert_array_equal(first.chances, changed.chances)
    np.testing.assert_array_equal(first.widths, changed.widths)
    assert (first.crps[:, 0, -1] != changed.crps[:, 0, -1]).any()
    assert (second.widths[0, :, 0] != later.widths[0, :, 0]).any()


def test_what_lies_beyond_the_record_is_not_scored(both):
    first, second = both[0]
    assert first.known == 18
    assert np.isfinite(first.joint).all()
    # From September 2003 on four months are left.
    assert np.isfinite(second.joint[:, :2]).all()
    assert np.isnan(second.joint[:, 2:]).all()
    assert second.asked == []


def test_every_model_has_a_score_for_everything_that_came(both):
    first = both[0][0]
    assert first.log_scores.shape == (3, len(HORIZONS), 2)
    assert np.isfinite(first.log_scores).all()
    assert {name for name, _ in first.asked} == {"raids"}
    assert ((first.chances > 0) & (first.chances < 1)).all()


def test_only_when_asked_is_a_claim_left_out(both):
    (first, _), (changed, _) = both
    assert first.left_out.shape == (1,)
    assert np.isfinite(first.left_out).all()
    assert first.left_out[0] != 0
    assert changed.left_out.shape == (0,)


def test_a_case_is_scored_from_its_own_days_narratives_and_claims(monkeypatch, tmp_path):
    monkeypatch.setenv("SHATTERBELT_CACHE", str(tmp_path))
    heard = []
    case = small_case()
    result = score(case, Asked(("one",), 2), lambda *one: heard.append(one))
    assert result.scored.days == tuple(day.isoformat() for day in origins_of(case, 2))
    assert result.scored.models == ("one", "constant", "own past")
    assert result.scored.quantities == {"raids": "events", "budget": "level"}
    assert list(result.scored.claims()) == ["budget_raids"]
    assert result.words.startswith("Over 2 days, the narrative one")
    assert result.as_dict()["evidence"] is None
    assert heard == [("hindcasts", 1, 2), ("hindcasts", 2, 2)]
    again = score(case, Asked(("one",), 2), lambda *one: heard.append(one))
    assert again.words == result.words
    assert len(heard) == 2


# ------------------------------------------------------------------------------ one day


ORDER = ("raids", "ban", "budget")


def made_up_day(*, futures: int = 400, unknown: bool = False) -> Day:
    """A day with every kind: no raids but one in the second step, a ban that is on, a budget at 0.5."""
    steps = 24
    chances = np.full((MOST + 2, 3, steps), -60.0)
    chances[0], chances[0, 0, 13], chances[1, 0, 13] = 0.0, -60.0, 0.0
    state, value = np.zeros((3, steps)), np.full((3, steps), 0.5)
    state[1] = 1.0
    known = np.ones((3, steps), bool)
    came = Came(chances, state, value, np.full((3, steps), 0.1), known)
    kinds = dict(zip(ORDER, ("events", "status", "level"), strict=True))
    scale = SimpleNamespace(link="identity", origin=0.0, width=1.0)
    model = SimpleNamespace(
        order=ORDER, quantities={n: SimpleNamespace(kind=k, scale=scale) for n, k in kinds.items()}
    )
    layout = SimpleNamespace(events=("raids",), statuses=("ban",))
    rng = np.random.default_rng(1)
    paths = np.stack(
        [rng.poisson(0.1, (12, futures)), np.ones((12, futures)), rng.normal(size=(12, futures))], 1
    )
    density = rng.normal(-1, 0.5, paths.shape)
    forecast = Forecast(12, paths, density, np.ones((12, 3), bool))
    hazard = constant_hazard(np.tile([0.0, 1.0, 1.0], 4), MONTHS)
    walk = random_walk(observed([9, 11], [9, 11], [0.0, 0.2], [0.1, 0.1], 12), 12, MONTHS)
    rivals = {
        "raids": (constant_rate(np.zeros(12), MONTHS),) * 2,
        "ban": (hazard, hazard),
        "budget": (walk, walk),
    }
    if unknown:
        del rivals["budget"]
    return Day(dt.date(2002, 1, 1), Past(model, layout, came), [forecast], rivals)


def test_the_joint_score_of_counts_and_states_is_the_mean_over_futures_of_their_product():
    day = made_up_day(unknown=True)  # no rival forecasts the budget, so it is not in
    joint = joint_scores(day, log_scores(day))
    product = np.exp(day.forecasts[0].density[2, :2].sum(axis=0))
    assert joint[0, HORIZONS.index(3)] == pytest.approx(np.log(product.mean()))


def test_the_joint_score_has_the_level_that_each_future_saw():
    day = made_up_day()
    one = day.forecasts[0]
    kernels = smoothed_densities(one.paths[2, 2:], np.array([0.5]), np.array([0.1]))
    together = np.exp(one.density[2, :2].sum(axis=0) + kernels)
    joint = joint_scores(day, log_scores(day))
    assert joint[0, HORIZONS.index(3)] == pytest.approx(np.log(together.mean()))


@pytest.mark.parametrize("size", [1, 4, 12])
def test_smoothed_levels_score_as_the_distribution_that_they_are_drawn_from(size: int):
    rng = np.random.default_rng(size)
    cov = 0.5 * np.eye(size) + 0.5
    draws = rng.multivariate_normal(np.zeros(size), cov, 512).T
    values, error = rng.multivariate_normal(np.zeros(size), cov, 60), np.full(size, 0.05)
    exact = multivariate_normal(np.zeros(size), cov + np.diag(error**2)).logpdf(values)
    found = [log_mean_density(smoothed_densities(draws, value, error)) for value in values]
    # A tenth of a nat for each quantity at most, where the bare mean over futures is off by whole ones.
    assert np.mean(found) == pytest.approx(np.mean(exact), abs=0.1 * size)


def test_the_joint_score_of_a_rival_is_the_sum_over_quantities():
    day = made_up_day()
    logs = log_scores(day)
    np.testing.assert_allclose(joint_scores(day, logs)[1:], logs[1:].sum(axis=-1))


def test_the_joint_score_leaves_out_for_all_what_one_cannot_forecast():
    day = made_up_day(unknown=True)
    logs = log_scores(day)
    assert np.isnan(logs[1:, :, 2]).all()
    product = np.exp(day.forecasts[0].density[0][:2].sum(axis=0))
    assert joint_scores(day, logs)[0, 0] == pytest.approx(np.log(product.mean()))


def test_a_rivals_level_is_scored_with_the_error_of_what_was_observed():
    day = made_up_day()
    walk = day.rivals["budget"][0]
    mean, variance = walk.moments(3)
    mixed = walk.weights @ norm.pdf(0.5, mean, np.sqrt(variance + 0.1**2))
    assert rival_score(walk, "level", day.past.came, 2, 14, 3) == pytest.approx(np.log(mixed))


def test_events_and_statuses_have_no_crps_and_no_intervals():
    found = scored(made_up_day(), np.zeros(0))
    assert np.isnan(found.crps[..., :2]).all()
    assert np.isfinite(found.crps[..., 2]).all()
    assert np.isnan(found.within[..., :2]).all()
    assert ((found.within[..., 2] >= 0) & (found.within[..., 2] <= 1)).all()


def test_wider_intervals_hold_more_of_the_futures():
    widths = scored(made_up_day(), np.zeros(0)).widths[0, :, :, 2]
    assert (np.diff(widths, axis=0) > 0).all()
    # Of draws from a standard normal, blurred by an error of 0.1.
    assert widths[0].mean() == pytest.approx(2 * norm.ppf(0.75) * np.hypot(1, 0.1), rel=0.2)


def test_questions_are_answered_by_what_came():
    found = scored(made_up_day(), np.zeros(0))
    assert found.asked == [("raids", 6), ("raids", 12), ("ban", 6), ("ban", 12)]
    assert found.came.tolist() == [1, 1, 1, 1]
    # All futures have the ban, so its chance is as near to 1 as their number allows.
    assert found.chances[0, 2] == pytest.approx(400.5 / 401)


def test_of_two_answers_the_ranked_score_is_the_brier_score():
    found = scored(made_up_day(), np.zeros(0))
    np.testing.assert_allclose(found.ranked[:, 2:], (1 - found.chances[:, 2:]) ** 2)


# ------------------------------------------------------------------------------ rivals


def test_a_rival_sees_averages_and_single_steps_of_its_quantity_up_to_the_day():
    span = np.zeros((2, 24))
    span[0, 2:5], span[1, 8:14] = 1 / 3, 1 / 6
    plain = {
        "row": np.array([2, 1, 2]), "step": np.array([7, 3, 0]), "value": np.array([0.7, 9.0, 9.0]),
        "error": np.full(3, 0.1), "counted": np.array([1.0, 1.0, 0.0]),
        "span_row": np.array([2, 2]), "span": span, "span_value": np.array([0.4, 9.0]),
        "span_error": np.full(2, 0.2), "span_counted": np.ones(2),
    }  # fmt: skip
    seen = seen_of(plain, 2, known=12)
    assert (seen.first.tolist(), seen.last.tolist(), seen.value.tolist()) == ([2, 7], [4, 7], [0.4, 0.7])
    assert len(seen_of(plain, 0, known=12).value) == 0


# ------------------------------------------------------------------------------ left out


def test_leaving_a_claim_out_moves_what_hangs_together_with_its_weight():
    rng = np.random.default_rng(3)
    weight, own = rng.normal(0.5, 0.3, 4000), rng.normal(0, 0.1, 4000)
    rows = np.stack([weight, -0.8 * weight + own, rng.normal(1.0, 0.1, 4000)], axis=1)
    moved = without(rows, 0, ("weight.a", "baseline.x", "baseline.y"))
    np.testing.assert_allclose(moved[:, 0], 0, atol=1e-12)
    # What is left of the second is what did not come from the weight; the third has nothing to do with it.
    np.testing.assert_allclose(moved[:, 1], own, atol=0.05)
    np.testing.assert_array_equal(moved[:, 2], rows[:, 2])


def test_leaving_a_claim_out_keeps_rates_above_0_and_shares_within_0_and_1():
    weight = np.linspace(-1, 3, 50)
    rows = np.stack([weight, 0.2 + 0.1 * weight, 0.5 + 0.1 * weight, 0.5 + 0.4 * weight], axis=1)
    names = ("weight.a", "rate.x", "kept.y", "noise.z")
    moved = without(rows - np.array([0, 0.4, 0, 0]), 0, names)
    assert (moved[:, [1, 3]] > 0).all()
    assert ((moved[:, 2] > 0) & (moved[:, 2] < 1)).all()
