"""What the bundled case must hold: rows, claims, evidence that stands in the documents, narratives."""

import itertools
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from shatterbelt.case import check_case, load_case
from shatterbelt.documents import find_documents, paragraph_of, read_text, resolve
from shatterbelt.statements import PublicationEvidence, QuoteEvidence

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
ROWS = [f"S{number}" for number in range(1, 25)]


@pytest.fixture(scope="module")
def case():
    return load_case("belarus")


@pytest.fixture(scope="module")
def texts(case):
    """The two documents, found by their hash alone."""
    wanted = {doc.sha256: doc.id for doc in case.documents.values() if doc.kind == "document"}
    found = find_documents(SEEDS, wanted)
    return {wanted[sha256]: read_text(path) for sha256, path in found.items()}


def quotes_of(case):
    for claim in case.claims:
        for evidence in claim.evidence:
            if isinstance(evidence, QuoteEvidence):
                yield claim, evidence


def test_the_case_has_no_fault():
    folder = files("shatterbelt").joinpath("cases", "belarus")
    assert not [str(fault) for fault in check_case(str(folder))]


def test_at_least_seventy_claims_are_carried_by_a_quote_or_a_publication(case):
    assert len(case.claims) >= 70
    for claim in case.claims:
        assert claim.evidence, claim.id
        for evidence in claim.evidence:
            if isinstance(evidence, PublicationEvidence):
                assert case.documents[evidence.publication].kind == "publication", claim.id


@pytest.mark.parametrize("row", ROWS)
def test_each_row_of_the_system_is_carried_by_claims_and_quantities(case, row):
    assert row in case.about.rows
    claims = [claim for claim in case.claims if row in claim.rows]
    assert claims
    ends = {name for claim in claims for name in (claim.cause, claim.effect)}
    carried = {name for name, quantity in case.quantities.items() if row in quantity.rows}
    assert carried | ends
    assert any(isinstance(evidence, QuoteEvidence) for claim in claims for evidence in claim.evidence)


def test_no_row_is_named_that_the_system_does_not_have(case):
    named = {row for claim in case.claims for row in claim.rows}
    named |= {row for quantity in case.quantities.values() for row in quantity.rows}
    assert named == set(ROWS)


def test_every_quote_stands_at_its_place_in_the_documents(case, texts):
    assert set(texts) == {"A", "B"}
    for claim, evidence in quotes_of(case):
        quote = evidence.quote
        text = texts[quote.document]
        found = resolve(quote, text)
        assert (found.how, found.start, found.end) == ("exact", quote.start, quote.end), claim.id
        assert quote.paragraph == paragraph_of(text, quote.start), claim.id


def test_every_quote_is_long_enough_to_be_found_again(case):
    short = [claim.id for claim, evidence in quotes_of(case) if len(evidence.quote.words) // 3 < 5]
    assert not short


def test_the_length_of_each_document_is_that_of_its_text(case, texts):
    for name, text in texts.items():
        assert case.documents[name].characters == len(text)


def test_partisan_sources_are_labelled_with_their_ground(case):
    for name in ("A", "B"):
        assert case.documents[name].leaning is not None
        assert case.documents[name].rating in {"D", "E", "F"}


def test_no_publication_is_listed_that_nothing_cites(case):
    listed = {doc.id for doc in case.documents.values() if doc.kind == "publication"}
    cited = {
        evidence.publication
        for claim in case.claims
        for evidence in claim.evidence
        if isinstance(evidence, PublicationEvidence)
    }
    assert listed == cited


@pytest.mark.parametrize(("narrative", "least"), [("A", 35), ("B", 35), ("neither", 30)])
def test_each_narrative_stands_alone(case, narrative, least):
    assert len(case.claim_ids(narrative)) >= least
    known = {claim.id for claim in case.claims}
    assert set(case.about.narratives[narrative].claims) <= known


def test_every_claim_is_held_by_some_narrative(case):
    held = {name for narrative in ("A", "B", "neither") for name in case.claim_ids(narrative)}
    assert held == {claim.id for claim in case.claims}


def test_the_two_documents_narratives_are_carried_by_their_own_words_where_they_differ(case):
    """A claim that only one document's narrative holds must be quoted from that document."""
    members = {name: set(case.claim_ids(name)) for name in ("A", "B", "neither")}
    for own, others in (("A", ("B", "neither")), ("B", ("A", "neither"))):
        alone = members[own] - members[others[0]] - members[others[1]]
        assert len(alone) >= 10
        for claim, quoted in _documents_of(case).items():
            if claim in alone:
                assert own in quoted, claim


def _documents_of(case):
    quoted = {claim.id: set() for claim in case.claims}
    for claim, evidence in quotes_of(case):
        quoted[claim.id].add(evidence.quote.document)
    return quoted


def test_rival_claims_on_realignment_stand_in_rival_narratives(case):
    """Pressure drives him west in A; repression shuts that way and relief brings him back in `neither`."""
    headline, rivals = (
        "pressure_drives_client_west",
        {"repression_shuts_his_own_way", "relief_brings_him_back"},
    )
    assert headline in case.claim_ids("A")
    assert headline not in case.claim_ids("neither")
    assert rivals <= set(case.claim_ids("neither"))
    assert not rivals & set(case.claim_ids("A"))


def test_the_loop_of_document_a_closes_in_its_narrative(case):
    """Oil price -> income -> readiness -> pressure -> opening to the West."""
    links = {(claim.cause, claim.effect) for claim in case.claims if claim.id in case.claim_ids("A")}
    chain = ["brent_price", "russian_oil_revenue", "patron_readiness", "russian_pressure", "opening_to_west"]
    assert set(itertools.pairwise(chain)) <= links
    assert ("workers_militancy", "workers_councils") in links


def test_the_chains_of_document_b_close_in_its_narrative(case):
    """Protest costs confidence, lost confidence and an uncertain world make haste, haste makes pressure."""
    links = {(claim.cause, claim.effect) for claim in case.claims if claim.id in case.claim_ids("B")}
    assert {
        ("march_force", "patron_confidence"),
        ("patron_confidence", "patron_urgency"),
        ("world_uncertainty", "patron_urgency"),
        ("patron_urgency", "russian_demands"),
        ("russian_demands", "transition_promise"),
        ("western_pressure", "russian_support"),
        ("opposition_containment", "strike_share"),
        ("epidemic_burden", "grievance"),
    } <= links


def test_conflicting_reports_keep_their_manner_and_their_speaker(case):
    manners = Counter(evidence.manner for _, evidence in quotes_of(case))
    assert {"asserted", "reported", "doubted", "denied", "hypothetical", "demanded"} == set(manners)
    speakers = {evidence.says_who for _, evidence in quotes_of(case)}
    assert len(speakers) >= 6
    carried = [claim for claim in case.claims if "S23" in claim.rows]
    assert any(
        isinstance(evidence, QuoteEvidence) and evidence.manner == "denied"
        for claim in carried
        for evidence in claim.evidence
    )


def test_a_contradicted_claim_keeps_its_sign_and_says_so(case):
    claims = {claim.id: claim for claim in case.claims}
    wages = claims["falling_wages_breed_discontent"]
    assert wages.sign == "-"
    assert wages.evidence[0].credibility == 5
    assert "grew" in wages.note


def test_no_claim_acts_on_what_is_given_or_computed(case):
    for claim in case.claims:
        assert case.quantities[claim.effect].kind in {"level", "events", "status", "share"}, claim.id
