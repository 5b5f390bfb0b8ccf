"""Of two houses on one database the one that leads calls, and nobody twice over a change of the lead."""

from pathlib import Path

from tests.edges.gateways.calling.test_outbox import BOTH, CREW, PUSH, reaches
from tests.floor import DESK, StillClock, corner, on_duty
from tests.house.test_followed import becomes, opened
from tocsin.edges.gateways.calling.outbox import Outbox
from tocsin.edges.gateways.calling.senders import Null
from tocsin.house.keeping import lay_node
from tocsin.rooms.calling.model import CallingTable
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit
from tocsin.rooms.fleet.commands import SignOn


def test_the_one_that_leads_calls_and_the_other_goes_on_when_it_does(tmp_path: Path, postgres: str) -> None:
    clock, ended = StillClock(), set[str]()
    held, sent = reaches(tmp_path, clock, ended), Null()
    held.change("crew 1", lambda _: BOTH)
    with opened(tmp_path / "a", clock, postgres, "a") as a:
        lay_node(tmp_path / "a" / "ledger", "floor", tmp_path / "b" / "ledger")
        with opened(tmp_path / "b", clock, postgres, "b") as b:
            at_a, at_b = (Outbox(house, CallingTable(means=(PUSH,)), held, {"push": sent}) for house in (a, b))
            shift = on_duty(a, "E7", "engine", corner(0, 0))
            a.do(SignOn(unit="E7", shift=shift, seat="driver"), CREW)
            incident = a.do(TakeCall(place=corner(4, 4), kind="fire"), DESK).subject.partition(":")[2]
            a.do(AssignUnit(incident=incident, unit="E7", shift=shift), DESK)
            becomes(lambda: len(b.rows("callout")) == 1)
            assert at_b.carry() == 0
            assert at_a.carry() == 1
            assert at_a.carry() == 0
            becomes(lambda: [row.stage for row in b.rows("callout").values()] == ["carried"])  # type: ignore[attr-defined]  # a callout's row
            at_a.stop()
            a.close()
            becomes(lambda: b.ledger.leads)
            assert at_b.carry() == 0, "what the other sent stands in the ledger"
            clock.pass_s(30)
            assert at_b.carry() == 1
            assert len(sent.sent) == 1
            at_b.stop()
