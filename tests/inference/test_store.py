"""A fit as a file: what it holds, that it comes back as it went, and when the cache is asked again."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from scipy.stats import norm

import shatterbelt
from shatterbelt.api.fitting import FitResult
from shatterbelt.case import load_case
from shatterbelt.errors import RequestError
from shatterbelt.inference import store
from shatterbelt.inference.posterior import Draws, Fitter, Settings

GOOD = Path(__file__).resolve().parents[1] / "case" / "good"
QUICK = Settings(quick=True, chains=1, draws=300)


@pytest.fixture(scope="module")
def fitter() -> Fitter:
    return Fitter(load_case(GOOD))


@pytest.fixture(scope="module")
def draws(fitter: Fitter) -> Draws:
    return fitter.fit(None, store.claims_of(fitter.case, None), QUICK)


@pytest.fixture(scope="module")
def quick(fitter: Fitter, draws: Draws) -> xr.DataTree:
    return store.tree_of(fitter, draws, None, None, QUICK)


def sampled(fitter: Fitter, draws: Draws, apart: float) -> xr.DataTree:
    """A fit as if sampled: independent draws, the second chain so much further along."""
    shape = (2, 1500, draws.rows.shape[-1])
    rows = np.random.default_rng(1).standard_normal(shape)
    rows[1] += apart
    stats = {"diverging": np.zeros(shape[:2], bool), "lp": np.zeros(shape[:2])}
    stats["diverging"][0, rows[0, :, 0].argmax()] = True
    made = dataclasses.replace(draws, z=rows, rows=rows, stats=stats)
    return store.tree_of(fitter, made, None, None, Settings())


# ------------------------------------------------------------------------------ what it holds


def test_every_claim_and_every_parameter_is_there_under_its_name(fitter: Fitter, quick: xr.DataTree):
    assert quick["posterior"]["claim"].values.tolist() == [claim.id for claim in fitter.case.claims]
    found = {
        f"{kind}.{name}"
        for kind, one in quick["posterior"].data_vars.items()
        for name in one[one.dims[-1]].values.tolist()
    }
    assert found == set(fitter.model.parameter_names)


def test_variables_hold_the_draws_of_their_parameters(fitter: Fitter, draws: Draws, quick: xr.DataTree):
    for place, name in enumerate(fitter.model.parameter_names):
        kind, _, whose = name.partition(".")
        one = quick["posterior"][kind]
        assert np.array_equal(one.sel({one.dims[-1]: whose}).values, draws.rows[..., place])


def test_the_prior_has_the_same_variables_and_the_margins_that_the_model_says(
    fitter: Fitter, quick: xr.DataTree
):
    assert set(quick["prior"].data_vars) == set(quick["posterior"].data_vars)
    for prior in fitter.model.priors:
        if prior.name.startswith("weight."):
            drawn = quick["prior"]["weight"].sel(claim=prior.name.removeprefix("weight.")).values
            assert drawn.mean() == pytest.approx(prior.centre, abs=0.01 * prior.spread)
            assert drawn.std() == pytest.approx(prior.spread, rel=0.01)
            assert np.mean(drawn > 0) == pytest.approx(norm.cdf(prior.centre / prior.spread), abs=0.002)


def test_a_narrative_that_lacks_a_claim_has_no_weight_for_it(fitter: Fitter, draws: Draws, monkeypatch):
    rest = [claim.id for claim in fitter.case.claims][1:]
    monkeypatch.setattr(store, "claims_of", lambda *_: tuple(rest))
    tree = store.tree_of(fitter, draws, None, "some", QUICK)
    assert tree["posterior"]["claim"].values.tolist() == rest
    assert tree["prior"]["claim"].values.tolist() == rest
    assert tree.attrs["narrative"] == "some"


def test_paths_and_record_stand_on_the_steps_that_were_known(fitter: Fitter, quick: xr.DataTree):
    months = quick["paths"]["time"].values.astype("datetime64[M]").astype(str).tolist()
    about = fitter.case.about
    assert (months[0], months[-1]) == (about.start, about.record_ends)
    assert quick["paths"]["path"].dims == ("past", "quantity", "time")
    assert quick["paths"]["path"].dtype == np.float32
    assert quick["observed_data"]["time"].identical(quick["paths"]["time"])


def test_futures_can_start_from_what_is_kept(draws: Draws, quick: xr.DataTree):
    kept = store.draws_of(quick)
    assert np.array_equal(kept["rows"], draws.path_rows)
    assert np.array_equal(kept["past"], draws.past)


def test_the_attributes_say_what_was_fitted(fitter: Fitter, quick: xr.DataTree):
    attrs = quick.attrs
    assert (attrs["case"], attrs["case_hash"]) == (fitter.case.about.name, fitter.case.hash)
    assert (attrs["version"], attrs["quick"], attrs["passed"]) == (shatterbelt.__version__, 1, 1)
    assert attrs["known_until"] == fitter.case.about.record_ends


# -------------------------------------------------------------------------------- diagnostics


def test_an_approximation_claims_no_diagnostics(fitter: Fitter, quick: xr.DataTree):
    assert "diagnostics" not in quick.children
    assert "sample_stats" not in quick.children
    found = FitResult(fitter.case, quick).diagnostics()
    assert found == {"passed": True, "kind": "approximation at the mode"}


def test_a_sample_that_mixes_passes_and_tells_its_divergences(fitter: Fitter, draws: Draws):
    tree = sampled(fitter, draws, 0.0)
    found = FitResult(fitter.case, tree).diagnostics()
    assert found["passed"]
    assert found["divergences"] == 1
    assert fitter.model.parameter_names[0] in found["touched"]
    assert tree["sample_stats"]["diverging"].dims == ("chain", "draw")


def test_a_sample_whose_chains_disagree_fails_with_every_parameter_named(fitter: Fitter, draws: Draws):
    result = FitResult(fitter.case, sampled(fitter, draws, 2.0))
    assert not result.passed
    named = {line.partition(":")[0] for line in result.diagnostics()["failures"]}
    assert named == set(fitter.model.parameter_names)


# -------------------------------------------------------------------------------------- files


def test_a_fit_comes_back_from_its_file_as_it_was(tmp_path: Path, fitter: Fitter, draws: Draws):
    tree = sampled(fitter, draws, 0.0)
    path = store.save(tree, tmp_path / "new" / "fit.nc")
    assert store.load(path).identical(tree)
    assert [one.name for one in path.parent.iterdir()] == ["fit.nc"]


def test_arviz_reads_the_file(tmp_path: Path, fitter: Fitter, draws: Draws):
    from arviz_base import convert_to_datatree, extract

    path = store.save(sampled(fitter, draws, 0.0), tmp_path / "fit.nc")
    found = extract(convert_to_datatree(str(path)), var_names="weight")
    assert found.sizes == {"claim": len(fitter.case.claims), "sample": 3000}


def test_a_fit_that_cannot_be_written_says_so(tmp_path: Path, quick: xr.DataTree):
    (tmp_path / "file").write_text("")
    with pytest.raises(RequestError, match="it cannot be written"):
        store.save(quick, tmp_path / "file" / "fit.nc")


@pytest.mark.parametrize("content", [None, b"", b"not netcdf at all"])
def test_a_file_that_is_no_fit_is_told(tmp_path: Path, content: bytes | None):
    path = tmp_path / "fit.nc"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RequestError, match="no such file" if content is None else "no NetCDF"):
        store.load(path)


def test_netcdf_of_something_else_is_no_fit(tmp_path: Path):
    xr.Dataset({"x": ("t", [1.0])}).to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    with pytest.raises(RequestError, match="it holds no posterior"):
        store.load(tmp_path / "other.nc")


# -------------------------------------------------------------------------------------- cache


class Counting:
    """A fitter that counts how often it fits."""

    def __init__(self, fitter: Fitter, draws: Draws) -> None:
        self.case, self.model, self.draws, self.fits = fitter.case, fitter.model, draws, 0

    def fit(self, *_: object) -> Draws:
        self.fits += 1
        return self.draws


@pytest.fixture
def counting(fitter: Fitter, draws: Draws, tmp_path: Path, monkeypatch) -> Counting:
    monkeypatch.setenv("SHATTERBELT_CACHE", str(tmp_path / "cache"))
    return Counting(fitter, draws)


def test_the_same_fit_is_made_once(counting: Counting):
    first, second = (store.cached_fit(counting.case, settings=QUICK, fitter=counting) for _ in range(2))
    assert counting.fits == 1
    assert first.identical(second)


def test_other_settings_or_another_day_are_another_fit(counting: Counting):
    day = counting.case.about.record_ends
    keys = {
        store.key_of(counting.case, None, None, QUICK),
        store.key_of(counting.case, None, None, dataclasses.replace(QUICK, seed=1)),
        store.key_of(counting.case, None, None, Settings()),
        store.key_of(counting.case, shatterbelt.api.asking.date(day), None, QUICK),
    }
    assert len(keys) == 4


def test_a_changed_record_is_another_fit(tmp_path: Path):
    folder = Path(shutil.copytree(GOOD, tmp_path / "copy"))
    before = store.key_of(load_case(folder), None, None, QUICK)
    assert before == store.key_of(load_case(GOOD), None, None, QUICK)
    events = folder / "record" / "events.csv"
    lines = events.read_text().splitlines()
    events.write_text("\n".join(lines[:-1]) + "\n")
    assert store.key_of(load_case(folder), None, None, QUICK) != before


def test_a_damaged_file_in_the_cache_costs_only_another_fit(counting: Counting):
    store.cached_fit(counting.case, settings=QUICK, fitter=counting)
    file = store.fit_file(counting.case, None, None, QUICK)
    file.write_bytes(file.read_bytes()[:1000])
    store.cached_fit(counting.case, settings=QUICK, fitter=counting)
    assert counting.fits == 2
    assert "posterior" in store.load(file).children


def test_without_a_cache_every_fit_is_made(counting: Counting, monkeypatch):
    monkeypatch.setenv("SHATTERBELT_CACHE", "")
    for _ in range(2):
        store.cached_fit(counting.case, settings=QUICK, fitter=counting)
    assert counting.fits == 2


def test_a_cache_that_cannot_be_written_loses_no_fit(counting: Counting, tmp_path: Path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SHATTERBELT_CACHE", str(tmp_path / "file"))
    assert "posterior" in store.cached_fit(counting.case, settings=QUICK, fitter=counting).children
