"""A partner reaches its own agency's tasks and nothing else: every door walked, every other agency's task as if it were not there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.edges.web.running import Running, running
from tests.floor import DESK, corner, on_duty
from tocsin.edges.web.people import DEMO_AGENCY, People
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.command.commands import GiveTask

OTHER = "Sample power grid"
SECRET = {"caller": "Quibble Zarf", "number": "0405558812", "notes": "gate code 4711", "text": "Cut the feeder at Plinth Yard", "own": "Shut the main at the quay"}
OPEN = {
    ("GET", "/api/sign-in/ways"), ("POST", "/api/sign-in/passkey/begin"), ("POST", "/api/sign-in/passkey"), ("GET", "/api/sign-in/oidc"),
    ("GET", "/api/sign-in/oidc/back"), ("POST", "/api/join"), ("POST", "/api/join/passkey/begin"), ("POST", "/api/join/passkey"),
    ("POST", "/api/join/second/begin"), ("POST", "/api/join/second"), ("GET", "/tlog/checkpoint"), ("GET", "/tlog/checkpoint/newest"),
    ("POST", "/tlog/cosignatures"), ("GET", "/tlog/tile/{tile}"), ("POST", "/api/trail"), ("POST", "/api/trail/proof"), ("GET", "/health"),
    ("GET", "/trackers/osmand"), ("POST", "/trackers/osmand"), ("POST", "/trackers/owntracks")}
"""Open to anybody: coming in, what outsiders hold the house to its word with, and where trackers show their keys."""
ALLOWED = OPEN | {
    ("POST", "/api/sign-in"), ("POST", "/api/sign-out"), ("GET", "/api/me"), ("GET", "/api/command"), ("GET", "/api/facilities"),
    ("POST", "/api/facilities/{facility}/capacity"), ("POST", "/api/facilities/{facility}/divert"), ("POST", "/api/diversions/{diversion}/end"),
    ("GET", "/api/tasks"), ("GET", "/api/tasks/{task}"), ("POST", "/api/tasks/{task}/accept"), ("POST", "/api/tasks/{task}/decline"),
    ("POST", "/api/tasks/{task}/done"), ("POST", "/api/tasks/{task}/note")}


class Given:
    """A floor with one call, and one task each for the partner's own agency and another."""

    def __init__(self, floor: Running) -> None:
        self.floor = floor
        on_duty(floor.house, "E1", "engine", corner(0, 0))
        taken = floor.house.do(TakeCall(place=corner(1, 1), kind="fire", caller=SECRET["caller"], number=SECRET["number"], notes=SECRET["notes"]), DESK)
        self.incident = taken.subject.removeprefix("call:")
        self._task(OTHER, SECRET["text"])  # its number would be that of the incident
        self.other = self._task(OTHER, SECRET["text"])
        self.own = self._task(DEMO_AGENCY, SECRET["own"])
        floor.people.add("power", ("partner",), "pass word power", OTHER, alone=True)

    def _task(self, agency: str, text: str) -> str:
        return self.floor.house.do(GiveTask(agency=agency, text=text, incident=self.incident), DESK).subject.removeprefix("task:")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Given]:
    with running(tmp_path_factory.mktemp("partner")) as floor:
        yield Given(floor)


@contextmanager
def partner(given: Given, name: str = "partner") -> Iterator[httpx.Client]:
    with given.floor.client(cookie=given.floor.cookie(name)) as client:
        yield client


def test_only_these_doors_are_open_and_no_answer_holds_what_is_not_theirs(given: Given) -> None:
    seen = 0
    with partner(given) as client:
        for line in given.floor.web.menu:
            for number in (given.incident, given.other, "E1"):
                path = line.path
                for name in [part.split("}")[0] for part in path.split("{")[1:]]:
                    path = path.replace(f"{{{name}}}", number)
                if path == "/api/sign-out":
                    continue
                with client.stream(line.verb, path, **({"json": {}} if line.verb == "POST" else {})) as answer:
                    answer.read()
                allowed = (line.verb, line.path) in ALLOWED or line.path.startswith("/api/account")  # their own, and nobody else's
                assert allowed or (answer.status_code == 403 and answer.json()["code"] == "role_missing"), (line.verb, path, answer.status_code)
                if allowed and answer.status_code == 200:
                    assert not [word for word in (*list(SECRET.values())[:4], OTHER if line.path != "/api/command" else "\0", given.other) if word in answer.text], path
                seen += 1
        assert client.get("/city/manifest.json").status_code == 403
    assert seen == 3 * (len(given.floor.web.menu) - 1)
    assert {(line.verb, line.path) for line in given.floor.web.menu} >= ALLOWED


def test_me_names_the_agency_and_lists_the_doors_that_open(given: Given) -> None:
    with partner(given) as client:
        me = client.get("/api/me").json()
    assert (me["roles"], me["agency"]) == (["partner"], DEMO_AGENCY)
    assert {path for path in me["doors"] if not path.startswith("/api/account")} == {path for _, path in ALLOWED}


def test_another_agencys_task_is_answered_as_one_that_does_not_exist(given: Given) -> None:
    bodies = {"accept": {}, "decline": {"reason": "x"}, "done": {}, "note": {"note": "x"}}
    with partner(given) as client, partner(given, "power") as power:
        head = given.floor.house.ledger.head()
        for word, body in bodies.items():
            theirs = client.post(f"/api/tasks/{given.other}/{word}", json=body)
            none = client.post("/api/tasks/991231-0001/" + word, json=body)
            assert (theirs.status_code, theirs.json()["code"]) == (404, "task_unknown")
            assert theirs.text.replace(given.other, "·") == none.text.replace("991231-0001", "·")
        theirs, none = client.get(f"/api/tasks/{given.other}"), client.get("/api/tasks/991231-0001")
        assert (theirs.status_code, theirs.text.replace(given.other, "·")) == (404, none.text.replace("991231-0001", "·"))
        assert given.floor.house.ledger.head() == head, "nothing was kept, and no text was opened"
        for smuggled in ("agency", "bound", "said"):
            assert client.post(f"/api/tasks/{given.other}/accept", json={smuggled: OTHER}).status_code == 422
        assert [one["task"] for one in client.get("/api/tasks").json()["tasks"]] == [given.own]
        assert [one["task"] for one in power.get("/api/tasks").json()["tasks"]] == [given.other.replace("-0002", "-0001"), given.other]
        assert power.get(f"/api/tasks/{given.other}").json()["text"] == SECRET["text"]


def test_a_task_from_giving_to_done_and_what_is_kept_of_it(given: Given) -> None:
    with partner(given) as client:
        listed = client.get("/api/tasks").json()["tasks"]
        assert listed[0]["task"] == given.own
        assert SECRET["own"] not in json.dumps(listed), "the list needs no opening of the text"
        opened = given.floor.house.ledger.head()
        assert client.get(f"/api/tasks/{given.own}").json()["text"] == SECRET["own"]
        shown = given.floor.house.history(f"task:{given.own}")[-1]
        assert (shown.position, shown.entry.kind, shown.entry.by) == (opened + 1, "access.record-shown", "partner")
        assert client.post(f"/api/tasks/{given.own}/done", json={}).json()["code"] == "task_not_accepted"
        for word, body in (("accept", {}), ("note", {"note": "Two vans on the way"}), ("done", {"note": "Main is shut"})):
            assert client.post(f"/api/tasks/{given.own}/{word}", json=body).status_code == 200
        said = client.get(f"/api/tasks/{given.own}").json()
        assert (said["task"]["state"], [line["text"] for line in said["lines"]]) == ("done", [None, None, "Two vans on the way", "Main is shut"])
        assert [line["by"] for line in said["lines"]] == ["", "partner", "partner", "partner"], "who on the floor gave it is not theirs to know"
    file = (given.floor.data / "house" / "ledger" / "ledger.sqlite").read_bytes()
    assert not [word for word in SECRET.values() if word.encode() in file], "texts are sealed"


def test_a_partner_without_an_agency_or_with_another_role_is_refused(tmp_path: Path, given: Given) -> None:
    people = People(tmp_path, given.floor.people.clock)
    for roles, agency, code in ((("partner",), "", "agency_missing"), (("partner", "dispatcher"), "Sample water works", "roles_mixed"),
                                (("dispatcher",), "Sample water works", "agency_without_partner")):
        with pytest.raises(Refused) as no:
            people.add("x", roles, "a long pass word", agency)  # type: ignore[arg-type]  # roles as the command line gives them
        assert no.value.code == code
    assert len(people) == 0
