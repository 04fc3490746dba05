"""Resolving: at the place, elsewhere by the fingerprint, and not at all when in doubt."""

import dataclasses
import itertools
import re
import textwrap

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shatterbelt.documents import Resolved, Unresolved, make_quote, normalise, resolve, text_of
from shatterbelt.documents.align import MAX_WORDS
from shatterbelt.documents.words import word_code
from shatterbelt.errors import DocumentError

FEW = settings(max_examples=40, deadline=None)
SYLLABLES = ["ba", "co", "di", "fe", "gu", "ka", "lo", "mi", "ne", "pu", "ra", "so", "ti", "ve", "zu"]
VOCABULARY = ["".join(parts) for parts in itertools.product(SYLLABLES, repeat=2)]
LOOSE = [".", ",", '."', "?", ""]


def distinct(words):
    """Keep the words whose codes differ, so that nothing in a test agrees by chance."""
    return list({word_code(word): word for word in reversed(words)}.values())


ALL = distinct(VOCABULARY)
NEVER = [
    word
    for word in ("".join(parts) for parts in itertools.product(SYLLABLES, repeat=3))
    if word_code(word) not in {word_code(known) for known in ALL}
]


@st.composite
def passages(draw, least=8, most=40):
    """A text of different words in lines, and the words first to last that are quoted."""
    words = draw(st.permutations(ALL))[: draw(st.integers(60, 120))]
    length = draw(st.integers(least, most))
    first = draw(st.integers(0, len(words) - length))
    gaps = draw(st.lists(st.sampled_from([" ", " ", " ", "\n\n"]), min_size=len(words), max_size=len(words)))
    return words, gaps, first, first + length


def written(words, gaps):
    return "".join(word + gap for word, gap in zip(words, gaps, strict=True))


def place(words, gaps, first, last):
    """Start and end of the words first to last in characters."""
    start = len(written(words[:first], gaps[:first]))
    return start, len(written(words[:last], gaps[:last])) - len(gaps[last - 1])


def found_words(resolved):
    assert isinstance(resolved, Resolved), resolved
    return re.findall(r"\w+", resolved.text)


@FEW
@given(st.text(min_size=1), st.data())
def test_a_quote_always_resolves_exactly_in_its_own_text(quote_of, decoded, data):
    text = text_of(decoded)
    assume(len(text.words) > 0)
    first = data.draw(st.integers(0, len(text.words) - 1))
    last = data.draw(st.integers(first, len(text.words) - 1))
    start, end = int(text.words.starts[first]), int(text.words.ends[last])
    found = resolve(quote_of(text, start, end), text)
    assert found == Resolved(text.characters[start:end], start, end, "exact", 1.0, True)


@FEW
@given(passages(least=1))
def test_other_white_space_and_line_ends_re_anchor_to_the_same_words(quote_of, passage):
    words, gaps, first, last = passage
    text = text_of(written(words, gaps))
    quote = quote_of(text, *place(words, gaps, first, last))
    copy = normalise(("\r\n \t".join(words[:3]) + " \r\n" + "\u00a0 ".join(words[3:])).encode("utf-16"))
    found = resolve(quote, copy)
    if last - first == 1:  # one word may stand anywhere by chance: only its hash proves it
        assert isinstance(found, Resolved)
        assert found.confirmed
    assert found_words(found) == words[first:last]
    assert found.score == 1
    assert found.how == "re-anchored" or (found.start, found.end) == (quote.start, quote.end)


@FEW
@given(passages(), st.integers(0, 60))
def test_an_inserted_line_elsewhere_does_not_matter(quote_of, passage, at):
    words, gaps, first, last = passage
    quote = quote_of(text_of(written(words, gaps)), *place(words, gaps, first, last))
    at = at if at <= first else last
    advert = "Read more: subscribe to our letter today, it is free!"
    copy = text_of(f"{written(words[:at], gaps[:at])}\n{advert}\n{written(words[at:], gaps[at:])}")
    found = resolve(quote, copy)
    assert found_words(found) == words[first:last]
    assert found.confirmed or "\n\n" in quote_text(words, gaps, first, last)


def quote_text(words, gaps, first, last):
    start, end = place(words, gaps, first, last)
    return written(words, gaps)[start:end]


@FEW
@given(passages(least=20), st.integers(4, 16))
def test_an_advert_inside_a_long_quote_is_stepped_over(quote_of, passage, at):
    words, gaps, first, last = passage
    quote = quote_of(text_of(written(words, gaps)), *place(words, gaps, first, last))
    cut = first + at
    copy = text_of(" ".join([*words[:cut], *NEVER[:12], *words[cut:]]))
    found = resolve(quote, copy)
    assert found_words(found) == [*words[first:cut], *NEVER[:12], *words[cut:last]]
    assert found.score == pytest.approx(1 - (1 + 11 * 0.1) / (last - first), abs=1e-4)


@FEW
@given(passages(least=10), st.sampled_from(["lost", "doubled", "changed"]), st.data())
def test_one_word_lost_doubled_or_changed_inside_is_borne_and_scored(quote_of, passage, what, data):
    words, gaps, first, last = passage
    quote = quote_of(text_of(written(words, gaps)), *place(words, gaps, first, last))
    at = data.draw(st.integers(first + 1, last - 2))
    new = {"lost": [], "doubled": [words[at]] * 2, "changed": NEVER[:1]}[what]
    copy = text_of("Something before this. " + " ".join([*words[:at], *new, *words[at + 1 :]]))
    found = resolve(quote, copy)
    assert found_words(found) == [*words[first:at], *new, *words[at + 1 : last]]
    assert found.how == "re-anchored"
    assert found.score == pytest.approx(1 - 1 / (last - first), abs=1e-4)
    assert not found.confirmed


@FEW
@given(passages(), st.data())
def test_a_passage_with_too_many_changed_words_is_not_resolved(quote_of, passage, data):
    words, gaps, first, last = passage
    quote = quote_of(text_of(written(words, gaps)), *place(words, gaps, first, last))
    beyond = (last - first) // 5 + 1
    places = data.draw(st.permutations(range(first, last)))[:beyond]
    copy = list(words)
    for new, at in zip(NEVER, places, strict=False):
        copy[at] = new
    assert isinstance(resolve(quote, text_of(written(copy, gaps))), Unresolved)


@FEW
@given(passages(least=1, most=5))
def test_a_short_quote_with_a_changed_word_is_not_resolved(quote_of, passage):
    words, gaps, first, last = passage
    quote = quote_of(text_of(written(words, gaps)), *place(words, gaps, first, last))
    copy = [*words[:first], NEVER[0], *words[first + 1 :]]
    assert isinstance(resolve(quote, text_of("x " + written(copy, gaps))), Unresolved)


def same_code(word):
    """Another word with the same twelve bits."""
    return next(other for number in range(10**6) if word_code(other := f"w{number}") == word_code(word))


def test_a_lone_word_that_only_shares_its_code_is_not_taken(quote_of):
    quote = quote_of(text_of("In Minsk today"), 3, 8)
    answer = resolve(quote, text_of(f"Far from {same_code('Minsk')} today"))
    assert isinstance(answer, Unresolved)
    assert "by chance" in answer.reason


def test_of_two_passages_with_the_same_codes_the_one_with_the_same_hash_is_taken(quote_of):
    passage = "the minister came late"
    decoy = " ".join(same_code(word) for word in passage.split())
    quote = quote_of(text_of(passage), 0, len(passage))
    copy = text_of(f"{decoy} and then again {passage}")
    found = resolve(quote, copy)
    assert found_words(found) == passage.split()
    assert found.confirmed


FILLER = " ".join(NEVER[:300])
PHRASE = "so said he"


def test_of_two_places_the_one_clearly_nearer_is_taken(quote_of):
    text = text_of(f"{FILLER} {PHRASE} {FILLER}")
    quote = quote_of(text, len(FILLER) + 1, len(FILLER) + 1 + len(PHRASE))
    found = resolve(quote, text_of(f"{PHRASE} intro {FILLER} {PHRASE} {FILLER}"))
    assert isinstance(found, Resolved)
    assert found.start == len(f"{PHRASE} intro {FILLER} ")


def test_two_places_equally_near_are_in_doubt(quote_of):
    text = text_of(f"one two three four five six seven {PHRASE} x")
    start = text.characters.index(PHRASE)
    quote = quote_of(text, start, start + len(PHRASE))
    answer = resolve(quote, text_of(f"{PHRASE} and then some more words between {PHRASE} and"))
    assert answer == Unresolved("2 places fit equally well")


def test_what_is_known_of_the_place_decides_between_two(quote_of):
    quote = quote_of(text_of(PHRASE), 0, len(PHRASE))
    copy = text_of(f"x {PHRASE} {FILLER} {PHRASE} {FILLER}")
    second = copy.characters.rindex(PHRASE)
    assert resolve(quote, copy, near=second + 5).start == second


def test_a_few_words_far_from_their_place_are_not_taken(quote_of):
    quote = quote_of(text_of(PHRASE), 0, len(PHRASE))
    answer = resolve(quote, text_of(f"{FILLER} {FILLER} {PHRASE}"))
    assert answer == Unresolved("so few words are only found far from their place")


def test_two_passages_that_are_alike_are_in_doubt(quote_of):
    passage = NEVER[:20]
    quote = quote_of(text_of(" ".join(passage)), 0, len(" ".join(passage)))
    changed = [[*passage[:at], "altered", *passage[at + 1 :]] for at in (5, 9)]
    between = " ".join(NEVER[20:40])
    answer = resolve(quote, text_of(f"{' '.join(changed[0])} {between} {' '.join(changed[1])}"), near=150)
    assert answer == Unresolved("2 places fit equally well")


def test_marks_around_the_passage_come_along_when_the_hash_has_them(quote_of):
    text = text_of('He wrote: "We shall see, in time." Then he left.')
    quote = quote_of(text, 10, 34)
    found = resolve(quote, text_of("And so:\n he  wrote: “We shall\nsee, in time.” Then"))
    assert found.shown == '"We shall see, in time."'
    assert found.confirmed


@pytest.mark.parametrize(
    "copy",
    [
        "the pro-\nwestern oppo-\nsition met",
        "the pro-western oppo- \n sition met",
        "the pro-\nwestern opposition met",
    ],
)
def test_words_broken_at_a_line_end_are_found_whether_the_hyphen_was_there_or_not(quote_of, copy):
    original = "the pro-western opposition met"
    quote = quote_of(text_of(f"{original} again"), 0, len(original))
    whole = text_of(f"{original} again in the old harbour of the town")
    long = quote_of(whole, 0, len(whole))
    if copy.count("\n") == 1:
        assert resolve(quote, text_of(f"So {copy} again")).confirmed
    else:  # one of each kind: neither reading has every word, and five words are too few for changes
        assert isinstance(resolve(quote, text_of(f"So {copy} again")), Unresolved)
    found = resolve(long, text_of(f"So {copy} again in the old harbour of the town"))
    assert found.shown == " ".join(f"{copy} again in the old harbour of the town".split())


def test_a_hash_that_agrees_with_a_fingerprint_that_does_not_is_refused(quote_of):
    text = text_of("some words here")
    broken = dataclasses.replace(quote_of(text, 0, 10), words="abcabc")
    assert "not the fingerprint" in resolve(broken, text).reason


@pytest.mark.parametrize("words", ["", "ab", "zzz"])
def test_a_broken_fingerprint_leaves_the_quote_unresolved(quote_of, words):
    quote = dataclasses.replace(quote_of(text_of("some words"), 0, 4), words=words, sha256="0" * 64)
    assert isinstance(resolve(quote, text_of("some words")), Unresolved)


@pytest.mark.parametrize(("start", "end"), [(5, 5), (9, 2), (10**12, 10**12 + 5), (0, 10**12)])
def test_offsets_outside_the_text_are_no_error(quote_of, start, end):
    text = text_of("alpha beta gamma delta")
    quote = dataclasses.replace(quote_of(text, 0, len(text)), start=start, end=end)
    found = resolve(quote, text, near=0)
    assert (found.start, found.end, found.how) == (0, len(text), "re-anchored")


def test_very_long_quotes_are_found_as_they_stand_but_not_with_changes(quote_of):
    words = [f"n{number}" for number in range(MAX_WORDS + 1)]
    text = text_of(" ".join(words))
    quote = quote_of(text, 0, len(text))
    assert resolve(quote, text_of("\n".join(words))).score == 1
    words[7] = "other"
    assert f"up to {MAX_WORDS}" in resolve(quote, text_of("\n".join(words))).reason


@pytest.mark.parametrize(
    "hostile", ["a " * 100_000, "a" * 300_000, "\u0301" * 100_000, " " * 300_000, "a-\n" * 90_000]
)
def test_a_hostile_text_is_searched_and_refused(quote_of, hostile):
    quote = dataclasses.replace(quote_of(text_of("a " * 30), 0, 59), sha256="0" * 64)
    assert isinstance(resolve(quote, text_of(hostile)), Unresolved)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (0, 99, "the text has 17 characters"),
        (-1, 3, "no span -1-3"),
        (5, 5, "no span"),
        (3, 4, "has no word"),
        (1, 8, "offset 1 stands inside the word 0-3"),
        (4, 10, "offset 10 stands inside the word 9-17"),
    ],
)
def test_a_quote_is_not_made_of_a_bad_span(start, end, said):
    with pytest.raises(DocumentError, match=said):
        make_quote("doc", text_of("one two, half-\nth"), start, end)


def test_a_quote_leaves_out_the_white_space_around_it():
    quote = make_quote("doc", text_of("one  two  three"), 3, 10)
    assert (quote["start"], quote["end"], quote["paragraph"]) == (5, 8, 1)


def test_every_sentence_of_the_two_documents_resolves_in_them(seeds, sentences, quote_of):
    for text in seeds:
        for start, end in sentences(text):
            found = resolve(quote_of(text, start, end), text)
            assert found.how == "exact"
            assert found.text == text.characters[start:end].strip()


def another_crawl(characters):
    lines = [
        textwrap.fill(line, 70, break_on_hyphens=False) for line in characters.split("\n") if line.strip()
    ]
    return ("Menu | Home | Search\r\n\r\n" + "\n\nAdvertisement\n\n".join(lines)).replace("\n", "\r\n")


def test_every_sentence_of_the_two_documents_is_found_in_another_crawl(seeds, sentences, quote_of):
    for text in seeds:
        copy = normalise(another_crawl(text.characters).encode("utf-8-sig"))
        for start, end in sentences(text):
            quote = quote_of(text, start, end)
            if len(quote.words) < 3 * 4:
                continue
            found = resolve(quote, copy)
            assert found.how == "re-anchored"
            assert found.confirmed
            assert found.shown == " ".join(text.characters[start:end].split())
