"""What a web page says of itself: JSON-LD, meta tags, and its title."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from shatterbelt.documents.layout.dates import iso_date
from shatterbelt.documents.layout.tables import table, words
from shatterbelt.documents.loaded import Metadata

_HEAD = 400_000  # characters of a page that are looked at
_META = re.compile(r"<(meta|link|html|time)\b([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_LINKED = re.compile(
    r"<script\b[^<>]{0,300}application/ld\+json[^<>]{0,300}>([^<]*+(?:<(?!/script)[^<]*+)*+)", re.IGNORECASE
)
_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_H1 = re.compile(r"<h1\b[^<>]{0,1000}>(.{1,1000}?)</h1", re.IGNORECASE | re.DOTALL)
_SAVED = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)")
_ADDRESS_DAY = re.compile(r"/((?:19|20)\d\d)/([01]\d)/([0-3]\d)/")


def head_of(source: str) -> tuple[Metadata, str]:
    """Return what a page says of itself, and the language that it declares.

    JSON-LD comes before meta tags, and these before the title. A day in the page's own address counts
    where nothing else names one.
    """
    source = source[:_HEAD]
    named, declared = _meta(source)
    linked = next(_linked(source), {})
    url = _first(_text(linked.get("url")), named.get("url"), _address(linked.get("mainEntityOfPage")))
    saved = _SAVED.search(source[:5000])
    url = url or (saved[1] if saved else "")
    authors = tuple(_names(linked.get("author"))) or tuple(
        name
        for name in re.split(r"\s*;\s*|\s+and\s+", re.sub(r"^[Bb]y\s+", "", named.get("author", "")))
        if name
    )
    day = _ADDRESS_DAY.search(url)
    issued = (
        iso_date(_text(linked.get("datePublished")))
        or iso_date(named.get("issued", ""))
        or (iso_date("-".join(day.groups())) if day else "")
    )
    said = Metadata(
        title=_first(_text(linked.get("headline")), named.get("title"), _heading(source)),
        authors=tuple(name for name in authors if not name.startswith("http")),
        issued=issued,
        publisher=_first(next(_names(linked.get("publisher")), ""), named.get("publisher")),
        url=url if url.startswith("http") else "",
    )
    return said, declared


def _meta(source: str) -> tuple[dict[str, str], str]:
    """Return the first content of each meta tag that is known, by what it is for; and the language."""
    content: dict[str, str] = {}
    found: dict[str, str] = {}
    declared = ""
    for match in _META.finditer(source):
        values = {
            part[1].lower(): html.unescape(part[2] or part[3] or part[4] or "").strip()
            for part in _ATTRIBUTE.finditer(match[2])
        }
        tag = match[1].lower()
        if tag == "html":
            declared = declared or values.get("lang", "") or values.get("xml:lang", "")
        elif tag == "link" and values.get("rel", "").lower() == "canonical":
            found.setdefault("url", values.get("href", ""))
        elif tag == "time" and ("pubdate" in match[2].lower() or values.get("itemprop") == "datePublished"):
            content.setdefault("datepublished", values.get("datetime", ""))
        else:
            name = values.get("property") or values.get("name") or values.get("itemprop") or ""
            content.setdefault(name.lower(), values.get("content", ""))
    for key, names in table("pages")["meta"].items():
        found.setdefault(key, next((content[name] for name in names.split() if content.get(name)), ""))
    return found, declared


def _linked(source: str) -> Iterator[Mapping[str, Any]]:
    """Yield the articles that the page's JSON-LD describes."""
    for match in _LINKED.finditer(source):
        try:
            value = json.loads(match[1])
        except (ValueError, RecursionError):
            continue
        stack = [value]
        for _ in range(200):
            if not stack:
                break
            item = stack.pop()
            if isinstance(item, list):
                stack += reversed(item[:50])
            elif isinstance(item, dict):
                kinds = item.get("@type", "")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(str(kind).lower() in words("pages", "articles") for kind in kinds) and item.get(
                    "headline"
                ):
                    yield item
                stack += [item["@graph"]] if "@graph" in item else []


def _text(value: object) -> str:
    return html.unescape(value).strip() if isinstance(value, str) else ""


def _address(value: object) -> str:
    return _text(value.get("@id")) if isinstance(value, dict) else _text(value)


def _names(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        name = _text(item.get("name")) if isinstance(item, dict) else _text(item)
        if name:
            yield name


def _heading(source: str) -> str:
    """Return the only first heading of the page, else its title up to the site's name."""
    found = _H1.findall(source)
    if len(found) == 1:
        heading = html.unescape(re.sub(r"<[^<>]*>", " ", found[0]))
        if heading.strip():
            return " ".join(heading.split())
    title = _TITLE.search(source)
    return (
        re.split(r"\s+[|\u2013\u2014]\s+|\s+-\s+(?=[^-]+$)", html.unescape(title[1]).strip())[0]
        if title
        else ""
    )


def _first(*values: str | None) -> str:
    return next((value for value in values if value), "")
