"""Change a case's files in place: one line for one edit, all or nothing, with a journal.

An edit is applied to the text (see ``splice``), the whole case is checked as it would then be, and only
then is the file replaced in one step. ``journal.jsonl`` in the case folder says when what was changed.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shatterbelt.case import splice
from shatterbelt.case.draft import YAML_FILES
from shatterbelt.case.files import MAX_YAML, read_bytes
from shatterbelt.case.findings import Findings, Tree
from shatterbelt.case.findings import Path as Place
from shatterbelt.case.load import case_folder, examine
from shatterbelt.case.splice import Plain
from shatterbelt.case.types import Case
from shatterbelt.case.yaml_reading import read_yaml
from shatterbelt.errors import CaseError, RequestError, nearest

JOURNAL = "journal.jsonl"


@dataclass(frozen=True, slots=True)
class SetValue:
    """Put ``value`` at ``path`` in ``file``; items of a list may be named by their ``id``."""

    file: str
    path: Place
    value: Plain


@dataclass(frozen=True, slots=True)
class AddClaim:
    """Take a claim into a narrative."""

    narrative: str
    claim: str


@dataclass(frozen=True, slots=True)
class DropClaim:
    """Take a claim out of a narrative; it stays in the case."""

    narrative: str
    claim: str


@dataclass(frozen=True, slots=True)
class MarkClaim:
    """Put the analyst's note on a claim."""

    claim: str
    note: str


Edit = SetValue | AddClaim | DropClaim | MarkClaim


def save_case(folder: str | Path, edits: Sequence[Edit]) -> Case:
    """Apply edits to a case folder and return the case as it is then.

    Either every edit is made or none: the edited case is checked before a file is replaced. A bundled
    case is not edited; copy its folder first.

    Raises:
        CaseError: the case would have faults, or has some already; its files are as before.
        RequestError: an edit does not fit the case; its files are as before.
    """
    place = case_folder(folder)
    if str(folder) != str(place) and not Path(folder).exists():
        raise RequestError(f"{folder}: a bundled case is not edited; copy {place} and edit the copy")
    before = {name: _raw(place, name) for name in YAML_FILES}
    texts = dict(before)
    entries = [entry for edit in edits for entry in _apply(edit, texts)]
    changed = {name: text for name, text in texts.items() if text != before[name]}
    found, findings = examine(place, replaced=changed)
    if found is None:
        raise CaseError(findings.all_faults())
    for name, text in changed.items():
        write_whole(place / name, _mark(place / name) + text)
    if changed:
        _append(place / JOURNAL, entries)
    return found


def read_journal(folder: str | Path) -> list[dict[str, Any]]:
    """Return the journal of a case, oldest entry first; empty where nothing was edited.

    Raises:
        CaseError: there is no such case.
        RequestError: the journal cannot be read.
    """
    path = case_folder(folder) / JOURNAL
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            raise RequestError(f"{path}:{number}: the line is not JSON; mend or delete it") from None
        found.append(entry)
    return found


def write_whole(path: Path, text: str) -> None:
    """Replace a file's content in one step: a reader, and a crash, see the old file or the new one."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o777)
        os.replace(temporary, path)  # noqa: PTH105  (one name for it, which the crash test stubs)
    finally:
        temporary.unlink(missing_ok=True)


# --------------------------------------------------------------------------- edits


def _raw(folder: Path, name: str) -> str:
    findings = Findings()
    raw = read_bytes(folder, name, MAX_YAML, findings)
    try:
        if raw is not None:
            return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        findings.fault(name, None, "", "the file is not UTF-8", "UTF-8 is expected", "save it as UTF-8")
    raise CaseError(findings.all_faults())


def _mark(path: Path) -> str:
    """Return the byte-order mark of a file that has one, so that it keeps it."""
    with path.open("rb") as file:
        return "\ufeff" if file.read(3) == b"\xef\xbb\xbf" else ""


def _apply(edit: Edit, texts: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Change ``texts`` and yield what the journal says of it."""
    match edit:
        case SetValue(file, path, value):
            yield _set(texts, file, path, value)
        case MarkClaim(claim, note):
            yield _set(texts, "claims.yaml", (claim, "note"), note)
        case AddClaim(narrative, claim):
            path = _narrative(texts, narrative)
            old = _tree(texts, "case.yaml").value((*path, "claims"))
            if isinstance(old, list) and claim in old:
                raise RequestError(f"the narrative {narrative!r} holds {claim!r} already")
            if old is None:
                texts["case.yaml"] = splice.set_value(texts["case.yaml"], (*path, "claims"), [claim])
            else:
                texts["case.yaml"] = splice.add_item(texts["case.yaml"], (*path, "claims"), claim)
            yield _entry("add claim", "case.yaml", (*path, "claims"), None, claim)
        case DropClaim(narrative, claim):
            path = (*_narrative(texts, narrative), "claims")
            texts["case.yaml"] = splice.drop_item(texts["case.yaml"], path, claim)
            yield _entry("drop claim", "case.yaml", path, claim, None)


def _set(texts: dict[str, str], file: str, path: Place, value: Plain) -> dict[str, Any]:
    if file not in texts:
        raise RequestError(f"{file!r} is not edited; files are {', '.join(YAML_FILES)}")
    tree = _tree(texts, file)
    resolved = _resolve(tree, path)
    old = tree.value(resolved)
    texts[file] = splice.set_value(texts[file], resolved, value)
    return _entry("set", file, path, old, value)


def _tree(texts: dict[str, str], file: str) -> Tree:
    findings = Findings()
    tree = read_yaml(texts[file], file, findings)
    if findings.faults:
        raise CaseError(findings.all_faults())
    return tree


def _resolve(tree: Tree, path: Place) -> Place:
    """Turn the ids of list items into their places."""
    found: Place = ()
    for step in path:
        here = tree.value(found)
        if isinstance(here, list) and isinstance(step, str):
            ids = [item.get("id") if isinstance(item, dict) else None for item in here]
            if step not in ids:
                known = [name for name in ids if isinstance(name, str)]
                close = nearest(step, known)
                raise RequestError(f"{tree.file}: nothing has the id {step!r}{'; ' if close else ''}{close}")
            found = (*found, ids.index(step))
        else:
            found = (*found, step)
    return found


def _narrative(texts: dict[str, str], name: str) -> Place:
    narratives = _tree(texts, "case.yaml").value(("narratives",))
    known = list(narratives) if isinstance(narratives, dict) else []
    if name not in known:
        close = nearest(name, known)
        raise RequestError(
            f"unknown narrative {name!r}; narratives are {', '.join(known)}; {close}".rstrip("; ")
        )
    return ("narratives", name)


# --------------------------------------------------------------------------- journal


def _entry(what: str, file: str, path: Place, old: object, new: object) -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return {"when": now, "what": what, "file": file, "path": list(path), "old": old, "new": new}


def _append(path: Path, entries: list[dict[str, Any]]) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        for entry in entries:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
