"""Time the reading of documents: words a second, memory, and how long the first statement takes when cold.

    python tools/time_reading.py [FILES]...

Reads the articles of our own (or FILES), four times over, by parser, encoder and rules as ``shatterbelt
read`` does. Prints words a second of wall-clock time, the same of processor time, the peak of memory, and the
seconds that a new process takes from its start to the first statement. The times include that of starting the
two processes. The memory is what this process and those that it starts hold together, looked at four times a
second, pages that they share counted once (Linux; the sum of Pss).
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported, as `shatterbelt read` does

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from annotated import ARTICLES, articles
from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.documents.loading import load_all, load_document
from shatterbelt.reading.reader import RuleReader, read_documents

COPIES = 4
COLD = """
import sys
from shatterbelt.documents.loading import load_document
from shatterbelt.reading.reader import RuleReader
text = b"Police arrested 300 miners in Minsk because the union had called a strike."
assert RuleReader().read(load_document(text, id="one", name="one"))
"""
WATCH = Path(__file__).with_name("watch_memory.py")


def main(files: list[str]) -> int:
    """Print the figures."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", COLD], check=True)
    cold = time.perf_counter() - started
    documents = load_all(files)[0] if files else _own()
    many = [replace(one, id=f"{one.id}-{copy}") for copy in range(COPIES) for one in documents]
    words = sum(
        len(one.text.characters[block.start : block.end].split()) for one in many for block in one.body
    )
    watch = [sys.executable, str(WATCH), str(os.getpid())]
    with subprocess.Popen(watch, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as watcher:
        started, used = time.perf_counter(), _processor()
        reading = read_documents(many, [RuleReader(processes=2)])
        taken, used = time.perf_counter() - started, _processor() - used
        memory = int(watcher.communicate("")[0])
    sys.stdout.write(
        f"{words:,} words, {len(reading.statements):,} statements: {words / taken:,.0f} words/s, "
        f"{words / used:,.0f} for each second of a core; {memory:,} MB; "
        f"cold, from the start to the first statement: {cold:.1f} s\n"
    )
    return 0


def _processor() -> float:
    """Return the seconds of processor time of this process and of those it started and that have ended."""
    return sum(os.times()[:4])


def _own() -> list[LoadedDocument]:
    paths = [one for part in ("train", "test") for one in articles(Path(ARTICLES / part))]
    return [load_document(one.text.encode(), id=one.name, name=one.name) for one in paths]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
