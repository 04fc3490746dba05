"""The command line as a user meets it: a runner, a small case in a folder of one's own, and one run of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shatterbelt.cli import main

ROOT = Path(__file__).resolve().parents[2]
SMALL = ROOT / "tests" / "case" / "good"
SEEDS = ROOT.parent / "shared" / "seeds"


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch):
    """Call the program with arguments, as a shell would; returns exit code, stdout and stderr."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="shatterbelt")

    return run


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small case that may be changed."""
    return Path(shutil.copytree(SMALL, tmp_path / "small-state"))


@pytest.fixture(scope="session")
def result():
    """One run of the small case with something set, shared by all tests that look at results."""
    import shatterbelt

    return shatterbelt.load(SMALL).run(
        futures=300,
        seed=5,
        set=["fuel_price=400@2013-02..2013-12"],
        shock=["sanctions=3@2013-03"],
        off=["price_squeezes"],
    )
