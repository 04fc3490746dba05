"""Formulas and units: that each can be read, knows its names, and gives the unit it is said to give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shatterbelt.case import formulas
from shatterbelt.case.draft import Draft
from shatterbelt.case.findings import Findings, Path, Tree, near, shown
from shatterbelt.case.formulas import Expr
from shatterbelt.case.types import Formula, Share, Status, Stock
from shatterbelt.case.units import factor, same, unit
from shatterbelt.case.units import shown as unit_shown
from shatterbelt.errors import FormulaError

MAX_FORMULAS = 100_000
"""Characters of all formulas of a case."""


def texts_of(quantity: Any) -> Iterator[tuple[str, str]]:
    """Yield the key and text of every formula of a quantity."""
    if isinstance(quantity, Formula):
        yield "formula", quantity.formula
    if isinstance(quantity, Stock):
        yield "inflow", quantity.inflow
        yield "outflow", quantity.outflow
        if isinstance(quantity.initial, str):
            yield "initial", quantity.initial


def check_formulas(draft: Draft, findings: Findings) -> None:
    """Tell unknown units, formulas that cannot be read, and formulas whose units do not fit."""
    tree = draft.trees["quantities.yaml"]
    units: dict[str, str] = {}
    for name, quantity in draft.quantities.items():
        problem = _unit_problem(quantity)
        if problem:
            findings.at(tree, (name, "unit"), *problem)
        else:
            units[name] = quantity.unit
    known = draft.names("quantities.yaml")
    length = sum(len(text) for one in draft.quantities.values() for _, text in texts_of(one))
    if length > MAX_FORMULAS:
        together = f"the formulas have {length:,} characters together"
        findings.at(tree, (), together, f"up to {MAX_FORMULAS:,} are read")
        return
    for name, quantity in draft.quantities.items():
        for key, text in texts_of(quantity):
            tree_of = _read(text, tree, (name, key), findings)
            if tree_of is not None:
                _names(tree_of, key, known, tree, (name, key), findings)
                _fits(tree_of, quantity.unit, units, tree, (name, key), findings)


def _unit_problem(quantity: Any) -> tuple[str, str, str] | None:
    try:
        found = unit(quantity.unit)
    except FormulaError as error:
        return str(error), "", ""
    if isinstance(quantity, Share | Status) and not same(found, unit("dimensionless")):
        return (
            f"the unit of a {quantity.kind} is {shown(quantity.unit)}",
            f"a {quantity.kind} runs from 0 to 1 and is dimensionless",
            "write unit: dimensionless",
        )
    return None


def _read(text: str, tree: Tree, path: Path, findings: Findings) -> Expr | None:
    try:
        return formulas.parse(text)
    except FormulaError as error:
        findings.at(tree, path, f"the formula {shown(text)} cannot be read: {error}")
        return None


def _names(expr: Expr, key: str, known: frozenset[str], tree: Tree, path: Path, findings: Findings) -> None:
    for name in sorted(formulas.names(expr)):
        if key == "initial":
            problem = f"the initial value reads {name!r}"
            findings.at(tree, path, problem, "it is a number, or a formula of numbers only")
        elif name not in known:
            allowed = "names in a formula are quantities of this case"
            close = near(name, [*known, *formulas.FUNCTIONS])
            findings.at(tree, path, f"unknown quantity {name!r} in the formula", allowed, close)


def _fits(
    expr: Expr, declared: str, units: dict[str, str], tree: Tree, path: Path, findings: Findings
) -> None:
    if not formulas.names(expr) <= units.keys():
        return
    try:
        wanted = unit(declared)
    except FormulaError:
        return
    try:
        found = formulas.units(expr, units)
    except FormulaError as error:
        findings.at(tree, path, f"the units of the formula do not fit: {error}")
        return
    bare = not formulas.names(expr) and "[" not in formulas.text_of(expr)
    if same(found, wanted) or bare:
        return
    times = factor(found, wanted)
    problem = f"the formula gives {unit_shown(found)}, the quantity is in {declared}"
    if times is None:
        findings.at(tree, path, problem, "both must be the same", "look for a missing factor with a unit")
    else:
        hint = f"values would be off by a factor of {times:g}: use a number with a unit, as in 100[percent]"
        findings.at(tree, path, problem, "both must be the same", hint)
