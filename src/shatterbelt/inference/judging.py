"""The model as the record judges it: the sceptical prior, and the groups in which a path is laid out."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Sequence

from shatterbelt.case.formulas import names as named
from shatterbelt.case.types import Case
from shatterbelt.futures.world import observed, span_of
from shatterbelt.model.compile import compile_case
from shatterbelt.model.graph import groups_of_map, layers_of
from shatterbelt.model.parts import Model

TILT = 0.5
"""Centre of a weight's prior when the record judges, in its scale, in the claimed direction."""
TILT_UNSEEN = 1.0
"""The same for a claim about a quantity that nobody observes."""
SIGNS = {"half+": 1.0, "half-": -1.0, "normal": 0.0}


def sceptical(model: Model, unseen: Sequence[str] = ()) -> Model:
    """Return the model with the prior under which the record judges.

    Every weight is normal; the strength word stays its scale, and the centre is half of that in the
    claimed direction, so that a claim begins with 69 % for its sign, and no effect and the reverse are
    possible. Claims about ``unseen`` quantities have the whole of it as their centre (84 %): such a
    quantity is what its claims say of it, and if they could all be reversed at no cost, it would be turned
    upside down together with them and mean nothing. An unknown sign is centred at 0.
    """
    touching = {f"weight.{claim.id}" for claim in model.claims if {claim.cause, claim.effect} & set(unseen)}
    priors = []
    for prior in model.priors:
        if prior.name.startswith("weight."):
            tilt = TILT_UNSEEN if prior.name in touching else TILT
            centre = tilt * SIGNS[prior.shape] * prior.spread
            priors.append(dataclasses.replace(prior, shape="normal", centre=centre))
        else:
            priors.append(prior)
    return dataclasses.replace(model, priors=tuple(priors))


def flows(model: Model, seen: Container[str]) -> dict[str, set[str]]:
    """Return for each stock that the record observes the quantities of which its flows are made."""
    return {
        stock: {name for role in ("inflow", "outflow") for name in named(part.formulas[role])}
        for stock, part in model.quantities.items()
        if part.kind == "stock" and stock in seen
    }


def judged(case: Case) -> Model:
    """Compile a case as the record judges it: the sceptical prior, and the groups of a map.

    Levels that the record does not observe stand in layers. Each layer's path is made from its shocks and
    from what the layers before it push, so that a claim's weight and the path that it bends are not tied
    together (non-centred). Levels that an observed stock is made of are known from it, and are not.
    """
    model = compile_case(case)
    record = observed(case, span_of(case, None, None), as_known=False)
    seen = {name for name, one in record.items() if one.items or one.counts}
    read = {name for names in flows(model, seen).values() for name in names}
    levels = [name for name, part in model.quantities.items() if part.kind == "level" and part.noisy]
    unseen = [name for name in levels if name not in seen]
    layers = layers_of(model, [name for name in unseen if name not in read])
    return dataclasses.replace(sceptical(model, unseen), groups=groups_of_map(model, layers))
