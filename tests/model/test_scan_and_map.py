"""Scanned over time and mapped over the same path, the step says the same for every kind of quantity."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model import running as r
from model.small import claim
from shatterbelt.model.step import Inputs

STEPS, FUTURES = 30, 3

CAUSES = {
    "lone": r.level(noise=0.3, half_life=4),
    "walk": r.level(noise=0.1, half_life=None, link="log", usual=5, swing=1),
    "portion": r.level(noise=0.2, link="logit", usual=0.3, swing=0.1),
    "raids": r.events(own_memory={"half_life": 2, "weight": 0.2}),
    "law": r.status(starts="on"),
    "march": r.share(noise=0.3, adjustment=0.5),
    "riot": r.share(noise=0.5, thresholds=[0.0, 0.21, 0.22, 0.24, 0.9]),
    "world": r.given({"process": "reverting", "half_life": 6, "noise": 0.4}),
    "factor": r.given({"process": "constant", "low": 0.5, "high": 1.5}),
    "feast": r.given({"process": "calendar", "values": {"2001-03": 1.0}}),
    "mix": r.formula("smooth(delay(lone, 2), 3) + delay(smooth(walk, 2) * lone, 1) - max(world, 0) ** 2 / 7"),
    "debt": r.stock(inflow="0.1 * raids", outflow="0.05 * delay(debt, 1)", floor=0),
    "cells": r.stock(inflow="0.5 + 0.2 * raids", outflow="0.1 * delay(cells, 1)", floor=0, batch=3),
}
EFFECTS = {
    "lone_too": r.level(noise=0.1),
    "walk_too": r.level(noise=0.1, half_life=None, link="log", usual=5, swing=1),
    "portion_too": r.level(noise=0.1, link="logit", usual=0.3, swing=0.1),
    "raids_too": r.events(dispersion=1.0),
    "law_too": r.status(),
    "march_too": r.share(noise=0.2),
    "riot_too": r.share(noise=1.5, thresholds=[0.0, 0.21, 0.22, 0.24, 0.9], adjustment=0.7),
}
ASPECTS = ["level", "on", {"change": 1}, {"change": 3}, {"memory": 2.5}]
FORMS = ["linear", {"saturating": 1.5}, {"threshold": 0.4}, {"threshold": -0.4}]
LAGS = [0, 1, [0, 2], [1, 3], 4, 2, [0, 4]]
CONDITIONS = [None, {"quantity": "law", "is": ">= 0.5"}, None, {"quantity": "lone_too", "is": "< 0.2"}]


def everything():
    """Every kind of cause by every aspect, with forms, lags, conditions and effects in turn."""
    turns = [
        itertools.cycle(options) for options in (EFFECTS, FORMS, LAGS, CONDITIONS, ["+", "-", "unknown"])
    ]
    claims = []
    for i, (cause, aspect) in enumerate(itertools.product(CAUSES, ASPECTS)):
        effect, form, lag, when, sign = (next(turn) for turn in turns)
        more = {"when": when} if when else {}
        if effect == "law_too":
            more["acts_on"] = ["both", "onset", "end"][i % 3]
        claims.append(
            claim(f"c{i}", cause, effect, sign, aspect=aspect, form=form, lag=lag, strength="slight", **more)
        )
    return r.model_of({**EFFECTS, **CAUSES}, claims)


def outside(model, steps):
    """Everything that can be done to a step from outside, each for a while."""
    span = np.arange(steps)
    held = {
        "lone": (jnp.asarray((span > 4) & (span < 9)), jnp.full(steps, 1.3)),
        "walk": (jnp.asarray(span > 20), jnp.full(steps, 7.0)),
        "raids": (jnp.asarray(span == 12), jnp.full(steps, 4.0)),
        "law": (jnp.asarray(span < 6), jnp.ones(steps)),
        "march": (jnp.asarray(span == 10), jnp.full(steps, 0.7)),
        "debt": (jnp.asarray(span == 15), jnp.full(steps, 3.0)),
        "mix": (jnp.asarray(span == 17), jnp.full(steps, 0.5)),
    }
    shock = {name: jnp.asarray(0.3 * (span == 14)) for name in (*EFFECTS, "debt", "cells")}
    return Inputs(hold=held, shock=shock, calendar={"feast": jnp.asarray((span % 7 == 2) * 1.0)})


def test_scan_equals_map_for_every_kind_aspect_form_lag_and_input():
    model = everything()
    values = r.parameters(model, r.normals(model, 1, 1).mean() + jnp.linspace(-1, 1, len(model.priors)))
    noise, inputs = r.normals(model, STEPS, FUTURES), outside(model, STEPS)
    path, mapped = r.scanned_and_mapped(model, values, noise, inputs)
    assert all(np.isfinite(np.asarray(x)).all() for x in path.values())
    for name in (*EFFECTS, "lone", "raids", "law", "march", "riot", "mix", "debt"):
        assert np.ptp(np.asarray(path[name])) > 0, f"{name} never moved, so nothing was compared"
    r.assert_same(mapped, path)


@pytest.fixture(scope="module")
def small():
    """The small case, its parameters and noise for some futures, and its paths by a compiled scan."""
    model = r.small_model()
    values = r.parameters(model, r.normals(model, len(model.priors), 8)[:, 0])
    inputs = Inputs(calendar={"vote": jnp.zeros(40).at[5].set(1.0)})
    noise = r.normals(model, 40, 8, seed=1)
    run = r.small_scanner()
    return model, values, noise, inputs, run, run(values, noise, inputs)


def test_scan_equals_map_in_the_small_case(small):
    model, values, noise, inputs, _, path = small
    r.assert_same(r.redrawn(model, path, values, noise, inputs), path)


@pytest.mark.parametrize("i", [0, 7])
def test_a_future_is_the_same_whatever_runs_beside_it(small, i):
    _, values, noise, inputs, run, path = small
    values = {n: jnp.broadcast_to(v, (8,)) for n, v in values.items()}
    alone = run({n: jnp.full_like(v, v[i]) for n, v in values.items()}, noise[..., [i] * 8], inputs)
    r.assert_same(alone, {n: jnp.repeat(x[:, i : i + 1], 8, axis=1) for n, x in path.items()})


def test_single_precision_stays_near_double(small):
    _, values, noise, inputs, run, path = small
    with jax.enable_x64(False):
        low = jax.tree.map(lambda a: jnp.asarray(np.asarray(a), jnp.float32), (values, noise, inputs))
        found = run(*low)
    assert all(x.dtype == jnp.float32 for x in found.values())
    r.assert_same(found, path, rtol=1e-4)


# ------------------------------------------------------------------ cases made at random

names = ["a", "b", "c"]
quantity = st.one_of(
    st.builds(
        lambda link, half, noise: r.level(link=link, half_life=half, noise=noise, usual=0.4, swing=0.2),
        st.sampled_from(["identity", "log", "logit"]),
        st.sampled_from([None, 1.0, 12.0]),
        st.sampled_from([0.0, 0.3]),
    ),
    st.builds(
        lambda rate, size, own: r.events(rate=rate, dispersion=size, own_memory=own),
        st.sampled_from([0.2, 3.0]),
        st.sampled_from([0.5, 5.0]),
        st.sampled_from([None, {"half_life": 3, "weight": -0.3}]),
    ),
    st.builds(lambda onset, end: r.status(onset=onset, end=end), st.sampled_from([0.0, 0.3]), st.just(0.2)),
    st.builds(
        lambda thresholds, noise, part: r.share(thresholds=thresholds, noise=noise, adjustment=part),
        st.sampled_from([{"mean": 0.2, "sd": 0.2}, [0.0, 0.2, 0.4]]),
        st.sampled_from([0.0, 0.4]),
        st.sampled_from([0.5, 1.0]),
    ),
    st.just(r.stock(inflow="1", outflow="0.1 * delay(a, 1)")),
)
reckoned = st.sampled_from(
    [r.formula("0.3 + smooth(delay(a, 2), 2)"), r.formula("delay(smooth(a, 1) - a, 1)")]
)


@st.composite
def cases(draw):
    quantities = {"a": draw(quantity), "b": draw(quantity), "c": draw(st.one_of(quantity, reckoned))}
    claims = []
    for i in range(draw(st.integers(1, 3))):
        effects = [n for n in names if quantities[n]["kind"] in {"level", "events", "status", "share"}]
        if not effects:
            break
        first = draw(st.sampled_from([1, 3]))
        lag = draw(st.sampled_from([first, [first, 3]]))
        when = draw(st.sampled_from([None, {"quantity": "c", "is": "> 0.4"}]))
        claims.append(
            claim(
                f"claim{i}", draw(st.sampled_from(names)), draw(st.sampled_from(effects)),
                draw(st.sampled_from(["+", "-", "unknown"])), aspect=draw(st.sampled_from(ASPECTS)),
                form=draw(st.sampled_from(FORMS)), lag=lag, **({"when": when} if when else {}),
            )
        )  # fmt: skip
    return quantities, claims


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.integers(0, 2**16))
def test_scan_equals_map_in_cases_made_at_random(case, seed):
    model = r.model_of(*case)
    values = r.parameters(model, r.normals(r.small_model(), len(model.priors), 2, seed)[:, 0])
    r.assert_same(*reversed(r.scanned_and_mapped(model, values, r.normals(model, 6, 2, seed), Inputs())))
