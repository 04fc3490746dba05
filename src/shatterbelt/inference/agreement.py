"""The fit's verdicts beside those that a person gave to the statements of the documents."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from shatterbelt.errors import RequestError
from shatterbelt.inference.verdicts import ClaimVerdict

By_hand = Literal["confirmed", "partly", "contradicted", "can't judge"]
Agreement = Literal["agree", "differ", "only by hand", "only the fit", "both open", "not modelled"]

COLUMNS = ["statement", "by_hand", "claims", "why"]
HANDS: tuple[By_hand, ...] = ("confirmed", "partly", "contradicted", "can't judge")
WAYS = {"supported": 1, "leans for": 1, "cannot tell": 0, "leans against": -1, "contradicted": -1}
HAND_WAYS = {"confirmed": 1, "partly": 1, "contradicted": -1, "can't judge": 0}
FILE = "verdicts.csv"


@dataclass(frozen=True, slots=True)
class Judged:
    """A statement as a person judged it: number, verdict, the claims it stands in, and a remark."""

    statement: int
    by_hand: By_hand
    claims: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A person's verdict on a statement beside the fit's verdicts on its claims."""

    statement: int
    by_hand: By_hand
    fit: tuple[tuple[str, str], ...]
    agreement: Agreement
    why: str

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as plain values."""
        return asdict(self)


def read_judged(path: Path) -> list[Judged]:
    """Read a table of verdicts given by hand, columns statement, by_hand, claims (split at spaces), why.

    Raises:
        RequestError: a column is missing or a cell cannot be read; its line is said.
    """
    try:
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RequestError(f"{path}: it cannot be read as CSV in UTF-8 ({error})") from error
    if not rows or rows[0] != COLUMNS:
        raise RequestError(f"{path}:1: the columns are {', '.join(rows[0]) if rows else 'missing'}; "
                           f"they should be: {', '.join(COLUMNS)}")  # fmt: skip
    return [_judged(path, line, row) for line, row in enumerate(rows[1:], 2) if row]


def _judged(path: Path, line: int, row: Sequence[str]) -> Judged:
    if len(row) != len(COLUMNS) or not row[0].isdigit():
        raise RequestError(f"{path}:{line}: a line is a whole number, a verdict, claims and a remark")
    for hand in HANDS:
        if row[1] == hand:
            return Judged(int(row[0]), hand, tuple(row[2].split()), row[3])
    raise RequestError(f"{path}:{line} by_hand: {row[1]!r} is no verdict; there are: {', '.join(HANDS)}")


def compared(judged: Sequence[Judged], found: Sequence[ClaimVerdict]) -> list[Compared]:
    """Return each statement's verdict by hand beside the fit's on its claims."""
    said = {one.id: one.verdict for one in found}
    table = []
    for one in judged:
        fit = tuple((claim, said[claim]) for claim in one.claims if claim in said)
        agreement = _agreement(one.by_hand, [verdict for _, verdict in fit])
        table.append(Compared(one.statement, one.by_hand, fit, agreement, one.why))
    return table


def _agreement(by_hand: str, fit: Sequence[str]) -> Agreement:
    """Return whether the ways agree; claims that point both ways count by the side that has more."""
    if not fit:
        return "not modelled"
    hand, ways = HAND_WAYS[by_hand], [WAYS[verdict] for verdict in fit]
    fitted = (sum(ways) > 0) - (sum(ways) < 0)
    if hand == 0:
        return "only the fit" if fitted else "both open"
    if fitted == 0:
        return "only by hand"
    return "agree" if hand == fitted else "differ"
