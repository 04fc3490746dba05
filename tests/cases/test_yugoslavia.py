"""The case `yugoslavia-1948`: the analogy of document A, with the same claims on another record."""

from pathlib import Path

import numpy as np
import pytest

from shatterbelt.case import case_warnings, load_case
from shatterbelt.documents import normalise, resolve, sha256_of
from shatterbelt.record import Calendar, Window, monthly_record, observations, resolve_outcome

DOCUMENT = Path(__file__).parents[3] / "shared" / "seeds" / "000_bd667e459ad94961.txt"
ANALOGY = 9


@pytest.fixture(scope="module")
def case():
    return load_case("yugoslavia-1948")


def test_the_case_has_neither_faults_nor_warnings(case):
    assert case_warnings("yugoslavia-1948") == []
    assert set(case.about.narratives) == {"pushed", "neither", "union"}


def test_every_claim_belongs_to_a_narrative(case):
    assert set(case.claim_ids("union")) == {claim.id for claim in case.claims}
    assert set(case.claim_ids("pushed")) != set(case.claim_ids("neither"))


def test_claims_made_of_both_cases_have_one_sign_and_evidence_in_one_document(case):
    belarus = {claim.id: claim for claim in load_case("belarus").claims}
    shared = [claim for claim in case.claims if claim.id in belarus]
    assert "pressure_drives_client_west" in {claim.id for claim in shared}
    assert len(shared) >= 5
    for claim in shared:
        assert claim.sign == belarus[claim.id].sign, claim.id
    pressed = next(claim for claim in shared if claim.id == "pressure_drives_client_west")
    twin = belarus[pressed.id]
    assert (pressed.aspect, pressed.lags, pressed.strength) == (twin.aspect, twin.lags, twin.strength)


def test_every_quote_stands_in_the_paragraph_of_the_analogy(case):
    raw = DOCUMENT.read_bytes()
    assert sha256_of(raw) == case.documents["A"].sha256
    text = normalise(raw)
    quotes = [one.quote for claim in case.claims for one in claim.evidence if hasattr(one, "quote")]
    assert len(quotes) >= 6
    for quote in quotes:
        found = resolve(quote, text)
        assert found.how == "exact"
        assert quote.paragraph == ANALOGY


@pytest.mark.parametrize(
    "name",
    ["moves_west_1950", "western_support_1950", "leader_out_1951", "military_pact_1954", "reconciled_1955"],
)
def test_the_stated_answer_is_the_one_that_the_record_gives(case, name):
    outcome = case.about.outcomes[name]
    calendar = Calendar.between(case.about.start, case.about.record_ends)
    seen = observations(case.series, case.events, case.quantities, calendar)[outcome.quantity]
    value, _, _ = monthly_record(seen)
    window = Window(
        calendar.index_of_date(outcome.asked), calendar.index(outcome.opens), calendar.index(outcome.closes)
    )
    answer = resolve_outcome(value, ~np.isnan(value), window, outcome.when, outcome.test)
    assert outcome.resolution is not None
    assert answer == outcome.resolution.answer


def test_the_page_on_the_case_counts_what_it_holds(case):
    page = (Path(__file__).parents[2] / "docs" / "yugoslavia.md").read_text(encoding="utf-8")
    assert f"{len(case.quantities)} quantities, {len(case.claims)} claims" in page
