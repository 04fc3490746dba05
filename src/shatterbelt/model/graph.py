"""The order in which a step computes quantities: what is looked at in the same step comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from shatterbelt.case.formulas import names_now
from shatterbelt.errors import RequestError
from shatterbelt.model.parts import ClaimPart, Group, Model, QuantityPart, Reading


def groups_of(quantities: Mapping[str, QuantityPart], claims: Sequence[ClaimPart]) -> tuple[Group, ...]:
    """Return the quantities in groups that a step computes one after the other.

    Raises:
        RequestError: quantities wait for one another within the step (a checked case has no such ring).
    """
    waits = {name: _looks_at(part) for name, part in quantities.items()}
    acting: dict[str, list[ClaimPart]] = {name: [] for name in quantities}
    for claim in claims:
        acting[claim.effect].append(claim)
        if claim.lags[0] == 0:
            waits[claim.effect].add(claim.cause)
    sorter = TopologicalSorter(waits)
    try:
        sorter.prepare()
    except CycleError as error:
        ring = " -> ".join(error.args[1])
        raise RequestError(f"quantities wait for one another within a step: {ring}") from error
    groups: list[Group] = []
    while sorter.is_active():
        ready = sorter.get_ready()
        alike: dict[tuple[str, str, bool], list[str]] = {}
        for name, part in quantities.items():
            if name in ready:
                alike.setdefault((part.kind, part.scale.link, part.noisy), []).append(name)
        groups += [_group(*key, members, acting) for key, members in alike.items()]
        sorter.done(*ready)
    return tuple(groups)


def groups_of_map(model: Model, layers: Sequence[Sequence[str]] = ()) -> tuple[Group, ...]:
    """Return a model's quantities in as few groups as a known path needs.

    Along a known path nothing waits for anything but formulas and shares, whose values follow from the
    others; they keep their order and stand last. Levels that are named in ``layers`` stand in groups of
    their own, layer after layer.
    """
    acting: dict[str, list[ClaimPart]] = {name: [] for name in model.quantities}
    for claim in model.claims:
        acting[claim.effect].append(claim)
    layer = {name: place + 1 for place, names in enumerate(layers) for name in names}
    alike: dict[tuple[int, str, str, bool], list[str]] = {}
    waiting: list[Group] = []
    for group in model.groups:
        if group.kind in {"formula", "share"}:
            waiting.append(group)
            continue
        for name in group.names:
            alike.setdefault((layer.get(name, 0), group.kind, group.link, group.noisy), []).append(name)
    merged = (_group(*key[1:], names, acting) for key, names in sorted(alike.items()))
    return (*merged, *waiting)


def layers_of(model: Model, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Sort some quantities into layers, each pushed by those before it, as far as rings allow.

    A ring is cut where it costs least: at the quantity that waits for the fewest others, and among these
    at the one for which the most others wait.
    """
    waits = {
        name: {claim.cause for claim in model.claims_on(name) if claim.cause in names} - {name}
        for name in names
    }
    layers: list[tuple[str, ...]] = []
    while waits:
        fewest = min(len(causes) for causes in waits.values())
        ready = [name for name, causes in waits.items() if len(causes) == fewest]
        if fewest > 0:
            ready = [max(ready, key=lambda name: sum(name in causes for causes in waits.values()))]
        layers.append(tuple(ready))
        waits = {name: causes - set(ready) for name, causes in waits.items() if name not in ready}
    return tuple(layers)


def _looks_at(part: QuantityPart) -> set[str]:
    """Return the quantities whose value in the same step a formula or stock needs."""
    formulas = [formula for role, formula in part.formulas.items() if role != "initial"]
    return {name for formula in formulas for name in names_now(formula)}


def _group(
    kind: str, link: str, noisy: bool, members: list[str], acting: Mapping[str, list[ClaimPart]]
) -> Group:
    claims = [claim for name in members for claim in acting[name]]
    readings = tuple(_reading(*key, members, alike) for key, alike in _alike(claims).items())
    return Group(kind, link, noisy, tuple(members), readings)


def _alike(claims: Sequence[ClaimPart]) -> dict[tuple[int, bool, str, str], list[ClaimPart]]:
    """Sort claims by how they read their causes."""
    found: dict[tuple[int, bool, str, str], list[ClaimPart]] = {}
    for claim in claims:
        width = claim.lags[1] - claim.lags[0] + 1
        comparison = claim.condition[1] if claim.condition else ""
        key = (width if claim.change == 0 else -width, claim.on, _shape(claim), comparison)
        found.setdefault(key, []).append(claim)
    return found


def _shape(claim: ClaimPart) -> str:
    shape, number = claim.form
    return ("above" if number >= 0 else "below") if shape == "threshold" else shape


def _reading(
    width: int, on: bool, shape: str, comparison: str, members: list[str], claims: list[ClaimPart]
) -> Reading:
    lags = [(claim, lag) for claim in claims for lag in range(claim.lags[0], claim.lags[1] + 1)]
    conditions = [claim.condition for claim in claims if claim.condition is not None]
    return Reading(
        claims=tuple(claim.id for claim in claims),
        effects=tuple(members.index(claim.effect) for claim in claims),
        rows=tuple((claim.track, lag) for claim, lag in lags),
        before=tuple((claim.track, lag + claim.change) for claim, lag in lags if claim.change),
        width=abs(width),
        on=on,
        shape=shape,
        numbers=tuple(claim.form[1] for claim in claims),
        conditions=tuple(quantity for quantity, _, _ in conditions),
        comparison=comparison,
        limits=tuple(limit for _, _, limit in conditions),
    )
