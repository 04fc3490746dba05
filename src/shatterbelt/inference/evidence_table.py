"""Competing hypotheses: narratives in rows, evidence in columns, and how much each piece decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from shatterbelt.errors import RequestError
from shatterbelt.inference.scores import stacking

Floats = NDArray[np.float64]

LEAST = -30.0
"""Log scores are cut here: one that a narrative calls impossible tells against it, but not without end."""


@dataclass(frozen=True)
class Piece:
    """What came of one quantity in the steps ahead of one day; or of all days, if ``day`` is None.

    Attributes:
        quantity: its name.
        day: the day from which it was forecast.
        cells: [narratives], log score less the mean of the narratives', nats; they sum to 0.
    """

    quantity: str
    day: str | None
    cells: Floats

    @property
    def diagnosticity(self) -> float:
        """How many nats lie between the narratives that it speaks most for and most against.

        The log of the ratio of the two probabilities (Good's weight of evidence); 0 tells nothing.
        """
        return float(np.ptp(self.cells))


@dataclass(frozen=True)
class Without:
    """What is left when a piece of evidence is set aside.

    Attributes:
        ranking: narratives, the best first.
        weights: [narratives], stacking weights, in the order of the table's rows.
    """

    ranking: tuple[str, ...]
    weights: Floats


@dataclass(frozen=True)
class EvidenceTable:
    """Narratives against evidence.

    Attributes:
        narratives: the rows.
        pieces: the columns, the most diagnostic first.
        places: [origins, horizons, quantities, narratives], log scores, 0 where nothing came.
        quantities: the names.
        days: the origins.
    """

    narratives: tuple[str, ...]
    pieces: tuple[Piece, ...]
    places: Floats
    quantities: tuple[str, ...]
    days: tuple[str, ...]

    @property
    def totals(self) -> Floats:
        """Sum of each narrative's cells, nats; every cell counts, and each quantity for itself."""
        return np.asarray(np.sum([piece.cells for piece in self.pieces], axis=0))

    @property
    def whole(self) -> Without:
        """Ranking and weights with nothing set aside."""
        return self._left(self.places)

    def without(self, piece: Piece) -> Without:
        """Return how the narratives rank when a piece is set aside."""
        kept = self.places.copy()
        days = slice(None) if piece.day is None else self.days.index(piece.day)
        kept[days, :, self.quantities.index(piece.quantity)] = 0.0
        return self._left(kept)

    def _left(self, places: Floats) -> Without:
        sums = places.sum(axis=2)
        order = np.argsort(-sums.sum(axis=(0, 1)), kind="stable")
        ranking = tuple(self.narratives[place] for place in order)
        return Without(ranking, stacking(sums.reshape(-1, len(self.narratives))))

    def as_dict(self, most: int = 12) -> dict[str, Any]:
        """Return the table as plain values, with what is left without each of its first pieces."""
        whole = self.whole
        return {
            "narratives": list(self.narratives),
            "totals": self._named(self.totals),
            "ranking": list(whole.ranking),
            "weights": self._named(whole.weights),
            "pieces": [self._plain(piece, place < most) for place, piece in enumerate(self.pieces)],
        }

    def _plain(self, piece: Piece, with_rest: bool) -> dict[str, Any]:
        plain = {
            "quantity": piece.quantity,
            "day": piece.day,
            "cells": self._named(piece.cells),
            "diagnosticity": piece.diagnosticity,
        }
        if not with_rest:
            return plain
        left = self.without(piece)
        return plain | {"without": {"ranking": list(left.ranking), "weights": self._named(left.weights)}}

    def _named(self, values: Floats) -> dict[str, float]:
        return {name: float(value) for name, value in zip(self.narratives, values, strict=True)}


def evidence_table(
    data: xr.Dataset, narratives: Sequence[str], by: Literal["piece", "quantity"] = "piece"
) -> EvidenceTable:
    """Hold each piece of evidence against each narrative (Heuer 1999, chapter 8, with scores for signs).

    A piece is what came of a quantity at the scored horizons from one day; ``by="quantity"`` takes all days
    together. Its cell is the narrative's log score of it. Quantities are scored each for itself, so that
    cells add up; the joint score, which counts what hangs together once, does not.

    Args:
        data: as `score_data.dataset_of` returns it.
        narratives: the rows, two or more.
        by: what a column is.

    Raises:
        RequestError: there is but one narrative to compare.
    """
    if len(narratives) < 2:
        raise RequestError(f"{len(narratives)} narrative has no rival; give two or more with --narrative")
    some = data["log"].sel(model=list(narratives)).transpose("origin", "horizon", "quantity", "model")
    logs = some.to_numpy()
    seen = ~np.isnan(logs).any(axis=-1, keepdims=True)
    places = np.where(seen, np.maximum(logs, LEAST), 0.0)
    quantities = tuple(str(name) for name in data["quantity"].to_numpy())
    days = tuple(str(day) for day in data["origin"].to_numpy())
    pieces = _pieces(places, seen[..., 0], quantities, days)
    if by == "quantity":
        pieces = _together(pieces)
    pieces.sort(key=lambda piece: -piece.diagnosticity)
    return EvidenceTable(tuple(narratives), tuple(pieces), places, quantities, days)


def _pieces(
    places: Floats, seen: NDArray[np.bool_], quantities: Sequence[str], days: Sequence[str]
) -> list[Piece]:
    cells = places.sum(axis=1)
    cells -= cells.mean(axis=-1, keepdims=True)
    return [
        Piece(quantity, day, cells[i, q])
        for i, day in enumerate(days)
        for q, quantity in enumerate(quantities)
        if seen[i, :, q].any()
    ]


def _together(pieces: Sequence[Piece]) -> list[Piece]:
    found: dict[str, Floats] = {}
    for piece in pieces:
        found[piece.quantity] = found.get(piece.quantity, np.zeros(len(piece.cells))) + piece.cells
    return [Piece(quantity, None, cells) for quantity, cells in found.items()]
