"""What a language model may answer: its schema, and the limits that are checked again on our side."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from shatterbelt.reading.statements import Context, Direction, Form, Relation, Resolution
from shatterbelt.statements import Frozen, Manner, PloverType, Sign

MOST = 400
"""Statements in one answer; a model that gives more is not reading."""

Copied = Annotated[str, Field(max_length=1_000, description="copied from the document; empty: not said")]
Needed = Annotated[str, Field(min_length=1, max_length=1_000, description="copied from the document")]
Named = Annotated[
    str, Field(max_length=60, pattern=r"^[^\W_]?[\w '%-]*$", description="our own plain words, lower case")
]
IsoDay = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Speaker(Frozen):
    """Who says it, and the words that tell so."""

    source: Copied
    cue: Copied = ""
    manner: Manner = "reported"


class When(Frozen):
    """The days that an event can have happened on, and the words that say so."""

    words: Needed
    earliest: IsoDay
    latest: IsoDay
    resolution: Resolution

    @model_validator(mode="after")
    def _in_order(self) -> When:
        if dt.date.fromisoformat(self.earliest) > dt.date.fromisoformat(self.latest):
            raise ValueError("the earliest day is after the latest")
        return self


class Number(Frozen):
    """A number with its bounds, and what is counted."""

    words: Needed
    low: float | None
    high: float | None
    what: Named = ""


class _Said(Frozen):
    quote: Needed
    says_who: tuple[Speaker, ...] = Field(default=(), max_length=4)
    manner: Manner = "asserted"
    hedge: Copied = ""


class SaidEvent(_Said):
    """An event in the model's words."""

    kind: Literal["event"]
    type: PloverType
    trigger: Needed
    actors: tuple[Needed, ...] = Field(default=(), max_length=8)
    targets: tuple[Needed, ...] = Field(default=(), max_length=8)
    contexts: tuple[Context, ...] = Field(default=(), max_length=4)
    date: When | None = None
    place: Copied = ""
    numbers: tuple[Number, ...] = Field(default=(), max_length=8)


class SaidClaim(_Said):
    """A claim in the model's words."""

    kind: Literal["claim"]
    relation: Relation = "cause"
    cause: Needed
    effect: Needed
    connective: Copied = ""
    cause_quantity: Named = ""
    effect_quantity: Named = ""
    cause_change: Sign = "unknown"
    effect_change: Sign = "unknown"
    sign: Sign = "unknown"


class SaidAim(_Said):
    """An aim in the model's words."""

    kind: Literal["aim"]
    form: Form
    actor: Copied
    addressee: Copied = ""
    content: Needed
    cue: Needed
    quantity: Named = ""
    direction: Direction = "unknown"
    condition: Copied = ""


Said = SaidEvent | SaidClaim | SaidAim
_ADAPTER: TypeAdapter[Said] = TypeAdapter(Annotated[Said, Field(discriminator="kind")])


def schema() -> dict[str, Any]:
    """Return the JSON Schema of an answer in the strict form: every key required, and no others."""
    made = _ADAPTER.json_schema(ref_template="#/$defs/{model}")
    parts = {name: _strict(part) for name, part in made.pop("$defs").items()}
    kinds = [{"$ref": f"#/$defs/{one.__name__}"} for one in (SaidEvent, SaidClaim, SaidAim)]
    return {
        "type": "object",
        "properties": {"statements": {"type": "array", "items": {"anyOf": kinds}}},
        "required": ["statements"],
        "additionalProperties": False,
        "$defs": parts,
    }


_LOOSE = {"default", "title", "maxLength", "minLength", "maxItems", "pattern"}
"""Left out of what is sent, since strict servers refuse some of it; checked on our side all the same."""


def _strict(part: Any) -> Any:
    if isinstance(part, list):
        return [_strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    done = {
        key: {name: _strict(one) for name, one in value.items()} if key == "properties" else _strict(value)
        for key, value in part.items()
        if key not in _LOOSE
    }
    if "const" in done:
        done["enum"] = [done.pop("const")]
    if "properties" in done:
        done |= {"required": list(done["properties"]), "additionalProperties": False}
    return done


def read_answer(content: str) -> tuple[list[Said], int]:
    """Return what an answer says, and how many of its statements do not fit the schema.

    Raises:
        ValueError: the answer is no object with a list of statements, or the list is too long.
    """
    try:
        data = json.loads(content, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError:
        raise ValueError("it is not JSON") from None
    if not isinstance(data, dict) or set(data) != {"statements"} or not isinstance(data["statements"], list):
        raise ValueError("it is not an object with a list of statements and nothing else")
    if len(data["statements"]) > MOST:
        raise ValueError(f"it has {len(data['statements'])} statements, more than {MOST}")
    good: list[Said] = []
    for item in data["statements"]:
        try:
            good.append(_ADAPTER.validate_json(json.dumps(item), strict=True))
        except (ValidationError, ValueError, RecursionError):
            continue
    return good, len(data["statements"]) - len(good)


def _no_constant(name: str) -> float:
    raise ValueError(name)
