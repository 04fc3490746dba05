"""Who wants what in a document: wishes, demands, conditions, threats and promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.reading.aim_conditions import conditions
from shatterbelt.reading.aim_cues import Wish, wishes
from shatterbelt.reading.aim_words import aim_words
from shatterbelt.reading.claim_phrases import CLAUSES, child, is_passive, noun_phrase, objects
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.statements import Aim, Direction, Party, span_of
from shatterbelt.reading.valence import opposite, valence_of, valences
from shatterbelt.reading.voices import Voices
from shatterbelt.statements import Sign

if TYPE_CHECKING:
    from spacy.tokens import Token

    from shatterbelt.reading.parties import Parties

READING = 0.5
"""The confidence of an aim before its rule's record is looked up."""
AUTHOR = "the author"
_DIRECTIONS: dict[Sign, Direction] = {"+": "up", "-": "down", "unknown": "unknown"}
_ELSEWHERE = frozenset({"to", "under", "into", "from"})


def find_aims(
    sentences: Sequence[Sentence], voices: Sequence[Voices], parties: Parties | None, document: LoadedDocument
) -> list[Aim]:
    """Return who wants, demands, threatens or promises what, in order of place.

    ``voices`` are one for each sentence. A direction that the words do not tell stays unknown.
    """
    found: list[Aim] = []
    for place, sentence in enumerate(sentences):
        kept: list[Wish] = []
        for wish in _inner([*conditions(sentence), *wishes(sentence, parties)]):
            if not any(_again(wish, other) for other in kept):
                kept.append(wish)
        found += (_aim(wish, sentence, voices[place], parties, document) for wish in kept)
    return sorted(found, key=lambda aim: (aim.quote.start, aim.quote.end))


def _inner(found: list[Wish]) -> list[Wish]:
    """Leave out a wish to wish: of "is trying to push for talks", the talks are wanted."""
    cues = {wish.cue[0].i for wish in found if wish.form in {"want", "demand"}}
    return [wish for wish in found if wish.form != "want" or wish.content.head.i not in cues]


def _again(wish: Wish, other: Wish) -> bool:
    same = wish.content.head.i == other.content.head.i and wish.content.sentence is other.content.sentence
    return (
        same and wish.condition is None and not (wish.rule.endswith(":bound") and other.form == "condition")
    )


def _aim(
    wish: Wish, sentence: Sentence, voices: Voices, parties: Parties | None, document: LoadedDocument
) -> Aim:
    voice = voices.at(wish.cue[0])
    if wish.actor is not None:
        actor = _party(wish.actor, sentence, parties)
    elif voice.says_who:
        actor = voice.says_who[-1].source
    else:
        actor = Party(name=AUTHOR)
    quantity, direction = _wanted(wish)
    spans = [wish.content.span, sentence.place(*wish.cue)]
    if wish.condition is not None:
        spans.append(wish.condition.span)
    if wish.actor is not None and wish.actor.i < wish.cue[0].i:
        spans.append(noun_phrase(sentence, wish.actor).span)
    return Aim(
        document=document.id,
        quote=span_of(document, min(s.start for s in spans), max(s.end for s in spans)),
        sentence=sentence.span,
        says_who=voice.says_who,
        manner=voice.manner,
        hedge=voice.hedge,
        marks=voice.marks,
        reading=READING,
        rule=wish.rule,
        form=wish.form,
        actor=actor,
        addressee=_party(wish.addressee, sentence, parties) if wish.addressee is not None else None,
        content=wish.content.span,
        cue=sentence.place(*wish.cue),
        quantity=quantity,
        direction=direction,
        condition=wish.condition.span if wish.condition is not None else None,
    )


def _party(token: Token, sentence: Sentence, parties: Parties | None) -> Party:
    known = parties.of(token, sentence) if parties is not None else None
    if known is not None:
        return known
    span = noun_phrase(sentence, token).span
    return Party(name=span.text, span=span)


# --------------------------------------------------------------------------- what is wanted


def _wanted(wish: Wish) -> tuple[str, Direction]:
    """Return the quantity that the content names and which way the actor wants it."""
    head = wish.content.head
    if wish.form == "condition" and wish.condition is not None:
        head = wish.condition.head
    quantity, sign = _named(head)
    if (
        sign == "unknown"
        and quantity
        and head.pos_ in CLAUSES
        and any(t.dep_ == "neg" for t in head.children)
    ):
        return quantity, "at"  # "not to lose the vote"
    if sign == "unknown" and not _moved_somehow(head):
        sign = "+"
    keeps = head.pos_ in CLAUSES and head.lemma_.lower() in aim_words().keeps
    if keeps and quantity and not wish.against:
        return quantity, "at"
    return quantity, _DIRECTIONS[opposite(sign) if wish.against else sign]


def _moved_somehow(head: Token) -> bool:
    """Return whether the words tell of a change without its direction: "to change the law"."""
    known = valences()
    return head.lemma_.lower() in known.move_others or head.lemma_.lower() in known.nouns or _changed(head)


def _changed(head: Token) -> bool:
    return any(t.dep_ in {"amod", "advmod"} and t.lower_ in valences().adjectives for t in head.children)


def _named(head: Token) -> tuple[str, Sign]:
    """Name what is wanted: in "hold elections" the elections, else as a claim's end is named."""
    found = valence_of(head)
    lemma = head.lemma_.lower()
    if head.pos_ in CLAUSES and found.change == "unknown" and lemma in aim_words().brings | aim_words().keeps:
        target = child(head, "nsubjpass") if is_passive(head) else next(iter(objects(head)), None)
        elsewhere = any(t.i > head.i and t.lower_ in _ELSEWHERE for t in head.subtree)
        moved = elsewhere and lemma in {"bring", "take", "put", "hold"}
        if target is not None and target.pos_ in {"NOUN", "PROPN"} and not moved:
            below = valence_of(target)
            sign: Sign = below.factor if target.pos_ == "NOUN" else "+"
            no = any(t.dep_ == "neg" for t in head.children)
            return below.quantity, opposite(sign) if no else sign
    return found.quantity, found.factor
