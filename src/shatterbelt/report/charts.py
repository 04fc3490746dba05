"""Vega-Lite specifications; the page's script fills in data, widths and axis formats.

Colours are CSS variables, so that one drawing serves light, dark and paper.
"""

from __future__ import annotations

from typing import Any

Spec = dict[str, Any]

TIME = {"field": "t", "type": "temporal", "scale": {"type": "utc", "nice": False}, "title": None}
COOPERATIVE = ("AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT")
DEEDS = ("COOPERATE", "AID", "RETREAT", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT")
CLASSES = ("cooperation, words", "cooperation, deeds", "conflict, words", "conflict, deeds")


def all_specs() -> dict[str, Spec]:
    """Return every chart's specification by name, and the look they share."""
    return {"fan": fan(), "compare": compare(), "timeline": timeline(), "config": config()}


def config() -> Spec:
    """Return the look that all charts share."""
    text = {
        "labelColor": "var(--muted)",
        "titleColor": "var(--muted)",
        "labelFontSize": 11,
        "titleFontSize": 11,
    }
    quiet = {"gridColor": "var(--grid)", "domainColor": "var(--axis)", "tickColor": "var(--axis)"}
    return {
        "background": "transparent",
        "font": "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif",
        "view": {"stroke": None},
        "axis": {**text, **quiet, "titleFontWeight": "normal", "labelOverlap": True},
        "axisX": {"grid": False, "tickSize": 4, "labelSeparation": 8},
        "axisY": {"domain": False, "ticks": False, "tickCount": 4, "titleAlign": "left"},
        "header": {"labelColor": "var(--ink)", "labelFontSize": 12, "titleColor": "var(--ink)"},
    }


def event_class(kind: str) -> str:
    """Return which of the four classes of PLOVER an event type belongs to."""
    side = "cooperation" if kind in COOPERATIVE else "conflict"
    return f"{side}, {'deeds' if kind in DEEDS else 'words'}"


def fan() -> Spec:
    """Bands of 50 and 80 %, median, sample paths, the record over them, a rule at the as-of date."""
    return {
        "autosize": {"type": "fit", "contains": "padding"},
        "layer": [
            _band("lo80", "hi80", "var(--band80)"),
            _band("lo50", "hi50", "var(--band50)"),
            _line("paths", "y", "var(--path)", 0.7, detail="k"),
            {
                "data": {"name": "dots"},
                "mark": {"type": "circle", "size": 9, "color": "var(--median)", "clip": True, "aria": False},
                "encoding": {"x": TIME, "y": _y("y"), "opacity": {"value": 0.25}},
            },
            _line("bands", "mean", "var(--median)", 1.2, dash=[3, 3]),
            _line("bands", "mid", "var(--median)", 2),
            _now(),
            {
                "data": {"name": "errors"},
                "mark": {
                    "type": "rule",
                    "color": "var(--record)",
                    "opacity": 0.4,
                    "clip": True,
                    "aria": False,
                },
                "encoding": {"x": TIME, "y": _y("lo"), "y2": {"field": "hi"}},
            },
            _bars(),
            {
                "data": {"name": "record"},
                "mark": {"type": "point", "size": 14, "strokeWidth": 1.2, "clip": True, "aria": False},
                "encoding": {
                    "x": TIME,
                    "y": _y("y"),
                    "stroke": {"value": "var(--record)"},
                    "fill": {
                        "condition": {"test": "datum.known", "value": "var(--record)"},
                        "value": "var(--surface)",
                    },
                },
            },
            _hover(),
        ],
    }


def compare() -> Spec:
    """One branch's median and 80 % band, with the default narrative's median beside it."""
    return {
        "autosize": {"type": "fit", "contains": "padding"},
        "layer": [
            _band("lo", "hi", "var(--series)", opacity=0.22),
            _line("bands", "base", "var(--muted)", 1.2, dash=[4, 3]),
            _line("bands", "mid", "var(--series)", 2),
            _now(),
            _bars(),
            {
                "data": {"name": "record"},
                "mark": {
                    "type": "point",
                    "size": 9,
                    "filled": True,
                    "color": "var(--record)",
                    "clip": True,
                    "aria": False,
                },
                "encoding": {"x": TIME, "y": _y("y")},
            },
            _hover(),
        ],
    }


def timeline() -> Spec:
    """Events as points in a lane for each actor; colour, shape and fill say of what class they are."""
    return {
        "autosize": {"type": "fit", "contains": "padding"},
        "layer": [
            {
                "data": {"name": "events"},
                "mark": {"type": "point", "size": 52, "strokeWidth": 1.4, "opacity": 0.9},
                "encoding": {
                    "x": {
                        **TIME,
                        "scale": {"type": "utc", "nice": False, "padding": 12},
                        "axis": {"orient": "top", "grid": True, "format": "%Y"},
                    },
                    "y": {
                        "field": "lane",
                        "type": "nominal",
                        "sort": None,
                        "title": None,
                        "axis": {
                            "labelLimit": 190,
                            "grid": True,
                            "labelColor": "var(--ink)",
                            "labelFontSize": 12,
                        },
                    },
                    "yOffset": {"field": "j", "type": "quantitative", "scale": {"domain": [-1, 1]}},
                    "shape": {
                        "field": "class",
                        "legend": None,
                        "scale": {
                            "domain": list(CLASSES),
                            "range": ["circle", "circle", "diamond", "diamond"],
                        },
                    },
                    "stroke": {
                        "field": "class",
                        "legend": None,
                        "scale": {
                            "domain": list(CLASSES),
                            "range": ["var(--plus)", "var(--plus)", "var(--minus)", "var(--minus)"],
                        },
                    },
                    "fill": {
                        "field": "class",
                        "legend": None,
                        "scale": {
                            "domain": list(CLASSES),
                            "range": ["var(--surface)", "var(--plus)", "var(--surface)", "var(--minus)"],
                        },
                    },
                    "tooltip": {"field": "tip"},
                },
            },
            _now(),
        ],
    }


def _y(field: str) -> Spec:
    return {"field": field, "type": "quantitative"}


def _bars() -> Spec:
    """Averages over a period, and spells of on or off; paler where they came after the as-of date."""
    return {
        "data": {"name": "bars"},
        "mark": {"type": "rule", "color": "var(--record)", "strokeWidth": 2.5, "clip": True, "aria": False},
        "encoding": {
            "x": TIME,
            "x2": {"field": "u"},
            "y": _y("y"),
            "opacity": {"condition": {"test": "datum.known", "value": 1}, "value": 0.45},
        },
    }


def _band(low: str, high: str, color: str, opacity: float = 1) -> Spec:
    return {
        "data": {"name": "bands"},
        "mark": {"type": "area", "color": color, "opacity": opacity, "clip": True, "aria": False},
        "encoding": {"x": TIME, "y": _y(low), "y2": {"field": high}},
    }


def _line(
    data: str, field: str, color: str, width: float, detail: str = "", dash: list[int] | None = None
) -> Spec:
    mark: Spec = {"type": "line", "color": color, "strokeWidth": width, "clip": True, "aria": False}
    if dash:
        mark["strokeDash"] = dash
    encoding: Spec = {"x": TIME, "y": _y(field)}
    if detail:
        encoding["detail"] = {"field": detail}
    return {"data": {"name": data}, "mark": mark, "encoding": encoding}


def _now() -> Spec:
    return {
        "data": {"name": "now"},
        "mark": {"type": "rule", "color": "var(--axis)", "strokeDash": [2, 2], "aria": False},
        "encoding": {"x": TIME},
    }


def _hover() -> Spec:
    """Invisible columns that carry the tooltips."""
    return {
        "data": {"name": "bands"},
        "mark": {"type": "rule", "strokeWidth": 6, "opacity": 0, "aria": False},
        "encoding": {"x": TIME, "tooltip": {"field": "tip"}},
    }
