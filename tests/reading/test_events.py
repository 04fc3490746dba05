"""What is read as an event, in sentences of our own; the cases are in ``events.yaml``."""

import importlib.util
import sys
from pathlib import Path
from typing import get_args

import pytest
import yaml

from shatterbelt.documents.loaded import Block, LoadedDocument, Metadata
from shatterbelt.documents.text import Text
from shatterbelt.reading.attribution import voices_of
from shatterbelt.reading.event_tables import noun_rows, verb_rows
from shatterbelt.reading.events import find_events, plover_type
from shatterbelt.reading.parsing import parse
from shatterbelt.reading.parties import Parties
from shatterbelt.reading.statements import stands
from shatterbelt.reading.voices import Voices
from shatterbelt.statements import PloverType

CASES = yaml.safe_load((Path(__file__).parent / "events.yaml").read_text(encoding="utf-8"))
TYPES = [(kind, text, actor) for kind, rows in CASES["types"].items() for text, actor in rows]
ISSUED = "2020-11-30"


def document_of(text, issued=ISSUED):
    return LoadedDocument(
        "d", "d", Text(text, "0" * 64), text, "text", Metadata(issued=issued), (Block(0, len(text)),)
    )


def events_of(text, issued=ISSUED):
    document, sentences = next(iter(parse([document_of(text, issued)])))
    parties = Parties(sentences, issued)
    return find_events(sentences, voices_of(sentences, parties), parties, document)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_an_event_is_read_as(case):
    found = [event for event in events_of(case["text"]) if case["trigger"] in event.trigger.text.split()]
    if case.get("nothing"):
        assert not found
        return
    assert found, [(event.trigger.text, event.type) for event in events_of(case["text"])]
    event = found[0]
    assert event.type == case["type"]
    for key in ("actors", "targets"):
        if key in case:
            assert [party.name for party in getattr(event, key)] == case[key]
    for key, parties in (("codes", event.actors), ("target_codes", event.targets)):
        if key in case:
            assert [party.actor for party in parties] == case[key]
    if "mode" in case:
        assert event.mode == case["mode"]
    if "contexts" in case:
        assert sorted(event.contexts) == case["contexts"]
    if "date" in case:
        assert (f"{event.date.earliest}/{event.date.latest}" if event.date else "") == case["date"]
    if "place" in case:
        assert event.place.text == case["place"]
    if "magnitudes" in case:
        assert [[each.low, each.high, each.what] for each in event.magnitudes] == case["magnitudes"]


@pytest.mark.parametrize(("kind", "text", "actor"), TYPES, ids=[text for _, text, _ in TYPES])
def test_the_surest_event_of_a_sentence_is(kind, text, actor):
    best = max(events_of(text, ""), key=lambda event: event.reading)
    assert plover_type(best) == kind
    assert best.actors[0].name == actor


def test_every_type_has_sentences():
    assert set(CASES["types"]) == set(get_args(PloverType))


def test_the_tables_hold_plovers_types_only():
    told = {row.type for table in (verb_rows(), noun_rows()) for rows in table.values() for row in rows}
    assert told - {None} <= set(get_args(PloverType))


def test_events_are_read_without_anybodys_voice():
    document, sentences = next(iter(parse([document_of("Police arrested 20 activists.")])))
    found = find_events(sentences, [Voices()] * len(sentences), Parties(sentences), document)
    assert [event.type for event in found] == ["COERCE"]


@pytest.mark.parametrize(
    "text", ["?!", "and and of", "Will.", "«»", "of the of", "Talks talks talks", "1. 2. 3."]
)
def test_odd_text_is_no_fault(text):
    assert isinstance(events_of(text), list)


def test_every_span_stands_in_the_document():
    text = (
        "On Sunday, police  in Minsk arrested at least\n300 people; the EU, he said, would impose sanctions."
    )
    document, sentences = next(iter(parse([document_of(text)])))
    parties = Parties(sentences, ISSUED)
    found = find_events(sentences, voices_of(sentences, parties), parties, document)
    assert len(found) >= 2
    assert all(stands(document, event) for event in found)


@pytest.mark.parametrize(
    ("text", "word", "plover"),
    [
        ("Japan will send blankets to Nepal.", "send", "AGREE"),
        ("The EU will impose sanctions on Syria.", "sanctions", "THREATEN"),
        ("Syria said it will not release the prisoners.", "release", "REJECT"),
        ("Syria released the prisoners.", "released", "RETREAT"),
    ],
)
def test_plovers_code_of_deeds_to_come(text, word, plover):
    event = next(event for event in events_of(text) if word in event.trigger.text)
    assert plover_type(event) == plover


def _tool():
    path = Path(__file__).parents[2] / "tools" / "score_events.py"
    spec = importlib.util.spec_from_file_location("score_events", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_the_score_counts_by_hand():
    pairs = [("AID", "AID"), ("AID", "AGREE"), ("AGREE", "AGREE")]
    # AID: one right, two asked, one given: 2/3. AGREE: one right, one asked, two given: 2/3.
    assert _tool().macro_f1(pairs) == pytest.approx(2 / 3)
