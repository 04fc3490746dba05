"""Ensembles of futures: the one step scanned over time, summed up as it goes."""

from shatterbelt.futures.branches import Branch, Hold, Shock, default_branches
from shatterbelt.futures.ensemble import run_futures

__all__ = ["Branch", "Hold", "Shock", "default_branches", "run_futures"]
