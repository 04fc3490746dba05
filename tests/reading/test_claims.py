"""Claims are read with their ends, their sign only where told, and their words in the document's places."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claim_cases import cases, document_of, fits, read, told
from shatterbelt.reading.statements import stands
from shatterbelt.reading.valence import times

WORDS = [
    "because",
    "led",
    "to",
    "prices",
    "rose",
    "so",
    "that",
    "the",
    "more",
    ",",
    ".",
    "has",
    "less",
    "do",
    "with",
    "than",
    "if",
    "as",
    "by",
    "cutting",
    "blamed",
    "for",
    "unless",
    "should",
    "had",
    "resistance",
    "demanding",
    "in",
    "order",
    "until",
    "must",
    "'",
    '"',
    "?",
]


@pytest.mark.parametrize("case", cases("claims.yaml"), ids=lambda case: case["name"])
def test_a_claim_is_read(case):
    claims, _ = read(case["text"])
    for wanted in case.get("must", []):
        assert any(fits(claim, wanted) for claim in claims), f"missing {wanted} in:\n{told(claims)}"
    if case.get("none"):
        assert not claims, told(claims)


def test_every_span_stands_in_the_document_also_over_broken_lines_and_emphasis():
    text = 'The *drought* worsened\nflooding, which led to "unrest". As a result, families left the\ncoast.'
    document = document_of(text.replace("\n", " "))
    claims, _ = read(text.replace("\n", " "))
    assert claims
    assert all(stands(document, claim) for claim in claims)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=14))
def test_no_odd_text_breaks_the_finders(words):
    text = " ".join(words)
    claims, aims = read(text)
    document = document_of(text)
    assert all(stands(document, one) for one in (*claims, *aims))


def test_signs_multiply_and_unknown_stays_unknown():
    assert times("+", "+") == times("-", "-") == "+"
    assert times("+", "-") == times("-", "+") == "-"
    assert times("+", "unknown") == times("unknown", "-") == "unknown"


def test_the_sign_is_the_product_of_the_changes_where_both_are_told():
    for case in cases("claims.yaml") + cases("misread.yaml"):
        for claim in read(case["text"])[0]:
            if claim.relation != "cause":
                assert claim.sign == "unknown", case["name"]
            elif "unknown" not in {
                claim.sign,
                claim.cause_change,
                claim.effect_change,
            } and claim.rule.startswith(("changes", "verb")):
                assert claim.sign == times(claim.cause_change, claim.effect_change), case["name"]
