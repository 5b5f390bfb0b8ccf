"""Hands at the house: a no is counted with its example, a house that cannot decide is not taken for a no."""

from pathlib import Path

import pytest

from tests.floor import asker, corner, small_house
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import CloseIncident
from tocsin.sim.desk import Desk

WHO = asker("tester", "dispatcher", "call_taker")


def test_a_refusal_is_counted_by_its_code_with_its_first_example(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        desk = Desk(house, WHO)
        for number in ("1", "2"):
            assert desk.do(CloseIncident(incident=number, disposition="other"), f"call {number}") is None
        assert desk.refused == {"incident_unknown": 2}
        assert desk.examples["incident_unknown"].startswith("call 1: ")
        assert not desk.unheard
        assert desk.do(TakeCall(place=corner(1, 1), kind="fire")) is not None


def test_a_house_that_cannot_keep_is_told_from_a_no(tmp_path: Path) -> None:
    house = small_house(tmp_path)
    desk, strict = Desk(house, WHO), Desk(house, WHO, strict=True)
    house.close()
    call = TakeCall(place=corner(1, 1), kind="fire")
    assert desk.do(call) is None
    assert desk.unheard
    with pytest.raises(Refused) as caught:
        strict.do(call)
    assert caught.value.status >= 500
