"""Belarus runs: nothing blows up, everything moves, and the claims and narratives tell."""

import datetime as dt

import numpy as np
import pytest

from shatterbelt.case import load_case
from shatterbelt.futures import Branch, default_branches, run_futures

HEADLINE = "pressure_drives_client_west"
ASKED = dt.date(2008, 5, 1)


@pytest.fixture(scope="module")
def case():
    return load_case("belarus")


@pytest.fixture(scope="module")
def at_the_end(case):
    return run_futures(case, futures=512)


@pytest.fixture(scope="module")
def in_2008(case):
    without = Branch("A without", "A", off=(HEADLINE,))
    return run_futures(case, ASKED, (*default_branches(case), without), futures=512)


@pytest.fixture(params=["at_the_end", "in_2008"])
def found(request):
    return request.getfixturevalue(request.param)


def test_hardly_a_path_blows_up(found):
    assert (found.code_count.sel(code="ok") >= 0.99 * 512).all()
    assert (found.code_count.sum("code") == 512).all()


def test_every_quantity_is_finite_in_every_month(found):
    for name in ("paths", "quantiles", "mean", "mean_difference", "mean_difference_error"):
        lost = ~np.isfinite(found[name])
        names = found.quantity.values[lost.any([dim for dim in lost.dims if dim != "quantity"]).values]
        assert names.tolist() == [], name


def test_every_quantity_moves(case, found):
    free = found.isel(branch=0).sel(time=slice(found.attrs["as_of"], None))
    still = free.quantity.values[(free.paths.std("path").max("time") == 0).values]
    fixed = {
        name
        for name, part in case.quantities.items()
        if part.kind == "status" or (part.kind == "given" and part.then.process == "calendar")
    }
    assert set(still) <= fixed
    assert len(fixed) < len(case.quantities) / 3


def test_every_rows_quantities_move(case, found):
    free = found.isel(branch=0).sel(time=slice(found.attrs["as_of"], None))
    moving = set(free.quantity.values[(free.paths.std("path").max("time") > 0).values])
    carried = {row: {n for n, part in case.quantities.items() if row in part.rows} for row in case.about.rows}
    assert len(carried) == 24
    assert {row for row, names in carried.items() if not names & moving} == set()


def test_without_the_headline_claim_the_client_turns_west_less_often(in_2008):
    told, without = (in_2008["mean"].sel(branch=b, quantity="opening_to_west") for b in ("A", "A without"))
    after = slice("2008-07", None)
    assert (without.sel(time=after) <= told.sel(time=after)).all()
    assert without.sel(time=after).mean() < 0.9 * told.sel(time=after).mean()
    yes = in_2008.outcome_probability.sel(outcome="opening_2009")
    assert yes.sel(branch="A without") < yes.sel(branch="A")


@pytest.mark.parametrize("narrative", ["A", "B", "neither"])
def test_every_narrative_answers_some_question_unlike_the_union(in_2008, narrative):
    assert in_2008.branch.values[0] == "union"
    apart = abs(in_2008.outcome_difference.sel(branch=narrative))
    sure = apart > 3 * in_2008.outcome_difference_error.sel(branch=narrative)
    assert (sure & (apart > 0.02)).any()


def test_every_outcome_asked_that_day_is_answered(case, in_2008):
    asked = {name for name, outcome in case.about.outcomes.items() if outcome.asked == ASKED}
    assert asked
    assert set(in_2008.outcome.values) == asked
