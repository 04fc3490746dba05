"""The ``fit`` command: fit a case to its record, print what the record says of each claim."""

from __future__ import annotations

import math
import os
import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from shatterbelt.cli.commands import as_json, examples, unreviewed_too
from shatterbelt.cli.progress import bar
from shatterbelt.cli.tables import counted, table, to_json, width_here

if TYPE_CHECKING:
    from shatterbelt.api.fitting import FitResult
    from shatterbelt.inference.verdicts import ClaimVerdict

NAMED = 20
"""Failing parameters that are named; the rest are counted."""
ROOMY = 110
"""Columns from which what a claim adds to forecasts fits beside the rest."""
MARKS = {"+": "+", "-": "−", "unknown": "?"}


@examples(
    "shatterbelt fit belarus",
    "shatterbelt fit belarus --quick",
    "shatterbelt fit belarus --narrative B --as-of 2020-11-30",
    "shatterbelt fit yugoslavia-1948 --out fits/yugoslavia.nc",
    "shatterbelt fit my-case --json --quiet > fit.json",
)
@click.command()
@click.argument("case")
@click.option(
    "--as-of",
    metavar="DATE",
    help="Use only what was known on DATE (YYYY-MM-DD, or YYYY-MM for that month's last day). Without "
    "it: the whole record.",
)
@click.option("--narrative", metavar="NAME", help="Fit only the claims of this narrative.")
@click.option("--all-claims", is_flag=True, help="Fit all claims of the case, as without --narrative.")
@click.option(
    "--quick", is_flag=True,
    help="The normal approximation at the mode, in place of the sampler: seconds, less exact, unchecked.",
)  # fmt: skip
@click.option("--chains", metavar="N", type=click.IntRange(1, 64), help="How many chains of the sampler.")
@click.option(
    "--draws", metavar="N", type=click.IntRange(4, 1_000_000), help="How many draws are kept of each chain."
)
@click.option(
    "--seed", metavar="S", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True,
    help="The same seed gives the same draws.",
)  # fmt: skip
@click.option(
    "--out", metavar="FILE.nc", type=click.Path(dir_okay=False),
    help="Write the fit as NetCDF, which ArviZ reads: posterior, prior, diagnostics, paths.",
)  # fmt: skip
@unreviewed_too
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors (and JSON, if asked for).")
@as_json
def fit(case: str, **options: Any) -> None:
    """Fit CASE to its record: what does the record say of each claim?

    Finds the weights of the claims, the quantities' own numbers and the paths that nobody observed, all
    together, from the record. Prints for each claim its weight before and after the record, with a 90 %
    interval, the probability that its sign is as claimed, how much is still prior, and a verdict. The
    fit is kept, so that asking again costs nothing.

    A fit whose diagnostics fail (R-hat above 1.01, or an effective sample size below 400) is reported as
    failed, without verdicts, and the exit code is 1.
    """
    if options.pop("all_claims") and options["narrative"] is not None:
        raise click.UsageError("--narrative and --all-claims exclude each other")
    show(case, options)


def show(case: str, options: dict[str, Any]) -> None:
    """Fit a case and print the result; ``options`` are those of the command."""
    # The chains fill the cores by themselves; the record's small matrices need no threads of BLAS.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from shatterbelt import api
    from shatterbelt.cli.running import interrupts_wait, unreviewed_note

    out, quiet, json_ = options.pop("out"), options.pop("quiet"), options.pop("json_")
    opened = api.load(case)
    with interrupts_wait():
        import shatterbelt.inference.store  # noqa: F401  # only so that no interrupt comes while it loads
    with bar(quiet=quiet) as progress:
        result = opened.fit(**options, progress=progress)
    if out is not None:
        result.save(out)
    if json_:
        click.echo(to_json(result.as_dict()))
    elif not quiet:
        click.echo(told(result, width_here()))
        if out is not None:
            click.echo(f"Written: {out}")
    if not quiet and (note := unreviewed_note(opened, let_in=options["unreviewed"])):
        click.echo(note, err=True)
    if not result.passed:
        if quiet:
            click.echo(f"{case}: the fit failed its diagnostics", err=True)
        raise click.exceptions.Exit(1)


def told(result: FitResult, width: int | None) -> str:
    """Return the fit in words: what was fitted, its diagnostics, and the claims if these passed."""
    parts = [*_filled(about(result), width), *_filled(diagnosed(result), width)]
    if not result.passed:
        return "\n".join([*parts, *failing(result), *_filled(ADVICE, width)])
    found = result.claims()
    if not found:
        return "\n".join([*parts, "No claim was fitted, so there is nothing to judge."])
    table_ = claims(found, width)
    parts += ["", table_, "", *_filled(f"{READ} {GAINS}" if "forecast gain" in table_ else READ, width)]
    parts += [line for text in (*rivals(result), *by_hand(result)) for line in _filled(text, width)]
    return "\n".join(parts)


def rivals(result: FitResult) -> list[str]:
    """Say how likely each narrative makes the record; nothing of a fit of one narrative."""
    found = sorted(result.narratives().items(), key=lambda one: -one[1])
    if not found:
        return []
    each = ", ".join(f"{name} {value:+.1f}".replace("-", "−") for name, value in found)
    return [
        "",
        f"narratives: log evidence beside all claims together, in nats: {each}. Each step of the record is "
        "scored by what was known before it; 3 nats are odds of 20 to 1.",
    ]


ADVICE = (
    "There are no verdicts from a failed fit. More draws may help: --draws N, or --quick for a rough look."
)
READ = (
    "weight: typical swings of the effect per swing of the cause, mean before the record -> after it. "
    "P(sign): that the sign is as claimed (of an unknown one: that it is +), before -> after. "
    "still prior: how much of the answer is what was put in (overlap of prior and posterior)."
)
GAINS = (
    "forecast gain: nats by which the claim raises the log score of forecasts up to twelve steps ahead, as "
    "'shatterbelt score' measured it."
)


def _filled(text: str, width: int | None) -> list[str]:
    return textwrap.wrap(text, width) if width else [text]


def about(result: FitResult) -> str:
    """Say in a line what was fitted."""
    attrs = result.tree.attrs
    weights = result.tree["posterior"].get("weight")
    number = 0 if weights is None else weights.sizes["claim"]
    whose = f"narrative {attrs['narrative']}" if attrs["narrative"] else "all claims"
    paths = result.tree["paths"].sizes["time"]
    return (
        f"{attrs['case']} fitted to its record as of {attrs['as_of']} "
        f"({counted(paths, 'step')}, to {attrs['known_until']}): {whose}, {counted(number, 'claim')}; "
        f"seed {attrs['seed']}."
    )


def diagnosed(result: FitResult) -> str:
    """Say in a line whether the draws may be trusted."""
    found = result.diagnostics()
    if result.quick:
        return "Approximation at the mode (--quick): no diagnostics; sample before you rely on it."
    said = (
        f"{found['chains']} chains of {found['draws']} draws: R-hat at most {found['rhat']:.3f}, "
        f"ESS at least {found['ess_bulk']:.0f} (bulk) and {found['ess_tail']:.0f} (tail), "
        f"{counted(found['divergences'], 'divergence')}"
    )
    if found["divergences"]:
        said += f", which touch {', '.join(found['touched'])}" if found["touched"] else ", in no one place"
    if found["passed"]:
        return f"{said}."
    return (
        f"FAILED: {len(found['failures'])} of {counted(found['parameters'], 'parameter')} miss R-hat <= 1.01 "
        f"or ESS >= 400. {said}."
    )


def failing(result: FitResult) -> list[str]:
    """Return a line for each parameter that fails, the worst first."""
    lines = result.diagnostics()["failures"]
    more = [f"  and {len(lines) - NAMED} more (--json names all)"] if len(lines) > NAMED else []
    return [f"  {line}" for line in lines[:NAMED]] + more


# --------------------------------------------------------------------------------- claims


def claims(found: Sequence[ClaimVerdict], width: int | None) -> str:
    """Return the claims as a table, under each verdict those that have it."""
    from shatterbelt.inference.verdicts import by_strength

    scored = (width is None or width >= ROOMY) and any(not math.isnan(one.gain.mean) for one in found)
    heads: tuple[str, ...] = ("claim", "sign", "weight", "90 % interval", "P(sign)", "still prior")
    heads += ("forecast gain",) if scored else ()
    rows: list[tuple[str, ...]] = []
    sorted_ = by_strength(found)
    numbers = Counter(one.words for one in sorted_)
    for place, one in enumerate(sorted_):
        if place == 0 or sorted_[place - 1].words != one.words:
            rows += [("",) * len(heads)] if rows else []
            rows.append((f"{one.words.upper()}: {numbers[one.words]}", *[""] * (len(heads) - 1)))
        rows.append(_row(one) + ((_gain(one),) if scored else ()))
    return table(heads, rows, width=width, right=range(2, len(heads)), wraps=0)


def _row(one: ClaimVerdict) -> tuple[str, ...]:
    remark = " (little or no effect)" if one.why.startswith("little") else ""
    return (
        one.title + remark,
        MARKS[one.sign],
        f"{_signed(one.prior.mean)} → {_signed(one.posterior.mean)}",
        f"{_signed(one.posterior.low)} to {_signed(one.posterior.high)}",
        f"{_percent(one.prior_sign)} → {_percent(one.posterior_sign)} %",
        f"{100 * one.still_prior:.0f} %",
    )


def _gain(one: ClaimVerdict) -> str:
    mean, error = one.gain
    return "–" if math.isnan(mean) else f"{_signed(mean)} ± {error:.2f}"


def _signed(number: float) -> str:
    text = f"{number:+.2f}".replace("-", "−")
    return "0.00" if text in {"+0.00", "−0.00"} else text


def _percent(probability: float) -> str:
    """Return whole points; 0 and 100 only for what is not to be told from them in this many draws."""
    points = 100 * probability
    return "<1" if points < 0.5 else ">99" if points > 99.5 else f"{points:.0f}"


def by_hand(result: FitResult) -> list[str]:
    """Say how the verdicts compare with those given by hand, if the case brings such."""
    found = result.compared()
    if not found:
        return []
    numbers = Counter(one.agreement for one in found)
    said = [
        f"{numbers[key]} {key}" for key in ("agree", "differ", "only by hand", "only the fit") if numbers[key]
    ]
    off = ", ".join(str(one.statement) for one in found if one.agreement == "differ")
    rest = numbers["both open"] + numbers["not modelled"]
    text = f"Beside {len(found)} verdicts by hand on the documents' statements: {', '.join(said)}"
    text += f", {rest} open or not modelled" if rest else ""
    return ["", f"{text}{f' (differ: {off})' if off else ''}; --json lists them."]
