"""Print how well events are read from PLOVER's gold sentences: bars 3 and 4 of the reading issue.

Bar 3, type given sentence and actors: the events that the rules find in the sentence vote together with the
encoder, which sees the sentence with its source and target marked (`shatterbelt.reading.event_types`); of
the rules' events the one counts most whose actors share most words with the marks, and the first told of
several by the source. Macro F1 over the gold types. The rules' figure alone stands beside it (--no-encoder
leaves the encoder out).
Bar 4, type and source end to end: the surest event of the sentence, no mark seen. It is right when its type
and one word of its actors' names are those of the gold source. The gold holds one event a sentence, so
recall counts all gold sentences and precision those where an event was found.

Types are PLOVER's for deeds to come (`shatterbelt.reading.events.plover_type`). A third of the sentences
(CRC-32 of the id divisible by three) is held out. Usage:

    python tools/score_events.py PLOVER_GSR_CAMEO.json [--wrong] [--no-encoder]
"""

from __future__ import annotations

import argparse
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shatterbelt.documents.loaded import Block, LoadedDocument, Metadata
from shatterbelt.documents.text import Text, normalise_characters
from shatterbelt.reading.attribution import voices_of
from shatterbelt.reading.encoder import Encoder
from shatterbelt.reading.event_types import type_of_event
from shatterbelt.reading.events import find_events, plover_type
from shatterbelt.reading.parsing import parse
from shatterbelt.reading.parties import Parties
from shatterbelt.reading.pronouns import HE, IT, THEY
from shatterbelt.reading.statements import Event, Party

OLD_NAMES = {"DISAPPROVE": "ACCUSE", "INVESTIGATE": "ACCUSE", "FIGHT": "ASSAULT", "REQUEST": "DEMAND"}
_MARK = re.compile(r"\((SRC|TAR|SRC/TAR|TAR/SRC|SRC/LOC)\s*:")
_SMALL = frozenset(
    ["the", "a", "an", "of", "in", "and", "for", "to", "its", "his", "on", "at", "by", "from", "with", "s"]
)


@dataclass(frozen=True)
class Gold:
    """A gold sentence: its event's type and the words of its source and target."""

    id: str
    text: str
    type: str
    source: frozenset[str]
    target: frozenset[str]
    sources: tuple[tuple[int, int], ...] = ()
    targets: tuple[tuple[int, int], ...] = ()

    @property
    def held_out(self) -> bool:
        """Whether the sentence is in the third that nobody looks at."""
        return zlib.crc32(self.id.encode()) % 3 == 0


def load(path: Path) -> list[Gold]:
    """Return the sentences of a gold file with today's names of the types."""
    records = json.loads(path.read_text(encoding="utf-8"))
    return [
        Gold(
            record["id"],
            record["text"].strip(),
            OLD_NAMES.get(record["event"], record["event"]),
            _words(record, "source", "SRC"),
            _words(record, "target", "TAR"),
            _places(record, "SRC"),
            _places(record, "TAR"),
        )
        for record in records
        if record.get("text")
    ]


def _markup(record: dict[str, object]) -> str:
    info = record.get("textInfo")
    return str(info.get("markup", "")) if isinstance(info, dict) else str(info or "")


def _places(record: dict[str, object], tag: str) -> tuple[tuple[int, int], ...]:
    """Return where the tagged words stand in the sentence, as far as they stand there letter for letter."""
    text = str(record["text"]).strip()
    found = [words.strip(" )}") for tags, words in _marked(_markup(record)) if tag in tags.split("/")]
    return tuple((text.find(each), text.find(each) + len(each)) for each in found if each and each in text)


def _words(record: dict[str, object], key: str, tag: str) -> frozenset[str]:
    """Return the words that the mark-up tags, or those of the actors' names where it has none."""
    found = [words for tags, words in _marked(_markup(record)) if tag in tags.split("/")]
    told = record.get(key)
    if not found and isinstance(told, list):
        found = [str(each.get("actorText", "")) for each in told]
    return frozenset(word for words in found for word in _tokens(words))


def _marked(markup: str) -> Iterator[tuple[str, str]]:
    for match in _MARK.finditer(markup):
        depth, end = 1, match.end()
        while end < len(markup) and depth:
            depth += {"(": 1, ")": -1, "}": -1}.get(markup[end], 0)
            end += 1
        yield match[1], re.sub(r"[A-Z/]+:", " ", markup[match.end() : end - 1])


def _tokens(words: str) -> list[str]:
    return [word for word in re.findall(r"[\w.]+", words.lower()) if word.strip(".") not in _SMALL]


def read(golds: Sequence[Gold]) -> list[list[Event]]:
    """Return the events that the rules find in each sentence, read as a document of its own."""
    documents = []
    for gold in golds:
        text = normalise_characters(gold.text)
        documents.append(
            LoadedDocument(
                gold.id, gold.id, Text(text, "0" * 64), gold.text, "text", Metadata(), (Block(0, len(text)),)
            )
        )
    found = []
    for document, sentences in parse(documents):
        parties = Parties(sentences)
        found.append(find_events(sentences, voices_of(sentences, parties), parties, document))
    return found


def _named(event: Event, which: str) -> frozenset[str]:
    parties = event.actors if which == "actors" else event.targets
    return frozenset(word for party in parties for word in _tokens(f"{party.name} {_meant(party)}"))


def _meant(party: Party) -> str:
    """Return whom a pronoun means; of other names nothing beside the name counts."""
    return party.role if party.name.lower() in HE | IT | THEY else ""


def given_actors(gold: Gold, events: Sequence[Event]) -> Event | None:
    """Return the event that fits the marked actors best: the surest, and rather the first by the source.

    Who "refused to lend" refuses, and who "rioted to demand a vote" riots: the clause above comes first.
    """
    by_source = [event.trigger.start for event in events if _named(event, "actors") & gold.source]
    first = min(by_source, default=-1)

    def fit(event: Event) -> float:
        source = bool(_named(event, "actors") & gold.source)
        target = bool(_named(event, "targets") & gold.target)
        return source + 0.5 * (source and event.trigger.start == first) + 0.3 * target + event.reading

    return max(events, key=fit, default=None)


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Return the mean F1 over the gold types of (gold, found) pairs."""
    scores = []
    for kind in sorted({gold for gold, _ in pairs}):
        right = sum(gold == found == kind for gold, found in pairs)
        asked = sum(gold == kind for gold, _ in pairs)
        given = sum(found == kind for _, found in pairs)
        scores.append(2 * right / (asked + given) if right else 0.0)
    return sum(scores) / len(scores) if scores else 0.0


def score(
    golds: Sequence[Gold], events: Sequence[Sequence[Event]], encoder: Encoder | None
) -> dict[str, float]:
    """Return the figures of both bars."""
    pairs, alone = [], []
    right = found = 0
    for gold, own in zip(golds, events, strict=True):
        chosen = given_actors(gold, own)
        kind = plover_type(chosen) if chosen else None
        alone.append((gold.type, kind or ""))
        chances = encoder.type_of(gold.text, (), gold.sources, gold.targets) if encoder else {}
        told = [(plover_type(event), event) for event in own]
        pairs.append((gold.type, type_of_event(told, kind, chances) or ""))
        best = max(own, key=lambda event: event.reading, default=None)
        found += best is not None
        right += best is not None and fits(gold, best)
    precision, recall = right / max(found, 1), right / max(len(golds), 1)
    return {
        "sentences": len(golds),
        "type macro F1": macro_f1(pairs),
        "type accuracy": sum(a == b for a, b in pairs) / max(len(pairs), 1),
        "by rules alone macro F1": macro_f1(alone),
        "accuracy": sum(a == b for a, b in alone) / max(len(alone), 1),
        "end-to-end precision": precision,
        "end-to-end recall": recall,
        "end-to-end F1": 2 * precision * recall / max(precision + recall, 1e-9),
    }


def fits(gold: Gold, event: Event) -> bool:
    """Return whether type and source are the gold ones."""
    return plover_type(event) == gold.type and bool(_named(event, "actors") & gold.source)


def main() -> None:
    """Print the figures of the open and the held-out part; with --wrong what went wrong in the open part."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--wrong", action="store_true", help="print the open part's mistakes")
    parser.add_argument("--no-encoder", action="store_true", help="types by the rules alone")
    options = parser.parse_args()
    encoder = None if options.no_encoder else Encoder.load(threads=1)
    golds = load(options.gold)
    for name, part in (("open", False), ("held out", True)):
        own = [gold for gold in golds if gold.held_out == part]
        events = read(own)
        figures = ", ".join(f"{key} {value:.3g}" for key, value in score(own, events, encoder).items())
        print(f"{name}: {figures}")
        if not part:
            print("  gold types:", dict(Counter(gold.type for gold in own)))
        if options.wrong and not part:
            for gold, found in zip(own, events, strict=True):
                _tell(gold, found)


def _tell(gold: Gold, events: Sequence[Event]) -> None:
    best = max(events, key=lambda event: event.reading, default=None)
    chosen = given_actors(gold, events)
    if best is not None and fits(gold, best) and chosen and plover_type(chosen) == gold.type:
        return
    print(f"\n{gold.type} source={sorted(gold.source)}\n  {gold.text}")
    for event in sorted(events, key=lambda event: -event.reading):
        print(
            f"    {event.reading} {plover_type(event)} ({event.type} {event.mode}) [{event.trigger.text}]"
            f" {[p.name for p in event.actors]} -> {[p.name for p in event.targets]}"
            f" {event.contexts} {event.rule}"
        )


if __name__ == "__main__":
    main()
