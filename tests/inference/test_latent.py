"""Unobserved levels are laid out where the record's telling puts them, and no result moves by it."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from inference.cases import case_of, claim, event, events, level, month, opened, tied, value
from shatterbelt.inference.density import log_density
from shatterbelt.inference.latent import Latent
from shatterbelt.inference.paths import Making, path_of
from shatterbelt.model.priors import parameter_rows

STEPS = 14


@pytest.fixture(scope="module", autouse=True)
def x64():
    with jax.enable_x64(True):
        yield


def told_by_all():
    """An unobserved level that pushes a level, events and, itself and through a formula, a share."""
    rng = np.random.default_rng(4)
    series = [value("seen", month(t), rng.normal()) for t in range(STEPS)]
    series += [value("crowd", month(t), share) for t, share in ((3, 0.05), (7, 0.3), (8, 0.2))]
    quantities = {
        "x": level(record=tied("seen")),
        "protest": events("protest"),
        "anger": level(half_life=4, noise=0.4),
        "fear": level(half_life=8, noise=0.3),
        "vote": {
            "title": "Votes", "kind": "given", "unit": "dimensionless",
            "then": {"process": "calendar", "values": {"2001-08": 1.0}},
        },
        "fraud": {
            "title": "Fraud", "kind": "formula", "unit": "dimensionless", "usual": 0, "swing": 0.5,
            "formula": "max(1 + anger, 0) * smooth(vote, 2)",
        },
        "crowd": {
            "title": "Crowd", "kind": "share", "unit": "dimensionless", "population": 1e5,
            "swing": 0.2, "noise": 0.4, "adjustment": 0.6, "thresholds": {"mean": 0.8, "sd": 0.3},
            "record": tied("crowd"),
        },
    }  # fmt: skip
    claims = [
        claim("a", "anger", "x"),
        claim("b", "anger", "protest", strength="strong", lag=0),
        claim("c", "fraud", "crowd", lag=0),
        claim("d", "anger", "crowd"),
        claim("e", "anger", "fear", "-"),
        claim("f", "fear", "x", "-"),
        claim("g", "fear", "crowd", "-"),
        claim("h", "fear", "anger", "-"),
    ]
    rows = [event("protest", t) for t in (1, 4, 4, 9)]
    return opened(case_of(quantities, claims, series, rows, steps=STEPS))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_change_of_variables_has_the_determinant_that_is_counted(seed):
    case = told_by_all()
    evidence, z = case.evidence(), case.z(seed)
    names = [case.layout.levels[row] for row in case.layout.laid]
    assert names == ["anger", "fear"]
    e = jnp.asarray(np.random.default_rng(seed).normal(size=(len(case.layout.paths), case.layout.steps)))
    on, laid = jnp.ones(len(case.model.claims)), np.array(case.layout.laid)

    def swings(own):
        path = path_of(case.model, case.layout, evidence, z, e.at[laid].set(own), on)
        return path.sight.rows([(f"z:{name}", 0) for name in names]).ravel()

    slopes = jax.jacfwd(swings)(e[laid]).reshape(2 * STEPS, 2 * STEPS)
    path = path_of(case.model, case.layout, evidence, z, e, on)
    rows = dict(zip(case.model.parameter_names, np.asarray(path.rows), strict=True))
    alone = STEPS * sum(np.log(rows[f"noise.{name}"]) for name in names)
    assert float(path.narrowed) < alone - 0.1  # the record does tell something
    assert np.linalg.slogdet(slopes)[1] == pytest.approx(float(path.narrowed), abs=1e-7)


def curvature_of(weight):
    """Return the curvature of the path of an unobserved level whose push on a seen one weighs so much."""
    rng = np.random.default_rng(5)
    series = [value("seen", month(t), rng.normal()) for t in range(STEPS)]
    quantities = {"x": level(record=tied("seen")), "anger": level(half_life=4, noise=0.4)}
    case = opened(case_of(quantities, [claim("a", "anger", "x")], series, steps=STEPS))
    evidence, on = case.evidence(), jnp.ones(1)
    prior = case.model.priors[0]
    z = case.z().at[0].set((weight - prior.centre) / prior.spread)
    laid = np.array(case.layout.laid)

    def potential(own):
        e = jnp.zeros((len(case.layout.paths), STEPS)).at[laid[0]].set(own)
        return -log_density(case.model, case.layout, evidence, z, e, on).total

    return np.linalg.eigvalsh(jax.hessian(potential)(jnp.zeros(STEPS)))


@pytest.mark.parametrize("weight", [0.0, 1.0, 6.0])
def test_however_much_a_claim_weighs_the_path_stays_near_standard_normals(weight):
    found = curvature_of(weight)
    assert found.min() > 0.4
    assert found.max() < 1.6


def crowd_of_causes_of_causes():
    """Anger costs trust, and only distrust at two moments brings crowds, which are seen."""
    series = [value("crowd", month(t), share) for t, share in ((3, 0.05), (7, 0.3), (8, 0.2), (12, 0.01))]
    series += [value("seen", month(t), 0.0) for t in range(STEPS)]
    quantities = {
        "seen": level(record=tied("seen")),
        "anger": level(half_life=6, noise=0.3),
        "trust": level(half_life=5, noise=0.1),
        "crowd": {
            "title": "Crowd", "kind": "share", "unit": "dimensionless", "population": 1e5,
            "swing": 0.2, "noise": 0.3, "adjustment": 0.6, "thresholds": {"mean": 0.8, "sd": 0.3},
            "record": tied("crowd"),
        },
    }  # fmt: skip
    claims = [claim("a", "anger", "trust", "-"), claim("b", "trust", "crowd", "-")]
    return opened(case_of(quantities, claims, series, steps=STEPS))


@pytest.mark.parametrize("weights", [(0.0, 0.0), (-1.0, -1.0), (-3.0, -2.0)])
def test_causes_of_causes_move_what_a_crowd_is_explained_by_as_differentiation_says(weights):
    case = crowd_of_causes_of_causes()
    assert [case.layout.levels[row] for row in case.layout.laid] == ["anger", "trust"]
    z = case.z()
    for row, weight in enumerate(weights):
        prior = case.model.priors[row]
        z = z.at[row].set((weight - prior.centre) / prior.spread)
    making = Making(
        case.model,
        case.layout,
        case.evidence(),
        parameter_rows(case.model, z),
        jnp.zeros((len(case.layout.paths), STEPS)),
    )

    def pins(shocks):
        return making.pins(Latent(making.known, making.swings, shocks))

    calm = {"anger": jnp.zeros(STEPS), "trust": jnp.zeros(STEPS)}
    slopes = jax.jacfwd(lambda shocks: pins(shocks).apart)(calm)
    moves = pins(calm).moves
    for name in calm:
        np.testing.assert_allclose(np.asarray(moves[name]), -np.asarray(slopes[name]), atol=1e-9)
    reached = max(np.abs(np.asarray(moves["anger"])).max(), 0.0)
    assert (reached > 0.1) == (weights[0] != 0)
