"""read: the table, the lines of JSON, metadata from options, bad files beside good ones, all or nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from shatterbelt.cli import reading as cli_reading
from shatterbelt.documents.loading import load_document

pytest.importorskip("spacy")

ARTICLE = """Gas prices anger the miners of Tarsk

MINSK, 10 March 2021

Police arrested at least 300 miners in Minsk on Sunday, the interior ministry said.

Higher gas prices pushed the government towards the West because wages had fallen. The EU imposed sanctions
on Belarus last week.

The Belarusian opposition demands new elections.
"""
COPY = """The Other Paper

Police arrested at least 300 miners in Minsk on Sunday, the interior ministry said, after a night of unrest.

Higher gas prices pushed the government towards the West because wages had fallen. The EU imposed sanctions
on Belarus last week.

The Belarusian opposition demands new elections.
"""


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "gas-and-miners.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_the_table_is_no_wider_than_the_terminal(call, article: Path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shown = call("read", article).stdout
    assert max(len(line) for line in shown.splitlines()) <= 80
    heads = next(line for line in shown.splitlines() if line.startswith("at "))
    assert heads.split() == ["at", "kind", "manner", "sure", "who", "says", "what"]


def test_the_table_shows_kind_speaker_manner_confidence_place_and_quote(call, article: Path):
    shown = call("read", article).stdout
    row = next(line for line in shown.splitlines() if "COERCE" in line)
    assert row.startswith("¶3")
    for part in ("event", "reported", " %", "interior ministry", "at least 300", "Police arrested"):
        assert part in row
    assert "none of them reviewed" in shown.splitlines()[-1]


def test_json_is_lines_with_selectors_into_the_file(call, article: Path):
    done = call("read", article, "--json")
    document, *statements = lines(done.stdout)
    assert document["kind"] == "document"
    assert (document["id"], document["issued"]) == ("gas-and-miners", "2021-03-10")
    assert {one["kind"] for one in statements} == {"event", "claim", "aim"}
    for one in statements:
        position, quote = one["target"]["selector"]
        assert quote["exact"] == ARTICLE[position["start"] : position["end"]]
        assert one["reviewed"] == "no"
        assert one["document"] == "gas-and-miners"


def test_a_kind_alone_can_be_asked_for(call, article: Path):
    found = lines(call("read", article, "--json", "--kind", "claims").stdout)
    assert {one["kind"] for one in found} == {"document", "claim"}


def test_statements_less_sure_than_asked_for_are_left_out(call, article: Path):
    everything = lines(call("read", article, "--json").stdout)[1:]
    least = sorted(one["reading"] for one in everything)[-1]
    found = lines(call("read", article, "--json", "--min-reading", least).stdout)[1:]
    assert found == [one for one in everything if one["reading"] >= least]
    assert lines(call("read", article, "--json", "--min-reading", 1).stdout)[1:] == []


def test_what_is_not_known_is_asked_for_with_the_option_that_gives_it(call, article: Path):
    done = call("read", article)
    assert "publisher is not known; give it with --publisher, or use --ask" in done.stderr
    assert "--issued" not in done.stderr
    told = call("read", article, "--publisher", "The Paper", "--source-rating", "C", "--json")
    assert "publisher" not in told.stderr
    document = lines(told.stdout)[0]
    assert (document["publisher"], document["rating"]) == ("The Paper", "C")


def test_relative_dates_hang_on_the_date_of_issue(call, article: Path):
    def date(*options: str) -> object:
        found = lines(call("read", article, "--json", "--kind", "events", *options).stdout)
        return next(one["date"] for one in found if one.get("type") == "COERCE")

    assert date()["earliest"] == "2021-03-07"
    assert date("--issued", "2019-05-08")["earliest"] == "2019-05-05"


def test_of_several_files_an_option_is_for_those_that_are_silent(call, article: Path, tmp_path: Path):
    (tmp_path / "silent.txt").write_text("Police arrested a miner in Minsk.\n", encoding="utf-8")
    done = call("read", article, tmp_path / "silent.txt", "--issued", "2019-05-08", "--json")
    issued = {one["id"]: one["issued"] for one in lines(done.stdout) if one["kind"] == "document"}
    assert issued == {"gas-and-miners": "2021-03-10", "silent": "2019-05-08"}


def test_an_event_that_two_copies_of_one_story_tell_is_one_line(call, article: Path, tmp_path: Path):
    (tmp_path / "other.txt").write_text(COPY, encoding="utf-8")
    found = lines(call("read", tmp_path, "--json", "--issued", "2021-03-10").stdout)
    assert len({one["story"] for one in found if one["kind"] == "document"}) == 1
    (arrest,) = [one for one in found if one.get("type") == "COERCE"]
    assert sorted(arrest["documents"]) == ["gas-and-miners", "other"]
    assert {report["document"] for report in arrest["reports"]} < {"gas-and-miners", "other"}


def test_a_bad_file_is_told_and_the_others_are_read(call, article: Path, tmp_path: Path):
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "empty.txt").write_bytes(b"")
    done = call(
        "read", tmp_path / "binary.txt", article, tmp_path / "empty.txt", tmp_path / "none.txt", "--json"
    )
    assert done.exit_code == 1
    assert len(lines(done.stdout)) > 3
    for name in ("binary.txt", "empty.txt", "none.txt"):
        assert name in done.stderr
    assert "Traceback" not in done.output


def test_another_language_is_told(call, tmp_path: Path):
    path = tmp_path / "fremd.txt"
    path.write_text("Die Polizei hat am Sonntag in der Stadt dreihundert Bergleute festgenommen. " * 5)
    done = call("read", path)
    assert done.exit_code == 1
    assert "seems to be in another language (de)" in done.stderr


def test_standard_input_is_read(call, article: Path):
    from click.testing import CliRunner

    from shatterbelt.cli import main

    done = CliRunner().invoke(main, ["read", "-", "--json"], input=ARTICLE)
    assert {one["kind"] for one in lines(done.stdout)} == {"document", "event", "claim", "aim"}


def test_nothing_to_read_is_said(call, monkeypatch):
    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    with pytest.raises(Exception, match="give FILES to read"):
        cli_reading.standard_input()


# ------------------------------------------------------------------------------- a file, whole or not at all


def test_out_holds_what_would_be_printed(call, article: Path, tmp_path: Path):
    printed = call("read", article, "--json").stdout
    done = call("read", article, "--json", "--out", tmp_path / "found.jsonl")
    assert done.stdout == ""
    assert (tmp_path / "found.jsonl").read_text(encoding="utf-8") == printed
    call("read", article, "--out", tmp_path / "found.txt")
    assert "COERCE" in (tmp_path / "found.txt").read_text(encoding="utf-8")


def test_an_interrupted_write_leaves_the_old_file(call, article: Path, tmp_path: Path, monkeypatch):
    target = tmp_path / "found.jsonl"
    target.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    done = call("read", article, "--json", "--out", target)
    assert done.exit_code == 2
    assert "No space left on device" in done.stderr
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["found.jsonl", "gas-and-miners.txt"]


def test_a_folder_that_is_not_there_is_told(call, article: Path, tmp_path: Path):
    done = call("read", article, "--out", tmp_path / "no" / "such" / "file")
    assert done.exit_code == 2
    assert "--out" in done.stderr


# ------------------------------------------------------------------------------- wrong options


@pytest.mark.parametrize(
    "date", ["yesterday", "2021-13", "2021-02-30", "21-03-10", "2021/03/10", "0000-01-01"]
)
def test_a_date_of_issue_that_is_none_is_told(call, article: Path, date: str):
    done = call("read", article, "--issued", date)
    assert done.exit_code == 2
    assert "dates of issue are YYYY, YYYY-MM or YYYY-MM-DD" in done.stderr


def test_a_model_reads_only_where_one_is_named_and_sending_is_allowed(call, article: Path, monkeypatch):
    for name in ("ENDPOINT", "MODEL", "KEY"):
        monkeypatch.delenv(f"SHATTERBELT_{name}", raising=False)
    for options, told in (
        ([], "give --endpoint URL, or set SHATTERBELT_ENDPOINT"),
        (["--endpoint", "http://127.0.0.1:9/v1"], "give --model NAME, or set SHATTERBELT_MODEL"),
        (["--endpoint", "nowhere", "--model", "x"], "'nowhere' is no address of a model"),
        (["--endpoint", "http://127.0.0.1:9/v1", "--model", "x"], "nothing was sent; this would send"),
    ):
        done = call("read", article, "--reader", "model", *options)
        assert done.exit_code == 2
        assert told in done.stderr


def test_where_nobody_listens_there_is_a_message_and_no_file(call, article: Path, tmp_path: Path):
    done = call(
        "read", article, "--reader", "model", "--endpoint", "http://127.0.0.1:9/v1", "--model", "x", "--send",
        "--out", tmp_path / "found.jsonl",
    )  # fmt: skip
    assert done.exit_code == 1
    assert "Sending" in done.stderr
    assert "127.0.0.1:9" in done.stderr
    assert "cannot be reached" in done.stderr
    assert not (tmp_path / "found.jsonl").exists()


def test_questions_are_put_on_a_terminal_only(article: Path, monkeypatch):
    from shatterbelt.cli import reading_options

    document = load_document(article)
    assert document.metadata.missing == ("publisher",)
    assert reading_options.asked(document) is document
    monkeypatch.setattr(reading_options, "terminal", lambda: True)
    answers = iter(["The Paper"])
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(answers))
    assert reading_options.asked(document).metadata.publisher == "The Paper"


def test_a_wrong_answer_is_asked_for_again(article: Path, monkeypatch):
    from shatterbelt.cli import reading_options

    article.write_text("Police arrested a miner.\n", encoding="utf-8")
    monkeypatch.setattr(reading_options, "terminal", lambda: True)
    answers = iter(["A title", "soon", "2021-03", ""])
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(answers))
    about = reading_options.asked(load_document(article)).metadata
    assert (about.title, about.issued, about.publisher) == ("A title", "2021-03", "")


def test_reading_needs_no_network_and_no_jax(article: Path):
    """Everything runs with sockets shut, and nothing heavy that it does not need is imported."""
    import subprocess

    code = (
        "import socket, sys\n"
        "def shut(*a, **k): raise AssertionError('network')\n"
        "socket.socket.connect = shut; socket.create_connection = shut\n"
        "from shatterbelt.cli import main\n"
        f"main(['read', {str(article)!r}], standalone_mode=False)\n"
        "assert not {'jax', 'xarray', 'torch'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# ------------------------------------------------------------------------------- by a language model


@pytest.fixture
def model(monkeypatch):
    from reading.serving import KEY, said, serving

    aim = {
        "kind": "aim", "quote": "The Belarusian opposition demands new elections", "form": "demand",
        "actor": "The Belarusian opposition", "content": "new elections", "cue": "demands",
    }  # fmt: skip
    with serving() as server:
        server.answers = [said(aim, {**aim, "quote": "The opposition took the palace"})]
        monkeypatch.setenv("SHATTERBELT_ENDPOINT", server.url)
        monkeypatch.setenv("SHATTERBELT_MODEL", "toy")
        monkeypatch.setenv("SHATTERBELT_KEY", KEY)
        yield server


def test_a_model_reads_beside_the_rules_and_what_it_made_up_is_counted(call, article: Path, model):
    from reading.serving import KEY

    done = call("read", article, "--reader", "rules", "--reader", "model", "--send", "--json")
    assert done.exit_code == 0
    readers = {one["reader"] for one in lines(done.stdout) if one["kind"] == "aim"}
    assert len(readers) == 2
    assert any(name.startswith("model toy-7b-2024 fp_1, prompt ") for name in readers)
    assert f"to 127.0.0.1:{model.http.server_port}, to be read by the model toy" in done.stderr
    assert "1 statement of model toy" in done.stderr
    assert "dropped" in done.stderr
    assert KEY not in done.output


def test_without_leave_a_model_gets_nothing(call, article: Path, model):
    done = call("read", article, "--reader", "model", "--json")
    assert (done.exit_code, done.stdout, model.asked) == (2, "", [])
    assert "--send" in done.stderr


def test_a_draft_by_a_model_is_as_unreviewed_as_any(call, article: Path, model, tmp_path: Path):
    from shatterbelt.case import load_case

    done = call("new", tmp_path / "mine", "--from", article, "--reader", "model", "--send")
    assert done.exit_code == 0
    assert "nothing in it is reviewed" in done.stdout
    assert "model toy-7b-2024 fp_1" in load_case(tmp_path / "mine").about.summary
