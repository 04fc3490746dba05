"""Cross-validate event types, five times, on the reference sentences: ``cross_validate_types.py``.

The held-out part of the shipped encoder has few sentences of most types. Here each reference sentence is held
out once, by a hash of its id, from an encoder that is trained on the others and on our own sentences and
articles (not on the causal news corpus, which tells no types).
"""

from __future__ import annotations

import argparse
import zlib
from collections import Counter
from pathlib import Path

import torch

from encoder_batches import Row, batches, rows_of
from encoder_data import TYPES
from encoder_figures import marks_of
from encoder_model import Both, fill
from score_encoder import DATA, macro
from train_encoder import base_folder, gathered, tokenizer_of, train

FOLDS = 5


def fold_of(row: Row) -> int:
    """Return which fold a reference sentence is held out in; -1 for our own, which never are."""
    if row.example.origin != "reference":
        return -1
    return zlib.crc32(row.example.group.encode()) // 3 % FOLDS


def told(model: Both, rows: list[Row]) -> list[tuple[float, float]]:
    """Return true and told types of the rows' events, from sentence and actors without the trigger."""
    pairs: list[tuple[int, int]] = []
    for batch in batches(rows, 48):
        marks = marks_of(model, batch)
        model.eval()
        places = batch.places.clone()
        places[:, 0] = 0
        with torch.no_grad():
            scores = model.types(marks.states[batch.type_rows], batch.mask[batch.type_rows], places)
        pairs += zip(batch.type.tolist(), scores.argmax(-1).tolist(), strict=True)
    return [(float(true), float(said)) for true, said in pairs]


def main() -> None:
    """Train five times and print macro F1, and what was taken for what."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folds", type=int, nargs="*", default=list(range(FOLDS)))
    options = parser.parse_args()
    recipe = argparse.Namespace(
        seed=1, epochs=options.epochs, stop=0, batch=16, lr=1e-4, decay=0.9, keep=0.98, adversarial=0.0
    )
    torch.set_num_threads(options.threads)
    rows = [row for row in rows_of(gathered(options.data), tokenizer_of(base_folder())) if row.example.events]
    pairs: list[tuple[float, float]] = []
    for fold in options.folds:
        torch.manual_seed(fold)
        model = Both()
        fill(model.encoder, base_folder())
        kept = [row for row in rows if fold_of(row) != fold]
        average = train(model, kept, recipe, lambda _, __: None)
        pairs += told(average, [row for row in rows if fold_of(row) == fold])
        right = sum(true == said for true, said in pairs) / len(pairs)
        print(
            f"up to fold {fold}: macro F1 {macro(pairs):.3f}, right {right:.3f} of {len(pairs)}", flush=True
        )
    wrong = Counter((TYPES[int(true)], TYPES[int(said)]) for true, said in pairs if true != said)
    for (true, said), count in wrong.most_common(15):
        print(f"  {true} taken for {said}: {count}")


if __name__ == "__main__":
    main()
