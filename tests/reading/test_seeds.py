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

import judge_statements as judging  # noqa: E402 (found only once the tools are on the path)
import score_seeds as seeds  # noqa: E402 (as above)

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


def test_the_marked_events_and_the_judgements_hold_no_text_of_the_documents():
    ours = runs(seeds.GOLD.read_text(encoding="utf-8")) | runs(judging.JUDGED.read_text(encoding="utf-8"))
    for path in seeds.paths().values():
        assert not ours & runs(path.read_text(encoding="utf-8"))


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


def test_a_hundred_statements_are_judged_each_no_with_its_reason():
    rows = judging.judged()
    assert len({(row["document"], row["kind"], row["start"], row["end"]) for row in rows}) == 100
    for row in rows:
        verdicts = [row[aspect] for aspect in judging.ASPECTS]
        assert set(verdicts[1:]) <= ({"yes", "no"} if row["right"] == "yes" else {""}), row["id"]
        assert bool(row["why"]) == ("no" in verdicts), row["id"]


def test_the_interval_of_a_half_of_a_hundred_is_that_of_the_textbook():
    assert judging.wilson(50, 100) == pytest.approx((0.404, 0.596), abs=0.001)
    assert judging.wilson(0, 0) == (0, 1)
    low, high = judging.wilson(10, 10)
    assert 0.7 < low < 0.75
    assert high == pytest.approx(1)
