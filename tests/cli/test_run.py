"""run: the answers it prints, the files it writes, all or none, and the same as a method."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import stat
import sys
import time
from pathlib import Path

import pytest
import xarray as xr

import shatterbelt
from shatterbelt import report
from shatterbelt.api.saving import all_or_none
from shatterbelt.cli import progress, running
from shatterbelt.errors import RequestError

FILES = ["futures.nc", "outcomes.csv", "report.html"]
CHANGED = "both, changed"


@pytest.fixture(scope="module")
def saved(result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "not" / "there" / "yet"
    result.save(folder)
    return folder


# ------------------------------------------------------------------------------ results


def test_there_is_a_run_as_of_each_date_of_asking_beside_the_main_one(result):
    assert [date.isoformat() for date in result.asked] == ["2012-12-31"]
    assert result.main.attrs["as_of"] == "2013-01-01"
    assert "sanctions_by_2013" in result.asked[min(result.asked)]["outcome"]


def test_every_branch_answers_every_outcome_once(result):
    answers = result.outcomes()
    assert [(answer.outcome, answer.branch) for answer in answers] == [
        ("sanctions_by_2013", branch) for branch in ("both", "squeeze", "street", CHANGED)
    ]
    assert {answer.asked for answer in answers} == {"2012-12-31"}


def test_an_answer_is_the_share_that_the_dataset_counts(result):
    answer = result.outcomes()[0]
    dataset = result.asked[min(result.asked)].sel(outcome="sanctions_by_2013").isel(branch=0)
    assert answer.probability == float(dataset["outcome_probability"])
    assert answer.futures == 300
    assert answer.base_rate == 0.1
    assert math.isclose(
        answer.error, math.sqrt(answer.probability * (1 - answer.probability) / 300), rel_tol=0.05
    )


def test_what_is_set_holds_in_its_branch_and_in_no_other(result):
    months = slice("2013-02-01", "2013-12-01")
    price = result.main["mean"].sel(quantity="fuel_price", time=months)
    assert abs(price.sel(branch=CHANGED) - 400).max() < 0.1
    assert abs(price.sel(branch="both") - 400).min() > 20
    assert "--set fuel_price=400@2013-02..2013-12" in result.outcomes()[-1].set
    assert "--off price_squeezes" in result.outcomes()[-1].set


def test_an_answer_has_words_in_both_scales(result):
    answer = result.outcomes()[0]
    assert answer.word("icd203") != ""
    assert answer.word("phia") != ""
    with pytest.raises(RequestError, match="icd203, phia"):
        answer.word("gut feeling")


def test_every_future_has_a_code(result):
    assert sum(result.codes().values()) == 2 * 4 * 300


def test_the_narratives_asked_for_are_run_in_their_order_and_an_as_of_date_is_alone():
    found = shatterbelt.load(Path(__file__).resolve().parents[1] / "case" / "good").run(
        as_of="2012-12", narratives=["street", "squeeze"], futures=10, until="2013-12"
    )
    assert list(found.main["branch"].values) == ["street", "squeeze"]
    assert found.asked == {}
    assert str(found.main["time"].values[-1])[:7] == "2013-12"
    assert [answer.branch for answer in found.outcomes()] == ["street", "squeeze"]


# -------------------------------------------------------------------------------- files


def test_a_run_writes_its_page_its_table_and_its_data(saved: Path):
    assert sorted(path.name for path in saved.iterdir()) == FILES


def test_the_files_are_as_readable_as_the_user_makes_files(saved: Path):
    mask = os.umask(0)
    os.umask(mask)
    modes = {stat.S_IMODE((saved / name).stat().st_mode) for name in FILES}
    assert modes == {0o666 & ~mask}


def test_the_data_hold_every_run(saved: Path, result):
    with xr.open_dataset(saved / "futures.nc", engine="h5netcdf") as main:
        xr.testing.assert_equal(main.load(), result.main)
        assert main.attrs["case_hash"] == result.case.hash
    with xr.open_dataset(saved / "futures.nc", engine="h5netcdf", group="asked/2012-12-31") as asked:
        xr.testing.assert_equal(asked.load(), result.asked[min(result.asked)])


def test_the_table_says_what_the_answers_say(saved: Path, result):
    with (saved / "outcomes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["branch"] for row in rows] == [answer.branch for answer in result.outcomes()]
    assert [float(row["probability"]) for row in rows] == [answer.probability for answer in result.outcomes()]
    assert rows[0]["word"] == result.outcomes()[0].word()


def test_the_page_answers_the_outcomes_of_other_dates_too(saved: Path):
    page = (saved / "report.html").read_text(encoding="utf-8")
    assert 'id="outcome-sanctions_by_2013"' in page
    assert "31 December 2012" in page


def test_a_page_that_fails_leaves_the_old_results_as_they_were(result, tmp_path: Path, monkeypatch):
    for name in FILES:
        (tmp_path / name).write_text(f"old {name}")

    def write_report(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device", "report.html")

    monkeypatch.setattr(report, "write_report", write_report)
    with pytest.raises(OSError, match="No space left"):
        result.save(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        name: f"old {name}" for name in FILES
    }


def test_a_page_that_fails_leaves_no_folder_where_there_was_none(result, tmp_path: Path, monkeypatch):
    def write_report(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(report, "write_report", write_report)
    with pytest.raises(KeyboardInterrupt):
        result.save(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_other_files_in_the_folder_stay(result, tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "report.html").write_text("old")
    result.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*FILES, "notes.txt"])
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "report.html").read_text() != "old"


def test_a_folder_in_the_place_of_a_file_is_told_before_anything_is_replaced(tmp_path: Path):
    (tmp_path / "report.html").mkdir()
    with pytest.raises(RequestError, match=r"report\.html is a folder"), all_or_none(tmp_path):
        pytest.fail("the block must not be entered")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


# ----------------------------------------------------------------------------- terminal


@pytest.fixture
def quick(monkeypatch, result):
    """The command without the engine: every run gives the shared result; returns what was asked for."""
    asked: dict[str, object] = {}

    def run(self: object, **options: object) -> object:
        asked.update(options)
        return result

    monkeypatch.setattr("shatterbelt.api.opened.OpenCase.run", run)
    return asked


def test_the_command_prints_answers_and_where_the_page_is(call, quick, small: Path, tmp_path: Path, result):
    done = call("run", small, "--out", tmp_path / "out")
    assert done.exit_code == 0
    answer = result.outcomes()[0]
    line = next(line for line in done.stdout.splitlines() if answer.question in line)
    for part in (answer.word(), answer.number(), "10 %"):
        assert part in line
    assert f"Open in a browser: {tmp_path / 'out' / 'report.html'}" in done.stdout
    assert "on priors alone" in done.stdout
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES


def test_the_command_passes_on_what_it_is_told(call, quick, small: Path, tmp_path: Path):
    call(
        "run", small, "--out", tmp_path, "--as-of", "2012-06", "--narrative", "A", "--narrative", "B",
        "--set", "x=1@2013-01..", "--shock", "y=2@2013-01", "--off", "c", "--on", "d",
        "--futures", 7, "--seed", 9, "--until", "2014-01", "--unreviewed",
    )  # fmt: skip
    assert quick.pop("progress") is None
    assert quick == {
        "as_of": "2012-06", "narratives": ("A", "B"), "set": ("x=1@2013-01..",), "shock": ("y=2@2013-01",),
        "off": ("c",), "on": ("d",), "futures": 7, "seed": 9, "until": "2014-01", "fit": "kept",
        "unreviewed": True,
    }  # fmt: skip


def test_results_go_to_a_folder_of_the_cases_name_unless_told(
    call, quick, small: Path, tmp_path: Path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    call("run", small)
    assert sorted(path.name for path in (tmp_path / "out" / "small-state").iterdir()) == FILES


def test_json_is_alone_on_stdout_and_holds_every_answer(call, quick, small: Path, tmp_path: Path, result):
    done = call("run", small, "--out", tmp_path / "out", "--json", "--scale", "phia")
    found = json.loads(done.stdout)
    assert found["narratives"] == ["both", "squeeze", "street"]
    assert (found["case"], found["seed"], found["futures"], found["fitted"]) == ("small-state", 5, 300, False)
    assert [item["probability"] for item in found["outcomes"]] == [
        item.probability for item in result.outcomes()
    ]
    assert found["outcomes"][0]["word"] == result.outcomes()[0].word("phia")
    assert Path(found["files"]["report"]).is_file()


def test_quiet_prints_nothing(call, quick, small: Path, tmp_path: Path):
    done = call("run", small, "--out", tmp_path / "out", "--quiet")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


def test_quotes_at_hand_reach_the_page(call, quick, small: Path, tmp_path: Path):
    text = json.loads(call("quotes", small, "--documents", small / "digests", "--json").stdout)[0]["text"]
    call("run", small, "--out", tmp_path / "with", "--documents", small / "digests")
    call("run", small, "--out", tmp_path / "without")
    assert text in (tmp_path / "with" / "report.html").read_text(encoding="utf-8")
    assert text not in (tmp_path / "without" / "report.html").read_text(encoding="utf-8")


def test_what_is_set_is_shown_against_the_same_futures_without_it(result):
    text = running.answered(result.outcomes(), "icd203")
    effect = result.outcomes()[-1]
    assert f"With {effect.set}, against the same futures without it" in text
    assert effect.change() in text


def test_no_line_is_wider_than_the_terminal(result):
    for width in (80, 120):
        plain = [answer for answer in result.outcomes() if not answer.set]
        lines = running.answered(plain, "icd203", width=width).splitlines()
        assert max(len(line) for line in lines) <= width


class Terminal(io.StringIO):
    """What a terminal is written."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_what_is_under_way_and_nothing_stays(monkeypatch):
    monkeypatch.setattr("sys.stderr", Terminal())
    with progress.bar("futures", short=True, quiet=False) as told:
        assert "compiling" in sys.stderr.getvalue()
        time.sleep(0.11)
        told("as of 2008-05-01", 5000, 10_000)
        assert "as of 2008-05-01:  50%" in sys.stderr.getvalue()
        assert "5.00k of 10.0k futures" in sys.stderr.getvalue()
    assert sys.stderr.getvalue().endswith("\r")


def test_a_progress_bar_is_for_terminals_only(monkeypatch):
    monkeypatch.setattr("sys.stderr", io.StringIO())
    with progress.bar("futures", short=True, quiet=False) as told:
        assert told is None
    monkeypatch.setattr("sys.stderr", Terminal())
    with progress.bar("futures", short=True, quiet=True) as told:
        assert told is None
    assert sys.stderr.getvalue() == ""
