"""Write a case's verdicts by hand beside those of a fit into a page: ``write_verdicts.py FIT.nc PAGE.md``.

The fit is what ``shatterbelt fit CASE --out FIT.nc`` wrote; the verdicts by hand stand in the case's
``verdicts.csv``. A fit that failed its diagnostics is refused.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from shatterbelt.api.fitting import FitResult
from shatterbelt.case import load_case
from shatterbelt.inference.agreement import Agreement, Compared
from shatterbelt.inference.store import load

MEANINGS: dict[Agreement, str] = {
    "agree": "both say the same way",
    "differ": "they say opposite ways",
    "only by hand": "a person judged; the fit cannot tell, or its claims point both ways",
    "only the fit": "a person could not judge; the fit leans or is sure",
    "both open": "neither can tell",
    "not modelled": "no claim about causes: a fact or an event, which is the record's",
}


INTRODUCTION = """\
A person read the statements of the documents against the record and judged each of them; here the verdicts
of a fit stand beside. The two ask different things: a person asks whether a statement is true, the fit
whether a cause goes with its effect over all the months that were recorded. Why they may differ stands in
the last column; nothing was tuned to make them agree. How the verdicts of the fit come about, and what they
can and cannot tell: [fit](fit.md)."""


def page(result: FitResult) -> str:
    """Return the page: what was fitted, how often the two agree, and a line for each statement."""
    return "\n".join([*head(result), *counts(result.compared()), *table(result.compared()), ""])


def head(result: FitResult) -> Iterator[str]:
    """Yield what the page is and which fit it shows."""
    attrs = result.tree.attrs
    yield f"# {result.case.about.title}: verdicts by hand, and the fit's"
    yield ""
    yield INTRODUCTION
    yield ""
    yield (
        f"The fit: {attrs['kind']}, the record as of {attrs['as_of']}, seed {attrs['seed']}, case "
        f"`{str(attrs['case_hash'])[:12]}`, program {attrs['version']}. Written by `tools/write_verdicts.py`."
    )
    yield ""


def counts(found: list[Compared]) -> Iterator[str]:
    """Yield how many statements there are of each kind of agreement."""
    numbers = Counter(one.agreement for one in found)
    yield "| | statements | which means |"
    yield "|---|---|---|"
    yield from (f"| {key} | {numbers[key]} | {meaning} |" for key, meaning in MEANINGS.items())
    yield ""


def table(found: list[Compared]) -> Iterator[str]:
    """Yield a line for each statement; its text stays in the document."""
    yield "| statement | by hand | the fit, claim by claim | | why they may differ |"
    yield "|---|---|---|---|---|"
    for one in found:
        fit = "<br>".join(f"`{claim}`: {verdict}" for claim, verdict in one.fit) or "–"
        yield f"| {one.statement} | {one.by_hand} | {fit} | {one.agreement} | {one.why} |"


def main(arguments: list[str]) -> int:
    """Write the page; return 1 if the fit failed or has nothing to compare."""
    fit, target = arguments
    tree = load(fit)
    result = FitResult(load_case(str(tree.attrs["case"])), tree)
    if tree.attrs["case_hash"] != result.case.hash:
        print(f"{fit}: the case has changed since it was fitted; fit it again", file=sys.stderr)
        return 1
    if not result.passed or not result.compared():
        print(f"{fit}: the fit failed its diagnostics, or the case has no verdicts by hand", file=sys.stderr)
        return 1
    Path(target).write_text(page(result), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
