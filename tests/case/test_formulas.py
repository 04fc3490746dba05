"""Formulas: what they mean, what they refuse, and that printing and parsing undo each other."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shatterbelt.case import formulas
from shatterbelt.case.formulas import (
    FUNCTIONS,
    Binary,
    Call,
    Name,
    Neg,
    Num,
    names,
    names_now,
    parse,
    text_of,
)
from shatterbelt.errors import FormulaError


def value(expr, given):
    """Compute a formula of plain numbers, by the rules of arithmetic and nothing of the package's."""
    match expr:
        case Num(number):
            return number
        case Name(name):
            return given[name]
        case Neg(operand):
            return -value(operand, given)
        case Binary(op, left, right):
            a, b = value(left, given), value(right, given)
            return (
                {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else math.inf}.get(op)
                if op != "**"
                else a**b
            )
        case Call("clip", (x, low, high)):
            return min(max(value(x, given), value(low, given)), value(high, given))
        case Call(function, args):
            inner = [value(arg, given) for arg in args]
            return {"min": min, "max": max}[function](inner)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 - 3 - 4", -5),
        ("16 / 4 / 2", 2),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("(-2) ** 2", 4),
        ("2 ** -1", 0.5),
        ("2 * -3", -6),
        ("- - 3", 3),
        ("1.5e3 + .5", 1500.5),
        ("max(1, 2, x)", 5),
        ("clip(x, 0, 1)", 1),
        ("x - -x", 10),
    ],
)
def test_precedence_is_that_of_school(text, result):
    assert value(parse(text), {"x": 5}) == result


_names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
_numbers = st.builds(Num, st.floats(0, 1e15, allow_nan=False), st.sampled_from(["", "", "USD", "USD/tonne"]))
_leaves = _numbers | st.builds(Name, _names)


def _compound(inner):
    two = st.tuples(inner, inner)
    lag = st.builds(Num, st.integers(1, 120).map(float))
    return (
        st.builds(Neg, inner)
        | st.builds(Binary, st.sampled_from(["+", "-", "*", "/", "**"]), inner, inner)
        | st.builds(Call, st.sampled_from(["min", "max"]), two)
        | st.builds(
            Call, st.sampled_from(["abs", "exp", "log", "sqrt", "tanh", "logistic"]), st.tuples(inner)
        )
        | st.builds(Call, st.just("clip"), st.tuples(inner, inner, inner))
        | st.builds(Call, st.sampled_from(["delay", "smooth"]), st.tuples(inner, lag))
    )


@settings(deadline=None, max_examples=200)
@given(st.recursive(_leaves, _compound, max_leaves=12))
def test_parsing_undoes_printing(expr):
    assert parse(text_of(expr)) == expr


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60) | st.text(alphabet="ab1.()+-*/,[] eE_'\"", max_size=60))
def test_any_text_is_a_formula_or_a_formula_error(text):
    try:
        expr = parse(text)
    except FormulaError:
        return
    assert parse(text_of(expr)) == expr


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "().__class__",
        "x.__class__",
        "lambda: 0",
        "[1][0]",
        "open('f')",
        "eval(1)",
        "x if y else z",
        "x := 1",
        "f'{x}'",
        "a < b",
        "a and b",
    ],
)
def test_nothing_reaches_python(text):
    with pytest.raises(FormulaError):
        parse(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a + ", "character 5: expected a number, a name or '(', found the end of the formula"),
        ("(a", "expected ')' to close the parenthesis"),
        ("a b", "character 3: 'b' after the end of the formula"),
        ("lg(a)", "unknown function 'lg'"),
        ("lgo(a)", "did you mean 'log'?"),
        ("clip(a, 1)", "clip() has 2 arguments; it takes 3"),
        ("delay(a, 0)", "a whole number of steps, 1 to 120"),
        ("delay(a, b)", "a whole number of steps, 1 to 120"),
        ("delay(a, 1.5)", "a whole number of steps, 1 to 120"),
        ("smooth(a, 0)", "a half-life in steps"),
        ("", "the formula is empty"),
        ("1e16", "larger than 1e+15"),
        ("1" * 5000, "5000 characters"),
        ("(" * 60 + "a" + ")" * 60, "nested deeper than 50"),
        ("-" * 60 + "a", "nested deeper than 50"),
        ("+".join("a" * 300), "more than 200 terms"),
        ("2 " + "** 2 " * 60, "nested deeper than 50"),
    ],
)
def test_a_mistake_is_told_with_its_place(text, told):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert told in str(caught.value)


def test_names_are_those_of_quantities_and_not_of_functions():
    expr = parse("max(a, b) + delay(c * d, 2) - smooth(e, 3)")
    assert names(expr) == {"a", "b", "c", "d", "e"}
    assert names_now(expr) == {"a", "b", "e"}


def test_renaming_reaches_every_place():
    expr = formulas.rename(parse("a + delay(a, 2) ** -min(a, 1)"), lambda name: Name(name + "_x"))
    assert text_of(expr) == "a_x + delay(a_x, 2)**-min(a_x, 1)"


def test_every_function_has_a_place_in_the_language():
    for name, (least, _) in FUNCTIONS.items():
        args = ["x"] * least if name not in ("delay", "smooth") else ["x", "2"]
        assert parse(f"{name}({', '.join(args)})") is not None
