"""Files, folders and standard input to documents; one bad file never hides the others."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from shatterbelt.documents.arguments import STDIN, find_files, id_of, shown_path
from shatterbelt.documents.blocks import blocks_of
from shatterbelt.documents.formats.decoding import decode
from shatterbelt.documents.formats.sniffing import binary_format, text_format
from shatterbelt.documents.formats.taken import Taken, fault
from shatterbelt.documents.loaded import LoadedDocument, Metadata
from shatterbelt.documents.metadata import merged, metadata_of
from shatterbelt.documents.text import MAX_BYTES, Text, normalise_characters, read_bytes, sha256_of
from shatterbelt.errors import DocumentError, Fault


def load_document(
    source: str | Path | bytes,
    *,
    id: str = "",  # noqa: A002 - the word that documents.yaml and the statements use
    name: str = "",
    metadata: Metadata | None = None,
) -> LoadedDocument:
    """Return a file's text with its blocks and what it says of itself; no offset is moved.

    Args:
        source: a path, or a file's bytes.
        id: the document's id; default made from the file's name.
        name: how to call the file; default its path.
        metadata: what is known better than by the file: its fields win where they are not empty.

    Raises:
        DocumentError: the file cannot be read, is too large, broken, empty, or of another kind.
    """
    if isinstance(source, bytes):
        name = name or "document"
        raw = source
    else:
        name = name or shown_path(source)
        raw = _bytes(Path(source), name)
    if len(raw) > MAX_BYTES:
        raise _too_large(name, len(raw))
    taken, text = _taken(raw, name)
    blocks = blocks_of(text.characters, taken.format, taken.pieces)
    found = metadata_of(text.characters, blocks, taken.said, declared=taken.declared)
    return LoadedDocument(
        id=id or id_of(name, set()),
        name=name,
        text=text,
        original=taken.original,
        format=taken.format,
        metadata=merged(found, metadata),
        blocks=blocks,
    )


def load_all(arguments: Iterable[str | Path]) -> tuple[list[LoadedDocument], list[Fault]]:
    """Return the documents of files, folders, globs and ``-``, and the faults of those that failed.

    Ids come from the files' names, whether or not they can be read, so that a file mended later does
    not change the ids of the others.
    """
    documents: list[LoadedDocument] = []
    faults: list[Fault] = []
    taken: set[str] = set()
    seen: set[Path] = set()
    for argument in arguments:
        try:
            files = find_files([argument])
        except DocumentError as error:
            faults += error.faults
            continue
        for file in files:
            if file in seen:
                continue
            seen.add(file)
            called = id_of("standard-input" if str(file) == STDIN else file.name, taken)
            taken.add(called)
            try:
                documents.append(_load(file, called))
            except DocumentError as error:
                faults += error.faults
    return documents, faults


def _load(file: Path, called: str) -> LoadedDocument:
    if str(file) != STDIN:
        return load_document(file, id=called)
    raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    return load_document(raw, id=called, name="standard input")


def _bytes(path: Path, name: str) -> bytes:
    """Return a file's bytes; its size is looked at before it is read."""
    try:
        size = path.stat().st_size if path.is_file() else 0
    except (OSError, ValueError):
        size = 0
    if size > MAX_BYTES:
        raise _too_large(name, size)
    return read_bytes(path)


def _too_large(name: str, size: int) -> DocumentError:
    problem = f"the document has {size:,} bytes"
    return fault(name, problem, f"at most {MAX_BYTES:,} are read", "keep only the article in the file")


def _taken(raw: bytes, name: str) -> tuple[Taken, Text]:
    """Return what is taken out of a file, and its text normalised, of one length."""
    kind = binary_format(raw, name)
    if kind is not None:
        if kind == "pdf":
            from shatterbelt.documents.formats.pdf import read_pdf as read
        else:
            from shatterbelt.documents.formats.docx import read_docx as read
        taken = read(raw, name)
        return taken, Text(normalise_characters(taken.original), sha256_of(raw), taken.encoding)
    decoded, text = decode(raw, name)
    if text_format(decoded, name) == "html":
        from shatterbelt.documents.formats.page import read_page

        taken = read_page(decoded, text.encoding, name)
        return taken, Text(normalise_characters(taken.original), text.sha256, text.encoding)
    from shatterbelt.documents.formats.front import front_of

    return Taken(decoded, text_format(decoded, name), text.encoding, front_of(text.characters)), text
