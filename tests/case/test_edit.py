"""Edits change one line, all or nothing, and say so in the journal."""

import os
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shatterbelt.case import (
    AddClaim,
    DropClaim,
    MarkClaim,
    SetValue,
    bundled,
    case_folder,
    load_case,
    read_journal,
    save_case,
)
from shatterbelt.case.draft import YAML_FILES
from shatterbelt.case.findings import Findings
from shatterbelt.case.splice import add_item, drop_item, set_value
from shatterbelt.case.yaml_reading import read_yaml
from shatterbelt.errors import CaseError, RequestError


def lines_changed(before, after):
    old, new = before.splitlines(), after.splitlines()
    assert len(old) == len(new)
    return [(a, b) for a, b in zip(old, new, strict=True) if a != b]


def test_a_value_is_set_on_its_line_only(good):
    before = (good / "quantities.yaml").read_text()
    case = save_case(good, [SetValue("quantities.yaml", ("fuel_price", "usual"), 210)])
    assert case.quantities["fuel_price"].usual == 210
    assert lines_changed(before, (good / "quantities.yaml").read_text()) == [("  usual: 200", "  usual: 210")]


def test_a_value_inside_braces_is_set_in_its_place(good):
    before = (good / "quantities.yaml").read_text()
    save_case(good, [SetValue("quantities.yaml", ("fuel_price", "lever", "high"), 500)])
    assert lines_changed(before, (good / "quantities.yaml").read_text()) == [
        ("  lever: {actor: PATRON, low: 100, high: 400}", "  lever: {actor: PATRON, low: 100, high: 500}")
    ]


def test_a_claim_is_found_by_its_id(good):
    case = save_case(good, [SetValue("claims.yaml", ("sanctions_bring_pressure", "sign"), "-")])
    assert [claim.sign for claim in case.claims if claim.id == "sanctions_bring_pressure"] == ["-"]


def test_claims_are_taken_in_and_out_of_narratives(good):
    before = (good / "case.yaml").read_text()
    save_case(
        good,
        [DropClaim("street", "sanctions_bring_pressure"), AddClaim("squeeze", "sanctions_bring_pressure")],
    )
    assert lines_changed(before, (good / "case.yaml").read_text()) == [
        (
            "    claims: [price_squeezes, squeeze_brings_protest]",
            "    claims: [price_squeezes, squeeze_brings_protest, sanctions_bring_pressure]",
        ),
        (
            "    claims: [protest_brings_sanctions, sanctions_bring_pressure]",
            "    claims: [protest_brings_sanctions]",
        ),
    ]


def test_a_mark_is_a_note_on_the_claim(good):
    before = (good / "claims.yaml").read_text().splitlines()
    case = save_case(good, [MarkClaim("price_squeezes", "Look again: who says so?")])
    assert case.claims[0].note == "Look again: who says so?"
    after = (good / "claims.yaml").read_text().splitlines()
    assert [line for line in after if line not in before] == ['  note: "Look again: who says so?"']
    assert len(after) == len(before) + 1


def test_an_edit_that_makes_a_fault_is_not_made(good):
    before = {path: path.read_bytes() for path in good.rglob("*") if path.is_file()}
    with pytest.raises(CaseError, match="above 0"):
        save_case(
            good,
            [
                SetValue("claims.yaml", ("price_squeezes", "strength"), "strong"),
                SetValue("quantities.yaml", ("fuel_price", "usual"), 0),
            ],
        )
    assert {path: path.read_bytes() for path in good.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        (SetValue("claims.yaml", ("price_squeeze", "sign"), "-"), "did you mean 'price_squeezes'"),
        (SetValue("record/series.csv", (), 1), "is not edited"),
        (SetValue("quantities.yaml", ("fuel_price", "lever", "x", "y"), 1), "nothing of that name"),
        (AddClaim("streets", "price_squeezes"), "unknown narrative 'streets'"),
        (AddClaim("squeeze", "price_squeezes"), "holds 'price_squeezes' already"),
        (DropClaim("squeeze", "sanctions_bring_pressure"), "does not hold"),
    ],
)
def test_an_edit_that_does_not_fit_is_told(good, edit, text):
    before = {path: path.read_bytes() for path in good.rglob("*") if path.is_file()}
    with pytest.raises(RequestError) as caught:
        save_case(good, [edit])
    assert text in str(caught.value)
    assert {path: path.read_bytes() for path in good.rglob("*") if path.is_file()} == before


def test_the_journal_says_what_was_changed_in_order(good):
    assert read_journal(good) == []
    save_case(good, [SetValue("quantities.yaml", ("fuel_price", "usual"), 210)])
    save_case(good, [DropClaim("street", "sanctions_bring_pressure")])
    first, second = read_journal(good)
    assert (first["what"], first["path"], first["old"], first["new"]) == (
        "set",
        ["fuel_price", "usual"],
        200,
        210,
    )
    assert (second["what"], second["old"], second["new"]) == ("drop claim", "sanctions_bring_pressure", None)
    assert first["when"] <= second["when"]


def test_a_crash_while_writing_leaves_the_old_file(good, monkeypatch):
    before = {path: path.read_bytes() for path in good.rglob("*") if path.is_file()}

    def crash(*args):
        raise OSError("the disk is gone")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(OSError, match="the disk is gone"):
        save_case(good, [SetValue("quantities.yaml", ("fuel_price", "usual"), 210)])
    assert {path: path.read_bytes() for path in good.rglob("*") if path.is_file()} == before


def test_no_edit_changes_no_byte(good):
    before = {path: path.read_bytes() for path in good.rglob("*") if path.is_file()}
    save_case(good, [])
    save_case(good, [SetValue("quantities.yaml", ("fuel_price", "usual"), 200)])
    assert {path: path.read_bytes() for path in good.rglob("*") if path.is_file()} == before


def test_line_ends_and_the_byte_order_mark_stay(good):
    path = good / "quantities.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    save_case(good, [SetValue("quantities.yaml", ("fuel_price", "usual"), 210)])
    assert path.read_bytes() == before.replace(b"usual: 200", b"usual: 210")


def test_a_bundled_case_is_not_edited(good):
    for name in bundled():
        with pytest.raises(RequestError, match="a bundled case is not edited"):
            save_case(name, [SetValue("case.yaml", ("horizon",), 12)])


def scalars(value, path=()):
    """Every path of a plain value to a piece of text or a number."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from scalars(item, (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from scalars(item, (*path, at))
    elif not isinstance(value, bool) and value is not None:
        yield path


@pytest.mark.parametrize("name", bundled())
@pytest.mark.parametrize("file", YAML_FILES)
def test_any_value_of_a_bundled_case_can_be_set_without_touching_the_rest(name, file):
    text = (case_folder(name) / file).read_text(encoding="utf-8")
    paths = list(scalars(read_yaml(text, file, Findings()).data))
    for path in paths[:: max(1, len(paths) // 6)]:
        changed = set_value(text, path, "Another: value")
        assert changed.count('"Another: value"') == 1
        before, after = changed.split('"Another: value"')
        assert text.startswith(before)
        assert text.endswith(after)
        assert text[len(before) : len(text) - len(after)].strip()


@settings(deadline=None, max_examples=150)
@given(
    st.text(max_size=40) | st.integers(-(10**15), 10**15) | st.booleans() | st.none() | st.floats(-1e9, 1e9)
)
def test_any_value_is_written_so_that_it_is_read_back(value):
    text = (
        "# top\nfirst: {a: 1, b: [x, y]}  # beside\n"
        "second:\n  - id: z\n    c: >-\n      folded\n      text\n\n# end\n"
    )
    for path in (
        ("first", "a"),
        ("first", "b", 1),
        ("second", 0, "c"),
        ("second", 0, "new"),
        ("first", "new"),
    ):
        try:
            changed = set_value(text, path, value)
        except RequestError:
            assert isinstance(value, str)
            assert not value.isprintable()
            continue
        found = read_yaml(changed, "", Findings()).value(path)
        assert found == value
        assert all(comment in changed for comment in ("# top\n", "# beside\n", "\n\n# end\n"))


@pytest.mark.parametrize(
    ("text", "after_add", "after_drop"),
    [
        ("a: [x, y]\nb: 1\n", "a: [x, y, z]\nb: 1\n", "a: [y]\nb: 1\n"),
        (
            "a:\n  - x\n  - y  # why\nb: 1\n",
            "a:\n  - x\n  - y  # why\n  - z\nb: 1\n",
            "a:\n  - y  # why\nb: 1\n",
        ),
        ("a:\n- x\n- y\n\n# end\n", "a:\n- x\n- y\n- z\n\n# end\n", "a:\n- y\n\n# end\n"),
        ("a: [\n  x,\n  y,\n]\n", "a: [\n  x,\n  y, z\n]\n", "a: [\n  y,\n]\n"),
        ("a:\n  - x\n  - y", "a:\n  - x\n  - y\n  - z", "a:\n  - y"),
    ],
)
def test_lists_grow_and_shrink_in_their_own_style(text, after_add, after_drop):
    assert add_item(text, ("a",), "z") == after_add
    assert drop_item(text, ("a",), "x") == after_drop


def test_an_empty_list_takes_an_item():
    assert add_item("a: []\n", ("a",), "z") == "a: [z]\n"


def test_a_copy_of_a_case_is_edited_and_loads(good, tmp_path):
    copy = shutil.copytree(good, tmp_path / "copy")
    save_case(copy, [SetValue("claims.yaml", ("price_squeezes", "lag"), [2, 4])])
    assert load_case(copy).claims[0].lags == (2, 4)
    assert load_case(good).claims[0].lags == (1, 3)
