"""What the reader finds of the events and claims that a careful reader finds in the two documents."""

import re
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

pytest.importorskip("spacy", reason="reading needs the extra 'read'")

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))  # the tools are scripts, no package

import score_seeds as seeds  # noqa: E402 (found only once the tools are on the path)

LEAST_EVENTS = 0.60
LEAST_CLAIMS = 0.50
LENGTH = 6  # words in a row that would be a copy


@pytest.fixture(scope="module")
def read():
    return seeds.read_all()


def runs(text):
    words = re.findall(r"\w+", text.lower())
    return set(zip(*(words[at:] for at in range(LENGTH)), strict=False))


def test_the_marked_events_stand_in_the_documents_as_they_were_marked():
    gold = seeds.gold_events()
    assert len(gold) >= 70
    assert seeds.wrong_hashes(gold) == []


def test_a_trigger_that_was_moved_would_be_seen():
    one = seeds.gold_events()[0]
    moved = replace(one, start=one.start + 1, end=one.end + 1)
    assert seeds.wrong_hashes([moved]) == [moved]


def test_the_marked_events_hold_no_text_of_the_documents():
    marked = runs(seeds.GOLD.read_text(encoding="utf-8"))
    for path in seeds.paths().values():
        assert not marked & runs(path.read_text(encoding="utf-8"))


def test_actors_and_targets_of_the_marked_events_are_those_of_the_case():
    case = yaml.safe_load(
        files("shatterbelt").joinpath("cases/belarus/case.yaml").read_text(encoding="utf-8")
    )
    documents = yaml.safe_load(seeds.GOLD.read_text(encoding="utf-8"))
    codes = {
        code for one in documents for event in one["events"] for code in event["actor"] + event["target"]
    }
    assert codes <= set(case["actors"])


def test_nothing_read_finds_nothing():
    nothing = {"A": [], "B": []}
    assert seeds.score_events(seeds.gold_events(), nothing).recall == (0, 0)
    assert seeds.score_claims(seeds.gold_quotes(), nothing).recall == (0, 0)


def test_one_event_read_counts_for_one_event_only(read):
    one = next(event for event in read["B"] if event.kind == "event")
    assert sum(seeds.score_events(seeds.gold_events(), {"A": [], "B": [one]}).free) <= 1


def test_most_events_of_the_two_documents_are_found(read):
    with_type, without = seeds.score_events(seeds.gold_events(), read).recall
    assert with_type <= without
    assert without >= LEAST_EVENTS


def test_half_of_the_claims_that_the_case_anchors_are_found(read):
    assert seeds.score_claims(seeds.gold_quotes(), read).recall[1] >= LEAST_CLAIMS
