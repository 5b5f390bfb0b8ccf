"""What may be asked about trackers: bind one to a unit, free it; and (the room's own) carry one over to a new key."""

from typing import Annotated

from msgspec import Meta

from tocsin.kernel import Command
from tocsin.rooms.fleet.commands.shifts import Id


class TrackerCommand(Command, frozen=True, kw_only=True):
    """A command about one tracker, by the number of its key."""

    tracker: Annotated[str, Meta(min_length=4, max_length=24)]

    def touches(self) -> tuple[str, ...]:
        return (f"tracker:{self.tracker}", f"key:{self.tracker}")


class BindTracker(TrackerCommand, frozen=True, kw_only=True):
    """Let a tracker speak for a unit: in one shift, or (without one) in each of the unit's shifts."""

    unit: Id
    shift: Annotated[str, Meta(max_length=40)] = ""


class FreeTracker(TrackerCommand, frozen=True, kw_only=True):
    """Let a tracker speak for no unit any more."""


class CarryTracker(TrackerCommand, frozen=True, kw_only=True):
    """Let a key that takes over from another speak for what that one spoke for then. It has no door: the room asks it by itself."""

    of: Annotated[str, Meta(min_length=4, max_length=24)]

    def touches(self) -> tuple[str, ...]:
        return (*super().touches(), f"tracker:{self.of}")
