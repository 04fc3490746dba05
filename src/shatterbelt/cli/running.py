"""The ``run`` command: make the futures, write the files, print the answers."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shatterbelt import api
from shatterbelt.cli.progress import bar
from shatterbelt.cli.tables import counted, table, to_json, width_here

if TYPE_CHECKING:
    from shatterbelt.api import OpenCase, OutcomeAnswer, QuotesFound, RunResult

ROOMY = 110
"""Columns from which the other narratives fit beside the first."""


def run(case: str, options: Mapping[str, Any], freeze: str | None = None) -> None:
    """Run a case, write its results, print the answers; ``options`` are those of the command.

    ``freeze`` is a file into which the answers are frozen; if it is taken, that is told before the run.
    """
    # Blocks of futures fill the cores by themselves; the record's small matrices need no threads of BLAS.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    asked = dict(options)
    out, documents, scale = asked.pop("out"), asked.pop("documents"), asked.pop("scale")
    quiet, json_ = asked.pop("quiet"), asked.pop("json_")
    asked["set"] = asked.pop("set_")
    opened = api.load(case)
    from shatterbelt.api import freezing

    if freeze is not None:
        freezing.free(freeze)
    with interrupts_wait():
        import shatterbelt.futures
        import shatterbelt.report  # noqa: F401  # only so that no interrupt comes while they load
    folder = api.writable(out or Path("out") / opened.case.about.name)
    quotes = opened.quotes(documents) if documents else None
    with bar("futures", quiet=quiet, short=True) as progress:
        result = opened.run(**asked, progress=progress)
    paths = result.save(folder, scale=scale, quotes=quotes)
    if freeze is not None:
        paths |= {"frozen": result.freeze(freeze)}
    if json_:
        click.echo(
            to_json(result.as_dict(scale) | {"files": {key: str(path) for key, path in paths.items()}})
        )
    elif not quiet:
        click.echo(answered(result.outcomes(), scale))
        click.echo(f"\n{in_short(result)}\nOpen in a browser: {paths['report']}")
        if freeze is not None:
            click.echo(f"Frozen in {freeze}, SHA-256 {freezing.read(freeze).sha256}")
    if not quiet:
        for note in (unreviewed_note(opened, let_in=asked["unreviewed"]), *notes(result, quotes)):
            if note:
                click.echo(note, err=True)


def unreviewed_note(opened: OpenCase, *, let_in: bool) -> str:
    """Say what of a case is not reviewed and was left out, or let in; empty where all is reviewed."""
    left = opened.left_out()
    if not left:
        return ""
    if let_in:
        return f"Note: {left.counted()} in it that nobody has reviewed (--unreviewed)"
    if left.everything:
        return (
            f"Note: nothing in this case is reviewed, so no claim acts (left out: {left.counted()}). "
            "Look at them, write reviewed: yes at what is right in claims.yaml and record/events.csv, or run "
            "it as it is with --unreviewed"
        )
    return f"Note: {left.counted()} not reviewed and left out; --unreviewed lets them in"


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Let Ctrl-C take effect only after the block: JAX crashes when its import is interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt


def answered(answers: Sequence[OutcomeAnswer], scale: str, width: int | None = None) -> str:
    """Return the answers as tables, one for each date of asking and one for what was set."""
    if not answers:
        return "No outcome of the case is open on the as-of date."
    width = width or width_here()
    parts = []
    for date in dict.fromkeys(answer.asked for answer in answers):
        parts += [
            f"As of {date}:",
            _answers([item for item in answers if item.asked == date], scale, width),
            "",
        ]
    changed = [answer for answer in answers if answer.set]
    moved = [answer for answer in changed if answer.difference or answer.difference_error]
    if changed and not moved:
        parts += [f"No answer changes with {changed[0].set}.", ""]
    if moved:
        heads = ("asked", "share of futures", "difference, points", "question")
        rows = [(item.asked, item.number(), item.change(), item.question) for item in moved]
        parts += [f"With {moved[0].set}, against the same futures without it:"]
        parts += [table(heads, rows, width=width, right=(1, 2)), ""]
    return "\n".join(parts[:-1])


def _answers(answers: Sequence[OutcomeAnswer], scale: str, width: int | None) -> str:
    plain = [answer for answer in answers if not answer.set]
    first = plain[0].branch
    others = [name for name in dict.fromkeys(answer.branch for answer in plain) if name != first]
    if width is not None and width < ROOMY:
        others = []
    beside = {(answer.branch, answer.outcome): answer.rough() for answer in plain}
    rows = [
        (
            answer.question,
            answer.word(scale),
            answer.number(),
            *(beside[name, answer.outcome] for name in others),
            answer.base(),
            answer.came,
        )
        for answer in plain
        if answer.branch == first
    ]
    heads = ("question", "in words", plain[0].narrative or "share", *others, "base rate", "came")
    return table(heads, rows, width=width, right=range(2, 4 + len(others)), wraps=0)


def in_short(result: RunResult) -> str:
    """Say in a line what was run."""
    run_of = result.as_dict()
    names = ", ".join(run_of["narratives"])
    fitted = "fitted to the record" if run_of["fitted"] else "on priors alone, not fitted to the record"
    return f"{run_of['futures']:,} futures for each of: {names}; seed {run_of['seed']}; {fitted}."


def notes(result: RunResult, quotes: QuotesFound | None) -> Iterator[str]:
    """Say what did not go as it should: futures that were stopped, quotes that were not found."""
    for code, count in result.codes().items():
        if code != "ok" and count:
            yield f"Note: {counted(count, 'future')} left out: {code}"
    if quotes is None:
        return
    lost = sum(not quote.found for quote in quotes.quotes)
    if lost:
        yield f"Note: {counted(lost, 'quote')} not found in the documents; 'shatterbelt quotes' says which"
    moved = sum(quote.moved for quote in quotes.quotes)
    if moved:
        yield f"Note: {counted(moved, 'quote')} re-anchored in your copies of the documents"
