"""The encoder as it is shipped: what it must know, what it must keep, and how it fails."""

import builtins
import shutil

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("tokenizers")

from shatterbelt.documents.loaded import Block, LoadedDocument
from shatterbelt.documents.text import text_of
from shatterbelt.errors import RequestError
from shatterbelt.reading import encoder as module
from shatterbelt.reading import encoder_marks as marks
from shatterbelt.reading.encoder import SHA256, WEIGHTS, Encoder
from shatterbelt.reading.encoder_relations import NEVER, relations
from shatterbelt.statements import PloverType

TYPES = PloverType.__args__


@pytest.fixture(scope="module")
def encoder():
    return Encoder.load(threads=1)


def read(encoder, text):
    return encoder.read([text])[0]


def test_a_sentence_that_tells_a_cause_is_told_from_one_that_does_not(encoder):
    causal = read(
        encoder, "Thousands took to the streets because the commission had ignored their complaints."
    )
    plain = read(encoder, "The ministry is a grey building behind the opera.")
    assert causal.causal > 0.7
    assert plain.causal < 0.4
    assert causal.relations
    assert not plain.relations


@pytest.mark.parametrize(
    ("text", "cause", "effect"),
    [
        ("The strike went on because wages had not been paid.", "been paid", "strike"),
        ("Because wages had not been paid, the strike went on.", "been paid", "strike"),
        ("The closure of the port led to a shortage of flour.", "closure", "shortage"),
        ("An uproar in parliament was caused by the new tax.", "tax", "uproar"),
    ],
)
def test_cause_and_effect_keep_their_roles_when_the_sentence_is_turned_round(encoder, text, cause, effect):
    surest = read(encoder, text).relations[0]
    assert cause in text[slice(*surest.cause)]
    assert effect in text[slice(*surest.effect)]
    assert effect not in text[slice(*surest.cause)]


@pytest.mark.parametrize(
    ("text", "trigger", "kind"),
    [
        ("Police arrested forty demonstrators.", "arrested", "COERCE"),
        ("The arrest of a union leader caused anger.", "arrest", "COERCE"),
        ("The European Union imposed sanctions on the junta.", "sanctions", "SANCTION"),
        ("The prime minister refused to resign.", "refused", "REJECT"),
        ("Gunmen killed eleven villagers in the north.", "killed", "ASSAULT"),
    ],
)
def test_the_type_of_an_event_is_told_at_its_trigger(encoder, text, trigger, kind):
    start = text.index(trigger)
    found = [t for t in read(encoder, text).triggers if t.start < start + len(trigger) and t.end > start]
    assert [t.label for t in found] == [kind]
    scores = encoder.type_of(text, [(start, start + len(trigger))])
    assert max(scores, key=scores.get) == kind


def test_type_scores_are_chances_of_all_sixteen_types(encoder):
    scores = encoder.type_of("Finland will give Tanzania a grant.", actors=[(0, 7)], targets=[(18, 26)])
    assert tuple(scores) == TYPES
    assert sum(scores.values()) == pytest.approx(1, abs=1e-5)


def test_who_speaks_and_the_cue_are_marked(encoder):
    text = "The opposition said the vote had been rigged."
    said = {mark.label: text[mark.start : mark.end] for mark in read(encoder, text).cues}
    assert said["cue"] == "said"
    assert "opposition" in said["source"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?!",
        "\u200f\u200b",
        "日本語の文です。",
        "a" * 3000,
        "x ." * 400,
        "1 2 3",
        "((((((",
        "\x07bell",
    ],
)
def test_odd_text_is_read_without_a_fault(encoder, text):
    prediction = read(encoder, text)
    for mark in (*prediction.triggers, *prediction.cues):
        assert 0 <= mark.start < mark.end <= len(text)


def test_sentences_read_together_are_read_as_one_by_one(encoder):
    texts = [
        "Police arrested forty demonstrators.",
        "The strike went on because wages had not been paid, the union said.",
        "It rained.",
    ]
    assert encoder.read(texts) == [read(encoder, text) for text in texts]
    assert Encoder.load(threads=2).read(texts) == encoder.read(texts)


def test_a_sentence_longer_than_a_window_is_read_to_its_end(encoder):
    filler = "and in the course of a long and windy day on the coast of the northern sea " * 14
    text = f"The prime minister spoke at length {filler}, while police arrested forty demonstrators."
    start = text.index("arrested")
    assert any(t.start <= start < t.end and t.label == "COERCE" for t in read(encoder, text).triggers)


def test_offsets_count_characters_of_the_document_across_line_breaks(encoder):
    from shatterbelt.reading.parsing import parse

    pytest.importorskip("spacy")
    text = "# News\n\nThe *prime minister*\nrefused to resign.[3] Police arrested\nforty demonstrators."
    start = text.index("The")
    document = LoadedDocument("d", "d", text_of(text), text, blocks=(Block(start, len(text)),))
    (_, sentences), *_ = parse([document])
    predictions = encoder.predict(sentences)
    words = [text[t.start : t.end] for prediction in predictions for t in prediction.triggers]
    assert any("refused" in word for word in words)
    assert "arrested" in words
    arrested = next(t for p in predictions for t in p.triggers if text[t.start : t.end] == "arrested")
    scores = encoder.type_scores(sentences[-1], (arrested.start, arrested.end))
    assert max(scores, key=scores.get) == "COERCE"


def test_the_artifact_is_under_thirty_megabytes():
    assert sum((WEIGHTS / name).stat().st_size for name in SHA256) < 30e6


def test_a_changed_file_is_not_loaded(monkeypatch, tmp_path):
    for name in SHA256:
        shutil.copy(WEIGHTS / name, tmp_path / name)
    with (tmp_path / "tokenizer.json").open("a", encoding="utf-8") as file:
        file.write(" ")
    monkeypatch.setattr(module, "WEIGHTS", tmp_path)
    with pytest.raises(RequestError, match=r"tokenizer\.json is not the released one"):
        Encoder.load(tmp_path)


def test_without_onnxruntime_the_extra_is_named(monkeypatch, tmp_path):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "onnxruntime":
            raise ModuleNotFoundError("No module named 'onnxruntime'", name=name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(RequestError, match=r"needs onnxruntime.*shatterbelt\[read\]"):
        Encoder.load(tmp_path)


def pairs(n, cause, effect, kind):
    """Scores that tell one pair: where it starts and ends, for one kind."""
    scores = np.zeros((n, 4, 2, 3))
    mixture = np.full(4, -9.0)
    mixture[kind] = 0
    for role, (first, last) in enumerate((cause, effect)):
        scores[first, kind, role, 0] = 12
        scores[last, kind, role, 1] = 12
    return scores, mixture


@pytest.mark.parametrize(("cause", "effect", "kind"), [((1, 3), (5, 8), 0), ((6, 8), (0, 4), 1)])
def test_the_pair_that_the_scores_tell_is_found(cause, effect, kind):
    scores, mixture = pairs(10, cause, effect, kind)
    everywhere = np.ones(10, dtype=bool)
    found = relations(scores, mixture, everywhere, everywhere)
    assert [(pair.cause, pair.effect) for pair in found] == [(cause, effect)]
    assert found[0].score > 0.95


def test_a_cause_and_its_effect_never_overlap_and_keep_to_whole_words():
    chance = np.random.default_rng(3)
    starts = np.array([True, True, False, True, True, False, False, True])
    ends = np.array([True, False, True, True, False, False, True, True])
    for _ in range(50):
        scores, mixture = chance.normal(0, 3, (8, 4, 2, 3)), chance.normal(0, 1, 4)
        for pair in relations(scores, mixture, starts, ends, least=0.0):
            assert pair.cause[1] < pair.effect[0] or pair.effect[1] < pair.cause[0]
            for first, last in (pair.cause, pair.effect):
                assert starts[first]
                assert ends[last]


def test_one_word_leaves_no_room_for_a_cause_and_an_effect():
    one = np.ones(1, dtype=bool)
    assert relations(np.zeros((1, 4, 2, 3)), np.zeros(4), one, one) == []
    assert NEVER < -1e6


def test_causes_are_not_looked_for_before_somebody_asks(encoder, monkeypatch):
    asked = []
    monkeypatch.setattr(marks, "relations", lambda *scores: asked.append(scores) or [])
    causal = read(encoder, "The strike went on because wages had not been paid.")
    assert not asked
    assert not causal.relations
    assert len(asked) == 1
    assert list(causal.relations) == []
    assert len(asked) == 1
