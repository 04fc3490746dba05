"""The density of a path and its record is that of textbooks, wherever these have one."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats
from scipy.stats import multivariate_normal, nbinom

from inference.cases import case_of, claim, day, event, events, level, month, opened, tied, value
from shatterbelt.inference.coordinates import FIRST_SPREAD, coordinates_of
from shatterbelt.inference.evidence import MOST_COUNT
from shatterbelt.inference.paths import path_of
from shatterbelt.model import kinds
from shatterbelt.model.step import Inputs, pack, predict_all
from shatterbelt.record.observe import ERROR_IN_SWINGS, INCLUSION

STEPS = 12
HIGH, MEDIUM = ERROR_IN_SWINGS["high"], ERROR_IN_SWINGS["medium"]


@pytest.fixture(scope="module", autouse=True)
def x64():
    with jax.enable_x64(True):
        yield


def autoregression(kept, noise, baseline, first=None):
    """Return response [steps, steps], mean [steps] and covariance of an autoregression in swings.

    ``first`` is the first value's spread; without it the process starts at 0 before its first step.
    """
    steps = STEPS
    back = np.eye(steps) - kept * np.eye(steps, k=-1)
    add = np.full(steps, (1 - kept) * baseline)
    spread = np.full(steps, noise)
    if first is not None:
        add[0], spread[0] = 0.0, first
    root = np.linalg.inv(back)
    return root, root @ add, (root * spread) @ (root * spread).T


def observed_level():
    """A level of which some months, and two averages of several months, were observed."""
    rng = np.random.default_rng(3)
    points = {t: rng.normal() for t in (0, 1, 4, 9)}
    series = [value("seen", month(t), x, "medium") for t, x in points.items()]
    series += [value("mean", "2001-Q2", 0.7), value("mean", "2001-Q3", -0.4)]
    record = [*tied("seen"), *tied("mean", "average over")]
    return case_of({"x": level(record=record)}, series=series), points


def observations_of(known, points):
    rows, values, errors = [], [], []
    for t, x in points.items():
        if t < known:
            rows.append(np.eye(STEPS)[t])
            values.append(x)
            errors.append(MEDIUM)
    for first, x in ((3, 0.7), (6, -0.4)):
        if first + 3 <= known:
            rows.append(np.where((np.arange(STEPS) >= first) & (np.arange(STEPS) < first + 3), 1 / 3, 0.0))
            values.append(x)
            errors.append(HIGH)
    return np.array(rows), np.array(values), np.array(errors)


@pytest.fixture(scope="module")
def gaussian():
    case, points = observed_level()
    return opened(case), points


@pytest.mark.parametrize("known", [2, 5, 12])
@pytest.mark.parametrize("seed", [None, 1])
def test_a_level_integrates_to_the_likelihood_of_its_observations(gaussian, known, seed):
    case, points = gaussian
    z = case.z(seed)
    numbers = case.numbers(z)
    _, mean, covariance = autoregression(
        numbers["kept.x"], numbers["noise.x"], numbers["baseline.x"], first=FIRST_SPREAD
    )
    rows, values, errors = observations_of(known, points)
    wanted = multivariate_normal.logpdf(values, rows @ mean, rows @ covariance @ rows.T + np.diag(errors**2))
    assert case.integrated(case.evidence(day(known - 1)), z) == pytest.approx(wanted, abs=1e-8)


def test_the_integral_does_not_hang_on_where_it_is_expanded(gaussian):
    case, _ = gaussian
    evidence, z = case.evidence(), case.z(2)
    far = jnp.asarray(np.random.default_rng(0).normal(size=case.size) * 3)
    assert case.integrated(evidence, z, far) == pytest.approx(case.integrated(evidence, z), abs=1e-8)


def test_a_level_that_was_not_yet_observed_weighs_nothing(gaussian):
    case, _ = gaussian
    blank = case.case.model_copy(
        update={"series": tuple(r for r in case.case.series if r.period != "2001-01")}
    )
    assert case.integrated(case.evidence(day(0), blank), case.z(4)) == pytest.approx(0.0, abs=1e-9)


def test_no_choice_of_coordinates_moves_a_result(gaussian):
    case, _ = gaussian
    evidence, z = case.evidence(), case.z(5)
    model, layout = case.model, case.layout
    other = coordinates_of(model, layout, layout.steps, {})
    other = dataclasses.replace(other, seen=evidence.coordinates.seen)
    moved = dataclasses.replace(evidence, coordinates=jax.tree_util.tree_map(jnp.asarray, other))
    assert case.integrated(moved, z) == pytest.approx(case.integrated(evidence, z), abs=1e-8)


def pushed_by_the_unseen():
    rng = np.random.default_rng(8)
    points = {t: rng.normal() for t in (0, 2, 3, 5, 8, 11)}
    series = [value("seen", month(t), x) for t, x in points.items()]
    quantities = {"x": level(record=tied("seen")), "unseen": level(half_life=4, noise=0.4)}
    return opened(case_of(quantities, [claim("push", "unseen", "x", "+")], series)), points


def test_a_level_that_nobody_sees_pushes_one_that_is_seen_as_a_linear_system_does():
    case, points = pushed_by_the_unseen()
    z = case.z(1)
    numbers = case.numbers(z)
    assert abs(numbers["weight.push"]) > 0.1
    _, m, c = autoregression(numbers["kept.unseen"], numbers["noise.unseen"], numbers["baseline.unseen"])
    root, own, covariance = autoregression(
        numbers["kept.x"], numbers["noise.x"], numbers["baseline.x"], first=FIRST_SPREAD
    )
    push = (1 - numbers["kept.x"]) * numbers["weight.push"] * np.eye(STEPS, k=-1)
    mean, covariance = own + root @ push @ m, covariance + root @ push @ c @ push.T @ root.T
    rows = np.eye(STEPS)[list(points)]
    error = np.diag(np.full(len(points), HIGH**2))
    wanted = multivariate_normal.logpdf(
        list(points.values()), rows @ mean, rows @ covariance @ rows.T + error
    )
    assert case.integrated(case.evidence(), z) == pytest.approx(wanted, abs=1e-8)


def two_polls():
    """A level that one poll saw early, and that another, which reads it higher by a constant, saw late."""
    early, late = {0: 0.2, 2: -0.1, 3: 0.3}, {8: 2.4, 10: 2.1, 11: 2.6}
    series = [value("one", month(t), x) for t, x in early.items()]
    series += [value("other", month(t), x) for t, x in late.items()]
    quantities = {
        "x": level(record=tied("one")),
        "apart": {"title": "What the other reads more", "kind": "given", "unit": "dimensionless", "usual": 2,
                  "then": {"process": "constant", "low": 0, "high": 4}},
        "read": {"title": "As the other reads it", "kind": "formula", "unit": "dimensionless",
                 "formula": "x + apart", "record": tied("other")},
    }  # fmt: skip
    return opened(case_of(quantities, series=series)), early, late


def test_a_level_seen_through_a_formula_weighs_as_a_linear_system_does():
    case, early, late = two_polls()
    z = case.z(3)
    numbers = case.numbers(z)
    own = [numbers[f"{key}.x"] for key in ("kept", "noise", "baseline")]
    _, mean, covariance = autoregression(*own, first=FIRST_SPREAD)
    rows = np.eye(STEPS)[[*early, *late]]
    higher = np.array([0.0] * len(early) + [numbers["constant.apart"]] * len(late))
    seen = [*early.values(), *late.values()]
    error = np.diag(np.full(len(seen), HIGH**2))
    wanted = multivariate_normal.logpdf(seen, rows @ mean + higher, rows @ covariance @ rows.T + error)
    assert case.integrated(case.evidence(), z) == pytest.approx(wanted, abs=1e-8)


def test_where_a_constant_moves_what_is_read_the_path_goes_the_other_way():
    case, _, late = two_polls()
    row = list(case.model.parameter_names).index("constant.apart")
    evidence = case.evidence()

    def read(z):
        path = path_of(case.model, case.layout, evidence, z, jnp.zeros((1, STEPS)), jnp.ones(0))
        return np.asarray(path.sight.rows([("x:read", 0), ("x:x", 0)]))

    low, high = (read(case.z().at[row].set(at)) for at in (-0.5, 0.5))
    constant = case.numbers(case.z().at[row].set(0.5))["constant.apart"] - 2
    moved = high - low
    assert constant > 0.5
    assert moved[1, list(late)] == pytest.approx(-2 * constant, rel=0.1)
    assert abs(moved[0, list(late)]).max() < 0.2 * constant


# ----------------------------------------------------------------------------- events


def several(counts, confidence="high"):
    return [event("e", t, confidence) for t, n in enumerate(counts) for _ in range(n)]


def negative_binomial(count, mean, size):
    return nbinom.pmf(count, size, size / (size + mean))


@pytest.mark.parametrize("confidence", ["high", "low"])
def test_events_count_with_their_doubts(confidence):
    counts = [0, 1, 3, 0, 0, 2, 1, 0, 0, 0, 0, 4]
    quantities = {"e": events("e", dispersion=1.5, own_memory={"half_life": 3, "weight": 0.4})}
    case = opened(case_of(quantities, events=several(counts, confidence)))
    z = case.z(1)
    numbers = case.numbers(z)
    chance, decay = INCLUSION[confidence], 2 ** (-1 / 3)
    rate = case.model.quantities["e"].numbers["rate"]
    usual = rate / (1 - decay)
    width = np.log1p(usual + 1.0) - np.log1p(usual)
    memory, wanted = usual, 0.0
    for count in counts:
        push = 0.4 * (np.log1p(memory) - np.log1p(usual)) / width
        mean = numbers["rate.e"] * np.exp(push)
        took_place = stats.binom.pmf(np.arange(count + 1), count, chance)
        wanted += np.log(took_place @ negative_binomial(np.arange(count + 1), mean, numbers["dispersion.e"]))
        memory = decay * memory + chance * count
    assert float(case.terms(case.evidence(), z).events.sum()) == pytest.approx(wanted, abs=1e-8)


def test_a_month_with_very_many_events_counts_with_all_of_them():
    many = MOST_COUNT + 5
    case = opened(case_of({"e": events("e")}, events=several([many, *[0] * (STEPS - 1)])))
    z = case.z(3)
    numbers = case.numbers(z)
    rate, size = numbers["rate.e"], numbers["dispersion.e"]
    doubted = stats.binom.pmf(np.arange(many + 1), many, INCLUSION["high"])
    allowed = sorted([np.log(negative_binomial(many, rate, size)),
                      np.log(doubted @ negative_binomial(np.arange(many + 1), rate, size))])  # fmt: skip
    found = float(case.terms(case.evidence(), z).events[0, 0])
    assert allowed[0] - 1e-6 <= found <= allowed[1] + 1e-6


def test_the_rate_of_events_that_do_not_cluster_has_the_posterior_of_conjugacy():
    rng = np.random.default_rng(0)
    counts = np.minimum(rng.poisson(1.0, size=120), MOST_COUNT)
    case = opened(case_of({"e": events("e", rate=1.2, dispersion=1e6)}, events=several(counts), steps=120))
    certain = np.full((case.layout.most + 1, 1, 120), -60.0)
    for t, count in enumerate(counts):
        certain[count, 0, t] = 0.0
    evidence = dataclasses.replace(case.evidence(), log_chances=jnp.asarray(certain))
    place = case.model.parameter_names.index("rate.e")
    grid = np.linspace(-5, 5, 201)
    points = jnp.asarray(np.eye(len(case.model.priors))[place][None] * grid[:, None])
    rates = 1.2 * np.exp(case.model.priors[place].spread * grid)
    prior = stats.gamma(a=9.0, scale=0.15)  # in the place of the log-normal; the grid is even in log(rate)
    logs = np.asarray(jax.vmap(lambda z: case.terms(evidence, z).events.sum())(points))
    logs = logs + prior.logpdf(rates) + np.log(rates)
    weights = np.exp(logs - logs.max())
    mean = weights @ rates / weights.sum()
    spread = np.sqrt(weights @ (rates - mean) ** 2 / weights.sum())
    posterior = stats.gamma(prior.kwds["a"] + counts.sum(), scale=1 / (1 / prior.kwds["scale"] + 120))
    assert mean == pytest.approx(posterior.mean(), abs=1e-3 * posterior.std())
    assert spread == pytest.approx(posterior.std(), rel=1e-3)


# ----------------------------------------------------------------------------- status


def test_a_status_has_the_likelihood_of_its_hazards():
    changes = {0: 0.0, 3: 1.0, 5: 0.0, 9: 1.0}
    series = [value("state", month(t), x) for t, x in changes.items()]
    quantities = {
        "s": {"title": "A status", "kind": "status", "unit": "dimensionless", "onset": 0.1, "end": 0.3,
              "record": tied("state", "step from")},
        "e": events("e"),
    }  # fmt: skip
    counts = [0, 2, 1, 0, 1, 0, 0, 3, 0, 0, 1, 0]
    case = opened(case_of(quantities, [claim("push", "e", "s", "+")], series, several(counts)))
    z = case.z(2)
    numbers = case.numbers(z)
    rate = case.model.quantities["e"].numbers["rate"]
    state, wanted, cause = 0, 0.0, 0.0
    for t in range(STEPS):
        push = numbers["weight.push"] * cause
        chance = (
            1 - (1 - numbers["end.s"]) ** np.exp(-push)
            if state
            else 1 - (1 - numbers["onset.s"]) ** np.exp(push)
        )
        now = int(changes.get(t, state))
        wanted += np.log(chance if now != state else 1 - chance)
        state = now
        seen = INCLUSION["high"] * counts[t]
        cause = (np.log1p(seen) - np.log1p(rate)) / (np.log1p(rate + 1) - np.log1p(rate))
    assert float(case.terms(case.evidence(), z).statuses.sum()) == pytest.approx(wanted, abs=1e-8)


@pytest.mark.parametrize("normal", [-3.0, 0.0, 3.0])
def test_coordinates_leave_the_first_value_as_wide_as_it_is_whatever_the_noise(normal):
    case = opened(
        case_of({"x": level(half_life=1, record=tied("seen"))}, series=[value("seen", month(11), 0.2)])
    )
    z = case.z().at[case.model.parameter_names.index("noise.x")].set(normal)

    def first(e):
        sight = path_of(case.model, case.layout, case.evidence(), z, e[None], jnp.ones(0)).sight
        return sight.rows([("z:x", 0)])[0, 0]

    slopes = np.asarray(jax.jacfwd(first)(jnp.zeros(STEPS)))
    assert (slopes**2).sum() == pytest.approx(FIRST_SPREAD**2, rel=0.05)


# ------------------------------------------------------------------------------ share


def crowds():
    """A share that is seen in two months and pushed by a level that it pushes itself."""
    share = {"title": "A share", "kind": "share", "unit": "dimensionless", "population": 1000, "swing": 0.1,
             "thresholds": {"mean": 0.3, "sd": 0.12}, "adjustment": 0.6, "noise": 0.5,
             "record": tied("crowd")}  # fmt: skip
    series = [value("crowd", month(3), 0.05), value("crowd", month(7), 0.12), value("seen", month(5), 0.5)]
    claims = [claim("back", "share", "x", "-"), claim("forth", "x", "share", "+")]
    return opened(case_of({"share": share, "x": level(record=tied("seen"))}, claims, series))


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_a_share_has_the_density_of_its_path_times_the_change_of_variables(seed):
    case = crowds()
    evidence, z = case.evidence(), case.z(seed)
    model, layout = case.model, case.layout
    e = jnp.asarray(np.random.default_rng(4).normal(size=(len(layout.paths), STEPS)) * 0.7)
    on = jnp.ones(len(model.claims))
    row = layout.paths.index("share")

    def path(own):
        sight = path_of(model, layout, evidence, z, e.at[row].set(own), on).sight
        return sight.rows([("x:share", 0)])[0]

    laid = path_of(model, layout, evidence, z, e, on)
    said = predict_all(model, laid.sight, pack(model, laid.rows), Inputs())
    place = next(i for i, group in enumerate(model.groups) if "share" in group.names)
    own = {key: rows[model.groups[place].names.index("share")] for key, rows in said[place].items()}
    density = kinds.density_share(model.quantities["share"], own, path(e[row])).sum()
    slope = np.linalg.slogdet(np.asarray(jax.jacfwd(path)(e[row])))[1]
    found = case.terms(evidence, z, e.ravel()).shares.sum()
    assert float(found) == pytest.approx(float(density + slope), abs=1e-6)
