"""Trackers of others over HTTP at a served house: to the map by a key alone, within a shift alone, and each no counted where it can be mended."""

import json
import logging
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.edges.gateways.trackers.given import S, Tracker, counts, duty, tracker, whole_s
from tests.edges.web.running import Running, running
from tests.floor import CHIEF
from tests.waiting import until
from tocsin.kernel import Refused
from tocsin.rooms.fleet.commands import EndShift


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path) as served:
        yield served


def plain(floor: Running) -> httpx.Client:
    """A client as a tracker is one: it knows no header of ours."""
    return httpx.Client(base_url=f"http://127.0.0.1:{floor.port}", trust_env=False, timeout=60)


def old_client(floor: Running, key: str, **more: object) -> httpx.Response:
    """Traccar Client 8: a POST with everything in its query."""
    said = {"id": key, "timestamp": whole_s(floor), "lat": 60.17, "lon": 24.94, "speed": 21.381564, "bearing": 270.0, "altitude": 0, "accuracy": 4.5, "batt": 87.0} | more
    with plain(floor) as client:
        return client.post("/trackers/osmand", params={name: str(value) for name, value in said.items()}, headers={"content-type": "application/x-www-form-urlencoded"})


def new_client(floor: Running, key: str, when: str) -> httpx.Response:
    """Traccar Client 9: JSON of its background location library."""
    body = {"location": {"timestamp": when, "coords": {"latitude": 60.18, "longitude": 24.95, "accuracy": 5, "speed": -1, "heading": -1, "altitude": 5}, "is_moving": False,
                         "odometer": 0, "event": "motionchange", "battery": {"level": 1, "is_charging": False}, "activity": {"type": "still"}, "extras": {}}, "device_id": key}
    with plain(floor) as client:
        return client.post("/trackers/osmand", json=body)


def owntracks(floor: Running, of: Tracker, user: str = "", **more: object) -> httpx.Response:
    body = {"_type": "location", "acc": 15, "batt": 46, "lat": 60.19, "lon": 24.96, "t": "u", "tid": "5t", "tst": whole_s(floor), "vel": 36, "cog": 90} | more
    basic = b64encode(f"{user or of.number}:{of.key}".encode()).decode()
    with plain(floor) as client:
        return client.post("/trackers/owntracks", json=body, headers={"authorization": f"Basic {basic}", "x-limit-u": of.number, "x-limit-d": "phone"})


def test_traccar_clients_old_and_new_move_their_unit(floor: Running) -> None:
    duty(floor, "E7")
    phone = tracker(floor, "phone", "E7")
    answer = old_client(floor, phone.key)
    assert (answer.status_code, answer.content) == (200, b"")
    at = floor.house.positions()["E7"]
    assert (at.lon, at.lat, at.device_at, at.accuracy_m, at.heading_deg) == (24.94, 60.17, floor.clock.at, 4.5, 270.0)
    assert at.speed_mps == pytest.approx(11.0, abs=0.001)
    floor.clock.pass_s(61)
    assert new_client(floor, phone.key, "2026-03-04T09:01:00.250Z").status_code == 200
    at = floor.house.positions()["E7"]
    assert (at.lat, at.device_at, at.speed_mps) == (60.18, floor.clock.at - 750_000, None)
    assert counts(floor, "osmand") == {"kept": 2}


def test_a_query_by_get_is_taken_too(floor: Running) -> None:
    duty(floor, "E7")
    phone = tracker(floor, "phone", "E7")
    with plain(floor) as client:
        answer = client.get("/trackers/osmand", params={"id": phone.key, "timestamp": whole_s(floor), "lat": "60.17", "lon": "24.94", "hdop": "6.0"})
    assert answer.status_code == 200
    assert counts(floor, "osmand") == {"kept": 1}


def test_owntracks_moves_its_unit_and_what_is_no_position_is_taken_from_it_all_the_same(floor: Running) -> None:
    duty(floor, "E7")
    phone = tracker(floor, "phone", "E7")
    answer = owntracks(floor, phone, topic=f"owntracks/{phone.number}/phone")
    assert (answer.status_code, answer.json()) == (200, [])
    assert floor.house.positions()["E7"].speed_mps == pytest.approx(10.0)
    assert owntracks(floor, phone, _type="lwt").json() == []
    assert counts(floor, "owntracks") == {"kept": 1, "nothing": 1}


def test_late_and_repeated_points_go_to_their_places(floor: Running) -> None:
    duty(floor, "E7")
    phone, now = tracker(floor, "phone", "E7"), whole_s(floor)
    for at in (now - 30, now - 60, now - 30, now):
        assert old_client(floor, phone.key, timestamp=at).status_code == 200
    assert counts(floor, "osmand") == {"kept": 2, "late": 1, "repeated": 1}
    assert [one.device_at // S for one in floor.house.trail.history("E7", 0, 1 << 62)] == [now - 60, now - 30, now]


def test_a_jump_and_a_guess_are_taken_and_marked(floor: Running) -> None:
    duty(floor, "E7")
    phone, now = tracker(floor, "phone", "E7"), whole_s(floor)
    doubts = []
    for more in ({"timestamp": now - 60}, {"timestamp": now - 50, "lat": 61.0}, {"timestamp": now - 40, "accuracy": 800}):
        old_client(floor, phone.key, **more)
        doubts.append(floor.house.positions()["E7"].doubt)
    assert doubts == ["", "jump", "accuracy"]


def test_no_position_outside_a_shift(floor: Running) -> None:
    """Off duty, before the shift began, in another shift, of a tracker that is bound to nothing: taken from the device, and kept nowhere."""
    phone = tracker(floor, "phone", "E7", shift="D")
    free = tracker(floor, "free")
    assert old_client(floor, phone.key).status_code == 200
    duty(floor, "E7", "N")
    began = floor.house.rows("unit")["E7"].on_since  # type: ignore[attr-defined]  # a unit's row
    assert began == floor.clock.at - 3_600 * S
    assert old_client(floor, phone.key).status_code == 200
    assert owntracks(floor, free).status_code == 200
    floor.house.do(EndShift(unit="E7", shift="N"), CHIEF)
    duty(floor, "E7", "D")
    assert old_client(floor, phone.key, timestamp=whole_s(floor) - 3_601).status_code == 200
    assert "E7" not in floor.house.positions()
    assert floor.house.trail.history("E7", 0, 1 << 62) == []
    assert old_client(floor, phone.key, timestamp=whole_s(floor) - 3_600).status_code == 200
    floor.house.do(EndShift(unit="E7", shift="D"), CHIEF)
    assert old_client(floor, phone.key).status_code == 200
    assert counts(floor, "osmand") == {"unit_not_on_shift": 2, "tracker_other_shift": 1, "tracker_before_shift": 1, "kept": 1}
    assert counts(floor, "owntracks") == {"tracker_not_bound": 1}
    assert len(floor.house.trail.history("E7", 0, 1 << 62)) == 1


def test_who_is_not_let_in_is_told_which_and_nothing_is_taken(floor: Running) -> None:
    duty(floor, "E7")
    one, other = tracker(floor, "one", "E7"), tracker(floor, "other", "E7")
    desk, narrow = tracker(floor, "desk", roles=("dispatcher",)), tracker(floor, "narrow", doors=("/api/units/{unit}/state",), roles=("device", "dispatcher"))
    gone = tracker(floor, "gone", "E7")
    floor.as_("admin").post("/api/keys/revoke", json={"number": gone.number})
    answers = [
        old_client(floor, "no such key"), old_client(floor, gone.key), old_client(floor, desk.key), old_client(floor, narrow.key), old_client(floor, one.number),
        owntracks(floor, one, user=other.number), owntracks(floor, one, topic=f"owntracks/{other.number}/phone"), owntracks(floor, Tracker(one.number, "wrong")),
        owntracks(floor, one, lat="north"), owntracks(floor, one, _type="encrypted")]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (401, "tracker_key_wrong")] * 5 + [(403, "tracker_other")] * 2 + [(401, "tracker_key_wrong"), (400, "tracker_garbage"), (400, "tracker_encrypted")]
    assert "E7" not in floor.house.positions()
    assert old_client(floor, one.key).status_code == 200


def test_a_wrong_clock_is_taken_from_the_device_and_told_on_the_page_of_health(floor: Running) -> None:
    duty(floor, "E7")
    phone = tracker(floor, "phone", "E7")
    assert old_client(floor, phone.key, timestamp=whole_s(floor) + 3_600).status_code == 200
    assert old_client(floor, "no such key").status_code == 401
    part = next(part for part in floor.as_("supervisor").get("/api/health").json()["parts"] if part["name"] == "trackers")
    assert part["state"] == "low"
    assert f"tracker {phone.number} its clock is ahead (1)" in part["says"]["en"] and "unknown a key that no tracker has (1)" in part["says"]["en"]
    assert f"终端 {phone.number}设备时钟超前（1 次）" in part["says"]["zh"]
    assert phone.key not in json.dumps(part)
    floor.people.clock.shift_s += 600  # type: ignore[attr-defined]  # a clock that can be put
    part = next(part for part in floor.as_("supervisor").get("/api/health").json()["parts"] if part["name"] == "trackers")
    assert (part["state"], part["says"]) == ("ok", None)


def test_the_monitor_sees_protocols_and_verdicts_and_no_tracker(floor: Running) -> None:
    duty(floor, "E7")
    phone = tracker(floor, "phone", "E7")
    old_client(floor, phone.key)
    owntracks(floor, phone, lat="north")
    text = floor.as_("supervisor").get("/api/metrics").text
    assert 'tocsin_tracker_messages_total{protocol="osmand",verdict="kept"} 1.0' in text
    assert 'tocsin_tracker_messages_total{protocol="owntracks",verdict="tracker_garbage"} 1.0' in text
    assert phone.number not in text and phone.key not in text


def test_a_flood_is_slowed_and_another_tracker_is_not(floor: Running) -> None:
    duty(floor, "E7")
    one, other = tracker(floor, "one", "E7"), tracker(floor, "other", "E7")
    coords = {"latitude": 60.18, "longitude": 24.95}
    batch = [{"timestamp": f"2026-03-04T08:{n // 60:02}:{n % 60:02}Z", "coords": coords} for n in range(500)]
    with plain(floor) as client:
        answers = [client.post("/trackers/osmand", json={"location": batch, "device_id": one.key}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "tracker_flood" and answers[2].headers["retry-after"]
    assert old_client(floor, other.key).status_code == 200


def test_a_rotated_key_speaks_for_the_same_unit_and_a_freed_one_for_none(floor: Running) -> None:
    duty(floor, "E7")
    phone = tracker(floor, "phone", "E7")
    rotated = floor.as_("admin").post("/api/keys/rotate", json={"number": phone.number}).json()
    assert old_client(floor, rotated["key"]).status_code == 200
    assert counts(floor, "osmand") == {"kept": 1}
    assert floor.as_("supervisor").post(f"/api/trackers/{rotated['number']}/free", json={}).status_code == 200
    old_client(floor, rotated["key"])
    assert counts(floor, "osmand") == {"kept": 1, "tracker_not_bound": 1}


def test_a_key_that_has_ended_is_as_one_that_never_was(floor: Running) -> None:
    duty(floor, "E7")
    phone = tracker(floor, "phone", "E7")
    assert floor.web.taking.numbered("owntracks-mqtt", phone.number).name == "phone"
    floor.people.clock.shift_s += 91 * 86_400  # type: ignore[attr-defined]  # a clock that can be put
    assert old_client(floor, phone.key).json()["code"] == "tracker_key_wrong"
    with pytest.raises(Refused):
        floor.web.taking.numbered("owntracks-mqtt", phone.number)


def test_nothing_of_a_browser_lets_in(floor: Running) -> None:
    """A page of another site is turned away, and a session's cookie or a bearer's key counts for nothing at these lines."""
    duty(floor, "E7")
    with plain(floor) as client:
        crossed = client.post("/trackers/osmand", params={"id": "x"}, headers={"sec-fetch-site": "cross-site", "origin": "https://elsewhere.example"})
        signed_in = client.post("/trackers/owntracks", json={}, headers={"cookie": f"tocsin_session={floor.cookie('supervisor')}"})
        bearer = client.post("/trackers/owntracks", json={}, headers={"authorization": f"Bearer {floor.device_key}"})
    assert (crossed.status_code, crossed.json()["code"]) == (403, "cross_site")
    assert [answer.json()["code"] for answer in (signed_in, bearer)] == ["tracker_key_wrong"] * 2


def test_what_is_too_large_or_asked_with_another_verb_is_refused_in_the_same_words_as_anywhere(floor: Running) -> None:
    """These lines are answered without the router that all others pass."""
    def pieces() -> Iterator[bytes]:
        yield from [b" " * 30_000] * 3

    with plain(floor) as client:
        long, longer = client.post("/trackers/osmand", content=b" " * 65_537), client.post("/trackers/osmand", content=pieces())
        verb, form = client.put("/trackers/osmand"), client.post("/trackers/osmand", content=b"\xff\xfe")
    assert [(one.status_code, one.json()["code"]) for one in (long, longer, verb, form)] == [
        (413, "too_large"), (413, "too_large"), (405, "wrong_verb"), (400, "tracker_garbage")]
    assert {one.headers["content-type"] for one in (long, longer, verb, form)} == {"application/problem+json"}
    assert all(one.headers["x-content-type-options"] == "nosniff" and one.headers["x-request-id"] for one in (long, longer, verb, form))


def test_a_fault_of_ours_is_told_as_one_and_the_next_report_is_taken(floor: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    duty(floor, "E7")
    phone = tracker(floor, "phone", "E7")
    with monkeypatch.context() as broken:
        broken.setattr(floor.web.taking, "take", lambda *said: 1 // 0)
        fault = old_client(floor, phone.key)
    assert (fault.status_code, fault.json()["code"]) == (500, "our_fault")
    assert phone.key not in fault.text
    assert old_client(floor, phone.key).status_code == 200


class Collected(logging.Handler):
    """Everything that reaches the root, where the house's own journal hangs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def test_no_key_stands_in_what_is_logged(floor: Running, caplog: pytest.LogCaptureFixture) -> None:
    duty(floor, "E7")
    phone = tracker(floor, "phone", "E7")
    collected = Collected()
    logging.getLogger().addHandler(collected)
    try:
        with caplog.at_level("DEBUG"), caplog.at_level("DEBUG", logger="tocsin"):
            old_client(floor, phone.key)
            old_client(floor, phone.key, lat="north")
            owntracks(floor, phone)
            until(lambda: any(record.getMessage() == "POST /trackers/owntracks ok" for record in collected.records))  # told once the answer is gone
    finally:
        logging.getLogger().removeHandler(collected)
    ours = [record for record in collected.records if record.name.startswith(("tocsin", "uvicorn", "litestar"))]
    assert not [record for record in ours if phone.key in record.getMessage() or phone.key in str(record.__dict__)]
