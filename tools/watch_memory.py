"""Look at the memory of a process and of all that it starts until the input ends; print the peak in MB.

    python tools/watch_memory.py PROCESS

Pages that several processes share are counted once (the sum of Pss, on Linux only; elsewhere it prints 0).
"""

from __future__ import annotations

import select
import sys
from pathlib import Path

PROC = Path("/proc")
EVERY = 0.25
"""Seconds between two looks."""


def main(process: int) -> int:
    """Print the peak."""
    peak = 0
    while not select.select([sys.stdin], [], [], EVERY)[0]:
        peak = max(peak, held(process))
    sys.stdout.write(f"{peak / 1024:.0f}\n")
    return 0


def held(process: int) -> int:
    """Return the kB that a process and those below it hold; one that has ended meanwhile holds none."""
    try:
        lines = (PROC / str(process) / "smaps_rollup").read_text().splitlines()
        children = (PROC / str(process) / "task" / str(process) / "children").read_text().split()
    except OSError:
        return 0
    own = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return own + sum(held(int(child)) for child in children)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
