"""Every mistake that an analyst can make in a case is told once, at its place, with what to try."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from shatterbelt.case import check_case, findings
from shatterbelt.case.findings import MAX_FAULTS

CASES = yaml.safe_load((Path(__file__).parent / "faults.yaml").read_text(encoding="utf-8"))
SOURCES = [
    re.sub(r'"\s*\n\s*f?"', "", path.read_text(encoding="utf-8"))
    for path in Path(findings.__file__).parent.rglob("*.py")
]
GOOD = Path(__file__).parent / "good"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "case-format.md"


TABLE = DOCS.read_text(encoding="utf-8").partition("## Faults")[2].partition("|---|---|\n")[2]
ROWS = [re.split(r" \| ", row)[0].removeprefix("| ") for row in TABLE.splitlines() if row.startswith("| ")]


def row_of(problem):
    """The rows of the docs' table of faults under which a problem is found; ... stands for anything."""
    return [
        row
        for row in ROWS
        if re.fullmatch(re.escape(row).replace(r"\.\.\.", ".+") + "(?: .*)?", problem, re.DOTALL)
    ]


def spoil(folder, change):
    """Make a case of faults.yaml's change in a copy of the good case."""
    path = folder / change["file"]
    if change.get("delete"):
        path.unlink()
        return
    text = path.read_text(encoding="utf-8")
    if "write" in change:
        text = change["write"]
    if "append" in change:
        text += change["append"]
    if "replace" in change:
        old, new = change["replace"]
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {change['file']}"
        text = text.replace(old, new)
    if "replace_pattern" in change:
        pattern, new = change["replace_pattern"]
        text, times = re.subn(pattern, new, text)
        assert times == 1
    path.write_text(text, encoding="utf-8")
    if "then" in change:
        spoil(folder, change["then"])


def line_of(folder, file, text):
    whole = (folder / file).read_text(encoding="utf-8")
    assert text in whole, f"{text!r} does not stand in the spoilt file"
    return whole.count("\n", 0, whole.index(text)) + 1


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_mistake(good, case):
    spoil(good, case)
    faults = check_case(good)
    texts = "\n".join(str(fault) for fault in faults)
    assert len(faults) == case.get("count", 1), texts
    told = [fault for fault in faults if all(str(part) in str(fault) for part in case["expect"])]
    assert len(told) == 1, f"expected {case['expect']} in:\n{texts}"
    assert row_of(told[0].problem), f"docs/case-format.md does not say: {told[0].problem}"
    file = case.get("in", case["file"])
    if not case.get("delete") and "at" in case:
        assert (told[0].file, told[0].line) == (file, line_of(good, file, case["at"]))


def test_the_table_of_faults_is_found():
    assert len(ROWS) > 90
    assert "unknown key ..." in row_of("unknown key 'x'")
    assert row_of("there is no such fault") == []


@pytest.fixture(scope="module")
def all_problems(tmp_path_factory):
    """What is told of every case of faults.yaml."""
    found = set()
    for number, case in enumerate(CASES):
        folder = Path(shutil.copytree(GOOD, tmp_path_factory.mktemp("case") / str(number)))
        spoil(folder, case)
        found |= {fault.problem for fault in check_case(folder)}
    return found


@pytest.mark.parametrize("row", ROWS)
def test_every_fault_of_the_docs_is_told(row, all_problems):
    """By a case of faults.yaml, or else its fixed words stand in the code, in their order."""
    if any(row in row_of(problem) for problem in all_problems):
        return
    words = [part for part in re.split(r"\.\.\.|`", row) if len(part.strip()) > 3]
    assert words
    assert any(
        re.search(r"[^\n]*".join(re.escape(part.strip()) for part in words), text, re.DOTALL)
        for text in SOURCES
    )


def test_the_good_case_has_no_fault(good):
    assert check_case(good) == []


def test_many_mistakes_in_many_files_are_told_at_once(good):
    spoil(good, {"file": "case.yaml", "replace": ["quantity: sanctions", "quantity: sanction"]})
    spoil(good, {"file": "claims.yaml", "replace": ["cause: fuel_price", "cause: fuel_prise"]})
    spoil(good, {"file": "quantities.yaml", "replace": ["onset: 0.01", "onset: 2"]})
    spoil(good, {"file": "record/series.csv", "replace": ["2011,210,", "2011,x,"]})
    assert [fault.file for fault in check_case(good)] == [
        "case.yaml",
        "claims.yaml",
        "quantities.yaml",
        "record/series.csv",
    ]


def test_a_fault_of_one_file_does_not_hide_the_shape_of_another(good):
    spoil(good, {"file": "case.yaml", "replace": ["title: Both", "title: [Both"]})
    spoil(good, {"file": "quantities.yaml", "replace": ["onset: 0.01", "onset: 2"]})
    assert {fault.file for fault in check_case(good)} == {"case.yaml", "quantities.yaml"}


def test_too_many_faults_are_counted(good):
    rows = "".join(f"fuel_price_paid,{year},x,USD/tonne,s,high,2012-02-01\n" for year in range(1000, 1300))
    spoil(good, {"file": "record/series.csv", "append": rows})
    faults = check_case(good)
    assert len(faults) == MAX_FAULTS + 1
    assert faults[-1].problem.startswith("100 more faults")
