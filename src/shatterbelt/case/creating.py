"""Write a small case to start from."""

from __future__ import annotations

import importlib.resources
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from shatterbelt.errors import RequestError

_FILES = (
    "case.yaml",
    "quantities.yaml",
    "claims.yaml",
    "documents.yaml",
    "record/series.csv",
    "record/events.csv",
    "digests/example.md",
)


def new_case(folder: str | Path) -> Path:
    """Write a small, commented case that runs into a new or empty folder, whole or not at all.

    The case is called after the folder where that makes a name.

    Raises:
        RequestError: the folder is not empty, is no folder, or cannot be written.
    """
    root = importlib.resources.files("shatterbelt.case") / "example"
    name = name_of(folder)
    texts = {file: (root / file).read_text(encoding="utf-8") for file in _FILES}
    if name:
        texts["case.yaml"] = texts["case.yaml"].replace("\nname: example\n", f"\nname: {name}\n")
    return write_case(folder, texts)


def name_of(folder: str | Path) -> str:
    """Return the name that a case in a folder would have; empty where the folder's makes none."""
    try:
        name = Path(folder).resolve().name.lower().replace("_", "-").replace(" ", "-")
    except (OSError, ValueError):
        return ""
    return name if re.fullmatch(r"[a-z][a-z0-9-]{0,63}", name) else ""


def write_case(folder: str | Path, texts: Mapping[str, str]) -> Path:
    """Write the files of a case, by their names in it, into a new or empty folder, whole or not at all.

    Raises:
        RequestError: the folder is not empty, is no folder, or cannot be written.
    """
    target = Path(folder)
    try:
        refuse_if_used(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, texts)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RequestError(f"{target}: the folder cannot be written ({reason}); choose another") from None
    return target


def refuse_if_used(target: Path) -> None:
    """Make sure that a folder is new or empty.

    Raises:
        RequestError: it is not.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise RequestError(f"{target}: it is not a folder; give the name of a new or empty one")
    if target.is_dir() and any(target.iterdir()):
        raise RequestError(f"{target}: the folder is not empty; give the name of a new or empty one")


def _write(target: Path, texts: Mapping[str, str]) -> None:
    """Write beside the target first, so that an interruption leaves no half a case in it."""
    temporary = Path(tempfile.mkdtemp(prefix=".new-case-", dir=target.resolve().parent))
    try:
        for file, text in texts.items():
            path = temporary / file
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        temporary.chmod(0o755)
        if target.is_dir():
            target.rmdir()
        os.replace(temporary, target)  # noqa: PTH105  (replace on Path would do the same)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
