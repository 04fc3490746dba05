"""What is taken out of a file, whatever its format, and how its faults are told."""

from __future__ import annotations

from dataclasses import dataclass

from shatterbelt.documents.loaded import BlockKind, Format, Metadata
from shatterbelt.errors import DocumentError, Fault

NOTHING = Metadata()
INSTALL = "install with: pip install 'shatterbelt[read]'"


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that the file itself sets apart, such as an HTML paragraph; None: what kind is not said.

    ``links`` is the share of its characters that are links.
    """

    start: int
    end: int
    kind: BlockKind | None = None
    links: float = 0.0


@dataclass(frozen=True)
class Taken:
    """A file's characters, not normalised; its pieces where the format has them; what it says of itself.

    ``declared`` is the language that the file says it is in.
    """

    original: str
    format: Format
    encoding: str
    said: Metadata = NOTHING
    pieces: tuple[Piece, ...] | None = None
    declared: str = ""


def fault(name: str, problem: str, allowed: str = "", hint: str = "") -> DocumentError:
    """Return the error for one fault of one file."""
    return DocumentError([Fault(name, None, "", problem, allowed, hint)])
