"""Run an ensemble: block after block over all devices, summed up as it goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from xarray import Dataset

from shatterbelt.case.types import Case
from shatterbelt.errors import RequestError
from shatterbelt.futures.block import BLOCK, Sums, simulator
from shatterbelt.futures.branches import Branch, check_branches, default_branches
from shatterbelt.futures.dataset import Totals, make_dataset
from shatterbelt.futures.devices import host_devices
from shatterbelt.futures.questions import Question, questions_of
from shatterbelt.futures.world import Span, World, make_world, span_of
from shatterbelt.model.compile import compile_case
from shatterbelt.model.parts import Model

Progress = Callable[[int, int], None]
"""Called with the futures done and the futures wanted."""

SAMPLE_PATHS = 24
"""Whole paths that are kept."""
PILOT = 512
"""Futures of the first block from which the thresholds are chosen at which all are counted."""
MOST_FUTURES = 100_000_000
GRID = np.array(
    [0.002, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.075, 0.1, 0.125, 0.15, 0.2, 0.225, 0.25, 0.275, 0.3]
    + [0.35, 0.4, 0.45, 0.475, 0.5]
)
LEVELS = np.concatenate([GRID, 1 - GRID[-2::-1]])
"""Probabilities of the pilot's quantiles that become thresholds; dense where quantiles are reported."""


@dataclass(frozen=True)
class Run:
    """What an ensemble is run with."""

    case: Case
    model: Model
    span: Span
    branches: tuple[Branch, ...]
    questions: tuple[Question, ...]
    futures: int
    seed: int


def run_futures(
    case: Case,
    as_of: dt.date | None = None,
    narratives: Sequence[str] = (),
    branches: Sequence[Branch] = (),
    futures: int = 10_000,
    seed: int = 0,
    until: str | None = None,
    progress: Progress | None = None,
    devices: int | None = None,
) -> Dataset:
    """Run futures of a case and return their summary.

    Parameters are drawn from their priors, the past from the record as known on the as-of date, and
    every later step from the model. The same seed gives the same futures, whatever the number of
    futures or devices; all branches share their random numbers.

    Args:
        case: a checked case.
        as_of: the day of the view; without it the end of the record.
        narratives: the narratives to run, one branch each; without them all of the case's.
        branches: branches to run instead, the first being what the others are compared with.
        futures: how many, for each branch.
        seed: a whole number from 0 to 2**31 - 1.
        until: last month; without it the case's horizon after the as-of date.
        progress: told how far the run is.
        devices: how many of the host's devices to use; without it all.

    Returns:
        A dataset over branch, quantity, time, level, path, outcome and code; docs/futures.md lists its
        variables.

    Raises:
        RequestError: a name, date or number that the case does not have or cannot be.
    """
    if not 1 <= futures <= MOST_FUTURES:
        raise RequestError(f"futures is {futures}; allowed: 1 to {MOST_FUTURES}")
    if not 0 <= seed < 2**31:
        raise RequestError(f"seed is {seed}; allowed: a whole number from 0 to {2**31 - 1}")
    chosen = tuple(branches) or default_branches(case, narratives)
    check_branches(case, chosen)
    span = span_of(case, as_of, until)
    model = compile_case(case)
    questions = questions_of(case, span, explicit=as_of is not None)
    run = Run(case, model, span, chosen, questions, futures, seed)
    totals = _run_blocks(run, host_devices()[:devices], progress)
    return make_dataset(run.case, run.model, run.span, run.branches, run.questions, totals, seed)


def _run_blocks(run: Run, devices: list[Any], progress: Progress | None) -> Totals:
    """Run all blocks, in order of their sums, and return the totals."""
    steps = run.span.calendar.length
    sums, paths = simulator(run.model, run.questions, len(run.branches), steps)
    world = make_world(run.case, run.model, run.span, run.branches, run.seed)
    pilot, code = (np.asarray(part) for part in paths(run.seed, 0, world))
    thresholds = _thresholds(pilot, min(PILOT, run.futures))
    kept = min(SAMPLE_PATHS, run.futures)
    totals = Totals(thresholds, pilot[..., :kept], code[:, :kept])
    blocks = -(-run.futures // BLOCK)
    for i, one in enumerate(_spread(run, sums, world, thresholds, devices, blocks)):
        totals.add(one)
        if progress is not None:
            progress(min((i + 1) * BLOCK, run.futures), run.futures)
    return totals


def _spread(
    run: Run,
    sums: Callable[..., Sums],
    world: World,
    thresholds: NDArray[np.float32],
    devices: list[Any],
    blocks: int,
) -> Iterator[Sums]:
    """Yield the sums of all blocks in order, computed on all devices at once."""
    given = [jax.device_put((world, jnp.asarray(thresholds)), device) for device in devices]

    def block(i: int) -> Sums:
        there, marks = given[i % len(devices)]
        wanted = min(BLOCK, run.futures - i * BLOCK)
        numbers = jax.device_put(
            (jnp.uint32(run.seed), jnp.uint32(i), jnp.int32(wanted)), devices[i % len(devices)]
        )
        found = sums(numbers[0], numbers[1], there, marks, numbers[2])
        return Sums(**{field.name: np.asarray(getattr(found, field.name)) for field in fields(Sums)})

    with ThreadPoolExecutor(len(devices)) as pool:
        waiting = [pool.submit(block, i) for i in range(min(blocks, 2 * len(devices)))]
        for i in range(blocks):
            done = waiting.pop(0).result()
            if i + 2 * len(devices) < blocks:
                waiting.append(pool.submit(block, i + 2 * len(devices)))
            yield done


def _thresholds(pilot: NDArray[np.float32], futures: int) -> NDArray[np.float32]:
    """Return the pilot's quantiles at `LEVELS`: [branches, steps, quantities, thresholds]."""
    ordered = np.sort(pilot[..., :futures], axis=-1)
    places = np.clip(np.round(LEVELS * (futures - 1)).astype(int), 0, futures - 1)
    return np.nan_to_num(ordered[..., places], nan=3e38, posinf=3e38, neginf=-3e38)
