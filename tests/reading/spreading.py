"""Read four documents by two processes and by one, and print what is read: ``spreading.py fork|spawn``."""

import multiprocessing
import os
import sys

if __name__ == "__main__":
    os.environ["OPENBLAS_NUM_THREADS"] = "1" if sys.argv[1] == "fork" else "2"

from reading.making import document
from shatterbelt.reading import reader, spread

LINES = (
    "Police arrested 300 miners in Minsk.",
    "Dearer gas led to protests.",
    "",
    "The EU imposed sanctions.",
)


def main(start):
    if start == "spawn":
        reader.way = spread.way = lambda: "spawn"
    spread.WORTH.update(fork=0, spawn=0)
    documents = [document(line, f"no-{number}") for number, line in enumerate(LINES)]
    ways = []
    context = multiprocessing.get_context
    multiprocessing.get_context = lambda way: ways.append(way) or context(way)
    for processes in (2, 1):
        statements = reader.read_documents(documents, [reader.RuleReader(processes=processes)]).statements
        assert ways == [start] or sys.platform != "linux"
        sys.stdout.write(f"{len(statements)} {[one.model_dump_json() for one in statements]}\n")


if __name__ == "__main__":
    main(sys.argv[1])
