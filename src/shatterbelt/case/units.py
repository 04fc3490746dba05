"""Units of quantities, series and formulas, through one small registry that is read when first needed.

A unit text such as ``USD/thousand_m3`` is parsed by the formula parser, so that no text of a case
reaches the units library's own evaluator; the library is asked for plain names only.
"""

from __future__ import annotations

import functools
import importlib.resources
import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from shatterbelt.case import language
from shatterbelt.case.findings import near
from shatterbelt.case.language import Binary, Call, Expr, Name, Neg, Num
from shatterbelt.errors import FormulaError

if TYPE_CHECKING:
    from pint import Quantity, UnitRegistry

    Unit = Quantity[float]

MAX_UNIT_LENGTH = 80
_SAME = 1e-9
"""Relative difference up to which two factors count as equal."""


@functools.cache
def registry() -> UnitRegistry[float]:
    """Return the registry of ``units.txt``; the library is imported on the first call only."""
    import pint

    found: UnitRegistry[float] = pint.UnitRegistry(None)
    text = (importlib.resources.files("shatterbelt.case") / "units.txt").read_text(encoding="utf-8")
    found.load_definitions(text.splitlines())
    return found


@functools.cache
def known_units() -> tuple[str, ...]:
    """Return the names that a unit may be made of, in the order of ``units.txt``."""
    text = (importlib.resources.files("shatterbelt.case") / "units.txt").read_text(encoding="utf-8")
    found: list[str] = ["dimensionless"]
    for line in text.splitlines():
        if line and not line.startswith("#"):
            first, _, *others = (part.strip() for part in line.split("="))
            found += [name for name in (first, *others) if name != "_" and not name.endswith("-")]
    return tuple(found)


@functools.lru_cache(maxsize=2_000)
def unit(text: str) -> Unit:
    """Return one unit of ``text``, such as ``USD/(1000 m3)`` or ``percent``.

    Raises:
        FormulaError: the text is no unit, or names an unknown one.
    """
    if len(text) > MAX_UNIT_LENGTH:
        raise FormulaError(f"the unit has {len(text)} characters; allowed are {MAX_UNIT_LENGTH}")
    if not text.strip():
        raise FormulaError("the unit is empty; write 'dimensionless' for pure numbers")
    plain = text.replace("%", "percent").replace("^", "**")
    plain = re.sub(r"(?<=[0-9]) +(?=[A-Za-z])", "*", plain)
    first, *rest = re.split(r"\bper\b", plain)
    plain = "/".join([first, *(f"({part.strip()})" for part in rest)])
    try:
        return _unit_of(language.parse(plain, functions={}))
    except FormulaError as error:
        raise FormulaError(f"{text!r} is not a unit: {error}") from None


def _unit_of(expr: Expr) -> Unit:
    match expr:
        case Num(value, "") if 0 < value <= 1e15:
            return registry().Quantity(value, "")
        case Name(name):
            return _named(name)
        case Binary(("*" | "/") as op, left, right):
            return _combined(op, _unit_of(left), _unit_of(right))
        case Binary("**", base, exponent):
            power = _plain_number(exponent)
            if power is None or abs(power) > 6:
                raise FormulaError("a power in a unit is a number between -6 and 6")
            return _raised(_unit_of(base), power)
    raise FormulaError(f"{language.text_of(expr)!r} has no meaning in a unit; allowed are names, * / **")


def _combined(op: str, left: Unit, right: Unit) -> Unit:
    found: Unit = left * right if op == "*" else left / right
    return found


def _raised(base: Unit, power: float) -> Unit:
    found: Unit = base**power
    return found


def _named(name: str) -> Unit:
    if name == "dimensionless":
        return registry().Quantity(1.0, "")
    found = registry().get_name(name) if registry().parse_unit_name(name) else ""
    if not found:
        close = near(name, known_units())
        raise FormulaError(
            "; ".join(
                part
                for part in (
                    f"unknown unit {name!r}",
                    "units are listed in docs/case-format.md",
                    close or "try 'dimensionless' for a pure number",
                )
                if part
            )
        )
    return registry().Quantity(1.0, found)


@functools.lru_cache(maxsize=10_000)
def conversion(source: str, target: str) -> float | None:
    """Return the number that turns values in ``source`` into values in ``target``, or None if none does.

    Raises:
        FormulaError: one of the two is no unit.
    """
    if source == target:
        unit(source)
        return 1.0
    return factor(unit(source), unit(target))


def convert(value: float, source: str, target: str) -> float:
    """Return ``value``, given in the unit ``source``, in the unit ``target``.

    Raises:
        FormulaError: one of the two is no unit, or the two measure different things.
    """
    times = conversion(source, target)
    if times is None:
        raise FormulaError(f"{source!r} cannot be converted to {target!r}: they measure different things")
    return value * times


def factor(source: Unit, target: Unit) -> float | None:
    """Return how many ``target`` one ``source`` is, or None where their dimensions differ."""
    ratio = (source / target).to_base_units()
    return float(ratio.magnitude) if ratio.dimensionless else None


def same(one: Unit, other: Unit) -> bool:
    """Whether values in the two units may be added as they stand."""
    if one.magnitude == other.magnitude and one.units == other.units:
        return True
    found = factor(one, other)
    return found is not None and math.isclose(found, 1.0, rel_tol=_SAME)


# --------------------------------------------------------------------------- formulas


def formula_unit(expr: Expr, of: Mapping[str, str]) -> Unit:
    """Return the unit of a formula, from the unit text of each quantity that it reads.

    Values are computed as plain numbers, so two terms of a sum must have the same unit, not only the
    same dimension. A bare number has no unit; next to others in ``min``, ``max`` and ``clip`` it takes
    theirs, and a bare 0 fits anything.

    Raises:
        FormulaError: the units do not fit, or one of them is unknown.
    """
    match expr:
        case Num(_, text):
            return unit(text) if text else _one()
        case Name(name) if name in of:
            return unit(of[name])
        case Name(name):
            raise FormulaError(f"unknown quantity {name!r}")
        case Neg(operand):
            return formula_unit(operand, of)
        case Binary(("*" | "/") as op, left, right):
            return _combined(op, formula_unit(left, of), formula_unit(right, of))
        case Binary("**", base, exponent):
            return _power(base, exponent, of)
        case Binary(op, left, right):
            return _alike((left, right), of, f"the two sides of {op}", bare_fits=False)
        case Call(function, args):
            return _call(function, args, of)


@functools.cache
def _one() -> Unit:
    return registry().Quantity(1.0, "")


def _power(base: Expr, exponent: Expr, of: Mapping[str, str]) -> Unit:
    below = formula_unit(base, of)
    if not same(formula_unit(exponent, of), _one()):
        raise FormulaError(f"the exponent {_short(exponent)} has a unit; it must be a pure number")
    if same(below, _one()):
        return _one()
    power = _plain_number(exponent)
    if power is None:
        raise FormulaError(
            f"{_short(base)} has the unit {_shown(below)}, so its exponent must be a plain number; "
            "divide by one unit first, as in x / 1[USD]"
        )
    if abs(power) > 6:
        raise FormulaError(f"the exponent of {_short(base)} is {power:g}; with a unit it is at most 6")
    return _raised(below, power)


def _call(function: str, args: tuple[Expr, ...], of: Mapping[str, str]) -> Unit:
    if function in ("min", "max", "clip"):
        return _alike(args, of, f"the arguments of {function}()", bare_fits=True)
    inner = formula_unit(args[0], of)
    if function in ("abs", "delay", "smooth"):
        return inner
    if function == "sqrt":
        return _raised(inner, 0.5)
    if not same(inner, _one()):
        raise FormulaError(
            f"{function}({_short(args[0])}): {function} needs a pure number, not {_shown(inner)}; divide by "
            "one unit first, as in x / 1[USD]"
        )
    return _one()


def _alike(args: tuple[Expr, ...], of: Mapping[str, str], what: str, *, bare_fits: bool) -> Unit:
    """Return the one unit that all arguments have, where bare numbers may take it."""
    found: tuple[Expr, Unit] | None = None
    for arg in args:
        number = _plain_number(arg)
        own = formula_unit(arg, of)
        if number is not None and (bare_fits or number == 0):
            continue
        if found is None:
            found = arg, own
        elif not same(own, found[1]):
            raise FormulaError(
                f"{what} have different units: {_short(found[0])} is in {_shown(found[1])}, {_short(arg)} in "
                f"{_shown(own)}; give a number its unit as in 100[USD], or multiply by a factor with units"
            )
    return found[1] if found else _one()


def _plain_number(expr: Expr) -> float | None:
    match expr:
        case Num(value, ""):
            return value
        case Neg(operand):
            inner = _plain_number(operand)
            return None if inner is None else -inner
    return None


def _short(expr: Expr) -> str:
    text = language.text_of(expr)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _shown(value: Unit) -> str:
    """Text of a unit for a message, with its factor where it has one."""
    name = str(value.units).replace(" ", "") or "dimensionless"
    return name if math.isclose(value.magnitude, 1.0, rel_tol=_SAME) else f"{value.magnitude:g} {name}"


def shown(value: Unit) -> str:
    """Return a unit as a message shows it."""
    return _shown(value)
