"""Quotes as W3C Web Annotations."""

import json

from shatterbelt.documents import resolve, text_of, to_annotation

TEXT = text_of("Before it. The pilots went on strike. After it.")


def test_without_the_document_an_annotation_holds_places_and_no_words(quote_of):
    quote = quote_of(TEXT, 11, 37)
    annotation = to_annotation(quote)
    assert annotation["type"] == "Annotation"
    assert annotation["target"]["selector"] == [{"type": "TextPositionSelector", "start": 11, "end": 37}]
    assert annotation["target"]["source"] == "urn:shatterbelt:document:doc"
    assert "pilots" not in json.dumps(annotation)


def test_with_the_document_it_has_the_passage_and_what_stands_around_it(quote_of):
    copy = text_of(f"Menu. {TEXT.characters}")
    found = resolve(quote_of(TEXT, 11, 37), copy)
    annotation = to_annotation(
        quote_of(TEXT, 11, 37), source="urn:x:copy", resolved=found, text=copy, body="A strike."
    )
    position, words = annotation["target"]["selector"]
    assert (
        copy.characters[position["start"] : position["end"]] == words["exact"] == "The pilots went on strike."
    )
    assert words["prefix"] == "Menu. Before it. "
    assert words["suffix"] == " After it."
    assert annotation["target"]["source"] == "urn:x:copy"
    assert annotation["body"] == {"type": "TextualBody", "value": "A strike.", "format": "text/plain"}


def test_a_whole_body_is_taken_as_it_is(quote_of):
    assert to_annotation(quote_of(TEXT, 11, 37), body={"type": "Claim"})["body"] == {"type": "Claim"}
