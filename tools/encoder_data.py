"""What the encoder learns from: marked sentences of four origins, each with the parts that it tells.

Offsets count characters of the sentence. Nobody's sentences but our own are kept in this repository; the
others are read by path (``../shared/reading``). Splits go by a hash of the document's or the record's id, so
that a sentence of a document that was trained on is never tested on.
"""

from __future__ import annotations

import ast
import csv
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import yaml

from annotated import Article, Phrase, articles
from shatterbelt.statements import PloverType

Part = Literal["train", "dev", "test"]
Place = tuple[int, int]
TYPES: tuple[str, ...] = get_args(PloverType)
# PLOVER's older names, as the reference sentences have them.
NOW_CALLED = {"DISAPPROVE": "ACCUSE", "INVESTIGATE": "ACCUSE", "FIGHT": "ASSAULT", "REQUEST": "DEMAND"}


@dataclass(frozen=True)
class Told:
    """One relation: where its cause, its effect and the words that join them stand."""

    cause: Place
    effect: Place
    signals: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Event:
    """The type of an event, where its trigger stands (in parts), and who does it to whom; empty: untold."""

    type: str
    trigger: tuple[Place, ...]
    sources: tuple[Place, ...] = ()
    targets: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Example:
    """A sentence and what is known of it; what nobody marked is None.

    ``events`` with ``all_events`` false are only some of those that stand there.
    """

    text: str
    group: str
    origin: str
    causal: bool | None = None
    relations: tuple[Told, ...] | None = None
    events: tuple[Event, ...] | None = None
    all_events: bool = True
    cues: tuple[tuple[int, int, str], ...] | None = None


def part_of_news(document: str) -> Part:
    """Return the part of a document of the causal news corpus: a seventh to test, a seventh to choose by."""
    parts: dict[int, Part] = {0: "test", 1: "dev"}
    return parts.get(zlib.crc32(document.encode()) % 7, "train")


def part_of_reference(record: str) -> Part:
    """Return the part of a record of PLOVER's reference sentences: a third to test, a sixth to choose by."""
    number = zlib.crc32(record.encode())
    if number % 3 == 0:
        return "test"
    return "dev" if number % 12 in {1, 2} else "train"


_TAG = re.compile(r"<(/?)(ARG[01]|SIG\d)>")


def _untagged(marked: str) -> tuple[str, dict[str, Place]]:
    """Return a sentence of the causal news corpus without its tags, and where each tag stood."""
    text, at = "", 0
    opened: dict[str, int] = {}
    places: dict[str, Place] = {}
    for tag in _TAG.finditer(marked):
        text += marked[at : tag.start()]
        at = tag.end()
        if tag[1]:
            places[tag[2]] = (opened[tag[2]], len(text))
        else:
            opened[tag[2]] = len(text)
    return text + marked[at:], places


def news(folder: Path) -> list[Example]:
    """Return the causal news corpus (V2, training part): causal or not, with causes, effects and signals."""
    with (folder / "train_subtask2_grouped.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / "train_subtask1.csv").open(encoding="utf-8-sig", newline="") as file:
        causal = {row["text"]: row["label"] == "1" for row in csv.DictReader(file)}
    examples = []
    for row in rows:
        relations = []
        for marked in ast.literal_eval(row["causal_text_w_pairs"]):
            text, places = _untagged(marked)
            if text == row["text"]:
                signals = tuple(place for name, place in sorted(places.items()) if name.startswith("SIG"))
                relations.append(Told(places["ARG0"], places["ARG1"], signals))
        told = tuple(relations)
        examples.append(Example(row["text"], row["doc_id"], "news", causal[row["text"]], told))
    return examples


def _unmarked(marked: str) -> tuple[str, dict[str, list[Place]]]:
    """Return a reference sentence without ``(SRC: ...)`` and the like, and where these stood."""
    text, opened = "", []
    places: dict[str, list[Place]] = {}
    at = 0
    for token in re.finditer(r"[({](SRC/TAR|SRC/LOC|TAR/LOC|SRC|TAR|EVT|LOC): ?|[(){}]", marked):
        text += marked[at : token.start()]
        at = token.end()
        if token[1]:
            opened.append((token[1], len(text)))
        elif token[0] in "({":
            opened.append(("", len(text)))
            text += "" if token[0] == "{" else "("
        elif opened:
            name, start = opened.pop()
            for each in name.split("/") if name else ():
                places.setdefault(each, []).append((start, len(text)))
            text += ")" if not name and token[0] == ")" else ""
    return text + marked[at:], {name: sorted(found) for name, found in places.items()}


def reference(file: Path) -> list[Example]:
    """Return PLOVER's reference sentences: the type of one event each, its triggers, source and target."""
    examples = []
    for record in json.loads(file.read_text(encoding="utf-8")):
        if record["event"] == "DOCUMENT":
            continue
        info = record.get("textInfo") or ""
        marked = info if isinstance(info, str) else info.get("markup", "")
        text, places = _unmarked(marked or record["text"])
        kind = NOW_CALLED.get(record["event"], record["event"])
        triggers, sources, targets = (tuple(places.get(name, ())) for name in ("EVT", "SRC", "TAR"))
        event = Event(kind, triggers, sources, targets)
        examples.append(Example(text, record["id"], "reference", events=(event,), all_events=False))
    return examples


_MARK = re.compile(r"\[([\w+]+) ([^\[\]]*)\]")
_NAMES = {*TYPES, "who", "whom", "says", "cue", "cause", "effect", "signal"}
# Their triggers are often cues as well; where a line marks no cue, nothing is said of its cues.
_SPOKEN = frozenset({"AGREE", "SUPPORT", "CONCEDE", "DEMAND", "ACCUSE", "REJECT", "THREATEN"})


def _own(marked: str, group: str) -> Example:
    """Return our own sentence without its marks, and what they mark."""
    whole = not marked.startswith("~ ")
    marked = marked.removeprefix("~ ")
    text, at = "", 0
    places: dict[str, list[Place]] = {}
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        for name in mark[1].split("+"):
            places.setdefault(name, []).append((len(text), len(text) + len(mark[2])))
        text += mark[2]
        at = mark.end()
    text += marked[at:]
    if unknown := set(places) - _NAMES:
        raise ValueError(f"{marked}: nothing is called {sorted(unknown)}")
    told = sorted((place, name) for name in TYPES for place in places.get(name, ()))
    alone = len(told) == 1
    events = tuple(
        Event(
            name,
            (place,),
            tuple(places.get("who", ())) if alone else (),
            tuple(places.get("whom", ())) if alone else (),
        )
        for place, name in told
    )
    cues = [(*place, "cue") for place in places.get("cue", ())]
    cues += [(*place, "source") for place in places.get("says", ())]
    unsure = not cues and any(name in _SPOKEN for _, name in told)
    relations = tuple(
        Told(cause, effect, tuple(places.get("signal", ())))
        for cause, effect in zip(places.get("cause", ()), places.get("effect", ()), strict=True)
    )
    return Example(
        text,
        group,
        "own",
        causal=True if relations else False if group.startswith("not causal") else None,
        relations=relations or None,
        events=None if (relations or group.startswith("not causal")) and not events else events,
        all_events=whole,
        cues=None if unsure or not whole or (relations and not cues) else tuple(sorted(cues)),
    )


def own(file: Path) -> list[Example]:
    """Return our own sentences, whose triggers, actors, speakers and cues are marked in line."""
    sentences = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [
        _own(sentence, f"{kind}-{number}")
        for kind, lines in sentences.items()
        for number, sentence in enumerate(lines.splitlines())
    ]


def _within(phrase: Phrase | None, start: int, end: int) -> tuple[Place, ...]:
    """Return where an article's phrase stands in a sentence of it; nothing where it stands elsewhere."""
    if phrase is None or phrase.start < start or phrase.end > end:
        return ()
    return ((phrase.start - start, phrase.end - start),)


def _sentence(article: Article, start: int, end: int) -> Example:
    events = tuple(
        Event(event.type, trigger, _within(event.actor, start, end), _within(event.target, start, end))
        for event in article.events
        if (trigger := _within(event.trigger, start, end))
    )
    cues = [
        (*place, name)
        for said in article.attributions
        for name, phrase in (("cue", said.cue), ("source", said.source))
        for place in _within(phrase, start, end)
    ]
    causal = any(
        _within(claim.cause, start, end)
        and _within(claim.effect, start, end)
        and claim.relation != "correlation"
        for claim in article.claims
    )
    text = article.text[start:end]
    return Example(text, article.name, "article", causal=causal, events=events, cues=tuple(sorted(cues)))


def annotated(folder: Path) -> list[Example]:
    """Return the sentences of our own annotated articles, without headlines: events, cues, causal or not.

    Their causes and effects are not taken: they are marked as the shortest phrases, not as clauses.
    """
    from shatterbelt.reading.parsing import pipeline

    examples = []
    for article in articles(folder):
        for paragraph in re.finditer(r"\S[^\n]*", article.text):
            if paragraph[0].strip()[-1:] not in ".!?\"'”’":
                continue
            at = paragraph.start()
            for sentence in pipeline()(paragraph[0]).sents:
                examples.append(_sentence(article, at + sentence.start_char, at + sentence.end_char))
    return examples
