"""Who wants what in a document: wishes, demands, conditions, threats and promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shatterbelt.documents.loaded import LoadedDocument
from shatterbelt.reading.aim_words import Cue, aim_words
from shatterbelt.reading.claim_phrases import (
    CLAUSES,
    Phrase,
    child,
    clause,
    governed,
    is_actor,
    is_passive,
    negated,
    noun_phrase,
    objects,
    own_subjects,
    phrase,
    subjects,
)
from shatterbelt.reading.claim_words import follow
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.statements import Aim, Direction, Form, Party, span_of
from shatterbelt.reading.valence import valence_of
from shatterbelt.reading.voices import Voices
from shatterbelt.statements import Sign

if TYPE_CHECKING:
    from spacy.tokens import Token

    from shatterbelt.reading.parties import Parties

READING = 0.5
"""The confidence of an aim before its rule's record is looked up."""
AUTHOR = "the author"


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


def find_aims(
    sentences: Sequence[Sentence], voices: Sequence[Voices], parties: Parties | None, document: LoadedDocument
) -> list[Aim]:
    """Return who wants, demands, threatens or promises what, in order of place.

    ``voices`` are one for each sentence. A direction that the words do not tell stays unknown.
    """
    found: list[Aim] = []
    for place, sentence in enumerate(sentences):
        kept: list[Wish] = []
        for wish in _inner(list(_wishes(sentence, parties))):
            if not any(_again(wish, other) for other in kept):
                kept.append(wish)
        found += (_aim(wish, sentence, voices[place], parties, document) for wish in kept)
    return sorted(found, key=lambda aim: (aim.quote.start, aim.quote.end))


def _inner(wishes: list[Wish]) -> list[Wish]:
    """Leave out a wish to wish: of "is trying to push for talks", the talks are wanted."""
    cues = {wish.cue[0].i for wish in wishes if wish.form in {"want", "demand"}}
    return [wish for wish in wishes if wish.form != "want" or wish.content.head.i not in cues]


def _again(wish: Wish, other: Wish) -> bool:
    same = wish.content.head.i == other.content.head.i and wish.content.sentence is other.content.sentence
    return same and wish.condition is None


def _aim(
    wish: Wish, sentence: Sentence, voices: Voices, parties: Parties | None, document: LoadedDocument
) -> Aim:
    voice = voices.at(wish.cue[0])
    if wish.actor is not None:
        actor = _party(wish.actor, sentence, parties)
    elif voice.says_who:
        actor = voice.says_who[-1].source
    else:
        actor = Party(name=AUTHOR)
    quantity, direction = _wanted(wish)
    spans = [wish.content.span, sentence.place(*wish.cue)]
    if wish.condition is not None:
        spans.append(wish.condition.span)
    if wish.actor is not None and wish.actor.doc is sentence.doc:
        spans.append(noun_phrase(sentence, wish.actor).span if wish.actor.i < wish.cue[0].i else spans[0])
    return Aim(
        document=document.id,
        quote=span_of(document, min(s.start for s in spans), max(s.end for s in spans)),
        sentence=sentence.span,
        says_who=voice.says_who,
        manner=voice.manner,
        hedge=voice.hedge,
        marks=voice.marks,
        reading=READING,
        rule=wish.rule,
        form=wish.form,
        actor=actor,
        addressee=_party(wish.addressee, sentence, parties) if wish.addressee is not None else None,
        content=wish.content.span,
        cue=sentence.place(*wish.cue),
        quantity=quantity,
        direction=direction,
        condition=wish.condition.span if wish.condition is not None else None,
    )


def _party(token: Token, sentence: Sentence, parties: Parties | None) -> Party:
    known = parties.of(token, sentence) if parties is not None else None
    if known is not None:
        return known
    span = noun_phrase(sentence, token).span
    return Party(name=span.text, span=span)


# --------------------------------------------------------------------------- what is wanted


def _wanted(wish: Wish) -> tuple[str, Direction]:
    """Return the quantity that the content names and which way the actor wants it."""
    head = wish.content.head
    if wish.form == "condition" and wish.condition is not None:
        head = wish.condition.head
    quantity, sign = _named(head)
    if wish.against:
        sign = {"+": "-", "-": "+"}.get(sign, "unknown")  # type: ignore[assignment]  # still signs
    keeps = head.pos_ in CLAUSES and head.lemma_.lower() in aim_words().keeps
    if keeps and quantity and not wish.against:
        return quantity, "at"
    if not quantity:
        return "", "unknown"
    return quantity, {"+": "up", "-": "down"}.get(sign, "unknown")  # type: ignore[return-value]  # directions


def _named(head: Token) -> tuple[str, Sign]:
    found = valence_of(head)
    lemma = head.lemma_.lower()
    if head.pos_ in CLAUSES and found.change == "unknown" and lemma in aim_words().brings | aim_words().keeps:
        target = child(head, "nsubjpass") if is_passive(head) else next(iter(objects(head)), None)
        elsewhere = any(t.i > head.i and t.lower_ in {"to", "under", "into", "from"} for t in head.subtree)
        if (
            target is not None
            and target.pos_ in {"NOUN", "PROPN"}
            and not (elsewhere and lemma in {"bring", "take", "put", "hold"})
        ):
            below = valence_of(target)
            sign: Sign = below.factor if target.pos_ == "NOUN" else "+"
            no = any(t.dep_ == "neg" for t in head.children)
            flipped: Sign = {"+": "-", "-": "+"}.get(sign, "unknown") if no else sign  # type: ignore[assignment]  # signs
            return below.quantity, flipped
    return found.quantity, found.factor


# --------------------------------------------------------------------------- who wants


def _wishes(sentence: Sentence, parties: Parties | None) -> Iterator[Wish]:
    known = aim_words()
    yield from _conditions(sentence)
    for token in sentence.tokens:
        lemma = token.lemma_.lower()
        if token.pos_ in CLAUSES or token.tag_ in {"VBG", "VBN"}:
            for cue in known.verbs.get(lemma, ()):
                words = follow(token, cue.rest)
                if words is None:
                    continue
                wishes = list(_by_verb(sentence, token, words, cue, parties))
                yield from wishes
                if wishes:
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
    if is_passive(verb):
        actors = [each for t in verb.children if t.dep_ == "agent" for each in governed(t)]
        to_whom = next(iter(subjects(verb, passive=True)), None)
    else:
        actors, to_whom = subjects(verb, passive=True), None
    if not actors and not (is_passive(verb) and cue.form == "demand"):
        return
    actor = actors[0] if actors else None
    if actor is not None and not _wants(actor, sentence, parties):
        return
    last = found[-1] if found else verb
    contents, addressee = _contents(verb, last, cue)
    if addressee is None and to_whom is not None and cue.put_to:
        addressee = to_whom
    if cue.lemma == "warn" and not _warns_of_own(contents):
        return
    no = negated(verb) is not None
    if no and cue.form != "want":
        return
    for content in contents:
        if cue.only_verbal and content.pos_ not in CLAUSES and content.tag_ != "VBG":
            continue
        if cue.form == "promise" and content.pos_ not in CLAUSES and is_actor(content, sentence, parties):
            continue
        if content.tag_ in {"WP", "WDT"} or content.lower_ in {"what", "it", "this", "that", "them"}:
            continue
        if cue.lemma in aim_words().stating and cue.form != "promise" and _stated(content):
            continue
        end = _content(sentence, content, addressee)
        cue_tokens = [verb, *found]
        ends = (min(cue_tokens, key=_place), max(cue_tokens, key=_place))
        rule = f"aim:{cue.form}:verb"
        yield Wish(cue.form, actor, end, ends, rule, cue.against != no, addressee)


def _stated(content: Token) -> bool:
    """Return whether a clause tells what is so, rather than what shall be: finite, and without "should"."""
    if content.pos_ not in CLAUSES | {"ADJ"} or content.dep_ != "ccomp":
        return False
    helpers = [t for t in content.children if t.dep_ in {"aux", "auxpass"}]
    if any(t.lower_ in {"should", "must", "to"} for t in helpers):
        return False
    first = min(helpers, key=_place) if helpers else content
    return first.tag_ not in {"VB"} and not (first.lower_ == "be")


def _wants(actor: Token, sentence: Sentence, parties: Parties | None) -> bool:
    if actor.lower_ in {"it", "which", "that"}:
        return actor.lower_ == "it"
    return actor.pos_ == "PROPN" or is_actor(actor, sentence, parties)


def _contents(verb: Token, last: Token, cue: Cue) -> tuple[list[Token], Token | None]:
    """Return the heads of what is wanted and whom it is put to."""
    addressee: Token | None = None
    if last != verb and last.pos_ == "ADP":
        inside = governed(last)
        if cue.put_to:
            addressee = inside[0] if inside else None
            below = child(verb, "xcomp", "advcl", "ccomp") or (
                child(addressee, "acl", "relcl") if addressee is not None else None
            )
            return (_with_joined(below) if below is not None and below.tag_ == "VB" else []), addressee
        return inside, None
    below = child(verb, "xcomp", "ccomp")
    if below is not None and below.i > verb.i and below.pos_ in CLAUSES | {"ADJ"}:
        direct = child(verb, "dobj", "dative")
        addressee = direct if cue.put_to else None
        if addressee is None and cue.put_to and below.tag_ == "VB":
            addressee = child(below, "nsubj", "nsubjpass")
        return _with_joined(below), addressee
    if cue.put_to and (direct := child(verb, "dobj")) is not None:
        below = child(verb, "advcl") or child(direct, "acl")
        if below is not None and below.tag_ == "VB" and below.i > direct.i:
            return _with_joined(below), direct
    return [t for t in objects(verb) if t.dep_ in {"dobj", "conj"}], None


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
    if verb.dep_ == "advcl" or sentence.tokens[-1].text == "?" or (modal.lower_ == "must" and _have(verb)):
        return
    if not found and verb.dep_ == "conj":
        found = subjects(verb, passive=True)
    if not found:
        return
    content = clause(sentence, below or verb)
    yield Wish(
        "demand",
        None,
        content,
        (modal, modal),
        "aim:demand:modal",
        addressee=None if is_passive(verb) else found[0],
    )


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
    content = next(
        (
            t
            for t in token.children
            if t.dep_ in {"acl", "ccomp", "relcl"} and t.tag_ == "VB" and t.i > token.i
        ),
        None,
    )
    if content is None:
        content = next(
            (
                t
                for t in token.children
                if t.dep_ in {"acl", "ccomp"} and any(m.lower_ == "that" for m in t.children)
            ),
            None,
        )
    if content is None:
        step = next((t for t in token.children if t.dep_ == "prep" and t.lower_ == "for"), None)
        if against:
            step = next((t for t in token.children if t.dep_ == "prep" and t.lower_ == "to"), None)
        content = next(iter(governed(step)), None) if step is not None else None
    if content is None and token.dep_ == "nsubj" and token.head.lemma_ == "be":
        content = child(token.head, "xcomp", "ccomp")
    actor = _owner(token, sentence, parties)
    if content is None or actor is None or content.pos_ == "PRON":
        return
    yield Wish(form, actor, _content(sentence, content, None), (token, token), f"aim:{form}:noun", against)


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


# --------------------------------------------------------------------------- conditions


def _conditions(sentence: Sentence) -> Iterator[Wish]:
    """Read "no talks until B", "will not sign unless B", "only if B", "on condition that B"."""
    known = aim_words()
    for token in sentence.tokens:
        if token.lower_ not in known.conditions | known.only_with | {"condition", "long"}:
            continue
        found = _bound(sentence, token)
        if found is None:
            continue
        host, condition, cue = found
        if host.pos_ not in CLAUSES:
            continue
        actors = subjects(host, passive=False)
        actor = (
            actors[0]
            if actors and actors[0].lower_ not in {"there", "it"} and not _denied_noun(actors[0])
            else None
        )
        content = clause(sentence, host, [condition.head if condition.head.head == host else token])
        if condition.overlaps(content):
            content = phrase(sentence, host, [condition.head, token])
        if not condition.overlaps(content):
            yield Wish("condition", actor, content, cue, "aim:condition", condition=condition)


def _denied_noun(token: Token) -> bool:
    return any(t.dep_ == "det" and t.lower_ == "no" for t in token.children)


def _bound(sentence: Sentence, token: Token) -> tuple[Token, Phrase, tuple[Token, Token]] | None:
    """Return what is bound to a condition, the condition, and the words that bind."""
    known = aim_words()
    lower = token.lower_
    before = sentence.doc[token.i - 1] if token.i > sentence.tokens.start else None
    if lower in {"condition", "long"}:
        return _on_condition(sentence, token)
    if token.dep_ in {"mark", "advmod", "prep"} and token.head.dep_ == "advcl" and token.head.pos_ in CLAUSES:
        head, host = token.head, token.head.head
        condition = phrase(sentence, head, [token])
    elif token.dep_ == "prep" and (inner := governed(token)) and not _time(inner[0]):
        head, host = token, token.head
        condition = noun_phrase(sentence, inner[0])
    else:
        return None
    if host.pos_ not in CLAUSES:
        host = host.head
    if lower in known.conditions:
        if not _bars(host):
            return None
        return host, condition, (token, token)
    if before is not None and before.lower_ == "only" and _future(host):
        return host, condition, (before, token)
    if lower in known.on_condition:
        return host, condition, (token, token)
    return None


def _on_condition(sentence: Sentence, token: Token) -> tuple[Token, Phrase, tuple[Token, Token]] | None:
    before = sentence.doc[token.i - 1] if token.i > sentence.tokens.start else None
    if before is None or before.lower_ not in {"on", "as"}:
        return None
    if token.lower_ == "condition":
        head = child(token, "acl", "ccomp", "relcl")
        host = before.head
    else:
        head = token.head if token.head.pos_ in CLAUSES else child(token, "advcl")
        host = head.head if head is not None and head.dep_ == "advcl" else token.head
        host = host.head if host.pos_ not in CLAUSES else host
    if head is None or host == head or head.pos_ not in CLAUSES:
        return None
    out = [t for t in head.children if t.i < head.i and (t.dep_ == "mark" or t == token)]
    return host, phrase(sentence, head, out), (before, token)


def _time(noun: Token) -> bool:
    return (
        noun.ent_type_ in {"DATE", "TIME"}
        or noun.pos_ in {"NUM", "PRON"}
        or noun.lemma_ in {"now", "recently", "year", "end", "war"}
    )


def _future(verb: Token) -> bool:
    return any(
        t.dep_ == "aux" and t.lower_ in {"will", "would", "can", "could", "shall", "'ll", "wo", "ca"}
        for t in verb.children
    ) or verb.tag_ in {"VB", "VBP", "VBZ"}


def _bars(verb: Token) -> bool:
    """Return whether a clause says that something will not come."""
    no = negated(verb) is not None or any(
        _denied_noun(t) or t.lower_ in {"nobody", "nothing", "no"} for t in verb.children
    )
    refuses = verb.lemma_.lower() in {"refuse", "reject", "rule"}
    return (no and _future(verb)) or refuses
