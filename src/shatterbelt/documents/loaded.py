"""A document as loaded from a file: its text, what it says of itself, and its blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from shatterbelt.documents.text import Text

Format = Literal["text", "markdown", "html", "pdf", "docx"]
BlockKind = Literal["body", "heading", "byline", "dateline", "caption", "boilerplate"]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says of itself; empty strings where it says nothing. Names are CSL-JSON's.

    ``issued`` is an ISO date, as exact as known: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    issued: str = ""
    publisher: str = ""
    place: str = ""
    url: str = ""
    language: str = "en"

    @property
    def missing(self) -> tuple[str, ...]:
        """What has to be asked for before the statements can be dated and weighed."""
        wanted = {"title": self.title, "issued": self.issued, "publisher": self.publisher}
        return tuple(name for name, value in wanted.items() if not value)


@dataclass(frozen=True, slots=True)
class Block:
    """A run of characters that belong together: a paragraph, a heading, a byline, boilerplate.

    A body block joins lines that were broken in mid-sentence: ``start`` to ``end`` covers them all.
    """

    start: int
    end: int
    kind: BlockKind = "body"


@dataclass(frozen=True)
class LoadedDocument:
    """A document's text with its metadata and blocks; nothing in it moves an offset.

    ``original`` has the same length as ``text.characters``: the characters before they were normalised.
    Offsets of everything that is read count characters of either. For HTML, PDF and DOCX they count
    characters of the text taken out of the file.
    """

    id: str
    name: str
    text: Text
    original: str
    format: Format = "text"
    metadata: Metadata = Metadata()
    blocks: tuple[Block, ...] = field(default=())

    def __post_init__(self) -> None:
        if len(self.original) != len(self.text):
            raise ValueError("the original and the normalised text must have one length")

    @property
    def body(self) -> tuple[Block, ...]:
        """The blocks that are read for statements."""
        return tuple(block for block in self.blocks if block.kind == "body")
