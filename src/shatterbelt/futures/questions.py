"""Outcomes put to futures: which are asked as of a date, and where a path says yes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import jax.numpy as jnp
from jax import Array

from shatterbelt.case.types import Case, Outcome
from shatterbelt.futures.world import Span
from shatterbelt.model.claims import passes
from shatterbelt.model.compile import split_test


@dataclass(frozen=True, slots=True)
class Question:
    """An outcome on the steps of a run: looked at from step ``opens`` to ``closes``, both included."""

    name: str
    quantity: str
    asked: int
    opens: int
    closes: int
    when: str
    comparison: str
    number: float


def questions_of(case: Case, span: Span, *, explicit: bool) -> tuple[Question, ...]:
    """Return the outcomes that a run as of its date can answer.

    Those asked on that very date always; with an ``explicit`` date also those asked before it that were
    still open. A window that reaches past the last step cannot be answered and is left out.
    """
    found = []
    for name, outcome in case.about.outcomes.items():
        closes = span.calendar.index(outcome.closes)
        open_still = outcome.asked <= span.as_of and closes >= span.known
        if (_same_view(outcome, span) or (explicit and open_still)) and closes < span.calendar.length:
            found.append(_question(name, outcome, span))
    return tuple(found)


def _same_view(outcome: Outcome, span: Span) -> bool:
    return outcome.asked == span.as_of


def _question(name: str, outcome: Outcome, span: Span) -> Question:
    comparison, number = split_test(outcome.test)
    return Question(
        name=name,
        quantity=outcome.quantity,
        asked=min(span.known, span.calendar.length) - 1,
        opens=max(span.calendar.index(outcome.opens), 0),
        closes=span.calendar.index(outcome.closes),
        when=outcome.when,
        comparison=comparison,
        number=number,
    )


def dates_asked(case: Case) -> tuple[dt.date, ...]:
    """Return the dates on which the case's outcomes are asked, in order."""
    return tuple(sorted({outcome.asked for outcome in case.about.outcomes.values()}))


def answer(question: Question, path: Mapping[str, Array]) -> Array:
    """Return where futures say yes.

    Args:
        question: what is asked.
        path: quantity -> natural values ``[steps, futures]``.

    Returns:
        Booleans ``[futures]``.
    """
    values = path[question.quantity]
    window = values[question.opens : question.closes + 1]
    if question.when == "ever":
        return jnp.any(passes(window, question.comparison, question.number), axis=0)
    if question.when == "always":
        return jnp.all(passes(window, question.comparison, question.number), axis=0)
    seen = window[-1]
    if question.when == "total":
        seen = window.sum(axis=0)
    elif question.when == "change":
        seen = window[-1] - values[question.asked]
    return passes(seen, question.comparison, question.number)
