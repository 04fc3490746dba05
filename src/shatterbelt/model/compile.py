"""Compile a case into a `Model`: scales, tracks, claims, groups and priors."""

from __future__ import annotations

import functools

from shatterbelt.case import types as t
from shatterbelt.case.formulas import Expr, parse
from shatterbelt.model.expressions import looking_back
from shatterbelt.model.graph import groups_of
from shatterbelt.model.links import link_number
from shatterbelt.model.parts import ClaimPart, Model, QuantityPart, Scale, Track
from shatterbelt.model.priors import priors_of
from shatterbelt.statements import STRENGTH_SCALE, Change, Claim, Memory, Saturating, Threshold

WALK_GAIN = 1.0 / 12.0
"""Share of a claim's push that a random walk takes up in a step: a year's worth is worked through."""


def compile_case(case: t.Case) -> Model:
    """Return the model that a checked case describes.

    All claims of the case are compiled; a narrative switches claims on and off by ``parameters``.
    """
    quantities = {name: _quantity(name, quantity) for name, quantity in case.quantities.items()}
    claims = tuple(_claim(claim, case.quantities[claim.cause]) for claim in case.claims)
    tracks = _tracks(case, quantities, claims)
    return Model(
        name=case.about.name,
        case_hash=case.hash,
        step_unit=case.about.step,
        start=case.about.start,
        quantities=quantities,
        claims=claims,
        tracks=tracks,
        groups=groups_of(quantities, claims),
        priors=priors_of(quantities, claims),
    )


# ------------------------------------------------------------------------- quantities


def _quantity(name: str, quantity: t.Quantity) -> QuantityPart:
    return QuantityPart(
        name=name,
        kind=_kind(quantity),
        scale=scale_of(quantity),
        numbers=_numbers(quantity),
        thresholds=quantity.thresholds
        if isinstance(quantity, t.Share) and isinstance(quantity.thresholds, tuple)
        else (),
        formulas=_formulas(quantity),
        calendar=quantity.then.values
        if isinstance(quantity, t.Given) and isinstance(quantity.then, t.Calendar)
        else {},
        memory_track=_memory_key(name, quantity.own_memory.half_life)
        if isinstance(quantity, t.Events) and quantity.own_memory
        else "",
    )


def _kind(quantity: t.Quantity) -> str:
    """Return the kind by which a step treats it: a given that moves on its own is a level."""
    if isinstance(quantity, t.Given):
        return {"calendar": "calendar", "constant": "constant"}.get(quantity.then.process, "level")
    return quantity.kind


def scale_of(quantity: t.Quantity) -> Scale:
    """Return the scale on which a quantity pushes and is pushed, in typical swings from usual."""
    if isinstance(quantity, t.Status):
        return Scale("identity", 0.0, 1.0)
    link = {"level": getattr(quantity, "link", ""), "given": getattr(quantity, "link", ""), "events": "log1p"}
    name = link.get(quantity.kind) or "identity"
    usual = usual_of(quantity)
    origin = link_number(name, usual)
    return Scale(name, origin, link_number(name, usual + quantity.swing) - origin)


def usual_of(quantity: t.Quantity) -> float:
    """Return the usual value in the quantity's unit; that of events is their rate unless stated."""
    if isinstance(quantity, t.Events) and "usual" not in quantity.model_fields_set:
        return quantity.rate
    return 0.0 if isinstance(quantity, t.Status) else quantity.usual


def _kept(half_life: float | None) -> float:
    return 1.0 if half_life is None else float(2.0 ** (-1.0 / half_life))


def _numbers(quantity: t.Quantity) -> dict[str, float]:
    if isinstance(quantity, t.Level):
        kept = _kept(quantity.half_life)
        return {"kept": kept, "gain": WALK_GAIN if kept == 1.0 else 1.0 - kept, "noise": quantity.noise}
    if isinstance(quantity, t.Given):
        return _given_numbers(quantity.then)
    if isinstance(quantity, t.Events):
        own = quantity.own_memory.weight if quantity.own_memory else 0.0
        return {"rate": quantity.rate, "dispersion": quantity.dispersion, "own": own}
    if isinstance(quantity, t.Status):
        return {"onset": quantity.onset, "end": quantity.end, "starts": float(quantity.starts == "on")}
    if isinstance(quantity, t.Share):
        numbers = {"adjustment": quantity.adjustment, "noise": quantity.noise, "swing": quantity.swing}
        if isinstance(quantity.thresholds, t.NormalThresholds):
            numbers |= {"mean": quantity.thresholds.mean, "sd": quantity.thresholds.sd}
        return numbers
    if isinstance(quantity, t.Stock):
        return {key: own for key in ("floor", "batch") if (own := getattr(quantity, key)) is not None}
    return {}


def _given_numbers(then: t.Walk | t.Reverting | t.Constant | t.Calendar) -> dict[str, float]:
    if isinstance(then, t.Walk):
        return {"kept": 1.0, "gain": 0.0, "noise": then.noise}
    if isinstance(then, t.Reverting):
        return {"kept": _kept(then.half_life), "gain": 0.0, "noise": then.noise}
    if isinstance(then, t.Constant):
        return {"low": then.low, "high": then.high}
    return {}


def _formulas(quantity: t.Quantity) -> dict[str, Expr]:
    if isinstance(quantity, t.Formula):
        return {"value": parse(quantity.formula)}
    if isinstance(quantity, t.Stock):
        return {
            "initial": parse(str(quantity.initial)),
            "inflow": parse(quantity.inflow),
            "outflow": parse(quantity.outflow),
        }
    return {}


# ----------------------------------------------------------------------------- claims


def _memory_key(quantity: str, half_life: float) -> str:
    return f"memory:{quantity}:{half_life:g}"


def _claim(claim: Claim, cause: t.Quantity) -> ClaimPart:
    first, last = claim.lags
    key = f"z:{claim.cause}"
    if isinstance(claim.aspect, Memory):
        key = _memory_key(claim.cause, claim.aspect.memory)
    elif claim.aspect == "on" and isinstance(cause, t.Status):
        key = f"x:{claim.cause}"
    condition = None
    if claim.when is not None:
        comparison, number = split_test(claim.when.test)
        condition = (claim.when.quantity, comparison, number)
    return ClaimPart(
        id=claim.id,
        cause=claim.cause,
        effect=claim.effect,
        sign=claim.sign,
        scale=STRENGTH_SCALE[claim.strength],
        track=key,
        lags=(first, last),
        change=claim.aspect.change if isinstance(claim.aspect, Change) else 0,
        on=claim.aspect == "on",
        form=_form(claim),
        condition=condition,
        acts_on=claim.acts_on,
    )


def _form(claim: Claim) -> tuple[str, float]:
    if isinstance(claim.form, Saturating):
        return ("saturating", claim.form.saturating)
    if isinstance(claim.form, Threshold):
        return ("threshold", claim.form.threshold)
    return ("linear", 0.0)


def split_test(test: str) -> tuple[str, float]:
    """Split a test such as ``>= 0.5`` into its comparison and its number."""
    text = test.strip()
    comparison = text[:2] if text[:2] in {">=", "<="} else text[:1]
    return comparison, float(text[len(comparison) :])


# ----------------------------------------------------------------------------- tracks


def _tracks(
    case: t.Case, quantities: dict[str, QuantityPart], claims: tuple[ClaimPart, ...]
) -> dict[str, Track]:
    tracks: dict[str, Track] = {}
    need = functools.partial(_need, tracks)
    for name, part in quantities.items():
        if part.kind in {"status", "share", "stock", "constant"}:
            need(Track(f"x:{name}", "x", name, 1))
        if part.kind == "level":
            need(Track(f"z:{name}", "z", name, 1))
        quantity = case.quantities[name]
        if isinstance(quantity, t.Events) and quantity.own_memory:
            _need_memory(tracks, part, quantity.own_memory.half_life, 1)
        for role, expression in part.formulas.items():
            if role != "initial":
                _need_formula(tracks, name, expression)
    for claim, source in zip(claims, case.claims, strict=True):
        depth = claim.lags[1] + claim.change
        if isinstance(source.aspect, Memory):
            _need_memory(tracks, quantities[claim.cause], source.aspect.memory, depth)
        else:
            need(Track(claim.track, claim.track[0], claim.cause, depth))
        if claim.condition:
            need(Track(f"x:{claim.condition[0]}", "x", claim.condition[0], 1))
    return tracks


def _need(tracks: dict[str, Track], track: Track) -> None:
    """Add a track, or deepen the one that is there."""
    known = tracks.get(track.key)
    if track.depth == 0:  # only this step is looked at
        return
    if known is None or known.depth < track.depth:
        tracks[track.key] = track


def _need_memory(tracks: dict[str, Track], part: QuantityPart, half_life: float, depth: int) -> None:
    """Add what a memory needs: the remembered sum itself, and it in swings."""
    decay = _kept(half_life)
    counts = part.kind == "events"
    usual = part.numbers["rate"] / (1 - decay) if counts else 0.0
    origin = link_number("log1p", usual) if counts else 0.0
    swing = _natural_swing(part.scale) if counts else 0.0
    width = link_number("log1p", usual + swing) - origin if counts else 1.0
    key = _memory_key(part.name, half_life)
    source = key.replace("memory:", "remembered:", 1)
    gain = 1.0 if counts else 1.0 - decay
    _need(tracks, Track(source, "remembered", part.name, 1, decay, gain, usual))
    _need(tracks, Track(key, "memory", part.name, max(depth, 1), decay, gain, origin, width))


def _natural_swing(scale: Scale) -> float:
    """Return the typical swing of a log1p scale in counts."""
    return float(2.718281828459045 ** (scale.origin + scale.width) - 2.718281828459045**scale.origin)


def _need_formula(tracks: dict[str, Track], owner: str, expression: Expr) -> None:
    """Add the tracks that a formula's ``delay`` and ``smooth`` look back on."""
    for back in looking_back(expression):
        if back.function == "delay":
            _need(tracks, Track(back.key, "expression", owner, int(back.steps), expression=back.of))
        else:
            kept = _kept(back.steps)
            _need(tracks, Track(back.key, "smooth", owner, 1, kept, 1 - kept, expression=back.of))
