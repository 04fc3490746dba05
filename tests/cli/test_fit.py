"""The ``fit`` command: what it prints, what it refuses, and that a failed fit shows no verdicts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import shatterbelt
from shatterbelt.api.fitting import FitResult
from shatterbelt.cli import fitting
from shatterbelt.cli.tables import columns
from shatterbelt.inference.verdicts import VERDICTS

from .conftest import SMALL

QUICK = ("--quick", "--draws", "200")


@pytest.fixture(scope="module")
def quick() -> FitResult:
    return shatterbelt.load(SMALL).fit(quick=True, draws=200)


def failed(result: FitResult) -> FitResult:
    """The same fit as if sampled by chains that never met."""
    tree = result.tree.copy()
    names = [f"weight.{claim.id}" for claim in result.case.claims]
    numbers = {key: ("parameter", np.full(len(names), value)) for key, value in
               {"rhat": 1.7, "ess_bulk": 12.0, "ess_tail": 20.0}.items()}  # fmt: skip
    tree["diagnostics"] = xr.DataTree(xr.Dataset(numbers, {"parameter": names}))
    failures = "\n".join(f"{name}: R-hat 1.700, ESS bulk 12, tail 20" for name in names)
    tree.attrs |= {"quick": 0, "passed": 0, "failures": failures, "divergences": 3, "touched": names[0]}
    return FitResult(result.case, tree)


def test_the_fit_is_printed_with_a_verdict_on_every_claim(call, quick: FitResult):
    done = call("fit", SMALL, *QUICK)
    assert done.exit_code == 0, done.output
    assert "Approximation at the mode" in done.stdout
    for claim in quick.case.claims:
        assert claim.title in done.stdout
    assert any(verdict.upper() in done.stdout for verdict in VERDICTS)


def test_json_holds_every_claim_with_its_numbers(call, quick: FitResult):
    done = call("fit", SMALL, *QUICK, "--json")
    found = json.loads(done.stdout)
    assert (found["passed"], found["quick"], found["narrative"]) == (True, True, None)
    assert found["seconds"] > 0
    assert [one["id"] for one in found["claims"]] == [claim.id for claim in quick.case.claims]
    for one in found["claims"]:
        assert 0 < one["posterior_sign"] < 1
        assert one["posterior"]["low"] < one["posterior"]["mean"] < one["posterior"]["high"]
        assert one["verdict"] in VERDICTS


def test_quiet_prints_nothing(call):
    done = call("fit", SMALL, *QUICK, "--quiet")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


def test_out_writes_what_arviz_reads(call, tmp_path: Path):
    done = call("fit", SMALL, *QUICK, "--out", tmp_path / "fit.nc")
    assert f"Written: {tmp_path / 'fit.nc'}" in done.stdout
    with xr.open_datatree(tmp_path / "fit.nc", engine="h5netcdf") as tree:
        assert {"posterior", "prior", "paths", "observed_data"} <= set(tree.children)
        assert tree["posterior"].sizes["draw"] == 200


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_is_no_wider_than_the_terminal(quick: FitResult, width: int):
    assert max(columns(line) for line in fitting.told(quick, width).splitlines()) <= width


def test_a_failed_fit_names_what_failed_and_gives_no_verdict(quick: FitResult):
    text = fitting.told(failed(quick), 80)
    assert "FAILED" in text
    for claim in quick.case.claims:
        assert f"weight.{claim.id}: R-hat 1.700" in text
        assert claim.title not in text
    assert not any(verdict.upper() in text for verdict in VERDICTS)


def test_divergences_are_told_with_what_they_touch(quick: FitResult):
    said = fitting.diagnosed(failed(quick))
    assert f"3 divergences, which touch weight.{quick.case.claims[0].id}" in said


def test_a_failed_fit_ends_with_code_1_and_json_tells_all_of_it(call, quick: FitResult, monkeypatch):
    monkeypatch.setattr("shatterbelt.api.fitting.fit", lambda *_: failed(quick))
    assert call("fit", SMALL).exit_code == 1
    done = call("fit", SMALL, "--json")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["passed"]) == (1, False)
    assert len(found["claims"]) == len(quick.case.claims)
    assert found["diagnostics"]["rhat"] == pytest.approx(1.7)
    quiet = call("fit", SMALL, "--quiet")
    assert (quiet.exit_code, quiet.stdout) == (1, "")
    assert "failed its diagnostics" in quiet.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--narrative", "nobody"), "the case has no such narrative"),
        (("--narrative", "nobody", "--all-claims"), "exclude each other"),
        (("--as-of", "1900-01-01"), "before the case's first month"),
        (("--as-of", "soon"), "'soon' is no date"),
        (("--draws", "1"), "4<=x"),
        (("--chains", "0"), "1<=x"),
    ],
)
def test_what_cannot_be_fitted_is_told_without_a_traceback(call, arguments, says: str):
    done = call("fit", SMALL, "--quick", *arguments)
    assert done.exit_code == 2
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_python_refuses_the_same_numbers_as_the_command():
    with pytest.raises(shatterbelt.errors.RequestError, match="at least 4"):
        shatterbelt.load(SMALL).fit(draws=2)


def test_what_a_claim_adds_to_forecasts_is_shown_where_it_is_known_and_there_is_room(quick: FitResult):
    found = quick.claims({quick.case.claims[0].id: (-0.3, 0.1)})
    assert "−0.30 ± 0.10" in fitting.claims(found, 120)
    assert "forecast gain" not in fitting.claims(found, 80)
    assert "forecast gain" not in fitting.claims(quick.claims({}), 120)


def test_a_case_without_verdicts_by_hand_has_none_to_compare(quick: FitResult):
    assert quick.compared() == []
    assert fitting.by_hand(quick) == []
