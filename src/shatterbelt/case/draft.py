"""Read the files of a case, part by part, so that one bad entry hides no fault of another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from shatterbelt.case import types
from shatterbelt.case.csv_reading import read_rows
from shatterbelt.case.files import MAX_CSV, MAX_YAML, decode, read_bytes, read_text
from shatterbelt.case.findings import Findings, Tree, near, shown
from shatterbelt.case.findings import Path as Path_
from shatterbelt.case.shapes import build
from shatterbelt.case.types import CaseFile, Document, EventRow, QuantityBase, SeriesRow
from shatterbelt.case.yaml_reading import read_yaml
from shatterbelt.statements import Claim, Evidence, Frozen

KINDS: dict[str, type[QuantityBase]] = {
    "level": types.Level,
    "events": types.Events,
    "status": types.Status,
    "share": types.Share,
    "given": types.Given,
    "formula": types.Formula,
    "stock": types.Stock,
}
YAML_FILES = ("case.yaml", "quantities.yaml", "claims.yaml", "documents.yaml")
RECORD_FILES = ("record/series.csv", "record/events.csv")

MAX_QUANTITIES = 2_000
MAX_ITEMS = 5_000
"""Claims, and documents."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_STAND_IN: dict[str, object] = {
    "format": 1,
    "name": "x",
    "title": "x",
    "summary": "x",
    "start": "0001-01",
    "record_ends": "0001-01",
}
_ENTRIES = ("actors", "narratives", "outcomes", "rows", "assumptions")
M = TypeVar("M", bound=Frozen)


@dataclass(slots=True)
class Draft:
    """What could be read of a case, with the places it was read from."""

    folder: Path
    about: CaseFile
    trees: dict[str, Tree]
    quantities: dict[str, Any] = field(default_factory=dict)
    claims: list[tuple[int, Claim]] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    document_at: dict[str, int] = field(default_factory=dict)
    series: list[tuple[int, SeriesRow]] = field(default_factory=list)
    events: list[tuple[int, EventRow]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)
    """Bytes of each digest by the id of its document."""
    bad_about: set[str] = field(default_factory=set)
    """Top-level keys of case.yaml that have a stand-in because of a fault."""
    complete_record: bool = True
    readable: bool = True
    """Whether every YAML file could be read; without that, names cannot be looked up."""

    def names(self, file: str) -> frozenset[str]:
        """Return the names of a file's entries, also of those with faults."""
        data = self.trees[file].data
        if isinstance(data, dict):
            return frozenset(str(key) for key in data)
        if isinstance(data, list):
            return frozenset(
                item["id"] for item in data if isinstance(item, dict) and isinstance(item.get("id"), str)
            )
        return frozenset()

    def evidence(self) -> Iterator[tuple[Tree, Path_, Evidence]]:
        """Give every piece of evidence, of claims and of actors' aims, with the place it stands at."""
        for at, claim in self.claims:
            for place, item in enumerate(claim.evidence):
                yield self.trees["claims.yaml"], (at, "evidence", place), item
        for name, actor in self.about.actors.items():
            for at, aim in enumerate(actor.aims):
                for place, item in enumerate(aim.evidence):
                    path = ("actors", name, "aims", at, "evidence", place)
                    yield self.trees["case.yaml"], path, item

    def entries(self, key: str) -> frozenset[str]:
        """Return the names under a key of case.yaml, also of entries with faults."""
        found = self.trees["case.yaml"].value((key,))
        return frozenset(found) if isinstance(found, dict) else frozenset()


def read_draft(folder: Path, findings: Findings, replaced: Mapping[str, str]) -> Draft:
    """Return what can be read of a case folder, and of ``replaced`` in the place of files."""
    texts: dict[str, str] = {}
    trees: dict[str, Tree] = {}
    for name in YAML_FILES:
        if name in replaced:
            text = decode(replaced[name].encode(), name, findings)
        else:
            text = read_text(folder, name, MAX_YAML, findings)
        if text is not None:
            texts[name] = text
            trees[name] = read_yaml(text, name, findings)
        else:
            trees[name] = Tree(name, broken={()})
    readable = not any(tree.told(()) for tree in trees.values())
    about, bad = _about(trees["case.yaml"], findings)
    draft = Draft(folder, about, trees, texts=texts, bad_about=bad, readable=readable)
    _quantities(draft, findings)
    _claims(draft, findings)
    _documents(draft, findings)
    _record(draft, findings)
    return draft


# --------------------------------------------------------------------------- case.yaml


def _about(tree: Tree, findings: Findings) -> tuple[CaseFile, set[str]]:
    """Return case.yaml with faulty entries left out, and the top-level keys that have a stand-in."""
    built = build(CaseFile, tree, (), findings)
    if built is not None:
        return built, set()
    data = tree.data if isinstance(tree.data, dict) else {}
    keys = {name: value for name, value in data.items() if name in CaseFile.model_fields}
    bad: set[str] = set()
    quiet = Findings()
    for name in CaseFile.model_fields:
        probe = {**_STAND_IN, **({name: keys[name]} if name in keys else {})}
        if build(CaseFile, Tree("", probe), (), quiet) is not None and not tree.told((name,)):
            continue
        bad.add(name)
        kept = _good_entries(name, keys.get(name)) if name in _ENTRIES else None
        if kept is not None:
            keys[name] = kept
        else:
            keys.pop(name, None)
    bad |= {name for name in _STAND_IN if name not in keys}
    whole = build(CaseFile, Tree("", {**_STAND_IN, **keys}), (), quiet)
    return whole or CaseFile.model_validate(_STAND_IN), bad


def _good_entries(name: str, value: object) -> dict[str, object] | None:
    if not isinstance(value, dict):
        return None
    quiet = Findings()
    return {
        key: entry
        for key, entry in value.items()
        if build(CaseFile, Tree("", {**_STAND_IN, name: {key: entry}}), (), quiet) is not None
    }


# --------------------------------------------------------------------------- the other YAML files


def _quantities(draft: Draft, findings: Findings) -> None:
    tree = draft.trees["quantities.yaml"]
    if not isinstance(tree.data, dict):
        findings.at(
            tree, (), f"{shown(tree.data)} stands here", "a mapping of names to quantities is expected"
        )
        draft.readable = False
        return
    if _too_many(len(tree.data), MAX_QUANTITIES, "quantities", tree, draft, findings):
        return
    for name, data in tree.data.items():
        path = (name,)
        if not _NAME.fullmatch(name):
            allowed = "lower-case letters, digits and _, starting with a letter, up to 64"
            findings.at(tree, path, f"{shown(name)} is not a name", allowed)
            continue
        if not isinstance(data, dict):
            findings.at(
                tree, path, f"{shown(data)} stands here", "a mapping with kind, title, unit is expected"
            )
            continue
        kind = data.get("kind")
        known = f"kinds are {', '.join(KINDS)}"
        if kind is None:
            findings.at(tree, path, "the key 'kind' is missing", known)
        elif not isinstance(kind, str) or kind not in KINDS:
            findings.at(tree, (name, "kind"), f"unknown kind {shown(kind)}", known, near(str(kind), KINDS))
        else:
            built = build(KINDS[kind], tree, path, findings)
            if built is not None:
                draft.quantities[name] = built


def _claims(draft: Draft, findings: Findings) -> None:
    tree = draft.trees["claims.yaml"]
    draft.claims = _list(Claim, tree, "claims", draft, findings)
    _unique([(at, claim.id) for at, claim in draft.claims], tree, "claim", findings)


def _documents(draft: Draft, findings: Findings) -> None:
    tree = draft.trees["documents.yaml"]
    found = _list(Document, tree, "documents", draft, findings)
    _unique([(at, document.id) for at, document in found], tree, "document", findings)
    for at, document in found:
        draft.documents.setdefault(document.id, document)
        draft.document_at.setdefault(document.id, at)
    for at, document in found:
        if document.kind == "digest":
            _digest(draft, at, document, findings)


def _list(kind: type[M], tree: Tree, what: str, draft: Draft, findings: Findings) -> list[tuple[int, M]]:
    if tree.data is None:
        return []
    if not isinstance(tree.data, list):
        findings.at(tree, (), f"{shown(tree.data)} stands here", f"a list of {what} is expected")
        draft.readable = False
        return []
    if _too_many(len(tree.data), MAX_ITEMS, what, tree, draft, findings):
        return []
    built = [(at, build(kind, tree, (at,), findings)) for at in range(len(tree.data))]
    return [(at, item) for at, item in built if item is not None]


def _too_many(number: int, most: int, what: str, tree: Tree, draft: Draft, findings: Findings) -> bool:
    if number <= most:
        return False
    findings.at(tree, (), f"{number:,} {what}", f"up to {most:,} are read", "split the case")
    draft.readable = False
    return True


def _unique(ids: list[tuple[int, str]], tree: Tree, what: str, findings: Findings) -> None:
    first: dict[str, int] = {}
    for at, name in ids:
        if name in first:
            line = tree.line((first[name], "id"))
            findings.at(
                tree, (at, "id"), f"the {what} id {name!r} is given twice", f"the first is in line {line}"
            )
        first.setdefault(name, at)


def _digest(draft: Draft, at: int, document: Document, findings: Findings) -> None:
    """Read a digest's file, which must lie inside the case."""
    tree = draft.trees["documents.yaml"]
    path = PurePosixPath(document.file)
    if not document.file:
        findings.at(tree, (at,), "a digest without a file", "give file: digests/NAME.md")
        return
    parts = path.parts
    odd = "\\" in document.file or ":" in document.file or any(not part.isprintable() for part in parts)
    if path.is_absolute() or ".." in parts or odd:
        problem = f"{shown(document.file)} leads out of the case"
        findings.at(tree, (at, "file"), problem, "a path inside the case such as digests/NAME.md")
        return
    raw = read_bytes(draft.folder, path.as_posix(), MAX_YAML, findings, needed=False)
    if raw is None:
        return
    text = decode(raw, path.as_posix(), findings)
    if text is not None:
        draft.texts[path.as_posix()] = text
        draft.digests[document.id] = raw


# --------------------------------------------------------------------------- the record


def _record(draft: Draft, findings: Findings) -> None:
    before = len(findings.faults) + findings.more
    series, events = (read_text(draft.folder, name, MAX_CSV, findings) for name in RECORD_FILES)
    if series is not None:
        draft.texts[RECORD_FILES[0]] = series
        draft.series = read_rows(SeriesRow, series, RECORD_FILES[0], findings)
    if events is not None:
        draft.texts[RECORD_FILES[1]] = events
        draft.events = read_rows(EventRow, events, RECORD_FILES[1], findings)
    draft.complete_record = len(findings.faults) + findings.more == before
