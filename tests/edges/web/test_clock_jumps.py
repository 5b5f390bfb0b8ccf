"""The clock is put back an hour and put on a day, under a house that serves: nothing breaks, nobody is shut out, nothing lasts too long."""

from pathlib import Path

import pytest

from tests.edges.web.running import Running, running
from tests.floor import StillClock, small_house
from tocsin.edges.web.attempts import Attempts
from tocsin.kernel import Refused
from tocsin.ledger.audit import verify

_CALL = {"place": {"lon": 24.9, "lat": 60.15}, "kind": "medical", "number": "+358 50 555 0101"}
_WHO = ("dispatcher", "supervisor", "auditor", "admin")


def _jump(floor: Running, seconds: int) -> None:
    floor.clock.pass_s(seconds)
    floor.people.clock.shift_s += seconds  # type: ignore[attr-defined]  # a JumpingClock


def _read_all(floor: Running, incident: str) -> None:
    """Every question as most of the staff, at this time, but for what is printed or computed on the roads; and what the house does by itself."""
    for who in _WHO:
        with floor.client(cookie=floor.cookie(who)) as client:
            assert client.get("/api/me").status_code == 200
            for line in floor.web.menu:
                if line.verb == "GET" and line.media not in ("text/event-stream", "application/pdf") and not line.path.endswith(("back", "oidc", "gains")):
                    path = line.path.replace("{incident}", incident).replace("{", "").replace("}", "")
                    answer = client.get(path, params={"at": floor.clock.now()} if "past" in path else {})
                    assert answer.status_code < 500 or answer.json()["code"] == "later_please", (who, path, answer.text)
    floor.house.tick()


def _works(floor: Running) -> str:
    """A whole call can be taken, seen and noted now. Gives its incident."""
    with floor.client(cookie=floor.cookie("dispatcher")) as desk:
        taken = desk.post("/api/calls", json=_CALL)
        assert taken.status_code == 200, taken.text
        incident = str(taken.json()["subject"]).removeprefix("call:")
        assert any(row["id"] == incident for row in desk.get("/api/board").json()["rows"])
        assert desk.post(f"/api/incidents/{incident}/timers", json={"what": "look again", "after_s": 60}).status_code < 500
        assert desk.get(f"/api/incidents/{incident}/story").status_code == 200
    return incident


def _export(floor: Running) -> str:
    with floor.client(cookie=floor.cookie("planner")) as planner:
        answer = planner.post("/api/exports", json={
            "what": "incidents", "recipient_kind": "agency", "recipient": "Water Works", "basis": "request of the water works 7/2026",
            "since": floor.clock.at - 10**12, "until": floor.clock.at + 1, "days": 1})
    assert answer.status_code == 200, answer.text
    export = str(answer.json()["subject"]).removeprefix("export:")
    with floor.client(cookie=floor.cookie("supervisor")) as chief:
        seen = chief.post(f"/api/exports/{export}/preview").json()["position"]
        assert chief.post(f"/api/exports/{export}/approve", json={"preview": seen}).status_code == 200
    return export


def _copy(floor: Running, export: str) -> int:
    with floor.client(cookie=floor.cookie("planner")) as planner:
        return planner.post(f"/api/exports/{export}/copy").status_code


@pytest.mark.parametrize(("seconds", "copied"), [(-3_600, 200), (86_400, 410)], ids=["back an hour", "on a day"])
def test_a_house_that_serves_bears_a_clock_that_jumps(tmp_path: Path, seconds: int, copied: int) -> None:
    with running(tmp_path) as floor:
        incident, export = _works(floor), _export(floor)
        with floor.client(cookie=floor.cookie("call_taker")) as desk:
            broken = desk.post("/api/glass", json={"reason": "the caller is a patient of ours", "minutes": 5})
            assert broken.status_code == 200, broken.text
            _jump(floor, seconds)
            assert desk.get("/api/me").status_code == 401, "given in a future that never came, or over: sign in again"
        assert floor.house.frame(None).whole
        _read_all(floor, incident)
        with floor.client(cookie=floor.cookie("call_taker")) as desk:
            assert desk.get("/api/me").status_code == 200, "and one can, at once"
        assert not any(row.by == "call_taker" and row.since <= floor.clock.now() < row.until for row in floor.house.rows("glass").values()), "it lasts no longer"
        later = _works(floor)
        assert later != incident
        assert _copy(floor, export) == copied
        floor.clock.pass_s(120)
        floor.house.tick()
        verifier = floor.house.ledger.verifier
    report = verify(tmp_path / "house" / "ledger", verifier)
    assert report.sound, report.sentences()
    with small_house(tmp_path / "house", StillClock(floor.clock.at)) as again:
        assert {incident, later} <= set(again.rows("incident"))


@pytest.mark.parametrize("seconds", [-3_600, 86_400])
def test_a_wait_after_guesses_never_outlasts_its_minute_when_the_clock_jumps(seconds: int) -> None:
    clock = StillClock()
    attempts = Attempts(clock)
    for _ in range(40):
        for _ in range(100):
            try:
                attempts.begin("mia", "10.0.0.1")
                break
            except Refused:
                clock.pass_s(1)
    assert attempts.waits("mia", "10.0.0.1")
    clock.pass_s(seconds)
    assert not attempts.waits("mia", "10.0.0.1")
    attempts.begin("mia", "10.0.0.1")
    assert attempts.waits("mia", "10.0.0.1"), "and the next guess waits again"
