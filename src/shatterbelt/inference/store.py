"""Fits as files that ArviZ reads: posterior, prior, diagnostics, paths; and the folder that keeps them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import ndtri

import shatterbelt
from shatterbelt.case.types import Case
from shatterbelt.errors import RequestError
from shatterbelt.futures.world import Span, observed, span_of
from shatterbelt.inference.diagnostics import Diagnostics, diagnose
from shatterbelt.inference.posterior import Draws, Fitter, Progress, Settings
from shatterbelt.model.parts import Model
from shatterbelt.model.priors import parameter_rows
from shatterbelt.record import monthly_record

Floats = NDArray[np.float64]

PRIOR_DRAWS = 1_000
WEIGHT = "weight"
"""The variable whose dimension is ``claim``; every other's is its name and ``_quantity``."""


def claims_of(case: Case, narrative: str | None) -> tuple[str, ...]:
    """Return the ids of a narrative's claims; without a narrative, of all claims."""
    return tuple(claim.id for claim in case.claims) if narrative is None else case.claim_ids(narrative)


# ----------------------------------------------------------------------------- what is kept


def tree_of(
    fitter: Fitter, draws: Draws, as_of: dt.date | None, narrative: str | None, settings: Settings
) -> xr.DataTree:
    """Return a fit as groups after the InferenceData schema; docs/fit.md lists groups and variables.

    Claims that were left out have no weight in it. Attributes of the root say what was fitted, and
    whether the diagnostics passed (``passed`` 1 or 0, ``failures`` as text).
    """
    model, case = fitter.model, fitter.case
    span = span_of(case, as_of, None)
    known = min(span.known, draws.paths.shape[-1])
    kept = _kept(model, claims_of(case, narrative))
    names = [model.parameter_names[row] for row in kept]
    found = None if settings.quick else diagnose(draws.rows[..., kept], names, draws.stats)
    months = np.array(span.labels[:known], dtype="datetime64[ns]")
    groups = {
        "posterior": _variables(names, draws.rows[..., kept]),
        "prior": _variables(names, _prior(model, settings.seed)[None][..., kept]),
        "unconstrained_posterior": xr.Dataset(
            {"z": (("chain", "draw", "parameter"), draws.z.astype(np.float32))},
            _draw_coordinates(draws.z) | {"parameter": list(model.parameter_names)},
        ),
        "paths": _paths(model, draws, months),
        "observed_data": _record(case, model, span, months),
    }
    if draws.stats:
        groups["sample_stats"] = xr.Dataset(
            {key: (("chain", "draw"), value) for key, value in draws.stats.items()},
            _draw_coordinates(draws.z),
        )
    if found is not None:
        groups["diagnostics"] = xr.Dataset(
            {
                "rhat": ("parameter", found.rhat),
                "ess_bulk": ("parameter", found.ess_bulk),
                "ess_tail": ("parameter", found.ess_tail),
            },
            {"parameter": names},
        )
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = _attributes(case, span, narrative, settings, found)
    return tree


def _kept(model: Model, claims: Sequence[str]) -> NDArray[np.intp]:
    out = {f"{WEIGHT}.{claim.id}" for claim in model.claims} - {f"{WEIGHT}.{claim}" for claim in claims}
    return np.array([row for row, name in enumerate(model.parameter_names) if name not in out], int)


def _draw_coordinates(draws: NDArray[Any]) -> dict[str, NDArray[np.int64]]:
    return {"chain": np.arange(draws.shape[0]), "draw": np.arange(draws.shape[1])}


def _variables(names: Sequence[str], rows: NDArray[Any]) -> xr.Dataset:
    """Return parameters [chains, draws, parameters] as a variable for each kind of them."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name.partition(".")[0], []).append(place)
    variables, coordinates = {}, dict[str, Any](_draw_coordinates(rows))
    for kind, some in places.items():
        dimension = "claim" if kind == WEIGHT else f"{kind}_quantity"
        variables[kind] = (("chain", "draw", dimension), rows[..., some])
        coordinates[dimension] = [names[place].partition(".")[2] for place in some]
    return xr.Dataset(variables, coordinates)


def _prior(model: Model, seed: int) -> Floats:
    """Return draws from the prior, [draws, parameters]: a Latin hypercube, so that each margin is exact.

    McKay, Beckman and Conover (1979).
    """
    rng = np.random.default_rng(seed)
    strata = np.tile(np.arange(PRIOR_DRAWS) + 0.5, (len(model.priors), 1)) / PRIOR_DRAWS
    z = ndtri(rng.permuted(strata, axis=1))
    return np.asarray(parameter_rows(model, jnp.asarray(z, jnp.float32)), float).T


def _paths(model: Model, draws: Draws, months: NDArray[Any]) -> xr.Dataset:
    return xr.Dataset(
        {
            "path": (("past", "quantity", "time"), draws.paths[..., : months.size].astype(np.float32)),
            "parameters": (("past", "parameter"), draws.path_rows),
            "looks_back": (("past", "row"), draws.past.astype(np.float32)),
        },
        {
            "past": np.arange(len(draws.paths)),
            "quantity": list(model.order),
            "time": months,
            "parameter": list(model.parameter_names),
        },
    )


def _record(case: Case, model: Model, span: Span, months: NDArray[Any]) -> xr.Dataset:
    """Return the record's values as they were known, NaN where there are none."""
    names = list(model.order)
    found = observed(case, span)
    values = {key: np.full((len(names), months.size), np.nan) for key in ("record", "low", "high")}
    for row, name in enumerate(names):
        if name in found:
            for key, months_of in zip(values, monthly_record(found[name]), strict=True):
                values[key][row] = months_of[: months.size]
    return xr.Dataset(
        {
            key if key == "record" else f"record_{key}": (("quantity", "time"), value)
            for key, value in values.items()
        },
        {"quantity": names, "time": months},
    )


def _attributes(
    case: Case, span: Span, narrative: str | None, settings: Settings, found: Diagnostics | None
) -> dict[str, Any]:
    told = {} if found is None else {"divergences": found.divergences, "touched": ", ".join(found.touched)}
    return {
        "case": case.about.name,
        "case_hash": case.hash,
        "version": shatterbelt.__version__,
        "as_of": span.as_of.isoformat(),
        "known_until": span.calendar.label(span.known - 1),
        "narrative": narrative or "",
        "quick": int(settings.quick),
        "kind": "approximation at the mode" if settings.quick else "no-U-turn sampler",
        "settings": json.dumps(dataclasses.asdict(settings), sort_keys=True),
        "seed": settings.seed,
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "inference_library": "numpyro",
        "passed": int(found is None or found.passed),
        "failures": "" if found is None else "\n".join(found.failures()),
        **told,
    }


def draws_of(tree: xr.DataTree) -> Mapping[str, NDArray[Any]]:
    """Return what futures start from: ``rows`` [pasts, parameters], ``past`` [pasts, rows], ``paths``.

    In the order of the compiled model's parameters, tracks and quantities.
    """
    group = tree["paths"]
    keys = {"rows": "parameters", "past": "looks_back", "paths": "path"}
    return {key: np.asarray(group[name].values) for key, name in keys.items()}


# ------------------------------------------------------------------------------------- files


def save(tree: xr.DataTree, path: str | Path) -> Path:
    """Write a fit as NetCDF-4, all of it or nothing; return the path.

    Raises:
        RequestError: the file cannot be written there.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=".unfinished-", suffix=".nc", dir=path.parent)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise RequestError(f"{path}: it cannot be written ({reason}); give another file") from error
    os.close(handle)
    try:
        tree.to_netcdf(part, engine="h5netcdf", encoding=_encoding(tree))
        Path(part).chmod(0o666 & ~_umask())
        Path(part).replace(path)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise RequestError(f"{path}: it cannot be written ({reason}); give another file") from error
    finally:
        Path(part).unlink(missing_ok=True)
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _encoding(tree: xr.DataTree) -> dict[str, dict[str, dict[str, Any]]]:
    small = {"zlib": True, "complevel": 1, "shuffle": True}
    return {
        group.path: {str(name): small for name, one in group.data_vars.items() if one.size > 1000}
        for group in tree.subtree
    }


def load(path: str | Path) -> xr.DataTree:
    """Read a fit that `save` wrote.

    Raises:
        RequestError: there is no such file, or it is no fit of this format.
    """
    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        why = "there is no such file" if isinstance(error, FileNotFoundError) else "it is no NetCDF file"
        raise RequestError(f"{path}: {why}; `shatterbelt fit CASE --out FILE` writes one") from error
    missing = [name for name in ("posterior", "prior", "paths") if name not in tree.children]
    if missing:
        raise RequestError(f"{path}: it holds no {missing[0]}; `shatterbelt fit CASE --out FILE` writes one")
    return tree


# ------------------------------------------------------------------------------------- cache


def cache_folder() -> Path | None:
    """Return the folder in which results are kept between runs, the one of compiled code; None for none."""
    from platformdirs import user_cache_dir

    folder = os.environ.get("SHATTERBELT_CACHE", str(Path(user_cache_dir("shatterbelt")) / "compiled"))
    return Path(folder) if folder else None


@lru_cache(maxsize=1)
def code_hash() -> str:
    """Return the SHA-256 of the code that makes a fit, as hex: changed code never meets old fits."""
    found = hashlib.sha256()
    root = Path(shatterbelt.__file__).parent
    for room in ("record", "case", "model", "futures", "inference"):
        for path in sorted((root / room).rglob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()


def key_of(case: Case, as_of: dt.date | None, narrative: str | None, settings: Settings) -> str:
    """Return what tells a fit from every other: the SHA-256 of all that it depends on, as hex.

    The case's hash covers its record. Two narratives of the same claims are the same fit.
    """
    parts = {
        "case": case.hash,
        "as_of": span_of(case, as_of, None).as_of.isoformat(),
        "claims": sorted(claims_of(case, narrative)),
        "settings": dataclasses.asdict(settings),
        "version": shatterbelt.__version__,
        "code": code_hash(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def cached_fit(
    case: Case,
    as_of: dt.date | None = None,
    narrative: str | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    fitter: Fitter | None = None,
) -> xr.DataTree:
    """Return the fit that the cache holds, or make it and keep it there.

    ``fitter`` saves compiling when several fits of one case are made. A sampler that is stopped goes on
    where it was when it is asked for again. The root's ``seconds`` say how long it took, compiling
    included, and of a sampler that went on, how long since then. A cache that cannot be
    read or written costs only time.
    """
    settings = settings or Settings()
    file = fit_file(case, as_of, narrative, settings)
    if file is not None and file.is_file():
        with suppress(RequestError):
            tree = load(file)
            tree.attrs["narrative"] = narrative or ""  # another may have the same claims
            return tree
    fitter = fitter or Fitter(case)
    part = None if file is None or settings.quick else file.with_suffix(".part.npz")
    began = time.perf_counter()
    draws = fitter.fit(as_of, claims_of(case, narrative), settings, progress, part)
    tree = tree_of(fitter, draws, as_of, narrative, settings)
    tree.attrs["seconds"] = round(time.perf_counter() - began, 2)
    if file is not None:
        with suppress(RequestError):
            save(tree, file)
    if part is not None:
        part.unlink(missing_ok=True)
    return tree


def fit_file(case: Case, as_of: dt.date | None, narrative: str | None, settings: Settings) -> Path | None:
    """Return where the cache keeps a fit, whether it is there or not; None where there is no cache."""
    folder = cache_folder()
    return None if folder is None else folder / "fits" / f"{key_of(case, as_of, narrative, settings)}.nc"
