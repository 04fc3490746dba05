"""Annotated articles of our own: a YAML file to a text and what was annotated in it, with offsets.

``load_article(path)`` is for every tool that scores a reader; ``articles(folder)`` loads all of a folder.
How the files are annotated stands in ``tests/reading/articles/README.md``. ``annotated.py`` prints how many
there are of everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml

from shatterbelt.errors import RequestError
from shatterbelt.reading.statements import Context, Direction, Form, Relation
from shatterbelt.statements import Manner, PloverType, Sign

ARTICLES = Path(__file__).resolve().parent.parent / "tests" / "reading" / "articles"

KEYS = {
    "attributions": ("source", "cue", "content", "manner"),
    "events": ("trigger", "type", "actor", "target", "date", "contexts"),
    "claims": ("cause", "effect", "connective", "sign", "relation"),
    "aims": ("actor", "form", "content", "direction"),
}
WORDS: dict[str, tuple[str, ...]] = {
    "manner": get_args(Manner),
    "type": get_args(PloverType),
    "sign": get_args(Sign),
    "relation": get_args(Relation),
    "form": get_args(Form),
    "direction": get_args(Direction),
}
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2}(/\d{4}-\d{2}-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Characters ``start`` to ``end`` of an article's text, and what stands there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Saying:
    """An attribution: who says it (None: unnamed), the word that tells so, what is said, and how."""

    source: Phrase | None
    cue: Phrase
    content: Phrase
    manner: str


@dataclass(frozen=True, slots=True)
class Happening:
    """An event; ``date`` is an ISO day, two of them with a slash between, or empty."""

    trigger: Phrase
    type: str
    actor: Phrase | None
    target: Phrase | None
    date: str
    contexts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Causing:
    """A claim; ``connective`` is None where nothing but the order of the words joins the two ends."""

    cause: Phrase
    effect: Phrase
    connective: Phrase | None
    sign: str
    relation: str


@dataclass(frozen=True, slots=True)
class Wanting:
    """An aim; ``actor`` is None where the author wants it, or nobody who is named."""

    actor: Phrase | None
    form: str
    content: Phrase
    direction: str


@dataclass(frozen=True, slots=True)
class Article:
    """A text and everything that was annotated in it."""

    name: str
    title: str
    issued: str
    publisher: str
    text: str
    attributions: tuple[Saying, ...]
    events: tuple[Happening, ...]
    claims: tuple[Causing, ...]
    aims: tuple[Wanting, ...]


def articles(folder: Path) -> list[Article]:
    """Return the articles of a folder, by file name."""
    return [load_article(path) for path in sorted(folder.glob("*.yaml"))]


def load_article(path: Path, bare: Path | None = None) -> Article:
    """Return an article with the offsets of its phrases.

    Args:
        path: the YAML file; a second annotation names only the lists.
        bare: where text, title, issued and publisher stand if not in ``path``.

    Raises:
        RequestError: the file lacks a key, a word is not of the vocabulary, or a phrase does not stand in
            the text, or stands there several times and the file does not say which.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if bare is not None:
        content = yaml.safe_load(bare.read_text(encoding="utf-8")) | {key: content.get(key) for key in KEYS}
    found = _Reader(path.name, content["text"])
    return Article(
        name=path.stem,
        title=content["title"],
        issued=str(content["issued"]),
        publisher=content["publisher"],
        text=content["text"],
        attributions=tuple(
            Saying(found.maybe(i["source"]), found.phrase(i["cue"]), found.phrase(i["content"]), i["manner"])
            for i in found.items(content, "attributions")
        ),
        events=tuple(_happening(found, item) for item in found.items(content, "events")),
        claims=tuple(
            Causing(
                found.phrase(i["cause"]),
                found.phrase(i["effect"]),
                found.maybe(i["connective"]),
                i["sign"],
                i["relation"],
            )
            for i in found.items(content, "claims")
        ),
        aims=tuple(
            Wanting(found.maybe(i["actor"]), i["form"], found.phrase(i["content"]), i["direction"])
            for i in found.items(content, "aims")
        ),
    )


def places(text: str, phrase: str) -> list[int]:
    """Return where a phrase begins in a text, counting only whole words."""
    left = r"(?<!\w)" if phrase[:1].isalnum() else ""
    right = r"(?!\w)" if phrase[-1:].isalnum() else ""
    return [match.start() for match in re.finditer(left + re.escape(phrase) + right, text)]


def _happening(found: _Reader, item: dict[str, Any]) -> Happening:
    date, contexts = str(item["date"]), tuple(item["contexts"])
    if not _DATE.fullmatch(date):
        raise found.fault(f"the date {date!r}", "an ISO day, two days as a/b, or nothing")
    for context in contexts:
        if context not in get_args(Context):
            raise found.fault(f"the context {context!r}", ", ".join(get_args(Context)))
    actor, target = found.maybe(item["actor"]), found.maybe(item["target"])
    return Happening(found.phrase(item["trigger"]), item["type"], actor, target, date, contexts)


@dataclass(frozen=True, slots=True)
class _Reader:
    name: str
    text: str

    def fault(self, what: str, allowed: str) -> RequestError:
        return RequestError(f"{self.name}: {what} cannot stand here; allowed: {allowed}")

    def items(self, content: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
        for item in content.get(kind) or ():
            if set(item) != set(KEYS[kind]):
                raise self.fault(f"{kind}: {item}", f"the keys {', '.join(KEYS[kind])}")
            for key, words in WORDS.items():
                if key in item and item[key] not in words:
                    raise self.fault(f"{key} {item[key]!r}", ", ".join(words))
            yield item

    def maybe(self, told: str | dict[str, Any]) -> Phrase | None:
        return self.phrase(told) if told else None

    def phrase(self, told: str | dict[str, Any]) -> Phrase:
        words, nth = (told["is"], int(told["nth"])) if isinstance(told, dict) else (told, 0)
        starts = places(self.text, words)
        if nth == 0 and len(starts) > 1:
            raise self.fault(f"{words!r}, which stands {len(starts)} times,", f"{{is: {words}, nth: 1...}}")
        if not starts or nth > len(starts):
            raise self.fault(f"{words!r} (found {len(starts)} times)", "words of the text, letter for letter")
        start = starts[max(nth, 1) - 1]
        return Phrase(start, start + len(words), words)


def main() -> None:
    """Print how many articles, words and annotations of each kind the two parts hold."""
    print(f"{'part':<8}{'articles':>9}{'words':>8}" + "".join(f"{kind:>14}" for kind in KEYS))
    for part in ("train", "test"):
        found = articles(ARTICLES / part)
        words = sum(len(article.text.split()) for article in found)
        counts = [sum(len(getattr(article, kind)) for article in found) for kind in KEYS]
        print(f"{part:<8}{len(found):>9}{words:>8}" + "".join(f"{count:>14}" for count in counts))


if __name__ == "__main__":
    main()
