"""The ``new`` command: a small case to start from, or a draft from documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from shatterbelt.cli.commands import examples
from shatterbelt.cli.reading_options import how_to_read, notes, read_as_asked
from shatterbelt.cli.tables import counted

if TYPE_CHECKING:
    from shatterbelt.api.drafting import Drafted


@examples(
    "shatterbelt new my-case",
    "shatterbelt check my-case && shatterbelt run my-case",
    "shatterbelt new my-case --from article.txt --issued 2020-11-30 --publisher 'The Paper'",
    "shatterbelt new my-case --from articles/ more/*.html --source-rating C",
)
@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@click.option(
    "--from", "first", metavar="DOCS...", multiple=True,
    help="Draft the case from these documents: files, folders, patterns, or - for standard input.",
)  # fmt: skip
@click.argument("more", metavar="", nargs=-1)
@how_to_read
def new(folder: str, first: tuple[str, ...], more: tuple[str, ...], **options: Any) -> None:
    """Make a small case in DIR that runs, to be changed into your own; or draft one from documents.

    DIR must not exist, or be empty. With --from, the documents are read (see "read", whose options these
    are), and the draft has their events in its record, their claims between proposed quantities, and their
    aims at its actors. Nothing in it is reviewed, and nothing that is not reviewed enters a run unless
    asked for: look at each, and write "reviewed: yes" at what is right. Exit code 1 if a document could
    not be read; the draft is then made from the others.
    """
    from shatterbelt import api

    if not first:
        if more:
            raise click.UsageError(f"{more[0]}: documents stand after --from")
        made = api.new(folder)
        click.echo(f"{made} is there. Next: shatterbelt check {made}; shatterbelt run {made}")
        return
    from shatterbelt.api import drafting
    from shatterbelt.errors import DocumentError

    drafting.free(folder)
    result = read_as_asked([*first, *more], options)
    if result.faults and not result.statements:
        raise DocumentError(result.faults)
    drafted = drafting.draft(folder, result)
    click.echo(told(drafted))
    for note in notes(result):
        click.echo(note, err=True)
    if result.faults:
        raise click.exceptions.Exit(1)


def told(drafted: Drafted) -> str:
    """Say what the draft holds, what was left out and why, and what to do next."""
    numbers = ", ".join(
        counted(number, noun) if noun != "quantity" else f"{number} proposed quantities"
        for noun, number in drafted.counts.items()
    )
    lines = [f"{drafted.folder} is there, a draft: {numbers}; nothing in it is reviewed."]
    if drafted.left_out:
        lines.append("Left out: " + "; ".join(f"{why}: {number}" for why, number in drafted.left_out.items()))
    lines.append(
        f"Next: shatterbelt check {drafted.folder}; shatterbelt quotes {drafted.folder} --documents DIR; "
        "write 'reviewed: yes' at what is right; shatterbelt run"
    )
    return "\n".join(lines)
