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
    from collections.abc import Mapping, Sequence

    from shatterbelt.api.drafting import Drafted
    from shatterbelt.api.reading import ReadResult
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
    "draft",
    "load",
    "new",
    "read",
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


def read(  # noqa: PLR0913  # one keyword for each option of the command
    files: str | Path | Sequence[str | Path],
    *,
    kinds: Sequence[str] = (),
    least: float = 0.0,
    about: Mapping[str, str] | None = None,
    rating: str = "F",
    readers: Sequence[str] = ("rules",),
    endpoint: str = "",
    model: str = "",
    send: bool = False,
) -> ReadResult:
    """Read documents into statements: events, claims and aims, each with its quote; none is reviewed.

    Args:
        files: files, folders, patterns, or ``-`` for standard input.
        kinds: ``events``, ``claims`` or ``aims``; none: all.
        least: the least chance of having been read rightly.
        about: what the documents do not say of themselves: ``title``, ``issued``, ``publisher``, ``place``,
            ``language``; of one document in the place of what it says.
        rating: the sources' Admiralty letter.
        readers: ``rules``, ``model``, or both.
        endpoint: base address of the model's OpenAI-compatible endpoint; else SHATTERBELT_ENDPOINT.
        model: which model; else SHATTERBELT_MODEL.
        send: whether the documents may be sent there.

    Raises:
        RequestError: what is asked for cannot be done.
        ShatterbeltError: the model's endpoint cannot be used.
    """
    from shatterbelt.api import reading

    chosen = reading.readers_of(readers, endpoint=endpoint, model=model, send=send)
    paths = [files] if isinstance(files, str | Path) else files
    documents, faults = reading.load([str(path) for path in paths])
    documents = reading.complete(documents, about or {})
    return reading.read(documents, readers=chosen, faults=faults, kinds=kinds, least=least, rating=rating)


def draft(folder: str | Path, result: ReadResult) -> Drafted:
    """Write a draft case of what was read into a new or empty folder; nothing in it is reviewed.

    Raises:
        RequestError: the folder is not empty, or cannot be made, or nothing tells when the case is.
    """
    from shatterbelt.api.drafting import draft

    return draft(folder, result)


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
