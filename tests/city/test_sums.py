"""The sums that outlive the trail: additive, each day once, nothing of few drives given out; and a calibration put in force and taken back."""

import stat
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.city.drawn import Drawing
from tests.city.test_observing import STREETS, WAYS
from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.calibrate.in_force import IN_FORCE, MOVED, base_of, kept_path, put_back, put_in_force
from tocsin.city.calibrate.observing import Observed
from tocsin.city.calibrate.sums import LEAST, StreetHours, Sums, load_sums, moved, path_of, save_sums, with_day
from tocsin.city.calibration import Calibration, load_calibration
from tocsin.city.faults import CityFault


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder: Path = tmp_path_factory.mktemp("sums")
    build([Drawing(STREETS, WAYS).write(folder / "drawn.osm")], folder / "city")
    return City.open(folder / "city")


def drives(*rows: tuple[int, int, int, float]) -> Observed:
    """Rows of arc, hour, drive and seconds."""
    arc, hour, drive, seconds = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Observed(np.array(arc, np.int32), np.array(hour, np.int64), np.array(drive, np.int64), np.array(seconds, np.float64))


def cells(rows: StreetHours) -> dict[tuple[int, int], int]:
    return dict(zip(zip(rows.arc, rows.hour, strict=True), rows.drives, strict=True))


ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 4), st.floats(5.0, 60.0)), max_size=12)


@given(st.lists(ROWS, max_size=6))
def test_days_add_up_in_any_order_and_no_cell_changes_by_fewer_than_three_drives(city: City, days: list[list[tuple[int, int, int, float]]]) -> None:
    sums = Sums(city=city.version)
    for number, rows in enumerate(days):
        before, sums = sums, with_day(sums, city, f"2026-11-{number + 1:02d}", drives(*rows), {"off the streets": 1})
        was, now = cells(before.given), cells(sums.given)
        assert all(now[cell] == was.get(cell, 0) or now[cell] - was.get(cell, 0) >= LEAST for cell in now) and was.keys() <= now.keys()
        assert all(count < LEAST for count in cells(sums.held).values())
        assert with_day(sums, city, f"2026-11-{number + 1:02d}", drives((0, 0, 0, 9.0)), {"off the streets": 9}) is sums, "a day counts once"
    whole = drives(*((arc, hour, drive + 10 * number, seconds) for number, rows in enumerate(days) for arc, hour, drive, seconds in rows))
    arc, hour, count, seconds = whole.by_arc()
    both = {cell: cells(sums.given).get(cell, 0) + cells(sums.held).get(cell, 0) for cell in {**cells(sums.given), **cells(sums.held)}}
    assert both == dict(zip(zip(arc.tolist(), hour.tolist(), strict=True), count.tolist(), strict=True))
    assert sum(sums.given.seconds) + sum(sums.held.seconds) == pytest.approx(seconds.sum(), abs=0.1 * (len(whole) + 1))
    assert (sums.drives, sums.left.get("off the streets", 0)) == (len(set(whole.drive.tolist())), len(days))
    backwards = Sums(city=city.version)
    for number, rows in reversed(list(enumerate(days))):
        backwards = with_day(backwards, city, f"2026-11-{number + 1:02d}", drives(*rows), {"off the streets": 1})
    assert (backwards.classes, backwards.class_drives, backwards.days) == (sums.classes, sums.class_drives, sums.days)
    assert moved(Calibration.default(), backwards) == moved(Calibration.default(), sums)


def test_of_a_class_that_fewer_than_three_drives_took_nothing_is_learnt(city: City) -> None:
    kinds = city.network.road_class
    main, side = (int(np.flatnonzero(kinds == kind)[0]) for kind in sorted(set(kinds.tolist()))[:2])
    slow = [(main, 9, drive, 300.0) for drive in range(LEAST)]
    over_two_hours = [(side, hour, drive, 300.0) for drive in range(LEAST - 1) for hour in (9, 10)]
    with_both = with_day(Sums(city=city.version), city, "2026-11-01", drives(*slow, *over_two_hours), {})
    with_one = with_day(Sums(city=city.version), city, "2026-11-01", drives(*slow), {})
    assert moved(Calibration.default(), with_both).factor == moved(Calibration.default(), with_one).factor
    more = with_day(with_both, city, "2026-11-02", drives((side, 9, 0, 300.0)), {})
    assert moved(Calibration.default(), more).factor != moved(Calibration.default(), with_one).factor


def test_the_file_holds_sums_alone_for_its_owner_alone(city: City) -> None:
    sums = with_day(Sums(city=city.version), city, "2026-11-01", drives(*((2, 9, drive, 21.0) for drive in range(4)), (1, 9, 4, 30.0)), {"no positions": 2})
    save_sums(city.path, sums)
    assert load_sums(city.path, city.version) == (sums, False)
    assert stat.S_IMODE(path_of(city.path).stat().st_mode) == 0o600
    written = msgspec.json.decode(path_of(city.path).read_bytes())
    assert written.keys() == {"format", "city", "days", "drives", "left", "given", "held", "classes", "class_drives"}
    assert written["given"] == {"arc": [2], "hour": [9], "drives": [4], "seconds": [84.0]} and written["held"]["drives"] == [1]
    assert written["classes"].keys() == {"road_class", "hour", "step", "drives"} and (written["days"], written["left"]) == (["2026-11-01"], {"no positions": 2})


def test_a_city_that_was_built_anew_keeps_what_was_learnt_by_class(city: City) -> None:
    save_sums(city.path, sums := with_day(Sums(city=city.version), city, "2026-11-01", drives(*((2, 9, drive, 21.0) for drive in range(4))), {}))
    other, anew = load_sums(city.path, "0123456789abcdef")
    assert anew and (other.given, other.held) == (StreetHours(), StreetHours())
    assert (other.classes, other.class_drives, other.days, other.drives) == (sums.classes, sums.class_drives, sums.days, 4)
    for content, code in ((b"{", "observed.damaged"), (b'{"format":9,"city":""}', "observed.other_format"),
                          (b'{"city":"","classes":{"road_class":["lane"],"hour":[0],"step":[0],"drives":[1]}}', "observed.other_format")):
        path_of(city.path).write_bytes(content)
        with pytest.raises(CityFault) as fault:
            load_sums(city.path, city.version)
        assert fault.value.code == code


def test_a_moved_calibration_is_put_in_force_and_taken_back(city: City, tmp_path: Path) -> None:
    with pytest.raises(CityFault, match="none_moved"):
        put_in_force(tmp_path)
    with pytest.raises(CityFault, match="not_moved"):
        put_back(tmp_path)
    own = msgspec.structs.replace(Calibration.default(), access_s=30.0, figures={"kind": "engine"})
    own.save(tmp_path / IN_FORCE)
    first = with_day(Sums(city=city.version), city, "2026-11-01", drives(*((2, 9, drive, 300.0) for drive in range(9))), {})
    once = moved(base_of(tmp_path), first)
    once.save(tmp_path / MOVED)
    assert load_calibration(tmp_path / IN_FORCE) == own, "nothing changes by itself"
    assert put_in_force(tmp_path) == (own, once)
    assert load_calibration(tmp_path / IN_FORCE) == once and load_calibration(kept_path(tmp_path, own.version)) == own
    assert base_of(tmp_path) == own
    second = with_day(first, city, "2026-11-02", drives((2, 9, 0, 300.0)), {})
    twice = moved(base_of(tmp_path), second)
    assert twice == moved(own, second) and twice.figures["kind"] == "engine", "all days are counted from what was believed before any of them"
    twice.save(tmp_path / MOVED)
    put_in_force(tmp_path)
    assert put_back(tmp_path) == (twice, own)
    assert load_calibration(tmp_path / IN_FORCE) == own and load_calibration(kept_path(tmp_path, twice.version)) == twice
    msgspec.structs.replace(own, access_s=31.0).save(tmp_path / IN_FORCE)
    with pytest.raises(CityFault, match="base_changed"):
        put_in_force(tmp_path)
    twice.save(tmp_path / IN_FORCE)
    kept_path(tmp_path, own.version).unlink()
    with pytest.raises(CityFault, match="base_missing"):
        base_of(tmp_path)
    moved(Calibration.default(), first).save(tmp_path / IN_FORCE)
    assert base_of(tmp_path) == Calibration.default()
