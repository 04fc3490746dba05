"""Say what is allowed, in plain words, from the types of the case format."""

from __future__ import annotations

import datetime as dt
import types as python_types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from shatterbelt.case.findings import shown

_ANEW = "shatterbelt.documents.locate in Python makes a quote of a phrase"
PATTERNS: Mapping[str, tuple[str, str]] = {
    r"^[a-z][a-z0-9_]*$": ("a name: lower-case letters, digits and _, starting with a letter", ""),
    r"^[a-z][a-z0-9-]*$": ("a name: lower-case letters, digits and -, starting with a letter", ""),
    r"^\d{4}-(0[1-9]|1[0-2])$": ("a month as YYYY-MM", ""),
    r"^\d{4}(-(0[1-9]|1[0-2])|-Q[1-4])?$": ("a year YYYY, a month YYYY-MM or a quarter YYYY-Qn", ""),
    r"^\s*(>=|<=|>|<)\s*-?[0-9.]+(e-?[0-9]+)?\s*$": (
        "a test: >=, <=, > or < and a number",
        "write it in quotes, as in '>= 0.5'",
    ),
    r"^[0-9a-f]{64}$": ("64 hex digits (SHA-256)", _ANEW),
    r"^([0-9a-f]{3})+$": ("three hex digits for each word", _ANEW),
}
"""What each pattern of the types means, and what to try."""


def describe(expected: Any) -> str:
    """Return what a type allows, as a person would say it."""
    while get_origin(expected) is Annotated:
        expected = get_args(expected)[0]
    origin, args = get_origin(expected), get_args(expected)
    if origin is Literal:
        return ", ".join(str(option) for option in args)
    if origin in (Union, python_types.UnionType):
        parts = [describe(member) for member in args]
        return " or ".join(dict.fromkeys(part for part in parts if part))
    if isinstance(expected, type) and issubclass(expected, BaseModel):
        keys = [
            field.alias or name for name, field in expected.model_fields.items() if field.is_required()
        ] or list(expected.model_fields)
        return f"a mapping with {', '.join(keys)}"
    if origin is tuple:
        if len(args) == 2 and args[1] is Ellipsis:
            return f"a list of {_plural(describe(args[0]))}"
        return f"a list of {len(args)}: {', '.join(describe(arg) for arg in args)}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "a mapping of names to values"
    simple: dict[Any, str] = {
        str: "text",
        int: "a whole number",
        float: "a number",
        bool: "true or false",
        python_types.NoneType: "null",
        dt.date: "a date as YYYY-MM-DD",
    }
    return simple.get(expected, "a value")


def _plural(text: str) -> str:
    many = {"text": "texts", "a number": "numbers", "a whole number": "whole numbers"}
    return many.get(text, text.replace("a mapping", "mappings"))


def out_of_range(kind: str, context: Mapping[str, Any], value: object) -> tuple[str, str] | None:
    """Return problem and allowance for a complaint about size, or None where it is about something else."""
    limits = {
        "greater_than": ("gt", "a number above {}"),
        "greater_than_equal": ("ge", "a number of at least {}"),
        "less_than": ("lt", "a number below {}"),
        "less_than_equal": ("le", "a number of at most {}"),
        "string_too_short": ("min_length", "at least {} characters"),
        "string_too_long": ("max_length", "at most {} characters"),
        "too_short": ("min_length", "at least {} entries"),
        "too_long": ("max_length", "at most {} entries"),
    }
    if kind not in limits:
        return None
    key, text = limits[kind]
    limit = context.get(key)
    what = f"{limit:g}" if isinstance(limit, int | float) else str(limit)
    problem = (
        f"{shown(value)} is too {'short' if 'short' in kind else 'long'}"
        if "_" in kind and ("short" in kind or "long" in kind)
        else f"{shown(value)} is out of range"
    )
    return problem, f"allowed is {text.format(what)}"
