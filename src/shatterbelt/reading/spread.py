"""Read the parts of many documents in several processes, since the parser and the rules share one core.

Where a process can be copied as it stands (on Linux, as long as it has a single thread), what is loaded once
serves all of them, and their memory. Elsewhere each starts anew and loads for itself.
"""

from __future__ import annotations

import gc
import itertools
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.errors import DocumentError, RequestError
from shatterbelt.reading.statements import Statement

WORTH = {"fork": 20_000, "spawn": 80_000}
"""Characters to read below which a second process costs more time than it saves, by how it is started."""
ONE_THREAD = "OPENBLAS_NUM_THREADS"
"""Variable of the environment that keeps NumPy from threads of its own; it is read when NumPy is imported."""
AT_A_TIME = 4
"""Parts of documents that are handed to each process at a time."""

Found = list[Statement] | DocumentError


class Reads(Protocol):
    """What reads the parts: `shatterbelt.reading.reader.RuleReader`."""

    def read_each(self, documents: Iterable[LoadedDocument]) -> Iterator[tuple[LoadedDocument, Found]]: ...  # noqa: D102


def way() -> str:
    """Return how another process starts: as a copy (fork) where this one has a single thread, else anew."""
    threads = Path("/proc/self/task")
    single = sys.platform == "linux" and threads.is_dir() and len(list(threads.iterdir())) == 1
    return "fork" if single else "spawn"


def spread(
    parts: Iterable[LoadedDocument], processes: int, make: Callable[[], Reads], load: Callable[[], None]
) -> Iterator[Found]:
    """Give what was read of each part, in order, by as many processes, each with a reader of its own.

    ``make`` makes the reader there, and has to be picklable. ``load`` loads what copies of this process can
    share, and must start no thread.

    Raises:
        RequestError: a process was ended from outside, as where memory is short.
    """
    if way() == "fork":
        load()
    context = multiprocessing.get_context(way())
    with ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(make,)) as pool:
        with _starting():
            reading = pool.map(_read, _chunks(parts))
        try:
            for found in reading:
                yield from found
        except BrokenProcessPool:
            raise RequestError(
                "a process that was reading was ended from outside; read fewer files at a time, or see "
                "whether memory is short"
            ) from None


@contextmanager
def _starting() -> Iterator[None]:
    """Let processes start with one thread in NumPy, and with no garbage to look for in what they share."""
    before = os.environ.get(ONE_THREAD)
    os.environ.setdefault(ONE_THREAD, "1")
    gc.freeze()  # looking through what is loaded would copy its memory
    try:
        yield
    finally:
        gc.unfreeze()
        if before is None:
            del os.environ[ONE_THREAD]


_READERS: list[Reads] = []
"""The process's own reader."""


def _chunks(parts: Iterable[LoadedDocument]) -> Iterator[tuple[LoadedDocument, ...]]:
    left = iter(parts)
    while chunk := tuple(itertools.islice(left, AT_A_TIME)):
        yield chunk


def _begin(make: Callable[[], Reads]) -> None:
    _READERS.append(make())
    gc.freeze()  # what is loaded stays: there is no use in looking through it for garbage


def _read(parts: tuple[LoadedDocument, ...]) -> list[Found]:
    return [found for _, found in _READERS[0].read_each(parts)]
