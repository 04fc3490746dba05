"""Check the method on records that cases make themselves; prints tables. See docs/checks.md.

python benchmarks/calibration.py sbc          # are ranks of the truth even? (300 records)
python benchmarks/calibration.py identify     # does the right narrative win? (100 records)
python benchmarks/calibration.py coverage     # do bands hold the truth in Belarus? (quick mode)
"""

from __future__ import annotations

import argparse
import dataclasses
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, chi2

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the small cases are those of the tests

from inference.cases import every_kind
from inference.rivals import LEAD, Identification, best_of, rivals
from shatterbelt.case import load_case
from shatterbelt.case.types import Case
from shatterbelt.inference.evidence import MOST_COUNT
from shatterbelt.inference.posterior import Fitter, Settings
from shatterbelt.inference.simulated import Simulated, simulate

Floats = NDArray[np.float64]

RANKS = 99
"""Draws among which the truth is ranked."""
BINS = 10
DRAWS = 6 * (RANKS + 1)
SAMPLER = Settings(chains=1, warmup=150, draws=DRAWS, most=DRAWS, depth=6)
QUICK = Settings(quick=True, chains=1, draws=2 * (RANKS + 1))
SHARES = (0.5, 0.8, 0.9)


def ranks(
    case: Case, records: int, settings: Settings, seed: int, seconds: float, part: int = 0, parts: int = 1
) -> tuple[list[str], Floats]:
    """Return the parameters' names, and ranks of the truth in 0 to `RANKS`, [records, parameters].

    Draws are taken evenly from all of a fit's, as neighbours hang together. Of the records only every so
    manieth is fitted where the work is shared.
    """
    fitter = Fitter(case)
    fitter.layout = dataclasses.replace(fitter.layout, most=MOST_COUNT)
    claims = [claim.id for claim in case.claims]
    made: list[Simulated] = []
    while len(made) < records:  # some are left out: see simulate
        made += simulate(case, claims, 2 * records, seed + 1000 * len(made))
    found: list[Floats] = []
    begun, every = time.monotonic(), settings.draws // (RANKS + 1)
    for one in made[part:records:parts]:
        fitter.case = one.case
        drawn = fitter.fit(None, claims, settings).rows[0][every::every][:RANKS]
        found.append((drawn < one.rows).sum(axis=0).astype(float))
        if len(found) % 20 == 0:
            print(f"  {len(found)} records, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        if time.monotonic() - begun > seconds:
            break
    return list(fitter.model.parameter_names), np.array(found)


def shared(
    case: Case, records: int, settings: Settings, seed: int, seconds: float, jobs: int
) -> tuple[list[str], Floats]:
    """Return the same from several processes, each of which fits its part of the records."""
    jobs = min(jobs, records)
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        asked = [pool.submit(ranks, case, records, settings, seed, seconds, k, jobs) for k in range(jobs)]
        found = [one.result() for one in asked]
    return found[0][0], np.concatenate([some for _, some in found])


def uneven(found: Floats) -> float:
    """Return the probability of ranks at least as uneven as these, were they even (chi-square)."""
    counts = np.histogram(found, BINS, (-0.5, RANKS + 0.5))[0]
    expected = found.size / BINS
    return float(chi2.sf(((counts - expected) ** 2 / expected).sum(), BINS - 1))


def held(found: Floats, share: float) -> tuple[int, int]:
    """Return in how many of the cases the central interval with a share holds the truth, and of how many."""
    side = (1 - share) / 2 * (RANKS + 1)
    return int(((found >= side) & (found < RANKS + 1 - side)).sum()), found.size


def table(names: list[str], found: Floats) -> None:
    """Print coverage for each sort of parameter, and how many single ones are uneven."""
    print(f"{len(found)} records, {found.shape[1]} parameters")
    print(f"{'sort':12} {'of':>6} " + " ".join(f"{f'{share:.0%} band holds':>24}" for share in SHARES))
    sorts = [name.partition(".")[0] for name in names]
    for sort in [*dict.fromkeys(sorts), "all"]:
        some = found[:, [sort in (one, "all") for one in sorts]]
        cells = []
        for share in SHARES:
            inside, of = held(some, share)
            low, high = binomtest(inside, of).proportion_ci()
            cells.append(f"{inside / of:6.1%} ({low:.1%}-{high:.1%})")
        print(f"{sort:12} {some.size:6} " + " ".join(f"{cell:>24}" for cell in cells))
    p = {name: uneven(found[:, i]) for i, name in enumerate(names)}
    bad = sorted((value, name) for name, value in p.items() if value < 0.05 / len(names))
    print(f"uneven ranks at 5 % over all parameters together: {len(bad)} of {len(names)}")
    for value, name in bad:
        counts = np.histogram(found[:, names.index(name)], BINS, (-0.5, RANKS + 0.5))[0]
        print(f"  {name:28} p = {value:.1e}  counts {' '.join(map(str, counts))}")


def identify(runs: int, seconds: float) -> None:
    """Print how often each narrative wins on records made under A, under B and under neither."""
    judge = Identification(rivals(), records=runs // 3 + 1)
    truths = ("a", "b", "neither")
    found: list[tuple[str, dict[str, float]]] = []
    begun = time.monotonic()
    while len(found) < runs and time.monotonic() - begun < seconds:
        truth = truths[len(found) % 3]
        found.append((truth, judge.evidence(truth, len(found) // 3)))
        if len(found) % 10 == 0:
            print(f"  {len(found)} runs, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    for lead, words in ((0.0, "highest evidence"), (LEAD, "ahead of all others by a factor of three")):
        won = [(truth, best_of(scores, lead)) for truth, scores in found]
        right = sum(truth == best for truth, best in won)
        print(f"{words}: right in {right} of {len(won)}")
        print(f"  {'made under':12} " + " ".join(f"{f'{name} wins':>14}" for name in (*truths, "open")))
        for truth in truths:
            counts = [won.count((truth, name)) for name in (*truths, "open")]
            print(f"  {truth:12} " + " ".join(f"{count:>14}" for count in counts))


def main() -> None:
    """Run one of the checks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("check", choices=("sbc", "identify", "coverage"))
    parser.add_argument("--records", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=1e9, help="stop after so long")
    parser.add_argument("--quick", action="store_true", help="sbc: the normal approximation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="processes (sbc, coverage)")
    given = parser.parse_args()
    if given.check == "identify":
        identify(given.records or 100, given.seconds)
        return
    quick = given.quick or given.check == "coverage"
    case = every_kind(48) if given.check == "sbc" else load_case("belarus")
    count = given.records or (300 if given.check == "sbc" else 10)
    table(*shared(case, count, QUICK if quick else SAMPLER, given.seed, given.seconds, given.jobs))


if __name__ == "__main__":
    main()
