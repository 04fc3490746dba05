"""Who says each clause and how, on sentences of our own; the cases stand in attribution.yaml."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from shatterbelt.documents.loaded import Block, LoadedDocument
from shatterbelt.documents.text import Text, normalise_characters
from shatterbelt.reading.attribution import voices_of
from shatterbelt.reading.attribution_cues import MANNERS, combined, cues, factuality
from shatterbelt.reading.parsed import Prediction, Scored
from shatterbelt.reading.parsing import parse
from shatterbelt.reading.parties import Parties

CASES = yaml.safe_load((Path(__file__).parent / "attribution.yaml").read_text(encoding="utf-8"))


def document(text):
    blocks, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Block(at, at + len(line)))
        at += len(line) + 1
    return LoadedDocument("d", "d", Text(normalise_characters(text), "0" * 64), text, blocks=tuple(blocks))


def read(text):
    ((_, sentences),) = parse([document(text)])
    return sentences, voices_of(sentences, Parties(sentences, "2020-05-05"))


def voice_at(text, words, nth=1):
    sentences, voices = read(text)
    start = -1
    for _ in range(nth):
        start = text.index(words, start + 1)
    for sentence, each in zip(sentences, voices, strict=True):
        tokens = sentence.tokens_at(start, start + len(words))
        if tokens:
            return each.at(tokens[0])
    raise AssertionError(f"no sentence holds {words!r}")


def seen(voice):
    return {
        "by": [each.source.span.text if each.source.span else "" for each in voice.says_who],
        "cues": [each.cue.text if each.cue else "" for each in voice.says_who],
        "own": [each.manner for each in voice.says_who],
        "manner": voice.manner,
        "contexts": list(voice.contexts),
        "hedge": voice.hedge.text if voice.hedge else "",
        "marks": list(voice.marks),
    }


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_word_has_the_voice_that_the_case_tells(case):
    for words, expected in case["at"].items():
        found = seen(voice_at(case["text"], words))
        assert {key: found[key] for key in expected} == expected, words


def test_there_is_one_voices_object_for_every_sentence():
    sentences, voices = read("The mayor left. The council said it would meet.\nNobody came.")
    assert len(voices) == len(sentences) == 3


def test_every_span_of_an_attribution_stands_in_the_document():
    text = '"We\u2019ll stay,\u201d  said the *captain* of the\nguard. He claimed to have won.'
    _, voices = read(text)
    for each in voices:
        for voice in each.by_token.values():
            for who in voice.says_who:
                for span in (who.cue, who.source.span):
                    assert span is None or text[span.start : span.end] == span.text


def test_a_pronoun_that_speaks_is_resolved_by_the_parties_alone():
    text = "The Kremlin denied the report. It said the talks would go on."
    sentences, voices = read(text)
    (who,) = voices[1].at(sentences[1].tokens_at(text.index("talks"), text.index("talks") + 5)[0]).says_who
    known = Parties(sentences, "2020-05-05").of(sentences[1].tokens[0], sentences[1])
    assert who.source.actor == (known.actor if known else "")
    assert who.source.span.text == "It"


def test_a_cue_that_only_the_encoder_marks_is_taken_when_it_is_sure():
    text = "One school points to the fall of prices."
    start = text.index("points")
    for score, cues_found in ((0.9, ["points"]), (0.2, [])):
        ((_, sentences),) = parse([document(text)])
        marks = (Scored(0, 10, "source", 0.9), Scored(start, start + 6, "cue", score))
        seen_by_encoder = [replace(sentences[0], prediction=Prediction(cues=marks))]
        (voices,) = voices_of(seen_by_encoder, Parties(seen_by_encoder, "2020-05-05"))
        (word,) = seen_by_encoder[0].tokens_at(text.index("fall"), text.index("fall") + 4)
        assert seen(voices.at(word))["cues"] == cues_found


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "'' said",
        '"""" he said "',
        "said said said.",
        "According to.",
        ": : :",
        "\u201cUnclosed, he said. And on.",
    ],
)
def test_odd_text_is_read_without_a_fault(text):
    sentences, voices = read(text)
    assert len(voices) == len(sentences)
    assert all(
        each.at(token).manner in MANNERS
        for one, each in zip(sentences, voices, strict=True)
        for token in one.tokens
    )


def test_every_pair_of_manners_has_its_combination():
    for outer in MANNERS:
        for inner in MANNERS:
            assert combined(outer, inner) in MANNERS
    assert set(factuality().negated) == set(MANNERS)


def test_what_is_plainly_said_leaves_the_manner_of_what_stands_in_it():
    assert all(combined("asserted", manner) == manner for manner in MANNERS)
    assert all(combined("reported", manner) == manner for manner in MANNERS if manner != "asserted")


def test_the_table_has_cues_of_every_kind_and_every_manner():
    table = cues()
    lemmas = {*table.verbs, *table.nouns, *table.adverbs, *table.adjectives, *table.phrases, *table.feelings}
    assert len(lemmas) >= 250
    manners = {row.manner for rows in table.verbs.values() for row in rows}
    assert manners == {"asserted", "reported", "doubted", "denied", "hypothetical", "demanded"}
