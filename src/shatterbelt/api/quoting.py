"""Every quote of a case, found in the reader's own copies of the documents, beside its claim."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shatterbelt.case.types import Case
    from shatterbelt.documents import Answer
    from shatterbelt.statements import Claim, QuoteEvidence


@dataclass(frozen=True, slots=True)
class QuoteFound:
    """A quote with its claim, what the reading made of it, and where it was found, if it was."""

    claim: Claim
    evidence: QuoteEvidence
    answer: Answer

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
            QuoteFound(claim, evidence, answer)
            for (claim, evidence, _), answer in zip(carried, report.answers, strict=True)
        ),
        files={name: found.path for name, found in report.documents.items()},
        faults=tuple(str(fault) for fault in report.faults),
        missing=report.missing,
        notes=report.notes,
    )
