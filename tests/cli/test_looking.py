"""check, show, quotes, cases, schema and new: what they print, as text and as JSON, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
LISTS = {
    "rows": ("row", "R1"),
    "quantities": ("name", "fuel_price"),
    "claims": ("id", "price_squeezes"),
    "narratives": ("name", "squeeze"),
    "outcomes": ("name", "sanctions_by_2013"),
    "sources": ("id", "drezner-1999"),
    "actors": ("id", "PATRON"),
    "record": ("series", "fuel_price_paid"),
}


# ------------------------------------------------------------------------------- check


def test_a_good_case_has_no_faults_and_ends_with_zero(call, small: Path):
    done = call("check", small)
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"{small}: no faults\n", "")


def test_every_fault_is_named_at_once_with_file_and_line_and_the_end_is_one(call, small: Path):
    claims = small / "claims.yaml"
    text = (
        claims.read_text()
        .replace("cause: fuel_price", "cause: fuel_prise")
        .replace("strength: strong", "strength: huge")
    )
    claims.write_text(text)
    lines = text.splitlines()
    done = call("check", small)
    assert done.exit_code == 1
    for wrong in ("fuel_prise", "huge"):
        number = next(i for i, line in enumerate(lines, 1) if wrong in line)
        assert any(f"claims.yaml:{number}" in line and wrong in line for line in done.stdout.splitlines())
    assert "did you mean 'fuel_price'?" in done.stdout
    assert "2 faults" in done.stderr


def test_faults_as_json_are_a_list_of_objects(call, small: Path):
    quantities = small / "quantities.yaml"
    quantities.write_text(quantities.read_text().replace("unit: USD/tonne", "unit: bananas", 1))
    done = call("check", small, "--json")
    assert done.exit_code == 1
    faults = json.loads(done.stdout)
    assert faults
    assert all(set(fault) == {"file", "line", "path", "problem", "allowed", "hint"} for fault in faults)
    assert any(
        fault["file"].endswith("quantities.yaml") and isinstance(fault["line"], int) for fault in faults
    )


def test_a_good_case_as_json_is_an_empty_list(call, small: Path):
    assert json.loads(call("check", small, "--json").stdout) == []


# -------------------------------------------------------------------------------- show


def test_a_case_is_shown_in_short(call, small: Path):
    text = call("show", small).stdout
    assert "A small state between two neighbours" in text
    found = json.loads(call("show", small, "--json").stdout)
    assert (found["what"], found["name"], found["claims"], found["quantities"]) == (
        "case",
        "small-state",
        4,
        8,
    )


@pytest.mark.parametrize("kind", LISTS)
def test_every_list_names_its_things_as_text_and_as_json(call, small: Path, kind: str):
    key, name = LISTS[kind]
    assert name in call("show", small, f"--{kind}").stdout
    found = json.loads(call("show", small, f"--{kind}", "--json").stdout)
    assert name in [item[key] for item in found]


def test_a_row_names_what_carries_it(call, small: Path):
    (row,) = json.loads(call("show", small, "--rows", "--json").stdout)
    assert row["quantities"] == ["fuel_price"]
    assert row["claims"] == ["price_squeezes"]
    assert {"row", "title", "quantities", "claims", "record"} <= set(row)


def test_a_claim_in_the_list_says_which_narratives_hold_it(call, small: Path):
    found = {item["id"]: item for item in json.loads(call("show", small, "--claims", "--json").stdout)}
    assert found["price_squeezes"]["narratives"] == ["squeeze", "both"]
    assert "fuel_price +> marchers" in call("show", small, "--claims").stdout


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("fuel_price", "quantity"),
        ("price_squeezes", "claim"),
        ("squeeze", "narrative"),
        ("sanctions_by_2013", "outcome"),
        ("R1", "row"),
        ("drezner-1999", "source"),
        ("PATRON", "actor"),
        ("world_fuel_price", "series"),
    ],
)
def test_a_name_shows_its_bearer_whatever_it_is(call, small: Path, name: str, what: str):
    assert json.loads(call("show", small, name, "--json").stdout)["what"] == what
    assert call("show", small, name).stdout.startswith(f"{what} {name}\n")


def test_a_quantity_is_shown_with_its_causes_and_effects(call, small: Path):
    found = json.loads(call("show", small, "marchers", "--json").stdout)
    assert (found["causes"], found["effects"]) == (["price_squeezes"], ["squeeze_brings_protest"])


def test_a_claim_is_shown_with_its_evidence(call, small: Path):
    text = call("show", small, "squeeze_brings_protest").stdout
    assert "granovetter-1978 finds: Small shifts of thresholds can set off a cascade" in text
    assert "digest-one, paragraph 2, the digest (asserted)" in call("show", small, "price_squeezes").stdout


def test_an_unknown_name_brings_the_nearest(call, small: Path):
    done = call("show", small, "fuel_prize")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "did you mean 'fuel_price'?" in done.stderr


# ------------------------------------------------------------------------------ quotes


def test_quotes_are_printed_with_their_claims(call, small: Path):
    done = call("quotes", small, "--documents", small / "digests")
    assert done.exit_code == 0
    assert "price_squeezes: A higher price brings pressure at home" in done.stdout
    assert "1 quote: 1 at their place, 0 re-anchored, 0 not found" in done.stdout


def test_the_quote_printed_is_what_stands_in_the_document(call, small: Path):
    (quote,) = json.loads(call("quotes", small, "--documents", small / "digests", "--json").stdout)
    text = (small / "digests" / "one.md").read_text()
    assert quote["text"] == " ".join(text[quote["start"] : quote["end"]].split())
    assert (quote["claim"], quote["status"], quote["paragraph"]) == ("price_squeezes", "resolved", 2)


def test_another_copy_is_used_and_this_is_said(call, small: Path, tmp_path: Path):
    copies = tmp_path / "copies"
    copies.mkdir()
    text = (small / "digests" / "one.md").read_text()
    (copies / "saved-from-the-web.txt").write_text("Menu\nSign in\n\n" + text.replace(" ", "  "))
    done = call("quotes", small, "--documents", copies)
    assert done.exit_code == 0
    assert "1 re-anchored" in done.stdout
    assert "re-anchored at" in done.stdout


def test_documents_that_are_not_there_are_an_error_that_names_them(call, small: Path, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    done = call("quotes", small, "--documents", tmp_path / "empty")
    assert done.exit_code == 1
    assert "digest-one" in done.stderr
    assert "1 of 1 quotes cannot be found" in done.stderr


def test_every_quote_of_belarus_stands_in_the_two_documents(call):
    done = call("quotes", "belarus", "--documents", SEEDS, "--json")
    assert done.exit_code == 0
    assert {quote["status"] for quote in json.loads(done.stdout)} == {"resolved"}


# ------------------------------------------------------------------- cases, schema, new


def test_the_bundled_cases_are_listed(call):
    assert "belarus" in call("cases").stdout
    found = json.loads(call("cases", "--json").stdout)
    assert "belarus" in [case["name"] for case in found]
    assert all(set(case) == {"name", "title", "start", "record_ends"} for case in found)


def test_the_rows_of_belarus_are_all_carried(call):
    rows = json.loads(call("show", "belarus", "--rows", "--json").stdout)
    assert [row["row"] for row in rows] == [f"S{i}" for i in range(1, 25)]
    assert [row["row"] for row in rows if not (row["quantities"] and row["claims"] and row["record"])] == []


def test_a_schema_for_every_file_is_written(call, tmp_path: Path):
    done = call("schema", "--out", tmp_path / "schemas")
    paths = [Path(line) for line in done.stdout.splitlines()]
    assert {path.name for path in paths} >= {
        "case.schema.json",
        "quantities.schema.json",
        "claims.schema.json",
    }
    assert all("$schema" in json.loads(path.read_text()) for path in paths)


def test_without_a_folder_the_schemas_go_to_stdout(call):
    assert "claims.yaml" in json.loads(call("schema").stdout)


def test_a_new_case_has_no_faults(call, tmp_path: Path):
    done = call("new", tmp_path / "mine")
    assert done.exit_code == 0
    assert "shatterbelt run" in done.stdout
    assert call("check", tmp_path / "mine").exit_code == 0


def test_a_folder_in_use_is_left_alone(call, small: Path):
    before = sorted(path.read_bytes() for path in small.rglob("*") if path.is_file())
    done = call("new", small)
    assert done.exit_code == 2
    assert sorted(path.read_bytes() for path in small.rglob("*") if path.is_file()) == before
