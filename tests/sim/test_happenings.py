"""A record put in order: causes before effects, odd rows counted, shifts that nobody could not work."""

from itertools import pairwise
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.sim.record import read, row
from tocsin.city.faults import Odd
from tocsin.city.record import PastCall, Record, Run
from tocsin.sim.clock import SECOND
from tocsin.sim.happenings import DAY, OPEN_END, QUIET, script

STEPS = ["dispatch", "en_route", "at_scene", "transporting", "at_destination", "available"]


def test_a_run_is_played_step_by_step(tmp_path: Path) -> None:
    record = read(tmp_path, row(1, "M1", "10:00:00", "10:01:00", "10:02:00", "10:05:00", "10:20:00", "10:30:00", "10:50:00"))
    found = [(one.what, one.at - record.calls[0].received_at) for one in script(record).happenings]
    minutes = 60 * SECOND
    assert found == [("start_shift", 0), ("call", 0), ("dispatch", minutes), ("en_route", 2 * minutes), ("at_scene", 5 * minutes),
                     ("transporting", 20 * minutes), ("at_destination", 30 * minutes), ("available", 50 * minutes),
                     ("close", 50 * minutes), ("end_shift", 80 * minutes)]


def test_a_time_that_goes_back_is_played_in_order_and_kept_as_said(tmp_path: Path) -> None:
    record = read(tmp_path, row(1, "M1", "10:00:00", "10:01:00", "10:02:00", "10:05:00", "10:20:00", "10:19:00", "10:50:00"))
    found = {one.what: one for one in script(record).happenings}
    assert found["at_destination"].at == found["transporting"].at
    assert found["at_destination"].said == found["transporting"].at - 60 * SECOND
    assert script(record).odd.counts == {"replay.time_out_of_order": 1}


def test_a_run_without_an_end_ends_when_its_unit_is_sent_again_or_after_an_hour(tmp_path: Path) -> None:
    record = read(tmp_path, row(1, "E1", "10:00:00", "10:01:00", "", "10:05:00", "", "", ""),
                  row(2, "E1", "11:00:00", "11:01:00", "", "11:05:00", "", "", ""))
    ends = [one for one in script(record).happenings if one.what == "available"]
    sent = [one for one in script(record).happenings if one.what == "dispatch"]
    scene = [one for one in script(record).happenings if one.what == "at_scene"]
    assert [one.at for one in ends] == [sent[1].at, scene[1].at + OPEN_END]
    assert [one.said for one in ends] == [None, None]
    assert script(record).odd.counts == {"replay.run_without_end": 2}
    order = [(one.what, one.call) for one in script(record).happenings]
    assert order.index(("available", 0)) < order.index(("dispatch", 1))


def test_what_cannot_be_replayed_is_counted(tmp_path: Path) -> None:
    record = read(tmp_path, row(1, "E1", "10:00:00", "10:01:00", "", "10:05:00", "", "", "10:30:00", place=False),
                  row(2, "E1", "11:00:00", "", "", "11:05:00", "", "", "11:10:00"))
    assert [one.what for one in script(record).happenings] == ["call", "close"]
    assert script(record).odd.counts == {"replay.call_without_place": 1, "replay.run_without_dispatch": 1}


def test_a_quiet_unit_without_a_station_goes_off_duty_in_between(tmp_path: Path) -> None:
    record = read(tmp_path, row(1, "M1", "08:00:00", "08:01:00", "", "08:05:00", "", "", "08:30:00"),
                  row(2, "E1", "08:00:00", "08:01:00", "", "08:05:00", "", "", "08:30:00"),
                  row(3, "M1", "14:00:00", "14:01:00", "", "14:05:00", "", "", "14:30:00"))
    on = [(one.what, one.unit, (one.at - record.calls[0].received_at) // (60 * SECOND)) for one in script(record).happenings
          if one.what in ("start_shift", "end_shift")]
    assert on == [("start_shift", "E1", 0), ("start_shift", "M1", 0), ("end_shift", "M1", 60), ("start_shift", "M1", 331),
                  ("end_shift", "E1", 390), ("end_shift", "M1", 420)]


@st.composite
def records(draw: st.DrawFn) -> Record:
    calls = []
    for n in range(draw(st.integers(1, 8))):
        received = draw(st.integers(0, 100)) * 3600 * SECOND
        runs = []
        for unit in draw(st.lists(st.sampled_from(["E1", "E2", "M1", "M2"]), unique=True, max_size=3)):
            after = [draw(st.one_of(st.none(), st.integers(-60, 7200))) for _ in range(6)]
            times = [None if s is None else received + s * SECOND for s in after]
            runs.append(Run(unit=unit, unit_kind="engine", station="1" if unit == "E1" else "", sequence=1, dispatch_at=times[0],
                            response_at=times[1], on_scene_at=times[2], transport_at=times[3], hospital_at=times[4],
                            available_at=times[5]))
        calls.append(PastCall(call=str(n), incident="", received_at=received, entry_at=None, lon=24.9, lat=60.15, address="",
                              kind="other", kind_text="", priority=2, lights=True, disposition="other", disposition_text="",
                              station_area="", runs=tuple(runs)))
    return Record(name="", attribution="", zone="UTC", source="", sha256="", rows=0, calls=tuple(calls), stations={}, odd=Odd())


@given(records())
def test_whatever_a_record_says_time_does_not_go_back_and_every_run_is_whole(record: Record) -> None:
    played = script(record).happenings
    assert all(a.at <= b.at for a, b in pairwise(played))
    for n, call in enumerate(record.calls):
        own = [one for one in played if one.call == n]
        assert own[0].what == "call"
        assert own[-1].what == "close"
        for r, run in enumerate(call.runs):
            steps = [one.what for one in own if one.run == r]
            if run.dispatch_at is None:
                assert steps == []
                continue
            assert steps[0] == "dispatch"
            assert steps[-1] == "available"
            assert [STEPS.index(step) for step in steps] == sorted(STEPS.index(step) for step in steps)
    on: dict[str, int] = {}
    for one in played:
        if one.what == "start_shift":
            assert one.unit not in on, "one shift at a time"
            on[one.unit] = one.at
        elif one.what == "end_shift":
            assert one.at - on.pop(one.unit) <= DAY + 2 * QUIET * 6, "nobody works for days"
        elif one.what == "dispatch":
            assert one.unit in on, "sent on duty"
    assert not on


def test_shift_names_are_never_used_twice(tmp_path: Path) -> None:
    rows = [row(n, "E1", f"{n:02d}:00:00", f"{n:02d}:01:00", "", "", "", "", f"{n:02d}:30:00") for n in range(1, 20)]
    record = read(tmp_path, *rows)
    late = msgspec.structs.replace(record, calls=tuple(
        msgspec.structs.replace(call, received_at=call.received_at + n * DAY, runs=tuple(
            msgspec.structs.replace(run, dispatch_at=(run.dispatch_at or 0) + n * DAY, available_at=(run.available_at or 0) + n * DAY)
            for run in call.runs)) for n, call in enumerate(record.calls)))
    names = [one.shift for one in script(late).happenings if one.what == "start_shift"]
    assert len(names) == len(set(names)) == 19
