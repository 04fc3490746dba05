"""The page of what was read: marks that overlap, codings, filters, and texts that would do harm."""

import re
import time

import pytest
from click.testing import CliRunner
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from reading.making import aim, claim, day, document, event, number, party, says, span
from report.test_page import FLAGS, until
from shatterbelt.cli import main
from shatterbelt.documents import text_of
from shatterbelt.documents.loaded import Block, LoadedDocument, Metadata
from shatterbelt.reading.merging import merge
from shatterbelt.report import write_report
from shatterbelt.report.documents_page import DocumentAtHand, QuoteAtHand, documents_view
from shatterbelt.report.marks import Mark, in_blocks, pieces, seen
from shatterbelt.report.page import render as render_case
from shatterbelt.report.reading import reading_view, render

TEXT = """Harvest without hands
The farmers' union said that the new levy has driven pickers out of the valley. On Monday the police arrested
at least 30 of them near Tarskow. The ministry wants lower wages.
By <script>document.title = 'owned'</script> "quotes" & \u202esdrawkcab\u202c \x1b[31m {{7*7}} {% raw %}
Read also: ten other things"""


def made(of):
    first = claim(
        of,
        "the new levy has driven pickers out of the valley",
        ("the new levy", "pickers out of the valley"),
        ("levy", "pickers in the valley"),
        effect_change="-",
        sign="-",
        says_who=says(of, "The farmers' union", "said that"),
        manner="reported",
        reading=0.62,
        rule="changes",
    )
    inner = event(
        of,
        "has driven pickers out",
        "driven",
        "COERCE",
        targets=(party(of, "pickers"),),
        says_who=says(of, "The farmers' union", "said that"),
        manner="reported",
        reading=0.31,
    )
    arrest = event(
        of,
        "the police arrested\nat least 30 of them near Tarskow",
        "arrested",
        "COERCE",
        mode="arrest",
        actors=(party(of, "the police", "TRSCOP"),),
        date=day("2021-05-03"),
        place=span(of, "Tarskow"),
        magnitudes=(number(of, "at least 30", 30, None, "persons"),),
        reading=0.9,
    )
    wish = aim(
        of,
        "The ministry wants lower wages",
        "want",
        party(of, "The ministry"),
        "lower wages",
        cue="wants",
    )
    return [*merge([inner], {}), first, *merge([arrest], {}), wish]


@pytest.fixture(scope="module")
def text():
    lines = text_of(TEXT).characters
    ends = [lines.index(mark) for mark in ("\nThe farm", "\nBy <", "\nRead also")]
    places = [0, *(end + 1 for end in ends)], [*ends, len(lines)]
    blocks = [
        Block(start, end, kind)
        for start, end, kind in zip(*places, ("heading", "body", "body", "boilerplate"), strict=True)
    ]
    about = Metadata(title="Harvest <b>without</b> hands")
    return LoadedDocument("tarsk", "tarsk.txt", text_of(TEXT), TEXT, metadata=about, blocks=tuple(blocks))


@pytest.fixture(scope="module")
def written(text, tmp_path_factory):
    path = tmp_path_factory.mktemp("read") / "read.html"
    path.write_text(render([text], made(text), ["scan.pdf: no text in it"]), encoding="utf-8")
    return path


# --------------------------------------------------------------------------- marks


def test_pieces_together_are_the_text_whatever_overlaps():
    text = "one two three four five"
    marks = [
        Mark(0, 13, "c1", "claim"),
        Mark(4, 7, "e1", "event"),
        Mark(8, 18, "a1", "aim"),
        Mark(4, 7, "c1", "claim", "core"),
    ]
    cut = pieces(text, 0, len(text), marks)
    assert "".join(piece["text"] for piece in cut) == text
    assert [(piece["text"], piece["whose"], piece["parts"]) for piece in cut] == [
        ("one ", ["c1"], []),
        ("two", ["e1", "c1"], ["c1:core"]),
        (" ", ["c1"], []),
        ("three", ["a1", "c1"], []),
        (" four", ["a1"], []),
        (" five", [], []),
    ]
    assert [[one["key"] for one in piece["opens"]] for piece in cut] == [["c1"], ["e1"], [], ["a1"], [], []]


def test_a_quote_over_two_blocks_is_marked_in_both_and_begins_once():
    marks = [Mark(2, 9, "e1", "event")]
    first, second = in_blocks([(0, 5), (6, 12)], marks)
    cut = [*pieces("alpha bravo!", 0, 5, first), *pieces("alpha bravo!", 6, 12, second)]
    assert [piece["text"] for piece in cut if piece["whose"]] == ["pha", "bra"]
    assert sum(len(piece["opens"]) for piece in cut) == 1


def test_a_thousand_nested_quotes_are_cut_in_a_moment():
    text = "x" * 2_000
    marks = [Mark(place, 2_000 - place, f"e{place}", "event") for place in range(900)]
    cut = pieces(text, 0, 2_000, marks)
    assert "".join(piece["text"] for piece in cut) == text
    assert max(len(piece["whose"]) for piece in cut) == 900


def test_marks_that_turn_the_direction_are_left_out_and_controls_shown_as_none():
    assert seen("a\u202eb\u2066c\u200f\u00ad\x1b[0m\x00") == "abc\ufffd[0m\ufffd"
    assert seen("Žižek — “ok” العربية\n") == "Žižek — “ok” العربية\n"


# --------------------------------------------------------------------------- values


def test_the_coding_tells_kind_sign_speaker_parties_date_number_and_chance(text):
    view = reading_view([text], made(text), {})
    by_name = {item["name"]: dict(item["coding"]) for item in view["items"]}
    assert by_name["C1"]["sign"].startswith("−")
    assert by_name["C1"]["told as"] == "levy → less pickers in the valley"
    assert by_name["C1"]["said by"] == "The farmers' union (reported, “said that”)"
    assert by_name["C1"]["read rightly"] == "62 % chance"
    assert by_name["E2"]["type"] == "COERCE, arrest"
    assert by_name["E2"]["who"] == "the police (TRSCOP)"
    assert (by_name["E2"]["when"], by_name["E2"]["where"]) == ("2021-05-03", "Tarskow")
    assert by_name["E2"]["how many"] == "at least 30 persons"
    assert by_name["A1"]["form"] == "want"
    assert by_name["A1"]["said by"] == "the author"
    assert view["counts"] == {"event": 2, "claim": 1, "aim": 1}


def test_a_sign_that_is_not_known_is_told_as_not_known(text):
    one = claim(text, "the new levy has driven pickers", ("the new levy", "pickers"), ("", ""))
    view = reading_view([text], [one], {})
    assert dict(view["items"][0]["coding"])["sign"].startswith("unknown")
    assert "→ (?)" in view["items"][0]["short"]


def test_an_event_told_twice_has_one_number_in_both_places():
    of = document("The police arrested 30 people.\nAgain: the police arrested 30 people.")
    told = event(
        of,
        "The police arrested 30 people",
        "arrested",
        "COERCE",
        reports=(span(of, "the police arrested 30 people"),),
    )
    page = render([of], merge([told], {}))
    assert len(re.findall(r'class="tag event', page)) == 2
    assert page.count('id="e1"') == 1
    assert "2 times" in page


def test_what_is_missing_unreviewed_unread_or_not_found_is_told(written):
    page = written.read_text(encoding="utf-8")
    assert "Not known: issued, publisher." in page
    assert "Nobody has reviewed any of this." in page
    assert "scan.pdf: no text in it" in page
    assert '<p class="boilerplate">Read also' in page
    silent = render([document("Nothing happens in it.")], [])
    assert "No statement was found in it." in silent


def test_hostile_text_is_written_as_text(written):
    page = written.read_text(encoding="utf-8")
    assert "<script>document.title" not in page
    assert "&lt;script&gt;document.title" in page
    assert "{{7*7}}" in page
    assert not re.search("[\x00-\x08\x1b\u202a-\u202e\u2066-\u2069]", page)


def test_read_html_writes_the_page_and_prints_only_the_number(tmp_path):
    article = tmp_path / "article.txt"
    article.write_text("The police arrested the opposition leader of Tarsk on Monday.\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["read", str(article), "--html", str(tmp_path / "read.html")])
    assert done.exit_code == 0, done.output
    assert "1 event" in done.stdout
    assert len(done.stdout.splitlines()) == 2
    assert "has-event" in (tmp_path / "read.html").read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_told_with_its_option(tmp_path):
    article = tmp_path / "article.txt"
    article.write_text("Nothing happened.\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["read", str(article), "--html", str(tmp_path / "no" / "read.html")])
    assert done.exit_code != 0
    assert "--html" in done.stderr
    assert "cannot be written" in done.stderr


# --------------------------------------------------------------------------- the documents of a case

ARTICLE = "A dearer price turned the client west. <script>document.title='owned'</script> Nobody paid.\n"


def at_hand(name="a", text=ARTICLE, quotes=None):
    return DocumentAtHand(name, text, quotes or (QuoteAtHand(2, 14, "price_turns", 0),))


def test_a_documents_quotes_are_marked_and_linked_to_their_claims(case, dataset):
    page = render_case(case, dataset, documents=[at_hand()])
    part = page[page.index('id="documents"') : page.index('id="sources"')]
    assert 'data-s="q1">dearer price</span>' in part
    assert 'href="#claim-price_turns"' in part
    assert "The price drives the client west" in part
    assert "<script>document.title" not in part
    assert "&lt;script&gt;document.title" in part


def test_without_documents_nothing_of_them_is_on_the_page(case, dataset):
    page = render_case(case, dataset)
    assert 'id="documents"' not in page
    assert 'href="#documents"' not in page
    assert "Marks.start" not in page


def test_quotes_of_claims_that_were_left_out_are_not_marked(case):
    lost = (QuoteAtHand(2, 14, "no_such_claim", 0), QuoteAtHand(2, 14, "price_turns", 7))
    assert documents_view(case, [at_hand(quotes=lost)])["shown"] == []


def test_of_many_documents_those_with_most_quotes_are_shown_and_the_others_named(case):
    many = [at_hand(f"d{place}") for place in range(8)]
    many.append(
        at_hand("rich", quotes=(QuoteAtHand(2, 8, "price_turns", 0), QuoteAtHand(9, 14, "hostile", 0)))
    )
    view = documents_view(case, many)
    assert len(view["shown"]) == 6
    assert view["shown"][0]["id"] == "rich"
    assert view["left"] == ["d5", "d6", "d7"]


def test_of_a_long_document_only_what_stands_around_its_quotes_is_shown(case):
    filler = "\n\n".join(f"Paragraph {place} tells of the weather in the valley." for place in range(2_000))
    text = f"{filler}\n\nA dearer price turned the client west.\n\n{filler}"
    start = text.index("dearer")
    found = documents_view(
        case, [at_hand(text=text, quotes=(QuoteAtHand(start, start + 12, "price_turns", 0),))]
    )
    assert found["shown"][0]["cut"]
    words = "".join(piece["text"] for block in found["shown"][0]["blocks"] for piece in block["pieces"])
    assert "dearer price" in words
    assert len(words) < 500


# --------------------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*FLAGS, f"user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


def opened(browser, page, width=1280):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    browser.get(page.as_uri())
    return browser


def card(browser):
    for _ in range(50):
        box = browser.find_element(By.ID, "card")
        if box.is_displayed():
            return box.text.removeprefix("×").strip()
        time.sleep(0.05)
    raise AssertionError("no card is shown")


def piece(browser, words):
    return next(p for p in browser.find_elements(By.CSS_SELECTOR, ".m") if words in p.text)


@pytest.mark.browser
def test_the_page_runs_without_a_word_from_the_console_and_does_nothing_it_should_not(browser, written):
    browser.get_log("browser")
    opened(browser, written)
    assert browser.get_log("browser") == []
    assert "owned" not in browser.title.replace("owned'", "")
    assert browser.title == "What was read: Harvest <b>without</b> hands"
    assert browser.find_elements(By.CSS_SELECTOR, ".text script, .text b, img") == []


@pytest.mark.browser
def test_pointing_at_a_nested_passage_shows_the_inner_coding_and_names_the_outer(browser, written):
    opened(browser, written)
    ActionChains(browser).move_to_element(piece(browser, "driven")).perform()
    shown = card(browser)
    assert "E1" in shown.splitlines()[0]
    assert "COERCE" in shown
    assert "31 % chance" in shown
    assert "The farmers' union" in shown
    assert "C1" in shown.split("Also here:")[1]


@pytest.mark.browser
def test_the_keyboard_alone_shows_keeps_and_closes_a_coding(browser, written):
    opened(browser, written)
    browser.execute_script("document.querySelector('.tag').focus({preventScroll: true})")
    assert "C1" in card(browser)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert "pinned" in browser.find_element(By.ID, "card").get_attribute("class")
    browser.switch_to.active_element.send_keys(Keys.TAB)
    assert "E1" in card(browser).splitlines()[0]
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not browser.find_element(By.ID, "card").is_displayed()


@pytest.mark.browser
def test_filters_hide_statements_in_the_list_and_in_the_text(browser, written):
    opened(browser, written)
    browser.find_element(By.CSS_SELECTOR, "input[value=event]").click()
    assert browser.find_element(By.ID, "list-count").text == "2 of 4 statements"
    assert "has-event" not in piece(browser, "driven").get_attribute("class")
    assert "has-claim" in piece(browser, "driven").get_attribute("class")
    Select(browser.find_element(By.ID, "by-who")).select_by_visible_text("The farmers' union (2)")
    until(browser, "return document.querySelector('#list-count').textContent === '1 of 4 statements'")


@pytest.mark.browser
def test_a_statement_of_the_list_leads_to_its_words(browser, written):
    opened(browser, written, width=390)
    browser.find_element(By.ID, "list-toggle").click()
    browser.find_element(By.CSS_SELECTOR, "[data-go=a1]").click()
    assert "The ministry: want" in card(browser)
    place = browser.execute_script("return document.getElementById('a1').getBoundingClientRect().top")
    assert 0 < place < 844
    assert not browser.find_element(By.ID, "list").is_displayed()


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 820, 1280])
def test_nothing_scrolls_sideways(browser, written, width):
    opened(browser, written, width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_a_quote_in_a_cases_document_opens_its_claim(browser, case, dataset, tmp_path):
    page = write_report(case, dataset, tmp_path / "report.html", documents=[at_hand()])
    browser.get_log("browser")
    opened(browser, page)
    browser.execute_script("document.querySelector('.at-hand').open = true")
    browser.execute_script("document.querySelector('.m').scrollIntoView({block: 'center'})")
    time.sleep(0.5)
    piece(browser, "dearer").click()
    assert "The price drives the client west" in card(browser)
    browser.find_element(By.CSS_SELECTOR, "#card a").click()
    assert browser.execute_script("return location.hash") == "#claim-price_turns"
    assert browser.get_log("browser") == []
    opened(browser, page, 390)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
