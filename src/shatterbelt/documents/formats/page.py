"""Saved web pages: their paragraphs as the tags set them apart, and what their head says of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from shatterbelt.documents.formats.page_head import head_of
from shatterbelt.documents.formats.taken import Piece, Taken, fault
from shatterbelt.documents.loaded import BlockKind
from shatterbelt.documents.markup import BLOCK_TAGS, SILENT_TAGS, blanked, tag_end, tag_name

MAX_DEPTH = 300
"""Tags nested deeper than this are taken for one level."""
MOST = 0.4
"""An element with more than this share of the page's text is the article, whatever its class says."""

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_CLOSED_BY_NEXT = frozenset(["p", "li", "dt", "dd", "option", "tr", "td", "th"])
_OUTSIDE = frozenset(
    "nav footer aside form button select option textarea label iframe object svg canvas audio video head dialog menu".split()
)
_KINDS: dict[str, BlockKind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    "figcaption": "caption",
    "caption": "caption",
}
# What classes and ids call the parts of a page that are not the article's text.
_CLASSES: dict[str, BlockKind] = {
    **dict.fromkeys(
        "nav navbar navigation menu breadcrumb breadcrumbs sidebar footer share sharing social related recirc"
        " recommended newsletter signup subscribe subscription promo promotion advert advertisement ad ads banner"
        " cookie cookies consent gdpr comments disqus tags taglist pagination paywall popup modal widget"
        " copyright toolbar masthead trending popular readmore skip sponsor sponsored outbrain taboola".split(),
        "boilerplate",
    ),
    **dict.fromkeys(("byline", "author", "authors", "writer"), "byline"),
    **dict.fromkeys(("dateline", "timestamp", "pubdate", "published", "date", "datetime"), "dateline"),
    **dict.fromkeys(("caption", "credit"), "caption"),
}
_ATTRIBUTE = re.compile(r"""([^\s=>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_TOKENS = re.compile(r"[A-Za-z]+")


@dataclass
class _Element:
    """An open or closed element: its kind where tag or class tell, and how much text stands in it."""

    tag: str
    parent: _Element | None
    kind: BlockKind | None = None
    sure: bool = False
    text: int = 0
    main: bool = False


@dataclass
class _Run:
    """Text between two tags that break lines."""

    start: int
    end: int
    element: _Element
    linked: int = 0
    letters: int = 0


@dataclass
class _Page:
    runs: list[_Run] = field(default_factory=list)
    mains: list[_Element] = field(default_factory=list)


def read_page(source: str, encoding: str, name: str) -> Taken:
    """Return a page with its markup blanked in its length, so that offsets count characters of the page.

    Pieces are the paragraphs and headings as tags set them apart. Navigation, footers, forms and what a
    class or an id calls so is boilerplate, and so is what stands outside of the article where the page
    marks one.

    Raises:
        DocumentError: the page holds no text.
    """
    original = blanked(source)
    page = _runs(source, original)
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


def _runs(source: str, original: str) -> _Page:
    """Walk the page once: every run of text with the element it stands in."""
    page = _Page()
    here = _Element("", None)
    depth = at = 0
    links = 0
    run: _Run | None = None
    broken = -1
    while at < len(source):
        opened = source.find("<", at)
        opened = len(source) if opened < 0 else opened
        words = original[at:opened]
        count = sum(map(str.isalnum, words))
        if count:
            if run is None:
                run = _Run(at, opened, here)
                page.runs.append(run)
            run.end, run.letters = opened, run.letters + count
            run.linked += count if links else 0
            broken = -1
        if opened == len(source):
            break
        name, closing = tag_name(source, opened)
        at = tag_end(source, opened, name)
        if name == "br":
            run = None if broken >= 0 and not count else run
            broken = opened
            continue
        links = max(0, links + (-1 if closing else 1)) if name == "a" else links
        if name in BLOCK_TAGS or name in _OUTSIDE or name in SILENT_TAGS:
            run = None
        if not name or name in _VOID or name in SILENT_TAGS:
            continue
        if closing:
            here, depth = _closed(here, name, depth)
        elif depth < MAX_DEPTH and not source[opened:at].endswith("/>"):
            if name in _CLOSED_BY_NEXT and here.tag == name:
                here, depth = _closed(here, name, depth)
            here = _element(name, source[opened:at], here)
            depth += 1
            if here.main:
                page.mains.append(here)
    for found in page.runs:
        element: _Element | None = found.element
        while element is not None:
            element.text += found.letters
            element = element.parent
    return page


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
    kind: BlockKind | None = "boilerplate" if name in _OUTSIDE else _KINDS.get(name)
    main = name in ("article", "main")
    sure = name in _OUTSIDE
    if len(tag) > len(name) + 2:
        values = {
            match[1].lower(): match[2] or match[3] or match[4] or ""
            for match in _ATTRIBUTE.finditer(tag[:2000])
        }
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
            called = f"{values.get('class', '')} {values.get('id', '')} {values.get('itemprop', '')} {values.get('rel', '')}"
            tokens = [token.lower() for token in _TOKENS.findall(called[:500])]
            kind = next((_CLASSES[token] for token in tokens if token in _CLASSES), None)
            kind = "dateline" if name == "time" else kind
    return _Element(name, parent, kind, sure, main=main)


def _outside(element: _Element | None, limit: float) -> bool:
    """Return whether an element, or one around it, is boilerplate; ``limit``: text that a class cannot hide."""
    while element is not None:
        if element.kind == "boilerplate" and (element.sure or element.text <= limit):
            return True
        element = element.parent
    return False


def _article(page: _Page, limit: float) -> _Element | None:
    """Return the element that the page marks as its article; None where none holds most of the text."""
    best = max(page.mains, key=lambda element: element.text, default=None)
    return best if best is not None and best.text > limit else None


def _kind(run: _Run, limit: float, inside: _Element | None) -> BlockKind | None:
    """Return a run's kind by the elements around it."""
    kind: BlockKind | None = None
    within = inside is None
    for element in _around(run.element):
        within = within or element is inside
        if element.kind == "boilerplate" and (element.sure or element.text <= limit):
            return "boilerplate"
        if element.kind is not None and kind is None and element.text <= 300:
            kind = element.kind
        within = within or element.tag == "h1"
    return kind if within else "boilerplate"


def _around(element: _Element | None) -> Iterator[_Element]:
    while element is not None:
        yield element
        element = element.parent
