"""The door through which a record becomes demand: other columns are refused before a row is read, and what police began stays out."""

import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np
import pytest

from tests.shared import DATA, ROOT, needs_data
from tocsin.city.calendar import calendar, counted, read_days
from tocsin.city.faults import CityFault
from tocsin.city.own_calls import Columns, Mapping, calls_of, districts_of, read_calls, read_mapping
from tocsin.city.record import read_record
from tocsin.city.record_mapping import read_mapping as read_record_mapping
from tocsin.city.zones import read_neighbours, read_times, read_zones, work_of
from tocsin.kernel import Refused, instant

MAPPING = Mapping(format=1, name="A town", zone="Europe/Helsinki", columns=Columns(time="at", kind="what", lon="x", lat="y"), passed_over=("street",),
                  kind_until=":", kinds={"EMS": "medical"}, bounds=(24.0, 60.0, 26.0, 61.0), resolution=8)
HEAD = "at,what,x,y,street\n"
ROWS = ("2026-01-05 10:30:00,EMS: FALL,24.94,60.17,Market Street\n2026-07-06 10:30:00,Fire: CAR,24.95,60.17,Harbour Road\n"
        "yesterday,EMS: FALL,24.94,60.17,\n2026-01-05 11:00:00,EMS: FALL,2.0,48.8,Paris\n2026-01-05 11:00:00,EMS: WARRANT SERVICE,24.94,60.17,\n")


def file(folder: Path, text: str, name: str = "calls.csv") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_place_time_and_kind_are_read_and_the_rest_is_counted(tmp_path: Path) -> None:
    calls = read_calls(file(tmp_path, HEAD + ROWS), MAPPING)
    assert calls.kinds == ("Fire", "medical") and calls.kind.tolist() == [1, 0]
    assert calls.at.tolist() == [instant(datetime.datetime(2026, 1, 5, 8, 30, tzinfo=datetime.UTC)), instant(datetime.datetime(2026, 7, 6, 7, 30, tzinfo=datetime.UTC))]
    assert calls.cell.tolist() == [h3.latlng_to_cell(60.17, 24.94, 8), h3.latlng_to_cell(60.17, 24.95, 8)]
    assert calls.left_out == {"without a readable time": 1, "without a place": 1, "began by police themselves": 1}


@pytest.mark.parametrize(("column", "code"), [("officer_initiated", "of-people"), ("name", "of-people"), ("arrest", "of-people"), ("race", "of-people"), ("unit", "of-people"),
                                              ("priority", "refused"), ("channel", "refused"), ("", "refused")])
def test_a_file_with_any_other_column_is_refused(tmp_path: Path, column: str, code: str) -> None:
    wrong = file(tmp_path, f"at,what,x,y,street,{column}\n2026-01-05 10:30:00,EMS: FALL,24.94,60.17,Market Street,1\n")
    with pytest.raises(Refused) as no:
        read_calls(wrong, MAPPING)
    assert no.value.code == f"demand.column-{code}" and no.value.field == column


@pytest.mark.parametrize("column", ["officer_initiated", "name", "arrest", "race", "unit"])
def test_a_column_of_people_cannot_be_passed_over(tmp_path: Path, column: str) -> None:
    """To pass it over would let in the very rows that it marks."""
    wrong = file(tmp_path, f"at,what,x,y,{column}\n2026-01-05 10:30:00,EMS: FALL,24.94,60.17,1\n")
    with pytest.raises(Refused, match="column-of-people"):
        read_calls(wrong, Mapping(format=1, name="A town", zone="UTC", columns=MAPPING.columns, passed_over=(column,)))


def test_a_mapping_has_no_place_for_another_column(tmp_path: Path) -> None:
    text = 'format = 1\nname = "A town"\nzone = "UTC"\n[columns]\ntime = "at"\nkind = "what"\ncell = "cell"\n'
    assert read_mapping(file(tmp_path, text, "map.toml")).columns.cell == "cell"
    with pytest.raises(Refused, match="column-refused"):
        read_mapping(file(tmp_path, text + 'officer = "unit"\n', "map.toml"))
    for wrong in (text.replace("UTC", "Mars"), text.replace("format = 1", "format = 2"), text.replace('cell = "cell"', 'lon = "x"'), "no toml ["):
        with pytest.raises(CityFault):
            read_mapping(file(tmp_path, wrong, "map.toml"))


def test_cells_may_be_given_as_they_are(tmp_path: Path) -> None:
    cell = h3.latlng_to_cell(60.17, 24.94, 9)
    rows = file(tmp_path, f"at,what,where\n2026-01-05T10:30:00+02:00,fall,{h3.int_to_str(cell)}\n2026-01-05T10:30:00+02:00,fall,nowhere\n")
    calls = read_calls(rows, Mapping(format=1, name="A town", zone="UTC", columns=Columns(time="at", kind="what", cell="where"), resolution=8))
    assert calls.cell.tolist() == [h3.cell_to_parent(cell, 8)] and calls.left_out == {"without a place": 1}
    assert calls.at[0] == instant(datetime.datetime(2026, 1, 5, 8, 30, tzinfo=datetime.UTC))


def test_hours_are_those_of_the_citys_own_clocks() -> None:
    """Helsinki's clocks went forward on 29 March 2026: that day has 23 hours, and Monday's first hour is hour 0 before and after."""
    zone = ZoneInfo("Europe/Helsinki")
    first, last = (instant(datetime.datetime(2026, 3, day, 12, tzinfo=zone)) for day in (23, 30))
    on = calendar(first, last, zone, 1)
    assert np.bincount(on.day).tolist() == [24] * 6 + [23] + [24] * 2
    assert on.week_hour[0] == 0 and on.week_hour[-48] == 0 and on.hours_of()[6, 3] == -1
    assert (on.told.shape, on.days) == ((9, 0), 9)


def test_days_may_tell_of_holidays_and_weather_and_of_nothing_else(tmp_path: Path) -> None:
    told, names = read_days(file(tmp_path, "day,holiday,rain_mm\n2026-01-06,1,\n2026-01-07,0,20\n"))
    assert names == ("holiday", "rain_mm") and told[datetime.date(2026, 1, 7)] == (0.0, 2.0) and np.isnan(told[datetime.date(2026, 1, 6)][1])
    with pytest.raises(Refused, match="column-refused"):
        read_days(file(tmp_path, "day,arrests\n2026-01-06,4\n"))
    with pytest.raises(CityFault):
        read_days(file(tmp_path, "day,holiday\nEpiphany,1\n"))


def test_a_cell_lies_in_one_district() -> None:
    cells = sorted(h3.grid_disk(h3.latlng_to_cell(60.17, 24.94, 8), 6))
    district = districts_of(cells)
    assert len(set(district)) > 1 and sorted(set(district)) == list(range(max(district) + 1))
    assert all((h3.cell_to_parent(a, 6) == h3.cell_to_parent(b, 6)) == (p == q) for a, p in zip(cells[:20], district, strict=False) for b, q in zip(cells, district, strict=True))


@needs_data("calls", "sf_fire_calls_2020-04-07_2020-04-20.csv.gz")
def test_of_a_record_of_runs_only_place_time_and_kind_come_in() -> None:
    record = read_record(DATA / "calls" / "sf_fire_calls_2020-04-07_2020-04-20.csv.gz", read_record_mapping(ROOT / "docs" / "examples" / "san-francisco-calls.toml"),
                         DATA / "roads" / "san_francisco" / "sf_fire_stations.csv")
    calls = calls_of(record, 8)
    assert len(calls) == sum(call.lon is not None for call in record.calls) and calls.at[0] == record.calls[0].received_at
    found = counted(calls, ZoneInfo(record.zone))
    assert found.days == 13 and found.known[:24 * 13].sum() > 24 * 13 - 3


@needs_data("calls", "montgomery_county_pa_911_2015-12_2016-08.csv.zip")
def test_montgomery_county_is_read_as_the_example_says() -> None:
    """99,492 rows: five stand elsewhere in the world, and serving warrants is police's own doing."""
    calls = read_calls(DATA / "calls" / "montgomery_county_pa_911_2015-12_2016-08.csv.zip", read_mapping(ROOT / "docs" / "examples" / "montgomery-demand.toml"))
    assert calls.kinds == ("EMS", "Fire", "Traffic")
    assert len(calls) + sum(calls.left_out.values()) == 99_492
    assert len(calls) > 99_400 and calls.left_out["without a place"] >= 5


ZONES = "zone,work_s,residents,beat,lon,lat\nA,100,10,1,24.94,60.17\nB,200,20,1,24.96,60.17\nC,300,30,2,24.98,60.17\n"


def test_zones_times_and_neighbours_are_read_and_wrong_ones_are_refused(tmp_path: Path) -> None:
    zones = read_zones(file(tmp_path, ZONES))
    assert zones.name == ("A", "B", "C") and zones.work_s.tolist() == [100, 200, 300] and zones.beat == ("1", "1", "2")
    times = read_times(file(tmp_path, "from,to,time_s\nA,B,60\nB,A,70\n", "times.csv"), zones)
    assert times[0, 1] == 60 and times[1, 0] == 70 and times[0, 0] == 0 and np.isinf(times[0, 2])
    assert read_neighbours(file(tmp_path, "zone,neighbour\nA,B\nC,B\n", "near.csv"), zones).tolist() == [[0, 1], [2, 1]]
    for column in ("stops", "arrests", "name", "officer_initiated_s"):
        with pytest.raises(Refused) as no:
            read_zones(file(tmp_path, ZONES.replace("residents", column)))
        assert no.value.code == "beats.column-refused" and no.value.field == column
    for wrong in ("zone\nA\nA\n", "work_s\n1\n", "zone,work_s\nA,much\n", "zone\n"):
        with pytest.raises(CityFault):
            read_zones(file(tmp_path, wrong))
    for read, wrong in ((read_times, "from,to,time_s\nA,Q,60\n"), (read_times, "from,to\nA,B\n"), (read_neighbours, "zone,neighbour\nA,Q\n")):
        with pytest.raises(CityFault):
            read(file(tmp_path, wrong, "wrong.csv"), zones)


def test_work_is_that_of_residents_own_calls(tmp_path: Path) -> None:
    """Calls are laid to the nearest zone; those that an officer began are not among them, so no zone has work from them."""
    text = HEAD + "".join(f"2026-01-05 10:30:00,{kind},{lon},60.17,\n" for kind, lon in (
        ("EMS: FALL", 24.941), ("Fire: CAR", 24.939), ("Officer initiated: check", 24.96), ("Traffic stop", 24.96), ("EMS: FALL", 24.979)))
    calls = read_calls(file(tmp_path, text), MAPPING)
    work_s = work_of(calls, read_zones(file(tmp_path, ZONES, "zones.csv")), {"medical": 1_000.0, "Fire": 3_000.0}.__getitem__)
    assert work_s.tolist() == [4_000, 0, 1_000]
    assert calls.left_out == {"began by police themselves": 2}
