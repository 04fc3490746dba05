"""What the record says, on the page: order, axis, words, and that nothing is claimed that was not given."""

import copy
import json
import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.judged_values import VERDICTS, make_fit, make_judged, make_score
from shatterbelt.report import judged_charts, page, words
from shatterbelt.report.hindcasts import evidence, hindcasts
from shatterbelt.report.judged import judged_view

VALUES = st.floats(min_value=-50, max_value=50)


def section(text):
    return text.split('<section id="judged">')[1].split("</section>")[0]


def shown(case, dataset, judged):
    return section(page.render(case, dataset, judged=judged))


class Attributes(HTMLParser):
    """The names of all elements and their attributes of a piece of a page."""

    def __init__(self):
        super().__init__()
        self.seen = set()

    def handle_starttag(self, tag, attrs):
        self.seen |= {(tag, name) for name, _ in attrs}


def plain(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture(scope="module")
def judged(case):
    return make_judged(case)


# ----------------------------------------------------------------------------- what is missing


def test_without_a_fit_or_scores_each_part_says_in_a_sentence_how_to_make_it(case, dataset):
    text = shown(case, dataset, None)
    assert "<code>shatterbelt fit small</code>" in text
    assert "<code>shatterbelt score small</code>" in text
    assert "<table" not in text
    assert "<svg" not in text


@pytest.mark.parametrize("judged", [None, {}, {"fit": None, "score": None}])
def test_nothing_given_is_given_in_any_form(case, dataset, judged):
    assert shown(case, dataset, judged) == shown(case, dataset, None)


def test_without_scores_nothing_is_said_of_skill_or_of_better_forecasts(case, dataset):
    fit = make_fit(case)
    text = plain(shown(case, dataset, {"fit": fit})).lower()
    for word in ("skill", "accura", "better", "calibrat", "adds to forecasts", "nats"):
        assert word not in text
    assert "not been scored" in text
    assert "says nothing about what it knows" in text


def test_scores_without_a_fit_still_tell_which_claims_move_them(case, dataset):
    text = shown(case, dataset, {"score": make_score(case)})
    assert "Claims that move the forecasts most" in text
    assert "shatterbelt fit small" in text


def test_a_fit_that_failed_is_reported_as_failed_and_not_shown(case, dataset):
    fit = make_fit(case)
    fit["passed"] = False
    fit["diagnostics"] |= {"rhat": 1.3, "failures": [f"weight.c{i}: R-hat 1.30" for i in range(11)]}
    text = shown(case, dataset, {"fit": fit})
    assert "failed its diagnostics" in text
    assert "weight.c0: R-hat 1.30" in text
    assert "and 3 more" in text
    assert 'id="verdicts"' not in text


def test_an_approximation_is_marked_as_one_and_shows_no_diagnostics(case, dataset):
    fit = make_fit(case) | {"quick": True, "diagnostics": {"passed": True, "kind": "approximation"}}
    text = shown(case, dataset, {"fit": fit})
    assert "approximation at the mode, without diagnostics" in text
    assert "R-hat" not in text


def test_what_was_made_from_another_version_of_the_case_says_so(case, dataset, judged):
    assert "another version" not in shown(case, dataset, judged)
    other = copy.deepcopy(judged)
    other["fit"]["hash"] = other["score"]["case_hash"] = "0" * 64
    assert shown(case, dataset, other).count("another version of the case") == 2


def test_parts_of_the_scores_that_are_missing_leave_their_tables_out(case, dataset):
    text = shown(case, dataset, {"score": {"words": "Nothing could be compared.", "narratives": ["A"]}})
    assert "Nothing could be compared." in text
    assert "<table" not in text


def test_null_in_place_of_a_number_is_a_dash_and_no_fault(case, dataset, judged):
    def emptied(value):
        if isinstance(value, dict):
            return {key: emptied(one) for key, one in value.items()}
        if isinstance(value, list):
            return [emptied(one) for one in value]
        return None if isinstance(value, float) and math.isnan(value) else value

    assert shown(case, dataset, emptied(judged)) == shown(case, dataset, judged)
    assert shown(case, dataset, json.loads(json.dumps(judged))) == shown(case, dataset, judged)


# ----------------------------------------------------------------------------- claims


def test_claims_stand_from_the_best_supported_to_the_most_contradicted(case, judged):
    places = [row["place"] for row in judged_view(case, judged)["claims"]]
    assert places == sorted(places)
    assert set(places) == set(range(len(VERDICTS)))


def test_what_a_claim_adds_is_the_scores_and_without_them_the_fits(case):
    fit = make_fit(case)
    fit["claims"][0]["gain"] = {"mean": 0.5, "error": 0.1}
    found = {row["id"]: row["gain"] for row in judged_view(case, {"fit": fit})["claims"]}
    assert found[fit["claims"][0]["id"]]["text"] == "+0.50 ± 0.10"
    assert found[fit["claims"][1]["id"]]["text"] == "–"
    score = {"claims": {fit["claims"][0]["id"]: {"gain": -0.3, "error": 0.2}}}
    found = {row["id"]: row["gain"] for row in judged_view(case, {"fit": fit, "score": score})["claims"]}
    assert found[fit["claims"][0]["id"]]["text"] == "−0.30 ± 0.20"


@given(st.lists(VALUES, max_size=20))
def test_the_axis_holds_no_effect_and_every_interval(values):
    axis = judged_charts.axis(values)
    inside = (judged_charts.MARGIN, judged_charts.WIDTH - judged_charts.MARGIN)
    for value in [0.0, *values]:
        assert inside[0] - 0.1 <= judged_charts.place(axis, value) <= inside[1] + 0.1
    xs = [tick["x"] for tick in axis["ticks"]]
    assert 2 <= len(xs) <= 8
    assert np.allclose(np.diff(xs, 2), 0, atol=0.31), "the ticks stand evenly, but for rounding"


def test_all_rows_share_one_axis_and_the_bars_lie_on_it(case, judged):
    view = judged_view(case, judged)
    for row in view["claims"]:
        for key in ("prior", "posterior"):
            bar = row["chart"][key]
            expected = [judged_charts.place(view["axis"], value) for value in row[key]]
            assert [bar["mean"], bar["low"], bar["high"]] == expected


def test_the_shaded_side_is_the_claimed_one_and_an_unknown_sign_has_none(case, judged):
    view = judged_view(case, judged)
    zero = view["axis"]["zero"]
    for row in view["claims"]:
        side = row["chart"]["claimed"]
        if row["sign"] == "unknown":
            assert side is None
        else:
            assert (side["x"] >= zero) == (row["sign"] == "+")


# ----------------------------------------------------------------------------- scores


def test_only_a_difference_of_more_than_two_errors_is_bold(case):
    score = make_score(case)
    lines = [one for one in score["scores"] if one["score"] == "joint" and one["baseline"]]
    lines[0] |= {"difference": 0.3, "error": 0.1}
    lines[1] |= {"difference": 0.19, "error": 0.1}
    first = hindcasts(case, score)["narratives"]["models"][0]
    assert [rival["cells"][0]["sure"] for rival in first["beside"]] == [True, False]


def test_a_lower_score_is_better_where_less_is_better(case):
    score = make_score(case)
    assert {"CRPS, in swings (96)", "Brier score (96)"} <= set(
        hindcasts(case, score)["other_scores"]["heads"]
    )
    loss = {
        "score": "log",
        "quantity": "oil",
        "baseline": "constant",
        "difference": -1.0,
        "error": 0.1,
        "n": 3,
    }
    score["losses"] = {"A": [loss, loss | {"score": "crps"}]}
    assert [one["side"] for one in hindcasts(case, score)["losses"]] == ["worse", "better"]


def test_losses_to_a_naive_rival_are_named_with_their_error(case, dataset, judged):
    text = plain(shown(case, dataset, judged))
    assert "Where a naive rival knows better" in text
    assert "−0.120 ± 0.050 Gas price paid to own past, 96 occasions" in text


def test_no_loss_is_said_and_not_left_open(case, dataset):
    score = make_score(case) | {"losses": {"A": []}}
    assert "On no quantity that was scored." in shown(case, dataset, {"score": score})


def test_evidence_stands_by_how_much_it_tells_and_is_marked_by_more_than_colour(case):
    score = make_score(case)
    found = evidence(case, score["evidence"])
    apart = [float(piece["diagnosticity"]) for piece in found["pieces"]]
    assert apart == sorted(apart, reverse=True)
    cells = [cell for row in found["rows"] for cell in row["cells"]]
    for cell in cells:
        value = float(cell["text"].replace("−", "-"))
        assert cell["says"] == "tells nothing" or ("against" in cell["says"]) == (value < 0)


def test_a_ranking_that_stays_without_a_piece_is_called_the_same(case):
    table = make_score(case)["evidence"]
    table["pieces"][0]["without"]["ranking"] = table["narratives"][::-1]
    said = {piece["ranking"] for piece in evidence(case, table)["pieces"]}
    assert said == {"the same", " > ".join(table["narratives"][::-1])}


def test_every_forecast_is_counted_under_the_diagram_and_in_its_table(case):
    for found in make_score(case)["reliability"].values():
        drawn = judged_charts.reliability(found)
        assert sum(bar["n"] for bar in drawn["bars"]["rows"]) == found["n"]
        runs = judged_charts.blocks(found)
        assert sum(run[2] for run in runs) == found["n"]
        assert [run[4] for run in runs] == sorted({run[4] for run in runs})


def test_the_diagram_of_one_single_forecast_has_a_dot_and_no_band():
    one = {"forecast": [1.0], "count": [3], "came": [3], "calibrated": [1.0], "low": [1.0], "high": [1.0]}
    drawn = judged_charts.reliability(one)
    assert len(drawn["dots"]) == 1
    assert drawn["band"] == ""
    assert drawn["bars"]["rows"][-1]["n"] == 3


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(0.85, 0.95, ""), (0.5, 0.7, "too narrow"), (0.95, 0.99, "too wide")]
)
def test_an_interval_that_does_not_hold_what_it_says_is_called_so(case, low, high, verdict):
    row = {"share": 0.9, "inside": 80, "n": 100, "low": low, "high": high, "width": 1.0}
    found = hindcasts(case, {"narratives": ["A"], "coverage": {"A": [row]}})["coverage"]
    assert found["table"][0]["cells"][0]["verdict"] == verdict


def test_intervals_of_which_nothing_came_to_be_known_are_left_out(case):
    row = {"share": 0.9, "inside": 0, "n": 0, "low": 0.0, "high": 1.0, "width": math.nan}
    assert hindcasts(case, {"narratives": ["A"], "coverage": {"A": [row]}})["coverage"]["table"] == []


# ----------------------------------------------------------------------------- the page


def test_text_from_outside_is_escaped_everywhere(case, dataset):
    bad = "</script><img src=x onerror=alert(1)>"
    judged = make_judged(case)
    judged["score"]["words"] = bad
    judged["score"]["losses"]["A"][0]["baseline"] = bad
    judged["score"]["evidence"]["pieces"][0]["quantity"] = bad
    judged["fit"]["narrative"] = bad
    for key in ("title", "words", "why", "id"):
        judged["fit"]["claims"][0][key] = bad
    text = shown(case, dataset, judged)
    assert "<img" not in text
    assert "&lt;img src=x" in text


def test_the_section_needs_no_style_that_the_policy_forbids(case, dataset, judged):
    whole = page.render(case, dataset, judged=judged)
    names = Attributes()
    names.feed(section(whole))
    assert ("svg", "class") in names.seen
    assert not [name for _, name in names.seen if name == "style" or name.startswith("on")]
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', whole)[1]
    assert "unsafe" not in policy
    bare = page.render(case, dataset)
    assert policy == re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', bare)[1]


def test_each_picture_has_words_for_those_who_do_not_see_it(case, dataset, judged):
    text = shown(case, dataset, judged)
    pictures = re.findall(r"<svg[^>]*>", text)
    assert len(pictures) > len(case.claims)
    assert all("aria-label" in one or 'aria-hidden="true"' in one for one in pictures)


def test_every_link_of_the_section_leads_somewhere(case, dataset, judged):
    whole = page.render(case, dataset, judged=judged)
    for target in re.findall(r'href="#([^"]+)"', section(whole)):
        assert f'id="{target}"' in whole


# ----------------------------------------------------------------------------- which branches are fitted


def banner(case, dataset):
    return plain(page.render(case, dataset).split('class="banner"')[1].split("</aside>")[0])


def test_the_banner_says_of_each_branch_whether_it_runs_on_a_fit(case, dataset):
    mixed = dataset.assign_coords(fit=("branch", ["sampler", "", "approximation"]))
    assert "Fitted to the record: A, neither." in banner(case, mixed)
    assert "On priors alone, not fitted to the record: B" in banner(case, mixed)
    none = dataset.assign_coords(fit=("branch", ["", "", ""]))
    assert "runs on priors alone and has not been fitted" in banner(case, none)
    every = dataset.assign_coords(fit=("branch", ["sampler"] * 3))
    assert "priors alone" not in banner(case, every)
    assert "That it was fitted earns it no trust" in banner(case, every)


@pytest.mark.parametrize("fitted", [0, 1])
def test_an_older_dataset_says_it_for_all_branches_at_once(case, dataset, fitted):
    older = dataset.assign_attrs(fitted=fitted)
    assert ("priors alone" in banner(case, older)) == (not fitted)
    said = words.UNSCORED if fitted else words.UNFITTED
    assert f"Confidence: low; {said}." in page.render(case, older)


def test_confidence_is_what_the_first_branchs_narrative_earned_if_that_branch_is_fitted(case, dataset):
    first, *rest = (str(name) for name in dataset["narrative"].values)
    scored = {"score": make_score(case) | {"confidence": {
        first: {"level": "moderate", "why": "it beat its rivals"}, rest[0]: {"level": "low", "why": "it lost"}
    }}}  # fmt: skip
    fitted = dataset.assign_coords(fit=("branch", ["sampler", "", ""]))
    assert "Confidence: moderate; it beat its rivals." in page.render(case, fitted, judged=scored)
    assert "Confidence: moderate" not in page.render(case, fitted)
    others = dataset.assign_coords(fit=("branch", ["", "sampler", "sampler"]))
    assert "Confidence: moderate" not in page.render(case, others, judged=scored)
