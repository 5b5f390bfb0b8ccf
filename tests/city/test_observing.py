"""What positions say of streets: from fixes to factors, held back by what was believed before."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.city.drawn import Drawing
from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.calibrate import tell
from tocsin.city.calibrate.moving import move
from tocsin.city.calibrate.observing import Observed, observe, tracks
from tocsin.city.calibrate.sums import Sums, moved, with_day
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.city.speeds import CLASS_INDEX
from tocsin.engines.roads import Roads
from tocsin.trail import Fix

MONDAY_8 = datetime(2026, 11, 2, 8, tzinfo=UTC)
STREETS = """
A    B    C    D

E    F    G    H
"""
WAYS = {"ABCD": {"highway": "primary", "name": "First"}, "EFGH": {"highway": "residential"}, "AE": {}, "DH": {}, "BF": {}, "CG": {}}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder: Path = tmp_path_factory.mktemp("observing")
    build([Drawing(STREETS, WAYS).write(folder / "drawn.osm")], folder / "city")
    return City.open(folder / "city")


def driven(word: str, kph: float, at: datetime = MONDAY_8, every_s: float = 5.0) -> list[Fix]:
    """Positions of a drive along the letters of a word at one speed, as a phone tells them."""
    drawing = Drawing(STREETS, WAYS)
    lon, lat = np.array([drawing.at[letter] for letter in word]).T
    done = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(lon), np.diff(lat)) * 111_195.0)]) / (kph / 3.6)
    start = int(at.timestamp()) * 1_000_000
    return [Fix("E1", float(np.interp(second, done, lon)), float(np.interp(second, done, lat)), start + int(second * 1e6),
                start + int(second * 1e6), 5.0, kph / 3.6, None) for second in np.arange(0.0, done[-1] + every_s, every_s)]


def seen(city: City, stretches: list[list[Fix]]) -> Observed:
    """What stretches say, by the whole path: fixes, tracks, match, observe."""
    roads = Roads(city.network, city.topology)
    found = roads.matcher(city.usable("emergency")).match(tracks(stretches))
    return observe(found, city.network.dist_m, "Asia/Shanghai")


def flat(**changed: float) -> Calibration:
    return msgspec.structs.replace(Calibration.default(), **changed)


def test_streets_driven_whole_are_seen_with_their_seconds_and_local_hour(city: City) -> None:
    found = seen(city, [driven("ABCDH", 36.0), driven("FE", 18.0)])
    metres = city.network.dist_m[found.arc]
    assert len(found) >= 3
    first = found.drive == 0
    np.testing.assert_allclose(metres[first] / found.seconds[first], 10.0, rtol=0.12)
    assert set(found.hour.tolist()) == {16}, "eight in UTC is four in the afternoon of a Monday in Shanghai"
    arc, hour, drives, seconds = found.by_arc()
    assert len(arc) == len(set(found.arc.tolist()))
    assert drives.sum() == len(found)
    assert seconds.sum() == pytest.approx(found.seconds.sum())
    assert (hour == 16).all()


def test_fixes_out_of_order_and_twice_are_one_track_and_what_a_device_did_not_say_is_nothing() -> None:
    fixes = driven("AB", 36.0)
    again = [*reversed(fixes), fixes[0]]
    first, second = tracks([fixes]), tracks([again, []])
    assert second.at.tolist() == [0, len(fixes), len(fixes)]
    assert first.t_s.tolist() == second.t_s.tolist()
    silent = tracks([[msgspec.structs.replace(fix, accuracy_m=None, heading_deg=90.0, speed_mps=0.5) for fix in fixes]])
    assert np.isnan(silent.accuracy_m).all()
    assert np.isnan(silent.heading_deg).all(), "who stands heads nowhere"
    heading = tracks([[msgspec.structs.replace(fix, heading_deg=90.0) for fix in fixes]])
    assert (heading.heading_deg == 90.0).all()


def test_a_street_on_which_a_unit_stood_for_minutes_says_nothing(city: City) -> None:
    fixes = driven("ABCD", 36.0)
    half = len(fixes) // 2
    stood = [msgspec.structs.replace(fixes[half], device_at=fixes[half].device_at + second * 1_000_000) for second in range(5, 300, 5)]
    late = [msgspec.structs.replace(fix, device_at=fix.device_at + 300_000_000) for fix in fixes[half + 1 :]]
    through, halted = seen(city, [fixes]), seen(city, [[*fixes[: half + 1], *stood, *late]])
    left = set(through.arc.tolist()) - set(halted.arc.tolist())
    assert len(left) == 1
    assert halted.seconds.max() < 60.0


def made(city: City, of: str, ratio: float, drives: int, hour: int) -> Observed:
    """Drives that each took a street of a class, at so many times what is believed of it."""
    arc = int(np.flatnonzero(city.network.road_class == CLASS_INDEX[of])[0])
    free = float(Calibration.default().free_s(city)[arc])
    return Observed(np.full(drives, arc, np.int32), np.full(drives, hour), np.arange(drives), np.full(drives, free * ratio))


def to(believed: Calibration, city: City, observed: Observed) -> Calibration:
    """What these drives alone make of a calibration."""
    return move(believed, observed.by_class(city))


def both(*some: Observed) -> Observed:
    joined = [np.concatenate([getattr(one, name) for one in some]) for name in ("arc", "hour", "seconds")]
    return Observed(joined[0], joined[1], np.arange(len(joined[0])), joined[2])


def test_nothing_observed_changes_nothing_and_what_was_believed_is_left_as_it_was(city: City) -> None:
    believed = flat()
    nothing = Observed(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    assert to(believed, city, nothing) is believed
    right = both(*(made(city, "primary", 1.0, 10, hour) for hour in range(168)))
    moved = to(believed, city, right)
    assert moved.factor == believed.factor
    assert moved.hour_factor == believed.hour_factor


def test_a_drive_that_takes_a_street_twice_in_an_hour_counts_there_once(city: City) -> None:
    found = Observed(np.array([4, 4, 4, 7], np.int32), np.array([9, 9, 10, 9]), np.array([0, 0, 0, 1]), np.array([20.0, 30.0, 40.0, 50.0]))
    arc, hour, drives, seconds = found.by_arc()
    assert (arc.tolist(), hour.tolist(), drives.tolist(), seconds.tolist()) == ([4, 4, 7], [9, 10, 9], [1, 1, 1], [20.0, 40.0, 50.0])


def test_a_few_drives_move_a_factor_a_little_and_many_move_it_there(city: City) -> None:
    slow = [to(flat(), city, both(*(made(city, "primary", 1.5, count, hour) for hour in range(168)))).factor["primary"] for count in (1, 10, 100)]
    few = to(flat(), city, made(city, "primary", 1.5, 3, 10)).factor["primary"]
    assert 1.0 < few < 1.2 < slow[0] < slow[1] < slow[2] < 1.5
    assert slow[2] == pytest.approx(1.5, rel=0.02)


def test_a_class_is_told_from_the_others_and_an_hour_from_the_rest(city: City) -> None:
    week = range(168)
    classes = to(flat(), city, both(*(made(city, name, ratio, 30, hour) for hour in week for name, ratio in (("primary", 1.4), ("residential", 0.8)))))
    assert classes.factor["primary"] == pytest.approx(1.4, rel=0.05)
    assert classes.factor["residential"] == pytest.approx(0.8, rel=0.05)
    rush = both(*(made(city, "primary", 1.3 if 6 <= hour % 24 < 18 else 1.0, 30, hour) for hour in week))
    curve = np.array(to(flat(), city, rush).hour_factor).reshape(7, 24)
    assert (curve[:, 12] / curve[:, 0]).min() > 1.2


def test_one_blocked_street_among_many_drives_moves_little(city: City) -> None:
    sound = both(*(made(city, "primary", 1.0, 9, hour) for hour in range(168)))
    blocked = both(sound, *(made(city, "primary", 20.0, 1, hour) for hour in range(168)))
    assert to(flat(), city, blocked).factor["primary"] == pytest.approx(1.0, abs=0.01)


def test_dispatch_ranks_by_what_was_learnt_and_keeps_the_rest(city: City) -> None:
    believed = flat()
    stretches = [driven("ABCD", 20.0, at) for at in (datetime(2026, 11, day, hour, tzinfo=UTC) for day in range(2, 9) for hour in range(0, 24, 2))]
    fresh = moved(believed, with_day(Sums(city=city.version), city, "2026-11-02", seen(city, stretches), {}))
    assert fresh.version != believed.version
    assert fresh.figures["observed"]["drives"] == len(stretches)
    kept = {"factor", "hour_factor", "figures"}
    assert all(getattr(fresh, name) == getattr(believed, name) for name in Calibration.__struct_fields__ if name not in kept)
    assert tell(fresh)[-1] == f"Factors by class and hour were moved by {len(stretches)} drives' positions on 1 days."
    before, after = (LiveRoads(city, timing) for timing in (believed, fresh))
    spot, target = before.spots([0.0112], [0.0095], None, lights=True), before.spots([0.0262], [0.0095], None, lights=True)
    times = [float(live.drive_s(*spot, (int(target[0][0]), float(target[1][0])), lights=True, hour=12, closed=())[0]) for live in (before, after)]
    true_s = 15 * 111.195 / (20.0 / 3.6)
    assert abs(times[1] - true_s) < 0.35 * abs(times[0] - true_s)
