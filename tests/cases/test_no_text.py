"""The bundled cases carry no sentence of the two documents, only places, hashes and our own words."""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
CASES = Path(str(files("shatterbelt").joinpath("cases")))
LENGTH = 6
"""So many words in a row are a copy; names of offices and places are shorter."""


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Yield every run of `LENGTH` words, whatever the case, marks and line breaks."""
    words = re.findall(r"\w+", re.sub(r"['\u2018\u2019]", "", text.lower()))
    yield from zip(*(words[at:] for at in range(LENGTH)), strict=False)


@pytest.fixture(scope="module")
def copied() -> set[tuple[str, ...]]:
    documents = sorted(SEEDS.glob("*.txt"))
    assert len(documents) == 2, f"the two documents are not in {SEEDS}"
    return {run for path in documents for run in runs(path.read_text(encoding="utf-8"))}


def test_every_file_of_the_cases_is_in_our_own_words(copied):
    read = [path for path in sorted(CASES.rglob("*")) if path.suffix in {".yaml", ".csv", ".md"}]
    assert {"claims.yaml", "documents.yaml", "case.yaml"} <= {path.name for path in read}
    found = {
        f"{path.relative_to(CASES)}: {' '.join(run)}"
        for path in read
        for run in runs(path.read_text(encoding="utf-8"))
        if run in copied
    }
    assert not found


def test_a_copied_sentence_would_be_seen(copied):
    sentence = re.search(r"[^.]{80,}", next(SEEDS.glob("*.txt")).read_text(encoding="utf-8"))
    assert sentence is not None
    rewrapped = "finding: >-\n  " + sentence[0].upper().replace(" ", "\n  ")
    assert any(run in copied for run in runs(rewrapped))
