"""How many and how much: "at least 300", "more than two dozen", "between 3 and 5 per cent", with bounds.

Words that leave a number open give bounds: "about" a tenth to either side, "nearly" a tenth below, "dozens"
24 to 200, "hundreds" 200 to 2,000, "thousands" 2,000 to 20,000, "tens of thousands" 20,000 to 100,000.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.statements import Magnitude

if TYPE_CHECKING:
    from spacy.tokens import Token

ONES = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
"""Numbers below twenty."""
_UNITS = ONES | {
    word: 10 * number
    for number, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
}
_SCALES = {"dozen": 12.0, "hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_OPEN = {
    "dozens": (24.0, 200.0),
    "scores": (40.0, 200.0),
    "hundreds": (200.0, 2e3),
    "thousands": (2e3, 2e4),
    "millions": (2e6, 2e7),
    "tens of thousands": (2e4, 1e5),
    "hundreds of thousands": (2e5, 1e6),
    "tens of millions": (2e7, 1e8),
    "hundreds of millions": (2e8, 1e9),
}
_LEAST = (
    "at least|no fewer than|no less than|more than|over|above|upwards of|in excess of|well over|not less than"
)
_MOST = "at most|up to|as many as|as much as|fewer than|less than|under|below|no more than|not more than"
_NEARLY = "nearly|almost|close to|just under|just over"
_ABOUT = "about|around|some|roughly|approximately|an estimated|estimated|circa"

_WORD = rf"(?:{'|'.join(_UNITS)})(?:-(?:{'|'.join(_UNITS)}))?"
_BIG = "dozen|hundred|thousand|million|billion|trillion|m|bn"
_PLAIN = rf"(?:[$€£] ?)?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?|half a|an?(?= (?:{_BIG})\b)|{_WORD}"
_NUMBER = rf"(?:{_PLAIN})(?:[ -](?:{_BIG}))*"
_FOUND = re.compile(
    rf"(?<![\w.,$€£-])(?:(?P<bound>{_LEAST}|{_MOST}|{_NEARLY}|{_ABOUT}) )?"
    rf"(?:(?P<open>{'|'.join(sorted(_OPEN, key=len, reverse=True))})"
    rf"|(?:between |from )?(?P<low>{_NUMBER})(?P<mid> ?%| per ?cent)?"
    rf"(?: and | to |(?<=\d) ?- ?(?=[\d$€£]))(?P<high>{_NUMBER})|(?P<one>{_NUMBER}))"
    r"(?P<unit> ?%| per ?cent| percentage points?| dollars| euros| roubles| rubles)?(?![\w-])",
    re.IGNORECASE,
)
_BARE_YEAR = re.compile(r"(?:19|20)\d\d")
_NOT_COUNTED = frozenset({"DATE", "TIME", "ORDINAL"})


@dataclass(frozen=True, slots=True)
class Counted:
    """A number as told: its tokens, its bounds and the noun that it counts."""

    first: Token
    last: Token
    low: float | None
    high: float | None
    what: str


def counted(sentence: Sentence) -> list[Counted]:
    """Return the numbers of a sentence, dates and years left out."""
    text, start = sentence.tokens.text, sentence.tokens.start_char
    found: list[Counted] = []
    for match in _FOUND.finditer(text):
        tokens = sentence.doc.char_span(start + match.start(), start + match.end(), alignment_mode="expand")
        if tokens is None or not _is_amount(match, tokens[-1]):
            continue
        low, high = _bounds(match)
        unit = (match["unit"] or match["mid"] or "").strip()
        what = _what(tokens[-1], tokens[0], match[0], unit)
        if what or match["open"] or unit:
            found.append(Counted(tokens[0], tokens[-1], low, high, what))
    return found


def magnitudes_of(
    clause: Token, trigger: Token, numbers: list[Counted], sentence: Sentence
) -> tuple[Magnitude, ...]:
    """Return the numbers that stand in an event's own clause or hang on its noun."""
    own = [
        number
        for number in numbers
        if _verb_over(number.first) in {clause.i, trigger.i}
        or (trigger in number.last.ancestors and _verb_over(number.first) == _verb_over(trigger))
    ]
    return tuple(
        Magnitude(
            low=number.low, high=number.high, what=number.what, span=sentence.place(number.first, number.last)
        )
        for number in own
    )


def _verb_over(token: Token) -> int:
    for above in token.ancestors:
        if above.pos_ in {"VERB", "AUX"} and above.dep_ not in {"amod", "acl"}:
            return int(above.i)
    return -1


def _is_amount(match: re.Match[str], token: Token) -> bool:
    words = match["one"] or ""
    if words and not match["bound"] and not match["unit"]:
        if _BARE_YEAR.fullmatch(words) and not (token.dep_ == "nummod" and token.head.tag_ == "NNS"):
            return False
        if words.lower() in {"one", "a", "an"}:
            return False
    return token.ent_type_ not in _NOT_COUNTED


def _bounds(match: re.Match[str]) -> tuple[float | None, float | None]:
    bound = (match["bound"] or "").lower()
    if match["open"]:
        low, high = _OPEN[match["open"].lower()]
        return (low, None) if re.fullmatch(_LEAST, bound) else (low, high)
    if match["low"]:
        low, high = _value(match["low"]), _value(match["high"])
        if low < high and not re.search("[a-z]", match["low"].lower()):
            scale = next((_SCALES[word] for word in _SCALES if word in match["high"].lower()), 1.0)
            low *= scale
        return low, high
    value = _value(match["one"])
    if re.fullmatch(_LEAST, bound):
        return value, None
    if re.fullmatch(_MOST, bound):
        return None, value
    if bound == "just over":
        return value, round(1.1 * value, 6)
    if re.fullmatch(_NEARLY, bound):
        return round(0.9 * value, 6), value
    return (round(0.9 * value, 6), round(1.1 * value, 6)) if bound else (value, value)


def _value(words: str) -> float:
    """Return the number that words or digits tell: "two dozen", "1.5 billion", "twenty-five thousand"."""
    value = 0.0
    for word in re.split(r"[ -]+", words.lower().lstrip("$€£ ")):
        if re.fullmatch(r"[\d,.]+", word):
            value += float(word.replace(",", "").rstrip("."))
        elif word in _UNITS:
            value += _UNITS[word]
        elif word == "half":
            value += 0.5
        elif word in _SCALES or word in {"m", "bn"}:
            value = (value or 1.0) * {"m": 1e6, "bn": 1e9}.get(word, _SCALES.get(word, 1.0))
        elif word in {"a", "an"} and not value:
            value = 0.0
    return value


def _what(last: Token, first: Token, words: str, unit: str) -> str:
    """Return what is counted: the noun that the number stands before, or the unit."""
    if unit:
        return "per cent" if unit.replace(" ", "") in {"%", "percent"} else unit
    if words.lstrip()[:1] in "$€£" or re.search("[$€£]", words):
        return {"$": "dollars", "€": "euros", "£": "pounds"}[re.search("[$€£]", words)[0]]  # type: ignore[index]  # searched just before
    for token in (last, first):
        if token.dep_ in {"nummod", "quantmod", "amod", "det", "compound"}:
            head = token.head if token.dep_ != "quantmod" else token.head.head
            if head.pos_ in {"NOUN", "PROPN"} and head.i > last.i:
                return str(head.text)
    for prep in last.children:
        if prep.dep_ == "prep" and prep.lower_ == "of":
            return next((noun.text for noun in prep.children if noun.dep_ == "pobj"), "")
    return "persons" if last.dep_ in {"dobj", "nsubj", "nsubjpass", "pobj"} and last.pos_ == "NUM" else ""
