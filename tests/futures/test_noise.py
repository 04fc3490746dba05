"""Noise is JAX's own, whatever the number of steps."""

import jax
import jax.numpy as jnp
import numpy as np

from shatterbelt.futures.noise import keys, step_noise


def test_every_steps_numbers_are_those_of_jax_random():
    key = keys(jnp.uint32(5), jnp.uint32(9))[1]
    drawn = step_noise(key, 3, 7, 32)
    for t in range(3):
        wanted = jax.random.normal(jax.random.fold_in(key, t), (7, 32), jnp.float32)
        np.testing.assert_allclose(drawn[t], wanted, rtol=1e-6, atol=1e-7)


def test_more_steps_change_no_number():
    key = keys(jnp.uint32(5), jnp.uint32(9))[1]
    np.testing.assert_array_equal(step_noise(key, 5, 3, 32)[:2], step_noise(key, 2, 3, 32))
