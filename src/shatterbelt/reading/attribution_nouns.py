"""Cues that are no verbs: claims and fears, "according to", "in his words", "allegedly", "alleged"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shatterbelt.reading.attribution_cues import cues
from shatterbelt.reading.attribution_frames import Frame, subtree
from shatterbelt.reading.attribution_sources import can_speak, child, subject, subject_of_noun

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_LABEL = 9
_OTHER_OPENERS = frozenset(
    {"because", "as", "when", "while", "after", "before", "since", "although", "though", "if", "until"}
)
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})


def noun_frames(noun: Token) -> list[Frame]:
    """Return the attribution of a noun such as "claim" with a clause or its preposition behind it."""
    row = cues().nouns.get(noun.lemma_.lower())
    if row is None or f"{noun.head.lower_} {noun.lower_}" in cues().fixed:
        return []
    found: list[Token] = []
    for each in noun.children:
        if each.i < noun.i:
            continue
        if each.dep_ in {"acl", "ccomp", "relcl"} and _says_that(each):
            found = [each]
            break
        if each.dep_ in {"acl", "relcl", "advcl"} and "for" in row.opens and _for_to(each):
            found = [each]
            break
        if each.dep_ == "acl" and row.manner in {"demanded", "hypothetical", "doubted"} and _to(each):
            found = [each]
            break
        if each.dep_ == "prep" and each.lower_ in row.opens and not found:
            inner = child(each, "pcomp", "pobj")
            found = [inner] if inner is not None else []
    found = found or _said_to_be(noun) or _said_by(noun)
    if not found:
        return []
    return [
        Frame(
            cue=(noun,),
            source=subject_of_noun(noun) or _who_means_to(noun, found[0]),
            content=frozenset(subtree(*found)),
            manner=row.manner,
            roots=frozenset(each.i for each in found),
            rule="noun",
        )
    ]


def _who_means_to(noun: Token, said: Token) -> Token | None:
    """Return the subject of the clause for "was elected on a promise to cut taxes"."""
    verb = noun.head.head if noun.dep_ == "pobj" else noun.head
    if not _to(said) or noun.dep_ not in {"dobj", "pobj"} or verb.pos_ != "VERB":
        return None
    own = child(verb, "nsubj", "nsubjpass")
    return own if own is not None and can_speak(own, "person") else None


def _said_to_be(noun: Token) -> list[Token]:
    """Find "the official version is that ..."."""
    if noun.dep_ != "nsubj" or noun.head.lemma_ != "be":
        return []
    return [
        each for each in noun.head.children if each.dep_ in {"ccomp", "advcl"} and _says_that(each, "that")
    ]


def _said_by(noun: Token) -> list[Token]:
    """Find "assurances from the staff that ...", where the parse hangs the clause on the staff."""
    return [
        each
        for by in noun.children
        if by.dep_ == "prep" and by.lower_ in {"by", "from"}
        for source in by.children
        for each in source.children
        if each.dep_ in {"acl", "relcl"} and _says_that(each, "that")
    ]


def phrase_frames(token: Token) -> list[Frame]:
    """Return the attribution of "according to the ministry" or "in his words"."""
    if token.lower_ == "according":
        to = child(token, "prep")
        source = child(to, "pobj") if to is not None and to.lower_ == "to" else None
        if to is None or source is None:
            return []
        return _over(token, (token, to), source)
    before = cues().phrases.get(token.lemma_.lower())
    if before is None or token.dep_ != "pobj" or token.head.lower_ not in before:
        return []
    source = child(token, "poss")
    if source is None:
        of = next((each for each in token.children if each.dep_ == "prep" and each.lower_ == "of"), None)
        source = child(of, "pobj") if of is not None else None
        if source is None or not _is_fronted(token.head) or not can_speak(source, "text"):
            return []
    elif token.lemma_.lower() in {"mind", "reading", "account", "version", "point"} and not _is_fronted(
        token.head
    ):
        return []
    return _over(token.head, (token, token.head), source)


def feeling_frames(word: Token) -> list[Frame]:
    """Return the attribution of "officials are confident that ...", "aware that ..., the bank ..."."""
    manner = cues().feelings.get(word.lower_)
    if manner is None or word.dep_ not in {"acomp", "advcl", "ROOT", "conj", "ccomp", "xcomp", "relcl"}:
        return []
    verb = word.head if word.dep_ == "acomp" else word
    holders = (word, verb) if word.dep_ == "acomp" else (word,)
    said = [
        each
        for holder in holders
        for each in holder.children
        if each.dep_ in {"ccomp", "advcl"}
        and each.i > word.i
        and child(each, "nsubj", "nsubjpass") is not None
        and not any(part.lower_ in _OTHER_OPENERS for part in each.children)
    ]
    own = child(verb, "nsubjpass", "nsubj")
    source = own if own is not None else subject(verb)
    if not said or source is None or source.lower_ == "it" or not can_speak(source, "anyone"):
        return []
    content = frozenset(subtree(said[0]))
    return [Frame((word,), source, content, manner, frozenset({said[0].i}), "feeling")]


def citing_frames(verb: Token) -> list[Frame]:
    """Return the attribution of "..., citing a police source": the one cited is the source."""
    cited = child(verb, "dobj")
    if verb.tag_ != "VBG" or verb.dep_ != "advcl" or cited is None or not can_speak(cited, "named"):
        return []
    return _over(verb, (verb,), cited)


def adverb_frames(token: Token) -> list[Frame]:
    """Return the attribution of "reportedly" and "alleged", which name no source."""
    lemma = token.lower_
    if token.pos_ == "ADV":
        manner = cues().adverbs.get(lemma)
        if manner is None:
            return []
        root = token.head
        if root.dep_ in {"aux", "auxpass"}:
            root = root.head
        content = subtree(root) - {token.i}
        for each in root.children:
            if each.dep_ == "conj" and child(each, "nsubj", "nsubjpass") is not None:
                content -= subtree(each)
        return [Frame((token,), None, frozenset(content), manner, frozenset({root.i}), "adverb")]
    manner = cues().adjectives.get(lemma)
    if manner is None or token.dep_ not in {"amod", "compound", "nmod"} or token.head.i < token.i:
        return []
    content = subtree(token.head) - subtree(token)
    return [Frame((token,), None, frozenset(content), manner, frozenset({token.head.i}), "adjective")]


def label_frames(tokens: Span) -> list[Frame]:
    """Return the attribution of "Minister: mine will not reopen" and of "The minister: '...'"."""
    colon = next((token for token in tokens[1:_LABEL] if token.text == ":"), None)
    if colon is None:
        return []
    before = tokens.doc[tokens.start : colon.i]
    if any(token.pos_ in {"VERB", "AUX"} or token.text in {",", ";"} for token in before):
        return []
    source = next(
        (t for t in before if t.pos_ in {"NOUN", "PROPN"} and (t.head.i >= colon.i or t.head.i == t.i)), None
    )
    after = [token for token in tokens if token.i > colon.i]
    if source is None or not can_speak(source, "named") or not any(t.pos_ in {"VERB", "AUX"} for t in after):
        return []
    content = frozenset(token.i for token in after)
    return [Frame((colon,), source, content, "reported", frozenset(), "label")]


def tail_frames(tokens: Span) -> list[Frame]:
    """Return the attribution of "..., the bank estimates", where the parse takes the verb for a noun."""
    cue = next((token for token in reversed(tokens) if token.is_alpha), None)
    if cue is None or cue.pos_ != "NOUN" or cue.dep_ != "ROOT":
        return []
    rows = cues().verbs.get(cue.lemma_, ())
    said, source = child(cue, "ccomp"), child(cue, "compound", "nmod")
    if said is None or source is None or said.i > cue.i or not any("clause" in row.frames for row in rows):
        return []
    return [Frame((cue,), source, frozenset(subtree(said)), "reported", frozenset({said.i}), "tail")]


def _over(phrase: Token, cue: tuple[Token, ...], source: Token) -> list[Frame]:
    """Return a frame whose content is the clause that the phrase hangs on."""
    root = phrase.head
    while root.head.i != root.i and not _is_clause(root):
        root = root.head
    content = subtree(root) - subtree(phrase)
    return [Frame(cue, source, frozenset(content), "reported", frozenset({root.i}), "phrase")]


def _is_clause(token: Token) -> bool:
    """Return whether a token heads a clause with a subject of its own."""
    return token.pos_ in {"VERB", "AUX"} and (
        token.dep_ == "ROOT" or child(token, "nsubj", "nsubjpass", "expl", "csubj") is not None
    )


def _is_fronted(preposition: Token) -> bool:
    """Return whether a phrase stands by itself: at the sentence's start or between commas."""
    start = preposition.sent.start
    before = preposition.nbor(-1) if preposition.i > start else None
    return before is None or before.is_punct or before.dep_ in {"mark", "cc"}


def _says_that(clause: Token, opener: str = "") -> bool:
    """Return whether a clause is what is said: opened by "that", or finite without a relative's gap."""
    first = next((each for each in clause.children if each.lower_ in {"that", "whether", "if"}), None)
    if first is not None:
        whole = clause.dep_ == "acl" and child(clause, "nsubj", "nsubjpass") is not None
        return (first.dep_ == "mark" or whole) and (not opener or first.lower_ == opener)
    finite = clause.tag_ in _FINITE or any(each.tag_ in _FINITE for each in clause.children)
    whole = clause.dep_ in {"acl", "ccomp"} and child(clause, "nsubj", "nsubjpass") is not None
    return finite and whole and not opener


def _for_to(clause: Token) -> bool:
    return any(each.dep_ == "mark" and each.lower_ == "for" for each in clause.children)


def _to(clause: Token) -> bool:
    return any(each.dep_ == "aux" and each.lower_ == "to" for each in clause.children)
