"""What is read of a text: its blocks, sentence by sentence in blocks.yaml, and what holds for all."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from shatterbelt.documents import blocks_of, load_document, text_of
from shatterbelt.documents.layout.marks import plain

CASES = yaml.safe_load(Path(__file__).with_name("blocks.yaml").read_text(encoding="utf-8"))
NAMES = {"text": "a.txt", "markdown": "a.md", "html": "a.html"}
SCRAPS = st.lists(
    st.sampled_from(
        [
            "The army left.",
            "TARNOV - ",
            "By Ada",
            "# Grain",
            "\n",
            "\n\n",
            " and",
            "===",
            "<p>",
            "Share",
            "\u200b",
            "...",
        ]
    ),
    max_size=20,
).map(" ".join)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_blocks(case):
    document = load_document(case["text"].encode(), name=NAMES[case.get("format", "text")])
    every = [
        (block.kind, plain(document.text.characters[block.start : block.end])) for block in document.blocks
    ]
    found = [(kind, words) for kind, words in every if any(map(str.isalnum, words))]
    assert len(found) == len(case["blocks"]), found
    for (kind, words), (wanted_kind, wanted) in zip(found, case["blocks"], strict=True):
        exact = text_of(wanted).characters
        assert words.startswith(exact[:-3]) if exact.endswith("...") else words == exact
        assert kind == wanted_kind, words


@settings(deadline=None)
@given(SCRAPS | st.text())
def test_blocks_stand_apart_in_order_and_hold_every_word(text):
    characters = text_of(text).characters
    blocks = blocks_of(characters)
    at = 0
    for block in blocks:
        assert at <= block.start < block.end <= len(characters)
        assert not any(character.isalnum() for character in characters[at : block.start])
        at = block.end
    assert not any(character.isalnum() for character in characters[at:])


def test_of_the_two_documents_everything_but_head_and_foot_is_read(seed_paths):
    for path in seed_paths:
        document = load_document(path)
        kinds = [block.kind for block in document.blocks]
        head = kinds.index("body")
        tail = len(kinds) - kinds[::-1].index("body")
        assert set(kinds[head:tail]) == {"body"}
        for block in document.body:
            assert document.text.characters[block.start : block.end].rstrip()[-1] in ".?!'\""
