"""What a fit hands over to futures: parameters and pasts that go together, for one narrative and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Fitted:
    """Draws of a posterior; draw i of the parameters belongs to draw i of the pasts.

    Attributes:
        parameters: [parameters, draws], in the order of ``model.parameter_names``; the weights of claims
            that were not in the fit are 0.
        pasts: quantity -> [draws, steps], natural values in the steps that were known.
        claims: ids of the claims that were in the fit.
        note: how it was found, in words.
    """

    parameters: NDArray[np.float64]
    pasts: Mapping[str, NDArray[np.float32]]
    claims: frozenset[str]
    note: str = ""
