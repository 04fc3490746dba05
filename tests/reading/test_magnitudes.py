"""Numbers with their bounds and what they count."""

import pytest

from shatterbelt.documents.loaded import Block, LoadedDocument
from shatterbelt.documents.text import Text
from shatterbelt.reading.magnitudes import counted
from shatterbelt.reading.parsing import parse


def numbers(text):
    document = LoadedDocument("d", "d", Text(text, "0" * 64), text, blocks=(Block(0, len(text)),))
    _, sentences = next(iter(parse([document])))
    return [(n.low, n.high, n.what) for sentence in sentences for n in counted(sentence)]


@pytest.mark.parametrize(
    ("text", "low", "high", "what"),
    [
        ("Police arrested at least 300 people.", 300, None, "people"),
        ("Police arrested more than two dozen students.", 24, None, "students"),
        ("Police arrested up to 40 students.", None, 40, "students"),
        ("Police arrested fewer than 40 students.", None, 40, "students"),
        ("Police arrested 300 students.", 300, 300, "students"),
        ("Police arrested 11,000 students.", 11000, 11000, "students"),
        ("Police arrested about 200 students.", 180, 220, "students"),
        ("Police arrested nearly 200 students.", 180, 200, "students"),
        ("Tens of thousands of people marched.", 20000, 100000, "people"),
        ("Hundreds of people marched.", 200, 2000, "people"),
        ("Twenty-five thousand workers marched.", 25000, 25000, "workers"),
        ("Prices rose by between 3 and 5 per cent.", 3, 5, "per cent"),
        ("Prices rose by 4.5 %.", 4.5, 4.5, "per cent"),
        ("The bank lent $1.5 billion.", 1.5e9, 1.5e9, "dollars"),
        ("The bank lent 2 million euros.", 2e6, 2e6, "euros"),
        ("Half a million workers marched.", 5e5, 5e5, "workers"),
    ],
)
def test_a_number_has_bounds_and_counts_something(text, low, high, what):
    assert numbers(text) == [(low, high, what)]


@pytest.mark.parametrize(
    "text", ["It fell in 1998.", "It fell on 3 May.", "One of them left.", "A dog left."]
)
def test_dates_and_articles_are_no_amounts(text):
    assert numbers(text) == []
