"""Our own annotated articles: phrases stand where told, the parts share no text, and there are enough."""

import re
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from shatterbelt.errors import RequestError

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))  # the tools are scripts, no package

from agreement import Count, compare, half  # noqa: E402 (found only once the tools are on the path)
from annotated import ARTICLES, KEYS, Article, Phrase, articles, load_article, places  # noqa: E402 (as above)

PARTS = {part: articles(ARTICLES / part) for part in ("train", "test")}
ALL = [article for part in PARTS.values() for article in part]
SHINGLE = 8  # words; two texts that share so many in a row were not written independently


def phrases(article: Article) -> list[Phrase]:
    """Every phrase of an article that was annotated."""
    kinds = (article.attributions, article.events, article.claims, article.aims)
    fields = [getattr(item, name) for kind in kinds for item in kind for name in item.__dataclass_fields__]
    return [field for field in fields if isinstance(field, Phrase)]


def shingles(text: str) -> set[tuple[str, ...]]:
    """Every run of words of a text, in lower case."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}


@pytest.mark.parametrize("article", ALL, ids=lambda article: article.name)
def test_every_phrase_stands_in_the_body_where_it_is_told(article):
    body = article.text.index("\n")
    for phrase in phrases(article):
        assert article.text[phrase.start : phrase.end] == phrase.text
        assert phrase.start > body, f"{phrase.text!r} is in the headline, which is not annotated"


@pytest.mark.parametrize("article", ALL, ids=lambda article: article.name)
def test_an_article_looks_like_one(article):
    assert article.text.startswith(article.title + "\n\n")
    assert date.fromisoformat(article.issued)
    assert article.publisher
    assert 120 <= len(article.text.split()) <= 340


@pytest.mark.parametrize("article", ALL, ids=lambda article: article.name)
def test_nothing_is_annotated_twice(article):
    for items in (
        [(one.cue.start, one.content.start) for one in article.attributions],
        [(one.trigger.start, one.type) for one in article.events],
        [(one.cause.start, one.effect.start, one.connective) for one in article.claims],
        [(one.form, one.content.start) for one in article.aims],
    ):
        assert [item for item, times in Counter(items).items() if times > 1] == []


@pytest.mark.parametrize("article", ALL, ids=lambda article: article.name)
def test_only_a_cause_has_a_sign(article):
    assert [one for one in article.claims if one.relation != "cause" and one.sign != "unknown"] == []


def test_there_are_two_dozen_to_learn_from_and_a_dozen_to_be_judged_by():
    assert len(PARTS["train"]) >= 24
    assert len(PARTS["test"]) >= 12


@pytest.mark.parametrize("part", ["train", "test"])
def test_every_part_has_every_manner_relation_and_form(part):
    found = PARTS[part]
    assert {one.manner for a in found for one in a.attributions} == {
        "asserted", "reported", "doubted", "denied", "hypothetical", "demanded",
    }  # fmt: skip
    assert {one.relation for a in found for one in a.claims} == {"cause", "purpose", "correlation"}
    assert {one.sign for a in found for one in a.claims} == {"+", "-", "unknown"}
    assert {one.form for a in found for one in a.aims} == {"want", "demand", "condition", "threat", "promise"}
    assert {one.direction for a in found for one in a.aims} >= {"up", "down", "at"}
    assert len({one.type for a in found for one in a.events}) == 16


def test_no_text_of_the_test_part_stands_in_the_train_part():
    learnt = set().union(*(shingles(article.text) for article in PARTS["train"]))
    for article in PARTS["test"]:
        assert shingles(article.text) & learnt == set(), article.name


def test_no_two_articles_share_a_run_of_words():
    seen: dict[tuple[str, ...], str] = {}
    for article in ALL:
        for words in shingles(article.text):
            assert seen.setdefault(words, article.name) == article.name, words


def test_a_phrase_is_counted_in_whole_words():
    assert places("He said aid was paid in aid.", "aid") == [8, 24]


@pytest.mark.parametrize(
    ("cue", "message"),
    [
        ("said", "'said', which stands 2 times"),
        ("{is: said, nth: 3}", "'said' \\(found 2 times\\)"),
        ("denied", "'denied' \\(found 0 times\\)"),
    ],
)
def test_a_phrase_that_is_not_sure_is_refused(tmp_path, cue, message):
    path = tmp_path / "a.yaml"
    item = f"{{source: She, cue: {cue}, content: no, manner: reported}}"
    head = "title: A\nissued: '2020-01-01'\npublisher: B\ntext: She said no. He said yes.\n"
    path.write_text(f"{head}attributions: [{item}]\n")
    with pytest.raises(RequestError, match=message):
        load_article(path)


def test_a_word_outside_the_vocabulary_is_refused(tmp_path):
    path = tmp_path / "a.yaml"
    item = "{source: She, cue: said, content: no, manner: maybe}"
    path.write_text(
        f"title: A\nissued: '2020-01-01'\npublisher: B\ntext: She said no.\nattributions: [{item}]\n"
    )
    with pytest.raises(RequestError, match="manner 'maybe' cannot stand here; allowed: asserted"):
        load_article(path)


@pytest.mark.parametrize("path", sorted((ARTICLES / "second").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_second_annotation_holds_the_lists_and_nothing_else(path):
    assert set(yaml.safe_load(path.read_text(encoding="utf-8"))) == set(KEYS)


def test_an_article_agrees_with_itself():
    for article in ALL:
        assert {count.f1 for count in compare(article, article).values()} == {1.0}


def test_agreement_counts_what_both_found_against_all_that_was_found():
    assert Count(4, 6, 3).f1 == pytest.approx(0.6)
    assert Count(0, 0, 0).f1 == 1.0


def test_half_a_phrase_is_the_same_phrase_and_less_is_not():
    assert half(Phrase(0, 10, ""), Phrase(5, 15, ""))
    assert not half(Phrase(0, 10, ""), Phrase(6, 16, ""))
    assert half(None, None)
    assert not half(None, Phrase(0, 1, ""))
