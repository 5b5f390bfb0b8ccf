"""What may be asked about the person's own view: keep a code or a reading, revoke codes, and keep entries back for a time by two people."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.facts.access.trail import TrailWhat
from tocsin.kernel import Ask, Command, Given, Instant

CallId = Annotated[str, Meta(min_length=1, max_length=24)]
DelayId = Annotated[str, Meta(min_length=1, max_length=24)]
Digest = Annotated[str, Meta(min_length=64, max_length=64)]
MOST_DELAY_DAYS, MOST_POSITIONS = 30, 200


class _OneTrail(Command, frozen=True, kw_only=True):
    call: CallId
    now: Instant = 0

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, now=given.now)

    def touches(self) -> tuple[str, ...]:
        return (f"trail:{self.call}", f"call:{self.call}")


class KeepTrailCode(_OneTrail, frozen=True, kw_only=True):
    """Say that a code was made for a call. It has no door: the house makes the code."""

    digest: Digest


class RevokeTrailCodes(_OneTrail, frozen=True, kw_only=True):
    """End every code that was given for a call: the paper was lost, or the wrong person has it."""


class KeepTrailRead(Command, frozen=True, kw_only=True):
    """Say that whoever has the code is about to be shown the trail. It has no door: the house gives it."""

    call: str
    digest: Digest
    what: TrailWhat
    now: Instant = 0

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, now=given.now)

    def touches(self) -> tuple[str, ...]:
        return (f"trail:{self.call}",)


class AskDelay(Command, frozen=True, kw_only=True):
    """Ask that entries be kept back from the person for some days, with a reason that they are told afterwards. Renewed the same way."""

    call: CallId
    positions: Annotated[tuple[Annotated[int, Meta(ge=1)], ...], Meta(min_length=1, max_length=MOST_POSITIONS)]
    days: Annotated[int, Meta(ge=1, le=MOST_DELAY_DAYS)]
    reason: Annotated[str, Meta(min_length=10, max_length=500)]
    record: Annotated[str, Meta(max_length=60, pattern=r"^([a-z]+:[0-9A-Za-z][0-9A-Za-z_.-]*)?$")] = ""
    """Where the entries are of another record than the call and its incident: its contact's or a file's."""
    number: str = ""

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, number=given.number("delay"), positions=tuple(sorted(set(self.positions))))

    def touches(self) -> tuple[str, ...]:
        records = dict.fromkeys((f"call:{self.call}", f"incident:{self.call}", self.record or f"call:{self.call}"))
        return (f"trail:{self.call}", *(tag for record in records for tag in (record, f"out:{record}")))


class _OneDelay(Command, frozen=True, kw_only=True):
    delay: DelayId
    now: Instant = 0
    by: str = ""
    roles: tuple[str, ...] = ()

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, now=given.now, by=given.by, roles=tuple(sorted(given.roles)))

    def touches(self) -> tuple[str, ...]:
        return (f"delay:{self.delay}",)


class GrantDelay(_OneDelay, frozen=True, kw_only=True):
    """Grant a delay that somebody else asked for; its days begin now."""


class RefuseDelay(_OneDelay, frozen=True, kw_only=True):
    """Refuse a delay that somebody else asked for, with a reason."""

    reason: Annotated[str, Meta(min_length=3, max_length=500)]


class EndDelay(_OneDelay, frozen=True, kw_only=True):
    """End a granted delay before its time, or take back one that nobody has decided yet."""


class ReadDelay(Ask, frozen=True, kw_only=True):
    """One delay with its reason; the reading is kept."""

    delay: DelayId


class ReadDelays(Ask, frozen=True, kw_only=True):
    """The delays of one call's trail."""

    call: CallId
