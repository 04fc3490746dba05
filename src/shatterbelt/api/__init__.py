"""The verbs of the program as functions and methods: what the command line does, in Python.

    import shatterbelt

    case = shatterbelt.load("belarus")
    result = case.run(narratives=["B"], as_of="2020-11-30", futures=2000)
    result.save("out/belarus")

Nothing heavy is imported before a verb needs it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shatterbelt.api.answers import OutcomeAnswer
from shatterbelt.api.opened import OpenCase
from shatterbelt.api.quoting import QuoteFound, QuotesFound
from shatterbelt.api.results import Resolved, RunResult, resolve
from shatterbelt.api.saving import all_or_none, writable
from shatterbelt.errors import CaseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shatterbelt.errors import Fault

__all__ = [
    "OpenCase",
    "OutcomeAnswer",
    "QuoteFound",
    "QuotesFound",
    "Resolved",
    "RunResult",
    "cases",
    "check",
    "load",
    "new",
    "resolve",
    "schema",
    "warnings",
    "writable",
    "write_schemas",
]


def load(name_or_path: str | Path) -> OpenCase:
    """Open a bundled case by its name, or a case folder by its path.

    Raises:
        CaseError: the case has faults; all of them are in the error.
    """
    from shatterbelt.case import load_case

    return OpenCase(load_case(name_or_path))


def check(name_or_path: str | Path) -> list[Fault]:
    """Return every fault of a case at once; none if it is well. That there is no such case is one, too."""
    from shatterbelt.case import check_case

    try:
        return list(check_case(name_or_path))
    except CaseError as error:
        return list(error.faults)


def warnings(name_or_path: str | Path) -> list[Fault]:
    """Return what looks unintended in a case but does not keep it from running."""
    from shatterbelt.case import case_warnings

    return list(case_warnings(name_or_path))


def cases() -> list[dict[str, Any]]:
    """Return the bundled cases: name, title, and from when to when each has a record."""
    from shatterbelt.case import bundled

    found = []
    for name in bundled():
        about = load(name).case.about
        found.append(
            {"name": name, "title": about.title, "start": about.start, "record_ends": about.record_ends}
        )
    return found


def schema() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each file of a case, by file name."""
    from shatterbelt.case import schema as of_files

    return of_files()


def write_schemas(schemas: Mapping[str, Mapping[str, Any]], folder: str | Path) -> list[Path]:
    """Write each schema to a file of its own in the folder, all or none; return their paths.

    Raises:
        RequestError: the folder cannot be made or written to.
    """
    names = [f"{Path(name).stem}.schema.json" for name in schemas]
    with all_or_none(folder) as parts:
        for name, content in zip(names, schemas.values(), strict=True):
            text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
            (parts / name).write_text(text, encoding="utf-8")
    return [Path(folder) / name for name in names]


def new(folder: str | Path) -> Path:
    """Make a small case that runs in a new or empty folder; return the folder.

    Raises:
        RequestError: the folder is not empty, or cannot be made.
    """
    from shatterbelt.case import new_case

    new_case(folder)
    return Path(folder)
