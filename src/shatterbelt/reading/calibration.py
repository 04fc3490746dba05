"""The chance that a statement was read rightly, from how often its rule was right on held-out text."""

from __future__ import annotations

import csv
import functools
import importlib.resources
from collections import defaultdict
from collections.abc import Mapping
from typing import TypeVar

from shatterbelt.reading.statements import Statement

TABLE = "confidence.csv"
WEIGHT = 8.0
"""For how many statements the rate of all rules of a kind counts beside a group's own."""

S = TypeVar("S", bound=Statement)
Counts = Mapping[tuple[str, str], tuple[int, int]]
"""Statements looked at and found right, by kind and group of rules."""
BANDS = ((0.5, "doubtful"), (0.75, "fair"), (1.01, "sure"))
"""How sure the finder itself was: below so much it is called so."""


def group_of(statement: Statement) -> str:
    """Return the rules that a statement is counted with: their family, and how sure the finder was.

    A rule's family is what stands before its colon, or else its words in lower case.
    """
    head = statement.rule.partition(":")[0]
    family = " ".join(word for word in head.split() if not word.isupper()) or "other"
    return f"{family}, {next(name for top, name in BANDS if statement.reading < top)}"


@functools.cache
def counts() -> Counts:
    """Return the counts of the packaged table (``kind, rule, n, right``); none where there is no table."""
    file = importlib.resources.files("shatterbelt.reading") / "tables" / TABLE
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return {(row["kind"], row["rule"]): (int(row["n"]), int(row["right"])) for row in rows}


def calibrated(statement: S, known: Counts | None = None) -> S:
    """Return the statement with the confidence that its rules have earned; unchanged where nothing is known.

    A group of rules seen ``n`` times and right ``r`` times gets ``(r + 8 q) / (n + 8)``, ``q`` being
    ``(R + 1) / (N + 2)`` of all the kind's rules together: a rare group stands near its kind.
    """
    known = counts() if known is None else known
    rate = rates(known).get(statement.kind) if statement.reader == "rules" else None
    if rate is None:
        return statement
    n, right = known.get((statement.kind, group_of(statement)), (0, 0))
    chance = (right + WEIGHT * rate) / (n + WEIGHT)
    return statement.model_copy(update={"reading": round(chance, 3)})


def rates(known: Counts) -> dict[str, float]:
    """Return the rate of all rules of each kind together, by Laplace's rule."""
    total: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (kind, _), (n, right) in known.items():
        total[kind][0] += n
        total[kind][1] += right
    return {kind: (right + 1) / (n + 2) for kind, (n, right) in total.items()}
