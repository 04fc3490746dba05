"""What a sentence's own grammar says of each word: happened, not, perhaps, to come, or wanted.

Speech is left out here: inside what somebody says the count starts anew, and `attribution` puts the two
together. The words are in ``tables/factuality.yaml`` and ``tables/hedges.yaml``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from shatterbelt.reading.attribution_cues import combined, cues, factuality, hedges
from shatterbelt.reading.statements import Context
from shatterbelt.statements import Manner

if TYPE_CHECKING:
    from spacy.tokens import Token

_NOUNS = frozenset({"NOUN", "PROPN"})
_CLAUSAL = frozenset({"VERB", "AUX"})
_DEFINITE = frozenset({"the", "this", "that", "these", "those"})
_COUNTED = frozenset({"ago", "earlier", "back", "before"})
_LONG = frozenset({"year", "decade", "century", "generation"})
_IF = frozenset({"if", "unless", "provided", "providing"})
_OBJECTS = frozenset({"dobj", "nsubjpass"})
_COMPLEMENTS = frozenset({"xcomp", "ccomp", "acl"})


@dataclass(frozen=True, slots=True)
class State:
    """What grammar says of a word; ``hedge`` is the word that keeps from saying it outright."""

    manner: Manner = "asserted"
    negated: bool = False
    future: bool = False
    supposed: bool = False
    historical: bool = False
    hedge: Token | None = None

    @property
    def contexts(self) -> tuple[Context, ...]:
        """PLOVER's contexts."""
        told = {
            "historical": self.historical,
            "future": self.future,
            "hypothetical": self.supposed,
            "negated": self.negated,
        }
        return tuple(cast(Context, name) for name, holds in told.items() if holds)

    def under(self, sense: str) -> State:
        """Return the state of what stands under a word with this sense."""
        if sense == "future":
            return replace(self, future=True)
        if sense == "intended":
            return replace(self.under("hypothetical"), future=True)
        manner = cast(Manner, sense)
        return replace(
            self,
            manner=combined(self.manner, manner),
            negated=self.negated ^ (sense == "denied"),
            supposed=self.supposed or sense == "hypothetical",
        )


PLAIN = State()
"""Said as it is."""


def states_of(tokens: Sequence[Token], said: Collection[int]) -> dict[int, State]:
    """Return the state of each token by its place; the tokens of ``said`` head what somebody says."""
    kids: dict[int, list[Token]] = {token.i: [] for token in tokens}
    stack: list[tuple[Token, State]] = []
    for token in tokens:
        if token.head.i != token.i and token.head.i in kids:
            kids[token.head.i].append(token)
        else:
            stack.append((token, PLAIN))
    asks = any(token.text == "?" for token in tokens[-2:])
    found: dict[int, State] = {}
    while stack:
        token, given = stack.pop()
        below = kids[token.i]
        if asks and token.dep_ == "ROOT" and token.i not in said:
            given = given.under("hypothetical")
        state = _own(token, below, given)
        found[token.i] = state
        for kid in below:
            stack.append((kid, PLAIN if kid.i in said else _passed(token, kid, state, given)))
    return found


def _own(token: Token, below: Sequence[Token], given: State) -> State:
    """Return a token's state: what it was given, and what its own small words say."""
    if token.pos_ in _CLAUSAL or token.dep_ == "ROOT":
        return _clause(token, below, given)
    if token.pos_ in _NOUNS:
        return _noun(below, given)
    table = factuality()
    sense = table.before_nouns.get(token.lower_) if token.dep_ in {"prep", "mark"} else None
    if sense is not None:
        return given.under(sense)
    if token.lower_ in table.instead and any(kid.lower_ in {"of", "than"} for kid in below):
        return given.under("denied")
    return _hedged(below, given)


def _clause(token: Token, below: Sequence[Token], given: State) -> State:
    """Return a clause's state: opener, then auxiliary, then negation, each inside the one before."""
    table = factuality()
    state = _hedged(below, given)
    opener = next((kid.lower_ for kid in below if kid.dep_ == "mark" and kid.lower_ in table.openers), None)
    if opener is not None:
        state = state.under(table.openers[opener])
    elif _is_inverted(token, below):
        return state.under("hypothetical")
    negated = is_negated(below)
    modal = _modal(token, below)
    if modal and not (negated and modal == "hypothetical" and _says_could(below)):
        state = state.under(modal)
    elif not modal and _is_imperative(token, below):
        state = state.under("demanded")
    if negated:
        state = state.under("denied")
    if any(kid.dep_ == "advmod" and _is_long_ago(kid, token) for kid in below):
        state = replace(state, historical=True)
    return state


def _is_long_ago(word: Token, verb: Token) -> bool:
    """Return whether an adverb puts the clause behind the story: "two years ago", no "two weeks ago"."""
    if word.lower_ not in factuality().historical:
        return False
    if word.lower_ in _COUNTED:
        return any(kid.dep_ == "npadvmod" and kid.lemma_ in _LONG for kid in word.children)
    return word.lower_ != "once" or word.i < verb.i  # "struck once": a single time


def _is_inverted(token: Token, below: Sequence[Token]) -> bool:
    """Return whether a clause supposes by its order: "Should it fail, ...", "Had they agreed, ..."."""
    if token.dep_ not in {"advcl", "ccomp"} or not below or below[0].dep_ not in {"aux", "auxpass"}:
        return False
    return below[0].lower_ in {"should", "had", "were"} and below[0].i == token.left_edge.i


def _modal(token: Token, below: Sequence[Token]) -> str:
    """Return what the auxiliaries say: "would" hypothetical, "must" demanded, "will" future."""
    table = factuality()
    found = [kid for kid in below if kid.dep_ == "aux"]
    sense = next((table.modals[kid.lower_] for kid in found if kid.lower_ in table.modals), "")
    if sense == "demanded" and any(kid.lower_ == "have" for kid in found):
        return "hypothetical"  # "should have acted": it did not, or nobody knows
    said = list(token.head.children) if token.dep_ == "ccomp" else []  # '"If so," she said, "we will go."'
    if sense == "future" and any(_is_condition(kid) for kid in (*below, *said)):
        return "hypothetical"
    return sense


def _is_condition(kid: Token) -> bool:
    if kid.dep_ not in {"advcl", "ccomp"}:
        return False
    below = list(kid.children)
    return (kid.dep_ == "advcl" and any(each.lower_ in _IF for each in below)) or _is_inverted(kid, below)


def _says_could(below: Sequence[Token]) -> bool:
    """Return whether it is "could not", which is that it did not happen."""
    return any(kid.dep_ == "aux" and kid.lower_ == "could" for kid in below)


def is_negated(below: Sequence[Token]) -> bool:
    """Return whether one of the words that hang on a clause's head denies it."""
    table = factuality()
    return any(
        kid.dep_ == "neg"
        or (kid.dep_ in {"advmod", "preconj", "cc"} and kid.lower_ in table.negations)
        or _is_nobody(kid)
        for kid in below
    )


def _is_nobody(kid: Token) -> bool:
    negations = factuality().negations
    return kid.dep_ in {"nsubj", "nsubjpass", "dobj", "attr"} and (
        kid.lower_ in negations
        or any(each.dep_ in {"det", "neg"} and each.lower_ in negations for each in kid.children)
    )


def _is_imperative(token: Token, below: Sequence[Token]) -> bool:
    if token.tag_ != "VB" or token.dep_ != "ROOT":
        return False
    return not any(kid.dep_ in {"nsubj", "nsubjpass", "aux", "expl", "csubj", "ccomp"} for kid in below)


def _noun(below: Sequence[Token], given: State) -> State:
    table = factuality()
    state = given
    for kid in below:
        if kid.dep_ in {"amod", "compound"} and kid.lower_ in table.adjectives:
            state = state.under(table.adjectives[kid.lower_])
            state = (
                state if state.hedge or kid.lower_ not in hedges().adjectives else replace(state, hedge=kid)
            )
        elif kid.dep_ in {"amod", "compound"} and hyphenated(kid) in cues().doubting:
            state = state.under("doubted")
        elif kid.dep_ in {"det", "neg"} and kid.lower_ in table.negations and not state.negated:
            state = state.under("denied")
    return state


def hyphenated(token: Token) -> str:
    """Return a word with what a hyphen joins before it: "so-called"."""
    if token.i < 2 or token.nbor(-1).text != "-":
        return token.lower_
    before = token.nbor(-2)
    return f"{before.lower_}-{token.lower_}"


def _hedged(below: Sequence[Token], given: State) -> State:
    table = hedges()
    for kid in below:
        if (kid.dep_ == "aux" and kid.lower_ in table.modals) or (
            kid.dep_ in {"advmod", "dep"} and kid.lower_ in table.adverbs
        ):
            return replace(given, hedge=kid)
        if kid.dep_ == "acomp" and kid.lower_ in table.adjectives:
            return replace(given, hedge=kid)
    return given


def _passed(token: Token, kid: Token, state: State, given: State) -> State:
    """Return what a token hands down to one that hangs on it."""
    kind = kid.dep_
    if kind in {"relcl", "parataxis"}:
        return PLAIN
    if kind == "conj":
        return _to_conjunct(token, kid, state, given)
    if kind == "advcl":
        return _to_adverbial(kid, state)
    if kind in _COMPLEMENTS:
        return _governed(token, kid, state)
    if kid.pos_ in _NOUNS:
        return _to_noun(token, kid, state)
    return _through(token, kid, state) if kind == "prep" else state


def _to_adverbial(kid: Token, state: State) -> State:
    """Return the state of "because it rained" (its own), "to win time" (hoped for), "leaving it open"."""
    if any(each.dep_ in {"nsubj", "nsubjpass", "expl"} for each in kid.children):
        return PLAIN
    is_purpose = any(each.dep_ == "aux" and each.lower_ == "to" for each in kid.children)
    return state.under("hypothetical") if is_purpose else state


def _to_conjunct(token: Token, kid: Token, state: State, given: State) -> State:
    own_subject = any(each.dep_ in {"nsubj", "nsubjpass", "expl"} for each in kid.children)
    own_modal = any(each.dep_ == "aux" and each.tag_ == "MD" for each in kid.children)
    but = any(each.dep_ == "cc" and each.lower_ == "but" for each in token.children)
    finite = kid.tag_ in {"VBD", "VBZ", "VBP"} and token.tag_ not in {"VBD", "VBZ", "VBP"}
    return given if own_subject or own_modal or but or finite else state


def _governed(token: Token, kid: Token, state: State) -> State:
    """Return the state of an infinitive, a gerund or a clause under what governs it."""
    table = factuality()
    state = state if state.hedge or token.lemma_ not in hedges().verbs else replace(state, hedge=token)
    infinitive = any(each.dep_ == "aux" and each.lower_ == "to" for each in kid.children)
    if not infinitive and not _is_wished_done(token, kid) and (kid.dep_ == "ccomp" or kid.tag_ != "VBG"):
        return state
    sense = table.governors.get(token.lemma_.lower()) or table.governors.get(token.lower_)
    for each in token.children:  # "is likely to", "was unable to"
        if each.dep_ == "acomp" and each.lower_ in table.governors:
            sense = table.governors[each.lower_]
    return state if sense is None else state.under(sense)


def _is_wished_done(token: Token, kid: Token) -> bool:
    """Return whether a participle tells what is wanted: "wants the charges dropped"."""
    return (
        kid.tag_ == "VBN"
        and token.lemma_ in {"want", "need", "wish", "like"}
        and not any(each.dep_ in {"aux", "auxpass"} for each in kid.children)
    )


def _to_noun(token: Token, kid: Token, state: State) -> State:
    table = factuality()
    definite = kid.pos_ == "PROPN" or any(
        (each.dep_ == "det" and each.lower_ in _DEFINITE) or each.dep_ == "poss" for each in kid.children
    )
    if definite and state.manner != "asserted" and not any(each.lower_ == "of" for each in kid.children):
        state = PLAIN
    sense = None
    if kid.dep_ in _OBJECTS and token.pos_ in _CLAUSAL:
        sense = table.objects.get(token.lemma_)
    if sense is not None and (sense == "denied" or not definite):
        state = state.under(sense)
    return state


def _through(token: Token, kid: Token, state: State) -> State:
    table = factuality()
    sense = None
    if token.pos_ == "NOUN" and kid.lower_ in {"of", "for", "to"}:
        sense = table.of_nouns.get(token.lemma_)
    elif kid.lower_ == "from" and (token.lemma_ in table.kept_from or token.head.lemma_ in table.kept_from):
        sense = "denied"
    return state if sense is None else state.under(sense)
