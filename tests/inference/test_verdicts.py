"""What the record says of a claim: the rule of the verdicts, and how they stand beside those by hand."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy.stats import norm

from shatterbelt.case import load_case
from shatterbelt.errors import RequestError
from shatterbelt.inference.agreement import FILE, Judged, compared, read_judged
from shatterbelt.inference.diagnostics import diagnose, touched
from shatterbelt.inference.verdicts import (
    MOVED,
    SMALL_SURE,
    STILL_PRIOR,
    SURE,
    VERDICTS,
    by_strength,
    overlap,
    verdict_of,
    verdicts,
)
from shatterbelt.statements import Claim

PRIOR = norm.cdf(0.5)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "fit.md"
EXAMPLE = re.compile(
    r"^\| (-?[\d.]+) ± ([\d.]+) \| (\d+) % \| ([\d.]+) % \| ([\d.]+) \| ([^|]+)\|$", re.MULTILINE
)
CHANCES = st.floats(0.001, 0.999)


def claim(id_: str, sign: str = "+") -> Claim:
    return TypeAdapter(Claim).validate_python(
        {"id": id_, "title": f"Title of {id_}", "cause": "one", "effect": "other", "sign": sign,
         "evidence": [{"publication": "someone1999", "finding": "a finding in a test"}]}
    )  # fmt: skip


def tree(**claims: tuple[tuple[float, float], tuple[float, float]]) -> xr.DataTree:
    """A fit whose weights have a mean and a standard deviation before and after, as exact quantiles."""
    z = norm.ppf((np.arange(4000) + 0.5) / 4000)

    def group(which: int) -> xr.Dataset:
        columns = [pair[which][0] + pair[which][1] * z for pair in claims.values()]
        return xr.Dataset(
            {"weight": (("chain", "draw", "claim"), np.stack(columns, -1)[None])}, {"claim": list(claims)}
        )

    return xr.DataTree.from_dict({"prior": group(0), "posterior": group(1)})


def said(before: tuple[float, float], after: tuple[float, float], sign: str = "+"):
    return verdicts(tree(one=(before, after)), [claim("one", sign)])[0]


# ---------------------------------------------------------------------------------- the numbers


def test_the_numbers_of_a_claim_are_those_of_its_draws():
    one = said((0.5, 1.0), (1.0, 0.5))
    assert one.prior[:2] == pytest.approx((0.5, 1.0), abs=1e-3)
    assert one.posterior == pytest.approx((1.0, 0.5, 1 - 0.5 * 1.645, 1 + 0.5 * 1.645), abs=2e-3)
    assert one.prior_sign == pytest.approx(PRIOR, abs=1e-3)
    assert one.posterior_sign == pytest.approx(norm.cdf(2.0), abs=1e-3)
    assert one.variance_left == pytest.approx(0.25, abs=1e-3)
    assert one.little == pytest.approx(norm.cdf(-1.6) - norm.cdf(-2.4), abs=1e-3)


def test_a_record_that_says_nothing_leaves_all_prior_and_the_odds_as_they_were():
    one = said((0.5, 1.0), (0.5, 1.0))
    assert one.still_prior == pytest.approx(1.0, abs=0.02)
    assert one.odds == pytest.approx(1.0)
    assert one.verdict == "cannot tell"


@pytest.mark.parametrize("apart", [0.5, 1.0, 2.0])
def test_a_weight_that_moved_as_a_whole_is_no_longer_prior_though_as_wide_as_before(apart: float):
    one = said((0.5, 1.0), (0.5 + apart, 1.0))
    assert one.variance_left == pytest.approx(1.0)
    assert one.still_prior == pytest.approx(2 * norm.cdf(-apart / 2), abs=0.02)


def test_a_posterior_in_two_places_is_no_longer_prior_though_as_wide_as_before():
    rng = np.random.default_rng(0)
    twice = np.concatenate([rng.normal(-1, 0.05, 500), rng.normal(1, 0.05, 500)])
    assert twice.std() == pytest.approx(1.0, abs=0.02)
    assert overlap(rng.normal(0, 1, 1000), twice) < 0.6


def test_a_weight_that_is_known_exactly_is_no_longer_prior():
    assert overlap(np.linspace(-1, 1, 50), np.ones(50)) == 0.0


@pytest.mark.parametrize("mean", [-1.5, -0.4, 0.0, 0.4, 1.5])
def test_a_negative_claim_is_judged_as_its_mirror_image(mean: float):
    plus, minus = said((0.5, 1.0), (mean, 0.4)), said((-0.5, 1.0), (-mean, 0.4), "-")
    assert plus.verdict == minus.verdict
    assert plus.posterior_sign == pytest.approx(minus.posterior_sign)


def test_a_claim_that_was_not_fitted_has_no_verdict():
    found = verdicts(tree(one=((0.5, 1), (1, 0.1))), [claim("one"), claim("two")])
    assert [one.id for one in found] == ["one"]


def test_a_fit_without_claims_has_no_verdicts():
    empty = xr.DataTree.from_dict({"prior": xr.Dataset(), "posterior": xr.Dataset()})
    assert verdicts(empty, [claim("one")]) == []


def test_the_gain_of_forecasts_is_passed_on_and_absent_where_it_was_not_measured():
    both = tree(one=((0.5, 1), (1, 0.1)), two=((0.5, 1), (1, 0.1)))
    one, two = verdicts(both, [claim("one"), claim("two")], {"one": (-0.4, 0.2)})
    assert one.gain == (-0.4, 0.2)
    assert all(math.isnan(number) for number in two.gain)


# ------------------------------------------------------------------------------------ the rule


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        ((1.5, 0.5), "supported"),
        ((0.8, 0.6), "leans for"),
        ((0.35, 0.7), "cannot tell"),
        ((-0.4, 0.6), "leans against"),
        ((-1.5, 0.5), "contradicted"),
    ],
)
def test_verdicts_go_from_supported_to_contradicted_as_the_weight_falls(after, verdict: str):
    assert said((0.5, 1.0), after).verdict == verdict


def test_a_weight_that_the_record_pins_to_nothing_speaks_against_the_claim():
    one = said((0.5, 1.0), (0.02, 0.08))
    assert (one.verdict, one.why) == ("leans against", "little or no effect")


def test_a_small_effect_of_the_claimed_sign_is_supported_all_the_same():
    assert said((0.5, 1.0), (0.15, 0.03)).verdict == "supported"


def test_the_claims_of_what_nobody_observes_need_more_than_their_better_start():
    start = norm.cdf(1.0)
    assert verdict_of(start, 0.93, 0.5, 0.0)[0] == "cannot tell"
    assert verdict_of(PRIOR, 0.93, 0.5, 0.0)[0] == "leans for"


@given(before=CHANCES, after=CHANCES, still=st.floats(0, 1), little=st.floats(0, 1))
def test_no_claim_is_backed_with_odds_that_fell_or_opposed_with_odds_that_rose(before, after, still, little):
    verdict, why = verdict_of(before, after, still, little)
    assert verdict in VERDICTS
    if verdict in {"supported", "leans for"}:
        assert after > before
    if verdict in {"contradicted", "leans against"} and not why.startswith("little"):
        assert after < before


def test_a_sign_that_is_still_the_likelier_one_is_not_opposed_however_much_it_lost():
    assert verdict_of(norm.cdf(1.0), 0.59, 0.5, 0.0)[0] == "cannot tell"


@given(after=CHANCES, still=st.floats(0, 1))
def test_an_unknown_sign_is_judged_the_same_both_ways(after, still):
    opposite = dict(zip(VERDICTS, reversed(VERDICTS), strict=True))
    assert opposite[verdict_of(0.5, after, still, 0.0)[0]] == verdict_of(0.5, 1 - after, still, 0.0)[0]


@given(before=CHANCES, after=CHANCES, little=st.floats(0, 1))
def test_a_weight_that_is_where_it_was_is_never_judged(before, after, little):
    assert verdict_of(before, after, 0.9, little)[0] == "cannot tell"


@pytest.mark.parametrize(
    ("mean", "words"), [(1.5, "raises"), (-1.5, "lowers"), (0.0, "cannot tell"), (0.5, "leans to raising")]
)
def test_the_verdict_on_an_unknown_sign_says_which_way_it_goes(mean: float, words: str):
    assert said((0.0, 1.0), (mean, 0.5), "unknown").words == words


def test_claims_are_sorted_from_the_best_supported_to_the_most_contradicted():
    before = (0.5, 1.0)
    both = tree(a=(before, (-2, 0.5)), b=(before, (0.3, 0.9)), c=(before, (1.2, 0.5)), d=(before, (2, 0.5)))
    found = by_strength(verdicts(both, [claim(name) for name in "abcd"]))
    assert [one.id for one in found] == ["d", "c", "b", "a"]


def test_the_examples_of_the_page_are_what_the_rule_says():
    text = PAGE.read_text(encoding="utf-8")
    rows = EXAMPLE.findall(text)
    assert len(rows) >= 5
    for mean, sd, still, sign, moved, verdict in rows:
        one = said((0.175, 0.35), (float(mean), float(sd)))
        assert 100 * one.still_prior == pytest.approx(float(still), abs=1.6)
        assert 100 * one.posterior_sign == pytest.approx(float(sign), abs=0.6)
        assert one.odds == pytest.approx(float(moved), rel=0.15)
        assert verdict.strip().startswith(one.verdict)


def test_the_rule_on_the_page_has_the_limits_of_the_code():
    text = PAGE.read_text(encoding="utf-8")
    for says in (
        f"still prior > {STILL_PRIOR:.0%}",
        f"P(sign) >= {SURE:.0%}, moved >= {MOVED:g}",
        f"P(sign) <= {1 - SURE:.0%}, moved <= 1/{MOVED:g}",
        f"P(little) >= {SMALL_SURE:.0%}",
    ):
        assert says.replace("%", " %") in text


# ------------------------------------------------------------------------------------- by hand


def beside(by_hand: str, *means: float) -> str:
    names = [f"claim{place}" for place in range(len(means))]
    before = (0.5, 1.0)
    pairs = {name: (before, (mean, 0.4)) for name, mean in zip(names, means, strict=True)}
    found = verdicts(tree(**pairs), [claim(name) for name in names]) if names else []
    return compared([Judged(1, by_hand, tuple(names), "")], found)[0].agreement


@pytest.mark.parametrize(
    ("by_hand", "means", "agreement"),
    [
        ("confirmed", [1.5], "agree"),
        ("partly", [1.5], "agree"),
        ("contradicted", [-1.5], "agree"),
        ("confirmed", [-1.5], "differ"),
        ("contradicted", [1.5], "differ"),
        ("confirmed", [0.2], "only by hand"),
        ("can't judge", [1.5], "only the fit"),
        ("can't judge", [0.2], "both open"),
        ("confirmed", [], "not modelled"),
        ("confirmed", [1.5, 0.2], "agree"),
        ("confirmed", [1.5, -1.5], "only by hand"),
    ],
)
def test_a_verdict_by_hand_is_set_beside_the_fits(by_hand: str, means: list[float], agreement: str):
    assert beside(by_hand, *means) == agreement


def test_the_verdicts_by_hand_of_the_bundled_case_name_claims_that_it_has():
    case = load_case("belarus")
    judged = read_judged(Path(case.folder) / FILE)
    assert [one.statement for one in judged] == list(range(1, 51))
    assert {name for one in judged for name in one.claims} <= {one.id for one in case.claims}
    assert all(one.why for one in judged)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("number,verdict\n", ":1: the columns are number, verdict"),
        ("", ":1: the columns are missing"),
        ("statement,by_hand,claims,why\nx,partly,,\n", ":2: a line is a whole number"),
        ("statement,by_hand,claims,why\n1,maybe,,\n", ":2 by_hand: 'maybe' is no verdict"),
    ],
)
def test_a_table_by_hand_that_cannot_be_read_is_told_with_its_line(tmp_path: Path, text: str, says: str):
    path = tmp_path / FILE
    path.write_text(text)
    with pytest.raises(RequestError) as fault:
        read_judged(path)
    assert says in str(fault.value)


# --------------------------------------------------------------------------------- diagnostics


def test_independent_draws_of_one_distribution_pass():
    rows = np.random.default_rng(0).standard_normal((2, 2000, 3))
    found = diagnose(rows, ["a", "b", "c"], {})
    assert found.passed
    assert found.failures() == []
    assert found.divergences == 0


def test_chains_that_disagree_fail_and_are_named_worst_first():
    rows = np.random.default_rng(0).standard_normal((2, 2000, 3))
    rows[1, :, 1] += 1.0
    rows[1, :, 2] += 3.0
    found = diagnose(rows, ["a", "b", "c"], {})
    assert not found.passed
    assert [line.partition(":")[0] for line in found.failures()] == ["c", "b"]


def test_too_few_draws_fail_however_good_they_are():
    rows = np.random.default_rng(0).standard_normal((2, 100, 1))
    assert not diagnose(rows, ["a"], {}).passed


def test_a_parameter_that_never_moves_fails():
    rows = np.random.default_rng(0).standard_normal((2, 2000, 2))
    rows[..., 1] = 0.5
    rows[0, 0, 1] = np.nan
    assert not diagnose(rows, ["a", "stuck"], {}).passed


def test_divergences_are_told_with_the_parameters_that_they_touch():
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((2, 2000, 3))
    diverging = rows[..., 1] > 2.5
    found = diagnose(rows, ["a", "b", "c"], {"diverging": diverging})
    assert found.divergences == diverging.sum()
    assert found.touched[0] == "b"
    assert found.passed


def test_without_divergences_nothing_is_touched():
    rows = np.random.default_rng(0).standard_normal((2, 50, 3))
    assert touched(rows, ["a", "b", "c"], np.zeros((2, 50), bool)) == ()
