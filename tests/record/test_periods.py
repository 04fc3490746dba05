"""Periods: a month, a quarter or a year of the record, laid on the steps of a case."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shatterbelt.errors import RecordError
from shatterbelt.record import Calendar
from shatterbelt.record.periods import month_label, month_number


@given(st.integers(12, 9999 * 12 + 11))
def test_a_month_number_and_its_label_name_the_same_month(number):
    assert month_number(month_label(number)) == number


def test_a_year_covers_its_twelve_months_and_a_quarter_its_three():
    calendar = Calendar.between("2004-01", "2005-12")
    assert calendar.length == 24
    assert calendar.span("2005") == (12, 23)
    assert calendar.span("2004-Q2") == (3, 5)
    assert calendar.span("2004-02") == (1, 1)
    assert calendar.label(13) == "2005-02"


@pytest.mark.parametrize(("step", "length", "span"), [("quarter", 8, (4, 7)), ("year", 2, (1, 1))])
def test_a_year_covers_the_steps_of_a_coarser_calendar(step, length, span):
    calendar = Calendar.between("2004-01", "2005-12", step)
    assert (calendar.length, calendar.span("2005")) == (length, span)


@pytest.mark.parametrize(
    ("day", "known"),
    [("2003-12-31", 0), ("2004-01-30", 0), ("2004-01-31", 1), ("2004-02-28", 1), ("2004-02-29", 2)],
)
def test_a_step_is_known_only_when_its_last_day_is_over(day, known):
    assert Calendar.between("2004-01", "2005-12").known_steps(dt.date.fromisoformat(day)) == known


def test_without_a_day_every_step_is_known():
    assert Calendar.between("2004-01", "2005-12").known_steps(None) == 24


@pytest.mark.parametrize("period", ["2004-13", "04-01", "2004-Q5", "2004-1", ""])
def test_a_period_that_is_none_is_refused_and_named(period):
    with pytest.raises(RecordError, match="not a period"):
        Calendar("2004-01", 12).span(period)
