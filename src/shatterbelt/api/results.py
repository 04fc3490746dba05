"""What the verbs return: a run's datasets, answers and files; frozen forecasts beside what came."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shatterbelt.api import asking, judging, saving
from shatterbelt.api.answers import OutcomeAnswer, answer_of
from shatterbelt.errors import RequestError

if TYPE_CHECKING:
    from xarray import Dataset

    from shatterbelt.api.freezing import FrozenAnswer, FrozenForecast, FrozenQuestion, View
    from shatterbelt.api.quoting import QuotesFound
    from shatterbelt.case.types import Case


@dataclass(frozen=True)
class RunResult:
    """Futures of a case.

    ``main`` runs from the as-of date that was asked for, or from the end of the record; ``asked`` holds
    further runs as of the dates on which outcomes are asked. Each is an ``xarray.Dataset``.
    """

    case: Case
    main: Dataset
    asked: Mapping[dt.date, Dataset] = field(default_factory=dict)

    def outcomes(self) -> list[OutcomeAnswer]:
        """Return the answers to all outcomes that were open on an as-of date, branch by branch."""
        return [answer for name in self.case.about.outcomes for answer in self._answers(name)]

    def codes(self) -> dict[str, int]:
        """Return how many futures of all runs ended with each code, ``ok`` for those that stand."""
        total: dict[str, int] = {}
        for dataset in (self.main, *self.asked.values()):
            for code in dataset["code"].values:
                count = int(dataset["code_count"].sel(code=code).sum())
                total[str(code)] = total.get(str(code), 0) + count
        return total

    def save(
        self, folder: str | Path, *, scale: str = "icd203", quotes: QuotesFound | None = None
    ) -> dict[str, Path]:
        """Write ``report.html``, ``outcomes.csv`` and ``futures.nc`` into the folder, all or none.

        What was there before is replaced only when all three are complete. Returns their paths.

        Args:
            folder: where to write; it is made if it is not there.
            scale: words for probabilities, icd203 or phia.
            quotes: what ``OpenCase.quotes`` found; the page shows their text, and that of the documents.

        Raises:
            RequestError: the folder cannot be made or written to, or there is no such scale.
        """
        quoted = saving.Quoted(quotes.texts(), quotes.documents()) if quotes else None
        runs = saving.Runs(self.case, self.main, self.asked, self.outcomes(), judging.kept(self.case))
        return saving.save(runs, folder, scale, quoted)

    def freeze(self, path: str | Path) -> Path:
        """Write the answers into a new file that shows any change, for ``shatterbelt.api.resolve``.

        Raises:
            RequestError: something is there already, it cannot be written, or no outcome was answered.
        """
        from shatterbelt.api.freezing import freeze

        return freeze(self.case, self.as_dict(), path)

    def as_dict(self, scale: str = "icd203") -> dict[str, Any]:
        """Return what was run and the answers as plain values, as ``run --json`` writes them."""
        attrs = self.main.attrs
        return {
            "case": self.case.about.name,
            "title": self.case.about.title,
            "hash": self.case.hash,
            "version": str(attrs.get("version", "")),
            "as_of": str(attrs.get("as_of", "")),
            "asked": [date.isoformat() for date in self.asked],
            "seed": int(attrs.get("seed", 0)),
            "futures": int(attrs.get("futures", 0)),
            "fitted": bool(attrs.get("fitted", 0)),
            "narratives": list(dict.fromkeys(str(name) for name in self.main["narrative"].values)),
            "codes": self.codes(),
            "outcomes": [answer.as_dict() | {"word": answer.word(scale)} for answer in self.outcomes()],
        }

    def _answers(self, name: str) -> Iterator[OutcomeAnswer]:
        for dataset in (*self.asked.values(), self.main):
            if name not in dataset["outcome"].values:
                continue
            one = dataset.sel(outcome=name)
            if int(one["outcome_futures"].max()) > 0:
                outcome = self.case.about.outcomes[name]
                yield from (answer_of(name, outcome, one.isel(branch=i)) for i in range(one.sizes["branch"]))
                return


# ---------------------------------------------------------------------------- resolved


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """The answer of a branch with its scores; none where nothing is counted, and for what was set.

    ``brier`` is the squared error of the probability (Brier 1950, Monthly Weather Review 78), ``log_score``
    minus the log of the probability of what came, in nats (Good 1952, JRSS B 14); lower is better.
    """

    branch: str
    set: str
    probability: float | None
    error: float | None
    futures: int
    brier: float | None
    log_score: float | None

    def word(self, scale: str = "icd203") -> str:
        """Return the word for the probability; the number belongs beside it."""
        from shatterbelt.report.words import SCALES

        if self.probability is None:
            return "not counted"
        return SCALES["phia" if scale == "phia" else "icd203"].word(self.probability).word


@dataclass(frozen=True, slots=True)
class ScoredQuestion:
    """A question of a file and what came: ``why`` says by what it is known, or why it is not counted.

    ``ahead`` is whether it was frozen before it closed.
    """

    file: str
    case: str
    outcome: str
    question: str
    as_of: str
    frozen: str
    closes: str
    ahead: bool
    came: str
    why: str
    base_rate: float | None
    base_brier: float | None
    base_log_score: float | None
    answers: tuple[ScoredAnswer, ...]


@dataclass(frozen=True, slots=True)
class BranchScore:
    """Mean scores of a branch over the counted questions, each with its standard error (NaN for one).

    ``n`` answers to ``questions`` questions; ``base_n`` of them have a base rate, and over these are
    ``base_brier`` and ``difference``, the mean of the branch's Brier score less the base rate's.
    """

    case: str
    branch: str
    n: int
    questions: int
    brier: float
    brier_error: float
    log_score: float
    log_score_error: float
    base_n: int
    base_brier: float
    difference: float
    difference_error: float


@dataclass(frozen=True, slots=True)
class Resolved:
    """Frozen forecasts beside what came by ``as_of``."""

    as_of: str
    questions: tuple[ScoredQuestion, ...]
    branches: tuple[BranchScore, ...]
    notes: tuple[str, ...]

    def as_dict(self, scale: str = "icd203") -> dict[str, Any]:
        """Return everything as plain values, as ``resolve --json`` writes it."""
        found = asdict(self)
        for question, plain in zip(self.questions, found["questions"], strict=True):
            for answer, one in zip(question.answers, plain["answers"], strict=True):
                one["word"] = answer.word(scale)
        return found


def resolve(
    files: str | Path | Iterable[str | Path],
    case: str | Path | None = None,
    *,
    as_of: str | dt.date | None = None,
) -> Resolved:
    """Score frozen forecasts by what the record of their cases says came.

    Args:
        files: one or more files that ``RunResult.freeze`` wrote.
        case: name or folder of the case; None: the case of the name that stands in each file.
        as_of: the record as known on this day; None: today.

    Raises:
        FrozenError: a file cannot be read or was changed; every fault of every file is in it.
        CaseError: there is no such case, or it has faults.
        RequestError: the date is none, or a file is of another case.
    """
    from shatterbelt.api import freezing
    from shatterbelt.case import reviewed_part

    day = dt.datetime.now(dt.UTC).date() if as_of is None else asking.date(as_of)
    forecasts, notes = freezing.read_all([files] if isinstance(files, str | Path) else files)
    cases = _cases(forecasts, case)
    questions: list[ScoredQuestion] = []
    for file, one in forecasts.items():
        if cases[one.case].hash != one.case_hash:
            notes.append(
                f"{file}: the case has changed since it was frozen; question by question is looked at"
            )
        view = freezing.view_of(
            reviewed_part(cases[one.case]), day, {asked.quantity for asked in one.outcomes}
        )
        questions += [_scored(file, one, asked, view) for asked in one.outcomes]
    counted = [one for one in questions if one.came in {"yes", "no"}]
    return Resolved(day.isoformat(), tuple(questions), tuple(_branches(counted)), tuple(notes))


def _cases(forecasts: Mapping[str, FrozenForecast], given: str | Path | None) -> dict[str, Case]:
    """Return the case of each name in the forecasts: the one given, or the one that is found by the name."""
    from shatterbelt.case import bundled, load_case

    if given is None:
        for file, one in forecasts.items():
            if one.case not in bundled() and not Path(one.case).is_dir():
                problem = f"{file} is of the case {one.case!r}, which is neither bundled nor a folder here"
                raise RequestError(f"{problem}; give the case's folder after the files")
        return {name: load_case(name) for name in dict.fromkeys(one.case for one in forecasts.values())}
    case = load_case(given)
    for file, one in forecasts.items():
        if one.case != case.about.name:
            problem = f"{file} is of the case {one.case!r}, not of {case.about.name!r}"
            raise RequestError(f"{problem}; resolve the files of each case by themselves")
    return {case.about.name: case}


def _scored(file: str, forecast: FrozenForecast, asked: FrozenQuestion, view: View) -> ScoredQuestion:
    from shatterbelt.api.freezing import closing_day, what_came

    came, why = what_came(asked, view)
    yes = {"yes": True, "no": False}.get(came)
    smoothed = asked.base_smoothed
    return ScoredQuestion(
        file=file,
        case=forecast.case,
        outcome=asked.id,
        question=asked.question,
        as_of=asked.as_of.isoformat(),
        frozen=forecast.frozen.isoformat(),
        closes=asked.closes,
        ahead=forecast.frozen.astimezone(dt.UTC).date() <= closing_day(asked.closes, view.case),
        came=came,
        why=why,
        base_rate=asked.base_rate,
        base_brier=None if yes is None or asked.base_rate is None else (asked.base_rate - yes) ** 2,
        base_log_score=None if yes is None or smoothed is None else _log_score(smoothed, yes),
        answers=tuple(_answer(one, yes) for one in asked.answers),
    )


def _answer(one: FrozenAnswer, came: bool | None) -> ScoredAnswer:
    """Return an answer with its scores; none while nothing came, and where something was held or pushed.

    What was held or pushed may not have come, and then the answer is to another question. The log score
    is that of the smoothed share ``(yes + 1/2) / (futures + 1)`` (Jeffreys' prior): a share of no future
    out of finitely many is no proof that a thing cannot be.
    """
    brier = log_score = None
    held = "--set " in one.set or "--shock " in one.set
    if came is not None and one.probability is not None and not held:
        brier = (one.probability - came) ** 2
        log_score = _log_score((one.probability * one.futures + 0.5) / (one.futures + 1), came)
    return ScoredAnswer(one.branch, one.set, one.probability, one.error, one.futures, brier, log_score)


def _log_score(probability: float, came: bool) -> float:
    chance = probability if came else 1 - probability
    return -math.log(chance) if chance > 0 else math.inf


def _branches(counted: Sequence[ScoredQuestion]) -> Iterator[BranchScore]:
    """Return the mean scores of every branch of every case, in their order."""
    pairs = [(one, answer) for one in counted for answer in one.answers if answer.brier is not None]
    for case, branch in dict.fromkeys((one.case, answer.branch) for one, answer in pairs):
        mine = [pair for pair in pairs if (pair[0].case, pair[1].branch) == (case, branch)]
        brier = [(one.outcome, answer.brier or 0.0) for one, answer in mine]
        logs = [(one.outcome, answer.log_score or 0.0) for one, answer in mine]
        beside = [
            (one.outcome, answer.brier or 0.0, one.base_brier)
            for one, answer in mine
            if one.base_brier is not None
        ]
        base, _ = mean([(name, theirs) for name, _, theirs in beside])
        apart, apart_error = mean([(name, ours - theirs) for name, ours, theirs in beside])
        asked = len({name for name, _ in brier})
        yield BranchScore(
            case, branch, len(mine), asked, *mean(brier), *mean(logs), len(beside), base, apart, apart_error
        )


def mean(scores: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """Return the mean of scores and its standard error, NaN where there are too few.

    Each score stands with its question. Several forecasts of one question are no independent looks: the
    error is that of a mean of clusters (Liang and Zeger 1986, Biometrika 73), and with one forecast of
    each question the usual one, the standard deviation over the root of their number.
    """
    if not scores:
        return math.nan, math.nan
    centre = sum(score for _, score in scores) / len(scores)
    apart: dict[str, float] = {}
    for question, score in scores:
        apart[question] = apart.get(question, 0.0) + score - centre
    groups = len(apart)
    if groups < 2:
        return centre, math.nan
    return centre, math.sqrt(groups / (groups - 1) * sum(one**2 for one in apart.values())) / len(scores)
