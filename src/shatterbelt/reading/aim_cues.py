"""Wishes, demands, threats and promises by their cues: verbs, modals, adjectives and nouns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shatterbelt.reading.aim_words import Cue, aim_words
from shatterbelt.reading.claim_phrases import (
    CLAUSES,
    Phrase,
    capital_name,
    child,
    clause,
    governed,
    is_actor,
    is_passive,
    negated,
    noun_phrase,
    objects,
    own_subjects,
    subjects,
)
from shatterbelt.reading.claim_words import follow
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.statements import Form

if TYPE_CHECKING:
    from spacy.tokens import Token

    from shatterbelt.reading.parties import Parties


_REMARKS = frozenset(
    {"say", "note", "see", "understand", "remember", "stress", "add", "admit", "acknowledge"}
)
_MAYBE = frozenset({"could", "might", "may"})
_THINGS = (
    "tion",
    "sion",
    "ment",
    "ness",
    "ity",
    "ism",
    "ence",
    "ance",
    "ing",
    "logic",
    "task",
    "law",
    "rule",
    "job",
)


@dataclass(frozen=True, slots=True)
class Wish:
    """An aim in the making: ``actor`` is None where the speaker of the clause is meant."""

    form: Form
    actor: Token | None
    content: Phrase
    cue: tuple[Token, Token]
    rule: str
    against: bool = False
    addressee: Token | None = None
    condition: Phrase | None = None


def wishes(sentence: Sentence, parties: Parties | None) -> Iterator[Wish]:
    """Give what the verbs, adjectives, nouns and modals of a sentence say is wanted."""
    known = aim_words()
    for token in sentence.tokens:
        lemma = token.lemma_.lower()
        if token.pos_ in CLAUSES or token.tag_ in {"VBG", "VBN"}:
            for cue in known.verbs.get(lemma, ()):
                found = follow(token, cue.rest)
                read = list(_by_verb(sentence, token, found, cue, parties)) if found is not None else []
                yield from read
                if read:
                    break
        if token.lower_ in known.modals and token.dep_ in {"aux", "ROOT"} and token.pos_ in CLAUSES:
            yield from _by_modal(sentence, token)
        if token.pos_ == "ADJ" or token.tag_ == "VBN":
            yield from _by_adjective(sentence, token, parties)
        if token.pos_ == "NOUN" and lemma in known.nouns:
            yield from _by_noun(sentence, token, parties)


def _by_verb(
    sentence: Sentence, verb: Token, found: list[Token], cue: Cue, parties: Parties | None
) -> Iterator[Wish]:
    """Read "X demands that B", "X urged Y to B", "X is pushing for B"."""
    passive = is_passive(verb)
    if passive:
        actors = [each for t in verb.children if t.dep_ == "agent" for each in governed(t)]
    else:
        actors = _who_wants(verb)
    actor = actors[0] if actors else None
    nobody = passive and cue.form == "demand" and cue.lemma != "invite"
    if not nobody and (actor is None or not _wants(actor, sentence, parties, sure=cue.by_actors)):
        return
    if cue.form == "promise" and any(t.dep_ == "aux" and t.lower_ in _MAYBE for t in verb.children):
        return
    contents, addressee = _contents(verb, found[-1] if found else verb, cue)
    if addressee is None and passive and cue.put_to:
        addressee = next(iter(subjects(verb, passive=True)), None)
    no = negated(verb) is not None
    if (cue.lemma == "warn" and not _warns_of_own(contents)) or (no and cue.form != "want"):
        return
    words = [verb, *found]
    ends = (min(words, key=_place), max(words, key=_place))
    if contents and cue.lemma in aim_words().stating and _stated(contents[0]):
        return
    for content in contents:
        if _may_be_wanted(content, cue, sentence, parties):
            end = _content(sentence, content, addressee)
            form = _threatens(cue, content) or cue.form
            yield Wish(form, actor, end, ends, f"aim:{form}:verb", cue.against != no, addressee)


def _who_wants(verb: Token) -> list[Token]:
    """Return a verb's subjects, also those of "marched to demand bread" and "helped by offering to pay"."""
    found = subjects(verb, passive=True)
    if not found and verb.tag_ == "VB" and verb.dep_ == "advcl" and verb.head.pos_ in CLAUSES:
        return subjects(verb.head, passive=True)
    if not found and verb.tag_ == "VBG" and verb.dep_ in {"pcomp", "advcl", "acl"}:
        host = verb.head
        while host.pos_ not in CLAUSES and host.head != host:
            host = host.head
        return subjects(host, passive=True) if host.pos_ in CLAUSES else []
    return found


def _threatens(cue: Cue, content: Token) -> Form | None:
    """Return that a vow to do harm, such as "vowed to vote it down", is a threat."""
    hostile = aim_words().hostile
    words = {content.lemma_.lower()} | {f"{content.lemma_.lower()} {t.lower_}" for t in content.children}
    return "threat" if cue.form == "promise" and cue.lemma in {"vow", "swear"} and words & hostile else None


def _may_be_wanted(content: Token, cue: Cue, sentence: Sentence, parties: Parties | None) -> bool:
    """Return whether it is wanted rather than asked after, told as so, or the one a promise is made to."""
    if content.lemma_.lower() in {"comment", "anonymity"}:
        return False
    if content.tag_ in {"WP", "WDT"} or content.lower_ in {"what", "it", "this", "that", "them"}:
        return False
    if content.pos_ not in CLAUSES and content.tag_ != "VBG":
        promised_to = cue.form == "promise" and is_actor(content, sentence, parties)
        return not (cue.only_verbal or promised_to)
    return cue.lemma not in aim_words().stating or not _stated(content)


def _stated(content: Token) -> bool:
    """Return whether a clause tells what is so, rather than what shall be: finite, and without "should"."""
    if content.pos_ not in CLAUSES | {"ADJ"} or content.dep_ != "ccomp":
        return False
    helpers = [t for t in content.children if t.dep_ in {"aux", "auxpass"}]
    if any(t.lower_ in {"should", "must", "to"} for t in helpers):
        return False
    first = min(helpers, key=_place) if helpers else content
    return first.tag_ not in {"VB"} and first.lower_ != "be"


def _wants(actor: Token, sentence: Sentence, parties: Parties | None, *, sure: bool = False) -> bool:
    """Return whether a subject can want; with a verb that only actors have (``sure``) nearly any noun can."""
    lower = actor.lower_
    if lower in {"it", "which", "that"}:
        return lower == "it"
    if lower in {"whoever", "anyone", "anybody", "nobody", "none"}:
        return False
    if actor.pos_ == "PROPN" or is_actor(actor, sentence, parties):
        return True
    return capital_name(actor) or (sure and actor.pos_ == "NOUN" and not lower.endswith(_THINGS))


def _contents(verb: Token, last: Token, cue: Cue) -> tuple[list[Token], Token | None]:
    """Return the heads of what is wanted and whom it is put to."""
    if last != verb and last.pos_ == "ADP":
        inside = governed(last)
        return _put_to(verb, inside[0]) if cue.put_to and inside else (inside, None)
    below = child(verb, "xcomp", "ccomp")
    direct = child(verb, "dobj", "dative")
    if below is not None and below.i > verb.i and below.pos_ in CLAUSES | {"ADJ"}:
        addressee = direct if cue.put_to else None
        if addressee is None and cue.put_to and below.tag_ == "VB":
            addressee = child(below, "nsubj", "nsubjpass")
        return _with_joined(below), addressee
    if cue.put_to and direct is not None:
        contents, _ = _put_to(verb, direct)
        if contents and contents[0].i > direct.i:
            return contents, direct
    return [t for t in objects(verb) if t.dep_ in {"dobj", "conj"}], None


def _put_to(verb: Token, addressee: Token) -> tuple[list[Token], Token]:
    """Return what somebody is called on to do."""
    below = child(verb, "xcomp", "advcl", "ccomp") or child(addressee, "acl", "relcl")
    wanted = below is not None and below.tag_ == "VB"
    return (_with_joined(below) if wanted and below is not None else []), addressee


def _with_joined(verb: Token) -> list[Token]:
    return [verb, *(t for t in verb.conjuncts if t.pos_ in CLAUSES and t.i > verb.i)]


def _warns_of_own(contents: list[Token]) -> bool:
    """Return whether a warning tells what the one who warns would do."""
    return any(
        any(s.lower_ in {"it", "they", "he", "she", "we", "i"} for s in own_subjects(c))
        and any(t.dep_ == "aux" and t.lower_ in {"will", "would"} for t in c.children)
        for c in contents
    )


def _content(sentence: Sentence, head: Token, addressee: Token | None) -> Phrase:
    if head.pos_ in CLAUSES | {"ADJ"}:
        out = [addressee] if addressee is not None and addressee.head == head and addressee.i < head.i else []
        found = clause(sentence, head, out)
        while found.first.i < head.i and found.first.lower_ in {"to", "that", ","}:
            found = Phrase(sentence, head, sentence.doc[found.first.i + 1], found.last)
        return found
    return noun_phrase(sentence, head)


def _place(token: Token) -> int:
    return int(token.i)


def _by_modal(sentence: Sentence, modal: Token) -> Iterator[Wish]:
    """Read "the unions must close ranks" as a demand of whoever says it."""
    verb = modal.head if modal.dep_ == "aux" else modal
    found = own_subjects(verb)
    below = child(verb, "xcomp") if modal.lower_ in {"ought", "need"} else None
    if modal.lower_ in {"need", "ought"} and below is None and modal.dep_ != "aux":
        return
    if modal.lower_ == "shall" or (
        modal.lower_ == "should" and (_have(verb) or (found and found[0].i > modal.i))
    ):
        return
    inverted = modal.i + 1 < sentence.tokens.end and sentence.doc[modal.i + 1].dep_ == "nsubj"
    if (
        verb.dep_ in {"advcl", "relcl", "acl"}
        or inverted
        or sentence.tokens[-1].text == "?"
        or (modal.lower_ == "must" and _have(verb))
    ):
        return
    if not found and verb.dep_ == "conj":
        found = subjects(verb, passive=True)
    if not found:
        return
    if is_passive(verb) and verb.lemma_.lower() in _REMARKS:
        return
    whom = None if is_passive(verb) else found[0]
    top = below or verb
    more = [t for t in top.conjuncts if t.tag_ == "VB" and t.i > top.i and not own_subjects(t)]
    for each in (top, *more):
        out = [t for t in each.children if t.dep_ in {"conj", "cc"} and t.i > each.i] if more else []
        content = clause(sentence, each, out)
        yield Wish("demand", None, content, (modal, modal), "aim:demand:modal", addressee=whom)


def _have(verb: Token) -> bool:
    return any(t.dep_ == "aux" and t.lower_ == "have" for t in verb.children)


def _by_adjective(sentence: Sentence, token: Token, parties: Parties | None) -> Iterator[Wish]:
    """Read "X is determined to", "X is interested in", "X is unwilling to"."""
    found = aim_words().adjectives.get(token.lower_)
    if found is None:
        return
    form, against = found
    verb = token if token.tag_ == "VBN" and token.pos_ == "VERB" else token.head
    actors = subjects(verb, passive=True)
    below = child(token, "xcomp", "advcl") or child(verb, "xcomp")
    content = below if below is not None and below.tag_ in {"VB", "VBG"} and below.i > token.i else None
    if content is None:
        step = next(
            (t for t in token.children if t.dep_ == "prep" and t.lower_ in {"on", "in", "to", "for"}), None
        )
        content = next(iter(governed(step)), None) if step is not None else None
    if content is not None and content.tag_ in {"WDT", "WP"}:
        return
    if not actors or content is None or not _wants(actors[0], sentence, parties):
        return
    no = negated(verb) is not None
    yield Wish(
        form,
        actors[0],
        _content(sentence, content, None),
        (token, token),
        f"aim:{form}:adjective",
        against != no,
    )


def _by_noun(sentence: Sentence, token: Token, parties: Parties | None) -> Iterator[Wish]:
    """Read "the miners' demand for safer shafts", "an attempt by the court to", "his aim is to"."""
    form, against = aim_words().nouns[token.lemma_.lower()]
    listed = _listed(token)
    content = _said_of(token, "to" if against else "for")
    if content is None and not against:
        content = _of_what(token, sentence, parties)
    actor = _owner(token, sentence, parties)
    if actor is None or actor.lower_ in {"no", "any"}:
        return
    for each in listed or ([content] if content is not None else []):
        if each.pos_ != "PRON" and each.lemma_.lower() not in {"comment", "anonymity"}:
            end = _content(sentence, each, None)
            yield Wish(form, actor, end, (token, token), f"aim:{form}:noun", against)


def _listed(noun: Token) -> list[Token]:
    """Return what "their demands include" lists."""
    verb = noun.head
    return objects(verb) if noun.dep_ == "nsubj" and verb.lemma_.lower() == "include" else []


def _of_what(noun: Token, sentence: Sentence, parties: Parties | None) -> Token | None:
    """Return the thing of "insistence on talks", "the promise of aid", "the threat of strikes"."""
    steps = {"insistence": "on"}
    step = steps.get(
        noun.lemma_, "of" if noun.lemma_ in {"promise", "pledge", "offer", "threat", "hope"} else ""
    )
    found = next((t for t in noun.children if t.dep_ == "prep" and t.lower_ == step), None)
    content = next(iter(governed(found)), None) if found is not None else None
    return None if content is None or is_actor(content, sentence, parties) else content


def _said_of(noun: Token, preposition: str) -> Token | None:
    """Return what a wish or a demand is for."""
    for t in noun.children:
        that = any(m.lower_ == "that" for m in t.children)
        if (
            t.i > noun.i
            and t.dep_ in {"acl", "ccomp", "relcl"}
            and (t.tag_ == "VB" or (that and t.dep_ != "relcl"))
        ):
            return t
    step = next((t for t in noun.children if t.dep_ == "prep" and t.lower_ == preposition), None)
    if step is not None:
        return next(iter(governed(step)), None)
    return child(noun.head, "xcomp", "ccomp") if noun.dep_ == "nsubj" and noun.head.lemma_ == "be" else None


def _owner(noun: Token, sentence: Sentence, parties: Parties | None) -> Token | None:
    """Return whose wish or demand it is: its owner, "by" or "of" whom, or the verb's subject."""
    for t in noun.children:
        if t.dep_ in {"poss", "compound", "amod"} and _may_own(t, sentence, parties):
            return t
    for t in noun.children:
        if t.dep_ in {"prep", "agent"} and t.lower_ in {"by", "of", "from", "on", "among"}:
            for each in governed(t):
                if is_actor(each, sentence, parties):
                    return each
    verb = noun.head
    if noun.dep_ in {"dobj", "attr", "pobj"}:
        while verb.pos_ not in CLAUSES and verb.head != verb:
            verb = verb.head
        for each in subjects(verb, passive=False):
            if is_actor(each, sentence, parties):
                return each
    return None


def _may_own(token: Token, sentence: Sentence, parties: Parties | None) -> bool:
    if token.dep_ == "amod":
        return token.ent_type_ in {"NORP", "GPE"}
    return token.lower_ in {"his", "her", "their", "its", "our", "my"} or is_actor(token, sentence, parties)
