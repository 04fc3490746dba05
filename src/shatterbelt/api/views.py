"""What a case holds, as plain values: the lists of ``show`` and the one thing behind a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from shatterbelt.errors import RequestError, nearest

if TYPE_CHECKING:
    from shatterbelt.case.types import Case, Quantity
    from shatterbelt.statements import Claim

Plain = dict[str, Any]


def summary(case: Case) -> Plain:
    """Return a case in short: what it is about, and how much of everything it holds."""
    about = case.about
    return {
        "what": "case",
        "name": about.name,
        "title": about.title,
        "summary": " ".join(about.summary.split()),
        "step": about.step,
        "start": about.start,
        "record_ends": about.record_ends,
        "horizon": about.horizon,
        "default_narrative": about.default_narrative,
        "quantities": len(case.quantities),
        "tied_to_the_record": sum(bool(quantity.record) for quantity in case.quantities.values()),
        "claims": len(case.claims),
        "narratives": list(about.narratives),
        "outcomes": len(about.outcomes),
        "rows": len(about.rows),
        "sources": len(case.documents),
        "series": len({row.series for row in case.series}),
        "values": len(case.series),
        "events": len(case.events),
        "folder": case.folder,
        "hash": case.hash,
    }


def rows(case: Case) -> list[Plain]:
    """Return the rows of the system: what carries each, and how it is seen in the record."""
    found = []
    for name, row in case.about.rows.items():
        quantities = [key for key, quantity in case.quantities.items() if name in quantity.rows]
        found.append(
            {
                "row": name,
                "title": row.title,
                "says": row.says,
                "quantities": quantities,
                "claims": [claim.id for claim in case.claims if name in claim.rows],
                "outcomes": [key for key, outcome in case.about.outcomes.items() if name in outcome.rows],
                "record": row.record,
                "ties": [tie for key in quantities for tie in ties(case.quantities[key])],
            }
        )
    return found


def ties(quantity: Quantity) -> list[str]:
    """Return in words which series or events of the record observe the quantity."""
    found = []
    for tie in quantity.record:
        series = getattr(tie, "series", None)
        if series is not None:
            found.append(f"{series} ({getattr(tie, 'enters', '')})")
        else:
            actor, kind, target = (
                "/".join(getattr(tie, part, ()) or ()) for part in ("actor", "type", "target")
            )
            found.append(f"events: {actor} {kind}" + (f" to {target}" if target else ""))
    return found


def quantities(case: Case) -> list[Plain]:
    """Return every quantity in short."""
    return [
        {
            "name": name,
            "kind": quantity.kind,
            "unit": quantity.unit,
            "title": quantity.title,
            "rows": list(quantity.rows),
            "usual": quantity.usual,
            "swing": quantity.swing,
            "lever_of": quantity.lever.actor if quantity.lever else "",
            "record": ties(quantity),
        }
        for name, quantity in case.quantities.items()
    ]


def claims(case: Case) -> list[Plain]:
    """Return every claim in short, with the narratives that hold it."""
    holders = {name: set(case.claim_ids(name)) for name in case.about.narratives}
    return [
        {
            "id": claim.id,
            "cause": claim.cause,
            "sign": claim.sign,
            "effect": claim.effect,
            "strength": claim.strength,
            "title": claim.title,
            "rows": list(claim.rows),
            "narratives": [name for name, held in holders.items() if claim.id in held],
            "says_who": says_who(claim),
            "reviewed": claim.reviewed,
        }
        for claim in case.claims
    ]


def says_who(claim: Claim) -> list[str]:
    """Return who says a claim, once each: speakers of the documents, publications by their id."""
    names = (
        getattr(evidence, "says_who", "") or getattr(evidence, "publication", "")
        for evidence in claim.evidence
    )
    return list(dict.fromkeys(names))


def narratives(case: Case) -> list[Plain]:
    """Return every narrative with its claims, those of a union included."""
    return [
        {
            "name": name,
            "title": narrative.title,
            "about": narrative.about,
            "union_of": list(narrative.union_of),
            "claims": list(case.claim_ids(name)),
        }
        for name, narrative in case.about.narratives.items()
    ]


def outcomes(case: Case) -> list[Plain]:
    """Return every outcome with its window, test and what came."""
    return [
        {"name": name, **outcome.model_dump(mode="json", by_alias=True)}
        for name, outcome in case.about.outcomes.items()
    ]


def sources(case: Case) -> list[Plain]:
    """Return every document, digest and publication with its rating, leaning and number of claims."""
    carried: dict[str, set[str]] = {}
    for claim in case.claims:
        for evidence in claim.evidence:
            quote = getattr(evidence, "quote", None)
            key = quote.document if quote is not None else getattr(evidence, "publication", "")
            carried.setdefault(key, set()).add(claim.id)
    return [
        {**document.model_dump(mode="json", by_alias=True), "id": name, "claims": len(carried.get(name, ()))}
        for name, document in case.documents.items()
    ]


def actors(case: Case) -> list[Plain]:
    """Return every actor with the quantities that it sets."""
    return [
        {
            "id": key,
            "name": actor.name,
            "kind": actor.kind,
            "about": actor.about,
            "aims": [aim.model_dump(mode="json") for aim in actor.aims],
            "levers": [
                name
                for name, quantity in case.quantities.items()
                if quantity.lever and quantity.lever.actor == key
            ],
            "events": sum(event.actor == key for event in case.events),
        }
        for key, actor in case.about.actors.items()
    ]


def record(case: Case) -> list[Plain]:
    """Return every series of the record: its reach, unit, sources and the quantities that it observes."""
    by_series: dict[str, list[Any]] = {}
    for row in case.series:
        by_series.setdefault(row.series, []).append(row)
    observed: dict[str, list[str]] = {}
    for name, quantity in case.quantities.items():
        for tie in quantity.record:
            observed.setdefault(getattr(tie, "series", ""), []).append(name)
    return [
        {
            "series": name,
            "unit": values[0].unit,
            "from": min(row.period for row in values),
            "to": max(row.period for row in values),
            "values": len(values),
            "quantities": observed.get(name, []),
            "sources": sorted({row.source for row in values}),
        }
        for name, values in by_series.items()
    ]


LISTS: Mapping[str, Callable[[Case], list[Plain]]] = {
    "rows": rows,
    "quantities": quantities,
    "claims": claims,
    "narratives": narratives,
    "outcomes": outcomes,
    "sources": sources,
    "actors": actors,
    "record": record,
}
"""What ``show`` can list, by name."""


def every(case: Case, kind: str) -> list[Plain]:
    """Return a list of the case.

    Raises:
        RequestError: there is no such list.
    """
    if kind not in LISTS:
        raise RequestError(_unknown("list", kind, LISTS))
    return LISTS[kind](case)


def thing(case: Case, name: str) -> Plain:
    """Return the one thing of that name, in full; ``what`` says what it is.

    When several bear the name, the first of quantity, claim, narrative, outcome, row, source, actor and
    series is meant, and ``also`` names the rest.

    Raises:
        RequestError: nothing is called so.
    """
    found = list(_bearers(case, name))
    if not found:
        raise RequestError(
            _unknown("quantity, claim, narrative, outcome, row, source, actor or series", name, _names(case))
        )
    first = found[0]
    return {**first, "also": [other["what"] for other in found[1:]]} if found[1:] else first


def _bearers(case: Case, name: str) -> Iterator[Plain]:
    if name in case.quantities:
        yield _quantity(case, name)
    for claim in case.claims:
        if claim.id == name:
            held = [key for key in case.about.narratives if name in case.claim_ids(key)]
            yield {"what": "claim", **claim.model_dump(mode="json", by_alias=True), "narratives": held}
    for what, key, found in (
        ("narrative", "name", narratives),
        ("outcome", "name", outcomes),
        ("row", "row", rows),
        ("source", "id", sources),
        ("actor", "id", actors),
    ):
        yield from ({"what": what, **item} for item in found(case) if item[key] == name)
    yield from _series(case, name)


def _quantity(case: Case, name: str) -> Plain:
    quantity = case.quantities[name]
    return {
        "what": "quantity",
        "name": name,
        **quantity.model_dump(mode="json", by_alias=True),
        "causes": [claim.id for claim in case.claims if claim.effect == name],
        "effects": [claim.id for claim in case.claims if claim.cause == name],
        "outcomes": [key for key, outcome in case.about.outcomes.items() if outcome.quantity == name],
    }


def _series(case: Case, name: str) -> Iterator[Plain]:
    for item in record(case):
        if item["series"] == name:
            values = [
                row.model_dump(mode="json", exclude={"series"}) for row in case.series if row.series == name
            ]
            yield {"what": "series", **item, "values": values}


def _names(case: Case) -> list[str]:
    about = case.about
    series = {row.series for row in case.series}
    claim_ids = [claim.id for claim in case.claims]
    return [
        *case.quantities, *claim_ids, *about.narratives, *about.outcomes,
        *about.rows, *case.documents, *about.actors, *sorted(series),
    ]  # fmt: skip


def _unknown(what: str, name: str, options: Mapping[str, Any] | list[str]) -> str:
    hint = nearest(name, options) or "'show' without a name tells what there is"
    return f"{name!r} is no {what} of this case; {hint}"
