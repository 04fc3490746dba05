"""Observations: each value stays one statement about the steps that it speaks of."""

import datetime as dt

import numpy as np
import pytest

from shatterbelt.errors import RecordError
from shatterbelt.record import Calendar, monthly_record, observations
from shatterbelt.record.observe import ERROR_IN_SWINGS, HOLD_FACTOR, INCLUSION

TWO_YEARS = Calendar.between("2004-01", "2005-12")


def test_a_yearly_average_is_one_observation_of_twelve_months(make):
    seen = observations([make.row("2004", 12.0)], [], {"q": make.level("average over")}, TWO_YEARS)["q"]
    assert [(one.operator, one.first, one.last, one.value) for one in seen.items] == [
        ("average", 0, 11, 12.0)
    ]
    value, low, high = monthly_record(seen)
    assert np.isnan(value).all()
    assert low[0] == low[11] < 12.0 < high[11]
    assert np.isnan(low[12])


def test_a_point_in_a_year_is_its_last_month(make):
    seen = observations([make.row("2004", 12.0)], [], {"q": make.level("point at")}, TWO_YEARS)["q"]
    assert [(one.operator, one.first, one.last) for one in seen.items] == [("point", 11, 11)]


def test_a_value_that_holds_ends_where_the_next_begins(make):
    rows = [make.row("2004-07", 2.0), make.row("2004-03", 1.0)]
    seen = observations(rows, [], {"q": make.level("step from")}, TWO_YEARS)["q"]
    assert [(one.value, one.first, one.last) for one in seen.items] == [(1.0, 2, 5), (2.0, 6, 23)]


def test_a_value_that_holds_is_cut_at_the_day_of_the_view(make):
    rows = [make.row("2004-03", 1.0), make.row("2004-07", 2.0, known="2004-07-31")]
    seen = observations(rows, [], {"q": make.level("step from")}, TWO_YEARS, dt.date(2004, 6, 15))["q"]
    assert [(one.value, one.first, one.last) for one in seen.items] == [(1.0, 2, 4)]


def test_what_is_known_of_a_time_to_come_is_not_an_observation(make):
    rows = [make.row("2004-09", 1.0, known="2004-01-31")]
    for enters in ("point at", "average over", "step from"):
        seen = observations(rows, [], {"q": make.level(enters)}, TWO_YEARS, dt.date(2004, 6, 30))["q"]
        assert seen.items == ()


@pytest.mark.parametrize("confidence", ["high", "medium", "low"])
def test_the_error_is_the_documented_part_of_a_swing(make, confidence):
    row = make.row("2004-03", 20.0, confidence=confidence)
    point = observations([row], [], {"q": make.level("point at")}, TWO_YEARS)["q"].items[0]
    held = observations([row], [], {"q": make.level("step from")}, TWO_YEARS)["q"].items[0]
    assert point.error == pytest.approx(ERROR_IN_SWINGS[confidence] * 5.0)
    assert held.error == pytest.approx(point.error * HOLD_FACTOR)


def test_less_confidence_is_a_wider_error_and_a_smaller_chance():
    assert ERROR_IN_SWINGS["high"] < ERROR_IN_SWINGS["medium"] < ERROR_IN_SWINGS["low"]
    assert 1 > INCLUSION["high"] > INCLUSION["medium"] > INCLUSION["low"] > 0.5


def test_a_value_is_turned_into_the_unit_of_its_quantity(make):
    row = make.row("2004-03", 0.2, unit="dimensionless")
    quantity = {"q": make.level("point at")}
    seen = observations([row], [], quantity, TWO_YEARS, convert=lambda value, _from, _to: 100 * value)
    assert seen["q"].items[0].value == pytest.approx(20.0)
    with pytest.raises(RecordError, match="dimensionless"):
        observations([row], [], quantity, TWO_YEARS)


def test_persons_become_a_share_of_the_population(make):
    share = make.level("point at", kind="share", unit="dimensionless", population=400_000.0)
    row = make.row("2004-03", 200_000.0, unit="person")
    assert observations([row], [], {"q": share}, TWO_YEARS)["q"].items[0].value == pytest.approx(0.5)


def test_a_zero_on_a_log_link_is_a_fault_that_names_its_row(make):
    with pytest.raises(RecordError, match=r"s 2004-03: no place on the log link of q \(0\)"):
        observations([make.row("2004-03", 0.0)], [], {"q": make.level(link="log")}, TWO_YEARS)


def test_events_are_counted_by_actor_type_and_target_each_once(make):
    happened = [
        make.event("2004-02-18"),
        make.event("2004-02-20", confidence="low"),
        make.event("2004-02-19", "BLR", "ACCUSE", "RUS"),
        make.event("2004-03-01", target="GEO"),
        make.event("2003-12-31"),
    ]
    tally = make.tally(target=("BLR",))
    tally.record = tally.record * 2
    seen = observations([], happened, {"q": tally}, Calendar.between("2004-01", "2004-04"))["q"]
    assert seen.counts == ((), (INCLUSION["high"], INCLUSION["low"]), (), ())
    assert list(monthly_record(seen)[0]) == [0, 2, 0, 0]


def test_months_after_the_day_of_the_view_are_unknown_and_not_zero(make):
    seen = observations([], [make.event("2004-02-18")], {"q": make.tally()}, TWO_YEARS, dt.date(2004, 3, 30))[
        "q"
    ]
    assert seen.counts == ((), (INCLUSION["high"],))
    value = monthly_record(seen)[0]
    assert list(value[:2]) == [0, 1]
    assert np.isnan(value[2:]).all()


def test_a_quantity_without_a_tie_is_left_out(make):
    untied = make.level()
    untied.record = ()
    assert observations([make.row("2004-03", 1.0)], [], {"q": untied}, TWO_YEARS) == {}


def test_bounds_of_the_record_stay_where_a_quantity_can_be(make):
    row = make.row("2004-03", 0.0)
    quantities = {
        "stock": make.level(kind="stock", floor=0.0),
        "share": make.level(kind="share", population=10.0),
        "status": make.level("step from", kind="status"),
        "level": make.level(),
    }
    seen = observations([row], [], quantities, TWO_YEARS)
    lows = {name: monthly_record(seen[name])[1][2] for name in quantities}
    highs = {name: monthly_record(seen[name])[2][2] for name in quantities}
    assert lows == pytest.approx({"stock": 0.0, "share": 0.0, "status": 0.0, "level": -1.645 * 0.5})
    assert highs["stock"] == pytest.approx(1.645 * 0.5)
    assert highs["status"] == 0.0


def test_a_period_shorter_than_a_step_speaks_of_the_step_that_it_lies_in(make):
    years = Calendar.between("2004-01", "2005-12", "year")
    seen = observations([make.row("2004-03", 12.0)], [], {"q": make.level("average over")}, years)["q"]
    assert [(one.operator, one.first, one.last) for one in seen.items] == [("point", 0, 0)]
