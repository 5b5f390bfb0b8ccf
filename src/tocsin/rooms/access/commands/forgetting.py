"""What may be asked about forgetting: a legal hold, its granting and lifting; forgetting what is due, which the room asks by itself."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.kernel import Ask, Command, Given, Instant, Words, from_instant

HoldId = Annotated[str, Meta(min_length=1, max_length=24)]
Reason = Annotated[str, Meta(min_length=10, max_length=500)]
Subject = Annotated[str, Meta(pattern=r"^(incident|call|contact|message|file|major|task|glass|finding):[\w.-]{1,60}$")]
_DAY = 24 * 3600 * 1_000_000


class DueKey(msgspec.Struct, frozen=True, kw_only=True):
    """A record whose day has come, by which rule, and what a hold may name to keep it back."""

    record: str
    rule: str
    days: int
    basis: Words
    ended: Instant
    under: tuple[str, ...]


class HeldKey(DueKey, frozen=True, kw_only=True):
    """A record that was due and is kept back."""

    hold: str


class AskHold(Command, frozen=True, kw_only=True):
    """Ask that nothing of something be forgotten for some days; a second person grants it. To renew one, ask again before it ends."""

    subject: Subject
    days: Annotated[int, Meta(ge=1, le=366)]
    reason: Reason
    number: str = ""
    now: Instant = 0

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, number=given.number("hold"), now=given.now)

    def touches(self) -> tuple[str, ...]:
        return (self.subject,)


class OfHold(Command, frozen=True, kw_only=True):
    """Something asked of one hold."""

    hold: HoldId
    by: str = ""
    now: Instant = 0

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, by=given.by, now=given.now)

    def touches(self) -> tuple[str, ...]:
        return (f"hold:{self.hold}",)


class GrantHold(OfHold, frozen=True, kw_only=True):
    """Grant a hold that somebody else asked for."""


class AskLift(OfHold, frozen=True, kw_only=True):
    """Ask that a hold be lifted before its day; a second person lifts it."""

    reason: Reason


class LiftHold(OfHold, frozen=True, kw_only=True):
    """Lift a hold, as somebody else asked."""


class ForgetDue(Command, frozen=True, kw_only=True):
    """Forget what is due and not held; the room asks it by itself. It has no door."""

    due: tuple[DueKey, ...] = ()
    standing: dict[str, str] = msgspec.field(default_factory=dict)
    """Holds that stand, by what they hold."""
    now: Instant = 0

    def prepared(self, given: Given) -> Self:
        due = tuple(given.look("keys due"))
        return msgspec.structs.replace(self, due=due, standing=dict(given.look("holds")) if due else {}, now=given.now)

    def touches(self) -> tuple[str, ...]:
        return tuple(f"holds:{day(at)}" for at in (self.now, self.now - _DAY)) if self.due else ()


class NoteRotation(Command, frozen=True, kw_only=True):
    """Keep that the master key was rotated; the room asks it by itself. It has no door."""

    epoch: int = 0
    keys: int = 0

    def prepared(self, given: Given) -> Self:
        epoch, keys = next(iter(given.look("rotated")), (0, 0))
        return msgspec.structs.replace(self, epoch=epoch, keys=keys)

    def touches(self) -> tuple[str, ...]:
        return (f"rotation:{self.epoch}",) if self.epoch else ()


class ReadHold(Ask, frozen=True, kw_only=True):
    """One hold with its reasons and what it keeps back; the reading is kept."""

    hold: HoldId


class ReadRetention(Ask, frozen=True, kw_only=True):
    """The table of retention, what falls due within some days, and when the master key was last rotated."""

    within_days: Annotated[int, Meta(ge=0, le=60)] = 7


def day(at: Instant) -> str:
    """The UTC day of an instant, as a tag names it."""
    return f"{from_instant(at):%Y-%m-%d}"
