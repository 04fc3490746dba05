"""A draft case from what was read: everything in it is a proposal, and nothing is reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shatterbelt.api.draft_events import DraftEvents
from shatterbelt.api.draft_statements import DraftStatements
from shatterbelt.api.draft_words import actor_entry, short
from shatterbelt.errors import RequestError

if TYPE_CHECKING:
    from shatterbelt.api.reading import ReadResult
    from shatterbelt.documents.loaded import LoadedDocument

HORIZON = 24
"""Steps of future that a draft looks ahead."""
MOST_NARRATIVES = 90
"""Documents that get a narrative of their own; the format takes no more than 100."""


@dataclass(frozen=True)
class Drafted:
    """A draft case: its folder, how many of what it holds, and why statements were left out, by number."""

    folder: Path
    counts: Mapping[str, int]
    left_out: Mapping[str, int]


def free(folder: str | Path) -> None:
    """Make sure that a draft can be written into the folder, before anything is read.

    Raises:
        RequestError: the folder is not empty, or is no folder.
    """
    from shatterbelt.case.creating import refuse_if_used

    refuse_if_used(Path(folder))


def draft(folder: str | Path, result: ReadResult) -> Drafted:
    """Write a draft case of what was read into a new or empty folder, whole or not at all.

    Events that have a date, a known actor and happened go into the record; claims between proposed
    quantities, with their quotes, into a narrative for each document; aims to their actors. No sentence of
    a document is in it, only places, hashes and words of our own.

    Raises:
        RequestError: the folder is not empty or cannot be written, or nothing tells when the case is.
    """
    from shatterbelt.case.creating import name_of, write_case

    free(folder)
    events = DraftEvents(result)
    if not events.months:
        raise RequestError(
            "no document says when it was issued and no event has a date, so a case would have no time; "
            "give --issued DATE"
        )
    said = DraftStatements(result, events.taken_names)
    about = _about(name_of(folder) or "draft", result, events, said)
    texts = {
        "case.yaml": _HEAD + _yaml(about),
        "quantities.yaml": _yaml({**said.quantities, **events.quantities}),
        "claims.yaml": _yaml(said.claims),
        "documents.yaml": _yaml([_document(document, result) for document in result.reading.documents]),
        "record/series.csv": "series,period,value,unit,source,confidence,known\n",
        "record/events.csv": events.csv(),
    }
    left_out = events.left_out + said.left_out
    counts = {
        "event": len(events.rows),
        "claim": len(said.claims),
        "aim": sum(len(aims) for aims in said.aims.values()),
        "quantity": len(said.quantities) + len(events.quantities),
        "document": len(result.reading.documents),
    }
    return Drafted(write_case(folder, texts), counts, dict(left_out.most_common()))


_HEAD = """\
# A draft, made from documents by `shatterbelt new --from`. Nothing in it is reviewed, so no run sees its
# claims and events yet. Look at each with `shatterbelt quotes`, mend or drop it, and write `reviewed: yes`
# where it is right. Quantities are proposals: give each a unit, what is usual and a typical swing, and a
# series of the record.
"""


def _about(name: str, result: ReadResult, events: DraftEvents, said: DraftStatements) -> dict[str, Any]:
    documents = result.reading.documents
    first = short(documents[0].metadata.title) or documents[0].id
    more = f" and {len(documents) - 1} more" if len(documents) > 1 else ""
    codes = dict.fromkeys([*events.codes, *said.aims])
    start, end = events.reach
    narratives = _narratives(result, said)
    readers = ", ".join(dict.fromkeys(one.reader for one in result.statements)) or "rules"
    return {
        "format": 1,
        "name": name,
        "title": f"Draft from {first}{more}",
        "summary": f"Drafted from {len(documents)} document{'s' if more else ''} by {readers}; not reviewed.",
        "step": "month",
        "start": start,
        "record_ends": end,
        "horizon": HORIZON,
        "default_narrative": next(reversed(narratives), ""),
        "actors": {code: actor_entry(code) | _aims(said.aims.get(code, [])) for code in codes},
        "narratives": narratives,
        "left_out": [f"{count} {why}" for why, count in (events.left_out + said.left_out).most_common()],
    }


def _aims(aims: list[dict[str, Any]]) -> dict[str, Any]:
    return {"aims": aims} if aims else {}


def _narratives(result: ReadResult, said: DraftStatements) -> dict[str, Any]:
    """Return a narrative for each document, one for what contradicts it, and last the union of all."""
    found: dict[str, Any] = {}
    for document in result.reading.documents[:MOST_NARRATIVES]:
        told, otherwise = said.told_by(document.id)
        title = short(document.metadata.title) or document.id
        if told:
            found[document.id] = {"title": f"What {title} says", "claims": told}
        if otherwise:
            found[f"{document.id}-otherwise"] = {
                "title": f"What {title} also says",
                "about": "Claims of the same document whose sign is the opposite.",
                "claims": otherwise,
            }
    if len(found) > 1:
        found["all"] = {"title": "All that was read", "union_of": list(found)}
    return found


def _document(document: LoadedDocument, result: ReadResult) -> dict[str, Any]:
    about = document.metadata
    values: dict[str, Any] = {
        "id": document.id,
        "kind": "document",
        "type": "article-newspaper",
        "title": short(about.title) or document.id,
        "author": [{"literal": short(name)} for name in about.authors if short(name)],
        "issued": about.issued,
        "publisher": short(about.publisher),
        "sha256": document.text.sha256,
        "characters": len(document.text),
        "rating": result.rating,
        "note": _note(document, result),
    }
    return {key: value for key, value in values.items() if value not in ("", [])}


def _note(document: LoadedDocument, result: ReadResult) -> str:
    """Say which documents tell the same story: they count as one source."""
    story = result.stories.get(document.id)
    others = [key for key, number in result.stories.items() if number == story and key != document.id]
    return f"tells the same story as {', '.join(others)}" if story is not None and others else ""


def _yaml(data: object) -> str:
    """Return plain values as YAML, without anchors, and with yes and no as the case format reads them."""
    import yaml

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # yaml's signature
            return True

    text = yaml.dump(data, Dumper=Plain, sort_keys=False, allow_unicode=True, width=110)
    return text.replace("reviewed: 'no'\n", "reviewed: no\n")
