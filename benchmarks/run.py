"""Measure speed and memory, and print one table: what, ours, the peer or bar, the ratio, met or not."""

from __future__ import annotations

import argparse
import datetime as dt
import platform
from pathlib import Path

import fitting
import futures
import stockflow
from shatterbelt.futures.devices import cores


def machine() -> str:
    """Return the date, the number of cores and the processor's name."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        named = [line.split(":", 1)[1] for line in info.read_text().splitlines() if "model name" in line]
        name = " ".join(named[0].split()) if named else name
    return f"{dt.date.today()}, {cores()} cores, {name}, Python {platform.python_version()}"


def row(what: str, ours: str, bar: str, ratio: str, met: bool | None) -> str:
    """Return one line of the table; ``met`` is None where there is no bar."""
    said = "" if met is None else ("met" if met else "NOT MET")
    return f"{what:52} {ours:>14} {bar:>14} {ratio:>9}  {said}"


def ensembles(*, million: bool) -> None:
    rates = futures.speed()
    one, noise = rates["one branch"], rates["noise"]
    print(
        row("Belarus, futures a second, one branch", f"{one:,.0f}", "10,000", f"{one / 1e4:.2f}", one >= 1e4)
    )
    many = rates["default branches"]
    print(row(f"  the same, {rates['branches']:.0f} branches", f"{many:,.0f}", "", f"{many / 1e4:.2f}", None))
    print(row("  its random numbers alone", f"{noise:,.0f}", "3", f"{noise / one:.2f}", noise / one <= 3))
    plain = rates["jax noise"]
    print(
        row("  the same by jax.random.normal", f"{plain:,.0f}", "3", f"{plain / one:.2f}", plain / one <= 3)
    )
    peaks = {n: futures.memory(n) for n in (10_000, 100_000, *((1_000_000,) if million else ()))}
    least = peaks[10_000][0]
    for number, (peak, seconds) in peaks.items():
        what = f"Memory of {number:,} futures ({seconds:.0f} s), MiB"
        print(row(what, f"{peak:,.0f}", "2,048", f"{peak / least:.2f}", peak < 2048 and peak < 1.2 * least))
    if not million:
        print(f"  1,000,000 would take about {1e6 / one / 60:.1f} minutes: --million runs them")
    bars = {"help": ("shatterbelt --help, s", 0.3), "cold": ("run belarus, nothing compiled, s", 20.0)}
    for key, seconds in futures.starts().items():
        what, bar = bars.get(key, ("run belarus, compiled before, s", 0.0))
        ratio = f"{seconds / bar:.2f}" if bar else ""
        print(row(what, f"{seconds:.2f}", f"{bar:g}" if bar else "", ratio, seconds < bar if bar else None))


def stocks_and_flows() -> None:
    rates = stockflow.measure()
    for bits in ("float64", "float32"):
        for peer, bar in (("PySD", 1000), ("pysimlin", 15)):
            ratio = rates[bits] / rates[peer]
            what = f"Stocks and flows, runs a second, {bits} / {peer}"
            print(row(what, f"{rates[bits]:,.0f}", f"{rates[peer]:,.0f}", f"{ratio:,.1f}", ratio >= bar))


def inference() -> None:
    """Effective draws a second, beside a NumPyro model of the same equations by hand."""
    found = fitting.measure()
    ours, hand = found["ours"], found["by hand"]
    for key, what in (("rate", "least"), ("middle", "median")):
        ratio = ours[key] / hand[key]
        title = f"Fit, effective draws a second, {what} / NumPyro by hand"
        print(row(title, f"{ours[key]:,.1f}", f"{hand[key]:,.1f}", f"{ratio:,.1f}", ratio >= 0.8))
    for what, apart in found["agreement"].items():
        print(row(f"  {what}", f"{apart:.2f}", "", "", None))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--million", action="store_true", help="run 1,000,000 futures as well")
    chosen = parser.parse_args()
    print(machine())
    print(row("what", "ours", "peer or bar", "ratio", None))
    stocks_and_flows()
    inference()
    ensembles(million=chosen.million)


if __name__ == "__main__":
    main()
