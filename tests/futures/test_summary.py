"""What the dataset says of an ensemble is what its paths say, counted directly."""

import warnings

import numpy as np
import pytest
import xarray as xr

from futures import toys
from shatterbelt.futures import Branch, Hold, run_futures
from shatterbelt.futures.dataset import read_netcdf, write_netcdf

CASE = toys.asked_case(
    series=toys.series("law_seen", {"2001-03": 1, "2001-05": 0, "2001-09": 1, "2001-12": 0}),
    events=[
        toys.raid(f"{month}-10")
        for month in ("2001-02", "2001-02", "2001-03", "2002-07", "2003-11", "2003-12")
    ],
)
BRANCHES = (
    Branch("all", "all"),
    Branch("calm", "all", off=("temper_raids",), holds=(Hold("temper", -1.0, "2004-05", "2004-06"),)),
)
FUTURES = 1000


@pytest.fixture(scope="module")
def found():
    return run_futures(CASE, branches=BRANCHES, futures=FUTURES, seed=2, threads=1)


@pytest.fixture(scope="module")
def whole():
    return toys.Whole(CASE, BRANCHES, futures=FUTURES, seed=2)


def answers(whole, branch, name):
    """Where the futures say yes to an outcome, by plain counting."""
    outcome = CASE.about.outcomes[name]
    x = whole[branch][outcome.quantity].astype(float)
    asked = 35  # December 2003, the last month before the day of asking
    window = x[38:44]
    value = {
        "ever": window, "always": window, "at close": x[43], "total": window.sum(axis=0),
        "change": x[43] - x[asked],
    }[outcome.when]  # fmt: skip
    sign, number = outcome.test.split()
    passed = {">=": value >= float(number), ">": value > float(number), "<": value < float(number)}[sign]
    return {"ever": lambda: passed.any(axis=0), "always": lambda: passed.all(axis=0)}.get(
        outcome.when, lambda: passed
    )()


def test_the_toy_asks_in_every_way():
    assert {o.when for o in CASE.about.outcomes.values()} == {"ever", "always", "at close", "total", "change"}


@pytest.mark.parametrize("branch", ["all", "calm"])
@pytest.mark.parametrize("name", toys.OUTCOMES)
def test_an_outcomes_probability_is_the_share_of_futures_that_say_yes(found, whole, branch, name):
    yes = answers(whole, branch, name)
    said = found.sel(branch=branch, outcome=name)
    assert float(said.outcome_probability) == pytest.approx(yes.mean())
    assert int(said.outcome_futures) == FUTURES
    share = (yes.sum() + 0.5) / (FUTURES + 1)
    assert float(said.outcome_error) == pytest.approx(np.sqrt(share * (1 - share) / (FUTURES + 1)))
    assert branch == "calm" or name == "never_asked_so_high" or 0.02 < yes.mean() < 0.98, "says nothing"


@pytest.mark.parametrize("name", toys.OUTCOMES)
def test_an_outcomes_difference_is_that_of_the_same_futures(found, whole, name):
    apart = answers(whole, "calm", name).astype(float) - answers(whole, "all", name)
    said = found.sel(branch="calm", outcome=name)
    assert float(said.outcome_difference) == pytest.approx(apart.mean())
    assert float(said.outcome_difference_error) == pytest.approx(apart.std() / np.sqrt(FUTURES))
    first = found.sel(branch="all", outcome=name)
    assert float(first.outcome_difference) == float(first.outcome_difference_error) == 0.0


def test_an_outcome_that_never_came_still_has_an_error(found):
    said = found.sel(branch="all", outcome="never_asked_so_high")
    assert said.outcome_probability == 0
    assert said.outcome_error > 0


@pytest.mark.parametrize("branch", ["all", "calm"])
@pytest.mark.parametrize("quantity", toys.QUANTITIES)
def test_means_and_their_differences_are_those_of_all_paths(found, whole, branch, quantity):
    x, base = (whole[b][quantity].astype(float) for b in (branch, "all"))
    said = found.sel(branch=branch, quantity=quantity)
    np.testing.assert_allclose(said["mean"], x.mean(axis=1), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(said.mean_difference, (x - base).mean(axis=1), rtol=1e-4, atol=1e-5)
    error = (x - base).std(axis=1) / np.sqrt(FUTURES)
    np.testing.assert_allclose(said.mean_difference_error, error, rtol=1e-3, atol=1e-5)


def test_a_paired_difference_is_surer_than_two_means(found):
    said = found.sel(branch="calm", quantity="raids", time=slice("2004-01", "2004-04"))
    alone = found.sel(branch="all", quantity="raids", time=slice("2004-01", "2004-04"))
    apart = alone.quantiles.sel(level=0.95) - alone.quantiles.sel(level=0.05)
    assert (said.mean_difference_error > 0).all()
    assert (said.mean_difference_error < np.sqrt(2) * apart / 3.29 / np.sqrt(FUTURES)).all()


@pytest.mark.parametrize("branch", ["all", "calm"])
def test_streamed_quantiles_cut_off_their_share_of_all_paths(found, whole, branch):
    said = found.quantiles.sel(branch=branch, quantity="temper").values
    x = whole[branch]["temper"]
    free = np.ptp(x, axis=1) > 0  # where it is held, every quantile is the value itself
    assert free.sum() == (48 if branch == "all" else 46)
    assert (said[~free] == x[~free, :1]).all()
    for i, level in enumerate(found.level.values):
        share = (x[free] <= said[free, i][:, None]).mean(axis=1)
        np.testing.assert_allclose(share, level, atol=0.015)


@pytest.mark.parametrize("quantity", ["temper", "fund"])
def test_streamed_quantiles_are_near_those_of_all_paths(found, whole, quantity):
    said = found.quantiles.sel(branch="all", quantity=quantity).values
    x = whole["all"][quantity]
    for i, level in enumerate(found.level.values):
        apart = abs(said[:, i] - np.quantile(x, level, axis=1))
        step = 0.1 if quantity == "fund" else 0.0  # one raid: between two values that occur, a line is drawn
        assert (apart <= np.maximum(0.15 * x.std(axis=1), step) + 1e-5).all()


@pytest.mark.parametrize("quantity", ["raids", "law"])
def test_streamed_quantiles_of_counts_are_exact(found, whole, quantity):
    said = found.quantiles.sel(branch="all", quantity=quantity).values
    x = whole["all"][quantity]
    assert set(np.unique(said)) <= set(np.unique(x))
    for i, level in enumerate(found.level.values):
        exact = np.quantile(x, level, axis=1, method="inverted_cdf")
        if level <= 0.9:
            np.testing.assert_array_equal(said[:, i], exact)
        else:  # a count that the first 256 futures never showed has no threshold of its own
            assert (abs(said[:, i] - exact) <= 1).all()


def test_quantiles_rise_with_their_level(found):
    assert (found.quantiles.diff("level") >= 0).all()


def test_the_kept_paths_are_the_first(found, whole):
    for quantity in toys.QUANTITIES:
        np.testing.assert_array_equal(
            found.paths.sel(branch="calm", quantity=quantity).T, whole["calm"][quantity][:, :24]
        )


# ------------------------------------------------------------------------- base rates


def test_base_rates_are_counted_by_hand(found):
    # The law of the toy holds from 2001-03 and 2001-09 for 2 and 3 months; windows have six months.
    on = np.zeros(36)
    on[2:4] = on[8:11] = 1
    seen = range(2, 36)  # the record speaks of the law from 2001-03 on
    windows = [range(end - 5, end + 1) for end in range(35) if end - 5 in seen]
    always = sum(all(on[t] for t in window) for window in windows)
    said = found.sel(outcome="law_all_along")
    assert (int(said.outcome_base_windows), int(said.outcome_base_count)) == (len(windows), always)
    assert always == 0

    raids = np.zeros(36)
    raids[[1, 1, 2, 18, 34, 35]] += 1
    raids[1] = 2
    totals = [raids[end - 5 : end + 1].sum() >= 9 for end in range(5, 35)]
    said = found.sel(outcome="many_raids")
    assert (int(said.outcome_base_windows), int(said.outcome_base_count)) == (len(totals), sum(totals))


def test_a_base_rate_that_is_not_zero():
    often = {
        "any_two": toys.outcome("raids", "ever", ">= 2"),
        "any_law": toys.outcome("law", "ever", ">= 0.5"),
    }
    said = run_futures(
        toys.toy_case(outcomes=often, series=CASE.series, events=CASE.events),
        futures=1,
        until="2004-08",
        threads=1,
    )
    # Two raids came in 2001-02 alone: of the 30 windows that begin in 2001-01 to 2003-06, two hold it.
    two = said.sel(outcome="any_two")
    assert (float(two.outcome_base_windows), float(two.outcome_base_count)) == (30, 2)
    assert float(two.outcome_base_rate) == pytest.approx(2 / 30)
    # The law: windows begin 2001-03 to 2003-06, and those that begin up to 2001-11 see it on.
    law = said.sel(outcome="any_law")
    assert (float(law.outcome_base_windows), float(law.outcome_base_count)) == (28, 9)


def test_a_base_rate_from_elsewhere_goes_before_the_record():
    stated = toys.outcome("raids", "ever", ">= 2").model_copy(
        update={
            "base_rate": toys.Outcome.model_fields["base_rate"].default.model_copy(update={"value": 0.25})
        }
    )
    said = run_futures(
        toys.toy_case(outcomes={"any_two": stated}, events=CASE.events), futures=1, until="2004-08", threads=1
    )
    assert said.outcome_base_rate.item() == 0.25
    assert np.isnan(said.outcome_base_count.item())


# ----------------------------------------------------------------------------- record


def test_the_record_is_drawn_as_it_stands(found):
    raids = found.record.sel(quantity="raids")
    assert raids.sel(time=slice("2001-02", "2001-04")).values.tolist() == [2, 1, 0]
    assert raids.sel(time=slice("2004-01", None)).isnull().all()
    law = found.record.sel(quantity="law")
    assert law.sel(time=slice("2001-03", "2001-08")).values.tolist() == [1, 1, 0, 0, 0, 0]
    assert found.record.sel(quantity="fund").isnull().all()


# ----------------------------------------------------------------------------- NetCDF


def test_a_file_keeps_everything(found, tmp_path):
    path = tmp_path / "futures.nc"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_netcdf(found, path)
        back = read_netcdf(path)
    xr.testing.assert_identical(back, found)
    assert {name: back[name].dtype.kind for name in back.data_vars} == {
        name: found[name].dtype.kind for name in found.data_vars
    }
    assert dict(back.attrs) == dict(found.attrs)


def test_a_file_without_outcomes_can_be_read_back(tmp_path):
    found = run_futures(toys.toy_case(), futures=2, until="2004-01", threads=1)
    write_netcdf(found, tmp_path / "none.nc")
    xr.testing.assert_identical(read_netcdf(tmp_path / "none.nc"), found)
