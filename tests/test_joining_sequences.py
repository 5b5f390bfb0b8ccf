"""Random sequences of calls, joinings, separations and closings on the real house: no incident is ever lost, or seen twice."""

import itertools
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.floor import DESK, StillClock, corner, small_house
from tocsin.house import House
from tocsin.kernel import Command, Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import (
    AddNote,
    CloseIncident,
    JoinIncident,
    LinkIncidents,
    LookAtDifference,
    SeparateIncident,
    UnlinkIncidents,
)
from tocsin.rooms.dispatch.views import IncidentRow

_SEQUENCE = itertools.count(1)
_MEMORY = Path("/dev/shm")
_PICK = st.integers(0, 3)


class Joinings(RuleBasedStateMachine):
    """Up to five calls of this sequence's own, joined and separated in any order."""

    house: House
    clock: StillClock

    @initialize()
    def begin(self) -> None:
        next(_SEQUENCE)
        self.taken: list[str] = []
        self.closed: set[str] = set()

    def _incident(self, pick: int) -> str:
        return self.taken[pick % len(self.taken)] if self.taken else "none"

    def _try(self, command: Command) -> bool:
        self.clock.pass_s(1)
        try:
            self.house.do(command, DESK)
        except Refused as no:
            assert no.status < 500
            assert no.words.en
            assert no.words.zh
            return False
        return True

    def _rows(self) -> dict[str, IncidentRow]:
        return {number: row for number, row in self.house.rows("incident").items() if isinstance(row, IncidentRow) and number in self.taken}

    @rule(kind=st.sampled_from(("crash", "fire", "medical")), joins=st.one_of(st.none(), _PICK), notes=st.sampled_from(("", "smoke", "没有呼吸")))
    def call(self, kind: str, joins: int | None, notes: str) -> None:
        if len(self.taken) < 5:
            self.clock.pass_s(1)
            into = self._incident(joins) if joins is not None else ""
            receipt = self.house.do(TakeCall(place=corner(1, 1), kind=kind, joins=into, notes=notes), DESK)  # a call is never refused for its joining
            self.taken.append(receipt.subject.removeprefix("call:"))

    @rule(one=_PICK, other=_PICK)
    def join(self, one: int, other: int) -> None:
        self._try(JoinIncident(incident=self._incident(one), into=self._incident(other)))

    @rule(one=_PICK, other=_PICK)
    def separate(self, one: int, other: int) -> None:
        self._try(SeparateIncident(incident=self._incident(one), out_of=self._incident(other)))

    @rule(one=_PICK, other=_PICK, off=st.booleans())
    def link(self, one: int, other: int, off: bool) -> None:
        ask = UnlinkIncidents if off else LinkIncidents
        self._try(ask(incident=self._incident(one), to=self._incident(other)))

    @rule(one=_PICK, text=st.sampled_from(("smell of gas", "two cars", "有人持刀")))
    def note(self, one: int, text: str) -> None:
        self._try(AddNote(incident=self._incident(one), note=text))

    @rule(one=_PICK, other=_PICK)
    def look(self, one: int, other: int) -> None:
        self._try(LookAtDifference(incident=self._incident(one), joined=self._incident(other)))

    @rule(one=_PICK)
    def close(self, one: int) -> None:
        incident = self._incident(one)
        row = self._rows().get(incident)
        if self._try(CloseIncident(incident=incident, disposition="resolved")):
            assert row is not None
            assert not row.differs and not any(call.differs for call in row.joined), "closed with a difference that nobody had looked at"
            self.closed |= {incident, *(call.incident for call in row.joined)}

    @invariant()
    def every_incident_is_in_sight_once_until_it_is_closed(self) -> None:
        rows = self._rows()
        seen = [*rows, *(call.incident for row in rows.values() for call in row.joined)]
        assert sorted(seen) == sorted(set(self.taken) - self.closed)
        for number, row in rows.items():
            assert row.calls == 1 + len(row.joined)
            assert all(number in rows[other].linked for other in row.linked if other in rows)

    def teardown(self) -> None:
        """Everything can be taken apart and ended, whatever went before."""
        for number, row in self._rows().items():
            for call in row.joined:
                assert self._try(SeparateIncident(incident=call.incident, out_of=number))
        for number in set(self.taken) - self.closed:
            assert self._try(CloseIncident(incident=number, disposition="resolved"))
        assert not self._rows()


def test_three_hundred_sequences() -> None:
    folder = Path(tempfile.mkdtemp(prefix="tocsin-joining-", dir=_MEMORY if _MEMORY.is_dir() else None))
    clock = StillClock()
    house = small_house(folder, clock)

    class OnOneHouse(Joinings):
        pass

    OnOneHouse.house, OnOneHouse.clock = house, clock
    case: Any = OnOneHouse.TestCase
    case.settings = settings(max_examples=300, stateful_step_count=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    try:
        case("runTest").debug()
        assert next(_SEQUENCE) > 300
        assert not house.rows("incident")
    finally:
        house.close()
        shutil.rmtree(folder)
