"""A site follows its floor, works through it while the line stands, by itself while it is cut, and joins again with nothing lost or doubled."""

from pathlib import Path

from tests.edges.sites.running import CALLS, PLACE, Floor, Site, site_at
from tests.floor import DESK, corner
from tests.waiting import until
from tocsin.rooms.calls.commands import TakeCall


def call(key: str = "", **more: object) -> dict[str, object]:
    return {"place": PLACE, "kind": "medical", **({"key": key} if key else {}), **more}


def test_what_the_floor_keeps_is_shown_at_the_site_and_names_stay_sealed(floor: Floor, north: Site) -> None:
    taken = floor.house.do(TakeCall(place=corner(1, 1), kind="fire", caller="somebody", notes="smoke on the stairs"), DESK)
    incident = taken.subject.removeprefix("call:")
    north.caught_up(floor)
    assert north.house.frame(None).rows == floor.house.frame(None).rows and north.house.ledger.root() == floor.house.ledger.root()
    with north.as_("dispatcher") as desk:
        assert incident in north.incidents(desk)
        story = desk.get(f"/api/incidents/{incident}/story")
        assert story.status_code == 200 and "smoke" not in story.text and "▮▮▮" in story.text, story.text
        parts = {part["name"]: part["state"] for part in desk.get("/api/health").json()["parts"]}
        assert parts["floor"] == "ok"


def test_while_the_line_stands_a_command_at_the_site_is_the_floors(floor: Floor, north: Site) -> None:
    with north.as_("call_taker") as taker:
        taken = taker.post(CALLS, json=call("k1", caller="somebody"))
        assert taken.status_code == 200, taken.text
        assert taker.post(CALLS, json=call("k1")).json()["repeated"]
        incident = taken.json()["subject"].removeprefix("call:")
        assert incident in north.incidents(taker)  # read back at once
        assert taker.post(f"/api/incidents/{incident}/assign", json={"unit": "E7", "shift": "s"}).status_code == 403
    entry = next(entry for _, entry in floor.house.ledger.read_tags((f"call:{incident}",)))
    assert entry.by == "call_taker@north" and floor.line is not None and floor.line.parts()[0].state == "ok"


def test_a_cut_site_works_by_its_mandate_and_joins_again(floor: Floor, north: Site) -> None:
    with north.as_("dispatcher") as desk, north.as_("call_taker") as taker:
        north.cut()
        floor.house.do(TakeCall(place=corner(2, 2), kind="fire"), DESK)  # the floor goes on too
        taken = taker.post(CALLS, json=call(caller="somebody", notes="fell from a ladder"))
        assert taken.status_code == 200, taken.text
        incident = taken.json()["subject"].removeprefix("call:")
        assert "-north.1-" in incident and incident in north.incidents(desk)
        assert desk.post(f"/api/incidents/{incident}/assign", json={"unit": "E7", "shift": "s", "eta_s": 60}).status_code == 200
        assert "fell from a ladder" in desk.get(f"/api/incidents/{incident}/story").text  # sealed under the site's own key
        no = desk.post(f"/api/incidents/{incident}/close", json={"disposition": "done"})
        assert no.status_code == 503 and no.json()["code"] == "site.cut_off" and no.json()["title_zh"]
        part = next(part for part in desk.get("/api/health").json()["parts"] if part["name"] == "floor")
        assert part["state"] == "failed" and "goes on by itself" in part["says"]["en"]
        done_at = next(entry.happened_at for _, entry in north.standing.house.ledger.read_tags((f"call:{incident}",)))  # type: ignore[union-attr]  # it is cut
        assert incident not in floor.rows("incident")
        north.mend()
        north.caught_up(floor)
        assert incident in floor.rows("incident") and incident in north.incidents(desk)
        kept = next(entry for _, entry in floor.house.ledger.read_tags((f"call:{incident}",)))
        assert (kept.by, kept.happened_at) == ("call_taker@north", done_at) and kept.known_at > done_at
        assert floor.house.rows("unit")["E7"].incident == incident and not floor.rows("conflict")
        assert taker.post(CALLS, json=call()).status_code == 200  # and the line carries commands again
        until(lambda: north.web._fork is None)


def test_a_site_that_was_off_catches_up_from_where_it_stood(tmp_path: Path, floor: Floor) -> None:
    floor.grant(tmp_path / "north", "north")
    with site_at(tmp_path / "north", "north", floor.house.ledger.verifier, floor.nats) as site:
        site.caught_up(floor)
    for number in range(60):
        floor.house.do(TakeCall(place=corner(1, 1), kind="fire", key=f"c{number}"), DESK)
    with site_at(tmp_path / "north", "north", floor.house.ledger.verifier, floor.nats) as site:
        site.caught_up(floor)
        assert site.house.ledger.root() == floor.house.ledger.root()
