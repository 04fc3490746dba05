"""What confidence forecasts from the past have earned: beside naive rivals, and by their bands."""

import dataclasses

import numpy as np
import pytest

from inference.scored import about, origins
from shatterbelt.inference.confidence import confidence
from shatterbelt.inference.score_data import dataset_of
from shatterbelt.inference.scoring import Scored


def narrative_a(constant=-0.5, own_past=-0.5, noise=0.05, within=None):
    """Return scores where the narrative A is as much above its rivals as said, day by day with some noise."""
    rng = np.random.default_rng(3)
    found = []
    for one in origins(8):
        joint = np.zeros_like(one.joint)
        for place, ahead in ((2, constant), (3, own_past)):
            joint[place] = ahead + noise * rng.normal(size=joint[place].shape)
        bands = one.within if within is None else np.where(np.isnan(one.within), np.nan, within)
        found.append(dataclasses.replace(one, joint=joint, within=bands))
    return confidence(Scored(dataset_of(about(), found)), "A")


def test_clearly_better_than_both_rivals_with_bands_that_hold_earns_moderate():
    found = narrative_a(within=0.5)
    assert found.level == "moderate"
    assert "clearly beat constant rates and each quantity's own past" in found.why


@pytest.mark.parametrize(
    ("rivals", "lost"),
    [
        ({"constant": 0.5}, "worse than constant rates"),
        ({"own_past": 0.5}, "worse than each quantity's own past"),
        ({"constant": 0.5, "own_past": 0.5}, "worse than constant rates and each quantity's own past"),
    ],
)
def test_a_loss_to_one_rival_is_low_and_names_it(rivals, lost):
    found = narrative_a(**rivals, within=0.5)
    assert found.level == "low"
    assert found.why.endswith(lost)


def test_a_gain_that_may_be_chance_is_low():
    found = narrative_a(own_past=-0.02, noise=2.0, within=0.5)
    assert found.level == "low"
    assert "own past" in found.why


def test_bands_that_held_clearly_too_little_are_low_however_good_the_score():
    found = narrative_a(within=0.999)
    assert found.level == "low"
    assert found.why.endswith("the 50 % band held 0 %")


def test_nothing_that_could_be_scored_is_low_and_says_so():
    blank = [dataclasses.replace(one, joint=np.full_like(one.joint, np.nan)) for one in origins(4)]
    found = confidence(Scored(dataset_of(about(), blank)), "A")
    assert found.level == "low"
    assert "no forecast from the past could be scored" in found.why
