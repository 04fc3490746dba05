"""Read documents into statements: load, complete the metadata, read, group the copies, merge the events."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shatterbelt.errors import RequestError

if TYPE_CHECKING:
    from shatterbelt.documents.loaded import LoadedDocument
    from shatterbelt.errors import Fault
    from shatterbelt.reading.merging import Told
    from shatterbelt.reading.reader import Reader, Reading
    from shatterbelt.reading.statements import Statement

KINDS = {"events": "event", "claims": "claim", "aims": "aim"}
"""What can be asked for, and the kind of statement that it is."""
OPTIONS = {
    "title": "--title",
    "issued": "--issued",
    "publisher": "--publisher",
    "place": "--place",
    "language": "--language",
}
"""Which option gives what a document does not say of itself."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ReadResult:
    """What was read of some documents: statements, events with their reports, and what went wrong.

    ``faults`` are of files that could not be read; ``rating`` is the sources' Admiralty letter.
    """

    reading: Reading
    faults: tuple[Fault, ...]
    stories: Mapping[str, int]
    rating: str = "F"
    kinds: tuple[str, ...] = ()
    least: float = 0.0
    by_id: Mapping[str, LoadedDocument] = field(default_factory=dict)

    @cached_property
    def told(self) -> list[Told]:
        """The events, each once, with all its tellings."""
        from shatterbelt.reading.merging import merge
        from shatterbelt.reading.statements import Event

        return merge([one for one in self.statements if isinstance(one, Event)], self.stories)

    @cached_property
    def statements(self) -> list[Statement]:
        """The statements of the kinds that were asked for, as sure as was asked for."""
        wanted = {KINDS[kind] for kind in self.kinds} or set(KINDS.values())
        return [one for one in self.reading.statements if one.kind in wanted and one.reading >= self.least]

    def entries(self) -> list[Told | Statement]:
        """Return the merged events and the other statements, by document and place."""
        from shatterbelt.reading.merging import Told

        places = {document.id: number for number, document in enumerate(self.reading.documents)}
        found: list[Told | Statement] = [*self.told, *(one for one in self.statements if one.kind != "event")]

        def place(entry: Told | Statement) -> tuple[int, int]:
            one = entry.event if isinstance(entry, Told) else entry
            return places[one.document], one.quote.start

        return sorted(found, key=place)

    def values(self) -> Iterator[dict[str, Any]]:
        """Give the documents and then the statements as plain values, a line of JSON each.

        Two statements of one passage have one id by themselves; here the second gets a number behind it.
        """
        from shatterbelt.reading import output
        from shatterbelt.reading.merging import Told

        for document in self.reading.documents:
            story = self.stories.get(document.id)
            yield output.document_values(document, rating=self.rating, story=story)
        seen: Counter[str] = Counter()
        for entry in self.entries():
            if isinstance(entry, Told):
                values = output.told_values(self.by_id, entry)
            else:
                values = output.statement_values(self.by_id[entry.document], entry)
            name = values["id"]
            seen[name] += 1
            yield values | ({"id": f"{name}-{seen[name]}"} if seen[name] > 1 else {})


def load(files: Sequence[str]) -> tuple[list[LoadedDocument], list[Fault]]:
    """Return the documents in files, folders, globs and ``-`` (standard input), and the faults of others."""
    from shatterbelt.documents.loading import load_all

    return load_all(list(files))


def complete(documents: Iterable[LoadedDocument], given: Mapping[str, str]) -> list[LoadedDocument]:
    """Return the documents with what was given of them.

    Of one document, what is given takes the place of what it says; of several, it is for those that are
    silent.

    Raises:
        RequestError: a date of issue that is none.
    """
    documents = list(documents)
    said = {name: value for name, value in given.items() if value}
    if "issued" in said:
        _check_date(said["issued"])
    done = []
    for document in documents:
        about = document.metadata
        lacks: dict[str, Any] = {
            name: value
            for name, value in said.items()
            if len(documents) == 1 or not getattr(about, name) or name == "language"
        }
        done.append(replace(document, metadata=replace(about, **lacks)) if lacks else document)
    return done


def read(
    documents: Sequence[LoadedDocument],
    *,
    readers: Sequence[Reader] = (),
    faults: Sequence[Fault] = (),
    kinds: Sequence[str] = (),
    least: float = 0.0,
    rating: str = "F",
    progress: Progress | None = None,
) -> ReadResult:
    """Read documents into statements and group what is told several times.

    Args:
        documents: as `load` and `complete` give them.
        readers: those that read them; none: the reader by rules.
        faults: of files that could not be loaded, to be handed on.
        kinds: events, claims or aims; none: all.
        least: the least chance of having been read rightly.
        rating: the sources' Admiralty letter, A to F.
        progress: called after each document.
    """
    from shatterbelt.reading.reader import read_documents

    reading = read_documents(documents, readers or readers_of(["rules"]), progress)
    return ReadResult(
        reading,
        (*faults, *reading.faults),
        stories_of(documents),
        rating,
        tuple(kinds),
        least,
        {document.id: document for document in documents},
    )


def readers_of(
    names: Sequence[str],
    *,
    endpoint: str = "",
    model: str = "",
    send: bool = False,
    tell: Callable[[str], None] | None = None,
    processes: int = 1,
) -> list[Reader]:
    """Return the readers of these names, ``rules`` and ``model``; none: the rules.

    Args:
        names: which.
        endpoint: base address of an OpenAI-compatible endpoint; else the environment's SHATTERBELT_ENDPOINT.
        model: the model to ask for; else the environment's SHATTERBELT_MODEL. The key, where one is
            needed, is taken from SHATTERBELT_KEY.
        send: whether documents may be sent to the endpoint; without it the model refuses to read.
        tell: told how much goes where before anything is sent.
        processes: among how many processes the rules spread much text.

    Raises:
        RequestError: the endpoint or the model is not named, or cannot be one.
    """
    found: list[Reader] = []
    for name in dict.fromkeys(names or ["rules"]):
        if name == "model":
            found.append(_model(endpoint, model, send=send, tell=tell))
        elif name == "rules":
            from shatterbelt.reading.reader import RuleReader

            found.append(RuleReader(processes=processes))
        else:
            raise RequestError(f"there is no reader {name!r}; there are: rules, model")
    return found


def _model(endpoint: str, model: str, *, send: bool, tell: Callable[[str], None] | None) -> Reader:
    from shatterbelt.reading.language_model import ModelReader
    from shatterbelt.reading.language_model_endpoint import Endpoint

    url = endpoint or os.environ.get("SHATTERBELT_ENDPOINT", "")
    if not url:
        raise RequestError("no endpoint is named; give --endpoint URL, or set SHATTERBELT_ENDPOINT")
    name = model or os.environ.get("SHATTERBELT_MODEL", "")
    return ModelReader(Endpoint(url, name, os.environ.get("SHATTERBELT_KEY", "")), send=send, tell=tell)


def stories_of(documents: Sequence[LoadedDocument]) -> dict[str, int]:
    """Number the stories that several documents tell, by document; a document of its own has no number."""
    if len(documents) < 2:
        return {}
    from shatterbelt.documents.stories import same_story

    groups = [group for group in same_story(list(documents)) if len(group) > 1]
    return {documents[place].id: number for number, group in enumerate(groups, 1) for place in group}


def _check_date(text: str) -> None:
    import datetime as dt
    import re

    parts = text.split("-")
    try:
        if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
            raise ValueError(text)
        dt.date(*(int(part) for part in [*parts, "01", "01"][:3]))
    except ValueError:
        raise RequestError(
            f"--issued {text!r} is no date; dates of issue are YYYY, YYYY-MM or YYYY-MM-DD"
        ) from None
