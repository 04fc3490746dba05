"""Words for probabilities, and numbers as they stand beside them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shatterbelt.report import words

PROBABILITIES = st.floats(min_value=0, max_value=1)


@given(PROBABILITIES)
def test_a_probability_lies_within_the_reach_that_stands_beside_its_word(p):
    for scale in words.SCALES.values():
        band = scale.word(p)
        assert band.low <= p <= band.high
        assert band.reach in str(band)


@given(PROBABILITIES, PROBABILITIES)
def test_a_higher_probability_never_gets_a_lower_band(p, q):
    low, high = sorted((p, q))
    for scale in words.SCALES.values():
        assert scale.word(low).low <= scale.word(high).low


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0, "almost no chance (below 1 %)"),
        (0.0099, "almost no chance (below 1 %)"),
        (0.01, "almost no chance (1–5 %)"),
        (0.05, "very unlikely (5–20 %)"),
        (0.2, "unlikely (20–45 %)"),
        (0.45, "roughly even chance (45–55 %)"),
        (0.55, "likely (55–80 %)"),
        (0.634, "likely (55–80 %)"),
        (0.8, "very likely (80–95 %)"),
        (0.95, "almost certain (95–99 %)"),
        (0.99, "almost certain (99 % or more)"),
        (1.0, "almost certain (99 % or more)"),
    ],
)
def test_icd_203_gives_a_boundary_to_the_band_above(p, text):
    assert str(words.ICD_203.word(p)) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.05, "remote chance (below 5 %)"),
        (0.07, "between remote chance and highly unlikely (5–10 %)"),
        (0.1, "highly unlikely (10–20 %)"),
        (0.22, "between highly unlikely and unlikely (20–25 %)"),
        (0.4, "realistic possibility (40–50 %)"),
        (0.5, "between realistic possibility and likely (50–55 %)"),
        (0.75, "likely (55–75 %)"),
        (0.92, "between highly likely and almost certain (90–95 %)"),
        (0.97, "almost certain (95 % or more)"),
    ],
)
def test_phia_gives_a_number_in_a_gap_both_neighbours_words(p, text):
    assert str(words.PHIA.word(p)) == text


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_what_is_no_probability_has_no_word(p):
    for scale in words.SCALES.values():
        with pytest.raises(ValueError, match="from 0 to 1"):
            scale.word(p)


def test_a_frequency_shows_no_more_digits_than_its_error_earns():
    assert words.frequency(0.6341, 0.0048, 10_000) == "63.4 ± 0.5 %"
    assert words.frequency(0.6341, 0.02, 600) == "63 ± 2 %"
    assert words.frequency(0.00012, 0.00003, 100_000) == "0.01 ± 0.00 %"


def test_no_future_at_all_is_not_an_impossibility():
    assert words.frequency(0.0, 0.0, 10_000) == "none of 10,000 (below 0.03 %)"
    assert words.frequency(1.0, 0.0, 500) == "all of 500"


def test_differences_carry_their_sign_and_error():
    assert words.difference(-0.123, 0.004) == "−12.3 ± 0.4"
    assert words.difference(0.05, 0.012) == "+5 ± 1"


@given(st.floats(min_value=1e-6, max_value=1e9))
def test_a_plain_number_reads_back_within_its_rounding(value):
    assert float(words.plain(value).replace(",", "")) == pytest.approx(value, rel=6e-3)


def test_a_difference_with_its_error_shows_no_more_digits_than_the_error_earns():
    assert words.signed(0.2143, 0.081) == "+0.214 ± 0.081"
    assert words.signed(-0.2143, 0.31) == "−0.21 ± 0.31"
    assert words.signed(-0.001, 0.31) == "0.00 ± 0.31"
    assert words.signed(12.3, 4.2) == "+12.3 ± 4.2"


def test_a_difference_without_an_error_says_so():
    assert words.signed(-0.2143, math.inf) == "−0.21 (no error: too few days)"
    assert words.signed(-math.inf, math.inf) == "−∞"
    assert words.signed(math.nan, 0.1) == "–"


def test_confidence_stands_in_its_own_sentence_and_names_the_range():
    priors = [False, False]
    low = f"Confidence: low; {words.UNFITTED}."
    assert words.confidence(priors, [0.12, 0.634]) == f"{low} Across the narratives: 12 % to 63 %."
    assert words.confidence(priors, [0.741, 0.742]) == f"{low} All narratives: 74 %."
    assert words.confidence([False], [0.5]) == low


def test_a_fit_alone_earns_no_more_than_low_confidence_and_scores_earn_nothing_without_a_fit():
    earned = {"level": "moderate", "why": "it beat its rivals"}
    assert words.confidence([True], [0.5]) == f"Confidence: low; {words.UNSCORED}."
    assert words.confidence([True], [0.5], earned) == "Confidence: moderate; it beat its rivals."
    assert words.confidence([False], [0.5], earned) == f"Confidence: low; {words.UNFITTED}."


def test_confidence_is_that_of_the_branch_that_gives_the_number_and_tells_of_the_others():
    earned = {"level": "moderate", "why": "it beat its rivals"}
    assert words.confidence([True, True], [0.1, 0.2], earned).startswith(
        "Confidence: moderate; it beat its rivals. Across the narratives: "
    )
    mixed = words.confidence([False, True], [0.12, 0.634], earned)
    spread = "Across the narratives, some fitted and some on priors: 12 % to 63 %."
    assert mixed == f"Confidence: low; {words.UNFITTED}. {spread}"
