"""Where a unit has been: its crew sees its own on this shift, a supervisor only for oversight, and that look is kept first and told to the crew."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.edges.web.running import Running, running
from tests.floor import CHIEF, asker, corner, on_duty
from tocsin.facts.field import TrackShown
from tocsin.house import Asker
from tocsin.house.envelope import disclose
from tocsin.house.tracks import Tracks
from tocsin.kernel import Refused
from tocsin.rooms.fleet.commands import EndShift, SignOn, StartShift
from tocsin.trail import Fix

DAY, NIGHT = "2026-03-04D", "2026-03-04N"
CREW = asker("responder", "responder")
OVERSEE = {"x-tocsin-purpose": "oversight"}


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """E1 drove a little on its day shift and on its night shift, and its crew is signed on to the second; E2 drove too."""
    with running(tmp_path_factory.mktemp("tracks")) as served:
        on_duty(served.house, "E1", "engine", corner(0, 0), DAY)
        drive(served, "E1", 0)
        served.house.do(EndShift(unit="E1", shift=DAY), CHIEF)
        served.clock.pass_s(600)
        served.house.do(StartShift(unit="E1", shift=NIGHT, unit_kind="engine", station="1", home=corner(0, 0)), CHIEF)
        on_duty(served.house, "E2", "engine", corner(0, 0), NIGHT)
        served.house.do(SignOn(unit="E1", shift=NIGHT, seat="driver"), CREW)
        drive(served, "E1", 3)
        drive(served, "E2", 5)
        yield served


def drive(floor: Running, unit: str, row: int) -> None:
    for column in range(3):
        floor.clock.pass_s(60)
        at = corner(column, row)
        fix = Fix(unit=unit, lon=at.lon, lat=at.lat, device_at=floor.clock.at, heard_at=floor.clock.at, accuracy_m=9.0, speed_mps=8.0, heading_deg=90.0)
        assert floor.house.report([fix], asker("crew", "responder")) == [""]


def looks(floor: Running) -> list[tuple[str, str, str]]:
    return [(kept.fact.unit, kept.fact.shift, kept.entry.by) for kept in disclose(floor.house.ledger.read()) if isinstance(kept.fact, TrackShown)]


def rows_of(answer: Any) -> set[float]:
    return {round(point["lat"], 4) for point in answer.json()["points"]}


def test_a_crew_sees_its_own_track_of_this_shift_and_no_other(floor: Running) -> None:
    answer = floor.as_("responder").get("/api/field/track")
    assert answer.status_code == 200, answer.text
    assert (answer.json()["unit"], answer.json()["shift"]) == ("E1", NIGHT)
    assert rows_of(answer) == {round(corner(0, 3).lat, 4)}, "the earlier shift's is not this one's, and E2's is not its own"
    whole = answer.json()["points"]
    later = floor.as_("responder").get("/api/field/track", params={"since": whole[1]["at"]}).json()["points"]
    assert later == whole[1:]
    assert looks(floor) == [], "one's own is nobody's look"
    nobody = floor.as_("supervisor").get("/api/field/track")
    assert (nobody.status_code, nobody.json()["code"]) == (409, "not_signed_on")
    assert floor.as_("responder").get("/api/units/E2/track", params={"shift": NIGHT}, headers=OVERSEE).json()["code"] == "role_missing"


def test_a_supervisors_look_needs_its_purpose_and_is_kept_before_it_is_one(floor: Running) -> None:
    lead = floor.as_("supervisor")
    for headers in ({}, {"x-tocsin-purpose": "response"}):
        no = lead.get("/api/units/E1/track", params={"shift": NIGHT}, headers=headers)
        assert (no.status_code, no.json()["code"]) == (403, "purpose_needed"), no.text
    assert lead.get("/api/units/E1/track", params={"shift": "1999"}, headers=OVERSEE).json()["code"] == "shift_unknown"
    assert looks(floor) == []
    seen = lead.get("/api/units/E1/track", params={"shift": DAY}, headers=OVERSEE)
    assert rows_of(seen) == {round(corner(0, 0).lat, 4)}
    assert looks(floor) == [("E1", DAY, "supervisor")]
    assert rows_of(lead.get("/api/units/E1/track", params={"shift": NIGHT}, headers=OVERSEE)) == {round(corner(0, 3).lat, 4)}
    told = floor.as_("responder").get("/api/field/track").json()["looks"]
    assert [(look["by"], look["until"]) for look in told] == [("supervisor", floor.clock.at)], "the crew sees who looked"


def test_the_house_looks_at_the_role_itself(floor: Running) -> None:
    with pytest.raises(Refused) as no:
        Tracks(floor.house).of_unit(Asker("crew 9", frozenset({"responder"}), purpose="oversight"), "E1", NIGHT, 0, 0)
    assert no.value.code == "role_missing"
