"""The commands, their options and help texts; what they print is in ``printing.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from shatterbelt import __version__
from shatterbelt.api.asking import FUTURES
from shatterbelt.cli.errors import TRACEBACK, Failure, told
from shatterbelt.cli.tables import counted, to_json

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C", bound=click.Command)

CONTEXT: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

LISTS = {
    "rows": "The rows of the system that the documents describe, and what carries each.",
    "quantities": "What varies: its kind, unit, and what the record has of it.",
    "claims": "What is said to make what happen.",
    "narratives": "The named sets of claims.",
    "outcomes": "The dated questions.",
    "sources": "Documents and publications with rating and leaning.",
    "actors": "Who acts, and what each can set.",
    "record": "The series that are known, from when to when, with their sources.",
}
"""What ``show`` can list."""


def examples(*lines: str) -> Callable[[C], C]:
    """Show the command lines at the end of the command's help."""

    def add(command: C) -> C:
        command.epilog = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
        return command

    return add


class Told(click.Group):
    """A group whose commands end in a message and an exit code, whatever happens inside."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; see ``told`` for what becomes of exceptions."""
        with told(traceback=bool(ctx.params.get("traceback"))):
            return super().invoke(ctx)


def as_json(command: Callable[..., None]) -> Callable[..., None]:
    """Add ``--json`` to a command."""
    option = click.option("--json", "json_", is_flag=True, help="Write JSON on stdout, nothing else there.")
    return option(command)


def unreviewed_too(command: Callable[..., None]) -> Callable[..., None]:
    """Add ``--unreviewed`` to a command."""
    text = "Also take the claims and events that are marked 'reviewed: no', which are left out otherwise."
    return click.option("--unreviewed", is_flag=True, help=text)(command)


@examples(
    "shatterbelt cases",
    "shatterbelt run belarus",
    "shatterbelt show belarus --rows",
    "shatterbelt show belarus gas_price",
    "shatterbelt check my-case",
)
@click.group(cls=Told, context_settings=CONTEXT)
@click.version_option(__version__, message="shatterbelt %(version)s")
@click.option("--traceback", is_flag=True, hidden=True, envvar=TRACEBACK, help="Show a fault's traceback.")
def main(traceback: bool) -> None:  # read from the context, see Told
    """Run what political reporting says makes what happen, beside the record of what happened.

    CASE is the name of a bundled case (see "shatterbelt cases") or the path of a case folder.

    Exit codes: 0 all is well, 1 faults in a case, a document or a record, 2 the command was wrong,
    70 a fault of the program, 130 stopped.
    """


@examples(
    "shatterbelt run belarus",
    "shatterbelt run belarus --narrative B --as-of 2020-11-30 --futures 2000",
    "shatterbelt run belarus --set gas_price=200@2008-06..2010-12 --as-of 2008-05-01",
    "shatterbelt run belarus --shock brent_price=-2@2022-06 --until 2025-12",
    "shatterbelt run belarus --off pressure_drives_client_west --out out/no-realignment",
    "shatterbelt run belarus --documents articles --scale phia",
    "shatterbelt run belarus --quiet --freeze forecasts/belarus-2026-11.json",
    "shatterbelt run my-case --json --quiet > answers.json",
)
@main.command()
@click.argument("case")
@click.option(
    "--as-of",
    metavar="DATE",
    help="Use only what was known on DATE (YYYY-MM-DD, or YYYY-MM for that month's last day). Without "
    "it: the record's end, and each outcome also as of the date on which it is asked.",
)
@click.option(
    "--narrative", "narratives", metavar="NAME", multiple=True,
    help="Run this narrative; may be repeated, the first is the one compared with. Without it: all of them.",
)  # fmt: skip
@click.option(
    "--set", "set_", metavar="QUANTITY=VALUE@FROM..TO", multiple=True,
    help="Hold a quantity at a value, in its unit, from month FROM to month TO (FROM..: to the end). This "
    "and the next three make one further branch, compared with the first. May be repeated.",
)  # fmt: skip
@click.option(
    "--shock", metavar="QUANTITY=SIZE@MONTH", multiple=True,
    help="Push a quantity in one month: by SIZE typical swings (a stock by SIZE of its unit; events and "
    "statuses by SIZE on the log of their rate). May be repeated.",
)  # fmt: skip
@click.option("--off", metavar="CLAIM", multiple=True, help="Leave a claim out. May be repeated.")
@click.option(
    "--on", metavar="CLAIM", multiple=True, help="Let a claim in, also where the narrative lacks it."
)
@click.option(
    "--futures", metavar="N", type=click.IntRange(1), default=FUTURES, show_default=True,
    help="How many futures to draw for each narrative.",
)  # fmt: skip
@click.option(
    "--seed", metavar="S", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True,
    help="The same seed gives the same futures.",
)  # fmt: skip
@click.option("--until", metavar="MONTH", help="Last month of the futures. Without it: the case's horizon.")
@click.option(
    "--fit", type=click.Choice(["kept", "quick", "none"]), default="kept", show_default=True,
    help="Parameters from: a fit to the record that 'fit' has kept, if there is one; a quick fit, made for "
    "each narrative and date that has none (some 10 s each); or none, the priors alone.",
)  # fmt: skip
@click.option(
    "--out", metavar="DIR", type=click.Path(file_okay=False),
    help="Where the results go. Without it: out/NAME, NAME being the case's name.",
)  # fmt: skip
@click.option(
    "--documents", metavar="DIR", type=click.Path(exists=True, file_okay=False),
    help="Folder with the documents, so that the page can show what is quoted.",
)  # fmt: skip
@click.option(
    "--scale", type=click.Choice(["icd203", "phia"]), default="icd203", show_default=True,
    help="Words for probabilities: ICD 203, or the PHIA yardstick.",
)  # fmt: skip
@click.option(
    "--freeze", metavar="FILE", type=click.Path(),
    help="Write the answers into a new FILE as a frozen forecast, to be scored later by 'resolve'.",
)  # fmt: skip
@unreviewed_too
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
@as_json
def run(case: str, **options: Any) -> None:
    """Run futures of CASE and write a page, a table and the data.

    Writes DIR/report.html (open it in a browser), DIR/outcomes.csv and DIR/futures.nc; all of them or
    none, and what was there before is replaced only when all are complete. Prints the answer to each
    outcome: its word, its probability with the Monte Carlo error, and the base rate.

    Branches share their random numbers, so a difference between them is an effect and not luck.
    """
    from shatterbelt.cli import running

    freeze = options.pop("freeze")
    running.run(case, options, freeze)


@examples(
    "shatterbelt check belarus",
    "shatterbelt check ./my-case",
    "shatterbelt check ./my-case --json",
)
@main.command()
@click.argument("case")
@as_json
def check(case: str, json_: bool) -> None:
    """Check CASE and name every fault at once.

    Exit code 0 if there is none, 1 if there is any. What only looks unintended is a warning on stderr
    and no fault. With --json: a list of objects with file, line, path, problem, allowed and hint.
    """
    from shatterbelt import api

    faults = api.check(case)
    for warning in [] if faults else api.warnings(case):
        click.echo(f"Warning, no fault: {warning}", err=True)
    if json_:
        click.echo(to_json([fault.as_dict() for fault in faults]))
    else:
        for fault in faults:
            click.echo(str(fault))
        click.echo(f"{case}: {counted(len(faults), 'fault')}", err=bool(faults))
    if faults:
        raise click.exceptions.Exit(1)


@examples(
    "shatterbelt resolve forecasts/belarus-2026-11.json",
    "shatterbelt resolve forecasts/belarus-2026-11.json forecasts/belarus-2027-05.json",
    "shatterbelt resolve forecast.json ./my-case --as-of 2027-12",
    "shatterbelt resolve forecast.json --json > scores.json",
)
@main.command()
@click.argument("files", metavar="FILE... [CASE]", nargs=-1, required=True)
@click.option(
    "--as-of", metavar="DATE",
    help="Resolve by the record as known on DATE (YYYY-MM-DD, or YYYY-MM for that month's last day). "
    "Without it: today.",
)  # fmt: skip
@click.option(
    "--scale", type=click.Choice(["icd203", "phia"]), default="icd203", show_default=True,
    help="Words for probabilities: ICD 203, or the PHIA yardstick.",
)  # fmt: skip
@as_json
def resolve(files: tuple[str, ...], as_of: str | None, scale: str, json_: bool) -> None:
    """Score frozen forecasts by what came.

    FILE is what "run --freeze" wrote; one that was changed since is refused (exit code 1). CASE, last, is
    the case whose record answers; without it the case of the name in each file. Prints for each question
    what came and the Brier and log scores of every branch and of the base rate, and the means of each
    branch with their standard error. Lower is better. What is open or unknown is never counted.
    """
    from shatterbelt.cli import resolving

    resolving.resolve(files, as_of, scale, json_=json_)


def lists(command: Callable[..., None]) -> Callable[..., None]:
    """Add an option for every list of a case, ``--rows`` and so on."""
    for name, text in reversed(LISTS.items()):
        command = click.option(f"--{name}", is_flag=True, help=text)(command)
    return command


@examples(
    "shatterbelt show belarus",
    "shatterbelt show belarus --rows",
    "shatterbelt show belarus --claims",
    "shatterbelt show belarus gas_price",
    "shatterbelt show belarus S5",
    "shatterbelt show belarus --rows --json",
)
@main.command()
@click.argument("case")
@click.argument("name", required=False)
@lists
@as_json
def show(case: str, name: str | None, json_: bool, **listed: bool) -> None:
    """Show what is in CASE: all of it in short, a list, or one thing.

    NAME is a quantity, claim, narrative, outcome, row, source, actor or series: whatever bears it.
    """
    chosen = [kind for kind, wanted in listed.items() if wanted]
    if len(chosen) + (name is not None) > 1:
        raise click.UsageError("ask for one thing at a time: one list, or one NAME")
    from shatterbelt import api
    from shatterbelt.cli import printing

    opened = api.load(case)
    if chosen:
        found = opened.show(every=chosen[0])
        click.echo(to_json(found) if json_ else printing.listed(chosen[0], found))
    else:
        thing = opened.show(name)
        click.echo(to_json(thing) if json_ else printing.thing(thing))


@examples(
    "shatterbelt quotes belarus --documents articles",
    "shatterbelt quotes belarus --documents articles --json",
)
@main.command()
@click.argument("case")
@click.option(
    "--documents", metavar="DIR", required=True, type=click.Path(exists=True, file_okay=False),
    help="Folder with the documents, under whatever names: they are found by their hash.",
)  # fmt: skip
@as_json
def quotes(case: str, documents: str, json_: bool) -> None:
    """Print every quote of CASE from the documents, with its claim.

    A case holds no text of others, only places and hashes. A quote that stands elsewhere in your copy
    of the document is found by its words, and this is said. One that cannot be found is an error.
    """
    from shatterbelt import api
    from shatterbelt.cli import printing

    found = api.load(case).quotes(documents)
    if json_:
        click.echo(to_json([item.as_dict() for item in found.quotes]))
    else:
        click.echo(printing.quotes(found))
    for message in (*found.notes, *found.faults):
        click.echo(message, err=True)
    lost = sum(not item.found for item in found.quotes)
    if lost or found.faults:
        for name in found.missing:
            click.echo(f"{name}: no copy of this document is in {documents}", err=True)
        raise Failure(f"{lost} of {len(found.quotes)} quotes cannot be found")


@examples("shatterbelt cases", "shatterbelt cases --json")
@main.command()
@as_json
def cases(json_: bool) -> None:
    """List the bundled cases."""
    from shatterbelt import api
    from shatterbelt.cli import printing

    found = api.cases()
    click.echo(to_json(found) if json_ else printing.listed("cases", found))


@examples(
    "shatterbelt schema --out schemas",
    "shatterbelt schema > case.schema.json",
)
@main.command()
@click.option(
    "--out", metavar="DIR", type=click.Path(file_okay=False),
    help="Write one file for each part of a case into DIR. Without it: all on stdout.",
)  # fmt: skip
def schema(out: str | None) -> None:
    """Write the JSON Schema of a case's files.

    An editor that reads it completes and checks a case as you type.
    """
    from shatterbelt import api

    schemas = api.schema()
    if out is None:
        click.echo(to_json(schemas))
        return
    for path in api.write_schemas(schemas, out):
        click.echo(path)
