"""Resolving: what came, the scores and their means, what is not counted, and files that are refused."""

from __future__ import annotations

import json
import math
import statistics
from pathlib import Path

import pytest

import shatterbelt
from shatterbelt.api import freezing, resolve
from shatterbelt.api.results import mean
from shatterbelt.cli import resolving
from shatterbelt.errors import CaseError, RequestError

CASE = "yugoslavia-1948"
LATER = "1960-01-01"
CAME = {
    "moves_west_1950": 1, "western_support_1950": 1, "votes_move_1950": 1, "leader_out_1951": 0,
    "military_pact_1954": 1, "reconciled_1955": 1, "back_in_the_camp_1956": 0,
}  # fmt: skip


def forecast(
    path: Path, chances: dict[str, dict[str, float]], *, case: object = CASE, **more: object
) -> Path:
    """Freeze made-up chances, {outcome: {branch: probability}}, of 1,000 futures."""
    opened = shatterbelt.load(case).case
    answers = [
        {
            "outcome": name, "asked": str(more.get("asked", opened.about.outcomes[name].asked)),
            "branch": branch, "narrative": branch, "set": more.get("set", ""), "probability": chance,
            "error": 0.01, "futures": 1000, "base_rate": more.get("base_rate", math.nan),
        }
        for name, branches in chances.items()
        for branch, chance in branches.items()
    ]  # fmt: skip
    run = {
        "case": opened.about.name, "hash": opened.hash, "version": "0.1.0", "as_of": "1948-06-30", "seed": 0,
        "futures": 1000, "fitted": False, "outcomes": answers,
    }  # fmt: skip
    return freezing.freeze(opened, run, path)


def rewritten(path: Path, **changes: object) -> Path:
    """Change a file's values and give it the hash that fits them; None takes a key out."""
    content = json.loads(path.read_text()) | changes
    content = {key: value for key, value in content.items() if value is not None}
    content["sha256"] = freezing.digest(content)
    path.write_text(json.dumps(content))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    chances = {name: {"one": 0.1 * place, "two": 0.5} for place, name in enumerate(CAME, 1)}
    return forecast(tmp_path / "forecast.json", chances)


# ----------------------------------------------------------------------------- what came


def test_what_came_is_what_the_case_says(file: Path):
    found = resolve(file, as_of=LATER)
    assert {one.outcome: one.came for one in found.questions} == {
        name: "yes" if came else "no" for name, came in CAME.items()
    }


@pytest.mark.parametrize(
    ("day", "settled"), [("1950-12-30", 0), ("1950-12-31", 3), ("1951-06-30", 4), ("1956-12", 7)]
)
def test_a_question_is_open_until_the_last_day_of_its_window(file: Path, day: str, settled: int):
    found = resolve(file, as_of=day)
    assert sum(one.came in {"yes", "no"} for one in found.questions) == settled
    assert sum(one.came == "open" for one in found.questions) == len(CAME) - settled
    assert {one.n for one in found.branches} == ({settled} if settled else set())


def test_an_early_yes_waits_for_its_window_to_close(tmp_path: Path):
    # The border was closed to the Greek communists in July 1949; the window closes in December 1950.
    path = forecast(tmp_path / "f.json", {"moves_west_1950": {"one": 0.9}})
    (asked,) = resolve(path, as_of="1950-06-30").questions
    assert (asked.came, asked.answers[0].brier) == ("open", None)


def edited(small: Path, old: str, new: str) -> Path:
    text = (small / "case.yaml").read_text()
    assert old in text
    (small / "case.yaml").write_text(text.replace(old, new))
    return small


def protests(small: Path, resolution: str = "", *, test: str = ">= 1", closes: str = "2010-06") -> Path:
    """Ask for protests in the first half of 2010: the record has one, in March."""
    edited(small, "quantity: sanctions\n    when: ever\n    is: \">= 0.5\"",
           f"quantity: protests\n    when: total\n    is: \"{test}\"")  # fmt: skip
    edited(small, "asked: 2012-12-31\n    opens: 2013-01\n    closes: 2013-12",
           f"asked: 2010-02-28\n    opens: 2010-03\n    closes: {closes}")  # fmt: skip
    return edited(small, "    resolution: {answer: unknown}\n", resolution)


@pytest.mark.parametrize(("test", "came"), [(">= 1", "yes"), (">= 2", "no"), ("< 1", "no")])
def test_where_the_case_states_no_answer_the_record_does(small: Path, tmp_path: Path, test: str, came: str):
    protests(small, test=test)
    path = forecast(tmp_path / "f.json", {"sanctions_by_2013": {"one": 0.5}}, case=small)
    (asked,) = resolve(path, small, as_of="2013-06-30").questions
    assert (asked.came, asked.why) == (came, "the recorded months")


def test_what_became_known_after_the_day_is_not_looked_at(small: Path, tmp_path: Path):
    protests(small, closes="2010-03")
    (small / "record" / "events.csv").write_text(
        (small / "record" / "events.csv").read_text().replace("medium,2010-03-26", "medium,2010-05-01")
    )
    path = forecast(tmp_path / "f.json", {"sanctions_by_2013": {"one": 0.5}}, case=small)
    assert [resolve(path, small, as_of=day).questions[0].came for day in ("2010-04-30", "2010-05-01")] == [
        "no",
        "yes",
    ]


def test_what_neither_the_case_nor_the_record_settles_is_unknown_and_not_counted(small: Path, tmp_path: Path):
    path = forecast(tmp_path / "f.json", {"sanctions_by_2013": {"one": 0.5}}, case=small)
    found = resolve(path, small, as_of="2020-01-01")
    assert (found.questions[0].came, found.branches) == ("unknown", ())
    assert resolve(path, small, as_of="2013-12-30").questions[0].came == "open"


def test_a_stated_answer_that_the_record_contradicts_is_taken_and_told(small: Path, tmp_path: Path):
    protests(small, '    resolution: {answer: "no", source: a reader}\n')
    path = forecast(tmp_path / "f.json", {"sanctions_by_2013": {"one": 0.5}}, case=small)
    found = resolve(path, small, as_of="2013-06-30")
    (asked,) = found.questions
    assert (asked.came, asked.why) == ("no", "a reader; but the recorded months say yes")
    assert "no by a reader; but the recorded months say yes" in resolving.resolved(found, "icd203")


def test_a_change_that_was_asked_on_another_day_is_another_question(tmp_path: Path):
    # "At least 10 USD cheaper than when asked": the case's answer counts from May 2008.
    chances = {"cheaper_gas_2010": {"one": 0.5}}
    stated = forecast(tmp_path / "a.json", chances, case="belarus")
    other = forecast(tmp_path / "b.json", chances, case="belarus", asked="2009-06-30")
    assert "recorded months" not in resolve(stated, as_of="2012-01-01").questions[0].why
    assert resolve(other, as_of="2012-01-01").questions[0].why in {
        "the recorded months",
        "the record does not settle it",
    }


# ------------------------------------------------------------------------------- changed


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('is: ">= 1"', 'is: ">= 2"', "test was '>= 1', is '>= 2'"),
        ("closes: 2010-06", "closes: 2010-09", "closes was '2010-06', is '2010-09'"),
        ("opens: 2010-03", "opens: 2010-04", "opens was '2010-03', is '2010-04'"),
        ("quantity: protests", "quantity: marchers", "quantity was 'protests', is 'marchers'"),
        ("when: total", "when: ever", "when was 'total', is 'ever'"),
        ("  sanctions_by_2013:", "  other:", "the case has no outcome sanctions_by_2013 any more"),
    ],
)
def test_a_question_that_has_changed_is_told_and_not_scored(
    small: Path, tmp_path: Path, old: str, new: str, told: str
):
    protests(small)
    path = forecast(tmp_path / "f.json", {"sanctions_by_2013": {"one": 0.5}}, case=small)
    edited(small, old, new)
    found = resolve(path, small, as_of="2013-06-30")
    (asked,) = found.questions
    assert (asked.came, asked.answers[0].brier, found.branches) == ("changed", None, ())
    assert told in asked.why
    assert any("the case has changed since" in note for note in found.notes)


def test_another_title_or_more_room_around_a_test_is_no_change(small: Path, tmp_path: Path):
    protests(small)
    path = forecast(tmp_path / "f.json", {"sanctions_by_2013": {"one": 0.5}}, case=small)
    edited(small, 'is: ">= 1"', 'is: " >=  1"')
    edited(small, "question: Does", "question: Did")
    assert resolve(path, small, as_of="2013-06-30").questions[0].came == "yes"


# -------------------------------------------------------------------------------- scores


def test_the_scores_are_those_of_their_formulas(file: Path):
    for asked in resolve(file, as_of=LATER).questions:
        came = CAME[asked.outcome]
        for answer in asked.answers:
            chance = (1000 * answer.probability + 0.5) / 1001
            assert answer.brier == pytest.approx((answer.probability - came) ** 2)
            assert answer.log_score == pytest.approx(-math.log(chance if came else 1 - chance))


def test_the_mean_of_a_branch_has_its_standard_error(file: Path):
    found = resolve(file, as_of=LATER)
    scores = [one.answers[0].brier for one in found.questions]
    first = found.branches[0]
    assert (first.branch, first.n, first.questions) == ("one", 7, 7)
    assert first.brier == pytest.approx(statistics.mean(scores))
    assert first.brier_error == pytest.approx(statistics.stdev(scores) / math.sqrt(7))
    assert found.branches[1].brier == pytest.approx(0.25)
    assert found.branches[1].brier_error == pytest.approx(0)


def test_the_same_scores_twice_are_no_more_looks_than_once():
    once = [(str(place), score) for place, score in enumerate([0.1, 0.4, 0.2, 0.9])]
    assert mean(once * 3) == pytest.approx(mean(once))


def test_a_mean_of_one_question_has_no_error():
    assert math.isnan(mean([("a", 0.5), ("a", 0.7)])[1])
    assert all(math.isnan(value) for value in mean([]))


def test_no_and_all_futures_are_scored_finitely(tmp_path: Path):
    path = forecast(tmp_path / "f.json", {"moves_west_1950": {"none": 0.0, "all": 1.0}})
    none, sure = resolve(path, as_of=LATER).questions[0].answers
    assert (none.brier, sure.brier) == (1.0, 0.0)
    assert none.log_score == pytest.approx(math.log(2002))
    assert 0 < sure.log_score < 0.001


def test_the_base_rate_is_scored_beside_and_compared_with(tmp_path: Path):
    chances = {"military_pact_1954": {"one": 0.6}, "reconciled_1955": {"one": 0.2}}
    found = resolve(forecast(tmp_path / "f.json", chances, base_rate=0.25), as_of=LATER)
    assert [one.base_brier for one in found.questions] == pytest.approx([0.75**2] * 2)
    (branch,) = found.branches
    differences = [0.4**2 - 0.75**2, 0.8**2 - 0.75**2]
    assert (branch.base_n, branch.base_brier) == (2, pytest.approx(0.75**2))
    assert branch.difference == pytest.approx(statistics.mean(differences))
    assert branch.difference_error == pytest.approx(statistics.stdev(differences) / math.sqrt(2))


def test_a_branch_in_which_something_was_held_or_pushed_is_shown_and_not_scored(tmp_path: Path):
    chances = {"moves_west_1950": {"one": 0.5}}
    for place, done in enumerate(["--set x=1@1949-01..", "--off c --shock y=2@1949-01", "--off c"]):
        path = forecast(tmp_path / f"{place}.json", chances, set=done)
        (answer,) = resolve(path, as_of=LATER).questions[0].answers
        assert (answer.brier is None) == (done != "--off c")


def test_what_was_not_counted_by_the_run_is_not_scored(tmp_path: Path):
    path = forecast(tmp_path / "f.json", {"moves_west_1950": {"one": math.nan}})
    found = resolve(path, as_of=LATER)
    assert (found.questions[0].answers[0].word(), found.branches) == ("not counted", ())


def test_a_forecast_that_was_frozen_after_the_answer_is_a_hindcast(file: Path):
    assert not any(one.ahead for one in resolve(file, as_of=LATER).questions)
    rewritten(file, frozen="1951-01-01T00:30:00+01:00")
    ahead = {one.outcome: one.ahead for one in resolve(file, as_of=LATER).questions}
    assert ahead["moves_west_1950"], "half past midnight in Belgrade is still 1950 in UTC"
    rewritten(file, frozen="1951-01-01T00:30:00+00:00")
    ahead = {one.outcome: one.ahead for one in resolve(file, as_of=LATER).questions}
    assert not ahead["moves_west_1950"]
    assert ahead["leader_out_1951"]


def test_a_file_given_twice_is_counted_once(file: Path, tmp_path: Path):
    copy = tmp_path / "copy.json"
    copy.write_bytes(file.read_bytes())
    found = resolve([file, copy], as_of=LATER)
    assert [one.n for one in found.branches] == [7, 7]
    assert any("counted once" in note for note in found.notes)


def test_two_forecasts_of_a_question_are_two_answers_to_one_question(file: Path, tmp_path: Path):
    other = forecast(tmp_path / "other.json", {"moves_west_1950": {"one": 0.8}})
    found = resolve([file, other], as_of=LATER)
    assert [(one.branch, one.n, one.questions) for one in found.branches] == [("one", 8, 7), ("two", 7, 7)]
    text = resolving.resolved(found, "icd203", 80)
    assert "8 (7)" in text
    assert "n: answers, and in brackets how many questions" in text


# --------------------------------------------------------------------------- wrong files

WRONG = {
    "it is not JSON": '{"format": 1,',
    "it is not JSON (a key stands twice": '{"format": 1, "case": "a", "case": "b"}',
    "it is not JSON (maximum recursion": "[" * 100_000,
    "it is no frozen forecast": "[1, 2]",
    "it is no frozen forecast; ": '{"outcomes": []}',
    "its format is '2'; this program reads format 1": '{"format": 2}',
    "its format is 'True'": '{"format": true}',
    "outcomes: the key is missing": '{"format": 1, "case": "a"}',
    "Invalid JSON": '{"format": 1, "case": "\\ud800"}',
}


@pytest.mark.parametrize(("message", "text"), WRONG.items(), ids=list(WRONG))
def test_a_file_that_is_no_frozen_forecast_is_told(call, tmp_path: Path, message: str, text: str):
    (tmp_path / "wrong.json").write_text(text)
    done = call("resolve", tmp_path / "wrong.json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"{tmp_path / 'wrong.json'}" in done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": None}, "seed: the key is missing"),
        ({"mood": "good"}, "mood: there is no such key"),
        ({"futures": "many"}, "futures: Input should be a valid integer"),
        ({"case": "../../elsewhere"}, "case: String should match"),
        ({"version": "\x1b[31m"}, "version: String should match"),
        ({"outcomes": []}, "outcomes: Tuple should have at least 1 item"),
        ({"frozen": "2020-01-01T00:00:00"}, "frozen: Input should have timezone info"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_content_that_does_not_fit_is_told_by_its_key(call, file: Path, changes: dict, message: str):
    done = call("resolve", rewritten(file, **changes))
    assert (done.exit_code, done.stdout) == (1, "")
    assert message in done.stderr


def test_a_changed_file_is_refused_with_the_reason(call, file: Path):
    file.write_text(file.read_text().replace("0.1,", "0.9,"))
    done = call("resolve", file)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "it has been changed since it was frozen" in done.stderr


def test_every_fault_of_every_file_is_told_at_once(call, file: Path, tmp_path: Path):
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text("[]")
    done = call("resolve", file, tmp_path / "a.json", tmp_path / "b.json", tmp_path / "gone.json", tmp_path)
    assert (done.exit_code, done.stdout) == (1, "")
    told = done.stderr.splitlines()
    assert [line.partition(":")[0].rpartition("/")[2] for line in told] == ["a.json", "b.json", "gone.json"]


def test_a_folder_or_nothing_in_the_place_of_a_file_is_told(call, tmp_path: Path):
    assert "it is a folder" in call("resolve", tmp_path).stderr
    assert "there is no such file" in call("resolve", tmp_path / "gone.json").stderr
    assert call("resolve").exit_code == 2
    with pytest.raises(RequestError, match="no frozen forecast is given"):
        resolve([])


def test_a_case_that_cannot_be_found_is_told(call, file: Path, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = call("resolve", file, "yugoslavia-1949")
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"did you mean '{CASE}'?" in done.stderr
    done = call("resolve", rewritten(file, case="my-case"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "'my-case', which is neither bundled nor a folder here" in done.stderr
    with pytest.raises(CaseError):
        resolve(file, tmp_path / "nowhere")


def test_a_file_of_another_case_is_told(call, file: Path):
    done = call("resolve", file, "belarus")
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"is of the case '{CASE}', not of 'belarus'" in done.stderr


def test_a_date_that_is_none_is_told(call, file: Path):
    done = call("resolve", file, "--as-of", "someday")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "'someday' is no date" in done.stderr


# -------------------------------------------------------------------------- command line


def test_the_table_has_words_numbers_what_came_and_scores(call, file: Path):
    lines = call("resolve", file, "--as-of", LATER).stdout.splitlines()
    line = next(line for line in lines if "Does Belgrade make a move" in line)
    for part in ("1950-12", "yes", "one", "very unlikely", "10 ± 1 %", "0.810"):
        assert part in line
    assert "7 of 7 questions had closed when frozen: hindcasts" in lines[-1]
    assert any(line.split()[:2] == ["two", "7"] for line in lines)


def test_the_words_are_those_of_the_scale_that_is_asked_for(call, file: Path):
    found = json.loads(call("resolve", file, "--json", "--scale", "phia").stdout)
    words = [one["word"] for question in found["questions"] for one in question["answers"]]
    assert "highly unlikely" in words
    assert "highly unlikely" in call("resolve", file, "--scale", "phia").stdout


def test_what_is_open_is_listed_and_said_why(call, file: Path):
    text = call("resolve", file, "--as-of", "1955-01-31").stdout
    assert "Not counted: 2 questions.\n  reconciled_1955: it closes on 1955-12-31" in text
    text = call("resolve", file, "--as-of", "1949-01-31").stdout
    assert text.endswith("No question is settled by 1949-01-31; nothing is scored.\n")


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("scale", ["icd203", "phia"])
def test_no_line_is_wider_than_the_terminal(tmp_path: Path, monkeypatch, width: int, scale: str):
    monkeypatch.chdir(tmp_path)
    chances = {
        name: {"union": 0.0, "neither": 1.0, "union, changed": 0.52, "pushed": 0.77}
        for name in list(CAME)[:5]
    }
    found = resolve(forecast(Path("f.json"), chances), as_of="1951-01-01")
    lines = resolving.resolved(found, scale, width).splitlines()
    assert [line for line in lines if len(line) > width] == []
    assert ("realistic" in "".join(lines)) == (scale == "phia")


def test_json_is_all_that_the_method_returns(call, file: Path):
    found = json.loads(call("resolve", file, "--as-of", LATER, "--json").stdout)
    plain = resolve(file, as_of=LATER).as_dict()
    assert found["as_of"] == plain["as_of"] == LATER
    assert [one["came"] for one in found["questions"]] == [one["came"] for one in plain["questions"]]
    assert found["branches"][0]["brier"] == plain["branches"][0]["brier"]
    assert found["branches"][0]["base_brier"] is None, "not a number is null"


def test_the_last_of_several_is_the_case_unless_it_is_a_file(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.json").touch()
    Path("b").touch()
    Path("folder").mkdir()
    assert resolving.split(["a.json"]) == (["a.json"], None)
    assert resolving.split(["belarus"]) == (["belarus"], None)
    assert resolving.split(["a.json", "b"]) == (["a.json", "b"], None)
    assert resolving.split(["a.json", "gone.json"]) == (["a.json", "gone.json"], None)
    assert resolving.split(["a.json", "folder"]) == (["a.json"], "folder")
    assert resolving.split(["a.json", "b", "belarus"]) == (["a.json", "b"], "belarus")


def test_a_case_in_a_folder_resolves_what_was_frozen_of_it(call, small: Path, tmp_path: Path):
    protests(small)
    path = forecast(tmp_path / "f.json", {"sanctions_by_2013": {"one": 0.7}}, case=small)
    done = call("resolve", path, small)
    assert done.exit_code == 0
    assert "0.090" in done.stdout
