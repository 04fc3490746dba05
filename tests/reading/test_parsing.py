"""The parser is loaded by a shorter way than spaCy's own, to the same effect."""

import subprocess
import sys

import pytest

pytest.importorskip("spacy", reason="reading needs the extra 'read'")

import spacy

from shatterbelt.reading import parsing_rules
from shatterbelt.reading.parsing import _loaded, installed, pipeline
from shatterbelt.reading.parsing_rules import Rules

TEXTS = (
    "Police didn't arrest 300 miners in Minsk, the U.S. envoy's aide said; he'd seen \"none\".",
    "There is no deal, and there were none: that which it got, it has, does and had done to you and him.",
    "They ain't gonna go; let's say y'all got ta have nothin',  or somethin' of it, as c'm on 'em.",
    "",
    "\n\n  Gon",
)


@pytest.fixture(scope="module")
def usual():
    return spacy.util.load_model_from_path(installed())


def test_the_tokenizer_has_the_rules_of_the_pipeline_as_it_is_usually_loaded(usual):
    assert pipeline().tokenizer.to_bytes(exclude=["vocab"]) == usual.tokenizer.to_bytes(exclude=["vocab"])


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_parsed_and_named_as_by_the_pipeline_as_it_is_usually_loaded(usual, text):
    def told(language):
        return [
            (t.text, t.tag_, t.pos_, t.dep_, t.head.i, t.lemma_, str(t.morph), t.ent_type_)
            for t in language(text)
        ]

    assert told(pipeline()) == told(usual)


@pytest.mark.parametrize("text", TEXTS)
def test_the_rules_for_parts_of_speech_match_as_the_ruler_itself_matches(usual, text):
    ruler, strings = usual.get_pipe("attribute_ruler"), usual.vocab.strings
    rules = Rules(usual)
    doc = usual(text)
    for _ in range(2):  # the second time from memory
        assert rules(doc) == ruler.match(doc)
    assert all(strings[name] == str(number) for number, name, _, _ in rules(doc))


def test_no_more_kinds_of_words_are_remembered_than_there_is_room_for(usual, monkeypatch):
    monkeypatch.setattr(parsing_rules, "REMEMBERED", 5)
    rules = Rules(usual)
    for text in TEXTS:
        doc = usual(text)
        assert rules(doc) == usual.get_pipe("attribute_ruler").match(doc)
        assert len(rules._seen) <= 5 + len(doc)


def test_spacy_is_left_as_whole_as_it_would_be_by_itself():
    script = """
from shatterbelt.reading.parsing import _without_commands
spacy = _without_commands()
import sys
assert "spacy.cli" not in sys.modules
assert spacy.info()["spacy_version"] == spacy.__version__
import spacy.cli
assert spacy.cli.download and spacy.cli.__file__
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)


def test_a_pipeline_loads_a_second_time():
    assert _loaded(installed()).pipe_names == pipeline().pipe_names
