"""Views along a known path: fading sums, layers of causes, and guesses of what is not known yet."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from model.running import formula, level, model_of, share, small_model
from model.small import claim
from shatterbelt.model.fading import filtered
from shatterbelt.model.graph import groups_of_map, layers_of
from shatterbelt.model.past import initial_past
from shatterbelt.model.path import past_of_path, past_of_rows
from shatterbelt.model.priors import parameters
from shatterbelt.model.start import starting_values


@pytest.fixture(scope="module", autouse=True)
def x64():
    with jax.enable_x64(True):
        yield


@pytest.mark.parametrize("shape", [(1,), (2,), (17,), (218,), (30, 4)])
def test_a_fading_sum_is_what_adding_step_by_step_gives(shape):
    rng = np.random.default_rng(1)
    decay = np.array([0.0, 0.3, 0.97, 1.0])
    source = rng.standard_normal((4, *shape))
    wanted, held = np.zeros_like(source), np.zeros((4, *shape[1:]))
    for t in range(shape[0]):
        held = decay.reshape(-1, *[1] * (len(shape) - 1)) * held + source[:, t]
        wanted[:, t] = held
    np.testing.assert_allclose(
        np.asarray(filtered(jnp.asarray(source), decay)), wanted, rtol=1e-9, atol=1e-12
    )


def test_a_fading_sum_of_no_rows_is_none():
    assert filtered(jnp.zeros((0, 9)), np.zeros(0)).shape == (0, 9)


def test_a_ring_of_causes_is_cut_at_the_one_for_which_the_most_wait():
    quantities = {name: level() for name in ("first", "second", "hub", "other")}
    claims = [
        claim("a", "hub", "first"),
        claim("b", "hub", "second"),
        claim("c", "hub", "other"),
        claim("d", "other", "hub"),
    ]
    assert layers_of(model_of(quantities, claims), list(quantities)) == (
        ("hub",),
        ("first", "second", "other"),
    )


def test_a_view_in_which_one_quantity_moved_shows_nothing_else_moved():
    model = small_model()
    rng = np.random.default_rng(2)
    start = starting_values(
        model, parameters(model, jnp.zeros(len(model.priors))), {"vote": jnp.asarray(0.0)}
    )
    name = next(name for name, part in model.quantities.items() if part.kind == "level")
    path = {
        other: jnp.asarray(start[other] + 0.01 * rng.standard_normal(12))
        for other, part in model.quantities.items()
        if part.kind != "formula"
    }
    sight = past_of_path(model, path, start)
    wanted = [(f"{scale}:{other}", 0) for scale in "xz" for other in model.order]
    wanted += [(key, lag) for key, track in model.tracks.items() for lag in range(1, track.depth + 1)]
    apart = np.asarray(sight.moved(name, 0.5).rows(wanted) - sight.rows(wanted))
    touched = {key for (key, _), row in zip(wanted, apart, strict=True) if np.abs(row).max() > 0}
    assert touched == {f"x:{name}", f"z:{name}"}
    np.testing.assert_allclose(apart[wanted.index((f"z:{name}", 0))], 0.5, rtol=1e-12)


def test_until_a_share_is_known_what_hangs_on_it_follows_from_a_guess():
    quantities = {"mood": level(), "crowd": share(), "force": formula("10 * delay(crowd, 1)")}
    model = model_of(quantities, [claim("a", "force", "mood"), claim("b", "mood", "crowd")])
    model = model.__class__(**{**vars(model), "groups": groups_of_map(model, [["mood"]])})
    start = {"mood": 0.0, "crowd": 0.1, "force": 1.0}
    guess, real, read = jnp.full((1, 5), 0.2), jnp.full((1, 5), 0.3), {}

    def laid(kind):
        def given(sight):
            read[kind] = np.asarray(sight.rows([("x:force", 0)]))[0]
            return real if kind == "share" else jnp.zeros((1, 5))

        return given

    rows = [None if group.kind == "formula" else laid(group.kind) for group in model.groups]
    names = next(group.names for group in model.groups if group.kind == "share")
    whole = past_of_rows(model, rows, initial_past(model, start), (5,), {names: guess})
    np.testing.assert_allclose(read["level"], [1.0, 2.0, 2.0, 2.0, 2.0])
    np.testing.assert_allclose(np.asarray(whole.x("force")), [1.0, 3.0, 3.0, 3.0, 3.0])
    past_of_rows(model, rows, initial_past(model, start), (5,))
    np.testing.assert_allclose(read["level"], 0.0)
