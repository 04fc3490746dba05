"""Tables: aligned, wrapped instead of cut, and JSON that every reader can read."""

from __future__ import annotations

import datetime as dt
import json

from hypothesis import given
from hypothesis import strategies as st

from shatterbelt.cli.tables import columns, counted, pairs, table, to_json

CELLS = st.lists(
    st.tuples(st.text("abc é中", max_size=12), st.text("xyz -", max_size=60)), min_size=1, max_size=6
)


@given(CELLS, st.integers(40, 100))
def test_a_table_keeps_every_word_and_its_width(rows: list[tuple[str, str]], width: int):
    text = table(("name", "what"), rows, width=width)
    assert max(columns(line) for line in text.splitlines()) <= width
    for _, what in rows:
        assert all(word in text for word in what.split() if len(word) < 16)


def test_columns_are_aligned_under_their_heads():
    text = table(("name", "n", "what"), [("a", "1", "first"), ("long", "100", "second")], right=[1])
    assert text.splitlines() == [
        "name    n  what",
        "----  ---  ------",
        "a       1  first",
        "long  100  second",
    ]


def test_a_long_cell_is_broken_in_its_column_and_not_cut():
    text = table(("a", "what"), [("x", "one two three four five six")], width=20)
    assert text.splitlines()[2:] == ["x  one two three", "   four five six"]


def test_wide_letters_take_two_columns_and_marks_none():
    assert (columns("ab"), columns("中文"), columns("e\u0301")) == (2, 4, 1)


def test_pairs_leave_out_what_is_empty():
    assert pairs([("name", "x"), ("nothing", ""), ("longer", "y")]) == "name    x\nlonger  y"


def test_counts_read_as_words():
    assert [counted(number, "fault") for number in (0, 1, 2)] == ["no faults", "1 fault", "2 faults"]


def test_json_has_null_for_what_is_no_number_and_dates_as_text():
    value = {"a": float("nan"), "b": (float("inf"), 1.5), "c": dt.date(2020, 11, 30), "d": "Сочи"}
    text = to_json(value)
    assert json.loads(text) == {"a": None, "b": [None, 1.5], "c": "2020-11-30", "d": "Сочи"}
    assert "Сочи" in text
