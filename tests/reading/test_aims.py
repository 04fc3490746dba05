"""Aims are read with who wants what, which way, and on what condition."""

import pytest

from claim_cases import cases, fits, read


@pytest.mark.parametrize("case", cases("aims.yaml"), ids=lambda case: case["name"])
def test_an_aim_is_read(case):
    _, aims = read(case["text"])
    lines = "\n".join(
        f"[{a.rule}] {a.form} {a.actor.name} <{a.content.text}> {a.quantity!r} {a.direction}" for a in aims
    )
    for wanted in case.get("must", []):
        assert any(fits(aim, wanted) for aim in aims), f"missing {wanted} in:\n{lines}"
    if case.get("none"):
        assert not aims, lines
