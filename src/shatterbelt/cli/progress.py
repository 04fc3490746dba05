"""What is under way and how far it is, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Progress = Callable[[str, int, int], None]
"""Told what is under way, how much of it is done, and how much there is."""


@contextmanager
def bar(of: str = "", *, quiet: bool, lines: bool = False, short: bool = False) -> Iterator[Progress | None]:
    """Show on a terminal a bar of what is under way; elsewhere nothing, or a line every tenth part.

    It stands from the beginning: with the model to compile, all that has one takes longer than two seconds.

    Args:
        of: what is counted, as it stands after the numbers.
        quiet: show nothing.
        lines: print lines where stderr is no terminal.
        short: write 5,000 as 5.00k.
    """
    terminal = sys.stderr.isatty()
    if quiet or not (terminal or lines):
        yield None
        return
    unit = f" {of}" if of else ""
    if not terminal:
        yield lambda what, done, total: _line(what, done, total, unit)
        return
    from tqdm import tqdm

    form = "{desc}: {percentage:3.0f}%|{bar}| {n_fmt} of {total_fmt}" + unit
    with tqdm(desc="compiling", total=1, unit_scale=short, bar_format=form, leave=False) as shown:

        def progress(what: str, done: int, total: int) -> None:
            shown.total = total
            shown.set_description_str(what, refresh=False)
            shown.update(done - shown.n)

        yield progress


def _line(what: str, done: int, total: int, unit: str) -> None:
    if done * 10 // total != (done - 1) * 10 // total:
        click.echo(f"{what}: {done} of {total}{unit}", err=True)
