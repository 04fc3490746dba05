"""What is kept of a case's judgement by the record, for the report: its fit and its scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shatterbelt.errors import RequestError

if TYPE_CHECKING:
    from shatterbelt.case.types import Case


def kept(case: Case) -> dict[str, Any]:
    """Return the kept fit of all claims and the kept scores as plain values; without them an empty dict.

    The sampler's fit goes before the approximation. Nothing is computed.
    """
    return {key: value for key, value in (("fit", _fit(case)), ("score", _score(case))) if value}


def _fit(case: Case) -> dict[str, Any] | None:
    from shatterbelt.api.fitting import FitResult
    from shatterbelt.inference.handover import kept_tree

    tree = kept_tree(case, None, None)
    return None if tree is None else FitResult(case, tree).as_dict()


def _score(case: Case) -> dict[str, Any] | None:
    from shatterbelt.api.scoring import ORIGINS, ScoreResult, every
    from shatterbelt.inference import score_store
    from shatterbelt.inference.hindcasts import origins_of

    try:
        days = origins_of(case, ORIGINS)
    except RequestError:  # a record too short to be scored
        return None
    for claims in (True, False):
        found = score_store.load(score_store.kept_at(case, every(case), days, claims=claims))
        if found is not None:
            return ScoreResult(found).as_dict()
    return None
