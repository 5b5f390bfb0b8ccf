"""Coming in by every way, over HTTP on a real house: passkeys, codes, links, sessions, posts and keys; and everything used twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from tests.edges.web.authenticator import Authenticator
from tests.edges.web.running import Running, running
from tocsin.cli.settings import SystemClock
from tocsin.facts.access import (
    AccessEnded,
    KeyGiven,
    PostLeft,
    PostTaken,
    RolesGiven,
    SessionRevoked,
    SignedIn,
    SignedOut,
    SignInRefused,
)
from tocsin.house.envelope import disclose
from tocsin.kernel import Role


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Running]:
    """A house of its own: these tests end people's access."""
    with running(tmp_path) as floor:
        yield floor


def _browser(floor: Running) -> httpx.Client:
    """A client that calls the house by name, as a browser with passkeys does."""
    client = floor.client()
    client.headers["host"] = f"localhost:{floor.port}"
    return client


def _kept(floor: Running, kind: type) -> list[Any]:
    return [kept.fact for kept in disclose(floor.house.ledger.read(0)) if isinstance(kept.fact, kind)]


def _key(floor: Running) -> Authenticator:
    return Authenticator(f"http://localhost:{floor.port}")


def _ticket(floor: Running, name: str = "newcomer", roles: tuple[Role, ...] = ("dispatcher",), posts: tuple[str, ...] = ()) -> str:
    answer = floor.as_("admin").post("/api/people/invite", json={"name": name, "roles": roles, "posts": posts})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["path"].removeprefix("/#link="))


def _join(browser: httpx.Client, ticket: str, key: Authenticator, **named: str) -> httpx.Response:
    options = browser.post("/api/join/passkey/begin", json={"ticket": ticket, **named}).json()["options"]
    return browser.post("/api/join/passkey", json={"ticket": ticket, "credential": key.make(options), "label": "my key", **named})


def _options(browser: httpx.Client) -> str:
    return str(browser.post("/api/sign-in/passkey/begin", json={}).json()["options"])


def _code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(SystemClock().now() // 1_000_000 + 30 * steps)


def _with_second(floor: Running, name: str = "typist") -> tuple[str, str, list[str]]:
    """Somebody with a password and a second factor: the secret, the code that set it up and the recovery codes."""
    ticket = _ticket(floor, name)
    with _browser(floor) as browser:
        secret = browser.post("/api/join/second/begin", json={"ticket": ticket}).json()["secret"]
        answer = browser.post("/api/join/second", json={"ticket": ticket, "code": (code := _code(secret)), "password": "a long pass word"})
        assert answer.status_code == 200, answer.text
        assert browser.get("/api/me").json()["name"] == name, "signed in at once"
        return secret, code, answer.json()["codes"]


def test_a_passkey_is_made_under_a_link_and_signs_in(house: Running) -> None:
    key, ticket = _key(house), _ticket(house)
    with _browser(house) as browser:
        joined = _join(browser, ticket, key)
        assert (joined.status_code, joined.json()["roles"]) == (200, ["dispatcher"])
        assert browser.post("/api/sign-out", json={}).status_code == 204
        answer = browser.post("/api/sign-in/passkey", json={"credential": key.answer(_options(browser))})
        assert answer.json()["name"] == "newcomer"
        account = browser.get("/api/account").json()
        assert [one["label"] for one in account["passkeys"]] == ["my key"]
        assert account["passkeys"][0]["used"] > 0
        assert browser.post("/api/account/passkeys/remove", json={"id": account["passkeys"][0]["id"]}).json()["code"] == "passkey_last"
        again = browser.post("/api/account/enrol", json={}).json()["ticket"]
        assert _join(browser, again, _key(house)).status_code == 200
        assert browser.post("/api/account/passkeys/remove", json={"id": account["passkeys"][0]["id"]}).status_code == 200
        gone = browser.post("/api/sign-in/passkey", json={"credential": key.answer(_options(browser))})
        assert (gone.status_code, gone.json()["code"]) == (401, "passkey_wrong")
    assert [fact.way for fact in _kept(house, SignedIn)][-3:] == ["link", "passkey", "passkey"]
    assert _kept(house, SignedOut)


def test_an_assertion_is_good_once_and_only_for_this_house_and_this_person(house: Running) -> None:
    key = _key(house)
    with _browser(house) as browser:
        _join(browser, _ticket(house), key)
        browser.cookies.clear()
        said = key.answer(_options(browser))
        assert browser.post("/api/sign-in/passkey", json={"credential": said}).status_code == 200
        assert browser.post("/api/sign-in/passkey", json={"credential": said}).json()["code"] == "passkey_late"
        browser.cookies.clear()
        answers = {}
        for name, change in (("counter", {"count": 0}), ("origin", {"origin": "http://localhost.evil.example"}), ("rp", {"rp": "evil.example"}),
                             ("unverified", {"verifies": False}), ("handle", {"handle": "AAAA"})):
            before = {field: getattr(key, field) for field in change}
            for field, value in change.items():
                setattr(key, field, value)
            answers[name] = browser.post("/api/sign-in/passkey", json={"credential": key.answer(_options(browser))}).json()["code"]
            for field, value in before.items():
                setattr(key, field, value)
        assert set(answers.values()) == {"passkey_wrong"}, answers
        stranger = _key(house)
        assert browser.post("/api/sign-in/passkey", json={"credential": stranger.answer(_options(browser))}).json()["code"] == "passkey_wrong"
        made = stranger.make(browser.post("/api/join/passkey/begin", json={"ticket": _ticket(house, "other")}).json()["options"])
        wrong_ticket = browser.post("/api/join/passkey", json={"ticket": _ticket(house, "third"), "credential": made, "label": "x"})
        assert wrong_ticket.json()["code"] == "passkey_late", "a challenge is for its own link"
        assert browser.get("/api/me").status_code == 401


def test_an_address_by_number_says_that_passkeys_need_a_name(house: Running) -> None:
    with house.client() as client:
        assert client.get("/api/sign-in/ways").json() == {"passkey": False, "oidc": None}
        assert client.post("/api/sign-in/passkey/begin", json={}).json()["code"] == "passkey_needs_name"
    with _browser(house) as browser:
        assert browser.get("/api/sign-in/ways").json()["passkey"] is True


def test_a_link_used_twice_at_the_same_moment_lets_one_in(house: Running) -> None:
    ticket = _ticket(house)
    browsers = [_browser(house) for _ in range(2)]
    try:
        made = [_key(house).make(browser.post("/api/join/passkey/begin", json={"ticket": ticket}).json()["options"]) for browser in browsers]
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(lambda n: browsers[n].post("/api/join/passkey", json={"ticket": ticket, "credential": made[n], "label": "x"}), range(2)))
    finally:
        for browser in browsers:
            browser.close()
    assert sorted(answer.status_code for answer in answers) == [200, 410]
    assert len(house.people.find("newcomer").passkeys) == 1  # type: ignore[union-attr]  # just joined
    with _browser(house) as late:
        assert late.post("/api/join", json={"ticket": ticket}).json()["code"] == "link_over"


def test_the_first_administrator_names_themselves_by_a_link_and_no_second_one(tmp_path: Path) -> None:
    with running(tmp_path) as house:
        _, token = house.web.links.give("first", "", roles=("admin",))
        with _browser(house) as browser:
            assert browser.post("/api/join/passkey/begin", json={"ticket": token, "name": "chief"}).json()["code"] == "link_over", "there are people"
            for person in house.people.all():
                house.people._people.pop(person.name)
            assert browser.post("/api/join/passkey/begin", json={"ticket": token}).json()["code"] == "name_missing"
            joined = _join(browser, token, _key(house), name="chief")
            assert (joined.json()["name"], joined.json()["roles"]) == ("chief", ["admin"])
            assert browser.post("/api/join", json={"ticket": token}).json()["code"] == "link_over"
        assert token not in (tmp_path / "links.json").read_text()


def test_a_password_alone_leads_to_enrolment_and_to_no_session(house: Running) -> None:
    house.people.add("plain", ("dispatcher",), "a long pass word")
    with _browser(house) as browser:
        answer = browser.post("/api/sign-in", json={"name": "plain", "password": "a long pass word"})
        assert "set-cookie" not in answer.headers
        ticket = answer.json()["enrol"]
        assert (answer.json()["roles"], answer.json()["doors"]) == ([], [])
        assert browser.get("/api/me").status_code == 401
        assert browser.post("/api/join", json={"ticket": ticket}).json()["password"] is False
        secret = browser.post("/api/join/second/begin", json={"ticket": ticket}).json()
        assert secret["picture"].startswith("<svg")
        assert browser.post("/api/join/second", json={"ticket": ticket, "code": "000000"}).json()["code"] == "code_wrong"
        assert browser.post("/api/join/second", json={"ticket": ticket, "code": _code(secret["secret"])}).status_code == 200
        browser.cookies.clear()
        assert browser.post("/api/sign-in", json={"name": "plain", "password": "a long pass word"}).json()["code"] == "code_needed"


def test_a_code_and_a_recovery_code_are_each_good_once(house: Running) -> None:
    secret, used, codes = _with_second(house)
    said = {"name": "typist", "password": "a long pass word"}
    with _browser(house) as browser:
        assert browser.post("/api/sign-in", json={**said, "code": used}).json()["code"] == "code_wrong", "used when it was set up"
        assert browser.post("/api/sign-in", json={**said, "code": (code := _code(secret, 1))}).status_code == 200  # half a minute may end meanwhile
        browser.cookies.clear()
        assert browser.post("/api/sign-in", json={**said, "code": code}).json()["code"] == "code_wrong"
        assert browser.post("/api/sign-in", json={**said, "code": codes[0].lower()}).status_code == 200
        browser.cookies.clear()
        assert browser.post("/api/sign-in", json={**said, "code": codes[0]}).json()["code"] == "code_wrong"
        assert browser.post("/api/sign-in", json={"name": "typist", "password": "wrong", "code": codes[1]}).json()["code"] == "sign_in_failed"
    kept = (house.data / "people.json").read_text()
    assert secret not in kept and not any(code.replace("-", "") in kept for code in codes)


def test_a_cookie_from_another_browser_is_refused(house: Running) -> None:
    value = house.cookie("dispatcher")
    with house.client(cookie=value) as own, house.client(cookie=value) as thief:
        thief.headers["user-agent"] = "another browser"
        assert (own.get("/api/me").status_code, thief.get("/api/me").status_code, own.get("/api/me").status_code) == (200, 401, 200)


def test_a_planted_cookie_is_never_the_one_that_is_signed_in(house: Running) -> None:
    planted = house.cookie("call_taker")
    with house.client(cookie=planted) as victim:
        answer = victim.post("/api/sign-in", json={"name": "planner", "password": "pass word planner"})
        assert answer.cookies["tocsin_session"] != planted
    with house.client(cookie=planted) as thief:
        assert thief.get("/api/me").json()["name"] == "call_taker"


def test_sessions_are_seen_and_ended_by_their_own_person_and_by_an_administrator_alone(house: Running) -> None:
    first, second = (house.client(cookie=house.cookie("dispatcher")) for _ in range(2))
    with first, second:
        sessions = first.get("/api/account").json()["sessions"]
        assert [one["this"] for one in sessions].count(True) == 1
        other = next(one["id"] for one in sessions if not one["this"])
        assert house.as_("planner").post("/api/account/sessions/end", json={"id": other}).json()["code"] == "session_unknown"
        assert house.as_("planner").post("/api/people/sessions/end", json={"name": "dispatcher", "id": other}).json()["code"] == "role_missing"
        assert second.get("/api/me").status_code == 200
        assert first.post("/api/account/sessions/end", json={"id": "*"}).status_code == 200
        assert (first.get("/api/me").status_code, second.get("/api/me").status_code) == (200, 401)
        assert house.as_("admin").post("/api/people/sessions/end", json={"name": "dispatcher", "id": "*"}).status_code == 200
        assert first.get("/api/me").status_code == 401
    assert [fact.person for fact in _kept(house, SessionRevoked)] == ["dispatcher", "dispatcher"]


def test_roles_and_the_end_of_access_take_effect_at_once(house: Running) -> None:
    with house.client(cookie=house.cookie("planner")) as planner:
        assert planner.get("/api/plan").status_code == 200
        assert house.as_("admin").post("/api/people/roles", json={"name": "planner", "roles": ["responder"]}).status_code == 200
        assert planner.get("/api/me").json()["roles"] == ["responder"]
        assert house.as_("admin").post("/api/people/end", json={"name": "planner"}).status_code == 200
        assert planner.get("/api/me").status_code == 401
    with house.client() as nobody:
        assert nobody.post("/api/sign-in", json={"name": "planner", "password": "pass word planner"}).json()["code"] == "sign_in_failed"
    assert house.as_("admin").post("/api/people/end", json={"name": "admin"}).json()["code"] == "own_access"
    assert [fact.roles for fact in _kept(house, RolesGiven)] == [("responder",)]
    assert [fact.person for fact in _kept(house, AccessEnded)] == ["planner"]


def test_a_post_switches_its_roles_on_and_they_go_off_by_themselves(house: Running) -> None:
    key = _key(house)
    with _browser(house) as browser:
        _join(browser, _ticket(house, roles=(), posts=("desk",)), key)
        assert browser.get("/api/board").json()["code"] == "role_missing"
        assert browser.post("/api/account/post", json={"post": "lead"}).json()["code"] == "post_not_yours"
        assert browser.post("/api/account/post", json={"post": "desk"}).json()["roles"] == ["call_taker"]
        assert browser.get("/api/board").status_code == 200
        with _browser(house) as elsewhere:
            elsewhere.post("/api/sign-in/passkey", json={"credential": key.answer(_options(elsewhere))})
            assert elsewhere.get("/api/board").json()["code"] == "role_missing", "the post is taken in one session"
        assert browser.post("/api/account/post/leave", json={}).json()["roles"] == []
        assert browser.get("/api/board").json()["code"] == "role_missing"
        browser.post("/api/account/post", json={"post": "desk"})
        person = house.people.find("newcomer")
        assert person is not None and person.seat is not None
        house.people.clock.shift_s = 3 * 3600  # type: ignore[attr-defined]  # past the post's two hours
        assert house.people.seat(person) is None
        house.people.clock.shift_s = 0  # type: ignore[attr-defined]  # and the clock jumps back
        browser.post("/api/sign-out", json={})
        assert house.people.find("newcomer").seat is None  # type: ignore[union-attr]  # still a person
    assert (len(_kept(house, PostTaken)), len(_kept(house, PostLeft))) == (2, 2)


def test_a_machine_key_has_a_scope_an_end_and_an_overlap(house: Running) -> None:
    admin = house.as_("admin")
    made = admin.post("/api/keys", json={"name": "wall", "roles": ["dispatcher"], "doors": ["/api/board"], "days": 7}).json()
    assert made["key"] not in (house.data / "people.json").read_text()
    with house.client(bearer=made["key"]) as machine:
        assert machine.get("/api/board").status_code == 200
        assert machine.get("/api/plan").json()["code"] == "key_scope"
        assert machine.post("/api/people/invite", json={"name": "x"}).status_code == 403
        rotated = admin.post("/api/keys/rotate", json={"number": made["number"], "overlap_h": 1}).json()
        assert machine.get("/api/board").status_code == 200, "the old one goes on"
        house.people.clock.shift_s = 2 * 3600  # type: ignore[attr-defined]  # past the overlap
        assert machine.get("/api/board").status_code == 401
        with house.client(bearer=rotated["key"]) as newer:
            assert newer.get("/api/board").status_code == 200
            house.people.clock.shift_s = 91 * 86_400  # type: ignore[attr-defined]  # past ninety days
            assert newer.get("/api/board").status_code == 401
            house.people.clock.shift_s = 0  # type: ignore[attr-defined]  # back again
            assert admin.get("/api/keys").json()["keys"][-1]["used"] > 0
            assert admin.post("/api/keys/revoke", json={"number": rotated["number"]}).status_code == 200
            assert newer.get("/api/board").status_code == 401
    assert admin.post("/api/keys", json={"name": "x", "roles": ["admin"]}).json()["code"] == "key_role"
    assert admin.post("/api/keys", json={"name": "x", "days": 91}).json()["code"] == "field_wrong"
    assert house.as_("device").post("/api/positions", json={"fixes": []}).status_code == 200, "a tracker's older key works on"
    assert [bool(fact.instead_of) for fact in _kept(house, KeyGiven)] == [False, True]


def test_the_heaviest_acts_ask_to_prove_again_and_only_that(house: Running) -> None:
    with house.client(cookie=house.cookie("admin")) as admin:
        assert admin.get("/api/me").json()["fresh"] is True
        house.people.clock.shift_s = 700  # type: ignore[attr-defined]  # more than ten minutes
        assert admin.get("/api/people").status_code == 200
        assert admin.post("/api/people/invite", json={"name": "x", "roles": ["planner"]}).json()["code"] == "prove_again"
        assert admin.post("/api/sign-in", json={"name": "admin", "password": "pass word admin"}).json()["fresh"] is True
        assert admin.post("/api/people/invite", json={"name": "x", "roles": ["planner"]}).status_code == 200


def test_guesses_from_everywhere_never_keep_a_passkey_out(house: Running) -> None:
    key = _key(house)
    with _browser(house) as browser:
        _join(browser, _ticket(house), key)
        browser.cookies.clear()
        attempts = house.people._attempts
        for n in range(200):
            if not attempts.waits("newcomer", f"10.0.{n}.1"):
                attempts.begin("newcomer", f"10.0.{n}.1")
        codes = [browser.post("/api/sign-in", json={"name": "newcomer", "password": "x"}).json()["code"] for _ in range(12)]
        assert codes[-1] == "slow_down"
        assert browser.post("/api/sign-in/passkey", json={"credential": key.answer(_options(browser))}).status_code == 200


def test_an_older_file_of_people_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text('{"people":[{"name":"old","roles":["dispatcher"],"hash":"x","once":false,"agency":""}],'
                                          '"devices":[{"name":"t","roles":["device"],"key_sha256":"00"}]}')
    with running(tmp_path) as house:
        assert house.people.roles("old") == ("dispatcher",)
        assert house.as_("admin").get("/api/keys").json()["keys"][0]["until"] == 0


def test_refusals_are_kept_together(tmp_path: Path) -> None:
    with running(tmp_path) as house, _browser(house) as browser:
        for name in ("planner", "hunter2 is my password", "planner"):
            browser.post("/api/sign-in", json={"name": name, "password": "x"})
        seen: list[Any] = []
        house.house.ledger.listen(lambda batch: seen.extend(kept.fact for kept in disclose(batch)))
    assert [(fact.count, fact.names) for fact in seen if isinstance(fact, SignInRefused)] == [(3, ("planner",))]
