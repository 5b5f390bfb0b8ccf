"""Heads that are too large and requests that drip, written byte by byte to a real server: refused with a code, cut off in time, nobody held up."""

import json
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest

from tests.edges.web.running import AGENT, Running
from tests.floor import corner
from tocsin.edges.web import arriving
from tocsin.edges.web.gate import SAFE_HEADERS
from tocsin.edges.web.sizes import (
    MOST_COOKIE,
    MOST_HEAD,
    MOST_HEADERS,
    MOST_HEADERS_BYTES,
    MOST_PARAMETER,
    MOST_PARAMETERS,
    MOST_TARGET,
)

PLACES = [("POST", "/api/calls"), ("POST", "/api/sign-in"), ("GET", "/api/board"), ("GET", "/api/live"), ("GET", "/health"), ("GET", "/"), ("GET", "/nowhere")]
CALL = {"place": {"lon": corner(1, 1).lon, "lat": corner(1, 1).lat}, "kind": "medical"}


@contextmanager
def plug(floor: Running) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", floor.port), timeout=10) as one:
        yield one


def head(verb: str, target: str, *lines: str, cookie: str = "") -> bytes:
    more = [*lines, f"cookie: tocsin_session={cookie}"] if cookie else lines
    return "\r\n".join((f"{verb} {target} HTTP/1.1", "host: localhost", "x-tocsin: 1", f"user-agent: {AGENT}", *more, "", "")).encode("latin-1")


def answer(one: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Everything up to the end of one answer whose length is told, and nothing of the next, which may lie in the same packet."""
    said = b""
    while not said.endswith(b"\r\n\r\n"):
        said += _some(one, 1)
    status, *lines = said[:-4].decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = b""
    while len(body) < int(headers["content-length"]):
        body += _some(one, int(headers["content-length"]) - len(body))
    return int(status.split(" ")[1]), headers, body


def _some(one: socket.socket, most: int) -> bytes:
    got = one.recv(most)
    assert got, "hung up in the middle of an answer"
    return got


def closed_after(one: socket.socket, most_s: float) -> float:
    """Seconds until the other side hangs up."""
    began = time.perf_counter()
    one.settimeout(most_s)
    with suppress(ConnectionError):
        while one.recv(65_536):
            pass
    return time.perf_counter() - began


def many(count: int, size: int) -> list[str]:
    return [f"x-{number}: {'a' * size}" for number in range(count)]


def question(count: int, size: int) -> str:
    return "?" + "&".join(f"p{number}={'a' * size}" for number in range(count))


TOO_LARGE = {
    "address": ("/" + "a" * MOST_TARGET, [], 414, "address_long"),
    "address that never ends": ("/" + "a" * MOST_HEAD, [], 414, "address_long"),
    "question": (question(40, 300), [], 414, "address_long"),
    "headers": ("", many(30, MOST_HEADERS_BYTES // 30), 431, "headers_large"),
    "one header": ("", many(1, MOST_HEADERS_BYTES), 431, "headers_large"),
    "one header that never ends": ("", many(1, MOST_HEAD), 431, "headers_large"),
    "number of headers": ("", many(MOST_HEADERS, 1), 431, "headers_large"),
    "cookie": ("", [f"cookie: a={'b' * MOST_COOKIE}"], 431, "cookie_large"),
    "number of parts": (question(MOST_PARAMETERS + 1, 1), [], 400, "query_large"),
    "one part": (question(1, MOST_PARAMETER), [], 400, "query_large"),
}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_a_head_larger_than_any_honest_one_is_refused_before_anything_else(floor: Running, what: str) -> None:
    target, lines, status, code = TOO_LARGE[what]
    cookie = floor.cookie("dispatcher")
    before = floor.house.ledger.head()
    for verb, path in PLACES:
        for who in ("", cookie if not what.startswith("cookie") else ""):
            with plug(floor) as one:
                body = json.dumps(CALL).encode() if verb == "POST" else b""
                sent = head(verb, path + target if not target.startswith("/") else target, "content-type: application/json", f"content-length: {len(body)}", *lines, cookie=who)
                if what == "address that never ends":
                    sent, body = sent.partition(b" HTTP/1.1")[0], b""
                elif "never ends" in what:
                    sent, body = sent.rpartition(b"\r\n\r\n")[0], b""
                one.sendall(sent + body)
                got, headers, said = answer(one)
                assert (got, json.loads(said)["code"], headers["content-type"]) == (status, code, "application/problem+json"), (verb, path)
                assert json.loads(said)["title_zh"] != json.loads(said)["title"]
                assert headers["cache-control"] == "no-store"
                assert {name.decode() for name, _ in SAFE_HEADERS} <= headers.keys()
    assert floor.house.ledger.head() == before, "no call was taken, and no sign-in was tried"


def test_the_largest_honest_head_is_taken(floor: Running) -> None:
    lines = many(MOST_HEADERS - 10, 100)
    for target in ("/api/places?q=" + "%E5%8C%97" * 60, "/api/incidents/alike?lon=24.9&lat=60.15&words=" + "%E7%81%AB" * 300):
        with plug(floor) as one:
            one.sendall(head("GET", target, *lines, cookie=floor.cookie("dispatcher")))
            assert answer(one)[0] == 200, target


def test_bytes_that_are_no_request_get_a_problem(floor: Running) -> None:
    with plug(floor) as one:
        one.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\nno colon here\r\n\r\n")
        status, headers, said = answer(one)
        assert (status, json.loads(said)["code"], headers["connection"]) == (400, "bad_request", "close")
        assert closed_after(one, 5) < 2


def desk_calls(floor: Running, count: int = 5) -> float:
    """A desk takes calls, each on a connection of its own; the longest wait in seconds."""
    waits, cookie = [], floor.cookie("dispatcher")
    for _ in range(count):
        began = time.perf_counter()
        with floor.client(cookie=cookie) as desk:
            assert desk.post("/api/calls", json=CALL).status_code == 200
        waits.append(time.perf_counter() - began)
    return max(waits)


@pytest.mark.parametrize("begun", [b"", b"GET /health?a", b"GET /api/health HTTP/1.1\r\nhost: localhost\r\nx-a: "])
def test_a_head_that_drips_is_cut_off_in_time_and_holds_up_nobody(floor: Running, monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    monkeypatch.setattr(arriving, "HEAD_S", 1.0)
    with plug(floor) as one:
        began = time.perf_counter()
        one.sendall(begun)
        said = b""
        assert desk_calls(floor, 2) < 1.0
        one.settimeout(0.1)
        with suppress(ConnectionError):
            while time.perf_counter() - began < 5:
                one.sendall(b"a" if begun else b"")
                with suppress(TimeoutError):
                    got = one.recv(65_536)
                    said += got
                    if not got:
                        break
        assert 0.9 < time.perf_counter() - began < 3.0
    if begun:
        assert said.startswith(b"HTTP/1.1 408 "), said
        assert b"too_slow" in said


def test_a_later_request_that_drips_is_cut_off_as_well(floor: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "HEAD_S", 1.0)
    with plug(floor) as one:
        one.sendall(head("GET", "/health"))
        assert answer(one)[0] == 200
        time.sleep(1.5)
        one.sendall(head("GET", "/health"))
        assert answer(one)[0] == 200, "a connection may be idle for longer than that"
        one.sendall(head("GET", "/health") + b"GET /api/hea")
        assert answer(one)[0] == 200
        status, _, said = answer(one)
        assert (status, json.loads(said)["code"]) == (408, "too_slow")
        assert closed_after(one, 5) < 2


@pytest.mark.parametrize(("path", "status"), [("/api/calls", 408), ("/api/sign-in", 408), ("/trackers/osmand", 408), ("/api/nowhere", 401)])
def test_a_body_that_drips_is_answered_in_time_and_its_connection_ended(floor: Running, monkeypatch: pytest.MonkeyPatch, path: str, status: int) -> None:
    for module in ("app", "bare"):
        monkeypatch.setattr(sys.modules[f"tocsin.edges.web.{module}"], "BODY_S", 0.8)
    monkeypatch.setattr(arriving, "LINGER_S", 1.0)
    with plug(floor) as one:
        one.sendall(head("POST", path, "content-type: application/json", "content-length: 5000", cookie=floor.cookie("dispatcher") if "calls" in path else ""))
        began, said = time.perf_counter(), b""
        one.settimeout(0.1)
        with suppress(ConnectionError):
            while time.perf_counter() - began < 8:
                one.sendall(b" ")
                with suppress(TimeoutError):
                    got = one.recv(65_536)
                    said += got
                    if not got:
                        break
        took = time.perf_counter() - began
    assert said.startswith(f"HTTP/1.1 {status} ".encode()), said
    assert took < 4.0


def test_a_crowd_of_idle_connections_keeps_nobody_out(floor: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "MOST_IDLE", 20)
    with plug(floor) as asking, plug(floor) as streaming:
        streaming.sendall(head("GET", "/api/live", cookie=floor.cookie("dispatcher")))
        assert streaming.recv(64).startswith(b"HTTP/1.1 200")
        crowd = [socket.create_connection(("127.0.0.1", floor.port), timeout=5) for _ in range(60)]
        try:
            assert desk_calls(floor) < 2.0
            assert closed_after(asking, 5) < 2, "the one that has been idle longest went first"
            assert closed_after(crowd[0], 5) < 2
            with pytest.raises(TimeoutError):
                closed_after(crowd[-1], 0.3)
            streaming.settimeout(5)
            assert streaming.recv(64), "one on which something is asked is never among them"
        finally:
            for one in crowd:
                one.close()


def test_connections_that_have_shown_a_key_or_a_session_are_not_among_the_crowd(floor: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """All from one address: a tracker, a machine and a console stay connected, one whose key was wrong goes with the strangers."""
    monkeypatch.setattr(arriving, "MOST_IDLE", 20)
    key = floor.people.add_device("kept")
    shown = {
        "tracker": head("GET", f"/trackers/osmand?id={key}"),
        "machine": head("GET", "/api/health", f"authorization: Bearer {floor.device_key}"),
        "console": head("GET", "/api/health", cookie=floor.cookie("dispatcher")),
        "wrong key": head("GET", "/trackers/osmand?id=wrong")}
    with plug(floor) as one, plug(floor) as two, plug(floor) as three, plug(floor) as four:
        lines = dict(zip(shown, (one, two, three, four), strict=True))
        for who, line in lines.items():
            line.sendall(shown[who])
            answer(line)
        crowd = [socket.create_connection(("127.0.0.1", floor.port), timeout=5) for _ in range(60)]
        try:
            assert closed_after(four, 5) < 2
            for who in ("tracker", "machine", "console"):
                lines[who].sendall(shown[who])
                assert answer(lines[who])[0] in (200, 403), who
            with plug(floor) as five:
                five.sendall(shown["tracker"] + head("GET", "/health"))
                answer(five)
                answer(five)  # the last that was asked showed nothing: it is a stranger's again
                crowd += [socket.create_connection(("127.0.0.1", floor.port), timeout=5) for _ in range(30)]
                assert closed_after(five, 5) < 2
        finally:
            for held in crowd:
                held.close()


def test_a_key_holds_so_many_idle_connections_and_its_own_first_goes(floor: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "KEPT_EACH", 3)
    one, other = floor.people.add_device("many"), floor.people.add_device("one")
    with plug(floor) as beside:
        beside.sendall(head("GET", f"/trackers/osmand?id={other}"))
        answer(beside)
        held = []
        for _ in range(4):
            held.append(line := socket.create_connection(("127.0.0.1", floor.port), timeout=5))
            line.sendall(head("GET", f"/trackers/osmand?id={one}"))
            answer(line)
        assert closed_after(held[0], 5) < 2
        for line in (beside, *held[1:]):
            line.sendall(head("GET", "/health"))
            assert answer(line)[0] == 200
        for line in held:
            line.close()


def test_a_connection_that_goes_on_asking_stays(floor: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "HEAD_S", 0.5)
    monkeypatch.setattr(arriving, "LINGER_S", 0.5)
    with httpx.Client(base_url=f"http://127.0.0.1:{floor.port}", trust_env=False, headers={"user-agent": AGENT}) as client:
        ports = {client.get("/health").extensions["network_stream"].get_extra_info("client_addr") for _ in range(6) if not time.sleep(0.3)}
    assert len(ports) == 1
