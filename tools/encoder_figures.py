"""Figures of a model in training, on rows that it has not seen: causes, spans, types."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from encoder_batches import Batch, Row, batches
from encoder_losses import span_scores
from encoder_model import Both, Marks
from shatterbelt.reading.encoder_relations import Pair, relations


def f1(right: int, said: int, true: int) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * right / (said + true) if said + true else 0.0


def best_threshold(chances: Sequence[float], truths: Sequence[bool]) -> tuple[float, float]:
    """Return the threshold with the highest F1, and that F1."""
    found = [
        (
            f1(
                sum(t for c, t in zip(chances, truths, strict=True) if c >= at),
                sum(c >= at for c in chances),
                sum(truths),
            ),
            at,
        )
        for at in np.linspace(0.1, 0.9, 33)
    ]
    best = max(found)
    return float(best[1]), best[0]


def half(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Return whether two spans (first and last) overlap by half of their union."""
    both = min(one[1], other[1]) - max(one[0], other[0]) + 1
    return 2 * both >= (one[1] - one[0] + 1) + (other[1] - other[0] + 1) - both


def hits(pair: Pair, told: Sequence[tuple[int, int, int, int]]) -> bool:
    """Return whether a pair overlaps the cause and the effect of one marked relation by half."""
    return any(half(pair.cause, (a, b)) and half(pair.effect, (c, d)) for a, b, c, d in told)


def marks_of(model: Both, batch: Batch) -> Marks:
    """Return a batch's marks, without what training would need of them."""
    model.eval()
    with torch.no_grad():
        marks: Marks = model.encoder(batch.ids, batch.mask)
    return marks


def figures(model: Both, rows: list[Row]) -> str:
    """Return a line of figures."""
    chances, truths, first, any_of = [], [], 0, 0
    said = right = relations_told = causal = 0
    for batch in batches(rows, 48):
        marks = marks_of(model, batch)
        scores = span_scores(marks.tokens).numpy()
        for index, row in enumerate(batch.rows):
            if row.example.causal is None:
                continue
            chances.append(float(torch.sigmoid(marks.sentence[index, 0])))
            truths.append(row.example.causal)
            told = batch.relations[index]
            if not told:
                continue
            n = len(row.ids)
            found = relations(
                scores[index, :n], marks.sentence[index, 1:].numpy(), np.array(row.starts), np.array(row.ends)
            )
            causal += 1
            relations_told += len(told)
            said += len(found)
            good = [hits(pair, told) for pair in found]
            right += sum(good)
            first += good[0]
            any_of += any(good)
    at, best = best_threshold(chances, truths)
    plain = f1(
        sum(t for c, t in zip(chances, truths, strict=True) if c >= 0.5),
        sum(c >= 0.5 for c in chances),
        sum(truths),
    )
    return (
        f"causal F1 {plain:.3f} at 0.5, {best:.3f} at {at:.2f}; spans {first / causal:.3f} (first), "
        f"{any_of / causal:.3f} (any); relations F1 {f1(right, said, relations_told):.3f}"
    )


def type_figures(model: Both, rows: list[Row]) -> str:
    """Return a line: how well types are told from a sentence and its actors, with and without the trigger."""
    right = {True: 0, False: 0}
    count = 0
    for batch in batches([row for row in rows if row.example.events], 48):
        marks = marks_of(model, batch)
        count += len(batch.type)
        for trigger in (True, False):
            places = batch.places.clone()
            places[:, 0] *= float(trigger)
            with torch.no_grad():
                types = model.types(marks.states[batch.type_rows], batch.mask[batch.type_rows], places)
            right[trigger] += int((types.argmax(-1) == batch.type).sum())
    return (
        f"types of {count} events right: {right[True] / count:.3f} by trigger and actors, "
        f"{right[False] / count:.3f} by actors"
    )
