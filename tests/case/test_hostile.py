"""Whatever stands in a case folder, it is a case or its faults are told: never anything else."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shatterbelt.case import check_case, load_case
from shatterbelt.case.files import MAX_CSV, MAX_YAML
from shatterbelt.case.types import Case
from shatterbelt.errors import CaseError

GOOD = Path(__file__).parent / "good"
FILES = (
    "case.yaml",
    "quantities.yaml",
    "claims.yaml",
    "documents.yaml",
    "record/series.csv",
    "record/events.csv",
)
BAD = [
    ".nan", "-.inf", "1e999", "9" * 5000, "0x" + "f" * 400, "-1", "0", "''", "null", "true", "[]", "{}",
    "[[[[[[]]]]]]", "&a", "*a", "!!python/object:os.system", "<<", "{<<: *x}", "? ?", "- - -", "|", ">",
    "%YAML 1.1", "---", "...", "@", "\t", "\0", "\x1b[31m", "\ud7ff", "\ufeff", "\u202e", "\ud800", "é" * 50,
    "~", "2010-01", "a/b/../..", "=SUM(A1)", '"', "'", ",", ";",
]  # fmt: skip


def outcome(folder):
    """The case, or its faults; whatever else is raised fails the test."""
    try:
        found = load_case(folder)
    except CaseError as error:
        return told_well(error)
    assert isinstance(found, Case)
    return found


def told_well(error):
    assert error.faults
    assert all((fault.problem and fault.file) or "more faults" in fault.problem for fault in error.faults)
    assert len(str(error)) < 500_000
    return error


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return Path(shutil.copytree(GOOD, tmp_path_factory.mktemp("fuzz") / "case"))


_slow = settings(
    deadline=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@_slow
@given(data=st.data())
def test_a_spoilt_file_is_a_case_or_its_faults(folder, data):
    name = data.draw(st.sampled_from(FILES))
    path = folder / name
    original = path.read_text(encoding="utf-8")
    text = original
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.sampled_from([0, 0, 1, 3, 20, 200]))
        piece = data.draw(st.sampled_from(BAD) | st.text(max_size=12) | st.just(text[at : at + 80]))
        text = text[:at] + piece + text[at + cut :]
    try:
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        outcome(folder)
    finally:
        path.write_text(original, encoding="utf-8")


@_slow
@given(data=st.data())
def test_a_spoilt_value_is_a_case_or_its_faults(folder, data):
    """Keep the file in form and put something else where one value stood."""
    name = data.draw(st.sampled_from(FILES[:4]))
    path = folder / name
    original = path.read_text(encoding="utf-8")
    lines = original.splitlines()
    places = [at for at, line in enumerate(lines) if ": " in line and not line.lstrip().startswith("#")]
    for at in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3)):
        key = lines[at].partition(": ")[0]
        lines[at] = (
            f"{key}: {data.draw(st.sampled_from(BAD) | st.integers().map(str) | st.floats().map(str))}"
        )
    try:
        path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
        outcome(folder)
    finally:
        path.write_text(original, encoding="utf-8")


@_slow
@given(raw=st.binary(max_size=300), name=st.sampled_from((*FILES, "digests/one.md")))
def test_any_bytes_are_told(folder, raw, name):
    path = folder / name
    original = path.read_bytes()
    try:
        path.write_bytes(raw)
        outcome(folder)
    finally:
        path.write_bytes(original)


def told(folder, file, text):
    faults = [fault for fault in check_case(folder) if fault.file == file]
    assert [text in str(fault) for fault in faults] == [True], [str(fault) for fault in faults]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("utf-16", "the file is in UTF-16"), ("utf-16-le", "control character"), ("latin-1", "is not UTF-8")],
)
def test_another_encoding_is_told(good, encoding, text):
    path = good / "case.yaml"
    path.write_bytes(
        path.read_text().replace("small state", "\u00e9tat" * (encoding == "latin-1")).encode(encoding)
    )
    told(good, "case.yaml", text)


@pytest.mark.parametrize(("name", "limit"), [("claims.yaml", MAX_YAML), ("record/series.csv", MAX_CSV)])
def test_a_file_of_100_mb_is_not_read(good, name, limit, monkeypatch):
    with (good / name).open("r+b") as file:
        file.truncate(100_000_000)  # a hole: no bytes are written
    opened = []
    original = Path.open
    monkeypatch.setattr(Path, "open", lambda path, *args: opened.append(path.name) or original(path, *args))
    told(good, name, f"the file has 100,000,000 bytes; up to {limit:,} are read")
    assert Path(name).name not in opened


def test_an_alias_bomb_is_refused_before_it_grows(good):
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
    )
    (good / "case.yaml").write_text(bomb)
    told(good, "case.yaml", "anchors and aliases are not read")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000, "a: [" * 50]
)
def test_deep_nesting_is_refused(good, text):
    (good / "case.yaml").write_text(text)
    assert isinstance(outcome(good), CaseError)


def test_a_great_many_values_are_refused(good):
    (good / "claims.yaml").write_text("- 1\n" * 150_000)
    told(good, "claims.yaml", "more than 100,000 values")


def test_a_great_many_claims_are_refused(good):
    (good / "claims.yaml").write_text("- {}\n" * 20_000)
    told(good, "claims.yaml", "20,000 claims; up to 5,000 are read")


def test_a_number_of_5000_digits_is_refused(good):
    path = good / "quantities.yaml"
    path.write_text(path.read_text().replace("swing: 50", "swing: " + "7" * 5000))
    told(good, "quantities.yaml", "a number of 5,000 digits")


def test_a_pipe_in_place_of_a_file_is_not_waited_for(good):
    (good / "claims.yaml").unlink()
    os.mkfifo(good / "claims.yaml")
    told(good, "claims.yaml", "not a regular file")


def test_a_directory_in_place_of_a_file_is_told(good):
    (good / "claims.yaml").unlink()
    (good / "claims.yaml").mkdir()
    told(good, "claims.yaml", "it is a directory")


def test_a_link_that_leads_out_is_refused(good, tmp_path):
    (tmp_path / "secret").write_text("- secret")
    (good / "claims.yaml").unlink()
    (good / "claims.yaml").symlink_to(tmp_path / "secret")
    told(good, "claims.yaml", "it leads out of the case folder")


def test_a_link_to_itself_is_told(good):
    (good / "claims.yaml").unlink()
    (good / "claims.yaml").symlink_to("claims.yaml")
    told(good, "claims.yaml", "cannot be read")


def test_a_folder_of_links_out_is_refused(good, tmp_path):
    shutil.move(good / "digests", tmp_path / "digests")
    (good / "digests").symlink_to(tmp_path / "digests")
    told(good, "digests/one.md", "it leads out of the case folder")


@pytest.mark.parametrize(
    "file", ["../x.md", "/etc/passwd", "digests/../../x.md", "C:\\x.md", "..\\x.md", "a\\..\\b", "\x7fx", "."]
)
def test_a_digest_stays_inside_the_case(good, file):
    path = good / "documents.yaml"
    path.write_text(path.read_text().replace("file: digests/one.md", f"file: '{file}'"))
    assert isinstance(outcome(good), CaseError)


def test_a_deep_union_of_narratives_is_refused(good):
    """Each narrative is the union of two that are unions of the same two: their tree has 2^40 leaves."""
    path = good / "case.yaml"
    text = path.read_text()
    more = "".join(
        f"  n{n}: {{title: Narrative, union_of: [n{n + 1}, m{n + 1}]}}\n"
        f"  m{n}: {{title: Narrative, union_of: [n{n + 1}, m{n + 1}]}}\n"
        for n in range(40)
    )
    more += "  n40: {title: Narrative, union_of: [street]}\n  m40: {title: Narrative, union_of: [street]}\n"
    path.write_text(text.replace("outcomes:\n", more + "\noutcomes:\n", 1))
    assert any("a union of unions" in str(fault) for fault in check_case(good))


def test_nothing_is_written_by_reading(good):
    before = {path: path.stat().st_mtime_ns for path in good.rglob("*")}
    load_case(good)
    assert {path: path.stat().st_mtime_ns for path in good.rglob("*")} == before
