"""Pieces of a parse that claims and aims are made of: phrases, clauses, subjects, and who is an actor."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shatterbelt.reading.claim_words import words
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.parsing import pipeline
from shatterbelt.reading.statements import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

    from shatterbelt.reading.parties import Parties

CLAUSES = frozenset({"VERB", "AUX"})
SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
_OBJECTS = ("dobj", "obj", "attr", "oprd", "dative")
_DEEP = 6
_RELATIVE = frozenset({"which", "who", "that", "whom"})
_NUMBERS = {"NN": "VBZ", "NNP": "VBZ", "NNS": "VBP", "NNPS": "VBP"}
_DENYING = frozenset({"never", "hardly", "neither", "nor", "scarcely"})
_LITTLE = frozenset({"little", "nothing"})
_EDGES = frozenset({"punct", "cc", "mark", "preconj"})
_ACTING = frozenset(
    {
        "he",
        "she",
        "they",
        "we",
        "i",
        "you",
        "who",
        "somebody",
        "someone",
        "everyone",
        "everybody",
        "nobody",
        "whoever",
        "anyone",
        "anybody",
        "those",
        "us",
    }
)
_AGENTS = ("er", "ers", "or", "ors", "ist", "ists", "ian", "ians", "crat", "man", "men", "ee", "ant")
_ABSTRACT = (
    "tion",
    "sion",
    "ment",
    "ness",
    "ity",
    "ism",
    "ance",
    "ence",
    "age",
    "ure",
    "ship",
    "cy",
    "ought",
    "ing",
)
_NAMED = frozenset({"PERSON", "GPE", "NORP", "ORG"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """Neighbouring tokens ``first`` to ``last`` of one sentence around their head."""

    sentence: Sentence
    head: Token
    first: Token
    last: Token

    @property
    def span(self) -> Span:
        """Where it stands in the document."""
        return self.sentence.place(self.first, self.last)

    def overlaps(self, other: Phrase) -> bool:
        """Return whether the two share a token."""
        same = self.first.doc is other.first.doc
        return same and self.first.i <= other.last.i and other.first.i <= self.last.i


def phrase(sentence: Sentence, head: Token, without: Collection[Token] = ()) -> Phrase:
    """Return the head with what hangs on it, without some of it, as one run of tokens around the head.

    Punctuation and joining words at its edges are left out.
    """
    dropped = {token.i for out in without for token in out.subtree}
    kept = {token.i for token in head.subtree} - dropped | {head.i}
    first = last = head.i
    while first - 1 in kept:
        first -= 1
    while last + 1 in kept:
        last += 1
    doc = head.doc
    while first < head.i and _edge(doc[first], head):
        first += 1
    while last > head.i and doc[last].dep_ in {"punct", "cc"}:
        last -= 1
    return Phrase(sentence, head, doc[first], doc[last])


def _edge(token: Token, head: Token) -> bool:
    return token.dep_ in _EDGES and (token.dep_ == "punct" or token.head.i == head.i)


def noun_phrase(sentence: Sentence, head: Token, *, joined: bool = False) -> Phrase:
    """Return a noun with what belongs to it, without asides and, unless asked, what is joined to it."""
    out = [] if joined else [t for t in head.children if t.dep_ in {"conj", "cc", "preconj"}]
    for child in head.children:
        aside = child.dep_ in {"relcl", "appos", "acl"} and _after_comma(child, head)
        if aside or child.dep_ == "parataxis":
            out.append(child)
    return phrase(sentence, head, out)


def _after_comma(child: Token, head: Token) -> bool:
    left = child.left_edge.i
    return left > head.i and head.doc[left - 1].text == ","


def clause(sentence: Sentence, verb: Token, without: Collection[Token] = ()) -> Phrase:
    """Return a verb's clause without some of its parts, and without clauses joined that have a subject."""
    out = list(without)
    for child in verb.children:
        joined = child.dep_ == "conj" and any(t.dep_ in SUBJECTS for t in child.children)
        if (
            joined
            or child.dep_ in {"cc", "intj", "parataxis"}
            or (child.dep_ == "advmod" and child.lower_ in {"so", "then", "therefore", "thus", "hence"})
        ):
            out.append(child)
    return phrase(sentence, verb, out)


def child(token: Token, *deps: str) -> Token | None:
    """Return the first child with one of these relations."""
    return next((t for t in token.children if t.dep_ in deps), None)


def objects(verb: Token) -> list[Token]:
    """Return a verb's objects, with what is joined to them."""
    found = [t for t in verb.children if t.dep_ in _OBJECTS]
    return [each for one in found for each in (one, *nouns_joined(one))]


def nouns_joined(noun: Token) -> list[Token]:
    """Return the nouns joined to a noun by "and" or "or"."""
    return [t for t in noun.conjuncts if t.i > noun.i and t.pos_ in {"NOUN", "PROPN", "PRON", "VERB"}]


def governed(preposition: Token) -> list[Token]:
    """Return what a preposition governs: nouns (with those joined) or a clause."""
    found = child(preposition, "pobj", "pcomp")
    if found is None:
        inner = child(preposition, "prep")
        return governed(inner) if inner is not None else []
    return [found, *nouns_joined(found)]


def own_subjects(verb: Token) -> list[Token]:
    """Return the subjects that stand at the verb itself, with those joined to them."""
    found = [t for t in verb.children if t.dep_ in SUBJECTS and t.dep_ != "expl"]
    return [each for one in found for each in (one, *nouns_joined(one))]


def subjects(verb: Token, *, passive: bool = False, depth: int = 0) -> list[Token]:
    """Return who or what does it: also for relative clauses, participles, infinitives and joined verbs.

    A passive clause's subject is given only where asked: it is what the verb acts on.
    """
    found = own_subjects(verb)
    if did_little(verb) is not None:
        doing = verb.head if verb.head.lemma_ == "do" else verb.head.head
        return subjects(doing, passive=passive, depth=depth + 1) if depth <= _DEEP else []
    if found:
        if found[0].dep_ in {"nsubjpass", "csubjpass"} and not passive:
            return []
        return _stood_for(verb, found)
    if verb.dep_ in {"acl", "relcl"} and verb.tag_ in {"VBG", "VBD", "VBZ", "VBP"}:
        return [verb.head]
    return _subjects_above(verb, depth) if depth <= _DEEP else []


def _stood_for(verb: Token, found: list[Token]) -> list[Token]:
    """Return what a verb's subjects stand for, where they are relative pronouns; else the subjects."""
    pronoun = found[0]
    if verb.dep_ == "relcl" and pronoun.lower_ in _RELATIVE:
        noun = antecedent(verb, pronoun)
        return [noun, *(t for t in nouns_joined(noun) if t.i < pronoun.i)]
    if verb.dep_ == "advcl" and pronoun.lower_ == "which" and verb.head.i < verb.i:
        return [verb.head]
    if pronoun.lower_ == "that" and verb.dep_ in {"ccomp", "advcl"} and verb.head.lemma_ == "be":
        cleft = child(verb.head, "attr")  # "it is the debts that eat the fund"
        it = any(t.lower_ == "it" for t in own_subjects(verb.head))
        return [cleft] if cleft is not None and it else found
    return found


def antecedent(verb: Token, pronoun: Token) -> Token:
    """Return what a relative pronoun stands for: the nearest noun that agrees with the verb in number.

    After a comma it may be the clause before: "they borrow from banks, which crowds out farms".
    """
    noun: Token = verb.head
    finite = next((t for t in (*verb.children, verb) if t.tag_ in {"VBZ", "VBP"}), None)
    if finite is None or noun.tag_ not in _NUMBERS:
        return noun
    here, last = noun, noun
    while here.tag_ in _NUMBERS:
        if _NUMBERS[here.tag_] == finite.tag_ or any(t.dep_ == "conj" for t in here.children):
            return here
        last, here = here, here.head.head if here.dep_ == "pobj" and here.head.dep_ == "prep" else here.head
    apart = pronoun.i > 0 and pronoun.nbor(-1).text == "," and pronoun.lower_ == "which"
    clause_too = here.pos_ in CLAUSES and here.i < last.i and finite.tag_ == "VBZ" and apart
    return here if clause_too else noun


def _subjects_above(verb: Token, depth: int) -> list[Token]:
    """Return the subjects that a verb without its own takes from the verb that governs it."""
    if verb.dep_ in {"acomp", "attr"}:
        return subjects(verb.head, passive=True, depth=depth + 1)
    if verb.dep_ not in {"xcomp", "conj", "advcl"} or verb.head.pos_ not in {"VERB", "AUX", "ADJ"}:
        return []
    if verb.dep_ == "xcomp":
        inner = child(verb.head, "dobj")
        if inner is not None and inner.i < verb.i:
            return [inner]
    if verb.dep_ == "advcl" and verb.tag_ != "VBG":
        return []
    return subjects(verb.head, passive=True, depth=depth + 1)


def is_passive(verb: Token) -> bool:
    """Return whether the verb is in the passive, or a participle that says what was done to its noun."""
    if any(t.dep_ in {"auxpass", "nsubjpass"} for t in verb.children):
        return True
    if verb.tag_ == "VBN" and verb.dep_ in {"acl", "amod"}:
        return True
    if verb.tag_ == "VBN" and verb.dep_ == "advcl" and child(verb, "agent") is not None:
        return True
    return verb.dep_ == "conj" and verb.tag_ == "VBN" and not own_subjects(verb) and is_passive(verb.head)


def is_actor(token: Token, sentence: Sentence, parties: Parties | None) -> bool:
    """Return whether the token names somebody who acts, rather than something that varies or happens."""
    if is_people(token):
        return True
    if token.pos_ not in {"NOUN", "PROPN"} or parties is None:
        return False
    if _plain_name(token) or capital_name(token):
        return True
    if _abstract(token):
        party = parties.of(token, sentence)
        return party is not None and bool(party.actor)
    return parties.acts(token, sentence)


def is_people(token: Token) -> bool:
    """Return whether a word names people or a body by itself: a name, a pronoun, a word for people."""
    if token.lower_ in _ACTING:
        return True
    lemma = token.lemma_.lower()
    if token.ent_type_ in _NAMED and token.pos_ == "PROPN" and lemma not in words().sets["people"]:
        return token.ent_type_ == "GPE" or not _abstract(token)
    if token.pos_ not in {"NOUN", "PROPN", "DET", "ADJ", "NUM"}:
        return False
    if lemma in words().sets["groups"] or token.pos_ in {"DET", "ADJ", "NUM"}:
        inner = counted(token)
        if inner == token:
            return lemma in words().sets["people"]
        return inner.lower_ in {"them", "us", "whom"} or is_people(inner)
    return lemma in words().sets["people"] or _person_like(lemma)


def counted(token: Token) -> Token:
    """Return what a number or a group is one of: in "thousands of jobs" the jobs; else the token itself."""
    if token.lemma_.lower() not in words().sets["groups"] and token.pos_ not in {"DET", "ADJ", "NUM"}:
        return token
    of = child(token, "prep")
    inner = child(of, "pobj") if of is not None and of.lower_ == "of" else None
    return inner if inner is not None else token


def _plain_name(token: Token) -> bool:
    """Return whether a word is a name of no known kind: mostly that of a country or of somebody."""
    begins = token.i == token.sent.start
    return token.pos_ == "PROPN" and not token.ent_type_ and not begins and not token.is_upper


def capital_name(token: Token) -> bool:
    """Return whether a word taken for a common noun is a name: a capital, and in no list of common nouns."""
    if token.pos_ != "NOUN" or not token.text[:1].isupper() or token.is_upper:
        return False
    known = {token.lower_, token.lemma_.lower()} & common_nouns()
    return not known and not token.lower_.endswith(_ABSTRACT) and "-" not in token.text


def _abstract(token: Token) -> bool:
    """Return whether a word that opens a sentence passes for a name only for its capital."""
    if token.i != token.sent.start or any(t.dep_ == "compound" for t in token.children):
        return False
    plain = token.ent_type_ not in {"GPE", "PERSON", "NORP", "LOC"} and token.lower_ in common_nouns()
    return plain or token.lower_.endswith(_ABSTRACT)


@functools.cache
def common_nouns() -> frozenset[str]:
    """Return the nouns that the parser's own word list has, in lower case; some names are among them."""
    lookups = getattr(pipeline().get_pipe("lemmatizer"), "lookups", None)
    if lookups is None or not lookups.has_table("lemma_index"):
        return frozenset()
    return frozenset(lookups.get_table("lemma_index").get("noun", ()))


def _person_like(lemma: str) -> bool:
    """Return whether a noun ends like a word for people, and is not listed as a thing."""
    return len(lemma) > 4 and lemma.endswith(_AGENTS) and lemma not in words().sets["no_people"]


def did_little(verb: Token) -> Token | None:
    """Return "little" or "nothing" where a verb stands after "did little to", "has done nothing to"."""
    above = verb.head
    if verb.dep_ in {"relcl", "acl"} and above.dep_ == "dobj" and above.head.lemma_ == "do":
        return above if above.lower_ in _LITTLE else None
    if verb.dep_ in {"xcomp", "advcl"} and above.lemma_ == "do":
        return next((t for t in above.children if t.lower_ in _LITTLE and t.i < verb.i), None)
    return None


def negated(verb: Token) -> Token | None:
    """Return the word that denies a verb, also one at the verb that governs it ("did not help to")."""
    if (little := did_little(verb)) is not None:
        return little
    for token in (verb, verb.head if verb.dep_ == "xcomp" else verb):
        for t in token.children:
            if t.dep_ == "neg" or t.lower_ in _DENYING:
                return t
            if t.lower_ in {"longer", "means"} and any(d.lower_ == "no" for d in t.children):
                return t
            if t.dep_ in SUBJECTS and any(
                d.lower_ in {"no", "neither"} and d.dep_ == "det" for d in t.children
            ):
                return t
    return None


def said_in(verb: Token, part: Token) -> Token:
    """Return the clause that a reason belongs to: what is said, where it comes after that, not the saying."""
    if verb.lemma_.lower() in words().sets["reporting"]:
        said = child(verb, "ccomp")
        if said is not None and said != part and (part.i > said.i or verb.i > said.i):
            return said
    return verb


def modals(tokens: Iterable[Token]) -> list[Token]:
    """Return the auxiliaries that make a clause possible rather than told."""
    return [
        t
        for t in tokens
        if t.dep_ == "aux" and t.lower_ in {"may", "might", "could", "would", "should", "can"}
    ]


def marked(sentence: Sentence, token: Token) -> bool:
    """Return whether the encoder marked a cause or an effect where a token stands."""
    if sentence.prediction is None:
        return False
    at = sentence.place(token, token).start
    ends = [end for one in sentence.prediction.relations for end in (one.cause, one.effect)]
    return any(start <= at < end for start, end in ends)
