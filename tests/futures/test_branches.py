"""Branches share their random numbers, so that what differs between two is what was done, and only that."""

import numpy as np
import pytest
import xarray as xr

from futures import toys
from model import small
from shatterbelt.case.formulas import names
from shatterbelt.futures import Branch, Hold, Shock, default_branches, run_futures
from shatterbelt.model.compile import compile_case

CASE = small.small_case()
OFF = ("burden_price", "crowd_support", "pressure_ban")
BRANCHES = (
    Branch("all", "all"),
    Branch("again", "all"),
    Branch("none", "none"),
    Branch("by hand", "all", off=tuple(claim.id for claim in CASE.claims)),
    Branch("one by one", "none", on=tuple(claim.id for claim in CASE.claims)),
    *(Branch(f"without {claim}", "all", off=(claim,)) for claim in OFF),
    Branch("held", "all", holds=(Hold("room", 1.5, "2003-02", "2004-05"), Hold("pressure", 6, "2004-03"))),
    Branch("pushed", "all", shocks=(Shock("room", 2.0, "2004-02"), Shock("listed", 30.0, "2004-02"))),
    Branch("incited", "all", shocks=(Shock("pressure", 3.0, "2004-02"), Shock("ban", 5.0, "2004-02"))),
)


@pytest.fixture(scope="module")
def found():
    return run_futures(CASE, branches=BRANCHES, futures=300, seed=3, threads=1)


def downstream(*changed):
    """Every quantity that a change of some can reach, by claims, their conditions and formulas."""
    arrows = [(c.cause, c.effect) for c in CASE.claims]
    arrows += [(c.when.quantity, c.effect) for c in CASE.claims if c.when]
    for name, part in compile_case(CASE).quantities.items():
        arrows += [(cause, name) for formula in part.formulas.values() for cause in names(formula)]
    reached = set(changed)
    while new := {effect for cause, effect in arrows if cause in reached} - reached:
        reached |= new
    return reached


def moved(found, branch):
    """The quantities whose paths or means differ from the first branch's anywhere."""
    paths = (found.paths.sel(branch=branch) != found.paths.isel(branch=0)).any(["path", "time"])
    means = (found.mean_difference.sel(branch=branch) != 0).any("time")
    return set(found.quantity.values[(paths | means).values])


def test_a_branch_in_which_nothing_is_done_differs_nowhere(found):
    assert moved(found, "again") == set()
    assert (found.mean_difference.sel(branch="again") == 0).all()
    assert (found.mean_difference_error.sel(branch="again") == 0).all()
    xr.testing.assert_equal(
        found.quantiles.sel(branch="again", drop=True), found.quantiles.sel(branch="all", drop=True)
    )


@pytest.mark.parametrize("claim", OFF)
def test_a_claim_that_is_off_changes_only_what_is_downstream_of_it(found, claim):
    effect = next(c.effect for c in CASE.claims if c.id == claim)
    changed = moved(found, f"without {claim}")
    assert effect in changed
    assert changed <= downstream(effect)
    assert downstream(effect) < set(found.quantity.values), "nothing could have gone wrong"


@pytest.mark.parametrize(("narrative", "by_hand"), [("none", "by hand"), ("all", "one by one")])
def test_a_narrative_is_its_claims_switched_on_and_off_by_hand(found, narrative, by_hand):
    for name in ("paths", "quantiles", "mean", "code_count"):
        one, other = (
            found[name].sel(branch=b).drop_vars(("branch", "narrative", "set")) for b in (narrative, by_hand)
        )
        xr.testing.assert_equal(one, other)
    assert moved(found, "none") >= {"room", "pressure", "support"}


def test_a_hold_gives_exactly_its_value_in_its_months_and_frees_after(found):
    room = found.paths.sel(branch="held", quantity="room")
    assert (room.sel(time=slice("2003-02", "2004-05")) == 1.5).all()
    assert (room.sel(time="2003-01") != 1.5).all()
    assert (room.sel(time=slice("2004-06", None)) != 1.5).all()
    assert (found.quantiles.sel(branch="held", quantity="room", time="2004-05") == 1.5).all()


def test_a_hold_without_an_end_lasts(found):
    pressure = found.paths.sel(branch="held", quantity="pressure")
    assert (pressure.sel(time=slice("2004-03", None)) == 6).all()
    assert (pressure.sel(time="2004-02") != 6).any()


def test_before_anything_is_done_nothing_differs(found):
    before = found.mean_difference.sel(time=slice(None, "2004-01"))
    assert (before.sel(branch=["pushed", "incited"]) == 0).all()
    assert (found.mean_difference.sel(branch="held", time=slice(None, "2003-01")) == 0).all()


@pytest.mark.parametrize(
    ("branch", "quantity", "size"),
    [("pushed", "room", 2.0), ("pushed", "listed", 30.0), ("incited", "pressure", 0.5),
     ("incited", "ban", 0.3)],
)  # fmt: skip
def test_a_shock_pushes_in_its_direction_in_its_month(found, branch, quantity, size):
    apart = found.paths.sel(branch=branch, time="2004-02") - found.paths.sel(branch="all", time="2004-02")
    apart = apart.sel(quantity=quantity)
    assert (apart >= 0).all()
    assert apart.mean() >= size * 0.999
    if branch == "pushed":  # levels by swings and stocks by their unit: the same in every future
        np.testing.assert_allclose(apart, size, rtol=1e-4)


def test_every_branch_says_what_is_done_in_it(found):
    said = dict(zip(found.branch.values, found["set"].values, strict=True))
    assert said["all"] == said["none"] == ""
    assert said["without burden_price"] == "--off burden_price"
    assert said["held"] == "--set room=1.5@2003-02..2004-05 --set pressure=6@2004-03.."
    assert said["pushed"] == "--shock room=2@2004-02 --shock listed=30@2004-02"


def test_without_branches_every_narrative_is_run_the_default_first():
    about = CASE.about.model_copy(update={"default_narrative": "none"})
    assert [b.name for b in default_branches(CASE.model_copy(update={"about": about}))] == ["none", "all"]
    assert [b.name for b in default_branches(toys.toy_case(narratives={}, default_narrative=""))] == [
        "no claims"
    ]
