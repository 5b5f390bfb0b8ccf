"""What may be asked about findings: raise, read, decide and answer them; the one concerned reads their own once it is decided."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.engines.own_use import Found
from tocsin.facts.access.findings import FindingDecision
from tocsin.kernel import Ask, Command, Given

FindingId = Annotated[str, Meta(min_length=1, max_length=60)]
Said = Annotated[str, Meta(min_length=3, max_length=2_000)]
AT_ONCE = 20


class DecideFinding(Command, frozen=True, kw_only=True):
    """Decide a finding, having looked at its evidence; never one about oneself."""

    finding: FindingId
    decision: FindingDecision
    note: Said
    by: str = ""

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, by=given.by)

    def touches(self) -> tuple[str, ...]:
        return (f"finding:{self.finding}",)


class AnswerFinding(Command, frozen=True, kw_only=True):
    """Say what you say to a decided finding about your own use; once, in your own words."""

    finding: FindingId
    answer: Said
    by: str = ""

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, by=given.by)

    def touches(self) -> tuple[str, ...]:
        return (f"finding:{self.finding}",)


class RaiseFound(Command, frozen=True, kw_only=True):
    """Make a finding of each pattern that is seen in the staff's own use; the room asks it by itself. It has no door."""

    found: tuple[Found, ...] = ()
    numbers: tuple[str, ...] = ()

    def prepared(self, given: Given) -> Self:
        found = tuple(given.look("own use"))[:AT_ONCE]
        return msgspec.structs.replace(self, found=found, numbers=tuple(given.number("finding") for _ in found))

    def touches(self) -> tuple[str, ...]:
        return tuple(f"use:{one.use}" for one in self.found)


class ReadFinding(Ask, frozen=True, kw_only=True):
    """One finding with its evidence and, once it is decided, the decision; the reading is kept."""

    finding: FindingId


class ReadOwnFindings(Ask, frozen=True, kw_only=True):
    """What was found in one's own use, once somebody decided it."""
