"""All quotes of a case against a folder of documents: one answer each, and all faults at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from shatterbelt.documents.anchor import Resolved, Unresolved, resolve
from shatterbelt.documents.find import Copy, Library, copy_text, find_copies, find_documents
from shatterbelt.documents.loading import load_document
from shatterbelt.documents.quotes import QuoteLike
from shatterbelt.documents.text import Text, read_bytes, read_text
from shatterbelt.errors import DocumentError, Fault

Status = Literal["resolved", "re-anchored", "missing document", "mismatch"]
_LONG = 6


class DocumentLike(Protocol):
    """What a document's metadata must have; ``shatterbelt.case.types.Document`` has it."""

    @property
    def sha256(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Asked:
    """A quote to resolve: an id to know it by (its claim's), and where it stands in the case's files."""

    id: str
    quote: QuoteLike
    file: str = "claims.yaml"
    line: int | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one quote. Its text is kept in memory only and belongs to the document's owner."""

    id: str
    quote: QuoteLike
    status: Status
    resolved: Resolved | None = None
    problem: str = ""
    path: str = ""

    @property
    def found(self) -> bool:
        """Whether the quote was found in a document, at its place or elsewhere."""
        return self.resolved is not None

    @property
    def text(self) -> str:
        """The passage on one line; empty when it was not found."""
        return self.resolved.shown if self.resolved else ""

    @property
    def remark(self) -> str:
        """What a reader must know: how it was found, or why not; empty when it stands at its place."""
        here = self.resolved
        if here is None or here.how == "exact":
            return self.problem
        if here.confirmed:
            agrees = "character for character up to white space"
        elif here.score == 1:
            agrees = "word for word, by the fingerprint only"
        else:
            words = len(self.quote.words) // 3
            agrees = f"about {max(1, round((1 - here.score) * words))} of {words} words differ: read it"
        return f"re-anchored at {here.start}-{here.end} of another copy; {agrees}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, with the passage, for ``--json``."""
        here = self.resolved
        return {
            "id": self.id,
            "document": self.quote.document,
            "start": self.quote.start,
            "end": self.quote.end,
            "status": self.status,
            "file": self.path,
            "text": self.text,
            "found_start": here.start if here else None,
            "found_end": here.end if here else None,
            "score": here.score if here else None,
            "confirmed": here.confirmed if here else None,
            "problem": self.problem,
            "remark": self.remark,
        }


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """The file taken for a document: ``same`` bytes, or another copy in which ``seen`` quotes were seen."""

    path: Path
    same: bool
    seen: int = 0


@dataclass(frozen=True, slots=True)
class QuoteReport:
    """The answers in the order asked, the files used, every fault, and notes on what was left out."""

    answers: tuple[Answer, ...]
    documents: Mapping[str, FoundDocument]
    missing: tuple[str, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]

    def count(self, status: Status) -> int:
        """Return how many quotes have a status."""
        return sum(answer.status == status for answer in self.answers)

    def raise_faults(self) -> None:
        """Raise every fault at once, if there is any; a document that is not at hand is none.

        Raises:
            DocumentError: a quote does not agree with its document.
        """
        if self.faults:
            raise DocumentError(self.faults)


def resolve_all(
    asked: Iterable[Asked], documents: Mapping[str, DocumentLike], directory: str | Path
) -> QuoteReport:
    """Resolve every quote against the documents found in a folder.

    A document is found by the SHA-256 of its bytes; then a quote must stand at its offsets, with its
    hash. One not found so is looked for as another copy (`find_copies`); there a quote may be
    re-anchored, short ones with the help of where the long ones were found.

    Args:
        asked: the quotes, each with where it stands in the case.
        documents: metadata by document id; only ``sha256`` is used.
        directory: a folder, searched with its subfolders, or one file.

    Raises:
        DocumentError: there is no such folder.
    """
    wanted = tuple(asked)
    groups: dict[str, list[Asked]] = {}
    for entry in wanted:
        groups.setdefault(entry.quote.document, []).append(entry)
    library = Library.of(directory)
    known = {name: documents[name].sha256.lower() for name in groups if name in documents}
    found = _find(library, known, groups)
    answers: dict[int, Answer] = {}
    missing = []
    for name, entries in groups.items():
        here = found.get(name)
        if here is None:
            missing.append(name)
            answers.update({id(entry): _missing(entry, name in known) for entry in entries})
        else:
            answers.update(_in_document(entries, here))
    faults = tuple(
        Fault(
            entry.file,
            entry.line,
            entry.path or entry.id,
            answers[id(entry)].problem,
            "",
            _hint(entry, known),
        )
        for entry in wanted
        if answers[id(entry)].status == "mismatch" or entry.quote.document not in known
    )
    ordered = tuple(answers[id(entry)] for entry in wanted)
    return QuoteReport(ordered, found, tuple(missing), faults, tuple(library.notes))


def _find(
    library: Library, known: Mapping[str, str], groups: Mapping[str, Sequence[Asked]]
) -> dict[str, FoundDocument]:
    same = find_documents(library, known.values())
    found = {name: FoundDocument(same[digest], same=True) for name, digest in known.items() if digest in same}
    rest = {name: [entry.quote for entry in groups[name]] for name in known if name not in found}
    copies: dict[str, Copy] = find_copies(library, rest) if rest else {}
    found.update(
        {name: FoundDocument(copy.path, same=False, seen=copy.seen) for name, copy in copies.items()}
    )
    return found


def _in_document(entries: Sequence[Asked], here: FoundDocument) -> dict[int, Answer]:
    """Return the answer to each quote of one document by the identity of its entry."""
    try:
        text = text_found(here)
    except DocumentError as fault:
        problem = fault.faults[0].problem
        return {id(entry): Answer(entry.id, entry.quote, "mismatch", None, problem) for entry in entries}
    found = {id(entry): resolve(entry.quote, text) for entry in entries}
    if not here.same:
        _place_the_rest(entries, text, found)
    return {id(entry): _answer(entry, found[id(entry)], here) for entry in entries}


def text_found(here: FoundDocument) -> Text:
    """Return the text in which the quotes of a found document were resolved.

    Raises:
        DocumentError: the file cannot be read.
    """
    return _as_read(here.path) if here.same else copy_text(here.path, read_bytes(here.path))


def _as_read(path: Path) -> Text:
    """Return the text that a document's quotes count in: of a page, PDF or DOCX what was taken out of it.

    Raises:
        DocumentError: the file can be read neither so nor as plain text.
    """
    try:
        loaded = load_document(path)
    except DocumentError:
        return read_text(path)
    return loaded.text if loaded.format in {"html", "pdf", "docx"} else read_text(path)


def _place_the_rest(entries: Sequence[Asked], text: Text, found: dict[int, Resolved | Unresolved]) -> None:
    """Resolve short and doubtful quotes again, from where the long ones were found."""
    sure = {
        entry.quote.start: answer.start
        for entry in entries
        if isinstance(answer := found[id(entry)], Resolved) and len(entry.quote.words) >= 3 * _LONG
    }
    if not sure:
        return
    starts = np.array(sorted(sure), float)
    shifts = np.array([sure[int(start)] - start for start in starts])
    for entry in entries:
        doubtful = isinstance(found[id(entry)], Unresolved) or len(entry.quote.words) < 3 * _LONG
        if doubtful:
            near = entry.quote.start + float(np.interp(entry.quote.start, starts, shifts))
            found[id(entry)] = resolve(entry.quote, text, near=near)


def _answer(entry: Asked, found: Resolved | Unresolved, here: FoundDocument) -> Answer:
    path = str(here.path)
    if isinstance(found, Unresolved):
        problem = f"the quote {_span(entry)} is not in {path}: {found.reason}"
        return Answer(entry.id, entry.quote, "mismatch", None, problem, path)
    if found.how == "exact":
        return Answer(entry.id, entry.quote, "resolved", found, "", path)
    if here.same:
        problem = (
            f"the hash of {_span(entry)} is another in {path}, which is the very document;"
            f" its words stand at {found.start}-{found.end}"
        )
        return Answer(entry.id, entry.quote, "mismatch", None, problem, path)
    return Answer(entry.id, entry.quote, "re-anchored", found, "", path)


def _missing(entry: Asked, known: bool) -> Answer:
    name = entry.quote.document
    problem = (
        f"the document {name!r} was not found, nor a copy of it"
        if known
        else f"the case has no document {name!r}"
    )
    return Answer(entry.id, entry.quote, "missing document", None, problem)


def _hint(entry: Asked, known: Mapping[str, str]) -> str:
    if entry.quote.document not in known:
        return "name one of documents.yaml"
    return "make the quote again, or keep the document apart if it is another text"


def _span(entry: Asked) -> str:
    return f"{entry.quote.document} {entry.quote.start}-{entry.quote.end}"
