"""The JSON Schemas accept what is a case, refuse what is not; `new` writes a case, whole or not at all."""

import json
import os

import jsonschema
import pytest
import yaml

from shatterbelt.case import bundled, case_folder, case_warnings, check_case, load_case, new_case, schema
from shatterbelt.case.draft import YAML_FILES
from shatterbelt.case.findings import Findings
from shatterbelt.case.yaml_reading import read_yaml
from shatterbelt.errors import RequestError


def read(folder, file):
    return read_yaml((folder / file).read_text(encoding="utf-8"), file, Findings()).data


@pytest.mark.parametrize("file", YAML_FILES)
def test_the_schemas_are_schemas(file):
    jsonschema.Draft202012Validator.check_schema(schema()[file])
    assert json.loads(json.dumps(schema()[file])) == schema()[file]


@pytest.mark.parametrize("file", YAML_FILES)
@pytest.mark.parametrize("name", [None, *bundled()])
def test_the_schemas_accept_the_cases(good, name, file):
    folder = case_folder(name) if name else good
    errors = jsonschema.Draft202012Validator(schema()[file]).iter_errors(read(folder, file))
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("case.yaml", lambda data: data.update(horizn=3)),
        ("case.yaml", lambda data: data.pop("start")),
        ("quantities.yaml", lambda data: data["fuel_price"].update(kind="levl")),
        ("quantities.yaml", lambda data: data["fuel_price"].update(swing=-1)),
        ("claims.yaml", lambda data: data[0].update(sign="?")),
        ("claims.yaml", lambda data: data[0]["evidence"][0].pop("paraphrase")),
        ("documents.yaml", lambda data: data[0].update(rating="G")),
    ],
)
def test_the_schemas_refuse_what_is_no_case(good, file, change):
    data = read(good, file)
    change(data)
    assert list(jsonschema.Draft202012Validator(schema()[file]).iter_errors(data))


def test_titles_and_descriptions_reach_the_editor():
    text = json.dumps(schema())
    assert "confidence of the reading, 0-1" in text
    assert "probability a step when off, causes as usual" in text


def test_a_new_case_loads_without_fault_or_warning(tmp_path):
    folder = new_case(tmp_path / "my-case")
    assert check_case(folder) == []
    assert case_warnings(folder) == []
    assert load_case(folder).about.name == "my-case"


def test_a_new_case_has_one_of_what_an_analyst_starts_with(tmp_path):
    case = load_case(new_case(tmp_path / "x" / "y"))
    assert len(case.quantities) >= 2
    assert case.claims
    assert case.about.narratives
    assert case.about.outcomes
    assert case.series
    assert case.events
    assert any(document.kind == "publication" for document in case.documents.values())


def test_a_new_case_goes_into_an_empty_folder_and_no_other(tmp_path):
    (tmp_path / "empty").mkdir()
    assert check_case(new_case(tmp_path / "empty")) == []
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "mine.txt").write_text("mine")
    with pytest.raises(RequestError, match="not empty"):
        new_case(tmp_path / "used")
    assert [path.name for path in (tmp_path / "used").iterdir()] == ["mine.txt"]
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RequestError, match="not a folder"):
        new_case(tmp_path / "file")
    with pytest.raises(RequestError):
        new_case(tmp_path / "file" / "below")
    with pytest.raises(RequestError):
        new_case("a\0b")


def test_an_interrupted_new_case_leaves_nothing(tmp_path, monkeypatch):
    def crash(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(RequestError, match="No space left"):
        new_case(tmp_path / "case")
    assert list(tmp_path.iterdir()) == []


def test_the_example_is_read_as_the_yaml_of_other_programs_too(tmp_path):
    """Nothing in it hangs on YAML 1.2: a reader of 1.1 sees the same keys."""
    folder = new_case(tmp_path / "case")
    for file in YAML_FILES:
        theirs = yaml.safe_load((folder / file).read_text(encoding="utf-8"))
        ours = read(folder, file)
        assert list(theirs) == list(ours)
