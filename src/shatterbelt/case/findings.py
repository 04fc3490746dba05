"""Collect faults and warnings while a case is read, each at its file, line and path."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from shatterbelt.errors import Fault, nearest

MAX_FAULTS = 200
"""Faults told one by one; the rest are counted."""

Path = tuple[str | int, ...]
"""Where a value stands in a YAML file: keys and places in lists, from the top."""


@dataclass(slots=True)
class Tree:
    """A YAML file as plain values, with the line of every key and list item."""

    file: str
    data: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    broken: set[Path] = field(default_factory=set)
    """Values that already have a fault; nothing more is said about them."""

    def line(self, path: Path) -> int | None:
        """Return the line of ``path``, or of the nearest thing around it that has one."""
        for length in range(len(path), 0, -1):
            found = self.lines.get(path[:length])
            if found is not None:
                return found
        return self.lines.get(())

    def value(self, path: Path) -> object:
        """Return what stands at ``path``, or None where nothing does."""
        found: object = self.data
        for step in path:
            if isinstance(found, dict) and isinstance(step, str):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found

    def told(self, path: Path) -> bool:
        """Whether ``path`` or something around it already has a fault."""
        return bool(self.broken) and any(path[:length] in self.broken for length in range(len(path) + 1))

    def label(self, path: Path) -> str:
        """Return ``path`` as people read it: list items by their ``id`` where they have one."""
        text = ""
        for at, step in enumerate(path):
            if isinstance(step, int):
                item = self.value(path[: at + 1])
                name = item.get("id") if isinstance(item, dict) else None
                text += f"[{name if isinstance(name, str) else step}]"
            else:
                text += f".{step}" if text else step
        return text


@dataclass(slots=True)
class Findings:
    """What was found wrong (faults) and what looks wrong (warnings), in the order found."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    more: int = 0

    def fault(
        self, file: str, line: int | None, path: str, problem: str, allowed: str = "", hint: str = ""
    ) -> None:
        """Add a fault, or only count it when there are too many to be read."""
        found = Fault(file, line, path, problem, allowed, hint)
        if found in self.faults:
            return
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(found)
        else:
            self.more += 1

    @property
    def full(self) -> bool:
        """Whether more faults are only counted, so that nothing need be made up for them."""
        return len(self.faults) >= MAX_FAULTS

    def at(self, tree: Tree, path: Path, problem: str, allowed: str = "", hint: str = "") -> None:
        """Add a fault at a path of a YAML file, unless that place already has one."""
        if not tree.told(path):
            self.fault(tree.file, tree.line(path), tree.label(path), problem, allowed, hint)

    def warn(self, tree: Tree, path: Path, problem: str, hint: str = "") -> None:
        """Add a warning at a path of a YAML file: the case runs, but probably not as meant."""
        self.warn_at(tree.file, tree.line(path), tree.label(path), problem, hint)

    def warn_at(self, file: str, line: int | None, path: str, problem: str, hint: str = "") -> None:
        """Add a warning at a line of any file."""
        found = Fault(file, line, path, problem, "", hint)
        if found not in self.warnings and len(self.warnings) < MAX_FAULTS:
            self.warnings.append(found)

    def all_faults(self) -> tuple[Fault, ...]:
        """Return the faults by file and line, with a last one that counts those left out."""
        found = sorted(self.faults, key=lambda fault: (fault.file, fault.line or 0))
        if self.more:
            found.append(
                Fault("", None, "", f"{self.more} more faults are not shown", "", "mend these first")
            )
        return tuple(found)


def near(word: str, options: Collection[str]) -> str:
    """Return ``nearest`` among the options of a like length, looking at 500 of them at most."""
    if len(word) > 100:
        return ""
    folded = word.casefold()
    same = next((option for option in options if option.casefold() == folded), None)
    if same is not None:
        return f"did you mean {same!r}?"
    alike = [option for option in options if abs(len(option) - len(word)) <= 4]
    return nearest(word, alike[:500])


def shown(value: object, longest: int = 60) -> str:
    """Return a value as a message shows it: short, quoted where it is text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = repr(value)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
