"""Run the small encoder over sentences: how likely a cause is told, which spans, event triggers, speakers.

The weights lie beside this file in ``weights/`` (int8 ONNX, under 30 MB; what they were trained on stands in
``weights/LICENCE.md``) and are compared by hash before they are used. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray

from shatterbelt.errors import RequestError
from shatterbelt.reading.encoder_marks import LEAST_CAUSAL, Marked, marks_of
from shatterbelt.reading.encoder_relations import Late
from shatterbelt.reading.parsed import Prediction, Scored, ScoredRelation, Sentence
from shatterbelt.statements import PloverType

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Floats = NDArray[np.floating[Any]]
Place = tuple[int, int]

WEIGHTS = Path(__file__).parent / "weights"
SHA256 = {
    "encoder.onnx": "8a060f537cb8c52badfbf8abbce5a87f6ee41cab61d6b422439eee028760e06b",
    "types.onnx": "7c7d6c20330c2b7eb5733ee2f545c4ee52191858c73914bf5382ddbd55a4bad3",
    "tokenizer.json": "9114256b104cca80e04367526f03f46aa3c443c2ed174904142a73bbf13b9fbb",
}
"""What the files must be; ``tools/export_encoder.py`` prints these lines."""

CAUSAL = 0.5
"""A sentence at least this likely is taken to tell a cause: the best F1 on the part to choose by."""
LONGEST = 128
"""Word pieces that are read at once, the two marks at the ends included; longer sentences go by windows."""
OVERLAP = 32
SLOWER = ["SkipLayerNormFusion"]
"""What the runtime joins to be faster, and is faster without: sums with the norms behind them."""
_INSTALL = "install it with: pip install 'shatterbelt[read]'"
_TYPES: tuple[PloverType, ...] = get_args(PloverType)


@dataclass(frozen=True, slots=True)
class _Window:
    """A run of a sentence's word pieces, and which of them it speaks for (overlaps are shared out)."""

    sentence: int
    ids: list[int]
    offsets: list[Place]
    words: list[int | None]
    first: int
    last: int


class Encoder:
    """The encoder, loaded; make one with `Encoder.load`."""

    def __init__(
        self, session: InferenceSession, types: InferenceSession, tokenizer: Tokenizer, threads: int = 1
    ) -> None:
        self._threads = threads
        self._session = session
        self._types = types
        self._tokenizer = tokenizer
        self._states: dict[str, list[tuple[_Window, Floats]]] = {}

    @classmethod
    def load(cls, folder: Path = WEIGHTS, threads: int = 0) -> Encoder:
        """Return the encoder, its files compared by hash; loaded once for each folder.

        Args:
            folder: where the weights lie; the files of another folder are not compared.
            threads: cores to use; 0 takes two, or what OMP_NUM_THREADS or the machine allows if fewer.

        Raises:
            RequestError: onnxruntime or tokenizers is not installed, or a file is missing or not the one
                that was released.
        """
        return _load(folder, threads)

    def predict(self, sentences: Sequence[Sentence]) -> list[Prediction]:
        """Return what the encoder says of each sentence; offsets count characters of the document."""
        texts = [_text(sentence) for sentence in sentences]
        return [
            _placed(marked, sentence) for marked, sentence in zip(self.read(texts), sentences, strict=True)
        ]

    def read(self, texts: Sequence[str]) -> list[Prediction]:
        """Return what the encoder says of each sentence given as text; offsets count its characters.

        Their states are kept until the next call, so that asking for types of their events costs little.
        """
        windows = list(self._windows(texts))
        if self._threads > 1 and len(windows) > 1:
            with ThreadPoolExecutor(self._threads) as pool:
                marked = list(pool.map(self._marked, windows))
        else:
            marked = [self._marked(window) for window in windows]
        found: list[list[Marked]] = [[] for _ in texts]
        self._states = {text: [] for text in texts}
        for window, (marks, states) in zip(windows, marked, strict=True):
            found[window.sentence].append(marks)
            self._states[texts[window.sentence]].append((window, states))
        return [_joined(marks) for marks in found]

    def _marked(self, window: _Window) -> tuple[Marked, Floats]:
        """Return a window's marks and states.

        Windows are read one by one: scales of eight-bit numbers are those of a whole batch, so that in a
        batch a sentence would be read a little differently beside others. It costs a tenth of the speed.
        """
        sentence, tokens, states = self._session.run(None, _inputs(window))
        own = (window.first, window.last)
        return marks_of(sentence[0], tokens[0], window.offsets, window.words, own), states[0].astype(
            np.float16
        )

    def type_scores(
        self,
        sentence: Sentence,
        trigger: Place | None = None,
        actors: Sequence[Place] = (),
        targets: Sequence[Place] = (),
    ) -> dict[PloverType, float]:
        """Return how likely each type is for the event at a trigger, between actors and targets.

        All places are characters of the document (``span.start, span.end``); what is not known is left out.
        The chances add up to 1.
        """
        text, start = _text(sentence), sentence.tokens.start_char
        places = np.asarray(sentence.places[start : start + len(text)])

        def inside(place: Place) -> Place:
            return int(np.searchsorted(places, place[0])), int(np.searchsorted(places, place[1]))

        parts = ([trigger] if trigger else [], actors, targets)
        return self.type_of(text, *([inside(place) for place in part] for part in parts))

    def type_of(
        self,
        text: str,
        trigger: Sequence[Place] = (),
        actors: Sequence[Place] = (),
        targets: Sequence[Place] = (),
    ) -> dict[PloverType, float]:
        """Return the same for a sentence given as text, whose characters the places are."""
        parts = (trigger, actors, targets)
        at = min((place[0] for part in parts for place in part), default=0)
        windows = self._states.get(text) or [
            (window, self._marked(window)[1]) for window in self._windows([text])
        ]
        window, states = next(
            (kept for kept in windows if kept[0].offsets[kept[0].last][1] > at), windows[-1]
        )
        inputs = {
            "states": states.astype(np.float32)[None],
            "mask": np.ones((1, len(window.ids)), dtype=np.int64),
            "places": np.stack([_spread(part, window.offsets) for part in parts])[None],
        }
        scores = self._types.run(None, inputs)[0][0]
        chances = np.exp(scores - scores.max())
        return dict(zip(_TYPES, (chances / chances.sum()).tolist(), strict=True))

    def _windows(self, texts: Sequence[str]) -> Iterator[_Window]:
        """Give each sentence's word pieces, in runs of at most 128 that overlap."""
        for number, coded in enumerate(self._tokenizer.encode_batch(list(texts))):
            ids, offsets, words = coded.ids, coded.offsets, coded.word_ids
            inner, room = len(ids) - 2, LONGEST - 2
            starts = [0] if inner <= room else [*range(0, inner - room, room - OVERLAP), inner - room]
            for index, start in enumerate(starts):
                end = min(start + room, inner)
                # An overlap is shared out in its middle.
                first = 1 if index == 0 else 1 + (starts[index - 1] + room - start) // 2
                last = end - start if end == inner else (starts[index + 1] + end) // 2 - start
                inside = slice(start + 1, end + 1)
                yield _Window(
                    number,
                    [ids[0], *ids[inside], ids[-1]],
                    [(0, 0), *offsets[inside], (0, 0)],
                    [None, *words[inside], None],
                    first,
                    last,
                )


@lru_cache(maxsize=2)
def _load(folder: Path, threads: int) -> Encoder:
    try:
        import onnxruntime
        from tokenizers import Tokenizer
    except ImportError as fault:
        raise RequestError(f"the encoder needs {fault.name}, which is not installed; {_INSTALL}") from None
    for name, wanted in SHA256.items():
        file = folder / name
        if not file.is_file():
            raise RequestError(f"the encoder's file {name} is missing; {_INSTALL}")
        if folder == WEIGHTS and hashlib.sha256(file.read_bytes()).hexdigest() != wanted:
            raise RequestError(
                f"the encoder's file {name} is not the released one (its SHA-256 differs); {_INSTALL}"
            )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    how = {"providers": ["CPUExecutionProvider"], "disabled_optimizers": SLOWER}
    sessions = [
        onnxruntime.InferenceSession(str(folder / name), options, **how)
        for name in ("encoder.onnx", "types.onnx")
    ]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return Encoder(sessions[0], sessions[1], tokenizer, threads or _threads())


def _threads() -> int:
    told = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(2, int(told) if told.isdigit() else 2, os.cpu_count() or 1))


def _text(sentence: Sentence) -> str:
    return sentence.doc.text[sentence.tokens.start_char : sentence.tokens.end_char]


def _inputs(window: _Window) -> dict[str, NDArray[np.int64]]:
    ids = np.array([window.ids], dtype=np.int64)
    return {"ids": ids, "mask": np.ones_like(ids)}


def _spread(places: Sequence[Place], offsets: Sequence[Place]) -> NDArray[np.float32]:
    """Return weights that add up to 1 over the word pieces in the places; zeros if there is none."""
    weights = np.array(
        [any(b > a and a < end and b > start for start, end in places) for a, b in offsets], dtype=np.float32
    )
    return weights / max(float(weights.sum()), 1.0)


def _joined(windows: list[Marked]) -> Prediction:
    """Return one sentence's prediction; causes and effects are those of the window that tells them surest."""
    surest = max(windows, key=lambda marked: marked.causal)
    return Prediction(
        causal=surest.causal,
        relations=Late(surest.relations) if surest.causal >= LEAST_CAUSAL else (),
        triggers=tuple(sorted((t for marked in windows for t in marked.triggers), key=lambda t: t.start)),
        cues=tuple(sorted((c for marked in windows for c in marked.cues), key=lambda c: c.start)),
    )


def _placed(prediction: Prediction, sentence: Sentence) -> Prediction:
    """Return the prediction with its places moved from the sentence's text into the document."""
    start, places = sentence.tokens.start_char, sentence.places

    def there(first: int, end: int) -> Place:
        return places[start + first], places[start + end - 1] + 1

    def scored(found: Scored) -> Scored:
        return Scored(*there(found.start, found.end), found.label, found.score)

    def related(found: ScoredRelation) -> ScoredRelation:
        signal = there(*found.signal) if found.signal else None
        return ScoredRelation(there(*found.cause), there(*found.effect), signal, found.score)

    return Prediction(
        prediction.causal,
        Late(lambda: map(related, prediction.relations)),
        tuple(scored(found) for found in prediction.triggers),
        tuple(scored(found) for found in prediction.cues),
    )
