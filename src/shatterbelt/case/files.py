"""Read the files of a case folder as text, refusing what is not a plain file of bounded size."""

from __future__ import annotations

import stat
from pathlib import Path

from shatterbelt.case.findings import Findings

MAX_YAML = 8 * 1024 * 1024
"""Bytes of a YAML file or a digest."""
MAX_CSV = 64 * 1024 * 1024
"""Bytes of a record file."""


def read_text(folder: Path, name: str, limit: int, findings: Findings) -> str | None:
    r"""Return the text of a file of the case, or None with a fault why it cannot be had.

    A byte-order mark is dropped and line ends become ``\n``; nothing else is changed.
    """
    raw = read_bytes(folder, name, limit, findings)
    if raw is None:
        return None
    return decode(raw, name, findings)


def read_bytes(
    folder: Path, name: str, limit: int, findings: Findings, *, needed: bool = True
) -> bytes | None:
    """Return the bytes of a regular file inside the case, or None with a fault why not.

    ``needed`` files belong to every case; others are there because the case names them.
    """
    path = folder / name
    try:
        why_not = _refusal(folder, path, limit, needed=needed)
        if why_not is None:
            with path.open("rb") as file:
                return file.read(limit)
    except (OSError, ValueError, RuntimeError) as error:
        why_not = f"the file cannot be read ({_reason(error)})", "", ""
    findings.fault(name, None, "", *why_not)
    return None


def _refusal(folder: Path, path: Path, limit: int, *, needed: bool) -> tuple[str, str, str] | None:
    """Return why a file is not read, what is allowed and what to try; None where it is a good one."""
    try:
        found = path.stat()
    except FileNotFoundError:
        if needed:
            return "the file is missing", "every case has it", "`shatterbelt new DIR` writes one"
        return "the file is missing", "documents.yaml names it", "write it, or mend its name there"
    if stat.S_ISDIR(found.st_mode):
        return "it is a directory", "a plain file is expected", ""
    if not stat.S_ISREG(found.st_mode):
        return "it is not a regular file", "a plain file is expected", ""
    if not path.resolve(strict=True).is_relative_to(folder.resolve(strict=True)):
        return "it leads out of the case folder", "", "put the file itself into the case folder"
    if found.st_size > limit:
        problem = f"the file has {found.st_size:,} bytes"
        return problem, f"up to {limit:,} are read", "keep only what the case uses"
    return None


def decode(raw: bytes, name: str, findings: Findings) -> str | None:
    """Return UTF-8 bytes as text, or None with a fault that says where they are something else."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        findings.fault(name, 1, "", "the file is in UTF-16", "UTF-8 is expected", "save it as UTF-8")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        findings.fault(
            name,
            line,
            "",
            f"byte 0x{raw[error.start]:02x} is not UTF-8",
            "UTF-8 is expected",
            "the file may be in Latin-1 or Windows-1252; save it as UTF-8",
        )
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or type(error).__name__).lower()
