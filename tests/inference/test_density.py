"""The density sees the past as the step does, and nothing of what came after the day."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import norm

from inference.cases import KINDS, case_of, day, every_kind, opened
from model.running import small_model
from shatterbelt.errors import RequestError
from shatterbelt.inference.judging import judged
from shatterbelt.inference.posterior import Fitter, Settings
from shatterbelt.model.past import initial_past, natural
from shatterbelt.model.path import past_of_path, past_of_rows
from shatterbelt.model.priors import parameters
from shatterbelt.model.start import starting_values

STEPS, KNOWN = 36, 25


@pytest.fixture(scope="module", autouse=True)
def x64():
    with jax.enable_x64(True):
        yield


@pytest.fixture(scope="module")
def case():
    return opened(scrambled(every_kind(STEPS), 0))


def scrambled(case, seed, after=None):
    """Return the case with other values in its record, of rows that were known after a day."""
    rng = np.random.default_rng(seed)
    rows = []
    for row in case.series:
        moved = row.value * np.exp(0.05 * rng.normal()) + (row.value == 0) * rng.normal()
        moved = 1.0 - row.value if row.series == "ban" else moved
        late = after is None or row.known > after
        rows.append(row.model_copy(update={"value": float(moved)}) if late else row)
    return case.model_copy(update={"series": tuple(rows)})


def some_coordinates(case, seed=3):
    return jnp.asarray(np.random.default_rng(seed).normal(size=case.size) * 0.5)


def path_of(model, steps=20, seed=0):
    """Return natural values of every quantity that is no formula."""
    rng = np.random.default_rng(seed)
    path = {}
    for name, part in model.quantities.items():
        if part.kind == "level":
            path[name] = natural(part, jnp.asarray(rng.normal(size=steps)))
        elif part.kind in {"events", "stock"}:
            path[name] = jnp.asarray(rng.poisson(1.5, steps).astype(float))
        elif part.kind in {"share", "constant"}:
            path[name] = jnp.asarray(rng.uniform(0.05, 0.9, steps))
        elif part.kind != "formula":
            path[name] = jnp.asarray((rng.random(steps) < 0.4).astype(float))
    return path


def test_rows_are_laid_out_as_a_path_is():
    model = small_model()
    values = parameters(model, jnp.zeros(len(model.priors)))
    start = starting_values(model, values, {"vote": jnp.asarray(0.0)})
    path = path_of(model)
    rows = [
        None if group.kind == "formula" else jnp.stack([path[name] for name in group.names])
        for group in model.groups
    ]
    wanted = [(key, lag) for key, track in model.tracks.items() for lag in range(1, track.depth + 1)]
    wanted += [(f"{scale}:{name}", 0) for scale in "xz" for name in model.order]
    laid = past_of_rows(model, rows, initial_past(model, start), (20,))
    formulas = [name for name, part in model.quantities.items() if part.kind == "formula"]
    path |= dict(zip(formulas, laid.rows([(f"x:{name}", 0) for name in formulas]), strict=True))
    by_path = np.asarray(past_of_path(model, path, start).rows(wanted))
    np.testing.assert_allclose(np.asarray(laid.rows(wanted)), by_path, rtol=1e-12, atol=1e-12)


def with_formulas(**formulas):
    """Return a small case whose formulas look back on a share, and on each other."""
    kinds = {
        name: {"title": name, "kind": "formula", "unit": "dimensionless", "formula": text}
        for name, text in formulas.items()
    }
    return case_of({"crowd": KINDS["crowd"], **kinds}, steps=6)


def test_a_formula_that_delays_a_share_or_a_later_formula_follows_along_a_path():
    model = judged(with_formulas(echo="delay(crowd, 1) + delay(late, 2)", late="2 * smooth(crowd, 3)"))
    path = jnp.asarray([0.1, 0.3, 0.2, 0.4, 0.6, 0.5])
    start = {"crowd": 0.1, "echo": 0.3, "late": 0.2}
    rows = [None if group.kind == "formula" else lambda _: path[None] for group in model.groups]
    sight = past_of_rows(model, rows, initial_past(model, start), (6,))
    late = np.asarray(sight.x("late"))
    assert late[0] == pytest.approx(0.2)
    assert np.ptp(late) > 0.1
    delayed = np.array([0.1, *path[:-1]]) + np.array([0.2, 0.2, *late[:-2]])
    np.testing.assert_allclose(np.asarray(sight.x("echo")), delayed, rtol=1e-12)
    by_path = past_of_path(model, {"crowd": path}, start)
    np.testing.assert_allclose(np.asarray(by_path.x("echo")), delayed, rtol=1e-12)


@pytest.mark.parametrize(
    "formulas",
    [{"ring": "0.5 * delay(ring, 1) + crowd"}, {"ring": "delay(other, 1)", "other": "ring + crowd"}],
)
def test_a_fit_of_a_formula_that_looks_back_on_itself_is_refused_by_name(formulas):
    case = with_formulas(**formulas)
    with pytest.raises(RequestError, match=r"^ring.*let one of them be a stock"):
        Fitter(case).fit(None, (), Settings(quick=True))
    with pytest.raises(RequestError, match=r"look back on themselves: ring.*smooth\(\.\.\., steps\)"):
        past_of_path(judged(case), {"crowd": jnp.zeros(6)}, dict.fromkeys(("crowd", "ring", "other"), 0.0))


def test_the_density_of_a_case_with_every_kind_is_finite_and_so_is_its_slope(case):
    evidence, e = case.evidence(), some_coordinates(case)
    slope = jax.grad(lambda z, e: case.terms(evidence, z, e).total, argnums=(0, 1))
    for part in slope(case.z(1), e):
        assert np.isfinite(np.asarray(part)).all()


def test_what_came_after_the_day_changes_no_bit(case):
    on, later = day(KNOWN - 1), scrambled(case.case, 1, after=day(KNOWN - 1))
    before, after = case.evidence(on), case.evidence(on, later)
    for one, other in zip(jax.tree.leaves(before), jax.tree.leaves(after), strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
    z, e = case.z(2), some_coordinates(case)
    assert case.terms(before, z, e).total == case.terms(after, z, e).total
    whole, other = case.evidence(), case.evidence(None, later)
    assert case.terms(whole, z, e).total != case.terms(other, z, e).total


def test_coordinates_beyond_the_day_are_standard_normals_and_nothing_else(case):
    evidence, z, e = case.evidence(day(KNOWN - 1)), case.z(2), some_coordinates(case)
    beyond = (np.arange(STEPS) >= KNOWN)[None] * np.ones((len(case.layout.paths), 1))
    other = jnp.where(beyond.ravel() > 0, some_coordinates(case, 9), e)
    found = float(case.terms(evidence, z, other).total - case.terms(evidence, z, e).total)
    assert found == pytest.approx(float(norm.logpdf(other).sum() - norm.logpdf(e).sum()), abs=1e-8)


def test_a_claim_that_is_off_has_no_weight_in_the_density(case):
    from shatterbelt.inference.density import log_density

    evidence, z, e = case.evidence(), case.z(4), some_coordinates(case).reshape(-1, STEPS)
    off = jnp.ones(len(case.model.claims)).at[0].set(0.0)
    moved = z.at[0].set(3.0)
    one, other = (log_density(case.model, case.layout, evidence, at, e, off).total for at in (z, moved))
    assert float(one) == float(other)
