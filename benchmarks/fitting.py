"""Effective draws a second: this package's sampler beside a NumPyro model of the same equations by hand."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from arviz_stats.base.array import array_stats
from numpyro.infer import MCMC, NUTS
from pydantic import TypeAdapter

from shatterbelt.case.types import Case, CaseFile, EventRow, Quantity, SeriesRow
from shatterbelt.inference.evidence import Evidence
from shatterbelt.inference.posterior import Fitter, Settings
from shatterbelt.record.periods import last_day, month_label, month_number, months_of
from shatterbelt.statements import STRENGTH_SCALE, Claim

YEARS, START = 15, 2001
STEPS = 12 * YEARS
WARMUP, DRAWS = 500, 1000
CLAIMS = (("pull", "a", "b", "level"), ("stir", "b", "raids", "level"), ("calm", "a", "riots", "level"),
          ("echo", "raids", "riots", {"memory": 3}), ("weigh", "raids", "b", {"memory": 3}))  # fmt: skip
EVIDENCE = [{"publication": "someone1999", "finding": "a finding in a benchmark"}]


def simulated() -> dict[str, np.ndarray]:
    """Return a record made by the equations: ``a`` by months, ``b`` by years, two kinds of events."""
    rng = np.random.default_rng(5)
    a, b = np.zeros(STEPS + 1), np.zeros(STEPS + 1)
    raids, riots, held = np.zeros(STEPS), np.zeros(STEPS), 0.5 / (1 - KEEP)
    for t in range(STEPS):
        remembered = (np.log1p(held) - ORIGIN) / WIDTH
        a[t + 1] = 2 ** (-1 / 6) * a[t] + 0.3 * rng.standard_normal()
        gain = 1 - 2 ** (-1 / 6)
        b[t + 1] = (1 - gain) * b[t] + gain * (0.8 * a[t] + 0.2 * remembered) + 0.3 * rng.standard_normal()
        raids[t] = rng.poisson(0.5 * np.exp(0.6 * b[t]))
        riots[t] = rng.poisson(0.4 * np.exp(0.3 * remembered - 0.3 * a[t]))
        held = KEEP * held + raids[t]
    months = a[1:] + 0.1 * rng.standard_normal(STEPS)
    years = b[1:].reshape(YEARS, 12).mean(axis=1) + 0.1 * rng.standard_normal(YEARS)
    return {"a": months, "b": years, "raids": raids, "riots": riots}


KEEP = 2 ** (-1 / 3)
ORIGIN = float(np.log1p(0.5 / (1 - KEEP)))
WIDTH = float(np.log1p(0.5 / (1 - KEEP) + 1.0) - ORIGIN)
"""Memory of raids in swings: the log of one more than what is remembered, usual and swing as in kinds.md."""


def case_of(record: dict[str, np.ndarray]) -> Case:
    """Return the case of the record."""

    def level(series: str, enters: str) -> dict[str, Any]:
        return {"title": "A level", "kind": "level", "unit": "dimensionless", "half_life": 6, "noise": 0.3,
                "record": [{"series": series, "enters": enters}]}  # fmt: skip

    def events(name: str, rate: float) -> dict[str, Any]:
        tie = [{"actor": [name.upper()], "type": ["PROTEST"]}]
        more = {"rate": rate, "dispersion": 20, "record": tie}
        return {"title": "Events", "kind": "events", "unit": "count", **more}

    def value(series: str, period: str, number: float) -> SeriesRow:
        return SeriesRow(series=series, period=period, value=number, unit="dimensionless", source="simulated",
                         confidence="high", known=last_day(months_of(period)[1]))  # fmt: skip

    def event(name: str, step: int) -> EventRow:
        day = dt.date.fromisoformat(f"{_month(step)}-10")
        return EventRow(date=day, actor=name.upper(), type="PROTEST", target="NONE", description="simulated",
                        magnitude="", source="simulated", confidence="high", known=day)  # fmt: skip

    series = [value("a_months", _month(t), x) for t, x in enumerate(record["a"])]
    series += [value("b_years", str(START + i), x) for i, x in enumerate(record["b"])]
    counted = [(name, t, int(n)) for name in ("raids", "riots") for t, n in enumerate(record[name])]
    happened = [event(name, t) for name, t, n in counted for _ in range(n)]
    claims = [
        {"id": id_, "title": f"{cause} moves {effect}", "cause": cause, "effect": effect, "sign": "unknown",
         "aspect": aspect, "evidence": EVIDENCE}
        for id_, cause, effect, aspect in CLAIMS
    ]  # fmt: skip
    quantities = {"a": level("a_months", "point at"), "b": level("b_years", "average over"),
                  "raids": events("raids", 0.5), "riots": events("riots", 0.4)}  # fmt: skip
    about = {"format": 1, "name": "hand", "title": "By hand", "summary": "For speed.", "start": f"{START}-01",
             "record_ends": _month(STEPS - 1), "horizon": 12, "default_narrative": "all",
             "narratives": {"all": {"title": "All", "claims": [one["id"] for one in claims]}}}  # fmt: skip
    return Case(
        about=CaseFile.model_validate(about),
        quantities=TypeAdapter(dict[str, Quantity]).validate_python(quantities),
        claims=TypeAdapter(tuple[Claim, ...]).validate_python(tuple(claims)),
        documents={}, series=tuple(series), events=tuple(happened), hash="0" * 64,
    )  # fmt: skip


def _month(step: int) -> str:
    return month_label(month_number(f"{START}-01") + step)


def by_hand(months: jax.Array, years: jax.Array, log_chances: jax.Array, memory: jax.Array) -> None:
    """The same equations as a NumPyro model, paths centred, every density one vectorised evaluation."""
    scale = STRENGTH_SCALE["moderate"]
    w = {id_: numpyro.sample(f"weight.{id_}", dist.Normal(0.0, scale)) for id_, *_ in CLAIMS}
    real = dist.constraints.real
    paths, gains, noises, keeps, bases = {}, {}, {}, {}, {}
    for name in "ab":
        noises[name] = numpyro.sample(f"noise.{name}", dist.LogNormal(jnp.log(0.3), 0.25))
        half = numpyro.sample(f"half.{name}", dist.LogNormal(jnp.log(6.0), 0.25))
        keeps[name] = numpyro.deterministic(f"kept.{name}", 2.0 ** (-1.0 / half))
        gains[name] = 1.0 - keeps[name]
        bases[name] = numpyro.sample(f"baseline.{name}", dist.Normal(0.0, 0.25))
        paths[name] = numpyro.sample(name, dist.ImproperUniform(real, (), (STEPS,)))
    before = {name: jnp.concatenate([jnp.zeros(1), path[:-1]]) for name, path in paths.items()}
    push = {"a": 0.0, "b": w["pull"] * before["a"] + w["weigh"] * memory}
    for name in "ab":
        mean = bases[name] + keeps[name] * (before[name] - bases[name]) + gains[name] * push[name]
        steps = dist.Normal(mean, noises[name]).log_prob(paths[name])
        first = dist.Normal(0.0, 2.0).log_prob(paths[name][0])
        numpyro.factor(f"path.{name}", steps[1:].sum() + first)
    numpyro.sample("months", dist.Normal(paths["a"], 0.1), obs=months)
    numpyro.sample("years", dist.Normal(paths["b"].reshape(YEARS, 12).mean(axis=1), 0.1), obs=years)
    pushes = {"raids": w["stir"] * before["b"], "riots": w["calm"] * before["a"] + w["echo"] * memory}
    for row, (name, usual) in enumerate((("raids", 0.5), ("riots", 0.4))):
        rate = numpyro.sample(f"rate.{name}", dist.LogNormal(jnp.log(usual), 0.25))
        size = numpyro.sample(f"dispersion.{name}", dist.LogNormal(jnp.log(20.0), 0.25))
        counts = jnp.arange(log_chances.shape[0])[:, None]
        each = dist.NegativeBinomial2(rate * jnp.exp(pushes[name]), size).log_prob(counts)
        numpyro.factor(name, jax.nn.logsumexp(each + log_chances[:, row], axis=0).sum())


def measure() -> dict[str, dict[str, float]]:
    """Return seconds, least and median bulk ESS, and least ESS a second, of both; compiling not counted."""
    case = case_of(simulated())
    fitter = Fitter(case)
    claims = [claim.id for claim in case.claims]
    settings = Settings(chains=1, warmup=WARMUP, draws=DRAWS)
    fitter.fit(None, claims, settings)
    began = time.perf_counter()
    draws = fitter.fit(None, claims, settings)
    found = {"ours": _rates(draws.rows, time.perf_counter() - began)}
    names = list(fitter.model.parameter_names)
    theirs, seconds = _hand(fitter.data(None, claims)[0], names)
    found["by hand"] = _rates(theirs, seconds)
    apart = (draws.rows.mean((0, 1)) - theirs.mean((0, 1))) / theirs.std((0, 1))
    found["agreement"] = {"largest difference of means, posterior deviations": float(np.abs(apart).max())}
    return found


def _hand(evidence: Evidence, names: list[str]) -> tuple[np.ndarray, float]:
    raids = jnp.asarray(evidence.counts)[0]
    held = [0.5 / (1 - KEEP)]
    for count in np.asarray(raids)[:-1]:
        held.append(KEEP * held[-1] + float(count))
    memory = (jnp.log1p(jnp.asarray(held)) - ORIGIN) / WIDTH
    order = np.argsort(np.asarray(evidence.step))
    data = (
        jnp.asarray(evidence.value)[order],
        jnp.asarray(evidence.span_value),
        evidence.log_chances,
        memory,
    )
    chain = MCMC(NUTS(by_hand), num_warmup=WARMUP, num_samples=DRAWS, progress_bar=False, jit_model_args=True)
    chain.run(jax.random.PRNGKey(0), *data)
    began = time.perf_counter()
    chain.run(jax.random.PRNGKey(1), *data)
    draws = {name: np.asarray(values) for name, values in chain.get_samples().items()}
    return np.stack([draws[name] for name in names], axis=-1)[None], time.perf_counter() - began


def _rates(rows: np.ndarray, seconds: float) -> dict[str, float]:
    ess = array_stats.ess(np.asarray(rows, float), method="bulk", chain_axis=0, draw_axis=1)
    least = float(np.min(ess))
    median = float(np.median(ess))
    return {
        "seconds": seconds,
        "least": least,
        "median": median,
        "rate": least / seconds,
        "middle": median / seconds,
    }


if __name__ == "__main__":
    for who, numbers in measure().items():
        print(who, {key: round(number, 2) for key, number in numbers.items()})
