"""The tables of words that stand beside the code."""

from __future__ import annotations

import functools
import importlib.resources
from typing import Any

import yaml


@functools.cache
def table(name: str) -> Any:
    """Return a table by its file's name without ``.yaml``; read once."""
    source = importlib.resources.files("shatterbelt.documents").joinpath(f"tables/{name}.yaml")
    return yaml.safe_load(source.read_text(encoding="utf-8"))


@functools.cache
def words(name: str, key: str) -> frozenset[str]:
    """Return the words of one list of a table, parted by spaces there."""
    return frozenset(table(name)[key].split())
