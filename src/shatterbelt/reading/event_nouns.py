"""Nouns as events: "the arrest of", "a new round of sanctions", "air strikes on", told from their likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shatterbelt.reading.event_frames import frame_of, inner_noun
from shatterbelt.reading.event_kinds import Kinds
from shatterbelt.reading.event_tables import NounRow, word_list
from shatterbelt.reading.event_verbs import PERSONAL, Act, parties_inside

if TYPE_CHECKING:
    from spacy.tokens import Token

_BY = frozenset({"by"})
_OF = frozenset({"of"})
_BETWEEN = frozenset({"between", "among"})
_BEHIND = frozenset({"of", "on", "in", "against", "from", "by", "to", "for", "at"})
_WHENCE = {
    "withdrawal": frozenset({"from"}),
    "investigation": frozenset({"into"}),
    "resignation": frozenset({"from"}),
    "aid": frozenset({"for"}),
    "asylum": frozenset({"for"}),
}
"""Further prepositions that lead to the target, by the noun's kind."""
_SENT = word_list("sent")
"""Kinds of what comes "from" somebody."""
_OWN = word_list("own")
_CALLS = frozenset({"call", "appeal", "plea", "request", "petition", "demand"})
_SAID_JOINTLY = word_list("jointly_said")
_CALL = NounRow("demand", "DEMAND", "", 0.45, "actor", "actor")
_JOINT = NounRow("cooperation", "COOPERATE", "", 0.4, "actor", "actor")
_COMING = word_list("coming")
_MEETING = frozenset({"at", "in", "into", "during"})
_TO = frozenset({"against", "on", "with", "to", "towards", "toward", "at", "upon"})
_WORK = word_list("work")
_CARRIERS = word_list("carrier")
_SUFFERED = word_list("suffered")
_LEFT_OUT = frozenset({"compound", "amod", "nmod"})
_NO_EVENTS = frozenset({"PERSON", "GPE", "DATE", "TIME", "MONEY", "PRODUCT"})


def noun_act(noun: Token, kinds: Kinds) -> Act | None:
    """Return the event that a noun tells by itself, or None."""
    if noun.pos_ not in {"NOUN", "PROPN"} or noun.dep_ in _LEFT_OUT or noun.ent_type_ in _NO_EVENTS:
        return None
    row = _row(noun, kinds)
    if row is None or row.type is None or not row.alone:
        return None
    act = Act(noun, noun, row.type, row.mode, row.alone, f"noun {row.type}")
    _own_parties(act, noun, row, kinds)
    _carrier(act, noun, kinds)
    if row.kind in {"protest", "strike"} and not act.actors:
        _in_protest(act, noun, kinds)
    if row.kind == "strike":
        _strike(act, noun, kinds)
    elif row.kind == "force" and any("policy" in kinds.of(token) for token in _led(noun, _TO)):
        act.type, act.mode = "ACCUSE", "disapprove"
    else:
        _by_its_parties(act, noun, row, kinds)
    if act.actors or act.targets:
        act.weight += 0.2
    elif noun.tag_ == "NN" and not any(child.dep_ in {"det", "poss", "amod"} for child in noun.children):
        act.weight -= 0.1
    return act


def _row(noun: Token, kinds: Kinds) -> NounRow | None:
    """Return the row that makes a noun an event; "calls for" demand, and what is joint is done together."""
    row = kinds.event_row(noun)
    lemma = noun.lemma_.lower()
    if lemma in _CALLS and any(
        child.lower_ == "for"
        if child.dep_ == "prep"
        else child.dep_ in {"acl", "relcl"} and child.tag_ == "VB"
        for child in noun.children
    ):
        return _CALL
    joint = any(child.dep_ == "amod" and child.lower_ == "joint" for child in noun.children)
    if joint and (row is None or row.type == "MOBILIZE") and lemma not in _SAID_JOINTLY:
        return _JOINT
    return row


def _by_its_parties(act: Act, noun: Token, row: NounRow, kinds: Kinds) -> None:
    """Give a noun the type that its parties tell: an occupation by students is a protest."""
    crowd = any(kinds.of(token) & {"civil", "lab"} for token in act.actors)
    states = any(kinds.of(token) & {"state", "office"} for token in act.actors) and not crowd
    if crowd and row.kind in {"occupation", "blockade"}:
        act.type, act.mode = "PROTEST", "obstruct"
    elif states and noun.lemma_ == "protest" and noun.tag_ == "NN":
        act.type, act.mode = "ACCUSE", "disapprove"
    elif noun.lemma_ == "expulsion" and not any("diplomat" in kinds.of(token) for token in _led(noun, _OF)):
        act.type, act.mode = "COERCE", "deport"
    elif row.kind == "exercise" and row.type == "MOBILIZE" and len(act.actors) > 1:
        act.type, act.mode = "COOPERATE", ""
    else:
        return
    act.rule = f"noun {act.type}"


def _led(noun: Token, words: frozenset[str]) -> list[Token]:
    """Return the heads that a noun's prepositions introduce."""
    return [
        inner
        for prep in noun.children
        if prep.dep_ in {"prep", "agent"} and prep.lower_ in words
        for inner in prep.children
        if inner.dep_ == "pobj"
    ]


def _led_on(noun: Token, words: frozenset[str], kinds: Kinds, depth: int = 3) -> list[Token]:
    """Return the same, or where there are none, those that stand behind another complement of the noun.

    In "the jailing of a poet by a court" the parser hangs the court on the poet. What is behind another
    event or behind what somebody does ("of the treatment of migrants by") belongs to that.
    """
    found = _led(noun, words)
    if found or not depth:
        return found
    for inner in map(inner_noun, _led(noun, _BEHIND)):
        if not any(row.type or row.kind == "policy" for row in kinds.rows(inner)):
            found += _led_on(inner, words, kinds, depth - 1)
    return found


def _own_parties(act: Act, noun: Token, row: NounRow, kinds: Kinds) -> None:
    by = _acting(_led_on(noun, _BY, kinds), kinds)
    between = _acting(_led(noun, _BETWEEN), kinds)
    act.actors = by or between
    for child in noun.children:
        if child.dep_ == "poss" and "party" in kinds.of(child):
            (act.targets if row.poss == "target" else act.actors).append(child)
        elif child.dep_ in _LEFT_OUT and kinds.of(child) & {"state", "armed", "civil", "lab"} and not by:
            (act.targets if row.of == "against" and act.actors else act.actors).append(child)
    _of(act, noun, row, kinds)
    to = _TO | _WHENCE.get(row.kind, frozenset())
    for head in _led_on(noun, to, kinds):
        if not act.targets and head not in act.actors:
            act.targets += [head] if "party" in kinds.of(head) else parties_inside(inner_noun(head), kinds)
    if not act.actors and row.kind in _SENT:
        act.actors += _acting(_led(noun, frozenset({"from"})), kinds)
    for clause in noun.children:  # "sanctions imposed by", "the attack that X launched", "demands made on"
        if clause.dep_ in {"acl", "relcl"} and (clause.lemma_ in _CARRIERS or clause.lemma_ in _OWN):
            act.actors = act.actors or _acting(frame_of(clause).subjects, kinds)
    act.targets = [token for token in act.targets if token not in act.actors]


def _of(act: Act, noun: Token, row: NounRow, kinds: Kinds) -> None:
    """Add what "of" leads to: the target of an arrest, the actor of a visit."""
    heads = _led(noun, _OF)
    of = [
        token
        for head in heads
        for token in ([head] if "party" in kinds.of(head) else parties_inside(inner_noun(head), kinds, _OF))
    ]
    if not of and row.mode in PERSONAL:  # whoever is arrested or killed is somebody
        of = [head for head in heads if head.pos_ in {"NOUN", "PROPN", "NUM", "ADJ"}]
    if row.of == "actor" and not act.actors:
        act.actors += of
    elif row.of in {"target", "against"}:
        act.targets += of


def _acting(tokens: list[Token], kinds: Kinds) -> list[Token]:
    return [token for token in tokens if "party" in kinds.of(token)]


def _carrier(act: Act, noun: Token, kinds: Kinds) -> None:
    """Take the parties of the verb over a noun: "has demands", "faces arrest", "ruled out a withdrawal"."""
    noun = _counter(noun)
    above = noun.head
    if noun.dep_ == "pobj":
        _led_to(act, above, kinds)
        return
    if above.pos_ not in {"VERB", "AUX"} or noun.dep_ not in {"dobj", "attr", "nsubjpass", "nsubj"}:
        return
    act.clause = above
    frame = frame_of(above)
    if noun.dep_ == "nsubj":
        if above.lemma_ == "come" and not act.actors:  # "pledges came from the bank"
            act.actors = _acting([token for word, token in frame.preps if word == "from"], kinds)
        return
    subjects = _acting(frame.subjects, kinds)
    if above.lemma_ in _SUFFERED:
        act.targets = act.targets or subjects
    elif above.lemma_ in _CARRIERS or above.lemma_ in _OWN:
        crowd = act.type == "PROTEST" and any("state" in kinds.of(token) for token in subjects)
        if not act.actors and not crowd:  # a state that ends a strike does not strike
            act.actors = [token for token in subjects if token not in act.targets]


def _led_to(act: Act, prep: Token, kinds: Kinds) -> None:
    """Take the parties of a clause that leads to a noun: "is on a visit", "came under attack"."""
    verb, word = prep.head, prep.lower_
    if verb.lemma_ in {"be", "remain", "come"} and word in {"on", "under", "in"}:
        act.clause = verb
        subjects = _acting(frame_of(verb).subjects, kinds)
        if word == "under":
            act.targets = act.targets or subjects
        else:
            act.actors = act.actors or subjects
        return
    comes = word in _MEETING or (word in {"for", "to"} and verb.lemma_ in _COMING)
    if act.type == "CONSULT" and comes and verb.pos_ == "VERB" and not act.actors:
        frame = frame_of(verb)
        act.actors = _acting(frame.subjects, kinds)
        act.targets = act.targets or _acting(frame.objects, kinds)


def _counter(noun: Token) -> Token:
    """Return the noun that counts another one: the round of "a new round of sanctions"."""
    above = noun.head
    if noun.dep_ == "pobj" and above.lower_ == "of" and inner_noun(above.head).i == noun.i:
        counting: Token = above.head
        return counting
    return noun


def _in_protest(act: Act, noun: Token, kinds: Kinds) -> None:
    """Take who protests by another deed: "closed their shops in protest"."""
    if noun.dep_ == "pobj" and noun.head.lower_ == "in" and noun.head.head.pos_ == "VERB":
        subjects = frame_of(noun.head.head).subjects
        act.actors = [
            token for token in subjects if kinds.of(token) & {"civil", "lab"} or "party" in kinds.of(token)
        ]
        act.clause = noun.head.head
        act.weight += 0.2


def _strike(act: Act, noun: Token, kinds: Kinds) -> None:
    """Tell a strike of workers from a strike of aircraft."""
    if act.mode == "hunger":
        return
    around = {token.lemma_.lower() for token in noun.sent}
    armed = any(kinds.of(token) & {"armed", "troops"} for token in act.actors)
    state = any("state" in kinds.of(token) for token in act.actors)
    hit = any(
        kinds.of(token) & {"territory", "property", "troops", "armed"} for token in _led(noun, _TO | {"in"})
    )
    labour = bool(around & _WORK) or any("lab" in kinds.of(token) for token in act.actors)
    if armed or (hit and not labour) or (state and not labour and bool(_led(noun, frozenset({"on"})))):
        act.type, act.mode, act.rule = "ASSAULT", "heavy-weapons", "noun ASSAULT"
