"""One event told several times becomes one with its reports; two events stay two."""

import pytest

from reading.making import day, document, event, number, party, span
from shatterbelt.reading.merging import merge

MONDAY, TUESDAY = day("2021-03-08"), day("2021-03-09")


def arrest(text, quote, **other):
    return event(text, quote, "arrested", "COERCE", **({"mode": "arrest"} | other))


def test_the_same_event_in_one_document_is_one_with_two_tellings():
    text = document(
        "Police arrested 300 miners on Monday.\nLater officers said they had detained the miners."
    )
    first = arrest(
        text, "Police arrested 300 miners", actors=(party(text, "Police", "TAR_COP"),), date=MONDAY,
        targets=(party(text, "miners", "TAR_LAB"),),
    )  # fmt: skip
    again = event(
        text, "officers said they had detained the miners", "detained", "COERCE",
        actors=(party(text, "officers", "TAR_COP"),), targets=(party(text, "the miners", "TAR_LAB"),),
    )  # fmt: skip
    (told,) = merge([first, again], {})
    assert told.tellings == (first, again)
    assert told.event == first
    assert told.documents == ("tarsk",)


DIFFERENT = {
    "another actor": {"actors": "TAR_MIL"},
    "another target": {"targets": "TAR_OPP"},
    "another day": {"date": TUESDAY},
    "another number": {"numbers": (12, 12)},
    "another place": {"place": "Port Veyl"},
    "another mode": {"mode": "expel"},
    "another type": {"type": "ASSAULT"},
    "one that did not happen": {"contexts": ("negated",)},
}


@pytest.mark.parametrize("change", DIFFERENT.values(), ids=DIFFERENT)
def test_what_contradicts_keeps_two_events_apart(change):
    text = document(
        "Police arrested 300 miners in Tarsk on Monday.\nMen arrested 300 miners in Tarsk, Port Veyl."
    )

    def made(sentence, actor, **other):
        quote = span(text, sentence)
        low, high = other.pop("numbers", (300, 300))
        return event(
            text, sentence, sentence, other.pop("type", "COERCE"),
            actors=(party(text, actor, other.pop("actors", "TAR_COP")),),
            targets=(party(text, "miners", other.pop("targets", "TAR_LAB")),),
            mode=other.pop("mode", "arrest"),
            date=other.pop("date", MONDAY), magnitudes=(number(text, "300", low, high, "miners"),),
            place=span(text, other.pop("place", "Tarsk")), **other,
        ), quote  # fmt: skip

    first, _ = made("Police arrested 300 miners in Tarsk on Monday", "Police")
    again, _ = made("Men arrested 300 miners in Tarsk", "Men")
    other, _ = made("Men arrested 300 miners in Tarsk", "Men", **change)
    assert len(merge([first, again], {})) == 1
    assert len(merge([first, other], {})) == 2


def test_two_events_of_one_type_with_nothing_in_common_but_that_stay_two():
    text = document("Police arrested a printer.\nPolice arrested a baker.")
    police = party(text, "Police", "TAR_COP")
    first = arrest(text, "Police arrested a printer", actors=(police,))
    second = event(text, "Police arrested a baker", "baker", "COERCE", actors=(police,))
    assert len(merge([first, second], {})) == 2


def test_bounds_that_meet_are_one_number():
    text = document("Police arrested 300 miners.\nPolice arrested at least 250 miners.")
    police = party(text, "Police", "TAR_COP")
    first = arrest(
        text,
        "Police arrested 300 miners",
        actors=(police,),
        magnitudes=(number(text, "300", 300, 300, "miners"),),
    )
    second = event(
        text, "Police arrested at least 250 miners", "250", "COERCE", actors=(police,),
        magnitudes=(number(text, "at least 250", 250, None, "miners"),),
    )  # fmt: skip
    assert len(merge([first, second], {})) == 1


def copies():
    one = document("Police arrested 300 miners in Tarsk, a union said.", "one")
    two = document("TARSK - Police arrested 300 miners in Tarsk, the union said.", "two")
    return [
        arrest(text, "Police arrested 300 miners in Tarsk", actors=(party(text, "Police"),))
        for text in (one, two)
    ]


def test_copies_of_one_story_tell_one_event():
    (told,) = merge(copies(), {"one": 1, "two": 1})
    assert told.documents == ("one", "two")


def test_alike_sentences_of_copies_go_each_to_its_own():
    told = []
    for name in ("one", "two"):
        text = document("Police arrested a printer.\nPolice arrested a baker.", name)
        for what in ("printer", "baker"):
            quote = f"Police arrested a {what}"
            told.append(event(text, quote, what, "COERCE", actors=(party(text, "Police", "TAR_COP"),)))
    assert [[one.trigger.text for one in each.tellings] for each in merge(told, {"one": 1, "two": 1})] == [
        ["printer", "printer"],
        ["baker", "baker"],
    ]


def test_documents_of_different_stories_are_independent_reports_and_stay_apart():
    assert len(merge(copies(), {})) == 2
    assert len(merge(copies(), {"one": 1, "two": 2})) == 2


def test_ten_copies_are_one_event_with_ten_reports():
    told = []
    for number_ in range(10):
        text = document(f"Copy {number_}. Police arrested 300 miners in Tarsk on Monday.", f"copy-{number_}")
        told.append(arrest(text, "Police arrested 300 miners in Tarsk", actors=(party(text, "Police"),)))
    (one,) = merge(told, {f"copy-{number_}": 1 for number_ in range(10)})
    assert len(one.tellings) == 10


def test_the_telling_that_says_most_stands_for_all():
    text = document("Police arrested miners last week.\nOn Monday the police arrested 300 miners.")
    police = party(text, "Police", "TAR_COP")
    miners = party(text, "miners", "TAR_LAB")
    vague = arrest(
        text, "Police arrested miners last week", actors=(police,), targets=(miners,),
        date=day("2021-03-08", "2021-03-14", "week"), reading=0.9,
    )  # fmt: skip
    exact = event(
        text, "On Monday the police arrested 300 miners", "300", "COERCE", actors=(police,),
        targets=(miners,), date=MONDAY, reading=0.6,
    )  # fmt: skip
    (told,) = merge([vague, exact], {})
    assert told.event == exact


def test_nothing_is_merged_of_nothing():
    assert merge([], {}) == []
