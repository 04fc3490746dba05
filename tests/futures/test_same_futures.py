"""The same seed gives the same futures: however many, on however many threads, to whatever horizon."""

import pytest
import xarray as xr

from futures import toys
from shatterbelt.futures import Branch, Hold, run_futures

BRANCHES = (Branch("all", "all"), Branch("held", "all", holds=(Hold("temper", 1.0, "2003-05", "2004-02"),)))


def run(**options):
    return run_futures(
        toys.asked_case(), branches=BRANCHES, **{"futures": 1000, "seed": 7, "threads": 1, **options}
    )


@pytest.fixture(scope="module")
def thousand():
    return run()


def test_the_first_paths_are_the_same_however_many_futures_are_run(thousand):
    few = run(futures=300)
    assert few.sizes["path"] == thousand.sizes["path"] == 24
    xr.testing.assert_equal(few.paths, thousand.paths)
    xr.testing.assert_equal(few.path_code, thousand.path_code)
    assert (few.code_count.sum("code") == 300).all()
    assert (thousand.code_count.sum("code") == 1000).all()


def test_fewer_futures_than_paths_are_all_kept(thousand):
    five = run(futures=5)
    xr.testing.assert_equal(five.paths, thousand.paths.isel(path=slice(0, 5)))


def test_threads_change_nothing(thousand):
    two = run(threads=2)
    two.attrs["created"] = thousand.attrs["created"]
    xr.testing.assert_identical(two, thousand)


def test_another_seed_gives_other_futures(thousand):
    other = run(seed=8)
    for name in ("temper", "raids", "law", "fund"):
        assert (other.paths.sel(quantity=name) != thousand.paths.sel(quantity=name)).any(), name
    assert (abs(other["mean"] - thousand["mean"]).sel(quantity="temper") < 0.3).all()  # yet of the same world


@pytest.mark.parametrize("until", ["2004-04", "2013-01"])
def test_another_horizon_gives_the_same_months(thousand, until):
    other = run(until=until)
    months = min(other.sizes["time"], thousand.sizes["time"])
    assert other.sizes["time"] != thousand.sizes["time"]
    early = slice(0, months)
    xr.testing.assert_equal(other.paths.isel(time=early), thousand.paths.isel(time=early))


def test_progress_is_told_up_to_the_end():
    told = []
    run(futures=600, until="2004-01", progress=lambda done, wanted: told.append((done, wanted)))
    assert told == [(256, 600), (512, 600), (600, 600)]
