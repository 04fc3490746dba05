"""A case folder becomes a case: what is in it, what identifies it, and where it is looked for."""

import datetime as dt
import shutil

import pytest

from shatterbelt.case import bundled, case_warnings, check_case, dependencies, load_case, order
from shatterbelt.errors import CaseError


def test_every_part_is_read(good):
    case = load_case(good)
    assert case.about.name == "small-state"
    assert {name: quantity.kind for name, quantity in case.quantities.items()} == {
        "fuel_price": "level",
        "world_price": "given",
        "price_ratio": "formula",
        "protests": "events",
        "sanctions": "status",
        "marchers": "share",
        "pressure": "level",
        "debt": "stock",
    }
    claim = case.claims[0]
    assert (claim.lags, claim.aspect.change, claim.form.saturating) == ((1, 3), 3, 2)
    assert claim.evidence[0].quote.document == "digest-one"
    assert case.claims[3].aspect == "on"
    assert case.claims[2].when.test == "<= 1.2"
    assert case.documents["granovetter-1978"].container_title == "American Journal of Sociology"
    assert case.series[0].period == "2010"
    assert case.series[0].known == dt.date(2011, 2, 1)
    assert case.events[0].description == "A march, in the capital"
    assert case.about.outcomes["sanctions_by_2013"].test == ">= 0.5"
    assert case.claim_ids("both") == tuple(claim.id for claim in case.claims)
    assert case_warnings(good) == []


def test_words_that_older_yaml_takes_for_truth_stay_words(good):
    path = good / "quantities.yaml"
    path.write_text(path.read_text().replace("  onset: 0.01\n", "  onset: 0.01\n  starts: on\n"))
    assert load_case(good).quantities["sanctions"].starts == "on"


def test_the_hash_is_of_the_content_and_not_of_the_place(good, tmp_path):
    other = shutil.copytree(good, tmp_path / "elsewhere")
    assert load_case(other).hash == load_case(good).hash
    (good / "journal.jsonl").write_text("{}\n")
    assert load_case(other).hash == load_case(good).hash


def test_the_hash_does_not_see_line_ends_or_a_byte_order_mark(good):
    before = load_case(good).hash
    for name in ("case.yaml", "record/series.csv"):
        raw = (good / name).read_bytes()
        (good / name).write_bytes(b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n"))
    assert load_case(good).hash == before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("case.yaml", "horizon: 24", "horizon: 25"),
        ("quantities.yaml", "swing: 50", "swing: 51"),
        ("claims.yaml", "strength: slight", "strength: strong"),
        ("documents.yaml", "rating: C", "rating: D"),
        ("record/series.csv", "2010,180,", "2010,181,"),
        ("record/events.csv", "5000 persons", "6000 persons"),
    ],
)
def test_the_hash_sees_every_file(good, name, old, new):
    before = load_case(good).hash
    path = good / name
    path.write_text(path.read_text().replace(old, new, 1))
    assert load_case(good).hash != before


def test_a_case_that_is_not_there_is_told_with_the_nearest_name():
    with pytest.raises(CaseError) as caught:
        load_case("belarsu")
    assert "no bundled case of that name" in str(caught.value)
    for name in bundled():
        assert name in str(caught.value)


def test_a_file_is_not_a_case(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CaseError, match="it is not a folder"):
        load_case(tmp_path / "file")


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000])
def test_a_name_that_no_folder_can_have_is_told(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CaseError):
        load_case(name)


@pytest.mark.parametrize("name", bundled())
def test_every_bundled_case_loads_without_fault(name):
    assert [str(fault) for fault in check_case(name)] == []


def test_what_is_needed_in_the_same_step_comes_first(good):
    case = load_case(good)
    sequence = order(case)
    assert sorted(sequence) == sorted(case.quantities)
    for name in sequence:
        assert dependencies(case, name) <= set(sequence[: sequence.index(name)])
    assert dependencies(case, "protests") == {"marchers"}
    assert dependencies(case, "debt") == {"fuel_price", "world_price"}
    assert dependencies(case, "sanctions") == frozenset()


def test_an_events_tie_that_finds_nothing_is_a_warning(good):
    path = good / "quantities.yaml"
    path.write_text(path.read_text().replace("type: [PROTEST]", "type: [MOBILIZE]"))
    assert check_case(good) == []
    (warning,) = case_warnings(good)
    assert "the record has no MOBILIZE by PEOPLE" in str(warning)


def test_a_claim_in_no_narrative_is_a_warning(good):
    path = good / "case.yaml"
    path.write_text(path.read_text().replace("[price_squeezes, squeeze_brings", "[squeeze_brings"))
    assert check_case(good) == []
    assert ["stands in no narrative" in str(warning) for warning in case_warnings(good)] == [True]


def test_periods_of_two_lengths_in_a_series_are_a_warning(good):
    path = good / "record/series.csv"
    path.write_text(path.read_text() + "fuel_price_paid,2012-Q1,215,USD/tonne,made up,high,2012-05-01\n")
    assert check_case(good) == []
    (warning,) = case_warnings(good)
    assert "mixes periods of a year and of a quarter" in str(warning)


def test_a_union_of_rivals_may_hold_what_each_denies(good):
    claims, case = good / "claims.yaml", good / "case.yaml"
    claims.write_text(
        claims.read_text()
        + "- {id: other_way, title: The other way, cause: marchers, effect: protests, sign: '-', evidence: "
        "[{publication: granovetter-1978, finding: Made up for this test}]}\n"
    )
    case.write_text(case.read_text().replace("[protest_brings", "[other_way, protest_brings"))
    assert check_case(good) == []
