"""What is said outside: the unit, and no more than the table allows for that means."""

from types import SimpleNamespace

import pytest

from tests.rooms.test_calling import row
from tocsin.edges.gateways.calling.saying import letter
from tocsin.kernel import Words
from tocsin.rooms.calling.model import Means

KINDS = {"fire": Words("Fire", "火警")}


def said(says: str, place: str = "Mission Street & 1st Street", source: str = "crossing", **more: object) -> tuple[str, str]:
    incident = SimpleNamespace(kind="fire", priority=1, place=SimpleNamespace(text=place, source=source))
    means = Means(kind="sms", wait_s=60, says="kind+place" if says == "kind+place" else "kind" if says else "")
    text = letter(row(**more), means, incident, KINDS).text
    return text["en"], text["zh"]


def test_each_means_says_what_the_table_allows() -> None:
    assert said("") == ("E7: you are called.", "E7：正在呼叫您。")
    assert said("kind") == ("E7: you are called. Fire, priority 1.", "E7：正在呼叫您。火警，优先级 1。")
    assert said("kind+place") == ("E7: you are called. Fire, priority 1. Mission Street & 1st Street", "E7：正在呼叫您。火警，优先级 1。 Mission Street & 1st Street")
    for about in ("message", "help"):
        assert said("", about=about, of="E9") == ("E7: you are called.", "E7：正在呼叫您。")
    assert said("kind", about="help", of="E9")[0] == "E7: you are called. E9 calls for help."
    assert said("kind+place", about="message", of="260304-0001")[0] == "E7: you are called. An urgent message."


@pytest.mark.parametrize(("place", "street"), [("100 Mission Street", "Mission Street"), ("Mission Street 12b", "Mission Street"), ("Mission Street, 12", "Mission Street"), ("中山路100号3楼", "中山路"),
                                               ("1st Street & Harbour Road", "1st Street & Harbour Road"), ("12", "12")])
def test_of_a_place_its_street_is_said_without_the_house(place: str, street: str) -> None:
    text = said("kind+place", place)[0].removeprefix("E7: you are called. Fire, priority 1.")
    assert text.strip() == ("" if street == "12" else street)


@pytest.mark.parametrize("source", ["", "map", "network", "device", "landmark"])
def test_a_place_that_somebody_typed_is_not_said(source: str) -> None:
    assert said("kind+place", "behind the house of somebody", source)[0] == "E7: you are called. Fire, priority 1."
