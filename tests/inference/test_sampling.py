"""What a search finds before the sampler begins."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from inference.cases import case_of, claim, level, month, opened, tied, value
from shatterbelt.inference.evidence import evidence_of
from shatterbelt.inference.finding import Finder

STEPS = 12


def test_what_a_search_found_moves_no_result():
    with jax.enable_x64(True):
        rng = np.random.default_rng(8)
        points = {t: rng.normal() for t in (0, 2, 8, 11)}
        series = [value("seen", month(t), x) for t, x in points.items()]
        series += [value("cause", month(t), rng.normal()) for t in range(STEPS)]
        quantities = {"x": level(record=tied("seen")), "why": level(record=tied("cause"))}
        case = opened(case_of(quantities, [claim("push", "why", "x")], series))
        z, on = case.z(1), jnp.ones(1)
        e = 0.3 * rng.standard_normal((len(case.layout.paths), STEPS))
        evidence = case.evidence()
        found = Finder(case.model, case.layout)(np.asarray(case.z(2)), e, evidence, on)
        anew = evidence_of(case.case, case.model, case.layout, None, found)
        anew = jax.tree_util.tree_map(jnp.asarray, anew)
        assert np.abs(anew.coordinates.led).max() > 0.01
        assert case.integrated(anew, z) == pytest.approx(case.integrated(evidence, z), abs=1e-7)


def fed_by_a_level(slope=2.0):
    """A stock that is seen each month and grows by a level that nobody sees."""
    rng = np.random.default_rng(5)
    inflow = 1.0 + 0.3 * rng.standard_normal(STEPS)
    heights = 10 + slope * np.cumsum(inflow)
    series = [value("seen", month(t), height) for t, height in enumerate(heights)]
    quantities = {
        "flow": level(half_life=5, noise=0.3, usual=1.0),
        "sea": {"title": "A stock", "kind": "stock", "unit": "dimensionless", "initial": 10, "swing": 5,
                "inflow": f"{slope} * flow", "outflow": "0", "record": tied("seen")},
    }  # fmt: skip
    return opened(case_of(quantities, series=series, steps=STEPS)), inflow


def test_a_stock_tells_of_the_level_that_feeds_it():
    case, inflow = fed_by_a_level()
    size = len(case.layout.paths), STEPS
    found = Finder(case.model, case.layout)(
        np.asarray(case.z()), np.zeros(size), case.evidence(), jnp.ones(0)
    )
    told = found.implied["flow"]
    assert list(told.steps) == list(range(1, STEPS))
    grown = np.diff(np.asarray(case.evidence().stocks)[0])
    np.testing.assert_allclose(told.values, grown / 2.0 - 1.0, atol=1e-4)  # a swing is 1, and usual 1
    anew = evidence_of(case.case, case.model, case.layout, None, found)
    assert np.corrcoef(anew.coordinates.mean[0, 1:], told.values)[0, 1] > 0.9
    assert (np.abs(told.values - (inflow[1:] - 1.0)) < 3 * told.errors).all()
    alone = dataclasses.replace(found, implied={})
    before = evidence_of(case.case, case.model, case.layout, None, alone)
    assert np.abs(before.coordinates.mean).max() == 0.0


def test_what_a_stock_tells_of_its_level_bends_with_a_constant():
    rng = np.random.default_rng(6)
    inflow = np.exp(0.2 * rng.standard_normal(STEPS))
    series = [value("seen", month(t), height) for t, height in enumerate(10 + np.cumsum(inflow))]
    factor = {"process": "constant", "low": 0.5, "high": 1.5}
    quantities = {
        "factor": {"title": "A constant", "kind": "given", "unit": "dimensionless", "then": factor},
        "flow": level(link="log", usual=1.0, swing=1.0, half_life=5, noise=0.3),
        "sea": {"title": "A stock", "kind": "stock", "unit": "dimensionless", "initial": 10, "swing": 5,
                "inflow": "factor * flow", "outflow": "0", "record": tied("seen")},
    }  # fmt: skip
    case = opened(case_of(quantities, series=series, steps=STEPS))
    nowhere = np.zeros((len(case.layout.paths), STEPS))
    found = Finder(case.model, case.layout)(np.asarray(case.z()), nowhere, case.evidence(), jnp.ones(0))
    told, swing = found.implied["flow"], np.log(2.0)
    np.testing.assert_allclose(told.moved[:, 0, 0], -1 / swing, rtol=0.01)
    np.testing.assert_allclose(told.moved[:, 0, 1], 1 / (2 * swing), rtol=0.1)
    # The level that lets the stock grow as it did is the log of growth over the factor.
    apart = told.moved @ np.array([0.3, 0.3**2])
    np.testing.assert_allclose(apart[:, 0], -np.log(1.3) / swing, atol=0.03)


@pytest.mark.parametrize("normal", [-2.0, 2.0])
def test_directions_that_the_record_leaves_open_are_as_wide_as_the_process_whatever_is_kept(normal):
    case = opened(
        case_of(
            {"x": level(half_life=4, record=tied("mean", "average over"))}, [], [value("mean", "2001", 0.2)]
        )
    )
    z = case.z().at[case.model.parameter_names.index("kept.x")].set(normal)
    evidence = case.evidence()
    flat = dataclasses.replace(
        evidence,
        coordinates=dataclasses.replace(evidence.coordinates, bends=0.0 * evidence.coordinates.bends),
    )

    def precision(evidence):
        def total(e):
            return -case.terms(evidence, z, e).total

        return np.diag(np.asarray(jax.hessian(total)(jnp.zeros(case.size))))

    open_ones = np.asarray(evidence.coordinates.own[0]) > 0.8
    assert open_ones.sum() >= 10
    bent, straight = (np.abs(np.log(precision(one)[open_ones])) for one in (evidence, flat))
    assert bent.max() < 0.01
    assert straight.max() > 0.05


def test_directions_that_the_record_leaves_open_do_not_mix_when_a_little_more_is_kept():
    case = opened(
        case_of(
            {"x": level(half_life=4, record=tied("mean", "average over"))}, [], [value("mean", "2001", 0.2)]
        )
    )
    z = case.z().at[case.model.parameter_names.index("kept.x")].set(0.05)
    evidence = case.evidence()
    open_ones = np.asarray(evidence.coordinates.own[0]) > 0.999
    assert open_ones.sum() >= 9
    precision = np.asarray(jax.hessian(lambda e: -case.terms(evidence, z, e).total)(jnp.zeros(case.size)))
    mixed = precision[np.ix_(open_ones, open_ones)] - np.diag(np.diag(precision)[open_ones])
    assert np.abs(mixed).max() < 1e-3
