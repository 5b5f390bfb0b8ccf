"""What the detectors take and give: one use, what came before the day, the limits a city sets, and what was found."""

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from tocsin.engines.own_use.own import OwnKind
from tocsin.engines.own_use.sampling import Routine

Pattern = Literal["beyond_peers", "off_post", "over_and_over", "bulk", "long_closed", "own_record"]
PATTERNS: tuple[Pattern, ...] = get_args(Pattern)
DAY_US = 86_400 * 1_000_000
Days = Annotated[int, Meta(ge=2, le=14)]
Count = Annotated[int, Meta(ge=2, le=10_000)]
Why = Annotated[str, Meta(min_length=10, max_length=400)]


class Use(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One showing of one record to one member of staff. Whose record it is, and what is in it, is not in here."""

    position: int
    staff: str
    role: str
    """Those whom their use is held against have the same roles."""
    record: str
    at: int
    on_duty: bool
    tasked: bool
    """Whether they had done anything for the incident before."""
    response: bool
    """Whether it was shown for responding, and not for a review that is somebody's task."""
    closed_s: int = -1
    """How long its incident had been closed; -1 while it is open."""
    own: tuple[OwnKind, ...] = ()
    """Which of the viewer's own details stood in what was shown."""


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """The days before the one that is looked at, counted."""

    counts: dict[tuple[str, str], dict[int, int]] = {}
    """By (staff, role), then day: how many records."""
    untasked: dict[tuple[str, str], set[int]] = {}
    """By (staff, record): the days on which it was shown to them without a task."""


class Beyond(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Far more records in a day than people of the same roles on that day: so many deviations above their median, in logarithms."""

    deviations: Annotated[float, Meta(ge=2, le=50)]
    least: Count
    peers: Annotated[int, Meta(ge=3, le=1_000)]
    peer_days: Count
    en: Why
    zh: Annotated[str, Meta(min_length=5, max_length=400)]


class Some(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many records, within so long where that matters."""

    least: Count
    en: Why
    zh: Annotated[str, Meta(min_length=5, max_length=400)]
    within_s: Annotated[int, Meta(ge=60, le=86_400)] = 3_600
    closed_s: Annotated[int, Meta(ge=3_600, le=400 * 86_400)] = 30 * 86_400


class OverAndOver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same record on so many days of so many, without a task."""

    days: Days
    of: Days
    common: Count
    """Shown to so many others without a task, it is a case that the whole floor looks at, and no finding on anybody."""
    en: Why
    zh: Annotated[str, Meta(min_length=5, max_length=400)]


class OwnRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many records with one's own number or address in them; with one's own name, where it was no task of theirs, since namesakes ring too."""

    least: Annotated[int, Meta(ge=1, le=100)]
    en: Why
    zh: Annotated[str, Meta(min_length=5, max_length=400)]


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much is a finding; a city's own decision, each with its reason in both languages."""

    version: str
    beyond_peers: Beyond
    off_post: Some
    over_and_over: OverAndOver
    bulk: Some
    long_closed: Some
    own_record: OwnRecord
    routine: Routine
    sample: bool = False


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One pattern in one person's day, with where it is seen. It is the same whenever it is computed again from the same uses."""

    pattern: Pattern
    staff: str
    day: int
    positions: tuple[int, ...]
    records: tuple[str, ...]
    measured: dict[str, float]

    @property
    def use(self) -> str:
        """What makes it one finding and not two: pattern, person and day."""
        return f"{self.pattern}:{self.staff}:{self.day}"
