"""Saved web pages: their paragraphs as the tags set them apart, and what their head says of them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from shatterbelt.documents.formats.page_head import head_of
from shatterbelt.documents.formats.taken import Piece, Taken, fault
from shatterbelt.documents.layout.tables import table, words
from shatterbelt.documents.loaded import BlockKind
from shatterbelt.documents.markup import BLOCK_TAGS, SILENT_TAGS, blanked, tag_end, tag_name

MAX_DEPTH = 300
"""Tags nested deeper than this are taken for one level."""
MOST = 0.4
"""An element with more than this share of the page's text is the article, whatever its class says."""

SHORT = 300
"""Letters that an element has at the most whose class calls it a byline, a date or a caption."""

_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_CLOSED_BY_NEXT = frozenset(["p", "li", "dt", "dd", "option", "tr", "td", "th"])
_KINDS: dict[str, BlockKind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    "figcaption": "caption",
    "caption": "caption",
}
_ATTRIBUTE = re.compile(r"""([^\s=>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TOKENS = re.compile(r"[A-Za-z]+")


@dataclass
class _Element:
    """An element: its kind where tag or class tell, how much text it holds, and whether a first heading."""

    tag: str
    parent: _Element | None
    kind: BlockKind | None = None
    sure: bool = False
    text: int = 0
    main: bool = False
    titled: bool = False


@dataclass
class _Run:
    """Text between two tags that break lines."""

    start: int
    end: int
    element: _Element
    linked: int = 0
    letters: int = 0


def read_page(source: str, encoding: str, name: str) -> Taken:
    """Return a page with its markup blanked in its length, so that offsets count characters of the page.

    Pieces are the paragraphs and headings as tags set them apart. Navigation, footers, forms and what a
    class or an id calls so is boilerplate, and so is what stands outside of the article where the page
    marks one.

    Raises:
        DocumentError: the page holds no text.
    """
    original = blanked(source)
    page = _Walk(source, original)
    total = sum(run.letters for run in page.runs if not _outside(run.element, 0))
    if not total:
        raise fault(
            name,
            "the page holds no text",
            "its scripts are not run",
            "save the page when it has loaded, or as text",
        )
    limit = MOST * total
    inside = _article(page, limit)
    pieces = tuple(
        Piece(run.start, run.end, _kind(run, limit, inside), run.linked / max(1, run.letters))
        for run in page.runs
    )
    said, declared = head_of(source)
    return Taken(original, "html", encoding, said, pieces, declared)


class _Walk:
    """One walk over a page: the runs of text, each with the block element it stands in."""

    def __init__(self, source: str, original: str) -> None:
        self.runs: list[_Run] = []
        self.mains: list[_Element] = []
        self._here = _Element("", None)
        self._depth = 0
        self._links = 0
        self._run: _Run | None = None
        self._broken = False
        at = 0
        while at < len(source):
            opened = source.find("<", at)
            opened = len(source) if opened < 0 else opened
            self._text(at, opened, sum(map(str.isalnum, original[at:opened])))
            if opened == len(source):
                break
            name, closing = tag_name(source, opened)
            at = tag_end(source, opened, name)
            if name == "br":
                self._run = None if self._broken else self._run
                self._broken = True
            elif name and name not in SILENT_TAGS:
                self._tag(name, source[opened:at], closing=closing)
        for run in self.runs:
            for element in _around(run.element):
                element.text += run.letters

    def _text(self, start: int, end: int, letters: int) -> None:
        if not letters:
            return
        if self._run is None:
            self._run = _Run(start, end, _block(self._here))
            self.runs.append(self._run)
        self._run.end = end
        self._run.letters += letters
        self._run.linked += letters if self._links else 0
        self._broken = False

    def _tag(self, name: str, tag: str, *, closing: bool) -> None:
        if name == "a":
            self._links = max(0, self._links + (-1 if closing else 1))
        if name in BLOCK_TAGS or name in words("pages", "outside"):
            self._run = None
        if closing:
            self._here, self._depth = _closed(self._here, name, self._depth)
        elif name not in _VOID and self._depth < MAX_DEPTH and not tag.endswith("/>"):
            if name in _CLOSED_BY_NEXT and self._here.tag == name:
                self._here, self._depth = _closed(self._here, name, self._depth)
            self._here = _element(name, tag, self._here)
            self._depth += 1
            if self._here.main:
                self.mains.append(self._here)
            if name == "h1":
                for element in _around(self._here):
                    element.titled = True


def _block(element: _Element) -> _Element:
    """Return the element or the nearest around it that is no mere stretch of a line."""
    outside = words("pages", "outside")
    while element.parent is not None and element.tag not in BLOCK_TAGS and element.tag not in outside:
        element = element.parent
    return element


def _closed(here: _Element, name: str, depth: int) -> tuple[_Element, int]:
    """Return the element that is open after a closing tag; a tag that closes nothing changes nothing."""
    element, up = here, 0
    while element.parent is not None and up < 40:
        up += 1
        if element.tag == name:
            return element.parent, depth - up
        element = element.parent
    return here, depth


def _element(name: str, tag: str, parent: _Element) -> _Element:
    """Return a new element with what its name and its attributes tell of its kind."""
    sure = name in words("pages", "outside")
    kind: BlockKind | None = "boilerplate" if sure else _KINDS.get(name)
    main = name in ("article", "main")
    if len(tag) > len(name) + 2:
        found = _ATTRIBUTE.finditer(tag[:2000])
        values = {match[1].lower(): match[2] or match[3] or match[4] or "" for match in found}
        hidden = _HIDDEN.search(values.get("style", "")) or values.get("aria-hidden") == "true"
        role = values.get("role", "")
        main = main or role in ("main", "article") or values.get("itemprop") == "articleBody"
        if (
            hidden
            or re.search(r"\shidden(?=[\s>=])", tag)
            or role in ("navigation", "banner", "contentinfo", "search")
        ):
            kind, sure = "boilerplate", True
        elif kind is None:
            called = " ".join(values.get(key, "") for key in ("class", "id", "itemprop", "rel"))[:500]
            tokens = [token.lower() for token in _TOKENS.findall(called)]
            kind = next((_classes()[token] for token in tokens if token in _classes()), None)
    return _Element(name, parent, kind, sure, main=main)


def _outside(element: _Element, limit: float) -> bool:
    """Return whether an element, or one around it, is boilerplate; a class hides a limited text only.

    So is a ``header`` of the page: one that stands in no article and holds no first heading.
    """
    around = list(_around(element))
    return any(
        other.kind == "boilerplate" and (other.sure or other.text <= limit) for other in around
    ) or any(
        other.tag == "header" and not other.titled for other in around if not any(e.main for e in around)
    )


def _article(page: _Walk, limit: float) -> _Element | None:
    """Return the element that the page marks as its article; None where none holds most of the text."""
    best = max(page.mains, key=lambda element: element.text, default=None)
    return best if best is not None and best.text > limit else None


def _kind(run: _Run, limit: float, inside: _Element | None) -> BlockKind | None:
    """Return a run's kind by the elements around it."""
    around = list(_around(run.element))
    if _outside(run.element, limit):
        return "boilerplate"
    if inside is not None and not any(element is inside or element.tag == "h1" for element in around):
        return "boilerplate"
    told = (element.kind for element in around if element.kind and element.text <= SHORT)
    return next((kind for kind in told if kind != "boilerplate"), None)


@functools.cache
def _classes() -> dict[str, BlockKind]:
    return {word: kind for kind, called in table("pages")["classes"].items() for word in called.split()}


def _around(element: _Element | None) -> Iterator[_Element]:
    while element is not None:
        yield element
        element = element.parent
