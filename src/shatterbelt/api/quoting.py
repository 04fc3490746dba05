"""Every quote of a case, found in the reader's own copies of the documents, beside its claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shatterbelt.case.types import Case
    from shatterbelt.documents import Answer, FoundDocument
    from shatterbelt.report.documents_page import DocumentAtHand, QuoteAtHand
    from shatterbelt.statements import Claim, QuoteEvidence


@dataclass(frozen=True, slots=True)
class QuoteFound:
    """A quote with its claim, what the reading made of it, and where it was found, if it was.

    ``place`` counts the claim's evidence from 0.
    """

    claim: Claim
    evidence: QuoteEvidence
    answer: Answer
    place: int = 0

    @property
    def found(self) -> bool:
        """Whether the quote stands in the documents at hand."""
        return self.answer.found

    @property
    def moved(self) -> bool:
        """Whether it was found elsewhere than at its place, in another copy of the document."""
        return self.answer.status == "re-anchored"

    @property
    def text(self) -> str:
        """The quoted words on one line; empty when they were not found."""
        return self.answer.text

    def at_hand(self, document: str) -> QuoteAtHand | None:
        """Return where it stands in the document, as the report takes it; None if it does not."""
        from shatterbelt.report.documents_page import QuoteAtHand

        here = self.answer.resolved
        if here is None or self.evidence.quote.document != document:
            return None
        return QuoteAtHand(here.start, here.end, self.claim.id, self.place, self.answer.remark)

    def as_dict(self) -> dict[str, Any]:
        """Return the quote as plain values for ``--json``."""
        found = self.answer.as_dict()
        found.pop("id")
        return {
            "claim": self.claim.id,
            "title": self.claim.title,
            "says_who": self.evidence.says_who,
            "manner": self.evidence.manner,
            "paraphrase": self.evidence.paraphrase,
            "paragraph": self.evidence.quote.paragraph,
            **found,
        }


@dataclass(frozen=True, slots=True)
class QuotesFound:
    """All quotes of a case against a folder of documents.

    ``files`` tells which file was taken for which document, ``faults`` what does not agree, ``missing``
    the documents that are not there, ``notes`` which files were left out.
    """

    quotes: tuple[QuoteFound, ...]
    files: dict[str, Path]
    faults: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    at_hand: Mapping[str, FoundDocument] = field(default_factory=dict)

    def documents(self) -> list[DocumentAtHand]:
        """Return the text of the documents that were found, with the quotes in it, as the report takes it."""
        from shatterbelt.documents import text_found
        from shatterbelt.errors import DocumentError
        from shatterbelt.report.documents_page import DocumentAtHand

        shown = []
        for name, here in self.at_hand.items():
            try:
                text = text_found(here).characters
            except DocumentError:  # it was moved since; its quotes stand on the page all the same
                continue
            quotes = tuple(found for one in self.quotes if (found := one.at_hand(name)))
            shown.append(DocumentAtHand(name, text, quotes))
        return shown

    def texts(self) -> dict[str, str]:
        """Return the quoted words by the hash of their span, as the report takes them."""
        return {quote.evidence.quote.sha256: quote.text for quote in self.quotes if quote.found}


def resolve(case: Case, folder: str | Path) -> QuotesFound:
    """Find the case's documents in a folder, and every quote in them.

    Raises:
        DocumentError: there is no such folder, or it cannot be read.
    """
    from shatterbelt.documents import Asked, resolve_all
    from shatterbelt.statements import QuoteEvidence

    carried = [
        (claim, evidence, place)
        for claim in case.claims
        for place, evidence in enumerate(claim.evidence)
        if isinstance(evidence, QuoteEvidence)
    ]
    asked = [
        Asked(claim.id, evidence.quote, path=f"{claim.id}.evidence[{place}]")
        for claim, evidence, place in carried
    ]
    report = resolve_all(asked, case.documents, folder)
    return QuotesFound(
        quotes=tuple(
            QuoteFound(claim, evidence, answer, place)
            for (claim, evidence, place), answer in zip(carried, report.answers, strict=True)
        ),
        files={name: found.path for name, found in report.documents.items()},
        faults=tuple(str(fault) for fault in report.faults),
        missing=report.missing,
        notes=report.notes,
        at_hand=dict(report.documents),
    )
