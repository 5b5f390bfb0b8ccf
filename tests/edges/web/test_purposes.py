"""Every door as every role for every purpose: nothing personal comes out that the policy does not list, and each showing is kept first."""

import pytest

from tests.edges.web.running import ROLES, Running
from tests.floor import DESK, corner
from tocsin.facts.access import RecordShown
from tocsin.house import PURPOSES, Asker
from tocsin.house.envelope import disclose
from tocsin.kernel import FIELDS, WITHHELD
from tocsin.rooms.access.commands import BreakGlass
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AddNote

SAID = {"number": "+358 50 555 0199", "caller": "Planted Name", "words": "planted words of the call"}
PURPOSE = "x-tocsin-purpose"


@pytest.fixture(scope="module")
def incident(floor: Running) -> str:
    receipt = floor.house.do(TakeCall(kind="fire", place=corner(1, 1), number=SAID["number"], caller=SAID["caller"], notes=SAID["words"]), DESK)
    number = receipt.subject.partition(":")[2]
    floor.house.do(AddNote(incident=number, note=SAID["words"]), DESK)
    return number


def told(text: str) -> set[str]:
    return {field for field, said in SAID.items() if said in text}


def test_no_door_gives_a_field_that_the_policy_does_not_list_for_this_role_and_purpose(floor: Running, incident: str) -> None:
    seen = gave = 0
    doors = {line.path for line in floor.web.menu if line.verb == "GET" and line.media == "application/json"}
    for path in sorted(doors):
        for who in (*ROLES, "partner", "device", "nobody"):
            for purpose in ("", *PURPOSES):
                before = floor.house.ledger.head()
                asked = {"incident": incident} if "{" not in path else {"at": str(floor.clock.now())} if "past" in path else {}
                real = path
                for name in [part.split("}")[0] for part in path.split("{")[1:]]:
                    real = real.replace(f"{{{name}}}", incident)
                with floor.as_(who).stream("GET", real, params=asked, headers={PURPOSE: purpose} if purpose else {}) as answer:
                    answer.read()
                fields = told(answer.text)
                assert answer.status_code < 500, (path, who, purpose, answer.text)
                if fields:
                    gave += 1
                    kept = [fact for one in disclose(floor.house.ledger.read(before)) if isinstance(fact := one.fact, RecordShown)
                            and one.entry.by == (who if who != "device" else "tracker 1")]
                    shown = {field for fact in kept for field in fact.fields}
                    assert fields <= shown, (path, who, purpose, "shown and not kept")
                    allowed: set[str] = set()
                    for stated in (purpose,) if purpose else ("response", "oversight", "review"):
                        allowed |= floor.house.policy.shows([who], stated).fields
                    assert fields <= allowed, (path, who, purpose, fields - allowed)
                seen += 1
    assert seen == len(doors) * 10 * (len(PURPOSES) + 1)
    assert gave >= 18, "the walk reached what it is about"


def test_a_purpose_that_nobody_knows_is_refused_with_those_that_there_are(floor: Running, incident: str) -> None:
    answer = floor.as_("dispatcher").get(f"/api/incidents/{incident}/story", headers={PURPOSE: "curiosity"})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "purpose_unknown", PURPOSE)
    assert "response" in answer.json()["title"]


def test_broken_glass_opens_a_story_over_http_and_nothing_else(floor: Running, incident: str) -> None:
    admin = floor.as_("admin")
    no = admin.get(f"/api/incidents/{incident}/story").json()
    assert (no["code"], "break the glass" in no["title"]) == ("role_missing", True)
    assert "glass" not in floor.as_("partner").get(f"/api/incidents/{incident}/story").json()["title"]
    me = admin.get("/api/me").json()
    assert "/api/incidents/{incident}/story" in me["glass"], me
    glass = admin.post("/api/glass", json={"reason": "the night shift is alone", "minutes": 5}).json()["subject"].partition(":")[2]
    story = admin.get(f"/api/incidents/{incident}/story").json()
    assert story["number"] == SAID["number"]
    assert WITHHELD not in str(story)
    assert admin.post(f"/api/incidents/{incident}/notes", json={"note": "x"}).json()["code"] == "role_missing", "it opens looking, not doing"
    assert admin.post(f"/api/glass/{glass}/review", json={"verdict": "justified"}).json()["code"] == "role_missing"
    assert admin.post(f"/api/glass/{glass}/end", json={}).status_code == 200
    assert admin.get(f"/api/incidents/{incident}/story").json()["code"] == "role_missing"


@pytest.mark.parametrize("body", [{}, {"reason": "short"}, {"reason": "long enough a reason", "minutes": 600},
                                  {"reason": "long enough a reason", "number": "261123-0001", "now": -5, "minutes": "x"}])
def test_a_glass_without_a_reason_or_for_ever_is_not_broken(floor: Running, body: dict[str, object]) -> None:
    planner = floor.as_("planner")
    before = floor.house.ledger.head()
    assert planner.post("/api/glass", json=body).status_code == 422
    assert floor.house.ledger.head() == before


def test_one_who_sets_the_number_and_the_time_of_their_glass_gets_the_houses_own(floor: Running) -> None:
    receipt = floor.as_("planner").post("/api/glass", json={"reason": "long enough a reason", "number": "999999-9999", "now": 9_000_000_000_000_000, "minutes": 5})
    assert receipt.status_code == 200
    row = floor.house.rows("glass")[receipt.json()["subject"].partition(":")[2]]
    assert row.id != "999999-9999"
    assert row.until == floor.clock.now() + 5 * 60 * 1_000_000  # type: ignore[attr-defined]  # a row of glass
    floor.as_("planner").post(f"/api/glass/{row.id}/end", json={})


def test_a_partner_and_a_machine_break_no_glass(floor: Running, incident: str) -> None:
    for who in ("partner", "device"):
        assert floor.as_(who).post("/api/glass", json={"reason": "long enough a reason"}).json()["code"] == "role_missing"
    floor.house.do(BreakGlass(reason="long enough a reason"), Asker("partner", frozenset({"planner"})))
    assert floor.as_("partner").get(f"/api/incidents/{incident}/story").json()["code"] == "role_missing", "a staff member's glass of the same name"
    assert set(FIELDS) == {"caller", "number", "words", "file"}
