"""Runs of words between quotation marks, over sentences and paragraphs: what is quoted, what only marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from shatterbelt.reading.parsed import Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_OPENING = frozenset("\u201c\u00ab\u201e\u2018\u2039")
_CLOSING = frozenset("\u201d\u00bb\u203a")  # not the single one: it is an apostrophe too
MARKS = frozenset({'"', "'", "``", "''"})
_SCARE_LENGTH = 6


@dataclass(frozen=True)
class Run:
    """Tokens ``first`` to ``last`` of a paragraph stand between quotation marks, which are left out.

    ``sentences`` are the places of its sentences among the document's; ``goes_on`` says that the
    paragraph ends within the quotation, ``carried`` that the paragraph before did so.
    """

    doc: Doc
    first: int
    last: int
    sentences: tuple[int, ...]
    goes_on: bool = False
    carried: bool = False

    @property
    def places(self) -> frozenset[int]:
        """The places of the run's tokens."""
        return frozenset(range(self.first, self.last + 1))

    @property
    def is_short(self) -> bool:
        """Whether it is a word or two within a clause: no sentence of its own, no finite verb."""
        if self.last - self.first + 1 > _SCARE_LENGTH:
            return False
        words = self.doc[self.first : self.last + 1]
        return not any(word.tag_ in {"VBD", "VBZ", "VBP", "MD", "PRP"} for word in words) and not any(
            word.text in {",", ".", "!", "?"} for word in words
        )


def runs_of(sentences: Sequence[Sentence]) -> list[Run]:
    """Return the quoted runs of a document's sentences, in order; marks without a partner are passed over."""
    runs: list[Run] = []
    numbered = list(enumerate(sentences))
    open_before = False
    paragraphs = [list(group) for _, group in groupby(numbered, key=lambda item: id(item[1].doc))]
    for place, paragraph in enumerate(paragraphs):
        following = paragraphs[place + 1] if place + 1 < len(paragraphs) else []
        goes_on = bool(following) and _starts_open(following[0][1])
        found = list(_in_paragraph(paragraph, goes_on, open_before))
        runs += found
        open_before = bool(found) and found[-1].goes_on
    return runs


def _in_paragraph(paragraph: Sequence[tuple[int, Sentence]], goes_on: bool, carried: bool) -> Iterator[Run]:
    doc = paragraph[0][1].doc
    opened: dict[str, Token] = {}
    last = paragraph[-1][1].tokens.end - 1
    for _, sentence in paragraph:
        for token in sentence.tokens:
            if token.text not in MARKS:
                continue
            kind = "'" if token.text == "'" else '"'
            side = _side(token, sentence, kind in opened)
            if side == "open" and '"' not in opened and kind not in opened:
                opened[kind] = token
            elif side == "close" and kind in opened:
                start = opened.pop(kind)
                if token.i - start.i > 1:
                    yield _run(
                        doc,
                        start.i + 1,
                        token.i - 1,
                        paragraph,
                        carried=carried and start.i == _first(paragraph),
                    )
    unclosed = opened.get('"') or opened.get("'")
    if unclosed is not None and goes_on and last > unclosed.i:
        yield _run(
            doc,
            unclosed.i + 1,
            last,
            paragraph,
            goes_on=True,
            carried=carried and unclosed.i == _first(paragraph),
        )


def _first(paragraph: Sequence[tuple[int, Sentence]]) -> int:
    return paragraph[0][1].tokens.start


def _run(
    doc: Doc,
    first: int,
    last: int,
    paragraph: Sequence[tuple[int, Sentence]],
    *,
    goes_on: bool = False,
    carried: bool = False,
) -> Run:
    inside = tuple(
        place
        for place, sentence in paragraph
        if sentence.tokens.start <= last and sentence.tokens.end > first
    )
    return Run(doc, first, last, inside, goes_on, carried)


def _starts_open(sentence: Sentence) -> bool:
    first = sentence.tokens[0]
    return first.text in MARKS and _side(first, sentence, is_open=False) == "open"


def _side(token: Token, sentence: Sentence, is_open: bool) -> str:
    """Return whether a mark opens or closes: by its shape as written, else by the white space around it."""
    written = sentence.document.original[sentence.places[token.idx]]
    if written in _OPENING:
        return "open"
    if written in _CLOSING:
        return "close"
    space_before = token.i == 0 or bool(token.nbor(-1).whitespace_) or token.nbor(-1).text in {"(", "-", "--"}
    space_after = bool(token.whitespace_) or token.i == len(token.doc) - 1
    if space_before and not space_after:
        return "open"
    if space_before == space_after:
        return "close" if is_open else "open" if space_before or token.text != "'" else "none"
    if token.text == "'" and not is_open:
        return "none"
    if token.tag_ == "POS" and token.text == "'":  # "the workers' demands": an apostrophe
        return "none" if token.i + 1 < len(token.doc) and not token.nbor(1).is_punct else "close"
    return "close"
