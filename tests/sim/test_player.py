"""A generated day played on a real house: it ends with everybody free, obeys people, and is the same bit for bit."""

from collections import Counter
from itertools import pairwise
from pathlib import Path
from statistics import median
from threading import Event
from time import perf_counter

import msgspec

from tests.floor import CHIEF, DESK, StillClock, corner, small_city, small_house
from tocsin.city.calibration import Calibration
from tocsin.house import House
from tocsin.kernel import Instant
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.coverage.commands import EndStandby, OrderStandby
from tocsin.rooms.dispatch.commands import AssignUnit, CloseRoad, StandDown, SwapUnits
from tocsin.rooms.fleet.commands import ReportState
from tocsin.rooms.fleet.views import UnitRow
from tocsin.sim.clock import SECOND, FastClock, StepClock
from tocsin.sim.player import Player
from tocsin.sim.travel import metres

START: Instant = StillClock().at
TICK_S = 5.0


class Floor:
    """A house in the drawn town, a step clock and a player."""

    def __init__(self, folder: Path, *, seed: int = 7, per_day: float = 240, stand_in: bool = True, calls: bool = True,
                 start: Instant = START) -> None:
        self.clock = StepClock(start)
        self.house: House = small_house(folder, self.clock)
        self.player = Player(self.house, small_city(), Calibration.default(), seed, per_day=per_day, stand_in=stand_in, calls=calls)

    def play(self, seconds: float) -> None:
        """Let the day go on."""
        for _ in range(int(seconds / TICK_S)):
            self.player.step()
            self.clock.advance(TICK_S)

    def unit(self, name: str) -> UnitRow:
        row = self.house.rows("unit")[name]
        assert isinstance(row, UnitRow)
        return row

    def play_until(self, name: str, state: str, most_s: float = 3600) -> None:
        """Go on until a unit is in a state."""
        for _ in range(int(most_s / TICK_S)):
            if self.unit(name).state == state:
                return
            self.play(TICK_S)
        raise AssertionError(f"{name} is still {self.unit(name).state}")

    def call(self, column: int = 4, row: int = 4, kind: str = "fire") -> str:
        receipt = self.house.do(TakeCall(place=corner(column, row), kind=kind), DESK)
        return receipt.subject.removeprefix("call:")

    def send(self, incident: str, unit: str) -> None:
        self.house.do(AssignUnit(incident=incident, unit=unit, shift=self.unit(unit).shift), DESK)


def entries(house: House) -> list[tuple[object, ...]]:
    return [(entry.kind, entry.tags, entry.happened_at, entry.known_at, entry.by, entry.key,
             b"" if entry.kind == "calls.call-taken" else entry.body) for _, entry in house.ledger.read(0)]


def test_a_generated_hour_ends_with_every_incident_closed_and_every_unit_free_at_home(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.play(3600)
    floor.player.no_more_calls()
    for _ in range(60):
        floor.play(600)
        if not floor.house.rows("incident"):
            break
    floor.play(1800)
    kinds = Counter(entry.kind for _, entry in floor.house.ledger.read(0))
    assert kinds["calls.call-taken"] >= 5
    assert kinds["dispatch.incident-closed"] == kinds["calls.call-taken"] == kinds["dispatch.incident-opened"]
    assert kinds["dispatch.unit-assigned"] >= kinds["calls.call-taken"]
    assert {floor.unit(name).state for name in floor.house.rows("unit")} == {"available"}
    for name, position in floor.house.positions().items():
        home = floor.unit(name).home
        assert metres((position.lon, position.lat), (home.lon, home.lat)) < 60, name
    for desk in (floor.player.callers, floor.player.crews_desk, floor.player.dispatch):
        assert not desk.refused, desk.examples


def test_a_free_crew_waits_where_it_is_told_goes_from_there_and_home_again(tmp_path: Path) -> None:
    floor = Floor(tmp_path, calls=False)
    floor.play(60)
    name = next(unit for unit in floor.house.rows("unit") if floor.unit(unit).unit_kind == "engine")
    home, fair = floor.unit(name).home, corner(3, 2)
    assert metres((home.lon, home.lat), (fair.lon, fair.lat)) > 200

    def away_m(lon: float, lat: float) -> float:
        position = floor.house.positions()[name]
        return metres((position.lon, position.lat), (lon, lat))

    floor.house.do(OrderStandby(unit=name, shift=floor.unit(name).shift, post="Fair", place=fair), CHIEF)
    floor.play(900)
    assert away_m(fair.lon, fair.lat) < 60
    floor.house.do(EndStandby(unit=name, shift=floor.unit(name).shift), CHIEF)
    floor.play(900)
    assert away_m(home.lon, home.lat) < 60
    floor.house.do(OrderStandby(unit=name, shift=floor.unit(name).shift, post="Fair", place=fair), CHIEF)
    floor.play(900)
    before = floor.unit(name).shift
    floor.play(26 * 3600)
    assert floor.unit(name).shift != before, "one that waits elsewhere is relieved too"
    assert floor.unit(name).standby is None


def test_arrivals_scatter_about_the_forecasts_that_were_shown(tmp_path: Path) -> None:
    floor = Floor(tmp_path, per_day=480)
    floor.play(3 * 3600)
    sent: dict[tuple[str, str], tuple[int, int]] = {}
    ratios = []
    for _, entry in floor.house.ledger.read(0):
        fact = msgspec.msgpack.decode(entry.body)
        if entry.kind == "dispatch.unit-assigned" and fact.get("eta_s", -1) > 0:
            sent[(fact["unit"], fact["incident"])] = (entry.happened_at, fact["eta_s"])
        elif entry.kind == "fleet.unit-state-changed" and fact["state"] == "at_scene":
            at, eta_s = sent[(fact["unit"], fact["incident"])]
            ratios.append((entry.happened_at - at) / SECOND / eta_s)
    assert len(ratios) > 30
    assert 0.85 < median(ratios) < 1.2
    assert min(ratios) > 0.4
    assert max(ratios) < 3


def test_the_same_seed_keeps_the_same_entries_bit_for_bit(tmp_path: Path) -> None:
    floors = [Floor(tmp_path / name, seed=seed) for name, seed in (("a", 7), ("b", 7), ("c", 8))]
    for floor in floors:
        floor.play(1800)
    first, second, other = (entries(floor.house) for floor in floors)
    assert first == second
    assert first != other
    assert [msgspec.structs.astuple(row) for row in floors[0].house.positions().values()] == [
        msgspec.structs.astuple(row) for row in floors[1].house.positions().values()]


def test_a_crew_that_is_sent_drives_reports_and_comes_home(tmp_path: Path) -> None:
    floor = Floor(tmp_path, stand_in=False, calls=False)
    floor.play(TICK_S)
    floor.send(floor.call(), "E1")
    floor.play_until("E1", "en_route", 300)
    fixes = []
    while floor.unit("E1").state == "en_route":
        floor.play(TICK_S)
        fixes.append(floor.house.positions()["E1"])
    driving = [fix for fix in fixes if fix.speed_mps]
    assert len(driving) > 5
    assert all(fix.heading_deg is not None for fix in driving)
    assert {b.device_at - a.device_at for a, b in pairwise(driving)} == {5 * SECOND}
    there = corner(4, 4)
    assert metres((fixes[-1].lon, fixes[-1].lat), (there.lon, there.lat)) < 60
    floor.play_until("E1", "available", 7200)


def test_an_ambulance_takes_somebody_to_the_hospital(tmp_path: Path) -> None:
    floor = Floor(tmp_path, stand_in=False, calls=False)
    floor.play(TICK_S)
    seen = set()
    for _ in range(6):
        floor.send(floor.call(column=1, row=1, kind="medical"), "M1")
        for _ in range(2000):
            floor.play(TICK_S)
            state = floor.unit("M1").state
            seen.add(state)
            if state == "at_destination":
                where = floor.house.positions()["M1"]
                hospital = corner(5, 5)
                assert metres((where.lon, where.lat), (hospital.lon, hospital.lat)) < 120
            if state == "available":
                break
        if "at_destination" in seen:
            break
    assert seen >= {"en_route", "at_scene", "transporting", "at_destination", "clearing", "available"}


def test_a_stand_down_turns_the_crew_round(tmp_path: Path) -> None:
    floor = Floor(tmp_path, stand_in=False, calls=False)
    floor.play(TICK_S)
    incident = floor.call()
    floor.send(incident, "E1")
    floor.play_until("E1", "en_route", 300)
    floor.play(20)
    floor.house.do(StandDown(incident=incident, unit="E1", shift=floor.unit("E1").shift), DESK)
    floor.play(1200)
    assert floor.unit("E1").state == "available"
    home, position = floor.unit("E1").home, floor.house.positions()["E1"]
    assert metres((position.lon, position.lat), (home.lon, home.lat)) < 60
    assert not floor.player.crews_desk.refused


def test_a_swap_sends_the_other_crew(tmp_path: Path) -> None:
    floor = Floor(tmp_path, stand_in=False, calls=False)
    floor.play(TICK_S)
    incident = floor.call()
    floor.send(incident, "E1")
    floor.play_until("E1", "en_route", 300)
    floor.house.do(SwapUnits(incident=incident, unit="E1", shift=floor.unit("E1").shift, to_unit="E2",
                             to_shift=floor.unit("E2").shift), DESK)
    floor.play_until("E2", "at_scene", 1800)
    assert floor.unit("E1").state == "available"


def test_a_person_who_reports_for_a_crew_is_believed(tmp_path: Path) -> None:
    floor = Floor(tmp_path, stand_in=False, calls=False)
    floor.play(TICK_S)
    floor.send(floor.call(), "E1")
    floor.play(TICK_S)
    floor.house.do(ReportState(unit="E1", shift=floor.unit("E1").shift, state="out_of_service", reason="a flat tyre"), CHIEF)
    floor.play(3600)
    assert floor.unit("E1").state == "out_of_service"


def test_a_person_has_time_to_act_before_the_stand_in_does(tmp_path: Path) -> None:
    floor = Floor(tmp_path, calls=False)
    floor.play(TICK_S)
    slow, quick = floor.call(kind="burglary"), floor.call(kind="burglary", column=1)
    floor.play(20)
    units = sorted(name for name in floor.house.rows("unit") if name.startswith("P"))
    assert all(floor.unit(name).state == "available" for name in units)
    floor.send(quick, units[0])
    floor.play(20)
    sent = Counter(entry.by for _, entry in floor.house.ledger.read(0) if entry.kind == "dispatch.unit-assigned")
    assert sent["desk 1"] == 1
    assert sent["stand-in dispatcher"] >= 1
    assert floor.house.rows("incident")[slow].units  # type: ignore[attr-defined]  # a row of incidents


def test_a_player_takes_over_a_floor_that_is_already_at_work(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.play(1800)
    busy = [name for name in floor.house.rows("unit") if floor.unit(name).incident]
    assert busy
    floor.player = Player(floor.house, small_city(), Calibration.default(), 7, calls=False)
    for _ in range(60):
        floor.play(600)
        if not floor.house.rows("incident"):
            break
    assert not floor.house.rows("incident")


def test_crews_are_relieved_at_eight_and_not_in_the_middle_of_a_call(tmp_path: Path) -> None:
    floor = Floor(tmp_path, stand_in=False, calls=False, start=START + (21 * 3600 + 55 * 60) * SECOND)
    floor.play(TICK_S)
    assert {floor.unit(name).shift for name in floor.house.rows("unit")} == {"260304-sample"}
    floor.send(floor.call(), "E1")
    floor.play(600)
    assert {floor.unit(name).shift for name in floor.house.rows("unit") if name != "E1"} == {"260305-sample"}
    assert floor.unit("E1").shift == "260304-sample", "it is on a call"
    floor.play_until("E1", "available", 7200)
    floor.play(1200)
    assert floor.unit("E1").shift == "260305-sample"
    assert floor.house.positions()["E1"].lon == floor.unit("E1").home.lon
    assert not floor.player.crews_desk.refused


def test_closed_roads_lengthen_the_way_home(tmp_path: Path) -> None:
    floor = Floor(tmp_path, stand_in=False, calls=False)
    floor.play(TICK_S)
    a, b = (floor.unit("E1").home.lon, floor.unit("E1").home.lat), (corner(4, 4).lon, corner(4, 4).lat)
    line, drive_s = floor.player.way(b, a, floor.clock.now())
    middle = line[len(line) // 2]
    floor.house.do(CloseRoad(lon=middle[0] + 1e-5, lat=middle[1] + 1e-5), DESK)
    floor.play(TICK_S)
    assert floor.player.way(b, a, floor.clock.now())[1] > drive_s


def test_in_a_thread_it_starts_plays_and_stops(tmp_path: Path) -> None:
    clock = FastClock(START, 60.0, perf_counter)
    house = small_house(tmp_path, clock, speed=60.0)
    player = Player(house, small_city(), Calibration.default(), 7, per_day=5000)
    changed = Event()
    house.on_change(lambda what: changed.set() if what == "trail" else None)
    player.start()
    assert changed.wait(20)
    assert player.playing
    player.stop()
    assert not player.playing
    assert len(house.rows("unit")) > 5
    player.stop()
