"""Which branches run on a fit to the record, and how the page says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xarray as xr

View = dict[str, Any]


def notes(dataset: xr.Dataset) -> list[str]:
    """Return for each branch how its fit was found; empty for a branch that runs on its priors.

    A dataset without the coordinate says it for all branches at once.
    """
    branches = dataset.sizes["branch"]
    if "fit" not in dataset.coords:
        return ["fitted" if int(dataset.attrs.get("fitted", 0)) else ""] * branches
    return [str(note) for note in dataset["fit"].values]


def fitted(dataset: xr.Dataset) -> list[bool]:
    """Tell for each branch whether it runs on a fit."""
    return [bool(note) for note in notes(dataset)]


def told(dataset: xr.Dataset, names: Sequence[str]) -> View:
    """Return what the page says of its branches' fits: all of them, none, or which.

    ``first`` is the default narrative's, which gives the answers.
    """
    found = notes(dataset)
    return {
        "all": all(found),
        "any": any(found),
        "first": bool(found[0]),
        "fitted": ", ".join(name for name, note in zip(names, found, strict=True) if note),
        "priors": ", ".join(name for name, note in zip(names, found, strict=True) if not note),
    }
