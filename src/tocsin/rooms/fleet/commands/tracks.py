"""What the house asks when where a unit has been is about to be shown; it has no door, the house gives it once it has looked at roles and purpose."""

from typing import Self

import msgspec

from tocsin.kernel import Given
from tocsin.rooms.fleet.commands.shifts import ShiftCommand


class KeepTrackShown(ShiftCommand, frozen=True, kw_only=True):
    """Keep that a unit's track is about to be shown, before it is."""

    since: int
    until: int
    roles: tuple[str, ...] = ()

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, roles=tuple(sorted(given.roles)))
