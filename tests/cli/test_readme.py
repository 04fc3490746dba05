"""What the README shows is what the program prints."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[2] / "README.md"
SLOW = {"run", "quotes", "new", "check"}


def shown() -> list[tuple[str, str]]:
    """Each call of the program in the README under which output stands, with that output."""
    blocks = re.findall(
        r"^```console\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    calls = [block.partition("\n") for block in blocks if block.startswith("$ shatterbelt ")]
    return [
        (call.removeprefix("$ shatterbelt "), text) for call, _, text in calls if text and "$" not in text
    ]


def test_the_readme_shows_output():
    assert len([call for call, _ in shown() if call.split()[0] not in SLOW]) >= 3


@pytest.mark.parametrize("line", [call for call, _ in shown() if call.split()[0] not in SLOW])
def test_the_output_in_the_readme_is_what_is_printed(call, line: str, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    assert call(*shlex.split(line)).stdout == dict(shown())[line]


def test_the_answers_in_the_readme_are_to_questions_of_the_case(call):
    asked = json.loads(call("show", "belarus", "--outcomes", "--json").stdout)
    runs = [text for line, text in shown() if line.startswith("run ")]
    assert runs
    for text in runs:
        assert sum(item["question"][:20] in text for item in asked) >= 2
