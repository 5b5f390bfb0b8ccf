"""What may be asked about routine review: draw a day's sample, read one, say of it whether it raises a question."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.engines.own_use import Drawn
from tocsin.facts.access.samples import SampleOutcome
from tocsin.kernel import Ask, Command, Given

SampleId = Annotated[str, Meta(min_length=1, max_length=24)]
AT_ONCE = 20


class DayDrawn(msgspec.Struct, frozen=True, kw_only=True):
    """A day's whole sample as the house drew it, with all that is needed to draw it again."""

    day: str
    root: str
    size: int
    after: int
    every_days: int
    showings: int
    each: int
    drawn: tuple[Drawn, ...]


class DrawSample(Command, frozen=True, kw_only=True):
    """Keep what was drawn of a day that is over, all of it or nothing; the room asks it by itself. It has no door."""

    of: DayDrawn | None = None
    numbers: tuple[str, ...] = ()

    def prepared(self, given: Given) -> Self:
        of = next(iter(given.look("own use sample")), None)
        return msgspec.structs.replace(self, of=of, numbers=tuple(given.number("sample") for _ in of.drawn) if of is not None else ())

    def touches(self) -> tuple[str, ...]:
        return (f"sampled:{self.of.day}",) if self.of is not None else ()


class ReviewSample(Command, frozen=True, kw_only=True):
    """Say whether drawn showings are ordinary or raise a question, having looked at them; never one's own."""

    sample: SampleId
    outcome: SampleOutcome
    by: str = ""

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, by=given.by)

    def touches(self) -> tuple[str, ...]:
        return (f"sample:{self.sample}",)


class RaiseLateSamples(Command, frozen=True, kw_only=True):
    """Make a finding of each sample that nobody reviewed in time; the room asks it by itself. It has no door."""

    late: tuple[tuple[str, float], ...] = ()
    """The sample, and how many hours it may wait."""

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, late=tuple(given.look("own use late"))[:AT_ONCE])

    def touches(self) -> tuple[str, ...]:
        return tuple(tag for sample, _ in self.late for tag in (f"sample:{sample}", f"finding:{sample}-unreviewed"))


class ReadSample(Ask, frozen=True, kw_only=True):
    """One sample: the drawn showings, and by which root they were drawn."""

    sample: SampleId
