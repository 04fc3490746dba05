"""new --from: a draft that loads, copies no sentence, and enters no run before it is reviewed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import shatterbelt
from reading.making import aim, claim, day, document, event, number, party, says
from shatterbelt.api.drafting import draft
from shatterbelt.api.reading import ReadResult
from shatterbelt.case import case_warnings, check_case, load_case
from shatterbelt.errors import RequestError
from shatterbelt.reading.reader import Reading

ARTICLE = """Dearer gas angers the miners of Minsk in a long and very cold winter

MINSK, 10 March 2021

Police arrested at least 300 miners in Minsk on Sunday, the interior ministry said.

Higher gas prices pushed wages in the mines down, the union said. The EU imposed sanctions on Belarus on
Tuesday because of the arrests.

The Belarusian opposition demands lower gas prices. No sanctions will be lifted.
"""
DAY = day("2021-03-07")


def runs(text: str, length: int = 6) -> Iterator[tuple[str, ...]]:
    """Every run of six words, whatever the case, marks and line breaks: with one, a text is copied."""
    words = re.findall(r"\w+", text.lower().replace("'", ""))
    yield from zip(*(words[at:] for at in range(length)), strict=False)


def result(text, *statements, stories=None, rating="C") -> ReadResult:
    texts = text if isinstance(text, tuple) else (text,)
    by_id = {one.id: one for one in texts}
    return ReadResult(Reading(texts, statements), (), stories or {}, rating, by_id=by_id)


@pytest.fixture
def text():
    return document(ARTICLE, title=ARTICLE.splitlines()[0], issued="2021-03-10", publisher="The Paper")


def arrest(text, **other):
    given = {
        "actors": (party(text, "Police", "BLR_COP"),), "targets": (party(text, "miners", "BLR_LAB"),),
        "date": DAY, "magnitudes": (number(text, "at least 300", 300, None, "miners"),), "manner": "reported",
        "mode": "arrest", "says_who": says(text, "the interior ministry", "said", "BLR"),
    }  # fmt: skip
    return event(text, "Police arrested at least 300 miners", "arrested", "COERCE", **(given | other))


def prices(text, **other):
    given = {"sign": "-", "cause_change": "+", "effect_change": "-", "reading": 0.7}
    ends = ("Higher gas prices", "wages in the mines")
    return claim(
        text, "Higher gas prices pushed wages in the mines down", ends, ("gas prices", "wages in the mines"),
        **(given | other),
    )  # fmt: skip


def demand(text, **other):
    given = {"cue": "demands", "quantity": "gas price", "direction": "down"}
    actor = party(text, "The Belarusian opposition", "BLR_OPP")
    return aim(
        text, "The Belarusian opposition demands lower gas prices", "demand", actor, "lower gas prices",
        **(given | other),
    )  # fmt: skip


# ------------------------------------------------------------------------------- what a draft is


def test_a_draft_loads_without_fault_and_holds_what_was_read(text, tmp_path):
    drafted = draft(tmp_path / "mine", result(text, arrest(text), prices(text), demand(text)))
    assert check_case(drafted.folder) == []
    case = load_case(drafted.folder)
    assert case.about.name == "mine"
    (row,) = case.events
    assert (str(row.date), row.actor, row.type, row.target) == ("2021-03-07", "BLR_COP", "COERCE", "BLR_LAB")
    assert (row.magnitude, row.source, row.known.isoformat()) == (">=300 miners", "tarsk", "2021-03-10")
    (told,) = case.claims
    assert (told.cause, told.sign, told.effect) == ("gas_prices", "-", "wages_in_the_mines")
    (wanted,) = case.about.actors["BLR_OPP"].aims
    assert (wanted.form, wanted.quantity, wanted.direction) == ("demand", "gas_prices", "down")
    assert drafted.counts == {"event": 1, "claim": 1, "aim": 1, "quantity": 3, "document": 1}


def test_nothing_in_a_draft_is_reviewed(text, tmp_path):
    folder = draft(tmp_path / "mine", result(text, arrest(text), prices(text), demand(text))).folder
    case = load_case(folder)
    assert {one.reviewed for one in (*case.claims, *case.events)} == {"no"}
    assert {one.reviewed for actor in case.about.actors.values() for one in actor.aims} == {"no"}
    assert "reviewed: no\n" in (folder / "claims.yaml").read_text(encoding="utf-8")


def test_a_claims_evidence_says_who_how_and_how_surely_it_was_read_and_its_quote_is_found(text, tmp_path):
    one = prices(text, says_who=says(text, "the union", "said"), manner="reported")
    folder = draft(tmp_path / "mine", result(text, one)).folder
    (evidence,) = load_case(folder).claims[0].evidence
    assert (evidence.says_who, evidence.manner, evidence.credibility, evidence.reading) == (
        "the union", "reported", 6, 0.7,
    )  # fmt: skip
    assert evidence.paraphrase == "The union says that gas prices push wages in the mines down"
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "any.txt").write_text(ARTICLE, encoding="utf-8")
    (found,) = shatterbelt.load(folder).quotes(tmp_path / "articles").quotes
    assert found.text == "Higher gas prices pushed wages in the mines down"


def test_no_six_words_in_a_row_of_a_document_stand_in_the_case(tmp_path):
    article = ARTICLE + "Higher gas prices push wages in the mines down.\n"
    text = document(article, title=article.splitlines()[0], issued="2021-03-10")
    long = prices(text, cause_quantity="Police arrested at least 300 miners in Minsk on Sunday")
    told = prices(text, cause_quantity="higher gas prices", effect_quantity="wages in the mines")
    read = result(
        text, arrest(text), long, told, demand(text, quantity="lower gas prices no sanctions will be")
    )
    folder = draft(tmp_path / "mine", read).folder
    copied = set(runs(article))
    assert load_case(folder).claims[1].title.startswith("Higher gas prices")
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            assert not copied & set(runs(file.read_text(encoding="utf-8"))), file.name


def test_the_document_stands_with_its_hash_length_rating_and_a_shortened_title(text, tmp_path):
    folder = draft(tmp_path / "mine", result(text, prices(text))).folder
    one = load_case(folder).documents["tarsk"]
    assert (one.sha256, one.characters, one.rating) == (text.text.sha256, len(text.text), "C")
    assert (one.issued, one.publisher) == ("2021-03-10", "The Paper")
    assert one.title == "Dearer gas angers the miners [...]"


# ------------------------------------------------------------------------------- quantities and claims


def test_the_same_words_are_one_quantity_whatever_articles_plurals_and_letters(text, tmp_path):
    first = prices(text, cause_quantity="the gas price", effect_quantity="Wages")
    second = prices(text, cause_quantity="Gas prices", effect_quantity="wages in the mines")
    case = load_case(draft(tmp_path / "mine", result(text, first, second)).folder)
    assert [one.cause for one in case.claims] == ["gas_price", "gas_price"]
    assert set(case.quantities) == {"gas_price", "wages", "wages_in_the_mines"}


def test_the_same_claim_again_is_more_evidence_of_one(text, tmp_path):
    again = claim(
        text, "lower gas prices", ("gas prices", "lower"), ("gas prices", "wages in the mines"), sign="-"
    )
    case = load_case(draft(tmp_path / "mine", result(text, prices(text), again)).folder)
    (one,) = case.claims
    assert len(one.evidence) == 2


def test_an_unknown_sign_stays_unknown_and_apart(text, tmp_path):
    case = load_case(
        draft(tmp_path / "mine", result(text, prices(text), prices(text, sign="unknown"))).folder
    )
    assert [one.sign for one in case.claims] == ["-", "unknown"]


def test_claims_of_opposite_signs_stand_in_two_narratives(text, tmp_path):
    read = result(text, prices(text), prices(text, sign="+"))
    case = load_case(draft(tmp_path / "mine", read).folder)
    first, second = case.claims
    narratives = case.about.narratives
    assert narratives["tarsk"].claims == (first.id,)
    assert narratives["tarsk-otherwise"].claims == (second.id,)
    assert narratives["all"].union_of == ("tarsk", "tarsk-otherwise")
    assert case.about.default_narrative == "all"


LEFT_OUT = {
    "a purpose": ({"relation": "purpose"}, "claims of purpose, not of cause"),
    "a correlation": ({"relation": "correlation"}, "claims of correlation, not of cause"),
    "a denied claim": ({"manner": "denied"}, "claims that the document denies"),
    "a demand": ({"manner": "demanded"}, "claims that are demands"),
    "no name for the cause": ({"cause_quantity": ""}, "claims whose cause or effect names no quantity"),
    "a cause that is its effect": (
        {"cause_quantity": "the wages in the mine"},
        "cause and effect have one name",
    ),
}


@pytest.mark.parametrize(("change", "why"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_is_no_claim_between_two_quantities_is_left_out_and_counted(text, tmp_path, change, why):
    drafted = draft(tmp_path / "mine", result(text, prices(text, **change)))
    assert load_case(drafted.folder).claims == ()
    ((told, count),) = drafted.left_out.items()
    assert why in told
    assert count == 1
    assert f"1 {told}" in load_case(drafted.folder).about.left_out


# ------------------------------------------------------------------------------- events


NO_EVENT = {
    "no date": {"date": None},
    "a date known to the year": {"date": day("2021-01-01", "2021-12-31", "year")},
    "no known actor": {"actors": ()},
    "an actor without a code": {"actors": ("Police", "")},
    "negated": {"contexts": ("negated",)},
    "to come": {"contexts": ("future",)},
    "hypothetical": {"contexts": ("hypothetical",)},
    "doubted": {"manner": "doubted"},
    "denied": {"manner": "denied"},
    "demanded": {"manner": "demanded"},
    "later than its document": {"date": day("2021-04-01")},
}


@pytest.mark.parametrize("change", NO_EVENT.values(), ids=NO_EVENT)
def test_only_what_happened_on_a_known_date_by_a_known_actor_enters_the_record(text, tmp_path, change):
    if change.get("actors"):
        change = {"actors": (party(text, *change["actors"]),)}
    drafted = draft(tmp_path / "mine", result(text, arrest(text, **change), prices(text)))
    assert load_case(drafted.folder).events == ()
    assert sum(drafted.left_out.values()) == 1


def test_events_of_a_type_are_a_quantity_that_the_record_observes(text, tmp_path):
    folder = draft(tmp_path / "mine", result(text, arrest(text), prices(text))).folder
    case = load_case(folder)
    quantity = case.quantities["coerce_events"]
    assert quantity.kind == "events"
    assert quantity.record[0].actor == ("BLR_COP",)
    assert quantity.rate == round(1 / 13, 4)
    assert case_warnings(folder) == []


def test_a_date_known_to_the_week_says_so(text, tmp_path):
    one = arrest(text, date=day("2021-03-01", "2021-03-07", "week"))
    (row,) = load_case(draft(tmp_path / "mine", result(text, one)).folder).events
    assert str(row.date) == "2021-03-01"
    assert "between 2021-03-01 and 2021-03-07" in row.description
    assert row.confidence == "low"


def test_two_copies_of_one_story_are_one_event_from_both_and_the_documents_say_so(text, tmp_path):
    other = document(ARTICLE, "other", title="Another title", issued="2021-03-11")
    read = result((text, other), arrest(text), arrest(other), stories={"tarsk": 1, "other": 1})
    case = load_case(draft(tmp_path / "mine", read).folder)
    (row,) = case.events
    assert row.source == "tarsk; other"
    assert row.known.isoformat() == "2021-03-10"
    assert case.documents["other"].note == "tells the same story as tarsk"


def test_actors_are_called_by_the_tables_and_never_by_a_persons_name(text, tmp_path):
    case = load_case(draft(tmp_path / "mine", result(text, arrest(text), demand(text))).folder)
    assert {code: (one.name, one.kind) for code, one in case.about.actors.items()} == {
        "BLR_COP": ("Belarus: police", "institution"),
        "BLR_LAB": ("Belarus: workers and unions", "population"),
        "BLR_OPP": ("Belarus: opposition", "population"),
    }


def test_without_any_date_it_is_asked_for(tmp_path):
    undated = document("Higher gas prices pushed wages in the mines down.")
    with pytest.raises(RequestError, match="give --issued DATE"):
        draft(tmp_path / "mine", result(undated, prices(undated)))
    assert list(tmp_path.iterdir()) == []


def test_odd_metadata_makes_no_faulty_case(tmp_path):
    odd = document(
        "Higher gas prices pushed wages in the mines down.", "odd-1", issued="2021", publisher="no",
        title="yes: {x} [y] \u202e#\x07 'q' \"d\" - *a &b !c",
    )  # fmt: skip
    folder = draft(
        tmp_path / "mine", result(odd, prices(odd, cause_quantity="\u0446\u0435\u043d\u044b"))
    ).folder
    case = load_case(folder)
    assert case.documents["odd-1"].publisher == "no"
    assert case.claims[0].cause == "quantity"


def test_nothing_read_is_still_a_case(text, tmp_path):
    assert check_case(draft(tmp_path / "mine", result(text)).folder) == []


# ------------------------------------------------------------------------------- the command


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "gas-and-miners.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def test_the_command_reads_drafts_and_says_what_comes_next(call, article: Path, tmp_path: Path):
    pytest.importorskip("spacy")
    done = call("new", tmp_path / "mine", "--from", article, "--publisher", "The Paper")
    assert done.exit_code == 0
    assert "nothing in it is reviewed" in done.stdout
    assert f"shatterbelt check {tmp_path / 'mine'}" in done.stdout
    assert call("check", tmp_path / "mine").exit_code == 0
    case = load_case(tmp_path / "mine")
    assert case.documents["gas-and-miners"].publisher == "The Paper"
    assert case.events
    assert case.claims


def test_several_documents_stand_after_from_and_a_bad_one_is_told(call, article: Path, tmp_path: Path):
    pytest.importorskip("spacy")
    (tmp_path / "empty.txt").write_text("")
    done = call("new", tmp_path / "mine", "--from", tmp_path / "empty.txt", article, tmp_path / "none.txt")
    assert done.exit_code == 1
    assert "empty.txt" in done.stderr
    assert "none.txt" in done.stderr
    assert check_case(tmp_path / "mine") == []


def test_no_readable_document_makes_no_folder(call, tmp_path: Path):
    done = call("new", tmp_path / "mine", "--from", tmp_path / "none.txt")
    assert done.exit_code == 1
    assert "none.txt" in done.stderr
    assert not (tmp_path / "mine").exists()


def test_a_used_folder_is_told_before_anything_is_read(call, article: Path, tmp_path: Path):
    done = call("new", tmp_path, "--from", article)
    assert done.exit_code == 2
    assert "the folder is not empty" in done.stderr


def test_documents_without_from_are_wrong_usage(call, article: Path, tmp_path: Path):
    done = call("new", tmp_path / "mine", article)
    assert done.exit_code == 2
    assert "documents stand after --from" in done.stderr


def test_a_run_of_a_draft_says_that_nothing_is_reviewed_and_what_to_do(call, text, tmp_path: Path):
    folder = draft(tmp_path / "mine", result(text, arrest(text), prices(text))).folder
    done = call("run", folder, "--futures", 20, "--out", tmp_path / "out", "--fit", "none")
    assert done.exit_code == 0
    assert "nothing in this case is reviewed" in done.stderr
    assert "left out: 1 claim and 1 event" in done.stderr
    assert "--unreviewed" in done.stderr
    fitted = call("fit", folder)
    assert fitted.exit_code == 2
    assert "nothing in this case is reviewed" in fitted.stderr


def test_a_claim_acts_once_it_is_reviewed_or_asked_for(text, tmp_path: Path):
    folder = draft(tmp_path / "mine", result(text, prices(text))).folder

    def effects(**asked: object) -> set[str]:
        part = shatterbelt.load(folder).part(**asked)
        return {claim_.effect for claim_ in part.claims}

    assert effects(unreviewed=False) == set()
    assert effects(unreviewed=True) == {"wages_in_the_mines"}
    path = folder / "claims.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("reviewed: no", "reviewed: yes"), encoding="utf-8"
    )
    assert effects(unreviewed=False) == {"wages_in_the_mines"}


def test_a_draft_is_plain_yaml_for_other_programs_too(text, tmp_path):
    folder = draft(tmp_path / "mine", result(text, arrest(text), prices(text), demand(text))).folder
    for name in ("case.yaml", "quantities.yaml", "claims.yaml", "documents.yaml"):
        assert yaml.safe_load((folder / name).read_text(encoding="utf-8"))


def test_quotes_of_a_draft_from_a_page_and_a_word_file_are_found_in_them(call, tmp_path: Path):
    docx = pytest.importorskip("docx")
    pytest.importorskip("spacy")
    folder = tmp_path / "articles"
    folder.mkdir()
    page = (
        "<html><head><title>Gas</title></head><body><p>Higher <b>gas prices</b> pushed wages down.</p></body>"
    )
    (folder / "page.html").write_text(page, encoding="utf-8")
    word = docx.Document()
    word.add_paragraph("Because coal became dearer, the government raised the subsidies for the mines.")
    word.save(folder / "word.docx")
    call("new", tmp_path / "mine", "--from", folder, "--issued", "2021-03-10")
    found = shatterbelt.load(tmp_path / "mine").quotes(folder).quotes
    assert {one.evidence.quote.document for one in found} == {"page", "word"}
    assert all(one.found and not one.moved for one in found)
