"""The list of trackers: who speaks for which unit, when and how it was last heard, what it was refused for; for the floor and administrators alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.edges.gateways.trackers.given import S, duty, tracker, whole_s
from tests.edges.gateways.trackers.test_http import old_client, owntracks, plain
from tests.edges.web.running import Running, running
from tocsin.edges.gateways.trackers.last import MOST, NOTHING, Latest


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path) as served:
        yield served


def listed(floor: Running, who: str = "supervisor") -> dict[str, Any]:
    answer = floor.as_(who).get("/api/trackers")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_list_says_for_which_unit_each_speaks_and_how_it_was_last_heard(floor: Running) -> None:
    duty(floor, "E7")
    phone, spare = tracker(floor, "phone", "E7", doors=("/api/positions",)), tracker(floor, "spare", roles=("device", "responder"))
    tracker(floor, "meter", doors=("/api/contacts",))  # a machine for another door is no tracker
    old_client(floor, phone.key)
    lines = {one["name"]: one for one in listed(floor)["trackers"]}
    assert {"phone", "spare"} <= lines.keys() and "meter" not in lines
    one = lines["phone"]
    assert (one["number"], one["unit"], one["shift"], one["protocol"], one["shown"], one["refused"]) == (phone.number, "E7", "", "osmand", False, [])
    assert one["made"] == {"en": "taken", "zh": "已采用"}
    assert 0 <= listed(floor)["at"] - one["heard_at"] < 120 * S, "by one clock, that of keys"
    assert (lines["spare"]["unit"], lines["spare"]["heard_at"], lines["spare"]["made"], lines["spare"]["shown"]) == ("", 0, None, True)
    owntracks(floor, spare)
    [refused] = next(one for one in listed(floor)["trackers"] if one["name"] == "spare")["refused"]
    assert (refused["code"], refused["count"], refused["says"]["en"]) == ("tracker_not_bound", 1, "is bound to no unit")


def test_what_an_unknown_key_was_refused_for_is_told_apart_and_a_revoked_one_goes(floor: Running) -> None:
    duty(floor, "E7")
    phone = tracker(floor, "phone", "E7")
    with plain(floor) as client:
        client.get("/trackers/osmand", params={"id": "no such key", "timestamp": whole_s(floor), "lat": "60.17", "lon": "24.94"})
    found = listed(floor, "dispatcher")
    assert [(one["code"], one["count"]) for one in found["unknown"]] == [("tracker_key_wrong", 1)]
    assert floor.as_("admin").post("/api/keys/revoke", json={"number": phone.number}).status_code == 200
    assert "phone" not in {one["name"] for one in listed(floor, "admin")["trackers"]}


def test_no_key_stands_in_the_list_and_nobody_else_sees_it(floor: Running) -> None:
    phone = tracker(floor, "phone")
    assert phone.key not in floor.as_("admin").get("/api/trackers").text
    for who in ("call_taker", "responder", "planner", "auditor", "device"):
        assert floor.as_(who).get("/api/trackers").status_code == 403, who


def test_a_message_without_a_position_leaves_what_was_made_of_the_last_one() -> None:
    latest = Latest()
    latest.add("ab12", "owntracks", "tracker_not_bound", 5)
    latest.add("ab12", "owntracks", NOTHING, 9)
    last = latest.of("ab12")
    assert last is not None
    assert (last.at, last.code) == (9, "tracker_not_bound")
    for number in range(MOST):
        latest.add(f"n{number}", "osmand", "kept", 10)
    assert latest.of("ab12") is None, "only so many are remembered, the latest heard"
