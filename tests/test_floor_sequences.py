"""Random sequences of commands on the real house: no unit on two incidents, no incident lost, every unit can be freed."""

import itertools
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.floor import CHIEF, DESK, StillClock, corner, small_house
from tocsin.house import House
from tocsin.kernel import Command, Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit, ChangePriority, CloseIncident, StandDown, SwapUnits
from tocsin.rooms.dispatch.views import IncidentRow
from tocsin.rooms.fleet.commands import EndShift, ReportState, StartShift
from tocsin.rooms.fleet.views import UnitRow

_SEQUENCE = itertools.count(1)
_MEMORY = Path("/dev/shm")
_UNITS = st.integers(0, 2)
_PICK = st.integers(0, 2)
_STATES = st.sampled_from(("assigned", "en_route", "at_scene", "transporting", "at_destination", "clearing", "available", "out_of_service"))


class Floor(RuleBasedStateMachine):
    """Three units of this sequence's own on one house that all sequences share, as shifts share a floor."""

    house: House
    clock: StillClock

    @initialize()
    def begin(self) -> None:
        self.prefix = f"{next(_SEQUENCE)}"
        self.taken: list[str] = []
        self.closed: set[str] = set()
        self.shifts: dict[str, int] = {}
        for i in range(3):
            self.start(i)

    def _unit(self, i: int) -> tuple[str, str]:
        unit = f"{self.prefix}-{i}"
        return unit, f"s{self.shifts.get(unit, 0)}"

    def _incident(self, pick: int) -> str:
        return self.taken[pick % len(self.taken)] if self.taken else "none"

    def _try(self, command: Command, chief: bool = False) -> bool:
        self.clock.pass_s(1)
        try:
            self.house.do(command, CHIEF if chief else DESK)
        except Refused as no:
            assert no.status < 500
            assert no.words.en
            assert no.words.zh
            return False
        return True

    @rule(i=_UNITS)
    def start(self, i: int) -> None:
        unit, _ = self._unit(i)
        number = self.shifts.get(unit, 0) + 1
        if self._try(StartShift(unit=unit, shift=f"s{number}", unit_kind=("medic", "engine", "police")[i], station="A", home=corner(i, 0)), True):
            self.shifts[unit] = number

    @rule(i=_UNITS)
    def end(self, i: int) -> None:
        unit, shift = self._unit(i)
        self._try(EndShift(unit=unit, shift=shift), True)

    @rule(kind=st.sampled_from(("medical", "fire", "crash", "nonsense")))
    def call(self, kind: str) -> None:
        if len(self.taken) < 3:
            self.clock.pass_s(1)
            try:
                receipt = self.house.do(TakeCall(place=corner(1, 1), kind=kind), DESK)
            except Refused as no:
                assert no.code == "kind_unknown"
                return
            self.taken.append(receipt.subject.removeprefix("call:"))

    @rule(i=_UNITS, pick=_PICK)
    def assign(self, i: int, pick: int) -> None:
        unit, shift = self._unit(i)
        self._try(AssignUnit(incident=self._incident(pick), unit=unit, shift=shift))

    @rule(i=_UNITS, pick=_PICK)
    def stand_down(self, i: int, pick: int) -> None:
        unit, shift = self._unit(i)
        self._try(StandDown(incident=self._incident(pick), unit=unit, shift=shift))

    @rule(i=_UNITS, j=_UNITS, pick=_PICK)
    def swap(self, i: int, j: int, pick: int) -> None:
        (unit, shift), (other, other_shift) = self._unit(i), self._unit(j)
        self._try(SwapUnits(incident=self._incident(pick), unit=unit, shift=shift, to_unit=other, to_shift=other_shift))

    @rule(i=_UNITS, state=_STATES)
    def report(self, i: int, state: str) -> None:
        unit, shift = self._unit(i)
        self._try(ReportState(unit=unit, shift=shift, state=state))

    @rule(pick=_PICK, priority=st.integers(1, 4))
    def reprioritise(self, pick: int, priority: int) -> None:
        self._try(ChangePriority(incident=self._incident(pick), priority=priority))

    @rule(pick=_PICK)
    def close(self, pick: int) -> None:
        incident = self._incident(pick)
        if self._try(CloseIncident(incident=incident, disposition="resolved")):
            self.closed.add(incident)

    @invariant()
    def one_unit_one_incident(self) -> None:
        incidents, units = self.house.rows("incident"), self.house.rows("unit")
        on: dict[str, list[str]] = {}
        for number in self.taken:
            row = incidents.get(number)
            assert (row is None) == (number in self.closed), f"incident {number} is lost, or came back"
            for unit in row.units if isinstance(row, IncidentRow) else ():
                on.setdefault(unit, []).append(number)
        for unit, numbers in on.items():
            assert len(numbers) == 1, f"{unit} is on {numbers}"
            own = units[unit]
            assert isinstance(own, UnitRow)
            assert own.incident == numbers[0]
        for i in range(3):
            own = units.get(f"{self.prefix}-{i}")
            if isinstance(own, UnitRow) and own.incident:
                assert on.get(own.id) == [own.incident], f"{own.id} says {own.incident}, the board says {on.get(own.id)}"

    def teardown(self) -> None:
        """Every unit can be freed and every incident ended, whatever went before."""
        for i in range(3):
            unit, shift = self._unit(i)
            row = self.house.rows("unit").get(unit)
            if isinstance(row, UnitRow):
                if row.state == "assigned" and i == 0:
                    assert self._try(StandDown(incident=row.incident, unit=unit, shift=shift))
                elif row.state != "available":
                    assert self._try(ReportState(unit=unit, shift=shift, state="available"))
                assert self._try(EndShift(unit=unit, shift=shift), True)
        for incident in set(self.taken) - self.closed:
            assert self._try(CloseIncident(incident=incident, disposition="resolved"))
        assert not set(self.taken) & set(self.house.rows("incident"))


def test_a_thousand_sequences() -> None:
    folder = Path(tempfile.mkdtemp(prefix="tocsin-floor-", dir=_MEMORY if _MEMORY.is_dir() else None))
    clock = StillClock()
    house = small_house(folder, clock)

    class OnOneHouse(Floor):
        pass

    OnOneHouse.house, OnOneHouse.clock = house, clock
    case: Any = OnOneHouse.TestCase
    case.settings = settings(max_examples=1000, stateful_step_count=15, deadline=None, database=None,
                             suppress_health_check=list(HealthCheck))
    try:
        case("runTest").debug()
        assert next(_SEQUENCE) > 1000
        assert not house.rows("incident")
    finally:
        house.close()
        shutil.rmtree(folder)
