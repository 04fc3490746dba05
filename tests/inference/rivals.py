"""Which of two narratives wins on records that were made under one of them, or under neither."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from inference.cases import case_of, claim, day, event, events, level, month, tied, value
from shatterbelt.case.types import Case
from shatterbelt.inference.comparing import log_evidence
from shatterbelt.inference.evidence import MOST_COUNT
from shatterbelt.inference.forecast import Forecaster, truth_of
from shatterbelt.inference.judging import judged
from shatterbelt.inference.posterior import Fitter, Settings
from shatterbelt.inference.simulated import Simulated, simulate

STEPS = 72
ORIGINS = (36, 48, 60)
"""Steps known when forecasts of the next twelve are made."""
LEAD = float(np.log(3))
"""Nats by which a clear winner's summed joint log score is ahead of every other's."""
STRONG = 0.5
"""Standard normal of a strong claim's weight of 0.7: its prior is centred at half of that."""
QUICK = Settings(quick=True, chains=1, draws=256)

QUANTITIES: dict[str, Any] = {
    "outer": level(half_life=6, noise=0.4, record=tied("outer")),
    "inner": level(half_life=6, noise=0.4, record=tied("inner")),
    "result": level(half_life=3, noise=0.3, record=tied("result")),
    "unrest": events("unrest", rate=1.0, dispersion=4.0),
}
CLAIMS = [
    claim("outer_result", "outer", "result", "+", strength="strong"),
    claim("outer_unrest", "outer", "unrest", "+", strength="strong", form={"saturating": 2.0}),
    claim("inner_result", "inner", "result", "+", strength="strong"),
    claim("inner_unrest", "inner", "unrest", "+", strength="strong", form={"saturating": 2.0}),
]


def rivals() -> Case:
    """Return a case in which an outer or an inner cause moves the same two quantities."""
    series = [value(name, month(t), 0.0) for name in ("outer", "inner", "result") for t in range(STEPS)]
    narratives = {
        "a": {"title": "From outside", "claims": ["outer_result", "outer_unrest"]},
        "b": {"title": "From inside", "claims": ["inner_result", "inner_unrest"]},
        "neither": {"title": "Neither", "claims": []},
        "all": {"title": "Both", "union_of": ["a", "b"]},
    }
    return case_of(QUANTITIES, CLAIMS, series, [event("unrest", 0)], STEPS, narratives)


def best_of(scores: dict[str, float], lead: float = 0.0) -> str:
    """Return the narrative with the highest score; a rival that is not ahead by ``lead`` has not won.

    Between two rivals that are both ahead of ``neither`` by so much, it is ``open``.
    """
    best = max(scores, key=lambda name: scores[name])
    second = max(score for name, score in scores.items() if name != best)
    if scores[best] - second >= lead:
        return best
    return "neither" if scores["neither"] >= scores[best] - lead else "open"


class Identification:
    """Makes records under a narrative and lets the rivals forecast them; what is compiled is shared."""

    def __init__(self, case: Case, records: int = 40, seed: int = 1) -> None:
        self.case = case
        self.made = {name: self._make(name, 4 * records, seed) for name in ("a", "b", "neither")}
        self.fitter = Fitter(case)
        self.fitter.layout = dataclasses.replace(self.fitter.layout, most=MOST_COUNT)
        self.forecaster = Forecaster(self.fitter)

    def scores(self, truth: str, number: int) -> dict[str, float]:
        """Return each narrative's joint log score of a record, summed over steps ahead of all origins."""
        self.fitter.case = self.made[truth][number].case
        evidence, _ = self.fitter.data(None, [])
        self.forecaster.truth = truth_of(self.fitter, self.forecaster.model, evidence)
        found = {}
        for name in ("a", "b", "neither"):
            ids = self.case.claim_ids(name)
            each = (self.fitter.fit(day(known - 1), ids, QUICK) for known in ORIGINS)
            joint = [self.forecaster.forecast(d, k).joint.sum() for d, k in zip(each, ORIGINS, strict=True)]
            found[name] = float(sum(joint))
        return found

    def evidence(self, truth: str, number: int) -> dict[str, float]:
        """Return each narrative's log evidence on a record, less that of all claims; one fit says it."""
        self.fitter.case = self.made[truth][number].case
        every = [claim.id for claim in self.case.claims]
        draws = self.fitter.fit(None, every, dataclasses.replace(QUICK, draws=1000))
        named = {name: self.case.claim_ids(name) for name in ("a", "b", "neither")}
        return log_evidence(self.fitter.model, draws.z.reshape(-1, draws.z.shape[-1]), every, named)

    def winner(self, truth: str, number: int) -> str:
        """Return the narrative that makes a record likeliest."""
        return best_of(self.evidence(truth, number))

    def _make(self, truth: str, count: int, seed: int) -> list[Simulated]:
        """Return records made under a narrative whose claims are strong, all else as its prior says."""
        names = judged(self.case).parameter_names
        z = np.random.default_rng(seed).standard_normal((count, len(names)))
        z[:, [name.startswith("weight.") for name in names]] = STRONG
        return simulate(self.case, self.case.claim_ids(truth), count=count, seed=seed, z=z)
