"""The options of everything that reads documents, and the reading itself as they ask for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from shatterbelt.api.reading import OPTIONS
from shatterbelt.cli.tables import counted
from shatterbelt.errors import RequestError

if TYPE_CHECKING:
    from shatterbelt.api.reading import ReadResult
    from shatterbelt.documents.loaded import LoadedDocument

Command = Callable[..., None]
PROCESSES = 2
"""Processes that much text is spread among."""

_READING = (
    click.option(
        "--min-reading", "least", metavar="P", type=click.FloatRange(0, 1), default=0.0, show_default=True,
        help="Only statements that were read rightly with at least this probability.",
    ),
    click.option("--issued", metavar="DATE", default="", help="When it was issued; dates hang on it."),
    click.option("--title", metavar="TEXT", default="", help="The title."),
    click.option("--publisher", metavar="NAME", default="", help="Who published it."),
    click.option("--place", metavar="NAME", default="", help="Where it was written."),
    click.option("--language", metavar="CODE", default="", help="The language, such as en."),
    click.option(
        "--source-rating", "rating", type=click.Choice(list("ABCDEF")), default="F", show_default=True,
        help="Admiralty letter of the source: A completely reliable to E unreliable, F cannot be judged.",
    ),
    click.option(
        "--reader", "readers", multiple=True, type=click.Choice(["rules", "model"]),
        help="Read by our rules and encoder (as without it), or by a language model. May be repeated.",
    ),
    click.option(
        "--endpoint", metavar="URL", default="",
        help="Base address of an OpenAI-compatible endpoint; else SHATTERBELT_ENDPOINT. The key is that in "
        "SHATTERBELT_KEY.",
    ),
    click.option("--model", metavar="NAME", default="", help="Which model; else SHATTERBELT_MODEL."),
    click.option(
        "--send", is_flag=True, help="Let the documents be sent to the endpoint. Without it nothing is."
    ),
    click.option("--ask", is_flag=True, help="Ask for what is missing, on a terminal."),
)  # fmt: skip


def how_to_read(command: Command) -> Command:
    """Add the options that say what documents are, who reads them, and how sure the reading must be."""
    for option in reversed(_READING):
        command = option(command)
    return command


def read_as_asked(files: Sequence[str], options: dict[str, Any], kinds: Sequence[str] = ()) -> ReadResult:
    """Load, complete and read documents; takes what `how_to_read` adds out of ``options``."""
    # Before NumPy is imported: with threads of its own, processes that read together would each load anew.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from shatterbelt.api import reading

    given = {name: options.pop(name) for name in OPTIONS}
    ask, least, rating = options.pop("ask"), options.pop("least"), options.pop("rating")
    readers = reading.readers_of(
        options.pop("readers"),
        **{name: options.pop(name) for name in ("endpoint", "model", "send")},
        tell=lambda text: click.echo(text, err=True),
        processes=min(PROCESSES, os.cpu_count() or 1),
    )
    documents, faults = reading.load(files)
    documents = reading.complete(documents, given)
    if ask:
        documents = [asked(document) for document in documents]
    told: dict[str, Any] = {"faults": faults, "kinds": kinds, "least": least, "rating": rating}
    with bar(len(documents)) as progress:
        return reading.read(documents, readers=readers, progress=progress, **told)


@contextmanager
def bar(number: int) -> Iterator[Callable[[str, int, int], None] | None]:
    """Show on stderr how many of several documents are read; only on a terminal."""
    if number < 2 or not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread of its own
    with tqdm(total=number, desc="reading", unit=" documents", leave=False) as shown:

        def progress(_: str, done: int, total: int) -> None:
            shown.total = total
            shown.update(done - shown.n)

        yield progress


def asked(document: LoadedDocument) -> LoadedDocument:
    """Ask on the terminal for what a document does not say of itself; elsewhere leave it as it is."""
    from shatterbelt.api import reading

    if not terminal():
        return document
    for name in document.metadata.missing:
        while True:
            said = click.prompt(f"{document.name}: {name}", default="", show_default=False, err=True)
            try:
                document = reading.complete([document], {name: said.strip()})[0]
                break
            except RequestError as error:
                click.echo(str(error), err=True)
    return document


def terminal() -> bool:
    """Return whether somebody sits there who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def notes(result: ReadResult) -> Iterator[str]:
    """Say what is missing, what was dropped, and what could not be read."""
    missing: dict[str, list[str]] = {}
    for document in result.reading.documents:
        for name in document.metadata.missing:
            missing.setdefault(name, []).append(document.name)
    for name, names in missing.items():
        whose = names[0] if len(names) == 1 else f"{len(names)} documents"
        hangs = " (dates such as 'last Friday' hang on it)" if name == "issued" else ""
        yield f"Note: {whose}: {name} is not known{hangs}; give it with {OPTIONS[name]}, or use --ask"
    for reader, number in result.reading.dropped.items():
        yield f"Note: {counted(number, 'statement')} of {reader} dropped: the quote is not in the document"
    for fault in result.faults:
        yield str(fault)
