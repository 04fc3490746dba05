"""The alignment against a plain, slow one written from its definition."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shatterbelt.documents import text_of
from shatterbelt.documents.align import MORE, align, approximate
from shatterbelt.documents.words import codes_of, fingerprint

PATIENT = settings(deadline=None)

CODES = st.lists(st.integers(0, 3), min_size=1, max_size=6)


def cheapest(quote, window):
    """The least cost of matching the whole quote with any part of the window, by trying everything."""
    best = float("inf")
    for first in range(len(window) + 1):
        for last in range(first, len(window) + 1):
            best = min(best, cost(tuple(quote), tuple(window[first:last]), False, {}))
    return best


def cost(quote, part, in_run, known):
    key = (len(quote), len(part), in_run)
    if key not in known:
        ways = [0.0] if not quote and not part else []
        if quote and part:
            ways.append((quote[0] != part[0]) + cost(quote[1:], part[1:], False, known))
        if quote:
            ways.append(1 + cost(quote[1:], part, False, known))
        if part:
            ways.append((MORE if in_run else 1) + cost(quote, part[1:], True, known))
        known[key] = min(ways)
    return known[key]


@PATIENT
@given(CODES, st.lists(st.integers(0, 3), min_size=1, max_size=8))
def test_the_cost_is_the_least_of_all_alignments(quote, window):
    first, last, found = align(np.array(quote, np.uint16), np.array(window, np.uint16))
    assert np.isclose(found, cheapest(quote, window))
    assert np.isclose(found, cost(tuple(quote), tuple(window[first:last]), False, {}))


def test_places_come_best_first_and_do_not_overlap():
    passage = "one two three four five six seven eight nine ten"
    worse = passage.replace("five", "vijf")
    words = text_of(f"{worse} some other words stand here between {passage}").words
    matches = approximate(codes_of(fingerprint(passage)), words)
    assert [round(match.cost, 6) for match in matches] == [0, 1]
    assert matches[0].first == 16
    assert matches[1].last <= 10


def test_the_order_of_the_words_counts():
    passage = "one two three four five six seven eight nine ten"
    backwards = " ".join(reversed(passage.split()))
    assert approximate(codes_of(fingerprint(passage)), text_of(backwards).words) == []
