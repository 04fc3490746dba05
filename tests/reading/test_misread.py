"""Sentences that readers of causes are known to misread are read rightly, all of them."""

import pytest

from claim_cases import cases, fits, read, told

CASES = cases("misread.yaml")


def test_the_suite_is_large_enough_and_no_case_stands_twice():
    assert len(CASES) >= 140
    assert len({case["name"] for case in CASES}) == len(CASES) == len({case["text"] for case in CASES})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_it_is_not_misread(case):
    claims, _ = read(case["text"])
    for wanted in case.get("must", []):
        assert any(fits(claim, wanted) for claim in claims), f"missing {wanted} in:\n{told(claims)}"
    for unwanted in case.get("must not", []):
        wrong = [claim for claim in claims if fits(claim, unwanted)]
        assert not wrong, f"{unwanted} in:\n{told(wrong)}"
    if "none" in case:
        wrong = [claim for claim in claims if case["none"] is True or claim.relation == case["none"]]
        assert not wrong, told(wrong)
