"""A crew over the running edge: signing on, seeing one's own duty, and speaking for one's own unit alone."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.edges.web.running import Running, running
from tests.floor import corner, on_duty

DAY = "2026-03-04D"


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("crew")) as served:
        for name in ("crew 1", "crew 2", "crew 3"):
            served.people.add(name, ("responder",), f"pass word {name}", alone=True)
        yield served


def unit(floor: Running, callsign: str, kind: str = "engine") -> str:
    on_duty(floor.house, callsign, kind, corner(0, 0))
    return f"/api/units/{callsign}"


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def own(floor: Running, who: str) -> Any:
    answer = floor.as_(who).get("/api/field/me")
    assert answer.status_code == 200, answer.text
    return answer.json()["on"]


def test_a_responder_signs_on_and_sees_their_own_duty(floor: Running) -> None:
    at = unit(floor, "E1")
    assert own(floor, "crew 1") is None
    kit = [{"item": "hose", "state": "defect", "note": "torn"}, {"item": "radio", "state": "ok"}]
    answer = floor.as_("crew 1").post(f"{at}/sign-on", json={"shift": DAY, "seat": "driver", "kit": kit, "key": "a"})
    assert answer.json()["kept"] == ["fleet.crew-signed-on"]
    again = floor.as_("crew 1").post(f"{at}/sign-on", json={"shift": DAY, "seat": "driver", "kit": kit, "key": "a"})
    assert again.json()["repeated"], "a queue that is sent twice is kept once"
    duty = own(floor, "crew 1")
    assert (duty["unit"], duty["shift"], duty["seat"], duty["state"], duty["station"]) == ("E1", DAY, "driver", "available", "Station E1")
    assert [one["state"] for one in duty["next"]] == ["out_of_service"]
    assert duty["kit_faults"] == [{"item": "hose", "state": "defect", "note": "torn"}]
    assert own(floor, "crew 2") is None
    rows = floor.as_("dispatcher").get("/api/board").json()["rows"]
    row = next(row for row in rows if row["row"] == "unit" and row["id"] == "E1")
    assert row["seats"] == [{"person": "crew 1", "seat": "driver"}]
    floor.as_("crew 1").post(f"{at}/sign-off", json={"shift": DAY})
    assert own(floor, "crew 1") is None


def test_a_seat_elsewhere_is_refused_saying_where(floor: Running) -> None:
    first, second = unit(floor, "E2"), unit(floor, "E3")
    floor.as_("crew 1").post(f"{first}/sign-on", json={"shift": DAY, "seat": "officer"})
    answer = floor.as_("crew 1").post(f"{second}/sign-on", json={"shift": DAY, "seat": "officer"})
    assert said(answer) == (409, "signed_on_elsewhere")
    assert "E2" in answer.json()["title"]
    assert floor.as_("supervisor").post(f"{first}/end-shift", json={"shift": DAY}).json()["kept"] == ["fleet.crew-signed-off", "fleet.shift-ended"]
    assert floor.as_("crew 1").post(f"{second}/sign-on", json={"shift": DAY, "seat": "officer"}).status_code < 300
    floor.as_("crew 1").post(f"{second}/sign-off", json={"shift": DAY})


def test_only_its_own_crew_and_the_floor_speak_for_a_unit(floor: Running) -> None:
    at = unit(floor, "E4")
    floor.as_("crew 1").post(f"{at}/sign-on", json={"shift": DAY, "seat": "officer"})
    for path, body in (("state", {"state": "out_of_service"}), ("end-shift", {})):
        answer = floor.as_("crew 2").post(f"{at}/{path}", json={"shift": DAY, "by": "crew 1", "any_unit": True, **body})
        assert said(answer) == (403, "not_your_unit"), path
    assert floor.as_("crew 1").post(f"{at}/state", json={"shift": DAY, "state": "out_of_service"}).status_code < 300
    assert floor.as_("dispatcher").post(f"{at}/state", json={"shift": DAY, "state": "available"}).status_code < 300
    assert floor.as_("crew 1").post(f"{at}/end-shift", json={"shift": DAY}).status_code < 300


def test_the_fleets_table_says_seats_and_kit(floor: Running) -> None:
    kinds = {kind["code"]: kind for kind in floor.as_("responder").get("/api/fleet").json()["kinds"]}
    assert [seat["code"] for seat in kinds["engine"]["seats"]] == ["officer", "driver", "firefighter"]
    assert kinds["engine"]["kit"]["hose"] == {"en": "hose", "zh": "水带"}
    assert (kinds["works"]["seats"], kinds["works"]["kit"]) == ([], {})


def test_a_crew_calls_for_help_and_the_floor_confirms_and_ends_it(floor: Running) -> None:
    at = unit(floor, "E5")
    floor.as_("crew 3").post(f"{at}/sign-on", json={"shift": DAY, "seat": "driver"})
    assert floor.as_("crew 3").post(f"{at}/help", json={"shift": DAY, "lon": 24.91, "lat": 60.16}).json()["kept"] == ["fleet.help-called"]
    assert floor.as_("crew 2").post(f"{at}/help", json={"shift": DAY}).json()["kept"] == []
    rows = floor.as_("dispatcher").get("/api/board").json()["rows"]
    row = next(row for row in rows if row["row"] == "help")
    assert (row["id"], row["person"], row["place"]["lon"], row["confirmed_by"]) == ("E5", "crew 3", 24.91, "")
    assert said(floor.as_("crew 3").post(f"{at}/help/confirm", json={"shift": DAY})) == (403, "role_missing")
    assert said(floor.as_("crew 3").post(f"{at}/help/end", json={"shift": DAY, "outcome": "safe"})) == (403, "role_missing")
    assert said(floor.as_("dispatcher").post(f"{at}/help/end", json={"shift": DAY, "outcome": "safe"})) == (409, "help_not_confirmed")
    assert floor.as_("dispatcher").post(f"{at}/help/confirm", json={"shift": DAY}).json()["kept"] == ["fleet.help-confirmed"]
    assert own(floor, "crew 3")["help"]["confirmed_by"] == "dispatcher", "the crew sees that it was seen"
    assert floor.as_("supervisor").post(f"{at}/help/end", json={"shift": DAY, "outcome": "mistake"}).json()["kept"] == ["fleet.help-ended"]
    assert own(floor, "crew 3")["help"] is None
    floor.as_("crew 3").post(f"{at}/sign-off", json={"shift": DAY})


def test_a_supervisor_checks_units_on_duty_and_a_crew_answers_by_one_key(floor: Running) -> None:
    at, _ = unit(floor, "P1", "police"), unit(floor, "P2", "police")
    floor.as_("crew 3").post(f"{at}/sign-on", json={"shift": DAY, "seat": "driver"})
    assert said(floor.as_("dispatcher").post("/api/checks", json={"units": ["P1"]})) == (403, "role_missing")
    assert said(floor.as_("supervisor").post("/api/checks", json={"units": ["P1", "P9"]})) == (409, "unit_off_duty")
    asked = floor.as_("supervisor").post("/api/checks", json={"units": ["P1", "P2"], "within_s": 60, "words": "where are you?"}).json()
    assert asked["kept"] == ["fleet.check-called"] * 2
    check = own(floor, "crew 3")["checks"][0]
    assert (f"check:{check['check']}", check["words"]) == (asked["subject"], "where are you?")
    answer = f"{at}/checks/{check['check']}/answer"
    assert said(floor.as_("crew 2").post(answer, json={"shift": DAY})) == (403, "not_your_unit")
    floor.clock.pass_s(20)
    assert floor.as_("crew 3").post(answer, json={"shift": DAY, "key": "c"}).json()["kept"] == ["fleet.check-answered"]
    floor.clock.pass_s(40)
    floor.house.tick()
    line = floor.as_("supervisor").get("/api/checks").json()["checks"][0]
    assert [(one["unit"], one["took_s"]) for one in line["answered"]] == [("P1", 20)]
    assert (line["missing"], line["open"], line["late"]) == (["P2"], [], [])
    floor.clock.pass_s(10)
    floor.as_("crew 2").post(f"/api/units/P2/checks/{check['check']}/answer", json={"shift": DAY})
    line = floor.as_("supervisor").get("/api/checks").json()["checks"][0]
    assert [(one["unit"], one["took_s"]) for one in line["late"]] == [("P2", 70)]
    assert line["missing"] == []
    assert own(floor, "crew 3")["checks"] == []
    assert floor.as_("crew 3").post(f"{at}/post", json={"shift": DAY, "post": "North bridge"}).json()["kept"] == ["fleet.post-reported"]
    assert own(floor, "crew 3")["post"]["post"] == "North bridge"
    assert floor.as_("dispatcher").get("/api/posts").status_code == 403
    posts = floor.as_("supervisor").get("/api/posts")
    bridge = next(one for one in posts.json()["posts"] if one["post"] == "North bridge")
    assert [(one["unit"], one["at"]) for one in bridge["visits"]] == [("P1", floor.clock.at)]
    assert "crew 3" not in posts.text, "a post is of units, never of a person"
    assert "crew 3" not in floor.as_("supervisor").get("/api/checks").text, "a check is of a unit, never of a person"
    floor.as_("crew 3").post(f"{at}/sign-off", json={"shift": DAY})
