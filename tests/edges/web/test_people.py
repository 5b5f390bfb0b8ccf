"""Signing in, staying in, leaving; passwords that work once; keys; forged cookies; guesses that slow the guesser only."""

import asyncio
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.edges.web.running import Running
from tests.floor import StillClock
from tocsin.edges.web.attempts import Attempts
from tocsin.edges.web.keys import new_key
from tocsin.edges.web.papers import PaperFolder
from tocsin.edges.web.people import STAFF, People
from tocsin.edges.web.sessions import LASTS_S, Sessions
from tocsin.kernel import Refused


def _no(people: People, name: str, password: str, address: str = "10.0.0.1") -> str:
    with pytest.raises(Refused) as no:
        asyncio.run(people.prove(name, password, address))
    return no.value.code


def test_in_and_out_over_http(floor: Running) -> None:
    with floor.client() as client:
        assert client.get("/api/me").status_code == 401
        answer = client.post("/api/sign-in", json={"name": "planner", "password": "pass word planner"})
        said = answer.headers["set-cookie"]
        assert all(part in said for part in ("tocsin_session=", "HttpOnly", "SameSite=Strict", "Path=/", f"Max-Age={LASTS_S}"))
        assert "Secure" not in said
        me = client.get("/api/me").json()
        assert me == answer.json()
        assert (me["name"], me["roles"], me["demo"], me["city"]["name"]) == ("planner", ["planner"], False, "Drawn Town")
        assert "/api/plan" in me["doors"]
        assert "/api/calls" not in me["doors"]
        value = answer.cookies["tocsin_session"]
        assert client.post("/api/sign-out").status_code == 204
        assert client.get("/api/me").status_code == 401
    with floor.client(cookie=value) as again:
        assert again.get("/api/me").status_code == 401
    assert Sessions(floor.data, floor.people.clock).believe(value) is None, "remembered past a restart"


def test_wrong_name_and_wrong_password_are_answered_alike(floor: Running) -> None:
    with floor.client() as client:
        answers = [client.post("/api/sign-in", json={"name": name, "password": "x"}) for name in ("admin", "nobody at all")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


def test_demo_passwords_work_once(tmp_path: Path) -> None:
    people, passwords = People.demo(tmp_path, StillClock())
    assert [name for name, _ in passwords] == [*STAFF, "partner"]
    name, password = passwords[0]
    assert asyncio.run(people.prove(name, password, "a")).roles == (name,)
    assert _no(people, name, password) == "sign_in_failed"
    again = People(tmp_path, StillClock())
    assert _no(again, name, password) == "sign_in_failed"
    assert again.roles(name) == (name,), "the session that was given stays good"
    fresh, changed = People.demo(tmp_path, StillClock())
    assert changed[0][1] != password
    assert asyncio.run(fresh.prove(*changed[0], "a")).name == name


def test_a_one_time_password_used_twice_at_the_same_moment_lets_one_in(tmp_path: Path) -> None:
    people, passwords = People.demo(tmp_path, StillClock())

    async def both() -> list[object]:
        return list(await asyncio.gather(*(people.prove(*passwords[1], "a") for _ in range(2)), return_exceptions=True))
    assert sorted(isinstance(said, Refused) for said in asyncio.run(both())) == [False, True]


def test_only_hashes_are_kept_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    people, passwords = People.demo(tmp_path, StillClock())
    key = people.add_device("tracker 1")
    Sessions(tmp_path, StillClock())
    text = (tmp_path / "people.json").read_text()
    assert "$argon2id$" in text
    assert not any(secret in text for secret in (key, *(password for _, password in passwords)))
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    found = People(tmp_path, StillClock()).device(key)
    assert found is not None
    assert (found.name, found.roles) == ("tracker 1", ("device",))
    assert people.device(key + "x") is None


def test_guesses_slow_the_guesser_and_nobody_else(tmp_path: Path) -> None:
    clock = StillClock()
    people = People(tmp_path, clock)
    people.add("desk", ("dispatcher",), "the right one")
    assert [_no(people, "desk", "wrong", "10.9.9.9") for _ in range(5)] == ["sign_in_failed"] * 4 + ["slow_down"]
    assert _no(people, "desk", "the right one", "10.9.9.9") == "slow_down"
    assert asyncio.run(people.prove("desk", "the right one", "10.0.0.1")).name == "desk", "another address is not held up"
    clock.pass_s(1)
    assert asyncio.run(people.prove("desk", "the right one", "10.9.9.9")).name == "desk"


def test_the_wait_doubles_to_a_minute_and_no_further() -> None:
    clock = StillClock()
    attempts = Attempts(clock)
    waits = []
    for _ in range(12):
        attempts.begin("desk", "10.9.9.9")
        waits.append(next(s for s in range(100) if _passes(attempts, clock, s)))
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    attempts.succeeded("desk", "10.9.9.9")
    attempts.begin("desk", "10.9.9.9")
    attempts.begin("desk", "10.9.9.9")


def _passes(attempts: Attempts, clock: StillClock, seconds: int) -> bool:
    """Whether the wait is over; a second is let pass where it is not."""
    if attempts.waits("desk", "10.9.9.9"):
        clock.pass_s(1)
        return False
    return True


def test_many_guessers_are_forgotten_oldest_first() -> None:
    attempts = Attempts(StillClock())
    for n in range(10_050):
        for _ in range(4 if n in (0, 10_049) else 1):
            attempts.begin(f"desk {n}", f"address {n}")
    assert not attempts.waits("desk 0", "address 0")
    assert attempts.waits("desk 10049", "address 10049")


def test_a_flood_of_sign_ins_is_pushed_back(tmp_path: Path) -> None:
    people = People(tmp_path, StillClock())

    async def flood() -> list[object]:
        return list(await asyncio.gather(*(people.prove(f"n{n}", "x", "a") for n in range(20)), return_exceptions=True))
    codes = [no.code for no in asyncio.run(flood()) if isinstance(no, Refused)]
    assert (codes.count("overloaded"), codes.count("sign_in_failed")) == (4, 16)


def test_sessions_end_by_themselves(tmp_path: Path) -> None:
    clock = StillClock()
    sessions = Sessions(tmp_path, clock)
    session, value = sessions.give("desk")
    for _ in range(LASTS_S // 1200 - 1):
        clock.pass_s(1200)
        assert sessions.believe(value) == session
    clock.pass_s(1199)
    assert sessions.believe(value) == session
    clock.pass_s(1)
    assert sessions.believe(value) is None


def test_a_cookie_of_another_house_is_not_believed(tmp_path: Path) -> None:
    clock = StillClock()
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    _, value = Sessions(tmp_path / "a", clock).give("desk")
    assert Sessions(tmp_path / "b", clock).believe(value) is None


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Sessions:
    return Sessions(tmp_path_factory.mktemp("sessions"), StillClock())


@given(st.data())
def test_a_changed_cookie_is_not_believed(sessions: Sessions, data: st.DataObject) -> None:
    session, value = sessions.give("desk")
    assert sessions.believe(value) == session
    at = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.characters().filter(lambda c: c != value[at]))
    assert sessions.believe(value[:at] + other + value[at + 1:]) is None


@given(st.text())
def test_no_text_is_a_cookie(sessions: Sessions, text: str) -> None:
    assert sessions.believe(text) is None


class Counted(PaperFolder):
    """A folder of papers that says how often one was written."""

    writes = 0

    def write(self, name: str, content: bytes) -> int:
        self.writes += 1
        return super().write(name, content)


def test_keys_that_are_used_are_written_down_once_a_minute_together(tmp_path: Path) -> None:
    """Each use of ten thousand keys would write all of them."""
    clock, papers = StillClock(), Counted(tmp_path)
    people = People(tmp_path, clock, papers)
    keys = []
    for number in range(30):
        device, key = new_key(f"tracker {number}", ("device",), (), 90, clock.now())
        people.keep_device(device)
        keys.append((device.number, key))
    papers.writes = 0
    for _ in range(3):
        for number, key in keys:
            held = people.device(key)
            assert held is not None and held.used == clock.now()
            assert people.numbered(number) == held
        clock.pass_s(61)
    assert papers.writes == 3
    again = People(tmp_path, clock, papers)
    assert all(clock.now() - one.used <= 122_000_000 for one in again.devices()), "what was used is known to a minute, also after a restart"
    assert again.numbered(keys[7][0]) == next(one for one in again.devices() if one.number == keys[7][0])
    again.keep_device(None, gone=again.devices()[7].key_sha256)
    assert (again.numbered(keys[7][0]), again.numbered(""), again.numbered("none")) == (None, None, None)
