"""Examples to batches of arrays: word pieces, and for each head what it should say of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor

from encoder_data import TYPES, Example, Place

LONGEST = 128
NOT_ASKED = -100


@dataclass
class Row:
    """One example in word pieces."""

    ids: list[int]
    offsets: list[Place]
    starts: list[bool]
    ends: list[bool]
    example: Example

    def pieces(self, place: Place) -> tuple[int, int] | None:
        """Return the first and the last piece of a place in the sentence; None where it was cut off."""
        inside = [
            index
            for index, (start, end) in enumerate(self.offsets)
            if end > start and start < place[1] and end > place[0]
        ]
        return (inside[0], inside[-1]) if inside else None

    def whole(self, first: int, last: int) -> tuple[int, int]:
        """Return the pieces from the start of the first word to the end of the last one."""
        while first > 1 and not self.starts[first]:
            first -= 1
        while last < len(self.ids) - 2 and not self.ends[last]:
            last += 1
        return first, last


def rows_of(examples: Sequence[Example], tokenizer: Tokenizer) -> list[Row]:
    """Return the examples in word pieces, cut at 128."""
    rows = []
    for example in examples:
        coded = tokenizer.encode(example.text)
        ids, offsets = coded.ids[:LONGEST], coded.offsets[:LONGEST]
        inner = [token.startswith("##") for token in coded.tokens[:LONGEST]]
        real = [end > start for start, end in offsets]
        starts = [r and not i for r, i in zip(real, inner, strict=True)]
        ends = [r and not i for r, i in zip(real, [*inner[1:], False], strict=True)]
        rows.append(Row(ids, offsets, starts, ends, example))
    return rows


@dataclass
class Batch:
    """Arrays for ``b`` rows of ``n`` pieces and their ``e`` events.

    ``type`` (e), ``type_rows`` (e) and ``places`` (e, 3, n: trigger, source, target) are the events'; see
    `collate` for what stands where nothing is known.
    """

    ids: Tensor
    mask: Tensor
    starts: Tensor
    ends: Tensor
    causal: Tensor
    relations: list[list[tuple[int, int, int, int]]]
    signals: Tensor
    types: Tensor
    type_weights: Tensor
    cues: Tensor
    type: Tensor
    type_rows: Tensor
    places: Tensor
    rows: list[Row]


def _spread(places: Sequence[Place], row: Row, n: int) -> Tensor:
    weights = torch.zeros(n)
    for place in places:
        found = row.pieces(place)
        if found:
            weights[found[0] : found[1] + 1] = 1
    return weights / weights.sum().clamp(min=1)


def _relations(row: Row) -> list[tuple[int, int, int, int]]:
    told = []
    for relation in row.example.relations or ():
        cause, effect = row.pieces(relation.cause), row.pieces(relation.effect)
        if not cause or not effect:
            continue
        (a, b), (c, d) = row.whole(*cause), row.whole(*effect)
        if b < c or d < a:
            told.append((a, b, c, d))
    return told


def _mark_tokens(batch: Batch, index: int, row: Row) -> None:
    """Write what single pieces should be: signal, trigger type, cue; unknown ones are not asked."""
    example, n = row.example, len(row.ids)
    if example.relations is not None:
        batch.signals[index, :n] = 0
        for relation in example.relations:
            for place in relation.signals:
                found = row.pieces(place)
                if found:
                    batch.signals[index, found[0] : found[1] + 1] = 1
    if example.events is not None:
        batch.types[index, 1 : n - 1] = 0
        batch.type_weights[index, 1 : n - 1] = 1.0 if example.all_events else 0.1
        for event in example.events:
            for number, place in enumerate(event.trigger):
                found = row.pieces(place)
                if found:
                    pieces = slice(found[0], found[1] + 1)
                    # Where a trigger is marked in parts, only the first one is surely a trigger by itself.
                    batch.types[index, pieces] = NOT_ASKED if number else 1 + TYPES.index(event.type)
                    batch.type_weights[index, pieces] = 1.0
    if example.cues is not None:
        batch.cues[index, 1 : n - 1] = 0
        for start, end, kind in example.cues:
            found = row.pieces((start, end))
            if found:
                first = 1 if kind == "cue" else 3
                batch.cues[index, found[0] : found[1] + 1] = first + 1
                batch.cues[index, found[0]] = first


def collate(rows: list[Row]) -> Batch:
    """Return one batch; -100 (or, for the single sentence, -1) stands where nobody marked anything."""
    b, n = len(rows), max(len(row.ids) for row in rows)
    events = [
        (index, event) for index, row in enumerate(rows) for event in row.example.events or () if event.type
    ]
    batch = Batch(
        ids=torch.zeros(b, n, dtype=torch.long),
        mask=torch.zeros(b, n, dtype=torch.long),
        starts=torch.zeros(b, n, dtype=torch.bool),
        ends=torch.zeros(b, n, dtype=torch.bool),
        causal=torch.full((b,), -1.0),
        relations=[_relations(row) for row in rows],
        signals=torch.full((b, n), -1.0),
        types=torch.full((b, n), NOT_ASKED),
        type_weights=torch.zeros(b, n),
        cues=torch.full((b, n), NOT_ASKED),
        type=torch.tensor([TYPES.index(event.type) for _, event in events], dtype=torch.long),
        type_rows=torch.tensor([index for index, _ in events], dtype=torch.long),
        places=torch.zeros(len(events), 3, n),
        rows=rows,
    )
    for index, row in enumerate(rows):
        example, size = row.example, len(row.ids)
        batch.ids[index, :size] = torch.tensor(row.ids)
        batch.mask[index, :size] = 1
        batch.starts[index, :size] = torch.tensor(row.starts)
        batch.ends[index, :size] = torch.tensor(row.ends)
        if example.causal is not None:
            batch.causal[index] = float(example.causal)
        _mark_tokens(batch, index, row)
    for number, (index, event) in enumerate(events):
        for part, places in enumerate((event.trigger, event.sources, event.targets)):
            batch.places[number, part] = _spread(places, rows[index], n)
    return batch


def batches(rows: list[Row], size: int, chance: random.Random | None = None) -> Iterator[Batch]:
    """Give all rows in batches of rows of about one length; shuffled where there is a ``chance``."""
    noise: Any = (lambda: chance.uniform(-4, 4)) if chance else (lambda: 0.0)
    ordered = sorted(rows, key=lambda row: len(row.ids) + noise())
    groups = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    if chance:
        chance.shuffle(groups)
    for group in groups:
        yield collate(group)
