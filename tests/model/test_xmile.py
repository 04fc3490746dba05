"""What is written as XMILE: read back by its own rules, it gives our numbers."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import jax.numpy as jnp
import numpy as np
import pytest

from model import running as r
from model.small import small_case
from shatterbelt.model.xmile import NAMESPACE, to_xmile

FUNCTIONS = {"MAX": max, "MIN": min, "EXP": math.exp, "LN": math.log, "ABS": abs, "SQRT": math.sqrt}
STEPS = 12


def run_xmile(text: str, steps: int = STEPS) -> dict[str, list[float]]:
    """Run an XMILE document by Euler's method, straight from the standard's definitions."""
    space = {"x": NAMESPACE}
    variables = list(ElementTree.fromstring(text).find("x:model/x:variables", space))
    equation = {one.get("name"): one.find("x:eqn", space).text.replace("^", "**") for one in variables}
    stocks = {one.get("name"): one for one in variables if one.tag.endswith("}stock")}
    levels: dict[str, float] = {}
    series: dict[str, list[float]] = {name: [] for name in equation}
    for _ in range(steps + 1):
        levels = levels or _at_once(equation, {}, list(stocks))
        known = _at_once(equation, levels, list(equation))
        for name in equation:
            series[name].append(known[name])
        flow = {name: [known[one.find(f"x:{side}", space).text] for side in ("inflow", "outflow")]
                for name, one in stocks.items()}  # fmt: skip
        levels = {name: levels[name] + into - out for name, (into, out) in flow.items()}
    return series


def _at_once(equation: dict[str, str], levels: dict[str, float], wanted: list[str]) -> dict[str, float]:
    """Return variables at one time; without levels, stocks are what their equation says."""
    known = dict(levels)

    def value(name: str) -> float:
        if name not in known:
            needed = {one for one in re.findall(r"[a-z_]\w*", equation[name]) if one in equation}
            seen = {one: value(one) for one in needed}
            known[name] = eval(equation[name], {"__builtins__": {}, **FUNCTIONS}, seen)  # noqa: S307
        return known[name]

    return {name: value(name) for name in wanted}


QUANTITIES = {
    "birth": r.given({"process": "constant", "low": 0.1, "high": 0.3}),
    "herd": r.stock(initial=10, inflow="born", outflow="0.05 * delay(herd, 1)"),
    "born": r.formula("birth * delay(herd, 1)"),
    "twice": r.formula("herd * 2 - delay(herd, 3)"),
    "late": r.formula("delay(born, 2) + delay(herd + born, 1)"),
    "slow": r.formula("smooth(herd, 3)"),
    "bent": r.formula("tanh(born) + logistic(-herd) + clip(born, 0, 3) + min(born, 4, herd) ** 2"),
    "pit": r.stock(initial=5, inflow="0", outflow="born", floor=1),
    "rest": r.formula("max(pit, 2) - abs(-pit) / sqrt(herd) + exp(-born) + log(herd)"),
}


def test_the_numbers_are_those_of_the_step():
    path = r.walked(r.model_of(QUANTITIES), {"constant.birth": jnp.asarray(0.2)}, jnp.zeros((STEPS, 0, 1)))
    written = run_xmile(to_xmile(small_case([], QUANTITIES), STEPS))
    for name, values in path.items():
        now = f"{name}_now" if QUANTITIES[name]["kind"] == "stock" else name
        np.testing.assert_allclose(written[now][:STEPS], values[:, 0], rtol=1e-9, err_msg=name)


def test_a_stock_stands_as_it_is_before_the_step():
    written = run_xmile(to_xmile(small_case([], QUANTITIES), STEPS))
    assert written["herd"][0] == 10
    assert written["herd"][1:] == pytest.approx(written["herd_now"][:-1])


def test_what_xmile_cannot_say_is_noted():
    text = to_xmile(small_case())
    case = small_case()
    root = ElementTree.fromstring(text)
    docs = {one.get("name"): one.findtext(f"{{{NAMESPACE}}}doc") for one in root.iter(f"{{{NAMESPACE}}}aux")}
    for name, quantity in case.quantities.items():
        if quantity.kind in {"level", "events", "status", "share"}:
            assert f"kind {quantity.kind}" in docs[name]
            for claim in case.claims:
                assert (claim.id in docs[name]) == (claim.effect == name), claim.id


def test_units_and_titles_are_kept():
    case = small_case([], {"herd": r.stock(initial=1, unit="count"), "half": r.formula("herd / 2")})
    root = ElementTree.fromstring(to_xmile(case))
    herd = next(root.iter(f"{{{NAMESPACE}}}stock"))
    assert herd.findtext(f"{{{NAMESPACE}}}units") == "count"
    assert herd.findtext(f"{{{NAMESPACE}}}doc") == "A stock"
