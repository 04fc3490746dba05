"""JSON lines: the document's own characters behind every selector, and a report for every telling."""

import json

import pytest

from reading.making import claim, day, document, event, party, says, span
from shatterbelt.documents.text import normalise_characters, span_hash
from shatterbelt.reading.merging import Told, merge
from shatterbelt.reading.output import document_values, json_lines, statement_values, target, told_values

TEXT = (
    "\ufeffPolice arrested 300 \u201cstrikers\u201d in Tarsk.\n"
    "Dearer gas \u2014 it said \u2014 angers\u00a0miners.\n"
)


@pytest.fixture
def text():
    return document(TEXT, title="Strikes", issued="2021-03-10")


def selectors(values):
    position, quote = values["target"]["selector"]
    return position, quote


def test_a_selector_holds_the_documents_own_characters_and_its_place(text):
    found = statement_values(text, event(text, "arrested 300 \u201cstrikers\u201d", "arrested", "COERCE"))
    position, quote = selectors(found)
    assert (position["type"], quote["type"]) == ("TextPositionSelector", "TextQuoteSelector")
    assert quote["exact"] == TEXT[position["start"] : position["end"]] == "arrested 300 \u201cstrikers\u201d"
    assert quote["prefix"] + quote["exact"] + quote["suffix"] in TEXT
    assert quote["prefix"].endswith("Police ")


def test_every_span_in_a_line_is_what_stands_there(text):
    one = claim(
        text,
        "Dearer gas \u2014 it said \u2014 angers\u00a0miners",
        ("Dearer gas", "angers\u00a0miners"),
        ("a", "b"),
    )

    def spans(value):
        if isinstance(value, dict):
            if set(value) == {"start", "end", "text"}:
                yield value
            for part in value.values():
                yield from spans(part)
        elif isinstance(value, list):
            for part in value:
                yield from spans(part)

    (line,) = json_lines([statement_values(text, one)])
    found = list(spans(json.loads(line)))
    assert len(found) == 4
    assert all(TEXT[one["start"] : one["end"]] == one["text"] for one in found)


def test_the_hash_is_that_of_the_normalised_span_as_a_quote_holds_it(text):
    where = span(text, "\u201cstrikers\u201d")
    assert target(text, where)["shatterbelt:sha256"] == span_hash(normalise_characters(where.text))


def test_the_document_line_says_what_is_known_and_what_is_missing(text):
    found = document_values(text, rating="C", story=2)
    assert (found["kind"], found["id"], found["rating"], found["story"]) == ("document", "tarsk", "C", 2)
    assert found["missing"] == ["publisher"]
    assert found["sha256"] == text.text.sha256
    assert found["characters"] == len(TEXT)


def test_an_event_told_twice_is_one_line_with_a_report_of_the_other_telling():
    one = document("Police arrested 300 strikers on Monday.", "one")
    two = document("On Monday 300 strikers were arrested by police, a union said.", "two")
    first = event(
        one, "Police arrested 300 strikers", "arrested", "COERCE", date=day("2021-03-08"),
        actors=(party(one, "Police", "TAR_COP"),),
    )  # fmt: skip
    second = event(
        two, "300 strikers were arrested by police", "arrested", "COERCE", date=day("2021-03-08"),
        actors=(party(two, "police", "TAR_COP"),), says_who=says(two, "a union", "said"), manner="reported",
    )  # fmt: skip
    (told,) = merge([first, second], {"one": 1, "two": 1})
    assert isinstance(told, Told)
    found = told_values({"one": one, "two": two}, told)
    (report,) = found["reports"]
    assert found["documents"] == ["one", "two"]
    assert (report["document"], report["manner"], report["id"]) == ("two", "reported", second.id)
    assert report["says_who"][0]["source"]["name"] == "a union"
    assert report["target"]["selector"][1]["exact"] == "300 strikers were arrested by police"


def test_a_line_is_one_line_whatever_stands_in_the_text():
    odd = document('Police "arrested"\u2028 300 \\ strikers\x85 today')
    lines = list(json_lines([statement_values(odd, event(odd, odd.original, '"arrested"', "COERCE"))]))
    assert len(lines) == 1
    assert "\n" not in lines[0]
    assert json.loads(lines[0])["quote"]["text"] == odd.original
