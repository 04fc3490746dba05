"""What the record says: claims before and after it, hindcasts, and what would change the answers.

Nothing is estimated here: verdicts, differences and errors come as they are, and get words and places.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from shatterbelt.case.types import Case
from shatterbelt.report import judged_charts, words
from shatterbelt.report.hindcasts import hindcasts
from shatterbelt.report.plain_values import number, share

View = dict[str, Any]
Judged = Mapping[str, Any]
"""``fit`` and ``score``, each optional, as plain values.

``fit`` is what ``FitResult.as_dict()`` gives. Read are ``hash``, ``as_of``, ``narrative``, ``quick``,
``passed``, ``diagnostics`` (``chains``, ``draws``, ``rhat``, ``ess_bulk``, ``ess_tail``, ``divergences``,
``touched``, ``failures``), ``seconds``, and ``claims``, a list: ``id``, ``title``, ``sign``, ``prior`` and
``posterior`` (``mean``, and ``low`` and ``high`` of the 90 % interval, in swings per swing), ``prior_sign``,
``posterior_sign``, ``still_prior``, ``verdict``, ``words``, ``why``, and ``gain`` (``mean`` and ``error`` of
what the claim adds to the log score of forecasts, in nats).

``score`` is what ``ScoreResult.as_dict()`` gives; `hindcasts.hindcasts` lists what is read of it. Its
``claims`` (by id: ``gain`` in nats and ``error``) stand before a fit's own.
"""

VERDICTS = ("supported", "leans for", "cannot tell", "leans against", "contradicted")
"""From the strongest for a claim to the strongest against it; the table stands in this order."""
FAILURES = 8
"""Parameters that are named of a fit that failed."""
TELLING = 6
"""Claims, pieces of evidence and quantities that stand under what would change the answer."""


def judged_view(case: Case, judged: Judged | None) -> View:
    """Return what the section shows; what was not given is None, and the page says how to make it."""
    given = judged or {}
    fit, score = given.get("fit") or None, given.get("score") or None
    gains = (score or {}).get("claims") or {}
    claims = claim_rows(case, fit, gains) if fit and fit.get("passed", True) else []
    scored = hindcasts(case, score) if score else None
    return {
        "first_line": scored["first_line"] if scored else "",
        "fit": fitted(case, fit) if fit else None,
        "claims": claims,
        "axis": judged_charts.axis(_reaches(claims)) if claims else None,
        "verdicts": _counted(claims),
        "gains": any(row["gain"]["text"] != "–" for row in claims),
        "score": scored,
        "change": _change(case, claims, gains, scored),
    }


def fitted(case: Case, fit: Mapping[str, Any]) -> View:
    """Say what was fitted, how, and whether its diagnostics passed."""
    found = fit.get("diagnostics") or {}
    narrative = fit.get("narrative") or ""
    failures = [str(line) for line in found.get("failures") or ()]
    return {
        "day": words.day(str(fit["as_of"])[:10]) if fit.get("as_of") else "",
        "what": f"the claims of the narrative {narrative}" if narrative else "all claims together",
        "quick": bool(fit.get("quick")),
        "passed": bool(fit.get("passed", True)),
        "other_case": bool(fit.get("hash")) and fit["hash"] != case.hash,
        "diagnostics": _diagnostics(found),
        "touched": [str(name) for name in found.get("touched") or ()],
        "failures": failures[:FAILURES],
        "more_failures": max(len(failures) - FAILURES, 0),
        "seconds": words.plain(number(fit.get("seconds")), 2) if fit.get("seconds") else "",
    }


def _diagnostics(found: Mapping[str, Any]) -> str:
    """Return the diagnostics as one clause; empty of an approximation, which has none."""
    if "rhat" not in found:
        return ""
    chains, draws = int(found.get("chains", 1)), int(found.get("draws", 0))
    apart = int(found.get("divergences", 0))
    transitions = "transition" if apart == 1 else "transitions"
    return (
        f"{chains} chains of {draws:,} draws; R-hat at most {number(found['rhat']):.3f},"
        f" effective sample size at least {number(found.get('ess_bulk')):,.0f} in the bulk"
        f" and {number(found.get('ess_tail')):,.0f} in the tails; {apart or 'no'} divergent"
        f" {transitions}"
    )


def claim_rows(case: Case, fit: Mapping[str, Any], gains: Mapping[str, Any]) -> list[View]:
    """Return the claims from the best supported to the most contradicted, each with its two intervals.

    Within a verdict the claims stand by the posterior probability of their sign.
    """
    rows = sorted(
        fit.get("claims") or (), key=lambda one: (_place(one), -number(one.get("posterior_sign"), 0.0))
    )
    found = [_claim(case, one, gains.get(one["id"])) for one in rows]
    axis = judged_charts.axis(_reaches(found))
    for row in found:
        row["chart"] = judged_charts.intervals(axis, row["sign"], row["prior"], row["posterior"])
    return found


def _claim(case: Case, one: Mapping[str, Any], gain: Mapping[str, Any] | None) -> View:
    known = next((claim for claim in case.claims if claim.id == one["id"]), None)
    prior, posterior = (interval(one.get(key)) for key in ("prior", "posterior"))
    verdict = str(one.get("verdict") or "cannot tell")
    sign = str(one.get("sign") or (known.sign if known else "unknown"))
    return {
        "id": str(one["id"]),
        "known": known is not None,
        "title": str(one.get("title") or (known.title if known else one["id"])),
        "sign": sign,
        "mark": {"+": "+", "-": "−"}.get(sign, "?"),
        "prior": prior,
        "posterior": posterior,
        "weight": _interval_text(posterior),
        "was": _interval_text(prior),
        "sign_before": share(one.get("prior_sign")),
        "sign_after": share(one.get("posterior_sign")),
        "sign_sort": number(one.get("posterior_sign"), 0.0),
        "still": share(one.get("still_prior")),
        "still_sort": number(one.get("still_prior"), 1.0),
        "gain": _gain(one, gain),
        "verdict": verdict,
        "place": _place(one),
        "kind": verdict.replace(" ", "-") if verdict in VERDICTS else "cannot-tell",
        "words": str(one.get("words") or verdict),
        "why": str(one.get("why") or ""),
    }


def _gain(one: Mapping[str, Any], gain: Mapping[str, Any] | None) -> View:
    """Return what a claim adds to forecasts, as the scores have it or else the fit."""
    own = one.get("gain") or {}
    found = {"mean": gain.get("gain"), "error": gain.get("error")} if gain is not None else own
    value, error = number(found.get("mean")), number(found.get("error"))
    clear = abs(value) > 2 * error
    return {
        "value": value,
        "text": words.signed(value, error),
        "sure": clear,
        "sort": 0.0 if math.isnan(value) else words.significant(value),
    }


def _place(one: Mapping[str, Any]) -> int:
    verdict = one.get("verdict")
    return VERDICTS.index(verdict) if verdict in VERDICTS else VERDICTS.index("cannot tell")


def interval(values: Mapping[str, Any] | None) -> tuple[float, float, float]:
    """Return mean, low and high of a weight."""
    mean, low, high = (number((values or {}).get(key)) for key in ("mean", "low", "high"))
    return mean, low, high


def _interval_text(span: tuple[float, float, float]) -> str:
    mean, low, high = (words.plain(value, 2) for value in span)
    return f"{mean} ({low} to {high})"


def _reaches(rows: Sequence[View]) -> list[float]:
    return [value for row in rows for key in ("prior", "posterior") for value in row[key]]


def _counted(rows: Sequence[View]) -> list[tuple[str, str, int]]:
    """Return each verdict that was given: its key, its words and how many claims have it."""
    counts = Counter(row["kind"] for row in rows)
    keys = [(name.replace(" ", "-"), name) for name in VERDICTS]
    return [(key, name, counts[key]) for key, name in keys if counts[key]]


def _change(case: Case, claims: Sequence[View], gains: Mapping[str, Any], scored: View | None) -> View:
    """Return what the answers hang on: claims, evidence, and quantities that a naive rival knows better."""
    rows = claims or [_claim(case, {"id": key}, gain) for key, gain in gains.items() if _named(case, key)]
    moving = [row for row in rows if abs(row["gain"]["value"]) > 0]
    moving = sorted(moving, key=lambda row: -abs(row["gain"]["value"]))[:TELLING]
    evidence = scored["evidence"] if scored else None
    losses = scored["losses"] if scored else []
    return {
        "claims": moving,
        "any_sure": any(row["gain"]["sure"] for row in moving),
        "evidence": evidence["pieces"][:TELLING] if evidence else [],
        "losses": losses[:TELLING],
        "more_losses": max(len(losses) - TELLING, 0),
        "any": bool(moving or losses or (evidence and evidence["pieces"])),
    }


def _named(case: Case, claim: str) -> bool:
    return any(one.id == claim for one in case.claims)
