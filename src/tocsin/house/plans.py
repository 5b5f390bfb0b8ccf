"""What a planner asks of a house's records: past incidents to try a plan on, fleets that were on duty, and overrides by their reason."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import msgspec

from tocsin.facts.dispatch import AlarmRaised, CandidatesOffered, IncidentOpened, PriorityChanged, UnitAssigned
from tocsin.facts.fleet import ShiftEnded, ShiftStarted
from tocsin.house.envelope import disclose
from tocsin.kernel import Clock, Kept, from_instant
from tocsin.ledger import Ledger
from tocsin.rooms.dispatch.model.plan import Past

_HOUR_US = 3_600 * 1_000_000
_MOST_HOURS = 20_000
Fleet = tuple[tuple[str, ...], ...]


def past_incidents(data: Path, clock: Clock, *, name: str) -> Iterator[Past]:
    """Each moment at which the plan in force said what must go, with what it said, in order."""
    now: dict[str, Past] = {}
    for kept in _kept(data, clock, name, IncidentOpened, PriorityChanged, AlarmRaised):
        match kept.fact:
            case IncidentOpened() as fact:
                moment = Past(fact.incident, fact.kind, fact.priority, fact.alarm, fact.place.lon, fact.place.lat, fact.needs)
            case PriorityChanged() as fact:
                moment = msgspec.structs.replace(now[fact.incident], priority=fact.priority, got=fact.needs)
            case AlarmRaised() as fact:
                moment = msgspec.structs.replace(now[fact.incident], alarm=fact.alarm, got=fact.needs)
            case _:
                raise AssertionError(kept.fact)
        now[moment.number] = moment
        yield moment


def fleets_on_duty(data: Path, clock: Clock, zone: ZoneInfo, *, name: str) -> Mapping[Fleet, Counter[str]]:
    """Every fleet that was on duty at the full hour, each unit by its skills, with how often on which weekday and hour: `Sun 03`."""
    on_duty: dict[str, tuple[str, ...]] = {}
    found: dict[Fleet, Counter[str]] = {}
    hour = hours = 0
    for kept in _kept(data, clock, name, ShiftStarted, ShiftEnded):
        at = kept.entry.happened_at
        while hour and hour <= at and hours < _MOST_HOURS:
            found.setdefault(tuple(sorted(on_duty.values())), Counter())[f"{from_instant(hour).astimezone(zone):%a %H}"] += 1
            hour, hours = hour + _HOUR_US, hours + 1
        if isinstance(kept.fact, ShiftStarted):
            on_duty[kept.fact.unit] = kept.fact.skills
        elif isinstance(kept.fact, ShiftEnded):
            on_duty.pop(kept.fact.unit, None)
        hour = hour or at - at % _HOUR_US + _HOUR_US
    if on_duty:
        found.setdefault(tuple(sorted(on_duty.values())), Counter())["at the end"] += 1
    return found


class Overrides(msgspec.Struct):
    """What came of one reason: how often, and of those that can be compared, how often a proposed unit would have been there sooner.

    `later_s` are the forecasts' differences, above 0 where the unit sent was due later. Reasons are counted, never people.
    """

    count: int = 0
    alone: int = 0
    later_s: list[int] = []

    def sentence(self, reason: str) -> str:
        """The reason's line of print."""
        if not self.later_s:
            return f"{self.count:>6,} × {reason}: none can be compared with what was proposed"
        sooner = sum(1 for later in self.later_s if later > 0)
        return (f"{self.count:>6,} × {reason}: in {sooner:,} of {len(self.later_s):,} the proposed unit was due sooner; "
                f"the unit sent was due {median(self.later_s):+.0f} s in the middle, {max(self.later_s):+d} s at most"
                f"{f'; {self.alone:,} went beside all that was proposed' if self.alone else ''}")


def overrides(data: Path, clock: Clock, *, name: str) -> tuple[int, dict[str, Overrides]]:
    """How many units were sent on an offer, and what came of each reason for sending another than proposed.

    The unit is compared with the soonest one that was proposed for a skill it has too and was not sent to that incident.
    """
    offers: dict[str, CandidatesOffered] = {}
    sent: list[UnitAssigned] = []
    units: dict[str, set[str]] = {}
    for kept in _kept(data, clock, name, CandidatesOffered, UnitAssigned):
        if isinstance(kept.fact, CandidatesOffered):
            offers[kept.fact.offer] = kept.fact
        elif isinstance(kept.fact, UnitAssigned):
            units.setdefault(kept.fact.incident, set()).add(kept.fact.unit)
            if kept.fact.offer in offers:
                sent.append(kept.fact)
    found: dict[str, Overrides] = {}
    for one in sent:
        offer = offers[one.offer]
        if not one.override or one.unit in offer.chosen or one.unit not in offer.units:
            continue
        line = found.setdefault(one.override, Overrides())
        line.count += 1
        mine = offer.units.index(one.unit)
        passed = [i for i, unit in enumerate(offer.units) if unit in offer.chosen and unit not in units[one.incident]
                  and set(offer.skills[i]) & set(offer.skills[mine])]
        if passed and offer.eta_s[mine] >= 0:
            line.later_s.append(offer.eta_s[mine] - min(offer.eta_s[i] for i in passed))
        line.alone += not passed
    return len(sent), found


def _kept(data: Path, clock: Clock, name: str, *kinds: type) -> Iterator[Kept]:
    wanted = {kind.fact_kind for kind in kinds}  # type: ignore[attr-defined]  # every one of them is a Fact
    with Ledger.open(data / "ledger", clock, name=name) as ledger:
        for line in ledger.read():  # one after the other, so that a year of them is never held at once
            if line[1].kind in wanted:
                yield from disclose([line])
