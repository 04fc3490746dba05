"""A small case with every kind of quantity, and a dataset in the agreed layout, made without the engine."""

import datetime as dt

import numpy as np
import pytest
import xarray as xr

from shatterbelt.case.types import Case

HOSTILE = """</script><img src=x onerror="document.title='owned'"><b>bold</b> ]]> {{7*7}}"""
LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]
AS_OF = "2008-05-01"


def _quote(who, manner, credibility, paraphrase, document="a", start=10):
    return {
        "quote": {
            "document": document,
            "start": start,
            "end": start + 40,
            "sha256": "0" * 64,
            "words": "abc123",
            "paragraph": 7,
        },
        "says_who": who,
        "manner": manner,
        "credibility": credibility,
        "paraphrase": paraphrase,
    }


def _paper(finding="A finding told in our words"):
    return {"publication": "walt1987", "finding": finding}


def _claim(name, title, cause, effect, sign, evidence, **more):
    return {
        "id": name,
        "title": title,
        "cause": cause,
        "effect": effect,
        "sign": sign,
        "evidence": evidence,
        **more,
    }


def _quantities():
    return {
        "gas_price": {
            "kind": "level",
            "title": "Gas price paid",
            "unit": "USD",
            "link": "log",
            "usual": 100,
            "swing": 50,
            "rows": ["S1"],
            "show": True,
            "actor": "RUS",
            "lever": {"actor": "RUS", "low": 40, "high": 300},
            "record": [{"series": "gas", "enters": "average over"}],
        },
        "protests": {
            "kind": "events",
            "title": "Protest events",
            "unit": "dimensionless",
            "rate": 1.5,
            "show": True,
            "rows": ["S2"],
            "actor": "OPP",
        },
        "sanctions_off": {
            "kind": "status",
            "title": "Sanctions suspended",
            "unit": "dimensionless",
            "onset": 0.02,
            "end": 0.01,
            "show": True,
            "rows": ["S2"],
            "actor": "EU",
        },
        "strike_share": {
            "kind": "share",
            "title": "Workers on strike",
            "unit": "dimensionless",
            "population": 1e6,
            "thresholds": {"mean": 0.3, "sd": 0.1},
            "show": True,
            "rows": ["S2"],
            "actor": "OPP",
        },
        "oil": {
            "kind": "given",
            "title": "Oil price",
            "unit": "USD",
            "link": "log",
            "usual": 60,
            "swing": 20,
            "then": {"process": "walk", "noise": 0.2},
            "record": [{"series": "oil", "enters": "point at"}],
        },
        "ratio": {
            "kind": "formula",
            "title": "Price ratio",
            "unit": "dimensionless",
            "formula": "gas_price / oil",
            "show": True,
        },
        "credit": {
            "kind": "stock",
            "title": "Credit owed",
            "unit": "USD",
            "initial": 0,
            "inflow": "1",
            "show": True,
            "actor": "BLR",
        },
    }


def _claims(hostile):
    return [
        _claim(
            "price_turns",
            "A dearer price turns the client away",
            "gas_price",
            "sanctions_off",
            "+",
            [_quote("the paper", "asserted", 3, "The price drives the client west")],
            rows=["S1"],
            lag=[1, 6],
            strength="strong",
        ),
        _claim(
            "price_does_not",
            "A dearer price brings the client to heel",
            "gas_price",
            "sanctions_off",
            "-",
            [_quote("an expert", "doubted", 4, "He may give way", "b", 20), _paper()],
            rows=["S1"],
            lag=1,
        ),
        _claim(
            "oil_careless",
            "Dear oil makes the patron careless",
            "oil",
            "gas_price",
            "+",
            [_quote("the paper", "asserted", 3, "Income blinds")],
            rows=["S1"],
        ),
        _claim(
            "protest_strike",
            "Protest brings strikes",
            "protests",
            "strike_share",
            "+",
            [_paper()],
            rows=["S2"],
            aspect={"memory": 3},
        ),
        _claim(
            "strike_protest",
            "Strikes bring protest",
            "strike_share",
            "protests",
            "unknown",
            [_paper(), _paper("Another finding")],
            rows=["S2"],
            strength="slight",
        ),
        _claim(
            "debt_price",
            "Debt softens the price",
            "credit",
            "gas_price",
            "-",
            [_quote("a minister", "denied", 5, "There is no such deal", "b", 90)],
            lag=4,
        ),
        _claim(
            "sanction_debt",
            "Relief slows borrowing",
            "sanctions_off",
            "protests",
            "-",
            [_paper()],
            form={"saturating": 2},
        ),
        _claim(
            "hostile",
            hostile,
            "ratio",
            "protests",
            "+",
            [_quote(hostile, "reported", 6, hostile)],
            when={"quantity": "oil", "is": ">= 50"},
            note=hostile,
        ),
    ]


def _outcomes(hostile):
    def one(question, quantity, **more):
        return {
            "question": question,
            "asked": AS_OF,
            "opens": "2008-06",
            "closes": "2009-12",
            "quantity": quantity,
            "is": ">= 0.5",
            **more,
        }

    yes = {"answer": "yes", "date": "2008-10-13", "source": "Council conclusions"}
    return {
        "suspended": one("Are the sanctions suspended?", "sanctions_off", resolution=yes, rows=["S2"]),
        "strike_wave": one(
            "Is there a strike wave?",
            "strike_share",
            rows=["S2"],
            base_rate={"value": 0.02, "source": "World counts"},
        ),
        "price_up": one("Does the price pass 200?", "gas_price", note="A note"),
        "hostile_outcome": one(f"Does it hold? {hostile}", "protests"),
        "later": {
            **one("Asked on another day?", "protests"),
            "asked": "2020-11-30",
            "opens": "2020-12",
            "closes": "2021-12",
        },
    }


def make_case(hostile=HOSTILE):
    claims = _claims(hostile)
    names = [claim["id"] for claim in claims]
    about = {
        "format": 1,
        "name": "small",
        "title": "A small state between two powers",
        "summary": "A case to try the page on.",
        "start": "2004-01",
        "record_ends": "2022-02",
        "horizon": 36,
        "default_narrative": "A",
        "actors": {
            "RUS": {"name": "Russia", "kind": "state"},
            "EU": {"name": "European Union", "kind": "bloc"},
            "BLR": {"name": "Belarus", "kind": "state"},
            "OPP": {"name": "Opposition", "kind": "population", "about": hostile},
        },
        "narratives": {
            "A": {
                "title": "The patron's miscalculation",
                "about": "Pressure drives the client away.",
                "claims": [n for n in names if n != "price_does_not"],
            },
            "B": {"title": "The patron's fear", "claims": [n for n in names if n != "price_turns"]},
            "neither": {"title": "A sceptic's remainder", "claims": names[2:5]},
        },
        "outcomes": _outcomes(hostile),
        "rows": {
            "S1": {"title": "Price lever", "says": "Prices are raised", "record": "gas series"},
            "S2": {"title": "Protest", "says": hostile},
        },
        "assumptions": [
            {
                "text": "The months are alike",
                "if_false": "Summers differ",
                "run": "--set oil=50@2008-06..2009-01",
            }
        ],
        "left_out": ["The weather", hostile],
    }
    documents = {
        "a": {
            "id": "a",
            "type": "article-newspaper",
            "title": "First text",
            "rating": "D",
            "sha256": "1" * 64,
            "leaning": {"label": "party press", "ground": "it calls for a party"},
        },
        "b": {
            "id": "b",
            "type": "article-newspaper",
            "title": "Second text",
            "rating": "D",
            "issued": "2020-11-30",
            "leaning": {"label": "party press", "ground": "it is a party's site"},
            "author": [{"family": "Doe", "given": "J."}],
        },
        "walt1987": {
            "id": "walt1987",
            "kind": "publication",
            "type": "book",
            "title": "The Origins of Alliances",
            "author": [{"family": "Walt", "given": "Stephen"}],
            "issued": "1987",
            "rating": "B",
        },
    }
    series = [
        {
            "series": "gas",
            "period": "2007",
            "value": 100.0,
            "unit": "USD",
            "source": "contract",
            "confidence": "high",
            "known": "2008-01-01",
        },
        {
            "series": "gas",
            "period": "2009-Q1",
            "value": 150.0,
            "unit": "USD",
            "source": "contract",
            "confidence": "low",
            "known": "2009-05-01",
        },
    ]
    events = [
        {
            "date": dt.date(2006 + i // 4, 1 + i % 12, 3),
            "actor": ["RUS", "EU", "BLR", "OPP"][i % 4],
            "type": ["DEMAND", "SANCTION", "CONCEDE", "PROTEST", "AID"][i % 5],
            "target": ["BLR", "RUS"][i % 2],
            "description": f"Event {i} {hostile if i == 3 else ''}",
            "magnitude": "",
            "source": "agency",
            "confidence": "high",
            "known": "2010-01-01",
        }
        for i in range(40)
    ]
    return Case.model_validate(
        {
            "about": about,
            "quantities": _quantities(),
            "claims": claims,
            "documents": documents,
            "series": series,
            "events": events,
            "hash": "f" * 64,
        }
    )


def make_dataset(case, futures=10_000):
    rng = np.random.default_rng(1)
    time = np.arange("2004-01", "2011-06", dtype="datetime64[M]").astype("datetime64[ns]")
    names, branches = list(case.quantities), ["A", "B", "neither"]
    nt, past = len(time), int(np.sum(time <= np.datetime64(AS_OF)))
    ahead = np.maximum(np.arange(nt) - past, 0) ** 0.5
    usual = {
        "gas_price": 100,
        "protests": 1.5,
        "sanctions_off": 0,
        "strike_share": 0.02,
        "oil": 60,
        "ratio": 1.6,
        "credit": 500,
    }
    shape = (len(branches), len(names), nt)
    base = np.stack([usual[n] * (1 + 0.2 * np.sin(np.arange(nt) / 9)) for n in names])
    quantiles = np.zeros((*shape, len(LEVELS)), np.float32)
    paths = np.zeros((len(branches), 24, len(names), nt), np.float32)
    for b in range(len(branches)):
        for q, name in enumerate(names):
            spread = (0.02 + 0.05 * ahead)[:, None] * (1 + usual[name])
            centre = base[q] + 0.02 * b * usual[name] * ahead
            quantiles[b, q] = centre[:, None] + spread * (np.array(LEVELS) - 0.5) * 3
            steps = np.cumsum(rng.normal(size=(24, nt)) * (ahead > 0), axis=1)
            paths[b, :, q] = centre + steps * 0.02 * (1 + usual[name])
    quantiles, paths = np.maximum(quantiles, 0), np.maximum(paths, 0)
    mean = quantiles[..., 3] * 1.02
    mean[:, names.index("sanctions_off")] = np.linspace(0, 0.6, nt)
    record = np.full(shape[1:], np.nan)
    record[names.index("oil")] = base[names.index("oil")] * rng.normal(1, 0.03, nt)
    record[names.index("protests")] = rng.poisson(1.5, nt)
    record[names.index("sanctions_off")] = np.arange(nt) > past + 5
    asked = [n for n, o in case.about.outcomes.items() if str(o.asked) == AS_OF]
    p = np.array([[0.634, 0.0, 0.4512, 0.031]] * 3) * np.array([[1.0], [0.6], [0.2]])
    change = p - p[0]
    return xr.Dataset(
        {
            "quantiles": (("branch", "quantity", "time", "level"), quantiles),
            "mean": (("branch", "quantity", "time"), mean.astype(np.float32)),
            "paths": (("branch", "path", "quantity", "time"), paths),
            "path_code": (("branch", "path"), np.zeros((3, 24), int)),
            "outcome_probability": (("branch", "outcome"), p),
            "outcome_error": (("branch", "outcome"), np.sqrt(p * (1 - p) / futures)),
            "outcome_futures": (("branch", "outcome"), np.full((3, 4), futures)),
            "outcome_difference": (("branch", "outcome"), change),
            "outcome_difference_error": (("branch", "outcome"), np.abs(change) * 0.01),
            "mean_difference": (("branch", "quantity", "time"), mean - mean[:1]),
            "mean_difference_error": (("branch", "quantity", "time"), np.abs(mean - mean[:1]) * 0.01),
            "code_count": (
                ("branch", "code"),
                np.array([[futures - 2, 2, 0], [futures, 0, 0], [futures, 0, 0]]),
            ),
            "record": (("quantity", "time"), record),
            "record_low": (("quantity", "time"), np.full(shape[1:], np.nan)),
            "record_high": (("quantity", "time"), np.full(shape[1:], np.nan)),
            "outcome_base_rate": (("outcome",), [0.12, 0.02, np.nan, 0.5]),
            "outcome_base_count": (("outcome",), [3, 0, 0, 5]),
            "outcome_base_windows": (("outcome",), [25, 0, 0, 10]),
        },
        coords={
            "branch": [0, 1, 2],
            "quantity": names,
            "time": time,
            "level": LEVELS,
            "path": np.arange(24),
            "outcome": asked,
            "code": ["ok", "not finite", "out of bounds"],
            "unit": ("quantity", [q.unit for q in case.quantities.values()]),
            "title": ("quantity", [q.title for q in case.quantities.values()]),
            "kind": ("quantity", [q.kind for q in case.quantities.values()]),
            "narrative": ("branch", branches),
            "set": ("branch", ["", "", ""]),
            "question": ("outcome", [case.about.outcomes[n].question for n in asked]),
        },
        attrs={
            "case": "small",
            "case_title": case.about.title,
            "case_hash": "f" * 64,
            "version": "0.1.0",
            "seed": 0,
            "as_of": AS_OF,
            "futures": futures,
            "created": "2026-01-01T00:00:00Z",
            "narratives": "A, B, neither",
            "fitted": 0,
        },
    )


@pytest.fixture(scope="session")
def case():
    return make_case()


@pytest.fixture(scope="session")
def dataset(case):
    return make_dataset(case)
