"""Hand a fit over to the futures: the one that is kept for a narrative and a day, or a quick one made now."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import numpy as np
import xarray as xr

from shatterbelt.case.types import Case
from shatterbelt.errors import RequestError
from shatterbelt.futures.fitted import Fitted
from shatterbelt.inference.posterior import Fitter, Progress, Settings
from shatterbelt.inference.store import cached_fit, claims_of, fit_file, load
from shatterbelt.model.compile import compile_case

SAMPLED, QUICK = Settings(), Settings(quick=True)


def kept_tree(case: Case, as_of: dt.date | None, narrative: str | None) -> xr.DataTree | None:
    """Return the fit that is kept for a narrative and a day, the sampler's before the approximation.

    A fit that failed its diagnostics is passed over. None if there is no fit; nothing is computed.
    """
    for settings in (SAMPLED, QUICK):
        file = fit_file(case, as_of, narrative, settings)
        if file is not None and file.is_file():
            with suppress(RequestError):
                tree = load(file)
                if int(tree.attrs["passed"]):
                    return tree
    return None


def kept_fit(case: Case, as_of: dt.date | None, narrative: str | None) -> Fitted | None:
    """Return what futures take from the kept fit of a narrative and a day; None if there is none."""
    tree = kept_tree(case, as_of, narrative)
    return None if tree is None else of_tree(case, tree, narrative)


def quick_fit(
    case: Case,
    as_of: dt.date | None,
    narrative: str | None,
    fitter: Fitter,
    progress: Progress | None = None,
) -> Fitted:
    """Return the kept fit of a narrative and a day, or the approximation at the mode, made now and kept."""
    kept = kept_fit(case, as_of, narrative)
    return kept or of_tree(case, cached_fit(case, as_of, narrative, QUICK, progress, fitter), narrative)


def of_tree(case: Case, tree: xr.DataTree, narrative: str | None) -> Fitted:
    """Return what futures take from a fit: parameters and the paths that go with them."""
    model = compile_case(case)
    paths = tree["paths"].to_dataset()
    place = {str(name): row for row, name in enumerate(paths["quantity"].values)}
    drawn = np.asarray(paths["path"].values, np.float32)
    inferred = [
        name
        for name, part in model.quantities.items()
        if part.kind in {"level", "share"} and part.noisy and not part.thresholds
    ]
    return Fitted(
        parameters=np.asarray(paths["parameters"].values, float).T,
        pasts={name: drawn[:, place[name]] for name in inferred},
        claims=frozenset(claims_of(case, narrative)),
        note=f"{tree.attrs['kind']}, as of {tree.attrs['as_of']}",
    )
