"""Texts in test cases to claims and aims, and how a case's words are held against what was read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from shatterbelt.documents.loaded import Block, LoadedDocument
from shatterbelt.documents.text import text_of
from shatterbelt.reading.aims import find_aims
from shatterbelt.reading.attribution import voices_of
from shatterbelt.reading.claims import find_claims
from shatterbelt.reading.parsing import parse
from shatterbelt.reading.parties import Parties
from shatterbelt.reading.statements import Aim, Claim


def cases(name: str) -> list[dict[str, Any]]:
    """Return the cases of a YAML file of the reading tests."""
    return list(yaml.safe_load((Path(__file__).parent / "reading" / name).read_text(encoding="utf-8")))


def document_of(text: str) -> LoadedDocument:
    """Return a text as a document whose every line is a body block."""
    told = text_of(text)
    blocks = tuple(Block(m.start(), m.end()) for m in re.finditer(r"[^\n]+", told.characters))
    return LoadedDocument("case", "case", told, text, blocks=blocks)


def read(text: str) -> tuple[list[Claim], list[Aim]]:
    """Return the claims and the aims of a text, with who says them."""
    document = document_of(text)
    ((_, sentences),) = parse([document])
    parties = Parties(sentences)
    voices = voices_of(sentences, parties)
    return find_claims(sentences, voices, parties, document), find_aims(sentences, voices, parties, document)


def fits(statement: Claim | Aim, wanted: dict[str, str]) -> bool:
    """Return whether a statement has what is told: words that a span or a party holds, else the very word."""
    for key, value in wanted.items():
        there = getattr(statement, key)
        text = there if isinstance(there, str) else getattr(there, "text", getattr(there, "name", ""))
        exact = isinstance(there, str)
        if (text != value) if exact else (value.lower() not in text.lower()):
            return False
    return True


def told(statements: list[Claim]) -> str:
    """Return claims as lines for a message."""
    return "\n".join(
        f"[{c.rule}] {c.relation} {c.sign} {c.manner}: <{c.cause.text}> ({c.cause_quantity} {c.cause_change})"
        f" -> <{c.effect.text}> ({c.effect_quantity} {c.effect_change})"
        for c in statements
    )
