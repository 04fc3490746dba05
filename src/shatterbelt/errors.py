"""Faults and errors as a user sees them: where, what is wrong, what is allowed, what to try."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a user's file, printable as ``file:line path: problem; allowed; try``."""

    file: str
    line: int | None
    path: str
    problem: str
    allowed: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        head = f"{place} {self.path}: {self.problem}" if self.path else f"{place}: {self.problem}"
        return "; ".join(part for part in (head, self.allowed, self.hint) if part)

    def as_dict(self) -> dict[str, str | int | None]:
        """Return the fault as plain values for ``--json``."""
        return {
            "file": self.file,
            "line": self.line,
            "path": self.path,
            "problem": self.problem,
            "allowed": self.allowed,
            "hint": self.hint,
        }


class ShatterbeltError(Exception):
    """Base of every error that a user can cause; its text is the whole message."""


class FaultsError(ShatterbeltError):
    """Carry all faults that were found at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[FaultsError], tuple[tuple[Fault, ...]]]:
        """Let it be handed from one process to another with its faults."""
        return type(self), (self.faults,)


class CaseError(FaultsError):
    """The case folder has faults."""


class DocumentError(FaultsError):
    """A document or a quote in it cannot be read or resolved."""


class RecordError(FaultsError):
    """The record has faults or cannot answer what was asked of it."""


class FormulaError(ShatterbeltError):
    """A formula cannot be parsed, or its units do not fit."""


class RequestError(ShatterbeltError):
    """What was asked for (a name, a date, a value on the command line) cannot be done."""


def nearest(word: str, options: Iterable[str]) -> str:
    """Return ``did you mean 'x'?`` for the option closest to ``word``, or an empty string."""
    close = difflib.get_close_matches(word, list(options), n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else ""
