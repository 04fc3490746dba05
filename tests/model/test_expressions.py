"""Formulas on arrays equal plain arithmetic; looks back equal plain loops; stocks lose nothing."""

import math

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from model import running as r
from shatterbelt.case.formulas import Binary, Call, Expr, Name, Neg, Num, parse, text_of
from shatterbelt.model.expressions import evaluate
from shatterbelt.model.step import Inputs, log_density

PLAIN = {
    "min": min,
    "max": max,
    "abs": abs,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "logistic": lambda x: 1 / (1 + math.exp(-x)),
    "clip": lambda x, low, high: min(max(x, low), high),
}
BINARY = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
    "**": math.pow,
}
AT = {"a": 0.7, "b": -1.3, "c": 4.0}


def plainly(expr: Expr) -> float:
    """Evaluate a formula's tree with Python's own numbers."""
    match expr:
        case Num(value, _):
            return value
        case Name(name):
            return AT[name]
        case Neg(operand):
            return -plainly(operand)
        case Binary(op, left, right):
            return BINARY[op](plainly(left), plainly(right))
        case Call(function, args):
            return PLAIN[function](*map(plainly, args))


def on_arrays(text: str) -> np.ndarray:
    return np.asarray(evaluate(parse(text), lambda key, _: jnp.asarray(AT[key[2:]])))


leaves = st.one_of(
    st.builds(Num, st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0, 10.0])),
    st.builds(Name, st.sampled_from(list(AT))),
)


def larger(inner):
    return st.one_of(
        st.builds(Neg, inner),
        st.builds(Binary, st.sampled_from(list(BINARY)), inner, inner),
        st.builds(
            lambda f, x: Call(f, (x,)),
            st.sampled_from(["abs", "exp", "log", "sqrt", "tanh", "logistic"]),
            inner,
        ),
        st.builds(
            lambda f, xs: Call(f, tuple(xs)),
            st.sampled_from(["min", "max"]),
            st.lists(inner, min_size=2, max_size=3),
        ),
        st.builds(lambda x: Call("clip", (x, Num(0.5), Num(2.0))), inner),
    )


@settings(max_examples=150, deadline=None)
@given(st.recursive(leaves, larger, max_leaves=8))
def test_a_formula_equals_plain_arithmetic(tree):
    try:
        wanted = plainly(tree)
    except (ArithmeticError, ValueError):
        assume(False)
    assume(isinstance(wanted, float) and abs(wanted) < 1e200)
    assert on_arrays(text_of(tree)) == pytest.approx(wanted, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "wanted"), [("1 / 0", np.inf), ("a / (2 - 2)", np.inf), ("-1 / (1 - 1)", -np.inf)]
)
def test_division_by_zero_is_infinite_and_no_error(text, wanted):
    assert on_arrays(text) == wanted


@pytest.mark.parametrize("text", ["log(b)", "sqrt(b)", "b ** 0.5", "0 / 0"])
def test_what_has_no_value_is_no_number_and_no_error(text):
    assert np.isnan(on_arrays(text))


# ------------------------------------------------------------------------- looking back

STEPS = 12
PATH = np.random.default_rng(5).standard_normal(STEPS)
USUAL = 0.4


def smoothed(x, half_life, before):
    kept, found = 2 ** (-1 / half_life), []
    for value in x:
        before = kept * before + (1 - kept) * value
        found.append(before)
    return np.array(found)


def delayed(x, steps, before):
    return np.concatenate([np.full(steps, before), x])[: len(x)]


LOOKS = {
    "delay(x, 1)": delayed(PATH, 1, USUAL),
    "delay(x, 3) - x": delayed(PATH, 3, USUAL) - PATH,
    "smooth(x, 2.5)": smoothed(PATH, 2.5, USUAL),
    "delay(x * x, 2)": delayed(PATH**2, 2, USUAL**2),
    "smooth(delay(x, 2), 3)": smoothed(delayed(PATH, 2, USUAL), 3, USUAL),
    "delay(smooth(2 * x, 3), 2)": delayed(smoothed(2 * PATH, 3, 2 * USUAL), 2, 2 * USUAL),
    "delay(delay(x, 2), 1)": delayed(PATH, 3, USUAL),
    "smooth(smooth(x, 1), 4)": smoothed(smoothed(PATH, 1, USUAL), 4, USUAL),
}


@pytest.fixture(scope="module")
def looks():
    """Every formula of `LOOKS` in one case, walked along a given path, and mapped over it."""
    quantities = {"x": r.level(usual=USUAL)} | {f"f{i}": r.formula(text) for i, text in enumerate(LOOKS)}
    model = r.model_of(quantities)
    inputs = Inputs(hold={"x": (jnp.ones(STEPS, bool), jnp.asarray(PATH))})
    path = r.walked(model, r.medians(model), r.normals(model, STEPS, 1), inputs)
    return path, r.mapped(model, path, r.medians(model), inputs)


@pytest.mark.parametrize(("number", "text"), list(enumerate(LOOKS)), ids=list(LOOKS))
def test_delays_and_smooths_equal_plain_loops(looks, number, text):
    path, predictions = looks
    np.testing.assert_allclose(path[f"f{number}"][:, 0], LOOKS[text], atol=1e-12)
    np.testing.assert_allclose(predictions[f"f{number}"]["value"][:, 0], LOOKS[text], atol=1e-12)


def test_a_smooth_closes_half_of_a_gap_in_its_half_life():
    model = r.model_of({"x": r.level(), "s": r.formula("smooth(x, 4)")})
    inputs = Inputs(hold={"x": (jnp.ones(8, bool), jnp.ones(8))})
    path = r.walked(model, r.medians(model), r.normals(model, 8, 1), inputs)["s"]
    assert path[[3, 7], 0] == pytest.approx([0.5, 0.75])


# -------------------------------------------------------------------------------- stocks


def test_a_stock_holds_its_start_and_what_flowed_since():
    model = r.model_of({
        "x": r.level(noise=0.5, half_life=4),
        "in_": r.formula("exp(x)"),
        "out": r.formula("0.3 * delay(held, 1)"),
        "held": r.stock(initial="2 + 3", inflow="in_", outflow="out"),
    })  # fmt: skip
    path = r.walked(model, r.medians(model), r.normals(model, 10, 4))
    flows = np.cumsum(path["in_"] - path["out"], axis=0)
    assert np.ptp(flows) > 0
    np.testing.assert_allclose(path["held"] - 5.0, flows, atol=1e-12)


def test_a_stock_does_not_fall_below_its_floor_and_rises_from_there():
    model = r.model_of({"x": r.level(), "held": r.stock(initial=2, inflow="x", outflow="0.5", floor=1)})
    inputs = Inputs(hold={"x": (jnp.ones(5, bool), jnp.asarray([0.0, 0.0, 0.0, 0.0, 2.0]))})
    path = r.walked(model, r.medians(model), r.normals(model, 5, 1), inputs)["held"]
    assert path[:, 0] == pytest.approx([1.5, 1.0, 1.0, 1.0, 2.5])


def test_a_stock_that_flows_in_batches_scatters_by_what_comes_and_goes():
    flows = {"inflow": "100", "outflow": "0.2 * delay(held, 1)", "floor": 0}
    model = r.model_of({"held": r.stock(initial=300, batch=4, **flows)})
    drawn = r.walked(model, r.medians(model), r.normals(model, 1, 20_000))["held"][0]
    assert drawn.mean() == pytest.approx(300 + 100 - 60, abs=4 * (640 / 20_000) ** 0.5)
    # A sum of Poisson numbers of batches: its variance is the size of one times what flowed, 4 * 160.
    assert drawn.var() == pytest.approx(640, rel=0.05)
    sure = r.model_of({"held": r.stock(initial=300, **flows)})
    assert sure.noise_names == ()


def test_a_stock_in_batches_does_not_fall_below_its_floor_and_stands_still_when_nothing_flows():
    still = r.stock(initial=300, batch=4)
    model = r.model_of(
        {"held": r.stock(initial=1, inflow="2", outflow="2", floor=0, batch=9), "still": still}
    )
    path = r.walked(model, r.medians(model), r.normals(model, 20, 50))
    assert path["held"].min() == 0
    assert path["held"].max() > 10
    assert path["still"] == pytest.approx(300, abs=1e-3)


def test_the_density_of_a_stock_in_batches_is_normal_per_swing_with_their_spread():
    model = r.model_of({"held": r.stock(initial=300, inflow="100", batch=4, swing=50)})
    path = {"held": jnp.asarray([[390.0], [520.0]])}
    said = r.mapped(model, path, r.medians(model))["held"]
    assert said["value"][:, 0] == pytest.approx([400, 490])
    assert said["sd"][:, 0] == pytest.approx(20)
    found = log_density(model, "held", said, path["held"])[:, 0]
    assert found == pytest.approx(stats.norm(0, 20 / 50).logpdf([-10 / 50, 30 / 50]))
