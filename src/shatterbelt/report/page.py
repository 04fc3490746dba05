"""Write the page: template, styles, scripts and data in one file under a strict content policy."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import xarray as xr
from markupsafe import Markup

from shatterbelt.case.types import Case
from shatterbelt.report import data
from shatterbelt.report.documents_page import DocumentAtHand, documents_view
from shatterbelt.report.judged import Judged
from shatterbelt.report.words import SCALES, ScaleName

BUNDLES = (
    "vega.min.js",
    "vega-lite.min.js",
    "vega-interpreter.js",
    "cytoscape.min.js",
    "cytoscape-dagre.min.js",
)
SCRIPTS = (
    "base.js",
    "theme.js",
    "tables.js",
    "draw.js",
    "fans.js",
    "compare.js",
    "timeline.js",
    "map.js",
    "start.js",
)
STYLES = ("page.css", "parts.css", "judged.css", "marks.css", "print.css")
ROOM = files("shatterbelt.report")


def write_report(
    case: Case,
    dataset: xr.Dataset,
    path: Path,
    quotes: Mapping[Any, Any] | None = None,
    scale: ScaleName = "icd203",
    asked: Sequence[xr.Dataset] = (),
    judged: Judged | None = None,
    documents: Sequence[DocumentAtHand] = (),
) -> Path:
    """Write the results of a case as one HTML page and return its path.

    The page needs no network and no server. It is written beside its name first and then moved, so a
    reader never meets half a page.

    Args:
        case: the case that was run.
        dataset: its futures, in the layout of ``shatterbelt.futures``.
        path: the file to write; its folder is made if it is not there.
        quotes: text of quotes at hand, by ``(document, start, end)`` or by the span's hash; the values
            are strings or have a ``text``.
        scale: which probability words stand first; the reader can switch.
        asked: futures of the same branches as of other dates, for the outcomes asked then.
        judged: what a fit and the scores of hindcasts say, as plain values; see `judged.Judged`.
        documents: the text of documents at hand, with the quotes of the case in them; the page shows it.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".report-", suffix=".html")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(render(case, dataset, quotes, scale, asked, judged, documents))
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def render(
    case: Case,
    dataset: xr.Dataset,
    quotes: Mapping[Any, Any] | None = None,
    scale: ScaleName = "icd203",
    asked: Sequence[xr.Dataset] = (),
    judged: Judged | None = None,
    documents: Sequence[DocumentAtHand] = (),
) -> str:
    """Return the page as text; all text of the case is escaped."""
    libraries = [_asset("assets", name) for name in BUNDLES]
    at_hand = documents_view(case, documents)
    scripts = [*libraries, together("static", (*SCRIPTS, "marks.js") if at_hand["shown"] else SCRIPTS)]
    style = together("static", STYLES)
    early = _asset("static", "early.js")
    template = environment().get_template("page.html.j2")
    return template.render(
        **data.page_data(case, dataset, quotes, asked, judged),
        at_hand=at_hand,
        scale=scale,
        scale_names={key: entry.title for key, entry in SCALES.items()},
        policy=policy([early, *scripts], [style, CYTOSCAPE_STYLE]),
        early=Markup(early),
        style=Markup(style),
        cytoscape_style=Markup(CYTOSCAPE_STYLE),
        scripts=[Markup(text) for text in scripts],
        data=Markup(inert_json(data.scripts_data(case, dataset, quotes))),
    )


CYTOSCAPE_STYLE = ".__________cytoscape_container { position: relative; }"
"""What Cytoscape would put into the page itself; it stands there already, named by its hash."""


def policy(scripts: list[str], styles: list[str]) -> str:
    """Return the content policy: these scripts and styles by hash, images from data, nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hashes(scripts)}",
            f"style-src {_hashes(styles)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def inert_json(value: Any) -> str:
    """Return JSON that nothing in it can end, open or turn into a script."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def _hashes(texts: list[str]) -> str:
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def together(folder: str, names: Sequence[str]) -> str:
    """Return files of the room as one text."""
    return "\n".join(_asset(folder, name) for name in names)


def _asset(folder: str, name: str) -> str:
    # A page's line ends are "\n" whatever the file's were: the browser hashes what it has parsed.
    return ROOM.joinpath(folder, name).read_text(encoding="utf-8").replace("\r\n", "\n")


def environment(finalize: Callable[[Any], Any] | None = None) -> jinja2.Environment:
    """Return the templates of the room, which escape all they are given; ``finalize`` sees it first."""
    return jinja2.Environment(
        finalize=finalize,
        loader=jinja2.PackageLoader("shatterbelt.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
