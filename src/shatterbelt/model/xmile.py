"""Write a case's stocks, flows and formulas as XMILE 1.0 (OASIS 2015), which other programs run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree import ElementTree

from shatterbelt.case import types as t
from shatterbelt.case.formulas import Binary, Call, Expr, Name, Neg, Num, parse, text_of
from shatterbelt.statements import Claim

NAMESPACE = "http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"
_PLAIN = {"abs": "ABS", "exp": "EXP", "log": "LN", "sqrt": "SQRT"}


def to_xmile(case: t.Case, steps: int = 200) -> str:
    """Return the case as an XMILE 1.0 document of ``steps`` steps of length 1, by Euler's method.

    A stock of XMILE holds its value before the step: it is what ``delay(stock, 1)`` means here, and
    the auxiliary ``stock_now`` is what the step makes of it. Delays and smooths become chains of
    stocks that give the same numbers. Chance and claims cannot be written in XMILE: quantities that
    they move stand as auxiliaries at their usual value, with a note that names the claims.
    """
    return _Writer(case).write(steps)


@dataclass
class _Writer:
    case: t.Case
    model: ElementTree.Element = field(default_factory=lambda: ElementTree.Element("variables"))
    backs: dict[str, str] = field(default_factory=dict)
    still: bool = False
    """Whether equations are written for a world that has always stood still, as before the first step."""

    def write(self, steps: int) -> str:
        root = ElementTree.Element("xmile", {"version": "1.0", "xmlns": NAMESPACE})
        header = ElementTree.SubElement(root, "header")
        for tag, text in (("vendor", "Shatterbelt"), ("name", self.case.about.title)):
            ElementTree.SubElement(header, tag).text = text
        ElementTree.SubElement(header, "product", {"version": "1.0"}).text = "Shatterbelt"
        specs = ElementTree.SubElement(root, "sim_specs", {"method": "Euler", "time_units": "steps"})
        for tag, number in (("start", 0), ("stop", steps), ("dt", 1)):
            ElementTree.SubElement(specs, tag).text = str(number)
        for name, quantity in self.case.quantities.items():
            self._quantity(name, quantity)
        ElementTree.SubElement(root, "model").append(self.model)
        ElementTree.indent(root)
        return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"

    def _quantity(self, name: str, quantity: t.Quantity) -> None:
        if isinstance(quantity, t.Formula):
            self._variable("aux", name, self._text(parse(quantity.formula)), quantity)
        elif isinstance(quantity, t.Stock):
            self._stock(name, quantity)
        else:
            value = _middle(quantity)
            self._variable("aux", name, repr(value), quantity, self._note(name, quantity))

    def _stock(self, name: str, quantity: t.Stock) -> None:
        flows = [self._text(parse(text)) for text in (quantity.inflow, quantity.outflow)]
        initial = self._before(parse(str(quantity.initial)))
        if quantity.floor is None:
            self._flow(name, initial, f"({flows[0]})", f"({flows[1]})", quantity)
            now = f"{name} + {name}_inflow - {name}_outflow"
        else:
            floored = f"MAX({name} + ({flows[0]}) - ({flows[1]}), {quantity.floor!r}) - {name}"
            self._flow(name, initial, floored, "0", quantity)
            now = f"{name} + {name}_inflow"
        self._variable("aux", f"{name}_now", now, quantity)

    def _flow(self, name: str, initial: str, inflow: str, outflow: str, quantity: t.Quantity | None) -> None:
        stock = self._variable("stock", name, initial, quantity)
        for side, text in (("inflow", inflow), ("outflow", outflow)):
            ElementTree.SubElement(stock, side).text = f"{name}_{side}"
            self._variable("flow", f"{name}_{side}", text, None)

    def _variable(
        self, tag: str, name: str, equation: str, quantity: t.Quantity | None, note: str = ""
    ) -> ElementTree.Element:
        variable = ElementTree.SubElement(self.model, tag, {"name": name})
        ElementTree.SubElement(variable, "eqn").text = equation
        if quantity is not None:
            about = ". ".join(part for part in (quantity.title, note) if part)
            ElementTree.SubElement(variable, "doc").text = about
            ElementTree.SubElement(variable, "units").text = quantity.unit
        return variable

    def _note(self, name: str, quantity: t.Quantity) -> str:
        if isinstance(quantity, t.Given) and isinstance(quantity.then, t.Constant):
            return f"Constant between {quantity.then.low:g} and {quantity.then.high:g}"
        acting = ", ".join(_in_words(claim) for claim in self.case.claims if claim.effect == name)
        note = f"Of kind {quantity.kind}, which XMILE cannot express: it stands at its usual value"
        return f"{note}. Moved by {acting}" if acting else note

    # ------------------------------------------------------------------ equations

    def _text(self, expression: Expr) -> str:
        match expression:
            case Num(value, _):
                return f"({value!r})" if value < 0 else repr(value)
            case Name(name):
                moves = isinstance(self.case.quantities[name], t.Stock) and not self.still
                return f"{name}_now" if moves else name
            case Neg(operand):
                return f"(-{self._text(operand)})"
            case Binary(op, left, right):
                sign = "^" if op == "**" else op
                return f"({self._text(left)} {sign} {self._text(right)})"
            case Call():
                return self._call(expression)

    def _call(self, call: Call) -> str:
        if call.function in {"delay", "smooth"}:
            return self._text(call.args[0]) if self.still else self._back(call)
        args = [self._text(arg) for arg in call.args]
        special: dict[str, Callable[[], str]] = {
            "tanh": lambda: f"(1 - 2/(EXP(2*{args[0]}) + 1))",
            "logistic": lambda: f"(1/(1 + EXP(-{args[0]})))",
            "clip": lambda: f"MAX({args[1]}, MIN({args[2]}, {args[0]}))",
        }
        if call.function in special:
            return special[call.function]()
        if call.function in {"min", "max"}:
            text = args[0]
            for other in args[1:]:
                text = f"{call.function.upper()}({text}, {other})"
            return text
        return f"{_PLAIN[call.function]}({args[0]})"

    def _back(self, call: Call) -> str:
        """Return the name of what a ``delay`` or ``smooth`` looks back on, writing it at first need."""
        text = text_of(call)
        if text not in self.backs:
            self.backs[text] = self._smoothed(call) if call.function == "smooth" else self._delayed(call)
        return self.backs[text]

    def _before(self, expression: Expr) -> str:
        """Return what an expression is before the first step."""
        self.still = True
        text = self._text(expression)
        self.still = False
        return text

    def _delayed(self, call: Call) -> str:
        of, steps = call.args
        assert isinstance(steps, Num)  # the parser lets nothing else through
        source, left = self._text(of), int(steps.value)
        if isinstance(of, Name) and left and isinstance(self.case.quantities[of.name], t.Stock):
            source, left = of.name, left - 1
        for _ in range(left):
            name = f"delayed_{len(self.model)}"
            self._flow(name, self._before(of), source, name, None)
            source = name
        return source

    def _smoothed(self, call: Call) -> str:
        of, half_life = call.args
        assert isinstance(half_life, Num)
        kept, source = 2.0 ** (-1.0 / half_life.value), self._text(of)
        name = f"smoothed_{len(self.model)}"
        self._variable("aux", f"{name}_now", f"{kept!r}*{name} + {1 - kept!r}*({source})", None)
        self._flow(name, self._before(of), f"{name}_now", name, None)
        return f"{name}_now"


def _middle(quantity: t.Quantity) -> float:
    """Return where a quantity stands when nothing moves it."""
    if isinstance(quantity, t.Given) and isinstance(quantity.then, t.Constant):
        return (quantity.then.low + quantity.then.high) / 2
    if isinstance(quantity, t.Status):
        return float(quantity.starts == "on")
    return float(quantity.rate if isinstance(quantity, t.Events) else quantity.usual)


def _in_words(claim: Claim) -> str:
    return f"{claim.id} ({claim.cause}, {claim.sign})"
