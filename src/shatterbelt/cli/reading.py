"""The ``read`` command: documents into events, claims and aims, as a table or as lines of JSON."""

from __future__ import annotations

import sys
import textwrap
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shatterbelt.api.reading import KINDS
from shatterbelt.cli.commands import examples
from shatterbelt.cli.reading_options import how_to_read, notes, read_as_asked
from shatterbelt.cli.tables import GAP, columns, counted, table, width_here

if TYPE_CHECKING:
    from shatterbelt.api.reading import ReadResult
    from shatterbelt.documents.loaded import LoadedDocument
    from shatterbelt.reading.merging import Told
    from shatterbelt.reading.statements import Aim, Claim, Day, Event, Party, Statement

SIGNS = {"+": "+>", "-": "->", "unknown": "?>"}
HEADS = ("at", "kind", "manner", "sure", "who says", "what")
WHO = 18
"""Columns for who says it, on a terminal."""
INDENT = " " * 5
Cells = tuple[str, ...]


@examples(
    "shatterbelt read article.txt",
    "shatterbelt read articles/ 'more/*.html' --kind claims",
    "shatterbelt read article.pdf --issued 2020-11-30 --publisher 'The Paper' --source-rating C",
    "shatterbelt read articles/ --json --out statements.jsonl",
    "shatterbelt read article.txt --html article.html",
    "shatterbelt read article.txt --reader model --endpoint http://127.0.0.1:8080/v1 --model NAME --send",
    "shatterbelt read - --json",
)
@click.command()
@click.argument("files", metavar="[FILES]...", nargs=-1)
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)),
    help="Only these statements. May be repeated. Without it: all.",
)  # fmt: skip
@how_to_read
@click.option(
    "--out", metavar="FILE", type=click.Path(dir_okay=False),
    help="Write into FILE, whole or not at all, and print nothing.",
)  # fmt: skip
@click.option("--json", "json_", is_flag=True, help="Write a line of JSON for each document and statement.")
@click.option(
    "--html", metavar="FILE", type=click.Path(dir_okay=False),
    help="Write a page that shows the documents with their statements marked; print only their number.",
)  # fmt: skip
def read(files: tuple[str, ...], **options: Any) -> None:
    """Read FILES into statements: what happened, what is said to cause what, who wants what.

    FILES are texts, Markdown, HTML, PDF and DOCX, folders of them, patterns, or - for standard input. Each
    statement stands with who says it, how, the chance that it was read rightly, and its place: paragraph
    and characters. An event that is told several times, in one document or in copies of one story, stands
    once. Nothing that was read is reviewed; it is a draft to be mended.

    What a document does not say of itself is given by options: of one file they take the place of what it
    says, of several they are for those that are silent. Exit code 1 if a file could not be read; all
    others still are.
    """
    out, json_, html = options.pop("out"), options.pop("json_"), options.pop("html")
    result = read_as_asked(files or standard_input(), options, options.pop("kinds"))
    if html:
        write_page(result, html)
    if html and out is None and not json_:
        click.echo(f"{in_short(result)}\nOpen in a browser: {html}")
    else:
        show(result, json_=json_, out=out)
    for note in notes(result):
        click.echo(note, err=True)
    if result.faults:
        raise click.exceptions.Exit(1)


def standard_input() -> tuple[str, ...]:
    """Return ``-`` where something is piped in.

    Raises:
        click.UsageError: nothing is.
    """
    if sys.stdin is None or sys.stdin.isatty():
        raise click.UsageError("give FILES to read, or - for standard input")
    return ("-",)


def show(result: ReadResult, *, json_: bool, out: str | None) -> None:
    """Print what was read, or write it into a file that appears only when it is complete."""
    from shatterbelt.reading.output import json_lines

    if out is None:
        if json_:
            for line in json_lines(result.values()):
                click.echo(line)
        else:
            click.echo(shown(result, width_here()))
        return
    from shatterbelt.api.saving import write_whole

    text = "\n".join(json_lines(result.values())) if json_ else shown(result, None)
    write_whole(Path(out), text + "\n" if text else "")


def write_page(result: ReadResult, path: str) -> None:
    """Write the documents with their statements marked as one HTML page, whole or not at all."""
    from shatterbelt.api.saving import write_whole
    from shatterbelt.report.reading import render

    faults = [str(fault) for fault in result.faults]
    reading = result.reading
    text = render(reading.documents, result.entries(), faults, reading.dropped, result.stories)
    write_whole(Path(path), text, "--html")


# --------------------------------------------------------------------------- the table


def shown(result: ReadResult, width: int | None) -> str:
    """Return the statements as a table for each document, with a line that counts them."""
    from shatterbelt.reading.merging import Told

    parts = []
    entries: dict[str, list[Told | Statement]] = {}
    for entry in result.entries():
        one = entry.event if isinstance(entry, Told) else entry
        entries.setdefault(one.document, []).append(entry)
    for document in result.reading.documents:
        parts.append(headed(document, width))
        some = entries.get(document.id, [])
        parts.append(_table(document, some, width) if some else "nothing was read")
        parts.append("")
    parts.append(in_short(result))
    return "\n".join(parts)


def headed(document: LoadedDocument, width: int | None) -> str:
    """Return what a document says of itself, on as few lines as it takes."""
    about = document.metadata
    text = ", ".join(part for part in (about.title, about.publisher, about.issued) if part)
    line = f"{document.id}: {text}" if text else document.id
    return "\n".join(textwrap.wrap(line, width)) if width else line


def _table(document: LoadedDocument, entries: Sequence[Told | Statement], width: int | None) -> str:
    """Return the statements, a row each; on a terminal the quote stands below, as wide as there is room."""
    places = Places(document)
    rows = [_cells(entry, places) for entry in entries]
    if width is None:
        whole = [(*cells, f"{text}: {quote}") for *cells, text, quote in rows]
        return table(HEADS, whole, right=(3,))
    wide = [max(columns(row[i]) for row in (HEADS, *rows)) for i in range(len(HEADS) - 2)]
    wide.append(min(max(columns(row[4]) for row in (HEADS, *rows)), WHO))
    wide.append(max(width - sum(wide) - len(GAP) * len(wide), 16))
    lines = [GAP.join(head.ljust(size) for head, size in zip(HEADS, wide, strict=True)).rstrip()]
    lines.append(GAP.join("-" * size for size in wide))
    for row in rows:
        lines += _wrapped(row, wide)
        lines += textwrap.wrap(row[-1], width, initial_indent=INDENT, subsequent_indent=INDENT)
    return "\n".join(lines)


def _wrapped(row: Cells, wide: Sequence[int]) -> Iterator[str]:
    """Give the lines of a row, who and what broken to their columns."""
    whos, whats = (textwrap.wrap(row[i], wide[i]) or [""] for i in (4, 5))
    for number in range(max(len(whos), len(whats))):
        first = row[:4] if number == 0 else ("",) * 4
        cells = (*first, _at(whos, number), _at(whats, number))
        padded = (
            " " * (size - columns(cell)) + cell if place == 3 else cell + " " * (size - columns(cell))
            for place, (cell, size) in enumerate(zip(cells, wide, strict=True))
        )
        yield GAP.join(padded).rstrip()


class Places:
    """Finds the number of the paragraph that an offset stands in."""

    def __init__(self, document: LoadedDocument) -> None:
        from shatterbelt.documents.text import paragraphs

        self.starts = [start for start, _ in paragraphs(document.text)]

    def of(self, offset: int) -> str:
        """Return the place as ``¶3``."""
        return f"¶{max(bisect_right(self.starts, offset), 1)}"


def _cells(entry: Told | Statement, places: Places) -> Cells:
    """Return place, kind, manner, confidence, who says it, what, and the quote."""
    from shatterbelt.reading.merging import Told

    one = entry.event if isinstance(entry, Told) else entry
    text = what(one)
    if isinstance(entry, Told) and (more := len(entry.tellings) - 1 + len(entry.event.reports)):
        text += f" (told {more + 1} times)"
    sure = f"{100 * one.reading:.0f} %"
    quote = f'"{" ".join(one.quote.text.split())}"'
    return (places.of(one.quote.start), one.kind, one.manner, sure, said_by(one), text, quote)


def _at(lines: Sequence[str], number: int) -> str:
    return lines[number] if number < len(lines) else ""


def said_by(one: Statement) -> str:
    """Return who says it, from the outermost to the innermost; empty where it is the author."""
    return " > ".join(attribution.source.name or "unnamed" for attribution in one.says_who)


def what(one: Statement) -> str:
    """Return a statement's content in one line, its quote apart."""
    makers: dict[str, Any] = {"event": _event, "claim": _claim, "aim": _aim}
    text: str = makers[one.kind](one)
    marks = f" [{', '.join(one.marks)}]" if one.marks else ""
    return f"{text}{marks}"


def _event(one: Event) -> str:
    parts = [one.type if not one.mode else f"{one.type} ({one.mode})"]
    parts.append(" ".join(part for part in (_names(one.actors), "->", _names(one.targets)) if part))
    parts += [_day(one.date)] if one.date else []
    parts += [f"in {one.place.text}"] if one.place else []
    parts += [each.told() for each in one.magnitudes]
    parts += list(one.contexts)
    return ", ".join(part for part in parts if part != "->")


def _names(parties: Sequence[Party]) -> str:
    return " + ".join(party.actor or party.name for party in parties)


def _day(day: Day) -> str:
    return day.earliest if day.earliest == day.latest else f"{day.earliest} to {day.latest}"


def _claim(one: Claim) -> str:
    cause = one.cause_quantity or " ".join(one.cause.text.split())
    effect = one.effect_quantity or " ".join(one.effect.text.split())
    joined = SIGNS[one.sign] if one.relation == "cause" else f"({one.relation})"
    return f"{cause} {joined} {effect}"


def _aim(one: Aim) -> str:
    wanted = f"{one.quantity} {one.direction}" if one.quantity else " ".join(one.content.text.split())
    whom = f" of {_names([one.addressee])}" if one.addressee else ""
    only = f", if {' '.join(one.condition.text.split())}" if one.condition else ""
    return f"{one.actor.actor or one.actor.name or 'the author'}: {one.form}{whom}: {wanted}{only}"


# --------------------------------------------------------------------------- what else is said


def in_short(result: ReadResult) -> str:
    """Count what was read."""
    claims = [one for one in result.statements if one.kind == "claim"]
    aims = [one for one in result.statements if one.kind == "aim"]
    telling = sum(len(told.tellings) + len(told.event.reports) for told in result.told)
    told = f" (told {telling} times)" if telling > len(result.told) else ""
    return (
        f"{counted(len(result.reading.documents), 'document')}: {counted(len(result.told), 'event')}{told}, "
        f"{counted(len(claims), 'claim')}, {counted(len(aims), 'aim')}; none of them reviewed."
    )
