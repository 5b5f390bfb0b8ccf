"""Real days replayed: a record's calls through the same commands as people use, beside what would have been recommended."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from statistics import fmean
from threading import Event
from zoneinfo import ZoneInfo

from tocsin.city import City
from tocsin.city.calibration import Calibration
from tocsin.city.faults import Odd
from tocsin.city.live import LiveRoads
from tocsin.city.record import PastCall, Record, Run
from tocsin.facts.calls import Place
from tocsin.house import Asker, House
from tocsin.kernel import Instant, from_instant
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit, CloseIncident, OfferCandidates, ReadOffer
from tocsin.rooms.dispatch.views import Offer
from tocsin.rooms.dispatch.views.offer import Candidate
from tocsin.rooms.fleet.commands import EndShift, ReportState, StartShift
from tocsin.rooms.fleet.views import UnitRow
from tocsin.sim.clock import SECOND, FastClock, Pace, StepClock
from tocsin.sim.comparison import Figures, FirstDispatch
from tocsin.sim.desk import Desk
from tocsin.sim.happenings import Happening, Script, script
from tocsin.sim.summary import Summary
from tocsin.sim.travel import Point, Streets, metres
from tocsin.sim.vehicles import Vehicles

REPLAYER = Asker("replay", frozenset({"call_taker", "dispatcher", "supervisor", "responder", "device"}))
TOGETHER: Instant = 30 * SECOND
"""Units that the record sends within this time of the first are compared with the offer made for the first."""
FIX_EVERY: Instant = 5 * SECOND


def replay(record: Record, city: City, timing: Calibration, build_house: Callable[[Pace], House], speed: float,
           say: Callable[[str], None], *, wall: Callable[[], float], stopped: Event | None = None) -> Summary:
    """Replay a whole record and return what came of it; the house is left open for its maker.

    `build_house` is given the clock to run on and returns an empty house. `speed` 60 plays an hour in a minute; 0 jumps
    from happening to happening, as fast as the house can keep them. `wall` is a monotonic clock in seconds; `stopped` ends
    it early. Every line of the record ends as kept facts, or is counted in the summary with the reason; a house that can
    keep nothing (its disk is full) ends the replay with that refusal.
    """
    began = wall()
    start = min(call.received_at for call in record.calls) - SECOND
    clock: Pace = StepClock(start) if speed == 0 else FastClock(start, speed, wall)
    stage = Stage(record, city, timing, build_house(clock), say)
    stopped = stopped or Event()
    for happening in stage.script.happenings:
        due = clock.now()
        while speed and (due := due + FIX_EVERY) < happening.at and clock.reach(due, stopped):
            stage.say_positions()
        if not clock.reach(happening.at, stopped):
            break
        stage.play(happening)
    return stage.summary(wall() - began)


class Stage:
    """A replay under way: which incident each call became, which shift each unit is on, which units go on to the next step."""

    def __init__(self, record: Record, city: City, timing: Calibration, house: House, say: Callable[[str], None]) -> None:
        self.record, self.house, self.desk, self._say = record, house, Desk(house, REPLAYER, strict=True), say
        self.script: Script = script(record)
        self.figures, self._counts = Figures(), Counter[str]()
        self._zone, self._timing = ZoneInfo(record.zone), timing
        self._vehicles = Vehicles(Streets(LiveRoads(city, timing), timing), [(one.lon, one.lat) for one in city.assets if one.kind == "hospital"])
        self._runs = {run.unit: run for call in record.calls for run in call.runs}
        self._homes = homes(record)
        self._incident: dict[int, str] = {}
        self._shift: dict[str, str] = {}
        self._sent: set[tuple[int, int]] = set()
        self._offer: dict[int, Offer] = {}

    def play(self, happening: Happening) -> None:
        """Do one happening."""
        match happening.what:
            case "start_shift":
                self._start_shift(happening)
            case "end_shift":
                self._end_shift(happening)
            case "call":
                self._take(happening, self.record.calls[happening.call])
            case "dispatch":
                self._dispatch(happening, self.record.calls[happening.call])
            case "close":
                self._close(happening, self.record.calls[happening.call])
            case _:
                self._report(happening, self.record.calls[happening.call])

    def say_positions(self) -> None:
        """Report where the units are now."""
        self.desk.report(list(self._vehicles.fixes(self.house.clock.now())))

    def summary(self, took_s: float) -> Summary:
        """What came of it so far."""
        record, odd = self.record, Odd()
        for source in (record.odd, self.script.odd):
            for code, count in source.counts.items():
                odd.counts[code], odd.examples[code] = count, source.examples[code]
        units = [row for row in self.house.rows("unit").values() if isinstance(row, UnitRow)]
        return Summary(
            name=record.name, source=record.source, rows=record.rows, calls=len(record.calls),
            runs=sum(len(call.runs) for call in record.calls), units=len(self._runs), calls_taken=self._counts["call"],
            runs_sent=self._counts["dispatch"], states_reported=self._counts["state"], closed=self._counts["close"],
            left_open=tuple(self.house.rows("incident")), left_busy=tuple(row.id for row in units if row.incident),
            facts=self.house.ledger.head(), figures=self.figures, refused=dict(self.desk.refused), examples=self.desk.examples,
            odd=odd, took_s=took_s, fitted_on_this=any(one.sha256 == record.sha256 for one in self._timing.fitted_on))

    def _start_shift(self, happening: Happening) -> None:
        unit, run = happening.unit, self._runs[happening.unit]
        home = self._homes[unit]
        place = Place(lon=home[0], lat=home[1], text=f"Station {run.station}" if run.station else "", source="record")
        if self.desk.do(StartShift(unit=unit, shift=happening.shift, unit_kind=run.unit_kind, station=run.station, home=place,
                                   happened_at=happening.said), f"unit {unit}") is not None:
            self._shift[unit] = happening.shift
            self._vehicles.on(unit, home)

    def _end_shift(self, happening: Happening) -> None:
        shift = self._shift.get(happening.unit, happening.shift)
        if self.desk.do(EndShift(unit=happening.unit, shift=shift, happened_at=happening.said), f"unit {happening.unit}") is not None:
            self._vehicles.off(happening.unit)

    def _take(self, happening: Happening, call: PastCall) -> None:
        place = Place(lon=call.lon or 0.0, lat=call.lat or 0.0, text=call.address, source="record")
        receipt = self.desk.do(TakeCall(place=place, kind=call.kind, priority=min(max(call.priority, 0), 4), channel="record",
                                        happened_at=happening.said), f"call {call.call}")
        if receipt is not None:
            self._incident[happening.call] = receipt.subject.removeprefix("call:")
            self._counts["call"] += 1

    def _dispatch(self, happening: Happening, call: PastCall) -> None:
        run, incident = call.runs[happening.run], self._incident.get(happening.call)
        about = f"call {call.call}, unit {run.unit}"
        if incident is None:
            self.desk.count("call_not_taken", about)
            return
        if happening.call not in self._offer:
            self._compare(happening, call, incident)
        offer = self._offer.get(happening.call)
        candidate = _candidate(offer, run.unit)
        sent = self.desk.do(AssignUnit(
            incident=incident, unit=run.unit, shift=self._shift.get(run.unit, "none"), offer=offer.offer if offer else "",
            eta_s=candidate.eta_s if candidate is not None and candidate.eta_s is not None else -1,
            override="" if candidate is not None and candidate.proposed else "as the record has it", happened_at=happening.said), about)
        if sent is not None:
            self._sent.add((happening.call, happening.run))
            self._counts["dispatch"] += 1

    def _compare(self, happening: Happening, call: PastCall, incident: str) -> None:
        """Ask for the recommendation at the instant of the first dispatch, and print it beside what was done."""
        self.say_positions()
        receipt = self.desk.do(OfferCandidates(incident=incident), f"call {call.call}")
        if receipt is None:
            return
        offer = self.house.see(ReadOffer(offer=receipt.subject.removeprefix("offer:")), REPLAYER)
        assert isinstance(offer, Offer), type(offer)
        self._offer[happening.call] = offer
        first: Run = call.runs[happening.run]
        others = [run for run in call.runs if run is not first and run.dispatch_at is not None
                  and run.dispatch_at <= happening.at + TOGETHER]
        found = FirstDispatch.of(call, [first, *others], offer)
        self.figures.take(found)
        self._say(f"{from_instant(happening.at).astimezone(self._zone):%m-%d %H:%M:%S} {call.call}  {found.line()}")

    def _report(self, happening: Happening, call: PastCall) -> None:
        run, place = call.runs[happening.run], (call.lon or 0.0, call.lat or 0.0)
        about = f"call {call.call}, unit {run.unit}, {happening.what}"
        if (happening.call, happening.run) not in self._sent:
            self.desk.count("run_not_sent", about)
            return
        done = self.desk.do(ReportState(unit=run.unit, shift=self._shift[run.unit], state=happening.what, happened_at=happening.said,
                                        reason="" if happening.said is not None else "not in the record"), about)
        self._counts["state"] += done is not None
        match happening.what:
            case "en_route":
                self._vehicles.drive(run.unit, place, happening.at, run.on_scene_at)
            case "at_scene":
                self._vehicles.stand(run.unit, place)
            case "transporting":
                self._vehicles.to_hospital(run.unit, happening.at, run.hospital_at)
            case "available":
                self._vehicles.go_home(run.unit, happening.at)

    def _close(self, happening: Happening, call: PastCall) -> None:
        incident = self._incident.get(happening.call)
        self._offer.pop(happening.call, None)
        if incident is not None:
            done = self.desk.do(CloseIncident(incident=incident, disposition=call.disposition, happened_at=happening.said),
                                f"call {call.call}")
            self._counts["close"] += done is not None


def _candidate(offer: Offer | None, unit: str) -> Candidate | None:
    return next((one for one in offer.candidates if one.unit == unit), None) if offer is not None else None


def homes(record: Record) -> dict[str, Point]:
    """Each unit's station; for one without, the record's station nearest to the middle of where it was sent.

    A middle alone would stand at the very scene of a unit that was sent once. It is taken where the record has no stations.
    """
    stations: list[Point] = [(one.lon, one.lat) for one in record.stations.values()]
    found: dict[str, Point] = {}
    seen: dict[str, list[Point]] = {}
    for call in record.calls:
        for run in call.runs:
            if run.station:
                found[run.unit] = (record.stations[run.station].lon, record.stations[run.station].lat)
            elif call.lon is not None and call.lat is not None:
                seen.setdefault(run.unit, []).append((call.lon, call.lat))
    for unit, places in seen.items():
        middle = (round(fmean(lon for lon, _ in places), 6), round(fmean(lat for _, lat in places), 6))
        found.setdefault(unit, min(stations, key=partial(metres, middle), default=middle))
    return found
