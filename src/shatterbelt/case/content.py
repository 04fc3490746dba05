"""Identify a case by its content, wherever its folder stands."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def content_hash(texts: Mapping[str, str]) -> str:
    r"""Return the SHA-256 of a case's files, as hex.

    Counted in order of their names: each file's name, the length of its text and the text, in UTF-8
    with line ends as ``\n``. The journal and anything else that the case does not read is left out.
    """
    found = hashlib.sha256(b"shatterbelt case 1\n")
    for name in sorted(texts):
        raw = texts[name].encode("utf-8")
        found.update(f"{name}\n{len(raw)}\n".encode())
        found.update(raw)
    return found.hexdigest()
