"""Find documents in a folder: by the hash of their bytes, or as another copy by its fingerprints."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shatterbelt.documents.markup import without_markup
from shatterbelt.documents.quotes import QuoteLike
from shatterbelt.documents.text import MAX_BYTES, Text, normalise, read_bytes, sha256_of
from shatterbelt.documents.words import codes_of
from shatterbelt.errors import DocumentError, Fault

MAX_FILES = 5_000
"""Files of a folder that are looked at, in order of their paths."""
MAX_ENTRIES = 100_000
"""Entries of a folder that are listed at all."""
MAX_TOTAL = 1_000_000_000
"""Bytes of a folder that are read."""
MAX_SEARCHED = 50_000_000
"""Bytes of a folder that are searched for fingerprints."""

_GRAM = 4
_PAGES = (".html", ".htm", ".xhtml")


@dataclass(frozen=True)
class Copy:
    """A file that is likely another copy of a document: how many of its quotes were seen there."""

    path: Path
    seen: int
    quotes: int


@dataclass
class Library:
    """The files of a folder, listed once and read within bounds; ``notes`` says what was left out."""

    files: list[Path]
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, directory: str | Path) -> Library:
        """List a folder, or one file; hidden folders and links to folders are not entered.

        Raises:
            DocumentError: there is no such folder, or it cannot be listed.
        """
        root = Path(directory)
        try:
            if root.is_file():
                return cls([root])
            if not root.is_dir():
                problem = "there is no such folder"
                raise DocumentError(
                    [Fault(str(root), None, "", problem, "", "give the folder with the documents")]
                )
            with os.scandir(root):
                pass
        except (OSError, ValueError) as fault:
            problem = f"the folder cannot be listed ({getattr(fault, 'strerror', None) or fault})"
            raise DocumentError([Fault(str(root), None, "", problem, "", "check its rights")]) from fault
        library = cls([])
        library.files = sorted(library._walk(root))
        if len(library.files) > MAX_FILES:
            library.notes.append(
                f"only the first {MAX_FILES:,} of {len(library.files):,} files were looked at"
            )
            del library.files[MAX_FILES:]
        return library

    def _walk(self, root: Path) -> Iterator[Path]:
        left = MAX_ENTRIES
        for folder, folders, names in os.walk(root, followlinks=False):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            left -= len(folders) + len(names)
            for name in sorted(names)[: max(0, left + len(names))]:
                path = Path(folder, name)
                if path.is_file():
                    yield path
            if left < 0:
                self._note(f"the folder has over {MAX_ENTRIES:,} entries; the rest was not looked at")
                return

    def read(self, most: int) -> Iterator[tuple[Path, bytes]]:
        """Yield every readable file that is not too large, up to ``most`` bytes in all."""
        total = 0
        for path in self.files:
            try:
                size = path.stat().st_size
                if size > MAX_BYTES:
                    self._note(f"{path}: left out, over {MAX_BYTES:,} bytes")
                    continue
                total += size
                if total > most:
                    self._note(f"only the first {most:,} bytes of the folder were read, up to {path}")
                    return
                yield path, read_bytes(path)
            except (DocumentError, OSError):
                self._note(f"{path}: left out, it cannot be read")

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


def find_documents(directory: str | Path | Library, hashes: Collection[str]) -> dict[str, Path]:
    """Return the first file for each SHA-256 of a document's bytes that is in a folder.

    Walks at most `MAX_FILES` files and `MAX_TOTAL` bytes, follows no link to a folder, and leaves out
    files over `MAX_BYTES`. Hashes that are not found are not in the answer.

    Raises:
        DocumentError: there is no such folder.
    """
    library = directory if isinstance(directory, Library) else Library.of(directory)
    wanted = {value.lower() for value in hashes if value}
    found: dict[str, Path] = {}
    if not wanted:
        return found
    for path, raw in library.read(MAX_TOTAL):
        digest = sha256_of(raw)
        if digest in wanted:
            found.setdefault(digest, path)
            if len(found) == len(wanted):
                break
    return found


def find_copies(
    directory: str | Path | Library, quotes: Mapping[str, Sequence[QuoteLike]]
) -> dict[str, Copy]:
    """Return, for each document, the file of a folder that is likely another copy of it.

    A quote is seen in a file when at least half of its runs of four words are there. A file is a likely
    copy when it shows at least three quotes and a third of all (of a document with fewer quotes, all, of
    eight words or more each); the one that shows most is taken. Web pages are read without their markup.

    Args:
        directory: where to look.
        quotes: the quotes of each document by its id.

    Raises:
        DocumentError: there is no such folder.
    """
    library = directory if isinstance(directory, Library) else Library.of(directory)
    wanted = {name: _grams(entries) for name, entries in quotes.items()}
    best: dict[str, Copy] = {}
    if not any(wanted.values()):
        return best
    for path, raw in library.read(MAX_SEARCHED):
        try:
            text = copy_text(path, raw)
        except DocumentError:
            continue
        there = np.unique(_runs(text.words.codes))
        for name, grams in wanted.items():
            seen = sum(bool(np.isin(runs, there, assume_unique=False).mean() >= 0.5) for runs in grams)
            if _enough(seen, grams) and (name not in best or seen > best[name].seen):
                best[name] = Copy(path, seen, len(grams))
    return best


def copy_text(path: Path, raw: bytes) -> Text:
    """Return the text of a likely copy; that of a saved web page without its markup.

    Raises:
        DocumentError: the file is too large, binary, or in another encoding.
    """
    text = normalise(raw, name=str(path))
    return without_markup(text) if path.suffix.lower() in _PAGES else text


def _grams(quotes: Sequence[QuoteLike]) -> list[NDArray[np.int64]]:
    """Return the runs of each different quote that is long enough to have some."""
    found = []
    for words in dict.fromkeys(quote.words for quote in quotes):
        try:
            runs = _runs(codes_of(words))
        except ValueError:
            continue
        if len(runs) >= 2:
            found.append(runs)
    return found


def _runs(codes: NDArray[np.uint16]) -> NDArray[np.int64]:
    """Return a 48-bit key (n - 3,) for each run of four codes (n,)."""
    count = max(0, len(codes) - _GRAM + 1)
    keys = np.zeros(count, np.int64)
    for place in range(_GRAM):
        keys = (keys << 12) | codes[place : place + count].astype(np.int64)
    return keys


def _enough(seen: int, grams: Sequence[NDArray[np.int64]]) -> bool:
    if len(grams) < 3:
        return seen == len(grams) > 0 and all(len(runs) + _GRAM - 1 >= 8 for runs in grams)
    return seen >= 3 and 3 * seen >= len(grams)
