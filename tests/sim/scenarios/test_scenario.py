"""A scenario's file is read strictly, and what cannot be is explained before it runs, each by its own code."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import msgspec
import numpy as np
import pytest

from tests.floor import PLAN, TABLE, small_city
from tests.shared import ROOT
from tests.sim.scenarios.worlds import day_of_calls, place
from tocsin.city.calibration import Calibration
from tocsin.city.record import Record
from tocsin.kernel import Refused, instant
from tocsin.sim.clock import SECOND
from tocsin.sim.scenarios.asked import DAY, by_calls, by_days, replayed
from tocsin.sim.scenarios.preparing import Ground, cannot
from tocsin.sim.scenarios.running import Impossible, replications
from tocsin.sim.scenarios.scenario import DemandTable, DispatchPart, FleetPart, Scenario, UnitLine, WorkPart, read_scenario

UNIT = UnitLine(unit="M1", kind="medic", lon=place(2, 2).lon, lat=place(2, 2).lat)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """One day in the drawn town."""
    return day_of_calls(tmp_path_factory.mktemp("record"))


def written(folder: Path, text: str) -> Path:
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path


def ground(record: Record | None, text: str, folder: Path) -> Ground:
    return Ground(read_scenario(written(folder, 'format = 1\nname = "a day"\n' + text)), small_city(), Calibration.default(), PLAN, TABLE, record)


def codes(one: Ground) -> list[str]:
    return [no.code for no in cannot(one, one.play(0))]


def test_the_sample_is_a_scenario_and_says_that_it_is_a_sample() -> None:
    sample = read_scenario(ROOT / "docs" / "examples" / "san-francisco-week.toml")
    assert sample.sample
    assert sample.needs_record


@pytest.mark.parametrize(("text", "where"), [
    ("format = 2\nname = 'x'", "format"), ("format = 1", "name"), ("format = 1\nname = 'x'\nrepliactions = 3", "repliactions"),
    ("format = 1\nname = 'x'\n[demand]\nfrom = 'hearsay'", "demand"), ("format = 1\nname = 'x'\ndays = 0", "days"), ("format = ", ""),
    ("format = 1\nname = 'x'\nstart = 2020-04-14T00:00:00Z", "start"), ("format = 1\nname = 'x'\n[[failures]]\nunit = 'A'\nfrom_h = -1\nto_h = 2", "from_h")])
def test_what_is_no_scenario_is_refused_with_its_place(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(Refused) as no:
        read_scenario(written(tmp_path, text))
    assert no.value.code == "scenario_wrong"
    assert where in no.value.words.en


def test_a_scenario_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as no:
        read_scenario(tmp_path / "none.toml")
    assert no.value.code == "scenario_unreadable"


def test_a_day_of_a_record_can_be_played(record: Record, tmp_path: Path) -> None:
    one = ground(record, "", tmp_path)
    assert codes(one) == []
    assert len(one.play(0).calls) == len(record.calls)


def test_no_calls_and_nobody_on_duty(record: Record, tmp_path: Path) -> None:
    assert codes(ground(record, "start = 2026-05-01T00:00:00\ndays = 1", tmp_path)) == ["no_demand"]
    table = "[fleet]\nfrom = 'table'"
    assert codes(ground(record, table, tmp_path)) == ["no_fleet"]


def test_a_place_that_nobody_can_reach(record: Record, tmp_path: Path) -> None:
    at_sea = [msgspec.structs.replace(call, lon=24.6, lat=60.0) for call in record.calls[:5]]
    one = ground(msgspec.structs.replace(record, calls=(*at_sea, *record.calls[5:])), "", tmp_path)
    assert codes(one) == ["place_out_of_reach"]
    assert "24.60000, 60.00000" in cannot(one, one.play(0))[0].words.en


def test_a_part_of_the_city_that_is_shut_off_throughout(record: Record, tmp_path: Path) -> None:
    shut = "".join(f"[[closures]]\nstreet = '{name}'\nfrom_h = 0\nto_h = {{}}\n" for name in ("中山路", "3rd Street"))
    assert codes(ground(record, shut.format(1, 1), tmp_path)) == []
    assert codes(ground(record, shut.format(48, 48), tmp_path)) == ["place_out_of_reach"]


def test_needs_that_the_whole_fleet_cannot_meet(record: Record, tmp_path: Path) -> None:
    table = f"[fleet]\nfrom = 'table'\n[[fleet.units]]\nunit = 'M1'\nkind = 'medic'\nlon = {UNIT.lon}\nlat = {UNIT.lat}\n"
    found = codes(ground(record, table, tmp_path))
    assert found
    assert set(found) == {"plan_never_filled"}
    assert codes(ground(record, table + "[dispatch]\nby = 'record'", tmp_path)) == ["kind_never_on_duty"]


def test_words_that_no_table_has(record: Record, tmp_path: Path) -> None:
    strange = msgspec.structs.replace(record, calls=(msgspec.structs.replace(record.calls[0], kind="volcano"), *record.calls[1:]))
    assert codes(ground(strange, "", tmp_path)) == ["kind_unknown"]
    table = f"[fleet]\nfrom = 'table'\n[[fleet.units]]\nunit = 'M1'\nkind = 'zeppelin'\nlon = {UNIT.lon}\nlat = {UNIT.lat}\n"
    assert codes(ground(record, table, tmp_path)) == ["unit_kind_unknown"]
    assert codes(ground(record, "[[failures]]\nunit = 'E9'\nfrom_h = 0\nto_h = 1", tmp_path)) == ["unit_unknown"]


def test_a_street_that_the_city_does_not_have(record: Record, tmp_path: Path) -> None:
    with pytest.raises(Refused) as no:
        ground(record, "[[closures]]\nstreet = 'Elm Street'\nfrom_h = 0\nto_h = 1", tmp_path).play(0)
    assert no.value.code == "street_unknown"
    shut = ground(record, "[[closures]]\nstreet = 'mission street'\nfrom_h = 0\nto_h = 1", tmp_path).play(0).shut
    assert len(shut[0].segments) >= 1


def test_what_has_to_come_from_a_record_needs_one(tmp_path: Path) -> None:
    with pytest.raises(Refused) as no:
        ground(None, "", tmp_path)
    assert no.value.code == "scenario_needs_record"
    alone = Scenario(format=1, name="made up", demand=DemandTable(source="generated", per_day=50), fleet=FleetPart(source="table", units=(UNIT,)),
                     work=WorkPart(law="tables"), dispatch=DispatchPart(by="plan"))
    with pytest.raises(Refused) as no:
        Ground(alone, small_city(), Calibration.default(), PLAN, TABLE, None)
    assert no.value.code == "scenario_without_start"


def test_nothing_is_played_of_what_cannot_be(record: Record, tmp_path: Path) -> None:
    table = f"[fleet]\nfrom = 'table'\n[[fleet.units]]\nunit = 'M1'\nkind = 'medic'\nlon = {UNIT.lon}\nlat = {UNIT.lat}\n"
    with pytest.raises(Impossible) as no:
        replications(ground(record, table, tmp_path), tmp_path / "out", Event(), lambda number, part: None)
    assert all(reason.words.en and reason.words.zh for reason in no.value.reasons)
    assert not (tmp_path / "out").exists()


def test_replayed_calls_are_the_records_and_a_factor_scales_their_number(record: Record) -> None:
    begin, end = record.calls[0].received_at, record.calls[-1].received_at + 1
    rng = np.random.default_rng(1)
    assert [one.at for one in replayed(record, begin, end, 1.0, rng)] == [call.received_at for call in record.calls]
    more = [len(replayed(record, begin - DAY, end + DAY, 1.5, rng)) for _ in range(40)]
    assert np.mean(more) == pytest.approx(1.5 * len(record.calls), rel=0.03)
    assert max(more) > min(more)


def test_days_drawn_are_days_of_the_record_at_their_own_hours(record: Record) -> None:
    start = instant(datetime(2026, 6, 1, tzinfo=UTC))
    zone = Ground(Scenario(format=1, name="x", dispatch=DispatchPart(by="record")), small_city(), Calibration.default(), PLAN, TABLE, record).zone
    drawn = by_days(record, start, start + 3 * DAY, 1.0, np.random.default_rng(1), zone)
    minutes = {(call.received_at // SECOND // 60) % 1440 for call in record.calls}
    offset = {((one.at // SECOND // 60) - (record.calls[0].received_at // SECOND // 60)) % 60 for one in drawn}
    assert len(drawn) == pytest.approx(3 * len(record.calls), abs=0.2 * len(record.calls))
    assert offset <= {(minute - record.calls[0].received_at // SECOND // 60) % 60 for minute in minutes}


def test_calls_drawn_come_at_the_rate_of_their_hour(record: Record) -> None:
    zone = Ground(Scenario(format=1, name="x", dispatch=DispatchPart(by="record")), small_city(), Calibration.default(), PLAN, TABLE, record).zone
    begin = record.calls[0].received_at
    drawn = [len(by_calls(record, begin + week * 7 * DAY, begin + week * 7 * DAY + DAY, 2.0, np.random.default_rng(week), zone)) for week in range(30)]
    assert np.mean(drawn) == pytest.approx(2 * len(record.calls), rel=0.06)
