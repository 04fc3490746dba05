"""What the encoder is taught by: one loss for each head, and their weighted sum."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as f

from encoder_batches import NOT_ASKED, Batch
from encoder_model import COMPONENTS, CUES, SPAN_SCORES, TYPES, Marks

NEVER = -1e4
WEIGHTS = {"causal": 1.0, "relations": 0.25, "signals": 0.5, "triggers": 1.5, "cues": 2.0, "type": 1.5}
"""How much each loss counts; a relation's is in nats of a choice among thousands of pairs."""


def span_scores(tokens: Tensor) -> Tensor:
    """Return the scores of spans (b, n, kinds, cause or effect, start or end or inside)."""
    b, n, _ = tokens.shape
    return tokens[..., :SPAN_SCORES].view(b, n, COMPONENTS, 2, 3)


def relation_loss(marks: Marks, batch: Batch, chosen: list[int]) -> Tensor:
    """Return the mean surprise at the marked relations of the rows ``chosen``, in nats.

    A pair of spans that do not overlap has, within each kind, the chance exp(cause + effect) / Z; kinds are
    mixed. Where a sentence tells several relations, each has an equal part.
    """
    scores = span_scores(marks.tokens[chosen])
    n = scores.shape[1]
    allowed = batch.starts[chosen][:, :, None] & batch.ends[chosen][:, None, :]
    allowed &= torch.triu(torch.ones(n, n, dtype=torch.bool))
    inside = f.pad(scores[..., 2].cumsum(1), (0, 0, 0, 0, 1, 0))
    spans = (
        scores[:, :, None, ..., 0] + scores[:, None, :, ..., 1] + inside[:, None, 1:] - inside[:, :-1, None]
    )
    spans = spans.permute(0, 3, 4, 1, 2).masked_fill(~allowed[:, None, None], NEVER)
    totals = []
    for kind in range(COMPONENTS):
        first, second = (0, 1) if kind % 2 == 0 else (1, 0)
        ending = torch.logsumexp(spans[:, kind, first], dim=1)
        starting = torch.logsumexp(spans[:, kind, second], dim=2)
        after = torch.logcumsumexp(starting.flip(1), dim=1).flip(1)
        after = f.pad(after[:, 1:], (0, 1), value=NEVER)
        totals.append(torch.logsumexp(ending + after, dim=1))
    mixture = torch.log_softmax(marks.sentence[chosen, 1:], dim=-1) - torch.stack(totals, dim=1)
    losses = []
    for place, row in enumerate(chosen):
        told = batch.relations[row]
        for a, b, c, d in told:
            kinds = slice(0, None, 2) if a < c else slice(1, None, 2)
            pair = spans[place, kinds, 0, a, b] + spans[place, kinds, 1, c, d]
            losses.append(-torch.logsumexp(mixture[place, kinds] + pair, dim=0) / len(told))
    return torch.stack(losses).sum() / len(chosen)


def _asked(losses: Tensor, weights: Tensor) -> Tensor:
    return (losses * weights).sum() / weights.sum().clamp(min=1)


def losses(marks: Marks, types: Tensor, batch: Batch) -> dict[str, Tensor]:
    """Return the mean loss of each head over what the batch's rows tell of it."""
    found: dict[str, Tensor] = {}
    known = batch.causal >= 0
    if known.any():
        found["causal"] = f.binary_cross_entropy_with_logits(marks.sentence[known, 0], batch.causal[known])
    chosen = [row for row, told in enumerate(batch.relations) if told]
    if chosen:
        found["relations"] = relation_loss(marks, batch, chosen)
    asked = batch.signals >= 0
    if asked.any():
        said = marks.tokens[..., SPAN_SCORES][asked]
        found["signals"] = f.binary_cross_entropy_with_logits(said, batch.signals[asked])
    at = SPAN_SCORES + 1
    if (batch.types >= 0).any():
        each = f.cross_entropy(
            marks.tokens[..., at : at + TYPES].flatten(0, 1),
            batch.types.flatten(),
            ignore_index=NOT_ASKED,
            reduction="none",
        )
        # Most pieces are no trigger: those that are count four times as much.
        weights = batch.type_weights.flatten() * torch.where(batch.types.flatten() > 0, 4.0, 1.0)
        found["triggers"] = _asked(each, weights * (batch.types.flatten() >= 0))
    at += TYPES
    if (batch.cues >= 0).any():
        each = f.cross_entropy(
            marks.tokens[..., at : at + CUES].flatten(0, 1),
            batch.cues.flatten(),
            ignore_index=NOT_ASKED,
            reduction="none",
        )
        found["cues"] = _asked(each, (batch.cues.flatten() >= 0).float())
    if len(batch.type):
        found["type"] = f.cross_entropy(types, batch.type, label_smoothing=0.05)
    return found


def total(found: dict[str, Tensor], batch: Batch) -> Tensor:
    """Return the weighted sum; a head counts by the share of the rows that tell of it."""
    b = len(batch.rows)
    shares = {
        "causal": int((batch.causal >= 0).sum()),
        "relations": sum(bool(told) for told in batch.relations),
        "signals": int((batch.signals >= 0).any(1).sum()),
        "triggers": int((batch.types >= 0).any(1).sum()),
        "cues": int((batch.cues >= 0).any(1).sum()),
        "type": len(batch.type),
    }
    summed = torch.zeros(())
    for name, loss in found.items():
        summed = summed + WEIGHTS[name] * loss * shares[name] / b
    return summed
