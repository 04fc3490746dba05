"""Freezing: what a frozen forecast holds, that it shows any change, and that it replaces nothing."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

import shatterbelt
from shatterbelt.api import freezing
from shatterbelt.errors import RequestError


@pytest.fixture
def frozen(result, tmp_path: Path) -> Path:
    return result.freeze(tmp_path / "forecast.json")


@pytest.fixture
def quick(monkeypatch, result):
    """The command without the engine: every run gives the shared result; returns what was asked for."""
    asked: dict[str, object] = {}

    def run(self: object, **options: object) -> object:
        asked.update(options)
        return result

    monkeypatch.setattr("shatterbelt.api.opened.OpenCase.run", run)
    return asked


def leaves(value: object, path: tuple = ()) -> list[tuple]:
    """The paths of all values in nested objects and lists."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, (*path, key))]
    if isinstance(value, list):
        return [leaf for place, item in enumerate(value) for leaf in leaves(item, (*path, place))]
    return [path]


# ------------------------------------------------------------------------------- content


def test_a_frozen_forecast_holds_the_run_it_is_of(frozen: Path, result):
    found = json.loads(frozen.read_text(encoding="utf-8"))
    attrs = result.main.attrs
    assert (found["format"], found["case"], found["case_hash"]) == (1, "small-state", result.case.hash)
    assert (found["version"], found["as_of"]) == (shatterbelt.__version__, attrs["as_of"])
    assert (found["seed"], found["futures"], found["fitted"]) == (5, 300, False)


def test_the_date_of_freezing_is_in_utc(frozen: Path):
    moment = dt.datetime.fromisoformat(json.loads(frozen.read_text())["frozen"])
    assert moment.utcoffset() == dt.timedelta(0)


def test_a_frozen_forecast_holds_every_question_as_the_case_asks_it(frozen: Path, result):
    (asked,) = json.loads(frozen.read_text())["outcomes"]
    outcome = result.case.about.outcomes[asked["id"]]
    for key in ("question", "quantity", "when", "test", "opens", "closes"):
        assert asked[key] == getattr(outcome, key)
    assert asked["as_of"] == "2012-12-31"
    assert (asked["base_rate"], asked["base_smoothed"]) == (0.1, 0.1)


def test_a_frozen_forecast_holds_the_answer_of_every_branch_to_the_last_digit(frozen: Path, result):
    (asked,) = freezing.read(frozen).outcomes
    assert [(one.branch, one.set, one.probability, one.error, one.futures) for one in asked.answers] == [
        (one.branch, one.set, one.probability, one.error, one.futures) for one in result.outcomes()
    ]


@pytest.mark.parametrize("name", ["military_pact_1954", "reconciled_1955"])
def test_a_base_rate_of_nothing_is_smoothed_by_the_windows_that_fit_without_overlap(name: str):
    case = shatterbelt.load("yugoslavia-1948").case
    outcome = case.about.outcomes[name]
    smoothed = freezing._smoothed(case, outcome, outcome.asked, 0.0)
    # Jeffreys' mean of none in so many windows is 1/2 over their number and one.
    apart = 0.5 / smoothed - 1
    assert apart == pytest.approx(round(apart))
    assert apart >= 1


def test_no_base_rate_stays_none_and_a_stated_one_stays_as_it_is(result):
    outcome = result.case.about.outcomes["sanctions_by_2013"]
    assert freezing._smoothed(result.case, outcome, outcome.asked, None) is None
    assert freezing._smoothed(result.case, outcome, outcome.asked, 0.1) == 0.1


# ---------------------------------------------------------------------------- any change


def test_any_change_of_any_value_is_seen(frozen: Path, tmp_path: Path):
    whole = json.loads(frozen.read_text())
    paths = [path for path in leaves(whole) if path not in {("format",)}]
    assert len(paths) > 30
    for path in paths:
        changed = json.loads(frozen.read_text())
        place = changed
        for key in path[:-1]:
            place = place[key]
        value = place[path[-1]]
        place[path[-1]] = (value + "x") if isinstance(value, str) else None if value is not None else 0.5
        other = tmp_path / "changed.json"
        other.write_text(json.dumps(changed))
        with pytest.raises(freezing.FrozenError, match="changed since it was frozen"):
            freezing.read(other)


def test_another_layout_of_the_same_content_is_no_change(frozen: Path, tmp_path: Path):
    other = tmp_path / "other.json"
    content = json.loads(frozen.read_text())
    other.write_text(json.dumps(dict(reversed(content.items())), indent=None), encoding="utf-8-sig")
    assert freezing.read(other) == freezing.read(frozen)


# ------------------------------------------------------------------------------- writing


def test_what_is_there_is_never_replaced(frozen: Path, result):
    before = frozen.read_bytes()
    with pytest.raises(RequestError, match="never overwritten"):
        result.freeze(frozen)
    assert frozen.read_bytes() == before
    assert [path.name for path in frozen.parent.iterdir()] == [frozen.name]


def test_a_link_that_leads_nowhere_is_not_followed(result, tmp_path: Path):
    (tmp_path / "link.json").symlink_to(tmp_path / "nowhere.json")
    with pytest.raises(RequestError, match="never overwritten"):
        result.freeze(tmp_path / "link.json")
    assert not (tmp_path / "nowhere.json").exists()


def test_a_file_that_came_meanwhile_stays(result, tmp_path: Path, monkeypatch):
    target = tmp_path / "forecast.json"
    target.write_text("mine")
    monkeypatch.setattr(freezing, "free", Path)
    with pytest.raises(RequestError, match="never overwritten"):
        result.freeze(target)
    assert target.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [target]


def test_without_hard_links_it_is_written_too(result, tmp_path: Path, monkeypatch):
    def hardlink_to(self: Path, target: Path) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", hardlink_to)
    target = result.freeze(tmp_path / "forecast.json")
    assert freezing.read(target).case == "small-state"
    assert list(tmp_path.iterdir()) == [target]


def test_a_write_that_fails_leaves_nothing(result, tmp_path: Path, monkeypatch):
    def write_text(self: Path, *arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device", "forecast")

    monkeypatch.setattr(Path, "write_text", write_text)
    with pytest.raises(OSError, match="No space left"):
        result.freeze(tmp_path / "forecast.json")
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_as_readable_as_the_user_makes_files(frozen: Path):
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(frozen.stat().st_mode) == 0o666 & ~mask


def test_a_run_that_answers_nothing_is_not_frozen(result, tmp_path: Path):
    empty = replace(result, main=result.main.isel(outcome=slice(0)), asked={})
    with pytest.raises(RequestError, match="no outcome of the case is open"):
        empty.freeze(tmp_path / "forecast.json")
    assert list(tmp_path.iterdir()) == []


# -------------------------------------------------------------------------- command line


def test_the_command_freezes_beside_its_results_and_says_the_hash(call, quick, small: Path, tmp_path: Path):
    target = tmp_path / "new" / "forecast.json"
    done = call("run", small, "--out", tmp_path / "out", "--freeze", target)
    assert done.exit_code == 0
    assert "freeze" not in quick
    assert f"Frozen in {target}, SHA-256 {freezing.read(target).sha256}" in done.stdout
    assert f"Open in a browser: {tmp_path / 'out' / 'report.html'}" in done.stdout


def test_freezing_changes_nothing_else_of_what_run_prints_and_asks(call, quick, small: Path, tmp_path: Path):
    options = ("run", small, "--out", tmp_path / "out", "--seed", 9, "--set", "x=1@2013-01..")
    plain, asked = call(*options), dict(quick)
    quick.clear()
    frozen = call(*options, "--freeze", tmp_path / "forecast.json")
    assert dict(quick) == asked
    assert frozen.stdout.startswith(plain.stdout)
    assert len(frozen.stdout.splitlines()) == len(plain.stdout.splitlines()) + 1


def test_json_names_the_frozen_file_and_quiet_prints_nothing(call, quick, small: Path, tmp_path: Path):
    out = ("--out", tmp_path / "out", "--freeze")
    found = json.loads(call("run", small, "--json", *out, tmp_path / "a.json").stdout)
    assert found["files"]["frozen"] == str(tmp_path / "a.json")
    done = call("run", small, "--quiet", *out, tmp_path / "b.json")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "b.json").is_file()


@pytest.mark.parametrize(("name", "message"), [("taken.json", "never overwritten"), (".", "it is a folder")])
def test_a_target_that_is_taken_is_told_before_anything_runs(
    call, quick, small: Path, tmp_path: Path, name: str, message: str
):
    (tmp_path / "taken.json").write_text("mine")
    done = call("run", small, "--out", tmp_path / "out", "--freeze", tmp_path / name)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr
    assert quick == {}
    assert not (tmp_path / "out").exists()
    assert (tmp_path / "taken.json").read_text() == "mine"
