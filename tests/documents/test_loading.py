"""Files of every format to documents: offsets, hashes, ids, what they say of themselves."""

import hashlib
import io
import json
import sys
import zipfile

import pytest

from shatterbelt.documents import Metadata, find_files, load_all, load_document
from shatterbelt.documents.layout.dates import iso_date
from shatterbelt.errors import DocumentError

ARTICLE = (
    "Border closed\n\nThe government “paused” all trade on Friday – nobody knows why.\n\nGrain is dear.\n"
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(paragraphs, title="", author=""):
    from docx import Document

    document = Document()
    for style, words in paragraphs:
        document.add_paragraph(words, style=style)
    document.core_properties.title, document.core_properties.author = title, author
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def pdf(pages, **info):
    """A PDF of pages, each a list of lines of ASCII, written out by hand."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for lines in pages:
        shown = " ".join(
            f"({line.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj T*" for line in lines
        )
        stream = f"BT /F1 12 Tf 14 TL 50 800 Td {shown} ET".encode()
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%b] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    objects.append("<< {} >>".format(" ".join(f"/{key} ({value})" for key, value in info.items())).encode())
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    ending = b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return out + ending % (len(objects) + 1, len(objects), start)


PAGES = [
    [
        "Norland Weekly, issue 7",
        "Norland closes its border",
        "The government paused all trade on Friday, and the",
        "2",
    ],
    ["Norland Weekly, issue 7", "ministry gave no reason. Grain is dear.", "3"],
    ["Norland Weekly, issue 7", "The envoy left on Monday.", "4"],
]
LINE = "The government <b>paused</b> all trade &amp; left. "
PAGE = f"<!DOCTYPE html><html><body><h1>Border</h1><p>{LINE * 3}</p></body></html>"
FILES = {
    "plain text": ("a.txt", ARTICLE.encode(), "text"),
    "text with a byte order mark": ("a.txt", b"\xef\xbb\xbf" + ARTICLE.encode(), "text"),
    "UTF-16": ("a.txt", ARTICLE.encode("utf-16"), "text"),
    "Windows line breaks": ("a.txt", ARTICLE.replace("\n", "\r\n").encode(), "text"),
    "Markdown": ("a.md", ("# Title\n\n" + ARTICLE).encode(), "markdown"),
    "Markdown by its content": ("a", ("# Title\n\n" + ARTICLE).encode(), "markdown"),
    "a web page": ("a.html", PAGE.encode(), "html"),
    "a web page under another name": ("a.txt", PAGE.encode(), "html"),
    "a PDF": ("a.pdf", pdf(PAGES), "pdf"),
    "a PDF under another name": ("a.txt", pdf(PAGES), "pdf"),
    "a Word file": (
        "a.docx",
        docx([("Title", "Border"), (None, "Trade was paused. Nobody knows why.")]),
        "docx",
    ),
}


@pytest.mark.parametrize(("name", "raw", "kind"), FILES.values(), ids=FILES)
def test_original_and_text_have_one_length_and_the_hash_is_the_files(tmp_path, name, raw, kind):
    (tmp_path / name).write_bytes(raw)
    document = load_document(tmp_path / name)
    assert document.format == kind
    assert len(document.original) == len(document.text.characters)
    assert document.text.sha256 == hashlib.sha256(raw).hexdigest()
    assert document.body
    assert all(
        a == b
        for a, b in zip(document.original, document.text.characters, strict=True)
        if a.isalnum() or b.isalnum()
    )


def test_offsets_of_a_web_page_count_characters_of_the_page_itself():
    document = load_document(PAGE.encode(), name="a.html")
    at = PAGE.index("paused")
    assert document.original[at : at + 6] == document.text.characters[at : at + 6] == "paused"


def test_offsets_of_a_text_count_its_decoded_characters():
    document = load_document(ARTICLE.encode())
    assert document.original == ARTICLE


def test_a_sentence_that_runs_over_two_pages_of_a_pdf_is_one_and_page_heads_are_gone():
    document = load_document(pdf(PAGES))
    words = [" ".join(document.original[block.start : block.end].split()) for block in document.body]
    assert "all trade on Friday, and the ministry gave no reason." in " ".join(words)
    assert "Weekly" not in document.original


def test_deleted_words_and_field_codes_of_a_word_file_are_not_read():
    body = (
        f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t xml:space="preserve">The envoy </w:t></w:r>'
        "<w:del><w:r><w:delText>never </w:delText></w:r></w:del><w:r><w:instrText>HYPERLINK</w:instrText>"
        "<w:t>left</w:t><w:tab/><w:t>on Monday.</w:t></w:r></w:p></w:body></w:document>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", body)
    assert load_document(stream.getvalue()).original.strip() == "The envoy left\ton Monday."


SAYS = {
    "a head of text": (
        "a.txt",
        b"Border closed for a week\n\n"
        b"By First Author and Second Author\n\nNov. 30, 2020\n\nTARNOV, Norland (Wire) - It rained.\n",
        Metadata(
            "Border closed for a week", ("First Author", "Second Author"), "2020-11-30", "", "Tarnov, Norland"
        ),
    ),
    "front matter": (
        "a.md",
        b"---\ntitle: Border closed\nauthors:\n  - First Author\ndate: 2020-11-30\n"
        b"source: Norland Times\n---\n\nIt rained.\n",
        Metadata("Border closed", ("First Author",), "2020-11-30", "Norland Times"),
    ),
    "lines of fields": (
        "a.txt",
        b"Title: Border closed\nDate: 30 November 2020\n"
        b"Publisher: Norland Times\nURL: https://norland.example/a\n\nIt rained.\n",
        Metadata("Border closed", (), "2020-11-30", "Norland Times", "", "https://norland.example/a"),
    ),
    "JSON-LD": (
        "a.html",
        b'<html lang="en"><head><script type="application/ld+json">'
        + json.dumps(
            {
                "@graph": [
                    {
                        "@type": "NewsArticle",
                        "headline": "Border closed",
                        "datePublished": "2020-11-30T08:00:00Z",
                        "author": [{"@type": "Person", "name": "First Author"}],
                        "publisher": {"name": "Norland Times"},
                    }
                ]
            }
        ).encode()
        + b"</script></head><body><p>It rained.</p></body></html>",
        Metadata("Border closed", ("First Author",), "2020-11-30", "Norland Times"),
    ),
    "meta tags": (
        "a.html",
        b"<html><head><title>Border closed | Norland Times</title>"
        b'<meta property="og:site_name" content="Norland Times">'
        b'<meta content="2020-11-30" property="article:published_time">'
        b'<meta name="author" content="First Author">'
        b'<link rel="canonical" href="https://norland.example/a"></head>'
        b"<body><p>It rained.</p></body></html>",
        Metadata(
            "Border closed",
            ("First Author",),
            "2020-11-30",
            "Norland Times",
            "",
            "https://norland.example/a",
        ),
    ),
    "the properties of a Word file": (
        "a.docx",
        docx([(None, "It rained. It was cold.")], "Border closed", "First Author"),
        Metadata("Border closed", ("First Author",)),
    ),
    "the properties of a PDF": (
        "a.pdf",
        pdf(PAGES, Title="Border closed", Author="First Author", CreationDate="D:20210101000000Z"),
        Metadata("Border closed", ("First Author",)),
    ),
    "nothing": ("a.txt", b"It rained in Tarnov on Monday. Nobody knew why.\n", Metadata()),
    "a day that is two, and a day of change": (
        "a.txt",
        b"Border closed\n\n03/04/2020\n\nUpdated: 30 November 2020\n\nIt rained.\n",
        Metadata("Border closed"),
    ),
}


@pytest.mark.parametrize(("name", "raw", "says"), SAYS.values(), ids=SAYS)
def test_what_a_document_says_of_itself_is_read_and_the_rest_stays_empty(name, raw, says):
    assert load_document(raw, name=name).metadata == says


def test_what_the_analyst_gives_wins_over_what_was_found():
    raw = SAYS["a head of text"][1]
    metadata = load_document(raw, metadata=Metadata(issued="2020-12-01", publisher="Norland Times")).metadata
    assert (metadata.issued, metadata.publisher) == ("2020-12-01", "Norland Times")
    assert metadata.title == "Border closed for a week"
    assert not metadata.missing


DATES = {
    "30 November 2020": "2020-11-30",
    "Monday, Nov. 30, 2020 14:05 GMT": "2020-11-30",
    "2020-11-30T10:00:00Z": "2020-11-30",
    "30.11.2020": "2020-11-30",
    "30/11/2020": "2020-11-30",
    "November 2020": "2020-11",
    "03/04/2020": "",
    "31 February 2020": "",
    "12 May": "",
    "in 2020": "",
}


@pytest.mark.parametrize(("words", "iso"), DATES.items())
def test_a_day_is_read_as_written_and_never_guessed(words, iso):
    assert iso_date(words) == iso


LANGUAGES = {
    "ru": "Правительство страны заявило в понедельник, что переговоры будут продолжены. Оно не имеет плана,"
    " и депутаты сказали журналистам, что не знают, как это произошло и что из этого следует.",
    "be": "Урад краіны заявіў у панядзелак, што перамовы будуць працягвацца. Ён не мае плана,"
    " і дэпутаты сказалі журналістам, што не ведаюць, як гэта здарылася і што з гэтага вынікае ў краіне.",
    "de": "Die Regierung erklärte am Montag, dass die Gespräche fortgeführt werden. Sie hat keinen Plan,"
    " und die Abgeordneten sagten, dass sie nicht wissen, wie es dazu kam und was das für das Land bedeutet.",
    "fr": "Le gouvernement a déclaré lundi que les négociations continueraient. Il n'a pas de plan et les"
    " députés ont dit aux journalistes qu'ils ne savaient pas comment cela était arrivé dans le pays.",
    "en": "The government said on Monday that the talks would go on. It has no plan, and the deputies"
    " told reporters that they did not know how it had happened.",
}


@pytest.mark.parametrize(("language", "words"), LANGUAGES.items())
def test_the_language_is_told_by_common_words(language, words):
    assert load_document(words.encode()).metadata.language == language


@pytest.mark.parametrize(
    ("language", "encoding"), [("ru", "cp1251"), ("ru", "koi8-r"), ("en", "cp1252")], ids=lambda value: value
)
def test_an_encoding_beyond_doubt_is_read(language, encoding):
    words = LANGUAGES[language] + " " + "The president’s “plan” – he said. " * (language == "en")
    raw = words.encode(encoding)
    document = load_document(raw)
    assert document.original == words
    assert document.text.encoding == encoding
    assert document.text.sha256 == hashlib.sha256(raw).hexdigest()


def test_the_encoding_that_a_page_declares_is_read():
    page = '<html><head><meta charset="windows-1251"></head><body><p>Так.</p></body></html>'
    assert "Так." in load_document(page.encode("cp1251"), name="a.html").original


def test_ids_come_from_names_and_are_unique_also_when_a_file_fails(tmp_path):
    for folder, text in (("a", b"It rained."), ("b", b"\x00\x01"), ("c", b"It snowed.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "Minsk_strikes (1).txt").write_bytes(text)
    (tmp_path / "Забастовки.txt").write_bytes(b"It rained.")
    (tmp_path / "2020-11-30.txt").write_bytes(b"It rained.")
    documents, faults = load_all([tmp_path])
    assert [document.id for document in documents] == [
        "document-2020-11-30",
        "zabastovki",
        "minsk-strikes-1",
        "minsk-strikes-1-3",
    ]
    assert len(faults) == 1


def test_folders_globs_and_single_files_are_found_once_and_in_order(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    for name in ("b.txt", "a.md", ".hidden.txt", "sub/c.pdf", "picture.png", "[1].txt"):
        (tmp_path / name).write_text("x")
    monkeypatch.chdir(tmp_path)
    found = find_files([tmp_path, "*.txt"])
    assert [path.relative_to(tmp_path).as_posix() for path in found if path.is_absolute()] == [
        "[1].txt",
        "a.md",
        "b.txt",
        "sub/c.pdf",
    ]
    assert [path.name for path in find_files(["[1].txt", "[ab].txt"])] == ["[1].txt", "b.txt"]
    assert len(find_files(["b.txt", "b.txt"])) == 1
    with pytest.raises(DocumentError, match="no such file"):
        find_files(["nowhere.txt"])


def test_standard_input_is_read(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"It rained in Tarnov.")))
    (document,), faults = load_all(["-"])
    assert (document.id, document.name, faults) == ("standard-input", "standard input", [])


def test_a_short_heading_above_the_date_is_no_author():
    raw = b"Border closed\n\nMoscow Tightens Grip\n\n30 November 2020\n\nIt tightens its grip on trade.\n"
    assert load_document(raw).metadata.authors == ()


def test_the_name_of_the_paper_above_the_date_is_not_the_title():
    raw = b"NORLAND TIMES\n\n30 November 2020\n\nBorder closed for a week\n\nIt rained in Tarnov.\n"
    assert load_document(raw).metadata.title == "Border closed for a week"


def test_without_pypdf_a_pdf_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(DocumentError, match=r"needs pypdf; install with: pip install 'shatterbelt\[read\]'"):
        load_document(pdf(PAGES))
