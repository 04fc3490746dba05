"""What the sampler's steps must keep they keep, draws are of the density asked, and steps find their size."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from arviz_stats.base.array import array_stats
from numpyro.infer.hmc_util import IntegratorState
from scipy.special import ndtr, ndtri

from shatterbelt.inference.sampling import Mode, Slope, straight
from shatterbelt.inference.trajectories import Pace, Sampler, settled, turned

START = jnp.asarray([0.8, -1.5, 0.3]), jnp.asarray([-0.4, 1.1, 2.0])


def hill(s):
    return 0.5 * (s @ s) + 0.2 * jnp.cos(2 * s[0] + s[1]) + 0.1 * s[2] ** 4


def moved(potential, size, count=1):
    """Return what steps make of a place and speed, both together."""
    step, both = turned(jax.value_and_grad(potential)), jax.value_and_grad(potential)

    def move(place, speed):
        at = IntegratorState(place, speed, *both(place))
        for _ in range(count):
            at = step(jnp.asarray(size), None, at)
        return jnp.stack([at.z, at.r])

    return move


@pytest.mark.parametrize("size", [0.1, 1.0, 2.5])
def test_a_step_on_a_standard_normal_is_exact_whatever_its_length(size):
    with jax.enable_x64(True):
        place, speed = (jnp.asarray(np.asarray(one, float)) for one in START)
        found = moved(lambda s: 0.5 * (s @ s), size)(place, speed)
        wanted = [np.cos(size) * place + np.sin(size) * speed, np.cos(size) * speed - np.sin(size) * place]
        np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_steps_run_back_to_where_they_came_from_and_keep_volume():
    with jax.enable_x64(True):
        place, speed = (jnp.asarray(np.asarray(one, float)) for one in START)
        move = moved(hill, 0.4, count=7)
        there = move(place, speed)
        back = move(there[0], -there[1])
        np.testing.assert_allclose(back, [place, -speed], atol=1e-12)
        slopes = jax.jacobian(lambda x: move(x[:3], x[3:]).ravel())(jnp.concatenate([place, speed]))
        assert abs(np.linalg.det(slopes)) == pytest.approx(1.0, abs=1e-10)


def test_a_steps_error_of_energy_falls_with_the_square_of_its_size():
    with jax.enable_x64(True):
        place, speed = (jnp.asarray(np.asarray(one, float)) for one in START)

        def off(count):
            there = moved(hill, 1.0 / count, count)(place, speed)
            return abs(hill(there[0]) + 0.5 * there[1] @ there[1] - hill(place) - 0.5 * speed @ speed)

        assert off(20) < 0.01
        assert off(20) / off(40) == pytest.approx(4.0, rel=0.1)


def test_straightened_coordinates_lead_there_and_back_and_have_the_slope_of_what_they_stand_for():
    with jax.enable_x64(True):
        rng = np.random.default_rng(1)
        directions = np.linalg.qr(rng.standard_normal((6, 2)))[0]
        at = straight(Mode(rng.standard_normal(6), directions, np.array([9.0, 4.0])), 3)
        places = rng.standard_normal((500, 6)) * np.array([1.0, 3.0, 1.0, 1.1, 0.5, 1.0])
        wider = at.widened(places[:, :4].astype(np.float32))
        assert np.asarray(wider.width) == pytest.approx(
            [1.0, places[:, 1].std(), 1.0, 1.0, 1.0, 1.0], rel=1e-6
        )
        s = jnp.asarray(rng.standard_normal(6))
        for one in (at, wider):
            np.testing.assert_allclose(one.back(one(s)), s, atol=1e-5)
            wanted = jax.grad(lambda s, one=one: jnp.sin(one(s)).sum())(s)
            np.testing.assert_allclose(one.slope(jnp.cos(one(s))), wanted, atol=1e-6)
        # Along a direction three times as stiff as a standard normal a step of 1 goes a third as far.
        ahead = at(jnp.asarray(directions[:, 0])) - at(jnp.zeros(6))
        np.testing.assert_allclose(ahead, directions[:, 0] / 3, atol=1e-6)


def test_draws_are_of_the_density_whichever_directions_were_straightened():
    """Two numbers hang together (one is wide, one narrow); the third is the logarithm of a gamma one."""
    cov = np.array([[4.0, 1.7], [1.7, 1.0]])
    sharp = jnp.asarray(np.linalg.inv(cov), jnp.float32)

    def potential(x, data):
        apart = x[:2] - jnp.asarray([1.0, -2.0])
        return 0.5 * apart @ sharp @ apart - data * x[2] + jnp.exp(x[2])

    shape = jnp.asarray(5.0)
    values, vectors = np.linalg.eigh(np.linalg.inv(cov))
    stiff = np.zeros((3, 1))
    stiff[:2, 0] = vectors[:, -1]
    at = straight(Mode(np.array([1.0, -2.0, 1.5]), stiff, values[-1:]), 2)
    sampler = Sampler(Slope(potential), 6)
    state = sampler.begin(jax.random.PRNGKey(4), np.zeros(3, np.float32), shape, at)
    draws = []
    for _ in range(3000):
        state = sampler.step(state, shape, at, 0.35)
        draws.append(sampler.point(state, at))
    drawn = np.array(draws[100:], float)
    drawn[:, 2] = np.exp(drawn[:, 2])
    for i, (mean, sd) in enumerate([(1.0, 2.0), (-2.0, 1.0), (5.0, 5.0**0.5)]):
        size = float(array_stats.ess(drawn[None, :, i], chain_axis=0, draw_axis=1))
        assert size > 400
        assert drawn[:, i].mean() == pytest.approx(mean, abs=4 * sd / size**0.5)
        assert drawn[:, i].std() == pytest.approx(sd, rel=5 / size**0.5)
    assert np.corrcoef(drawn[:, :2].T)[0, 1] == pytest.approx(0.85, abs=0.05)


@pytest.mark.parametrize("first", [0.001, 0.05, 1.0])
def test_steps_settle_at_the_size_at_which_as_many_are_taken_as_one_wants(first):
    rng = np.random.default_rng(3)
    pace = Pace(first, 0.8)
    for _ in range(120):
        share = 2.0 * ndtr(-30.0 * pace.size**2) + 0.15 * rng.standard_normal()
        pace.hear(float(np.clip(share, 0.0, 1.0)))
    wanted = np.sqrt(-ndtri(0.4) / 30.0)
    assert settled([pace], 0.8) == pytest.approx(wanted, rel=0.15)
    stuck = Pace(first, 0.8)
    for i in range(120):
        stuck.hear(0.0 if 50 < i < 65 else float(2.0 * ndtr(-30.0 * stuck.size**2)))
    assert settled([pace, stuck], 0.8) == pytest.approx(wanted, rel=0.15)


def test_steps_settle_by_the_mean_share_that_is_taken_where_some_are_refused_at_any_size():
    refused, paces = 0.1, [Pace(0.05, 0.8) for _ in range(8)]
    for seed, pace in enumerate(paces):
        rng = np.random.default_rng(seed)
        for _ in range(120):
            share = 2.0 * ndtr(-30.0 * pace.size**2) + 0.1 * rng.standard_normal()
            pace.hear(float(rng.random() > refused) * float(np.clip(share, 0.0, 1.0)))
    wanted = np.sqrt(-ndtri(0.4 / (1.0 - refused)) / 30.0)
    assert settled(paces, 0.8) == pytest.approx(wanted, rel=0.1)
