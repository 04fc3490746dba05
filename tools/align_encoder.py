"""Teach the span heads on after averaging: ``align_encoder.py IN.pt [MORE.pt ...] OUT.pt``.

Averaged layers tell causes better than those of any one seed, but averaged heads fit them less well. Here the
layers and the causal head are kept (averaged over the given weights), their states are computed once, and
the heads for causes, effects and signals are taught on these for a few passes, never on the parts to test.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as f

from encoder_batches import Batch, batches, rows_of
from encoder_figures import figures
from encoder_losses import losses
from encoder_model import CUES, TYPES, Both, Marks, averaged
from score_encoder import DATA
from train_encoder import base_folder, gathered, part, tokenizer_of


def states_of(model: Both, kept: list[Batch]) -> list[tuple[Tensor, Tensor]]:
    """Return each batch's last states (b, n, 384) and sentence scores."""
    model.eval()
    with torch.no_grad():
        return [
            (model.encoder.last(each.ids, each.mask), model.encoder(each.ids, each.mask).sentence)
            for each in kept
        ]


def main() -> None:
    """Average, teach, tell the figures before and after, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, nargs="+")
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(9)
    chance = random.Random(9)
    model = averaged(options.weights)
    rows = rows_of(gathered(options.data), tokenizer_of(base_folder()))
    told = [row for row in rows if row.example.relations and part(row.example) in {"train", "dev"}]
    kept = list(batches(told, 24))
    cached = states_of(model, kept)
    taught = [*model.encoder.span_states.parameters(), *model.encoder.spans.parameters()]
    optimizer = torch.optim.AdamW(taught, lr=3e-4, weight_decay=0.01)
    steps = options.epochs * len(kept)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda at: max(0.02, 1 - at / steps))
    for epoch in range(options.epochs):
        model.encoder.span_states.train()
        seen = []
        for index in chance.sample(range(len(kept)), len(kept)):
            states, sentence = cached[index]
            spans = model.encoder.spans(model.encoder.span_states(f.dropout(states, 0.2)))
            others = torch.zeros(*spans.shape[:2], TYPES + CUES)
            found = losses(
                Marks(sentence, torch.cat([spans, others], dim=-1), states),
                torch.zeros(0, 16),
                _only(kept[index]),
            )
            loss = 0.25 * found["relations"] + 0.5 * found["signals"]
            loss.backward()
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            seen.append(float(found["relations"].detach()))
        print(f"epoch {epoch + 1}: relations {sum(seen) / len(seen):.3f}", flush=True)
    torch.save({"model": model.state_dict()}, options.out)
    print(figures(model, [row for row in rows if part(row.example) == "dev"]))


def _only(batch: Batch) -> Batch:
    """Return the batch without its events, which are not taught here."""
    batch.type = batch.type[:0]
    return batch


if __name__ == "__main__":
    main()
