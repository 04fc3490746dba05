"""The method finds what was put into records that cases made themselves."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.stats import binomtest, chi2

from inference.cases import case_of, claim, every_kind, level, month, tied, value
from inference.rivals import Identification, rivals
from shatterbelt.inference.evidence import MOST_COUNT
from shatterbelt.inference.posterior import Fitter, Settings
from shatterbelt.inference.simulated import simulate

QUICK = Settings(quick=True, chains=1, draws=400)
STEPS = 72


def driven(sign="+"):
    series = [value(name, month(t), 0.0) for name in ("cause", "effect") for t in range(STEPS)]
    quantities = {
        "cause": level(noise=0.4, record=tied("cause")),
        "effect": level(half_life=3, record=tied("effect")),
    }
    return case_of(
        quantities, [claim("push", "cause", "effect", sign, strength="strong")], series, steps=STEPS
    )


def chance_above_zero(fitter, case):
    """Return the posterior probability that the cause raises its effect."""
    fitter.case = case
    return float((fitter.fit(None, ["push"], QUICK).rows[0, :, 0] > 0).mean())


def made(weight, seed=5):
    """Return a record in which the claim has a weight, everything else at the middle of its prior."""
    case = driven("+")
    names = Fitter(case).model.priors
    z = np.zeros((1, len(names)))
    z[0, 0] = (weight - names[0].centre) / names[0].spread
    return simulate(case, ["push"], seed=seed, z=z)[0].case


def test_a_flipped_sign_flips_its_posterior():
    raises, lowers = made(0.8), made(-0.8)
    as_claimed = Fitter(driven("+"))
    assert chance_above_zero(as_claimed, raises) > 0.95
    assert chance_above_zero(as_claimed, lowers) < 0.05
    flipped = driven("-")
    against = Fitter(flipped)
    same_record = flipped.model_copy(update={"series": raises.series, "quantities": raises.quantities})
    assert chance_above_zero(against, same_record) > 0.9  # as claimed: less than one in ten


def test_a_made_record_is_seen_when_and_how_the_cases_own_is():
    case = every_kind(36)
    one = simulate(case, [c.id for c in case.claims], count=8, seed=2)[0]
    fitter = Fitter(case)
    fitter.layout = dataclasses.replace(fitter.layout, most=MOST_COUNT)
    own, _ = fitter.data(None, [])
    fitter.case = one.case
    new, _ = fitter.data(None, [])
    for name in ("counted", "step", "row", "span", "span_counted", "span_error", "stated", "tied"):
        np.testing.assert_array_equal(np.asarray(getattr(own, name)), np.asarray(getattr(new, name)))
    seen = {name: i for i, name in enumerate(fitter.model.order)}
    at = (np.asarray(new.row) == seen["room"]) & (np.asarray(new.counted) > 0)
    truth = one.paths["room"][np.asarray(new.step)[at]]
    apart = (np.asarray(new.value)[at] - truth) / np.asarray(new.error)[at]
    assert np.abs(apart).max() < 4
    assert np.abs(apart).max() > 0.1


def test_records_are_made_again_from_the_same_seed():
    case = driven()
    one, other = (simulate(case, ["push"], seed=4)[0] for _ in range(2))
    assert one.case.series == other.case.series
    assert simulate(case, ["push"], seed=5)[0].case.series != one.case.series


@pytest.fixture(scope="module")
def quick_ranks():
    """Share of the draws below each true weight, over 40 made records of the rivals."""
    case = rivals()
    claims = [c.id for c in case.claims]
    fitter = Fitter(case)
    fitter.layout = dataclasses.replace(fitter.layout, most=MOST_COUNT)
    places = []
    for one in simulate(case, claims, count=160, seed=3)[:40]:
        fitter.case = one.case
        drawn = fitter.fit(None, claims, QUICK).rows[0]
        places.append((drawn < one.rows).mean(axis=0)[: len(claims)])
    assert len(places) == 40
    return np.concatenate(places)


def test_ranks_of_true_weights_are_even_over_made_records(quick_ranks):
    counts = np.histogram(quick_ranks, 5, (0, 1))[0]
    expected = len(quick_ranks) / 5
    assert chi2.sf(((counts - expected) ** 2 / expected).sum(), 4) > 0.001
    assert binomtest(int((quick_ranks < 0.5).sum()), len(quick_ranks)).pvalue > 0.001


def test_bands_of_the_quick_mode_hold_as_many_true_weights_as_they_say(quick_ranks):
    inside = int((np.abs(quick_ranks - 0.5) <= 0.4).sum())
    assert binomtest(inside, len(quick_ranks), 0.8).pvalue > 0.001


def test_the_right_narrative_wins():
    judge = Identification(rivals(), records=4)
    truths = ["a", "b", "neither"] * 3 + ["a"]
    won = [judge.winner(truth, run // 3) == truth for run, truth in enumerate(truths)]
    assert sum(won) >= 8
