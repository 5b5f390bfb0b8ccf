"""What is kept of cover: units told to wait where they are worth more, moves that were declined, and units sent home again."""

from tocsin.facts.calls import Place
from tocsin.kernel import Fact, fact


class StandbyFact(Fact, frozen=True, kw_only=True):
    """A fact in the history of one unit's shift, and in that of a day's moves (`day`, yyyy-mm-dd of UTC), from which they are reported."""

    unit: str
    shift: str
    post: str
    """The place that it is about: a standby post or a station by its name."""
    day: str

    def tags(self) -> tuple[str, ...]:
        return (f"unit:{self.unit}@{self.shift}", f"moves:{self.day}")


class Figured(StandbyFact, frozen=True, kw_only=True):
    """What a person was shown when they took or declined a move; shares of the demand, 0 … 1. Nothing of it where they chose the place themselves."""

    skill: str = ""
    within_s: int = 0
    share: float = 0.0
    """What share was expected to be reached within that time, before the move."""
    busy: float = 0.0
    gain: float = 0.0
    drive_s: int = -1
    dist_m: int = -1
    left: str = ""
    """The place that it leaves."""
    next_unit: str = ""
    """The unit that is then the soonest there; empty where there is none."""
    next_s: int = -1


@fact("coverage.standby-ordered")
class StandbyOrdered(Figured, frozen=True, kw_only=True):
    """A unit was told to wait at a place until it is sent to an incident, sent home, or goes off duty. `override` says why it may move more often than others."""

    place: Place
    override: str = ""


@fact("coverage.move-declined")
class MoveDeclined(Figured, frozen=True, kw_only=True):
    """A move that was suggested was not wanted; `reason` is a code of the table, or words."""

    reason: str


@fact("coverage.standby-ended")
class StandbyEnded(StandbyFact, frozen=True, kw_only=True):
    """A unit was sent home from where it waited."""

    reason: str = ""
