"""What was read of documents as one HTML page: the text with its statements marked, each with its coding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from shatterbelt import __version__
from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.reading.merging import Told
from shatterbelt.reading.statements import Aim, Claim, Event, Span, Statement
from shatterbelt.report import page
from shatterbelt.report.marks import (
    Mark,
    Part,
    in_blocks,
    numbered,
    one_line,
    past_hashes,
    pieces,
    seen,
    tell_repeats,
    unseen_in,
)
from shatterbelt.report.reading_words import coding, in_short, speakers

View = dict[str, Any]
Entry = Told | Statement

STYLES = ("page.css", "parts.css", "marks.css", "reading.css", "print.css")
SCRIPTS = ("theme.js", "marks.js", "reading.js")
KINDS = ("event", "claim", "aim")
SURE = (0.3, 0.5, 0.7, 0.9)
"""Chances of having been read rightly that the page can ask for."""


def render(
    documents: Sequence[LoadedDocument],
    entries: Sequence[Entry],
    faults: Sequence[str] = (),
    dropped: Mapping[str, int] | None = None,
    stories: Mapping[str, int] | None = None,
) -> str:
    """Return documents with their statements marked as one HTML page that needs no network.

    All text of the documents is escaped, and its invisible marks are left out.

    Args:
        documents: what was read, whole.
        entries: events with all their tellings, and the other statements, by document and place.
        faults: what could not be read, in words.
        dropped: how many statements of each reader were dropped because their quotes are not there.
        stories: number of the story, for documents that are copies of one.
    """
    style = page.together("static", STYLES)
    early, script = page.together("static", ("early.js",)), page.together("static", SCRIPTS)
    return (
        page.environment(finalize=_inert)
        .get_template("reading.html.j2")
        .render(
            **reading_view(documents, entries, stories or {}),
            faults=list(faults),
            dropped=dict(dropped or {}),
            version=__version__,
            policy=page.policy([early, script], [style]),
            early=Markup(early),
            style=Markup(style),
            script=Markup(script),
        )
    )


def _inert(value: Any) -> Any:
    return seen(value) if isinstance(value, str) and not isinstance(value, Markup) else value


# --------------------------------------------------------------------------- values


def reading_view(
    documents: Sequence[LoadedDocument], entries: Sequence[Entry], stories: Mapping[str, int]
) -> View:
    """Return what the template shows."""
    items = [statement_view(entry, name) for entry, name in zip(entries, names_of(entries), strict=True)]
    marks: dict[str, list[Mark]] = {document.id: [] for document in documents}
    for entry, item in zip(entries, items, strict=True):
        for document, mark in marks_of(entry, item["key"]):
            marks[document].append(mark)
    speakers = Counter(who for item in items for who in item["speakers"])
    numbers = {who: str(place) for place, who in enumerate(speakers)}
    for item in items:
        item["who"] = " ".join(numbers[who] for who in item["speakers"])
    mine: dict[str, list[View]] = {document.id: [] for document in documents}
    for item in items:
        mine[item["document"]].append(item)
    shown = [
        document_view(document, marks[document.id], mine[document.id], stories) for document in documents
    ]
    tell_repeats(piece for one in shown for block in one["blocks"] for piece in block["pieces"])
    return {
        "documents": shown,
        "items": items,
        "names": {item["key"]: item for item in items},
        "counts": {kind: sum(item["kind"] == kind for item in items) for kind in KINDS},
        "speakers": [(numbers[who], who, count) for who, count in speakers.most_common()],
        "manners": Counter(item["manner"] for item in items).most_common(),
        "sure": SURE,
        "title": _title(documents),
    }


def _title(documents: Sequence[LoadedDocument]) -> str:
    if len(documents) == 1:
        return one_line(documents[0].metadata.title) or documents[0].name
    return f"{len(documents)} documents"


def names_of(entries: Sequence[Entry]) -> list[str]:
    """Return the names of the statements on the page, such as ``E1``."""
    return list(numbered(_best(entry).kind for entry in entries))


def _best(entry: Entry) -> Statement:
    return entry.event if isinstance(entry, Told) else entry


def statement_view(entry: Entry, name: str) -> View:
    """Return one statement with its coding, as it stands in the list and on the card."""
    one = _best(entry)
    again = (
        len(entry.tellings) - 1 + sum(len(telling.reports) for telling in entry.tellings)
        if isinstance(entry, Told)
        else 0
    )
    return {
        "key": name.lower(),
        "name": name,
        "kind": one.kind,
        "document": one.document,
        "short": in_short(one),
        "said": speakers(one),
        "speakers": list(dict.fromkeys(said.source.name or "unnamed" for said in one.says_who))
        or ["the author"],
        "manner": one.manner,
        "reading": one.reading,
        "sure": f"{100 * one.reading:.0f} %",
        "quote": one_line(one.quote.text),
        "coding": coding(one, again),
    }


def document_view(
    document: LoadedDocument, marks: Sequence[Mark], items: Sequence[View], stories: Mapping[str, int]
) -> View:
    """Return a document's head, its blocks cut into pieces, and how many statements it has of each kind."""
    about = document.metadata
    kinds = Counter(item["kind"] for item in items)
    places = [(past_hashes(document.original, block), block.end) for block in document.blocks]
    return {
        "id": document.id,
        "name": document.name,
        "language": about.language if about.language.replace("-", "").isalnum() else "und",
        "title": one_line(about.title),
        "facts": [
            one_line(fact)
            for fact in (", ".join(about.authors), about.publisher, about.place, about.issued)
            if fact
        ],
        "url": about.url,
        "missing": list(about.missing),
        "story": stories.get(document.id),
        "counts": {kind: kinds[kind] for kind in KINDS},
        "statements": list(items),
        "unseen": unseen_in(document.original),
        "blocks": [
            {"kind": block.kind, "pieces": pieces(document.original, start, end, some)}
            for block, (start, end), some in zip(
                document.blocks, places, in_blocks(places, marks), strict=True
            )
        ],
    }


def marks_of(entry: Entry, key: str) -> list[tuple[str, Mark]]:
    """Return all places of a statement, each with its document: quotes, and what the coding rests on."""
    found = []
    for one in entry.tellings if isinstance(entry, Told) else (entry,):
        quotes = [one.quote, *(one.reports if isinstance(one, Event) else ())]
        parts: list[tuple[Part, Span]] = [("quote", span) for span in quotes]
        parts += [("core", span) for span in core_of(one)]
        parts += [("effect", one.effect)] if isinstance(one, Claim) else []
        parts += [("voice", span) for span in voice_of(one)]
        parts += [("also", span) for span in also_of(one)]
        found += [(one.document, Mark(span.start, span.end, key, one.kind, part)) for part, span in parts]
    return found


def core_of(one: Statement) -> list[Span]:
    """Return the words that carry a statement: trigger, cause, what is wanted."""
    if isinstance(one, Event):
        return [one.trigger]
    if isinstance(one, Claim):
        return [one.cause]
    return [one.content] if isinstance(one, Aim) else []


def voice_of(one: Statement) -> list[Span]:
    """Return the words that tell who says it and how."""
    found = [span for said in one.says_who for span in (said.source.span, said.cue) if span]
    return [*found, one.hedge] if one.hedge else found


def also_of(one: Statement) -> list[Span]:
    """Return the other words that the coding rests on: parties, connectives, dates, places, numbers."""
    if isinstance(one, Event):
        found = [party.span for party in (*one.actors, *one.targets)]
        found += [one.date.span if one.date else None, one.place]
        found += [magnitude.span for magnitude in one.magnitudes]
    elif isinstance(one, Claim):
        found = [one.connective]
    elif isinstance(one, Aim):
        found = [one.actor.span, one.addressee.span if one.addressee else None, one.cue, one.condition]
    else:
        found = []
    return [span for span in found if span]
