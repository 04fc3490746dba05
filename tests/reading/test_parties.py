"""Who is meant, by noun phrases in sentences of our own."""

import pytest

from shatterbelt.documents.loaded import Block, LoadedDocument, Metadata
from shatterbelt.documents.loading import load_document
from shatterbelt.documents.text import Text
from shatterbelt.reading.parsing import parse
from shatterbelt.reading.parties import Parties


def sentences_of(text, issued="2020-09-01"):
    blocks = (Block(0, len(text)),)
    metadata = Metadata(issued=issued)
    document = LoadedDocument("d", "d", Text(text, "0" * 64), text, "text", metadata, blocks)
    return next(found for _, found in parse([document]))


def party(text, word, issued="2020-09-01", extra=None):
    """Return the party that the last token of this spelling names."""
    sentences = sentences_of(text, issued)
    parties = Parties(sentences, issued, extra)
    found = [parties.of(token, s) for s in sentences for token in s.tokens if token.text == word]
    return found[-1]


@pytest.mark.parametrize(
    ("text", "word", "actor"),
    [
        ("Belarus closed the border.", "Belarus", "BLR"),
        ("The Belarusian government closed the border.", "government", "BLR"),
        ("The government of Belarus closed the border.", "government", "BLR"),
        ("Riot police in Minsk detained marchers.", "police", "BLR_COP"),
        ("The Kremlin rejected the offer.", "Kremlin", "RUS"),
        ("The White House rejected the offer.", "House", "USA"),
        ("The European Union added ten officials to its list.", "Union", "EU"),
        ("EU officials added ten names to the list.", "officials", "EU"),
        ("Georgian opposition leaders called for new elections.", "leaders", "GEO_OPP"),
        ("The Polish army moved two brigades.", "army", "POL_MIL"),
        ("Ukrainian workers walked out.", "workers", "UKR_LAB"),
        ("The Russians have left the talks.", "Russians", "RUS"),
        ("Many Russians have left the country.", "Russians", "RUS_CVL"),
        ("Lukashenka met the envoys.", "Lukashenka", "BLR"),
        ("Lukashenko's government met the envoys.", "government", "BLR"),
        ("Ukrainian President Volodymyr Zelensky met the envoys.", "Zelensky", "UKR"),
        ("The Ruritanian interior minister met the envoys.", "minister", ""),
        ("They gave us the papers.", "us", ""),
        ("Police detained marchers.", "Police", "COP"),
        ("Police detained marchers.", "marchers", "OPP"),
        ("The government closed the border.", "government", "GOV"),
        ("Lawmakers voted on the bill.", "Lawmakers", "LEG"),
        ("The Ruritanian police detained marchers.", "police", ""),
        ("Their leader left the hall.", "leader", ""),
        ("The former president left the hall.", "president", ""),
    ],
)
def test_a_noun_phrase_gives_the_actor_that_the_table_knows(text, word, actor):
    assert party(text, word).actor == actor


def test_an_office_holder_is_one_only_in_his_days():
    text = "Kuchma left for the airport."
    assert party(text, "Kuchma", "1999-03-01").actor == "UKR"
    assert party(text, "Kuchma", "2015-03-01").actor == ""


def test_a_state_says_nothing_of_a_former_president():
    found = party("The former Polish president spoke to students.", "president")
    assert (found.actor, found.role) == ("", "former president")


def test_another_person_of_a_leaders_surname_is_not_the_leader():
    assert party("Pavel Lukashenko opened a bakery.", "Lukashenko").actor == ""


def test_an_unknown_person_keeps_the_role_that_the_text_gave():
    text = "Russian trade minister Ivan Petrunin arrived. Petrunin promised more gas."
    assert party(text, "Petrunin").actor == "RUS"
    assert party(text, "Petrunin").role == "trade minister"


def test_he_is_resolved_when_one_person_alone_fits():
    assert party("Lukashenko refused. He blamed the strikers.", "He").actor == "BLR"


def test_he_stays_open_between_two_persons():
    assert party("Lukashenko met Putin. He blamed the strikers.", "He").actor == ""


def test_an_adjective_pair_is_two_parties():
    sentences = sentences_of("Polish and Lithuanian ministers met the envoys.")
    parties = Parties(sentences)
    token = next(token for token in sentences[0].tokens if token.text == "ministers")
    assert [found.actor for found in parties.all_of(token, sentences[0])] == ["POL", "LTU"]


def test_a_bare_government_is_that_of_the_only_state_told_of():
    text = "Georgia held its breath. Prices rose in Georgia. The government resigned."
    assert party(text, "government").actor == "GEO"
    text = "Georgia and Russia talked. Prices rose. The government resigned."
    assert party(text, "government").actor == "GOV"


def test_a_cases_own_aliases_win():
    assert party("Brussels sent a letter.", "Brussels", extra={"BEL": ["Brussels"]}).actor == "BEL"


def test_the_name_is_given_as_written_with_its_place():
    text = "The  Belarusian president arrived."
    found = party(text, "president")
    assert found.name == "Belarusian president"
    assert text[found.span.start : found.span.end] == "Belarusian president"


def test_police_are_those_of_the_dateline_where_the_text_is_about_that_state():
    text = "MINSK, Belarus, Aug. 10 -- Police detained marchers.\n\nBelarus held a vote. Poland watched."
    loaded = load_document(text.encode(), id="d", name="d.txt", metadata=Metadata(issued="2020-08-10"))
    sentences = next(found for _, found in parse([loaded]))
    parties = Parties(sentences, "2020-08-10")
    token = next(token for sentence in sentences for token in sentence.tokens if token.text == "Police")
    assert parties.of(token, sentences[0]).actor == "BLR_COP"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Soldiers shot at those who fled.", "those"),
        ("Two were killed.", "Two"),
        ("Troops shelled the displaced in the valley.", "displaced"),
    ],
)
def test_people_without_a_noun_are_somebody(text, word):
    sentences = sentences_of(text)
    token = next(token for token in sentences[0].tokens if token.text == word)
    assert Parties(sentences).acts(token, sentences[0])
