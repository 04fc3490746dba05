"""Draw statements that were read for judging by hand, and print how many were judged right.

``draw`` reads the two documents, the bundled digests and six test articles, and prints a hundred of all
statements with their sentences, drawn with a seed, kinds in proportion. ``--csv FILE`` writes the rows.
``figures`` prints, of ``tests/reading/judged_statements.csv``, the shares judged right, with 95 % Wilson
intervals. ``still`` reads anew and prints how many of the judged statements are still read.

    python tools/judge_statements.py draw [--seed 4] [--number 100] [--csv FILE]
    python tools/judge_statements.py figures
    python tools/judge_statements.py still [--seed 4]

In a row, ``right`` is whether there is such a statement of that kind and the quote holds it. Where it is,
``coded`` is whether type and contexts, relation and sign, or form and direction are right; ``said`` whether
it tells who says it, and how; ``parts`` whether actor and target, cause and effect, or who wants what are.
``why`` gives a reason, in the judge's words, where one is no.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from annotated import ARTICLES, load_article
from shatterbelt.api import reading as api
from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.reading.merging import Told
from shatterbelt.reading.statements import Aim, Claim, Event, Party, Statement

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT.parent / "shared" / "seeds"
JUDGED = ROOT / "tests" / "reading" / "judged_statements.csv"
ASPECTS = ("right", "coded", "said", "parts")
COLUMNS = ("document", "id", "kind", "start", "end", "rule", "reading", *ASPECTS, "why")
ARTICLE_COUNT = 6
PLACE = ("document", "kind", "start", "end")


def wilson(right: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Return the Wilson interval of a share; 0 to 1 where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    share = right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def documents(seed: int, folder: Path) -> list[LoadedDocument]:
    """Return what the sample is drawn from; the test articles are written into the folder as texts."""
    digests = files("shatterbelt").joinpath("cases/belarus/digests").iterdir()
    paths = [*sorted(SEEDS.glob("*.txt")), *sorted(Path(str(digest)) for digest in digests)]
    loaded, faults = api.load([str(path) for path in paths])
    if faults:
        raise SystemExit(f"not read: {faults[0]}")
    for path in random.Random(seed).sample(sorted((ARTICLES / "test").glob("*.yaml")), ARTICLE_COUNT):
        article = load_article(path)
        (folder / f"{path.stem}.txt").write_text(article.text, encoding="utf-8")
        one, _ = api.load([str(folder / f"{path.stem}.txt")])
        about = {"issued": article.issued, "publisher": article.publisher, "title": article.title}
        loaded += api.complete(one, about)
    return loaded


def everything(seed: int) -> list[Statement]:
    """Return all that is read in the documents, an event that is told several times once."""
    with TemporaryDirectory() as folder:
        entries = api.read(documents(seed, Path(folder))).entries()
    return [one.event if isinstance(one, Told) else one for one in entries]


def sample(seed: int, number: int) -> tuple[list[Statement], Counter[str]]:
    """Return statements drawn at random, kinds in proportion, and how many there are of each kind."""
    found = everything(seed)
    counts: Counter[str] = Counter(one.kind for one in found)
    drawn: set[int] = set()
    for kind, share in _shares(counts, number).items():
        places = [place for place, one in enumerate(found) if one.kind == kind]
        drawn |= set(random.Random(f"{seed} {kind}").sample(places, share))
    return [found[place] for place in sorted(drawn)], counts


def _shares(counts: Counter[str], number: int) -> dict[str, int]:
    """Share a number out in proportion, by largest remainder."""
    exact = {kind: number * count / counts.total() for kind, count in sorted(counts.items())}
    shares = {kind: int(value) for kind, value in exact.items()}
    rest = sorted(exact, key=lambda kind: shares[kind] - exact[kind])
    for kind in rest[: number - sum(shares.values())]:
        shares[kind] += 1
    return shares


def row(one: Statement) -> dict[str, str]:
    """Return the row of a statement, not judged yet."""
    told = {
        "document": one.document,
        "id": one.id,
        "kind": one.kind,
        "start": str(one.quote.start),
        "end": str(one.quote.end),
        "rule": one.rule,
        "reading": f"{one.reading:.2f}",
    }
    return {column: told.get(column, "") for column in COLUMNS}


def described(one: Statement) -> str:
    """Return how a statement was read, for who judges it."""
    said = " > ".join(f"{it.source.name or '?'} [{it.cue.text if it.cue else ''}]" for it in one.says_who)
    head = f"{one.document} {one.id} {one.kind}\n  sentence: {one.sentence.text}\n  quote: {one.quote.text}"
    how = f"\n  says who: {said or 'author'}; {one.manner}; hedge {one.hedge.text if one.hedge else '-'}"
    return head + how + "\n  " + _coding(one)


def _coding(one: Statement) -> str:
    if isinstance(one, Event):
        when = f"{one.date.earliest}..{one.date.latest}" if one.date else "-"
        code = f"{one.type} ({one.mode}) {list(one.contexts)} trigger {one.trigger.text!r}"
        return f"{code}: {_names(one.actors)} -> {_names(one.targets)}; {when}"
    if isinstance(one, Claim):
        link = f"[{one.connective.text if one.connective else ''}] {one.sign} {one.relation}"
        change = f"{one.cause_quantity!r} {one.cause_change}, {one.effect_quantity!r} {one.effect_change}"
        return f"{one.cause.text!r} {link} {one.effect.text!r}; {change}"
    if isinstance(one, Aim):
        return f"{one.form} {one.direction}: {_names([one.actor])} [{one.cue.text}] {one.content.text!r}"
    return ""


def _names(parties: Iterable[Party]) -> str:
    return ", ".join(f"{party.name} ({party.actor})" for party in parties) or "-"


def draw(seed: int, number: int, table: Path | None) -> None:
    """Print the sample, and write its empty rows."""
    drawn, counts = sample(seed, number)
    print(f"{counts.total()} statements: {dict(counts)}")
    for place, one in enumerate(drawn, 1):
        print(f"\n{place}. {described(one)}")
    if table is not None:
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(row(one) for one in drawn)


def judged(path: Path = JUDGED) -> list[dict[str, str]]:
    """Return the rows that were judged."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def figures(rows: Sequence[dict[str, str]]) -> None:
    """Print the share of yes in each aspect, in all and by kind, and of rows where all four are yes."""
    groups = {"all": rows} | {
        kind: [one for one in rows if one["kind"] == kind] for kind in ("event", "claim", "aim")
    }
    for name, group in groups.items():
        for aspect in ASPECTS:
            told = [one[aspect] for one in group if one[aspect]]
            _line(f"{name}: {aspect}", told.count("yes"), len(told))
        _line(f"{name}: all four", sum(all(one[it] == "yes" for it in ASPECTS) for one in group), len(group))


def still(rows: Sequence[dict[str, str]], seed: int) -> None:
    """Print how many of the statements judged right, and of the others, are read today."""
    today = {(one.document, one.kind, str(one.quote.start), str(one.quote.end)) for one in everything(seed)}
    for verdict in ("yes", "no"):
        places = [tuple(one[it] for it in PLACE) for one in rows if one["right"] == verdict]
        kept = sum(place in today for place in places)
        print(f"right: {verdict:<4}{kept:>4} of {len(places)} still read in the same place")


def _line(title: str, right: int, of: int) -> None:
    low, high = wilson(right, of)
    print(f"{title:<20}{right:>5} of {of:<5}{right / max(of, 1):>6.2f}  ({low:.2f} to {high:.2f})")


def main() -> None:
    """Draw, print the figures, or look whether the judged statements are still read."""
    parser = argparse.ArgumentParser(description="Draw statements to judge; print what was judged.")
    parser.add_argument("what", choices=("draw", "figures", "still"))
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--number", type=int, default=100)
    parser.add_argument("--csv", type=Path, default=None, help="write the empty rows here")
    chosen = parser.parse_args()
    if chosen.what == "draw":
        draw(chosen.seed, chosen.number, chosen.csv)
    elif chosen.what == "still":
        still(judged(), chosen.seed)
    else:
        figures(judged())


if __name__ == "__main__":
    main()
