"""Parameters as functions of standard normals: scales, medians, switches, and gradients that exist."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from model import running as r
from model.small import claim
from shatterbelt.model.priors import SCALE_SPREAD, draw
from shatterbelt.model.step import Inputs, log_density
from shatterbelt.statements import STRENGTH_SCALE

Z = stats.norm.ppf((np.arange(10_001) + 0.5) / 10_001)


def prior(model, name):
    return model.priors[model.parameter_names.index(name)]


def drawn(model, name):
    return np.asarray(draw(prior(model, name), jnp.asarray(Z)))


@pytest.mark.parametrize("strength", STRENGTH_SCALE)
@pytest.mark.parametrize(("sign", "sides"), [("+", {1.0}), ("-", {-1.0}), ("unknown", {1.0, -1.0})])
def test_a_weight_is_normal_with_the_scale_of_its_word_on_the_claimed_side(strength, sign, sides):
    model = r.model_of({"a": r.level(), "b": r.level()}, [claim("c", "a", "b", sign, strength=strength)])
    weights = drawn(model, "weight.c")
    assert np.sqrt(np.mean(weights**2)) == pytest.approx(STRENGTH_SCALE[strength], rel=1e-3)
    assert set(np.sign(weights[weights != 0])) == sides
    if sign == "unknown":
        assert np.mean(weights) == pytest.approx(0.0, abs=1e-9)


def test_a_half_normal_weight_has_its_published_mean():
    model = r.model_of({"a": r.level(), "b": r.level()}, [claim("c", "a", "b", "-", strength="strong")])
    assert drawn(model, "weight.c").mean() == pytest.approx(-0.7 * np.sqrt(2 / np.pi), rel=1e-3)


@pytest.mark.parametrize(
    ("name", "median"),
    [("rate.pressure", 0.4), ("dispersion.pressure", 1.5), ("noise.room", 0.2), ("noise.crowd", 0.4),
     ("onset.ban", 0.03), ("end.ban", 0.05), ("kept.room", 2 ** (-1 / 10)), ("baseline.room", 0.0),
     ("mean.crowd", 0.3), ("constant.multiplier", 1.0)],
)  # fmt: skip
def test_the_median_of_a_parameter_is_what_the_case_says(name, median):
    assert np.median(drawn(r.small_model(), name)) == pytest.approx(median)


def test_a_half_life_is_spread_log_normally():
    half_lives = -np.log(2) / np.log(drawn(r.small_model(), "kept.room"))
    assert np.std(np.log(half_lives)) == pytest.approx(SCALE_SPREAD, rel=1e-2)
    assert np.all((drawn(r.small_model(), "kept.room") > 0) & (drawn(r.small_model(), "kept.room") < 1))


def test_a_high_probability_of_onset_stays_below_one():
    model = r.model_of({"law": r.status(onset=0.97, end=0.0)})
    onset = drawn(model, "onset.law")
    assert np.median(onset) == pytest.approx(0.97)
    assert np.all((onset > 0) & (onset < 1))
    assert "end.law" not in model.parameter_names


def test_a_constant_is_even_between_its_ends():
    values = drawn(r.small_model(), "constant.multiplier")
    assert (values.min(), values.max()) == pytest.approx((0.5, 1.5), abs=1e-3)
    assert np.var(values) == pytest.approx(1 / 12, rel=1e-3)


def test_off_switches_a_claim_off_and_no_other():
    model = r.small_model()
    z = jnp.ones(len(model.priors))
    whole, without = r.parameters(model, z), r.parameters(model, z, {"oil_room": 0.0, "ban_room": 1.0})
    assert without["weight.oil_room"] == 0.0
    assert whole["weight.oil_room"] < 0
    assert {n for n in whole if whole[n] != without[n]} == {"weight.oil_room"}


@pytest.fixture(scope="module")
def scored():
    """The log density of a path of the small case, as one function of the standard normals."""
    model = r.small_model()
    whole = Inputs(calendar={"vote": jnp.zeros(40).at[5].set(1.0)})
    inputs = Inputs(calendar={"vote": whole.calendar["vote"][:24]})
    z = r.normals(model, len(model.priors), 1)[:, 0]
    noise = jnp.zeros((40, len(model.noise_names), 8)).at[:24, :, :1].set(r.normals(model, 24, 1, seed=28))
    paths = r.small_scanner()(r.parameters(model, z), noise, whole)
    path = {name: x[:24, :1] for name, x in paths.items()}

    def score(z, path):
        values = r.parameters(model, z)
        said = r.mapped(model, path, values, inputs)
        return sum(log_density(model, n, said[n], path[n]).sum() for n in model.noise_names)

    return model, jax.jit(jax.value_and_grad(score), compiler_options=r.QUICKLY), z, path


def test_the_density_of_a_path_and_its_gradient_are_finite_for_every_parameter(scored):
    model, score, z, path = scored
    density, gradient = score(z, path)
    assert np.isfinite(float(density))
    assert dict(zip(model.parameter_names, np.isfinite(np.asarray(gradient)), strict=True)) == dict.fromkeys(
        model.parameter_names, True
    )
    # A constant is seen in the path itself, so that it says nothing of what comes next.
    silent = {n for n, g in zip(model.parameter_names, np.asarray(gradient), strict=True) if g == 0}
    assert silent == {"constant.multiplier"}


def test_the_gradient_is_the_slope(scored):
    _, score, z, path = scored
    step = 1e-5 * jnp.ones_like(z)
    slope = (score(z + step, path)[0] - score(z - step, path)[0]) / 2e-5
    assert float(score(z, path)[1].sum()) == pytest.approx(float(slope), rel=1e-5)


def test_a_path_at_the_edges_leaves_the_gradient_finite(scored):
    _, score, z, path = scored
    edge = dict(path)
    edge["crowd"] = path["crowd"].at[4].set(0.0).at[9].set(1.0)
    edge["pressure"] = path["pressure"].at[7].set(500.0)
    edge["ban"] = path["ban"].at[:].set(jnp.asarray([0.0, 1.0, 1.0, 0.0] * 6)[:, None])
    assert np.isfinite(np.asarray(score(z, edge)[1])).all()


@pytest.fixture(scope="module")
def never():
    """The log density of a status that never begins or ends, and its slope by a claim's weight."""
    model = r.model_of({"a": r.level(), "law": r.status(onset=0.0, end=0.0)}, [claim("c", "a", "law")])

    def score(w, on):
        values = r.medians(model) | {"weight.c": w}
        path = {"a": jnp.ones((2, 1)), "law": on[:, None]}
        return log_density(model, "law", r.mapped(model, path, values)["law"], path["law"]).sum()

    return jax.jit(jax.value_and_grad(score), compiler_options=r.QUICKLY)


@pytest.mark.parametrize("on", [[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
def test_a_status_that_never_begins_or_ends_leaves_the_gradient_finite(never, on):
    value, slope = never(jnp.asarray(0.3), jnp.asarray(on))
    assert value == (0.0 if on == [0.0, 0.0] else -jnp.inf)
    assert slope == 0.0
