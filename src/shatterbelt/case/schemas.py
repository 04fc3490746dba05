"""The file format as JSON Schema, so that editors complete keys and underline mistakes."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from shatterbelt.case.types import CaseFile, Document, Quantity
from shatterbelt.statements import Claim, Name

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema (draft 2020-12) of each YAML file of a case, by file name.

    It holds keys, types, ranges and words. What needs the whole case (names, units, dates, rings,
    quotes) is checked by :func:`shatterbelt.case.check_case` only.
    """
    parts: dict[str, tuple[Any, str]] = {
        "case.yaml": (CaseFile, "What the case is about: actors, narratives, outcomes, rows"),
        "quantities.yaml": (dict[Name, Quantity], "Quantities by their names"),
        "claims.yaml": (tuple[Claim, ...], "Claims with their evidence"),
        "documents.yaml": (tuple[Document, ...], "Documents, digests and publications"),
    }
    return {
        name: {"$schema": _DIALECT, **TypeAdapter(kind).json_schema(by_alias=True), "title": title}
        for name, (kind, title) in parts.items()
    }
