"""Statements as JSON lines: plain values with W3C Web Annotation selectors into the reader's document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shatterbelt.documents.annotation import AROUND
from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.documents.text import span_hash
from shatterbelt.reading.merging import Told
from shatterbelt.reading.statements import Event, Span, Statement


def document_values(
    document: LoadedDocument, *, rating: str = "F", story: int | None = None
) -> dict[str, Any]:
    """Return a document's metadata as plain values; its ``kind`` is ``document``.

    ``story`` numbers the groups of copies of one story; ``missing`` names what nobody has said of it yet.
    """
    about = document.metadata
    return {
        "kind": "document",
        "id": document.id,
        "name": document.name,
        "format": document.format,
        "sha256": document.text.sha256,
        "characters": len(document.text),
        "title": about.title,
        "authors": list(about.authors),
        "issued": about.issued,
        "publisher": about.publisher,
        "place": about.place,
        "url": about.url,
        "language": about.language,
        "rating": rating,
        "missing": list(about.missing),
        "story": story,
    }


def target(document: LoadedDocument, span: Span) -> dict[str, Any]:
    """Return where a span stands as the target of a W3C Web Annotation.

    Both selectors count and hold the document's own characters, before they were normalised.
    """
    start, end, text = span.start, span.end, document.original
    return {
        "source": f"urn:shatterbelt:document:{document.id}",
        "selector": [
            {"type": "TextPositionSelector", "start": start, "end": end},
            {
                "type": "TextQuoteSelector",
                "exact": text[start:end],
                "prefix": text[max(0, start - AROUND) : start],
                "suffix": text[end : end + AROUND],
            },
        ],
        "shatterbelt:sha256": span_hash(document.text.characters[start:end]),
    }


def statement_values(document: LoadedDocument, statement: Statement) -> dict[str, Any]:
    """Return a statement as plain values, its quote also as the target of a Web Annotation."""
    values = {"id": statement.id, **statement.model_dump(mode="json")}
    return values | {"target": target(document, statement.quote)}


def told_values(documents: Mapping[str, LoadedDocument], told: Told) -> dict[str, Any]:
    """Return an event as plain values, with a report for each of its other tellings."""
    event = told.event
    reports = [_report(documents[event.document], event, span) for span in event.reports]
    for telling in told.tellings:
        if telling is not event:
            document = documents[telling.document]
            reports.append(_report(document, telling, telling.quote) | {"id": telling.id})
            reports += [_report(document, telling, span) for span in telling.reports]
    return statement_values(documents[event.document], event) | {
        "reports": reports,
        "documents": list(told.documents),
    }


def _report(document: LoadedDocument, event: Event, span: Span) -> dict[str, Any]:
    return {
        "document": document.id,
        "target": target(document, span),
        "says_who": [one.model_dump(mode="json") for one in event.says_who],
        "manner": event.manner,
        "reading": event.reading,
    }


def json_lines(values: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Give each object as a line of JSON, without the line's end."""
    for one in values:
        yield json.dumps(one, ensure_ascii=False, allow_nan=False)
