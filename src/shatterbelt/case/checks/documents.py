"""Documents and quotes: hashes, metadata, and spans of the digests that the case itself holds."""

from __future__ import annotations

import re

from shatterbelt.case.draft import Draft
from shatterbelt.case.findings import Findings, Path, Tree, shown
from shatterbelt.case.types import Document
from shatterbelt.documents import Resolved, Text, normalise, resolve, sha256_of, span_hash
from shatterbelt.errors import DocumentError
from shatterbelt.statements import Quote, QuoteEvidence

_SHA256 = re.compile(r"[0-9a-f]{64}")


def check_documents(draft: Draft, findings: Findings) -> None:
    """Tell documents that cannot be told apart from others, and quotes that are not where they say."""
    tree = draft.trees["documents.yaml"]
    texts: dict[str, Text] = {}
    for name, document in draft.documents.items():
        path: Path = (draft.document_at[name],)
        if document.kind == "publication":
            _publication(document, tree, path, findings)
        else:
            _text(document, tree, path, findings)
        raw = draft.digests.get(name)
        if raw is not None and document.kind == "digest":
            text = _digest(document, raw, tree, path, findings)
            if text is not None:
                texts[name] = text
    for tree, path, evidence in draft.evidence():
        if isinstance(evidence, QuoteEvidence):
            _quote(draft, evidence.quote, (tree, (*path, "quote")), texts, findings)


def _publication(document: Document, tree: Tree, path: Path, findings: Findings) -> None:
    for key, present in (("issued", document.issued), ("author", document.author)):
        if not present:
            problem = f"the publication {document.id!r} has no {key}"
            allowed = "a publication that is cited has author, issued and title"
            findings.at(
                tree, (*path, key) if tree.value((*path, key)) is not None else path, problem, allowed
            )
    for at, person in enumerate(document.author):
        if not {"family", "literal"} & set(person):
            problem = f"an author with {', '.join(person) or 'nothing'}"
            findings.at(tree, (*path, "author", at), problem, "an author has family and given, or literal")


def _text(document: Document, tree: Tree, path: Path, findings: Findings) -> None:
    if not document.sha256:
        findings.at(
            tree,
            path,
            f"the {document.kind} {document.id!r} has no sha256",
            "it is the SHA-256 of the file's bytes: by it a reader's copy is found",
            "`sha256sum FILE` prints it",
        )
    elif not _SHA256.fullmatch(document.sha256):
        problem = f"{shown(document.sha256)} is no SHA-256"
        findings.at(tree, (*path, "sha256"), problem, "64 hex digits in lower case")
    if document.kind == "document" and document.file:
        problem = f"the document {document.id!r} names a file of the case"
        findings.at(tree, (*path, "file"), problem, "only a digest's text stands in the case")


def _digest(document: Document, raw: bytes, tree: Tree, path: Path, findings: Findings) -> Text | None:
    try:
        text = normalise(raw, name=document.file)
    except DocumentError as error:
        for fault in error.faults:
            findings.fault(fault.file, fault.line, fault.path, fault.problem, fault.allowed, fault.hint)
        return None
    if _SHA256.fullmatch(document.sha256) and sha256_of(raw) != document.sha256:
        problem = f"{document.file} has another hash ({sha256_of(raw)})"
        hint = "the digest was changed: take its new hash and look at the quotes from it again"
        findings.at(tree, (*path, "sha256"), problem, "it is that of the file as it stands", hint)
    if document.characters is not None and document.characters != len(text):
        problem = f"{document.file} has {len(text)} characters, not {document.characters}"
        findings.at(tree, (*path, "characters"), problem)
    return text


def _quote(
    draft: Draft, quote: Quote, at: tuple[Tree, Path], texts: dict[str, Text], findings: Findings
) -> None:
    tree, path = at
    if quote.start >= quote.end:
        problem = f"the span is reversed: start {quote.start}, end {quote.end}"
        findings.at(tree, (*path, "start"), problem, "start is before end")
        return
    document = draft.documents.get(quote.document)
    text = texts.get(quote.document)
    length = len(text) if text is not None else document.characters if document is not None else None
    if length is not None and quote.end > length:
        problem = f"the span ends at {quote.end}, but {quote.document!r} has {length} characters"
        findings.at(tree, (*path, "end"), problem)
    elif text is not None and span_hash(text.characters[quote.start : quote.end]) != quote.sha256:
        found = resolve(quote, text)
        hint = (
            f"its words stand at {found.start}-{found.end} now"
            if isinstance(found, Resolved)
            else "its words are not found there either; take the quote anew"
        )
        problem = f"the span {quote.start}-{quote.end} of {quote.document!r} does not have this hash"
        findings.at(tree, (*path, "sha256"), problem, "it is the SHA-256 of the span's UTF-8", hint)
