"""What the page shows, as plain values."""

import json

import pytest

from shatterbelt.report import data, graph, page, series


def edge(case, name):
    return next(item for item in graph.elements(case, None)["edges"] if item["id"] == name)


def test_a_claim_is_contested_when_another_narrative_has_the_opposite_sign(case):
    assert edge(case, "price_turns")["contested"]
    assert edge(case, "price_does_not")["contested"]
    assert not edge(case, "oil_careless")["contested"]


def test_a_claim_is_contested_when_its_evidence_denies_it(case):
    assert edge(case, "debt_price")["contested"]


def test_two_documents_of_one_leaning_are_one_camp_and_a_publication_is_none(case):
    assert edge(case, "price_turns")["oneCamp"] == "party press"
    assert edge(case, "price_does_not")["oneCamp"] == ""
    assert edge(case, "protest_strike")["oneCamp"] == ""


def test_an_arrow_is_marked_as_late_from_three_steps_of_lag(case):
    assert edge(case, "debt_price")["delay"]
    assert not edge(case, "price_turns")["delay"]


def test_a_claim_says_how_it_acts_in_words(case):
    assert edge(case, "protest_strike")["how"] == "memory with a half-life of 3 steps, linear, after 1 step"
    assert edge(case, "sanction_debt")["how"] == "level, saturating at 2 swings, after 1 step"
    assert edge(case, "hostile")["when"] == "only while oil >= 50"


def test_quote_text_shows_only_where_it_was_passed(case):
    claim = case.claims[0]
    item = claim.evidence[0]
    assert graph.evidence(case, item, None)["quote"] == ""
    text = {("a", item.quote.start, item.quote.end): "as it stands there"}
    assert graph.evidence(case, item, text)["quote"] == "as it stands there"
    assert graph.evidence(case, item, {("b", 0, 1): "another"})["quote"] == ""


def test_no_two_quantities_share_a_place_and_the_places_do_not_vary(case):
    places = graph.layout(case)
    assert len(set(places.values())) == len(case.quantities)
    assert places == graph.layout(case)


def test_each_formula_is_tied_to_what_it_is_made_of(case):
    assert {(item["source"], item["target"]) for item in graph.definitions(case)} == {
        ("gas_price", "ratio"),
        ("oil", "ratio"),
    }


def test_outcomes_stand_likeliest_first_and_only_those_asked_on_the_day(case, dataset):
    found = data.page_data(case, dataset, None)
    assert [item["id"] for item in found["outcomes"]] == [
        "suspended",
        "price_up",
        "hostile_outcome",
        "strike_wave",
    ]
    assert [group["date"] for group in found["elsewhere"]] == ["2020-11-30"]


def test_an_outcome_says_number_error_base_rate_and_what_came(case, dataset):
    first = data.page_data(case, dataset, None)["outcomes"][0]
    assert first["bands"]["icd203"] == "Likely (55–80 %)"
    assert first["number"] == "63.4 ± 0.5 %"
    assert (first["base"]["text"], first["base"]["ground"][:7]) == ("12 %", "3 of 25")
    assert first["came"]["text"] == "yes, 2008-10-13"
    assert [branch["change"] for branch in first["branches"]] == ["", "−25.4 ± 0.3", "−50.7 ± 0.5"]


def test_a_base_rate_from_elsewhere_wins_over_an_empty_count(case, dataset):
    found = {item["id"]: item["base"] for item in data.page_data(case, dataset, None)["outcomes"]}
    assert found["strike_wave"] == {"text": "2 %", "ground": "World counts", "x": 2.0}
    assert found["price_up"]["text"] == "none"


def test_charts_carry_what_the_dataset_holds_to_four_digits(case, dataset):
    drawn = series.quantity(case, dataset, "oil")
    assert len(drawn["paths"]) == series.PATHS
    for key, level in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
        truth = dataset["quantiles"].isel(branch=0).sel(quantity="oil", level=level).values
        assert drawn["bands"][key] == pytest.approx(truth, rel=5e-4)


def test_a_quarters_average_stands_over_its_three_months(case, dataset):
    assert series.averages(case, dataset, "gas_price") == [(36, 48, 100.0), (60, 63, 150.0)]


def test_an_average_in_another_unit_is_drawn_in_the_quantitys(case, dataset):
    dear = [row.model_copy(update={"unit": "kUSD", "value": row.value / 1000}) for row in case.series]
    other = case.model_copy(update={"series": tuple(dear)})
    assert series.averages(other, dataset, "gas_price") == series.averages(case, dataset, "gas_price")


def test_what_is_not_finite_becomes_a_gap_and_not_a_fault(case, dataset):
    broken = dataset.copy(deep=True)
    broken["mean"][:] = float("nan")
    text = page.inert_json(data.scripts_data(case, broken, None))
    assert json.loads(text)["quantities"]["protests"]["mean"] == [None] * dataset.sizes["time"]


def test_json_in_the_page_can_end_no_script(case, dataset):
    text = page.inert_json(data.scripts_data(case, dataset, None))
    assert not set("<>&\u2028\u2029") & set(text)
    assert "</script>" in json.loads(text)["map"]["edges"][-1]["title"]


def test_every_event_type_is_of_one_of_four_classes():
    from typing import get_args

    from shatterbelt.report import charts
    from shatterbelt.statements import PloverType

    assert {charts.event_class(kind) for kind in get_args(PloverType)} == set(charts.CLASSES)
    assert charts.event_class("SANCTION") == "conflict, deeds"
    assert charts.event_class("CONSULT") == "cooperation, words"


def test_the_same_results_make_the_same_page(case, dataset):
    assert page.render(case, dataset) == page.render(case, dataset)


def test_a_page_that_cannot_be_made_leaves_the_old_one_alone(case, dataset, tmp_path):
    path = tmp_path / "report.html"
    path.write_text("old")
    with pytest.raises(KeyError):
        page.write_report(case, dataset.drop_vars("quantiles"), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
