"""When each unit has a break: within a window of every day, one after another, so that not all of a kind are away at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from tocsin.kernel import Instant, from_instant
from tocsin.sim.clock import SECOND
from tocsin.sim.scenarios.asked import DAY, local_instant, local_midnight
from tocsin.sim.scenarios.duties import Duty
from tocsin.sim.scenarios.scenario import Resting


@dataclass(frozen=True, slots=True)
class Rest:
    """A break of so many seconds that a unit takes on one duty, from `since` on, when it is free; it is missed where that is not before `until`."""

    unit: str
    shift: str
    since: Instant
    until: Instant
    lasts_s: float


def rests(breaks: Sequence[Resting], duties: Sequence[Duty], begin: Instant, end: Instant, zone: ZoneInfo) -> list[Rest]:
    """The breaks of these duties, day by day. A duty has one where as much of the window as a break takes lies within it."""
    found: list[Rest] = []
    midnight = local_midnight(begin, zone)
    while midnight < end:
        day = from_instant(midnight + DAY // 4).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        for one in breaks:
            since, until = (local_instant(day + timedelta(hours=hour), zone) for hour in one.hours)
            for kind in sorted({duty.unit_kind for duty in duties if not one.kinds or duty.unit_kind in one.kinds}):
                found += _of_kind([duty for duty in duties if duty.unit_kind == kind], since, until, round(one.minutes * 60) * SECOND)
        midnight = local_midnight(midnight + DAY + DAY // 4, zone)
    return [rest for rest in found if begin <= rest.since < end]


def _of_kind(duties: Sequence[Duty], since: Instant, until: Instant, lasts: Instant) -> list[Rest]:
    """The first begins its break with the window, and of n units each next one an n-th of what is left of it later."""
    there = sorted((duty for duty in duties if min(duty.off, until) - max(duty.on, since) >= lasts), key=lambda duty: (duty.unit, duty.on))
    apart = (until - since - lasts) // max(1, len(there))
    return [Rest(duty.unit, duty.shift, min(max(since + nth * apart, duty.on), min(duty.off, until) - lasts), min(duty.off, until), lasts / SECOND)
            for nth, duty in enumerate(there)]
