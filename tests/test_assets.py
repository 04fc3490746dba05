"""The browser bundles: what VERSIONS.md says they are, and at work under a content policy without eval."""

import base64
import hashlib
import importlib.util
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "src" / "shatterbelt" / "report" / "assets"
BUNDLES = (
    "vega.min.js",
    "vega-lite.min.js",
    "vega-interpreter.js",
    "cytoscape.min.js",
    "cytoscape-dagre.min.js",
)

CHART = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "width": 300,
    "height": 120,
    "data": {"values": [{"t": f"2020-{m:02}-01", "lo": m - 2, "hi": m + 2, "mid": m} for m in range(1, 13)]},
    "transform": [{"calculate": "datum.hi - datum.lo", "as": "width"}],
    "layer": [
        {
            "mark": {"type": "area", "opacity": 0.3, "tooltip": True},
            "encoding": {
                "x": {"field": "t", "type": "temporal"},
                "y": {"field": "lo", "type": "quantitative"},
                "y2": {"field": "hi"},
            },
        },
        {
            "params": [{"name": "over", "select": {"type": "point", "on": "pointerover"}}],
            "mark": {"type": "point"},
            "encoding": {
                "x": {"field": "t", "type": "temporal"},
                "y": {"field": "mid", "type": "quantitative"},
                "opacity": {"condition": {"param": "over", "value": 1}, "value": 0.5},
            },
        },
    ],
}

SCRIPT = """
const parsed = vega.parse(vegaLite.compile(%s).spec, null, {ast: true});
window.view = new vega.View(parsed, {
  expr: vega.expressionInterpreter, renderer: 'svg', container: '#chart', hover: true});
view.runAsync().then(
  () => { document.title += ' chart'; },
  fault => { document.title += ' chart failed: ' + fault; });
const graph = cytoscape({
  container: document.getElementById('map'),
  elements: [{data: {id: 'a'}}, {data: {id: 'b'}}, {data: {id: 'c'}},
             {data: {id: 'ab', source: 'a', target: 'b'}}, {data: {id: 'bc', source: 'b', target: 'c'}}],
  style: [{selector: 'node', style: {label: 'data(id)'}},
          {selector: 'edge', style: {'curve-style': 'bezier', 'target-arrow-shape': 'triangle'}}],
  layout: {name: 'dagre', rankDir: 'LR'},
});
try { new Function('return 1')(); document.title += ' eval'; } catch (fault) { }
window.places = graph.nodes().map(node => node.position('x'));
"""


def page() -> str:
    """A page with everything inline, whose policy names each script by its hash."""
    scripts = [(ASSETS / name).read_text(encoding="utf-8") for name in BUNDLES] + [SCRIPT % json.dumps(CHART)]
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts
    )
    policy = f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:"
    inline = "\n".join(f"<script>{text}</script>" for text in scripts)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>page</title></head><body>'
        f'<div id="chart"></div><div id="map" style="width:400px;height:200px"></div>{inline}</body></html>'
    )


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "disable-dev-shm-usage",
        f"user-data-dir={tmp_path / 'profile'}",
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


def test_every_bundle_is_the_one_that_versions_md_names():
    spec = importlib.util.spec_from_file_location("vendor_assets", ROOT / "tools" / "vendor_assets.py")
    vendor = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(vendor)
    assert vendor.offline() == []
    assert sorted(vendor.recorded()) == sorted(BUNDLES)


def test_every_bundle_carries_its_licence():
    for name in BUNDLES:
        package = re.sub(r"(\.min)?\.js$", "", name)
        assert "Copyright" in (ASSETS / "licenses" / f"{package}.txt").read_text(encoding="utf-8")


def test_the_bundles_leave_room_in_a_page_of_six_megabytes():
    assert sum(path.stat().st_size for path in ASSETS.rglob("*") if path.is_file()) < 1_600_000


@pytest.mark.parametrize("name", BUNDLES)
def test_no_bundle_holds_what_would_end_an_inline_script(name: str):
    assert not re.search(r"</script|<!--|sourceMappingURL", (ASSETS / name).read_text(encoding="utf-8"), re.I)


@pytest.mark.browser
def test_a_chart_and_a_graph_stand_in_a_page_whose_policy_forbids_eval(
    browser: webdriver.Chrome, tmp_path: Path
):
    path = tmp_path / "page.html"
    path.write_text(page(), encoding="utf-8")
    browser.get(path.as_uri())
    deadline = time.monotonic() + 20
    while "chart" not in browser.title and time.monotonic() < deadline:
        time.sleep(0.05)
    browser.save_screenshot(str(tmp_path / "page.png"))
    assert browser.title == "page chart"
    assert browser.execute_script("return document.querySelectorAll('#chart svg path').length") > 10
    left, middle, right = browser.execute_script("return window.places")
    assert left < middle < right
    assert [entry["message"] for entry in browser.get_log("browser")] == []
