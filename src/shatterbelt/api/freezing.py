"""Frozen forecasts: answers of a run in a file that shows any change, and how they are scored later."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import AwareDatetime, ConfigDict, Field, ValidationError

from shatterbelt.api.asking import date as date_of
from shatterbelt.case.types import Month
from shatterbelt.errors import Fault, FaultsError, RequestError
from shatterbelt.record import Calendar, Window, base_rate, monthly_record, observations, resolve_outcome
from shatterbelt.record.outcomes import When
from shatterbelt.record.periods import MONTHS_IN, last_day, month_number, months_of
from shatterbelt.statements import Frozen, Name

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    from shatterbelt.case.types import Case, Outcome

FORMAT = 1
"""Version of the file's format; a file of another version is refused."""
LARGEST = 16 * 1024 * 1024
"""Bytes of a file that are read at most."""
SHOWN = 12
"""Faults of one file that are shown at most."""

Words = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Share = Annotated[float, Field(ge=0, le=1)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class FrozenError(FaultsError):
    """A file is no frozen forecast, cannot be read, or is not as it was frozen."""


class _Strict(Frozen):
    model_config = ConfigDict(strict=True)


class FrozenAnswer(_Strict):
    """The answer of one branch: the share of its futures, with one Monte Carlo standard error."""

    branch: Words
    narrative: Words
    set: Words = Field(description="what was set in the branch; empty for nothing")
    probability: Share | None
    error: float | None = Field(ge=0)
    futures: int = Field(ge=0)


class FrozenQuestion(_Strict):
    """An outcome as it was asked, and the answers to it; ``as_of`` is the day of their view.

    ``base_smoothed`` is the base rate under Jeffreys' prior, which is never 0 or 1.
    """

    id: Name
    question: Words
    as_of: dt.date
    quantity: Name
    unit: Words
    when: When
    test: Words
    opens: Month
    closes: Month
    base_rate: Share | None
    base_smoothed: Share | None
    answers: tuple[FrozenAnswer, ...] = Field(min_length=1)


class FrozenForecast(_Strict):
    """The content of a frozen forecast; ``sha256`` is the digest of all else."""

    format: Literal[1]
    case: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    case_hash: Digest
    version: Words
    as_of: dt.date
    frozen: AwareDatetime
    seed: int
    futures: int
    fitted: bool
    outcomes: tuple[FrozenQuestion, ...] = Field(min_length=1)
    sha256: Digest


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256, as hex, of all but ``sha256``: JSON with sorted keys, no spaces, ASCII only."""
    rest = {key: value for key, value in content.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


# ------------------------------------------------------------------------------- writing


def free(path: str | Path) -> Path:
    """Return the path after making sure that a new file can be written there; makes nothing.

    Raises:
        RequestError: something is there already, or the folder may not be written to.
    """
    target = Path(path)
    if target.is_dir():
        raise RequestError(f"--freeze {path}: it is a folder; give the name of a new file")
    if os.path.lexists(target):
        raise _there(target)
    holder = next(parent for parent in target.absolute().parents if parent.exists())
    if not holder.is_dir() or not os.access(holder, os.W_OK | os.X_OK):
        raise RequestError(f"--freeze {path}: {holder} may not be written to; give another folder")
    return target


def _there(path: Path) -> RequestError:
    why = "the file is there already; a frozen forecast is never overwritten; give another name"
    return RequestError(f"--freeze {path}: {why}")


def freeze(case: Case, run: Mapping[str, Any], path: str | Path) -> Path:
    """Write the answers of a run (``RunResult.as_dict``) into a new file, whole or not at all.

    Raises:
        RequestError: something is there already, it cannot be written, or no outcome was answered.
    """
    target = free(path)
    if not run["outcomes"]:
        raise RequestError(f"--freeze {path}: no outcome of the case is open on the as-of date; try another")
    content = {
        "format": FORMAT,
        "case": run["case"],
        "case_hash": run["hash"],
        "version": run["version"],
        "as_of": run["as_of"],
        "frozen": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        **{key: run[key] for key in ("seed", "futures", "fitted")},
        "outcomes": [
            _asked(case, name, [one for one in run["outcomes"] if one["outcome"] == name])
            for name in dict.fromkeys(one["outcome"] for one in run["outcomes"])
        ],
    }
    content["sha256"] = digest(content)
    _write_new(target, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return target


def _asked(case: Case, name: str, answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one outcome and the answers to it as the file has them."""
    outcome, first = case.about.outcomes[name], answers[0]
    return {
        "id": name,
        "question": " ".join(outcome.question.split()),
        "as_of": first["asked"],
        "quantity": outcome.quantity,
        "unit": case.quantities[outcome.quantity].unit,
        "when": outcome.when,
        "test": outcome.test,
        "opens": outcome.opens,
        "closes": outcome.closes,
        "base_rate": _number(first["base_rate"]),
        "base_smoothed": _smoothed(case, outcome, date_of(first["asked"]), _number(first["base_rate"])),
        "answers": [
            {key: one[key] for key in ("branch", "narrative", "set")}
            | {key: _number(one[key]) for key in ("probability", "error")}
            | {"futures": one["futures"]}
            for one in answers
        ],
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _smoothed(case: Case, outcome: Outcome, as_of: dt.date, rate: float | None) -> float | None:
    """Return the base rate that is never 0 or 1, from the record as known on the day; a stated one as is."""
    if rate is None or outcome.base_rate.value is not None:
        return rate
    # As in a run: what became known after the record's end is not looked at.
    end = closing_day(case.about.record_ends, case) + dt.timedelta(days=1)
    view = view_of(case, min(as_of, end), [outcome.quantity])
    values = view.values[outcome.quantity]
    window = _window(view.calendar, as_of, outcome.opens, outcome.closes)
    return base_rate(values, ~np.isnan(values), window, outcome.when, outcome.test).smoothed


def _write_new(target: Path, text: str) -> None:
    """Write a file that was not there; a file that came there meanwhile stays as it is."""
    target.parent.mkdir(parents=True, exist_ok=True)
    parts = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=target.parent))
    try:
        whole = parts / "forecast"
        whole.write_text(text, encoding="utf-8")
        try:
            target.hardlink_to(whole)
        except FileExistsError:
            raise _there(target) from None
        except OSError:  # a file system without hard links
            whole.rename(free(target))
    finally:
        shutil.rmtree(parts, ignore_errors=True)


# ------------------------------------------------------------------------------- reading


def read(path: str | Path) -> FrozenForecast:
    """Return the frozen forecast in a file.

    Raises:
        FrozenError: it cannot be read, is no frozen forecast, or has been changed.
    """
    try:
        text = _bytes(Path(path)).decode("utf-8-sig")
        content = json.loads(text, object_pairs_hook=_once)
        found = digest(content) if isinstance(content, dict) else ""
    except (ValueError, RecursionError) as error:
        why = f"it is not JSON ({str(error).splitlines()[0][:100]})"
        raise _fault(path, why, "a file that `run --freeze` wrote") from None
    if not isinstance(content, dict) or "format" not in content:
        raise _fault(path, "it is no frozen forecast", "a file that `run --freeze` wrote")
    version = content["format"]
    if type(version) is not int or version != FORMAT:
        raise _fault(path, f"its format is {str(version)[:40]!r}", f"this program reads format {FORMAT}")
    if "sha256" in content and content["sha256"] != found:
        why = "it has been changed since it was frozen: its SHA-256 is not the one that it states"
        raise _fault(path, why, hint="take the file as it was frozen")
    try:
        return FrozenForecast.model_validate_json(text)
    except ValidationError as error:
        raise FrozenError(_faults(path, error)) from None


def _bytes(path: Path) -> bytes:
    allowed = "a file that `run --freeze` wrote"
    try:
        if path.is_dir():
            raise _fault(path, "it is a folder", allowed, "a case's folder comes last, after the files")
        if not path.exists():
            raise _fault(path, "there is no such file", allowed)
        if not path.is_file() or path.stat().st_size > LARGEST:
            raise _fault(path, "it is not a plain file of at most 16 MiB", allowed)
        return path.read_bytes()
    except OSError as error:
        raise _fault(path, f"it cannot be read ({error.strerror})", allowed) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; a key that stands twice would let the file say something else than is read."""
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)


def _fault(path: str | Path, problem: str, allowed: str = "", hint: str = "") -> FrozenError:
    allowed = f"expected: {allowed}" if allowed.startswith("a file") else allowed
    return FrozenError([Fault(str(path)[:200], None, "", problem, allowed, hint)])


def _faults(path: str | Path, error: ValidationError) -> list[Fault]:
    said = {"missing": "the key is missing", "extra_forbidden": "there is no such key"}
    return [
        Fault(str(path), None, ".".join(map(str, one["loc"])), said.get(one["type"], one["msg"]))
        for one in error.errors()[:SHOWN]
    ]


def read_all(paths: Iterable[str | Path]) -> tuple[dict[str, FrozenForecast], list[str]]:
    """Return the frozen forecasts by file, each once, and notes on files that are copies of another.

    Raises:
        FrozenError: with every fault of every file at once.
    """
    found: dict[str, FrozenForecast] = {}
    notes: list[str] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            one = read(path)
        except FrozenError as error:
            faults += error.faults
            continue
        same = next((name for name, other in found.items() if other.sha256 == one.sha256), None)
        if same is None:
            found[str(path)] = one
        else:
            notes.append(f"{path}: the same forecast as {same}; it is counted once")
    if faults:
        raise FrozenError(faults)
    if not found:
        raise RequestError("no frozen forecast is given; `run --freeze FILE` writes one")
    return found, notes


# ----------------------------------------------------------------------------- what came

Came = Literal["yes", "no", "open", "unknown", "changed"]


@dataclass(frozen=True, slots=True)
class View:
    """A case's record as known on a day: monthly values by quantity, NaN where none is known."""

    case: Case
    day: dt.date
    calendar: Calendar
    values: Mapping[str, NDArray[float64]]


def view_of(case: Case, day: dt.date, quantities: Iterable[str]) -> View:
    """Return the record of some quantities as known on a day; one that is not tied to it is left out."""
    from shatterbelt.case.units import convert

    about = case.about
    calendar = Calendar.between(about.start, about.record_ends, about.step)
    asked = {name: case.quantities[name] for name in quantities if name in case.quantities}
    seen = observations(case.series, case.events, asked, calendar, day, convert)
    return View(case, day, calendar, {name: monthly_record(one)[0] for name, one in seen.items()})


def what_came(asked: FrozenQuestion, view: View) -> tuple[Came, str]:
    """Return what came of a question by the view's day, and by what that is known or why it is not.

    Nothing is answered before its window has closed, also where a yes can no longer become a no: to count
    yeses early and noes late would favour forecasts that say yes. The answer that the case states with
    its source goes before the recorded months, as everywhere else.
    """
    changed = differences(asked, view.case)
    if changed:
        return "changed", f"the question has changed since: {changed}"
    closing = closing_day(asked.closes, view.case)
    if closing > view.day:
        return "open", f"it closes on {closing}"
    outcome = view.case.about.outcomes[asked.id]
    recorded = _in_record(asked, view)
    stated = outcome.resolution
    # A change counts from the month of asking: the stated answer is to the question as the case dates it.
    same = asked.when != "change" or asked.as_of == outcome.asked
    if stated is None or stated.answer == "unknown" or not same or _day(stated.date, closing) > view.day:
        return recorded, "the recorded months" if recorded != "unknown" else "the record does not settle it"
    differs = recorded not in {"unknown", stated.answer}
    return stated.answer, stated.source + (f"; but the recorded months say {recorded}" if differs else "")


def differences(asked: FrozenQuestion, case: Case) -> str:
    """Return in words how the case's question differs from the frozen one; empty for not at all."""
    outcome = case.about.outcomes.get(asked.id)
    if outcome is None:
        return f"the case has no outcome {asked.id} any more"
    keys = ("quantity", "when", "test", "opens", "closes")
    before = {key: getattr(asked, key) for key in keys} | {"unit": asked.unit}
    now = {key: getattr(outcome, key) for key in keys} | {"unit": case.quantities[outcome.quantity].unit}
    pairs = ((key, " ".join(before[key].split()), " ".join(now[key].split())) for key in before)
    return ", ".join(f"{key} was {old!r}, is {new!r}" for key, old, new in pairs if old != new)


def closing_day(closes: str, case: Case) -> dt.date:
    """Return the last day of the step in which a window closes."""
    calendar = Calendar(case.about.start, 1, case.about.step)
    first = month_number(calendar.label(calendar.index(closes)))
    return last_day(first + MONTHS_IN[case.about.step] - 1)


def _in_record(asked: FrozenQuestion, view: View) -> Literal["yes", "no", "unknown"]:
    if asked.quantity not in view.values:
        return "unknown"
    values = view.values[asked.quantity]
    window = _window(view.calendar, asked.as_of, asked.opens, asked.closes)
    return resolve_outcome(values, ~np.isnan(values), window, asked.when, asked.test)


def _window(calendar: Calendar, as_of: dt.date, opens: str, closes: str) -> Window:
    """Return the steps of a question as a run puts it: asked in the last step that was known."""
    return Window(calendar.known_steps(as_of) - 1, max(calendar.index(opens), 0), calendar.index(closes))


def _day(text: str, otherwise: dt.date) -> dt.date:
    """Return the last day of a date, a month or a year; ``otherwise`` where none is stated."""
    if not text:
        return otherwise
    return dt.date.fromisoformat(text) if len(text) == 10 else last_day(months_of(text)[1])
