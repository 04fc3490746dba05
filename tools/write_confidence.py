"""Count how often each group of rules is right on held-out articles: statements' confidences come from it.

Reads the articles under ``tests/reading/articles/test``, which no rule was tuned on and no encoder trained
on, and writes ``src/shatterbelt/reading/tables/confidence.csv`` (kind, rule, n, right). Prints the table and,
for each kind, how many of what was annotated was found. With ``--check``: prints only.

A statement is right when the annotation has one like it: an event of the same type whose trigger overlaps;
a claim of the same relation with half of the shorter of each end's two spans in common, and no opposite
sign; an aim of the same form with half of the shorter content in common; what an annotated condition holds
is what has to come first.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from annotated import ARTICLES, Article, Phrase, articles
from shatterbelt.documents.loaded import Metadata
from shatterbelt.documents.loading import load_document
from shatterbelt.reading.calibration import TABLE, group_of
from shatterbelt.reading.reader import RuleReader
from shatterbelt.reading.statements import Aim, Claim, Event, Span, Statement

TABLES = Path(__file__).resolve().parent.parent / "src" / "shatterbelt" / "reading" / "tables"
HEAD = (
    "# How often the rules were right on the held-out articles of our own, by kind and group of rules; the\n"
    "# group tells the family and how sure the finder was. Written by tools/write_confidence.py.\n"
    "kind,rule,n,right\n"
)


def main(arguments: list[str]) -> int:
    """Count, print, and write the table."""
    reader = RuleReader()
    n: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    found: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for article in articles(ARTICLES / "test"):
        document = load_document(
            article.text.encode(),
            id=article.name,
            name=article.name,
            metadata=Metadata(issued=article.issued),
        )
        statements = reader.read(document)
        for one in statements:
            n[one.kind, group_of(one)] += 1
            right[one.kind, group_of(one)] += is_right(one, article)
        for kind, alone in _each_alone(article):
            told[kind] += 1
            found[kind] += any(is_right(one, alone) for one in statements)
    rows = [(kind, group, n[kind, group], right[kind, group]) for kind, group in sorted(n)]
    _print(rows, found, told)
    if "--check" not in arguments:
        lines = "".join(f'{kind},"{group}",{count},{good}\n' for kind, group, count, good in rows)
        (TABLES / TABLE).write_text(HEAD + lines, encoding="utf-8")
    return 0


def is_right(one: Statement, article: Article) -> bool:
    """Return whether the annotation has a statement like this one."""
    if isinstance(one, Event):
        return any(
            item.type == one.type and _overlap(item.trigger, one.trigger) > 0 for item in article.events
        )
    if isinstance(one, Claim):
        return any(
            item.relation == one.relation
            and _half(item.cause, one.cause)
            and _half(item.effect, one.effect)
            and {item.sign, one.sign} != {"+", "-"}
            for item in article.claims
        )
    if isinstance(one, Aim):
        content = one.condition if one.form == "condition" and one.condition is not None else one.content
        return any(item.form == one.form and _half(item.content, content) for item in article.aims)
    return False


def _each_alone(article: Article) -> Iterator[tuple[str, Article]]:
    """Give the article with each of its annotations alone, to see whether that one is found."""
    empty = replace(article, events=(), claims=(), aims=())
    yield from (("event", replace(empty, events=(item,))) for item in article.events)
    yield from (("claim", replace(empty, claims=(item,))) for item in article.claims)
    yield from (("aim", replace(empty, aims=(item,))) for item in article.aims)


def _overlap(one: Phrase, other: Span) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def _half(one: Phrase, other: Span) -> bool:
    return 2 * _overlap(one, other) >= min(one.end - one.start, other.end - other.start)


def _print(rows: list[tuple[str, str, int, int]], found: Counter[str], told: Counter[str]) -> None:
    for kind, group, count, good in rows:
        sys.stdout.write(f"{kind:6} {group:32} {good:4} right of {count:4}  {good / count:.2f}\n")
    for kind in ("event", "claim", "aim"):
        count = sum(row[2] for row in rows if row[0] == kind)
        good = sum(row[3] for row in rows if row[0] == kind)
        precision, recall = good / max(count, 1), found[kind] / max(told[kind], 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        sys.stdout.write(
            f"{kind}s: precision {precision:.2f} ({count} read), recall {recall:.2f} "
            f"({told[kind]} annotated), F1 {f1:.2f}\n"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
