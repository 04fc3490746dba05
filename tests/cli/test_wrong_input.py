"""Wrong input of every kind: a message that helps, the right exit code, nothing on stdout, no traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shatterbelt import api
from shatterbelt.errors import Fault

RUN = [
    (["--set", "fuel_price"], "the form is QUANTITY=VALUE@FROM..TO"),
    (["--set", "fuel_price=300"], "the form is QUANTITY=VALUE@FROM..TO"),
    (["--set", "=300@2013-01..2013-02"], "the form is QUANTITY=VALUE@FROM..TO"),
    (["--set", "fuel_price=dear@2013-01..2013-02"], "'dear' is no number"),
    (
        ["--set", "fuel_price=300 USD@2013-01..2013-02"],
        "'300 USD' is no number; give a plain one, without its unit",
    ),
    (["--set", "fuel_price=nan@2013-01..2013-02"], "'nan' is no number"),
    (["--set", "fuel_price=inf@2013-01..2013-02"], "'inf' is no number"),
    (["--set", "fuel_price=300@2013..2014"], "'2013' is no month; months are written YYYY-MM"),
    (["--set", "fuel_price=300@2013-13..2014-01"], "'2013-13' is no month"),
    (["--set", "fuel_price=300@2013-01-01..2013-02"], "'2013-01-01' is no month"),
    (["--set", "fuel_price=300@2013-05..2013-02"], "2013-02 is before 2013-05"),
    (["--set", "fuel_prize=300@2013-01..2013-02"], "no quantity 'fuel_prize'; did you mean 'fuel_price'?"),
    (["--set", "fuel_price=300@2009-01..2013-02"], "2009-01 is before the case begins (2010-01)"),
    (["--set", "fuel_price=300@2031-01..2031-02"], "2031-01 is after the last month"),
    (["--set", "fuel_price=-3@2013-01..2013-02"], "-3 is out of its bounds; it is greater than 0"),
    (["--set", "sanctions=2@2013-01..2013-02"], "2 is out of its bounds; it is from 0 to 1"),
    (["--set", "protests=-1@2013-01..2013-02"], "-1 is out of its bounds; it cannot be negative"),
    (["--shock", "pressure=1"], "the form is QUANTITY=SIZE@MONTH"),
    (["--shock", "pressure=1@2013-01..2013-02"], "'2013-01..2013-02' is no month"),
    (["--shock", "presure=1@2013-01"], "did you mean 'pressure'?"),
    (["--shock", "price_ratio=1@2013-01"], "it is a formula of other quantities; shock one of those"),
    (["--shock", "pressure=1@2031-01"], "2031-01 is after the last month"),
    (["--off", "price_squeeze"], "no such claim; did you mean 'price_squeezes'?"),
    (["--on", "nothing_like_it"], "there are: price_squeezes, squeeze_brings_protest"),
    (["--narrative", "streat"], "no such narrative; did you mean 'street'?"),
    (["--as-of", "yesterday"], "'yesterday' is no date; dates are written YYYY-MM-DD or YYYY-MM"),
    (["--as-of", "2012-02-30"], "'2012-02-30' is no date"),
    (["--as-of", "2009-01-01"], "2009-01-01"),
    (["--until", "soon"], "'soon' is no month"),
    (["--until", "2011-01"], "2011-01"),
    (["--futures", "0"], "0 is not in the range x>=1"),
    (["--futures", "many"], "'many' is not a valid integer"),
    (["--seed", "-1"], "-1 is not in the range"),
    (["--scale", "gut"], "'gut' is not one of 'icd203', 'phia'"),
    (["--documents", "nowhere"], "nowhere"),
    (["--wobble"], "No such option"),
]


@pytest.mark.parametrize(
    ("options", "message"), RUN, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_a_wrong_option_of_run_is_told(call, small: Path, tmp_path: Path, options: list[str], message: str):
    done = call("run", small, "--out", tmp_path / "out", *options)
    assert message in " ".join(done.stderr.split())
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", [["run"], ["show"], ["quotes", "--documents", "."]])
def test_an_unknown_case_is_told_with_the_nearest(call, command: list[str]):
    done = call(command[0], "belarussia", *command[1:])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "did you mean 'belarus'?" in done.stderr


def test_that_there_is_no_such_case_is_a_fault_that_check_tells(call):
    done = call("check", "belarussia")
    assert done.exit_code == 1
    assert "did you mean 'belarus'?" in done.stdout
    (fault,) = json.loads(call("check", "belarussia", "--json").stdout)
    assert fault["file"] == "belarussia"


def test_a_case_with_faults_does_not_run_and_shows_all_of_them(call, small: Path, tmp_path: Path):
    claims = small / "claims.yaml"
    claims.write_text(
        claims.read_text().replace("cause: protests", "cause: protest").replace("strong", "mighty")
    )
    done = call("run", small, "--out", tmp_path / "out")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "'protest'" in done.stderr
    assert "mighty" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_results_is_told_before_anything_runs(call, small: Path, tmp_path: Path):
    (tmp_path / "out").write_text("mine")
    done = call("run", small, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert (tmp_path / "out").read_text() == "mine"
    assert call("run", small, "--out", tmp_path / "out" / "below").exit_code == 2


def test_two_wishes_at_once_are_too_many_for_show(call, small: Path):
    assert call("show", small, "--rows", "--claims").exit_code == 2
    assert call("show", small, "fuel_price", "--claims").exit_code == 2


def test_a_command_that_is_not_there_is_told(call):
    done = call("ruin", "belarus")
    assert done.exit_code == 2
    assert "ruin" in done.stderr


# -------------------------------------------------------------------- faults of the program


@pytest.fixture
def broken(monkeypatch):
    """The program with a fault in it."""

    def check(case: object) -> list[Fault]:
        raise ZeroDivisionError(f"a fault\nwhile checking {case}")

    monkeypatch.setattr(api, "check", check)
    monkeypatch.delenv("SHATTERBELT_TRACEBACK", raising=False)


def test_a_fault_of_the_program_is_called_one_and_says_where_to_report_it(call, broken):
    done = call("check", "belarus")
    assert (done.exit_code, done.stdout) == (70, "")
    assert "fault of the program, not yours: ZeroDivisionError: a fault" in done.stderr
    assert "report it" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_traceback_is_there_for_those_who_ask(call, broken, monkeypatch):
    assert isinstance(call("--traceback", "check", "belarus").exception, ZeroDivisionError)
    monkeypatch.setenv("SHATTERBELT_TRACEBACK", "1")
    assert isinstance(call("check", "belarus").exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "Stopped"),
        (MemoryError(), 1, "not enough memory"),
        (PermissionError(13, "Permission denied", "claims.yaml"), 1, "claims.yaml: Permission denied"),
    ],
    ids=["stopped", "memory", "rights"],
)
def test_what_comes_from_outside_is_told_in_a_line(
    call, monkeypatch, error: BaseException, code: int, words: str
):
    def check(case: object) -> list[Fault]:
        raise error

    monkeypatch.setattr(api, "check", check)
    done = call("check", "belarus")
    assert (done.exit_code, done.stdout) == (code, "")
    assert words in done.stderr


# ------------------------------------------------------------------------ as a real process


def program(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "shatterbelt", *arguments]


def test_a_closed_pipe_is_no_error_to_talk_about():
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            program("show", "belarus", "--claims"),
            check=False,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 1


def test_a_stopped_run_leaves_no_files_and_no_traceback(tmp_path: Path, small: Path):
    out = tmp_path / "out"
    running = subprocess.Popen(
        program("run", str(small), "--futures", "100000000", "--out", str(out)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not any("libjax" in line or "jaxlib" in line for line in _mapped(running.pid)):
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    stdout, stderr = running.communicate()
    assert (running.returncode, stdout) == (130, "")
    assert stderr.strip() == "Stopped. Nothing was left half-written."
    assert not out.exists()


def _mapped(process: int) -> list[str]:
    """Return the libraries that a process has loaded, as the kernel tells."""
    maps = Path(f"/proc/{process}/maps")
    return maps.read_text().splitlines() if maps.exists() else []
