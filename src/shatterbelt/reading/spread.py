"""Read the parts of many documents in several processes, since the parser and the rules share one core."""

from __future__ import annotations

import gc
import itertools
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol

from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.errors import DocumentError, RequestError
from shatterbelt.reading.statements import Statement

WORTH = 80_000
"""Characters to read below which a second process costs more time than it saves."""
AT_A_TIME = 4
"""Parts of documents that are handed to each process at a time."""

Found = list[Statement] | DocumentError


class Reads(Protocol):
    """What reads the parts: `shatterbelt.reading.reader.RuleReader`."""

    def read_each(self, documents: Iterable[LoadedDocument]) -> Iterator[tuple[LoadedDocument, Found]]: ...  # noqa: D102


def spread(parts: Iterable[LoadedDocument], processes: int, make: Callable[[], Reads]) -> Iterator[Found]:
    """Give what was read of each part, in order, by as many processes, each with a reader of its own.

    ``make`` makes the reader there, and has to be picklable.

    Raises:
        RequestError: a process was ended from outside, as where memory is short.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(make,)) as pool:
        try:
            for found in pool.map(_read, _chunks(parts)):
                yield from found
        except BrokenProcessPool:
            raise RequestError(
                "a process that was reading was ended from outside; read fewer files at a time, or see "
                "whether memory is short"
            ) from None


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
