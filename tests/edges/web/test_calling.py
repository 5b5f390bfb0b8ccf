"""Being called over the running edge: one's own ways and browsers, what an administrator may give, and dead letters on the page of health."""

import json
from collections.abc import Iterator

import pytest

from tests.edges.gateways.calling.standing import Taking, taking
from tests.edges.gateways.calling.test_push import Browser
from tests.edges.web.running import Running, running
from tests.floor import DESK, corner, on_duty
from tocsin.edges.gateways.calling.outbox import Outbox
from tocsin.edges.gateways.calling.push import PushSender
from tocsin.edges.gateways.calling.senders import Null, Reach
from tocsin.facts.access import WaysGiven
from tocsin.house.envelope import disclose
from tocsin.kernel import Words
from tocsin.rooms.calling.model import CallingTable, Means, Push
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit

TABLE = CallingTable(means=(Means(kind="push", wait_s=30, says="kind+place"), Means(kind="sms", wait_s=60)))
WAYS = {"sms": "+491701234567", "mail": "crew.one@city.example", "lang": "zh"}


@pytest.fixture
def service() -> Iterator[Taking]:
    with taking() as server:
        yield server


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("calling"), calling=TABLE) as served:
        served.people.add("crew 1", ("responder",), "pass word crew 1", alone=True)
        yield served


def told(floor: Running) -> dict[str, str]:
    """How calling stands on the page of health."""
    return next(part for part in floor.as_("supervisor").get("/api/health").json()["parts"] if part["name"] == "calling")


def test_one_gives_ones_own_ways_and_sees_them_and_nobody_else_does(floor: Running) -> None:
    crew = floor.as_("crew 1")
    assert crew.post("/api/account/reach", json=WAYS).status_code == 200
    assert {name: crew.get("/api/account/reach").json()[name] for name in WAYS} == WAYS
    assert floor.as_("supervisor").get("/api/account/reach").json()["sms"] == ""
    kept = "".join(map(repr, floor.house.ledger.lines(0, 1_000))) + (floor.data / "reach.json").read_text() + floor.as_("admin").get("/api/people").text
    assert "491701234567" not in kept and "crew.one" not in kept
    assert [(kept.entry.by, kept.fact) for kept in disclose(floor.house.ledger.read()) if isinstance(kept.fact, WaysGiven)] == [
        ("crew 1", WaysGiven(person="crew 1", kinds=("sms", "mail")))]
    for wrong in ({"sms": "12"}, {"sms": "+49\n1701234567"}, {"mail": "a@b\nBcc: c@d.example"}, {"mail": "nobody"}, {"lang": "fr"}, {"number": "1234567"}):
        assert crew.post("/api/account/reach", json=wrong).status_code == 422, wrong
    assert crew.post("/api/account/reach", json={}).status_code == 200
    assert floor.web.reaches.of("crew 1") == Reach()


def test_an_administrator_gives_them_and_they_go_with_the_access(floor: Running) -> None:
    floor.people.add("crew 9", ("responder",), "pass word crew 9", alone=True)
    admin = floor.as_("admin")
    assert admin.post("/api/people/reach", json={"name": "nobody here", **WAYS}).json()["code"] == "person_unknown"
    assert floor.as_("supervisor").post("/api/people/reach", json={"name": "crew 9", **WAYS}).json()["code"] == "role_missing"
    assert admin.post("/api/people/reach", json={"name": "crew 9", **WAYS}).status_code == 200
    assert floor.web.reaches.ways("crew 9") == ("sms", "mail")
    assert next(one["ways"] for one in admin.get("/api/people").json()["people"] if one["name"] == "crew 9") == ["sms", "mail"]
    assert admin.post("/api/people/end", json={"name": "crew 9"}).status_code == 200
    assert floor.web.reaches.ways("crew 9") == ()
    floor.people.add("crew 9", ("responder",), "pass word crew 9", alone=True)
    assert floor.web.reaches.of("crew 9") == Reach(), "whoever has the name later is somebody else"


def test_a_browser_subscribes_to_a_known_service_alone(floor: Running) -> None:
    crew, browser = floor.as_("crew 1"), Browser()
    one = browser.at("https://fcm.googleapis.com/fcm/send/a:b")
    said = {"endpoint": one.endpoint, "p256dh": one.p256dh, "auth": one.auth}
    assert crew.post("/api/field/push", json=said | {"endpoint": "https://evil.example/push"}).json()["code"] == "push_service_unknown"
    assert crew.post("/api/field/push", json=said | {"endpoint": "https://169.254.169.254/latest"}).json()["code"] == "push_service_unknown"
    assert crew.post("/api/field/push", json=said | {"p256dh": "A" * 87}).json()["code"] == "push_key_wrong"
    assert floor.as_("planner").post("/api/field/push", json=said).json()["code"] == "role_missing"
    assert floor.as_("device").post("/api/field/push", json=said).status_code == 403
    assert crew.post("/api/field/push", json=said).status_code == 200
    assert crew.get("/api/account/reach").json()["browsers"] == 1
    assert len(crew.get("/api/account/reach").json()["key"]) == 87
    assert crew.post("/api/field/push/end", json={"endpoint": one.endpoint}).status_code == 200
    assert crew.get("/api/account/reach").json()["browsers"] == 0


def test_an_assignment_reaches_the_phone_and_says_what_the_table_allows(floor: Running, service: Taking) -> None:
    crew, browser, house = floor.as_("crew 1"), Browser(), floor.house
    one = browser.at(f"{service.at}/push/1")
    assert crew.post("/api/field/push", json={"endpoint": one.endpoint, "p256dh": one.p256dh, "auth": one.auth}).status_code == 200
    shift = on_duty(house, "E7", "engine", corner(0, 0))
    assert crew.post("/api/units/E7/sign-on", json={"shift": shift, "seat": "driver"}).status_code == 200
    incident = house.do(TakeCall(place=corner(4, 4), kind="fire", caller="the name of a caller", notes="the words of a caller"), DESK).subject.partition(":")[2]
    house.do(AssignUnit(incident=incident, unit="E7", shift=shift), DESK)
    push = PushSender(Push(), floor.web.signer(), floor.web.reaches, floor.clock, loopback=True)
    outbox = Outbox(house, TABLE, floor.web.reaches, {"push": push, "sms": Null()}, {"fire": Words("Fire", "火警")}, floor.web.called)
    assert outbox.carry() == 1
    said = json.loads(browser.opened(service.came[0][2]))
    priority = house.rows("incident")[incident].priority  # type: ignore[attr-defined]  # a row of the board
    assert said["text"] == f"E7: you are called. Fire, priority {priority}. Market Street & 5th Street"
    assert (said["about"], said["of"], said["unit"]) == ("assigned", incident, "E7")
    assert said["press"] == "Acknowledge"
    assert told(floor)["state"] == "ok"
    floor.clock.pass_s(30)
    assert outbox.carry() == 1
    part = told(floor)
    assert part["state"] == "low"
    assert "1 (push no_answer)" in part["says"]["en"] and "no_answer" in part["works"]["zh"]
    assert house.frame(None).rows and [row for row in house.frame(None).rows if type(row).__name__ == "UnreachedRow"]
    figures = floor.as_("supervisor").get("/api/metrics").text
    for line in ('tocsin_calling_sendings_total{code="taken",means="push"} 1.0', "tocsin_calling_dead 1.0", "tocsin_calling_waiting 0.0"):
        assert line in figures, line
    assert crew.post(f"/api/incidents/{incident}/acknowledge", json={"unit": "E7", "shift": shift}).status_code == 200
    assert told(floor)["state"] == "ok"
    outbox.stop()
