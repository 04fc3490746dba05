"""Write a run's files beside each other: complete, or not at all."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shatterbelt.errors import RequestError

if TYPE_CHECKING:
    import datetime as dt

    from xarray import Dataset

    from shatterbelt.api.answers import OutcomeAnswer
    from shatterbelt.case.types import Case
    from shatterbelt.report.documents_page import DocumentAtHand

HEADS = (
    "outcome", "question", "asked", "branch", "narrative", "set", "word", "probability", "error", "futures",
    "base_rate", "base_count", "base_windows", "difference", "difference_error", "came",
)  # fmt: skip
"""Columns of the table, one line for each outcome and branch."""

PAGE, TABLE, DATA = "report.html", "outcomes.csv", "futures.nc"


def writable(folder: str | Path) -> Path:
    """Return the folder as a path after making sure that files can be written there; makes nothing.

    Raises:
        RequestError: it is a file, or it or the folder that would hold it may not be written to.
    """
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise RequestError(f"--out {folder}: there is a file of that name; give a folder")
    holder = next(parent for parent in (path, *path.absolute().parents) if parent.exists())
    if not holder.is_dir() or not os.access(holder, os.W_OK | os.X_OK):
        raise RequestError(f"--out {folder}: {holder} may not be written to; give another folder")
    blocked = [name for name in (PAGE, TABLE, DATA) if (path / name).is_dir()]
    if blocked:
        raise RequestError(f"--out {folder}: {blocked[0]} is a folder there; give another folder")
    return path


@contextmanager
def all_or_none(folder: str | Path) -> Iterator[Path]:
    """Give an empty folder to write into; its files move to ``folder`` when the block ends well.

    When the block fails, ``folder`` is as it was before, and not there if it was not there.
    """
    target = writable(folder)
    missing = [path for path in (target.absolute(), *target.absolute().parents) if not path.exists()]
    target.mkdir(parents=True, exist_ok=True)
    parts = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=target))
    done = False
    try:
        yield parts
        for path in sorted(parts.iterdir()):
            path.replace(target / path.name)
        done = True
    finally:
        shutil.rmtree(parts, ignore_errors=True)
        if not done:
            _remove(missing)


def write_whole(path: Path, text: str, option: str = "--out") -> None:
    """Write a text file in the place of what was there, or leave that as it is.

    ``option`` is what the path was given with, for the error.

    Raises:
        RequestError: the file cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=".unfinished-", dir=path.absolute().parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RequestError(f"{option} {path}: it cannot be written ({reason}); give another file") from None


def _remove(folders: list[Path]) -> None:
    """Remove the folders that are empty, the innermost first."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


@dataclass(frozen=True, slots=True)
class Runs:
    """What is written of a run: case, main and other datasets, answers, and what the record says."""

    case: Case
    main: Dataset
    asked: Mapping[dt.date, Dataset]
    answers: Sequence[OutcomeAnswer]
    judged: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """What the page shows of documents at hand: quotes by the hash of their span, and the documents."""

    texts: Mapping[str, str]
    documents: Sequence[DocumentAtHand] = ()


def save(runs: Runs, folder: str | Path, scale: str, quoted: Quoted | None) -> dict[str, Path]:
    """Write page, table and data of a run into the folder, all or none; return their paths by kind."""
    with all_or_none(folder) as parts:
        write_data(runs, parts / DATA)
        write_table(runs.answers, parts / TABLE, scale)
        write_page(runs, parts / PAGE, scale, quoted)
    return {
        kind: Path(folder) / name for kind, name in (("report", PAGE), ("outcomes", TABLE), ("futures", DATA))
    }


def write_data(runs: Runs, path: Path) -> None:
    """Write the datasets as NetCDF 4: the main one at the root, the others in groups ``asked/DATE``."""
    _write(runs.main, path, None)
    for date, dataset in runs.asked.items():
        _write(dataset, path, f"asked/{date.isoformat()}")


def _write(dataset: Dataset, path: Path, group: str | None) -> None:
    small = {"zlib": True, "complevel": 3}
    encoding = {str(name): small for name in dataset.data_vars if dataset[name].size > 1000}
    dataset.to_netcdf(path, mode="a" if group else "w", group=group, engine="h5netcdf", encoding=encoding)


def write_table(answers: Sequence[OutcomeAnswer], path: Path, scale: str) -> None:
    """Write the outcomes' answers as CSV, a line for each outcome and branch."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADS, lineterminator="\n")
        writer.writeheader()
        for answer in answers:
            writer.writerow({**answer.as_dict(), "word": answer.word(scale)})


def write_page(runs: Runs, path: Path, scale: str, quoted: Quoted | None) -> None:
    """Write the report, with the text of the quotes and documents that were found."""
    from shatterbelt.report import write_report

    write_report(
        runs.case,
        runs.main,
        path,
        quotes=quoted.texts if quoted else None,
        asked=tuple(runs.asked.values()),
        scale="phia" if scale == "phia" else "icd203",
        judged=runs.judged,
        documents=quoted.documents if quoted else (),
    )
