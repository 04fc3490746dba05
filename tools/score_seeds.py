"""Print how much the reader finds of what a careful reader finds in the two documents.

Events are those of ``tests/reading/seed_events.yaml``, marked before anything that the program reads was
seen. A gold event is found when an event read has a trigger that overlaps its trigger, or stands in the same
sentence and has the same type; with type, when the type is right as well. An event read counts once.

Claims are the quotes that the curated case anchors in the two documents. One is found when the quote of a
claim or an aim that was read covers half of the shorter of the two; strictly, half of the longer.

    python tools/score_seeds.py [FOLDER] [--missed]

The folder holds the two documents; ``--missed`` prints our own words for what was not found.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml

from shatterbelt.api import reading as api
from shatterbelt.documents import read_text
from shatterbelt.documents.text import span_hash
from shatterbelt.reading.statements import Aim, Claim, Event, Span, Statement

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "tests" / "reading" / "seed_events.yaml"
SEEDS = ROOT.parent / "shared" / "seeds"


@dataclass(frozen=True, slots=True)
class GoldEvent:
    """An event told: document, place and hash of its trigger, types that are right, our own words."""

    document: str
    start: int
    end: int
    sha256: str
    types: frozenset[str]
    contexts: tuple[str, ...]
    paraphrase: str


@dataclass(frozen=True, slots=True)
class GoldQuote:
    """A passage that carries a claim of the curated case, in characters of its document."""

    document: str
    start: int
    end: int
    paraphrase: str


@dataclass(frozen=True, slots=True)
class Score:
    """How many gold items there are, and which of them were found, the surer way and the freer one."""

    strict: tuple[bool, ...]
    free: tuple[bool, ...]

    @property
    def recall(self) -> tuple[float, float]:
        """Shares found: strictly, freely."""
        return sum(self.strict) / len(self.strict), sum(self.free) / len(self.free)


def gold_events(path: Path = GOLD) -> list[GoldEvent]:
    """Return the events marked by hand."""
    return [
        GoldEvent(
            document["id"],
            one["start"],
            one["end"],
            one["sha256"],
            frozenset([one["type"], *one["also"]]),
            tuple(one["contexts"]),
            one["paraphrase"],
        )
        for document in yaml.safe_load(path.read_text(encoding="utf-8"))
        for one in document["events"]
    ]


def gold_quotes() -> list[GoldQuote]:
    """Return the passages of the two documents that the curated case anchors, each once."""
    claims = yaml.safe_load(
        files("shatterbelt").joinpath("cases/belarus/claims.yaml").read_text(encoding="utf-8")
    )
    found: dict[tuple[str, int, int], GoldQuote] = {}
    for evidence in (one for claim in claims for one in claim["evidence"]):
        quote = evidence.get("quote", {})
        if quote.get("document") in ("A", "B"):
            place = (quote["document"], quote["start"], quote["end"])
            found.setdefault(place, GoldQuote(*place, evidence["paraphrase"]))
    return [found[place] for place in sorted(found)]


def paths(folder: Path = SEEDS) -> dict[str, Path]:
    """Return where the documents of the gold file are, by their bytes.

    Raises:
        FileNotFoundError: one of them is not in the folder.
    """
    known = {read_text(path).sha256: path for path in sorted(folder.glob("*.txt"))}
    wanted = {one["id"]: one["sha256"] for one in yaml.safe_load(GOLD.read_text(encoding="utf-8"))}
    missing = [name for name, sha in wanted.items() if sha not in known]
    if missing:
        raise FileNotFoundError(
            f"{folder} lacks the documents {', '.join(missing)} that the events were marked in"
        )
    return {name: known[sha] for name, sha in wanted.items()}


def read_all(folder: Path = SEEDS) -> dict[str, list[Statement]]:
    """Return what the rules read in each document, every telling of an event by itself."""
    found = {}
    for name, path in paths(folder).items():
        documents, _ = api.load([str(path)])
        found[name] = list(api.read(documents).reading.statements)
    return found


def wrong_hashes(gold: Iterable[GoldEvent], folder: Path = SEEDS) -> list[GoldEvent]:
    """Return the gold events whose trigger is not what stands there."""
    texts = {name: read_text(path).characters for name, path in paths(folder).items()}
    return [one for one in gold if span_hash(texts[one.document][one.start : one.end]) != one.sha256]


def score_events(gold: Sequence[GoldEvent], read: dict[str, list[Statement]]) -> Score:
    """Return which gold events were found with the right type, and whatever the type."""
    events = {name: [one for one in some if isinstance(one, Event)] for name, some in read.items()}
    typed = _matched(gold, events, [_same_trigger_and_type, _same_sentence_and_type])
    ways = [_same_trigger_and_type, _same_trigger, _same_sentence_and_type]
    return Score(typed, _matched(gold, events, ways))


def score_claims(
    gold: Sequence[GoldQuote],
    read: dict[str, list[Statement]],
    kinds: tuple[type[Statement], ...] = (Claim, Aim),
) -> Score:
    """Return which quotes a statement of these kinds covers by half of the longer, and of the shorter."""
    quotes = {name: [one.quote for one in some if isinstance(one, kinds)] for name, some in read.items()}

    def covered(one: GoldQuote, choose: Callable[[int, int], int]) -> bool:
        return any(
            2 * _shared(one, quote) >= choose(one.end - one.start, quote.end - quote.start)
            for quote in quotes[one.document]
        )

    return Score(tuple(covered(one, max) for one in gold), tuple(covered(one, min) for one in gold))


def _matched(
    gold: Sequence[GoldEvent],
    events: dict[str, list[Event]],
    ways: Sequence[Callable[[GoldEvent, Event], bool]],
) -> tuple[bool, ...]:
    left = {name: list(some) for name, some in events.items()}
    found: set[GoldEvent] = set()
    for same in ways:
        for one in gold:
            if one in found:
                continue
            other = next((event for event in left[one.document] if same(one, event)), None)
            if other is not None:
                left[one.document].remove(other)
                found.add(one)
    return tuple(one in found for one in gold)


def _same_trigger(gold: GoldEvent, event: Event) -> bool:
    return _shared(gold, event.trigger) > 0


def _same_trigger_and_type(gold: GoldEvent, event: Event) -> bool:
    return event.type in gold.types and _same_trigger(gold, event)


def _same_sentence_and_type(gold: GoldEvent, event: Event) -> bool:
    return event.type in gold.types and _shared(gold, event.sentence) > 0


def _shared(one: GoldEvent | GoldQuote, span: Span) -> int:
    return min(one.end, span.end) - max(one.start, span.start)


def main() -> None:
    """Print recall of events and of anchored claims, by document and in all."""
    parser = argparse.ArgumentParser(description="Recall of events and anchored claims in the two documents.")
    parser.add_argument("folder", nargs="?", type=Path, default=SEEDS)
    parser.add_argument("--missed", action="store_true", help="print what was not found, in our own words")
    chosen = parser.parse_args()
    read = read_all(chosen.folder)
    events, quotes = gold_events(), gold_quotes()
    told, anchored = score_events(events, read), score_claims(quotes, read)
    print(f"{'':<34}{'of':>5}{'strict':>8}{'free':>8}")
    for name in read:
        _row(f"events of {name}", _only(told, [one.document == name for one in events]))
    _row("events, with type | without", told)
    happened = [not one.contexts for one in events]
    _row("  told as having happened", _only(told, happened))
    _row("  to come, supposed, denied, past", _only(told, [not one for one in happened]))
    for name in read:
        _row(f"anchored claims of {name}", _only(anchored, [one.document == name for one in quotes]))
    _row("anchored claims, longer | shorter", anchored)
    _row("  read as anything, events too", score_claims(quotes, read, (Statement,)))
    for name, some in read.items():
        counts = Counter(one.kind for one in some)
        print(f"read in {name}: " + ", ".join(f"{number} {kind}s" for kind, number in counts.items()))
    if chosen.missed:
        _missed("event", events, told.strict)
        _missed("claim", quotes, anchored.free)


def _only(score: Score, wanted: Sequence[bool]) -> Score:
    def kept(found: tuple[bool, ...]) -> tuple[bool, ...]:
        return tuple(one for one, want in zip(found, wanted, strict=True) if want)

    return Score(kept(score.strict), kept(score.free))


def _row(title: str, score: Score) -> None:
    print(f"{title:<34}{len(score.free):>5}{score.recall[0]:>8.2f}{score.recall[1]:>8.2f}")


def _missed(kind: str, gold: Sequence[GoldEvent | GoldQuote], found: Sequence[bool]) -> None:
    for one, was in zip(gold, found, strict=True):
        if not was:
            print(f"missed {kind} {one.document} {one.start}-{one.end}: {one.paraphrase}")


if __name__ == "__main__":
    main()
