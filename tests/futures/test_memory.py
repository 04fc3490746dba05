"""Futures are summed up as they come: more of them need no more memory."""

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]

PROGRAM = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from futures import toys
from shatterbelt.futures import run_futures

case = toys.toy_case()
for futures in (512, 512, 10_240):
    run_futures(case, futures=futures, until="2043-01", threads=1)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
STEPS, QUANTITIES = 512, 4
ALL_PATHS = STEPS * QUANTITIES * 10_240 * 4 / 1024
"""Kilobytes that all paths would take at once."""


def test_twenty_times_the_futures_take_hardly_more_memory():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(TESTS)], capture_output=True, text=True, check=True, timeout=300
    )
    _, before, after = (int(line) for line in done.stdout.split())
    assert after - before < ALL_PATHS / 3
