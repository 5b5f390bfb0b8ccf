"""A floor's own ledger as a record of past calls: residents' own calls, who was sent from where and when each thing happened, and nothing of people.

Places are told to a hundred metres or so, numbers are counted anew, and neither words of a place nor anything sealed is read.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import tzinfo

import msgspec

from tocsin.city.faults import Odd
from tocsin.city.record import PastCall, Record, Run, Station
from tocsin.engines.demand import began_themselves
from tocsin.facts.calls import RESIDENTS, CallTaken
from tocsin.facts.dispatch import IncidentClosed, IncidentJoined, UnitAssigned, UnitStoodDown
from tocsin.facts.fleet import ShiftStarted, UnitStateChanged
from tocsin.house.envelope import disclose
from tocsin.house.house import House
from tocsin.kernel import Instant, Kept, from_instant, instant
from tocsin.rooms.planning.model import WEEKS
from tocsin.rooms.planning.views import DAY_US, ServedRow

MOST_CALLS = 50_000
"""The newest so many calls; days are drawn from them, and more teach nothing."""
LIGHTS = 2
_GRID = 3
"""Decimals of a degree that are kept of a place: a hundred metres or so."""
_WANTED = frozenset(kind.fact_kind for kind in (CallTaken, IncidentClosed, IncidentJoined, UnitAssigned, UnitStoodDown, ShiftStarted, UnitStateChanged))
_STEPS = {"en_route": "response_at", "at_scene": "on_scene_at", "transporting": "transport_at", "at_destination": "hospital_at",
          "available": "available_at", "out_of_service": "available_at"}


def own_record(house: House) -> Record:
    """The record of the house's last weeks, whole local days alone; read line by line, so that a year is never held at once."""
    now = house.clock.now()
    days = {int(row.id): row.position for row in house.rows("served").values() if isinstance(row, ServedRow)}
    oldest = min((day for day in days if day >= now // DAY_US - WEEKS * 7), default=0)
    begin = days.get(oldest - 1, days.get(oldest, 1))  # a day earlier, so that the shifts in which the first calls were sent to are known
    return record_of(_kept(house, begin - 1), house.city.manifest.name, house.zone, str(house.zone))


def _kept(house: House, after: int) -> Iterator[Kept]:
    for line in house.ledger.read(after):
        if line[1].kind in _WANTED:
            yield from disclose([line])


def record_of(facts: Iterable[Kept], name: str, zone: tzinfo, zone_name: str) -> Record:
    """The record that facts, in order, tell of."""
    reader = _Reader()
    for kept in facts:
        reader.take(kept)
    calls = _whole_days(list(reader.done), zone)
    numbered = tuple(msgspec.structs.replace(call, call=str(number), incident=str(number)) for number, call in enumerate(calls, 1))
    return Record(name=name, attribution="", zone=zone_name, source="this floor's own ledger", rows=sum(len(call.runs) for call in numbered), calls=numbered,
                  sha256=hashlib.sha256(msgspec.msgpack.encode(numbered)).hexdigest(), stations=reader.stations, odd=Odd())


class _Reader:
    """Gathers facts into calls; a call is done when its incident is closed, and one that was joined to another is left out."""

    def __init__(self) -> None:
        self.done: deque[PastCall] = deque(maxlen=MOST_CALLS)
        self.stations: dict[str, Station] = {}
        self._open: dict[str, PastCall] = {}
        self._units: dict[str, tuple[str, str]] = {}

    def take(self, kept: Kept) -> None:
        fact, at = kept.fact, kept.entry.happened_at
        match fact:
            case ShiftStarted():
                self._units[fact.unit] = (fact.unit_kind, fact.station)
                if fact.station and not fact.lender:
                    self.stations[fact.station] = Station(name=fact.station, lon=fact.home.lon, lat=fact.home.lat, address="")
            case CallTaken():
                if fact.channel in RESIDENTS and not began_themselves(fact.kind) and not fact.joins:
                    self._open[fact.call] = _call(fact, at)
            case UnitAssigned() if fact.incident in self._open:
                self._sent(fact, at)
            case UnitStoodDown() if fact.incident in self._open:
                self._step(fact.incident, fact.unit, "available_at", at)
            case UnitStateChanged() if fact.incident in self._open and fact.state in _STEPS:
                self._step(fact.incident, fact.unit, _STEPS[fact.state], at)
            case IncidentJoined():
                self._open.pop(fact.incident, None)
            case IncidentClosed() if fact.incident in self._open:
                self.done.append(msgspec.structs.replace(self._open.pop(fact.incident), disposition=fact.disposition))

    def _sent(self, fact: UnitAssigned, at: Instant) -> None:
        call = self._open[fact.incident]
        kind, station = self._units.get(fact.unit, ("", ""))
        if kind:  # a unit whose shift began before what is read is left out, and its work with it
            run = Run(unit=fact.unit, unit_kind=kind, station=station if station in self.stations else "", sequence=len(call.runs) + 1, dispatch_at=at, response_at=None,
                      on_scene_at=None, transport_at=None, hospital_at=None, available_at=None)
            self._open[fact.incident] = msgspec.structs.replace(call, runs=(*call.runs, run))

    def _step(self, incident: str, unit: str, step: str, at: Instant) -> None:
        """Write a time into the unit's last run of this call that is not over; the first time of each step counts."""
        call = self._open[incident]
        runs = list(call.runs)
        for place in range(len(runs) - 1, -1, -1):
            if runs[place].unit == unit and runs[place].available_at is None:
                if getattr(runs[place], step) is None:
                    runs[place] = msgspec.structs.replace(runs[place], **{step: at})
                break
        self._open[incident] = msgspec.structs.replace(call, runs=tuple(runs))


def _call(fact: CallTaken, at: Instant) -> PastCall:
    return PastCall(call="", incident="", received_at=at, entry_at=None, lon=round(fact.place.lon, _GRID), lat=round(fact.place.lat, _GRID), address="", kind=fact.kind,
                    kind_text="", priority=fact.priority, lights=fact.priority <= LIGHTS, disposition="", disposition_text="", station_area="", runs=())


def _whole_days(calls: list[PastCall], zone: tzinfo) -> list[PastCall]:
    """The calls in order, without those of the first and the last day, of which only a part is known; all where there are no two others."""
    calls.sort(key=lambda call: call.received_at)
    if not calls:
        return calls
    first, last = (_midnight(calls[at].received_at, zone) for at in (0, -1))
    whole = [call for call in calls if first != _midnight(call.received_at, zone) != last]
    return whole if len({_midnight(call.received_at, zone) for call in whole}) >= 2 else calls


def _midnight(at: Instant, zone: tzinfo) -> Instant:
    return instant(from_instant(at).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0))
