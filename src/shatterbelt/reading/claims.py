"""What a document says makes what happen: cause, effect, connective, and a sign only where it is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.reading.claim_across import across_links, encoder_links
from shatterbelt.reading.claim_clauses import clause_links
from shatterbelt.reading.claim_links import Link
from shatterbelt.reading.claim_nouns import noun_links
from shatterbelt.reading.claim_phrases import modals, negated
from shatterbelt.reading.claim_plain import plain_links
from shatterbelt.reading.claim_prepositions import preposition_links
from shatterbelt.reading.claim_verbs import verb_links
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.statements import Claim, Span, span_of
from shatterbelt.reading.valence import Valence, times, turned, valence_of
from shatterbelt.reading.voices import Voice, Voices
from shatterbelt.statements import Manner, Sign

if TYPE_CHECKING:
    from shatterbelt.reading.parties import Parties

READING = 0.5
"""The confidence of a claim before its rule's record is looked up."""


def find_claims(
    sentences: Sequence[Sentence], voices: Sequence[Voices], parties: Parties | None, document: LoadedDocument
) -> list[Claim]:
    """Return what the sentences say makes what happen, in order of place.

    ``voices`` are one for each sentence. Nothing is guessed: an end whose direction the text does not
    tell leaves the sign unknown, and neither a correlation nor a purpose gets one.
    """
    found: list[Claim] = []
    before: Sentence | None = None
    for place, sentence in enumerate(sentences):
        links = _links(sentence, before, parties)
        found += (_claim(link, sentence, voices[place], document) for link in links)
        before = sentence
    return sorted(found, key=lambda claim: (claim.quote.start, claim.quote.end))


def _links(sentence: Sentence, before: Sentence | None, parties: Parties | None) -> list[Link]:
    """Return what the rules see in a sentence, and what the encoder adds."""
    links = _best(
        chain(
            preposition_links(sentence, parties),
            clause_links(sentence),
            verb_links(sentence, parties),
            noun_links(sentence, parties),
            across_links(sentence, before),
        )
    )
    links = links or list(plain_links(sentence, parties))
    return links + list(encoder_links(sentence, links))


def _best(links: Iterable[Link]) -> list[Link]:
    """Leave out a link whose two ends another link has already, either way round."""
    kept: list[Link] = []
    for link in links:
        if link.cause.overlaps(link.effect):
            continue
        if not any(_same(link, other) for other in kept):
            kept.append(link)
    return kept


def _same(one: Link, other: Link) -> bool:
    ends = {(one.cause.head.i, one.cause.first.doc), (one.effect.head.i, one.effect.first.doc)}
    return ends == {
        (other.cause.head.i, other.cause.first.doc),
        (other.effect.head.i, other.effect.first.doc),
    }


def _claim(link: Link, sentence: Sentence, voices: Voices, document: LoadedDocument) -> Claim:
    voice = voices.at(link.voice)
    cause, effect = (valence_of(end.head, acts=True) for end in (link.cause, link.effect))
    if cause.factor == "unknown" and _presence(link):
        cause = replace(cause, factor="+")
    sign, effect_change = _sign(link, cause, effect)
    spans = [link.cause.span, link.effect.span]
    connective = sentence.place(*link.connective) if link.connective else None
    start, end = min(s.start for s in spans), max(s.end for s in spans)
    return Claim(
        document=document.id,
        quote=span_of(document, start, end),
        sentence=sentence.span,
        says_who=voice.says_who,
        manner=_manner(link, sentence, voice),
        hedge=_hedge(link, sentence, voice),
        marks=voice.marks,
        reading=READING,
        rule=link.rule,
        relation=link.relation,
        cause=link.cause.span,
        effect=link.effect.span,
        connective=connective,
        cause_quantity=link.names.get("cause", cause.quantity),
        effect_quantity=link.names.get("effect", effect.quantity),
        cause_change=cause.change,
        effect_change=effect_change,
        sign=sign,
    )


def _presence(link: Link) -> bool:
    """Return whether a cause counts by its mere presence: what a pronoun points to, or who is blamed."""
    head = link.cause.head
    pointing = head.lower_ in {"this", "that", "it", "these", "which"} and head.pos_ in {"PRON", "DET"}
    return pointing or (link.rule == "verb:blame" and head.pos_ in {"PROPN", "PRON", "ADJ"})


def _sign(link: Link, cause: Valence, effect: Valence) -> tuple[Sign, Sign]:
    """Return the sign between the two quantities, and the change that the effect undergoes."""
    change, factor = effect.change, effect.factor
    if "effect" in link.names:
        change = factor = "+"
    elif link.change:
        own = turned(link.change, link.effect.head)
        change = own if effect.change == "unknown" else times(own, effect.change)
        factor = change
    elif link.sign == "-":
        change = times("-", effect.factor)
        if link.relation == "cause":
            return times(cause.factor, change), change
    if link.relation != "cause":
        return "unknown", change
    return times(link.sign, cause.factor, factor), change


def _manner(link: Link, sentence: Sentence, voice: Voice) -> Manner:
    if link.rule == "condition:without" and not voice.says_who:
        return "hypothetical"  # "no deal without trust" denies nothing
    if voice.manner in {"denied", "doubted"}:
        return voice.manner
    if link.manner is not None:
        return link.manner
    if (
        link.rule.startswith(("verb", "changes", "makes", "moves", "correlates"))
        and negated(link.voice) is not None
    ):
        return "denied"
    if sentence.tokens[-1].text == "?" and voice.manner == "asserted":
        return "hypothetical"
    return voice.manner


def _hedge(link: Link, sentence: Sentence, voice: Voice) -> Span | None:
    if voice.hedge is not None:
        return voice.hedge
    token = link.hedge or next(iter(modals(link.voice.children)), None)
    return sentence.place(token, token) if token is not None else None
