"""Which files are meant by arguments of a command line, and what to call their documents."""

from __future__ import annotations

import glob
import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from shatterbelt.documents.formats.taken import fault
from shatterbelt.documents.layout.tables import words
from shatterbelt.errors import DocumentError, Fault

STDIN = "-"
MAX_FILES = 5_000
"""Files that are read at once."""
MAX_ID = 40


def find_files(arguments: Iterable[str | Path]) -> list[Path]:
    """Return the files that are meant, each once: files, folders with their subfolders, globs, ``-``.

    In folders, hidden files and what is plainly no document (pictures, scripts, data) are left out, and
    links to folders are not entered. ``-`` is standard input and comes back as a path of that name.

    Raises:
        DocumentError: an argument means no file; all such faults at once.
    """
    found: dict[Path, None] = {}
    faults: list[Fault] = []
    for argument in arguments:
        try:
            for path in _files(str(argument)):
                found.setdefault(path)
                if len(found) > MAX_FILES:
                    problem = f"there are more than {MAX_FILES:,} files"
                    raise fault(shown_path(argument), problem, "", "read them in parts")
        except DocumentError as error:
            faults += error.faults
        except (OSError, ValueError) as error:
            problem = f"it cannot be looked at ({getattr(error, 'strerror', None) or error})"
            faults.append(Fault(shown_path(argument), None, "", problem, "", "check the path and its rights"))
    if faults:
        raise DocumentError(faults)
    return list(found)


def _files(argument: str) -> Iterator[Path]:
    path = Path(argument)
    if argument == STDIN or (os.path.lexists(path) and not path.is_dir()):
        yield path
        return
    if path.is_dir():
        yield from _in_folder(path)
        return
    matches = []
    if glob.has_magic(argument):
        matches = sorted(glob.glob(argument, recursive=True))  # noqa: PTH207 - the pattern may be absolute
    if not matches:
        problem = (
            "no file matches this pattern" if glob.has_magic(argument) else "there is no such file or folder"
        )
        raise fault(shown_path(argument), problem, "", "check the path and its spelling")
    for match in matches:
        if Path(match).is_dir():
            yield from _in_folder(Path(match), empty_is_fault=False)
        else:
            yield Path(match)


def _in_folder(root: Path, *, empty_is_fault: bool = True) -> Iterator[Path]:
    with os.scandir(root):
        pass  # tells at once when the folder cannot be listed
    left_out = words("words", "no_document")
    found = False
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if not name.startswith((".", "~$")) and path.suffix.lower() not in left_out and path.is_file():
                found = True
                yield path
    if not found and empty_is_fault:
        allowed = "text, Markdown, HTML, PDF and DOCX files are looked for"
        raise fault(shown_path(root), "the folder has no document in it", allowed, "give another folder")


def shown_path(path: str | Path) -> str:
    """Return a path as it can be printed: what would break or steer a terminal becomes ``?``."""
    name = str(path).encode("utf-8", "replace").decode()
    return "".join(
        "?" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") else character
        for character in name
    )


def id_of(name: str, taken: Collection[str]) -> str:
    """Return a short id from a file's name: letters, digits and hyphens, a number added if it is taken."""
    stem = Path(name).name
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", stem) or stem
    letters = dict(pair.split("=") for pair in words("words", "latin"))
    latin = "".join(letters.get(character, character) for character in stem.lower())
    folded = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode().replace("_", "-")
    base = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if len(base) > MAX_ID:
        base = base[: MAX_ID + 1].rsplit("-", 1)[0][:MAX_ID].strip("-")
    base = base if base[:1].isalpha() else f"document-{base}".strip("-")
    number, chosen = 1, base
    while chosen in taken:
        number += 1
        chosen = f"{base}-{number}"
    return chosen
