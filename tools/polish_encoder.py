"""Teach the head for types on alone: ``polish_encoder.py IN.pt [MORE.pt ...] OUT.pt [--final]``.

The head converges later than the rest, and has few sentences. Here the layers are kept as they are (averaged
over the given weights), their states are computed once, and a few heads are taught on these, each with its
own random gaps; what is shipped is their mean.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as f

from encoder_batches import Row, batches, rows_of
from encoder_data import TYPES
from encoder_model import HIDDEN, Both, Heads, averaged
from score_encoder import DATA, macro
from train_encoder import base_folder, gathered, known_places, part, tokenizer_of


@dataclass
class Kept:
    """A batch's events: the states (e, n, 384) of their sentences, masks, places and types."""

    states: Tensor
    mask: Tensor
    places: Tensor
    type: Tensor
    weight: Tensor


def kept(model: Both, rows: list[Row]) -> list[Kept]:
    """Return the states of all events of the rows, in batches."""
    found = []
    model.eval()
    with torch.no_grad():
        for batch in batches(rows, 48):
            if len(batch.type) == 0:
                continue
            states = model.encoder.last(batch.ids, batch.mask)[batch.type_rows]
            origins = [batch.rows[int(index)].example.origin for index in batch.type_rows]
            weight = torch.tensor([2.0 if origin == "reference" else 1.0 for origin in origins])
            found.append(Kept(states, batch.mask[batch.type_rows], batch.places, batch.type, weight))
    return found


def pairs(model: Both, heads: Heads, data: list[Kept], trigger: bool) -> list[tuple[float, float]]:
    """Return true and told types."""
    heads.eval()
    found = []
    with torch.no_grad():
        for each in data:
            places = each.places.clone()
            places[:, 0] *= float(trigger)
            scores = heads(torch.tanh(model.encoder.states(each.states)), each.mask, places)
            found += list(zip(each.type.tolist(), scores.argmax(-1).tolist(), strict=True))
    return found


def teach(model: Both, heads: Heads, data: list[Kept], epochs: int, dev: list[Kept]) -> None:
    """Teach the heads and the projection before them."""
    chance = random.Random(5)
    taught = [*heads.parameters(), *model.encoder.states.parameters()]
    optimizer = torch.optim.AdamW(taught, lr=2e-3, weight_decay=0.05)
    steps = epochs * len(data)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda at: min(1.0, at / 50) * max(0.01, 1 - at / steps)
    )
    for epoch in range(epochs):
        heads.train()
        for each in chance.sample(data, len(data)):
            states = torch.tanh(model.encoder.states(f.dropout(each.states, 0.3)))
            losses = [
                (
                    f.cross_entropy(
                        head(states, each.mask, known_places(each.places, chance)),
                        each.type,
                        label_smoothing=0.1,
                        reduction="none",
                    )
                    * each.weight
                ).mean()
                for head in heads.heads
            ]
            loss = torch.stack(losses).sum()
            loss.backward()
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
        if dev and epoch % 5 == 4:
            told = [pairs(model, heads, dev, trigger) for trigger in (True, False)]
            right = [sum(t == s for t, s in each) / len(each) for each in told]
            print(
                f"epoch {epoch + 1}: loss {float(loss.detach()) / len(losses):.3f}; with and without trigger "
                f"right {right[0]:.3f} {right[1]:.3f}, macro F1 {macro(told[0]):.3f} {macro(told[1]):.3f}",
                flush=True,
            )


def main() -> None:
    """Average, teach, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, nargs="+")
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--final", action="store_true", help="learn from the part to choose by as well")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(3)
    model = averaged(options.weights)
    rows = [row for row in rows_of(gathered(options.data), tokenizer_of(base_folder())) if row.example.events]
    used = {"train", "dev"} if options.final else {"train"}
    data = kept(model, [row for row in rows if part(row.example) in used])
    dev = [] if options.final else kept(model, [row for row in rows if part(row.example) == "dev"])
    heads = Heads(model.types)
    print(f"{sum(len(each.type) for each in data)} events, {HIDDEN} values, {len(TYPES)} types", flush=True)
    teach(model, heads, data, options.epochs, dev)
    torch.save({"model": model.state_dict(), "heads": heads.state_dict()}, options.out)


if __name__ == "__main__":
    main()
