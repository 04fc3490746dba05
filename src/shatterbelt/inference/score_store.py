"""Scores as NetCDF files, and the folder that keeps them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

import shatterbelt
from shatterbelt.case.types import Case
from shatterbelt.inference.origins import HORIZONS
from shatterbelt.inference.rivals import BASELINES
from shatterbelt.inference.scoring import Line, Scored
from shatterbelt.inference.store import cache_folder

Floats = NDArray[np.float64]

FORMAT = 3
"""Counted up when what a file holds, or how scores are made, changes without a new version of the program."""


def with_summaries(scored: Scored) -> xr.Dataset:
    """Return the single scores, with differences from the baselines and stacking weights beside them."""
    names, rivals, spans = scored.narratives, BASELINES, HORIZONS

    def table(lines: Sequence[Line], size: int, what: str) -> Floats:
        return np.array([getattr(line, what) for line in lines]).reshape(len(names), len(rivals), size)

    joint = [scored.line("joint", name, rival, h) for name in names for rival in rivals for h in spans]
    single = [
        scored.line("log", name, rival, None, q)
        for name in names
        for rival in rivals
        for q in scored.quantities
    ]
    dims = ("narrative", "baseline")
    found = {
        f"{score}_{what}": ((*dims, last), table(lines, size, what))
        for score, lines, last, size in (
            ("joint", joint, "horizon", len(spans)),
            ("log", single, "quantity", len(scored.quantities)),
        )
        for what in ("difference", "error")
    }
    alone, beside = scored.stacked(), scored.stacked(baselines=True)
    weights = {"stacking": ("narrative", alone.weights), "stacking_all": ("model", beside.weights)}
    return scored.data.assign(found | weights).assign_coords(baseline=list(rivals))


def write(data: xr.Dataset, path: Path) -> None:
    """Write a dataset as NetCDF 4."""
    kept = data.assign_attrs(format=FORMAT, version=shatterbelt.__version__)
    small = {"zlib": True, "complevel": 3}
    encoding = {str(name): small for name in kept.data_vars if kept[name].size > 1000}
    kept.to_netcdf(path, engine="h5netcdf", encoding=encoding)


def kept_at(case: Case, narratives: Sequence[str], days: Sequence[dt.date], *, claims: bool) -> Path | None:
    """Return the file that keeps these scores, whether or not it is there; None if nothing is to be kept.

    The folder is that of `futures.devices.prepare`; the case's hash covers its record.
    """
    folder = cache_folder()
    if folder is None or not case.hash:
        return None
    asked = {
        "format": FORMAT,
        "version": shatterbelt.__version__,
        "case": case.hash,
        "narratives": list(narratives),
        "days": [day.isoformat() for day in days],
        "claims": claims,
    }
    key = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    return folder / "scores" / f"{key}.nc"


def load(path: Path | None) -> Scored | None:
    """Return kept scores; None where there are none that can be read."""
    if path is None or not path.is_file():
        return None
    try:
        return Scored(xr.load_dataset(path, engine="h5netcdf"))
    except (OSError, ValueError, KeyError, RuntimeError):
        return None


def keep(scored: Scored, path: Path | None) -> None:
    """Keep scores, whole or not at all; a folder that cannot be written to keeps nothing."""
    if path is None:
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=path.parent) as parts:
            write(scored.data, Path(parts) / path.name)
            (Path(parts) / path.name).replace(path)
