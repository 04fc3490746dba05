"""The records of the bundled cases: well formed, sourced, and known no earlier than they can be."""

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from shatterbelt.case import load_case
from shatterbelt.case.types import EventRow, SeriesRow
from shatterbelt.case.units import convert
from shatterbelt.record import Calendar, observations, past_draws
from shatterbelt.record.periods import last_day, months_of

CASES = Path(__file__).parents[2] / "src" / "shatterbelt" / "cases"
FOLDERS = sorted(path.parent for path in CASES.glob("*/record/series.csv"))


def rows(path, kind):
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        # A bundled record is reviewed as a whole, so it leaves out the column that says so row by row.
        assert reader.fieldnames == [name for name in kind.model_fields if name != "reviewed"]
        return [kind.model_validate(row) for row in reader]


def test_belarus_has_a_record():
    assert CASES / "belarus" / "record" in FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.parent.name)
def test_each_value_of_a_series_stands_once_and_in_one_unit(folder):
    series = rows(folder / "series.csv", SeriesRow)
    assert max(Counter((row.series, row.period) for row in series).values()) == 1
    units = {(row.series, row.unit) for row in series}
    assert len(units) == len({name for name, _ in units})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.parent.name)
def test_no_value_is_known_before_its_period_is_over_unless_it_is_dated(folder):
    for row in rows(folder / "series.csv", SeriesRow):
        first, last = months_of(row.period)
        dated = row.source.startswith(
            ("price named in an event", "0/1 made from the events", "counted from dated steps")
        )
        start = dt.date(first // 12, first % 12 + 1, 1)
        assert row.known >= (start - dt.timedelta(days=45) if dated else last_day(last)), row


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.parent.name)
def test_an_event_is_known_on_its_day_and_names_its_source(folder):
    events = rows(folder / "events.csv", EventRow)
    assert [row.date for row in events] == sorted(row.date for row in events)
    for row in events:
        assert row.known >= row.date
        assert row.source
        assert row.description


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.parent.name)
def test_a_status_is_0_or_1_and_ordered_counts_do_not_contradict(folder):
    values = {(row.series, row.period): row.value for row in rows(folder / "series.csv", SeriesRow)}
    assert {value for (name, _), value in values.items() if name.endswith("_status")} <= {0.0, 1.0}
    for (name, period), value in values.items():
        listed = values.get((name.replace("_active", "_listed"), period))
        assert listed is None or value <= listed


def test_the_page_on_the_record_counts_what_the_belarus_record_holds():
    folder = CASES / "belarus" / "record"
    series = {row.series for row in rows(folder / "series.csv", SeriesRow)}
    events = rows(folder / "events.csv", EventRow)
    page = (Path(__file__).parents[2] / "docs" / "record.md").read_text(encoding="utf-8")
    assert f"{len(series)} series and {len(events)} events" in page


@pytest.mark.parametrize("day", ["2008-05-01", "2020-11-30"])
def test_pasts_of_belarus_are_finite_and_keep_to_what_was_known(day):
    case = load_case("belarus")
    as_of = dt.date.fromisoformat(day)
    calendar = Calendar.between(case.about.start, case.about.record_ends)
    seen = observations(case.series, case.events, case.quantities, calendar, as_of, convert)
    past = past_draws(seen, draws=16)
    assert {"brent_price", "gas_price", "russian_pressure", "sanctions_suspended"} <= set(past.values)
    for name, values in past.values.items():
        assert np.isfinite(values).all(), name
        assert not past.held[name][calendar.known_steps(as_of) :].any(), name
    prices = {
        calendar.index(row.period): row.value
        for row in case.series
        if row.series == "brent_price" and row.known <= as_of
    }
    held = np.flatnonzero(past.held["brent_price"])
    assert held.tolist() == sorted(prices)
    middle = np.median(past.values["brent_price"][:, held], axis=0)
    assert middle == pytest.approx([prices[step] for step in held], rel=0.08)
