"""The parser is loaded by a shorter way than spaCy's own, to the same effect."""

import importlib

import pytest

pytest.importorskip("spacy", reason="reading needs the extra 'read'")

import spacy

from shatterbelt.reading.parsing import _loaded, _without_commands, installed, pipeline

TEXT = "Police didn't arrest 300 miners in Minsk, the U.S. envoy's aide said; he'd seen \"none\"."


@pytest.fixture(scope="module")
def usual():
    return spacy.util.load_model_from_path(installed())


def test_the_tokenizer_has_the_rules_of_the_pipeline_as_it_is_usually_loaded(usual):
    assert pipeline().tokenizer.to_bytes(exclude=["vocab"]) == usual.tokenizer.to_bytes(exclude=["vocab"])


def test_words_are_parsed_and_named_as_by_the_pipeline_as_it_is_usually_loaded(usual):
    def told(language):
        return [(t.text, t.tag_, t.pos_, t.dep_, t.head.i, t.lemma_, t.ent_type_) for t in language(TEXT)]

    assert told(pipeline()) == told(usual)


def test_spacy_is_left_as_whole_as_it_would_be_by_itself():
    assert _without_commands() is spacy
    assert spacy.info()["spacy_version"] == spacy.__version__
    assert importlib.import_module("spacy.cli").__file__


def test_a_pipeline_loads_a_second_time():
    assert _loaded(installed()).pipe_names == pipeline().pipe_names
