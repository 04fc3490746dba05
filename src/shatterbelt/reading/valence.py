"""What a phrase names as a quantity, and which way it says that the quantity moves."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_phrases import child, is_passive, is_people, negated
from shatterbelt.reading.claim_words import follow, table
from shatterbelt.statements import Sign

if TYPE_CHECKING:
    from spacy.tokens import Token

MAX_WORDS = 7
"""A quantity's name is cut after so many words."""

_KEPT = frozenset({"compound", "amod", "nmod", "poss", "case"})
_OWN_DOING = frozenset({"refusal", "denial", "failure", "withdrawal", "return"})
_BECOMING = frozenset({"become", "grow", "get", "turn", "stay"})
_VERBAL = frozenset({"VERB", "AUX"})
_OPPOSITE: dict[Sign, Sign] = {"+": "-", "-": "+", "unknown": "unknown"}


@dataclass(frozen=True, slots=True)
class Valence:
    """A quantity's name (empty: none to be named), its change where told, and its part in a claim's sign.

    ``factor`` is the change, or "+" where the quantity's mere presence is what is told of.
    """

    quantity: str = ""
    change: Sign = "unknown"
    factor: Sign = "unknown"


@dataclass(frozen=True)
class Table:
    """``valence.yaml`` as lookups by lemma; the change is up, down, worse, better or neutral."""

    moves: dict[str, str]
    move_others: dict[str, str]
    phrasal: dict[str, list[tuple[tuple[str, ...], str, bool]]]
    nouns: dict[str, str]
    adjectives: dict[str, str]
    states: dict[str, str]
    happenings: dict[str, str]
    sets: dict[str, frozenset[str]]


@functools.cache
def valences() -> Table:
    """Return the table of valence."""
    raw = table("valence.yaml")
    phrasal: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
    for kind in ("moves", "move_others"):
        for change, members in raw[kind].items():
            for first, *rest in (member.split() for member in members):
                if rest:
                    phrasal.setdefault(first, []).append((tuple(rest), change, kind == "move_others"))
    return Table(
        moves=_by_word(raw["moves"]),
        move_others=_by_word(raw["move_others"]),
        phrasal=phrasal,
        nouns=_by_word(raw["nouns"]),
        adjectives=_by_word(raw["adjectives"]),
        states=_by_word(raw["states"]),
        happenings=raw["happenings"],
        sets={
            key: frozenset(raw[key])
            for key in ("bad", "good", "turning", "carrying", "vague", "barriers", "acts")
        },
    )


def _by_word(groups: dict[str, list[str]]) -> dict[str, str]:
    return {word: change for change, members in groups.items() for word in members}


def times(*signs: Sign) -> Sign:
    """Multiply signs; unknown stays unknown."""
    if "unknown" in signs:
        return "unknown"
    return "-" if sum(sign == "-" for sign in signs) % 2 else "+"


def valence_of(head: Token, *, acts: bool = False) -> Valence:
    """Return the quantity that a noun phrase or a clause names, and its change.

    Where ``acts`` is set, a clause that tells of an act such as closing or banning is more of the act
    ("closures of pits"), not less of what it was done to.
    """
    if acts and head.pos_ in _VERBAL and head.lemma_.lower() in valences().sets["acts"]:
        return _of_happening(head, no=negated(head) is not None)
    if head.pos_ in _VERBAL:
        return _of_clause(head)
    if head.tag_ == "VBG" and child(head, "dobj") is not None:
        return _of_clause(head)
    return _of_noun(head)


def turned(change: str, noun: Token) -> Sign:
    """Return the sign of a change done to a noun: to worsen a bad thing is more of it."""
    if change in {"up", "dear"}:
        return "+"
    if change == "down":
        return "-"
    if change == "lift":
        return "-" if noun.lemma_.lower() in valences().sets["barriers"] else "+"
    quality = _quality(noun)
    if change == "neutral" or not quality:
        return "unknown"
    return "+" if (change == "worse") == (quality == "bad") else "-"


def _quality(noun: Token) -> str:
    known = valences()
    for word in (noun, *(t for t in noun.children if t.dep_ == "compound")):
        lemma = word.lemma_.lower()
        if lemma in known.sets["bad"]:
            return "bad"
        if lemma in known.sets["good"]:
            return "good"
    return ""


# --------------------------------------------------------------------------- noun phrases


def _of_noun(head: Token, depth: int = 0) -> Valence:
    known = valences()
    lemma = head.lemma_.lower()
    change = known.nouns.get(lemma)
    if change is not None and depth < 4:
        inner = _inside(head)
        if inner is not None:
            return _nested(head, change, inner, depth)
        if change != "bare" and any(t.dep_ == "compound" for t in head.children):
            compounds = [t for t in head.children if t.dep_ == "compound"]
            sign = turned(change, compounds[-1])
            return Valence(_join(compounds_of(head)), sign, sign)
    signs = [
        turned(known.adjectives[word], head)
        for t in _modifiers(head)
        if (word := _adjective(t)) in known.adjectives
    ]
    quantity = quantity_name(head)
    if any(t.dep_ == "det" and t.lower_ in {"no", "neither"} for t in head.children):
        return Valence(quantity, "-", "-")
    if signs:
        told: Sign = signs[0] if len(set(signs)) == 1 else "unknown"
        return Valence(quantity, told, told)
    if lemma in known.sets["vague"] or head.pos_ in {"PRON", "DET"}:
        return Valence(quantity if head.pos_ == "NOUN" else "")
    return Valence(quantity, "unknown", "+" if _common(head) else "unknown")


def _common(head: Token) -> bool:
    return head.pos_ == "NOUN" or (head.pos_ == "PROPN" and not head.ent_type_ and head.i == head.sent.start)


def _nested(head: Token, change: str, inner: Token, depth: int) -> Valence:
    """Read "a fall in rising prices" from outside in."""
    below = _of_noun(inner, depth + 1) if inner.pos_ not in _VERBAL else _of_clause(inner)
    if change == "bare":
        own = [known for t in _modifiers(head) if (known := valences().adjectives.get(_adjective(t)))]
        sign = turned(own[0], inner) if len(own) == 1 else below.change
        return Valence(below.quantity, sign, sign if sign != "unknown" else below.factor)
    sign = turned(change, inner)
    if below.change != "unknown":
        sign = times(sign, below.change)
    return Valence(below.quantity, sign, sign)


def _inside(head: Token) -> Token | None:
    """Return the noun that a word of change is said of: "fall in wages", "wages' fall"."""
    for preposition in ("of", "in", "to", "on", "for"):
        for t in head.children:
            if t.dep_ == "prep" and t.lower_ == preposition and t.i > head.i:
                inner = child(t, "pobj", "pcomp")
                if (
                    inner is not None
                    and not _is_time(inner)
                    and not (head.lemma_ in _OWN_DOING and is_people(inner))
                ):
                    return inner
    owner = child(head, "poss")
    if owner is not None and owner.pos_ == "NOUN" and not is_people(owner):
        return owner
    return None


def _is_time(noun: Token) -> bool:
    if noun.ent_type_ in {"DATE", "TIME"}:
        return True
    return noun.ent_type_ in {"PERCENT", "CARDINAL", "GPE"} and noun.pos_ != "NOUN"


def _modifiers(head: Token) -> list[Token]:
    found = [t for t in head.children if t.dep_ in {"amod", "compound", "nmod", "advmod"} and t.i < head.i]
    return found + [c for t in found for c in t.conjuncts if c.i < head.i]


def _adjective(token: Token) -> str:
    lower: str = token.lower_
    if lower in valences().adjectives:
        return lower
    if token.tag_ not in {"JJR", "JJS"}:
        return lower
    plain = (token.lemma_.lower(), lower.removesuffix("er"), lower.removesuffix("r"))
    return str(next((word for word in plain if word in valences().adjectives), plain[0]))


def compounds_of(head: Token) -> list[Token]:
    """Return the words of a compound before its head, such as gas price in "the gas price hike"."""
    first = min((t.left_edge.i for t in head.children if t.dep_ == "compound"), default=head.i)
    return [t for t in head.doc[first : head.i] if t.pos_ in {"NOUN", "PROPN", "ADJ", "VERB"}]


def quantity_name(head: Token) -> str:
    """Return a short name in lower case: the noun with what tells its kind, without words of change."""
    known = valences()
    before = [
        t
        for child_ in head.children
        if child_.i < head.i and child_.dep_ in _KEPT and _adjective(child_) not in known.adjectives
        for t in child_.subtree
        if (t.dep_ not in {"det", "punct", "cc"} and t.pos_ not in {"DET", "PRON", "NUM", "PUNCT"})
        or t.tag_ == "HYPH"
    ]
    after: list[Token] = []
    for t in head.children:
        if (
            t.dep_ == "prep"
            and t.i > head.i
            and t.lower_ in {"of", "in", "for", "on", "to", "against", "between"}
        ):
            inner = child(t, "pobj")
            if inner is not None and len(after) < 1 and inner.ent_type_ != "DATE":
                after = [t, *_short(inner)]
    return _join([*before, head, *after])


def _short(noun: Token) -> list[Token]:
    return [
        t
        for t in noun.subtree
        if (t.i <= noun.i and t.pos_ not in {"DET", "PRON", "PUNCT", "NUM"}) or t.i == noun.i
    ]


def _join(tokens: list[Token]) -> str:
    ordered = sorted(set(tokens), key=lambda t: t.i)[:MAX_WORDS]
    text = ""
    for token in ordered:
        glued = text.endswith("-") or token.tag_ in {"HYPH", "POS"}
        text += ("" if glued or not text else " ") + token.lower_
    return text.strip(" '\"-")


# --------------------------------------------------------------------------- clauses


def _of_clause(verb: Token, depth: int = 0) -> Valence:
    known = valences()
    lemma = verb.lemma_.lower()
    no = (negated(verb) is not None and verb.dep_ != "xcomp") or any(t.dep_ == "neg" for t in verb.children)
    below = child(verb, "xcomp")
    if (
        below is not None
        and below.pos_ in _VERBAL
        and depth < 4
        and lemma in known.sets["turning"] | known.sets["carrying"]
    ):
        inner = _of_clause_with(below, verb, depth)
        turns = (lemma in known.sets["turning"]) != no
        return (
            inner
            if not turns
            else Valence(inner.quantity, times("-", inner.factor), times("-", inner.factor))
        )
    moved = _moved(verb)
    if moved is not None:
        change, noun = moved
        sign: Sign = "unknown" if no else turned(change, noun)
        below_ = _of_noun(noun)
        if below_.change != "unknown":
            sign = times(sign, below_.change)
        return Valence(below_.quantity, sign, sign)
    if lemma == "be" or verb.pos_ == "AUX" or (lemma in _BECOMING and child(verb, "acomp") is not None):
        return _of_state(verb, no=no)
    return _of_happening(verb, no=no)


def _of_clause_with(verb: Token, above: Token, depth: int) -> Valence:
    """Read an infinitive whose subject stands at the verb above it."""
    change = valences().moves.get(verb.lemma_.lower())
    subject = child(above, "nsubj", "nsubjpass")
    if change is not None and subject is not None and child(verb, "dobj") is None:
        sign = turned(change, subject)
        return Valence(_of_noun(subject).quantity, sign, sign)
    return _of_clause(verb, depth + 1)


def _moved(verb: Token) -> tuple[str, Token] | None:
    """Return how a verb of change moves what: its object, or in the passive or without object its subject."""
    known = valences()
    subject, direct = child(verb, "nsubjpass", "nsubj"), child(verb, "dobj")
    passive = is_passive(verb)
    if passive and subject is None and verb.dep_ in {"acl", "relcl"}:
        subject = verb.head
    lemma = verb.lemma_.lower()
    for rest, change, others in sorted(known.phrasal.get(lemma, ()), key=lambda row: -len(row[0])):
        found = follow(verb, rest)
        if found is None:
            continue
        last = child(found[-1], "pobj") if found[-1].dep_ == "prep" else None
        target = last or (subject if passive or not others else direct)
        if target is not None and target not in found:
            return change, target
    if passive or direct is not None:
        target = subject if passive else direct
        if lemma in known.move_others and target is not None:
            return known.move_others[lemma], target
    elif subject is not None and lemma in known.moves:
        return known.moves[lemma], subject
    return None


def _of_state(verb: Token, *, no: bool) -> Valence:
    subject, state = child(verb, "nsubj", "nsubjpass"), child(verb, "acomp", "attr")
    if subject is not None and state is None and subject.lower_ != "there":
        return _plain_clause(verb, subject, None, no=no)
    if subject is None or state is None or subject.lower_ == "there":
        return _of_noun(state) if state is not None and state.pos_ == "NOUN" and not no else Valence()
    change = state_of(state) if state.pos_ == "ADJ" else ""
    if not change:
        return _plain_clause(verb, subject, state, no=no)
    noun = _of_noun(subject)
    return Valence(noun.quantity, *(("unknown",) * 2 if no else (turned(change, subject),) * 2))


def state_of(adjective: Token) -> str:
    """Return the change that an adjective tells of what it is said of: "is high", "made it impossible"."""
    known = valences()
    word = _adjective(adjective)
    return known.adjectives.get(word) or known.states.get(word, "")


def _plain_clause(verb: Token, subject: Token, rest: Token | None, *, no: bool) -> Valence:
    """Name a clause by its own few words; that it is so is what counts."""
    if subject.pos_ != "NOUN" or subject.lemma_.lower() in valences().sets["vague"]:
        return Valence("", "-" if no else "unknown", "-" if no else "+")
    words = [*_core(subject), verb, *(_core(rest) if rest is not None else ())]
    name = _join([t for t in words if t.lemma_ != "be"])
    return Valence(name, "-" if no else "unknown", "-" if no else "+")


def _where(verb: Token) -> str:
    """Name a verb with the noun after its preposition: "return to work"."""
    step = next((t for t in verb.children if t.dep_ == "prep" and t.i > verb.i), None)
    noun = child(step, "pobj") if step is not None else None
    return (
        _join([verb, step, *_core(noun)])
        if step is not None and noun is not None and noun.pos_ == "NOUN"
        else ""
    )


def _core(noun: Token) -> list[Token]:
    kept = [t for t in noun.children if t.dep_ in {"compound", "amod"} and t.i < noun.i]
    return [*kept, noun]


def _of_happening(verb: Token, *, no: bool) -> Valence:
    """Name what happened: by the verb's own noun, or as in "appeal rejected"."""
    known = valences()
    subject, direct = child(verb, "nsubj", "nsubjpass"), child(verb, "dobj")
    done_to = subject if is_passive(verb) else direct
    change: Sign = "-" if no else "unknown"
    factor: Sign = "-" if no else "+"
    noun = known.happenings.get(verb.lemma_.lower())
    if noun is not None:
        of = f" of {_of_noun(done_to).quantity}" if done_to is not None and done_to.pos_ == "NOUN" else ""
        return Valence(" ".join((noun + of).split()[:MAX_WORDS]), change, factor)
    if done_to is not None and done_to == subject and done_to.pos_ == "NOUN":
        return Valence(f"{_of_noun(done_to).quantity} {verb.lower_}".strip(), change, factor)
    if subject is None or subject.pos_ != "NOUN":
        below = child(verb, "dobj")
        name = _join([verb, *_core(below)]) if below is not None and below.pos_ == "NOUN" else _where(verb)
        return Valence(name, change, factor)
    return _plain_clause(verb, subject, direct, no=no)


def opposite(sign: Sign) -> Sign:
    """Return the other sign; unknown stays unknown."""
    return _OPPOSITE[sign]
