"""Help: there for everything, with examples that the program itself accepts, and without heavy imports."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

import shatterbelt
from shatterbelt.api import asking
from shatterbelt.api.running import Asked, branches, in_reach, planned
from shatterbelt.cli import main

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("jax", "xarray", "pydantic", "pint", "scipy", "numpy", "yaml", "jinja2", "tqdm")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["run", "--help"], ["--version"], ["nonsense"]])
def test_nothing_heavy_is_imported_for_help(arguments: list[str]):
    code = (
        "import sys, shatterbelt.cli\n"
        f"sys.argv = ['shatterbelt', *{arguments!r}]\n"
        "try: shatterbelt.cli.main()\n"
        "except SystemExit: pass\n"
        f"print('heavy:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.rstrip().endswith("heavy: []")


def test_without_a_command_the_help_is_shown(call):
    assert "Run futures of CASE" in call().output


def test_the_version_is_said(call):
    assert re.fullmatch(r"shatterbelt \d+\.\d+\.\d+\n", call("--version").stdout)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_examples_that_the_program_accepts(name: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "articles").mkdir()
    command = main.commands[name]
    lines = [line.strip() for line in (command.epilog or "").splitlines() if "shatterbelt " in line]
    assert lines
    for line in lines:
        for part in line.split("&&"):
            words = shlex.split(part.partition(">")[0])
            called = main.commands[words[1]]
            called.make_context(words[1], words[2:], parent=click.Context(main))


def test_every_run_of_belarus_in_an_example_names_what_the_case_has(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "articles").mkdir()
    case = shatterbelt.load("belarus").case
    epilog = main.commands["run"].epilog or ""
    lines = [line.split() for line in epilog.splitlines() if "run belarus" in line]
    assert len(lines) >= 5
    for words in lines:
        options = main.commands["run"].make_context("run", words[2:], parent=click.Context(main)).params
        asked = Asked(
            as_of=asking.date(options["as_of"]) if options["as_of"] else None,
            narratives=options["narratives"],
            holds=tuple(asking.hold(text) for text in options["set_"]),
            shocks=tuple(asking.shock(text) for text in options["shock"]),
            off=options["off"],
            on=options["on"],
            until=options["until"],
        )
        branches(case, asked)
        in_reach(asked, planned(case, asked))


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_option_says_what_it_does(name: str):
    options = [option for option in main.commands[name].params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_the_help_in_the_docs_is_the_help_of_the_program():
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "write_command_docs.py", "--check"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
