"""Two houses on one database in one process: what follows is the same picture, and what a newer program keeps stops an older one in one line."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.floor import CHIEF, DESK, PLAN, TABLE, StillClock, corner, on_duty, small_city
from tests.waiting import until
from tocsin.city.calibration import Calibration
from tocsin.cli import main
from tocsin.house import House, Node, build
from tocsin.kernel import Entry, Refused
from tocsin.ledger import LedgerFault
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit


def node(data: Path, address: str, name: str) -> House:
    return build(data, small_city(), Calibration.default(), PLAN, TABLE, StillClock(), database=address, node=Node(name, f"http://{name}", "1"))


@pytest.fixture
def houses(tmp_path: Path, postgres: str) -> Iterator[tuple[House, House]]:
    with ExitStack() as closing:
        a = closing.enter_context(node(tmp_path / "a", postgres, "a"))
        assert main(["node", "keys", "--data", str(tmp_path / "a"), "--to", str(tmp_path / "b")]) == 0
        b = closing.enter_context(node(tmp_path / "b", postgres, "b"))
        yield a, b


def test_what_follows_shows_the_same_and_decides_nothing_until_it_leads(houses: tuple[House, House]) -> None:
    a, b = houses
    shift = on_duty(a, "E7", "engine", corner(0, 0))
    receipt = a.do(TakeCall(place=corner(1, 1), kind="medical", key="1"), DESK)
    until(lambda: b.ledger.head() == a.ledger.head())
    assert b.frame(None).rows == a.frame(None).rows
    with pytest.raises(Refused, match=r"ledger\.follows"):
        b.do(TakeCall(place=corner(1, 1), kind="medical", key="2"), DESK)
    b.tick()
    assert b.ledger.head() == a.ledger.head()
    a.close()
    until(lambda: b.ledger.leads)
    assert b.do(TakeCall(place=corner(1, 1), kind="medical", key="1"), DESK).position == receipt.position  # its key was kept by the other
    incident = receipt.subject.removeprefix("call:")
    b.do(AssignUnit(incident=incident, unit="E7", shift=shift, eta_s=60), DESK)
    second = b.do(TakeCall(place=corner(2, 2), kind="medical"), DESK)
    assert second.subject > receipt.subject, "numbers go on"
    assert any(row.id == second.subject.removeprefix("call:") for row in b.frame(None).rows), "its reaction was done"


def test_a_reaction_that_the_leader_did_not_live_to_do_is_done_by_the_next(houses: tuple[House, House], monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = houses
    monkeypatch.setattr(a, "_react", lambda upto=0: None)
    taken = a.do(TakeCall(place=corner(1, 1), kind="medical"), DESK)
    incident = taken.subject.removeprefix("call:")
    assert incident not in a.rows("incident")
    a.close()
    until(lambda: b.ledger.leads and incident in b.rows("incident"))
    kinds = [kept.entry.kind for kept in b.history(f"incident:{incident}")]
    assert kinds.count("dispatch.incident-opened") == 1


def test_a_kind_that_only_a_newer_program_knows_stops_an_older_one_and_is_said(houses: tuple[House, House], tmp_path: Path, postgres: str) -> None:
    a, b = houses
    on_duty(a, "E7", "engine", corner(0, 0))
    a.ledger.append([Entry(kind="dispatch.something-newer", body=b"\x80", tags=("incident:x",), happened_at=1, known_at=1, by=CHIEF.name)])
    until(lambda: b.fault is not None)
    assert b.fault is not None and b.fault.code == "ledger.newer-facts" and "dispatch.something-newer" in b.fault.sentence
    assert main(["node", "keys", "--data", str(tmp_path / "a"), "--to", str(tmp_path / "c")]) == 0
    with pytest.raises(LedgerFault, match=r"ledger\.newer-facts"):
        node(tmp_path / "c", postgres, "c")
