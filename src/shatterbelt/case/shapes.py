"""Turn YAML values into the case's types, and the types' complaints into faults that people can use."""

from __future__ import annotations

import functools
import json
import types as python_types
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from shatterbelt.case.findings import Findings, Path, Tree, near, shown
from shatterbelt.case.words import PATTERNS, describe, out_of_range

T = TypeVar("T", bound=BaseModel)


@functools.cache
def _adapter(kind: type[BaseModel]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def build(kind: type[T], tree: Tree, path: Path, findings: Findings) -> T | None:
    """Return the value at ``path`` as a ``kind``, or None with a fault for each thing wrong with it."""
    data = tree.value(path)
    if not isinstance(data, dict):
        findings.at(tree, path, f"{shown(data)} stands here", f"a mapping is expected: {describe(kind)}")
        return None
    try:
        built = _adapter(kind).validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        told = _Teller(kind, tree, path, findings)
        kept = told.one_branch_each(error.errors(include_url=False))
        for found in sorted(kept, key=lambda one: one["type"] != "extra_forbidden"):
            told.tell(found)
        return None
    if any(place[: len(path)] == path for place in tree.broken):
        return None
    return built if isinstance(built, kind) else None


class _Teller:
    """Says what is wrong with one value, in the words of the case format."""

    def __init__(self, kind: type[BaseModel], tree: Tree, path: Path, findings: Findings) -> None:
        self.kind = kind
        self.tree = tree
        self.path = path
        self.findings = findings
        self.misspelt: set[Path] = set()
        """Keys that are missing because they stand there under another name."""

    # ------------------------------------------------------------- where

    def walk(self, loc: Iterable[str | int]) -> tuple[Path, Any, list[tuple[Path, Any, str]]]:
        """Follow a location of the types' own to a path in the file.

        Returns the path, the type that is expected there, and the branches of unions taken on the way.
        """
        path: Path = self.path
        expected: Any = self.kind
        branches: list[tuple[Path, Any, str]] = []
        for step in loc:
            expected = _plain(expected)
            if _is_union(expected):
                chosen = _branch(expected, str(step))
                if chosen is not None:
                    branches.append((path, expected, str(step)))
                    expected = chosen
                    continue
            path = (*path, _key(expected, step, self.tree.value(path)))
            expected = _inner(expected, step)
        return path, _plain(expected), branches

    def one_branch_each(self, errors: list[ErrorDetails]) -> list[ErrorDetails]:
        """Keep, where one of several forms is allowed, the complaints of the form that was meant."""
        kept: list[ErrorDetails] = []
        for error in errors:
            _, _, branches = self.walk(error["loc"])
            if all(
                _branch(union, tag) is _choose(union, self.tree.value(path)) for path, union, tag in branches
            ):
                kept.append(error)
        return kept

    # ------------------------------------------------------------- what

    def tell(self, error: ErrorDetails) -> None:
        if self.findings.full:
            self.findings.more += 1
            return
        of_key = error["loc"][-1:] == ("[key]",)
        path, expected, branches = self.walk(error["loc"][:-1] if of_key else error["loc"])
        if branches and not isinstance(self.tree.value(branches[-1][0]), dict) and path == branches[-1][0]:
            expected = branches[-1][1]
        kind = error["type"]
        value = str(path[-1]) if of_key else self.tree.value(path)
        if kind == "extra_forbidden":
            self.unknown_key(path)
        elif kind in ("union_tag_invalid", "union_tag_not_found"):
            self.unknown_process(path, str(error["ctx"]["discriminator"]).strip("'"), expected)
        elif kind == "missing":
            self.missing(path, expected)
        elif kind == "too_short" and isinstance(value, list) and len(value) >= error["ctx"]["min_length"]:
            return  # its entries have faults, and are told of on their own
        elif kind in ("literal_error", "enum"):
            self.not_allowed(path, value, describe(expected), _literals(expected))
        elif kind == "string_pattern_mismatch":
            pattern = str(error.get("ctx", {}).get("pattern", ""))
            allowed, hint = PATTERNS.get(pattern, (f"text that matches {pattern}", ""))
            self.findings.at(
                self.tree, path, f"{shown(value)} has the wrong form", f"expected is {allowed}", hint
            )
        elif (told := out_of_range(kind, error.get("ctx", {}), value)) is not None:
            self.findings.at(self.tree, path, *told)
        else:
            self.wrong_type(path, expected, value)

    def not_allowed(self, path: Path, value: object, allowed: str, options: list[Any]) -> None:
        close = near(str(value), [str(option) for option in options])
        self.findings.at(
            self.tree, path, f"{shown(value)} is not allowed here", f"allowed are {allowed}", close
        )

    def unknown_process(self, path: Path, key: str, expected: Any) -> None:
        """Tell a mapping that is one of several kinds, but does not say which, or says an unknown one."""
        fields = [member.model_fields[key] for member in _members(expected) if _is_model(member)]
        options = [option for field in fields for option in _literals(field.annotation)]
        value = self.tree.value((*path, key))
        if value is None:
            problem = f"the key {key!r} is missing"
            self.findings.at(self.tree, path, problem, f"it is {', '.join(options)}")
        else:
            self.not_allowed((*path, key), value, ", ".join(options), options)

    def unknown_key(self, path: Path) -> None:
        owner: Any = self._owner(path)
        options = _keys(owner)
        name = str(path[-1])
        close = near(name, options)
        self.misspelt |= {(*path[:-1], option) for option in options if repr(option) in close}
        allowed = f"allowed are {', '.join(options)}"
        self.findings.at(self.tree, path, f"unknown key {name!r}", allowed, close)

    def missing(self, path: Path, expected: Any) -> None:
        around = path[:-1]
        whole = self.tree.value(around)
        if isinstance(whole, list):
            problem = f"{shown(whole)} is too short"
            self.findings.at(self.tree, around, problem, f"allowed is a list of {int(path[-1]) + 1} or more")
        elif path not in self.misspelt and not self.tree.told(around):
            self.findings.fault(
                self.tree.file,
                self.tree.line(around),
                self.tree.label(around),
                f"the key {str(path[-1])!r} is missing",
                f"it is {describe(expected)}",
            )

    def wrong_type(self, path: Path, expected: Any, value: object) -> None:
        hint = ""
        if isinstance(value, bool | int | float) and _plain(expected) is str:
            hint = "put it in quotes to make it text"
        self.findings.at(
            self.tree, path, f"{shown(value)} stands here", f"expected is {describe(expected)}", hint
        )

    def _owner(self, path: Path) -> Any:
        """Return the type of the mapping that holds the last key of ``path``."""
        expected: Any = self.kind
        at = self.path
        for step in path[len(self.path) : -1]:
            expected = _choose(expected, self.tree.value(at))
            at = (*at, step)
            expected = _inner(expected, step)
        return _choose(expected, self.tree.value(path[:-1]))


# --------------------------------------------------------------------------- types


def _plain(expected: Any) -> Any:
    while get_origin(expected) is Annotated:
        expected = get_args(expected)[0]
    return expected


def _is_union(expected: Any) -> bool:
    return get_origin(expected) in (Union, python_types.UnionType)


def _is_model(expected: Any) -> bool:
    return isinstance(expected, type) and issubclass(expected, BaseModel)


def _members(union: Any) -> list[Any]:
    found: list[Any] = []
    for member in get_args(union):
        plain = _plain(member)
        found += _members(plain) if _is_union(plain) else [plain]
    return found


def _tags(member: Any) -> set[str]:
    """Return what the types call this branch of a union in a location."""
    if _is_model(member):
        found = {member.__name__}
        for field in member.model_fields.values():
            plain = _plain(field.annotation)
            if get_origin(plain) is Literal:
                found |= {str(option) for option in get_args(plain)}
        return found
    if get_origin(member) is Literal:
        options = ",".join(repr(option) for option in get_args(member))
        return {f"literal[{options}]".replace(" ", "")}
    if get_origin(member) is tuple:
        inner = ["..." if arg is Ellipsis else _type_name(_plain(arg)) for arg in get_args(member)]
        return {f"tuple[{','.join(inner)}]"}
    return {"none"} if member is python_types.NoneType else {_type_name(member)}


def _type_name(member: Any) -> str:
    return str(getattr(member, "__name__", member))


def _branch(union: Any, tag: str) -> Any:
    """Return the branch of a union that the types call ``tag``, or None where the step is no tag."""
    plain = tag.replace(" ", "")
    return next((member for member in _members(union) if plain in _tags(member)), None)


def _choose(expected: Any, value: object) -> Any:
    """Return the branch of a union that ``value`` is most like."""
    expected = _plain(expected)
    if not _is_union(expected):
        return expected
    members = [member for member in _members(expected) if member is not python_types.NoneType]
    models = [member for member in members if _is_model(member)]
    if isinstance(value, dict) and models:
        return max(models, key=lambda model: _likeness(model, value))
    if isinstance(value, list):
        return next((member for member in members if get_origin(member) is tuple), members[0])
    others = [member for member in members if not _is_model(member) and get_origin(member) is not tuple]
    return (others or members)[0]


def _likeness(model: type[BaseModel], value: Mapping[str, object]) -> int:
    score = sum(key in _keys(model) for key in value)
    for name, field in model.model_fields.items():
        plain = _plain(field.annotation)
        if get_origin(plain) is Literal and value.get(name) in get_args(plain):
            score += 100
    return score


def _key(expected: Any, step: str | int, value: object) -> str | int:
    """Return the key as the file has it: the types may report a field under its alias or its name."""
    if _is_model(expected) and isinstance(value, dict) and isinstance(step, str) and step not in value:
        for name, field in expected.model_fields.items():
            if step in (name, field.alias):
                return name if name in value else str(field.alias or name)
    return step


def _inner(expected: Any, step: str | int) -> Any:
    expected = _plain(expected)
    if _is_model(expected):
        for name, field in expected.model_fields.items():
            if step in (name, field.alias):
                return field.annotation
        return None
    args = get_args(expected)
    origin = get_origin(expected)
    if origin is tuple and args:
        if len(args) == 2 and args[1] is Ellipsis:
            return args[0]
        return args[step] if isinstance(step, int) and step < len(args) else None
    if isinstance(origin, type) and issubclass(origin, Mapping) and len(args) == 2:
        return args[1]
    if _is_union(expected):
        for member in _members(expected):
            found = _inner(member, step)
            if found is not None:
                return found
    return None


def _keys(owner: Any) -> list[str]:
    owner = _plain(owner)
    if not _is_model(owner):
        return []
    return [field.alias or name for name, field in owner.model_fields.items()]


def _literals(expected: Any) -> list[Any]:
    expected = _plain(expected)
    if get_origin(expected) is Literal:
        return list(get_args(expected))
    if _is_union(expected):
        return [option for member in _members(expected) for option in _literals(member)]
    return []
