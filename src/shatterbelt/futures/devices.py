"""Set JAX up for this machine: one host device a core, and compiled steps kept between runs."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any


@lru_cache(maxsize=1)
def prepare() -> None:
    """Ask JAX for one host device a core and for a cache of compiled code, unless the user has.

    Takes effect before JAX first computes; later it changes nothing. ``SHATTERBELT_CACHE`` names another
    folder for the cache, and an empty value turns it off.
    """
    import jax
    from platformdirs import user_cache_dir

    if "xla_force_host_platform_device_count" not in os.environ.get("XLA_FLAGS", ""):
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        try:
            jax.config.update("jax_num_cpu_devices", cores)
        except RuntimeError:  # JAX is running already: its devices stay as they are
            return
    folder = os.environ.get("SHATTERBELT_CACHE", str(Path(user_cache_dir("shatterbelt")) / "compiled"))
    if folder:
        jax.config.update("jax_compilation_cache_dir", folder)
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.5)


def host_devices() -> list[Any]:
    """Return the devices that futures are spread over."""
    import jax

    prepare()
    return list(jax.devices("cpu"))
