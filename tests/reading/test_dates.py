"""Dates as told, counted from an issue date."""

import pytest

from shatterbelt.documents.loaded import Block, LoadedDocument
from shatterbelt.documents.text import Text
from shatterbelt.reading.dates import Calendar
from shatterbelt.reading.parsing import parse

MONDAY = "2020-11-30"


def told(text, issued=MONDAY, **options):
    document = LoadedDocument("d", "d", Text(text, "0" * 64), text, blocks=(Block(0, len(text)),))
    _, sentences = next(iter(parse([document])))
    return [
        (each.earliest.isoformat(), each.latest.isoformat(), each.resolution)
        for sentence in sentences
        for each in Calendar(issued).told(sentence, **options)
    ]


@pytest.mark.parametrize(
    ("words", "earliest", "latest", "resolution"),
    [
        ("last Friday", "2020-11-27", "2020-11-27", "day"),
        ("on Sunday", "2020-11-29", "2020-11-29", "day"),
        ("on Monday", "2020-11-30", "2020-11-30", "day"),
        ("last Monday", "2020-11-23", "2020-11-23", "day"),
        ("next Friday", "2020-12-04", "2020-12-04", "day"),
        ("yesterday", "2020-11-29", "2020-11-29", "day"),
        ("last week", "2020-11-23", "2020-11-29", "week"),
        ("this week", "2020-11-30", "2020-12-06", "week"),
        ("last month", "2020-10-01", "2020-10-31", "month"),
        ("early next year", "2021-01-01", "2021-12-31", "year"),
        ("in September", "2020-09-01", "2020-09-30", "month"),
        ("in December", "2019-12-01", "2019-12-31", "month"),
        ("last November", "2019-11-01", "2019-11-30", "month"),
        ("in May", "2020-05-01", "2020-05-31", "month"),
        ("on August 9", "2020-08-09", "2020-08-09", "day"),
        ("on 9 August", "2020-08-09", "2020-08-09", "day"),
        ("on 9 August 2019", "2019-08-09", "2019-08-09", "day"),
        ("on December 8", "2019-12-08", "2019-12-08", "day"),
        ("on 2019-03-04", "2019-03-04", "2019-03-04", "day"),
        ("in March 2014", "2014-03-01", "2014-03-31", "month"),
        ("in 2014", "2014-01-01", "2014-12-31", "year"),
        ("three months ago", "2020-08-01", "2020-08-31", "month"),
        ("two days ago", "2020-11-28", "2020-11-28", "day"),
        ("from 15 to 19 April", "2020-04-15", "2020-04-19", "unknown"),
        ("between 2005 and 2009", "2005-01-01", "2009-12-31", "unknown"),
        ("between November and February", "2019-11-01", "2020-02-29", "unknown"),
        ("in the second quarter of 2010", "2010-04-01", "2010-06-30", "quarter"),
    ],
)
def test_a_date_is_counted_from_the_day_of_issue(words, earliest, latest, resolution):
    assert told(f"The bridge fell {words} near the mill.") == [(earliest, latest, resolution)]


@pytest.mark.parametrize(
    "text",
    [
        "The team may march to the gate.",
        "It cost $2014.",
        "The list named 1990 people.",
        "The 31st of June never came.",
        "The list has 12 names.",
    ],
)
def test_what_only_looks_like_a_date_is_none(text):
    assert told(text) == []


def test_without_a_day_of_issue_only_dates_with_a_year_are_read():
    assert told("It fell on Friday.", issued="") == []
    assert told("It fell on 3 May.", issued="2020") == []
    assert told("It fell in 1998.", issued="") == [("1998-01-01", "1998-12-31", "year")]


def test_what_lies_ahead_is_counted_forwards():
    assert told("They will talk on Friday.", ahead=True)[0][0] == "2020-12-04"
    assert told("They will talk in March.", ahead=True)[0][0] == "2021-03-01"


def test_an_adjective_of_the_election_is_its_date():
    assert told("He won the August 9 elections.") == [("2020-08-09", "2020-08-09", "day")]
