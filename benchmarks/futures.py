"""The Belarus case: futures a second, what drawing their random numbers takes, memory, and starting.

With ``--million``, 1,000,000 futures are run as well, and with ``--futures N`` this file is the program
whose memory is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

CASE = "belarus"
HERE = Path(__file__)


def speed(repeats: int = 3, blocks: int = 40) -> dict[str, float]:
    """Return futures a second over all steps on all cores, medians of interleaved repetitions.

    ``one branch`` and ``default branches`` count a future once for each branch; ``noise`` draws what one
    branch needs, ``jax noise`` the same numbers by `jax.random.normal`.
    """
    from shatterbelt.futures.devices import cores, prepare

    prepare()
    import jax
    import jax.numpy as jnp
    import numpy as np

    from shatterbelt.case import load_case
    from shatterbelt.futures.block import BLOCK, Block
    from shatterbelt.futures.branches import default_branches
    from shatterbelt.futures.ensemble import _thresholds
    from shatterbelt.futures.noise import keys
    from shatterbelt.futures.world import make_given, padded, span_of
    from shatterbelt.model.compile import compile_case

    case = load_case(CASE)
    model, branches = compile_case(case), default_branches(case)
    span = span_of(case, None, None)
    steps, rows = span.calendar.length, len(model.noise_names)
    given = make_given(case, model, span, branches, 0)
    block = Block(model, (), steps)
    seed, all_of = jnp.uint32(0), jnp.int32(BLOCK)
    marks = [jnp.asarray(_thresholds(np.asarray(x)[:steps])) for x in block.paths(seed, seed, given)]

    @jax.jit
    def by_jax(i: Any) -> Any:
        key = keys(seed, i)[1]
        return jax.lax.map(
            lambda t: jax.random.normal(jax.random.fold_in(key, t), (rows, BLOCK), jnp.float32),
            jnp.arange(padded(steps)),
        )

    work = {
        "one branch": lambda i: block.sums(seed, i, given[:1], marks[:1], all_of),
        "default branches": lambda i: block.sums(seed, i, given, marks, all_of),
        "noise": lambda i: block._draw(seed, i),
        "jax noise": by_jax,
    }
    rates: dict[str, list[float]] = {name: [] for name in work}
    with ThreadPoolExecutor(cores()) as pool:
        for repeat in range(repeats + 1):
            for name, one in work.items():
                many = blocks // len(given) if name == "default branches" else blocks
                start = time.perf_counter()
                list(pool.map(lambda i, one=one: jax.block_until_ready(one(jnp.uint32(i))), range(many)))
                each = len(given) if name == "default branches" else 1
                if repeat:  # the first compiles
                    rates[name].append(many * BLOCK * each / (time.perf_counter() - start))
    found = {name: statistics.median(rate) for name, rate in rates.items()}
    return {**found, "branches": float(len(given)), "steps": float(steps), "noisy": float(rows)}


def memory(futures: int) -> tuple[float, float]:
    """Return the peak memory in MiB and the seconds of a process of its own that runs one branch."""
    start = time.perf_counter()
    said = subprocess.run(
        [sys.executable, str(HERE), "--futures", str(futures)], check=True, capture_output=True, text=True
    ).stdout
    return float(json.loads(said)), time.perf_counter() - start


def _run_alone(futures: int) -> None:
    from shatterbelt.case import load_case
    from shatterbelt.futures import default_branches, run_futures

    case = load_case(CASE)
    run_futures(case, branches=default_branches(case)[:1], futures=futures)
    print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def starts(repeats: int = 3) -> dict[str, float]:
    """Return the seconds that commands take: help, and a run with an empty and with a filled cache."""
    with tempfile.TemporaryDirectory() as name:
        environment = {**os.environ, "SHATTERBELT_CACHE": str(Path(name) / "cache")}

        def seconds(*words: str) -> float:
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "shatterbelt", *words],
                check=True,
                env=environment,
                capture_output=True,
            )
            return time.perf_counter() - start

        run = ("run", CASE, "--out", str(Path(name) / "out"))
        return {
            "help": statistics.median(seconds("--help") for _ in range(repeats)),
            "cold": seconds(*run),
            "warm": seconds(*run),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--futures", type=int, help="run this many futures and print the peak memory")
    parser.add_argument("--million", action="store_true", help="run 1,000,000 futures as well")
    chosen = parser.parse_args()
    if chosen.futures:
        _run_alone(chosen.futures)
        return
    rates = speed()
    for name, rate in rates.items():
        print(f"{name:20} {rate:12,.0f}")
    for futures in (10_000, 100_000) + ((1_000_000,) if chosen.million else ()):
        peak, seconds = memory(futures)
        print(f"{futures:,} futures: {peak:,.0f} MiB at most, {seconds:.1f} s")
    if not chosen.million:
        print(f"1,000,000 futures would take about {1e6 / rates['one branch'] / 60:.1f} minutes (--million)")
    for name, seconds in starts().items():
        print(f"{name:20} {seconds:12.2f} s")


if __name__ == "__main__":
    main()
