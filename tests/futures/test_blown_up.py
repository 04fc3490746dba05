"""A path that blows up is counted, coded and named; the others stand."""

import numpy as np
import pytest

from futures import toys
from model.small import claim
from shatterbelt.futures import Branch, run_futures

QUANTITIES = {
    "panic": {"title": "Panic", "kind": "level", "unit": "dimensionless", "half_life": 1, "noise": 0.3},
    "calm": {"title": "Calm", "kind": "level", "unit": "dimensionless", "half_life": 5, "noise": 0.2},
    "root": {"title": "A root", "kind": "formula", "unit": "dimensionless", "formula": "sqrt(calm + 1.2)"},
    "late": {"title": "Late", "kind": "level", "unit": "dimensionless", "half_life": 2, "noise": 0.1},
}  # fmt: skip
CLAIMS = [
    claim("panic_panic", "panic", "panic", "+", strength="strong"),
    claim("panic_late", "panic", "late", "+", lag=2),
]
FUTURES = 1000
BRANCHES = (Branch("all", "all"), Branch("tamed", "all", off=("panic_panic",)))


def quiet(*names):
    return {name: QUANTITIES[name] for name in names}


@pytest.fixture(scope="module", params=["out of bounds", "not finite"])
def run(request):
    """A run in which some paths go wrong in one way, its summary and all its paths."""
    names = (
        ("late", "calm", "panic") if request.param == "out of bounds" else ("late", "calm", "root", "panic")
    )
    claims = CLAIMS if request.param == "out of bounds" else CLAIMS[1:]
    case = toys.toy_case(quiet(*names), claims, horizon=60)
    branches = BRANCHES if request.param == "out of bounds" else BRANCHES[:1]
    found = run_futures(case, branches=branches, futures=FUTURES, threads=1)
    return request.param, found, toys.Whole(case, branches, futures=FUTURES)["all"]


def lost(kind, whole):
    """Where a path went wrong, by plain looking: [futures]."""
    if kind == "not finite":
        return ~np.isfinite(whole["root"]).all(axis=0)
    return (abs(whole["panic"]) > 60).any(axis=0)


def test_a_path_that_blows_up_is_counted_with_the_quantity_that_went_first(run):
    kind, found, whole = run
    wrong = lost(kind, whole).sum()
    assert 0.02 * FUTURES < wrong < 0.6 * FUTURES, "says nothing"
    count = found.code_count.sel(branch="all")
    assert count.sel(code=kind) == wrong
    assert count.sel(code="ok") == FUTURES - wrong
    assert count.sum() == FUTURES
    culprit = "root" if kind == "not finite" else "panic"
    by_quantity = found.code_quantity.sel(branch="all", code=kind)
    assert by_quantity.sel(quantity=culprit) == wrong
    assert by_quantity.sum() == wrong
    assert (found.code_quantity.sel(code="ok") == 0).all()


def test_the_others_stand(run):
    kind, found, whole = run
    good = ~lost(kind, whole)
    for name in ("quantiles", "mean", "mean_difference", "mean_difference_error"):
        assert np.isfinite(found[name]).all(), name
    for quantity in found.quantity.values:
        x = whole[quantity][:, good].astype(float)
        np.testing.assert_allclose(
            found["mean"].sel(branch="all", quantity=quantity), x.mean(axis=1), rtol=1e-3, atol=1e-4
        )
        median = found.quantiles.sel(branch="all", quantity=quantity, level=0.5)
        share = (x <= median.values[:, None]).mean(axis=1)
        np.testing.assert_allclose(share, 0.5, atol=0.05)


def test_kept_paths_carry_their_code(run):
    kind, found, whole = run
    wrong = lost(kind, whole)[:24]
    assert wrong.any()
    codes = found.code.values[found.path_code.sel(branch="all").values]
    assert (codes == np.where(wrong, kind, "ok")).all()


def test_an_outcome_counts_the_futures_that_stand():
    wild = toys.outcome("late", "ever", "> 0.1", opens="2004-01", closes="2008-12")
    case = toys.toy_case(quiet("late", "panic"), CLAIMS, horizon=60, outcomes={"moves": wild})
    found = run_futures(case, branches=BRANCHES, futures=FUTURES, threads=1)
    whole = toys.Whole(case, BRANCHES, futures=FUTURES)
    good = ~lost("out of bounds", whole["all"])
    assert found.code_count.sel(branch="tamed", code="ok") == FUTURES
    yes, tamed = ((whole[b]["late"][36:] > np.float32(0.1)).any(axis=0) for b in ("all", "tamed"))
    first = found.sel(branch="all", outcome="moves")
    assert first.outcome_futures == good.sum() < FUTURES
    assert first.outcome_probability == pytest.approx(yes[good].mean())
    second = found.sel(branch="tamed", outcome="moves")
    assert second.outcome_futures == FUTURES
    assert second.outcome_probability == pytest.approx(tamed.mean())
    apart = tamed[good].astype(float) - yes[good]  # pairs: futures that stand in both
    assert second.outcome_difference == pytest.approx(apart.mean())
    assert second.outcome_difference_error == pytest.approx(apart.std() / np.sqrt(good.sum()))


def test_a_case_in_which_every_path_blows_up_is_still_told():
    panic = {**QUANTITIES["panic"], "noise": 0.0}
    case = toys.toy_case({"panic": panic, "root": {**QUANTITIES["root"], "formula": "log(panic - 1)"}}, [])
    found = run_futures(case, futures=300, threads=1)
    assert found.code_count.isel(branch=0).values.tolist() == [0, 300, 0]
    assert found.code_quantity.isel(branch=0).sel(code="not finite", quantity="root") == 300
    assert (found.path_code == 1).all()
