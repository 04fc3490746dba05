"""Change one value in a YAML text and leave every other character as it is.

The parser says where the value stands; its characters are replaced in the text itself. So comments,
order, quotes and line breaks stay, which no dump of the parsed values could promise. Every result is
read again and must hold exactly the change that was asked for.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from shatterbelt.case.findings import Findings, Path, Tree, shown
from shatterbelt.case.yaml_reading import read_yaml
from shatterbelt.errors import RequestError

Plain = str | int | float | bool | None | Sequence["Plain"] | Mapping[str, "Plain"]
"""What can be written: text, numbers, true or false, null, lists and mappings of these."""

_SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_./ -]*[A-Za-z0-9_./-]|[A-Za-z]")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def set_value(text: str, path: Path, value: Plain) -> str:
    """Return the text with the value at ``path`` replaced, or its last key added to its mapping.

    Raises:
        RequestError: there is nothing at ``path`` to change, or it cannot be changed safely.
    """
    root = yaml.compose(text, Loader=_LOADER)
    node = _find(root, path)
    if node is not None:
        start, end = _span(text, node)
        changed = text[:start] + _flow(value) + text[end:]
    else:
        owner = _find(root, path[:-1]) if path else None
        if not isinstance(owner, yaml.MappingNode) or not isinstance(path[-1], str) or not owner.value:
            raise RequestError(f"{_label(path)}: there is nothing of that name to change")
        changed = _with_key(text, owner, path[-1], value)
    return _checked(text, changed, path, lambda data: _put(data, path, value))


def add_item(text: str, path: Path, value: Plain) -> str:
    """Return the text with ``value`` added at the end of the list at ``path``.

    Raises:
        RequestError: there is no list at ``path``, or it cannot be changed safely.
    """
    node = _find(yaml.compose(text, Loader=_LOADER), path)
    if not isinstance(node, yaml.SequenceNode):
        raise RequestError(f"{_label(path)}: there is no list to add to")
    if node.flow_style or not node.value:
        start, end = _span(text, node)
        inner = text[start + 1 : end - 1].rstrip().rstrip(",").rstrip()
        tail = text[start + 1 + len(inner) : end]
        gap = tail[:-1].lstrip(",") if "\n" in tail or "#" in tail else ""
        added = f"{inner}, {_flow(value)}" if node.value else _flow(value)
        changed = f"{text[:start]}[{added}{gap}]{text[end:]}"
    else:
        last = node.value[-1]
        column = node.value[0].start_mark.column
        dash = text.rfind("-", 0, node.value[0].start_mark.index)
        indent = column - (node.value[0].start_mark.index - dash)
        line_end = text.find("\n", max(last.end_mark.index - 1, last.start_mark.index))
        at = len(text) if line_end < 0 else line_end
        changed = f"{text[:at]}\n{' ' * indent}- {_flow(value)}{text[at:]}"
    return _checked(text, changed, path, lambda data: _at(data, path).append(value))


def drop_item(text: str, path: Path, value: str) -> str:
    """Return the text without the items ``value`` of the list at ``path``.

    Raises:
        RequestError: the list does not hold it, or cannot be changed safely.
    """
    node = _find(yaml.compose(text, Loader=_LOADER), path)
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    at = next((at for at, item in enumerate(items) if item.value == value), None)
    if at is None or node is None:
        raise RequestError(f"{_label(path)}: it does not hold {value!r}")
    item = items[at]
    start, end = item.start_mark.index, item.end_mark.index
    if node.flow_style:
        if at + 1 < len(items):
            end = items[at + 1].start_mark.index
        elif at > 0:
            start = items[at - 1].end_mark.index
        changed = text[:start] + text[end:]
    elif len(items) == 1:
        begin = text.rfind("\n", 0, start) + 1
        raise RequestError(
            f"{_label(path)}: {text[begin:end].strip()!r} is its only item; change the list by hand"
        )
    else:
        begin = text.rfind("\n", 0, start) + 1
        stop = text.find("\n", end)
        changed = text[:begin] + (text[stop + 1 :] if stop >= 0 else "")
    return _checked(text, changed, path, lambda data: _at(data, path).pop(at))


# --------------------------------------------------------------------------- nodes


def _find(root: Any, path: Path) -> Any:
    node = root
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        else:
            return None
    return node


def _span(text: str, node: Any) -> tuple[int, int]:
    """Return where a value's own characters start and end, without the line break after a block."""
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        end = start + len(text[start:end].rstrip())
    elif not isinstance(node, yaml.ScalarNode) and not node.flow_style:
        raise RequestError(
            f"line {node.start_mark.line + 1}: a whole block is not replaced; change the values in it"
        )
    return start, end


def _with_key(text: str, owner: Any, key: str, value: Plain) -> str:
    if owner.flow_style:
        last = owner.value[-1][1].end_mark.index
        return f"{text[:last]}, {_flow(key)}: {_flow(value)}{text[last:]}"
    first = owner.value[0][0].start_mark
    # After the first entry: the end of the last one may be followed by comments on what comes next.
    second = owner.value[1][0].start_mark if len(owner.value) > 1 else None
    line = f"{_flow(key)}: {_flow(value)}\n"
    if second is not None:
        at, column = int(second.index), int(second.column)
        return text[:at] + line + " " * column + text[at:]
    end: int = owner.value[0][1].end_mark.index
    body = text[:end].rstrip("\n")
    return f"{body}\n{' ' * first.column}{line.rstrip()}{text[len(body) :]}"


def _flow(value: Plain) -> str:
    """Return a value on one line of YAML: plain words bare, all other text in double quotes."""
    if isinstance(value, str):
        if _SAFE.fullmatch(value) and value.lower() not in _WORDS and len(value) < 200:
            return value
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return str(json.dumps(value, allow_nan=False))


# --------------------------------------------------------------------------- the proof


def _checked(before: str, after: str, path: Path, change: Any) -> str:
    """Return ``after`` if it holds what ``before`` holds with ``change`` made, and nothing else."""
    wanted = copy.deepcopy(_data(before))
    change(wanted)
    try:
        found = _data(after)
    except RequestError:
        found = None
    if found != wanted:
        raise RequestError(
            f"{_label(path)}: it cannot be changed here without touching other text; edit the file"
        )
    return after


def _data(text: str) -> Any:
    findings = Findings()
    tree = read_yaml(text, "", findings)
    if findings.faults:
        raise RequestError(str(findings.faults[0]))
    return tree.data


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _put(data: Any, path: Path, value: Plain) -> None:
    _at(data, path[:-1])[path[-1]] = _as_read(value)


def _as_read(value: Plain) -> Any:
    if isinstance(value, Mapping):
        return {key: _as_read(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_as_read(item) for item in value]
    return value


def _label(path: Path) -> str:
    return Tree("").label(path) or shown(path)
