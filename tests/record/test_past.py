"""Draws of the past: against closed forms, and blind to what was not yet known."""

import dataclasses
import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shatterbelt.record import Calendar, gaussian, observations, past_draws
from shatterbelt.record.observe import INCLUSION

YEAR = Calendar.between("2004-01", "2004-12")
TWO_YEARS = Calendar.between("2004-01", "2005-12")


def pasts(rows, quantity, calendar=YEAR, as_of=None, draws=2000, seed=1, events=()):
    return past_draws(observations(rows, events, {"q": quantity}, calendar, as_of), draws, seed)


def test_the_conditional_mean_and_variance_of_a_missing_month_are_the_closed_form():
    keep, noise = 0.8, 0.5
    prior = gaussian.Prior.even(keep, noise, 3)
    seen = np.array([[1.0, 0, 0], [0, 0, 1.0]])
    rng = np.random.default_rng(3)
    ends = np.array([1.2, -0.4])
    paths = gaussian.conditioned_paths(
        prior,
        seen,
        ends,
        np.full(2, 1e-6),
        rng.standard_normal((40_000, 3)),
        rng.standard_normal((40_000, 2)),
    )
    mean = keep * ends.sum() / (1 + keep**2)
    sd = noise / np.sqrt(1 + keep**2)
    assert paths[:, 1].mean() == pytest.approx(mean, abs=4 * sd / 200)
    assert paths[:, 1].std() == pytest.approx(sd, rel=0.02)
    assert np.abs(paths[:, [0, 2]] - ends).max() < 1e-4


def test_conditioning_agrees_with_a_kalman_filter_at_the_last_step():
    keep, noise, error = 0.9, 0.3, 0.2
    prior = gaussian.Prior.even(keep, noise, 4)
    values = np.array([0.5, -0.2, 0.9, 1.4])
    mean, variance = 0.0, prior.noise[0] ** 2
    for place, value in enumerate(values):
        if place:
            mean, variance = keep * mean, keep**2 * variance + noise**2
        weight = variance / (variance + error**2)
        mean, variance = mean + weight * (value - mean), (1 - weight) * variance
    matrix = gaussian.gain(prior, np.eye(4), np.full(4, error))
    assert (values @ matrix)[-1] == pytest.approx(mean)
    left = prior.covariance - prior.covariance @ matrix
    assert left[-1, -1] == pytest.approx(variance)


@pytest.mark.parametrize("keep", [0.9, 1.0])
def test_paths_of_the_process_have_its_covariance(keep):
    prior = gaussian.Prior.even(keep, 0.4, 4)
    paths = prior.paths(np.random.default_rng(0).standard_normal((60_000, 4)))
    assert np.cov(paths.T) == pytest.approx(prior.covariance, rel=0.05)


def test_the_noise_is_widened_only_where_the_record_moves_more_than_the_process():
    prior = gaussian.Prior.even(0.9, 0.1, 30)
    calm = np.zeros(30)
    jump = np.where(np.arange(30) >= 20, 3.0, 0.0)
    errors = np.full(30, 0.05)
    assert np.all(gaussian.widen(prior, np.eye(30), calm, errors).noise[1:] <= 0.1)
    wide = gaussian.widen(prior, np.eye(30), jump, errors).noise
    assert wide[20] > 1.0
    assert np.all(np.delete(wide, [0, 20]) < 0.3)


@pytest.mark.parametrize(
    ("link", "usual", "swing"), [("identity", 10, 5), ("log", 10, 5), ("logit", 0.4, 0.2)]
)
def test_a_fully_observed_past_is_its_values_within_their_errors(make, link, usual, swing):
    values = usual + swing * np.sin(np.arange(12))
    rows = [make.row(f"2004-{month:02d}", value) for month, value in enumerate(values, 1)]
    past = pasts(rows, make.level(link=link, usual=usual, swing=swing))
    assert past.held["q"].all()
    assert past.values["q"].shape == (2000, 12)
    assert np.median(past.values["q"], axis=0) == pytest.approx(values, abs=0.12 * swing)


@pytest.mark.parametrize("link", ["identity", "log"])
def test_the_mean_over_a_year_is_the_yearly_average_within_its_error(make, link):
    past = pasts(
        [make.row("2004", 16.0), make.row("2005", 8.0)], make.level("average over", link=link), TWO_YEARS
    )
    years = past.values["q"].reshape(2000, 2, 12).mean(axis=2)
    error = 0.1 * 5.0 if link == "identity" else 0.1 * np.log(1.5) * np.array([16.0, 8.0])
    assert years.mean(axis=0) == pytest.approx([16.0, 8.0], abs=np.max(error))
    assert np.all(years.std(axis=0) < 1.3 * error)
    assert np.all(past.values["q"].std(axis=0).reshape(2, 12).mean(axis=1) > 2 * years.std(axis=0))


def test_the_past_is_held_from_its_first_to_its_last_observation_alone(make):
    past = pasts([make.row("2004-03", 12.0), make.row("2004-06", 9.0)], make.level())
    assert list(np.flatnonzero(past.held["q"])) == [2, 3, 4, 5]
    assert np.isfinite(past.values["q"]).all()
    between = past.values["q"][:, 3].std()
    assert between > past.values["q"][:, 2].std()


def test_a_value_that_holds_is_the_same_in_every_month_of_a_draw(make):
    past = pasts([make.row("2004-03", 12.0), make.row("2004-06", 9.0)], make.level("step from"))
    values = past.values["q"]
    assert np.ptp(values[:, 2:5], axis=1).max() == 0
    assert values[:, 5:].mean() == pytest.approx(9.0, abs=0.02)
    assert values[:, 5].std() == pytest.approx(0.02 * 5.0, rel=0.1)


def test_a_stock_never_falls_below_its_floor(make):
    rows = [make.row("2004-03", 0.0), make.row("2004-12", 0.0)]
    past = pasts(rows, make.level(kind="stock", floor=0.0))
    assert past.values["q"].min() >= 0


def test_a_doubtful_event_is_counted_as_often_as_its_confidence_says(make):
    events = [make.event("2004-02-18", confidence="low"), make.event("2004-02-20")]
    past = pasts([], make.tally(), events=events, draws=20_000)
    assert past.held["q"].all()
    assert past.values["q"][:, 1].mean() == pytest.approx(INCLUSION["low"] + INCLUSION["high"], abs=0.02)
    assert past.values["q"][:, [0, 2]].max() == 0


def test_a_status_is_on_or_off_as_recorded(make):
    past = pasts([make.row("2004-03", 0.0), make.row("2004-06", 1.0)], make.level("step from", kind="status"))
    assert list(np.flatnonzero(past.held["q"])) == list(range(2, 12))
    assert np.array_equal(past.values["q"][0, 2:], [0, 0, 0, 1, 1, 1, 1, 1, 1, 1])
    assert np.ptp(past.values["q"], axis=0).max() == 0


def test_a_share_is_held_only_in_the_months_in_which_it_was_seen(make):
    share = make.level(kind="share", unit="percent", usual=0.0, swing=0.1, population=1e5)
    past = pasts([make.row("2004-03", 0.4), make.row("2004-06", 0.05)], share)
    assert list(np.flatnonzero(past.held["q"])) == [2, 5]
    assert past.values["q"].min() >= 0
    assert past.values["q"][:, 2].mean() == pytest.approx(0.4, abs=0.01)


def test_a_formula_is_observed_but_never_drawn(make):
    seen = observations([make.row("2004-03", 0.4)], [], {"q": make.level(kind="formula")}, YEAR)
    assert len(seen["q"].items) == 1
    assert past_draws(seen).values == {}


def test_draws_depend_on_the_seed_and_the_name_and_on_no_other_quantity(make):
    rows = [make.row("2004-03", 12.0), make.row("2004-09", 3.0)]
    alone = observations(rows, [], {"q": make.level()}, YEAR)
    crowd = observations(
        rows, [make.event("2004-03-01")], {"a": make.tally(), "b": make.level(), "q": make.level()}, YEAR
    )
    assert np.array_equal(past_draws(alone, 8, 5).values["q"], past_draws(crowd, 8, 5).values["q"])
    assert not np.array_equal(past_draws(alone, 8, 5).values["q"], past_draws(alone, 8, 6).values["q"])
    assert not np.array_equal(past_draws(crowd, 8, 5).values["q"], past_draws(crowd, 8, 5).values["b"])


MONTHS = st.integers(1, 12)
NUMBERS = st.floats(1.0, 50.0)
KINDS = st.sampled_from(["point at", "average over", "step from"])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(MONTHS, NUMBERS, st.integers(0, 400)), min_size=1, max_size=8),
    KINDS,
    st.integers(1, 365),
    st.data(),
)
def test_what_became_known_later_changes_nothing(make, facts, enters, day, data):
    as_of = dt.date(2004, 1, 1) + dt.timedelta(days=day)
    rows = [
        dataclasses.replace(
            make.row(f"2004-{month:02d}", value), known=dt.date(2004, 1, 1) + dt.timedelta(days=lag)
        )
        for month, value, lag in facts
    ]
    events = [
        dataclasses.replace(
            make.event(f"2004-{month:02d}-01"), known=dt.date(2004, 1, 1) + dt.timedelta(days=lag)
        )
        for month, _, lag in facts
    ]
    other = [
        row if row.known <= as_of else dataclasses.replace(row, value=row.value + 7.0)
        for row in rows
        if row.known <= as_of or data.draw(st.booleans())
    ]
    fewer = [event for event in events if event.known <= as_of]
    quantities = {"q": make.level(enters), "n": make.tally()}
    one = past_draws(observations(rows, events, quantities, YEAR, as_of), 4)
    two = past_draws(observations(other, fewer, quantities, YEAR, as_of), 4)
    assert one.values.keys() == two.values.keys()
    for name in one.values:
        assert np.array_equal(one.values[name], two.values[name])
        assert np.array_equal(one.held[name], two.held[name])
    assert all(not one.held[name][YEAR.known_steps(as_of) :].any() for name in one.held)
