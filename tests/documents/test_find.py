"""Finding documents in a folder, whatever they are called and whatever else is there."""

import os

import pytest

from shatterbelt.documents import Library, find, find_copies, find_documents, paragraphs, sha256_of, text_of
from shatterbelt.errors import DocumentError

STORY = (
    "The minister of the harbour said on Monday that the ships would wait. "
    "Nobody in the capital believed a word of what he promised to the crews. "
    "By the evening the price of grain had risen for the third time this month.\n\n"
    "A union of pilots called for a strike against the new fees and the police. "
    "Its leaders were arrested the next day, which only made the strike larger."
)


@pytest.fixture
def story_quotes(sentences, quote_of):
    text = text_of(STORY)
    return [quote_of(text, start, end) for start, end in sentences(text)]


def test_a_document_is_found_by_its_bytes_under_any_name(tmp_path, seed_paths):
    raws = [path.read_bytes() for path in seed_paths]
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "no_name").write_bytes(raws[0])
    (tmp_path / "other.txt").write_bytes(raws[1])
    hashes = [sha256_of(raw) for raw in raws]
    assert find_documents(tmp_path, [*hashes, "0" * 64, ""]) == {
        hashes[0]: tmp_path / "deep" / "er" / "no_name",
        hashes[1]: tmp_path / "other.txt",
    }


def test_a_hash_in_capitals_is_the_same_hash(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"a")
    assert list(find_documents(tmp_path, [sha256_of(b"a").upper()])) == [sha256_of(b"a")]


def test_one_file_will_do_for_a_folder(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"a")
    assert find_documents(path, [sha256_of(b"a")]) == {sha256_of(b"a"): path}


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(DocumentError, match="there is no such folder; give the folder with the documents"):
        find_documents(tmp_path / "none", ["0" * 64])


def test_loops_pipes_hidden_folders_and_dead_links_are_passed_over(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dead").symlink_to(tmp_path / "nowhere")
    (tmp_path / "device").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.txt").write_bytes(b"hidden")
    (tmp_path / "z.txt").write_bytes(b"seen")
    assert find_documents(tmp_path, [sha256_of(b"seen"), sha256_of(b"hidden")]) == {
        sha256_of(b"seen"): tmp_path / "z.txt"
    }


def test_a_huge_file_is_left_out_and_this_is_noted(tmp_path):
    with (tmp_path / "huge").open("wb") as stream:
        stream.truncate(10**9)
    (tmp_path / "small").write_bytes(b"small")
    library = Library.of(tmp_path)
    assert list(find_documents(library, [sha256_of(b"small")]).values()) == [tmp_path / "small"]
    assert library.notes == [f"{tmp_path / 'huge'}: left out, over 20,000,000 bytes"]


@pytest.mark.parametrize(
    ("bound", "value", "said"),
    [
        ("MAX_FILES", 2, "only the first 2 of 5 files were looked at"),
        ("MAX_ENTRIES", 3, "over 3 entries"),
        ("MAX_TOTAL", 7, "only the first 7 bytes"),
    ],
)
def test_every_bound_holds_and_is_noted(tmp_path, monkeypatch, bound, value, said):
    monkeypatch.setattr(find, bound, value)
    for number in range(5):
        (tmp_path / f"{number}.txt").write_bytes(b"abc%d" % number)
    library = Library.of(tmp_path)
    assert find_documents(library, [sha256_of(b"abc4")]) == {}
    assert said in library.notes[0]


def test_another_crawl_is_found_by_its_quotes(tmp_path, story_quotes):
    lines = STORY.replace(". ", ".\r\n")
    (tmp_path / "crawl.txt").write_bytes(
        f"\ufeffHarbour Times\r\n{lines.upper()}\r\nAdvertisement".encode("utf-16")
    )
    (tmp_path / "about.txt").write_text("A strike of pilots followed the rise of fees, the minister said.")
    (tmp_path / "photo.jpg").write_bytes(os.urandom(5000))
    copies = find_copies(tmp_path, {"story": story_quotes, "other": []})
    assert {name: (copy.path.name, copy.seen, copy.quotes) for name, copy in copies.items()} == {
        "story": ("crawl.txt", 5, 5)
    }


def test_the_copy_that_shows_most_quotes_is_taken(tmp_path, story_quotes):
    (tmp_path / "a-part.txt").write_text(STORY.split("\n\n", maxsplit=1)[0])
    (tmp_path / "whole.txt").write_text(STORY + " ")
    assert find_copies(tmp_path, {"story": story_quotes})["story"].path.name == "whole.txt"


def test_a_text_that_cites_one_sentence_is_no_copy(tmp_path, story_quotes):
    (tmp_path / "cites.txt").write_text("He is said to have said: " + STORY.split(". ")[1])
    assert find_copies(tmp_path, {"story": story_quotes}) == {}


def test_a_saved_web_page_is_read_without_its_markup(tmp_path, story_quotes):
    body = STORY.replace("minister", "<a href='/m?a=1'>minis</a>ter").replace("\n\n", "</p><p>")
    body = body.replace(" of ", "&nbsp;of ").replace("price", "<b>price</b>")
    page = f"<html><script>var x = '<p>the ships';</script><!-- no --><body><p>{body}</p></body></html>"
    (tmp_path / "page.html").write_text(page)
    copy = find_copies(tmp_path, {"story": story_quotes})["story"]
    assert copy.seen == 5
    text = find.copy_text(copy.path, copy.path.read_bytes())
    assert len(text) == len(page)
    spoken = [text.characters[start:end].replace("\u200b", "").split() for start, end in paragraphs(text)]
    assert [words for words in spoken if words] == [part.split() for part in STORY.split("\n\n")]


@pytest.mark.parametrize("piece", ["<", "<script", "<!--", "<p ", "&", "&#", "<script></script", "</"])
def test_markup_that_never_ends_keeps_its_length(piece):
    from shatterbelt.documents import without_markup

    text = text_of(piece * 20_000)
    assert len(without_markup(text)) == len(text)
