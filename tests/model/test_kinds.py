"""Each kind of quantity does what its equation says: means, variances, densities, published cascades."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from model import running as r
from model.small import claim
from shatterbelt.model import kinds
from shatterbelt.model.start import lowest_equilibrium

MANY = (np.arange(20_000) + 0.5) / 20_000
"""Probabilities spread evenly: means over them are integrals, without chance."""


def eps(probabilities=MANY):
    return jnp.asarray(stats.norm.ppf(probabilities))


# ------------------------------------------------------------------------------ level


def test_a_level_settles_to_the_mean_and_variance_of_its_autoregression():
    model = r.model_of({"y": r.level(half_life=2.0, noise=0.3, usual=5.0, swing=2.0)})
    path = r.walked(model, r.medians(model), r.normals(model, 25, 40_000))["y"]
    kept = 2 ** (-1 / 2.0)
    wanted = (2.0 * 0.3) ** 2 / (1 - kept**2)
    assert np.mean(path[-1]) == pytest.approx(5.0, abs=5 * np.sqrt(wanted / 40_000))
    assert np.var(path[-1]) == pytest.approx(wanted, rel=0.05)
    assert np.corrcoef(path[-2], path[-1])[0, 1] == pytest.approx(kept, abs=0.02)


def test_a_walk_spreads_with_the_square_root_of_time():
    model = r.model_of({"y": r.level(half_life=None, noise=0.2, usual=1.0, swing=3.0)})
    path = r.walked(model, r.medians(model), r.normals(model, 16, 40_000))["y"]
    assert np.var(path[15]) == pytest.approx(16 * 0.6**2, rel=0.05)
    assert np.var(path[3]) == pytest.approx(4 * 0.6**2, rel=0.05)


def test_after_its_half_life_half_of_a_departure_is_left():
    model = r.model_of({
        "plain": r.level(half_life=3.0, usual=5.0, swing=2.0),
        "dear": r.level(half_life=3.0, usual=100.0, swing=30.0, link="log"),
        "walk": r.level(half_life=None),
    })  # fmt: skip
    start = {"plain": 9.0, "dear": 400.0, "walk": 0.7}
    path = r.walked(model, r.medians(model), r.normals(model, 6, 1), start=start)
    assert path["plain"][[2, 5], 0] == pytest.approx([7.0, 6.0])
    assert path["dear"][[2, 5], 0] == pytest.approx([200.0, 100.0 * 2**0.5])  # ln 4 halves to ln 2
    assert path["walk"][5, 0] == pytest.approx(0.7)


@pytest.fixture(scope="module")
def under_a_sustained_rise():
    """Levels on every link, long after their cause rose by one swing for good."""
    links = {
        "plain": r.level(half_life=1.0, usual=5.0, swing=2.0),
        "dear": r.level(half_life=1.0, usual=100.0, swing=30.0, link="log"),
        "part": r.level(half_life=1.0, usual=0.4, swing=0.1, link="logit"),
        "walk": r.level(half_life=None, usual=0.0, swing=4.0),
    }
    cause = r.level(half_life=None, usual=10.0, swing=5.0)
    model = r.model_of({"cause": cause, **links}, [claim(f"on_{name}", "cause", name) for name in links])
    weights = {f"weight_on_{name}": 0.35 for name in links}
    return r.walked(model, r.medians(model, **weights), r.normals(model, 48, 1), start={"cause": 15.0})


def test_the_long_run_shift_under_a_one_swing_rise_is_the_weight_in_swings(under_a_sustained_rise):
    path = under_a_sustained_rise
    assert path["plain"][-1, 0] == pytest.approx(5.0 + 0.35 * 2.0)
    assert path["dear"][-1, 0] == pytest.approx(100.0 * 1.3**0.35)
    odds = np.log(0.4 / 0.6) + 0.35 * (np.log(0.5 / 0.5) - np.log(0.4 / 0.6))
    assert path["part"][-1, 0] == pytest.approx(1 / (1 + np.exp(-odds)))


def test_a_walk_works_a_push_through_in_a_year_of_months(under_a_sustained_rise):
    assert under_a_sustained_rise["walk"][[11, 47], 0] == pytest.approx([0.35 * 4.0, 4 * 0.35 * 4.0])


def test_the_density_of_a_level_is_the_normal_one():
    said = {"mean": jnp.asarray([0.2, -1.0]), "sd": jnp.asarray([0.3, 2.0])}
    found = kinds.density_level(said, jnp.asarray([0.5, 4.0]))
    assert found == pytest.approx(stats.norm.logpdf([0.5, 4.0], [0.2, -1.0], [0.3, 2.0]))


# ----------------------------------------------------------------------------- events

MEANS, SIZES = (0.02, 0.5, 2.0, 8.0, 20.0, 60.0, 400.0), (0.3, 1.0, 2.0, 10.0)


@pytest.fixture(scope="module")
def counts():
    """Counts drawn and wanted at evenly spread probabilities, ``[means, sizes, probabilities]``."""
    mean, size = np.asarray(MEANS)[:, None, None], np.asarray(SIZES)[:, None]
    said = {"log_rate": jnp.log(jnp.asarray(mean)), "dispersion": jnp.asarray(size)}
    found = np.asarray(jax.jit(kinds.draw_events)(said, eps()))
    return found, stats.nbinom.ppf(MANY, size, size / (size + mean))


def test_counts_below_32_are_quantiles_of_the_negative_binomial(counts):
    found, wanted = counts
    exact = (wanted < kinds.COUNT_STEPS) | (found < kinds.COUNT_STEPS)
    assert exact.mean() > 0.5
    np.testing.assert_array_equal(found[exact], wanted[exact])


def test_counts_from_32_on_are_near_the_quantiles(counts):
    found, wanted = counts
    tail = wanted >= kinds.COUNT_STEPS
    assert tail.sum() > 10_000
    assert np.max(np.abs(found[tail] / wanted[tail] - 1)) < 0.25
    often = tail.mean(axis=-1) > 0.01
    off = np.where(tail, found - wanted, 0).mean(axis=-1) / wanted.mean(axis=-1)
    assert np.max(np.abs(off[often])) < 0.05


def test_the_mean_and_variance_of_counts_are_those_of_the_equation(counts):
    found, _ = counts
    for (i, mean), (j, size) in itertools.product(enumerate(MEANS[:5]), enumerate(SIZES[1:], 1)):
        assert found[i, j].mean() == pytest.approx(mean, rel=0.02)
        assert found[i, j].var() == pytest.approx(mean + mean**2 / size, rel=0.05)


def test_a_rare_draw_in_single_precision_is_no_burst():
    with jax.enable_x64(False):
        far = jnp.linspace(4.0, 9.0, 50, dtype=jnp.float32)
        rates = jnp.log(jnp.asarray([0.05, 0.4, 2.0], jnp.float32))[:, None]
        found = jax.jit(kinds.draw_events)({"log_rate": rates, "dispersion": jnp.float32(2.0)}, far)
    assert found.dtype == jnp.float32
    wanted = stats.nbinom.isf(5e-7, 2.0, 2.0 / (2.0 + np.array([[0.05], [0.4], [2.0]])))
    assert np.all(np.asarray(found) <= wanted)


def test_a_rate_that_is_no_number_shows_in_the_count():
    said = {"log_rate": jnp.asarray([jnp.nan, jnp.inf, -jnp.inf]), "dispersion": jnp.asarray(1.0)}
    found = np.asarray(jax.jit(kinds.draw_events)(said, jnp.zeros(3)))
    assert np.isnan(found[0])
    assert 0.5 * kinds.MOST_EVENTS < found[1] < kinds.MOST_EVENTS
    assert found[2] == 0


def test_the_density_of_counts_is_the_negative_binomial_one():
    count, mean, size = (
        np.array([0, 1, 7, 90]),
        np.array([0.3, 2.0, 5.0, 40.0]),
        np.array([0.4, 1.0, 3.0, 8.0]),
    )
    said = {"log_rate": jnp.log(mean), "dispersion": jnp.asarray(size)}
    wanted = stats.nbinom.logpmf(count, size, size / (size + mean))
    assert kinds.density_events(said, jnp.asarray(count, float)) == pytest.approx(wanted)


def test_events_bring_more_of_themselves_by_their_memory():
    own = {"half_life": 3, "weight": 0.4}
    model = r.model_of({"raids": r.events(rate=0.5, own_memory=own)})
    path = {"raids": jnp.asarray([[0.0], [4.0], [1.0], [0.0], [0.0]])}
    found = r.mapped(model, path, r.medians(model))["raids"]["log_rate"][:, 0]
    kept = 2 ** (-1 / 3)
    usual = remembered = 0.5 / (1 - kept)
    for i, count in enumerate([0, 4, 1, 0, 0]):
        swings = np.log((1 + remembered) / (1 + usual)) / np.log((2 + usual) / (1 + usual))
        assert found[i] == pytest.approx(np.log(0.5) + 0.4 * swings)
        remembered = kept * remembered + count


# ----------------------------------------------------------------------------- status


def test_onsets_and_ends_come_as_often_as_their_hazards_say():
    model = r.model_of(
        {
            "cause": r.level(half_life=None),
            "law": r.status(onset=0.1, end=0.2),
            "pushed": r.status(onset=0.1, end=0.2),
        },
        [claim("push", "cause", "pushed")],
    )
    values = r.medians(model, weight_push=0.7)
    path = r.walked(model, values, r.normals(model, 12, 8_000), start={"cause": 1.0})

    def often(name):
        x = np.asarray(path[name]) > 0.5
        before, now = x[:-1], x[1:]
        return now[~before].mean(), 1 - now[before].mean()

    assert often("law") == pytest.approx((0.1, 0.2), abs=0.01)
    cloglog = np.log(-np.log1p(-np.array([0.1, 0.2]))) + np.array([0.7, -0.7])
    assert often("pushed") == pytest.approx(1 - np.exp(-np.exp(cloglog)), abs=0.012)


@pytest.mark.parametrize(
    ("acts_on", "moved"), [("onset", (True, False)), ("end", (False, True)), ("both", (True, True))]
)
def test_a_claim_moves_only_the_hazard_that_it_acts_on(acts_on, moved):
    claims = [claim("push", "cause", "law", acts_on=acts_on)]
    model = r.model_of({"cause": r.level(half_life=None), "law": r.status()}, claims)
    for was, change in zip((0.0, 1.0), moved, strict=True):
        path = {"cause": jnp.ones((2, 1)), "law": jnp.full((2, 1), was)}
        start = {"cause": 1.0, "law": was}
        on = [r.mapped(model, path, r.medians(model, weight_push=w), start=start)["law"] for w in (0.0, 0.5)]
        probabilities = [float(said["probability"][1, 0]) for said in on]
        assert (probabilities[1] > probabilities[0]) is change


@pytest.mark.parametrize("push", [-1e6, 0.0, 1e6])
def test_what_cannot_begin_or_end_never_does(push):
    zero = kinds.hazard(jnp.asarray(0.0), jnp.asarray(push))
    for was_on in (True, False):
        said = kinds.predict_status(jnp.asarray(was_on), zero, zero)
        assert said["probability"] == float(was_on)
        assert kinds.density_status(said, jnp.asarray(float(was_on))) == 0
        assert kinds.density_status(said, jnp.asarray(float(not was_on))) == -jnp.inf


def test_the_density_of_a_status_keeps_its_digits_at_tiny_hazards():
    said = kinds.predict_status(
        jnp.asarray([True, False, True]), jnp.asarray(1e-18), jnp.asarray([1e-18, 0.0, 0.3])
    )
    found = kinds.density_status(said, jnp.asarray([0.0, 1.0, 1.0]))
    assert found == pytest.approx([np.log(1e-18), np.log(1e-18), -0.3])


# ------------------------------------------------------------------------------ share

HUNDRED = tuple(i / 100 for i in range(100))
KURAN = {
    (0, 20, 20, 30, 40, 50, 60, 70, 80, 100): 0.1,
    (0, 10, 20, 30, 40, 50, 60, 70, 80, 100): 0.9,
    (0, 20, 30, 30, 40, 50, 60, 70, 80, 100): 0.1,
    (0, 10, 30, 30, 40, 50, 60, 70, 80, 100): 0.2,
}
CASCADES = [
    (HUNDRED, 1.0),  # Granovetter 1978: everybody's threshold is one more than the last one's
    ((0.0, 0.02, *HUNDRED[2:]), 0.01),  # and the one who waited for 1 waits for 2
    *((tuple(h / 100 for h in thresholds), share) for thresholds, share in KURAN.items()),  # Kuran 1991
    ({"mean": 0.25, "sd": 0.1222}, 0.0598),  # Granovetter 1978: just before the tipping point
    ({"mean": 0.25, "sd": 0.1223}, 1.0),  # and just after it
]


@pytest.fixture(scope="module")
def cascades():
    """Every published cascade as a quantity, scanned from nobody taking part."""
    quantities = {f"crowd{i}": r.share(thresholds=thresholds) for i, (thresholds, _) in enumerate(CASCADES)}
    model = r.model_of(quantities)
    path = r.scanner(model, start=dict.fromkeys(quantities, 0.0))(
        r.medians(model), r.normals(model, 2_000, 1), r.Inputs()
    )
    return {name: np.asarray(x)[:, 0] for name, x in path.items()}


@pytest.mark.parametrize(("number", "thresholds", "share"), [(i, *case) for i, case in enumerate(CASCADES)])
def test_published_cascades_end_where_they_should(cascades, number, thresholds, share):
    found = (
        thresholds if isinstance(thresholds, tuple) else stats.norm(thresholds["mean"], thresholds["sd"]).cdf
    )
    tolerance = 5e-5 if share == 0.0598 else 1e-2 if isinstance(thresholds, dict) else 1e-9
    assert lowest_equilibrium(found) == pytest.approx(share, abs=tolerance)
    assert cascades[f"crowd{number}"][-1] == pytest.approx(share, abs=tolerance)


def test_a_calm_crowd_starts_at_its_lowest_equilibrium_and_stays():
    model = r.model_of({"crowd": r.share(thresholds={"mean": 0.25, "sd": 0.12}, adjustment=0.4)})
    path = np.asarray(r.walked(model, r.medians(model), r.normals(model, 5, 1))["crowd"])[:, 0]
    assert path == pytest.approx([path[0]] * 5)
    assert path[0] == pytest.approx(stats.norm.cdf((path[0] - 0.25) / 0.12))


@pytest.mark.parametrize("adjustment", [1.0, 0.3])
@pytest.mark.parametrize("before", [0.02, 0.6])
def test_the_density_of_a_share_integrates_to_one(adjustment, before):
    model = r.model_of({"crowd": r.share(noise=0.5, adjustment=adjustment)})
    part = model.quantities["crowd"]
    said = {
        name: jnp.asarray(v) for name, v in {"before": before, "push": 0.4, "mean": 0.3, "noise": 0.5}.items()
    }
    share = kinds.draw_share(part, said, jnp.linspace(-8, 8, 20_001))
    density = np.exp(np.asarray(kinds.density_share(part, said, share)))
    assert np.trapezoid(density, np.asarray(share)) == pytest.approx(1.0, abs=1e-3)
    middle = np.asarray(share)[10_000]
    below = np.trapezoid(density[:10_001], np.asarray(share)[:10_001])
    assert 0 < middle < 1
    assert below == pytest.approx(0.5, abs=1e-3)  # half of the shocks lie below 0


def test_a_share_out_of_reach_has_a_tiny_but_finite_density():
    model = r.model_of({"crowd": r.share(noise=0.5)})
    said = {
        name: jnp.asarray(v) for name, v in {"before": 0.1, "push": 0.0, "mean": 0.3, "noise": 0.5}.items()
    }
    found = kinds.density_share(model.quantities["crowd"], said, jnp.asarray([0.0, 1.0, 0.05]))
    assert np.isfinite(np.asarray(found)).all()
    assert found[1] < found[2]
