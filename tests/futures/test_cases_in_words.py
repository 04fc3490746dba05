"""Small cases in words, in cases.yaml: what is run, and what is expected of it."""

import datetime as dt
import shlex
from pathlib import Path

import numpy as np
import pytest
import yaml

from futures import toys
from model.small import claim
from shatterbelt.api import asking
from shatterbelt.futures import Branch, run_futures

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))
UNITS = {"events": "count"}


def case_of(entry):
    quantities = {
        name: {"title": f"The {name}", "unit": UNITS.get(spec["kind"], "dimensionless"), **spec}
        for name, spec in entry["quantities"].items()
    }
    claims = [
        claim(one.pop("id", f"claim{i}"), **one) for i, one in enumerate(map(dict, entry.get("claims", [])))
    ]
    record = entry.get("record", {})
    rows = [
        row
        for name, values in record.get("series", {}).items()
        for month, value in values.items()
        for row in toys.series(name, {month: value}, known=dt.date.fromisoformat(f"{month}-28"))
    ]
    events = [toys.raid(str(day)) for day in record.get("events", [])]
    outcomes = {
        name: toys.outcome(one["quantity"], one["when"], one["is"], one["opens"], one["closes"])
        for name, one in entry.get("outcomes", {}).items()
    }
    horizon = entry.get("run", {}).get("horizon", 24)
    return toys.toy_case(quantities, claims, series=rows, events=events, horizon=horizon, outcomes=outcomes)


def branch_of(name, words):
    """Read what is done in a branch, in the words of the command line."""
    told = shlex.split(words)
    done = {"--set": [], "--shock": [], "--on": [], "--off": []}
    for option, text in zip(told[::2], told[1::2], strict=True):
        done[option].append({"--set": asking.hold, "--shock": asking.shock}.get(option, str)(text))
    return Branch(
        name, "all", tuple(done["--on"]), tuple(done["--off"]), tuple(done["--set"]), tuple(done["--shock"])
    )


def run(entry):
    how = entry.get("run", {})
    branches = [Branch("free", "all"), *(branch_of(*pair) for pair in how.get("branches", {}).items())]
    return run_futures(
        case_of(entry), how.get("as_of"), branches, futures=how.get("futures", 512), seed=1, threads=1
    )


def check_outcome(found, said):
    probability = found.outcome_probability.sel(outcome=said["outcome"])
    if "more in" in said:
        assert probability.sel(branch=said["more in"]) > probability.sel(branch=said["than in"])
    else:
        assert abs(probability.sel(branch=said["in"]) - said["probability"]) <= said["within"]


def check(found, said):
    if "outcome" in said:
        return check_outcome(found, said)
    (quantity, when) = next(iter(said.items()))
    first, _, last = when.partition("..")
    part = found.sel(quantity=quantity, time=slice(first, last or first))
    assert part.sizes["time"] > 0
    if "always" in said:
        wanted = np.float32(said["always"])
        paths, mean = (part[name].sel(branch=said["in"]) for name in ("paths", "mean"))
        np.testing.assert_allclose(paths, wanted, rtol=1e-5)
        np.testing.assert_allclose(mean, wanted, rtol=1e-5)  # the paths are some, the mean is of all
    elif "between" in said:
        low, high = said["between"]
        paths = part.paths.sel(branch=said["in"])
        assert ((paths >= low) & (paths <= high)).all()
    elif "mean" in said:
        assert (abs(part["mean"].sel(branch=said["in"]) - said["mean"]) <= said["within"]).all()
    elif "same in" in said:
        one, other = (part.sel(branch=name) for name in said["same in"])
        assert (one.paths.values == other.paths.values).all()
        assert (one["mean"].values == other["mean"].values).all()
    elif "differs in" in said:
        one, other = (part.paths.sel(branch=name).values for name in said["differs in"])
        assert (one != other).any()
    else:
        one, other = (part["mean"].sel(branch=said[key]).values for key in ("more in", "than in"))
        assert (one > other).all()
    return None


@pytest.mark.parametrize("entry", CASES, ids=[entry["name"] for entry in CASES])
def test_a_case_in_words(entry):
    found = run(entry)
    for said in entry["expect"]:
        check(found, said)


def test_every_expectation_is_one_that_is_checked():
    kinds = ({"in", "always"}, {"in", "between"}, {"in", "mean", "within"}, {"same in"}, {"differs in"},
             {"more in", "than in"})  # fmt: skip
    for entry in CASES:
        for said in entry["expect"]:
            if "outcome" in said:
                assert set(said) - {"outcome"} in ({"more in", "than in"}, {"in", "probability", "within"})
            else:
                quantity = next(iter(said))
                assert quantity in entry["quantities"], entry["name"]
                assert set(said) - {quantity} in kinds, f"{entry['name']}: {said}"


def test_a_wrong_expectation_fails():
    entry = next(one for one in CASES if one["name"].startswith("A status that nothing"))
    found = run(entry)
    for said in ({"treaty": "2004-02", "in": "signed", "always": 0},
                 {"treaty": "2004-02", "same in": ["free", "signed"]},
                 {"treaty": "2004-02", "more in": "free", "than in": "signed"},
                 {"treaty": "2004-02", "in": "signed", "mean": 0.5, "within": 0.1},
                 {"treaty": "2004-02", "in": "signed", "between": [0, 0.5]},
                 {"treaty": "2004-01", "differs in": ["free", "signed"]}):  # fmt: skip
        with pytest.raises(AssertionError):
            check(found, said)
