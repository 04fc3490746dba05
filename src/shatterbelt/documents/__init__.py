"""Documents and the quotes in them: load, normalise without changing length, hash, anchor, resolve."""

from shatterbelt.documents.anchor import Resolved, Unresolved, resolve, shown
from shatterbelt.documents.annotation import to_annotation
from shatterbelt.documents.answers import Answer, Asked, DocumentLike, FoundDocument, QuoteReport, resolve_all
from shatterbelt.documents.find import Copy, Library, find_copies, find_documents
from shatterbelt.documents.markup import without_markup
from shatterbelt.documents.quotes import QuoteLike, QuoteValues, locate, make_quote
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
    "Copy",
    "DocumentLike",
    "FoundDocument",
    "Library",
    "QuoteLike",
    "QuoteReport",
    "QuoteValues",
    "Resolved",
    "Text",
    "Unresolved",
    "find_copies",
    "find_documents",
    "fingerprint",
    "locate",
    "make_quote",
    "normalise",
    "paragraph_of",
    "paragraphs",
    "read_text",
    "resolve",
    "resolve_all",
    "sha256_of",
    "shown",
    "span_hash",
    "text_of",
    "to_annotation",
    "without_markup",
]
