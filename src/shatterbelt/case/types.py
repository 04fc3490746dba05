"""The parts of a case as frozen, typed objects; the file format is their JSON Schema."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from shatterbelt.statements import Claim, Evidence, Frozen, Name, PloverType, Rating, Reviewed

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Enters = Literal["average over", "step from", "point at"]


# --------------------------------------------------------------------------- documents


class Leaning(Frozen):
    """The declared leaning of a source, with the ground for it."""

    label: str
    ground: str = Field(min_length=8)


class Document(Frozen):
    """A document's metadata (CSL-JSON names), hash, rating and leaning; never its text."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str
    kind: Literal["document", "digest", "publication"] = "document"
    type: str = Field(description="CSL-JSON type, such as article-newspaper")
    title: str
    author: tuple[Mapping[str, str], ...] = ()
    issued: str = Field(default="", description="date as known: YYYY, YYYY-MM, YYYY-MM-DD or a range a/b")
    container_title: str = Field(default="", alias="container-title")
    publisher: str = ""
    volume: str = ""
    issue: str = ""
    page: str = ""
    sha256: str = Field(default="", description="of the file's bytes; empty for publications")
    characters: int | None = Field(default=None, description="length of the normalised text")
    file: str = Field(default="", description="for digests: path inside the case")
    rating: Rating = "F"
    leaning: Leaning | None = None
    note: str = ""


# --------------------------------------------------------------------------- quantities


class SeriesTie(Frozen):
    """A series of the record that observes the quantity, and how a period's value enters."""

    series: Name
    enters: Enters


class EventsTie(Frozen):
    """Which events of the record count towards an ``events`` quantity."""

    actor: tuple[str, ...]
    type: tuple[PloverType, ...]
    target: tuple[str, ...] = ()


class Lever(Frozen):
    """The actor that sets the quantity, and the range it can set."""

    actor: str
    low: float
    high: float


class QuantityBase(Frozen):
    """What every kind of quantity has.

    ``usual`` and ``swing`` are in the quantity's unit; a cause ``x`` enters a claim as
    ``z = (link(x) - link(usual)) / (link(usual + swing) - link(usual))``.
    """

    title: str = Field(min_length=3)
    unit: str = Field(description="as the units library reads it; 'dimensionless' for pure numbers")
    about: str = Field(default="", description="what it is, and the source of its numbers")
    actor: str = ""
    rows: tuple[str, ...] = ()
    usual: float = 0.0
    swing: float = Field(default=1.0, gt=0)
    lever: Lever | None = None
    show: bool = Field(default=False, description="drawn as a fan chart at the top of the report")


class Level(QuantityBase):
    """A Gaussian autoregression around ``usual`` on a link scale.

    ``half_life`` is that of a departure, in steps (null: a random walk); ``noise`` is the standard
    deviation of one step's shock in typical swings.
    """

    kind: Literal["level"]
    link: Literal["identity", "log", "logit"] = "identity"
    half_life: float | None = Field(default=12.0, gt=0)
    noise: float = Field(default=0.1, ge=0)
    record: tuple[SeriesTie, ...] = ()


class OwnMemory(Frozen):
    """How events bring more (or, negative, fewer) of themselves.

    ``weight`` is on the log of the rate, per typical swing of the events' own memory, in which half of an
    event is left after ``half_life`` steps.
    """

    half_life: float = Field(gt=0)
    weight: float = 0.0


class Events(QuantityBase):
    """Counts a step: negative binomial, log link, with a decaying memory of its own.

    ``rate`` is the usual count a step; ``dispersion`` the negative binomial size (small is bursty).
    """

    kind: Literal["events"]
    rate: float = Field(gt=0)
    dispersion: float = Field(default=2.0, gt=0)
    own_memory: OwnMemory | None = None
    record: tuple[EventsTie, ...] = ()


class Status(QuantityBase):
    """On or off, with a probability of onset and of end a step (complementary log-log link)."""

    kind: Literal["status"]
    onset: float = Field(ge=0, lt=1, description="probability a step when off, causes as usual")
    end: float = Field(ge=0, lt=1, description="probability a step when on; 0 is for good")
    starts: Literal["on", "off"] = "off"
    record: tuple[SeriesTie, ...] = ()


class NormalThresholds(Frozen):
    """Thresholds spread normally over the population, as shares of it."""

    mean: float
    sd: float = Field(gt=0)


class Share(QuantityBase):
    """Those taking part, as a share of ``population``: a threshold cascade (Granovetter 1978).

    A step closes ``adjustment`` of the gap to the share whose threshold is passed; claims and noise
    (standard deviation in swings) move the thresholds; ``swing`` is on the threshold's scale.
    """

    kind: Literal["share"]
    population: float = Field(gt=0, description="persons who could ever take part")
    thresholds: NormalThresholds | tuple[float, ...]
    adjustment: float = Field(default=1.0, gt=0, le=1)
    noise: float = Field(default=0.0, ge=0)
    record: tuple[SeriesTie, ...] = ()


class Walk(Frozen):
    """After the record: a random walk on the link scale, ``noise`` swings a step."""

    process: Literal["walk"]
    noise: float = Field(ge=0)


class Reverting(Frozen):
    """After the record: back to usual with a half-life, ``noise`` swings a step."""

    process: Literal["reverting"]
    half_life: float = Field(gt=0)
    noise: float = Field(ge=0)


class Constant(Frozen):
    """One unknown number for the whole of a future: uniform between ``low`` and ``high``."""

    process: Literal["constant"]
    low: float
    high: float


class Calendar(Frozen):
    """Known dates: the value in each named month, 0 in all others."""

    process: Literal["calendar"]
    values: dict[Month, float]


class Given(QuantityBase):
    """Exogenous: the record as far as it goes, then its own random process. No claim acts on it."""

    kind: Literal["given"]
    link: Literal["identity", "log", "logit"] = "identity"
    then: Annotated[Walk | Reverting | Constant | Calendar, Field(discriminator="process")]
    record: tuple[SeriesTie, ...] = ()


class Formula(QuantityBase):
    """Safe arithmetic of other quantities in the same step; ``delay`` and ``smooth`` look back."""

    kind: Literal["formula"]
    formula: str
    record: tuple[SeriesTie, ...] = Field(default=(), description="drawn beside it and scored, never clamped")


class Stock(QuantityBase):
    """Accumulates ``inflow`` less ``outflow`` (formulas, per step) from ``initial``."""

    kind: Literal["stock"]
    initial: float | str = Field(description="a number, or a formula of constants")
    inflow: str = "0"
    outflow: str = "0"
    floor: float | None = None
    batch: float | None = Field(default=None, gt=0, description="of what comes and goes, in the unit")
    record: tuple[SeriesTie, ...] = ()


Quantity = Annotated[Level | Events | Status | Share | Given | Formula | Stock, Field(discriminator="kind")]


# --------------------------------------------------------------------------- case.yaml


class ActorAim(Frozen):
    """What an actor wants: a quantity up, down or at a value; or a demand, a condition, a threat, a promise.

    No run reads it; it is there for those who think about what the actor will do.
    """

    about: str = Field(min_length=4, description="the aim in our own words")
    form: Literal["want", "demand", "condition", "threat", "promise"] = "want"
    quantity: str = ""
    direction: Literal["up", "down", "at", "unknown"] = "unknown"
    value: float | None = Field(default=None, description="in the quantity's unit, for direction at")
    evidence: tuple[Evidence, ...] = ()
    reviewed: Reviewed = "yes"


class Actor(Frozen):
    """An institution, a bloc, a public office or a population group; never a private person."""

    name: str
    kind: Literal["state", "bloc", "office", "institution", "population"]
    about: str = ""
    aliases: tuple[str, ...] = ()
    aims: tuple[ActorAim, ...] = ()


class Narrative(Frozen):
    """One explanation of the case: a named set of claims, or the union of narratives."""

    title: str
    about: str = ""
    claims: tuple[Name, ...] = ()
    union_of: tuple[str, ...] = ()


class Resolution(Frozen):
    """What came, from the record."""

    answer: Literal["yes", "no", "unknown"]
    date: str = ""
    source: str = ""
    confidence: Literal["high", "medium", "low"] = "high"


class BaseRate(Frozen):
    """How often such a thing happens, from elsewhere; null value means: count it in the record."""

    value: float | None = Field(default=None, ge=0, le=1)
    source: str = ""


class Outcome(Frozen):
    """A dated, resolvable question put to the futures.

    True for a future when ``quantity`` passes the test ``is`` within the months ``opens`` to
    ``closes``: in any month (``ever``), in every one (``always``), in the last one (``at close``), as
    the sum over the window (``total``), or as the change from the month of asking (``change``).
    """

    question: str = Field(min_length=10)
    asked: dt.date
    opens: Month
    closes: Month
    quantity: Name
    when: Literal["ever", "always", "at close", "total", "change"] = "ever"
    test: str = Field(alias="is", pattern=r"^\s*(>=|<=|>|<)\s*-?[0-9.]+(e-?[0-9]+)?\s*$")
    rows: tuple[str, ...] = ()
    resolution: Resolution | None = None
    base_rate: BaseRate = BaseRate()
    note: str = ""


class Row(Frozen):
    """A row of the system that the documents describe, and what carries it."""

    title: str
    says: str = Field(default="", description="what the documents say, in our own words")
    record: str = Field(default="", description="how it is seen in the record")


class Assumption(Frozen):
    """Something taken for granted, and what it would mean if it were false."""

    text: str
    if_false: str
    run: str = Field(default="", description="a --set or --off option that runs the 'if false'")


class CaseFile(Frozen):
    """The content of ``case.yaml``."""

    format: Literal[1]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
    title: str
    summary: str
    step: Literal["month", "quarter", "year"] = "month"
    start: Month
    record_ends: Month
    horizon: int = Field(default=36, ge=1, le=1200, description="steps of future after the as-of date")
    default_narrative: str = ""
    actors: dict[str, Actor] = {}
    narratives: dict[str, Narrative] = {}
    outcomes: dict[Name, Outcome] = {}
    rows: dict[str, Row] = {}
    assumptions: tuple[Assumption, ...] = ()
    left_out: tuple[str, ...] = ()


# --------------------------------------------------------------------------- record rows


class SeriesRow(Frozen):
    """One value of a series; ``known`` is the date from which it could be known."""

    series: Name
    period: Annotated[str, Field(pattern=r"^\d{4}(-(0[1-9]|1[0-2])|-Q[1-4])?$")]
    value: float
    unit: str
    source: str
    confidence: Literal["high", "medium", "low"]
    known: dt.date


class EventRow(Frozen):
    """One event of the record; the column ``reviewed`` may be left out."""

    date: dt.date
    actor: str
    type: PloverType
    target: str
    description: str
    magnitude: str
    source: str
    confidence: Literal["high", "medium", "low"]
    known: dt.date
    reviewed: Reviewed = "yes"


class Case(Frozen):
    """A whole case, as read from its folder; ``hash`` identifies its content."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    about: CaseFile
    quantities: dict[str, Quantity]
    claims: tuple[Claim, ...]
    documents: dict[str, Document]
    series: tuple[SeriesRow, ...] = ()
    events: tuple[EventRow, ...] = ()
    hash: str = ""
    folder: str = Field(default="", description="where it was read from; not part of the hash")

    def claim_ids(self, narrative: str) -> tuple[str, ...]:
        """Return the ids of a narrative's claims in the order of ``claims.yaml``.

        Raises:
            KeyError: the case has no such narrative.
        """
        wanted: set[str] = set()
        seen: set[str] = set()
        waiting = [narrative]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                wanted |= set(self.about.narratives[name].claims)
                waiting += self.about.narratives[name].union_of
        return tuple(claim.id for claim in self.claims if claim.id in wanted)

    def __repr_args__(self) -> Any:
        """Keep the representation short: a case is large."""
        return [("name", self.about.name), ("hash", self.hash[:12])]
