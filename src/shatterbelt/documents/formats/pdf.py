"""PDF files: the text of the pages by pypdf, without running heads and page numbers."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shatterbelt.documents.formats.taken import INSTALL, Taken, fault
from shatterbelt.documents.loaded import Metadata
from shatterbelt.errors import DocumentError

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES = 500
MAX_CHARACTERS = 5_000_000

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"\s*(?:page\s+)?[-\u2013]?\s*\d{1,4}\s*[-\u2013]?\s*(?:(?:of|/)\s*\d{1,4})?\s*", re.I
)
_HINT = "save it again as PDF, or copy its text into a text file"


def read_pdf(raw: bytes, name: str) -> Taken:
    """Return the text of a PDF, page after page; lines that run through its heads and feet are left out.

    Raises:
        DocumentError: it is broken, needs a password, has too many pages, or is a scan without text.
    """
    try:
        import pypdf
    except ImportError:
        raise fault(name, "reading PDF needs pypdf", "", INSTALL) from None
    with _quiet():
        try:
            reader = pypdf.PdfReader(io.BytesIO(raw))
            locked = reader.is_encrypted and not reader.decrypt("")
        except Exception as error:
            raise _broken(name, error) from error
        if locked:
            raise fault(
                name,
                "the PDF needs a password",
                "PDFs that open without one are read",
                "save a copy without it",
            )
        pages = _pages(reader, name)
        said = _properties(reader)
    original = "\n".join(_without_running_lines(pages))
    if sum(character.isalpha() for character in original) < 20:
        problem = f"the PDF has no text in its {len(pages)} pages: it may be a scan"
        raise fault(name, problem, "PDFs with text are read", "recognise its text (OCR) first")
    return Taken(original, "pdf", "utf-8", said)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pypdf's remarks on faulty files off the terminal; the faults that matter are raised."""
    logger = logging.getLogger("pypdf")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def _pages(reader: PdfReader, name: str) -> list[list[str]]:
    """Return the lines of every page."""
    try:
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise fault(
                name,
                f"the PDF has {count:,} pages",
                f"at most {MAX_PAGES} are read",
                "save only the article's",
            )
        pages, total = [], 0
        for page in reader.pages:
            words = page.extract_text() or ""
            total += len(words)
            if total > MAX_CHARACTERS:
                problem = f"the PDF has more than {MAX_CHARACTERS:,} characters"
                raise fault(name, problem, "", "save only the article's pages")
            pages.append(re.sub("[\ud800-\udfff]", "\ufffd", words).splitlines())
    except DocumentError:
        raise
    except Exception as error:
        raise _broken(name, error) from error
    return pages


def _without_running_lines(pages: list[list[str]]) -> Iterator[str]:
    """Yield every page without the lines that return at its head or foot, and without page numbers."""
    ends = Counter(
        _DIGITS.sub("0", line.strip())
        for lines in pages
        for line in {*_filled(lines)[:2], *_filled(lines)[-2:]}
    )
    often = {line for line, count in ends.items() if count >= 3 and 2 * count > len(pages)}
    for lines in pages:
        filled = _filled(lines)
        edge = {*filled[:2], *filled[-2:]}
        gone = {line for line in edge if _DIGITS.sub("0", line.strip()) in often}
        gone |= {line for line in (*filled[:1], *filled[-1:]) if _PAGE_NUMBER.fullmatch(line)}
        yield "\n".join(line.rstrip() for line in lines if line not in gone)


def _filled(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def _properties(reader: PdfReader) -> Metadata:
    """Return title and author; the day the file was made is not the day the article came out."""
    try:
        info = reader.metadata
        title = str(info.title or "") if info else ""
        author = str(info.author or "") if info else ""
    except Exception:  # noqa: BLE001 - a broken property is no property
        return Metadata()
    return Metadata(title=title.strip(), authors=(author.strip(),) if author.strip() else ())


def _broken(name: str, error: BaseException) -> Exception:
    said = (str(error).split("\n", maxsplit=1)[0] or type(error).__name__)[:80]
    if "cryptography" in said.lower():
        return fault(
            name,
            "the PDF is encrypted",
            "PDFs that open without a password are read",
            "save a copy without it",
        )
    return fault(name, f"the PDF is broken ({said})", "", _HINT)
