"""The page of futures lists what a real dataset has, and its code runs."""

import re
from pathlib import Path

import pytest
import xarray as xr

from futures import toys
from shatterbelt.api import load
from shatterbelt.futures import Branch, run_futures
from shatterbelt.futures import ensemble as made
from shatterbelt.futures.block import BLOCK, CODES, FAR, FAR_STOCK
from shatterbelt.futures.dataset import QUANTILES
from shatterbelt.futures.world import PAST_DRAWS
from shatterbelt.model.kinds import MOST_EVENTS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "futures.md").read_text(encoding="utf-8")


def table(heading):
    """The rows of the table under a heading: first cell without its code marks -> the other cells."""
    part = re.split(rf"^#+ {heading}$", PAGE, flags=re.MULTILINE)[1]
    part = re.split(r"^#+ ", part, flags=re.MULTILINE)[0]
    lines = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| `")]
    return {cells[0].strip().strip("`"): [cell.strip().strip("`") for cell in cells[1:]] for cells in lines}


@pytest.fixture(scope="module")
def found():
    branches = (Branch("all", "all"), Branch("none", "none"))
    return run_futures(toys.asked_case(), branches=branches, futures=30, threads=1)


def test_every_variable_stands_on_the_page_with_its_dimensions(found):
    said = {name: tuple(cells[0].split()) for name, cells in table("Variables").items()}
    assert said == {name: array.dims for name, array in found.data_vars.items()}
    assert all(len(unit) > 2 and len(meaning) > 5 for _, unit, meaning in table("Variables").values())


def test_every_coordinate_stands_on_the_page(found):
    said = {name: (cells[0],) for name, cells in table("Dimensions and coordinates").items()}
    assert said == {name: array.dims for name, array in found.coords.items()}
    assert {dim for dims in said.values() for dim in dims} == set(found.dims)


def test_every_attribute_stands_on_the_page(found):
    assert set(table("Attributes")) == set(found.attrs)


def test_every_code_stands_on_the_page(found):
    assert tuple(table("Codes")) == CODES == tuple(found.code.values)


def test_the_numbers_on_the_page_are_those_of_the_program():
    assert f"blocks of {BLOCK}" in PAGE
    assert f"one of {PAST_DRAWS} draws" in PAGE
    assert f"the first {made.SAMPLE_PATHS} |" in PAGE
    assert f"counts at {len(made.LEVELS)} thresholds" in PAGE
    assert ", ".join(f"{level:g}" for level in QUANTILES) in PAGE
    assert f"more than {FAR:g} typical swings from usual ({FAR_STOCK:,.0f} for" in PAGE
    assert f"events reach {MOST_EVENTS:,.0f} a step" in PAGE


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A saved run of a small case, and the folder that it stands in."""
    folder = tmp_path_factory.mktemp("out")
    result = load(ROOT / "tests" / "case" / "good").run(futures=40, seed=5, off=["price_squeezes"])
    result.save(folder)
    return result, folder


def test_the_code_on_the_page_runs(saved, monkeypatch, capsys):
    result, folder = saved
    monkeypatch.chdir(folder)
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert code is not None
    exec(code[1], {})  # noqa: S102
    printed = capsys.readouterr().out
    assert result.main.attrs["case"] in printed
    assert "outcome_probability" in printed
    for name in result.main.quantity.values:
        assert name in printed


def test_the_group_of_another_date_is_where_the_page_says(saved):
    result, folder = saved
    assert result.asked
    for day, dataset in result.asked.items():
        with xr.open_dataset(folder / "futures.nc", group=f"asked/{day}", engine="h5netcdf") as back:
            assert back.attrs["as_of"] == str(day)
            xr.testing.assert_equal(back.load(), dataset)
