"""Set JAX up for this machine: blocks run side by side on its cores, compiled steps are kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

ALONE = "--xla_cpu_multi_thread_eigen=false"
"""The flag by which XLA shares no array among threads."""


@lru_cache(maxsize=1)
def prepare() -> None:
    """Let every thread compute on its own, and keep compiled code between runs, unless told otherwise.

    Takes effect before JAX first computes; later it changes nothing. ``SHATTERBELT_CACHE`` names another
    folder for the cache, and an empty value turns it off.
    """
    import jax
    from platformdirs import user_cache_dir

    update: Callable[[str, object], None] = jax.config.update
    update("jax_cpu_enable_async_dispatch", False)
    _one_thread_each(lambda: jax.local_devices(backend="cpu"))
    folder = os.environ.get("SHATTERBELT_CACHE", str(Path(user_cache_dir("shatterbelt")) / "compiled"))
    if folder:
        update("jax_compilation_cache_dir", folder)
        update("jax_persistent_cache_min_compile_time_secs", 0.2)


def _one_thread_each(wake: Callable[[], object]) -> None:
    """Let XLA compute each computation on one thread, and as many side by side as there are cores.

    A step's arrays are small: to share one of them among threads costs more than to compute it. XLA
    reads its flags, and from ``NPROC`` how many threads it may start, once, when it wakes up.
    """
    before = {key: os.environ.get(key) for key in ("NPROC", "XLA_FLAGS")}
    os.environ["NPROC"] = before["NPROC"] or str(cores())
    os.environ["XLA_FLAGS"] = f"{ALONE} {before['XLA_FLAGS'] or ''}".strip()
    try:
        wake()
    finally:
        for key, value in before.items():
            if value is None:
                del os.environ[key]
            else:
                os.environ[key] = value


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
