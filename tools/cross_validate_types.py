"""Cross-validate event types, five times, on the open reference sentences: ``cross_validate_types.py``.

What is chosen about types is chosen by this, never by the part to test, whose sentences are neither learnt
from nor told here. Each other reference sentence is held out once, by a hash of its id, from an encoder that
is trained on the rest and on our own sentences and articles (not on the causal news corpus, which tells no
types). ``--save`` keeps what was said of each, so that ways to join encoder and rules can be compared.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from encoder_batches import Row, batches, rows_of
from encoder_data import TYPES
from encoder_figures import marks_of
from encoder_model import Both, fill
from score_encoder import DATA, macro
from train_encoder import base_folder, gathered, part, tokenizer_of, train

FOLDS = 5


def fold_of(row: Row) -> int:
    """Return which fold a reference sentence is held out in; -1 for our own, which never are."""
    if row.example.origin != "reference":
        return -1
    return zlib.crc32(row.example.group.encode()) // 3 % FOLDS


@dataclass(frozen=True)
class Said:
    """What was said of the event of a sentence that was held out: each type's chance, and the true one."""

    id: str
    true: str
    chances: list[float]

    @property
    def pair(self) -> tuple[float, float]:
        """Return the numbers of the true and of the likeliest type."""
        return float(TYPES.index(self.true)), float(max(range(len(TYPES)), key=self.chances.__getitem__))


def told(model: Both, rows: list[Row]) -> list[Said]:
    """Return the chances of the types of the rows' events, from sentence and actors without the trigger."""
    found: list[Said] = []
    for batch in batches(rows, 48):
        marks = marks_of(model, batch)
        model.eval()
        places = batch.places.clone()
        places[:, 0] = 0
        with torch.no_grad():
            scores = model.types(marks.states[batch.type_rows], batch.mask[batch.type_rows], places)
        chances = torch.softmax(scores, dim=-1).tolist()
        ids = [batch.rows[int(index)].example.group for index in batch.type_rows]
        found += [Said(*each) for each in zip(ids, (TYPES[int(k)] for k in batch.type), chances, strict=True)]
    return found


def main() -> None:
    """Train five times and print macro F1, and what was taken for what."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folds", type=int, nargs="*", default=list(range(FOLDS)))
    parser.add_argument("--save", type=Path, help="write what was said of each sentence into this file")
    options = parser.parse_args()
    recipe = argparse.Namespace(
        seed=1, epochs=options.epochs, stop=0, batch=16, lr=1e-4, decay=0.9, keep=0.98, adversarial=0.0
    )
    torch.set_num_threads(options.threads)
    rows = [row for row in rows_of(gathered(options.data), tokenizer_of(base_folder())) if row.example.events]
    rows = [row for row in rows if part(row.example) != "test"]
    said: list[Said] = []
    for fold in options.folds:
        torch.manual_seed(fold)
        model = Both()
        fill(model.encoder, base_folder())
        kept = [row for row in rows if fold_of(row) != fold]
        average = train(model, kept, recipe, lambda _, __: None)
        said += told(average, [row for row in rows if fold_of(row) == fold])
        pairs = [each.pair for each in said]
        right = sum(true == found for true, found in pairs) / len(pairs)
        print(
            f"up to fold {fold}: macro F1 {macro(pairs):.3f}, right {right:.3f} of {len(pairs)}", flush=True
        )
        if options.save:
            options.save.write_text(json.dumps([asdict(each) for each in said]), encoding="utf-8")
    wrong = Counter((TYPES[int(true)], TYPES[int(found)]) for true, found in pairs if true != found)
    for (true, found), count in wrong.most_common(15):
        print(f"  {true} taken for {found}: {count}")


if __name__ == "__main__":
    main()
