"""Answers and base rates, on series short enough to count by hand."""

import numpy as np
import pytest

from shatterbelt.errors import RequestError
from shatterbelt.record import Window, base_rate, resolve_outcome

VALUES = np.array([0.0, 1, 0, 0, 2, 0, 0, 0, 3, 0])
KNOWN = np.ones(10, dtype=bool)


@pytest.mark.parametrize(
    ("when", "test", "window", "answer"),
    [
        ("ever", ">= 2", Window(1, 2, 5), "yes"),
        ("ever", ">= 2", Window(4, 5, 7), "no"),
        ("always", "< 1", Window(4, 5, 7), "yes"),
        ("always", "< 1", Window(4, 5, 8), "no"),
        ("at close", "> 2", Window(4, 5, 8), "yes"),
        ("at close", "> 2", Window(4, 5, 9), "no"),
        ("total", ">= 3", Window(0, 1, 4), "yes"),
        ("total", "> 3", Window(0, 1, 4), "no"),
        ("change", "<= -1", Window(1, 2, 3), "yes"),
        ("change", ">= 1", Window(4, 5, 8), "yes"),
        ("change", ">= 2", Window(4, 5, 8), "no"),
    ],
)
def test_the_record_answers_a_question_that_it_covers(when, test, window, answer):
    assert resolve_outcome(VALUES, KNOWN, window, when, test) == answer


@pytest.mark.parametrize(
    ("when", "test", "answer"),
    [
        ("ever", ">= 2", "yes"),
        ("ever", ">= 9", "unknown"),
        ("always", "< 2", "no"),
        ("always", "< 9", "unknown"),
        ("total", ">= 0", "unknown"),
        ("at close", ">= 0", "unknown"),
        ("change", ">= 0", "unknown"),
    ],
)
def test_a_question_that_is_covered_in_part_is_answered_only_where_that_settles_it(when, test, answer):
    known = np.arange(10) < 6
    assert resolve_outcome(VALUES, known, Window(2, 3, 8), when, test) == answer


def test_steps_beyond_the_record_are_unknown():
    assert resolve_outcome(VALUES, KNOWN, Window(8, 9, 14), "ever", ">= 5") == "unknown"
    assert resolve_outcome(VALUES, KNOWN, Window(8, 12, 14), "total", ">= 5") == "unknown"


def test_the_base_rate_counts_the_windows_that_ended_before_the_question():
    # Three-step windows ending at steps 2..7: 0-2 has the 1 only; 2-4, 3-5, 4-6 have the 2; 1-3 and 5-7 not.
    found = base_rate(VALUES, KNOWN, Window(8, 8, 10), "ever", ">= 2")
    assert (found.count, found.windows, found.apart) == (3, 6, 2)
    assert found.rate == pytest.approx(0.5)
    assert found.smoothed == pytest.approx((2 * 0.5 + 0.5) / 3)


def test_the_base_rate_is_blind_to_the_step_of_asking_and_after():
    later = VALUES.copy()
    later[6:] = 99
    window = Window(6, 7, 8)
    assert base_rate(VALUES, KNOWN, window, "ever", ">= 2") == base_rate(later, KNOWN, window, "ever", ">= 2")


def test_windows_with_a_gap_are_not_counted():
    known = KNOWN.copy()
    known[4] = False
    found = base_rate(VALUES, known, Window(8, 8, 10), "ever", ">= 2")
    assert (found.count, found.windows) == (0, 3)


def test_a_change_counts_from_the_step_of_asking():
    ramp = np.arange(8.0)
    found = base_rate(ramp, np.ones(8, dtype=bool), Window(6, 7, 8), "change", ">= 2")
    assert (found.count, found.windows) == (4, 4)
    assert base_rate(ramp, np.ones(8, dtype=bool), Window(6, 7, 8), "change", "> 2").count == 0


def test_a_test_of_the_last_step_needs_that_step_alone():
    known = np.isin(np.arange(10), [2, 4, 6])
    found = base_rate(VALUES, known, Window(8, 8, 10), "at close", ">= 2")
    assert (found.count, found.windows, found.apart) == (1, 3, 2)


def test_without_any_window_there_is_no_rate():
    found = base_rate(VALUES, KNOWN, Window(1, 2, 9), "ever", ">= 2")
    assert (found.windows, found.rate, found.smoothed) == (0, None, 0.5)


def test_a_test_that_cannot_be_read_is_refused():
    with pytest.raises(RequestError, match="'about 3'"):
        resolve_outcome(VALUES, KNOWN, Window(0, 1, 2), "ever", "about 3")
