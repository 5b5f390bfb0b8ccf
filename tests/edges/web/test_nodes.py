"""Two nodes of one house, each served: what is asked of the one that follows is done by the one that leads, and read back at either."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.accounts import let_in, staff
from tests.edges.web.running import HEADERS
from tests.floor import CHIEF, PLAN, TABLE, corner, small_city
from tests.waiting import until
from tocsin.city.calibration import Calibration
from tocsin.cli import main
from tocsin.cli.settings import SystemClock
from tocsin.edges.web.app import app
from tocsin.edges.web.handing import NODE
from tocsin.edges.web.health import Part, Watched
from tocsin.edges.web.people import People
from tocsin.edges.web.serving import listen, server
from tocsin.house import SILENT_S, House, Node, build
from tocsin.rooms.fleet.commands import StartShift

_PLACE = {"lon": 24.9, "lat": 60.15, "text": "1 Node Street"}


@dataclass
class Served:
    """A node, and where it answers."""

    house: House
    port: int

    def client(self, cookie: str = "", more: dict[str, str | bytes] | None = None) -> httpx.Client:
        headers = HEADERS | ({"cookie": f"tocsin_session={cookie}"} if cookie else {}) | (more or {})
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, trust_env=False, timeout=30)


@contextmanager
def served(data: Path, address: str, name: str) -> Iterator[Served]:
    """One node over a database, until the block ends."""
    with listen("127.0.0.1", 0) as socket:
        port = socket.getsockname()[1]
        house = build(data, small_city(), Calibration.default(), PLAN, TABLE, SystemClock(), database=address, node=Node(name, f"http://127.0.0.1:{port}", "1"))
        people = People(data, house.clock, house.ledger.papers)
        running = server(app(house, people=people, console=None, city_folder=small_city().path, demo=False))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [socket]}, daemon=True)
        thread.start()
        try:
            yield Served(house, port)
        finally:
            running.should_exit = True
            thread.join(30)


@pytest.fixture
def nodes(tmp_path: Path, postgres: str) -> Iterator[tuple[Served, Served]]:
    """One that leads and one that follows, with a unit on duty and an account for each role."""
    first = build(tmp_path / "a", small_city(), Calibration.default(), PLAN, TABLE, SystemClock(), database=postgres)
    with first:
        first.do(StartShift(unit="E7", shift="s", unit_kind="engine", station="S", home=corner(0, 0), crew=3), CHIEF)
        people = People(tmp_path / "a", first.clock, first.ledger.papers)
        for person in let_in(tmp_path, SystemClock(), staff(("dispatcher", "call_taker", "supervisor", "admin"))).all():
            people.keep(person)
    assert main(["node", "keys", "--data", str(tmp_path / "a"), "--to", str(tmp_path / "b")]) == 0
    with served(tmp_path / "a", postgres, "a") as a, served(tmp_path / "b", postgres, "b") as b:
        assert a.house.ledger.leads and not b.house.ledger.leads
        yield a, b


def sign_in(node: Served, name: str) -> str:
    with node.client() as nobody:
        answer = nobody.post("/api/sign-in", json={"name": name, "password": f"pass word {name}"})
    assert answer.status_code == 200, answer.text
    return str(answer.cookies["tocsin_session"])


def test_a_call_is_taken_and_worked_at_the_node_that_follows(nodes: tuple[Served, Served]) -> None:
    a, b = nodes
    cookie = sign_in(b, "call_taker")
    with b.client(cookie) as taker:
        taken = taker.post("/api/calls", json={"place": _PLACE, "kind": "medical", "number": "+358 40 123", "caller": "somebody", "notes": "short of breath", "key": "k1"})
        assert taken.status_code == 200, taken.text
        again = taker.post("/api/calls", json={"place": _PLACE, "kind": "medical", "key": "k1"})
        assert again.json()["repeated"] and again.json()["position"] == taken.json()["position"]
        incident = taken.json()["subject"].removeprefix("call:")
        assert any(row["row"] == "incident" and row["id"] == incident for row in taker.get("/api/board").json()["rows"])  # read back at once
    with b.client(sign_in(b, "dispatcher")) as desk:
        sent = desk.post(f"/api/incidents/{incident}/assign", json={"unit": "E7", "shift": "s", "eta_s": 60})
        assert sent.status_code == 200, sent.text
        refused = desk.post(f"/api/incidents/{incident}/assign", json={"unit": "E7", "shift": "s", "eta_s": 60})
        assert refused.status_code == 409 and refused.json()["title_zh"]
        head = a.house.ledger.head()
        story = desk.get(f"/api/incidents/{incident}/story")  # shows sealed words: kept by the leader before it is shown here
        assert story.status_code == 200 and "short of breath" in story.text
        assert a.house.ledger.head() > head
    with a.client(cookie) as taker:  # the session holds at the other node
        assert taker.get("/api/me").json()["name"] == "call_taker"
    until(lambda: b.house.ledger.head() == a.house.ledger.head())
    assert a.house.frame(None).rows == b.house.frame(None).rows


def test_a_tracker_that_reports_at_the_node_that_follows_moves_its_unit_at_both(nodes: tuple[Served, Served]) -> None:
    a, b = nodes
    with a.client(sign_in(a, "admin")) as admin, a.client(sign_in(a, "dispatcher")) as desk:
        made = admin.post("/api/keys", json={"name": "phone", "roles": ["device"], "doors": []}).json()
        assert desk.post(f"/api/trackers/{made['number']}/bind", json={"unit": "E7", "shift": ""}).status_code == 200
    said = {"id": made["key"], "timestamp": str(a.house.clock.now() // 1_000_000 + 1), "lat": "60.17", "lon": "24.94"}
    with b.client() as phone:
        until(lambda: phone.post("/trackers/osmand", params=said).status_code == 200)  # once the key is known there
    assert a.house.positions()["E7"].lat == 60.17
    until(lambda: "E7" in b.house.positions())


def test_when_the_leader_goes_the_other_goes_on_and_streams_are_not_cut(nodes: tuple[Served, Served]) -> None:
    a, b = nodes
    cookie = sign_in(b, "call_taker")
    frames: list[str] = []
    opened = threading.Event()

    def look() -> None:
        with b.client(cookie) as watcher, watcher.stream("GET", "/api/live") as answer:
            for line in answer.iter_lines():
                if line.startswith("id: "):
                    frames.append(line)
                    opened.set()
                if line.startswith("event: cut"):
                    return

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    assert opened.wait(30)
    with b.client(cookie) as taker:
        before = taker.post("/api/calls", json={"place": _PLACE, "kind": "medical", "key": "1"}).json()
        a.house.ledger._sequencer.close()  # it leads no more, as one that was stopped: the other hears of it within a second
        after = taker.post("/api/calls", json={"place": _PLACE, "kind": "medical", "key": "2"})
        assert after.status_code == 200, after.text
        assert after.json()["position"] > before["position"] and b.house.ledger.leads
    until(lambda: any(line.startswith(f"id: {b.house.ledger.head()}.") for line in frames))
    assert looking.is_alive() and len(set(frames)) == len(frames)


def test_nobody_outside_passes_for_a_node(nodes: tuple[Served, Served]) -> None:
    a, b = nodes
    cookie = sign_in(a, "dispatcher")
    for said in (b"https 10.0.0.1 00", b"https 10.0.0.1", b"x", b"\xe9 \xff"):
        for node in (a, b):
            with node.client(cookie, {NODE.decode(): said}) as client:
                answer = client.get("/api/me")
                assert answer.status_code == 200 and answer.json()["name"] == "dispatcher"  # as if it were not there: not another's scheme, nor address
                assert "x-tocsin-head" not in answer.headers


def test_a_node_alone_says_that_nobody_leads(nodes: tuple[Served, Served], monkeypatch: pytest.MonkeyPatch) -> None:
    _, b = nodes
    cookie = sign_in(b, "dispatcher")
    monkeypatch.setattr("tocsin.edges.web.handing.WAIT_S", 0.6)
    monkeypatch.setattr(type(b.house.ledger), "leader", lambda ledger: None)
    with b.client(cookie) as desk:
        answer = desk.post("/api/calls", json={"place": _PLACE, "kind": "medical", "key": "1"})
        assert (answer.status_code, answer.json()["code"]) == (503, "no_leader") and answer.headers["retry-after"]
        assert desk.get("/api/board").status_code == 200


def test_each_node_tells_of_itself_and_the_one_that_follows_of_its_leader(nodes: tuple[Served, Served]) -> None:
    a, b = nodes
    cookie = sign_in(b, "supervisor")
    number = "4bf92f3577b34da6a3ce929d0e0e4736"
    with a.client(cookie) as first, b.client(cookie) as second:
        passed = second.post("/api/incidents/none/notes", json={"note": "n"}, headers={"x-request-id": number})
        assert passed.status_code == 404 and passed.headers.get_list("x-request-id") == [number], "one number, though two nodes saw it"
        until(lambda: a.house.ledger.head() == b.house.ledger.head() and b.house.ledger.leader() is not None and b.house.pulse.probed is not None
              and all([one.head for one in node.house.pulse.others] == [a.house.ledger.head()] for node in nodes))
        leads, follows = first.get("/api/duty").json(), second.get("/api/duty").json()
        assert [(row["node"], row["leads"]) for row in leads["nodes"]] == [("a", True), ("b", False)]
        assert [(row["node"], row["leads"]) for row in follows["nodes"]] == [("b", False), ("a", True)]
        assert follows["nodes"][0]["lag"] >= 0 and follows["apart"] and follows["round_trip_s"] is not None
        for mine, other, port in ((leads, leads["nodes"][1], b.port), (follows, follows["nodes"][1], a.port)):
            assert (other["address"], other["version"], other["lag"], other["silent"]) == (f"http://127.0.0.1:{port}", "1", 0, False)
            assert other["head"] == leads["head"] and other["heard_s"] < SILENT_S and mine["nodes"][0]["heard_s"] is None
        assert "tocsin_node_leads 1.0" in first.get("/api/metrics").text and "tocsin_followers_current 1.0" in first.get("/api/metrics").text
        said = second.get("/api/metrics").text
        assert "tocsin_node_leads 0.0" in said and "tocsin_node_lag_entries" in said
        parts = {part["name"]: part["state"] for part in second.get("/health").json()["parts"]}
        assert (parts["lead"], parts["database"]) == ("ok", "ok")
        assert "lead" not in {part["name"] for part in first.get("/health").json()["parts"]}


def test_a_node_that_went_silent_is_shown_at_the_leader_with_what_that_means(nodes: tuple[Served, Served], monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = nodes

    def followers() -> Part:
        return next(part for part in Watched(a.house, a.house.ledger.folder.parent, small_city().path).look().parts if part.name == "followers")

    with a.client(sign_in(a, "supervisor")) as desk:
        until(lambda: followers().state == "ok")
        monkeypatch.setattr(b.house.pulse, "beat", lambda: None)  # as one that is frozen or cut off: nothing more is said
        monkeypatch.setattr("tocsin.edges.web.health.SILENT_S", 2.0)
        until(lambda: followers().state == "low")
        said = followers()
        assert said.says and "b has been silent for" in said.says.en and said.says.zh.startswith("节点 b 已")
        assert said.works and "nobody takes over" in said.works.en and "无节点接替" in said.works.zh
        row = desk.get("/api/duty").json()["nodes"][1]
        assert (row["node"], row["silent"]) == ("b", True) and row["heard_s"] > 2
        figures = desk.get("/api/metrics").text
        assert "tocsin_followers_current 0.0" in figures and "tocsin_nodes_silent 1.0" in figures
        monkeypatch.undo()
        until(lambda: followers().state == "ok")
