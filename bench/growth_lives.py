"""A centre's months for bench_growth: shifts that begin and end, and whole incident lives, kept as the house keeps them but decided by nobody."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future

import msgspec
from tests.floor import CHIEF, DESK, PLAN, TABLE, StillClock, corner

from tocsin.facts.calls import CallTaken
from tocsin.facts.dispatch import CandidatesOffered, IncidentClosed, IncidentOpened, NoteAdded, UnitAssigned
from tocsin.facts.fleet import ShiftEnded, ShiftStarted, UnitStateChanged
from tocsin.house import House
from tocsin.house.envelope import disclose, enclose
from tocsin.kernel import Fact, Instant, Sealed, from_instant
from tocsin.ledger import Appended
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import CloseIncident, OfferCandidates
from tocsin.rooms.fleet.commands import EndShift, StartShift

UNITS, ROUNDS = 24, 9
"""Units on duty, and how many incidents each works in a shift of twelve hours: 432 calls a day."""
_S = 1_000_000
_HALF_US = 12 * 3_600 * _S
_ROUND_US = 78 * 60 * _S
_WAITING = 3_000
_STATES = ("assigned", "en_route", "at_scene", "transporting", "at_destination", "clearing", "available")


def start_shift(house: House, unit: str, shift: str) -> None:
    """Bring a unit on duty by command."""
    number = int(unit[1:])
    house.do(StartShift(unit=unit, shift=shift, unit_kind="medic", station=f"Station {number % 6}", home=corner(number % 6, number // 6 % 6), crew=2), CHIEF)


class History:
    """Facts of one half day after another, in order of time, in submissions that are kept many at a time."""

    def __init__(self, house: House, clock: StillClock) -> None:
        self._house, self._clock = house, clock
        self._waiting: deque[Future[Appended]] = deque()
        self._model = self._an_offer()
        self._begins: Instant = clock.now() + _HALF_US
        self._half = self._position = 0

    @property
    def days(self) -> float:
        """How long the history is."""
        return self._half / 2

    def grow(self, house: House, upto: int) -> None:
        """Keep whole half days until there are so many facts, and let the clock stand at the end of the last."""
        self._house, self._position = house, house.ledger.head()
        while self._position < upto:
            self._half_day()
        while self._waiting:
            self._waiting.popleft().result()
        assert house.ledger.head() == self._position, "somebody else kept something meanwhile"
        self._clock.at = self._begins

    def _an_offer(self) -> CandidatesOffered:
        """One real offer over all units, of which every life has one like it."""
        house, units = self._house, [f"M{number}" for number in range(UNITS)]
        for unit in units:
            start_shift(house, unit, "first")
        call = house.do(TakeCall(place=corner(1, 1), kind="medical"), DESK).subject.removeprefix("call:")
        house.do(OfferCandidates(incident=call), DESK)
        house.do(CloseIncident(incident=call, disposition="resolved"), DESK)
        for unit in units:
            house.do(EndShift(unit=unit, shift="first"), CHIEF)
        return next(kept.fact for kept in disclose(house.ledger.read()) if isinstance(kept.fact, CandidatesOffered))

    def _half_day(self) -> None:
        at, day = self._begins, f"{from_instant(self._begins):%Y-%m-%d}"
        shift, month = f"{day}{'DN'[self._half % 2]}", day[:7]
        units = [f"M{number}" for number in range(UNITS)]
        skills = TABLE.kinds["medic"].skills
        self._keep([ShiftStarted(unit=unit, shift=shift, unit_kind="medic", skills=skills, station=f"Station {number % 6}",
                                 home=corner(number % 6, number // 6 % 6), crew=2, month=month) for number, unit in enumerate(units)], at)
        for turn in range(ROUNDS):
            first = (self._half % 2 * ROUNDS + turn) * UNITS + 1
            names = [f"{day[2:4]}{day[5:7]}{day[8:]}-{first + number:04d}" for number in range(UNITS)]
            self._lives(names, units, shift, at + 60 * _S + turn * _ROUND_US)
        self._keep([ShiftEnded(unit=unit, shift=shift, month=month) for unit in units], at + _HALF_US - 60 * _S)
        self._half += 1
        self._begins += _HALF_US

    def _lives(self, names: Sequence[str], units: Sequence[str], shift: str, at: Instant) -> None:
        """As many incidents as units, worked side by side: twelve facts each over about an hour."""
        places = [corner(number % 6, number // 6 % 6) for number in range(len(names))]
        before = self._position
        self._keep([CallTaken(call=name, channel="voice", place=place, kind="medical", priority=3, notes=Sealed(f"call:{name}", "fell on the stairs, speaks, 三层"))
                    for name, place in zip(names, places, strict=True)], at)
        for number, (name, place) in enumerate(zip(names, places, strict=True), 1):  # each with the key that the house's own reaction would give it
            self._keep([IncidentOpened(incident=name, place=place, kind="medical", priority=3, needs=PLAN.needs("medical", 3), plan=PLAN.version,
                                       called_at=at)], at + _S, cause=before + number)
        self._keep([msgspec.structs.replace(self._model, incident=name, offer=f"{name}-1") for name in names], at + 20 * _S)
        self._keep([UnitAssigned(incident=name, unit=unit, shift=shift, offer=f"{name}-1", eta_s=240)
                    for name, unit in zip(names, units, strict=True)], at + 40 * _S)
        for step in range(1, len(_STATES)):
            self._keep([UnitStateChanged(unit=unit, shift=shift, state=_STATES[step], was=_STATES[step - 1], incident=name)
                        for name, unit in zip(names, units, strict=True)], at + step * 600 * _S)
        self._keep([NoteAdded(incident=name, note=Sealed(f"call:{name}", "handed over at the door")) for name in names], at + 4_000 * _S)
        self._keep([IncidentClosed(incident=name, disposition="transported") for name in names], at + 4_200 * _S)

    def _keep(self, facts: Sequence[Fact], at: Instant, cause: int = 0) -> None:
        ledger, key = self._house.ledger, f"{cause}/dispatch/0" if cause else ""
        self._waiting.append(ledger.submit(enclose(facts, ledger.vault, happened_at=at, known_at=at, by="desk 1", purpose="response", cause=cause, key=key), key=key))
        self._position += len(facts)
        while len(self._waiting) > _WAITING:
            self._waiting.popleft().result()
