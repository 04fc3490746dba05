"""Copies, cuts and rewrites of one story are one group; other stories on the same topic are not in it."""

import random
from pathlib import Path

import pytest
import yaml

from shatterbelt.documents import load_document, same_story

TEXTS = yaml.safe_load(Path(__file__).with_name("stories.yaml").read_text(encoding="utf-8"))
VOCABULARY = sorted(
    {word for text in TEXTS.values() for word in text.split()} | {f"word{n}" for n in range(3000)}
)


@pytest.fixture(scope="module")
def stories():
    return [load_document(text.encode(), name=name) for name, text in TEXTS.items()]


def changed(text, share, rng):
    return " ".join(rng.choice(VOCABULARY) if rng.random() < share else word for word in text.split())


def test_a_wire_story_its_cut_and_its_rewrite_are_one_and_others_on_the_topic_are_not(stories):
    assert same_story(stories) == [[0, 1, 2], [3], [4]]


def test_the_order_of_the_documents_changes_no_group(stories):
    for seed in range(5):
        order = random.Random(seed).sample(range(5), 5)
        groups = {frozenset(order[at] for at in group) for group in same_story([stories[at] for at in order])}
        assert groups == {frozenset({0, 1, 2}), frozenset({3}), frozenset({4})}


@pytest.mark.parametrize("seed", range(3))
def test_four_words_in_ten_changed_anywhere_leave_the_story_what_it_was(seed):
    rng = random.Random(seed)
    original = TEXTS["A"]
    documents = [load_document(text.encode()) for text in (original, changed(original, 0.4, rng))]
    assert same_story(documents) == [[0, 1]]


def test_a_round_up_of_two_stories_does_not_make_them_one(stories):
    both = load_document((TEXTS["A"] + "\n\n" + TEXTS["C another story of the same week"]).encode())
    groups = same_story([stories[0], stories[4], both])
    assert [0] not in groups
    assert not any({0, 1} <= set(group) for group in groups)


def test_shared_boilerplate_makes_no_story():
    foot = "\n\nSubscribe to our newsletter for more on this region and its neighbours, every day at noon."
    texts = ["The envoy left Tarnov on Monday." + foot, "Grain is dear in Osterby this year." + foot]
    assert same_story([load_document(text.encode()) for text in texts]) == [[0], [1]]


def test_nothing_and_documents_with_hardly_a_word_are_groups_by_themselves():
    assert same_story([]) == []
    assert same_story([load_document(b"Rain."), load_document(b"Rain.")]) == [[0], [1]]


def test_a_thousand_documents_are_grouped():
    rng = random.Random(1)
    stories = [" ".join(rng.choice(VOCABULARY) for _ in range(120)) for _ in range(100)]
    documents = [load_document(changed(stories[at % 100], 0.1, rng).encode()) for at in range(1000)]
    groups = same_story(documents)
    assert groups == [list(range(at, 1000, 100)) for at in range(100)]
