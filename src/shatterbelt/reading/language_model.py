"""A language model as a reader: it proposes, every word of it is looked up in the document, or dropped.

The document is data: it stands between marks that it cannot know, the answer can only fill our schema, and
nothing that comes back is run, opened, fetched, or taken as reviewed.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.resources
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from shatterbelt.documents.loaded import Block, LoadedDocument
from shatterbelt.errors import DocumentError, Fault, RequestError
from shatterbelt.reading.language_model_answer import Said, read_answer, schema
from shatterbelt.reading.language_model_endpoint import AnswerError, Completion, Endpoint
from shatterbelt.reading.language_model_verified import Unverified, verified
from shatterbelt.reading.statements import Statement

PIECE = 8_000
"""Characters of a document in one question; a model that is asked for more reads less of it."""

Piece = tuple[Block, ...]


@functools.cache
def prompt() -> str:
    """Return what the model is told before any document."""
    file = importlib.resources.files("shatterbelt.reading") / "tables" / "model_prompt.txt"
    return file.read_text(encoding="utf-8")


@functools.cache
def prompt_hash() -> str:
    """Return twelve hex digits that change when the prompt or the schema does."""
    told = prompt() + json.dumps(schema(), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


@dataclass
class ModelReader:
    """Reads by asking a language model; nothing is sent unless ``send`` is true.

    ``dropped`` counts what the model said that does not stand in the document or fits no schema.
    """

    endpoint: Endpoint
    send: bool = False
    languages: tuple[str, ...] = ()
    dropped: int = 0
    tell: Callable[[str], None] | None = None

    @property
    def name(self) -> str:
        """What the statements name as their reader, before the server has said which version it is."""
        return self._reader(self.endpoint.model, "")

    def _reader(self, model: str, version: str) -> str:
        said = f"{model or self.endpoint.model}{f' {version}' if version else ''}"
        return f"model {said}, prompt {prompt_hash()}"

    def announced(self, documents: Sequence[LoadedDocument]) -> str:
        """Say how much would go where; to be shown before anything is sent."""
        size = sum(block.end - block.start for document in documents for block in document.body)
        plain = "" if self.endpoint.encrypted else ", unencrypted"
        return (
            f"{size:,} characters of {len(documents)} document{'' if len(documents) == 1 else 's'} "
            f"to {self.endpoint.host}{plain}, to be read by the model {self.endpoint.model}"
        )

    def read(self, document: LoadedDocument) -> list[Statement]:
        """Return the statements of one document that could be verified.

        Raises:
            DocumentError: the model gave no usable answer for it.
            EndpointError: the endpoint cannot be used at all.
            RequestError: sending was not allowed.
        """
        for _, found in self.read_each([document]):
            if isinstance(found, DocumentError):
                raise found
            return found
        return []

    def read_each(
        self, documents: Iterable[LoadedDocument]
    ) -> Iterator[tuple[LoadedDocument, list[Statement] | DocumentError]]:
        """Give each document with its verified statements, or with why the model's answer is of no use."""
        documents = list(documents)
        if not self.send:
            raise RequestError(f"nothing was sent; this would send {self.announced(documents)}; add --send")
        if self.tell is not None and documents:
            self.tell(f"Sending {self.announced(documents)}")
        for document in documents:
            try:
                yield document, [one for piece in pieces(document) for one in self._piece(document, piece)]
            except AnswerError as error:
                hint = "try again, or another model; nothing of this document was taken"
                yield document, DocumentError([Fault(document.name, None, "", str(error), "", hint)])

    def _piece(self, document: LoadedDocument, piece: Piece) -> list[Statement]:
        """Ask for one piece; an answer that was cut off is asked for again in halves."""
        answer = self.endpoint.complete(question(document, piece))
        if answer.finished == "length" and len(piece) > 1:
            middle = len(piece) // 2
            halves = piece[:middle], piece[middle:]
            return [one for half in halves for one in self._piece(document, half)]
        if answer.finished == "length":
            raise AnswerError(f"{self.endpoint.host}: the answer was cut off")
        try:
            said, misshapen = read_answer(answer.content)
        except ValueError as error:
            raise AnswerError(f"{self.endpoint.host}: the answer cannot be used: {error}") from None
        self.dropped += misshapen
        return list(self._verified(document, piece, said, answer))

    def _verified(
        self, document: LoadedDocument, piece: Piece, said: Sequence[Said], answer: Completion
    ) -> Iterator[Statement]:
        reader = self._reader(answer.model, answer.version)
        for one in said:
            try:
                yield verified(document, piece, one, reader)
            except Unverified:
                self.dropped += 1


def pieces(document: LoadedDocument) -> Iterator[Piece]:
    """Give the document's body blocks in runs of about `PIECE` characters."""
    piece: list[Block] = []
    size = 0
    for block in document.body:
        if piece and size + block.end - block.start > PIECE:
            yield tuple(piece)
            piece, size = [], 0
        piece.append(block)
        size += block.end - block.start
    if piece:
        yield tuple(piece)


def question(document: LoadedDocument, piece: Piece) -> dict[str, object]:
    """Return the body of a request: our instructions, the piece as data, and the schema of the answer."""
    text = "\n\n".join(" ".join(document.original[block.start : block.end].split()) for block in piece)
    code = hashlib.sha256(f"shatterbelt {text}".encode()).hexdigest()[:16]  # no text can hold its own hash
    issued = document.metadata.issued or "not known"
    user = (
        f"The document was issued: {issued}.\n"
        f"BEGIN DOCUMENT {code}\n{text}\nEND DOCUMENT {code}\n"
        "Give the statements of the document between the two marks."
    )
    return {
        "messages": [{"role": "system", "content": prompt()}, {"role": "user", "content": user}],
        "temperature": 0,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "statements", "strict": True, "schema": schema()},
        },
    }
