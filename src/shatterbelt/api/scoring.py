"""Score a case's narratives by forecasts from days in its past, and keep and write what was found."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shatterbelt.api import asking
from shatterbelt.api.saving import all_or_none
from shatterbelt.errors import RequestError

if TYPE_CHECKING:
    from shatterbelt.case.types import Case
    from shatterbelt.inference.evidence_table import EvidenceTable
    from shatterbelt.inference.scoring import Scored

Progress = Callable[[str, int, int], None]
"""Told what is under way, how many fits are done, and how many there are."""

ORIGINS = 12
"""Days from which forecasts are made unless told."""
DATA, TABLE = "scores.nc", "scores.csv"
HEADS = (
    "score", "model", "horizon", "quantity", "mean", "n", "baseline", "difference", "error", "origins",
)  # fmt: skip
"""Columns of the table, one line for each mean and each difference."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be scored, read but not yet held against the case."""

    narratives: tuple[str, ...] = ()
    origins: int = ORIGINS
    claims: bool = True


@dataclass(frozen=True)
class ScoreResult:
    """How a case's narratives forecast days of its past; ``scored`` has every number."""

    scored: Scored

    @cached_property
    def words(self) -> str:
        """How the first narrative does beside its rivals, and where it loses."""
        from shatterbelt.inference.score_words import in_words

        return in_words(self.scored)

    @cached_property
    def evidence(self) -> EvidenceTable | None:
        """Narratives against pieces of evidence; None where there is but one narrative."""
        from shatterbelt.inference.evidence_table import evidence_table

        if len(self.scored.narratives) < 2:
            return None
        return evidence_table(self.scored.data, self.scored.narratives)

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the single scores as plain values."""
        from shatterbelt.inference.confidence import confidence

        found = {"words": self.words} | self.scored.as_dict()
        found["confidence"] = {
            name: confidence(self.scored, name).as_dict() for name in self.scored.narratives
        }
        return found | {"evidence": self.evidence.as_dict() if self.evidence else None}

    def save(self, folder: str | Path) -> dict[str, Path]:
        """Write ``scores.nc`` and ``scores.csv`` into the folder, both or none; return their paths.

        Raises:
            RequestError: the folder cannot be made or written to.
        """
        from shatterbelt.inference import score_store

        free(folder)
        with all_or_none(folder) as parts:
            score_store.write(score_store.with_summaries(self.scored), parts / DATA)
            self._write_table(parts / TABLE)
        return {"data": Path(folder) / DATA, "table": Path(folder) / TABLE}

    def _write_table(self, path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEADS, lineterminator="\n")
            writer.writeheader()
            for line in self.scored.lines():
                plain = asdict(line)
                compared = () if line.baseline else ("difference", "error", "origins")
                writer.writerow(
                    {key: "" if value is None or key in compared else value for key, value in plain.items()}
                )


def free(folder: str | Path) -> Path:
    """Return the folder as a path after making sure that the files can be written there; makes nothing.

    Raises:
        RequestError: it is a file, may not be written to, or a folder stands in a file's place.
    """
    from shatterbelt.api.saving import writable

    path = writable(folder)
    blocked = [name for name in (DATA, TABLE) if (path / name).is_dir()]
    if blocked:
        raise RequestError(f"--out {folder}: {blocked[0]} is a folder there; give another folder")
    return path


def score(case: Case, asked: Asked, progress: Progress | None = None) -> ScoreResult:
    """Forecast from days of the past and score it; what was scored before is read from where it is kept.

    Raises:
        RequestError: a narrative that the case does not have, or more days than its record has room for.
    """
    asking.known("narrative", "--narrative", asked.narratives, case.about.narratives)
    from shatterbelt.inference import score_store
    from shatterbelt.inference.hindcasts import origins_of

    names = tuple(dict.fromkeys(asked.narratives)) or every(case)
    days = origins_of(case, asked.origins)
    path = score_store.kept_at(case, names, days, claims=asked.claims)
    if (kept := score_store.load(path)) is not None:
        return ScoreResult(kept)
    found = _scored(case, names, Asked(names, asked.origins, asked.claims), progress)
    score_store.keep(found, path)
    return ScoreResult(found)


def every(case: Case) -> tuple[str, ...]:
    """Return the narratives, the default one first."""
    return tuple(sorted(case.about.narratives, key=lambda name: name != case.about.default_narrative))


def _scored(case: Case, names: tuple[str, ...], asked: Asked, progress: Progress | None) -> Scored:
    from shatterbelt.inference.hindcasts import Hindcaster, origins_of
    from shatterbelt.inference.score_data import About, dataset_of
    from shatterbelt.inference.scoring import Scored

    caster = Hindcaster(case, names)
    days = origins_of(case, asked.origins)
    origins = list(caster.origins(days, progress, claims=asked.claims))
    about = About(
        case=case.about.name,
        case_hash=case.hash,
        step=case.about.step,
        narratives=caster.models[: len(caster.narratives)],
        kinds={name: caster.past.model.quantities[name].kind for name in caster.order},
        claims=tuple(claim.id for claim in caster.fitter.model.claims),
        in_first=case.claim_ids(names[0]) if names else (),
    )
    return Scored(dataset_of(about, origins))
