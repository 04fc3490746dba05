"""The page of kinds says what the code does: its worked numbers are recomputed, its words are all there."""

import re
import typing
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from model import running as r
from model.small import claim
from shatterbelt.case import formulas
from shatterbelt.case import types as t
from shatterbelt.futures.block import CODES
from shatterbelt.model import kinds
from shatterbelt.model.priors import draw
from shatterbelt.model.start import lowest_equilibrium
from shatterbelt.statements import STRENGTH_SCALE

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "kinds.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## Worked numbers")[2]
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| (-?[0-9.]+) \|$", TABLE, re.MULTILINE)
SUBJECT = r.level(half_life=None, usual=0.0, swing=1.0)


def pushed(effect, path, *, start=0.0, weight=1.0, cause=None, **more):
    """Return what a claim makes a map predict for ``effect`` in the last step of its cause's path."""
    model = r.model_of({"cause": cause or SUBJECT, "effect": effect}, [claim("c", "cause", "effect", **more)])
    values = r.medians(model, weight_c=weight)
    cause_path = jnp.asarray(path, float)[:, None]
    at_start = {"cause": start}
    resting = float(r.start_of(model, values)["effect"])
    whole = {"cause": cause_path, "effect": jnp.full_like(cause_path, resting)}
    found = r.mapped(model, whole, values, start=at_start)["effect"]
    return {
        key: float(np.broadcast_to(np.asarray(value), (len(path), 1))[-1, 0]) for key, value in found.items()
    }


def read(path, **more):
    """Return what a claim reads, as what it adds to a log rate of 0."""
    return pushed(r.events(), path, **more)["log_rate"]


def one_step(quantity, steps=1, start=None, **push):
    """Return a quantity's value after some steps without noise, under a push."""
    model = r.model_of({"x": quantity})
    inputs = r.Inputs(shock={name: jnp.full(steps, size) for name, size in push.items()})
    noise = jnp.zeros((steps, len(model.noise_names), 1))
    path = r.walked(model, r.medians(model), noise, inputs, {} if start is None else {"x": start})
    return float(path["x"][-1, 0])


def prior_at_one(quantity, name):
    model = r.model_of({"x": quantity})
    return float(draw(model.priors[model.parameter_names.index(name)], jnp.asarray(1.0)))


def chance_of_none():
    said = pushed(r.events(rate=0.4, dispersion=1.5), [0.5], start=0.5)
    return float(np.exp(kinds.density_events({k: jnp.asarray(v) for k, v in said.items()}, jnp.asarray(0.0))))


def smooth_after_four():
    model = r.model_of({"x": r.level(), "s": r.formula("smooth(x, 4)")})
    inputs = r.Inputs(hold={"x": (jnp.ones(4, bool), jnp.ones(4))})
    return float(r.walked(model, r.medians(model), jnp.zeros((4, 0, 1)), inputs)["s"][-1, 0])


def spread_of_walk():
    model = r.model_of({"x": r.given({"process": "walk", "noise": 0.2})})
    path = r.walked(model, r.medians(model), jnp.eye(9)[:, None, :])["x"]  # each future has one shock of 1
    return float(jnp.sqrt(jnp.sum(path[-1] ** 2)))


def mean_weight():
    model = r.model_of({"a": r.level(), "b": r.level()}, [claim("c", "a", "b")])
    z = jnp.asarray(stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000))
    return float(draw(model.priors[0], z).mean())


CROWD = {"thresholds": {"mean": 0.3, "sd": 0.1}, "adjustment": 0.6, "swing": 0.1}
STEADY = r.level(half_life=12)
WORKED = {
    "swings on a log link": lambda: read(
        [45.0], cause=r.level(link="log", usual=60, swing=20), start=60.0, lag=0
    ),
    "swings of events": lambda: read([7.0], cause=r.events(rate=0.8, swing=2), start=0.8, lag=0),
    "aspect change": lambda: read([0.2, 9, 9, 1.5, 9], aspect={"change": 3}),
    "aspect on": lambda: read([0.1, 0.0], aspect="on"),
    "aspect memory of events": lambda: read(
        [5.0], cause=r.events(rate=0.4), start=0.4, aspect={"memory": 6}, lag=0
    ),
    "aspect memory of others": lambda: read([1.0], aspect={"memory": 3}, lag=0),
    "lag": lambda: read([6.0, 2.0, 1.0, 50.0], lag=[1, 3]),
    "form saturating": lambda: read([3.0], form={"saturating": 2}, lag=0),
    "form threshold above": lambda: read([1.2], form={"threshold": 0.5}, lag=0),
    "form threshold below": lambda: read([-1.2], form={"threshold": -0.5}, lag=0),
    "strength": mean_weight,
    "level": lambda: one_step(STEADY, start=2.0),
    "level under a push": lambda: pushed(STEADY, [1.0], weight=0.35, lag=0)["mean"],
    "level that walks": lambda: pushed(r.level(half_life=None), [1.0], weight=0.35, lag=0)["mean"],
    "events": chance_of_none,
    "status onset": lambda: pushed(r.status(onset=0.03), [1.0], weight=0.7, lag=0)["probability"],
    "status end": lambda: (
        1 - pushed(r.status(end=0.05, starts="on"), [1.0], weight=0.7, lag=0)["probability"]
    ),
    "share": lambda: one_step(r.share(**CROWD), start=0.2, x=0.5),
    "share at rest": lambda: lowest_equilibrium(stats.norm(0.25, 0.1222).cdf),
    "share past tipping": lambda: round(lowest_equilibrium(stats.norm(0.25, 0.1223).cdf), 4),
    "given walk": spread_of_walk,
    "given constant": lambda: prior_at_one(
        r.given({"process": "constant", "low": 0.5, "high": 1.5}), "constant.x"
    ),
    "formula": smooth_after_four,
    "stock": lambda: one_step(r.stock(initial=4, inflow="3", outflow="0.5"), steps=2),
    "prior of a rate": lambda: prior_at_one(r.events(rate=0.4), "rate.x"),
    "prior of an onset": lambda: prior_at_one(r.status(onset=0.97), "onset.x"),
}


def test_every_worked_number_of_the_page_has_its_computation():
    assert [what for what, _, _ in ROWS] == list(WORKED)


@pytest.mark.parametrize(("what", "number"), [(what, number) for what, _, number in ROWS])
def test_a_worked_number_is_what_the_model_gives(what, number):
    assert WORKED[what]() == pytest.approx(float(number), abs=0.5001e-4)


def tags(field, union):
    """The words by which the members of a union are told apart."""
    return [typing.get_args(one.model_fields[field].annotation)[0] for one in typing.get_args(union)]


WORDS = {
    "kinds": tags("kind", typing.get_args(t.Quantity)[0]),
    "processes": tags("process", t.Given.model_fields["then"].annotation),
    "functions": list(formulas.FUNCTIONS),
    "strengths": list(STRENGTH_SCALE),
    "codes": list(CODES),
    "aspects": ["level", "on", "change", "memory"],
    "forms": ["linear", "saturating", "threshold"],
    "signs": ["+", "-", "unknown"],
    "links": ["identity", "log", "logit"],
    "hazards": ["onset", "end", "acts_on"],
}


@pytest.mark.parametrize(
    ("group", "word"), [(group, word) for group, words in WORDS.items() for word in words]
)
def test_every_word_of_a_case_stands_on_the_page(group, word):
    assert re.search(rf"`{re.escape(word)}[`:(]", PAGE), f"{group}: {word}"


def test_every_kind_has_its_section():
    sections = re.findall(r"^### (\w+)$", PAGE, re.MULTILINE)
    assert set(WORDS["kinds"]) <= set(sections)


def test_every_parameter_of_the_small_case_has_its_prior_on_the_page():
    found = {name.partition(".")[0] for name in r.small_model().parameter_names}
    assert {name for name in found if f"`{name}." not in PAGE} == set()


def test_the_scales_of_the_words_are_the_ones_that_are_run():
    found = dict(re.findall(r"^\| `(\w+)`(?: \(default\))? \| ([0-9.]+) \|$", PAGE, re.MULTILINE))
    assert {word: float(scale) for word, scale in found.items()} == STRENGTH_SCALE
