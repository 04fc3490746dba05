"""What grammar alone says of a word: happened, not, perhaps, to come, or wanted."""

from __future__ import annotations

import pytest

from shatterbelt.reading.factuality import states_of
from shatterbelt.reading.parsing import pipeline


def state(text, word, said=()):
    (tokens,) = [list(sentence) for sentence in pipeline()(text).sents]
    heads = {token.i for token in tokens if token.text in said}
    place = next(token.i for token in tokens if token.text == word)
    return states_of(tokens, heads)[place]


@pytest.mark.parametrize(
    ("text", "word", "manner", "contexts"),
    [
        ("The army shelled the port.", "shelled", "asserted", ()),
        ("The army did not shell the port.", "shell", "denied", ("negated",)),
        ("The army never shelled the port.", "shelled", "denied", ("negated",)),
        ("Nobody shelled the port.", "shelled", "denied", ("negated",)),
        ("No troops crossed the river.", "crossed", "denied", ("negated",)),
        ("The army will shell the port.", "shell", "asserted", ("future",)),
        ("The army might shell the port.", "shell", "hypothetical", ("hypothetical",)),
        ("The army could not reach the port.", "reach", "denied", ("negated",)),
        ("If the army shells the port, the fleet will leave.", "shells", "hypothetical", ("hypothetical",)),
        ("If the army shells the port, the fleet will leave.", "leave", "hypothetical", ("hypothetical",)),
        ("The ministry must open the archives.", "open", "demanded", ()),
        ("The ministry should have opened the archives.", "opened", "hypothetical", ("hypothetical",)),
        ("The army failed to take the port.", "take", "denied", ("negated",)),
        ("The army did not fail to take the port.", "take", "asserted", ()),
        ("The army tried to take the port.", "take", "hypothetical", ("hypothetical",)),
        ("The army plans to take the port.", "take", "hypothetical", ("future", "hypothetical")),
        ("The army began to shell the port.", "shell", "asserted", ()),
        ("The army was forced to leave the port.", "leave", "asserted", ()),
        ("The police prevented the crowd from reaching the square.", "reaching", "denied", ("negated",)),
        ("The talks ended without reaching a deal.", "reaching", "denied", ("negated",)),
        ("The army shelled the port to force a surrender.", "force", "hypothetical", ("hypothetical",)),
        ("The envoys averted a war.", "war", "denied", ("negated",)),
        ("The threat of a war remains.", "war", "hypothetical", ("hypothetical",)),
        ("The lack of talks alarmed the villages.", "talks", "denied", ("negated",)),
        ("A possible strike alarmed the villages.", "strike", "hypothetical", ("hypothetical",)),
        ("The planned visit alarmed the villages.", "visit", "hypothetical", ("hypothetical",)),
        ("The union cancelled the strike.", "strike", "denied", ("negated",)),
        ("Who ordered the attack?", "ordered", "hypothetical", ("hypothetical",)),
    ],
)
def test_the_manner_and_the_contexts_of_a_word(text, word, manner, contexts):
    found = state(text, word)
    assert (found.manner, found.contexts) == (manner, contexts)


def test_a_relative_clause_does_not_inherit_what_the_clause_above_supposes():
    text = "The plan could anger the generals who led the coup."
    assert state(text, "anger").manner == "hypothetical"
    assert state(text, "led").manner == "asserted"


def test_a_reason_stands_by_itself_under_a_clause_that_is_supposed():
    text = "The bank might fall because exports collapsed."
    assert state(text, "fall").manner == "hypothetical"
    assert state(text, "collapsed").manner == "asserted"


def test_a_definite_thing_is_there_though_what_is_done_to_it_is_not():
    assert state("The deal would end the siege.", "siege").manner == "asserted"
    assert state("The deal would bring a truce.", "truce").manner == "hypothetical"


def test_conjuncts_share_an_auxiliary_but_not_behind_a_but():
    text = "The rebels will free the guards and leave the pass."
    assert state(text, "leave").contexts == ("future",)
    text = "The rebels did not free the guards but left the pass."
    assert state(text, "left").manner == "asserted"


def test_what_somebody_says_is_counted_anew():
    text = "The mayor did not say that the bridge had fallen."
    assert state(text, "fallen").manner == "denied"
    assert state(text, "fallen", said={"fallen"}).manner == "asserted"


@pytest.mark.parametrize(
    ("text", "word", "hedge"),
    [
        ("The bank may fall.", "fall", "may"),
        ("The unrest is largely due to hunger.", "due", "largely"),
        ("The bank seems to have fallen.", "fallen", "seems"),
        ("The bank is likely to fall.", "fall", "likely"),
        ("Perhaps the bank fell.", "fell", "Perhaps"),
    ],
)
def test_a_hedge_is_told_with_what_it_softens(text, word, hedge):
    found = state(text, word).hedge
    assert found is not None
    assert found.text == hedge


def test_a_plain_clause_has_no_hedge():
    assert state("The bank fell in May.", "fell").hedge is None
