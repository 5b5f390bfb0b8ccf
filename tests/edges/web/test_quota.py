"""Quotas by counting what is admitted: one who hammers is stopped in that lane alone, and everybody else's calls are all taken."""

import msgspec
import pytest

from tests.edges.web.running import Running
from tests.floor import StillClock, asker, corner
from tocsin.edges.web import quota
from tocsin.edges.web.gate import Known
from tocsin.edges.web.menu import Line
from tocsin.edges.web.quota import ALLOWED, Allowance, Quotas, lane_of
from tocsin.kernel import Refused

_LOOK = Line(verb="GET", path="/look", says="", roles=(), purpose="response")
_QUICK = Line(verb="POST", path="/do", says="", roles=(), purpose="response")
_LATER = Line(verb="GET", path="/report", says="", roles=(), purpose="planning")
_OPEN = Line(verb="GET", path="/open", says="", roles=None, purpose="response")


def _known(name: str) -> Known:
    return Known(asker(name, "dispatcher"), None)


def _admitted(quotas: Quotas, who: str, line: Line, tries: int) -> int:
    count = 0
    for _ in range(tries):
        try:
            quotas.take(_known(who), line)
        except Refused as no:
            assert (no.code, no.status) == ("quota_spent", 429)
        else:
            count += 1
    return count


def test_a_bucket_holds_its_burst_and_fills_with_time_up_to_it() -> None:
    clock = StillClock()
    quotas, look = Quotas(clock), ALLOWED["look"]
    assert _admitted(quotas, "a", _LOOK, look.burst + 50) == look.burst
    clock.pass_s(2)
    assert _admitted(quotas, "a", _LOOK, look.burst) == 2 * look.per_s
    clock.pass_s(1_000_000)
    assert _admitted(quotas, "a", _LOOK, 2 * look.burst) == look.burst


def test_each_lane_and_each_asker_has_its_own() -> None:
    quotas = Quotas(StillClock())
    assert _admitted(quotas, "a", _LATER, 10_000) == ALLOWED["later"].burst
    assert _admitted(quotas, "a", _LOOK, 10_000) == ALLOWED["look"].burst
    assert _admitted(quotas, "a", _QUICK, ALLOWED["quick"].burst) == ALLOWED["quick"].burst
    assert _admitted(quotas, "b", _LATER, 5) == 5
    assert _admitted(quotas, "a", _OPEN, 10_000) == 10_000, "what is open to anybody is not counted by asker"
    quotas.take(None, _LOOK)


def test_emergency_commands_have_by_far_the_most() -> None:
    assert all(ALLOWED["quick"].burst >= 5 * other.burst for pace, other in ALLOWED.items() if pace != "quick")
    assert all(each.per_s >= 1 for each in ALLOWED.values()), "Retry-After says one second, and after one there is something again"


def test_a_clock_that_jumps_neither_starves_nor_floods() -> None:
    clock = StillClock()
    quotas, look = Quotas(clock), ALLOWED["look"]
    assert _admitted(quotas, "a", _LOOK, look.burst - 10) == look.burst - 10
    clock.pass_s(-3600)
    assert _admitted(quotas, "a", _LOOK, 50) == 10
    clock.pass_s(1)
    assert _admitted(quotas, "a", _LOOK, look.burst) == look.per_s, "it goes on filling from the new time"
    clock.pass_s(86_400)
    assert _admitted(quotas, "a", _LOOK, 2 * look.burst) == look.burst


def test_memory_is_bounded_and_the_longest_silent_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "_MOST_KEPT", 100)
    quotas = Quotas(StillClock())
    _admitted(quotas, "busy", _LATER, 10_000)
    for number in range(1_000):
        quotas.take(_known(f"n{number}"), _LOOK)
        if number % 50 == 0:
            assert _admitted(quotas, "busy", _LATER, 1) == 0, "who goes on hammering is not forgotten"
    assert len(quotas) == 100


def test_every_line_has_a_lane_and_the_floors_own_work_the_great_ones(floor: Running) -> None:
    lanes = {(line.verb, line.path): lane_of(line) for line in floor.web.menu}
    assert set(lanes.values()) == set(ALLOWED)
    assert lanes["POST", "/api/calls"] == lanes["POST", "/api/positions"] == lanes["POST", "/api/units/{unit}/state"] == "quick"
    assert lanes["POST", "/api/incidents/{incident}/offers"] == "weighty"
    assert lanes["GET", "/api/board"] == lanes["GET", "/api/incidents/{incident}/story"] == lanes["GET", "/api/live"] == "look"


def test_one_who_hammers_reads_is_stopped_and_anothers_calls_are_all_taken(floor: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Allowance(burst=40, per_s=1)
    monkeypatch.setitem(ALLOWED, "look", small)
    call = msgspec.to_builtins({"place": corner(1, 1), "kind": "medical"})
    with floor.client(cookie=floor.cookie("dispatcher")) as hammering, floor.client(cookie=floor.cookie("dispatcher")) as desk:
        since = floor.people.clock.now()
        read, taken = [], []
        for turn in range(120):
            read.append(hammering.get("/api/board", headers={"accept-encoding": "identity"}))
            if turn % 4 == 0:
                taken.append(desk.post("/api/calls", json=call).status_code)
        passed_s = (floor.people.clock.now() - since) / 1_000_000
        assert taken == [200] * 30
        admitted = sum(answer.status_code == 200 for answer in read)
        assert small.burst <= admitted <= small.burst + passed_s * small.per_s + 1
        refused = next(answer for answer in read if answer.status_code != 200)
        assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (429, "quota_spent", "1")
        assert hammering.post("/api/calls", json=call).status_code == 200, "who has read too much can still take a call"
        assert desk.get("/api/board").status_code == 200, "another session of the same person has its own"
