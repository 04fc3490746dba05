"""Files that are broken, too large, locked, empty or a trap: a clear message each, the others still read."""

import io
import os
import zipfile

import pytest

from shatterbelt.documents import MAX_BYTES, load_all, load_document
from shatterbelt.errors import DocumentError

GOOD = b"The government of Norland closed the border on Friday."
CONTENT = "word/document.xml"


def zipped(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


def word(body):
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return zipped(**{CONTENT: f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'})


def blank_pdf(password=""):
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
BAD = {
    "an empty file": (b"", "empty"),
    "a file of spaces": (b" \n\t\n", "empty"),
    "a scanned PDF without text": (blank_pdf(), "no text.*scan.*OCR"),
    "a PDF with a password": (blank_pdf("secret"), "password|encrypted"),
    "a broken PDF": (b"%PDF-1.7\n%broken\n" + b"x" * 500, "PDF is broken"),
    "a PDF cut short": (blank_pdf()[:200], "PDF"),
    "a broken Word file": (word("<w:p/>")[:80], "Word file is broken"),
    "a Word file without text": (word("<w:p/>"), "no text"),
    "a Word file of broken XML": (zipped(**{CONTENT: "<w:p>"}), "cannot be parsed"),
    "a Word file with entities": (zipped(**{CONTENT: LAUGHS}), "entities"),
    "a bomb in a Word file": (zipped(**{CONTENT: b" " * 30_000_000}), "unpacks to 30,000,000 bytes"),
    "a bomb beside the text": (
        zipped(**{CONTENT: "<x/>", "word/media/a.bin": b"\0" * 120_000_000}),
        "unpacks to",
    ),
    "an archive of other things": (zipped(**{"a.txt": "It rained."}), "no Word file.*only DOCX"),
    "an old Word file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Word.*DOCX"),
    "an RTF file": (b"{\\rtf1 It rained.}", "RTF"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "picture"),
    "control characters": (bytes(range(1, 32)) * 20, "not a text"),
    "an unknown encoding": (b"caf\xe9 au lait", "is not UTF-8.*UTF-16"),
    "half a character": (b"It rained \xe2\x82", "is not UTF-8"),
    "a page of scripts": (
        b"<html><body><script>var a = 'It rained.';</script></body></html>",
        "no text.*scripts",
    ),
    "a web archive": (
        b"From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\nx",
        "web archive.*HTML only",
    ),
}


@pytest.mark.parametrize(("raw", "said"), BAD.values(), ids=BAD)
def test_a_bad_file_has_one_clear_message_and_the_others_are_read(tmp_path, raw, said):
    (tmp_path / "bad.txt").write_bytes(raw)
    (tmp_path / "good.txt").write_bytes(GOOD)
    documents, faults = load_all([tmp_path])
    assert [document.id for document in documents] == ["good"]
    (fault,) = faults
    with pytest.raises(DocumentError, match=f"(?s){said}") as raised:
        load_document(tmp_path / "bad.txt")
    assert str(raised.value) == str(fault)
    assert str(fault).startswith(str(tmp_path / "bad.txt") + ": ")
    assert "Traceback" not in str(fault)
    assert "\n" not in str(fault)


def test_a_huge_file_is_refused_by_its_size_before_it_is_read(tmp_path, monkeypatch):
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as stream:
        stream.truncate(100_000_000)
    monkeypatch.setattr(
        "shatterbelt.documents.loading.read_bytes", lambda path: pytest.fail(f"{path} was read")
    )
    with pytest.raises(DocumentError, match=r"100,000,000 bytes; at most 20,000,000"):
        load_document(huge)
    with pytest.raises(DocumentError, match="20,000,001 bytes"):
        load_document(b"x" * (MAX_BYTES + 1))


def test_a_folder_without_documents_and_a_missing_file_are_told(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "good.txt").write_bytes(GOOD)
    documents, faults = load_all(
        [tmp_path / "empty", tmp_path / "none.txt", tmp_path / "*.xyz", tmp_path / "good.txt"]
    )
    assert len(documents) == 1
    assert [str(fault).split(": ", 1)[1].split(";")[0] for fault in faults] == [
        "the folder has no document in it",
        "there is no such file or folder",
        "no file matches this pattern",
    ]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_rights_is_told(tmp_path):
    (tmp_path / "locked.txt").write_bytes(GOOD)
    (tmp_path / "locked.txt").chmod(0)
    assert "cannot be read" in str(load_all([tmp_path / "locked.txt"])[1][0])


def test_a_link_to_nowhere_and_a_pipe_are_told(tmp_path):
    (tmp_path / "link.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    _, faults = load_all([tmp_path / "link.txt", tmp_path / "pipe"])
    assert [str(fault).split(": ", 1)[1].split(";")[0] for fault in faults] == [
        "there is no such file",
        "this is not a regular file",
    ]


def test_names_with_odd_characters_are_read_and_shown_without_them(tmp_path):
    name = "a\n\u202eb\x1b[31m;rm -rf'\".txt"
    (tmp_path / name).write_bytes(GOOD)
    (tmp_path / ("bad" + name)).write_bytes(b"\0")
    documents, faults = load_all([tmp_path])
    (document,) = documents
    assert document.id.replace("-", "").isalnum()
    assert document.name.isprintable()
    assert str(faults[0]).isprintable()


def test_marks_of_direction_and_control_characters_move_nothing():
    raw = (
        "The \u202egovernment\u202c said:\u200b \u200f“we\u2066 left\u2069” on Friday. ".encode() * 9
        + b"\x07"
    )
    document = load_document(raw)
    assert document.original == raw.decode()
    assert "\u202e" not in document.text.characters
    assert len(document.text.characters) == len(raw.decode())


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<p",
        "<p>",
        "<div>",
        "</p>",
        "<!--",
        "<a href='",
        '<a b="',
        "&amp",
        "<script>",
        "<br>",
        "<p hidden ",
        "a|b ",
    ],
)
def test_markup_repeated_without_end_is_walked_in_linear_time(piece):
    raw = ("<html><body><p>It rained.</p>" + piece * 20_000).encode()
    document = load_document(raw, name="a.html")
    assert document.original[document.original.index("It rained") :].startswith("It rained.")


def test_a_document_in_another_language_is_read_and_says_so():
    words = "Правительство страны заявило в понедельник, что переговоры будут продолжены, но не сказало, где"
    assert load_document(words.encode()).metadata.language == "ru"
    assert load_document("今日は雨が降りました。".encode() * 9).metadata.language == "und"


def test_the_faults_that_pypdf_passes_over_are_not_printed(caplog, capsys):
    raw = blank_pdf()
    with pytest.raises(DocumentError):
        load_document(raw.replace(b"startxref\n", b"startxref\n9"))
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")
