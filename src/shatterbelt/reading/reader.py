"""Documents to statements: what every reader is, the reader by rules, and the gate that all pass."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol

from shatterbelt.documents.loaded import Block, LoadedDocument
from shatterbelt.errors import DocumentError, Fault
from shatterbelt.reading.ahead import ahead
from shatterbelt.reading.calibration import calibrated
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.parsing import installed, parse, pipeline
from shatterbelt.reading.spread import WORTH, spread, way
from shatterbelt.reading.statements import Statement, stands

if TYPE_CHECKING:
    from shatterbelt.reading.encoder import Encoder

PART = 60_000
"""Characters of a document that are parsed at a time, so that a book needs no more memory than an article."""

Progress = Callable[[str, int, int], None]
"""Told which document was read, how many are done, and how many there are."""


class Reader(Protocol):
    """Reads a document into statements that nobody has reviewed.

    ``name`` says what read it (with its version) and stands in every statement; ``languages`` are those
    that it reads, none meaning any; ``dropped`` counts what it found and could not place in a document.
    """

    @property
    def name(self) -> str: ...  # noqa: D102  # the class says it
    @property
    def languages(self) -> tuple[str, ...]: ...  # noqa: D102  # the class says it
    @property
    def dropped(self) -> int: ...  # noqa: D102  # the class says it

    def read_each(
        self, documents: Iterable[LoadedDocument]
    ) -> Iterator[tuple[LoadedDocument, list[Statement] | DocumentError]]:
        """Give each document, in order, with its statements, or with why it could not be read."""


@dataclass(frozen=True)
class Reading:
    """What was read: the documents, their statements in order of place, and what went wrong.

    ``dropped`` counts statements whose quote does not stand in the document, by reader.
    """

    documents: tuple[LoadedDocument, ...]
    statements: tuple[Statement, ...]
    faults: tuple[Fault, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    readers: tuple[str, ...] = ()

    def of(self, document: str) -> list[Statement]:
        """Return the statements of one document."""
        return [statement for statement in self.statements if statement.document == document]


def read_documents(
    documents: Sequence[LoadedDocument], readers: Sequence[Reader], progress: Progress | None = None
) -> Reading:
    """Read documents with each reader; what does not stand in its document is dropped and counted.

    A document that a reader cannot read is a fault, and the others are still read.
    """
    found: dict[str, list[Statement]] = {document.id: [] for document in documents}
    faults: list[Fault] = []
    dropped: dict[str, int] = {}
    for reader in readers:
        before = reader.dropped
        fit = [document for document in documents if _reads(reader, document, faults)]
        for done, (document, statements) in enumerate(reader.read_each(fit), 1):
            if isinstance(statements, DocumentError):
                faults += statements.faults
                continue
            good = [one for one in statements if one.document == document.id and stands(document, one)]
            dropped[reader.name] = dropped.get(reader.name, 0) + len(statements) - len(good)
            found[document.id] += (calibrated(one) for one in good)
            if progress is not None:
                progress(document.name, done, len(fit))
        dropped[reader.name] = dropped.get(reader.name, 0) + reader.dropped - before
    ordered = [
        statement
        for document in documents
        for statement in sorted(_once(found[document.id]), key=lambda one: (one.quote.start, one.kind))
    ]
    return Reading(
        tuple(documents),
        tuple(ordered),
        tuple(faults),
        {name: number for name, number in dropped.items() if number},
        tuple(reader.name for reader in readers),
    )


def _reads(reader: Reader, document: LoadedDocument, faults: list[Fault]) -> bool:
    language = document.metadata.language
    if not reader.languages or language in reader.languages:
        return True
    problem = f"the document seems to be in another language ({language})"
    allowed = f"the {reader.name} read {', '.join(reader.languages)}"
    faults.append(Fault(document.name, None, "", problem, allowed, "if it is English: --language en"))
    return False


def _once(statements: Sequence[Statement]) -> list[Statement]:
    """Leave out what a reader says a second time of the very same passage."""
    seen: dict[Any, Statement] = {}
    for one in statements:
        seen.setdefault((one.reader, one.id, one.model_dump_json(exclude={"rule", "reading"})), one)
    return list(seen.values())


# --------------------------------------------------------------------------- rules and encoder


class RuleReader:
    """Reads English by spaCy's parses, our tables of words, and (unless told not to) our encoder.

    Args:
        encoder: whether the encoder is asked too.
        processes: among how many processes much text is spread. More than one needs a main module that can be
            imported anew, as that of a command can.

    Raises:
        RequestError: what reading needs is not installed.
    """

    name = "rules"
    languages = ("en",)
    dropped = 0

    def __init__(self, *, encoder: bool = True, processes: int = 1) -> None:
        self._asked, self._processes = encoder, processes
        installed()
        if processes == 1:
            pipeline()
            self.encoder  # noqa: B018  # loaded now, so that what is wrong is told at once

    @cached_property
    def encoder(self) -> Encoder | None:
        """The encoder, on one thread: the parser has the other core."""
        if not self._asked:
            return None
        from shatterbelt.reading.encoder import Encoder

        return Encoder.load(threads=1)

    def read(self, document: LoadedDocument) -> list[Statement]:
        """Return the statements of one document, in no particular order.

        Raises:
            DocumentError: the program fails on it.
        """
        ((_, found),) = self.read_each([document])
        if isinstance(found, DocumentError):
            raise found
        return found

    def read_each(
        self, documents: Iterable[LoadedDocument]
    ) -> Iterator[tuple[LoadedDocument, list[Statement] | DocumentError]]:
        """Give each document with its statements; parser, encoder and rules work at the same time."""
        documents = list(documents)
        found = self._parts_read([part for document in documents for part in _parts(document)])
        for document in documents:
            statements: list[Statement] = []
            faults: list[Fault] = []
            for _ in _parts(document):
                read = next(found)
                if isinstance(read, DocumentError):
                    faults += read.faults
                else:
                    statements += read
            yield document, DocumentError(faults[:1]) if faults else statements

    def _parts_read(self, parts: list[LoadedDocument]) -> Iterator[list[Statement] | DocumentError]:
        size = sum(block.end - block.start for part in parts for block in part.body)
        if self._processes > 1 and len(parts) > 1 and size > WORTH[way()]:
            yield from spread(parts, self._processes, partial(RuleReader, encoder=self._asked), _load)
            return
        for part, sentences in ahead((part, self._predicted(found)) for part, found in ahead(parse(parts))):
            yield _tried(part, sentences)

    def _predicted(self, sentences: list[Sentence]) -> list[Sentence]:
        if self.encoder is None or not sentences:
            return sentences
        predictions = self.encoder.predict(sentences)
        return [replace(one, prediction=said) for one, said in zip(sentences, predictions, strict=True)]


def _load() -> None:
    """Load parser and tables by reading a sentence; not the encoder, whose runtime starts a thread."""
    from shatterbelt.documents.loading import load_document

    text = b"Police said on Sunday that 300 miners had been arrested because the union wanted a strike."
    for document, sentences in parse([load_document(text, id="first", name="first")]):
        _statements(document, sentences)


def _parts(document: LoadedDocument) -> Iterator[LoadedDocument]:
    """Give a document in parts of whole blocks, each with about `PART` characters; mostly there is one."""
    blocks: list[Block] = []
    size, given = 0, False
    for block in document.body:
        if blocks and size + block.end - block.start > PART:
            yield replace(document, blocks=tuple(blocks))
            blocks, size, given = [], 0, True
        blocks.append(block)
        size += block.end - block.start
    if blocks or not given:
        yield replace(document, blocks=tuple(blocks))


def _tried(document: LoadedDocument, sentences: list[Sentence]) -> list[Statement] | DocumentError:
    """Return a document's statements; a fault of ours in one document costs no other."""
    try:
        return _statements(document, sentences)
    except Exception as error:
        if os.environ.get("SHATTERBELT_TRACEBACK"):
            raise
        problem = f"the program fails on it ({type(error).__name__}: {str(error)[:100]})"
        told = "this is a fault of the program, not of the document", "please report it"
        return DocumentError([Fault(document.name, None, "", problem, *told)])


def _statements(document: LoadedDocument, sentences: list[Sentence]) -> list[Statement]:
    """Let every finder look at a parsed document."""
    from shatterbelt.reading.aims import find_aims
    from shatterbelt.reading.attribution import voices_of
    from shatterbelt.reading.claims import find_claims
    from shatterbelt.reading.events import find_events
    from shatterbelt.reading.parties import Parties

    if not sentences:
        return []
    parties = Parties(sentences, document.metadata.issued)
    voices = voices_of(sentences, parties)
    return [
        *find_events(sentences, voices, parties, document),
        *find_claims(sentences, voices, parties, document),
        *find_aims(sentences, voices, parties, document),
    ]
