"""Rings in a graph of names, and an order in which what others need comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


def rings(graph: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Return one ring for each set of names that all lead to one another, in the graph's order.

    A ring is told from its first name on, without repeating it; a name that leads to itself is one.
    """
    place = {name: at for at, name in enumerate(graph)}
    found = []
    for group in _components(graph):
        first = min(group, key=place.__getitem__)
        ring = _shortest_ring(graph, first, group)
        if ring:
            found.append(ring)
    return sorted(found, key=lambda ring: place[ring[0]])


def _shortest_ring(graph: Mapping[str, Iterable[str]], first: str, group: set[str]) -> tuple[str, ...]:
    """Walk breadth first from ``first`` within ``group`` until it comes back."""
    before: dict[str, str] = {}
    front = [first]
    while front:
        further = []
        for name in front:
            for other in graph[name]:
                if other == first:
                    way = [name]
                    while way[-1] != first:
                        way.append(before[way[-1]])
                    return tuple(reversed(way))
                if other in group and other not in before:
                    before[other] = name
                    further.append(other)
        front = further
    return ()


def _components(graph: Mapping[str, Iterable[str]]) -> Iterator[set[str]]:
    """Yield the strongly connected sets of names (Tarjan 1972), without recursion."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in graph:
        if root in number:
            continue
        work = [(root, iter(graph[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            name, others = work[-1]
            for other in others:
                if other not in graph:
                    continue
                if other not in number:
                    number[other] = low[other] = len(number)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(graph[other])))
                    break
                if other in on_stack:
                    low[name] = min(low[name], number[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == number[name]:
                    group: set[str] = set()
                    while name not in group:
                        group.add(stack.pop())
                    on_stack -= group
                    yield group


def sequence(graph: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the names so that each comes after all that it leads to, else in the graph's order.

    Names in a ring, and those that need them, are left out.
    """
    waiting = {name: {other for other in graph[name] if other in graph} for name in graph}
    needed_by: dict[str, list[str]] = {name: [] for name in graph}
    for name, needs in waiting.items():
        for other in needs:
            needed_by[other].append(name)
    ready = [name for name, needs in waiting.items() if not needs]
    done: list[str] = []
    while ready:
        further = []
        for name in ready:
            done.append(name)
            for other in needed_by[name]:
                waiting[other].discard(name)
                if not waiting[other]:
                    further.append(other)
        ready = further
    return tuple(done)
