"""The encoder that is trained: MiniLM's six layers with heads for causes, events and speakers.

Shapes: ``b`` sentences of ``n`` word pieces, ``d`` = 384 hidden values. Torch is needed here only; what is
shipped is the exported graph.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as f

COMPONENTS = 4
"""Kinds of relations in the mixture: the even ones tell the cause first, the odd ones the effect."""
SPAN_SCORES = COMPONENTS * 2 * 3
"""For each component, first the cause and then the effect: where it starts, where it ends, what is inside."""
TYPES = 17
"""No trigger, then the sixteen types of PLOVER."""
CUES = 5
"""Nothing; a cue's first piece and its others; a source's first piece and its others."""
TOKEN_SCORES = SPAN_SCORES + 1 + TYPES + CUES
STATE = 96
HIDDEN = 384


class Marks(NamedTuple):
    """Scores of sentences (b, 1 + components) and of tokens (b, n, ...), and states (b, n, 96)."""

    sentence: Tensor
    tokens: Tensor
    states: Tensor


class Layer(nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """One layer of BERT."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query = nn.Linear(HIDDEN, HIDDEN)
        self.key = nn.Linear(HIDDEN, HIDDEN)
        self.value = nn.Linear(HIDDEN, HIDDEN)
        self.out = nn.Linear(HIDDEN, HIDDEN)
        self.first_norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.wide = nn.Linear(HIDDEN, 4 * HIDDEN)
        self.narrow = nn.Linear(4 * HIDDEN, HIDDEN)
        self.second_norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, hidden: Tensor) -> Tensor:
        """Return the next states; ``hidden`` (b, 1, 1, n) is a large negative number at padding."""
        b, n, _ = x.shape
        heads = 12

        def split(y: Tensor) -> Tensor:
            return y.view(b, n, heads, HIDDEN // heads).transpose(1, 2)

        scores = split(self.query(x)) @ split(self.key(x)).transpose(2, 3) / math.sqrt(HIDDEN // heads)
        weights = self.dropout(torch.softmax(scores + hidden, dim=-1))
        mixed = (weights @ split(self.value(x))).transpose(1, 2).reshape(b, n, HIDDEN)
        x = self.first_norm(x + self.dropout(self.out(mixed)))
        return self.second_norm(x + self.dropout(self.narrow(f.gelu(self.wide(x)))))


class Encoder(nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """Word pieces to marks."""

    def __init__(self, words: int = 30522, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(words, HIDDEN)
        self.positions = nn.Embedding(512, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(6))
        self.dropout = nn.Dropout(dropout)
        self.head_dropout = nn.Dropout(2 * dropout)
        self.sentence = nn.Sequential(
            nn.Linear(2 * HIDDEN, HIDDEN), nn.Tanh(), nn.Dropout(dropout), nn.Linear(HIDDEN, 1 + COMPONENTS)
        )
        self.span_states = nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.GELU(), nn.Dropout(dropout))
        self.spans = nn.Linear(HIDDEN, SPAN_SCORES + 1)
        self.events = nn.Linear(HIDDEN, TYPES)
        self.cues = nn.Linear(HIDDEN, CUES)
        self.states = nn.Linear(HIDDEN, STATE)
        nn.init.zeros_(self.spans.weight)  # at first every pair of spans is as likely as another
        nn.init.zeros_(self.spans.bias)

    def embed(self, ids: Tensor) -> Tensor:
        """Return the states before the first layer."""
        places = torch.arange(ids.shape[1], device=ids.device)
        return self.norm(self.words(ids) + self.positions(places)[None])

    def last(self, ids: Tensor, mask: Tensor, noise: Tensor | None = None) -> Tensor:
        """Return the states of the last layer (b, n, 384)."""
        x = self.embed(ids)
        x = self.dropout(x if noise is None else x + noise)
        hidden = (1 - mask.to(x.dtype))[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, hidden)
        return x

    def forward(self, ids: Tensor, mask: Tensor, noise: Tensor | None = None) -> Marks:
        """Return the marks for word pieces ``ids`` (b, n); ``mask`` (b, n) is 0 at padding."""
        x = self.last(ids, mask, noise)
        real = mask.to(x.dtype)
        mean = (x * real[:, :, None]).sum(1) / real.sum(1, keepdim=True)
        sentence = self.sentence(self.head_dropout(torch.cat([x[:, 0], mean], dim=-1)))
        x = self.head_dropout(x)
        spans = self.spans(self.span_states(x))
        tokens = torch.cat([spans, self.events(x), self.cues(x)], dim=-1)
        return Marks(sentence, tokens, torch.tanh(self.states(x)))


class TypeHead(nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """The type of one event from the states of its sentence, and where its trigger and its actors stand."""

    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.ask = nn.Linear(3 * STATE, STATE)
        self.keys = nn.Linear(STATE, STATE)
        self.dropout = nn.Dropout(dropout)
        self.wide = nn.Linear(4 * STATE + 3, 128)
        self.out = nn.Linear(128, TYPES - 1)

    def forward(self, states: Tensor, mask: Tensor, places: Tensor) -> Tensor:
        """Return scores (b, 16).

        ``places`` (b, 3, n) weighs the pieces of the trigger, of the source and of the target; each row
        adds up to 1, or is 0 where it is not known.
        """
        known = places.sum(-1)
        parts = (places @ states).flatten(1)
        asked = self.ask(parts)
        scores = (self.keys(states) @ asked[:, :, None]).squeeze(-1) / math.sqrt(STATE)
        weights = torch.softmax(scores - (1 - mask.to(states.dtype)) * 1e4, dim=-1)
        context = (weights[:, None, :] @ states).squeeze(1)
        x = self.dropout(torch.cat([parts, context, known], dim=-1))
        out: Tensor = self.out(self.dropout(f.gelu(self.wide(x))))
        return out


class Heads(nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """Several heads for types, the first one as given; they say the mean of what each says."""

    def __init__(self, first: TypeHead, count: int = 5) -> None:
        super().__init__()
        self.heads = nn.ModuleList([first, *(TypeHead() for _ in range(count - 1))])

    def forward(self, states: Tensor, mask: Tensor, places: Tensor) -> Tensor:
        """Return the logarithm of the mean chance of each type (b, 16)."""
        chances = [torch.softmax(head(states, mask, places), dim=-1) for head in self.heads]
        return torch.log(torch.stack(chances).mean(0) + 1e-6)


class Both(nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """The encoder and the head for types, trained together."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.types = TypeHead()


def averaged(files: Sequence[Path]) -> Both:
    """Return the model whose weights are the mean of those in the files."""
    stored = [torch.load(file, weights_only=False)["model"] for file in files]
    model = Both()
    model.load_state_dict({name: torch.stack([each[name] for each in stored]).mean(0) for name in stored[0]})
    model.eval()
    return model


_HUGGING = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "out",
    "attention.output.LayerNorm": "first_norm",
    "intermediate.dense": "wide",
    "output.dense": "narrow",
    "output.LayerNorm": "second_norm",
}


def fill(encoder: Encoder, folder: Path) -> None:
    """Fill the layers from a folder that holds MiniLM's ``model.safetensors``; the heads stay as they are."""
    if json.loads((folder / "config.json").read_text(encoding="utf-8"))["hidden_size"] != HIDDEN:
        raise ValueError(f"{folder}: not the model of {HIDDEN} hidden values")
    stored = load_file(folder / "model.safetensors")
    stored = {name.removeprefix("bert."): value for name, value in stored.items()}
    kinds = stored["embeddings.token_type_embeddings.weight"]
    filled = {
        "words.weight": stored["embeddings.word_embeddings.weight"],
        "positions.weight": stored["embeddings.position_embeddings.weight"] + kinds[0],
        "norm.weight": stored["embeddings.LayerNorm.weight"],
        "norm.bias": stored["embeddings.LayerNorm.bias"],
    }
    for number in range(6):
        for theirs, ours in _HUGGING.items():
            for part in ("weight", "bias"):
                filled[f"layers.{number}.{ours}.{part}"] = stored[f"encoder.layer.{number}.{theirs}.{part}"]
    missing, unexpected = encoder.load_state_dict(filled, strict=False)
    if unexpected or any(name.startswith(("layers", "words", "positions", "norm")) for name in missing):
        raise ValueError(f"{folder}: the weights do not fit: {missing} {unexpected}")
