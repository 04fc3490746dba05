"""The fingerprint: twelve bits a word, the same for every copy that has the same words."""

import hashlib
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shatterbelt.documents import fingerprint, text_of
from shatterbelt.documents.words import codes_of, letters_of, word_code

PATIENT = settings(deadline=None)

WORDS = st.lists(st.text(st.sampled_from("abcdeéйłŁ19"), min_size=1, max_size=9), min_size=1, max_size=30)


def test_a_code_is_the_low_twelve_bits_of_the_words_blake2b():
    digest = hashlib.blake2b(b"minsk", digest_size=2).digest()
    assert fingerprint("Minsk!") == f"{int.from_bytes(digest, 'big') % 4096:03x}"


@PATIENT
@given(WORDS)
def test_there_are_three_hex_digits_for_each_word(words):
    assert re.fullmatch(r"([0-9a-f]{3})+", fingerprint(" ".join(words)))
    assert fingerprint(" ".join(words)) == "".join(fingerprint(word) for word in words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Kremlin", "the KREMLIN"),
        ("Łukašenka's", "łukasenkas"),
        ("caf\u00e9", "cafe\u0301"),
        ("re\u00adform", "reform"),
        ("constitu-\ntion", "constitution"),
        ("constitu- \n  tion", "constitution"),
        ("West—NATO", "West - NATO"),
        ('("loans", gas)', "loans gas"),
        ("ﬁrst", "first"),
    ],
)
def test_copies_that_differ_in_marks_only_have_the_same_fingerprint(one, other):
    assert fingerprint(text_of(one).characters) == fingerprint(text_of(other).characters)


@pytest.mark.parametrize(
    ("one", "other"), [("no", "not"), ("two-fold", "twofold"), ("pro-\n\nEU", "proEU"), ("2006", "2007")]
)
def test_other_words_have_another_fingerprint(one, other):
    assert fingerprint(one) != fingerprint(other)


def test_what_has_no_word_has_an_empty_fingerprint():
    assert fingerprint(' - "..." \n') == ""


def test_scripts_without_spaces_are_taken_by_the_character():
    assert len(fingerprint("白俄罗斯")) == 4 * 3


def test_every_code_is_shared_by_many_words():
    codes = np.bincount([word_code(f"word{number}") for number in range(40_960)], minlength=4096)
    assert codes.min() > 0
    assert codes.max() < 40


@PATIENT
@given(st.lists(st.integers(0, 4095), max_size=50))
def test_codes_survive_their_forms(codes):
    words = "".join(f"{code:03x}" for code in codes)
    assert codes_of(words).tolist() == codes
    assert [ord(letter) - 0x1000 for letter in letters_of(codes_of(words))] == codes


@PATIENT
@given(st.text(st.sampled_from("ab' -\né\u0301\u200b汉.")))
def test_the_words_of_a_text_lie_apart_and_in_order(characters):
    text = text_of(characters)
    words = text.words
    assert (words.starts < words.ends).all()
    assert (words.ends[:-1] <= words.starts[1:]).all()
    spans = [characters[start:end] for start, end in zip(words.starts, words.ends, strict=True)]
    assert "".join(fingerprint(span) for span in spans) == fingerprint(characters)


@pytest.mark.parametrize("bad", ["ab", "abcd", "xyz"])
def test_a_broken_fingerprint_is_refused(bad):
    with pytest.raises(ValueError, match=r"three hex digits|invalid literal"):
        codes_of(bad)
