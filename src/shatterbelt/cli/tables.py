"""What is shown, as text: tables as wide as the terminal, wrapped and never cut, no colours; JSON."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

GAP = "  "


def width_here() -> int | None:
    """Return the terminal's width, or what COLUMNS says; None when output goes to a file or a pipe."""
    wanted = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return shutil.get_terminal_size().columns if wanted else None


def columns(text: str) -> int:
    """Return how many terminal columns the text takes: wide letters two, combining marks none."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int | None = None,
    right: Sequence[int] = (),
    wraps: int = -1,
) -> str:
    """Return the rows under their heads, columns aligned.

    Column number ``wraps`` takes the room that is left and breaks its lines there, so that no row is
    wider than ``width``; without a width nothing is broken. Columns in ``right`` are flush right.
    """
    wide = [max(columns(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    wraps %= len(heads)
    if width is not None:
        others = sum(wide) - wide[wraps] + len(GAP) * (len(heads) - 1)
        wide[wraps] = min(wide[wraps], max(width - others, 16))
    lines = [_lines(heads, wide, right, wraps), [GAP.join("-" * size for size in wide)]]
    lines += [_lines(row, wide, right, wraps) for row in rows]
    return "\n".join(line.rstrip() for group in lines for line in group)


def _lines(row: Sequence[str], wide: Sequence[int], right: Sequence[int], wraps: int) -> list[str]:
    parts = textwrap.wrap(row[wraps], wide[wraps], break_on_hyphens=False) or [""]
    lines = []
    for number, part in enumerate(parts):
        cells = list(row) if number == 0 else [""] * len(row)
        cells[wraps] = part
        lines.append(GAP.join(_pad(cell, wide[i], i in right) for i, cell in enumerate(cells)))
    return lines


def _pad(text: str, size: int, flush_right: bool) -> str:
    space = " " * (size - columns(text))
    return space + text if flush_right else text + space


def pairs(items: Sequence[tuple[str, str]], *, width: int | None = None) -> str:
    """Return ``name  value`` lines, values aligned and wrapped; empty values are left out."""
    items = [(name, value) for name, value in items if value]
    indent = max((columns(name) for name, _ in items), default=0) + len(GAP)
    lines = []
    for name, value in items:
        parts = textwrap.wrap(value, max(width - indent, 16)) if width else [value]
        lines.append(_pad(name, indent, flush_right=False) + parts[0])
        lines += [" " * indent + part for part in parts[1:]]
    return "\n".join(lines)


def counted(count: int, noun: str) -> str:
    """Return ``no faults``, ``1 fault``, ``2 faults``."""
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def to_json(value: Any) -> str:
    """Return a value as JSON; numbers that are not finite become null, dates their ISO form."""
    return json.dumps(_finite(value), ensure_ascii=False, indent=2, default=str, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
