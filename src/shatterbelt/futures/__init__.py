"""Ensembles of futures: the one step scanned over time, summed up as it goes."""

from shatterbelt.futures.branches import Branch, Hold, Shock, default_branches
from shatterbelt.futures.ensemble import run_futures
from shatterbelt.futures.fitted import Fitted

__all__ = ["Branch", "Fitted", "Hold", "Shock", "default_branches", "run_futures"]
