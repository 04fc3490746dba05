"""Read what is asked of a run, from the command line's texts: dates, months and interventions."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shatterbelt.errors import RequestError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shatterbelt.case.types import Case, Quantity
    from shatterbelt.futures import Hold, Shock

FUTURES = 2_000
"""How many futures are drawn for each narrative unless told: a probability is then known to 0.8 points."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_SET = "QUANTITY=VALUE@FROM..TO"
_SHOCK = "QUANTITY=SIZE@MONTH"


def date(text: str | dt.date) -> dt.date:
    """Return the date of ``YYYY-MM-DD``; of ``YYYY-MM`` the month's last day.

    Raises:
        RequestError: it is no date.
    """
    if isinstance(text, dt.datetime):
        return text.date()
    if isinstance(text, dt.date):
        return text
    try:
        if match := _MONTH.fullmatch(text):
            year, month = int(match[1]), int(match[2])
            return dt.date(year, month, calendar.monthrange(year, month)[1])
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise RequestError(f"{text!r} is no date; dates are written YYYY-MM-DD or YYYY-MM")


def month(text: str) -> str:
    """Return the month ``YYYY-MM`` as it is.

    Raises:
        RequestError: it is no month.
    """
    if not _MONTH.fullmatch(text):
        raise RequestError(f"{text!r} is no month; months are written YYYY-MM")
    return text


def hold(text: str) -> Hold:
    """Read ``QUANTITY=VALUE@FROM..TO``; ``@FROM..`` is to the end, ``@MONTH`` is that month alone.

    Raises:
        RequestError: the text has another form, or the months are in the wrong order.
    """
    from shatterbelt.futures import Hold

    name, value, when = _parts(text, "--set", _SET)
    first, dots, last = when.partition("..")
    with _named("--set", text):
        start = month(first)
        stop = start if not dots else month(last) if last else None
    if stop is not None and stop < start:
        raise RequestError(f"--set {text}: {stop} is before {start}; the form is {_SET}, FROM before TO")
    return Hold(name, value, start, stop)


def shock(text: str) -> Shock:
    """Read ``QUANTITY=SIZE@MONTH``.

    Raises:
        RequestError: the text has another form.
    """
    from shatterbelt.futures import Shock

    name, size, when = _parts(text, "--shock", _SHOCK)
    with _named("--shock", text):
        return Shock(name, size, month(when))


def _parts(text: str, option: str, form: str) -> tuple[str, float, str]:
    name, equals, rest = text.partition("=")
    value, at, when = rest.partition("@")
    if not (equals and at and name.strip() and value.strip() and when.strip()):
        raise RequestError(f"{option} {text}: the form is {form}, such as {_example(option)}")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise RequestError(
            f"{option} {text}: {value.strip()!r} is no number; give a plain one, without its unit"
        )
    return name.strip(), number, when.strip()


def _example(option: str) -> str:
    return "gas_price=200@2023-01..2024-12" if option == "--set" else "brent_price=-2@2023-01"


@contextmanager
def _named(option: str, text: str) -> Iterator[None]:
    """Put the option and its text before the message of a RequestError raised inside."""
    try:
        yield
    except RequestError as error:
        raise RequestError(f"{option} {text}: {error}") from None


def fitting(case: Case, holds: Iterable[Hold], shocks: Iterable[Shock]) -> None:
    """Make sure that the case has what is held or shocked, and that a value is one that it can have.

    Raises:
        RequestError: an unknown quantity (the nearest name is said), a value out of the quantity's
            bounds, or a month before the case begins.
    """
    start = case.about.start
    for held in holds:
        option = f"--set {held}"
        quantity = _quantity(case, option, held.quantity)
        low, high = bounds(quantity)
        if not low <= held.value <= high:
            raise RequestError(f"{option}: {held.value:g} is out of its bounds; {_reach(low, high)}")
        _not_before(option, held.start, start)
    for pushed in shocks:
        option = f"--shock {pushed}"
        if _quantity(case, option, pushed.quantity).kind == "formula":
            raise RequestError(
                f"{option}: it is a formula of other quantities; shock one of those, or --set it"
            )
        _not_before(option, pushed.month, start)


def bounds(quantity: Quantity) -> tuple[float, float]:
    """Return the least and the greatest value that a quantity can have."""
    if quantity.kind in {"status", "share"}:
        return 0.0, 1.0
    if quantity.kind == "events":
        return 0.0, math.inf
    link = getattr(quantity, "link", "identity")
    if link == "log":
        return math.ulp(0.0), math.inf
    return (math.ulp(0.0), 1.0 - math.ulp(1.0)) if link == "logit" else (-math.inf, math.inf)


def _reach(low: float, high: float) -> str:
    if math.isinf(high):
        return "it cannot be negative" if low == 0 else "it is greater than 0"
    return "it is from 0 to 1" if low == 0 else "it is between 0 and 1"


def _quantity(case: Case, option: str, name: str) -> Quantity:
    if name not in case.quantities:
        raise RequestError(
            "; ".join(
                part
                for part in (
                    f"{option}: the case has no quantity {name!r}",
                    nearest(name, case.quantities),
                    f"see: shatterbelt show {case.about.name} --quantities",
                )
                if part
            )
        )
    return case.quantities[name]


def _not_before(option: str, when: str, start: str) -> None:
    if when < start:
        raise RequestError(f"{option}: {when} is before the case begins ({start})")


def known(kind: str, option: str, names: Iterable[str], options: Iterable[str]) -> None:
    """Make sure that every name is one of the options.

    Raises:
        RequestError: one is not; the nearest is said, and all of them if they are few.
    """
    options = list(options)
    for name in names:
        if name not in options:
            all_of_them = f"there are: {', '.join(options)}" if len(options) <= 12 else ""
            hint = nearest(name, options)
            tail = "".join(f"; {part}" for part in (hint, all_of_them) if part)
            raise RequestError(f"{option} {name}: the case has no such {kind}{tail}")
