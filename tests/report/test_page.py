"""The page in a real Chromium: drawn, quiet, inert, narrow enough, and answering to clicks."""

import itertools
import re
import time

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from report.judged_values import make_judged
from shatterbelt.report import write_report

pytestmark = pytest.mark.browser

FLAGS = (
    "headless=new",
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "disable-dev-shm-usage",
    "hide-scrollbars",
)


@pytest.fixture(scope="module")
def page(case, dataset, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    return write_report(case, dataset, path, judged=make_judged(case))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*FLAGS, f"user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


def opened(browser, page, width=1280):
    """Open the page at a width and wait until everything on it is drawn."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    browser.get(page.as_uri())
    until(browser, "return typeof PENDING !== 'undefined' && PENDING.size === 0")
    return browser


def until(browser, script):
    for _ in range(300):
        if browser.execute_script(script):
            return
        time.sleep(0.1)
    raise AssertionError(f"never true: {script}; {browser.get_log('browser')}")


def test_everything_is_drawn_without_a_word_from_the_console(browser, page, case):
    browser.get_log("browser")
    opened(browser, page)
    charts = browser.execute_script(
        "return [...document.querySelectorAll('.chart, .panel-chart')]"
        ".map(p => [p.id || p.dataset.fan || p.className, p.querySelectorAll('svg path, svg line').length])"
    )
    assert len(charts) > 15
    assert [name for name, marks in charts if marks < 5] == []
    assert browser.execute_script("return shatterbeltMap.edges().not('.definition').length") == len(
        case.claims
    )
    assert browser.get_log("browser") == []


def test_nothing_is_loaded_but_the_page_itself(browser, page):
    browser.get_log("performance")
    opened(browser, page)
    asked = re.findall(
        r'"request":\{[^{}]*(?:\{[^{}]*\}[^{}]*)*"url":"([^"]+)"',
        " ".join(entry["message"] for entry in browser.get_log("performance")),
    )
    assert asked, "the browser's log shows no request at all"
    assert {url.split(":")[0] for url in asked} <= {"file", "data"}
    text = page.read_text(encoding="utf-8")
    assert not re.search(
        r"<(script|link|img|iframe|source)[^>]+(src|href)=[\"'](?!data:)", text.split('id="data"')[0]
    )


def test_the_page_is_under_six_megabytes(page):
    assert page.stat().st_size < 6_000_000


def test_hostile_text_is_shown_as_text_and_does_nothing(browser, page):
    opened(browser, page)
    assert "owned" not in browser.title
    assert browser.find_elements(By.TAG_NAME, "img") == []
    assert "onerror" in browser.find_element(By.ID, "claim-hostile").text
    browser.execute_script("pick('hostile')")
    panel = browser.find_element(By.ID, "map-panel")
    assert "<b>bold</b>" in panel.text
    assert "{{7*7}}" in panel.text
    assert browser.find_elements(By.TAG_NAME, "img") == []


def test_a_script_that_the_policy_does_not_name_does_not_run(browser, page):
    opened(browser, page)
    browser.execute_script(
        "const s = document.createElement('script'); "
        "s.textContent = 'document.title = \"ran\"'; document.body.append(s)"
    )
    assert browser.title != "ran"
    browser.get_log("browser")


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_page_never_scrolls_sideways(browser, page, width):
    opened(browser, page, width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_a_click_on_an_arrow_shows_its_claim_with_who_says_so(browser, page):
    opened(browser, page)
    browser.execute_async_script(
        "document.getElementById('map').scrollIntoView({block: 'center'});"
        "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))"
    )
    middle = browser.execute_script(
        "const m = shatterbeltMap.getElementById('debt_price').renderedMidpoint();"
        "const box = document.getElementById('map').getBoundingClientRect();"
        "return [box.left + m.x, box.top + m.y]"
    )
    for kind in ("mousePressed", "mouseReleased"):
        browser.execute_cdp_cmd(
            "Input.dispatchMouseEvent",
            {"type": kind, "x": middle[0], "y": middle[1], "button": "left", "clickCount": 1},
        )
    until(browser, "return !document.getElementById('map-panel').hidden")
    text = browser.find_element(By.ID, "map-panel").text
    assert "Debt softens the price" in text
    assert "a minister · denied · credibility 5" in text
    assert "There is no such deal" in text


def test_the_maps_filters_keep_what_belongs_to_them(browser, page, case):
    opened(browser, page)
    shown = (
        "return shatterbeltMap.edges().not('.definition').filter(e => e.visible()).map(e => e.id()).sort()"
    )

    def choose(box, value):
        browser.execute_script(
            f"const b = document.getElementById('{box}'); b.value = '{value}';"
            "b.dispatchEvent(new Event('change'))"
        )

    choose("map-narrative", "B")
    assert browser.execute_script(shown) == sorted(case.claim_ids("B"))
    choose("map-narrative", "")
    choose("map-row", "S1")
    assert browser.execute_script(shown) == ["oil_careless", "price_does_not", "price_turns"]
    overlap = (
        "const boxes = shatterbeltMap.nodes().filter(n => n.visible())"
        ".map(n => n.boundingBox({includeLabels: false}));"
        "const meet = (a, b) => a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;"
        "return boxes.some((a, i) => boxes.some((b, j) => i < j && meet(a, b)))"
    )
    assert not browser.execute_script(overlap)
    choose("map-row", "")
    assert not browser.execute_script(overlap)


def test_the_claims_sort_and_filter(browser, page):
    opened(browser, page)

    def column(n):
        return browser.execute_script(
            "return [...document.querySelectorAll('#claims-table tbody tr')].filter(r => !r.hidden)"
            f".map(r => r.cells[{n}].dataset.v || r.cells[{n}].textContent)"
        )

    def press(n):
        browser.execute_script(f"document.querySelectorAll('#claims-table .sorter')[{n}].click()")

    press(4)
    assert column(4) == sorted(column(4))
    press(4)
    assert column(4) == sorted(column(4), reverse=True)
    assert len(set(column(4))) == 3
    press(0)
    assert column(0) == sorted(column(0), key=str.lower)
    head = browser.find_element(By.CSS_SELECTOR, "#claims-table th")
    assert head.get_attribute("aria-sort") == "ascending"
    browser.find_element(By.ID, "claim-words").send_keys("softens")
    assert column(0) == ["Debt softens the price"]
    assert browser.find_element(By.ID, "claim-count").text == "1 of 8 claims"


def test_what_the_record_says_filters_by_verdict_and_sorts_by_weight(browser, page):
    opened(browser, page)
    shown = (
        "return [...document.querySelectorAll('#verdicts tbody tr')].filter(r => !r.hidden)"
        ".map(r => [r.dataset.verdict, +r.cells[1].dataset.v])"
    )
    rows = browser.execute_script(shown)
    browser.execute_script(
        "const b = document.getElementById('verdict-kind'); b.value = 'leans-for';"
        "b.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    kept = browser.execute_script(shown)
    assert kept == [row for row in rows if row[0] == "leans-for"]
    assert browser.find_element(By.ID, "verdict-count").text == f"{len(kept)} of {len(rows)} claims"
    browser.execute_script("document.querySelectorAll('#verdicts .sorter')[1].click()")
    assert browser.execute_script(shown) == sorted(kept, key=lambda row: row[1])


@pytest.mark.parametrize("width", [1280, 390])
def test_no_cell_of_what_the_record_says_runs_into_the_next(browser, page, width):
    opened(browser, page, width)
    wide = browser.execute_script(
        "return [...document.querySelectorAll('#verdicts td, #verdicts th')]"
        ".filter(c => c.scrollWidth > c.clientWidth + 1).map(c => c.textContent.trim().slice(0, 60))"
    )
    assert wide == []


def test_the_theme_toggles_and_the_words_change_scale(browser, page):
    opened(browser, page)
    colour = "return getComputedStyle(document.body).backgroundColor"
    before = browser.execute_script(colour)
    browser.find_element(By.ID, "theme").click()
    assert browser.execute_script(colour) != before
    browser.find_element(By.ID, "theme").click()
    assert browser.execute_script(colour) == before
    answer = browser.find_element(By.CSS_SELECTOR, "#outcome-price_up .answer")
    assert "Roughly even chance (45–55 %): 45.1 ± 0.5 %" in answer.text
    browser.execute_script(
        "const b = document.getElementById('scale'); b.value = 'phia'; b.dispatchEvent(new Event('change'))"
    )
    assert "Realistic possibility (40–50 %)" in answer.text


def test_printing_opens_what_is_folded_and_turns_the_page_light(browser, page):
    opened(browser, page)
    browser.execute_script(
        "document.documentElement.dataset.theme = 'dark'; dispatchEvent(new Event('beforeprint'))"
    )
    assert browser.execute_script("return document.querySelectorAll('details:not([open])').length") == 0
    assert browser.execute_script("return document.documentElement.dataset.theme") == "light"
    until(browser, "return document.querySelector('.print-map').naturalWidth > 300")
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert browser.execute_script("return document.querySelectorAll('details[open]').length") == 0
    assert browser.execute_script("return document.documentElement.dataset.theme") == "dark"


def test_charts_table_heads_and_controls_have_names_for_those_who_do_not_see(browser, page):
    opened(browser, page)
    unnamed = browser.execute_script("""
      const named = node => (node.getAttribute('aria-label') || node.textContent || '').trim()
        || node.closest('label')?.textContent.trim();
      return [...document.querySelectorAll('[role=img], button, select, input, nav, aside')]
        .filter(node => !named(node)).map(node => node.outerHTML.slice(0, 120));
    """)
    assert unnamed == []
    levels = browser.execute_script(
        "return [...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert browser.execute_script("return document.querySelectorAll('th:not([scope])').length") == 0
