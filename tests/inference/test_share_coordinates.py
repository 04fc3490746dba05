"""Where the coordinates of shares lie: near standard normals whether the share is calm, tipped or unseen."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize

from inference.cases import case_of, claim, level, month, opened, tied, value
from shatterbelt.inference.paths import path_of


@pytest.mark.parametrize(("push", "apart"), [(0.0, 1e-3), (2.0, 0.01), (3.0, 0.1)])
def test_the_coordinates_of_a_share_that_nobody_saw_are_near_its_shocks_unless_it_tips(push, apart):
    share = {"title": "A share", "kind": "share", "unit": "dimensionless", "population": 1000, "swing": 0.1,
             "adjustment": 0.7, "thresholds": {"mean": 0.6, "sd": 0.15}, "noise": 0.6}  # fmt: skip
    pushed = [value("seen", month(t), push * (10 < t < 20)) for t in range(40)]
    quantities = {"share": share, "x": level(record=tied("seen"))}
    case = opened(case_of(quantities, [claim("forth", "x", "share", "+")], pushed, steps=40))
    row = case.layout.paths.index("share")
    e = np.zeros((2, 40))
    e[row] = np.random.default_rng(3).standard_normal(40)
    z = case.z().at[case.model.parameter_names.index("weight.forth")].set(2.0)
    found = np.asarray(case.terms(case.evidence(), z, jnp.asarray(e).ravel()).shares[0])
    laid = path_of(case.model, case.layout, case.evidence(), z, jnp.asarray(e), jnp.ones(1))
    highest = float(laid.sight.rows([("x:share", 0)]).max())
    assert highest < 0.5
    shocks = np.sqrt(np.maximum(-2.0 * (found - stats.norm.logpdf(0.0)), 0.0))
    np.testing.assert_allclose(shocks, np.abs(e[row]), atol=apart)


def tipped():
    """A share that is seen every sixth month, calm in the first year and then tipped."""
    share = {"title": "A share", "kind": "share", "unit": "dimensionless", "population": 1000, "swing": 0.1,
             "thresholds": {"mean": 0.3, "sd": 0.12}, "adjustment": 0.6, "noise": 0.5,
             "record": tied("crowd")}  # fmt: skip
    seen = {2: 0.02, 8: 0.03, 14: 0.3, 20: 0.95, 26: 0.99, 32: 0.99}
    series = [value("crowd", month(t), x) for t, x in seen.items()]
    return opened(case_of({"share": share}, [], series, steps=36)), seen


def test_a_share_that_tipped_lies_near_the_origin_of_its_coordinates():
    case, seen = tipped()
    evidence, z = case.evidence(), case.z()
    between = [t for t in range(20, 36) if t not in seen]

    slope = jax.jit(jax.value_and_grad(lambda e: -case.terms(evidence, z, e).total))

    def potential(e):
        return tuple(np.asarray(part, float) for part in slope(jnp.asarray(e)))

    found = minimize(potential, np.zeros(case.size), jac=True)
    assert np.abs(found.x[between]).max() < 0.5  # where coordinates start from a calm share: 10


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_a_calm_share_comes_to_what_was_seen_wherever_it_was_the_month_before(seed):
    case, seen = tipped()
    evidence, z = case.evidence(), case.z()
    e = np.random.default_rng(seed).standard_normal(case.size)
    e[list(seen)] = 0.0
    laid = path_of(case.model, case.layout, evidence, z, jnp.asarray(e)[None], jnp.ones(0))
    path = np.asarray(laid.sight.rows([("x:share", 0)])[0])
    for step in (2, 8):
        assert path[step] == pytest.approx(seen[step], abs=0.005), step
