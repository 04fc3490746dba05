"""Numbers of a quantity that must fit each other: usual, swing, range, and the domain of the link."""

from __future__ import annotations

from collections.abc import Iterator

from shatterbelt.case.draft import Draft
from shatterbelt.case.findings import Findings, Path
from shatterbelt.case.formulas import FUNCTIONS
from shatterbelt.case.types import Calendar, Constant, Events, Given, Level, Share, Status

_DOMAINS = {"log": "above 0", "logit": "between 0 and 1, both left out"}


def on_domain(link: str, value: float) -> bool:
    """Whether a value has a place on the scale of a link."""
    if link == "log":
        return value > 0
    return 0 < value < 1 if link == "logit" else True


def check_quantities(draft: Draft, findings: Findings) -> None:
    """Tell numbers outside the domain of the quantity's link, and ranges that are upside down."""
    tree = draft.trees["quantities.yaml"]
    for name, quantity in draft.quantities.items():
        if name in FUNCTIONS:
            findings.at(
                tree, (name,), f"{name!r} is the name of a function of formulas", "", "choose another"
            )
        if quantity.lever is not None and quantity.lever.low >= quantity.lever.high:
            low, high = quantity.lever.low, quantity.lever.high
            problem = f"the range is upside down: low {low:g}, high {high:g}"
            findings.at(tree, (name, "lever", "low"), problem, "low is below high")
        if isinstance(quantity, Level | Given):
            for path, value, what in _numbers(quantity):
                if not on_domain(quantity.link, value):
                    findings.at(
                        tree,
                        (name, *path),
                        f"{what} is {value:g}, which has no place on the {quantity.link} link",
                        f"allowed is {_DOMAINS[quantity.link]}",
                        "change the number, or use link: identity",
                    )
        if isinstance(quantity, Given):
            _process(draft, name, quantity, findings)
        if isinstance(quantity, Status):
            _status(draft, name, quantity, findings)
        if isinstance(quantity, Events) and quantity.usual < 0:
            problem = f"usual is {quantity.usual:g}"
            findings.at(
                tree, (name, "usual"), problem, "a count is 0 or more", "leave it out: usual is the rate"
            )
        if isinstance(quantity, Share):
            _share(draft, name, quantity, findings)


def _numbers(quantity: Level | Given) -> Iterator[tuple[Path, float, str]]:
    """Yield the numbers that must have a place on the link, with where they stand."""
    yield ("usual",), quantity.usual, "usual"
    if on_domain(quantity.link, quantity.usual):
        yield ("swing",), quantity.usual + quantity.swing, "usual + swing"
    if quantity.lever is not None:
        yield ("lever", "low"), quantity.lever.low, "the lever's low end"
        yield ("lever", "high"), quantity.lever.high, "the lever's high end"
    if isinstance(quantity, Given):
        if isinstance(quantity.then, Constant):
            yield ("then", "low"), quantity.then.low, "low"
            yield ("then", "high"), quantity.then.high, "high"
        if isinstance(quantity.then, Calendar) and quantity.link != "identity":
            yield ("then", "process"), 0.0, "the calendar's value in all other months"


def _process(draft: Draft, name: str, quantity: Given, findings: Findings) -> None:
    tree = draft.trees["quantities.yaml"]
    if isinstance(quantity.then, Constant) and quantity.then.low >= quantity.then.high:
        problem = f"the range is upside down: low {quantity.then.low:g}, high {quantity.then.high:g}"
        findings.at(tree, (name, "then", "low"), problem, "low is below high")
    if isinstance(quantity.then, Calendar) and not quantity.then.values:
        findings.at(tree, (name, "then", "values"), "the calendar names no month", "at least one is needed")


def _status(draft: Draft, name: str, quantity: Status, findings: Findings) -> None:
    tree = draft.trees["quantities.yaml"]
    for key, wanted in (("usual", 0.0), ("swing", 1.0)):
        value = getattr(quantity, key)
        if value != wanted:
            problem = f"{key} is {value:g}"
            allowed = "a status is usually 0 and swings by 1"
            findings.at(tree, (name, key), problem, allowed, "leave usual and swing out")
    if quantity.onset == 0 and quantity.end == 0:
        findings.warn(tree, (name,), "onset and end are both 0: the status can never change")


def _share(draft: Draft, name: str, quantity: Share, findings: Findings) -> None:
    tree = draft.trees["quantities.yaml"]
    if not 0 <= quantity.usual <= 1:
        problem = f"usual is {quantity.usual:g}"
        findings.at(tree, (name, "usual"), problem, "a share is between 0 and 1")
    if isinstance(quantity.thresholds, tuple) and not quantity.thresholds:
        allowed = "a list of numbers, or mean and sd"
        findings.at(tree, (name, "thresholds"), "no thresholds are given", allowed)
