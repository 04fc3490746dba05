"""The ``score`` command: what it prints first, what it writes and keeps, and what it refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import shatterbelt
from inference.scored import scored
from shatterbelt.api import scoring
from shatterbelt.cli.scoring import told


@pytest.fixture
def quick(monkeypatch, tmp_path: Path):
    """The command without the engine: made-up scores, an empty cache; returns what was scored."""
    asked: list[tuple[tuple[str, ...], scoring.Asked]] = []

    def found(case: object, names: tuple[str, ...], one: scoring.Asked, progress: object) -> object:
        asked.append((names, one))
        if progress:
            progress("hindcasts", 1, 2)
            progress("hindcasts", 2, 2)
        return scored()

    monkeypatch.setattr(scoring, "_scored", found)
    monkeypatch.setenv("SHATTERBELT_CACHE", str(tmp_path / "cache"))
    return asked


def test_the_first_line_says_in_words_how_good_and_where_it_loses(call, quick, small: Path):
    done = call("score", small, "--origins", 6)
    assert done.exit_code == 0
    first = done.stdout.splitlines()[0]
    assert first.startswith("Over 6 days, the narrative A forecasts the next month's record")
    assert "it loses to a baseline on" in first


def test_every_table_is_there(call, quick, small: Path):
    text = call("score", small).stdout
    for head in (
        "Joint log score", "Levels (CRPS) and questions", "Where A loses", "Stacking weights",
        "Calibration of A", "Levels and shares inside", "Competing hypotheses", "What each claim of A adds",
    ):  # fmt: skip
        assert head in text
    for name in ("A", "B", "constant", "own past"):
        assert f"\n{name} " in text


@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_line_is_wider_than_the_terminal(width: int):
    text = told(scoring.ScoreResult(scored()), width)
    assert max(map(len, text.splitlines())) <= width


def test_how_well_a_model_fits_what_it_was_fitted_to_is_not_mentioned(call, quick, small: Path):
    text = call("score", small).stdout.lower()
    assert "every forecast saw only what was known on its day" in text
    for word in ("skill", "in-sample", "goodness of fit", "r-squared"):
        assert word not in text


def test_progress_is_told_on_stderr_unless_quiet(call, quick, small: Path):
    loud = call("score", small)
    assert "2 of 2 fits" in loud.stderr
    assert "fits" not in loud.stdout
    silent = call("score", small, "--quiet", "--origins", 5)
    assert (silent.exit_code, silent.stdout, silent.stderr) == (0, "", "")


def test_json_holds_the_words_and_every_score(call, quick, small: Path):
    found = json.loads(call("score", small, "--json", "--quiet").stdout)
    assert found["words"].startswith("Over 6 days")
    assert found["narratives"] == ["A", "B"]
    assert len(found["scores"]) == len(scored().lines())
    assert set(found["stacking"]) == {"narratives", "narratives and baselines"}
    assert found["evidence"]["pieces"][0]["without"]["ranking"]
    assert sorted(found["coverage"]) == ["A", "B"]
    assert found["reliability"]["A"]["n"] == 12


def test_the_files_hold_what_is_said(call, quick, small: Path, tmp_path: Path):
    assert call("score", small, "--out", tmp_path / "out", "--quiet").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["scores.csv", "scores.nc"]
    with (tmp_path / "out" / "scores.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    joint = next(
        row for row in rows
        if (row["score"], row["model"], row["horizon"], row["baseline"]) == ("joint", "A", "1", "constant")
    )  # fmt: skip
    line = scored().line("joint", "A", "constant", 1)
    assert (float(joint["difference"]), float(joint["error"])) == (line.difference, line.error)
    with xr.open_dataset(tmp_path / "out" / "scores.nc", engine="h5netcdf") as data:
        np.testing.assert_allclose(data["log"], scored().data["log"])
        assert data.attrs["version"] == shatterbelt.__version__


def test_what_was_scored_before_is_not_scored_again(call, quick, small: Path):
    first, second = call("score", small), call("score", small)
    assert len(quick) == 1
    assert first.stdout == second.stdout
    call("score", small, "--origins", 5)
    call("score", small, "--narrative", "squeeze")
    call("score", small, "--no-claims")
    assert len(quick) == 4


def test_an_empty_cache_variable_keeps_nothing(call, quick, small: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("SHATTERBELT_CACHE", "")
    call("score", small)
    call("score", small)
    assert len(quick) == 2
    assert not (tmp_path / "cache").exists()


def test_the_default_narrative_comes_first_and_named_ones_in_their_order(call, quick, small: Path):
    call("score", small)
    call("score", small, "--narrative", "street", "--narrative", "squeeze", "--narrative", "street")
    assert [names for names, _ in quick] == [("both", "squeeze", "street"), ("street", "squeeze")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--narrative", "sqeeze"), "squeeze"),
        (("--origins", "1"), "allowed: 2 or more"),
        (("--origins", "400"), "allowed: 2 to 27"),
        (("--origins", "many"), "many"),
    ],
)
def test_a_wrong_request_is_told_before_anything_runs(call, quick, small: Path, options, message: str):
    done = call("score", small, *options)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr
    assert quick == []


def test_a_place_that_cannot_be_written_to_is_told_before_anything_runs(
    call, quick, small: Path, tmp_path: Path
):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "out" / "scores.csv").mkdir(parents=True)
    for place, message in (("file", "a file of that name"), ("out", "scores.csv is a folder")):
        done = call("score", small, "--out", tmp_path / place)
        assert (done.exit_code, done.stdout) == (2, "")
        assert message in done.stderr
    assert quick == []


def test_in_python_the_same_is_to_be_had(quick, small: Path, tmp_path: Path):
    told_: list[tuple[str, int, int]] = []
    result = shatterbelt.load(small).score(
        narratives=["squeeze"], origins=7, claims=False, progress=lambda *one: told_.append(one)
    )
    assert quick == [(("squeeze",), scoring.Asked(("squeeze",), 7, claims=False))]
    assert told_[-1] == ("hindcasts", 2, 2)
    assert result.as_dict()["words"] == result.words
    assert set(result.save(tmp_path / "out")) == {"data", "table"}
