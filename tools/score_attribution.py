"""Prints how well cues, sources and manners are found on our annotated articles.

    python tools/score_attribution.py [--errors] [--encoder]

An attribution counts when its cue overlaps the annotated cue and its source overlaps the annotated source by
half of the longer of the two, or neither has a source. Each is matched once; two annotated ones with the same
cue and source ("says that ... and that ...") are one.

The author's own "must" and "should", which the articles list with an empty source, are no attributions in the
reader's protocol (the author's chain is empty) and are left out of both sides; how many of them are read with
the manner "demanded" is told apart.

Manner is scored on matched attributions, at the main verb of what is said. The articles call a thing that is
said to come hypothetical, and leave out a negation within what is said: a "future" context counts as
hypothetical there, and where the whole chain is denied the manner is the cue's own.

``--errors`` lists what was missed and what was too much, for the articles to train on only.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from annotated import ARTICLES, Article, Phrase, Saying, articles
from shatterbelt.documents.loaded import Block, LoadedDocument, Metadata
from shatterbelt.documents.text import Text, normalise_characters
from shatterbelt.reading.attribution import voices_of
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.parsing import parse
from shatterbelt.reading.parties import Parties
from shatterbelt.reading.statements import Attribution, Party, Span
from shatterbelt.reading.voices import AUTHOR, Voice, Voices

MODALS = frozenset(
    {"must", "should", "ought to", "ought", "has to", "have to", "need to", "needs to", "shall"}
)


@dataclass
class Tally:
    """Counts over the articles of one folder."""

    found: int = 0
    annotated: int = 0
    cues: int = 0
    right: int = 0
    manners: Counter[tuple[str, str]] = field(default_factory=Counter)
    modals: Counter[bool] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)


def document_of(article: Article) -> LoadedDocument:
    """Return an article as a document whose body is all paragraphs but the headline."""
    blocks: list[Block] = []
    at = 0
    for line in article.text.split("\n"):
        if line.strip():
            blocks.append(Block(at, at + len(line)))
        at += len(line) + 1
    return LoadedDocument(
        id=article.name,
        name=article.name,
        text=Text(normalise_characters(article.text), "0" * 64),
        original=article.text,
        metadata=Metadata(title=article.title, issued=article.issued, publisher=article.publisher),
        blocks=tuple(blocks[1:]),
    )


def attributions_in(voices: Voices) -> list[Attribution]:
    """Return the attributions of a sentence that have a cue, each once."""
    seen: dict[tuple[int, int], Attribution] = {}
    for voice in voices.by_token.values():
        for each in voice.says_who:
            if each.cue is not None:
                seen.setdefault((each.cue.start, each.cue.end), each)
    return list(seen.values())


def overlap(one: Phrase | Span, other: Phrase | Span) -> int:
    """Return how many characters two places share."""
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def same_source(told: Phrase | None, party: Party) -> bool:
    """Return whether two sources overlap by half of the longer, or are both missing.

    For a relative pronoun either it or the noun that it stands for may be annotated.
    """
    found = party.span
    if told is None or found is None:
        return told is None and found is None
    if found.text.lower() in {"who", "which", "that"} and party.name.lower() in told.text.lower():
        return True
    return 2 * overlap(told, found) >= max(told.end - told.start, found.end - found.start)


def score(article: Article, tally: Tally, encoder: object | None) -> None:
    """Add one article to the tally."""
    (_, sentences), *_ = parse([document_of(article)])
    if encoder is not None:
        sentences = with_predictions(sentences, encoder)
    voices = voices_of(sentences, Parties(sentences, article.issued))
    found = {(a.cue.start, a.cue.end): a for v in voices for a in attributions_in(v) if a.cue is not None}
    told = list({(s.cue, s.source): s for s in reversed(article.attributions) if not is_modal(s)}.values())
    for each in article.attributions:
        if is_modal(each):
            tally.modals[voice_at(each, sentences, voices).manner == "demanded"] += 1
    tally.found += len(found)
    tally.annotated += len(told)
    left = dict(found)
    for saying in told:
        near = [a for a in left.values() if a.cue is not None and overlap(saying.cue, a.cue)]
        tally.cues += bool(near)
        right = next((a for a in near if same_source(saying.source, a.source)), None)
        if right is None:
            tally.lines.append(f"  - {article.name}: {_shown(saying)}; found {[_named(a) for a in near]}")
            continue
        tally.right += 1
        assert right.cue is not None
        del left[right.cue.start, right.cue.end]
        voice = voice_at(saying, sentences, voices)
        manner = right.manner if voice.manner == "denied" else voice.manner
        if manner == "reported" and "future" in voice.contexts:
            manner = "hypothetical"
        tally.manners[saying.manner, manner] += 1
        if manner != saying.manner:
            tally.lines.append(f"  ~ {article.name}: {_shown(saying)}; manner read as {manner}")
    tally.lines += [f"  + {article.name}: {_named(each)}" for each in left.values()]


def with_predictions(sentences: list[Sentence], encoder: object) -> list[Sentence]:
    """Return the sentences with what the encoder says of them."""
    from dataclasses import replace

    predictions = encoder.predict(sentences)  # type: ignore[attr-defined]  # it may not be there yet
    return [replace(one, prediction=said) for one, said in zip(sentences, predictions, strict=True)]


def is_modal(saying: Saying) -> bool:
    """Return whether an annotated attribution is the author's own "must"."""
    return saying.source is None and saying.cue.text.lower() in MODALS


def voice_at(saying: Saying, sentences: list[Sentence], voices: list[Voices]) -> Voice:
    """Return the voice at the head of what is said."""
    for sentence, each in zip(sentences, voices, strict=True):
        tokens = sentence.tokens_at(saying.content.start, saying.content.end)
        if tokens:
            inside = {token.i for token in tokens}
            heads = [token for token in tokens if token.head.i not in inside or token.head.i == token.i]
            heads = [token for token in heads if not token.is_punct] or tokens
            verbs = [token for token in heads if token.pos_ in {"VERB", "AUX"}]
            return each.at((verbs or heads)[0])
    return AUTHOR


def _shown(saying: Saying) -> str:
    source = saying.source.text if saying.source else "-"
    return f"{source} | {saying.cue.text} | {saying.manner} | {saying.content.text[:50]!r}"


def _named(attribution: Attribution) -> str:
    span = attribution.source.span
    return f"{span.text if span else '-'} | {attribution.cue.text if attribution.cue else '-'}"


def report(folder: Path, encoder: object | None, errors: bool) -> None:
    """Print the figures of a folder of articles."""
    tally = Tally()
    read = articles(folder)
    for article in read:
        score(article, tally, encoder)
    if not read:
        print(f"{folder.name}: no articles")
        return
    print(f"{folder.name}: {len(read)} articles, {tally.annotated} annotated, {tally.found} found")
    for name, right in (("cue", tally.cues), ("cue and source", tally.right)):
        precision, recall = right / max(tally.found, 1), right / max(tally.annotated, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        print(f"  {name:<16} P {precision:.2f}  R {recall:.2f}  F1 {f1:.2f}")
    agreed = sum(count for (told, read_as), count in tally.manners.items() if told == read_as)
    print(f"  manner           {agreed} of {sum(tally.manners.values())} matched", end="")
    print(f"; the author's must and should: {tally.modals[True]} of {sum(tally.modals.values())}")
    if errors:
        print("\n".join(sorted(tally.lines)))


def main() -> None:
    """Print the figures for the articles to train on and to test on."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--errors", action="store_true", help="list the errors in the articles to train on")
    parser.add_argument("--encoder", action="store_true", help="let the encoder see the sentences first")
    options = parser.parse_args()
    encoder = None
    if options.encoder:
        from shatterbelt.reading.encoder import Encoder

        encoder = Encoder.load()
    report(ARTICLES / "train", encoder, errors=options.errors)
    report(ARTICLES / "test", encoder, errors=False)


if __name__ == "__main__":
    main()
