"""Where things stand in the drawings of claims and calibration: plain coordinates for the template's SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

View = dict[str, Any]
Span = tuple[float, float, float]

WIDTH, MARGIN = 240.0, 10.0
"""Of a row's drawing, in its own units."""
LEAST_REACH = 0.01
"""Swings that the axis spans at least."""
SIDE, LEFT, TOP = 260.0, 40.0, 12.0
"""The reliability diagram's square and where it begins."""
BARS = 46.0
"""Height of the counts under it."""
BINS = 10


def axis(values: Iterable[float]) -> View:
    """Return one axis for all rows: it holds 0 and every value, and ends on round numbers."""
    seen = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(0.0, *seen), max(0.0, *seen)
    step = _step(max(high - low, LEAST_REACH))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if first == last:
        last += 1
    ticks = [round(place * step, 10) for place in range(first, last + 1)]
    found: View = {"low": ticks[0], "high": ticks[-1]}
    found["ticks"] = [{"x": place(found, tick), "text": f"{tick:g}".replace("-", "−")} for tick in ticks]
    found["zero"] = place(found, 0.0)
    return found


def _step(reach: float) -> float:
    """Return a round step that divides ``reach`` into three to six."""
    rough = reach / 5
    size = 10.0 ** math.floor(math.log10(rough))
    return size * next(one for one in (1.0, 2.0, 2.5, 5.0, 10.0) if rough <= one * size * 1.0000001)


def place(ruler: Mapping[str, Any], value: float) -> float:
    """Return where a value stands in a row's drawing."""
    share = float((value - ruler["low"]) / (ruler["high"] - ruler["low"]))
    return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)


def intervals(ruler: Mapping[str, Any], sign: str, prior: Span, posterior: Span) -> View:
    """Return one row: both intervals with their means, and the side that the claim is on, if it has one."""
    claimed = {"+": (ruler["zero"], WIDTH - MARGIN), "-": (MARGIN, ruler["zero"])}.get(sign)
    return {
        "claimed": {"x": claimed[0], "width": round(claimed[1] - claimed[0], 1)} if claimed else None,
        "prior": _bar(ruler, prior),
        "posterior": _bar(ruler, posterior),
    }


def _bar(ruler: Mapping[str, Any], span: Span) -> View | None:
    if not all(math.isfinite(value) for value in span):
        return None
    mean, low, high = (place(ruler, value) for value in span)
    return {"mean": mean, "low": low, "high": high}


# ----------------------------------------------------------------------------- reliability


def blocks(found: Mapping[str, Any]) -> list[tuple[float, float, int, int, float]]:
    """Return the runs of one calibrated value: least and greatest forecast, number, how many came, value."""
    rows: list[tuple[float, float, int, int, float]] = []
    columns = (found[key] for key in ("forecast", "count", "came", "calibrated"))
    for forecast, count, came, level in zip(*columns, strict=True):
        if rows and abs(rows[-1][4] - level) < 1e-9:
            low, _, n, held, _ = rows[-1]
            rows[-1] = (low, forecast, n + int(count), held + int(came), level)
        else:
            rows.append((forecast, forecast, int(count), int(came), level))
    return rows


def reliability(found: Mapping[str, Any]) -> View:
    """Return the reliability diagram: band, diagonal, what came by what was forecast, and counts below."""
    forecast = [float(value) for value in found["forecast"]]
    upper = [_point(p, high) for p, high in zip(forecast, found["high"], strict=True)]
    lower = [_point(p, low) for p, low in zip(forecast, found["low"], strict=True)]
    line = [_point(p, level) for p, level in zip(forecast, found["calibrated"], strict=True)]
    runs = blocks(found)
    most = max((run[2] for run in runs), default=1)
    return {
        "width": LEFT + SIDE + 14,
        "height": TOP + SIDE + 46 + BARS + 16,
        "band": _path([*upper, *reversed(lower)]) + "Z" if len(forecast) > 1 else "",
        "line": _path(line),
        "diagonal": (_point(0, 0), _point(1, 1)),
        "dots": [
            {"at": _point((low + high) / 2, level), "r": round(2.2 + 3.6 * math.sqrt(n / most), 1), "n": n}
            for low, high, n, _, level in runs
        ],
        "ticks": [
            {"x": _point(share, 0)[0], "y": _point(0, share)[1], "text": f"{100 * share:.0f}"}
            for share in (0, 0.2, 0.4, 0.6, 0.8, 1)
        ],
        "frame": {"x": LEFT, "y": TOP, "side": SIDE},
        "bars": _bars(forecast, found["count"]),
    }


def _bars(forecast: Sequence[float], count: Sequence[int]) -> View:
    """Return how many forecasts lie in each tenth, as bars with their numbers."""
    held = [0] * BINS
    for p, n in zip(forecast, count, strict=True):
        held[min(int(p * BINS), BINS - 1)] += int(n)
    base, most = TOP + SIDE + 46 + BARS, max(held) or 1
    wide = SIDE / BINS
    rows = [
        {
            "x": round(LEFT + i * wide + 1.5, 1),
            "width": round(wide - 3, 1),
            "y": round(base - (BARS - 14) * n / most, 1),
            "height": round((BARS - 14) * n / most, 1),
            "middle": round(LEFT + (i + 0.5) * wide, 1),
            "n": n,
        }
        for i, n in enumerate(held)
    ]
    return {"base": base, "rows": rows}


def _point(forecast: float, came: float) -> tuple[float, float]:
    return round(LEFT + SIDE * forecast, 1), round(TOP + SIDE * (1 - came), 1)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points) if points else ""
