"""The documents of a case, where their text is at hand: its quotes marked, each linked to its claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shatterbelt.case.types import Case
from shatterbelt.documents.blocks import blocks_of
from shatterbelt.documents.loaded import Block, Format
from shatterbelt.report import graph
from shatterbelt.report.marks import Mark, in_blocks, past_hashes, pieces, seen, tell_repeats
from shatterbelt.statements import Claim, QuoteEvidence

View = dict[str, Any]

MOST_DOCUMENTS = 6
"""Documents shown on a page; those with the most quotes come first."""
LONGEST = 40_000
"""Characters up to which a document is shown whole; of a longer one the paragraphs around its quotes."""
MOST_SHOWN = 120_000
"""Characters of a long document's paragraphs that are shown at most."""
SIGNS = {"+": "+ (raises)", "-": "− (lowers)", "unknown": "unknown"}


@dataclass(frozen=True, slots=True)
class QuoteAtHand:
    """Where a piece of a claim's evidence stands in a document at hand.

    ``place`` counts the claim's evidence from 0; ``remark`` tells where the document is another copy.
    """

    start: int
    end: int
    claim: str
    place: int
    remark: str = ""


@dataclass(frozen=True, slots=True)
class DocumentAtHand:
    """The normalised text of a document that was found, and the quotes of the case in it."""

    id: str
    text: str
    quotes: tuple[QuoteAtHand, ...]
    format: Format = "text"


def documents_view(case: Case, documents: Sequence[DocumentAtHand]) -> View:
    """Return what the section shows: documents with their quotes marked, and what was left out.

    Quotes of claims that the case does not hold are left out, and so are documents without any quote.
    """
    claims = {claim.id: claim for claim in case.claims}
    held = []
    for document in documents:
        quotes = sorted(
            (quote for quote in document.quotes if _evidence(claims, quote) is not None),
            key=lambda quote: (quote.start, quote.end, quote.claim),
        )
        if quotes:
            held.append((document, quotes))
    held.sort(key=lambda pair: -len(pair[1]))
    shown, items = [], list[View]()
    for document, quotes in held[:MOST_DOCUMENTS]:
        mine = [item_view(case, claims, quote, len(items) + i) for i, quote in enumerate(quotes, 1)]
        items += mine
        shown.append(document_view(case, document, quotes, mine))
    return {
        "shown": shown,
        "names": {item["key"]: item for item in items},
        "left": [_title(case, document.id) for document, _ in held[MOST_DOCUMENTS:]],
    }


def _evidence(claims: dict[str, Claim], quote: QuoteAtHand) -> QuoteEvidence | None:
    claim = claims.get(quote.claim)
    if claim is None or quote.place >= len(claim.evidence):
        return None
    found = claim.evidence[quote.place]
    return found if isinstance(found, QuoteEvidence) else None


def _title(case: Case, name: str) -> str:
    source = case.documents.get(name)
    return graph.cite(source, name) if source else name


def item_view(case: Case, claims: dict[str, Claim], quote: QuoteAtHand, number: int) -> View:
    """Return one quote with the coding of the evidence that rests on it."""
    claim = claims[quote.claim]
    evidence = _evidence(claims, quote)
    if evidence is None:
        raise ValueError(f"the case has no evidence {quote.claim}[{quote.place}]")
    cause, effect = (
        case.quantities[name].title if name in case.quantities else name
        for name in (claim.cause, claim.effect)
    )
    return {
        "key": f"q{number}",
        "name": f"Q{number}",
        "kind": "claim",
        "claim": claim.id,
        "short": claim.title,
        "coding": [
            ("cause", cause),
            ("effect", effect),
            ("sign", SIGNS[claim.sign]),
            ("said by", evidence.says_who),
            ("how", evidence.manner),
            ("credibility", str(evidence.credibility)),
            ("in our words", evidence.paraphrase),
            *([("found", quote.remark)] if quote.remark else []),
        ],
    }


def document_view(
    case: Case, document: DocumentAtHand, quotes: Sequence[QuoteAtHand], items: Sequence[View]
) -> View:
    """Return a document's title and its paragraphs, cut where quotes begin and end."""
    marks = [
        Mark(quote.start, quote.end, item["key"], "claim") for quote, item in zip(quotes, items, strict=True)
    ]
    blocks = blocks_of(document.text, document.format)
    shared = in_blocks([(block.start, block.end) for block in blocks], marks)
    paragraphs = _kept(document.text, blocks, shared)
    tell_repeats(piece for paragraph in paragraphs for piece in paragraph["pieces"])
    return {
        "id": document.id,
        "title": _title(case, document.id),
        "items": list(items),
        "claims": len({quote.claim for quote in quotes}),
        "blocks": paragraphs,
        "cut": len(paragraphs) < len(blocks),
    }


def _kept(text: str, blocks: Sequence[Block], shared: Sequence[Sequence[Mark]]) -> list[View]:
    """Return the blocks that are shown: all, or of a long text those with a quote and their neighbours.

    A block after a gap has ``gap``, so that nobody takes two paragraphs for neighbours that are none.
    """
    quoted = [place for place, some in enumerate(shared) if some]
    wanted = list(range(len(blocks)))
    if len(text) > LONGEST:
        near = {place + step for place in quoted for step in (-1, 0, 1)}
        wanted = [place for place in wanted if place in near]
    found, last, size = list[View](), -1, 0
    for place in wanted:
        block = blocks[place]
        size += block.end - block.start
        if len(text) > LONGEST and size > MOST_SHOWN:
            break
        cut = pieces(text, past_hashes(text, block), block.end, shared[place])
        for piece in cut:
            piece["text"] = seen(piece["text"])
        found.append({"kind": block.kind, "pieces": cut, "gap": place != last + 1})
        last = place
    return found
