"""What every reader passes through: the gate, languages, counts; and the reader by rules end to end."""

import os
import pickle
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from reading.making import claim, document, event
from shatterbelt.documents.loaded import Block
from shatterbelt.errors import DocumentError, Fault
from shatterbelt.reading import reader as module
from shatterbelt.reading.ahead import ahead
from shatterbelt.reading.calibration import calibrated, group_of, rates
from shatterbelt.reading.calibration import counts as packaged
from shatterbelt.reading.reader import RuleReader, read_documents
from shatterbelt.reading.statements import Span, stands

TEXT = "Police arrested 300 miners in Tarsk. Dearer gas pushed the government towards the West."


class Toy:
    """A reader that says what it is given."""

    name = "toy"
    dropped = 0

    def __init__(self, *made, languages=()):
        self.made, self.languages = made, languages

    def read_each(self, documents):
        for one in documents:
            yield one, list(self.made)


@pytest.fixture(autouse=True)
def _as_found(monkeypatch):
    """Let statements come out as they were made, whatever the packaged counts say of their rules."""
    monkeypatch.setattr(module, "calibrated", lambda one: one)


@pytest.fixture
def text():
    return document(TEXT)


def test_a_statement_whose_quote_does_not_stand_there_is_dropped_and_counted(text):
    good = event(text, "Police arrested 300 miners", "arrested", "COERCE")
    moved = good.model_copy(update={"quote": Span(start=1, end=7, text="Police")})
    inner = good.model_copy(update={"trigger": Span(start=7, end=15, text="tortured")})
    foreign = good.model_copy(update={"document": "another"})
    beyond = good.model_copy(update={"place": Span(start=10_000, end=10_005, text="Tarsk")})
    reading = read_documents([text], [Toy(good, moved, inner, foreign, beyond)])
    assert reading.statements == (good,)
    assert reading.dropped == {"toy": 4}


def test_statements_stand_in_the_order_of_their_places_and_once(text):
    late = claim(text, "Dearer gas pushed the government", ("Dearer gas", "the government"), ("gas", "x"))
    early = event(text, "Police arrested 300 miners", "arrested", "COERCE")
    reading = read_documents([text], [Toy(late, early, late)])
    assert reading.statements == (early, late)
    assert reading.of("tarsk") == [early, late]


def test_a_document_in_another_language_is_a_fault_and_the_others_are_read(text):
    foreign = document("Die Polizei nahm 300 Bergleute fest.", "foreign", language="de")
    made = event(text, "Police arrested 300 miners", "arrested", "COERCE")
    reading = read_documents([foreign, text], [Toy(made, languages=("en",))])
    assert reading.statements == (made,)
    (fault,) = reading.faults
    assert str(fault).startswith("foreign.txt: the document seems to be in another language (de)")
    assert "--language en" in str(fault)


def test_a_reader_of_any_language_reads_it(text):
    foreign = document("Die Polizei nahm 300 Bergleute fest.", "foreign", language="de")
    made = event(foreign, "nahm 300 Bergleute fest", "nahm", "COERCE")
    assert read_documents([foreign], [Toy(made)]).statements == (made,)


def test_a_document_that_a_reader_fails_on_is_a_fault_and_the_others_are_read(text):
    class Failing(Toy):
        def read_each(self, documents):
            for one in documents:
                bad = DocumentError([Fault(one.name, None, "", "cannot be read")])
                yield one, bad if one.id == "bad" else list(self.made)

    made = event(text, "Police arrested 300 miners", "arrested", "COERCE")
    reading = read_documents([document("x", "bad"), text], [Failing(made)])
    assert [str(fault) for fault in reading.faults] == ["bad.txt: cannot be read"]
    assert reading.statements == (made,)


# ------------------------------------------------------------------------------- confidence


def test_rules_earn_their_rate_shrunk_to_that_of_their_kind(text):
    counts = {
        ("event", "verb, fair"): (40, 30),
        ("event", "noun, fair"): (10, 2),
        ("claim", "reason, fair"): (5, 5),
    }
    one = event(text, "Police arrested 300 miners", "arrested", "COERCE", rule="verb COERCE: arrest")
    rate = (30 + 2 + 1) / (40 + 10 + 2)
    assert rates(counts)["event"] == rate
    assert calibrated(one, counts).reading == round((30 + 8 * rate) / (40 + 8), 3)


@pytest.mark.parametrize(
    ("rule", "reading", "group"),
    [
        ("verb COERCE", 0.2, "verb, doubtful"),
        ("light verb AGREE: reach", 0.5, "light verb, fair"),
        ("reason:since", 0.74, "reason, fair"),
        ("aim:demand", 0.75, "aim, sure"),
        ("", 1.0, "other, sure"),
    ],
)
def test_a_statement_is_counted_with_its_family_of_rules_and_how_sure_the_finder_was(
    text, rule, reading, group
):
    one = event(text, "Police arrested 300 miners", "arrested", "COERCE", rule=rule, reading=reading)
    assert group_of(one) == group


def test_rules_that_were_never_counted_stand_at_the_rate_of_their_kind(text):
    counts = {("event", "verb, fair"): (40, 30)}
    one = event(text, "Police arrested 300 miners", "arrested", "COERCE", rule="new")
    assert calibrated(one, counts).reading == round(31 / 42, 3)


def test_where_nothing_is_known_the_confidence_stays(text):
    counts = {("claim", "reason, fair"): (5, 5)}
    one = event(text, "Police arrested 300 miners", "arrested", "COERCE", reading=0.4)
    assert calibrated(one, counts) is one
    other = claim(text, "Dearer gas pushed the government", ("Dearer gas", "the government"), ("a", "b"))
    of_a_model = other.model_copy(update={"reader": "model x", "reading": 0.5})
    assert calibrated(of_a_model, counts) is of_a_model


def test_the_packaged_counts_are_counts():
    for (kind, group), (n, right) in packaged().items():
        assert kind in {"event", "claim", "aim"}
        assert group.rpartition(", ")[2] in {"doubtful", "fair", "sure"}
        assert 0 <= right <= n


# ------------------------------------------------------------------------------- working ahead


def test_items_come_in_order_and_never_more_than_so_many_ahead():
    made = []

    def items():
        for number in range(20):
            made.append(number)
            yield number

    taken = []
    for item in ahead(items(), 3):
        taken.append(item)
        assert len(made) <= len(taken) + 3 + 1
    assert taken == list(range(20))


def test_what_is_raised_ahead_is_raised_where_it_is_taken():
    def items():
        yield 1
        raise ValueError("no")

    found = ahead(items())
    assert next(found) == 1
    with pytest.raises(ValueError, match="no"):
        next(found)


def test_who_stops_early_leaves_no_thread_at_work():
    def items():
        number = 0
        while True:
            yield number
            number += 1

    before = threading.active_count()
    found = ahead(items(), 2)
    next(found)
    found.close()
    for _ in range(100):
        if threading.active_count() <= before:
            break
        time.sleep(0.02)
    assert threading.active_count() <= before


# ------------------------------------------------------------------------------- rules, end to end


@pytest.fixture(scope="module")
def rules():
    pytest.importorskip("spacy")
    return RuleReader()


def test_every_statement_of_the_rules_stands_in_its_document_and_is_not_reviewed(rules):
    one = document(
        "Police arrested at least 300 miners in Minsk on Sunday.\n"
        "The interior ministry said that higher gas prices had pushed the government towards the West.\n"
        "The union demanded new elections because wages had fallen.",
        issued="2021-03-10",
    )
    two = document("Because gas became dearer, protests spread. The EU imposed sanctions on Belarus.", "two")
    reading = read_documents([one, two], [rules])
    assert reading.dropped == {}
    assert reading.faults == ()
    assert {statement.document for statement in reading.statements} == {"tarsk", "two"}
    assert {"event", "claim"} <= {statement.kind for statement in reading.statements}
    by_id = {"tarsk": one, "two": two}
    for statement in reading.statements:
        assert stands(by_id[statement.document], statement)
        assert statement.reviewed == "no"
        assert statement.reader == "rules"


@pytest.mark.parametrize(
    "odd",
    [
        "", " ", "\n\n", "...", "?!" * 200, "\u202e\u200f300\u200b", "\x00\x01", "a" * 5_000, "(" * 300,
        "\ufffd" * 50,
        '"' * 99, "- " * 200, "\U0001f600 said \U0001f600", "Mr. " * 100, "1,2,3,4 " * 100, "said " * 200,
        "because " * 100, "\u041f\u043e\u043b\u0438\u0446\u0438\u044f", "if " * 50 + ".",
    ],
    ids=lambda text: repr(text)[:20],
)  # fmt: skip
def test_odd_text_is_read_without_a_fault(rules, odd):
    assert read_documents([document(odd)], [rules]).faults == ()


def test_a_long_document_is_parsed_in_parts_that_lose_and_double_nothing(rules, monkeypatch):
    lines = [f"Police arrested {number} miners in Minsk on Sunday." for number in range(100, 130)]
    text = document("\n".join(lines), issued="2021-03-10")
    whole = read_documents([text], [rules]).statements
    monkeypatch.setattr(module, "PART", 200)
    parts = read_documents([text], [rules]).statements
    quotes = [one.quote.start for one in parts if one.kind == "event"]
    assert len(list(module._parts(text))) > 5
    assert quotes == [one.quote.start for one in whole if one.kind == "event"]
    assert len(quotes) == len(set(quotes)) >= 28


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_two_processes_read_what_one_reads_in_the_same_order(start):
    pytest.importorskip("spacy")
    here = Path(__file__).parent
    command = [sys.executable, here / "spreading.py", start]
    own = os.environ | {"PYTHONPATH": str(here.parent)}
    # A process of its own: this one has threads by now, and may not be copied.
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300, env=own)
    spread, alone = said.stdout.splitlines()
    assert spread == alone
    assert int(alone.partition(" ")[0]) >= 3


def test_faults_come_whole_from_one_process_to_another():
    fault = DocumentError([Fault("a.txt", 3, "", "it is torn", "whole ones", "mend it")])
    copy = pickle.loads(pickle.dumps(fault))
    assert copy.faults == fault.faults
    assert str(copy) == str(fault)


def test_boilerplate_and_bylines_are_not_read(rules):
    text = document("By our correspondent, whom police arrested\nThe EU imposed sanctions on Belarus.")
    first, second = text.blocks
    marked = (Block(first.start, first.end, "byline"), second)
    reading = read_documents([type(text)(**{**vars(text), "blocks": marked})], [rules])
    assert reading.statements
    assert all(one.quote.start >= second.start for one in reading.statements)


def test_a_fault_of_ours_in_one_document_costs_no_other(rules, monkeypatch):
    def failing(part, sentences):
        if part.id == "bad":
            raise KeyError("oops")
        return []

    monkeypatch.setattr(module, "_statements", failing)
    monkeypatch.delenv("SHATTERBELT_TRACEBACK", raising=False)
    reading = read_documents([document("A word.", "bad"), document("A word.", "good")], [rules])
    (fault,) = reading.faults
    assert "bad.txt: the program fails on it (KeyError: 'oops')" in str(fault)
