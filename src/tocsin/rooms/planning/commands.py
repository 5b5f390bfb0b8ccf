"""What the room of planning is asked: to study a change, to stop that, to propose, adopt, decline and end what was studied."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tocsin.facts.planning import Answer, AnyChange, Post
from tocsin.kernel import Ask, Command, Given, Instant, Words

MOST_CHANGES, MOST_DAYS, MOST_REPLICATIONS = 5, 28, 30
Id = Annotated[str, Meta(min_length=1, max_length=40)]
Because = Annotated[str, Meta(min_length=3, max_length=400)]
Moment = Annotated[Instant, Meta(ge=0, le=4_102_444_800_000_000)]
"""An instant up to the year 2100."""


class ReadChoices(Ask, frozen=True, kw_only=True):
    """What may be asked about: the stations and units of these weeks, the kinds of unit, the record, and how near simulations come."""


class ReadStudies(Ask, frozen=True, kw_only=True):
    """All studies, newest first."""


class ReadStudy(Ask, frozen=True, kw_only=True):
    """One study whole: its question, how far it is, its answer, and what was decided."""

    study: Id


class ReadHappened(Ask, frozen=True, kw_only=True):
    """What an adopted plan promised beside what came since."""

    study: Id


class StudyCommand(Command, frozen=True, kw_only=True):
    """A command about one study, whose history guards it."""

    study: Id

    def touches(self) -> tuple[str, ...]:
        return (f"study:{self.study}",)


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """What the house can see of the floor when something is asked: the fleet of these weeks, how many studies wait, and past calls."""

    fleet: tuple[Post, ...] = ()
    waiting: int = 0
    calls: int = 0
    """Residents' own calls of the last weeks …"""
    days: int = 0
    """… and the whole days that they came in."""


class AskStudy(Command, frozen=True, kw_only=True):
    """Ask what some changes would do: `days` days played `replications` times as things are and as changed, with the same chance.

    `demand` is `own` (days of the floor's own past calls, drawn again) or `generated`, which is a sample; `factor` scales the calls under both.
    """

    changes: Annotated[tuple[AnyChange, ...], Meta(min_length=1, max_length=MOST_CHANGES)]
    days: Annotated[int, Meta(ge=1, le=MOST_DAYS)] = 7
    replications: Annotated[int, Meta(ge=2, le=MOST_REPLICATIONS)] = 10
    factor: Annotated[float, Meta(gt=0, le=5)] = 1.0
    demand: Literal["own", "generated"] = "own"

    def prepared(self, given: Given) -> Command:
        (floor,) = given.look("planning")
        return TakeStudy(**_fields(self), study=given.number("study"), floor=floor)

    def touches(self) -> tuple[str, ...]:
        return ()


class TakeStudy(AskStudy, frozen=True, kw_only=True):
    """What `AskStudy` becomes with its number and what the house sees of the floor; it has no door."""

    study: str
    floor: Floor

    def prepared(self, given: Given) -> Command:
        return self

    def touches(self) -> tuple[str, ...]:
        return (f"study:{self.study}",)


class StopStudy(StudyCommand, frozen=True, kw_only=True):
    """Stop a study that was not answered yet."""


class ProposeAdoption(StudyCommand, frozen=True, kw_only=True):
    """Propose to do what was studied, from an instant on (0: from now)."""

    because: Because
    since: Moment = 0

    def prepared(self, given: Given) -> Command:
        return msgspec.structs.replace(self, since=self.since or given.now)


class AdoptPlan(StudyCommand, frozen=True, kw_only=True):
    """Adopt what another person proposed."""

    def prepared(self, given: Given) -> Command:
        return AdoptAs(**_fields(self), by=given.by)


class AdoptAs(AdoptPlan, frozen=True, kw_only=True):
    """What `AdoptPlan` becomes with who asks; it has no door."""

    by: str

    def prepared(self, given: Given) -> Command:
        return self


class DeclineAdoption(StudyCommand, frozen=True, kw_only=True):
    """Say that a proposed plan is not adopted, and why; whoever proposed it takes it back by this."""

    because: Because


class EndPlan(StudyCommand, frozen=True, kw_only=True):
    """Say that an adopted plan is not done any more, and why."""

    because: Because


class KeepAnswer(StudyCommand, frozen=True, kw_only=True):
    """Keep what the simulation answered; it has no door."""

    answer: Answer


class KeepFailure(StudyCommand, frozen=True, kw_only=True):
    """Keep why the simulation could not answer; it has no door."""

    code: str
    says: Words


def _fields(command: Command) -> dict[str, Any]:
    return {name: getattr(command, name) for name in command.__struct_fields__}
