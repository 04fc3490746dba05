"""All quotes of a case at once: one answer each, every fault, and nothing guessed."""

import dataclasses
import json
from types import SimpleNamespace

import pytest

from shatterbelt.documents import Asked, resolve_all, sha256_of, text_of
from shatterbelt.errors import DocumentError


@pytest.fixture
def case(seeds, seed_paths, sentences, quote_of):
    """Every sentence of the two documents as a quote of a case, and the documents' metadata."""
    asked = [
        Asked(
            f"claim_{name}_{number}",
            quote_of(text, start, end, name),
            "claims.yaml",
            10 + number,
            f"{number}",
        )
        for name, text in zip("AB", seeds, strict=True)
        for number, (start, end) in enumerate(sentences(text))
    ]
    documents = {
        name: SimpleNamespace(sha256=sha256_of(path.read_bytes()))
        for name, path in zip("AB", seed_paths, strict=True)
    }
    return asked, documents


def test_every_sentence_of_the_two_documents_resolves_from_their_folder(case, seed_paths, seeds):
    asked, documents = case
    report = resolve_all(asked, documents, seed_paths[0].parent)
    assert [answer.id for answer in report.answers] == [entry.id for entry in asked]
    assert report.count("resolved") == len(asked) > 80
    assert (report.faults, report.missing, report.notes) == ((), (), ())
    texts = dict(zip("AB", seeds, strict=True))
    for answer in report.answers:
        quote = answer.quote
        assert answer.text == " ".join(texts[quote.document].characters[quote.start : quote.end].split())
        assert answer.remark == ""
    report.raise_faults()


def test_another_crawl_of_both_is_found_re_anchored_and_said(case, seeds, tmp_path):
    asked, documents = case
    for name, text in zip("AB", seeds, strict=True):
        copy = "Home | News\r\n\r\n" + text.characters.replace("\n", "\r\n \r\nRead also\r\n")
        (tmp_path / f"{name}.txt").write_text(copy, newline="")
    report = resolve_all(asked, documents, tmp_path)
    assert {name: (found.path.name, found.same) for name, found in report.documents.items()} == {
        "A": ("A.txt", False),
        "B": ("B.txt", False),
    }
    assert report.count("resolved") == 0
    assert report.count("re-anchored") >= len(asked) - 2
    texts = dict(zip("AB", seeds, strict=True))
    for answer in report.answers:
        if answer.found:
            quote = answer.quote
            assert answer.text == " ".join(texts[quote.document].characters[quote.start : quote.end].split())
            assert "re-anchored at" in answer.remark
        else:
            assert len(answer.quote.words) < 3 * 4
            assert answer.status == "mismatch"


def test_a_short_quote_is_placed_by_the_long_ones_around_it(tmp_path, quote_of):
    lines = [f"In town {n} the mayor of quarter {n} spoke for {n} hours. So he said." for n in range(40)]
    text = text_of("\n".join(lines))
    starts = [text.characters.index(line) for line in lines]
    asked = [Asked(f"long{n}", quote_of(text, start, start + 20)) for n, start in enumerate(starts)]
    asked = [
        Asked(f"long{n}", quote_of(text, start, start + len(lines[n]) - 12)) for n, start in enumerate(starts)
    ]
    short = [
        Asked(f"short{n}", quote_of(text, start + len(lines[n]) - 11, start + len(lines[n])))
        for n, start in enumerate(starts)
    ]
    (tmp_path / "copy.txt").write_text(
        "An editor's note, much longer than a line. " * 10 + "\n" + "\n\n".join(lines)
    )
    report = resolve_all([*asked, *short], {"doc": SimpleNamespace(sha256="0" * 64)}, tmp_path)
    ends = {
        answer.id: answer.resolved.end for answer in report.answers if answer.found and "long" in answer.id
    }
    for answer in report.answers:
        if "short" in answer.id:
            assert answer.resolved.start == ends[answer.id.replace("short", "long")] + 1


def test_in_the_very_document_a_wrong_hash_is_an_error_and_not_re_anchored(case, seed_paths):
    asked, documents = case
    moved = dataclasses.replace(asked[5].quote, start=asked[5].quote.start + 3)
    broken = dataclasses.replace(asked[7].quote, sha256="0" * 64)
    wrong = [
        *asked[:5],
        dataclasses.replace(asked[5], quote=moved),
        asked[6],
        dataclasses.replace(asked[7], quote=broken),
    ]
    report = resolve_all(wrong, documents, seed_paths[0].parent)
    assert [answer.status for answer in report.answers].count("mismatch") == 2
    assert not report.answers[5].found
    assert [(fault.file, fault.line, fault.path) for fault in report.faults] == [
        ("claims.yaml", 15, "5"),
        ("claims.yaml", 17, "7"),
    ]
    assert "which is the very document; its words stand at" in report.faults[0].problem
    with pytest.raises(DocumentError) as caught:
        report.raise_faults()
    assert len(str(caught.value).splitlines()) == 2


def test_a_document_that_is_not_at_hand_is_missing_and_no_fault(case, seed_paths, tmp_path):
    asked, documents = case
    (tmp_path / "only-b.txt").write_bytes(seed_paths[1].read_bytes())
    report = resolve_all(asked, documents, tmp_path)
    assert report.missing == ("A",)
    assert {answer.status for answer in report.answers if answer.quote.document == "A"} == {
        "missing document"
    }
    assert {answer.status for answer in report.answers if answer.quote.document == "B"} == {"resolved"}
    assert report.faults == ()
    assert "'A' was not found, nor a copy of it" in report.answers[0].problem


def test_a_quote_of_a_document_that_the_case_does_not_have_is_a_fault(case, seed_paths):
    asked, documents = case
    report = resolve_all(asked, {"B": documents["B"]}, seed_paths[0].parent)
    assert len(report.faults) == sum(entry.quote.document == "A" for entry in asked)
    assert "claims.yaml:10 0: the case has no document 'A'; name one of documents.yaml" in str(
        report.faults[0]
    )


def test_a_copy_that_was_rewritten_fails_where_it_was_rewritten(case, seeds, tmp_path):
    asked, documents = case
    a = [entry for entry in asked if entry.quote.document == "A"]
    changed = max(a, key=lambda entry: len(entry.quote.words))
    quote, characters = changed.quote, seeds[0].characters
    rewritten = " ".join(f"altered{number}" for number in range(len(quote.words) // 3))
    (tmp_path / "a.txt").write_text(characters[: quote.start] + rewritten + characters[quote.end :])
    report = resolve_all(a, documents, tmp_path)
    failed = [answer for answer in report.answers if not answer.found]
    assert [answer.id for answer in failed] == [changed.id]
    assert failed[0].status == "mismatch"
    assert "nothing like it is in the text" in str(report.faults[0])


def test_an_answer_says_how_many_words_differ(case, seeds, tmp_path):
    asked, documents = case
    a = [entry for entry in asked if entry.quote.document == "A"]
    longest = max(a, key=lambda entry: len(entry.quote.words))
    words = seeds[0].characters[longest.quote.start : longest.quote.end].split(" ")
    words[len(words) // 2] = "quintessentially"
    characters = seeds[0].characters.replace(
        seeds[0].characters[longest.quote.start : longest.quote.end], " ".join(words)
    )
    (tmp_path / "a.txt").write_text(characters)
    report = resolve_all(a, documents, tmp_path)
    answer = next(answer for answer in report.answers if answer.id == longest.id)
    assert f"about 1 of {len(longest.quote.words) // 3} words differ: read it" in answer.remark


def test_answers_can_be_written_as_json(case, seed_paths):
    asked, documents = case
    report = resolve_all(asked[:3], documents, seed_paths[0].parent)
    first = json.loads(json.dumps([answer.as_dict() for answer in report.answers]))[0]
    assert first["status"] == "resolved"
    assert first["found_start"] == first["start"] == asked[0].quote.start
    assert first["text"]
