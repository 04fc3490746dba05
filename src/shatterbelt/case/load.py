"""Read a case folder into a :class:`Case`, or tell every fault in it at once."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from pathlib import Path

from shatterbelt.case.checks import check
from shatterbelt.case.content import content_hash
from shatterbelt.case.draft import Draft, read_draft
from shatterbelt.case.findings import Findings
from shatterbelt.case.types import Case
from shatterbelt.errors import CaseError, Fault, nearest


def bundled() -> list[str]:
    """Return the names of the cases that come with the package."""
    root = importlib.resources.files("shatterbelt") / "cases"
    if not root.is_dir():
        return []
    return sorted(entry.name for entry in root.iterdir() if (entry / "case.yaml").is_file())


def case_folder(case: str | Path) -> Path:
    """Return the folder of a case: a path as it is, or the name of a bundled case.

    Raises:
        CaseError: there is no such folder and no such bundled case.
    """
    path = Path(case)
    try:
        if path.is_dir():
            return path
        if path.is_file() and path.name == "case.yaml":
            return path.parent
        exists = path.exists()
    except (OSError, ValueError):
        exists = False
    names = bundled()
    if str(case) in names:
        return Path(str(importlib.resources.files("shatterbelt") / "cases" / str(case)))
    problem = "it is not a folder" if exists else "there is no such folder, and no bundled case of that name"
    allowed = f"bundled cases are {', '.join(names)}" if names else "no cases are bundled"
    hint = nearest(str(case), names) or "`shatterbelt new DIR` writes a small case to start from"
    raise CaseError([Fault(str(case)[:200], None, "", problem, allowed, hint)])


def examine(case: str | Path, *, replaced: Mapping[str, str] | None = None) -> tuple[Case | None, Findings]:
    """Read a case and return it, or None where it has faults, with all faults and warnings.

    ``replaced`` has texts to be read in the place of files of those names.

    Raises:
        CaseError: there is no such folder and no such bundled case.
    """
    folder = case_folder(case)
    findings = Findings()
    draft = read_draft(folder, findings, replaced or {})
    if draft.readable:
        check(draft, findings)
    if findings.faults:
        return None, findings
    return _case(draft, folder), findings


def load_case(case: str | Path) -> Case:
    """Return the case in a folder, or the bundled case of that name.

    Raises:
        CaseError: with every fault in the folder at once, each with its file, line and path.
    """
    found, findings = examine(case)
    if found is None:
        raise CaseError(findings.all_faults())
    return found


def check_case(case: str | Path) -> list[Fault]:
    """Return every fault of a case; an empty list means that it can be run.

    Raises:
        CaseError: there is no such folder and no such bundled case.
    """
    return list(examine(case)[1].all_faults())


def case_warnings(case: str | Path) -> list[Fault]:
    """Return what looks unintended in a case but does not keep it from running.

    Raises:
        CaseError: there is no such folder and no such bundled case.
    """
    return list(examine(case)[1].warnings)


def _case(draft: Draft, folder: Path) -> Case:
    return Case.model_construct(
        about=draft.about,
        quantities=dict(draft.quantities),
        claims=tuple(claim for _, claim in draft.claims),
        documents=dict(draft.documents),
        series=tuple(row for _, row in draft.series),
        events=tuple(row for _, row in draft.events),
        hash=content_hash(draft.texts),
        folder=str(folder),
    )
