"""What happened: sentences to events by the tables of verbs and nouns, with parties, dates and numbers.

The ontology is PLOVER's; ``docs/events.md`` tells each family of rules with examples. An event keeps the
type of its own act and says by ``contexts`` that it is yet to come, supposed or denied; `plover_type` gives
the code that PLOVER prefers for those (a visit to come is AGREE, a blow to come is THREATEN).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.reading.date_clauses import date_of
from shatterbelt.reading.dates import Calendar, Told, day_of
from shatterbelt.reading.event_frames import inner_noun
from shatterbelt.reading.event_kinds import Kinds
from shatterbelt.reading.event_modals import (
    CONTENT,
    context_under,
    contexts_of,
    demand_of,
    governor,
    is_wanted,
)
from shatterbelt.reading.event_nouns import noun_act
from shatterbelt.reading.event_tables import COOPERATIVE, MATERIAL_CONFLICT
from shatterbelt.reading.event_verbs import Act, act_of
from shatterbelt.reading.magnitudes import Counted, counted, magnitudes_of
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.parties import Parties
from shatterbelt.reading.places import place_of
from shatterbelt.reading.statements import Context, Day, Event, Party, Span
from shatterbelt.reading.voices import Voice, Voices
from shatterbelt.statements import PloverType

if TYPE_CHECKING:
    from spacy.tokens import Token

_CLAUSES = frozenset({"relcl", "advcl", "acl", "ccomp", "xcomp", "pcomp", "parataxis"})
_LEAST = 0.3
"""A rule less sure than this finds nothing."""


def find_events(
    sentences: Sequence[Sentence], voices: Sequence[Voices], parties: Parties, document: LoadedDocument
) -> list[Event]:
    """Return the events that a document's sentences tell, in order of place.

    Args:
        sentences: those of one document.
        voices: one a sentence: who says each clause, and whether it is denied, supposed or to come.
        parties: names to actors, made of the same sentences.
        document: gives the issue date that "last Friday" is counted from.
    """
    calendar = Calendar(document.metadata.issued)
    found: list[Event] = []
    for place, sentence in enumerate(sentences):
        said = voices[place] if place < len(voices) else Voices()
        kinds = Kinds(parties, sentence)
        facts = _Facts(sentence, kinds, calendar, _before(sentences, place))
        acts = acts_of(sentence, kinds)
        over = {act.trigger.i: act.type for act in acts if act.rule.startswith("verb")}
        found += (_event(act, _heard(act, said.at(act.trigger), over), facts) for act in acts)
    return found


def _before(sentences: Sequence[Sentence], place: int) -> Sequence[Sentence]:
    """Return the sentences that stand before one in its paragraph."""
    first = place
    while first and sentences[first - 1].paragraph == sentences[place].paragraph:
        first -= 1
    return sentences[max(first, place - 6) : place]


class _Facts:
    """What a sentence tells beside its events, read when the first event asks for it."""

    def __init__(
        self, sentence: Sentence, kinds: Kinds, calendar: Calendar, earlier: Sequence[Sentence]
    ) -> None:
        self.sentence = sentence
        self.earlier = earlier
        self.kinds = kinds
        self.calendar = calendar

    @cached_property
    def told(self) -> list[Told]:
        return self.calendar.told(self.sentence, earlier=self.earlier)

    @cached_property
    def ahead(self) -> list[Told]:
        return self.calendar.told(self.sentence, ahead=True, earlier=self.earlier)

    @cached_property
    def numbers(self) -> list[Counted]:
        return counted(self.sentence)

    def date(self, act: Act, contexts: Sequence[Context]) -> Day | None:
        told = self.ahead if "future" in contexts else self.told
        found = date_of(act.clause or act.trigger, act.trigger, told) if told else None
        return day_of(found, self.sentence) if found else None


def acts_of(sentence: Sentence, kinds: Kinds) -> list[Act]:
    """Return the events of a sentence by rules, in order of place, no noun counted beside its own verb."""
    acts = [act for token in sentence.tokens if (act := act_of(token, kinds)) is not None]
    carried = {noun.i for act in acts for noun in act.nouns}
    verbs = {act.trigger.i for act in acts}
    acts += [act for token in sentence.tokens if (act := demand_of(token, kinds)) is not None]
    for token in sentence.tokens:
        if token.i not in carried and token.i not in verbs and (act := noun_act(token, kinds)) is not None:
            acts.append(act)
    for act in acts:
        if act.rule.startswith(("verb", "light")) and is_wanted(act.trigger):
            act.weight *= 0.7
    kept = [act for act in acts if act.weight >= _LEAST]
    return sorted(kept, key=lambda act: act.trigger.i)


def _heard(act: Act, voice: Voice, over: Mapping[int, PloverType]) -> Voice:
    """Return the voice of an event with what the verb over its noun adds: the demanded has not happened."""
    if not act.rule.startswith("noun") or voice.contexts:
        return voice
    verb = governor(act.trigger)
    if verb is None:
        return voice
    context = CONTENT.get(over.get(verb.i, "")) or context_under(verb)
    return replace(voice, contexts=(context,)) if context else voice


def plover_type(event: Event) -> PloverType:
    """Return the type that PLOVER's codebook gives: of deeds to come, the agreement to or the threat of them.

    A cooperative deed that somebody will not do is REJECT.
    """
    ahead = "future" in event.contexts
    refused = ahead or "hypothetical" in event.contexts or event.type in {"AGREE", "CONCEDE"}
    if event.type in COOPERATIVE and "negated" in event.contexts and refused:
        return "REJECT"
    if ahead and event.type in COOPERATIVE:
        return "AGREE"
    if ahead and event.type in MATERIAL_CONFLICT:
        return "THREATEN"
    return event.type


def _event(act: Act, voice: Voice, facts: _Facts) -> Event:
    sentence, kinds = facts.sentence, facts.kinds
    actors = _parties(act.actors, kinds, sentence)
    targets = tuple(party for party in _parties(act.targets, kinds, sentence) if party not in actors)
    contexts = contexts_of(act, voice)
    date = facts.date(act, contexts)
    if date is not None and facts.calendar.is_past(date) and "historical" not in contexts:
        contexts = (*contexts, "historical")
    return Event(
        document=sentence.document.id,
        quote=_quote(act, sentence),
        sentence=sentence.span,
        says_who=voice.says_who,
        manner=voice.manner,
        hedge=voice.hedge,
        marks=voice.marks,
        reading=round(
            min(max(_score(act, voice.contexts or contexts) + _agreed(act, sentence), 0.01), 0.99), 3
        ),
        rule=act.rule,
        type=act.type,
        mode=act.mode,
        contexts=contexts,
        trigger=_trigger(act, sentence),
        actors=actors,
        targets=targets,
        date=date,
        place=place_of(act.clause or act.trigger, act.trigger, sentence),
        magnitudes=magnitudes_of(act.clause or act.trigger, act.trigger, facts.numbers, sentence),
    )


def _reading(act: Act, contexts: Sequence[Context], sentence: Sentence) -> float:
    return round(min(max(_score(act, contexts) + _agreed(act, sentence), 0.01), 0.99), 3)


def _score(act: Act, contexts: Sequence[Context]) -> float:
    """Return how sure the reading is: the rule's own weight, less the deeper its clause stands."""
    depth = 0
    for above in (act.trigger, *act.trigger.ancestors):
        if above.dep_ in _CLAUSES:
            depth += 1
    sure = act.weight * 0.85**depth * (0.85 if act.rule.startswith("noun") else 1.0)
    if "hypothetical" in contexts and "future" not in contexts:
        sure *= 0.85
    return sure + (0.05 if act.actors else 0.0)


def _agreed(act: Act, sentence: Sentence) -> float:
    """Return what is added where the encoder marked the same trigger with the same type."""
    if sentence.prediction is None:
        return 0.0
    span = sentence.place(act.trigger, act.trigger)
    same = (
        mark.score
        for mark in sentence.prediction.triggers
        if mark.label == act.type and mark.start < span.end and span.start < mark.end
    )
    return 0.1 * max(same, default=0.0)


def _trigger(act: Act, sentence: Sentence) -> Span:
    """Return the verb with its particle, or the noun; of "held talks" the noun."""
    if act.rule.startswith("light verb") and act.nouns:
        return sentence.place(act.nouns[0], act.nouns[0])
    following = act.trigger.nbor(1) if act.trigger.i + 1 < sentence.tokens.end else None
    if following is not None and following.dep_ == "prt" and following.head.i == act.trigger.i:
        return sentence.place(act.trigger, following)
    return sentence.place(act.trigger, act.trigger)


def _quote(act: Act, sentence: Sentence) -> Span:
    """Return the words that tell the event, from its first party or trigger to its last one."""
    tokens = [act.trigger, *act.actors, *act.targets, *act.nouns]
    first = min(tokens, key=lambda token: token.left_edge.i if token is not act.trigger else token.i)
    last = max(tokens, key=lambda token: token.i)
    start = first.left_edge if first is not act.trigger else first
    start = max(start, sentence.tokens[0], key=lambda token: token.i)
    return sentence.place(start, last)


def _parties(tokens: Sequence[Token], kinds: Kinds, sentence: Sentence) -> tuple[Party, ...]:
    found: list[Party] = []
    for token in tokens:
        inner = token
        if (party := kinds.parties.of(token, sentence)) is None or not (party.actor or party.role):
            inner = inner_noun(token)
        found += kinds.parties.all_of(inner, sentence)
    return tuple(dict.fromkeys(found))
