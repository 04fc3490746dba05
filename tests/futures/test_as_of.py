"""A view of a past day: what became known later changes nothing; the past is held, then futures are free."""

import datetime as dt

import jax
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from futures import toys
from shatterbelt.futures import Branch, Hold, run_futures
from shatterbelt.futures.branches import default_branches
from shatterbelt.futures.world import make_given, span_of
from shatterbelt.model.compile import compile_case

DAY = dt.date(2002, 7, 1)
"""The end of the 18th month, as the record of the toy was known on that day."""

EARLY_SERIES = [
    *toys.series("temper_seen", {"2001-03": 1.0, "2001-09": -0.8, "2002-02": 0.4}, known=dt.date(2002, 3, 1)),
    *toys.series("law_seen", {"2001-06": 1, "2002-01": 0}, known=dt.date(2002, 2, 1)),
]
EARLY_EVENTS = [toys.raid(f"{month}-15") for month in ("2001-02", "2001-02", "2001-11", "2002-06")]

MONTHS = [f"{year}-{month:02d}" for year in (2001, 2002, 2003) for month in range(1, 13)]
LATER = st.dates(dt.date(2002, 7, 2), dt.date(2004, 1, 1))


@st.composite
def late_series(draw):
    name = draw(st.sampled_from(["temper_seen", "law_seen"]))
    value = draw(st.sampled_from([0.0, 1.0]) if name == "law_seen" else st.floats(-3, 3))
    return toys.series(name, {draw(st.sampled_from(MONTHS)): value}, known=draw(LATER))[0]


@st.composite
def late_event(draw):
    day = draw(st.dates(dt.date(2001, 1, 1), dt.date(2003, 12, 31)))
    return toys.raid(day.isoformat(), known=max(day, draw(LATER)).isoformat())


def given_of(series, events):
    case = toys.toy_case(series=series, events=events)
    found = make_given(case, compile_case(case), span_of(case, DAY, None), default_branches(case), seed=1)
    return jax.tree_util.tree_leaves(found)


KNOWN = given_of(EARLY_SERIES, EARLY_EVENTS)


@settings(max_examples=15, deadline=None)
@given(st.lists(late_series(), max_size=4), st.lists(late_event(), max_size=4))
def test_what_became_known_later_changes_nothing_that_a_run_is_given(series, events):
    found = given_of([*series, *EARLY_SERIES], [*events, *EARLY_EVENTS])
    assert len(found) == len(KNOWN)
    assert all(np.array_equal(one, other) for one, other in zip(found, KNOWN, strict=True))


def test_what_was_known_in_time_does_change_what_a_run_is_given():
    more = toys.series("temper_seen", {"2002-05": 2.0}, known=DAY)
    found = given_of([*EARLY_SERIES, *more], EARLY_EVENTS)
    assert not all(np.array_equal(one, other) for one, other in zip(found, KNOWN, strict=True))


def run(series, events, **options):
    case = toys.asked_case(series=series, events=events)
    return run_futures(case, DAY, **{"futures": 512, "seed": 1, "threads": 1, "until": "2004-12", **options})


@pytest.fixture(scope="module")
def found():
    return run(EARLY_SERIES, EARLY_EVENTS)


def test_what_became_known_later_changes_no_future(found):
    late = toys.series("temper_seen", {"2002-01": 3.0, "2003-06": -3.0}, known=dt.date(2003, 7, 1))
    later = run([*EARLY_SERIES, *late], [*EARLY_EVENTS, toys.raid("2002-05-01", known="2002-09-01")])
    same = [name for name in found.data_vars if not str(name).startswith("record")]
    xr.testing.assert_equal(later[same], found[same])
    assert later.record.sel(time="2003-06-01", quantity="temper") == -3.0  # it is drawn beside them, though


def test_the_past_follows_the_record_within_its_error(found):
    temper = found.paths.sel(branch="all", quantity="temper")
    for month, value in {"2001-03": 1.0, "2001-09": -0.8, "2002-02": 0.4}.items():
        seen = temper.sel(time=f"{month}-01")
        assert (abs(seen - value) < 0.45).all()  # a surely known value has an error of a tenth of a swing
        assert found["mean"].sel(branch="all", quantity="temper", time=f"{month}-01") == pytest.approx(
            value, abs=0.06
        )
        assert seen.std() > 0.03
    between = found.paths.sel(branch="all", quantity="temper", time="2001-06-01")
    assert between.std() > 1.5 * temper.sel(time="2001-09-01").std()


def test_the_past_holds_statuses_exactly_and_events_as_surely_as_they_were_coded(found):
    law = found.paths.sel(quantity="law", time=slice("2001-06", "2002-06"))
    assert (law.sel(time=slice("2001-06", "2001-12")) == 1).all()
    assert (law.sel(time=slice("2002-01", None)) == 0).all()
    raids = found["mean"].sel(quantity="raids", branch="all")
    assert raids.sel(time="2001-02-01") == pytest.approx(2 * 0.98, abs=0.04)
    assert raids.sel(time="2001-03-01") == 0
    assert found.paths.sel(quantity="raids", time=slice(None, "2002-06")).max() == 2


def test_a_stock_follows_from_the_past_that_is_held(found):
    paths = found.paths.sel(branch="all")
    inflow = 0.1 * paths.sel(quantity="raids").cumsum("time")
    np.testing.assert_allclose(paths.sel(quantity="fund"), 2 + inflow, rtol=1e-5)


def test_futures_are_free_from_the_day_on(found):
    paths = found.paths.sel(branch="all", time=slice("2002-07", None))
    assert (paths.sel(quantity="raids").std("path") > 0).all()
    for quantity, different in (("temper", 24), ("fund", 3)):
        assert all(
            len(np.unique(x)) >= different
            for x in paths.sel(quantity=quantity, time=slice("2002-08", None)).values.T
        )
    assert paths.sel(quantity="law").std("path").max() > 0
    assert found.attrs["as_of"] == "2002-07-01"
    assert found.attrs["known_until"] == "2002-06"


def test_a_quantity_is_free_before_its_first_and_after_its_last_observation(found):
    law = found["mean"].sel(branch="all", quantity="law")
    assert 0 < law.sel(time="2001-05-01") < 1
    temper = found.paths.sel(branch="all", quantity="temper")
    assert temper.sel(time="2002-06-01").std() > 2 * temper.sel(time="2002-02-01").std()


def test_a_hold_goes_before_the_past():
    branches = (Branch("all", "all"), Branch("else", "all", holds=(Hold("law", 1.0, "2002-01", "2002-06"),)))
    found = run_futures(
        toys.toy_case(series=EARLY_SERIES, events=EARLY_EVENTS), DAY, branches, futures=100, threads=1
    )
    assert (found.paths.sel(quantity="law", branch="else", time=slice("2002-01", "2002-06")) == 1).all()
    assert (found.paths.sel(quantity="law", branch="all", time=slice("2002-01", "2002-06")) == 0).all()


def test_the_narratives_share_the_past_as_far_as_it_is_held(found):
    held = found.paths.sel(quantity="raids", time=slice(None, "2002-06"))
    assert (held.sel(branch="all") == held.sel(branch="none")).all()
    assert (
        found.mean_difference.sel(branch="none", quantity="raids", time=slice("2002-07", None)) != 0
    ).any()


def asked_on(day, **options):
    early = toys.outcome("raids", "ever", ">= 3", opens="2002-04", closes="2002-12")
    outcomes = {**toys.OUTCOMES, "early": early.model_copy(update={"asked": dt.date(2002, 4, 1)})}
    found = run_futures(toys.toy_case(outcomes=outcomes), day, futures=1, threads=1, **options)
    return set(found.outcome.values)


@pytest.mark.parametrize(
    ("day", "until", "asked"),
    [
        (None, None, set(toys.OUTCOMES)),
        (dt.date(2004, 1, 1), None, set(toys.OUTCOMES)),
        (dt.date(2003, 12, 31), "2004-12", set()),
        (None, "2004-07", set()),
        (dt.date(2002, 7, 1), None, {"early"}),
        (dt.date(2002, 3, 31), None, set()),
        (dt.date(2003, 2, 1), None, set()),
    ],
    ids=["record's end", "its day", "not yet asked", "window too long", "still open", "too early", "closed"],
)
def test_an_outcome_is_put_on_its_day_and_while_it_is_open(day, until, asked):
    assert asked_on(day, until=until) == asked
