"""What kind of thing a noun names, as the event tables ask for it: a party, troops, sanctions, talks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shatterbelt.reading.event_frames import inner_noun
from shatterbelt.reading.event_tables import NounRow, last_words, noun_rows, word_list
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.parties import Parties
from shatterbelt.reading.pronouns import is_done_to, is_somebody

if TYPE_CHECKING:
    from spacy.tokens import Token

_STATES = frozenset({"state", "adjective", "capital", "bloc", "organisation", "institution"})
_ARMED = frozenset({"MIL", "COP", "REB", "UAF"})
_CIVIL = frozenset({"CVL", "LAB", "OPP", "REL", "EDU"})
_PERSONAL = frozenset({"he", "she", "him", "her", "himself", "herself"})
_GROUPS = frozenset({"they", "them", "themselves", "we"})
_CARRYING = word_list("carrying")
_CROWDS = frozenset({"thousand", "hundred", "dozen", "crowd", "people", "million", "score"})


class Kinds:
    """Gives the kinds of a sentence's nouns, and their rows in the table of event nouns."""

    def __init__(self, parties: Parties, sentence: Sentence) -> None:
        self.parties = parties
        self.sentence = sentence
        self._kinds: dict[int, frozenset[str]] = {}
        self._rows: dict[int, tuple[NounRow, ...]] = {}

    def of(self, token: Token) -> frozenset[str]:
        """Return the kinds of a noun phrase by its head; a counting noun has those of what it counts."""
        found = self._kinds.get(token.i)
        if found is None:
            inner = inner_noun(token)
            kinds = self._own(inner)
            if inner.i != token.i:
                kinds |= {f"={token.lemma_.lower()}"}
            if inner.tag_ in {"NNS", "NNPS"} or token.lower_ in _GROUPS or token.conjuncts:
                kinds |= {"plural"}
            found = self._kinds[token.i] = frozenset(kinds)
        return found

    def rows(self, token: Token) -> tuple[NounRow, ...]:
        """Return the rows of the longest entry of the noun table that ends at a noun."""
        found = self._rows.get(token.i)
        if found is None:
            found = self._rows[token.i] = self._look(token)
        return found

    def event_row(self, token: Token) -> NounRow | None:
        """Return the row that makes the noun an event by itself, if there is one."""
        return next((row for row in self.rows(token) if row.type), None)

    def _look(self, token: Token) -> tuple[NounRow, ...]:
        lemma = token.lemma_.lower()
        if token.pos_ not in {"NOUN", "PROPN", "VERB"} or (token.pos_ == "VERB" and token.dep_ == "ROOT"):
            return ()
        forms = {lemma, token.lower_, lemma.removesuffix("s")}
        if not forms & last_words():
            return ()
        table = noun_rows()
        for form in forms:
            for inner in _of_lemmas(token):
                if (form, "of", inner) in table:
                    return table[form, "of", inner]
        start = self.sentence.tokens.start
        before = [token.nbor(-back) for back in (2, 1) if token.i - back >= start]
        words = [word.lemma_.lower() for word in before]
        plain = [word.lower_ for word in before]
        for taken in range(len(words), -1, -1):
            for form in (token.lower_, lemma, lemma.removesuffix("s")):
                for left in (words, plain):
                    rows = table.get((*left[len(left) - taken :], form))
                    if rows:
                        return rows
        return ()

    def _own(self, token: Token) -> set[str]:
        lemma = token.lemma_.lower()
        kinds = {row.kind for row in self.rows(token)}
        if lemma in _CARRYING:  # "a military aid program" is aid
            kinds |= {row.kind for left in token.lefts if left.dep_ == "compound" for row in self.rows(left)}
        kinds |= {f"={lemma}", f"={token.lower_}"}
        if is_done_to(token):
            return kinds | {"any", "party", "person", "civil"}
        if token.pos_ == "VERB":
            return kinds | {"any"}
        kinds.add("any")
        sectors = self._sectors(token, kinds)
        if sectors & _ARMED:
            kinds.add("armed")
        if sectors & _CIVIL:
            kinds.add("civil")
        if "LAB" in sectors:
            kinds.add("lab")
        if "JUD" in sectors:
            kinds.add("judge")
        if lemma in _CROWDS:
            kinds.add("civil")
        acts = self.parties.acts(token, self.sentence) or lemma in _CROWDS or token.lower_ in _GROUPS
        if not acts and not self.rows(token) and token.pos_ in {"NOUN", "PROPN"}:
            acts = any(self._is_named(child) for child in token.lefts)
        kinds.add("party" if acts else "thing")
        if is_somebody(token):
            kinds.add("person")
        return kinds

    def _is_named(self, child: Token) -> bool:
        """Return whether a noun's modifier is an actor, which makes an unknown noun a body of that actor."""
        return child.dep_ in {"compound", "amod"} and self.parties.match_at(child, self.sentence) is not None

    def _sectors(self, token: Token, kinds: set[str]) -> set[str]:
        """Add person, office and state to the kinds, and return the sectors that the name belongs to."""
        sectors: set[str] = set()
        role = self.parties.role_at(token)
        if role is not None:
            sectors.add(role.sector)
            if role.kind in {"office", "officials"}:
                kinds |= {"office", "person"} if role.sector in {"GOV", "LEG", "PTY"} else {"person"}
            elif role.kind == "group":
                kinds.add("person")
            elif role.sector == "GOV":
                kinds.add("state")
        match = self.parties.match_at(token, self.sentence)
        if match is not None:
            known = match.known[0]
            sectors.add(known.code.partition("_")[2])
            if known.kind == "person":
                kinds |= {"person", "office"}
            elif known.kind in _STATES:
                kinds |= {"state"} | ({"bloc"} if known.kind in {"bloc", "organisation"} else set())
            elif known.kind == "people":
                sectors.add("CVL")
                kinds |= {"person", "state"}
        party = self.parties.of(token, self.sentence)
        if token.ent_type_ == "PERSON" or token.lower_ in _PERSONAL:
            kinds |= {"person", "office"}
        if party is not None and party.role and match is None and role is None:
            kinds.add("person")
            sectors.add(party.actor.partition("_")[2])
        return sectors


def _of_lemmas(token: Token) -> list[str]:
    return [
        word
        for prep in token.children
        if prep.dep_ == "prep" and prep.lower_ == "of"
        for noun in prep.children
        if noun.dep_ == "pobj"
        for word in (noun.lemma_.lower(), noun.lower_)
    ]
