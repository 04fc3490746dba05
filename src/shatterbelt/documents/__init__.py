"""Documents and the quotes in them: load, normalise without changing length, hash, anchor, resolve."""

from shatterbelt.documents.anchor import Resolved, Unresolved, resolve, shown
from shatterbelt.documents.annotation import to_annotation
from shatterbelt.documents.answers import (
    Answer,
    Asked,
    DocumentLike,
    FoundDocument,
    QuoteReport,
    resolve_all,
    text_found,
)
from shatterbelt.documents.arguments import find_files
from shatterbelt.documents.blocks import blocks_of
from shatterbelt.documents.find import Copy, Library, find_copies, find_documents
from shatterbelt.documents.loaded import Block, LoadedDocument, Metadata
from shatterbelt.documents.loading import load_all, load_document
from shatterbelt.documents.markup import without_markup
from shatterbelt.documents.metadata import metadata_of
from shatterbelt.documents.quotes import QuoteLike, QuoteValues, locate, make_quote
from shatterbelt.documents.stories import same_story
from shatterbelt.documents.text import (
    MAX_BYTES,
    Text,
    normalise,
    paragraph_of,
    paragraphs,
    read_text,
    sha256_of,
    span_hash,
    text_of,
)
from shatterbelt.documents.words import fingerprint

__all__ = [
    "MAX_BYTES",
    "Answer",
    "Asked",
    "Block",
    "Copy",
    "DocumentLike",
    "FoundDocument",
    "Library",
    "LoadedDocument",
    "Metadata",
    "QuoteLike",
    "QuoteReport",
    "QuoteValues",
    "Resolved",
    "Text",
    "Unresolved",
    "blocks_of",
    "find_copies",
    "find_documents",
    "find_files",
    "fingerprint",
    "load_all",
    "load_document",
    "locate",
    "make_quote",
    "metadata_of",
    "normalise",
    "paragraph_of",
    "paragraphs",
    "read_text",
    "resolve",
    "resolve_all",
    "same_story",
    "sha256_of",
    "shown",
    "span_hash",
    "text_found",
    "text_of",
    "to_annotation",
    "without_markup",
]
