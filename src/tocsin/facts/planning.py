"""What is kept of planning: what was asked of a simulation, what it answered, and which plan two people adopted on the strength of it."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.kernel import Fact, Instant, Words, fact

Name = Annotated[str, Meta(min_length=1, max_length=80)]
Hour = Annotated[float, Meta(ge=0, le=24)]
Lon = Annotated[float, Meta(ge=-180, le=180)]
Lat = Annotated[float, Meta(ge=-90, le=90)]


class Change(msgspec.Struct, frozen=True, kw_only=True, tag_field="what", forbid_unknown_fields=True):
    """One thing that would be otherwise."""


class UnitMore(Change, frozen=True, kw_only=True, tag="unit_more"):
    """One more unit of a kind, on duty every day from one local hour to another (over midnight where the second is no later)."""

    unit_kind: Annotated[str, Meta(min_length=1, max_length=40)]
    lon: Lon
    lat: Lat
    from_h: Hour = 0.0
    to_h: Hour = 24.0
    station: Annotated[str, Meta(max_length=80)] = ""


class UnitLess(Change, frozen=True, kw_only=True, tag="unit_less"):
    """A unit that is not on duty any more."""

    unit: Name


class StationCloses(Change, frozen=True, kw_only=True, tag="station_closes"):
    """A station that closes; its units go to the one that is named, or to the nearest."""

    station: Name
    to: Annotated[str, Meta(max_length=80)] = ""


class StreetShut(Change, frozen=True, kw_only=True, tag="street_shut"):
    """A street that nobody can drive, whole by its name or by its segments."""

    street: Annotated[str, Meta(max_length=200)] = ""
    segments: Annotated[tuple[int, ...], Meta(max_length=2_000)] = ()


class MoreCalls(Change, frozen=True, kw_only=True, tag="more_calls"):
    """So many times as many calls."""

    factor: Annotated[float, Meta(gt=0, le=5)]


AnyChange = UnitMore | UnitLess | StationCloses | StreetShut | MoreCalls


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as it is on duty in these weeks: where it waits, and from which local hour to which."""

    unit: str
    unit_kind: str
    lon: float
    lat: float
    station: str = ""
    from_h: float = 0.0
    to_h: float = 24.0


class Between(msgspec.Struct, frozen=True, kw_only=True):
    """A difference, after less before, and between what it lies with a chance of 95 %."""

    value: float
    low: float
    high: float


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """How calls were answered: seconds from call to arrival, and the share that came late."""

    mean_s: float
    p90_s: float
    late: float


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """All calls, a district's or an hour's, before and after; `surely` and `perhaps` worse off, as the engine of equity means it."""

    name: str
    calls: int
    before: Service
    after: Service
    mean_s: Between
    late: Between
    surely: bool = False
    perhaps: bool = False


class Two(msgspec.Struct, frozen=True, kw_only=True):
    """A figure a day, before and after."""

    before: float
    after: float


class Tenth(msgspec.Struct, frozen=True, kw_only=True):
    """The mean wait of the worst-served tenth of the calls in seconds."""

    before_s: float
    after_s: float


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """The record that the days were drawn from; none where they were generated."""

    calls: int
    days: int


class CellTimes(msgspec.Struct, frozen=True, kw_only=True):
    """By the number of the city's cell: mean seconds before and after, -1 where too few calls came from there, and how many calls came."""

    before_s: tuple[int, ...]
    after_s: tuple[int, ...]
    calls: tuple[int, ...]


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """How calls are answered under the plan, each with its interval over the replications: what is held beside what comes."""

    mean_s: Between
    p90_s: Between
    late: Between


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the same days come to as things are and as asked. `single` counts calls that one plan alone reached: they stand in no mean.

    `sample` says that the calls were generated, `validated` whether simulations of this city passed their gate (None: nobody looked). `km`, `sent`
    (units sent) and `waited` (sendings that found nobody free) are a day's; `never` calls waited to the end of play.
    """

    first_line: Words
    tenth_line: Words
    validity: Words
    validated: bool | None
    sample: bool
    calls: int
    replications: int
    days: float
    record: Past
    whole: Line
    districts: tuple[Line, ...]
    hours: tuple[Line, ...]
    p90_s: Between
    promise: Promise
    tenth: Tenth
    km: Two
    sent: Two
    waited: Two
    never: Two
    single: Two
    cells: CellTimes
    not_modelled: tuple[Words, ...]
    computed: dict[str, str] = {}
    """What it was computed by: versions of program, city, calibration, plan, and hashes of the record and of what was played."""


class StudyFact(Fact, frozen=True, kw_only=True):
    """A fact in the history of one study."""

    study: str

    def tags(self) -> tuple[str, ...]:
        return (f"study:{self.study}",)


@fact("planning.study-asked")
class StudyAsked(StudyFact, frozen=True, kw_only=True):
    """A planner asked what some changes would do, beside the fleet as it is on duty in these weeks; nothing of any caller is in it.

    `demand` is `own` (days of past calls, drawn again) or `generated`, then `per_day` of them; `factor` scales today's calls under both.
    """

    name: Words
    changes: tuple[AnyChange, ...]
    fleet: tuple[Post, ...]
    days: int
    replications: int
    demand: str
    seed: int
    factor: float = 1.0
    per_day: float = 0.0
    weeks: int = 0


@fact("planning.study-answered")
class StudyAnswered(StudyFact, frozen=True, kw_only=True):
    """The simulation answered; the whole answer is kept, so that what a plan promised can be proved."""

    answer: Answer


@fact("planning.study-failed")
class StudyFailed(StudyFact, frozen=True, kw_only=True):
    """The simulation could not answer, and said why."""

    code: str
    says: Words


@fact("planning.study-stopped")
class StudyStopped(StudyFact, frozen=True, kw_only=True):
    """Somebody stopped a study before it was answered."""


@fact("planning.adoption-proposed")
class AdoptionProposed(StudyFact, frozen=True, kw_only=True):
    """A planner proposed to do what was studied, from an instant on, and said why."""

    because: str
    since: Instant


@fact("planning.plan-adopted")
class PlanAdopted(StudyFact, frozen=True, kw_only=True):
    """A second person adopted it."""


@fact("planning.adoption-declined")
class AdoptionDeclined(StudyFact, frozen=True, kw_only=True):
    """It was not adopted, or the proposal was taken back; the reason is said."""

    because: str


@fact("planning.plan-ended")
class PlanEnded(StudyFact, frozen=True, kw_only=True):
    """What had been adopted is not done any more; the reason is said."""

    because: str
