"""The claims, quantities and aims of a draft case, told in words of our own."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from shatterbelt.api.draft_words import (
    LONGEST,
    Copied,
    actor_entry,
    moves,
    pushes,
    quantity_words,
    same_words,
    short,
    slug,
    unique,
)
from shatterbelt.errors import DocumentError
from shatterbelt.reading.statements import Aim, Claim, Statement

if TYPE_CHECKING:
    from shatterbelt.api.reading import ReadResult
    from shatterbelt.statements import Sign

CREDIBILITY = 6
"""Admiralty: cannot be judged, as long as nobody has."""
_NO_CLAIM = {"denied": "claims that the document denies", "demanded": "claims that are demands"}
_VERBS = {
    "asserted": "says",
    "reported": "is reported to say",
    "doubted": "is said, with doubt, to hold",
    "denied": "denies",
    "hypothetical": "supposes",
    "demanded": "demands",
}
_NAMES = {"+": "raises", "-": "lowers", "unknown": "moves"}
_WANTS = {
    "want": "wants",
    "demand": "demands",
    "condition": "makes a condition of",
    "threat": "threatens",
    "promise": "promises",
}
_WAYS = {"up": "to go up", "down": "to go down", "at": "to stand at a value", "unknown": "to change"}


class DraftStatements:
    """Claims between proposed quantities, and aims by actor; what was left out is counted with why."""

    def __init__(self, result: ReadResult, taken: set[str]) -> None:
        self.left_out: Counter[str] = Counter()
        self.quantities: dict[str, Any] = {}
        self.claims: list[dict[str, Any]] = []
        self.aims: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._documents = result.by_id
        self._copied = Copied(document.text.characters for document in result.reading.documents)
        self._taken = set(taken)
        self._ids: set[str] = set()
        self._by_words: dict[str, str] = {}
        self._same: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._told: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for claim in (one for one in result.statements if isinstance(one, Claim)):
            self._claim(claim)
        for aim in (one for one in result.statements if isinstance(one, Aim)):
            self._aim(aim)

    def told_by(self, document: str) -> tuple[list[str], list[str]]:
        """Return the ids of a document's claims, and apart from them those that contradict one of these."""
        told: dict[tuple[str, str], str] = {}
        plain: list[str] = []
        otherwise: list[str] = []
        for claim in self._told[document]:
            pair = claim["cause"], claim["effect"]
            known = told.setdefault(pair, claim["sign"]) if claim["sign"] != "unknown" else claim["sign"]
            (plain if known == claim["sign"] else otherwise).append(claim["id"])
        return list(dict.fromkeys(plain)), list(dict.fromkeys(otherwise))

    # ------------------------------------------------------------------- claims

    def _claim(self, one: Claim) -> None:
        cause, effect = quantity_words(one.cause_quantity), quantity_words(one.effect_quantity)
        why = self._why_not(one, cause, effect)
        evidence = None if why else self._evidence(one, "")
        if evidence is None:
            self.left_out[why or "statements whose quote cannot be anchored"] += 1
            return
        names = self._quantity(cause), self._quantity(effect)
        evidence["paraphrase"] = f"{_speaks(one)} that {self._moved(cause, effect, one.sign)}"
        key = (*names, one.sign)
        if key not in self._same:
            self._same[key] = self._new_claim(one, names, (cause, effect))
            self.claims.append(self._same[key])
        self._same[key]["evidence"].append(evidence)
        self._told[one.document].append(self._same[key])

    def _why_not(self, one: Claim, cause: str, effect: str) -> str:
        """Return why a claim does not go into the draft; empty where it does."""
        if one.relation != "cause":
            return f"claims of {one.relation}, not of cause"
        if one.manner in _NO_CLAIM:
            return _NO_CLAIM[one.manner]
        if not (cause and effect):
            return "claims whose cause or effect names no quantity"
        if same_words(cause) == same_words(effect):
            return "claims whose cause and effect have one name"
        return ""

    def _new_claim(self, one: Claim, names: tuple[str, str], words: tuple[str, str]) -> dict[str, Any]:
        verb = _NAMES[one.sign]
        name = unique(slug(f"{names[0][:24]}_{verb}_{names[1][:24]}", "claim"), self._ids)
        title = self._moved(*words, one.sign)
        return {
            "id": name,
            "title": title[0].upper() + title[1:],
            "cause": names[0],
            "effect": names[1],
            "sign": one.sign,
            "reviewed": "no",
            "evidence": [],
        }

    def _moved(self, cause: str, effect: str, sign: Sign) -> str:
        """Return what a claim says, in words that are ours but for the names of the quantities."""
        way = {"+": "up", "-": "down", "unknown": "which way is not said"}[sign]
        if sign == "unknown":
            text = f"{cause} {moves(cause)} {effect}, {way}"
        else:
            text = f"{cause} {pushes(cause)} {effect} {way}"
        return (
            f"{cause}, taken as the cause, moves its effect, {effect} ({way})"
            if text in self._copied
            else text
        )

    def _quantity(self, words: str) -> str:
        """Return the name of the quantity that these words name; the same words are one quantity."""
        key = same_words(words)
        if key not in self._by_words:
            name = unique(slug(words, "quantity"), self._taken)
            self._by_words[key] = name
            self.quantities[name] = {
                "kind": "level",
                "title": (words[0].upper() + words[1:]).ljust(3, "."),
                "unit": "dimensionless",
                "about": "Proposed from words of the documents; its numbers stand in for yours.",
                "usual": 0.0,
                "swing": 1.0,
                "half_life": 12,
                "noise": 0.1,
            }
        return self._by_words[key]

    # ------------------------------------------------------------------- aims

    def _aim(self, one: Aim) -> None:
        code = one.actor.actor
        words = quantity_words(one.quantity)
        wanted = f"{words} {_WAYS[one.direction]}" if words else "what the quoted passage says"
        name = actor_entry(code)["name"] if code else "Somebody"
        about = f"{name} {_WANTS[one.form]} {wanted}"
        if about in self._copied:
            about = f"{name} (a {one.form}, in the words of this draft): {wanted}"
        evidence = self._evidence(one, about)
        if not code or one.manner == "denied" or evidence is None:
            self.left_out["aims that are denied" if code and evidence else "aims without a known actor"] += 1
            return
        quantity = self._by_words.get(same_words(words), "") if words else ""
        self.aims[code].append(
            {
                "about": about,
                "form": one.form,
                **({"quantity": quantity, "direction": one.direction} if quantity else {}),
                "reviewed": "no",
                "evidence": [evidence],
            }
        )

    # ------------------------------------------------------------------- evidence

    def _evidence(self, one: Statement, paraphrase: str) -> dict[str, Any] | None:
        """Return a quote with what was read of it; None where the span cuts a word or has none."""
        from shatterbelt.documents import make_quote

        document = self._documents[one.document]
        for span in (one.quote, one.sentence):
            try:
                quote = make_quote(document.id, document.text, span.start, span.end)
                break
            except DocumentError:
                continue
        else:
            return None
        return {
            "quote": dict(quote),
            "says_who": _who(one),
            "manner": one.manner,
            "credibility": CREDIBILITY,
            "reading": one.reading,
            "paraphrase": paraphrase,
        }


def _who(one: Statement) -> str:
    """Return who says it: the innermost speaker first, then through whom we have it."""
    names = [short(said.source.name, LONGEST - 1) or "somebody unnamed" for said in one.says_who]
    return ", told by ".join(reversed(names)) or "the author"


def _speaks(one: Statement) -> str:
    """Return the speaker with the verb of the manner, as the beginning of a sentence."""
    name = _who(one).split(", told by ")[0]
    verb = "says" if one.manner == "reported" else _VERBS[one.manner]
    return f"{name[0].upper()}{name[1:]} {verb}"
