"""What may be asked about breaking the glass: break it, end it, review it, read it; and raising one that nobody reviewed."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.facts.access.glass import Verdict
from tocsin.kernel import Ask, Command, Given, Instant

GlassId = Annotated[str, Meta(min_length=1, max_length=24)]
Reason = Annotated[str, Meta(min_length=10, max_length=500)]
Note = Annotated[str, Meta(max_length=2_000)]
AT_ONCE = 20


class BrokenGlass(msgspec.Struct, frozen=True, kw_only=True):
    """A broken glass as the house saw it."""

    glass: str
    by: str
    until: Instant


class BreakGlass(Command, frozen=True, kw_only=True):
    """Be shown, for some minutes, what your roles do not give. It is seen while it lasts and reviewed by somebody else."""

    reason: Reason
    about: Annotated[str, Meta(max_length=24)] = ""
    minutes: Annotated[int, Meta(ge=5, le=60)] = 15
    number: str = ""
    now: Instant = 0

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, number=given.number("glass"), now=given.now)

    def touches(self) -> tuple[str, ...]:
        return ()


class EndGlass(Command, frozen=True, kw_only=True):
    """End a broken glass before its time: one's own, or as a supervisor anybody's."""

    glass: GlassId
    now: Instant = 0
    by: str = ""
    over: bool = False
    """Whether the asker may end another's."""

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, now=given.now, by=given.by, over="supervisor" in given.roles)

    def touches(self) -> tuple[str, ...]:
        return (f"glass:{self.glass}",)


class ReviewGlass(Command, frozen=True, kw_only=True):
    """Say whether breaking the glass was right, having looked at what was opened; never one's own."""

    glass: GlassId
    verdict: Verdict
    note: Note = ""
    now: Instant = 0
    by: str = ""

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, now=given.now, by=given.by)

    def touches(self) -> tuple[str, ...]:
        return (f"glass:{self.glass}",)


class RaiseUnreviewed(Command, frozen=True, kw_only=True):
    """Make a finding of each broken glass that nobody reviewed in time; the room asks it by itself. It has no door."""

    now: Instant = 0
    overdue: tuple[BrokenGlass, ...] = ()

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, now=given.now, overdue=tuple(given.look("glass overdue"))[:AT_ONCE])

    def touches(self) -> tuple[str, ...]:
        return tuple(tag for one in self.overdue for tag in (f"glass:{one.glass}", f"finding:{one.glass}-unreviewed"))


class ReadGlass(Ask, frozen=True, kw_only=True):
    """One broken glass: its reason, and every record that was shown while it lasted; the reading is kept."""

    glass: GlassId
