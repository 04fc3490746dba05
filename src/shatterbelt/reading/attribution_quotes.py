"""Who speaks in a quoted run: by the cue beside it, by the colon before it, or by who spoke last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shatterbelt.reading.attribution_cues import cues
from shatterbelt.reading.attribution_frames import Frame
from shatterbelt.reading.attribution_sources import agent_of, can_speak, child, is_passive, subject
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.quotations import MARKS, Run, runs_of

if TYPE_CHECKING:
    from spacy.tokens import Token

_NEAR = 14
_CALL = 5
_SPEAKS = frozenset({"clause", "quote"})


@dataclass(frozen=True)
class Quoted:
    """Tokens of a sentence that a frame's source says; the frame may stand in the sentence ``sentence``."""

    frame: Frame
    sentence: int
    places: frozenset[int]


def quoted_of(
    sentences: Sequence[Sentence], frames: Sequence[Sequence[Frame]]
) -> tuple[list[list[Quoted]], list[frozenset[int]]]:
    """Return for each sentence what is quoted in it, and the places that stand in scare quotes.

    Args:
        sentences: all sentences of the document.
        frames: the frames of each sentence, by its cue words.
    """
    quoted: list[list[Quoted]] = [[] for _ in sentences]
    scare: list[set[int]] = [set() for _ in sentences]
    runs = runs_of(sentences)
    inside = _inside(runs)
    spoke: Quoted | None = None
    for run in runs:
        place = run.sentences[0] if run.sentences else -1
        if place < 0:
            continue
        found = _spoken(run, sentences, frames, inside)
        if found is None and (run.carried or _is_whole(run, sentences)) and _is_close(spoke, run, sentences):
            found = spoke
        if found is None and _covered(run, frames[place]):
            continue
        if found is None:
            if run.is_short:
                scare[place] |= run.places
            continue
        spoke = found
        for each in run.sentences:
            tokens = sentences[each].tokens
            here = frozenset(at for at in run.places if tokens.start <= at < tokens.end)
            quoted[each].append(Quoted(found.frame, found.sentence, here))
    return quoted, [frozenset(each) for each in scare]


def _inside(runs: Sequence[Run]) -> set[tuple[int, int]]:
    return {(id(run.doc), at) for run in runs for at in run.places}


def _spoken(
    run: Run,
    sentences: Sequence[Sentence],
    frames: Sequence[Sequence[Frame]],
    inside: set[tuple[int, int]],
) -> Quoted | None:
    """Return the frame whose cue stands beside a run: a frame that holds it, else the nearest cue verb."""
    for place in (run.sentences[-1], run.sentences[0]):
        for frame in frames[place]:
            cue = frame.cue[0].i
            if (id(run.doc), cue) in inside or frame.rule in {"adverb", "adjective"}:
                continue
            if (
                frame.rule in {"clause", "phrase", "label", "tail"}
                and frame.content & run.places
                and _mostly(frame, run)
            ):
                return Quoted(frame, place, run.places)
    if run.is_short and not _is_whole(run, sentences):
        sentence = sentences[run.sentences[0]]
        verb = _calling(run, sentence, inside) or _right_before(run, sentence, inside)
        return Quoted(_frame(verb, run), run.sentences[0], run.places) if verb is not None else None
    for place in (run.sentences[-1], run.sentences[0]):
        verb = _near_cue(run, sentences[place], inside)
        if verb is not None:
            return Quoted(_frame(verb, run), place, run.places)
    before, after = run.sentences[0] - 1, run.sentences[-1] + 1
    if before >= 0 and sentences[before].tokens[-1].text == ":":
        verb = _last_cue(sentences[before])
        if verb is not None:
            return Quoted(_frame(verb, run), before, run.places)
    if after < len(sentences) and sentences[after].tokens[0].text[:1].islower():
        verb = _first_cue(sentences[after])  # the parse has cut off "..., the crowd chanted"
        if verb is not None:
            return Quoted(_frame(verb, run), after, run.places)
    return None


def _mostly(frame: Frame, run: Run) -> bool:
    """Return whether a frame's content is the run, not a clause that only has the run somewhere in it."""
    return 2 * len(frame.content & run.places) >= min(len(frame.content), len(run.places))


def _near_cue(run: Run, sentence: Sentence, inside: set[tuple[int, int]]) -> Token | None:
    """Return the nearest cue verb that stands outside all quotation marks, behind the run or before it."""
    best: tuple[int, Token] | None = None
    for token in sentence.tokens:
        if (id(run.doc), token.i) in inside or not _speaks(token):
            continue
        distance = token.i - run.last if token.i > run.last else (run.first - token.i) + 1
        if distance <= _NEAR and (best is None or distance < best[0]):
            best = (distance, token)
    if best is None:
        return None
    verb = best[1]
    if verb.i < run.first and run.first >= 2 and not _announced(verb, run):
        return None
    return verb


def _calling(run: Run, sentence: Sentence, inside: set[tuple[int, int]]) -> Token | None:
    """Return the verb that calls something by the words of a short run: "calls this 'order'"."""
    for token in sentence.tokens:
        if 0 < run.first - token.i <= _CALL and (id(run.doc), token.i) not in inside:
            rows = cues().verbs.get(token.lemma_, ()) if token.pos_ == "VERB" else ()
            if any("called" in row.frames for row in rows) and subject(token) is not None:
                return token
    return None


def _right_before(run: Run, sentence: Sentence, inside: set[tuple[int, int]]) -> Token | None:
    """Return the cue right before a short run that ends its sentence: "banners read 'No to war'"."""
    end = sentence.tokens.end
    if any(run.doc[at].is_alpha for at in range(run.last + 1, end)) or run.first - 2 < sentence.tokens.start:
        return None
    for at in (run.first - 2, run.first - 3):
        if at >= sentence.tokens.start and _speaks(run.doc[at]) and (id(run.doc), at) not in inside:
            return run.doc[at]
    return None


def _announced(verb: Token, run: Run) -> bool:
    """Return whether a cue before a run announces it: a comma or colon, or the run right behind the cue."""
    mark = run.first - 1
    before = run.doc[mark - 1] if mark > 0 else None
    return before is not None and (before.text in {",", ":", "that"} or before.i - verb.i <= 2)


def _speaks(token: Token) -> bool:
    if token.pos_ != "VERB":
        return False
    rows = cues().verbs.get(token.lemma_)
    return rows is not None and any(row.frames & _SPEAKS for row in rows)


def _last_cue(sentence: Sentence) -> Token | None:
    found = None
    for token in sentence.tokens:
        if _speaks(token):
            found = token
    return found


def _first_cue(sentence: Sentence) -> Token | None:
    return next((token for token in sentence.tokens[:_NEAR] if _speaks(token)), None)


def _frame(verb: Token, run: Run) -> Frame:
    source = agent_of(verb) if is_passive(verb) else subject(verb)
    if source is None or source.i in run.places:
        source = _inverted(verb) or _root_subject(verb, run)
    if source is not None and not can_speak(source, "anyone"):
        source = None
    return Frame((verb,), source, run.places, "reported", frozenset(), "quote")


def _root_subject(verb: Token, run: Run) -> Token | None:
    """Return the subject of "chanting '...', thousands marched", outside what is quoted."""
    own = child(verb.sent.root, "nsubj") if verb.tag_ == "VBG" else None
    return own if own is not None and own.i not in run.places else None


def _inverted(verb: Token) -> Token | None:
    """Return the noun behind "said", where the parse takes it for an object."""
    found = child(verb, "dobj", "attr", "npadvmod", "oprd")
    return found if found is not None and found.i > verb.i and found.i - verb.i < _NEAR else None


def _is_whole(run: Run, sentences: Sequence[Sentence]) -> bool:
    """Return whether a run is a sentence or more of its own, with nothing of the author's around it."""
    start, end = sentences[run.sentences[0]].tokens.start, sentences[run.sentences[-1]].tokens.end
    around = (*range(start, run.first), *range(run.last + 1, end))
    return all(run.doc[at].text in MARKS or run.doc[at].is_punct for at in around)


def _is_close(spoke: Quoted | None, run: Run, sentences: Sequence[Sentence]) -> bool:
    if spoke is None:
        return False
    return (
        run.carried or 0 <= sentences[run.sentences[0]].paragraph - sentences[spoke.sentence].paragraph <= 1
    )


def _covered(run: Run, frames: Sequence[Frame]) -> bool:
    """Return whether somebody already says the run, so that its marks quote them."""
    return any(run.places <= frame.content for frame in frames if frame.rule not in {"adverb", "adjective"})
