"""What a terminal shows of a case: tables for lists, name and value for one thing."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shatterbelt.cli.tables import counted, pairs, table, width_here

if TYPE_CHECKING:
    from shatterbelt.api import QuotesFound

Plain = Mapping[str, Any]

SIGNS = {"+": "+>", "-": "->", "unknown": "?>"}
COLUMNS: dict[str, tuple[tuple[str, Callable[[Plain], str]], ...]] = {
    "rows": (
        ("row", lambda row: row["row"]),
        ("quantities", lambda row: str(len(row["quantities"]))),
        ("claims", lambda row: str(len(row["claims"]))),
        ("title", lambda row: row["title"]),
        ("seen in the record", lambda row: row["record"]),
    ),
    "quantities": (
        ("name", lambda row: row["name"]),
        ("kind", lambda row: row["kind"]),
        ("unit", lambda row: row["unit"]),
        ("record", lambda row: "yes" if row["record"] else ""),
        ("set by", lambda row: row["lever_of"]),
        ("title", lambda row: row["title"]),
    ),
    "claims": (
        ("claim", lambda row: row["id"]),
        ("says", lambda row: f"{row['cause']} {SIGNS[row['sign']]} {row['effect']}"),
        ("strength", lambda row: row["strength"]),
        ("in", lambda row: ", ".join(row["narratives"])),
        ("title", lambda row: row["title"]),
    ),
    "narratives": (
        ("name", lambda row: row["name"]),
        ("claims", lambda row: str(len(row["claims"]))),
        ("title", lambda row: row["title"]),
    ),
    "outcomes": (
        ("outcome", lambda row: row["name"]),
        ("asked", lambda row: row["asked"]),
        ("closes", lambda row: row["closes"]),
        ("came", lambda row: (row["resolution"] or {}).get("answer", "")),
        ("question", lambda row: row["question"]),
    ),
    "sources": (
        ("source", lambda row: row["id"]),
        ("kind", lambda row: row["kind"]),
        ("rating", lambda row: row["rating"]),
        ("issued", lambda row: row["issued"]),
        ("claims", lambda row: str(row["claims"])),
        ("leaning", lambda row: (row["leaning"] or {}).get("label", "")),
        ("title", lambda row: row["title"]),
    ),
    "actors": (
        ("actor", lambda row: row["id"]),
        ("kind", lambda row: row["kind"]),
        ("events", lambda row: str(row["events"])),
        ("name", lambda row: row["name"]),
        ("sets", lambda row: ", ".join(row["levers"])),
    ),
    "record": (
        ("series", lambda row: row["series"]),
        ("unit", lambda row: row["unit"]),
        ("from", lambda row: row["from"]),
        ("to", lambda row: row["to"]),
        ("values", lambda row: str(row["values"])),
        ("observes", lambda row: ", ".join(row["quantities"])),
    ),
    "cases": (
        ("name", lambda row: row["name"]),
        ("from", lambda row: row["start"]),
        ("to", lambda row: row["record_ends"]),
        ("title", lambda row: row["title"]),
    ),
}
"""Heads and cells of each list."""

NUMBERS = {"quantities", "claims", "events", "values"}
"""Heads whose cells are counts, flush right."""


def listed(kind: str, rows: Sequence[Plain]) -> str:
    """Return a list of the case as a table."""
    if not rows:
        return f"no {kind}"
    heads = [head for head, _ in COLUMNS[kind]]
    cells = [[cell(row) for _, cell in COLUMNS[kind]] for row in rows]
    right = [i for i, head in enumerate(heads) if head in NUMBERS]
    return table(heads, cells, width=width_here(), right=right)


def thing(found: Plain) -> str:
    """Return one thing as lines of name and value; what is empty is left out."""
    key = next(key for key in ("id", "row", "series", "name") if key in found)
    head = f"{found['what']} {found[key]}"
    usual = {"acts_on": "both", "reviewed": "yes"}
    left_out = {"evidence", "what", key} | {name for name, value in usual.items() if found.get(name) == value}
    shown = [(_label(name), _value(found[name])) for name in found if name not in left_out]
    parts = [head, pairs(shown, width=width_here())]
    parts += [_evidence(item) for item in found.get("evidence", ())]
    return "\n".join(parts)


def _label(key: str) -> str:
    return key.replace("_", " ")


def _value(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        parts = ((_label(str(key)), _value(item)) for key, item in value.items())
        return ", ".join(f"{key} {item}" for key, item in parts if item)
    if isinstance(value, list | tuple):
        nested = any(isinstance(item, Mapping) for item in value)
        return ("; " if nested else ", ").join(_value(item) for item in value)
    return str(value)


def _evidence(item: Plain) -> str:
    if "publication" in item:
        text = f"{item['publication']} finds: {item['finding']}"
    else:
        quote = item["quote"]
        place = f"paragraph {quote['paragraph']}" if quote["paragraph"] else f"at {quote['start']}"
        text = f"{quote['document']}, {place}, {item['says_who']} ({item['manner']}): {item['paraphrase']}"
    width = width_here()
    return textwrap.fill(text, width or len(text) + 2, initial_indent="  ", subsequent_indent="    ")


def quotes(found: QuotesFound) -> str:
    """Return every quote that was found, under its claim, and a count of how they were found."""
    lines = []
    claim = ""
    for item in found.quotes:
        if item.claim.id != claim:
            claim = item.claim.id
            lines += ["", f"{claim}: {item.claim.title}"]
        quote, evidence = item.evidence.quote, item.evidence
        place = f"{quote.document}, paragraph {quote.paragraph}" if quote.paragraph else quote.document
        lines += [f"  [{place}; {evidence.says_who}, {evidence.manner}]"]
        lines += [f'  "{item.text}"'] if item.found else [f"  not found: {item.answer.problem}"]
        lines += [f"  {item.answer.remark}"] if item.moved else []
    here = sum(item.found for item in found.quotes)
    moved = sum(item.moved for item in found.quotes)
    total = counted(len(found.quotes), "quote")
    lines += [
        "",
        f"{total}: {here - moved} at their place, {moved} re-anchored, {len(found.quotes) - here} not found",
    ]
    return "\n".join(lines).lstrip("\n")
