"""docs/case-format.md says what the code does: keys, units, functions and every fault."""

import re
from pathlib import Path

import pytest

from shatterbelt.case import types
from shatterbelt.case.formulas import FUNCTIONS, MAX_LENGTH, MAX_NESTING
from shatterbelt.case.units import known_units, unit
from shatterbelt.errors import FormulaError
from shatterbelt.statements import STRENGTH_SCALE, Claim, Frozen, PublicationEvidence, Quote, QuoteEvidence

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "case-format.md").read_text(encoding="utf-8")
MODELS = [
    kind
    for kind in {**vars(types), "a": Claim, "b": Quote, "c": QuoteEvidence, "d": PublicationEvidence}.values()
    if isinstance(kind, type) and issubclass(kind, Frozen) and kind not in (Frozen, types.Case)
]
KEYS = sorted({field.alias or name for model in MODELS for name, field in model.model_fields.items()})


def written(word):
    return re.search(rf"`[^`\n]*(?<![a-z_]){re.escape(word)}(?![a-z_])[^`\n]*`", DOCS) is not None


@pytest.mark.parametrize("key", KEYS)
def test_every_key_stands_in_the_docs(key):
    assert written(key)


@pytest.mark.parametrize("name", [*FUNCTIONS, *known_units(), *STRENGTH_SCALE])
def test_every_function_unit_and_strength_stands_in_the_docs(name):
    assert written(name)


def test_every_unit_in_the_docs_is_one():
    section = DOCS[DOCS.index("## Units") : DOCS.index("## Editing")]
    told = {name for name in re.findall(r"`([^`]+)`", section) if not name.endswith("_")}
    for name in told:
        try:
            unit(name)
        except FormulaError as error:
            pytest.fail(str(error))


def test_limits_and_scales_are_those_of_the_code():
    assert f"Up to {MAX_LENGTH:,}\ncharacters" in DOCS or f"Up to {MAX_LENGTH:,} characters" in DOCS
    assert f"{MAX_NESTING} levels of\nparentheses" in DOCS or f"{MAX_NESTING} levels of parentheses" in DOCS
    assert "{slight}, {moderate} and {strong} swings".format(**STRENGTH_SCALE) in DOCS
