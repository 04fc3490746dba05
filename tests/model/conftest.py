"""Tests of the model compare with closed forms, so they count in double precision."""

import jax
import pytest


@pytest.fixture(scope="module", autouse=True)
def x64():
    """Double precision for the tests of this folder alone; what ran before finds its own setting again."""
    with jax.enable_x64(True):
        yield
