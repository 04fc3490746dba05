"""The posterior of a small case is that of a NumPyro model of the same equations, written by hand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
import pytest
from numpyro.diagnostics import effective_sample_size
from numpyro.infer import MCMC, NUTS, init_to_value
from scipy import stats

from inference.cases import case_of, claim, event, events, level, month, tied, value
from shatterbelt.inference.posterior import Fitter, Settings
from shatterbelt.inference.simulated import simulate
from shatterbelt.record.observe import ERROR_IN_SWINGS, INCLUSION

STEPS, MOST = 60, 6
HALF_LIVES = {"cause": 6, "effect": 3}
NOISES = {"cause": 0.4, "effect": 0.3}
RATE, DISPERSION = 1.0, 4.0
CLAIMS = ("push", "bring")


def small_case():
    series = [value(name, month(t), 0.0, "medium") for name in HALF_LIVES for t in range(STEPS)]
    quantities = {
        name: level(half_life=half, noise=NOISES[name], record=tied(name))
        for name, half in HALF_LIVES.items()
    }
    quantities["unrest"] = events("unrest", rate=RATE, dispersion=DISPERSION)
    claims = [
        claim("push", "cause", "effect", "+", strength="strong"),
        claim("bring", "effect", "unrest", "-"),
    ]
    case = case_of(quantities, claims, series, [event("unrest", 0)], STEPS)
    return simulate(case, CLAIMS, count=4, seed=11)[0].case


def seen_in(case):
    """Return values of each level [steps], and counts [steps], of a record, read from its rows."""
    values = {name: np.zeros(STEPS) for name in HALF_LIVES}
    for row in case.series:
        t = (int(row.period[:4]) - 2001) * 12 + int(row.period[5:]) - 1
        values[row.series.partition("_")[2]][t] = row.value
    counts = np.zeros(STEPS, int)
    for one in case.events:
        counts[(one.date.year - 2001) * 12 + one.date.month - 1] += 1
    return values, counts


def by_hand(values, doubts):
    """Two autoregressions, the first pushing the second, which brings events."""
    weight = {
        "push": numpyro.sample("weight.push", dist.Normal(0.35, 0.7)),
        "bring": numpyro.sample("weight.bring", dist.Normal(-0.175, 0.35)),
    }
    paths = {}
    for name, usual in HALF_LIVES.items():
        half = usual * jnp.exp(0.25 * numpyro.sample(f"half {name}", dist.Normal()))
        kept = numpyro.deterministic(f"kept.{name}", 2.0 ** (-1.0 / half))
        noise = NOISES[name] * jnp.exp(0.25 * numpyro.sample(f"loud {name}", dist.Normal()))
        numpyro.deterministic(f"noise.{name}", noise)
        base = numpyro.sample(f"baseline.{name}", dist.Normal(0, 0.25))
        # Drawn around what was observed: the likelihood of the observations is then counted already.
        error = ERROR_IN_SWINGS["medium"]
        path = paths[name] = numpyro.sample(
            f"path {name}", dist.Normal(jnp.asarray(values[name]), error).to_event(1)
        )
        mean = base + kept * (path[:-1] - base)
        if name == "effect":
            mean = mean + (1 - kept) * weight["push"] * paths["cause"][:-1]
        numpyro.factor(f"process {name}", dist.Normal(mean, noise).log_prob(path[1:]).sum())
        numpyro.factor(f"first {name}", dist.Normal(0, 2).log_prob(path[0]))
    rate = numpyro.deterministic("rate.unrest", RATE * jnp.exp(0.25 * numpyro.sample("often", dist.Normal())))
    size = DISPERSION * jnp.exp(0.25 * numpyro.sample("even", dist.Normal()))
    numpyro.deterministic("dispersion.unrest", size)
    before = jnp.concatenate([jnp.zeros(1), paths["effect"][:-1]])
    counts = dist.NegativeBinomial2(rate * jnp.exp(weight["bring"] * before), size)
    each = jnp.stack([counts.log_prob(k) for k in range(MOST + 1)])
    numpyro.factor("events", jax.nn.logsumexp(each + doubts, axis=0).sum())


def test_the_sampler_agrees_with_a_model_written_by_hand():
    case = small_case()
    values, counts = seen_in(case)
    chance = stats.binom.pmf(np.arange(MOST + 1)[:, None], counts[None], INCLUSION["high"])
    doubts = jnp.log(jnp.maximum(jnp.asarray(chance), 1e-30))
    start = init_to_value(values={f"path {name}": jnp.asarray(values[name]) for name in HALF_LIVES})
    hand = MCMC(
        NUTS(by_hand, init_strategy=start, max_tree_depth=7),
        num_warmup=200,
        num_samples=400,
        progress_bar=False,
    )
    hand.run(jax.random.PRNGKey(0), values, doubts)
    theirs = hand.get_samples()
    fitter = Fitter(case)
    found = fitter.fit(None, CLAIMS, Settings(chains=1, warmup=100, draws=400, depth=7)).rows[0]
    for place, name in enumerate(fitter.model.parameter_names):
        own, other = found[:, place], np.asarray(theirs[name], float)
        error = np.hypot(*(one.std() / np.sqrt(effective_sample_size(one[None])) for one in (own, other)))
        assert own.mean() == pytest.approx(other.mean(), abs=4 * error), name
        assert own.std() == pytest.approx(other.std(), rel=0.3), name
