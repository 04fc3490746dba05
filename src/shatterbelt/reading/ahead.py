"""Let one step of a pipeline work ahead of the next, in a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

_END = object()
AHEAD = 4
"""Items that wait between two steps; more would only take memory."""


def ahead(items: Iterable[T], size: int = AHEAD) -> Iterator[T]:
    """Give the items in order while a thread makes the next ones, never more than ``size`` ahead.

    What the items' own code raises is raised here. When the caller stops early, the thread stops too.
    """
    waiting: queue.Queue[object] = queue.Queue(maxsize=size)
    stopped = threading.Event()

    def put(item: object) -> bool:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        try:
            for item in items:
                if not put(item):
                    return
        except BaseException as fault:  # noqa: BLE001  # it is raised again where the items are taken
            put(_Raised(fault))
            return
        put(_END)

    threading.Thread(target=work, name="reading ahead", daemon=True).start()
    try:
        while (item := waiting.get()) is not _END:
            if isinstance(item, _Raised):
                raise item.fault
            yield item  # type: ignore[misc]  # the queue holds items, the end and faults
    finally:
        stopped.set()


class _Raised:
    def __init__(self, fault: BaseException) -> None:
        self.fault = fault
