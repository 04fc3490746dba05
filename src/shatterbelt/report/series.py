"""The numbers of the charts: compact columns, rounded to four significant digits."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import xarray as xr

from shatterbelt.case.types import Case, EventsTie, SeriesTie
from shatterbelt.case.units import convert
from shatterbelt.report import words

BANDS = (0.1, 0.25, 0.5, 0.75, 0.9)
PATHS = 20
BACK = 12
"""Steps before the as-of date from which the narratives' charts are drawn."""

Column = list[float | None]


def months(dataset: xr.Dataset) -> list[str]:
    """Return the time axis as ``YYYY-MM``."""
    return [str(month) for month in dataset["time"].values.astype("datetime64[M]")]


def as_of_index(dataset: xr.Dataset) -> int:
    """Return the index of the last step that begins on or before the as-of date."""
    as_of = np.datetime64(str(dataset.attrs["as_of"])[:10])
    known = int(np.sum(dataset["time"].values <= as_of))
    return max(known - 1, 0)


def column(values: Any, digits: int = 4) -> Column:
    """Round an array to ``digits`` significant digits; what is not finite becomes null."""
    flat = np.asarray(values, dtype=float).ravel()
    return [words.significant(value, digits) if np.isfinite(value) else None for value in flat.tolist()]


def quantiles(dataset: xr.Dataset, name: str, branch: int, first: int = 0) -> dict[str, Column]:
    """Return the drawn quantile levels of one quantity from step ``first`` on, as columns."""
    values = dataset["quantiles"].transpose("branch", "quantity", "time", "level").values
    part = values[branch, place(dataset, name), first:]
    levels = dataset["level"].values
    return {f"p{round(100 * level)}": column(part[:, np.abs(levels - level).argmin()]) for level in BANDS}


def place(dataset: xr.Dataset, name: str) -> int:
    """Return where a quantity stands on its axis."""
    return int(dataset.get_index("quantity").get_loc(name))


def quantity(case: Case, dataset: xr.Dataset, name: str) -> dict[str, Any]:
    """Return what a fan chart of one quantity needs: bands, mean, paths, record, and how to draw it."""
    thing = case.quantities[name]
    first = as_of_index(dataset)
    paths = (
        dataset["paths"].isel(branch=0).sel(quantity=name).isel(path=slice(PATHS), time=slice(first, None))
    )
    return {
        "title": thing.title,
        "unit": unit(thing.unit),
        "kind": thing.kind,
        "about": thing.about,
        "log": getattr(thing, "link", "identity") == "log",
        "bands": {} if thing.kind == "status" else quantiles(dataset, name, 0),
        "mean": mean(dataset, name, 0) if thing.kind in {"status", "events"} else [],
        "first": first,
        "paths": [column(path, 3) for path in np.asarray(paths.transpose("path", "time").values)],
        "record": points(dataset, name),
        "bars": averages(case, dataset, name),
        "errors": errors(dataset, name),
        "rows": list(thing.rows),
        "words": sentence(case, dataset, name, 0),
    }


def branch_quantity(case: Case, dataset: xr.Dataset, name: str, branch: int) -> dict[str, Any]:
    """Return one branch's middle and 80 % band, from shortly before the as-of date on.

    The middle is the median; of counts the mean, since the median of rare events is 0; of what is on or
    off the share that is on, without a band.
    """
    first = max(as_of_index(dataset) - BACK, 0)
    if case.quantities[name].kind == "status":
        return {"mean": mean(dataset, name, branch, first)}
    drawn = quantiles(dataset, name, branch, first)
    middle = drawn["p50"]
    if case.quantities[name].kind == "events":
        middle = mean(dataset, name, branch, first)
    return {"lo": drawn["p10"], "mid": middle, "hi": drawn["p90"]}


def mean(dataset: xr.Dataset, name: str, branch: int, first: int = 0) -> Column:
    """Return the mean over futures from step ``first`` on; for a status, the share that is on."""
    values = dataset["mean"].transpose("branch", "quantity", "time").values
    return column(values[branch, place(dataset, name), first:])


def points(dataset: xr.Dataset, name: str) -> list[tuple[int, float]]:
    """Return the record's monthly values as (step, value), where there are any."""
    values = dataset["record"].sel(quantity=name).values
    return [(int(i), words.significant(float(values[i]))) for i in np.flatnonzero(np.isfinite(values))]


def averages(case: Case, dataset: xr.Dataset, name: str) -> list[tuple[int, int, float]]:
    """Return the record's period averages as (first step, step after the last, value).

    The periods stand in the case; the values are in the quantity's unit.
    """
    thing = case.quantities[name]
    index = {month: step for step, month in enumerate(months(dataset))}
    tied = {
        tie.series
        for tie in getattr(thing, "record", ())
        if isinstance(tie, SeriesTie) and tie.enters == "average over"
    }
    found = []
    for row in case.series:
        begin, length = _period(row.period)
        if row.series in tied and begin in index:
            value = row.value if row.unit == thing.unit else convert(row.value, row.unit, thing.unit)
            found.append((index[begin], index[begin] + length, words.significant(value)))
    return sorted(found)


def errors(dataset: xr.Dataset, name: str) -> list[tuple[int, float, float]]:
    """Return (step, low, high) of the record's points whose error is wide enough to be seen."""
    value, low, high = (
        dataset[part].sel(quantity=name).values for part in ("record", "record_low", "record_high")
    )
    seen = np.isfinite(value) & np.isfinite(low) & np.isfinite(high)
    wide = seen & (high - low > 0.04 * (np.abs(value) + 1e-12))
    return [
        (int(i), words.significant(float(low[i])), words.significant(float(high[i])))
        for i in np.flatnonzero(wide)
    ]


def observed(case: Case, name: str) -> bool:
    """Tell whether anything in the record is tied to the quantity."""
    ties = getattr(case.quantities[name], "record", ())
    return any(isinstance(tie, SeriesTie | EventsTie) for tie in ties)


def unit(text: str) -> str:
    """Return a unit for people; pure numbers have none."""
    return "" if text in {"dimensionless", "1", ""} else text.replace("**", "^").replace("_", " ")


def sentence(case: Case, dataset: xr.Dataset, name: str, branch: int) -> str:
    """Say in one sentence where the futures end; it stands under the chart and describes it."""
    thing = case.quantities[name]
    end = months(dataset)[-1]
    last = dataset.isel(branch=branch, time=-1).sel(quantity=name)
    if thing.kind == "status":
        return f"{end}: on in {words.percent(float(last['mean']))} of futures"
    write = words.percent if thing.kind == "share" else words.plain
    low, middle, high = (
        write(float(last["quantiles"].sel(level=level, method="nearest"))) for level in (0.1, 0.5, 0.9)
    )
    if thing.kind == "events":
        average = words.plain(float(last["mean"]), 2)
        return f"{end}: on average {average} a {case.about.step}, in 80 % of futures {low} to {high}"
    return f"{end}: median {middle}, 80 % of futures {low} to {high}"


def _period(text: str) -> tuple[str, int]:
    """Return a period's first month and its length in months: a year, a quarter or a month."""
    quarter = re.fullmatch(r"(\d{4})-Q([1-4])", text)
    if quarter:
        return f"{quarter[1]}-{3 * int(quarter[2]) - 2:02d}", 3
    return (f"{text}-01", 12) if len(text) == 4 else (text, 1)
