"""The ``resolve`` command: frozen forecasts beside what came, with their scores."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shatterbelt import api
from shatterbelt.cli.tables import GAP, columns, counted, table, to_json, width_here

if TYPE_CHECKING:
    from shatterbelt.api import Resolved
    from shatterbelt.api.results import BranchScore, ScoredAnswer, ScoredQuestion

ROOMY = 110
"""Columns from which what came stands beside the question and not under it."""
WORD, ROOMY_WORD = 16, 24
"""Columns of the words for a probability; longer ones (in a gap of the PHIA yardstick) are wrapped."""
NONE = "–"
CONTRADICTED = "but the recorded months say"
"""Stands in why an answer came where the case states another than its record shows."""

Cells = tuple[str, ...]


def resolve(files: Sequence[str], as_of: str | None, scale: str, *, json_: bool) -> None:
    """Score the files and print what came; the last of them may be a case."""
    forecasts, case = split(files)
    found = api.resolve(forecasts, case, as_of=as_of)
    if json_:
        click.echo(to_json(found.as_dict(scale)))
    else:
        click.echo(resolved(found, scale, width_here()))
    for note in found.notes:
        click.echo(f"Note: {note}", err=True)


def split(files: Sequence[str]) -> tuple[list[str], str | None]:
    """Return the files, and the case if the last of several is one: a name, or a folder."""
    *before, last = files
    if before and not last.endswith(".json") and (not Path(last).is_file() or Path(last).name == "case.yaml"):
        return before, last
    return [*before, last], None


def resolved(found: Resolved, scale: str, width: int | None = None) -> str:
    """Return the questions in a table for each file and day of asking, and the means of each branch."""
    parts = []
    for (file, as_of, frozen), group in groupby(
        found.questions, lambda one: (one.file, one.as_of, one.frozen[:10])
    ):
        parts += [f"{file}: as of {as_of}, frozen {frozen}", questions(list(group), scale, width), ""]
    left_out = [one for one in found.questions if one.came not in {"yes", "no"}]
    if left_out:
        parts += [f"Not counted: {counted(len(left_out), 'question')}.", *_reasons(left_out, width), ""]
    scored = [one for one in found.questions if one.came in {"yes", "no"}]
    if not scored:
        return "\n".join([*parts, f"No question is settled by {found.as_of}; nothing is scored."])
    for case, branches in groupby(found.branches, lambda one: one.case):
        parts += [f"{case}: mean scores with their standard errors, lower is better"]
        parts += [means(list(branches), width), ""]
    parts += _remarks(scored, found.branches, width)
    return "\n".join(parts)


def _remarks(
    scored: Sequence[ScoredQuestion], branches: Sequence[BranchScore], width: int | None
) -> Iterator[str]:
    """Say how the means are to be read: what they are compared with, and whether anything was foretold."""
    late = sum(not one.ahead for one in scored)
    said = []
    if any(one.n > one.questions for one in branches):
        said += ["n: answers, and in brackets how many questions they are to; the errors are by questions."]
    if any(one.base_n for one in branches):
        said += ["base n: those with a base rate; base: its Brier score; difference: the branch's less that."]
    if late:
        total = counted(len(scored), "question")
        said += [f"{late} of {total} had closed when frozen: hindcasts, not forecasts made ahead."]
    held = {answer.branch for one in scored for answer in one.answers if answer.set and answer.brier is None}
    said += [f"{name}: not scored; what was set in it may not have come." for name in sorted(held)]
    said += [f"{one.outcome}: {one.came} by {one.why}" for one in scored if CONTRADICTED in one.why]
    for text in said:
        yield textwrap.fill(text, width) if width else text


def _reasons(left_out: Sequence[ScoredQuestion], width: int | None) -> Iterator[str]:
    for one in left_out:
        text = f"{one.outcome}: {one.why}"
        yield textwrap.fill(text, width or len(text) + 2, initial_indent="  ", subsequent_indent="    ")


# ----------------------------------------------------------------------------- questions


def questions(asked: Sequence[ScoredQuestion], scale: str, width: int | None) -> str:
    """Return questions as a table: beside each a line for every branch, the last for the base rate."""
    roomy = width is None or width >= ROOMY
    heads: Cells = (
        *(("closes", "came") if roomy else ()),
        "branch",
        "in words",
        "probability",
        "Brier",
        "log",
    )
    blocks = [_beside(one, scale, roomy=roomy, wrapped=width is not None) for one in asked]
    others = [max(map(columns, column)) for column in zip(heads, *chain(*blocks), strict=True)]
    room = None if width is None else max(width - sum(others) - len(GAP) * len(heads), 16)
    rows: list[Cells] = []
    for one, block in zip(asked, blocks, strict=True):
        text = one.question if roomy else f"{one.question} (closes {one.closes}: {one.came})"
        parts = [text] if room is None else textwrap.wrap(text, room)
        rows += _together(parts, block)
    return table(("question", *heads), rows, right=range(len(heads) - 2, len(heads) + 1))


def _beside(one: ScoredQuestion, scale: str, *, roomy: bool, wrapped: bool) -> list[Cells]:
    """Return the lines beside a question: each branch's answer and scores, and the base rate's."""
    size = 80 if not wrapped else ROOMY_WORD if roomy else WORD
    lines: list[Cells] = []
    for answer in one.answers:
        word, *more = textwrap.wrap(answer.word(scale), size)
        lines.append((answer.branch, word, _share(answer), _score(answer.brier), _score(answer.log_score)))
        lines += [("", part, "", "", "") for part in more]
    base = NONE if one.base_rate is None else _percent(one.base_rate)
    lines.append(("base rate", "", base, _score(one.base_brier), _score(one.base_log_score)))
    if not roomy:
        return lines
    return [((one.closes, one.came) if place == 0 else ("", "")) + line for place, line in enumerate(lines)]


def _together(parts: Sequence[str], block: Sequence[Cells]) -> Iterator[Cells]:
    """Return the lines of a question's text, each with the line beside it; the shorter is filled up."""
    empty = ("",) * len(block[0])
    for place in range(max(len(parts), len(block))):
        part = parts[place] if place < len(parts) else ""
        yield part, *(block[place] if place < len(block) else empty)


def _percent(probability: float) -> str:
    from shatterbelt.report.words import percent

    return percent(probability)


def _share(answer: ScoredAnswer) -> str:
    """Return a share of futures with its error; none or all of them with the 95 % bound (rule of three)."""
    from shatterbelt.report.words import frequency, percent

    if answer.probability is None or answer.error is None:
        return NONE
    if answer.probability in {0.0, 1.0}:
        bound = percent(3.0 / answer.futures, 1)
        return f"below {bound}" if answer.probability == 0.0 else f"all but {bound}"
    return frequency(answer.probability, answer.error, answer.futures)


def _score(score: float | None) -> str:
    if score is None:
        return NONE
    return "∞" if math.isinf(score) else f"{score:.3f}"


# --------------------------------------------------------------------------------- means


def means(branches: Sequence[BranchScore], width: int | None) -> str:
    """Return the mean scores of each branch, beside the base rate's over the questions that have one."""
    heads = ("branch", "n", "Brier", "log", "base n", "base", "difference")
    rows = [
        (
            one.branch,
            str(one.n) if one.n == one.questions else f"{one.n} ({one.questions})",
            _mean(one.brier, one.brier_error),
            _mean(one.log_score, one.log_score_error),
            str(one.base_n),
            _mean(one.base_brier, math.nan),
            _mean(one.difference, one.difference_error, "+"),
        )
        for one in branches
    ]
    return table(heads, rows, width=width, right=range(1, len(heads)), wraps=0)


def _mean(value: float, error: float, sign: str = "") -> str:
    if math.isnan(value):
        return NONE
    text = f"{value:{sign}.3f}".replace("-", "−")
    return text if math.isnan(error) else f"{text} ± {error:.3f}"
