"""Who says each clause, and how: cues, sources, quotations and grammar put together, word by word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shatterbelt.reading.attribution_cues import combined, cues, factuality
from shatterbelt.reading.attribution_encoder import encoder_frames
from shatterbelt.reading.attribution_frames import Frame, is_verb, verb_frames
from shatterbelt.reading.attribution_nouns import (
    adverb_frames,
    citing_frames,
    feeling_frames,
    label_frames,
    noun_frames,
    phrase_frames,
    tail_frames,
)
from shatterbelt.reading.attribution_quotes import Quoted, quoted_of
from shatterbelt.reading.attribution_sources import Names, marks_of, party
from shatterbelt.reading.factuality import PLAIN, State, is_negated, states_of
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.statements import Attribution, Mark
from shatterbelt.reading.voices import Voice, Voices
from shatterbelt.statements import Manner

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Said:
    """An attribution and the tokens that it covers; ``manner`` holds what the cue's own clause says too."""

    attribution: Attribution
    content: frozenset[int]
    manner: Manner


def voices_of(sentences: Sequence[Sentence], parties: Names) -> list[Voices]:
    """Return who says every clause of a document's sentences, one `Voices` a sentence.

    Words outside all speech are the author's: an empty chain, with the manner that grammar gives them.
    """
    frames = [frames_of(sentence) for sentence in sentences]
    quoted, scare = quoted_of(sentences, frames)
    voices: list[Voices] = []
    memory: dict[tuple[int, int], Attribution] = {}
    for place, sentence in enumerate(sentences):
        own = frames[place]
        heads = {root for frame in own for root in frame.roots if frame.rule not in _CONTINUING}
        states = states_of(list(sentence.tokens), heads)
        said = [_said(frame, sentence, states, parties, memory) for frame in own]
        said += [_quoted(each, sentences, parties, memory) for each in quoted[place]]
        voices.append(_voices(sentence, states, _merged(said), scare[place]))
    return voices


_CONTINUING = frozenset({"adverb", "adjective", "phrase"})


def frames_of(sentence: Sentence) -> list[Frame]:
    """Return the attributions inside one sentence by its cue words, in the order of the cues."""
    table = cues()
    found: list[Frame] = []
    for token in sentence.tokens:
        lemma = token.lemma_
        if lemma in table.verbs and is_verb(token):
            cited = citing_frames(token) if lemma in {"cite", "quote"} else []
            found += cited or verb_frames(token)
        elif token.lower_ in table.feelings:
            found += feeling_frames(token)
        elif token.pos_ in {"NOUN", "PROPN"}:
            lower = lemma.lower()
            if lower in table.nouns:
                found += noun_frames(token)
            if lower in table.phrases:
                found += phrase_frames(token)
        if token.lower_ == "according":
            found += phrase_frames(token)
        elif token.lower_ in table.adverbs or token.lower_ in table.adjectives:
            found += adverb_frames(token)
    found += label_frames(sentence.tokens) + tail_frames(sentence.tokens)
    found += encoder_frames(sentence, found)
    inside = range(sentence.tokens.start, sentence.tokens.end)
    return [frame for frame in found if frame.content and all(place in inside for place in frame.content)]


def _said(
    frame: Frame,
    sentence: Sentence,
    states: dict[int, State],
    parties: Names,
    memory: dict[tuple[int, int], Attribution],
) -> Said:
    state = states.get(frame.cue[0].i, PLAIN)
    manner = _manner_of(frame, state)
    attribution = _attribution(frame, sentence, manner, parties)
    memory[sentence.number, frame.cue[0].i] = attribution
    if frame.rule in _CONTINUING:
        return Said(attribution, frame.content, manner)
    outer: Manner = "asserted" if _is_negated(frame) else state.manner
    return Said(attribution, frame.content, combined(outer, manner))


def _is_negated(frame: Frame) -> bool:
    """Return whether the cue itself is negated: "did not say", "nobody says"."""
    return frame.rule not in _CONTINUING and is_negated(list(frame.cue[0].children))


def _manner_of(frame: Frame, state: State) -> Manner:
    """Return the manner of what is said by this cue, its own negation included."""
    if _is_negated(frame) and state.negated:
        if frame.manner != "denied" and _is_question(frame):
            return "doubted"  # "has not said whether"
        return factuality().negated[frame.manner]
    return frame.manner


def _is_question(frame: Frame) -> bool:
    """Return whether what is said is left open: "whether ...", "who ..."."""
    doc = frame.cue[0].doc
    return any(
        part.tag_ in {"WRB", "WP", "WDT"} or part.lower_ in {"whether", "if"}
        for root in frame.roots
        for part in doc[root].children
    )


def _attribution(frame: Frame, sentence: Sentence, manner: Manner, parties: Names) -> Attribution:
    first = min(frame.cue, key=lambda token: token.i)
    last = max(frame.cue, key=lambda token: token.i)
    return Attribution(
        source=party(frame.source, sentence, parties, frame.roots),
        cue=sentence.place(first, last),
        manner=manner,
        marks=marks_of(frame.source),
    )


def _quoted(
    quoted: Quoted,
    sentences: Sequence[Sentence],
    parties: Names,
    memory: dict[tuple[int, int], Attribution],
) -> Said:
    """Return the attribution of a quoted run; it may be another sentence's that it continues."""
    frame, sentence = quoted.frame, sentences[quoted.sentence]
    key = (sentence.number, frame.cue[0].i)
    if key not in memory:
        memory[key] = _attribution(frame, sentence, frame.manner, parties)
    return Said(memory[key], quoted.places, memory[key].manner)


def _merged(said: Iterable[Said]) -> list[Said]:
    """Return the attributions with the widest first, those of one cue joined."""
    joined: dict[tuple[int, int], Said] = {}
    for each in said:
        cue = each.attribution.cue
        key = (cue.start, cue.end) if cue else (-1, id(each))
        before = joined.get(key)
        content = each.content | before.content if before else each.content
        joined[key] = Said(each.attribution, content, before.manner if before else each.manner)
    return sorted(joined.values(), key=lambda each: -len(each.content))


def _voices(
    sentence: Sentence, states: dict[int, State], said: Sequence[Said], scare: frozenset[int]
) -> Voices:
    by_token: dict[int, Voice] = {}
    made: dict[tuple[tuple[int, ...], State, bool], Voice] = {}
    for token in sentence.tokens:
        state = states.get(token.i, PLAIN)
        over = tuple(number for number, each in enumerate(said) if token.i in each.content)
        marked = token.i in scare
        if not over and not marked and state == PLAIN:
            continue
        key = (over, state, marked)
        if key not in made:
            made[key] = _voice(sentence, state, [said[number] for number in over], marked)
        by_token[token.i] = made[key]
    return Voices(by_token)


def _voice(sentence: Sentence, state: State, over: Sequence[Said], marked: bool) -> Voice:
    manner: Manner = "asserted"
    plain = all(each.attribution.manner == "asserted" for each in over)
    for each in over:
        manner = combined(manner, each.manner)
    manner = combined(manner, state.manner)
    if marked:
        manner = combined(manner, "doubted")
    if over and manner == "asserted" and not plain:
        manner = "reported"
    marks: set[Mark] = {mark for each in over for mark in each.attribution.marks}
    if marked:
        marks.add("scare quotes")
    hedge = sentence.place(state.hedge, state.hedge) if state.hedge is not None else None
    return Voice(
        tuple(each.attribution for each in over), manner, hedge, tuple(sorted(marks)), state.contexts
    )
