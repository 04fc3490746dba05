"""The record: periods, views of what was known on a day, observations, pasts, answers and base rates."""

from shatterbelt.record.observe import Observation, Observations, observations
from shatterbelt.record.outcomes import BaseRate, Window, base_rate, resolve_outcome
from shatterbelt.record.past import PastDraws, monthly_record, past_draws
from shatterbelt.record.periods import Calendar
from shatterbelt.record.rows import as_of

__all__ = [
    "BaseRate",
    "Calendar",
    "Observation",
    "Observations",
    "PastDraws",
    "Window",
    "as_of",
    "base_rate",
    "monthly_record",
    "observations",
    "past_draws",
    "resolve_outcome",
]
