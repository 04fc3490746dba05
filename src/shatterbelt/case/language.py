"""The language of formulas: safe arithmetic, parsed into a plain tree that any back end can follow.

The language has ``+ - * / **``, unary minus, parentheses, numbers (``2``, ``1.5e3``, with a unit
``100[USD]``), names of quantities and the functions of :data:`FUNCTIONS`. It has no comparisons, no
attributes and no way to reach Python: the parser is written out here (Pratt 1973).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from shatterbelt.errors import FormulaError, nearest

MAX_LENGTH = 2_000
"""Characters of a formula."""
MAX_NESTING = 50
"""Parentheses, function calls, signs and powers inside one another."""
MAX_DEPTH = 200
"""Height of the tree: as many terms as one sum or product can have."""
MAX_NUMBER = 1e15

FUNCTIONS: Mapping[str, tuple[int, int]] = {
    "min": (2, 20),
    "max": (2, 20),
    "abs": (1, 1),
    "exp": (1, 1),
    "log": (1, 1),
    "sqrt": (1, 1),
    "tanh": (1, 1),
    "logistic": (1, 1),
    "clip": (3, 3),
    "delay": (2, 2),
    "smooth": (2, 2),
}
"""Every function with the least and the most arguments that it takes."""

Operator = Literal["+", "-", "*", "/", "**"]


@dataclass(frozen=True, slots=True)
class Num:
    """A number; ``unit`` is empty for a bare one."""

    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """The value of a quantity in the same step."""

    name: str


@dataclass(frozen=True, slots=True)
class Neg:
    """Minus the operand."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two operands."""

    op: Operator
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Call:
    """A function of :data:`FUNCTIONS`.

    ``delay(x, k)`` is x as it was k steps before (k a whole number, 1 to 120). ``smooth(x, h)`` is the
    exponential smooth s[t] = d s[t-1] + (1-d) x[t] with d = 2^(-1/h), h its half-life in steps.
    """

    function: str
    args: tuple[Expr, ...]


Expr = Num | Name | Neg | Binary | Call


# --------------------------------------------------------------------------- tokens

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)(?P<unit>\[[^\[\]]*\])?"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<op>\*\*|[-+*/(),])",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Literal["number", "name", "op", "end"]
    text: str
    at: int
    unit: str = ""


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise FormulaError(
                f"character {at + 1}: {text[at]!r} has no meaning in a formula; allowed are numbers, names, "
                "+ - * / ** ( ) and commas between arguments"
            )
        if found["number"] is not None:
            yield _Token("number", found["number"], at, (found["unit"] or "")[1:-1].strip())
        elif found["name"] is not None:
            yield _Token("name", found["name"], at)
        elif found["op"] is not None:
            yield _Token("op", found["op"], at)
        at = found.end()
    yield _Token("end", "", at)


# --------------------------------------------------------------------------- parser

_BINDING: Mapping[str, int] = {"+": 10, "-": 10, "*": 20, "/": 20, "**": 40}
_UNARY = 30


class _Parser:
    """Precedence climbing over a list of tokens, one token ahead."""

    def __init__(self, text: str, functions: Mapping[str, tuple[int, int]]) -> None:
        self.tokens = list(_tokens(text))
        self.next = 0
        self.nesting = 0
        self.functions = functions

    def peek(self) -> _Token:
        return self.tokens[self.next]

    def take(self) -> _Token:
        token = self.tokens[self.next]
        self.next += 1
        return token

    def expect(self, text: str, why: str) -> None:
        token = self.peek()
        if token.kind != "op" or token.text != text:
            raise FormulaError(f"character {token.at + 1}: expected {text!r} {why}, found {_seen(token)}")
        self.take()

    def expression(self, binding: int) -> tuple[Expr, int]:
        """Return the expression that binds tighter than ``binding``, and the height of its tree."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise FormulaError(
                f"character {self.peek().at + 1}: nested deeper than {MAX_NESTING}; split the formula into "
                "several quantities of kind formula"
            )
        left, height = self.operand()
        while (power := _BINDING.get(self.peek().text, 0)) > binding:
            token = self.take()
            right, other = self.expression(power - 1 if token.text == "**" else power)
            left, height = Binary(_operator(token.text), left, right), 1 + max(height, other)
            if height > MAX_DEPTH:
                raise FormulaError(f"character {token.at + 1}: more than {MAX_DEPTH} terms in a row")
        self.nesting -= 1
        return left, height

    def operand(self) -> tuple[Expr, int]:
        token = self.take()
        if token.kind == "number":
            return self.number(token), 1
        if token.kind == "name":
            if self.peek().text == "(":
                return self.call(token)
            return Name(token.text), 1
        if token.text == "-":
            inner, height = self.expression(_UNARY)
            return Neg(inner), height + 1
        if token.text == "(":
            inner, height = self.expression(0)
            self.expect(")", "to close the parenthesis")
            return inner, height
        raise FormulaError(
            f"character {token.at + 1}: expected a number, a name or '(', found {_seen(token)}"
        )

    def number(self, token: _Token) -> Num:
        value = float(token.text)
        if value > MAX_NUMBER:
            raise FormulaError(f"character {token.at + 1}: the number is larger than {MAX_NUMBER:g}")
        return Num(value, token.unit)

    def call(self, token: _Token) -> tuple[Expr, int]:
        if token.text not in self.functions:
            known = ", ".join(self.functions) or "none here"
            raise FormulaError(
                "; ".join(
                    part
                    for part in (
                        f"character {token.at + 1}: unknown function {token.text!r}",
                        f"functions are {known}",
                        nearest(token.text, self.functions),
                    )
                    if part
                )
            )
        self.take()
        args: list[Expr] = []
        height = 0
        if self.peek().text != ")":
            while True:
                inner, other = self.expression(0)
                args.append(inner)
                height = max(height, other)
                if self.peek().text != ",":
                    break
                self.take()
        self.expect(")", f"to close {token.text}(")
        _check_arguments(token, args, self.functions[token.text])
        return Call(token.text, tuple(args)), height + 1


def _operator(text: str) -> Operator:
    operators: dict[str, Operator] = {"+": "+", "-": "-", "*": "*", "/": "/", "**": "**"}
    return operators[text]


def _seen(token: _Token) -> str:
    return "the end of the formula" if token.kind == "end" else repr(token.text)


def _check_arguments(token: _Token, args: list[Expr], arity: tuple[int, int]) -> None:
    least, most = arity
    where = f"character {token.at + 1}: {token.text}()"
    if not least <= len(args) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise FormulaError(f"{where} has {len(args)} arguments; it takes {wanted}")
    if token.text == "delay":
        steps = args[1]
        whole = isinstance(steps, Num) and not steps.unit and steps.value.is_integer()
        if not (whole and isinstance(steps, Num) and 1 <= steps.value <= 120):
            raise FormulaError(f"{where}: the second argument is a whole number of steps, 1 to 120")
    if token.text == "smooth":
        half = args[1]
        if not (isinstance(half, Num) and not half.unit and 0 < half.value <= 240):
            raise FormulaError(f"{where}: the second argument is a half-life in steps, above 0 and up to 240")


@functools.lru_cache(maxsize=4_096)
def _parsed(text: str) -> Expr:
    return _parse(text, FUNCTIONS)


def parse(text: str, functions: Mapping[str, tuple[int, int]] = FUNCTIONS) -> Expr:
    """Read a formula into its tree.

    Raises:
        FormulaError: the text is no formula; the message has the character and what was expected.
    """
    return _parsed(text) if functions is FUNCTIONS else _parse(text, functions)


def _parse(text: str, functions: Mapping[str, tuple[int, int]]) -> Expr:
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            f"the formula has {len(text)} characters; allowed are {MAX_LENGTH}; "
            "split it into several quantities"
        )
    if not text.strip():
        raise FormulaError("the formula is empty; write a number or the name of a quantity")
    parser = _Parser(text, functions)
    tree, _ = parser.expression(0)
    rest = parser.peek()
    if rest.kind != "end":
        raise FormulaError(
            f"character {rest.at + 1}: {rest.text!r} after the end of the formula; an operator such as * "
            "may be missing before it"
        )
    return tree


# --------------------------------------------------------------------------- views of a tree


def text_of(expr: Expr) -> str:
    """Return a text that parses back to the same tree, with parentheses only where needed."""
    return _text(expr)[0]


_ATOM = 100


def _text(expr: Expr) -> tuple[str, int]:
    """Text of an expression and how tightly its outermost part binds."""
    match expr:
        case Num(value, unit):
            return f"{_number(value)}{f'[{unit}]' if unit else ''}", _ATOM
        case Name(name):
            return name, _ATOM
        case Call(function, args):
            return f"{function}({', '.join(text_of(arg) for arg in args)})", _ATOM
        case Neg(operand):
            return f"-{_wrap(operand, _UNARY)}", _UNARY
        case Binary(op, left, right):
            power = _BINDING[op]
            if op == "**":
                # The exponent may start with a sign; the base may not.
                inner = text_of(right) if isinstance(right, Neg) else _wrap(right, power)
                return f"{_wrap(left, power + 1)}**{inner}", power
            return f"{_wrap(left, power)} {op} {_wrap(right, power + 1)}", power


def _wrap(expr: Expr, binding: int) -> str:
    text, own = _text(expr)
    return text if own >= binding else f"({text})"


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and value < MAX_NUMBER else repr(value)


def names(expr: Expr) -> frozenset[str]:
    """Return the quantities that a formula reads, at any step."""
    return frozenset(name for name, _ in _reads(expr, delayed=False))


def names_now(expr: Expr) -> frozenset[str]:
    """Return the quantities that a formula reads in the same step: all but those inside ``delay``."""
    return frozenset(name for name, delayed in _reads(expr, delayed=False) if not delayed)


def _reads(expr: Expr, *, delayed: bool) -> Iterator[tuple[str, bool]]:
    match expr:
        case Name(name):
            yield name, delayed
        case Neg(operand):
            yield from _reads(operand, delayed=delayed)
        case Binary(_, left, right):
            yield from _reads(left, delayed=delayed)
            yield from _reads(right, delayed=delayed)
        case Call(function, args):
            for arg in args:
                yield from _reads(arg, delayed=delayed or function == "delay")
        case Num():
            return


def rename(expr: Expr, change: Callable[[str], Expr]) -> Expr:
    """Return the tree with every name replaced by what ``change`` returns for it."""
    match expr:
        case Name(name):
            return change(name)
        case Neg(operand):
            return Neg(rename(operand, change))
        case Binary(op, left, right):
            return Binary(op, rename(left, change), rename(right, change))
        case Call(function, args):
            return Call(function, tuple(rename(arg, change) for arg in args))
        case Num():
            return expr
