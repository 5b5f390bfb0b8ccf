"""Driving: where a vehicle is on its way, and that there is always a way."""

from hypothesis import given
from hypothesis import strategies as st

from tests.floor import corner, small_city
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.sim.clock import SECOND
from tocsin.sim.travel import Drive, Streets, metres

LINE = ((24.9, 60.15), (24.9, 60.16), (24.92, 60.16))


def test_a_drive_begins_and_ends_where_it_should_and_heads_along_its_line() -> None:
    drive = Drive.along(LINE, 100 * SECOND, 60)
    assert drive.at(0).point == LINE[0]
    assert drive.at(0).speed_mps == 0
    first, last = drive.at(101 * SECOND), drive.at(159 * SECOND)
    assert first.heading_deg is not None
    assert last.heading_deg is not None
    assert abs(first.heading_deg) < 1, "north"
    assert abs(last.heading_deg - 90) < 1, "east"
    assert drive.at(160 * SECOND).point == LINE[-1]
    assert drive.at(160 * SECOND).heading_deg is None


@given(st.integers(0, 120), st.floats(0, 300))
def test_a_vehicle_never_goes_further_than_its_speed_takes_it(second: int, drive_s: float) -> None:
    drive = Drive.along(LINE, 0, drive_s)
    a, b = drive.at(second * SECOND), drive.at((second + 1) * SECOND)
    whole = drive.way.reach_m[-1]
    assert metres(a.point, b.point) <= whole / max(drive_s, 1e-3) * 1.01 + 0.01 or drive_s < 1
    assert metres(a.point, LINE[-1]) <= whole + 1


def test_a_drive_of_one_point_or_of_no_time_is_there_at_once() -> None:
    assert Drive.along(LINE[:1], 5, 10).at(7).point == LINE[0]
    assert Drive.along(LINE, 5, 0).at(5).point == LINE[-1]


def test_a_way_follows_the_streets_and_goes_round_a_closure() -> None:
    city = small_city()
    streets = Streets(LiveRoads(city, Calibration.default()), Calibration.default())
    a, b = ((place.lon, place.lat) for place in (corner(0, 0), corner(3, 0)))
    line, drive_s = streets.way(a, b, 0)
    assert line[0] == a
    assert line[-1] == b
    straight_m = metres(a, b)
    assert straight_m / 25 < drive_s < straight_m / 5
    shut = {int(segment) for segment, arc_tail, arc_head in zip(
        city.network.segment, city.network.tail, city.network.head, strict=True)
        if max(abs(city.network.lat[arc_tail] - a[1]), abs(city.network.lat[arc_head] - a[1])) < 1e-6
        and min(city.network.lon[arc_tail], city.network.lon[arc_head]) < corner(1, 0).lon - 1e-6}
    streets.close(shut)
    assert streets.way(a, b, 0)[1] > drive_s
    streets.close(())
    assert streets.way(a, b, 0)[1] == drive_s


def test_a_place_that_closures_cut_off_is_still_left() -> None:
    city = small_city()
    streets = Streets(LiveRoads(city, Calibration.default()), Calibration.default())
    streets.close(set(city.network.segment.tolist()))
    a, b = ((place.lon, place.lat) for place in (corner(0, 0), corner(3, 0)))
    line, drive_s = streets.way(a, b, 0)
    assert line == (a, b)
    assert drive_s > 0
