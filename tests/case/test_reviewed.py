"""What is marked `reviewed: no` loads, is shown, and stays out of runs unless it is asked for."""

import json

import pytest

from shatterbelt import load
from shatterbelt.case import check_case, load_case, reviewed_part, unreviewed, with_unreviewed
from shatterbelt.errors import RequestError
from shatterbelt.statements import QuoteEvidence


def change(folder, file, *pairs):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def first(good):
    return load_case(good).claims[0].id


@pytest.fixture
def part_unreviewed(good, first):
    """One claim and all events but the first are not reviewed."""
    change(good, "claims.yaml", (f"id: {first}\n", f"id: {first}\n  reviewed: no\n"))
    path = good / "record" / "events.csv"
    head, one, *rest = path.read_text(encoding="utf-8").splitlines()
    assert rest
    lines = [f"{head},reviewed", f"{one},yes", *(f"{row},no" for row in rest)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return good


def test_everything_is_reviewed_where_nothing_is_said(good):
    case = load_case(good)
    assert not unreviewed(case)
    assert reviewed_part(case) is case
    assert with_unreviewed(case) is case


def test_what_is_not_reviewed_is_left_out_of_claims_narratives_and_record(part_unreviewed, first):
    case = load_case(part_unreviewed)
    left = unreviewed(case)
    assert left.claims == (first,)
    assert left.events == len(case.events) - 1
    part = reviewed_part(case)
    assert first not in [claim.id for claim in part.claims]
    assert all(first not in told.claims for told in part.about.narratives.values())
    assert len(part.events) == 1
    assert part.hash == case.hash
    assert case.claims[0].id == first


def test_a_fit_with_what_is_not_reviewed_is_never_taken_for_one_without(part_unreviewed):
    case = load_case(part_unreviewed)
    assert with_unreviewed(case).hash != reviewed_part(case).hash
    assert with_unreviewed(case).claims == case.claims


def test_the_part_that_runs_follows_what_is_asked(part_unreviewed, first):
    opened = load(part_unreviewed)
    assert first not in [claim.id for claim in opened.part(unreviewed=False).claims]
    assert first in [claim.id for claim in opened.part(unreviewed=True).claims]
    with pytest.raises(RequestError, match=f"{first}.*is not reviewed.*--unreviewed"):
        opened.run(on=[first], futures=1)


def test_nothing_reviewed_is_not_fitted_or_scored(part_unreviewed):
    text = (part_unreviewed / "claims.yaml").read_text(encoding="utf-8")
    for claim in load_case(part_unreviewed).claims[1:]:
        text = text.replace(f"id: {claim.id}\n", f"id: {claim.id}\n  reviewed: no\n", 1)
    (part_unreviewed / "claims.yaml").write_text(text, encoding="utf-8")
    change(part_unreviewed, "record/events.csv", (",yes\n", ",no\n"))
    opened = load(part_unreviewed)
    assert opened.left_out().everything
    for verb in (opened.fit, opened.score):
        with pytest.raises(
            RequestError, match=r"nothing in this case is reviewed.*reviewed: yes.*--unreviewed"
        ):
            verb()


def test_other_words_than_yes_and_no_are_faults(good, first):
    change(good, "claims.yaml", (f"id: {first}\n", f"id: {first}\n  reviewed: perhaps\n"))
    head, *rows = (good / "record" / "events.csv").read_text(encoding="utf-8").splitlines()
    lines = [f"{head},reviewed", *(f"{row},maybe" for row in rows)]
    (good / "record" / "events.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = [str(fault) for fault in check_case(good)]
    assert len(told) == 1 + len(rows)
    assert all("yes" in one and "no" in one for one in told)


AIMS = """
    aims:
      - about: wants dearer fuel
        form: demand
        quantity: {quantity}
        direction: up
        reviewed: no
        evidence:
          - quote: {quote}
            says_who: the digest
            paraphrase: It wants dearer fuel
"""


def with_aim(folder, quantity, **other):
    """Give the first actor an aim, carried by the quote of a claim, some of it changed."""
    evidence = (item for claim in load_case(folder).claims for item in claim.evidence)
    quote = next(item.quote for item in evidence if isinstance(item, QuoteEvidence)).model_dump() | other
    code, actor = next(iter(load_case(folder).about.actors.items()))
    lines = (folder / "case.yaml").read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(f"  {code}:"))
    end = next(i for i in range(at + 1, len(lines)) if not lines[i].startswith("    "))
    aims = AIMS.format(quantity=quantity, quote=json.dumps(quote)).strip("\n")
    lines[at:end] = [f"  {code}:", f"    name: {actor.name}", f"    kind: {actor.kind}", aims]
    (folder / "case.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return code


def test_an_actors_aims_are_read_and_shown(good):
    code = with_aim(good, "fuel_price")
    opened = load(good)
    (aim,) = opened.case.about.actors[code].aims
    assert (aim.form, aim.quantity, aim.direction, aim.reviewed) == ("demand", "fuel_price", "up", "no")
    assert opened.show(code)["aims"][0]["about"] == "wants dearer fuel"


def test_an_aim_at_an_unknown_quantity_or_document_is_a_fault_with_its_place(good):
    code = with_aim(good, "fuel_prise", document="nowhere")
    told = {fault.path: str(fault) for fault in check_case(good)}
    assert set(told) == {
        f"actors.{code}.aims[0].quantity",
        f"actors.{code}.aims[0].evidence[0].quote.document",
    }
    assert "did you mean 'fuel_price'?" in told[f"actors.{code}.aims[0].quantity"]
