"""Write the trained encoder as int8 ONNX: ``export_encoder.py WEIGHTS.pt [MORE.pt ...] [--to FOLDER]``.

Several weights (of several seeds) are averaged; of one that ``polish_encoder.py`` wrote, all heads for types
are taken. Prints the sizes and the hashes that ``shatterbelt.reading.encoder`` compares.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from encoder_model import STATE, Heads, averaged
from train_encoder import base_folder, tokenizer_of

TO = Path(__file__).resolve().parent.parent / "src" / "shatterbelt" / "reading" / "weights"


def write(module: nn.Module, inputs: dict[str, torch.Tensor], outputs: list[str], file: Path) -> None:
    """Write one graph whose first axes (and those of word pieces) are free."""
    free = {"ids": {0: "b", 1: "n"}, "mask": {0: "b", 1: "n"}, "states": {0: "b", 1: "n"}}
    free |= {"places": {0: "b", 2: "n"}, "tokens": {0: "b", 1: "n"}, "sentence": {0: "b"}, "types": {0: "b"}}
    torch.onnx.export(
        module,
        tuple(inputs.values()),
        str(file),
        input_names=list(inputs),
        output_names=outputs,
        dynamic_axes={name: axes for name, axes in free.items() if name in inputs or name in outputs},
        opset_version=17,
        dynamo=False,
    )


def main() -> None:
    """Export, quantise, and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, nargs="+")
    parser.add_argument("--to", type=Path, default=TO)
    parser.add_argument("--base", type=Path, default=None)
    parser.add_argument("--plain", action="store_true", help="leave out the quantisation, to compare")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    model = averaged(options.weights)
    ids = torch.randint(1000, 20000, (2, 9))
    mask = torch.ones_like(ids)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        write(model.encoder, {"ids": ids, "mask": mask}, ["sentence", "tokens", "states"], whole)
        if options.plain:
            (options.to / "encoder.onnx").write_bytes(whole.read_bytes())
        else:
            quantize_dynamic(
                whole,
                options.to / "encoder.onnx",
                per_channel=True,
                # Seven bits: with eight, sums overflow on processors without VNNI.
                reduce_range=True,
                weight_type=QuantType.QInt8,
            )
    states, places = torch.rand(2, 9, STATE), torch.rand(2, 3, 9)
    inputs = {"states": states, "mask": mask, "places": places}
    heads = Heads(model.types, 1)
    taught = torch.load(options.weights[0], weights_only=False).get("heads")
    if taught:
        heads = Heads(model.types)
        heads.load_state_dict(taught)
    write(heads.eval(), inputs, ["types"], options.to / "types.onnx")
    tokenizer = tokenizer_of(options.base or base_folder())
    content = json.loads(tokenizer.to_str())
    (options.to / "tokenizer.json").write_text(
        json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
    )
    for name in ("encoder.onnx", "types.onnx", "tokenizer.json"):
        content = (options.to / name).read_bytes()
        print(f'    "{name}": "{hashlib.sha256(content).hexdigest()}",  # {len(content) / 1e6:.1f} MB')


if __name__ == "__main__":
    main()
