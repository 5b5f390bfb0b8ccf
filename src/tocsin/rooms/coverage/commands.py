"""What the room of cover is asked: to show cover and moves, and to keep where a unit was told to wait, or why not."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.facts.calls import Place
from tocsin.kernel import Ask, Command, Given, Instant, from_instant

Id = Annotated[str, Meta(min_length=1, max_length=40)]
Skill = Annotated[str, Meta(min_length=1, max_length=40)]
Named = Annotated[str, Meta(min_length=1, max_length=80)]
Reason = Annotated[str, Meta(max_length=200)]
Share = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[int, Meta(ge=-1, le=86_400)]
Moment = Annotated[Instant, Meta(ge=0, le=4_102_444_800_000_000)]
"""An instant up to the year 2100."""


class ReadCover(Ask, frozen=True, kw_only=True):
    """How long until a free unit with this skill could be in each cell, as things stand now."""

    skill: Skill


class ReadCells(Ask, frozen=True, kw_only=True):
    """The outlines of the cells; they change with the city alone, so they are asked for once."""


class ReadMoves(Ask, frozen=True, kw_only=True):
    """What share of the demand is expected to be reached in time now by units with this skill, and which moves would raise it."""

    skill: Skill


class ReadMoveReport(Ask, frozen=True, kw_only=True):
    """What came of the moves between two instants, 31 days apart at most."""

    since: Moment
    until: Moment


class ReadStandby(Ask, frozen=True, kw_only=True):
    """The table of standby: the targets, the posts, how often a unit is moved, and the reasons for declining."""


class StandbyCommand(Command, frozen=True, kw_only=True):
    """A command about where one unit waits on its present shift, whose history guards it."""

    unit: Id
    shift: Id

    def touches(self) -> tuple[str, ...]:
        return (f"unit:{self.unit}@{self.shift}",)


class Shown(StandbyCommand, frozen=True, kw_only=True):
    """A command with the figures of a suggestion as they were shown; left out where nobody suggested it."""

    post: Named
    skill: Annotated[str, Meta(max_length=40)] = ""
    within_s: Annotated[int, Meta(ge=0, le=86_400)] = 0
    share: Share = 0.0
    busy: Share = 0.0
    gain: Annotated[float, Meta(ge=-1, le=1)] = 0.0
    drive_s: Seconds = -1
    dist_m: Annotated[int, Meta(ge=-1, le=1_000_000)] = -1
    left: Annotated[str, Meta(max_length=80)] = ""
    next_unit: Annotated[str, Meta(max_length=40)] = ""
    next_s: Seconds = -1


class OrderStandby(Shown, frozen=True, kw_only=True):
    """Tell a unit to wait at a place until it is sent somewhere. Without `place`, at the post of the table with that name.

    `override` is a supervisor's reason for moving it more often than the table allows.
    """

    place: Place | None = None
    override: Reason = ""

    def prepared(self, given: Given) -> Command:
        at = self.happened_at if self.happened_at is not None else given.now
        return SendToPost(**msgspec.structs.asdict(self), at=at, lead="supervisor" in given.roles)


class SendToPost(OrderStandby, frozen=True, kw_only=True):
    """What `OrderStandby` becomes with the time and whether a supervisor gives it; it has no door."""

    at: Instant
    lead: bool

    def prepared(self, given: Given) -> Command:
        return self


class DeclineMove(Shown, frozen=True, kw_only=True):
    """Say that a suggested move is not wanted, and why: a code of the table, or words. It is not suggested again for a while."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    day: Annotated[str, Meta(max_length=10)] = ""

    def prepared(self, given: Given) -> Command:
        return msgspec.structs.replace(self, day=day_of(self.happened_at if self.happened_at is not None else given.now))


class EndStandby(StandbyCommand, frozen=True, kw_only=True):
    """Send a unit home from where it waits."""

    reason: Reason = ""
    day: Annotated[str, Meta(max_length=10)] = ""

    def prepared(self, given: Given) -> Command:
        return msgspec.structs.replace(self, day=day_of(self.happened_at if self.happened_at is not None else given.now))


def day_of(at: Instant) -> str:
    """The day of UTC under which moves are kept to be reported."""
    return f"{from_instant(at):%Y-%m-%d}"
