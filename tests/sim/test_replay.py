"""A record replayed on a real house: what was done beside what would have been recommended, and odd rows explained."""

import time
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from tests.floor import PLAN, TABLE, small_city, small_house
from tests.shared import needs_data
from tests.sim import san_francisco
from tests.sim.record import read, row
from tocsin.city.calibration import Calibration
from tocsin.city.record import Record
from tocsin.house import House
from tocsin.house import build as build_house
from tocsin.sim.clock import Pace
from tocsin.sim.replay import replay
from tocsin.sim.summary import Summary


class Played:
    """A replay in the drawn town and all that it left."""

    def __init__(self, folder: Path, record: Record, speed: float = 0) -> None:
        self.said: list[str] = []
        self.houses: list[House] = []

        def made(clock: Pace) -> House:
            self.houses.append(small_house(folder / f"house{len(self.houses)}", clock, speed=speed or 1))
            return self.houses[-1]

        self.summary: Summary = replay(record, small_city(), Calibration.default(), made, speed, self.said.append, wall=time.perf_counter)
        self.house = self.houses[0]


def states(played: Played, unit: str) -> list[str]:
    """The states a unit reported, in order."""
    entries = [entry for _, entry in played.house.ledger.read(0) if entry.kind == "fleet.unit-state-changed"]
    found = [msgspec.msgpack.decode(entry.body) for entry in entries]
    return [one["state"] for one in found if one["unit"] == unit]


def test_a_clean_call_is_replayed_whole_at_its_own_times(tmp_path: Path) -> None:
    record = read(tmp_path, row(1, "M1", "10:00:00", "10:01:00", "10:02:00", "10:05:00", "10:20:00", "10:30:00", "10:50:00", end="Hospital"))
    played = Played(tmp_path, record)
    assert states(played, "M1") == ["en_route", "at_scene", "transporting", "at_destination", "available"]
    entries = [entry for _, entry in played.house.ledger.read(0)]
    run, call = record.calls[0].runs[0], record.calls[0]
    at = {entry.kind: entry.happened_at for entry in entries}
    assert at["calls.call-taken"] == at["dispatch.incident-opened"] == call.received_at
    assert at["dispatch.unit-assigned"] == run.dispatch_at
    assert at["dispatch.incident-closed"] == run.available_at
    summary = played.summary
    assert (summary.calls_taken, summary.runs_sent, summary.states_reported, summary.closed) == (1, 1, 5, 1)
    assert (summary.refused, summary.left_open, summary.left_busy, summary.odd.counts) == ({}, (), (), {})


def test_what_was_done_stands_beside_what_would_have_been_recommended(tmp_path: Path) -> None:
    record = read(tmp_path, row(1, "E2", "10:00:00", "10:01:00", "10:02:00", "10:07:00", "", "", "10:30:00", kind="Fire", column=1, row=0),
                  row(2, "E1", "12:00:00", "12:01:00", "12:02:00", "12:03:30", "", "", "12:30:00", kind="Fire", column=0, row=0))
    played = Played(tmp_path, record)
    assert len(played.said) == 2
    assert "03-04 10:01:00 1" in played.said[0], "the town's own time"
    assert "sent E2" in played.said[0]
    assert "(took 6:00)" in played.said[0]
    assert "recommended E1" in played.said[0]
    figures = played.summary.figures
    assert (figures.offers, figures.proposed_first, dict(figures.nearest), dict(figures.with_kind)) == (
        2, 1, {"engine": 1}, {"engine": 2})
    assert figures.gains_s[0] > 60
    assert figures.gains_s[1] == 0
    assert [took for _, took in figures.times["engine"]] == [360, 150]
    printed = "\n".join(played.summary.lines())
    assert "first-sent unit was proposed        50.0%" in printed
    assert "engine" in printed


def test_odd_rows_have_their_documented_outcomes(tmp_path: Path) -> None:
    record = read(
        tmp_path,
        row(1, "M1", "10:00:00", "10:01:00", "", "10:05:00", "", "", "10:50:00"),
        row(2, "M1", "10:20:00", "10:21:00", "", "10:25:00", "", "", "10:30:00"),                   # on two calls at once
        row(3, "M2", "11:00:00", "11:01:00", "11:02:00", "11:05:00", "11:20:00", "11:19:00", "11:40:00"),  # arrives before it leaves
        row(4, "X9", "12:00:00", "12:01:00", "12:02:00", "12:05:00", "", "", "12:30:00"),           # no such kind of unit
        row(5, "E1", "13:00:00", "13:01:00", "", "", "", "", "13:04:00"),                           # never arrived
        row(6, "E1", "14:00:00", "14:01:00", "14:02:00", "14:05:00", "14:20:00", "", "14:30:00"),   # an engine transports
        row(7, "E2", "15:00:00", "15:01:00", "15:02:00", "15:05:00", "", "", ""),                   # never free again
        row(8, "E2", "15:30:00", "15:31:00", "15:32:00", "15:35:00", "", "", "15:40:00"))
    played = Played(tmp_path, record)
    summary = played.summary
    assert summary.refused == {"unit_busy": 1, "run_not_sent": 2 + 3, "unit_kind_unknown": 1, "unit_not_on_shift": 2, "state_not_next": 1}
    assert summary.odd.counts == {"record.times_out_of_order": 1, "record.unit_kind_not_mapped": 1, "replay.time_out_of_order": 1,
                                  "replay.run_without_end": 1}
    assert "call 2, unit M1" in summary.examples["unit_busy"]
    assert states(played, "M1") == ["at_scene", "available"]
    assert states(played, "M2") == ["en_route", "at_scene", "transporting", "at_destination", "available"]
    assert states(played, "E1") == ["available", "en_route", "at_scene", "available"]
    assert states(played, "E2") == ["en_route", "at_scene", "available"] * 2
    assert (summary.calls_taken, summary.closed, summary.left_open, summary.left_busy) == (8, 8, (), ())
    printed = "\n".join(summary.lines())
    assert "the record has the unit on two calls at once" in printed
    rows = summary.runs_sent + summary.refused["unit_busy"] + summary.refused["unit_not_on_shift"] - 1
    assert rows == summary.runs, "every row was sent or is counted"


def test_a_kind_that_the_plan_lacks_is_refused_and_its_units_are_counted(tmp_path: Path) -> None:
    record = read(tmp_path, row(1, "E1", "10:00:00", "10:01:00", "", "10:05:00", "", "", "10:20:00"))
    strange = msgspec.structs.replace(record, calls=(msgspec.structs.replace(record.calls[0], kind="volcano"),))
    summary = Played(tmp_path, strange).summary
    assert summary.refused == {"kind_unknown": 1, "call_not_taken": 1, "run_not_sent": 2}
    assert summary.left_busy == ()


def test_the_same_record_leaves_the_same_entries(tmp_path: Path) -> None:
    record = read(tmp_path, *(row(n, f"E{n % 2 + 1}", f"{n:02d}:00:00", f"{n:02d}:01:00", "", f"{n:02d}:05:00", "", "", f"{n:02d}:20:00",
                                  column=n % 6, row=n % 5) for n in range(1, 8)))
    first, second = Played(tmp_path / "a", record), Played(tmp_path / "b", record)
    read_all = [[(entry.kind, entry.tags, entry.happened_at, entry.known_at, entry.by, entry.body) for _, entry in one.house.ledger.read(0)]
                for one in (first, second)]
    assert read_all[0] == read_all[1]
    assert first.said == second.said


def test_at_a_speed_units_are_seen_driving(tmp_path: Path) -> None:
    record = read(tmp_path, row(1, "E1", "10:00:00", "10:00:01", "10:00:02", "10:00:40", "", "", "10:00:50", kind="Fire", column=3, row=3))
    played = Played(tmp_path, record, speed=60)
    assert states(played, "E1") == ["en_route", "at_scene", "available"]
    assert 0.8 < played.summary.took_s < 20


@needs_data(*san_francisco.PARTS)
@pytest.mark.timeout(120)
def test_the_first_hours_of_san_francisco(tmp_path: Path) -> None:
    record, city = san_francisco.record(), san_francisco.city()
    first = msgspec.structs.replace(record, calls=record.calls[:60])

    def made(clock: Pace) -> House:
        return build_house(tmp_path / "house", city, Calibration.default(), PLAN, TABLE, clock)

    summary = replay(first, city, Calibration.default(), made, 0, lambda line: None, wall=time.perf_counter)
    assert summary.calls_taken == summary.closed == summary.figures.offers == 60
    assert summary.runs_sent == summary.runs
    assert not summary.left_open
    assert not summary.left_busy
    assert Counter(summary.refused).total() <= 10
