"""A claim pushes as its sign, aspect, form, lag and condition say; flip the sign and the response flips."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from model import running as r
from model.small import claim
from shatterbelt.errors import RequestError
from shatterbelt.model.step import Inputs

# ---------------------------------------------------------------- readings, by hand

CAUSES = {
    "plain": r.level(usual=2.0, swing=4.0),
    "dear": r.level(usual=60.0, swing=20.0, link="log"),
    "raids": r.events(rate=0.8, swing=2.0),
    "law": r.status(),
    "crowd": r.share(usual=0.1, swing=0.2),
    "debt": r.stock(usual=5.0, swing=10.0, initial=5.0),
}
ASPECTS = {"level": "level", "on": "on", "change": {"change": 2}, "memory": {"memory": 3.0}}
FORMS = {
    "linear": ("linear", lambda z: z),
    "saturating": ({"saturating": 0.8}, lambda z: 0.8 * np.tanh(z / 0.8)),
    "above": ({"threshold": 0.2}, lambda z: np.maximum(z - 0.2, 0)),
    "below": ({"threshold": -0.2}, lambda z: np.minimum(z + 0.2, 0)),
}
LAGS = {"now": 0, "next": 1, "spread": [1, 3], "now_on": [0, 2], "late": 4}
STEPS = 9
WALKS = np.random.default_rng(3).standard_normal((STEPS, 2))
PATHS = {
    "plain": 2.0 + 4.0 * WALKS[:, 0],
    "dear": 60.0 * np.exp(0.4 * WALKS[:, 1]),
    "raids": np.array([0, 3, 1, 0, 0, 7, 2, 0, 1.0]),
    "law": np.array([0, 1, 1, 1, 0, 0, 1, 0, 1.0]),
    "crowd": np.array([0.1, 0.3, 0.35, 0.02, 0.0, 0.05, 0.2, 0.5, 0.9]),
    "debt": np.array([5, 8, 12, 30, 29, 20, 3, 0, 1.0]),
}
START = {"plain": 2.0, "dear": 60.0, "raids": 0.8, "law": 0.0, "crowd": 0.1, "debt": 5.0}


def swings(cause, x):
    """Return ``z`` of a cause's natural values, by hand."""
    return {
        "plain": lambda: (x - 2.0) / 4.0,
        "dear": lambda: np.log(x / 60.0) / np.log(80.0 / 60.0),
        "raids": lambda: np.log((1 + x) / 1.8) / np.log(3.8 / 1.8),
        "law": lambda: x,
        "crowd": lambda: (x - 0.1) / 0.2,
        "debt": lambda: (x - 5.0) / 10.0,
    }[cause]()


def remembered(cause, x):
    """Return the memory with half-life 3 in swings, by a plain loop from a past that always stood still."""
    kept = 2 ** (-1 / 3.0)
    found = []
    if cause == "raids":
        usual = memory = 0.8 / (1 - kept)
        for count in x:
            memory = kept * memory + count
            found.append(np.log((1 + memory) / (1 + usual)) / np.log((3 + usual) / (1 + usual)))
        return np.array(found), 0.0
    memory = swings(cause, np.asarray(START[cause]))
    before = memory
    for z in swings(cause, x):
        memory = kept * memory + (1 - kept) * z
        found.append(memory)
    return np.array(found), before


def reading(cause, aspect, form, lag):
    """Return what a claim reads of its cause at every step, by plain loops."""
    z, before = swings(cause, PATHS[cause]), float(swings(cause, np.asarray(START[cause])))
    if aspect == "memory":
        z, before = remembered(cause, PATHS[cause])

    def seen(t):
        return z[t] if t >= 0 else before

    def at(t):
        if aspect == "change":
            return seen(t) - seen(t - 2)
        return float(seen(t) > 0) if aspect == "on" else seen(t)

    first, last = (lag, lag) if isinstance(lag, int) else lag
    means = [np.mean([at(t - back) for back in range(first, last + 1)]) for t in range(STEPS)]
    return FORMS[form][1](np.array(means))


READINGS = [
    *itertools.product(CAUSES, ASPECTS, ["linear"], ["next", "spread"]),
    *itertools.product(["plain"], ["level", "change", "memory"], FORMS, ["next", "now_on"]),
    *itertools.product(["raids", "dear"], ["level", "memory"], ["above", "saturating"], LAGS),
]


@pytest.fixture(scope="module")
def pushes():
    """What each claim of one large case adds to the log rate of its own effect, along `PATHS`."""
    effects = {f"e{i}": r.events() for i in range(len(READINGS))}
    claims = [
        claim(f"c{i}", cause, f"e{i}", aspect=ASPECTS[aspect], form=FORMS[form][0], lag=LAGS[lag])
        for i, (cause, aspect, form, lag) in enumerate(READINGS)
    ]
    model = r.model_of({**CAUSES, **effects}, claims)
    path = {name: jnp.asarray(x)[:, None] for name, x in PATHS.items()}
    path |= {name: jnp.ones((STEPS, 1)) for name in effects}
    values = r.medians(model, **{f"weight_c{i}": 0.5 for i in range(len(READINGS))})
    run = jax.jit(lambda path: r.mapped(model, path, values, start=START), compiler_options=r.QUICKLY)
    found = run(path)
    return [np.broadcast_to(np.asarray(found[name]["log_rate"])[:, 0], (STEPS,)) for name in effects]


@pytest.mark.parametrize("number", range(len(READINGS)), ids=["-".join(parts) for parts in READINGS])
def test_a_claim_reads_its_cause_as_the_equations_say(pushes, number):
    cause, aspect, form, lag = READINGS[number]
    wanted = 0.5 * reading(cause, aspect, form, LAGS[lag])
    assert np.ptp(wanted) > 0
    np.testing.assert_allclose(pushes[number], wanted, atol=1e-12)


@pytest.mark.parametrize(
    ("test", "passes"),
    [(">= 0.5", [0, 0, 1, 1]), ("> 0.5", [0, 0, 0, 1]), ("<= 0.5", [1, 1, 1, 0]), ("< 0.5", [1, 1, 0, 0])],
)
def test_a_condition_looks_at_the_last_value(test, passes):
    gated = claim("c", "cause", "effect", when={"quantity": "gate", "is": test})
    model = r.model_of({"cause": r.level(), "gate": r.level(), "effect": r.events()}, [gated])
    path = {
        "cause": jnp.ones((4, 1)),
        "gate": jnp.asarray([[0.2], [0.5], [0.7], [9.0]]),
        "effect": jnp.ones((4, 1)),
    }
    values = r.medians(model, weight_c=0.5)
    found = r.mapped(model, path, values, start={"cause": 1.0, "gate": 0.1})["effect"]["log_rate"][:, 0]
    assert found == pytest.approx(0.5 * np.array(passes))


def test_what_is_looked_at_within_a_step_is_computed_before():
    quantities = {
        "own": r.stock(inflow="last"),
        "last": r.formula("middle + 1"),
        "middle": r.level(half_life=1),
        "first": r.level(half_life=None),
    }
    model = r.model_of(quantities, [claim("c", "first", "middle", lag=0)])
    inputs = Inputs(shock={"first": jnp.asarray([0.0, 1.0, 0.0])})
    path = r.walked(model, r.medians(model, weight_c=0.8), r.normals(model, 3, 1), inputs)
    assert path["first"][:, 0] == pytest.approx([0.0, 1.0, 1.0])
    assert path["middle"][:, 0] == pytest.approx([0.0, 0.4, 0.6])
    assert path["last"][:, 0] == pytest.approx([1.0, 1.4, 1.6])
    assert path["own"][:, 0] == pytest.approx([1.0, 2.4, 4.0])


def test_a_ring_within_a_step_is_named():
    claims = [claim("c", "a", "b", lag=0), claim("d", "b", "a", lag=[0, 3])]
    with pytest.raises(RequestError, match=r"a -> b -> a|b -> a -> b"):
        r.model_of({"a": r.level(), "b": r.level()}, claims)
    assert r.model_of({"a": r.level(), "b": r.level()}, [claims[0], claim("d", "b", "a", lag=[1, 3])])


# ---------------------------------------------------------------------- flipped signs

EFFECTS = {
    "plain": (r.level(noise=0.1), {}),
    "dear": (r.level(noise=0.1, link="log", usual=60, swing=20), {}),
    "part": (r.level(noise=0.1, link="logit", usual=0.4, swing=0.1), {}),
    "wander": (r.level(noise=0.1, half_life=None), {}),
    "raids": (r.events(rate=3.0), {}),
    "law": (r.status(onset=0.3, end=0.3), {}),
    "begun": (r.status(onset=0.3, end=0.3), {"acts_on": "onset"}),
    "ended": (r.status(onset=0.3, end=0.3), {"acts_on": "end"}),
    "crowd": (r.share(noise=0.1), {}),
    "listed": (r.share(noise=0.5, thresholds=[i / 20 for i in range(2, 20)]), {}),
}
RESPONSES = [
    *((effect, "level") for effect in EFFECTS),
    *(("plain", aspect) for aspect in ("on", "change", "memory")),
]
FUTURES = 400


@pytest.fixture(scope="module")
def responses():
    """Mean response of every effect to every aspect of a rising cause, by the claims' sign."""
    cause = r.level(half_life=None, usual=1.0, swing=2.0)
    quantities = {"cause": cause}
    claims = []
    for effect, aspect in RESPONSES:
        name, (spec, more) = f"{effect}_{aspect}", EFFECTS[effect]
        quantities[name] = spec
        claims.append(claim(f"on_{name}", "cause", name, aspect=ASPECTS[aspect], strength="strong", **more))
    rising = jnp.linspace(1.5, 6.0, 6)
    inputs = Inputs(hold={"cause": (jnp.ones(6, bool), rising)})
    models = {sign: r.model_of(quantities, [{**one, "sign": sign} for one in claims]) for sign in "+-"}
    assert models["+"].groups == models["-"].groups  # signs are in the weights, so one step serves both
    run, z = r.scanner(models["+"]), jnp.zeros(len(models["+"].priors)).at[: len(claims)].set(1.0)
    noise = r.normals(models["+"], 6, FUTURES)
    runs = {sign: run(r.parameters(model, z), noise, inputs) for sign, model in models.items()}
    runs["off"] = run(r.parameters(models["+"], z, {one["id"]: 0.0 for one in claims}), noise, inputs)
    return {sign: {n: np.asarray(runs[sign][n] - runs["off"][n]) for n in runs[sign]} for sign in "+-"}


@pytest.mark.parametrize(("effect", "aspect"), RESPONSES)
def test_a_flipped_sign_flips_the_response(responses, effect, aspect):
    up, down = (responses[sign][f"{effect}_{aspect}"] for sign in "+-")
    assert np.all(up >= 0)  # with shared noise every future answers in the claimed direction, or not at all
    assert np.all(down <= 0)
    assert up[-1].mean() > 5e-4
    assert down[-1].mean() < -5e-4


@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_level_on_its_own_scale_answers_just_as_much_the_other_way(responses, aspect):
    np.testing.assert_allclose(
        responses["+"][f"plain_{aspect}"], -responses["-"][f"plain_{aspect}"], atol=1e-12
    )


def test_an_unknown_sign_is_as_often_minus_as_plus():
    model = r.model_of(
        {"cause": r.level(half_life=None), "y": r.level()}, [claim("c", "cause", "y", "unknown")]
    )
    z = jnp.asarray(np.random.default_rng(0).standard_normal((len(model.priors), 500)))
    z = jnp.concatenate([z, -z], axis=1)
    path = r.walked(model, r.parameters(model, z), r.normals(model, 2, 1000), start={"cause": 1.0})["y"][-1]
    np.testing.assert_allclose(path[:500], -path[500:], atol=1e-12)
    assert 0.4 < np.mean(np.asarray(path[:500]) > 0) < 0.6
