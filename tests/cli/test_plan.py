"""`tocsin plan`: a plan checked against fleets that were there, two compared, one tried on what happened, and overrides by reason."""

import json
from pathlib import Path

import pytest

from tests.floor import CHIEF, DESK, SAMPLES, StillClock, asker, corner, on_duty, small_city, small_house
from tests.shared import DATA, ROOT, needs_data
from tocsin.cli import main
from tocsin.cli.reading import read_plan
from tocsin.cli.settings import Stop
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit, ChangePriority, OfferCandidates, RaiseAlarm
from tocsin.rooms.fleet.commands import EndShift, ReportState

SAMPLE = SAMPLES / "plan.toml"
SHIFT = "2026-03-04D"
SF_CALLS = ("calls", "sf_fire_calls_2020-04-07_2020-04-20.csv.gz")


def changed(folder: Path, *pairs: tuple[str, str], more: str = "") -> Path:
    """The sample plan with some words replaced and lines added, under a version of its own."""
    text = SAMPLE.read_text()
    for was, now in (("sample-2026.1", "other-1"), *pairs):
        assert was in text
        text = text.replace(was, now)
    path = folder / "plan.toml"
    path.write_text(text + more)
    return path


WEST = """
[areas.west]
en = "west"
zh = "西区"
file = "west.geojson"
kinds.fire.needs.3 = [{ skill = "fire" }, { skill = "ladder" }]
kinds.fire.alarms.2 = [{ skill = "police" }]
"""


def draw_west(folder: Path) -> None:
    ring = [[24.89, 60.14], [24.905, 60.14], [24.905, 60.19], [24.89, 60.19], [24.89, 60.14]]
    (folder / "west.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "west"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}]}))


def test_an_area_is_read_from_the_file_beside_the_plan(tmp_path: Path) -> None:
    draw_west(tmp_path)
    plan = read_plan(changed(tmp_path, more=WEST))
    west, east = corner(0, 3), corner(4, 3)
    assert (plan.area(west.lon, west.lat), plan.area(east.lon, east.lat)) == ("west", "")
    assert [need.skill for need in plan.needs("fire", 3, "west")] == ["fire", "ladder"]
    assert [need.skill for need in plan.needs("fire", 3, "west", 2)] == ["fire", "ladder", "police"]
    assert plan.needs("fire", 1, "west") == plan.needs("fire", 1)
    assert plan.last_alarm("fire", "west") == 3


def test_a_file_that_holds_no_polygon_is_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = changed(tmp_path, more=WEST)
    for content in (b"{}", b'{"type":"FeatureCollection","features":[]}', b"\xff", b'{"type":"FeatureCollection","features":[1]}'):
        (tmp_path / "west.geojson").write_bytes(content)
        assert main(["plan", "check", str(path)]) == 2
        assert "west.geojson" in capsys.readouterr().err


def test_a_district_is_one_of_the_citys_areas_by_name(tmp_path: Path) -> None:
    path = changed(tmp_path, more=WEST.replace('file = "west.geojson"', 'district = "Nowhere"'))
    assert read_plan(path).area(24.9, 60.15) == "", "without a city it holds nothing"
    with pytest.raises(Stop, match="no polygon named Nowhere"):
        read_plan(path, small_city())


@pytest.mark.parametrize(("pairs", "fault"), [
    ([("alarms.2 = [{ skill = \"fire\"", "alarms.12 = [{ skill = \"fire\"")], "there is no alarm 12"),
    ([("alarms.2 = [{ skill = \"fire\"", "alarms.4 = [{ skill = \"fire\"")], "alarms 3, 4 leave one out"),
    ([("3 = 20, 4 = 40", "3 = 20, 5 = 40")], "cover: there is no priority 5"),
    ([("most_s = 120", "most_s = 9999")], "most_s is 9999"),
    ([("preempt_apart = 2", "preempt_apart = 0")], "more pressing"),
])
def test_a_faulty_plan_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str], pairs: list[tuple[str, str]], fault: str) -> None:
    assert main(["plan", "check", str(changed(tmp_path, *pairs))]) == 2
    assert fault in capsys.readouterr().err


def test_needs_that_no_kind_of_unit_has_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "check", str(SAMPLE)]) == 0
    fleet = tmp_path / "fleet.toml"
    fleet.write_text((SAMPLES / "fleet.toml").read_text().replace('skills = ["ladder", "rescue", "medical"]', 'skills = ["rescue", "medical"]'))
    capsys.readouterr()
    assert main(["plan", "check", str(SAMPLE), "--fleet", str(fleet)]) == 1
    assert "kind fire, priority 1: no kind of unit in the fleet table has 1 ladder" in capsys.readouterr().out


def test_hours_at_which_the_units_on_duty_could_not_fill_a_line_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        for unit, kind in (("E1", "engine"), ("E2", "engine"), ("M1", "medic"), ("P1", "police")):
            on_duty(house, unit, kind, corner(0, 0))
        clock.pass_s(4 * 3600)
        house.do(EndShift(unit="E2", shift=SHIFT), CHIEF)
        clock.pass_s(3 * 3600)
        house.do(EndShift(unit="E1", shift=SHIFT), CHIEF)
    assert main(["plan", "check", str(SAMPLE), "--data", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "kind outside_fire, priority 1: not in 4 of 8 hours" in out
    assert "kind outside_fire, priority 2: not in 1 of 8 hours (at the end)" in out
    assert "kind fire, priority 2: never" in out
    assert "kind outside_fire, priority 3: not in 1 of 8" in out
    assert "kind medical, priority 3" not in out


def test_two_plans_are_compared_in_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "diff", str(SAMPLE), str(SAMPLE)]) == 0
    draw_west(tmp_path)
    other = changed(tmp_path, ("swap_saves_s = 60", "swap_saves_s = 90"), ("3 = 20, 4", "3 = 25, 4"),
                    ('alarms.3 = [{ skill = "fire", count = 3 }', 'alarms.3 = [{ skill = "fire", count = 4 }'), more=WEST)
    capsys.readouterr()
    assert main(["plan", "diff", str(SAMPLE), str(other)]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[:2] == ["version sample-2026.1 becomes other-1", "area west is new"]
    assert ("kind fire, priority 4, alarm 3: 6 fire, 1 ladder, 1 rescue, 1 command, 1 als becomes "
            "7 fire, 1 ladder, 1 rescue, 1 command, 1 als") in out
    assert "area west, kind fire, priority 3: new, 1 fire, 1 ladder" in out
    assert out[-2:] == ["cover weight 3: 20 becomes 25", "divert swap_saves_s: 60 becomes 90"]


def test_a_plan_is_tried_on_what_happened_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = []
    with small_house(tmp_path) as house:
        for column, kind, priority in ((0, "fire", 3), (4, "fire", 3), (4, "fire", 4), (0, "medical", 3)):
            numbers.append(house.do(TakeCall(place=corner(column, 3), kind=kind, priority=priority), DESK).subject.removeprefix("call:"))
        house.do(RaiseAlarm(incident=numbers[1], alarm=3), DESK)
        house.do(ChangePriority(incident=numbers[2], priority=2), DESK)
    draw_west(tmp_path)
    other = changed(tmp_path, ('alarms.3 = [{ skill = "fire", count = 3 }', 'alarms.3 = [{ skill = "fire", count = 4 }'), more=WEST)
    assert main(["plan", "test", str(SAMPLE), "--data", str(tmp_path)]) == 0
    assert "4 incidents, 0 would" in capsys.readouterr().out
    assert main(["plan", "test", str(other), "--data", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "4 incidents, 2 would have got something else (50.0 %); units asked for at first 4, now 5" in out
    assert f"1 × area west, kind fire, priority 3: 1 fire becomes 1 fire, 1 ladder (for example {numbers[0]})" in out
    assert "kind fire, priority 3, alarm 3: 6 fire, 1 ladder, 1 rescue, 1 command, 1 als becomes 7 fire" in out
    assert main(["plan", "test", str(other), "--data", str(tmp_path), "--against", str(other)]) == 0


@needs_data(*SF_CALLS)
def test_a_plan_is_tried_on_a_citys_own_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = changed(tmp_path, ('needs.2 = [{ skill = "transport" }, { skill = "medical" }]', 'needs.2 = [{ skill = "als" }, { skill = "medical" }]'))
    record = ["--calls", str(DATA.joinpath(*SF_CALLS)), "--map", str(ROOT / "docs" / "examples" / "san-francisco-calls.toml")]
    assert main(["plan", "test", str(other), *record]) == 2
    assert main(["plan", "test", str(other), *record, "--against", str(SAMPLE)]) == 1
    out = capsys.readouterr().out
    assert out.startswith("5,292 incidents, 1,828 would have got something else")
    assert "kind medical, priority 2: 1 transport, 1 medical becomes 1 als, 1 medical" in out


def test_overrides_are_counted_by_reason_and_compared_with_what_was_proposed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with small_house(tmp_path) as house:
        for unit, column in (("E1", 0), ("E2", 3), ("E3", 5)):
            on_duty(house, unit, "engine", corner(column, 0), SHIFT)
        for unit, reason in (("E1", ""), ("E3", "knows_place"), ("E2", "a whim")):
            number = house.do(TakeCall(place=corner(0, 0), kind="other", priority=1), DESK).subject.removeprefix("call:")
            offer = house.do(OfferCandidates(incident=number), DESK).subject.removeprefix("offer:")
            house.do(AssignUnit(incident=number, unit=unit, shift=SHIFT, offer=offer, override=reason), DESK)
            if unit == "E1":
                house.do(ReportState(unit="E1", shift=SHIFT, state="available"), asker("crew 1", "responder"))
    assert main(["plan", "overrides", "--data", str(tmp_path)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "3 units were sent on a recommendation, 2 of them not as proposed (66.7 %)"
    assert out[1].startswith("     1 × its crew knows the place (knows_place): in 1 of 1 the proposed unit was due sooner; the unit sent was due +")
    assert "“a whim”: in 1 of 1" in out[2]
    assert len(out) == 3


def test_where_there_are_no_records_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["plan", "overrides", "--data", str(tmp_path)], ["plan", "test", str(SAMPLE), "--data", str(tmp_path)],
                  ["plan", "check", str(SAMPLE), "--data", str(tmp_path)], ["plan", "test", str(SAMPLE)]):
        assert main(words) == 2
        assert capsys.readouterr().err.startswith("tocsin: ")
