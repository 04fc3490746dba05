"""Write docs/belarus.md, the bundled case row by row, or, with --check, say whether it is as written.

The page is made of the case alone, so that it cannot drift from it. Run it after every change to
the case: ``python tools/write_belarus_page.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from shatterbelt.case import load_case
from shatterbelt.case.types import Case, EventsTie, Outcome, SeriesTie
from shatterbelt.statements import Claim, PublicationEvidence

PAGE = Path(__file__).resolve().parent.parent / "docs" / "belarus.md"
HEAD = """# Belarus, row by row

<!-- Written by tools/write_belarus_page.py from the case; change the case, not this page. -->

{summary}

Two documents describe one system from two sides; every row below is one thing that they say. Under each
stands what the record says to it, the quantities that carry it, and the claims, with who holds them. `A`
and `B` are the narratives of the two documents, `neither` is the sceptic's. A claim is written cause ->
effect with its sign; its evidence is shown by `shatterbelt show belarus --claims` and, with the documents
at hand, by `shatterbelt quotes belarus --documents DIR`.

The case is a conditional model under stated claims and not a prediction. It runs on priors alone until it
has been set against the record.
"""


def page(case: Case) -> str:
    """Return the whole page."""
    parts = [HEAD.format(summary=case.about.summary.strip()), *_rows(case), *_quantities(case)]
    parts += [*_narratives(case), *_outcomes(case), *_frame(case)]
    return "\n".join(parts).rstrip() + "\n"


def _rows(case: Case) -> Iterator[str]:
    yield "## The rows\n"
    held = {n: set(case.claim_ids(n)) for n, entry in case.about.narratives.items() if not entry.union_of}
    for code, row in case.about.rows.items():
        yield f"### {code} {row.title}\n"
        if row.says:
            yield f"**Said.** {row.says}\n"
        if row.record:
            yield f"**In the record.** {row.record}\n"
        carried = [name for name, quantity in case.quantities.items() if code in quantity.rows]
        yield f"**Quantities.** {', '.join(f'`{name}`' for name in carried) or 'those of its claims'}\n"
        claims = [claim for claim in case.claims if code in claim.rows]
        if claims:
            yield "| claim | sign | strength | held by |\n|---|---|---|---|"
            for claim in claims:
                yield _claim(claim, [name for name, ids in held.items() if claim.id in ids])
            yield ""


def _claim(claim: Claim, holders: list[str]) -> str:
    arrow = f"{claim.title}: `{claim.cause}` -> `{claim.effect}`"
    return f"| {arrow} | {claim.sign} | {claim.strength} | {', '.join(holders)} |"


def _quantities(case: Case) -> Iterator[str]:
    yield "## The quantities\n"
    yield "| quantity | kind | unit | usual, swing | seen in the record as |\n|---|---|---|---|---|"
    for name, quantity in case.quantities.items():
        usual = f"{getattr(quantity, 'rate', quantity.usual):g}, {quantity.swing:g}"
        if quantity.kind == "status":
            usual = f"on {quantity.onset:g}, off {quantity.end:g} a month"
        ties = [_tie(tie) for tie in getattr(quantity, "record", ())]
        seen = "; ".join(ties) or "not seen"
        yield f"| `{name}` {quantity.title} | {quantity.kind} | {quantity.unit} | {usual} | {seen} |"
    yield ""
    for name, quantity in case.quantities.items():
        if quantity.about:
            yield f"- `{name}`: {quantity.about.strip()}"
    yield ""


def _tie(tie: SeriesTie | EventsTie) -> str:
    if isinstance(tie, SeriesTie):
        return f"{tie.series} ({tie.enters})"
    return f"{', '.join(tie.actor)} {' '.join(tie.type)} -> {', '.join(tie.target) or 'anyone'}"


def _narratives(case: Case) -> Iterator[str]:
    yield "## The narratives\n"
    for name, entry in case.about.narratives.items():
        yield f"- **{name}**, {entry.title} ({len(case.claim_ids(name))} claims). {entry.about.strip()}"
    publications = {
        evidence.publication
        for claim in case.claims
        for evidence in claim.evidence
        if isinstance(evidence, PublicationEvidence)
    }
    yield f"\n{len(case.claims)} claims stand on the two documents and on {len(publications)} publications.\n"


def _outcomes(case: Case) -> Iterator[str]:
    yield "## The questions\n"
    for asked in sorted({outcome.asked for outcome in case.about.outcomes.values()}):
        yield f"Asked on {asked.isoformat()}:\n"
        yield "| question | true when | what came |\n|---|---|---|"
        for outcome in case.about.outcomes.values():
            if outcome.asked == asked:
                yield f"| {outcome.question} | {_test(outcome)} | {_came(outcome)} |"
        yield ""


def _test(outcome: Outcome) -> str:
    window = f"{outcome.opens} to {outcome.closes}"
    return f"`{outcome.quantity}` {outcome.test.strip()} ({outcome.when}), {window}"


def _came(outcome: Outcome) -> str:
    found = outcome.resolution
    if found is None:
        return "not resolved"
    return " ".join(part for part in (found.answer, found.date, f"({found.confidence} confidence)") if part)


def _frame(case: Case) -> Iterator[str]:
    yield "## What is taken for granted\n"
    for entry in case.about.assumptions:
        run = f" Run it: `{entry.run}`." if entry.run else ""
        yield f"- {entry.text} *If false:* {entry.if_false}{run}"
    yield "\n## What is left out\n"
    yield from (f"- {text}" for text in case.about.left_out)


def main() -> int:
    """Write the page, or compare it; return 1 when it is not as written."""
    text = page(load_case("belarus"))
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print("docs/belarus.md is not what the case says; run python tools/write_belarus_page.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
