"""Bytes to a text in which no offset moves, and its paragraphs."""

import hashlib
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shatterbelt.documents import (
    MAX_BYTES,
    normalise,
    paragraph_of,
    paragraphs,
    read_text,
    sha256_of,
    text_of,
)
from shatterbelt.errors import DocumentError

PATIENT = settings(deadline=None)

ANY_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff"))
AWKWARD = st.text(
    st.sampled_from("ab 1'’‘“”«»—–-\u00a0\u2009\t\r\n\u2028\u200b\u202e\u00adé\u0301Ł汉𝔸.\ufeff")
)


@PATIENT
@given(ANY_TEXT | AWKWARD)
def test_every_character_becomes_exactly_one(decoded):
    assert len(text_of(decoded)) == len(decoded)


@PATIENT
@given(ANY_TEXT | AWKWARD)
def test_letters_and_digits_stay_what_and_where_they_are(decoded):
    for before, after in zip(decoded, text_of(decoded).characters, strict=True):
        if unicodedata.category(before) in ("Lu", "Ll", "Lo", "Nd"):
            assert after == before


@PATIENT
@given(ANY_TEXT | AWKWARD)
def test_normalising_twice_is_normalising_once(decoded):
    once = text_of(decoded)
    assert text_of(once.characters).characters == once.characters


@PATIENT
@given(st.text())
def test_nothing_is_left_that_could_steer_a_terminal(decoded):
    for character in text_of(decoded).characters:
        assert character == "\n" or unicodedata.category(character) not in ("Cc", "Cs")
        assert unicodedata.bidirectional(character) not in (
            "LRE",
            "RLE",
            "PDF",
            "LRO",
            "RLO",
            "LRI",
            "RLI",
            "FSI",
        )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_the_encoding_and_its_mark_do_not_show_in_the_text(encoding):
    raw = "“Łukašenka” – 1\r\n2".encode(encoding)
    text = normalise(raw)
    assert text.characters == '"Łukašenka" - 1 \n2'
    assert text.sha256 == hashlib.sha256(raw).hexdigest() == sha256_of(raw)


def test_a_byte_order_mark_inside_the_text_keeps_its_place():
    assert normalise("\ufeffa\ufeffb".encode()).characters == "a\u200bb"


@pytest.mark.parametrize(
    ("breaks", "kept"), [("a\r\nb", "a \nb"), ("a\rb", "a\nb"), ("a\u2028b", "a\nb"), ("a\r\r\nb", "a\n \nb")]
)
def test_line_breaks_of_all_kinds_keep_their_length(breaks, kept):
    assert normalise(breaks.encode()).characters == kept


def test_one_stray_control_character_in_a_long_text_becomes_a_space():
    assert normalise(b"word " * 50 + b"\x00\x1b[31m").characters.endswith("word   [31m")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("Čaška".encode("cp1250"), "byte 0 (0xc8) is not UTF-8"),
        (b"caf\xe9 au lait", "byte 3 (0xe9) is not UTF-8"),
        (b"\xef\xbb\xbfcaf\xe9", "byte 6 (0xe9) is not UTF-8"),
        (b"\xff\xfea\x00b", "is not UTF-16-LE"),
        (bytes(range(32)) * 9, "this is not a text (243 control characters in 288)"),
        ("plain".encode("utf-16-le"), "this is not a text (5 control characters in 10)"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(raw, said):
    with pytest.raises(DocumentError) as caught:
        normalise(raw, name="article.txt")
    assert "article.txt: " in str(caught.value)
    assert said in str(caught.value)


def test_a_file_over_the_limit_is_refused_without_reading_all_of_it(tmp_path):
    path = tmp_path / "huge.txt"
    with path.open("wb") as stream:
        stream.truncate(10 * MAX_BYTES)
    with pytest.raises(
        DocumentError, match=r"the document has 200,000,000 bytes; at most 20,000,000 are read"
    ):
        read_text(path)


def test_a_file_at_the_limit_is_read_and_one_byte_more_is_not():
    assert len(normalise(b" " * MAX_BYTES)) == MAX_BYTES
    with pytest.raises(DocumentError, match="20,000,001 bytes"):
        normalise(b" " * (MAX_BYTES + 1))


@pytest.mark.parametrize(("name", "said"), [("none.txt", "no such file"), (".", "not a regular file")])
def test_a_path_that_is_no_file_is_said_to_be_none(tmp_path, name, said):
    with pytest.raises(DocumentError, match=said):
        read_text(tmp_path / name)


@PATIENT
@given(st.lists(st.sampled_from(["", "  ", "\u200b", "one", " two words ", "three."]), max_size=12))
def test_a_paragraph_is_the_nth_line_with_something_in_it(lines):
    text = text_of("\n".join(lines))
    filled = [line for line in lines if line.strip().strip("\u200b")]
    assert [text.characters[start:end] for start, end in paragraphs(text)] == filled
    for number, (start, end) in enumerate(paragraphs(text), 1):
        at = start + len(text.characters[start:end]) - len(text.characters[start:end].lstrip())
        assert {paragraph_of(text, offset) for offset in range(at, end)} == {number}


def test_before_the_first_line_there_is_no_paragraph():
    assert paragraph_of(text_of("\n\n  first"), 1) is None


def test_the_paragraphs_of_the_two_documents_are_numbered_as_the_system_has_them(seeds):
    a, b = ([text.characters[start:end] for start, end in paragraphs(text)] for text in seeds)
    assert len(a) == 21
    assert "gas" in a[7 - 1]
    assert "Tito" in a[9 - 1]
    assert "NATO" in b[15 - 1]
    assert "135,000" in b[25 - 1]


def test_a_text_does_not_print_itself():
    assert "secret" not in repr(text_of("a secret passage"))
