"""What holds for all tests: one processor platform, and compiled code that is kept and shared."""

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Let all workers and programs that tests start keep compiled code beside pytest's own cache.

    Runs before anything imports JAX, which reads these when it is imported.
    """
    os.environ["JAX_PLATFORMS"] = "cpu"
    if config.cache is not None:
        folder = str(config.cache.mkdir("compiled"))
        os.environ["SHATTERBELT_CACHE"] = folder
        os.environ["JAX_COMPILATION_CACHE_DIR"] = folder
        os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0.2"
