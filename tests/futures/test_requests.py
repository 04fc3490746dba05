"""What cannot be run is refused in words: what is wrong, what is allowed, what to try."""

import datetime as dt

import pytest

from futures import toys
from shatterbelt.errors import RequestError
from shatterbelt.futures import Branch, Hold, Shock, default_branches, run_futures

CASE = toys.asked_case()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"futures": 0}, r"futures is 0; allowed: 1 to 100000000"),
        ({"futures": -4}, r"futures is -4; allowed: 1 to"),
        ({"futures": 200_000_000}, r"futures is 200000000; allowed: 1 to"),
        ({"seed": -1}, r"seed is -1; allowed: a whole number from 0 to 2147483647"),
        ({"seed": 2**31}, r"seed is 2147483648; allowed"),
        ({"as_of": dt.date(2000, 5, 1)}, r"2000-05-01 is before the case's first month \(2001-01\)"),
        ({"as_of": dt.date(2001, 1, 30)}, r"as-of date 2001-01-30 is before the case's first month"),
        ({"until": "2003-12"}, r"until 2003-12 is not after the as-of date 2004-01-01"),
        ({"until": "1999-01"}, r"until 1999-01 is no month of the case"),
        ({"until": "next year"}, r"until next year is no month of the case"),
        ({"until": "2900-01"}, r"10789 steps are too many \(5000 at most\); choose an earlier month"),
        ({"as_of": dt.date(2002, 7, 1), "until": "2002-06"}, r"2002-06 is not after the as-of date 2002-07"),
    ],
    ids=str,
)  # fmt: skip
def test_a_number_or_date_that_cannot_be_is_refused(options, said):
    with pytest.raises(RequestError, match=said):
        run_futures(CASE, **options)


@pytest.mark.parametrize(
    ("branch", "said"),
    [
        (Branch("x", "al"), r"the case has no narrative 'al'; did you mean 'all'\?"),
        (Branch("x", "all", off=("raid_law",)), r"no claim 'raid_law'; did you mean 'raids_law'\?"),
        (Branch("x", "all", on=("zzz",)), r"the case has no claim 'zzz'$"),
        (Branch("x", "all", holds=(Hold("tempr", 1, "2004-01"),)), r"'tempr'; did you mean 'temper'\?"),
        (Branch("x", "all", shocks=(Shock("lawn", 1, "2004-01"),)), r"'lawn'; did you mean 'law'\?"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_name_that_the_case_does_not_have_is_refused_with_the_nearest(branch, said):
    with pytest.raises(RequestError, match=said):
        run_futures(CASE, branches=(Branch("all", "all"), branch))


def test_a_shocked_formula_is_refused():
    mix = {"title": "A formula", "kind": "formula", "unit": "dimensionless", "formula": "2 * temper"}
    case = toys.toy_case({**toys.QUANTITIES, "mix": mix})
    with pytest.raises(
        RequestError, match=r"shock mix=1@2004-02: mix .*follows from other.*; shock one of those"
    ):
        run_futures(case, branches=(Branch("x", "all", shocks=(Shock("mix", 1.0, "2004-02"),)),))


def test_an_unknown_narrative_names_all_there_are():
    with pytest.raises(
        RequestError, match=r"no narrative 'nine'; there are: all, none; did you mean 'none'\?"
    ):
        default_branches(CASE, ["nine"])
