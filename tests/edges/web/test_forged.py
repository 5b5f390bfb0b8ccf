"""What is made up or sent again: a cursor of the live stream from anywhere, and another's idempotency key."""

import http.client
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.edges.web.running import AGENT, HEADERS, Running
from tests.engines.attachments.made import photo
from tests.floor import DESK, asker, corner
from tocsin.rooms.calls.commands import TakeCall

_NUMBER = st.one_of(st.integers(0, 50), st.integers(0, 10**19), st.sampled_from([2**31, 2**32, 2**63 - 1, 2**63, 10**18 - 1, 10**18]))
_CURSOR = st.one_of(
    st.builds("{}.{}".format, _NUMBER, _NUMBER),
    st.builds("{}{}{}".format, st.sampled_from(["-", "+", " ", "0x", "٣", "1.", ""]), _NUMBER, st.sampled_from([".", ".-1", ".1.2", "e5.0", ".\u0661", ""])),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=300))


def _first_frame(port: int, cookie: str, cursor: bytes) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest("GET", "/api/live")
        for name, value in (("cookie", f"tocsin_session={cookie}".encode()), ("user-agent", AGENT.encode()), ("last-event-id", cursor)):
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        if answer.status != 200:
            return answer.status, json.loads(answer.read())
        while line := answer.readline():
            if line.startswith(b"data: ") and line != b"data: {}\n":
                return 200, json.loads(line.removeprefix(b"data: "))
        return 200, {}
    finally:
        connection.close()


@pytest.fixture(scope="module")
def streaming(floor: Running) -> str:
    floor.house.do(TakeCall(place=corner(1, 1), kind="medical"), DESK)
    return floor.cookie("dispatcher")


@settings(max_examples=60, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=_CURSOR)
def test_a_made_up_cursor_gets_the_whole_board_or_what_came_since(floor: Running, streaming: str, cursor: str) -> None:
    sent = cursor.encode("utf-8", "replace") if any(ord(one) > 255 for one in cursor) else cursor.encode("latin-1")
    if floor.house.frame(None).id == cursor.strip():
        return  # the newest there is: nothing follows until something happens
    status, frame = _first_frame(floor.port, streaming, sent)
    assert status in (200, 400), (status, frame)
    if status == 200:
        whole = floor.house.frame(None)
        assert frame["id"] == whole.id, "whatever was said, one stands at the board's end afterwards"
        rows = {(row["row"], row["id"]) for row in frame["rows"]}  # type: ignore[attr-defined, index]  # JSON
        known = {(str(type(row).__struct_config__.tag), row.id) for row in whole.rows}
        assert rows == known if frame["whole"] else rows <= known


def test_anothers_idempotency_key_is_not_theirs(floor: Running) -> None:
    for name in ("mia", "mia:7", "mia%3A7"):
        floor.people.add(name, ("dispatcher",), f"pass word {name}", alone=True)
    call = {"place": {"lon": 24.9, "lat": 60.15}, "kind": "medical"}
    said: dict[tuple[str, str], int] = {}
    for name, key in (("mia", "7:x"), ("mia:7", "x"), ("mia%3A7", "x"), ("mia", "x"), ("mia:7", "7:x")):
        with floor.client(cookie=floor.cookie(name)) as client:
            first, again = (client.post("/api/calls", json=call | {"key": key}).json() for _ in range(2))
        assert (first["repeated"], again["repeated"]) == (False, True), (name, key)
        assert first["subject"] == again["subject"]
        said[name, key] = first["position"]
    assert len(set(said.values())) == len(said), "every one of them a call of its own"


def test_anothers_key_at_a_file_is_not_theirs(floor: Running) -> None:
    for name in ("leo", "leo:7"):
        floor.people.add(name, ("dispatcher",), f"pass word {name}", alone=True)
    incident = floor.house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK).subject.removeprefix("call:")
    files = []
    for name, key in (("leo", "7:x"), ("leo:7", "x"), ("leo", "7:x")):
        with floor.client(cookie=floor.cookie(name)) as client:
            answer = client.post(f"/api/incidents/{incident}/files", content=photo(), headers=HEADERS | {
                "x-file-name": "a.jpg", "content-type": "application/octet-stream", "idempotency-key": key})
            assert answer.status_code == 200, answer.text
            files.append(answer.json()["subject"])
    assert files[0] != files[1]
    assert files[0] == files[2]


def test_whole_keys_are_one_to_one_and_older_ones_stay_as_they_were() -> None:
    assert asker("desk 1").keyed("k:1") == "desk 1:k:1"
    assert asker("desk 1").keyed("") == ""
    pairs = [(name, key) for name in ("a", "a:b", "a%3Ab", "a%b", "%", ":", "a:") for key in ("c", "b:c", ":c", "%3Ac", "3Ab:c")]
    assert len({asker(name).keyed(key) for name, key in pairs}) == len(pairs)


def test_a_machine_does_not_take_a_persons_name(floor: Running) -> None:
    with floor.client(cookie=floor.cookie("admin")) as admin:  # who has just proved who they are
        answer = admin.post("/api/keys", json={"name": "dispatcher"})
    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken"), answer.text
