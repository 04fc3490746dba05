"""Read the record's CSV files into rows, each fault with its line and column."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import ValidationError

from shatterbelt.case.findings import Findings, near, shown
from shatterbelt.case.words import PATTERNS, describe
from shatterbelt.statements import Frozen

MAX_ROWS = 100_000
MAX_NUMBER = 1e15

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
R = TypeVar("R", bound=Frozen)


def read_rows(kind: type[R], text: str, file: str, findings: Findings) -> list[tuple[int, R]]:
    """Return the rows of a CSV text with the line of each; rows with a fault are left out."""
    columns = list(kind.model_fields)
    rows: list[tuple[int, R]] = []
    control = _CONTROL.search(text)
    if control is not None:
        line = text.count("\n", 0, control.start()) + 1
        findings.fault(file, line, "", f"control character U+{ord(control[0]):04X}", "", "delete it")
        return rows
    if _first_line(text) == _needed(kind):
        columns = _needed(kind)
    for line, cells in _cells(text, file, columns, findings):
        row = _row(kind, cells, columns, file, line, findings)
        if row is not None:
            rows.append((line, row))
    return rows


def _needed(kind: type[Frozen]) -> list[str]:
    """Return the columns that every file has; those that may be left out stand last."""
    return [name for name, field in kind.model_fields.items() if field.is_required()]


def _first_line(text: str) -> list[str]:
    return [cell.strip() for cell in text.partition("\n")[0].split(",")]


def _cells(text: str, file: str, columns: list[str], findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Yield every row after the header with the line on which it starts."""
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    line = 1
    try:
        for number, cells in enumerate(reader):
            start, line = line, reader.line_num + 1
            if number == 0:
                if [cell.strip() for cell in cells] != columns:
                    _header(cells, file, columns, findings)
                    return
            elif number > MAX_ROWS:
                findings.fault(
                    file, start, "", f"more than {MAX_ROWS:,} rows", "keep only what the case uses"
                )
                return
            elif cells:
                yield start, cells
    except csv.Error as error:
        findings.fault(file, reader.line_num, "", f"not CSV: {error}", "", 'double a " inside quotes: ""')
        return
    if line == 1:
        _header([], file, columns, findings)


def _header(cells: list[str], file: str, columns: list[str], findings: Findings) -> None:
    wrong = next((cell for cell in cells if cell.strip() not in columns), "")
    findings.fault(
        file,
        1,
        "",
        f"the header is {shown(','.join(cells), 100)}",
        f"it is {','.join(columns)}",
        near(wrong, columns),
    )


def _row(
    kind: type[R], cells: list[str], columns: list[str], file: str, line: int, findings: Findings
) -> R | None:
    if len(cells) != len(columns):
        findings.fault(
            file,
            line,
            "",
            f"the row has {len(cells)} cells",
            f"it has {len(columns)}: {','.join(columns)}",
            "put text that holds a comma in double quotes",
        )
        return None
    data: dict[str, Any] = dict(zip(columns, cells, strict=True))
    if "value" in data:
        text = str(data["value"]).strip()
        if not _NUMBER.fullmatch(text) or abs(float(text)) > MAX_NUMBER:
            problem = f"{shown(data['value'])} is not a number that can be read"
            findings.fault(file, line, "value", problem, f"a finite number up to {MAX_NUMBER:g} is expected")
            return None
        data["value"] = float(text)
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            column = str(found["loc"][0]) if found["loc"] else ""
            options = describe(kind.model_fields[column].annotation) if column in kind.model_fields else ""
            if found["type"] == "string_pattern_mismatch":
                options, _ = PATTERNS.get(str(found.get("ctx", {}).get("pattern", "")), (options, ""))
            close = near(str(data.get(column, "")), options.split(", ")) if ", " in options else ""
            value = shown(data.get(column))
            findings.fault(file, line, column, f"{value} cannot stand here", f"expected is {options}", close)
        return None
