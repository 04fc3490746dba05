"""Score the shipped encoder on what it was never trained on: ``score_encoder.py [--folder F] [--part test]``.

Prints, for the int8 ONNX files as they are shipped: causal detection and cause and effect spans on the
held-out documents of the causal news corpus, PLOVER types on the held-out reference sentences, cues, sources
and triggers on our own test articles, and words per second. Ranges are 95 % bootstrap over sentences.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from annotated import ARTICLES
from encoder_data import TYPES, Example, Place, annotated, news, part_of_news, part_of_reference, reference
from shatterbelt.reading.encoder import CAUSAL, WEIGHTS, Encoder
from shatterbelt.reading.parsed import Prediction, ScoredRelation

CARD = """# Figures of these files

Written by `tools/score_encoder.py --part {part}`; ranges in brackets are 95 % bootstrap over sentences. What
was held out, and how: `docs/encoder.md`.

{told}
"""
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "reading"


def f1(right: float, said: float, true: float) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * right / (said + true) if said + true else 0.0


def union(one: Place, other: Place) -> float:
    """Return the overlap of two places as a share of their union."""
    both = max(0, min(one[1], other[1]) - max(one[0], other[0]))
    return both / (one[1] - one[0] + other[1] - other[0] - both)


def covered(gold: Place, found: Place) -> float:
    """Return the share of a marked place that was found."""
    return max(0, min(gold[1], found[1]) - max(gold[0], found[0])) / (gold[1] - gold[0])


def in_characters(_: str, place: Place) -> Place:
    """Return a place as it is."""
    return place


def in_words(text: str, place: Place) -> Place:
    """Return a place in words: the number of its first one, and of the one after its last."""
    first = len(text[: place[0] + 1].split()) - 1
    return first, len(text[: place[1]].split())


def hit(
    found: ScoredRelation,
    example: Example,
    measure: Callable[[Place, Place], float],
    unit: Callable[[str, Place], Place] = in_words,
) -> bool:
    """Return whether the cause and the effect overlap those of one marked relation by half."""
    cause, effect = unit(example.text, found.cause), unit(example.text, found.effect)
    return any(
        measure(unit(example.text, told.cause), cause) >= 0.5
        and measure(unit(example.text, told.effect), effect) >= 0.5
        for told in example.relations or ()
    )


def spread(rows: Sequence[tuple[float, ...]], figure: Callable[[Sequence[tuple[float, ...]]], float]) -> str:
    """Return a figure with its 95 % bootstrap range."""
    chance = random.Random(7)
    drawn = sorted(figure(chance.choices(rows, k=len(rows))) for _ in range(400))
    return f"{figure(rows):.3f} ({drawn[10]:.3f}-{drawn[389]:.3f})"


def causes(encoder: Encoder, examples: list[Example], threshold: float) -> list[str]:
    """Return the lines on causal detection and on cause and effect spans."""
    said = encoder.read([example.text for example in examples])
    rows = [
        (float(p.causal >= threshold and bool(e.causal)), float(p.causal >= threshold), float(bool(e.causal)))
        for p, e in zip(said, examples, strict=True)
    ]
    right, positive, true = (sum(column) for column in zip(*rows, strict=True))
    detection = spread(rows, lambda drawn: f1(*(sum(c) for c in zip(*drawn, strict=True))))
    lines = [
        f"causal detection at {threshold}: F1 {detection}, precision {right / positive:.3f}, "
        f"recall {right / true:.3f}, {len(examples)} sentences, {int(true)} causal (bar 0.83)"
    ]
    told = [(p, e) for p, e in zip(said, examples, strict=True) if e.relations]
    ways: tuple[tuple[str, Callable[[Place, Place], float], Callable[[str, Place], Place]], ...] = (
        ("the union in words", union, in_words),
        ("the union in characters", union, in_characters),
        ("the marked span in words", covered, in_words),
    )
    for name, measure, unit in ways:
        first = [(float(bool(p.relations) and hit(p.relations[0], e, measure, unit)),) for p, e in told]
        every = [(float(any(hit(r, e, measure, unit) for r in p.relations)),) for p, e in told]
        lines.append(
            f"cause and effect spans, both by half of {name}: surest pair "
            f"{spread(first, lambda drawn: sum(d[0] for d in drawn) / len(drawn))}, any pair "
            f"{sum(e[0] for e in every) / len(every):.3f} of {len(told)} causal sentences (bar 0.60)"
        )
    found = [(hit(r, e, union), r) for p, e in told for r in p.relations]
    marked = sum(len(e.relations or ()) for _, e in told)
    lines.append(
        f"relations in causal sentences: F1 {f1(sum(h for h, _ in found), len(found), marked):.3f}, "
        f"{len(found)} given, {marked} marked"
    )
    return lines


def macro(pairs: Sequence[tuple[float, ...]]) -> float:
    """Return the mean F1 over the types that occur among the true ones; pairs of (true, said) numbers."""
    values = []
    for kind in {int(true) for true, _ in pairs}:
        right = sum(true == said == kind for true, said in pairs)
        values.append(
            f1(right, sum(said == kind for _, said in pairs), sum(true == kind for true, _ in pairs))
        )
    return sum(values) / len(values)


def types(encoder: Encoder, examples: list[Example]) -> list[str]:
    """Return the lines on types given sentence and actors, with and without the trigger."""
    lines = []
    for name, by_trigger in (("sentence and actors", False), ("sentence, actors and trigger", True)):
        pairs = []
        for example in examples:
            for event in example.events or ():
                trigger = event.trigger if by_trigger else ()
                scores = encoder.type_of(example.text, trigger, event.sources, event.targets)
                best = max(TYPES, key=lambda kind: scores[kind])  # type: ignore[index]  # the names are types
                pairs.append((float(TYPES.index(event.type)), float(TYPES.index(best))))
        right = sum(true == said for true, said in pairs) / len(pairs)
        figure = spread(pairs, macro)
        lines.append(f"type given {name}: macro F1 {figure}, right {right:.3f} of {len(pairs)} (bar 0.75)")
    return lines


def _overlap(one: Sequence[tuple[int, int, str]], other: Sequence[tuple[int, int, str]]) -> int:
    return sum(any(a < d and c < b and kind == label for c, d, label in other) for a, b, kind in one)


def marks(name: str, told: list[list[tuple[int, int, str]]], said: list[list[tuple[int, int, str]]]) -> str:
    """Return precision, recall and F1 of places with labels that overlap."""
    right = sum(_overlap(s, t) for s, t in zip(said, told, strict=True))
    found = sum(_overlap(t, s) for s, t in zip(said, told, strict=True))
    precision, recall = right / max(1, sum(map(len, said))), found / max(1, sum(map(len, told)))
    both = f1(precision * recall, precision, recall)
    return f"{name}: precision {precision:.3f}, recall {recall:.3f}, F1 {both:.3f}"


def own_articles(encoder: Encoder, examples: list[Example], threshold: float) -> list[str]:
    """Return the lines on triggers, cues and sources in our own articles."""
    said: list[Prediction] = encoder.read([example.text for example in examples])
    lines = [f"own articles, {len(examples)} sentences:"]
    for kind in ("cue", "source"):
        told = [[c for c in e.cues or () if c[2] == kind] for e in examples]
        given = [[(c.start, c.end, c.label) for c in p.cues if c.label == kind] for p in said]
        lines.append("  " + marks(f"{kind}s", told, given))
    events = [[(*place, event.type) for event in e.events or () for place in event.trigger] for e in examples]
    given = [[(t.start, t.end, t.label) for t in p.triggers if t.score >= threshold] for p in said]
    lines.append("  " + marks("triggers with type", events, given))
    blank = [[(a, b, "") for a, b, _ in row] for row in events]
    lines.append("  " + marks("triggers", blank, [[(a, b, "") for a, b, _ in row] for row in given]))
    return lines


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=WEIGHTS)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--part", choices=("test", "dev", "train"), default="test")
    parser.add_argument("--threshold", type=float, default=CAUSAL)
    parser.add_argument("--card", type=Path, help="write the figures into this file as well")
    options = parser.parse_args()
    lines = list(scored(options.folder, options.data, options.part, options.threshold))
    if options.card:
        told = "\n".join(f"- {line}" for line in lines)
        options.card.write_text(CARD.format(part=options.part, told=told), encoding="utf-8")


def scored(folder: Path, data: Path, part: str, threshold: float) -> Iterator[str]:
    """Print and give the lines of figures, one after the other."""
    encoder = Encoder.load(folder, threads=1)
    sentences = [e for e in news(data / "cnc") if part_of_news(e.group) == part]
    records = reference(data / "plover" / "PLOVER_GSR_CAMEO.json")
    ours = annotated(ARTICLES / ("test" if part == "test" else "train"))
    texts = [example.text for example in sentences]
    began = time.process_time()
    encoder.read(texts)
    spent = time.process_time() - began
    for line in (
        *causes(encoder, sentences, threshold),
        *types(encoder, [e for e in records if part_of_reference(e.group) == part]),
        *own_articles(encoder, ours, 0.4),
        f"speed, per second of one core: {sum(len(text.split()) for text in texts) / spent:,.0f} words",
    ):
        print(line, flush=True)
        yield line


if __name__ == "__main__":
    main()
