"""Nothing is open by default: every address as every role, as a device and as nobody; hosts, forged forms, safe headers."""

import socket
from contextlib import suppress

import pytest

from tests.edges.web.running import ROLES, Running
from tocsin.edges.web.menu import Line
from tocsin.edges.web.people import STAFF

_OPEN = {"/api/sign-in", "/api/sign-in/ways", "/api/sign-in/passkey/begin", "/api/sign-in/passkey", "/api/sign-in/oidc", "/api/sign-in/oidc/back",
         "/api/join", "/api/join/passkey/begin", "/api/join/passkey", "/api/join/second/begin", "/api/join/second", "/health", "/api/trail", "/api/trail/proof",
         "/tlog/checkpoint", "/tlog/checkpoint/newest", "/tlog/cosignatures", "/tlog/tile/{tile}", "/trackers/osmand", "/trackers/owntracks"}


def _ask(floor: Running, line: Line, who: str) -> tuple[int, str]:
    path = line.path.replace("{", "").replace("}", "")
    if path == "/api/sign-out" and who in (*ROLES, "partner"):
        with floor.client(cookie=floor.cookie(who)) as leaving:
            return leaving.post(path, json={}).status_code, ""
    with floor.as_(who).stream(line.verb, path, **({"json": {}} if line.verb == "POST" else {})) as answer:
        if answer.status_code < 400:
            return answer.status_code, ""
        answer.read()
        return answer.status_code, answer.json()["code"]


def test_every_door_admits_exactly_the_roles_it_lists(floor: Running) -> None:
    seen = 0
    for line in floor.web.menu:
        for who in (*ROLES, "partner", "device", "nobody"):
            status, code = _ask(floor, line, who)
            if line.roles is None:
                assert line.path in _OPEN
                assert code not in ("sign_in_first", "role_missing"), (line.path, who)
            elif who == "nobody":
                assert (status, code) == (401, "sign_in_first"), line.path
            else:
                allowed = not line.roles or who in line.roles
                assert (code != "role_missing") == allowed, (line.path, who, status, code)
                assert status not in (401, 404, 405) or code not in ("sign_in_first", "no_such_door", "wrong_verb"), (line.path, who)
                assert status < 500, (line.path, who, status)
            seen += 1
    assert seen == len(floor.web.menu) * 10
    assert {line.path for line in floor.web.menu} >= {door.path for room in floor.house.rooms for door in room.doors}


def test_no_route_exists_beside_the_menu_and_the_files(floor: Running) -> None:
    listed = {line.path.replace("}", ":path}" if line.deep else ":str}") for line in floor.web.menu}
    routes = {route.path for route in floor.web.litestar.routes}
    assert {path for path in routes - listed if path.startswith("/api")} == set()
    assert {path for path in routes - listed if not path.startswith(("/city/", "/assets/"))} <= {"/", "/index.html", "/trail"}


def test_the_city_files_are_for_staff(floor: Running) -> None:
    for who in (*ROLES, "partner", "device", "nobody"):
        status = floor.as_(who).get("/city/manifest.json").status_code
        assert status == (200 if who in STAFF else 403 if who in ("device", "partner") else 401), who


@pytest.mark.parametrize("path", ["/api/nothing", "/api/calls/", "/metrics", "/schema", "/api/units/x/y/z", "/%2e%2e/etc/passwd"])
def test_an_unlisted_address_is_401_for_nobody_and_404_inside(floor: Running, path: str) -> None:
    assert floor.as_("nobody").get(path).status_code == 401
    assert floor.as_("admin").get(path).status_code in (404, 405)


def test_wrong_verbs_are_405(floor: Running) -> None:
    for path, verbs in (("/api/calls", ("GET", "PUT", "DELETE")), ("/api/plan", ("POST", "PATCH")), ("/api/live", ("POST",)),
                        ("/city/manifest.json", ("POST", "DELETE"))):
        for verb in verbs:
            answer = floor.as_("supervisor").request(verb, path)
            assert (answer.status_code, answer.json()["code"]) == (405, "wrong_verb"), (verb, path)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "", "[::2]"])
def test_a_foreign_host_name_is_refused_even_where_all_is_open(floor: Running, host: str) -> None:
    answer = floor.as_("nobody").get("/health", headers={"host": host})
    assert (answer.status_code, answer.json()["code"]) == (421, "wrong_host")


def test_our_own_names_are_answered(floor: Running) -> None:
    for host in ("localhost", f"LOCALHOST:{floor.port}", "[::1]:8110", "127.0.0.1"):
        assert floor.as_("nobody").get("/health", headers={"host": host}).status_code == 200, host


def test_a_post_without_our_header_is_refused_before_anything_is_read(floor: Running) -> None:
    with floor.client(cookie=floor.cookie("dispatcher")) as client:
        del client.headers["x-tocsin"]
        answer = client.post("/api/calls", content=b"x" * 300_000)
    assert (answer.status_code, answer.json()["code"]) == (403, "header_missing")


def test_every_answer_carries_the_safe_headers(floor: Running) -> None:
    for who, path in (("nobody", "/"), ("nobody", "/api/me"), ("admin", "/api/me"), ("admin", "/nowhere"), ("admin", "/city/manifest.json")):
        headers = floor.as_(who).get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "server" not in headers


@pytest.mark.parametrize("raw", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                 b"POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\nX-Tocsin: 1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
                                 b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000 + b"\r\n\r\n"])
def test_bytes_that_are_no_honest_request_get_no_server_error(floor: Running, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", floor.port), timeout=5) as plug:
        said = b""
        with suppress(ConnectionError):  # hung up on in the middle of it: an answer as well
            plug.sendall(raw)
            plug.settimeout(1)
            said = plug.recv(64)
    assert said == b"" or said.startswith((b"HTTP/1.1 4", b"HTTP/1.1 200")), said
