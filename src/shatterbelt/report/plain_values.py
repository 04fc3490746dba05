"""Numbers out of plain values that may lack them."""

from __future__ import annotations

import math
from typing import Any


def number(value: Any, otherwise: float = math.nan) -> float:
    """Return a number; None, text and what is not a number become ``otherwise``."""
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return otherwise
    return float(value)


def share(value: Any) -> str:
    """Write a probability or share in whole per cent; what comes near certainty is told apart from it."""
    found = number(value)
    if math.isnan(found):
        return "–"
    if 0.995 <= found < 1:
        return "over 99 %"
    return "below 1 %" if 0 < found < 0.005 else f"{100 * found:.0f} %"


def whole(value: Any) -> str:
    """Write a weight in whole per cent."""
    found = number(value)
    return "–" if math.isnan(found) else f"{abs(100 * found):.0f} %"
