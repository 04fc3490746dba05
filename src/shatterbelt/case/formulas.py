"""Formulas of a case: the tree of one, what it reads, and the unit that it gives."""

from shatterbelt.case.language import (
    FUNCTIONS,
    MAX_LENGTH,
    MAX_NESTING,
    Binary,
    Call,
    Expr,
    Name,
    Neg,
    Num,
    names,
    names_now,
    parse,
    rename,
    text_of,
)
from shatterbelt.case.units import formula_unit as units

__all__ = [
    "FUNCTIONS",
    "MAX_LENGTH",
    "MAX_NESTING",
    "Binary",
    "Call",
    "Expr",
    "Name",
    "Neg",
    "Num",
    "names",
    "names_now",
    "parse",
    "rename",
    "text_of",
    "units",
]
