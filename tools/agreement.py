"""Print how well two annotations of the same articles agree: ``agreement.py [FOLDER]``.

``agreement.py --bare NAME`` prints the text alone, for who annotates it the second time.

The folder (``tests/reading/articles/second`` by default) holds second annotations, YAML files of the four
lists named as the article. The first annotation of each is looked up in ``train`` and ``test`` beside it.
F1 treats neither as the truth: it is twice the pairs that match over all that both annotated.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from annotated import ARTICLES, Article, Causing, Happening, Phrase, Saying, Wanting, load_article

Item = TypeVar("Item")
Pair = tuple[Item, Item]


@dataclass(frozen=True, slots=True)
class Count:
    """How many one annotator told, the other told, and how many of them match."""

    first: int
    second: int
    matched: int

    @property
    def f1(self) -> float:
        """Twice the matches over all that both told; 1 where nobody told anything."""
        told = self.first + self.second
        return 2 * self.matched / told if told else 1.0

    def __add__(self, other: Count) -> Count:
        return Count(self.first + other.first, self.second + other.second, self.matched + other.matched)


def half(a: Phrase | None, b: Phrase | None) -> bool:
    """Return whether two phrases share half of the longer one's characters; nobody matches nobody."""
    if a is None or b is None:
        return a is b
    return 2 * _shared(a, b) >= max(a.end - a.start, b.end - b.start)


def touch(a: Phrase, b: Phrase) -> bool:
    """Return whether two phrases share a character."""
    return _shared(a, b) > 0


def _shared(a: Phrase, b: Phrase) -> int:
    return min(a.end, b.end) - max(a.start, b.start)


def same_saying(a: Saying, b: Saying) -> bool:
    """Return whether cue and source are the same: the cues touch, the sources share half."""
    return touch(a.cue, b.cue) and half(a.source, b.source)


def same_event(a: Happening, b: Happening) -> bool:
    """Return whether the triggers touch and the types are the same."""
    return touch(a.trigger, b.trigger) and a.type == b.type


def same_claim(a: Causing, b: Causing) -> bool:
    """Return whether both ends share half and the relation is the same; a correlation has no order."""
    straight = half(a.cause, b.cause) and half(a.effect, b.effect)
    turned = half(a.cause, b.effect) and half(a.effect, b.cause) and a.relation == "correlation"
    return a.relation == b.relation and (straight or turned)


def same_aim(a: Wanting, b: Wanting) -> bool:
    """Return whether the contents share half and the form is the same."""
    return half(a.content, b.content) and a.form == b.form


def pairs(
    first: Iterable[Item], second: Iterable[Item], same: Callable[[Item, Item], bool]
) -> list[Pair[Item]]:
    """Match each of the first with at most one of the second, in order."""
    left = list(second)
    found: list[Pair[Item]] = []
    for item in first:
        other = next((one for one in left if same(item, one)), None)
        if other is not None:
            left.remove(other)
            found.append((item, other))
    return found


def count(first: Sequence[Item], second: Sequence[Item], same: Callable[[Item, Item], bool]) -> Count:
    """Return how many of two annotators' items match."""
    return Count(len(first), len(second), len(pairs(first, second, same)))


def compare(first: Article, second: Article) -> dict[str, Count]:
    """Return the counts of every kind for one article that was annotated twice."""
    return {
        "attributions: cue and source": count(first.attributions, second.attributions, same_saying),
        "attributions: cue alone": count(
            first.attributions, second.attributions, lambda a, b: touch(a.cue, b.cue)
        ),
        "events: trigger and type": count(first.events, second.events, same_event),
        "events: trigger alone": count(first.events, second.events, lambda a, b: touch(a.trigger, b.trigger)),
        "claims: cause, effect and relation": count(first.claims, second.claims, same_claim),
        "aims: content and form": count(first.aims, second.aims, same_aim),
    }


def within(first: Article, second: Article) -> dict[str, list[bool]]:
    """Return, of what matches, whether the two annotators code it the same way."""
    sayings = pairs(first.attributions, second.attributions, same_saying)
    events = pairs(first.events, second.events, same_event)
    claims = pairs(first.claims, second.claims, same_claim)
    aims = pairs(first.aims, second.aims, same_aim)
    return {
        "manner of an attribution": [a.manner == b.manner for a, b in sayings],
        "content of an attribution, by half": [half(a.content, b.content) for a, b in sayings],
        "actor of an event, by half": [half(a.actor, b.actor) for a, b in events],
        "target of an event, by half": [half(a.target, b.target) for a, b in events],
        "date of an event": [a.date == b.date for a, b in events],
        "contexts of an event": [set(a.contexts) == set(b.contexts) for a, b in events],
        "sign of a claim": [a.sign == b.sign for a, b in claims],
        "direction of an aim": [a.direction == b.direction for a, b in aims],
    }


def twice(folder: Path) -> list[tuple[Article, Article]]:
    """Return the articles of a folder of second annotations, each with its first annotation before it."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        first = next(p for part in ("train", "test") if (p := folder.parent / part / path.name).exists())
        found.append((load_article(first), load_article(path, bare=first)))
    return found


def main(folder: Path) -> None:
    """Print F1 for every kind, and the share of matched items that are coded alike."""
    both = twice(folder)
    if not both:
        print(f"no second annotations in {folder.name}/")
        return
    print(f"{len(both)} articles annotated twice: {', '.join(first.name for first, _ in both)}\n")
    print(f"{'found by both':<38}{'first':>7}{'second':>8}{'both':>6}{'F1':>7}")
    counts = [compare(*pair) for pair in both]
    for kind in counts[0]:
        total = sum((one[kind] for one in counts), start=Count(0, 0, 0))
        print(f"{kind:<38}{total.first:>7}{total.second:>8}{total.matched:>6}{total.f1:>7.2f}")
    print(f"\n{'of those, coded alike':<38}{'of':>7}{'share':>8}")
    codings = [within(*pair) for pair in both]
    for kind in codings[0]:
        alike = [one for coding in codings for one in coding[kind]]
        if alike:
            print(f"{kind:<38}{len(alike):>7}{sum(alike) / len(alike):>8.2f}")


def bare(name: str) -> str:
    """Return what a second annotator may see of an article: what it is, and its text."""
    article = load_article(next(ARTICLES.glob(f"t*/{name}.yaml")))
    return f"{article.title}\n{article.publisher}, {article.issued}\n\n{article.text}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        print(bare(sys.argv[2]))
    else:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES / "second")
