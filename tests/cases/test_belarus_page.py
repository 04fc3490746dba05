"""The page about the bundled case says what the case says."""

import runpy
from pathlib import Path

from shatterbelt.case import load_case

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_what_the_case_says():
    """If this fails, run ``python tools/write_belarus_page.py`` and look at what changed."""
    page = runpy.run_path(str(ROOT / "tools" / "write_belarus_page.py"))["page"]
    text = (ROOT / "docs" / "belarus.md").read_text(encoding="utf-8")
    assert text == page(load_case("belarus"))


def test_the_page_has_every_row_and_everything_that_carries_it():
    text = (ROOT / "docs" / "belarus.md").read_text(encoding="utf-8")
    case = load_case("belarus")
    for code, row in case.about.rows.items():
        section = text.split(f"### {code} {row.title}\n", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]
        for claim in case.claims:
            assert (f"| {claim.title}: `" in section) == (code in claim.rows), (code, claim.id)
        for name, quantity in case.quantities.items():
            if code in quantity.rows:
                assert f"`{name}`" in section, (code, name)
