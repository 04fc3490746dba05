"""What is made of the scores of many days: differences, losses, weights, calibration, evidence, words."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ttest_rel

from inference.scored import CLAIMS, MODELS, about, origins, scored
from shatterbelt.errors import RequestError
from shatterbelt.inference import score_store
from shatterbelt.inference.evidence_table import LEAST, evidence_table
from shatterbelt.inference.score_data import dataset_of
from shatterbelt.inference.score_words import in_words, lost
from shatterbelt.inference.scoring import Line, Scored


def shifted(model: int, by: float, quantity: int | None = None, count: int = 6) -> Scored:
    """Made-up scores in which a model is better by so much, on one quantity or on all."""
    found = []
    for one in origins(count):
        logs = one.log_scores.copy()
        logs[model, :, slice(None) if quantity is None else quantity] += by
        found.append(replace(one, log_scores=logs, joint=np.nansum(logs, axis=-1)))
    return Scored(dataset_of(about(), found))


# ------------------------------------------------------------------- means and differences


def test_a_quantity_of_which_nothing_ever_came_is_not_counted():
    assert list(scored().quantities) == ["raids", "ban", "budget"]
    assert scored().compared == ("raids", "ban", "budget")


def test_without_overlap_a_difference_is_that_of_the_paired_t_test():
    some = scored()
    line = some.line("joint", "A", "constant", 1)
    ours, theirs = (some.data["joint"].sel(model=name, horizon=1).values for name in ("A", "constant"))
    test = ttest_rel(ours, theirs)
    assert line.mean == pytest.approx(ours.mean())
    assert line.difference == pytest.approx((ours - theirs).mean())
    assert line.difference / line.error == pytest.approx(test.statistic)
    assert line.clear == (test.pvalue < 0.05)
    assert (line.n, line.origins) == (6, 6)


def test_models_are_compared_on_the_same_occasions():
    first, *rest = origins()
    logs = first.log_scores.copy()
    logs[2, 0, 0] = np.nan  # the first baseline has no forecast of raids on the first day
    some = Scored(dataset_of(about(), [replace(first, log_scores=logs), *rest]))
    line = some.line("log", "A", "own past", 1, "raids")
    assert line.n == 5
    assert line.mean == pytest.approx(some.data["log"].sel(model="A", horizon=1, quantity="raids")[1:].mean())


def test_a_score_for_which_smaller_is_better_turns_its_gain_around():
    line = scored().line("brier", "A", "constant")
    assert line.gain == -line.difference
    assert scored().line("joint", "A", "constant").gain == scored().line("joint", "A", "constant").difference


def test_what_a_model_called_impossible_scores_endlessly_badly_and_is_not_hidden():
    first, *rest = origins()
    joint = first.joint.copy()
    joint[0, 0] = -np.inf
    line = Scored(dataset_of(about(), [replace(first, joint=joint), *rest])).line("joint", "A", "constant", 1)
    assert (line.difference, line.error, line.clear) == (-np.inf, np.inf, False)


def test_one_day_gives_a_difference_without_an_error():
    line = scored(1).line("joint", "A", "constant", 1)
    assert np.isfinite(line.difference)
    assert line.error == np.inf


def test_every_line_is_of_a_model_beside_a_baseline_or_of_a_baseline_alone():
    lines = scored().lines()
    assert {line.model for line in lines} == set(MODELS)
    assert {line.model for line in lines if line.baseline is None} == {"constant", "own past"}
    assert {line.score for line in lines} == {"joint", "log", "crps", "brier", "ranked"}
    assert len({(x.score, x.model, x.horizon, x.quantity, x.baseline) for x in lines}) == len(lines)


# ------------------------------------------------------------------------ losses and words


def test_a_loss_to_a_baseline_is_found_and_the_better_baseline_is_named():
    some = shifted(3, 2.0, quantity=1)
    first = some.losses("A")[0]
    assert (first.quantity, first.baseline, first.clear) == ("ban", "own past", True)
    assert first.difference == pytest.approx(-2.0, abs=0.3)


def test_the_first_line_says_on_how_many_quantities_the_narrative_loses():
    words = in_words(shifted(3, 2.0))
    assert words.startswith("Over 6 days, the narrative A forecasts the next month's record")
    assert "worse than each quantity's own past by" in words
    assert "it loses to a baseline on 3 of 3 quantities, clearly on " in words
    assert all(name in words.partition("clearly on ")[2] for name in ("raids", "ban", "budget"))


def test_many_losses_are_counted_and_the_heaviest_are_named():
    lines = [
        Line("log", "A", None, f"q{i}", 0, 9, "constant", -1.0, 0.1 if i < 8 else 9.0, 9) for i in range(9)
    ]
    words = lost(lines, 20)
    assert "on 9 of 20 quantities, clearly on q0, q1, q2, q3, q4, q5 and 2 more" in words
    assert words.endswith("by what may be chance on q8")


def test_the_first_line_says_so_when_it_loses_nowhere():
    words = in_words(shifted(0, 5.0))
    assert "better than constant rates by" in words
    assert "it loses to a baseline on none of 3 quantities" in words
    assert "no clear difference" not in words


def test_a_difference_that_may_be_chance_is_called_unclear():
    # Ahead by 1 on one day, behind by 0.9 on the next: ahead on average, and that says nothing.
    some = []
    for place, one in enumerate(origins()):
        joint = np.zeros_like(one.joint)
        joint[0] = -0.9 if place % 2 else 1.0
        some.append(replace(one, joint=joint))
    words = in_words(Scored(dataset_of(about(), some)))
    assert "better than constant rates by 0.05 ± 0.42 nats a month (no clear difference)" in words


# ----------------------------------------------------------------------------- together


def test_stacking_leaves_all_to_a_narrative_that_is_always_better():
    found = shifted(1, 3.0).stacked()
    assert found.models == ("A", "B")
    np.testing.assert_allclose(found.weights, [0, 1], atol=1e-6)
    np.testing.assert_allclose(found.low, [0, 1], atol=1e-6)


def test_stacking_with_baselines_takes_a_baseline_that_is_better_than_all():
    found = shifted(2, 30.0).stacked(baselines=True)
    assert found.as_dict()["constant"]["weight"] == pytest.approx(1.0)
    assert found.weights.sum() == pytest.approx(1.0)


def test_the_range_of_a_weight_holds_it():
    found = scored().stacked()
    assert (found.low <= found.weights).all()
    assert (found.weights <= found.high).all()


# ---------------------------------------------------------------------------- calibration


def test_coverage_counts_what_lies_in_the_middle_of_the_futures():
    inside = [0.5, 0.74, 0.76, 0.91, 0.96]
    found = []
    for one, share in zip(origins(5), inside, strict=True):
        within = np.full_like(one.within, np.nan)
        within[0, 0, 2] = share
        found.append(replace(one, within=within))
    some = Scored(dataset_of(about(), found))
    assert [(one.inside, one.n) for one in some.coverage("A")] == [(2, 5), (3, 5), (4, 5)]
    assert [one.n for one in some.coverage("B")] == [0, 0, 0]


def test_reliability_counts_every_question():
    found = scored().reliability("A")
    assert found is not None
    assert found.n == 12
    assert found.came.sum() == 9


def test_without_questions_there_is_no_reliability():
    some = [
        replace(o, asked=[], chances=o.chances[:, :0], came=o.came[:0], ranked=o.ranked[:, :0])
        for o in origins()
    ]
    found = Scored(dataset_of(about(), some))
    assert found.reliability("A") is None
    assert found.as_dict()["reliability"] == {}


# --------------------------------------------------------------------------------- claims


def test_a_claims_gain_is_the_mean_over_days_with_the_error_of_a_mean():
    found = scored().claims()
    gains = np.arange(6) + 1.0
    assert list(found) == list(CLAIMS[:2])  # the third is no claim of the first narrative
    assert found[CLAIMS[0]].difference == pytest.approx(gains.mean())
    assert found[CLAIMS[0]].error == pytest.approx(gains.std(ddof=1) / np.sqrt(6))
    assert (found[CLAIMS[1]].difference, found[CLAIMS[1]].error) == (-0.5, 0.0)


def test_without_leaving_out_there_is_nothing_said_of_claims():
    some = [replace(one, left_out=np.zeros(0)) for one in origins()]
    assert Scored(dataset_of(about(), some)).claims() == {}


# ----------------------------------------------------------------------------------- files


def test_scores_come_back_from_a_file_as_they_were(tmp_path):
    some = scored()
    score_store.keep(some, tmp_path / "kept" / "one.nc")
    back = score_store.load(tmp_path / "kept" / "one.nc")
    np.testing.assert_equal(back.as_dict(), some.as_dict())
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["one.nc"]


def test_a_spoilt_or_missing_file_is_no_scores(tmp_path):
    (tmp_path / "spoilt.nc").write_bytes(b"not a dataset")
    assert score_store.load(tmp_path / "spoilt.nc") is None
    assert score_store.load(tmp_path / "none.nc") is None
    assert score_store.load(None) is None


def test_the_written_data_hold_the_differences_that_are_said():
    some = scored()
    data = score_store.with_summaries(some)
    line = some.line("joint", "B", "own past", 6)
    found = data["joint_difference"].sel(narrative="B", baseline="own past", horizon=6)
    assert float(found) == pytest.approx(line.difference)
    assert float(data["stacking"].sum()) == pytest.approx(1.0)


# -------------------------------------------------------------------------------- evidence


def test_the_cells_of_a_piece_are_how_it_tells_the_narratives_apart():
    found = evidence_table(scored().data, ("A", "B"))
    logs = scored().data["log"].sel(origin="2000-01-01", quantity="ban").sum("horizon")
    piece = next(piece for piece in found.pieces if (piece.quantity, piece.day) == ("ban", "2000-01-01"))
    assert piece.cells.sum() == pytest.approx(0)
    assert piece.diagnosticity == pytest.approx(abs(float(logs.sel(model="A") - logs.sel(model="B"))))
    assert len(found.pieces) == 18
    assert [p.diagnosticity for p in found.pieces] == sorted(
        (p.diagnosticity for p in found.pieces), reverse=True
    )


def test_pieces_of_a_quantity_add_up_to_the_quantity():
    single, whole = (evidence_table(scored().data, ("A", "B"), by) for by in ("piece", "quantity"))
    np.testing.assert_allclose(single.totals, whole.totals)
    assert len(whole.pieces) == 3


def test_the_ranking_turns_when_the_only_piece_that_decides_is_set_aside():
    found = []
    for place, one in enumerate(origins()):
        logs = np.full_like(one.log_scores, -1.0)
        logs[..., -1] = np.nan
        logs[1, :, 0] += 0.01
        if place == 2:
            logs[0, :, 1] += 5.0
        found.append(replace(one, log_scores=logs))
    table = evidence_table(dataset_of(about(), found), ("A", "B"))
    assert table.whole.ranking == ("A", "B")
    assert (table.pieces[0].quantity, table.pieces[0].day) == ("ban", "2002-01-01")
    left = table.without(table.pieces[0])
    assert left.ranking == ("B", "A")
    np.testing.assert_allclose(left.weights, [0, 1], atol=1e-6)


def test_a_piece_that_is_called_impossible_counts_but_not_without_end():
    first, *rest = origins()
    logs = first.log_scores.copy()
    logs[0, 0, 0] = -np.inf
    table = evidence_table(dataset_of(about(), [replace(first, log_scores=logs), *rest]), ("A", "B"))
    assert table.pieces[0].cells[0] < 0
    assert -LEAST / 2 < table.pieces[0].diagnosticity < -2 * LEAST


def test_one_narrative_has_no_rival():
    with pytest.raises(RequestError, match="--narrative"):
        evidence_table(scored().data, ("A",))
