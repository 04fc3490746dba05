"""Quotes as W3C Web Annotations, for programs that mark passages in documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shatterbelt.documents.anchor import Resolved
from shatterbelt.documents.quotes import QuoteLike
from shatterbelt.documents.text import Text

CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"shatterbelt": "urn:shatterbelt:"}]
AROUND = 32
"""Characters before and after the passage in a text quote selector."""


def to_annotation(
    quote: QuoteLike,
    *,
    source: str = "",
    body: Mapping[str, Any] | str | None = None,
    resolved: Resolved | None = None,
    text: Text | None = None,
) -> dict[str, Any]:
    """Return a quote as a Web Annotation, holding words of the document only if ``resolved`` is given.

    Its target has a TextPositionSelector (characters of the normalised text, the end not included) and,
    with ``resolved``, a TextQuoteSelector; with ``text`` too, that has a prefix and a suffix.

    Args:
        quote: the quote.
        source: IRI of the document; default ``urn:shatterbelt:document:`` and its id.
        body: what is said of the passage: a text (such as the paraphrase) or a whole body.
        resolved: where the quote stands in the copy at hand; then ``source`` should name that copy.
        text: the copy at hand.
    """
    start, end = (resolved.start, resolved.end) if resolved else (quote.start, quote.end)
    selectors: list[dict[str, Any]] = [{"type": "TextPositionSelector", "start": start, "end": end}]
    if resolved:
        exact = {"type": "TextQuoteSelector", "exact": resolved.text}
        if text is not None:
            exact["prefix"] = text.characters[max(0, start - AROUND) : start]
            exact["suffix"] = text.characters[end : end + AROUND]
        selectors.append(exact)
    annotation: dict[str, Any] = {
        "@context": CONTEXT,
        "type": "Annotation",
        "target": {
            "source": source or f"urn:shatterbelt:document:{quote.document}",
            "selector": selectors,
            "shatterbelt:sha256": quote.sha256,
            "shatterbelt:words": quote.words,
        },
    }
    if body is not None:
        plain = {"type": "TextualBody", "value": body, "format": "text/plain"}
        annotation["body"] = plain if isinstance(body, str) else dict(body)
    return annotation
