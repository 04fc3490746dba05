"""Time the reading of documents: words a second, memory, and how long the first statement takes when cold.

    python tools/time_reading.py [FILES]...

Reads the articles of our own (or FILES), four times over, by parser, encoder and rules as ``shatterbelt
read`` does. Prints words a second of wall-clock time, the peak of memory, and the seconds that a new process
takes from its start to the first statement. The time includes that of starting the two processes; the memory
is the peak of this process and twice that of the larger one of them, pages that they share counted each time.
"""

from __future__ import annotations

import resource
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


def main(files: list[str]) -> int:
    """Print the three figures."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", COLD], check=True)
    cold = time.perf_counter() - started
    documents = load_all(files)[0] if files else _own()
    many = [replace(one, id=f"{one.id}-{copy}") for copy in range(COPIES) for one in documents]
    words = sum(
        len(one.text.characters[block.start : block.end].split()) for one in many for block in one.body
    )
    reader = RuleReader(processes=2)
    started = time.perf_counter()
    reading = read_documents(many, [reader])
    taken = time.perf_counter() - started
    who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    own, other = (resource.getrusage(one).ru_maxrss / 1024 for one in who)
    memory = own + 2 * other
    sys.stdout.write(
        f"{words:,} words, {len(reading.statements):,} statements: {words / taken:,.0f} words/s; "
        f"{memory:,.0f} MB; cold, from the start to the first statement: {cold:.1f} s\n"
    )
    return 0


def _own() -> list[LoadedDocument]:
    paths = [one for part in ("train", "test") for one in articles(Path(ARTICLES / part))]
    return [load_document(one.text.encode(), id=one.name, name=one.name) for one in paths]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
