"""The two documents, and ways to make another copy of a text."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from shatterbelt.documents import Text, make_quote, paragraphs, read_text

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"


@dataclass(frozen=True)
class PlainQuote:
    """A quote of plain values, as a room to the right of this one would have it."""

    document: str
    start: int
    end: int
    sha256: str
    words: str
    paragraph: int | None = None


@pytest.fixture(scope="session")
def quote_of():
    return lambda text, start, end, name="doc": PlainQuote(**make_quote(name, text, start, end))


@pytest.fixture(scope="session")
def seed_paths() -> list[Path]:
    found = sorted(SEEDS.glob("*.txt"))
    assert len(found) == 2, f"the two documents are not in {SEEDS}"
    return found


@pytest.fixture(scope="session")
def seeds(seed_paths) -> list[Text]:
    return [read_text(path) for path in seed_paths]


@pytest.fixture(scope="session")
def sentences():
    def spans(text: Text) -> list[tuple[int, int]]:
        found = []
        for start, end in paragraphs(text):
            for match in re.finditer(r"[^.?!]+[.?!]*[\"')]*", text.characters[start:end]):
                if re.search(r"\w", match[0]):
                    found.append((start + match.start(), start + match.end()))
        return found

    return spans
