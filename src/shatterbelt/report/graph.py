"""The causal map: who stands where, and what each arrow says."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from shatterbelt.case.types import Case, Document
from shatterbelt.report.series import unit
from shatterbelt.statements import (
    Change,
    Claim,
    Condition,
    Evidence,
    Memory,
    PublicationEvidence,
    QuoteEvidence,
    Saturating,
    Threshold,
)

DELAY = 3
"""Lag in steps from which an arrow carries the mark of delay."""
WIDEST = 8
"""Columns of the map that a laptop's width shows with readable names."""
Quotes = Mapping[Any, Any]


def elements(case: Case, quotes: Quotes | None) -> dict[str, Any]:
    """Return the map's columns, nodes with places, and edges with what their panel shows."""
    places = layout(case)
    columns = sectors(case)
    claimed = {name for claim in case.claims for name in (claim.cause, claim.effect)}
    return {
        "columns": [
            {"id": sector, "title": actor_name(case, sector), "members": members}
            for sector, members in columns.items()
        ],
        "nodes": [
            {
                "id": name,
                "title": thing.title,
                "kind": thing.kind,
                "unit": unit(thing.unit),
                "about": thing.about,
                "rows": list(thing.rows),
                "lever": thing.lever is not None,
                "claimed": name in claimed,
                "x": places[name][0],
                "y": places[name][1],
            }
            for name, thing in case.quantities.items()
        ],
        "edges": [edge(case, claim, quotes) for claim in case.claims],
        "definitions": definitions(case),
    }


def edge(case: Case, claim: Claim, quotes: Quotes | None) -> dict[str, Any]:
    """Return one claim as an arrow with everything its panel says."""
    return {
        "id": claim.id,
        "title": claim.title,
        "source": claim.cause,
        "target": claim.effect,
        "sign": claim.sign,
        "strength": claim.strength,
        "delay": claim.lags[0] >= DELAY,
        "contested": contested(case, claim),
        "how": describe(claim),
        "when": condition(claim.when),
        "rows": list(claim.rows),
        "narratives": narratives_of(case, claim),
        "evidence": [evidence(case, item, quotes) for item in claim.evidence],
        "oneCamp": one_camp(case, claim),
        "note": claim.note,
    }


def evidence(case: Case, item: Evidence, quotes: Quotes | None) -> dict[str, Any]:
    """Return one piece of evidence; its text only where the documents were at hand."""
    if isinstance(item, PublicationEvidence):
        return {"cites": cite(case.documents.get(item.publication), item.publication), "says": item.finding}
    source = case.documents.get(item.quote.document)
    text = quote_text(item, quotes)
    return {
        "who": item.says_who,
        "manner": item.manner,
        "credibility": item.credibility,
        "reading": item.reading,
        "says": item.paraphrase,
        "where": place(source, item),
        "quote": text,
    }


def quote_text(item: QuoteEvidence, quotes: Quotes | None) -> str:
    """Return the quote's text from ``quotes``, keyed by (document, start, end) or by the span's hash."""
    if not quotes:
        return ""
    quote = item.quote
    found = quotes.get((quote.document, quote.start, quote.end), quotes.get(quote.sha256, ""))
    return str(getattr(found, "text", found) or "")


def place(source: Document | None, item: QuoteEvidence) -> str:
    """Say where a quote stands: document, paragraph and characters."""
    title = source.title if source else item.quote.document
    paragraph = f", paragraph {item.quote.paragraph}" if item.quote.paragraph else ""
    return f"{title} ({item.quote.document}{paragraph}, characters {item.quote.start}–{item.quote.end})"


def cite(source: Document | None, name: str) -> str:
    """Return author, year and title of a publication in one line."""
    if source is None:
        return name
    who = authors(source)
    year = source.issued[:4]
    if not who:
        return f"{source.title} ({year})" if year else source.title
    journal = f", {source.container_title}" if source.container_title else ""
    return f"{who} {year}, {source.title}{journal}".strip(" ,")


def authors(source: Document) -> str:
    """Return the family names of a source's authors."""
    names = [entry.get("family") or entry.get("literal", "") for entry in source.author]
    if len(names) > 2:
        names = [*names[:-1], f"and {names[-1]}"]
        return ", ".join(names)
    return " and ".join(name for name in names if name)


def definitions(case: Case) -> list[dict[str, Any]]:
    """Return the arrows that are arithmetic, not claims: what formulas and stocks are made of."""
    found = []
    for name, thing in case.quantities.items():
        text = " ".join(str(getattr(thing, part, "")) for part in ("formula", "inflow", "outflow"))
        for other in sorted(_names(text) & set(case.quantities) - {name}):
            found.append({"id": f"={other}>{name}", "source": other, "target": name})
    return found


def contested(case: Case, claim: Claim) -> bool:
    """Tell whether a claim is doubted or denied, or another claim has the opposite sign."""
    opposite = {"+": "-", "-": "+"}.get(claim.sign)
    against = any(
        other.cause == claim.cause and other.effect == claim.effect and other.sign == opposite
        for other in case.claims
    )
    manners = {item.manner for item in claim.evidence if isinstance(item, QuoteEvidence)}
    return against or bool(manners & {"doubted", "denied"})


def one_camp(case: Case, claim: Claim) -> str:
    """Return the one camp that alone carries a claim, or nothing if a second or a neutral source does."""
    camps = set()
    for item in claim.evidence:
        if isinstance(item, PublicationEvidence):
            return ""
        source = case.documents.get(item.quote.document)
        if source is None or source.leaning is None:
            return ""
        camps.add(source.leaning.label)
    return camps.pop() if len(camps) == 1 else ""


def narratives_of(case: Case, claim: Claim) -> list[str]:
    """Return the narratives that hold a claim."""
    return [name for name in case.about.narratives if claim.id in case.claim_ids(name)]


def describe(claim: Claim) -> str:
    """Say in words which side of the cause acts, how, and when."""
    first, last = claim.lags
    lag = f"after {first} steps" if first == last else f"over lags {first} to {last} steps"
    lag = "in the same step" if last == 0 else lag.replace("after 1 steps", "after 1 step")
    return f"{_aspect(claim)}, {_form(claim)}, {lag}"


def condition(when: Condition | None) -> str:
    """Say on what condition a claim acts."""
    return f"only while {when.quantity} {when.test}" if when else ""


def _aspect(claim: Claim) -> str:
    match claim.aspect:
        case Change(change=steps):
            return f"change over {steps} steps"
        case Memory(memory=half_life):
            return f"memory with a half-life of {half_life:g} steps"
        case word:
            return {"level": "level", "on": "being on"}[word]


def _form(claim: Claim) -> str:
    match claim.form:
        case Saturating(saturating=scale):
            return f"saturating at {scale:g} swings"
        case Threshold(threshold=value):
            return f"beyond {value:g} swings"
        case _:
            return "linear"


# --------------------------------------------------------------------------- places


def sector_of(case: Case, name: str) -> str:
    """Return the actor whose column a quantity stands in; empty is the world."""
    thing = case.quantities[name]
    return thing.actor or (thing.lever.actor if thing.lever else "")


def actor_name(case: Case, key: str) -> str:
    """Return an actor's name, or what stands for none."""
    if not key:
        return "World and prices"
    return case.about.actors[key].name if key in case.about.actors else key


def sectors(case: Case) -> dict[str, list[str]]:
    """Group the quantities by actor; ordered so that arrows between columns are short.

    All orders are tried up to seven columns, so the map is the same on every machine; the smaller
    columns beyond the first six share the last one.
    """
    grouped: dict[str, list[str]] = defaultdict(list)
    for name in case.quantities:
        grouped[sector_of(case, name)].append(name)
    large = sorted(grouped, key=lambda key: (-len(grouped[key]), key))
    keep = set(large[:6]) | {""}
    for key in large:
        if key not in keep:
            grouped[""] = grouped.get("", []) + grouped.pop(key)
    weights = Counter(
        (_column(case, claim.cause, grouped), _column(case, claim.effect, grouped)) for claim in case.claims
    )
    best = min(
        itertools.permutations(sorted(grouped)),
        key=lambda order: (
            sum(count * abs(order.index(a) - order.index(b)) for (a, b), count in weights.items()),
            order,
        ),
    )
    return {key: grouped[key] for key in best}


def layout(case: Case, wide: float = 152, high: float = 56) -> dict[str, tuple[float, float]]:
    """Place every quantity: a column for each actor, ordered so that neighbours stand level.

    Quantities that no claim touches stand in rows below; the map shows them with the arithmetic.
    """
    near: dict[str, list[str]] = defaultdict(list)
    for claim in case.claims:
        near[claim.cause].append(claim.effect)
        near[claim.effect].append(claim.cause)
    columns = _columns([[n for n in members if n in near] for members in sectors(case).values()])
    rank = {name: float(i) - len(members) / 2 for members in columns for i, name in enumerate(members)}
    for _ in range(24):
        for members in columns:
            pull = {name: sum(rank[m] for m in near[name]) / len(near[name]) for name in members}
            members.sort(key=lambda name: (pull[name], name))
            rank |= {name: i - len(members) / 2 for i, name in enumerate(members)}
    tallest = max((len(members) for members in columns), default=0)
    places: dict[str, tuple[float, float]] = {
        name: (round(x * wide), round((i - (len(members) - 1) / 2) * high + (x % 2) * high / 2))
        for x, members in enumerate(columns)
        for i, name in enumerate(members)
    }
    across = max(len(columns), 4)
    below = (tallest / 2 + 1) * high
    for i, name in enumerate(name for name in case.quantities if name not in near):
        places[name] = (round(i % across * wide), round(below + i // across * high))
    return places


def _columns(groups: list[list[str]]) -> list[list[str]]:
    """Break the groups into as many columns as a laptop shows, none much taller than the others."""
    groups = [members for members in groups if members]
    tall = next(
        size
        for size in range(7, 10_000)
        if sum(-(-len(m) // size) for m in groups) <= max(WIDEST, len(groups))
    )
    columns = []
    for members in groups:
        size = -(-len(members) // -(-len(members) // tall))
        columns += [members[start : start + size] for start in range(0, len(members), size)]
    return columns


def _column(case: Case, name: str, grouped: Mapping[str, list[str]]) -> str:
    sector = sector_of(case, name)
    return sector if sector in grouped else ""


def _names(text: str) -> set[str]:
    word, found = "", set()
    for letter in text + " ":
        if letter.isalnum() or letter == "_":
            word += letter
        else:
            found.add(word)
            word = ""
    return found
