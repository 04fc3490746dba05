"""Who is meant: noun phrases to parties, with the actor table's code where it is sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from shatterbelt.documents.layout.places import place_of
from shatterbelt.reading.actors import (
    Known,
    Match,
    Role,
    cut,
    known_names,
    on_day,
    roles,
    sectors,
    states,
    titled_names,
    with_extra,
    with_sector,
)
from shatterbelt.reading.parsed import Sentence
from shatterbelt.reading.pronouns import HE, NOBODY, THEY, WHO, antecedent, is_done_to, is_somebody, meant
from shatterbelt.reading.statements import Party

if TYPE_CHECKING:
    from spacy.tokens import Token

_DOERS = frozenset({"nsubj", "nsubjpass", "pobj", "dobj", "poss", "conj", "appos"})
_BEFORE = frozenset({"compound", "amod", "nmod", "poss", "nummod", "quantmod", "advmod", "npadvmod"})
_NAMING = frozenset({"NOUN", "PROPN", "PRON", "ADJ", "NUM", "X", "DET"})
_STATE_LIKE = frozenset({"state", "adjective", "people", "capital", "bloc", "organisation"})
_FORMER = frozenset({"former", "ex", "late", "ousted", "deposed", "exiled"})
_JOINED = frozenset({"of", "in", "from", "at", "for", "to", "near", "with"})
_BREAKS = frozenset({"relcl", "acl", "advcl", "appos", "punct", "pcomp", "cc"})
_OTHERS = frozenset({"neighbour", "neighbor", "ally", "counterpart", "power"})
_AT_HOME = frozenset({"COP", "JUD", "LEG", "OPP"})
"""Sectors that are the document's own state's also without "the": "Police arrested protesters"."""
_PLACED = frozenset({"of", "in", "for", "from", "to", "at", "against"})


class Parties:
    """Gives the party that a token names, for the sentences of one document.

    Args:
        sentences: all sentences of the document, in order.
        issued: the document's day, ISO, as exact as known; roles are read as they were then.
        extra: codes with further aliases, such as a case's own actors; they win over the table.
    """

    def __init__(
        self,
        sentences: Sequence[Sentence],
        issued: str = "",
        extra: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self._sentences = list(sentences)
        self._issued = issued
        self._names = with_extra(extra) if extra else known_names()
        self._cache: dict[tuple[int, int], Party | None] = {}
        self._matches: dict[int, dict[int, Match]] = {}
        self._people: dict[str, Party] = {}  # surnames that the text has introduced
        self._at = {sentence.number: place for place, sentence in enumerate(self._sentences)}
        self._home = self._only_state()

    def of(self, token: Token, sentence: Sentence) -> Party | None:
        """Return the party whose name the token heads; None where it heads no name.

        ``actor`` stays empty where neither the table nor the text nearby says for sure who it is.
        """
        key = (sentence.number, token.i)
        if key not in self._cache:
            self._cache[key] = None  # a phrase inside itself names nobody
            self._cache[key] = self._read(token, sentence)
        return self._cache[key]

    def all_of(self, token: Token, sentence: Sentence) -> tuple[Party, ...]:
        """Return the parties of a token and of all that is joined to it by "and".

        "Polish and Lithuanian ministers" are two parties, each named by its adjective.
        """
        found: list[Party] = []
        for member in (token, *token.conjuncts):
            split = self._split(member, sentence)
            if split:
                found.extend(split)
            elif (party := self.of(member, sentence)) is not None:
                found.append(party)
        return tuple(dict.fromkeys(found))

    def acts(self, token: Token, sentence: Sentence) -> bool:
        """Return whether the token names somebody who can act: a known actor, a role, a person or a body."""
        party = self.of(token, sentence)
        if party is None:
            return False
        named = token.ent_type_ in {"PERSON", "ORG", "GPE", "NORP"} and token.pos_ in {"PROPN", "NOUN"}
        # A country that nobody knows has no label; other names are those of days, laws or goods.
        named = named or (token.pos_ == "PROPN" and not token.ent_type_ and token.dep_ in _DOERS)
        return bool(party.actor or party.role or named or token.lower_ in HE | THEY) or is_somebody(token)

    def match_at(self, token: Token, sentence: Sentence) -> Match | None:
        """Return the table's name that covers the token, if any; its places count the parsed tokens."""
        if sentence.number not in self._matches:
            self._matches[sentence.number] = self._find(sentence)
        return self._matches[sentence.number].get(token.i)

    # Names

    def _find(self, sentence: Sentence) -> dict[int, Match]:
        start = sentence.tokens.start
        words = [token.text.replace("\u2019", "'") for token in sentence.tokens]
        found: dict[int, Match] = {}
        for match in self._names.find(words):
            placed = Match(match.first + start, match.end + start, match.known)
            if self._stands_alone(placed, sentence):
                found.update(dict.fromkeys(range(placed.first, placed.end), placed))
        for place, word in enumerate(words[1:], start=1):
            at = start + place
            titled = titled_names().at([word], 0)
            if titled and at not in found and self._has_title(sentence.doc[at]):
                found[at] = Match(at, at + 1, titled.known)
        return found

    def _stands_alone(self, match: Match, sentence: Sentence) -> bool:
        """Return False for a surname behind another's first name, and for a verb that looks like a name."""
        first = sentence.doc[match.first]
        if match.known[0].kind != "person" or match.end - match.first > 1:
            return first.pos_ != "VERB" or first.text.isupper()
        if match.first == sentence.tokens.start:
            return True
        before = sentence.doc[match.first - 1]
        other = before.pos_ == "PROPN" and before.dep_ == "compound" and before.head.i == match.first
        return not other or (before.lemma_.lower(),) in roles() or before.text.endswith(".")

    def _has_title(self, token: Token) -> bool:
        before = token.nbor(-1) if token.i else None
        if before is None or token.pos_ not in {"PROPN", "NOUN"}:
            return False
        return (before.lemma_.lower(),) in roles() or before.text in {"Mr", "Mr.", "Mrs", "Mrs.", "Ms"}

    def _only_state(self) -> str:
        """Return the state that the document is about, if nearly all its mentions of states are of one."""
        counts: Counter[str] = Counter()
        for sentence in self._sentences:
            self.match_at(sentence.tokens[0], sentence)
            for match in {id(match): match for match in self._matches[sentence.number].values()}.values():
                code = match.known[0].code.split("_")[0]
                if code in states():
                    counts[code] += 1
        written = self._dateline() if self._sentences else ""
        if written:
            counts[written] += 1
        if not counts:
            return ""
        code, most = counts.most_common(1)[0]
        if most >= 2 and most >= 0.8 * counts.total():
            return code
        return code if code == written and most >= 0.6 * counts.total() else ""

    def _dateline(self) -> str:
        """Return the state in which the document was written, as its dateline tells."""
        document = self._sentences[0].document
        for block in document.blocks:
            if block.kind == "dateline":
                words = place_of(document.original[block.start : block.end])
                codes = {match.known[0].code for match in self._names.find(cut(words))} & states()
                return codes.pop() if len(codes) == 1 else ""
        return ""

    # Noun phrases

    def _read(self, token: Token, sentence: Sentence) -> Party | None:
        lower = token.lower_
        if (token.pos_ not in _NAMING and not is_done_to(token)) or token.dep_ == "expl":
            return None
        if token.pos_ in {"PRON", "DET"} and token.tag_ not in {"NN", "NNS"}:
            return self._pronoun(token, sentence)
        match = self.match_at(token, sentence)
        first, last = self._edges(token, sentence, match)
        if match is not None:
            known = on_day(match.known, self._issued)
            return self._known(token, sentence, known, (first, last))
        role = self.role_at(token)
        if role is None and token.pos_ == "PROPN":
            return self._named(token, sentence, (first, last))
        if role is None:
            return self._party(sentence, first, last, "", "") if lower.isalpha() or "-" in lower else None
        return self._of_role(token, sentence, role, (first, last))

    def _of_role(self, token: Token, sentence: Sentence, role: Role, edges: tuple[int, int]) -> Party:
        """Return the party of a role: of its country, or of none ("COP") where no name is about."""
        first, last = edges
        if role.kind == "office" and any(word.lower_ in _FORMER for word in token.lefts):
            return self._party(sentence, first, last, "", f"former {role.words}")
        code = with_sector(self._country(token, sentence), role.sector)
        if role.words in _OTHERS and any(left.dep_ == "poss" for left in token.lefts):
            return self._party(sentence, first, last, "", role.words)  # "Kenya's neighbour" is not Kenya
        owned = role.kind == "office" and any(left.pos_ == "PRON" for left in token.lefts)  # "their leader"
        if not code and not owned and not self._names_another(token, first, last, sentence):
            code = role.sector
        return self._party(sentence, first, last, code, role.words)

    def _names_another(self, token: Token, first: int, last: int, sentence: Sentence) -> bool:
        """Return whether a phrase names a place or a body that no table knows: "the Ruritanian police"."""
        for word in sentence.doc[first : last + 1]:
            named = word.text[:1].isupper() and (
                word.pos_ == "PROPN" or (word.pos_ == "ADJ" and word.i > first)
            )
            if word.i != token.i and (named or word.ent_type_ in {"NORP", "GPE"}):
                return True
        return token.pos_ == "PROPN" and token.ent_type_ in {"PERSON", "GPE"}

    def _known(
        self, token: Token, sentence: Sentence, known: Known | None, edges: tuple[int, int]
    ) -> Party | None:
        first, last = edges
        if known is None:
            return self._party(sentence, first, last, "", "former office holder")
        if known.kind == "people" and token.dep_ not in {"amod", "compound"}:
            whole = any(left.lower_ == "the" for left in token.lefts)
            code = known.code if whole else with_sector(known.code, "CVL")
            return self._party(sentence, first, last, code, "" if whole else "people")
        title = self._title(token) if known.kind == "person" else None
        return self._party(sentence, first, last, known.code, title.words if title else known.role)

    def _named(self, token: Token, sentence: Sentence, edges: tuple[int, int]) -> Party:
        """Return the party of a name that the table has not: by its title, its apposition, or earlier use."""
        first, last = edges
        role, source = self._title(token), token
        for child in token.children:
            if role is None and child.dep_ == "appos":
                role, source = self.role_at(child), child
        if role is None and token.dep_ == "appos" and (role := self.role_at(token.head)):
            source = token.head
        if role is None:
            earlier = self._people.get(token.text)
            if earlier is None:
                return self._party(sentence, first, last, "", "")
            return self._party(sentence, first, last, earlier.actor, earlier.role)
        code = with_sector(self._country(source, sentence), role.sector)
        former = any(word.lower_ in _FORMER for word in source.lefts)
        party = self._party(
            sentence, first, last, "" if former else code, f"former {role.words}" if former else role.words
        )
        self._people.setdefault(token.text, party)
        return party

    def role_at(self, token: Token) -> Role | None:
        """Return the longest role that ends at a token: "deputy foreign minister" before "minister"."""
        lemma = token.lemma_.lower()
        words = [token.nbor(-back).lower_ for back in (2, 1) if token.i - back >= token.sent.start]
        forms = (lemma, lemma.removesuffix("s"), token.lower_)
        for taken in range(len(words), -1, -1):
            for form in forms:
                found = roles().get((*words[len(words) - taken :], form))
                if found:
                    return self._suited(token, found)
        return None

    def _suited(self, token: Token, found: tuple[Role, ...]) -> Role:
        if len(found) > 1 and token.tag_ in {"NNS", "NNPS"}:
            return next((role for role in found if role.kind in {"officials", "group"}), found[0])
        return found[0]

    def _title(self, token: Token) -> Role | None:
        """Return the role that stands right before a name: "interior minister" before a surname."""
        for left in reversed(list(token.lefts)):
            if left.dep_ in {"compound", "nmod", "amod"} and left.pos_ in {"PROPN", "NOUN"}:
                role = self.role_at(left)
                if role is not None:
                    return role
        return None

    def _country(self, token: Token, sentence: Sentence) -> str:
        """Return the code of whom a role belongs to: an adjective, a possessive, "of" or "in" a state."""
        places = [left for left in token.lefts if left.dep_ in _BEFORE or left.dep_ == "det"]
        if token.dep_ == "compound":  # a title before a name: its country stands beside it
            places += [left for left in token.head.lefts if left.i < token.i]
        for left in reversed(places):
            code = self._code_in(left, sentence)
            if code:
                return code
        for right in token.rights:
            if right.dep_ == "prep" and right.lower_ in _PLACED:
                for inner in right.children:
                    if inner.dep_ == "pobj" and (code := self._code_in(inner, sentence)):
                        return code
        return self._around(token, sentence)

    def _code_in(self, token: Token, sentence: Sentence) -> str:
        match = self.match_at(token, sentence)
        if match is not None:
            known = on_day(match.known, self._issued)
            return known.code if known else ""
        if token.dep_ in {"poss", "pobj"}:
            party = self.of(token, sentence)
            code = party.actor.split("_")[0] if party and party.role else ""
            return "" if code in sectors() else code
        return next((code for left in token.lefts if (code := self._code_in(left, sentence))), "")

    def _around(self, token: Token, sentence: Sentence) -> str:
        """Return the code that a bare "the government" inherits from its twin by "and" or the document."""
        if token.dep_ == "conj" and (role := self.role_at(token.head)) and role.kind in {"office", "body"}:
            return self._country(token.head, sentence)
        if token.dep_ == "appos" and token.head.pos_ == "PROPN":
            match = self.match_at(token.head, sentence)
            if match and (known := on_day(match.known, self._issued)) and known.kind == "person":
                return known.code.split("_")[0]
        role = self.role_at(token)
        if role is None or not self._home:
            return ""
        definite = any(left.lower_ == "the" for left in token.lefts) or token.pos_ == "PROPN"
        if (definite and role.kind in {"office", "body"}) or role.sector in _AT_HOME:
            return self._home
        return ""

    def _split(self, token: Token, sentence: Sentence) -> list[Party]:
        for left in token.lefts:
            if left.dep_ in {"amod", "nmod", "compound"} and left.conjuncts:
                joined = [word for word in (left, *left.conjuncts) if word.i < token.i]
                role = self.role_at(token)
                people = any(word.tag_ in {"NNS", "NNPS"} for word in joined)
                if (
                    role
                    and len(joined) > 1
                    and all(self._code_in(word, sentence) for word in joined)
                    and not people
                ):
                    codes = [with_sector(self._code_in(word, sentence), role.sector) for word in joined]
                    return [
                        self._party(sentence, word.i, word.i, code, role.words)
                        for word, code in zip(joined, codes, strict=True)
                    ]
        return []

    def _edges(self, token: Token, sentence: Sentence, match: Match | None) -> tuple[int, int]:
        """Return the first and last token of a name as written, its article and pronouns left out."""
        first, last = token.i, token.i
        for left in reversed(list(token.lefts)):
            if left.ent_type_ in {"DATE", "TIME"} or (left.is_punct and left.i and left.nbor(-1).whitespace_):
                break  # the rest of a dateline
            if left.dep_ in _BEFORE and left.pos_ != "PRON" and left.right_edge.i == first - 1:
                first = min(left.left_edge.i, first)
            elif left.dep_ in {"punct", "case"} and left.i == first - 1:
                first = left.i
            else:
                break
        if match is not None:
            first, last = min(first, match.first), max(last, match.end - 1)
        doc = sentence.doc
        first = max(first, sentence.tokens.start)
        while first < token.i and (doc[first].is_punct or doc[first].pos_ in {"DET", "ADV", "PART", "SPACE"}):
            first += 1
        last = max(last, self._tail(token, sentence))
        return first, last

    def _tail(self, token: Token, sentence: Sentence) -> int:
        """Return the last token of what follows and belongs to a name: "of" and "in" with their nouns."""
        last = token.i
        for right in token.rights:
            if right.dep_ != "prep" or right.lower_ not in _JOINED or right.i != last + 1:
                break
            phrase = sentence.doc[right.i : right.right_edge.i + 1]
            if len(phrase) > 12 or any(word.dep_ in _BREAKS for word in phrase) or phrase[-1].is_punct:
                break
            if right.lower_ != "of" and any(word.ent_type_ in {"DATE", "TIME"} for word in phrase):
                break
            last = right.right_edge.i
        return last

    def _party(self, sentence: Sentence, first: int, last: int, actor: str, role: str) -> Party:
        span = sentence.place(sentence.doc[first], sentence.doc[last])
        return Party(name=" ".join(span.text.split()), actor=actor, role=role, span=span)

    def _pronoun(self, token: Token, sentence: Sentence) -> Party | None:
        """Return whom a pronoun means; it keeps its own word as name, and whom it means as role."""
        if token.lower_ in WHO:
            noun = antecedent(token)
            return self.of(noun, sentence) if noun is not None else None
        if token.lower_ in NOBODY and not is_somebody(token):
            return None
        place = self._at.get(sentence.number, 0)
        found = meant(token, self._sentences[max(place - 1, 0) : place + 1], self)
        actor, role = (found.actor, found.name) if found else ("", "")
        return self._party(sentence, token.i, token.i, actor, role)
