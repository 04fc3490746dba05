"""Run an ensemble: block after block on all cores, summed up as it goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from xarray import Dataset

from shatterbelt.case.types import Case
from shatterbelt.errors import RequestError
from shatterbelt.futures.block import BLOCK, Block, Sums
from shatterbelt.futures.branches import Branch, check_branches, default_branches
from shatterbelt.futures.dataset import Totals, make_dataset
from shatterbelt.futures.devices import cores, prepare
from shatterbelt.futures.fitted import Fitted
from shatterbelt.futures.questions import Question, questions_of
from shatterbelt.futures.world import Given, Span, make_given, span_of
from shatterbelt.model.compile import compile_case
from shatterbelt.model.parts import Model

Progress = Callable[[int, int], None]
"""Called with the futures done and the futures wanted."""

SAMPLE_PATHS = 24
"""Whole paths that are kept."""
MOST_FUTURES = 100_000_000
GRID = np.array([
    0.002, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.075, 0.1, 0.125, 0.15,
    0.2, 0.225, 0.25, 0.275, 0.3, 0.35, 0.4, 0.45, 0.475, 0.5,
])  # fmt: skip
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
    fits: tuple[Fitted | None, ...]


def run_futures(  # noqa: PLR0913  # one keyword for each thing that a run can be told
    case: Case,
    as_of: dt.date | None = None,
    branches: Sequence[Branch] = (),
    *,
    futures: int = 10_000,
    seed: int = 0,
    until: str | None = None,
    progress: Progress | None = None,
    threads: int | None = None,
    fits: Sequence[Fitted | None] = (),
) -> Dataset:
    """Run futures of a case and return their summary.

    Parameters are drawn from their priors or taken from a fit, the past from the record as known on the
    as-of date (and the fit), and every later step from the model. The same seed gives the same
    futures, whatever the number of futures or threads; all branches share their random numbers.

    Args:
        case: a checked case.
        as_of: the day of the view; without it the end of the record.
        branches: what to run, the first being what the others are compared with; without them one
            branch for each narrative of the case (`default_branches`).
        futures: how many, for each branch.
        seed: a whole number from 0 to 2**31 - 1.
        until: last month; without it the case's horizon after the as-of date.
        progress: told how far the run is.
        threads: how many blocks to compute at once; without it one for each core.
        fits: for each branch its fit as of the same date, or None for its priors.

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
    prepare()
    chosen = tuple(branches) or default_branches(case)
    check_branches(case, chosen)
    span = span_of(case, as_of, until)
    model = compile_case(case)
    questions = questions_of(case, span, explicit=as_of is not None)
    each = tuple(fits) or (None,) * len(chosen)
    run = Run(case, model, span, chosen, questions, futures, seed, each)
    totals = _run_blocks(run, threads or cores(), progress)
    dataset = make_dataset(run.case, run.model, run.span, run.branches, run.questions, totals, seed)
    notes = ["" if fit is None else fit.note or "fitted" for fit in each]
    dataset = dataset.assign_coords(fit=("branch", notes))
    dataset.attrs["fitted"] = int(all(notes))
    return dataset


def _run_blocks(run: Run, threads: int, progress: Progress | None) -> list[Totals]:
    """Run all blocks and return the totals of each branch; blocks are added up in their order."""
    length = run.span.calendar.length
    block = Block(run.model, run.questions, length)
    given = make_given(run.case, run.model, run.span, run.branches, run.seed, run.fits)
    kept = min(SAMPLE_PATHS, run.futures)
    totals = []
    for x in block.paths(jnp.uint32(run.seed), jnp.uint32(0), given):
        pilot = np.asarray(x)[:length]
        marks = _thresholds(pilot[..., : run.futures])
        totals.append(Totals(marks, pilot[..., :kept].copy(), np.asarray(block.codes(x))[:kept]))
    blocks = -(-run.futures // BLOCK)
    for i, sums in enumerate(_spread(run, block, given, totals, threads, blocks)):
        for total, one in zip(totals, sums, strict=True):
            total.add(one)
        if progress is not None:
            progress(min((i + 1) * BLOCK, run.futures), run.futures)
    return totals


def _spread(
    run: Run,
    block: Block,
    given: tuple[Given, ...],
    totals: list[Totals],
    threads: int,
    blocks: int,
) -> Iterator[list[Sums]]:
    """Yield the sums of all blocks in order, some of them computed at once."""
    marks = [jnp.asarray(total.thresholds) for total in totals]

    def one(i: int) -> list[Sums]:
        wanted = jnp.int32(min(BLOCK, run.futures - i * BLOCK))
        found = block.sums(jnp.uint32(run.seed), jnp.uint32(i), given, marks, wanted)
        return [jax.tree_util.tree_map(np.asarray, sums) for sums in found]

    with ThreadPoolExecutor(threads) as pool:
        ahead = 2 * threads
        waiting = [pool.submit(one, i) for i in range(min(blocks, ahead))]
        for i in range(blocks):
            done = waiting.pop(0).result()
            if i + ahead < blocks:
                waiting.append(pool.submit(one, i + ahead))
            yield done


def _thresholds(pilot: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the quantiles of some paths at `LEVELS`: [steps, quantities, thresholds]."""
    futures = pilot.shape[-1]
    ordered = np.sort(pilot, axis=-1)
    places = np.clip(np.round(LEVELS * (futures - 1)).astype(int), 0, futures - 1)
    return np.nan_to_num(ordered[..., places], nan=3e38, posinf=3e38, neginf=-3e38)
