"""The ``score`` command: forecast from days of the past, print how good that was."""

from __future__ import annotations

import math
import os
import textwrap
from typing import TYPE_CHECKING, Any

import click

from shatterbelt import api
from shatterbelt.api.scoring import free
from shatterbelt.cli.commands import as_json, examples, unreviewed_too
from shatterbelt.cli.progress import bar
from shatterbelt.cli.running import interrupts_wait, unreviewed_note
from shatterbelt.cli.tables import counted, table, to_json, width_here

if TYPE_CHECKING:
    from shatterbelt.api.scoring import ScoreResult
    from shatterbelt.inference.scoring import Line, Scored

PIECES = 12
"""Pieces of evidence that are shown."""
LOSSES = 15
"""Quantities on which the narrative loses that are shown."""


@examples(
    "shatterbelt score belarus",
    "shatterbelt score belarus --narrative B --narrative A --origins 24 --no-claims",
    "shatterbelt score belarus --out out/scores",
    "shatterbelt score my-case --json --quiet > scores.json",
)
@click.command()
@click.argument("case")
@click.option(
    "--narrative", "narratives", metavar="NAME", multiple=True,
    help="Score this narrative; may be repeated, the first is the one that words are about. Without it: all "
    "of them, the default one first.",
)  # fmt: skip
@click.option(
    "--origins", type=int, default=12, show_default=True,
    help="Days of the past from which to forecast, evenly spread over the record.",
)  # fmt: skip
@click.option(
    "--claims/--no-claims", default=True,
    help="Also say what the forecasts of the first narrative lose without each of its claims, or leave that "
    "out, which is faster.",
)  # fmt: skip
@click.option("--out", metavar="DIR", type=click.Path(), help="Write scores.nc and scores.csv into DIR.")
@unreviewed_too
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
@as_json
def score(case: str, **options: Any) -> None:
    """Score the narratives of CASE by forecasts from its past.

    From each of several days every narrative is fitted to what was known on that day, and forecasts 1, 3, 6
    and 12 steps ahead. What came scores it, beside two baselines that hold no claims. Prints where the
    first narrative loses, scores and differences with their standard errors, stacking weights, calibration,
    the evidence that tells the narratives apart, and what each claim adds. Takes minutes; the result is
    kept, so that asking again does not.
    """
    # Fits fill the cores side by side; small matrices need no threads of BLAS.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    asked = dict(options)
    out, quiet, json_ = asked.pop("out"), asked.pop("quiet"), asked.pop("json_")
    opened = api.load(case)
    with interrupts_wait():
        import shatterbelt.inference.hindcasts  # noqa: F401
    folder = free(out) if out else None
    with bar("fits", quiet=quiet, lines=True) as progress:
        result = opened.score(**asked, progress=progress)
    paths = result.save(folder) if folder else {}
    if json_:
        click.echo(to_json(result.as_dict() | {"files": {key: str(path) for key, path in paths.items()}}))
    elif not quiet:
        click.echo(told(result))
        for path in paths.values():
            click.echo(f"Written: {path}", err=True)
    if not quiet and (note := unreviewed_note(opened, let_in=asked["unreviewed"])):
        click.echo(note, err=True)


def told(result: ScoreResult, width: int | None = None) -> str:
    """Return all tables under the words that say it first."""
    wide = width or width_here()
    some = result.scored
    parts = [
        result.words,
        f"Joint log score by steps ahead ({some.step}s), nats; differences: above 0 the narrative is better.",
        joint(some, wide),
        _questions(some, wide),
        _losses(some, wide),
        stacked(some, wide),
        calibrated(some, wide),
        _evidence(result, wide),
        _claims(some, wide),
        f"Every forecast saw only what was known on its day: {', '.join(some.days)}.",
    ]
    lines = [part if "\n" in part or not wide else textwrap.fill(part, wide) for part in parts if part]
    return "\n\n".join(lines)


def _under(head: str, width: int | None) -> str:
    """Return a table's head, wrapped, and the empty line under it."""
    return (textwrap.fill(head, width) if width else head) + "\n\n"


def number(value: float, error: float | None = None, *, sign: bool = False) -> str:
    """Return a score or a difference, with its standard error; ``?`` where there are too few days for any."""
    if math.isnan(value):
        return "-"
    text = f"{value:+.3f}" if sign else f"{value:.3f}"
    if error is None:
        return text
    return f"{text} ± {error:.3f}" if math.isfinite(error) else f"{text} ± ?"


def joint(some: Scored, width: int | None) -> str:
    """Return narratives and horizons with scores and differences."""
    from shatterbelt.inference.origins import HORIZONS
    from shatterbelt.inference.rivals import BASELINES

    rows = []
    for name in some.models:
        for h in HORIZONS:
            plain = some.line("joint", name, None, h)
            beside = [some.line("joint", name, rival, h) for rival in BASELINES]
            cells = (
                ["", ""] if name in BASELINES else [number(b.difference, b.error, sign=True) for b in beside]
            )
            rows.append([name if h == HORIZONS[0] else "", str(h), str(plain.n), number(plain.mean), *cells])
    heads = ["model", "ahead", "days", "score", *(f"less {rival}" for rival in BASELINES)]
    return table(heads, rows, width=width, right=[1, 2, 3, 4, 5], wraps=0)


def _questions(some: Scored, width: int | None) -> str:
    """Return CRPS, Brier and ranked probability scores with differences."""
    from shatterbelt.inference.rivals import BASELINES

    titles = {"crps": "CRPS, swings", "brier": "Brier", "ranked": "ranked probability"}
    rows = []
    for score_, title in titles.items():
        for name in some.models:
            plain = some.line(score_, name)  # type: ignore[arg-type]  # the keys are scores
            if not plain.n:
                continue
            beside = [some.line(score_, name, rival) for rival in BASELINES]  # type: ignore[arg-type]  # as above
            cells = (
                ["", ""] if name in BASELINES else [number(b.difference, b.error, sign=True) for b in beside]
            )
            rows.append(
                [title if name == some.models[0] else "", name, str(plain.n), number(plain.mean), *cells]
            )
    if not rows:
        return ""
    heads = ["score", "model", "n", "mean", *(f"less {rival}" for rival in BASELINES)]
    text = (
        "Levels (CRPS) and questions (Brier, ranked probability), all horizons; differences: below 0 the "
        "narrative is better."
    )
    return _under(text, width) + table(heads, rows, width=width, right=[2, 3, 4, 5], wraps=1)


def _losses(some: Scored, width: int | None) -> str:
    lost = some.losses()
    if not lost:
        return ""
    rows = [
        [
            str(line.quantity),
            some.quantities[str(line.quantity)],
            str(line.n),
            str(line.baseline),
            _loss(line),
        ]
        for line in lost[:LOSSES]
    ]
    more = f", the heaviest {LOSSES}" if len(lost) > LOSSES else ""
    head = f"Where {some.narratives[0]} loses (log score, all horizons, nats{more}):"
    heads = ["quantity", "kind", "n", "better is", "by"]
    return _under(head, width) + table(heads, rows, width=width, right=[2, 4], wraps=0)


def _loss(line: Line) -> str:
    return number(-line.difference, line.error)


def stacked(some: Scored, width: int | None) -> str:
    """Return stacking weights and how far they move when a day is left out."""
    alone, beside = some.stacked(), some.stacked(baselines=True)
    if not alone.n:
        return ""
    rows = []
    for place, name in enumerate(beside.models):
        cells = [_weight(beside, place)]
        rows.append([name, _weight(alone, place) if place < len(alone.models) else "", *cells])
    head = (
        f"Stacking weights by joint log score ({counted(alone.n, 'occasion')}), with the least and the most "
        "when a day is left out:"
    )
    heads = ["model", "narratives", "with baselines"]
    return _under(head, width) + table(heads, rows, width=width, right=[1, 2], wraps=0)


def _weight(found: object, place: int) -> str:
    from shatterbelt.inference.scoring import Stacked

    assert isinstance(found, Stacked)
    low, high = found.low[place] + 0.0, found.high[place] + 0.0
    return f"{abs(found.weights[place]):.2f} ({abs(low):.2f}-{abs(high):.2f})"


def calibrated(some: Scored, width: int | None) -> str:
    """Return what was said and what came, of the first narrative, and coverage of each."""
    name = some.narratives[0]
    parts = []
    found = some.reliability(name)
    if found is not None:
        rows = [
            [
                f"{100 * low:.0f}-{100 * high:.0f} %" if low < high else f"{100 * low:.0f} %",
                str(n),
                str(came),
                f"{100 * came / n:.0f} %",
            ]
            for low, high, n, came in found.blocks()
        ]
        head = (
            f"Calibration of {name} on {counted(found.n, 'question')} (CORP); miscalibration "
            f"{found.miscalibration:.3f}, discrimination {found.discrimination:.3f}, "
            f"uncertainty {found.uncertainty:.3f}:"
        )
        parts += [
            _under(head, width)
            + table(["said", "questions", "came", "share"], rows, width=width, right=[0, 1, 2, 3])
        ]
    spans = _coverage(some, width)
    return "\n\n".join([*parts, spans] if spans else parts)


def _coverage(some: Scored, width: int | None) -> str:
    rows = [
        [name, f"{100 * one.share:.0f} %", f"{one.inside} of {one.n}", f"{100 * one.found:.0f} %",
         f"{100 * one.low:.0f}-{100 * one.high:.0f} %", f"{one.width:.2f}"]
        for name in some.narratives for one in some.coverage(name) if one.n
    ]  # fmt: skip
    if not rows:
        return ""
    heads = ["model", "interval", "inside", "found", "95 % interval", "mean width, swings"]
    head = "Levels and shares inside their central intervals, all horizons:"
    return _under(head, width) + table(heads, rows, width=width, right=[1, 2, 3, 4, 5], wraps=0)


def _evidence(result: ScoreResult, width: int | None) -> str:
    found = result.evidence
    if found is None or not found.pieces:
        return ""
    whole = found.whole.ranking
    rows = [["all of it", "", *(f"{value:+.2f}" for value in found.totals), "", " > ".join(whole)]]
    for piece in found.pieces[:PIECES]:
        left = found.without(piece).ranking
        cells = [f"{value:+.2f}" for value in piece.cells]
        rank = "the same" if left == whole else " > ".join(left)
        rows.append([piece.quantity, str(piece.day), *cells, f"{piece.diagnosticity:.2f}", rank])
    heads = ["evidence", "from", *found.narratives, "decides", "ranking without it"]
    right = list(range(2, 3 + len(found.narratives)))
    head = (
        "Competing hypotheses: log score of each piece less the narratives' mean, nats; the "
        f"{min(PIECES, len(found.pieces))} of {len(found.pieces)} pieces that decide most:"
    )
    return _under(head, width) + table(heads, rows, width=width, right=right, wraps=0)


def _claims(some: Scored, width: int | None) -> str:
    found = sorted(some.claims().items(), key=lambda item: -abs(item[1].difference))
    if not found:
        return ""
    rows = [[claim, number(one.difference, one.error, sign=True)] for claim, one in found]
    head = f"What each claim of {some.narratives[0]} adds to the log scores of all steps ahead, nats a day:"
    return _under(head, width) + table(["claim", "gain"], rows, width=width, right=[1], wraps=0)
