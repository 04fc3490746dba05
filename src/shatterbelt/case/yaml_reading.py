"""Read YAML 1.2 into plain values with the line of each, refusing what a case never needs.

The events come from the C parser; values are resolved here by YAML 1.2's core schema, so that ``on``,
``off``, ``yes`` and dates stay text. Anchors, aliases, tags and deep nesting are faults: they are how
a small file becomes a large one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

from shatterbelt.case.findings import Findings, Path, Tree, shown

MAX_DEPTH = 30
MAX_VALUES = 100_000
MAX_NUMBER = 1e15
MAX_DIGITS = 400

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StopError(Exception):
    """Reading cannot go on; the fault is told already."""


def read_yaml(text: str, file: str, findings: Findings) -> Tree:
    """Return the values of a YAML text; what is wrong with it is added to ``findings``."""
    tree = Tree(file, lines={(): 1})
    control = _CONTROL.search(text)
    if control is not None:
        line = text.count("\n", 0, control.start()) + 1
        findings.fault(file, line, "", f"control character U+{ord(control[0]):04X}", "", "delete it")
        tree.broken.add(())
        return tree
    reader = _Reader(text, tree, findings)
    try:
        tree.data = reader.document()
    except yaml.YAMLError as error:
        _syntax(error, file, findings)
        tree.broken.add(())
    except _StopError:
        tree.broken.add(())
    return tree


def _syntax(error: yaml.YAMLError, file: str, findings: Findings) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be read"
    context = getattr(error, "context", None)
    text = f"not YAML: {problem}" + (f" {context}" if context else "")
    findings.fault(
        file,
        mark.line + 1 if mark is not None else None,
        "",
        text,
        "",
        "look at the indentation here and above; put text that starts with > | @ % & * ! or holds "
        "': ' in quotes",
    )


class _Reader:
    """Turns the parser's events into values, one recursive step for each level of nesting."""

    def __init__(self, text: str, tree: Tree, findings: Findings) -> None:
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self.tree = tree
        self.findings = findings
        self.count = 0

    def document(self) -> object:
        value: object = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.stop(event, (), "a second document starts here", "a file of a case holds one")
                value = self.node(next(self.events), (), 0)
        return value

    def stop(self, event: Any, path: Path, problem: str, allowed: str, hint: str = "") -> None:
        """Tell a fault and give up on the file."""
        line = event.start_mark.line + 1
        self.findings.fault(self.tree.file, line, self.tree.label(path), problem, allowed, hint)
        raise _StopError

    def fault(self, event: Any, path: Path, problem: str, allowed: str = "", hint: str = "") -> None:
        """Tell a fault and go on; the value at ``path`` counts as told."""
        line = event.start_mark.line + 1
        self.findings.fault(self.tree.file, line, self.tree.label(path), problem, allowed, hint)
        self.tree.broken.add(path)

    def node(self, event: Any, path: Path, depth: int) -> object:
        self.count += 1
        if self.count > MAX_VALUES:
            self.stop(event, (), f"more than {MAX_VALUES:,} values", "a case file is smaller")
        if depth > MAX_DEPTH:
            self.stop(event, (), f"nested deeper than {MAX_DEPTH}", "a case needs six levels")
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            mark = "&" if not isinstance(event, yaml.AliasEvent) else "*"
            self.stop(
                event,
                path,
                f"anchors and aliases are not read ({mark}{event.anchor[:40]})",
                "",
                "write the value out; put text that starts with & or * in quotes",
            )
        if event.tag is not None:
            self.stop(
                event,
                path,
                f"tags are not read ({event.tag[:60]})",
                "",
                "leave it out; put text that starts with ! in quotes",
            )
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path, depth)
        return self.scalar(event, path)

    def mapping(self, path: Path, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self.stop(event, path, "a key is a list or a mapping", "keys are text")
            if event.anchor is not None or event.tag is not None:
                self.node(event, path, depth + 1)
            key = str(event.value)
            inner = (*path, key)
            if _CONTROL.search(key) or len(key) > 200:
                self.stop(
                    event, path, f"the key {shown(key)} cannot be one", "up to 200 printable characters"
                )
            if key in found:
                first = self.tree.lines[inner]
                self.fault(event, inner, f"the key {key!r} is given twice", f"the first is in line {first}")
                self.node(next(self.events), (*path, key, "again"), depth + 1)
                continue
            self.tree.lines[inner] = event.start_mark.line + 1
            found[key] = None
            found[key] = self.node(next(self.events), inner, depth + 1)
        return found

    def sequence(self, path: Path, depth: int) -> list[object]:
        found: list[object] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            inner = (*path, len(found))
            self.tree.lines[inner] = event.start_mark.line + 1
            found.append(self.node(event, inner, depth + 1))
        return found

    def scalar(self, event: Any, path: Path) -> object:
        text = str(event.value)
        if not event.implicit[0]:
            if (control := _CONTROL.search(text)) is not None:
                self.fault(
                    event, path, f"control character U+{ord(control[0]):04X} in the text", "", "delete it"
                )
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _NOT_FINITE.fullmatch(text):
            self.fault(event, path, f"{text} is not a finite number", "a finite number is expected")
            return 0.0
        if _INT.fullmatch(text) or _FLOAT.fullmatch(text):
            return self.number(event, text, path)
        return text

    def number(self, event: Any, text: str, path: Path) -> int | float:
        if len(text) > MAX_DIGITS:
            self.fault(event, path, f"a number of {len(text):,} digits", f"up to {MAX_NUMBER:g} are read")
            return 0
        whole = _INT.fullmatch(text) is not None
        bases = {"0x": 16, "0o": 8}
        value: int | float = int(text, bases.get(text[:2], 10)) if whole else float(text)
        if not math.isfinite(value) or abs(value) > MAX_NUMBER:
            self.fault(
                event,
                path,
                f"the number {shown(text, 30)} is too large",
                f"up to {MAX_NUMBER:g} are read",
                "choose a larger unit",
            )
            return 0
        return value
