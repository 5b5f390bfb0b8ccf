"""The live stream over real sockets: whatever a reader suffers, its fold is the board, without a gap and without a repeat."""

import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.edges.web.running import Heard, Listener, Running, running
from tests.floor import CHIEF, DESK, asker, corner, on_duty
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AddNote, CloseIncident
from tocsin.rooms.fleet.commands import EndShift
from tocsin.trail import Fix

_TRACKER = asker("tracker 1", "device")
Board = dict[tuple[str, str], dict[str, Any]]


def _fold(board: Board, heard: Heard) -> None:
    """Take one frame in, as the contract says; a row that says nothing new, or goes without having been there, is a repeat."""
    frame = heard.data
    assert heard.event == "frame"
    assert heard.id == frame["id"]
    if frame["whole"]:
        board.clear()
    for row in frame["rows"]:
        key = (row["row"], row["id"])
        assert board.get(key) != row, f"{key} came twice"
        board[key] = row
    for kind, id_ in frame["gone"]:
        board.pop((kind, id_), None)


def _board(floor: Running) -> Board:
    frame = floor.as_("admin").get("/api/board").json()
    assert frame["whole"]
    return {(row["row"], row["id"]): row for row in frame["rows"]}


def _call(floor: Running) -> str:
    return floor.house.do(TakeCall(place=corner(1, 1), kind="medical"), DESK).subject.removeprefix("call:")


def test_a_quiet_stream_beats_so_that_it_is_not_taken_for_a_dead_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.edges.web.live._HEARTBEAT_S", 0.2)
    with running(tmp_path) as floor:
        listener = Listener(floor.port, floor.cookie("dispatcher"))
        assert listener.hear() is not None
        assert [listener.answer.readline() for _ in range(2)] == [b"event: beat\n", b"data: {}\n"]
        listener.close()


class _Day(threading.Thread):
    """Calls, notes, closings and positions, as fast as the house keeps them, for a number of steps."""

    def __init__(self, floor: Running, steps: int, units: list[str], seed: int) -> None:
        super().__init__()
        self._floor, self._steps, self._units, self._chance = floor, steps, units, random.Random(seed)
        self._shifts = dict.fromkeys(units, "2026-03-04D")

    def run(self) -> None:
        open_: list[str] = []
        for step in range(self._steps):
            what = self._chance.random()
            self._floor.clock.pass_s(0.1)
            if not open_ or what < 0.2:
                open_.append(_call(self._floor))
            elif what < 0.6:
                self._floor.house.do(AddNote(incident=self._chance.choice(open_), note=f"note {step}"), DESK)
            elif what < 0.65:
                unit = self._chance.choice(self._units)
                self._floor.house.do(EndShift(unit=unit, shift=self._shifts[unit]), CHIEF)
                self._shifts[unit] = on_duty(self._floor.house, unit, "engine", corner(0, 0), f"shift {step}")
            elif what < 0.75:
                closed = open_.pop(self._chance.randrange(len(open_)))
                self._floor.house.do(CloseIncident(incident=closed, disposition="treated"), DESK)
            else:
                self._floor.house.report([self._fix(unit) for unit in self._units], _TRACKER)
            time.sleep(self._chance.random() * 0.01)

    def _fix(self, unit: str) -> Fix:
        now = self._floor.clock.now()
        return Fix(unit=unit, lon=24.9 + self._chance.random() / 100, lat=60.15, device_at=now, heard_at=now)


def test_readers_that_come_and_go_fold_to_the_board(floor: Running) -> None:
    units = [f"R{n}" for n in range(1, 6)]
    for unit in units:
        on_duty(floor.house, unit, "engine", corner(0, 0))
    cookies = [floor.cookie("dispatcher") for _ in range(5)]
    day = _Day(floor, 250, units, 7)
    boards: list[Board] = []
    faults: list[BaseException] = []

    def read(seed: int) -> None:
        chance, board, since = random.Random(seed), {}, ""
        try:
            while True:
                listener = Listener(floor.port, cookies[seed], since)
                assert listener.answer.status == 200
                for _ in range(chance.randrange(1, 12)):
                    heard = listener.hear()
                    assert heard is not None
                    assert not (since and heard.data["whole"]), "a known cursor is resumed, not begun again"
                    _fold(board, heard)
                    since = heard.id
                    if heard.data["rows"] and any(row.get("kind") == "other" for row in heard.data["rows"]):
                        listener.close()
                        boards.append(board)
                        return
                listener.close()
        except Exception as fault:  # noqa: BLE001 - whatever it was, the test's own thread says it
            faults.append(fault)

    readers = [threading.Thread(target=read, args=(seed,)) for seed in range(5)]
    for thread in (*readers, day):
        thread.start()
    day.join()
    time.sleep(0.3)
    floor.house.do(TakeCall(place=corner(2, 2), kind="other"), DESK)
    for thread in readers:
        thread.join(20)
    assert not faults, faults
    truth = _board(floor)
    assert len(boards) == 5
    for board in boards:
        assert board == truth


@pytest.mark.parametrize("since", ["", "99999999.1", "1.99999999", "-1.0", "1", "a.b", "1.1; drop", "9" * 40 + ".1"])
def test_a_cursor_that_is_not_remembered_gets_the_whole_board(floor: Running, since: str) -> None:
    _call(floor)
    listener = Listener(floor.port, floor.cookie("admin"), since)
    heard = listener.hear()
    listener.close()
    board: Board = {}
    assert heard is not None
    _fold(board, heard)
    assert board == _board(floor)
    assert heard.data["whole"] or since == "1.99999999"


def test_a_call_is_on_every_stream_at_once_and_positions_in_bundles(floor: Running) -> None:
    unit = "B1"
    on_duty(floor.house, unit, "engine", corner(0, 0))
    listener = Listener(floor.port, floor.cookie("dispatcher"))
    assert listener.hear() is not None
    frames = []
    reporting = _Day(floor, 0, [unit], 1)
    begun = time.perf_counter()
    while time.perf_counter() - begun < 1.2:
        floor.clock.pass_s(1)
        floor.house.report([reporting._fix(unit)], _TRACKER)
        time.sleep(0.01)
    floor.house.do(TakeCall(place=corner(2, 2), kind="hazard"), DESK)
    while not frames or not any(row.get("kind") == "hazard" for row in frames[-1].data["rows"]):
        heard = listener.hear()
        assert heard is not None
        frames.append(heard)
    listener.close()
    assert 2 <= len(frames) <= 9, "about five a second, whatever is reported"


def test_a_slow_reader_is_cut_off_with_a_reason_and_slows_nobody(tmp_path: Path) -> None:
    with running(tmp_path) as floor:
        incident = _call(floor)
        cookie = floor.cookie("dispatcher")
        slow = Listener(floor.port, cookie, receive_bytes=65_536)
        assert slow.hear() is not None
        quick = Listener(floor.port, cookie)
        assert quick.hear() is not None
        board: Board = {}
        waits, since = [], ""
        units = [f"U{n}" for n in range(150)]
        for unit in units:
            on_duty(floor.house, unit, "engine", corner(0, 0))
        for n in range(110):  # about 25 kB a frame; the sockets' buffers hold some 15, the queue 64
            floor.clock.pass_s(1)
            now = floor.clock.now()
            floor.house.report([Fix(unit=unit, lon=24.9, lat=60.15, device_at=now, heard_at=now) for unit in units], _TRACKER)
            begun = time.perf_counter()
            floor.house.do(AddNote(incident=incident, note=f"note {n}"), DESK)
            while True:
                heard = quick.hear()
                assert heard is not None
                since = heard.id
                _fold(board, heard)
                if board.get(("incident", incident), {}).get("notes") == n + 1:
                    break
            waits.append(time.perf_counter() - begun)
        assert sorted(waits)[len(waits) // 2] < 0.5
        events = []
        while (heard := slow.hear()) is not None:
            events.append(heard)
        assert (events[-1].event, events[-1].data["code"]) == ("cut", "too_slow")
        resumed = events[-2].id
        slow.close()
        again = Listener(floor.port, cookie, resumed)
        heard = again.hear()
        assert heard is not None
        assert not heard.data["whole"]
        assert heard.id >= since
        again.close()
        quick.close()


def test_streams_are_counted_by_session(floor: Running) -> None:
    cookie = floor.cookie("planner")
    open_ = [Listener(floor.port, cookie) for _ in range(8)]
    assert [listener.answer.status for listener in open_] == [200] * 8
    refused = Listener(floor.port, cookie)
    assert refused.answer.status == 503
    assert b"overloaded" in refused.answer.read()
    for listener in (*open_, refused):
        listener.close()
    other = Listener(floor.port, floor.cookie("planner"))
    assert other.answer.status == 200
    other.close()


def test_streams_end_with_a_reason_when_the_house_closes(tmp_path: Path) -> None:
    with running(tmp_path) as floor:
        listener = Listener(floor.port, floor.cookie("auditor"))
        assert listener.hear() is not None
    heard = listener.hear()
    assert heard is not None
    assert (heard.event, heard.data["code"], heard.data["status"]) == ("cut", "closing", 503)
    assert listener.hear() is None
    listener.close()


def test_a_signed_out_session_loses_its_stream(floor: Running) -> None:
    cookie = floor.cookie("auditor")
    listener = Listener(floor.port, cookie)
    assert listener.hear() is not None
    with floor.client(cookie=cookie) as leaving:
        assert leaving.post("/api/sign-out").status_code == 204
    heard = listener.hear()
    assert heard is not None
    assert (heard.event, heard.data["code"]) == ("cut", "sign_in_first")
    listener.close()


