"""Documents and the quotes in them: load, normalise without changing length, hash, anchor, resolve."""

from shatterbelt.documents.quotes import QuoteLike, QuoteValues, locate, make_quote
from shatterbelt.documents.text import (
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
    "QuoteLike",
    "QuoteValues",
    "Text",
    "fingerprint",
    "locate",
    "make_quote",
    "normalise",
    "paragraph_of",
    "paragraphs",
    "read_text",
    "sha256_of",
    "span_hash",
    "text_of",
]
