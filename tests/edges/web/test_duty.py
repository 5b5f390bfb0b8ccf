"""The house looked at from outside and by whoever is on duty for it: an open word without figures, figures for a monitor with a key of its own, one page."""

import asyncio
import re
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.edges.web.running import Listener, Running, running
from tests.floor import corner, on_duty
from tests.shared import ROOT
from tocsin.house.lanes import LANES
from tocsin.house.saving import drill
from tocsin.kernel import Refused

_CALLER, _NUMBER = "Quibble Zarf", "+358405558812"
_CALL = {"place": {"lon": 24.9, "lat": 60.15}, "kind": "medical", "caller": _CALLER, "number": _NUMBER}


@pytest.fixture(scope="module")
def duty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("duty")) as served:
        yield served


def monitor(floor: Running, doors: tuple[str, ...] = ("/api/metrics",)) -> httpx.Client:
    """A machine with a key of its own, made by an administrator."""
    given = floor.as_("admin").post("/api/keys", json={"name": f"monitor {len(floor.people.devices())}", "doors": doors, "days": 30})
    assert given.status_code == 200, given.text
    return floor.client(bearer=given.json()["key"])


def figures(client: httpx.Client) -> dict[tuple[str, tuple[str, ...]], float]:
    answer = client.get("/api/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    return {(sample.name, tuple(sorted(sample.labels.values()))): sample.value for family in text_string_to_metric_families(answer.text) for sample in family.samples}


def test_anybody_learns_whether_the_house_serves_and_no_figure(duty: Running) -> None:
    duty.as_("dispatcher").post("/api/calls", json=_CALL)
    answer = duty.as_("nobody").get("/health")
    assert answer.status_code == 200
    said = answer.json()
    assert set(said) == {"ok", "reads", "keeps", "parts"} and said["reads"] and said["keeps"]
    assert {"ledger", "disk", "clock", "lanes", "positions"} <= {part["name"] for part in said["parts"]}
    assert all(set(part) == {"name", "state"} for part in said["parts"])
    assert not re.search(r"\d", answer.text), "how much a city works is not an outsider's to know"
    assert duty.as_("nobody").get("/api/health").status_code == 401


def test_figures_need_a_key_that_names_their_door_and_tell_of_nobody(duty: Running) -> None:
    assert duty.as_("nobody").get("/api/metrics").status_code == 401
    refused = duty.as_("device").get("/api/metrics")
    assert (refused.status_code, refused.json()["code"]) == (403, "key_scope"), "a tracker's key, which is for every door of its role, is not for this"
    with monitor(duty) as monitoring:
        before = figures(monitoring)
        assert monitoring.post("/api/positions", json={"fixes": []}).status_code == 403, "and this key is for nothing else"
        taken = duty.as_("dispatcher").post("/api/calls", json=_CALL).json()["subject"].removeprefix("call:")
        duty.as_("dispatcher").get(f"/api/incidents/{taken}/story")
        duty.as_("dispatcher").post("/api/incidents/none/close", json={"outcome": "done"})
        for n in range(50):
            duty.as_("dispatcher").get(f"/api/nowhere/{n}")
        on_duty(duty.house, "E7", "engine", corner(1, 1), f"2026-03-04D{len(before)}")
        with Listener(duty.port, duty.cookie("dispatcher")) as listener:
            listener.hear()
            after = figures(monitoring)
        text = monitoring.get("/api/metrics").text

    def more(name: str, *labels: str) -> float:
        key = name, tuple(sorted(labels))
        return after.get(key, 0) - before.get(key, 0)

    assert more("tocsin_requests_total", "POST", "/api/calls", "ok") == 1
    assert more("tocsin_request_seconds_count", "POST", "/api/calls") == 1
    assert more("tocsin_requests_total", "ANY", "elsewhere", "no_such_door") == 50
    assert more("tocsin_lane_seconds_count", "quick") >= 1
    assert more("tocsin_ledger_head") >= 3
    assert more("tocsin_ledger_write_seconds_count") >= 1
    assert more("tocsin_streams_open") == 1
    assert after["tocsin_database_up", ()] == after["tocsin_node_leads", ()] == after["tocsin_ledger_keeps", ()] == 1
    assert after["tocsin_part_state", ("ledger",)] == 0
    assert after["process_resident_memory_bytes", ()] > 1e6
    assert len(after) - len(before) < 60, "addresses that are none make no figures of their own"
    for secret in (_CALLER, _NUMBER, taken, "E7", "dispatcher", "127.0.0.1"):
        assert secret not in text, secret


def test_a_lane_that_turns_work_of_the_response_away_stands_in_health(duty: Running) -> None:
    async def crowd() -> None:
        lanes = duty.house.lanes
        lanes.inside["quick"] += LANES["quick"].most
        try:
            with pytest.raises(Refused, match="overloaded"):
                await lanes.run("quick", lambda: None)
        finally:
            lanes.inside["quick"] -= LANES["quick"].most

    assert next(part for part in duty.as_("dispatcher").get("/api/health").json()["parts"] if part["name"] == "lanes")["state"] == "ok"
    asyncio.run(crowd())
    said = next(part for part in duty.as_("dispatcher").get("/api/health").json()["parts"] if part["name"] == "lanes")
    assert said["state"] == "failed" and "turned away" in said["says"]["en"] and said["works"]["zh"]


def test_the_page_of_duty_has_everything_on_it(duty: Running) -> None:
    assert duty.as_("dispatcher").get("/api/duty").status_code == 403
    drill.keep(duty.data, drill.Drill(at=1_772_000_000_000_000, ok=True, minutes=3.5, run=3, entries=812, bytes=9_000, steps={}, lost_s=60, lost_entries=0, rows=None, why=(),
                                      again_within_days=30))
    duty.as_("dispatcher").post("/api/calls", json=_CALL)
    said = duty.as_("supervisor").get("/api/duty").json()
    assert [lane["lane"] for lane in said["lanes"]] == list(LANES)
    quick = said["lanes"][0]
    assert 0 < quick["p50_s"] <= quick["p95_s"] <= quick["p99_s"] < 5
    assert said["nodes"] == [{"node": "here", "leads": True, "head": said["head"], "lag": 0, "version": said["nodes"][0]["version"], "address": "", "heard_s": None,
                              "silent": False, "ahead_s": None}]
    assert said["drill"]["entries"] == 812 and said["copied_at"] is None and not said["copies_behind"]
    assert said["place"] == "SQLite" and not said["apart"]
    assert 0 < said["free_bytes"] <= said["disk_bytes"]
    assert all(part["since"] for part in said["parts"])
    for left in (b"", b"[1]", b'{"at": "soon"}'):
        (duty.data / "drill.json").write_bytes(left)
        assert duty.as_("supervisor").get("/api/duty").json()["drill"] is None


@pytest.mark.parametrize("given", ["4bf92f3577b34da6a3ce929d0e0e4736", "5f2b3a1c-9d4e-4c11-8a77-0123456789ab"])
def test_a_requests_number_is_echoed_in_bounded_form(duty: Running, given: str) -> None:
    asked = duty.as_("dispatcher")
    assert asked.get("/api/me", headers={"x-request-id": given}).headers["x-request-id"] == given
    for odd in ("", "a" * 33, "Quibble Zarf", "0405558812", given.upper()):
        made = asked.get("/api/me", headers={"x-request-id": odd}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{32}", made) and made != odd
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    answer = asked.get("/api/me", headers={"traceparent": parent})
    assert (answer.headers["traceparent"], answer.headers["x-request-id"]) == (parent, "4bf92f3577b34da6a3ce929d0e0e4736")


def test_every_figure_that_the_docs_watch_is_one_that_is_told(duty: Running) -> None:
    page = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8").partition("## Watching Tocsin")[2].partition("\n## ")[0]
    named = set(re.findall(r"\b(?:tocsin|process)_[a-z_]+\b", page))
    with monitor(duty) as monitoring:
        duty.as_("dispatcher").post("/api/calls", json=_CALL)
        text = monitoring.get("/api/metrics").text
    told = {word for line in text.splitlines() if line.startswith("# TYPE") for word in (line.split()[2],)}
    told |= {f"{name}_{ending}" for name in told for ending in ("bucket", "count", "sum")} | set(re.findall(r"^\w+", text, re.MULTILINE))
    assert len(named) >= 6
    assert named - told == set()
    assert len(re.findall(r"^\s+- alert: ", page, re.MULTILINE)) >= 6


def test_every_part_of_health_has_its_words_on_the_page() -> None:
    edges = ROOT / "src" / "tocsin" / "edges"
    named = {name for path in edges.rglob("*.py") for name in re.findall(r'Part\(name="(\w+)"', path.read_text())}
    worded = set(re.findall(r"(\w+): m\.fail_part_", (ROOT / "console" / "src" / "view" / "parts.ts").read_text()))
    assert named and named <= worded, named - worded
