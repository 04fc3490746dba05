"""The coding of a statement in words, as the page of what was read shows it."""

from __future__ import annotations

from collections.abc import Sequence

from shatterbelt.reading.statements import Aim, Attribution, Claim, Day, Event, Magnitude, Party, Statement
from shatterbelt.report.marks import one_line

SIGNS = {"+": "+", "-": "−", "unknown": "?"}
RAISES = {"+": "+ (more of the cause, more of the effect)", "-": "− (more of the cause, less of the effect)"}
CHANGES = {"+": "more ", "-": "less "}
RELATIONS = {"purpose": "for the purpose of", "correlation": "goes together with"}
DIRECTIONS = {"up": "more of it", "down": "less of it", "at": "at a value"}
Rows = list[tuple[str, str]]


def in_short(one: Statement) -> str:
    """Return a statement's content in one line."""
    if isinstance(one, Event):
        kind = one.type if not one.mode else f"{one.type} ({one.mode})"
        parties = " → ".join(
            part for part in (names(one.actors) or ("?" if one.targets else ""), names(one.targets)) if part
        )
        return f"{kind}: {parties}" if parties else kind
    if isinstance(one, Claim):
        cause, effect = (end(one, "cause"), end(one, "effect"))
        return f"{cause} {arrow(one)} {effect}"
    if isinstance(one, Aim):
        whom = f" of {names([one.addressee])}" if one.addressee else ""
        return f"{names([one.actor]) or 'the author'}: {one.form}{whom}: {one_line(one.content.text)}"
    return one_line(one.quote.text)


def end(one: Claim, which: str) -> str:
    """Return the quantity at one end of a claim, or where none is proposed the words of the text."""
    quantity = one.cause_quantity if which == "cause" else one.effect_quantity
    return quantity or one_line((one.cause if which == "cause" else one.effect).text)


def arrow(one: Claim) -> str:
    """Return what stands between cause and effect: an arrow with the sign, or the relation in words."""
    return f"→ ({SIGNS[one.sign]})" if one.relation == "cause" else f"({one.relation})"


def coding(one: Statement, again: int = 0) -> Rows:
    """Return the whole coding as terms and values; what is not known is left out, an unknown sign is told.

    Args:
        one: the statement.
        again: how often an event is told besides.
    """
    if isinstance(one, Event):
        rows = _event(one, again)
    elif isinstance(one, Claim):
        rows = _claim(one)
    else:
        rows = _aim(one) if isinstance(one, Aim) else []
    rows += [
        ("said by", says_who(one)),
        ("how", one.manner + (f", hedged by “{one_line(one.hedge.text)}”" if one.hedge else "")),
        ("marks", ", ".join(one.marks)),
        ("read rightly", f"{100 * one.reading:.0f} % chance"),
        (
            "found by",
            one.rule if one.reader == "rules" else f"{one.reader}: {one.rule}" if one.rule else one.reader,
        ),
    ]
    return [(term, value) for term, value in rows if value]


def _event(one: Event, again: int) -> Rows:
    return [
        ("type", one.type + (f", {one.mode}" if one.mode else "")),
        ("context", ", ".join(one.contexts)),
        ("who", names(one.actors, full=True)),
        ("to whom", names(one.targets, full=True)),
        ("when", day(one.date) if one.date else ""),
        ("where", one_line(one.place.text) if one.place else ""),
        ("how many", "; ".join(magnitude(number) for number in one.magnitudes)),
        ("told", f"{again + 1} times; all places have this number" if again else ""),
    ]


def _claim(one: Claim) -> Rows:
    rows = [
        ("relation", "" if one.relation == "cause" else f"{one.relation}, told apart from a cause"),
        ("cause", one_line(one.cause.text)),
        ("effect", one_line(one.effect.text)),
    ]
    if one.cause_quantity and one.effect_quantity and {one.cause_change, one.effect_change} & set(CHANGES):
        ends = f"{CHANGES.get(one.cause_change, '')}{one.cause_quantity}"
        ends += f" → {CHANGES.get(one.effect_change, '')}{one.effect_quantity}"
        rows.append(("told as", ends))
    if one.relation == "cause":
        rows.append(("sign", RAISES.get(one.sign, "unknown: the text does not tell it")))
    return [*rows, ("joined by", one_line(one.connective.text) if one.connective else "")]


def _aim(one: Aim) -> Rows:
    wanted = f"{one.quantity}: {DIRECTIONS[one.direction]}" if one.direction in DIRECTIONS else one.quantity
    return [
        ("form", one.form),
        ("who", names([one.actor], full=True) or "the author"),
        ("of whom", names([one.addressee], full=True) if one.addressee else ""),
        ("what", one_line(one.content.text)),
        ("quantity", wanted),
        ("only if", one_line(one.condition.text) if one.condition else ""),
        ("by the words", one_line(one.cue.text)),
    ]


def names(parties: Sequence[Party], *, full: bool = False) -> str:
    """Return parties as named, in full with the code that the actor table gives them."""
    found = []
    for party in parties:
        code = f" ({party.actor})" if full and party.actor and party.actor != party.name else ""
        found.append(f"{one_line(party.name) or party.actor}{code}")
    return " + ".join(name for name in found if name)


def says_who(one: Statement) -> str:
    """Return who says it and how each does, from the outermost to the innermost; else the author."""
    return " → ".join(map(_said, one.says_who)) or "the author"


def speakers(one: Statement) -> str:
    """Return who says it, names only, from the outermost to the innermost; else the author."""
    return " → ".join(names([said.source]) or "unnamed" for said in one.says_who) or "the author"


def _said(one: Attribution) -> str:
    cue = f", “{one_line(one.cue.text)}”" if one.cue else ""
    marks = f", {', '.join(one.marks)}" if one.marks else ""
    return f"{names([one.source], full=True) or 'unnamed'} ({one.manner}{cue}{marks})"


def day(one: Day) -> str:
    """Return a date as exact as it is known."""
    if one.earliest == one.latest:
        return one.earliest
    return (
        f"{one.earliest} to {one.latest} (known to the {one.resolution})"
        if one.resolution != "unknown"
        else f"{one.earliest} to {one.latest}"
    )


def magnitude(one: Magnitude) -> str:
    """Return a number with its bounds and what is counted."""
    return one.told() or one_line(one.span.text)
