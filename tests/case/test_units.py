"""Units: what they are made of, how they convert, and what a formula's terms must share."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shatterbelt.case.formulas import parse, units
from shatterbelt.case.units import conversion, convert, known_units, same, unit
from shatterbelt.errors import FormulaError

OF = {"price": "USD/tonne", "mass": "tonne", "rate": "percent", "ratio": "dimensionless", "cost": "USD"}


@pytest.mark.parametrize(
    ("source", "target", "times"),
    [
        ("USD per 1000 m3", "USD/thousand_m3", 1),
        ("billion_USD", "million_USD", 1000),
        ("percent", "dimensionless", 0.01),
        ("%", "percent", 1),
        ("megatonne", "tonne", 1e6),
        ("persons", "person", 1),
        ("1/month", "1/year", 12),
        ("barrel", "m3", 0.158987294928),
        ("trillion_RUB", "RUB", 1e12),
        ("USD", "EUR", None),
        ("person", "USD", None),
    ],
)
def test_conversion(source, target, times):
    found = conversion(source, target)
    assert found == (None if times is None else pytest.approx(times))


def test_values_are_converted_or_refused():
    assert convert(3, "billion_USD", "USD") == pytest.approx(3e9)
    with pytest.raises(FormulaError, match="different things"):
        convert(3, "USD", "EUR")


@pytest.mark.parametrize("text", known_units())
def test_every_unit_of_the_list_can_be_used(text):
    assert unit(text).magnitude == 1


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=30) | st.text(alphabet="mkg*/^ ()0123456789%USD", max_size=30))
def test_any_text_is_a_unit_or_a_formula_error(text):
    try:
        found = unit(text)
    except FormulaError:
        return
    assert found.magnitude > 0


@pytest.mark.parametrize(
    "text", ["9**9**9", "m**99", "-m", "0*m", "m+m", "__class__", "exp(m)", "m" * 200, "2[m]"]
)
def test_what_is_no_unit(text):
    with pytest.raises(FormulaError):
        unit(text)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("price * mass", "USD"),
        ("cost / mass", "USD/tonne"),
        ("cost + price * mass", "USD"),
        ("cost + 100[USD]", "USD"),
        ("cost + 0", "USD"),
        ("rate / 100[percent]", "dimensionless"),
        ("exp(cost / 1[USD])", "dimensionless"),
        ("sqrt(cost * cost)", "USD"),
        ("cost ** 2 / cost", "USD"),
        ("2 ** ratio", "dimensionless"),
        ("max(cost, 0, 5)", "USD"),
        ("clip(cost, 1, 2)", "USD"),
        ("delay(cost, 3) - smooth(cost, 2)", "USD"),
        ("abs(-cost)", "USD"),
        ("1 - ratio", "dimensionless"),
    ],
)
def test_the_unit_of_a_formula(text, result):
    assert same(units(parse(text), OF), unit(result))


@pytest.mark.parametrize(
    "text",
    [
        "cost + mass",
        "cost + 1",
        "cost - rate",
        "1 - rate",
        "max(cost, mass)",
        "clip(cost, 0, mass)",
        "exp(cost)",
        "log(rate)",
        "tanh(mass)",
        "cost ** ratio",
        "2 ** cost",
        "cost ** 7",
        "nothing + 1",
    ],
)
def test_units_that_do_not_fit(text):
    with pytest.raises(FormulaError):
        units(parse(text), OF)


def test_the_same_dimension_is_not_the_same_unit():
    with pytest.raises(FormulaError, match="different units"):
        units(parse("a + b"), {"a": "USD", "b": "million_USD"})
