"""From the sums of an ensemble to an xarray Dataset, and to and from NetCDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

import shatterbelt
from shatterbelt.case.types import Case
from shatterbelt.futures.block import CODES, Sums
from shatterbelt.futures.branches import Branch
from shatterbelt.futures.questions import Question
from shatterbelt.futures.world import Span, observed
from shatterbelt.model.parts import Model
from shatterbelt.record import Observations, Window, base_rate, monthly_record

QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
"""Probabilities of the reported quantiles: the median and the edges of the 50, 80 and 90 % bands."""
COUNTED = {"events", "status", "calendar"}
"""Kinds whose values are whole numbers: their quantiles are values that occur."""


@dataclass
class Totals:
    """The sums of all blocks of a branch so far, and what the pilot block gave.

    ``thresholds`` is [steps, quantities, thresholds], ``paths`` [steps, quantities, paths]; quantities
    stand in the order of the step.
    """

    thresholds: NDArray[np.float32]
    paths: NDArray[np.float32]
    path_code: NDArray[np.int32]
    sums: dict[str, NDArray[Any]] = field(default_factory=dict)

    def add(self, block: Sums) -> None:
        """Add a block; counts stay whole numbers, the rest is added in double precision."""
        for one in fields(Sums):
            value = np.asarray(getattr(block, one.name))
            wide = value.astype(np.int64 if value.dtype.kind in "iub" else np.float64)
            self.sums[one.name] = self.sums[one.name] + wide if one.name in self.sums else wide


def make_dataset(
    case: Case,
    model: Model,
    span: Span,
    branches: Sequence[Branch],
    questions: Sequence[Question],
    each: Sequence[Totals],
    seed: int,
) -> xr.Dataset:
    """Return the summary of an ensemble; docs/futures.md lists its variables."""
    record = observed(case, span, as_known=False)
    totals = _together(each)
    variables = (
        _values(model, totals)
        | _differences(totals)
        | _outcomes(totals)
        | _base_rates(case, span, questions)
        | _codes(totals)
        | _record(model, span, record)
    )
    dataset = xr.Dataset(variables, _coordinates(case, model, span, branches, questions, totals))
    dataset.attrs = _attributes(case, span, branches, totals, seed)
    return dataset.sel(quantity=list(model.names))


def _together(each: Sequence[Totals]) -> Totals:
    """Return the branches' totals as one, branches first in every array."""
    sums = {key: np.stack([np.asarray(one.sums[key]) for one in each]) for key in each[0].sums}
    first = {
        key: np.stack([getattr(one, key) for one in each]) for key in ("thresholds", "paths", "path_code")
    }
    return Totals(first["thresholds"], first["paths"], first["path_code"], sums)


# ----------------------------------------------------------------------------- values

Variables = dict[str, tuple[tuple[str, ...], NDArray[Any]]]


def _values(model: Model, totals: Totals) -> Variables:
    sums = totals.sums
    good = np.maximum(sums["good"], 1)[:, None, None]
    whole = np.array([model.quantities[name].kind in COUNTED for name in model.order])
    quantiles = _quantiles(totals, whole)
    return {
        "quantiles": (("branch", "quantity", "time", "level"), quantiles.transpose(0, 2, 1, 3)),
        "mean": (
            ("branch", "quantity", "time"),
            (sums["total"] / good).transpose(0, 2, 1).astype(np.float32),
        ),
        "paths": (("branch", "path", "quantity", "time"), totals.paths.transpose(0, 3, 2, 1)),
        "path_code": (("branch", "path"), totals.path_code.astype(np.int8)),
    }


def _quantiles(totals: Totals, whole: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return quantiles [branches, steps, quantities, levels] from the counts below each threshold.

    Between two thresholds the distribution function is taken as straight. Whole numbers are not
    divided: their quantile is the first threshold with enough futures at or below it.
    """
    at = totals.thresholds
    share = totals.sums["below"] / np.maximum(totals.sums["good"], 1)[:, None, None, None]
    found = np.empty((*at.shape[:3], len(QUANTILES)), np.float32)
    for i, level in enumerate(QUANTILES):
        right = np.minimum((share < level - 1e-12).sum(axis=-1), at.shape[-1] - 1)[..., None]
        left = np.maximum(right - 1, 0)
        low, high = (np.take_along_axis(share, place, -1)[..., 0] for place in (left, right))
        start, end = (np.take_along_axis(at, place, -1)[..., 0] for place in (left, right))
        with np.errstate(invalid="ignore", divide="ignore"):
            part = np.where(high > low, (level - low) / (high - low), 1.0)
        found[..., i] = np.where(whole, end, start + np.clip(part, 0, 1) * (end - start))
    return found


def _differences(totals: Totals) -> Variables:
    """Return mean differences from branch 0 with the error of a paired comparison."""
    sums = totals.sums
    pairs = np.maximum(sums["pairs"], 1)[:, None, None]
    mean = sums["apart"] / pairs
    variance = np.maximum(sums["apart_square"] / pairs - mean**2, 0.0)
    dims = ("branch", "quantity", "time")
    return {
        "mean_difference": (dims, mean.transpose(0, 2, 1).astype(np.float32)),
        "mean_difference_error": (dims, np.sqrt(variance / pairs).transpose(0, 2, 1).astype(np.float32)),
    }


# --------------------------------------------------------------------------- outcomes


def _outcomes(totals: Totals) -> Variables:
    sums = totals.sums
    good = np.maximum(sums["good"], 1)[:, None]
    pairs = np.maximum(sums["pairs"], 1)[:, None]
    share = sums["yes"] / good
    apart = (sums["more"] - sums["fewer"]) / pairs
    spread = np.maximum((sums["more"] + sums["fewer"]) / pairs - apart**2, 0.0)
    dims = ("branch", "outcome")
    return {
        "outcome_probability": (dims, share),
        "outcome_error": (dims, _binomial_error(sums["yes"], good)),
        "outcome_futures": (dims, np.broadcast_to(sums["good"][:, None], share.shape).copy()),
        "outcome_difference": (dims, apart),
        "outcome_difference_error": (dims, np.sqrt(spread / pairs)),
    }


def _binomial_error(yes: NDArray[np.int64], futures: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the standard error of a share, never 0: Jeffreys' prior adds half a yes and half a no."""
    share = (yes + 0.5) / (futures + 1)
    return np.asarray(np.sqrt(share * (1 - share) / (futures + 1)))


def _base_rates(case: Case, span: Span, questions: Sequence[Question]) -> Variables:
    """Return how often the like came before, from the record as known or from the case's source."""
    known = observed(case, span)
    rate, count, windows = (np.full(len(questions), np.nan) for _ in range(3))
    for i, question in enumerate(questions):
        stated = case.about.outcomes[question.name].base_rate.value
        if stated is not None:
            rate[i] = stated
        elif question.quantity in known:
            rate[i], count[i], windows[i] = _counted(case, known[question.quantity], question)
    return {
        "outcome_base_rate": (("outcome",), rate),
        "outcome_base_count": (("outcome",), count),
        "outcome_base_windows": (("outcome",), windows),
    }


def _counted(case: Case, seen: Observations, question: Question) -> tuple[float, float, float]:
    values = monthly_record(seen)[0]
    there = ~np.isnan(values)
    outcome = case.about.outcomes[question.name]
    window = Window(question.asked, question.opens, question.closes)
    found = base_rate(values, there, window, outcome.when, outcome.test)
    if not found.windows:
        return np.nan, np.nan, np.nan
    return found.count / found.windows, float(found.count), float(found.windows)


# ------------------------------------------------------------------ codes, record, rest


def _codes(totals: Totals) -> Variables:
    counts = totals.sums["codes"]
    return {
        "code_count": (("branch", "code"), counts.sum(axis=-1)),
        "code_quantity": (("branch", "code", "quantity"), counts[..., 1:]),
    }


def _record(model: Model, span: Span, record: dict[str, Observations]) -> Variables:
    shape = (len(model.order), span.calendar.length)
    value, low, high = (np.full(shape, np.nan, np.float32) for _ in range(3))
    for i, name in enumerate(model.order):
        if name in record:
            value[i], low[i], high[i] = monthly_record(record[name])
    dims = ("quantity", "time")
    return {"record": (dims, value), "record_low": (dims, low), "record_high": (dims, high)}


def _coordinates(
    case: Case,
    model: Model,
    span: Span,
    branches: Sequence[Branch],
    questions: Sequence[Question],
    totals: Totals,
) -> dict[str, Any]:
    parts = [case.quantities[name] for name in model.order]
    return {
        "branch": [branch.name for branch in branches],
        "narrative": ("branch", [branch.narrative for branch in branches]),
        "set": ("branch", [branch.done for branch in branches]),
        "quantity": list(model.order),
        "title": ("quantity", [part.title for part in parts]),
        "unit": ("quantity", [part.unit for part in parts]),
        "kind": ("quantity", [part.kind for part in parts]),
        "time": np.array(span.labels, dtype="datetime64[ns]"),
        "level": list(QUANTILES),
        "path": np.arange(totals.paths.shape[-1]),
        "code": list(CODES),
        "outcome": np.array([question.name for question in questions], dtype=str),
        "question": (
            "outcome",
            np.array([case.about.outcomes[question.name].question for question in questions], dtype=str),
        ),
    }


def _attributes(
    case: Case, span: Span, branches: Sequence[Branch], totals: Totals, seed: int
) -> dict[str, Any]:
    return {
        "case": case.about.name,
        "case_title": case.about.title,
        "case_hash": case.hash,
        "version": shatterbelt.__version__,
        "seed": seed,
        "as_of": span.as_of.isoformat(),
        "known_until": span.calendar.label(span.known - 1),
        "futures": int(totals.sums["codes"].sum(axis=(1, 2))[0]),
        "narratives": ", ".join(dict.fromkeys(branch.narrative for branch in branches if branch.narrative)),
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "fitted": 0,
    }


def write_netcdf(dataset: xr.Dataset, path: Path) -> None:
    """Write a dataset as NetCDF-4, compressed."""
    small = {
        str(name): {"zlib": True, "complevel": 3} for name in dataset.data_vars if dataset[name].size > 1000
    }
    dataset.to_netcdf(path, engine="h5netcdf", encoding=small)


def read_netcdf(path: Path) -> xr.Dataset:
    """Read a dataset that `write_netcdf` wrote."""
    with xr.open_dataset(path, engine="h5netcdf") as opened:
        return opened.load()
