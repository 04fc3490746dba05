"""A deterministic stock-and-flow model of 50 variables: run by Shatterbelt, by PySD and by pysimlin.

The model (an epidemic, an economy and a budget, made up for this purpose) is written once, as a case;
the others run the XMILE that Shatterbelt writes of it. All must agree before anything is timed.
"""

from __future__ import annotations

import functools
import tempfile
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from shatterbelt.case.types import Case, CaseFile, Quantity
from shatterbelt.futures.devices import cores, prepare
from shatterbelt.model.xmile import to_xmile

STEPS = 200
BLOCK = 256
TOLERANCE = 1e-5
KEPT = ("susceptible", "infected", "deceased", "capital", "debt", "jobless", "trust", "output")

CONSTANTS = {
    "contact": (0.25, 0.5), "recovery": (0.08, 0.16), "waning": (0.002, 0.01), "severity": (0.005, 0.02),
    "caution": (0.5, 3.0), "saving": (0.15, 0.3), "wear": (0.02, 0.05), "productivity": (0.8, 1.2),
    "tax_rate": (0.2, 0.4), "interest": (0.001, 0.004), "benefit": (0.2, 0.5), "hiring": (0.05, 0.2),
    "patience": (0.02, 0.1), "openness": (0.1, 0.4),
}  # fmt: skip
STOCKS = {
    "susceptible": ("0.99", "waned", "infections"), "infected": ("0.01", "infections", "ended"),
    "recovered": ("0", "recoveries", "waned"), "deceased": ("0", "deaths", "0"),
    "capital": ("3", "investment", "depreciation"), "debt": ("0.5", "deficit", "0"),
    "jobless": ("0.08", "layoffs", "hired"), "trust": ("0.5", "trust_won", "trust_lost"),
    "reserves": ("0.3", "exports", "imports"),
}  # fmt: skip
FORMULAS = {
    "alive": "1 - delay(deceased, 1)",
    "prevalence": "delay(infected, 1) / alive",
    "fear": "prevalence * 20 / (1 + prevalence * 20)",
    "distancing": "exp(-caution * fear)",
    "contacts": "contact * distancing",
    "infections": "contacts * delay(susceptible, 1) * prevalence",
    "ended": "recovery * delay(infected, 1)",
    "crowding": "max(prevalence - 0.02, 0) * 10",
    "fatality": "clip(severity * (1 + crowding), 0, 0.2)",
    "deaths": "ended * fatality",
    "recoveries": "ended - deaths",
    "waned": "waning * delay(recovered, 1)",
    "workers": "alive * (1 - delay(jobless, 1)) * (1 - prevalence * 0.5)",
    "output": "productivity * delay(capital, 1)**0.33 * workers**0.67 * (0.7 + 0.3 * distancing)",
    "potential": "productivity * delay(capital, 1)**0.33",
    "gap": "output / potential - 0.9",
    "investment": "saving * output * (0.5 + 0.5 * delay(trust, 1))",
    "depreciation": "wear * delay(capital, 1)",
    "layoffs": "0.01 + max(-gap, 0) * 0.05",
    "hired": "hiring * delay(jobless, 1)",
    "taxes": "tax_rate * output",
    "dole": "benefit * delay(jobless, 1)",
    "health_cost": "prevalence * 0.4",
    "rate": "interest * (1 + clip(delay(debt, 1), 0, 2))",
    "debt_service": "rate * delay(debt, 1)",
    "spending": "dole + health_cost + 0.28 * output",
    "deficit": "spending + debt_service - taxes",
    "trust_won": "patience * (1 - delay(trust, 1)) * (0.5 + 0.5 * tanh(gap))",
    "trust_lost": "patience * delay(trust, 1) * (fear * 0.5 + delay(jobless, 1))",
    "exports": "openness * output * 0.1",
    "imports": "openness * delay(reserves, 1) * 0.2 + 0.02 * openness",
}


def case() -> Case:
    about = {
        "format": 1, "name": "stockflow", "title": "Stocks and flows", "summary": "A benchmark.",
        "start": "2001-01", "record_ends": "2001-01", "horizon": STEPS, "default_narrative": "none",
        "narratives": {"none": {"title": "No claim"}},
    }  # fmt: skip
    found: dict[str, dict[str, Any]] = {}
    for name, (low, high) in CONSTANTS.items():
        found[name] = {"kind": "given", "then": {"process": "constant", "low": low, "high": high}}
    for name, (initial, inflow, outflow) in STOCKS.items():
        found[name] = {"kind": "stock", "initial": initial, "inflow": inflow, "outflow": outflow}
    for name, formula in FORMULAS.items():
        found[name] = {"kind": "formula", "formula": formula}
    for name, one in found.items():
        one |= {"title": name.replace("_", " ").capitalize(), "unit": "dimensionless"}
    return Case(
        about=CaseFile.model_validate(about),
        quantities=TypeAdapter(dict[str, Quantity]).validate_python(found),
        claims=(),
        documents={},
        hash="0" * 64,
    )


def drawn(runs: int) -> np.ndarray:
    """Return random constants, [runs, constants]."""
    low, high = np.array(list(CONSTANTS.values())).T
    return low + (high - low) * np.random.default_rng(1).random((runs, len(low)))


# ------------------------------------------------------------------------ by Shatterbelt


def ours(bits: int) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from constants to the kept series, [runs, kept, steps]."""
    import jax
    import jax.numpy as jnp

    from shatterbelt.model.compile import compile_case
    from shatterbelt.model.past import advance, initial_past
    from shatterbelt.model.start import starting_values
    from shatterbelt.model.step import Inputs, pack, step

    model = compile_case(case())
    prepare()

    @jax.jit
    def block(rows: Any) -> Any:
        values = {f"constant.{name}": rows[i] for i, name in enumerate(CONSTANTS)}
        packed = pack(model, values)
        noise = jnp.zeros((0, BLOCK))

        def one(past: Any, _: None) -> tuple[Any, Any]:
            sight = step(model, past, packed, noise, Inputs())
            return advance(model, sight), jnp.stack([sight.x(name) for name in KEPT])

        past = initial_past(model, starting_values(model, values, {}), (BLOCK,))
        return jax.lax.scan(one, past, None, length=STEPS)[1]

    kind = np.float64 if bits == 64 else np.float32

    def run(constants: np.ndarray) -> np.ndarray:
        def part(first: int) -> np.ndarray:
            with jax.enable_x64(bits == 64):
                return np.asarray(block(constants[first : first + BLOCK].T.astype(kind)))

        with ThreadPoolExecutor(cores()) as pool:
            blocks = list(pool.map(part, range(0, len(constants), BLOCK)))
        return np.concatenate(blocks, axis=-1).transpose(2, 1, 0)

    return run


# --------------------------------------------------------------------------- by the others

STOCK_ROWS = np.array([name in STOCKS for name in KEPT])


def _as_ours(series: np.ndarray) -> np.ndarray:
    """Shift [kept, steps + 1] of XMILE to our steps: its stocks stand before the step, ours after it."""
    return np.where(STOCK_ROWS[:, None], series[:, 1:], series[:, :-1])


def by_pysd(folder: Path) -> Callable[[np.ndarray], np.ndarray]:
    import pysd

    path = folder / "stockflow.xmile"
    path.write_text(to_xmile(case(), STEPS), encoding="utf-8")
    model = pysd.read_xmile(str(path))

    def run(constants: np.ndarray) -> np.ndarray:
        found = []
        for one in constants:
            given = dict(zip(CONSTANTS, map(float, one), strict=True))
            table = model.run(params=given, return_columns=list(KEPT), progress=False)
            found.append(_as_ours(table[list(KEPT)].to_numpy().T))
        return np.stack(found)

    return run


def by_simlin(folder: Path) -> Callable[[np.ndarray], np.ndarray]:
    import simlin

    path = folder / "simlin.xmile"
    path.write_text(to_xmile(case(), STEPS), encoding="utf-8")
    models = [simlin.load(path) for _ in range(cores())]

    def part(place: int, constants: np.ndarray) -> list[np.ndarray]:
        found = []
        for one in constants:
            with models[place].simulate(dict(zip(CONSTANTS, map(float, one), strict=True))) as sim:
                sim.run_to_end()
                found.append(_as_ours(np.stack([sim.get_series(name) for name in KEPT])))
        return found

    def run(constants: np.ndarray) -> np.ndarray:
        parts = np.array_split(constants, len(models))
        with ThreadPoolExecutor(len(models)) as pool:
            return np.concatenate(list(pool.map(part, range(len(models)), parts)))

    return run


# ------------------------------------------------------------------------------- measured


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest difference, relative to each series' largest value."""
    size = np.abs(other).max(axis=-1, keepdims=True)
    return float((np.abs(one - other) / size).max())


def _rate(run: Callable[[np.ndarray], np.ndarray], constants: np.ndarray) -> float:
    start = time.perf_counter()
    run(constants)
    return len(constants) / (time.perf_counter() - start)


def measure(repeats: int = 5) -> dict[str, float]:
    """Return runs a second of each program, medians of interleaved repetitions.

    Raises:
        SystemExit: the programs do not agree.
    """
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = {
            "float64": (ours(64), 16_384),
            "float32": (ours(32), 16_384),
            "PySD": (by_pysd(folder), 20),
            "pysimlin": (by_simlin(folder), 1_000),
        }
        few = drawn(BLOCK)[:20]
        wide = drawn(BLOCK)
        reference = programs["float64"][0](wide)[:20]
        for program, (run, _) in programs.items():
            found = run(few) if program.startswith("py") or program == "PySD" else run(wide)[:20]
            far = apart(found, reference)
            limit = TOLERANCE if program != "float32" else 1e-3
            if not far <= limit:
                raise SystemExit(f"{program} differs from Shatterbelt by {far:.2g} (allowed: {limit:g})")
        rates: dict[str, list[float]] = {program: [] for program in programs}
        for _ in range(repeats):
            for program, (run, runs) in programs.items():
                rates[program].append(_rate(run, _many(runs)))
    return {program: float(np.median(found)) for program, found in rates.items()}


@functools.cache
def _many(runs: int) -> np.ndarray:
    return drawn(runs)


def main() -> None:
    print(f"{len(CONSTANTS) + len(STOCKS) + len(FORMULAS)} variables, {STEPS} steps")
    for program, rate in measure().items():
        print(f"{program:10} {rate:12,.0f} runs a second")


if __name__ == "__main__":
    main()
