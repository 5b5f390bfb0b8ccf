"""What may be asked about timers: raise what is due (nobody's but the house's to ask), acknowledge one, show the rules."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.kernel import Ask, Command, Given, Instant
from tocsin.rooms.dispatch.commands.assigning import AssignmentCommand

TimerId = Annotated[str, Meta(min_length=1, max_length=160)]

AT_ONCE = 20
"""How many timers one append raises: each is guarded by up to three tags, and an append has 64 at most."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A timer as the house saw it: its row, and how far its unit has moved since, where that is what it watches."""

    timer: str
    rule: str
    since: int
    due_at: int
    step: int = 0
    incident: str = ""
    unit: str = ""
    shift: str = ""
    message: str = ""
    moved_m: int = 0

    def tags(self) -> tuple[str, ...]:
        """The histories that say whether its condition still holds, and its own."""
        return (f"timer:{self.timer}", *((f"incident:{self.incident}",) if self.incident else ()),
                *((f"unit:{self.unit}@{self.shift}",) if self.unit else ()), *((f"message:{self.message}",) if self.message else ()))


class RaiseTimers(Command, frozen=True, kw_only=True):
    """Raise every timer that has come due; asked by the room itself as time passes. It has no door."""

    now: Instant = 0
    due: tuple[Due, ...] = ()

    def prepared(self, given: Given) -> "RaiseTimers":
        return msgspec.structs.replace(self, now=given.now, due=tuple(given.look("timers due"))[:AT_ONCE])

    def touches(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(tag for due in self.due for tag in due.tags()))


class AcknowledgeTimer(Command, frozen=True, kw_only=True):
    """Take a timer in hand, with a word of what was done or heard."""

    timer: TimerId
    word: Annotated[str, Meta(max_length=500)] = ""

    def prepared(self, given: Given) -> Command:
        running = next((due for due in given.look("timers") if due.timer == self.timer), None)
        return TakeTimer(key=self.key, happened_at=self.happened_at, timer=self.timer, word=self.word, running=running)

    def touches(self) -> tuple[str, ...]:
        return (f"timer:{self.timer}",)


class TakeTimer(Command, frozen=True, kw_only=True):
    """What `AcknowledgeTimer` becomes with the timer that the house saw running; it has no door."""

    timer: str
    word: str
    running: Due | None

    def touches(self) -> tuple[str, ...]:
        return self.running.tags() if self.running is not None else (f"timer:{self.timer}",)


class AcknowledgeAssignment(AssignmentCommand, frozen=True, kw_only=True):
    """Say for a unit's crew that it has heard that it is sent."""


class ReadTimers(Ask, frozen=True, kw_only=True):
    """The rules of the timers: what each watches, its words, for how long, and to whom it is raised."""
