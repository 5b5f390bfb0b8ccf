"""A city's own record of past calls is read by its mapping, and a wrong one is refused in one line."""

import datetime
import gzip
import zipfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.shared import DATA, ROOT, needs_data
from tocsin.city.faults import CityFault
from tocsin.city.record import read_record, station_name
from tocsin.city.record_mapping import Codes, Columns, Mapping, Priorities, Stations, read_mapping

MAPPING = Mapping(
    format=1, name="A town", zone="America/Los_Angeles", time_format="%Y-%m-%d %H:%M:%S",
    columns=Columns(call="id", unit="unit", received="received", dispatch="sent", on_scene="there", unit_kind="type",
                    point="point", priority="priority", station_area="area", sequence="order"),
    unit_kinds=Codes(otherwise="support", words={"ENG": "engine"}),
    priorities=Priorities(otherwise=3, words={"X": 1}, lights=("X",)),
    stations=Stations(file="stations.csv", name="no", lon="x", lat="y", unit_pattern=r"^E(\d+)$"))
HEAD = "id,unit,received,sent,there,type,point,priority,area,order\n"
ROWS = (HEAD + '1,E07,2020-01-01 00:00:00,2020-01-01 00:01:00,2020-01-01 00:05:00,ENG,"(37.5, -122.5)",X,07,2\n'
        '1,9,2020-01-01 00:00:00,2020-01-01 00:01:30,,VAN,"(37.5, -122.5)",X,07,1\n'
        '2,E8,2020-07-01 00:00:00,2020-07-01 00:09:00,2020-07-01 00:08:00,ENG,nowhere,Y,8,1\n'
        ',E8,2020-07-01 00:00:00,,,ENG,"(1, 2)",Y,8,1\n')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "stations.csv").write_text("no,x,y\n7,-122.4,37.7\n")
    (tmp_path / "calls.csv").write_text(ROWS)
    return tmp_path


def test_rows_become_calls_with_their_units_and_instants_in_utc(folder: Path) -> None:
    record = read_record(folder / "calls.csv", MAPPING)
    first, second = record.calls
    assert (first.call, first.lon, first.lat) == ("1", -122.5, 37.5)
    assert (first.priority, first.lights, first.station_area) == (1, True, "7")
    assert first.received_at == int(datetime.datetime(2020, 1, 1, 8, tzinfo=datetime.UTC).timestamp() * 1e6)
    assert second.received_at == int(datetime.datetime(2020, 7, 1, 7, tzinfo=datetime.UTC).timestamp() * 1e6)
    assert [(run.unit, run.unit_kind, run.station) for run in first.runs] == [("9", "support", ""), ("E07", "engine", "7")]
    assert first.runs[0].on_scene_at is None
    assert (second.lon, second.priority, second.lights, second.runs[0].station) == (None, 3, False, "")
    assert record.stations["7"].lon == -122.4
    assert record.rows == 4


def test_what_is_strange_is_counted_with_examples_and_not_dropped_in_silence(folder: Path) -> None:
    odd = read_record(folder / "calls.csv", MAPPING).odd
    assert odd.counts == {"record.unit_kind_not_mapped": 1, "record.place_unreadable": 1, "record.priority_not_mapped": 1,
                          "record.times_out_of_order": 1, "record.row_without_call_or_time": 1}


@pytest.mark.parametrize("pack", ["gz", "zip"])
def test_packed_files_read_the_same(folder: Path, pack: str) -> None:
    plain = read_record(folder / "calls.csv", MAPPING)
    packed = folder / f"calls.csv.{pack}"
    if pack == "gz":
        packed.write_bytes(gzip.compress(ROWS.encode()))
    else:
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("calls.csv", ROWS)
    assert read_record(packed, MAPPING).calls == plain.calls


def test_wrong_columns_are_one_clear_line(folder: Path) -> None:
    (folder / "calls.csv").write_text("id,unit,\n1,2,3\n")
    with pytest.raises(CityFault) as fault:
        read_record(folder / "calls.csv", MAPPING)
    assert fault.value.code == "record.columns_missing"
    assert "'received' (received)" in fault.value.sentence
    assert "\n" not in fault.value.sentence


@pytest.mark.parametrize(("content", "code"), [
    (b"", "city.source_unreadable"), (HEAD.encode(), "record.empty"), (b"\xff\xfe\x00a", "record.unreadable"),
    (HEAD.encode() + b'1,E7,"' + b"x" * 200_000, "record.unreadable")])
def test_a_file_that_is_no_record_is_refused(folder: Path, content: bytes, code: str) -> None:
    (folder / "calls.csv").write_bytes(content)
    with pytest.raises(CityFault) as fault:
        read_record(folder / "calls.csv", MAPPING)
    assert fault.value.code == code


def test_a_cut_archive_and_a_missing_file_are_refused(folder: Path) -> None:
    (folder / "cut.csv.gz").write_bytes(gzip.compress(ROWS.encode())[:-9])
    for name, code in (("cut.csv.gz", "city.source_unreadable"), ("none.csv", "city.source_missing")):
        with pytest.raises(CityFault) as fault:
            read_record(folder / name, MAPPING)
        assert fault.value.code == code


def test_an_hour_that_the_clock_shows_twice_is_counted(folder: Path) -> None:
    (folder / "calls.csv").write_text(HEAD + '1,E7,2020-11-01 01:30:00,,,ENG,"(37, -122)",X,7,1\n')
    assert read_record(folder / "calls.csv", MAPPING).odd.counts == {"record.time_ambiguous": 1}


@pytest.mark.parametrize("change", [
    'format = 2', 'zone = "Mars/Olympus"', 'point_order = "up down"', 'surprise = 1', 'format = "',
    'stations = { file = "a", name = "n", lon = "x", lat = "y", unit_pattern = "x" }'])
def test_a_wrong_mapping_is_one_clear_line(tmp_path: Path, change: str) -> None:
    keys = {"format": "format = 1", "zone": 'zone = "UTC"', "name": 'name = "x"', "time_format": 'time_format = "%Y"'}
    keys[change.split()[0]] = change
    path = tmp_path / "m.toml"
    path.write_text("\n".join(keys.values()) + '\n[columns]\ncall = "a"\nunit = "b"\nreceived = "c"\n')
    with pytest.raises(CityFault) as fault:
        read_mapping(path)
    assert fault.value.code == "record.mapping_wrong"
    assert "\n" not in fault.value.sentence


@given(some.integers(0, 10**6))
def test_a_station_has_one_name_however_it_is_padded(number: int) -> None:
    assert station_name(f"{number:09d}") == station_name(str(number)) == str(number)


@needs_data("calls", "sf_fire_calls_2020-04-07_2020-04-20.csv.gz")
def test_san_franciscos_fortnight_reads_whole() -> None:
    mapping = read_mapping(ROOT / "docs" / "examples" / "san-francisco-calls.toml")
    record = read_record(DATA / "calls" / "sf_fire_calls_2020-04-07_2020-04-20.csv.gz", mapping)
    runs = [run for call in record.calls for run in call.runs]
    assert (record.rows, len(record.calls), len(runs)) == (10410, 5292, 10410)
    assert (len({run.unit for run in runs}), len(record.stations)) == (199, 45)
    assert record.odd.counts == {"record.times_out_of_order": 17}
    assert sum(run.on_scene_at is not None for run in runs) / len(runs) == pytest.approx(0.84, abs=0.005)
    assert all(call.lon is not None for call in record.calls)
    assert all(run.station for run in runs if run.unit_kind == "engine")
    assert msgspec.json.decode(msgspec.json.encode(record.calls[0]), type=type(record.calls[0])) == record.calls[0]
