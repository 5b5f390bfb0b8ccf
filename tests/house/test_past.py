"""Looking back: any second as it was known then, against folding from scratch and against what was seen live at that second."""

import itertools
import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.floor import CHIEF, DESK, MORNING, StillClock, asker, corner, on_duty, small_house
from tocsin.facts.access import RecordShown
from tocsin.facts.fleet import ShiftEnded
from tocsin.house import Frame, House, PositionRow
from tocsin.house.envelope import disclose
from tocsin.kernel import Command, Instant, Refused, Row
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AddNote, AssignUnit, ChangePriority, CloseIncident, CloseRoad, ReadStory, StandDown
from tocsin.rooms.dispatch.views import Story
from tocsin.rooms.fleet.commands import EndShift, ReportState, StartShift
from tocsin.trail import Fix
from tocsin.trail.place import DAY_US

S = 1_000_000
UNITS = ("E1", "M2", "P3")
_NAMES = itertools.count()


class Played:
    """A house on which chance gives commands and positions, with what was seen live after each of them."""

    def __init__(self, folder: Path, seed: int, every: int = 7) -> None:
        self.folder, self.every = folder, every
        self.clock = StillClock()
        self.house = small_house(folder, self.clock, keyframe_every=every)
        self.chance = random.Random(seed)
        self.seen: dict[Instant, Frame] = {}
        self.heard: list[Fix] = []
        self.taken: list[str] = []
        self.shifts = dict.fromkeys(UNITS, 0)

    def step(self) -> None:
        self.clock.pass_s(self.chance.choice((0.000001, 0.3, 2, 45, 400)))
        for command, by in self._command():
            try:
                receipt = self.house.do(command, by)
            except Refused:
                continue
            if isinstance(command, TakeCall):
                self.taken.append(receipt.subject.removeprefix("call:"))
        self.move()
        self.seen[self.clock.now()] = self.house.frame()

    def move(self) -> None:
        now = self.clock.now()
        fixes = [Fix(unit, 24.9 + self.chance.random() / 50, 60.15 + self.chance.random() / 50, now - self.chance.randrange(0, 90) * S, now)
                 for unit in UNITS if self.chance.random() < 0.5]
        taken = self.house.report(fixes, asker("crew", "responder"))
        self.heard += [fix for fix, no in zip(fixes, taken, strict=True) if not no]
        if self.chance.random() < 0.2:
            self.house.trail.flush()

    def _command(self) -> list[tuple[Command, Any]]:
        unit, incident = self.chance.choice(UNITS), self.chance.choice(self.taken) if self.taken else "none"
        shift = f"s{self.shifts[unit]}"
        match self.chance.randrange(10):
            case 0 | 1:
                return [(TakeCall(place=corner(self.chance.randrange(6), 2), kind="fire", number="0401 234", notes="smoke"), DESK)]
            case 2:
                self.shifts[unit] += 1
                return [(StartShift(unit=unit, shift=f"s{self.shifts[unit]}", unit_kind="engine", station="Station 1", home=corner(0, 0), crew=4), CHIEF)]
            case 3 | 4:
                return [(AssignUnit(incident=incident, unit=unit, shift=shift), DESK)]
            case 5:
                return [(ReportState(unit=unit, shift=shift, state=self.chance.choice(("en_route", "at_scene", "available"))), DESK)]
            case 6:
                return [(ChangePriority(incident=incident, priority=self.chance.randrange(1, 5)), DESK)]
            case 7:
                return [(StandDown(incident=incident, unit=unit, shift=shift), DESK), (CloseIncident(incident=incident, disposition="treated"), DESK)]
            case 8:
                return [(AddNote(incident=incident, note="seen from the bridge"), DESK), (EndShift(unit=unit, shift=shift), CHIEF)]
            case _:
                return [(CloseRoad(lon=corner(1, 1).lon, lat=corner(1, 1).lat, text="Harbour Road"), DESK)]

    def again(self) -> None:
        """Close the house and open it anew on its records."""
        self.house.close()
        self.house = small_house(self.folder, self.clock, keyframe_every=self.every)

    def scratch(self, at: Instant) -> dict[tuple[str, str], Row]:
        """The picture of an instant by its definition: fresh pictures folded over every fact that was known by then, those that go out."""
        pictures = self.house._pictures.beside()
        for line in self.house.ledger.read():
            if line[1].known_at > at:
                break
            pictures.fold(disclose([line]))
        rows: dict[tuple[str, str], Row] = {(name, row.id): row for name, picture in pictures.by_name.items()
                                            if not picture.inner for row in picture.rows.values()}
        for unit in pictures.rows("unit"):
            ended = max((kept.entry.known_at for kept in disclose(self.house.ledger.read()) if kept.entry.known_at <= at
                         and isinstance(kept.fact, ShiftEnded) and kept.fact.unit == unit), default=0)
            mine = [fix for fix in self.heard if fix.unit == unit and fix.heard_at <= at and fix.device_at > ended]
            if mine:
                newest = max(mine, key=lambda fix: fix.device_at)
                rows["position", unit] = PositionRow(id=unit, lon=newest.lon, lat=newest.lat, device_at=newest.device_at, heard_at=newest.heard_at)
        return rows


def by_name(frame: Frame) -> dict[tuple[str, str], Row]:
    return {(type(row).__struct_config__.tag or "", row.id): row for row in frame.rows}  # type: ignore[misc]  # a row's tag is a string


def same(one: dict[tuple[str, str], Row], two: dict[tuple[str, str], Row]) -> None:
    """Alike, positions to a centimetre, which is what the trail keeps."""
    assert one.keys() == two.keys()
    for key, row in one.items():
        other = two[key]
        if isinstance(row, PositionRow) and isinstance(other, PositionRow):
            assert (row.device_at, row.heard_at) == (other.device_at, other.heard_at)
            assert (row.lon, row.lat) == pytest.approx((other.lon, other.lat), abs=1e-7)
        else:
            assert row == other


@settings(max_examples=12)
@given(st.integers(0, 1 << 30), st.data())
def test_any_second_is_what_folding_from_scratch_gives_and_what_was_seen_live(tmp_path_factory: pytest.TempPathFactory, seed: int, data: Any) -> None:
    played = Played(tmp_path_factory.mktemp("past"), seed)
    try:
        for _ in range(60):
            played.step()
        live = by_name(played.house.frame())
        for _ in range(6):
            at = data.draw(st.integers(MORNING - 5, played.clock.now()))
            same(by_name(played.house.past(at)), played.scratch(at))
        played.again()
        for at in data.draw(st.lists(st.sampled_from(sorted(played.seen)), max_size=6)):
            same(by_name(played.house.past(at)), by_name(played.seen[at]))
        same(by_name(played.house.frame()), live)
    finally:
        played.house.close()


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Played]:
    one = Played(tmp_path, 4)
    for _ in range(120):
        one.step()
    yield one
    one.house.close()


def test_keyframes_may_be_lost_or_damaged_and_nothing_is_lost(played: Played) -> None:
    times = random.Random(1).sample(sorted(played.seen), 12)
    before = {at: by_name(played.house.past(at)) for at in times}
    cache = played.folder / "ledger" / "cache"
    kept = sorted(cache.glob("past-*.cache"))
    assert len(kept) > 5
    for number, path in enumerate(kept):
        path.write_bytes(b"torn" if number % 2 else path.read_bytes()[:-3])
    played.again()
    for at in times:
        same(by_name(played.house.past(at)), before[at])
    played.house.close()
    shutil.rmtree(cache)
    played.house = small_house(played.folder, played.clock, keyframe_every=played.every)
    for at in times:
        same(by_name(played.house.past(at)), before[at])


def test_with_every_keyframe_held_no_more_than_one_stretch_is_folded(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    played.house.past(played.clock.now())
    played.again()
    read = []
    real = played.house.ledger.read
    monkeypatch.setattr(played.house.ledger, "read", lambda after=0, limit=None: (read.append(line[0]) or line for line in real(after, limit)))
    for at in random.Random(2).sample(sorted(played.seen), 12):
        read.clear()
        played.house.past(at)
        assert len(read) <= 2 * played.every


def test_a_clock_set_back_shows_no_fact_before_those_kept_before_it(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock, keyframe_every=3) as house:
        first = house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK).subject.removeprefix("call:")
        clock.at -= 3600 * S
        second = house.do(TakeCall(place=corner(2, 2), kind="fire"), DESK).subject.removeprefix("call:")
        assert {row.id for row in house.past(clock.now()).rows} == set(), "the first was kept before it, and is not known yet"
        clock.at = MORNING
        assert {row.id for row in house.past(MORNING).rows} == {first, second}


def test_what_has_not_come_yet_is_refused(played: Played) -> None:
    with pytest.raises(Refused, match="past_not_yet"):
        played.house.past(played.clock.now() + 1)
    assert played.house.past(0).rows == ()


def test_two_look_back_at_once_and_a_third_is_put_off(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    go, begun = threading.Event(), threading.Semaphore(0)
    real = played.house.trail.at

    def slow(*asked: Any) -> Any:
        begun.release()
        go.wait(10)
        return real(*asked)

    monkeypatch.setattr(played.house.trail, "at", slow)
    threads = [threading.Thread(target=played.house.past, args=(played.clock.now(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
        begun.acquire(timeout=10)
    with pytest.raises(Refused, match="past_busy"):
        played.house.past(played.clock.now())
    go.set()
    for thread in threads:
        thread.join()
    assert played.house.past(played.clock.now()).whole


def test_a_story_tells_what_was_known_then_and_its_reading_is_kept(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        shift = on_duty(house, "E1", "engine", corner(0, 0))
        incident = house.do(TakeCall(place=corner(1, 1), kind="fire", number="0401 234"), DESK).subject.removeprefix("call:")
        clock.pass_s(30)
        then = clock.now()
        clock.pass_s(30)
        house.do(AssignUnit(incident=incident, unit="E1", shift=shift), DESK)
        house.do(StandDown(incident=incident, unit="E1", shift=shift), DESK)
        house.do(CloseIncident(incident=incident, disposition="treated"), DESK)
        shown = house.ledger.head()
        story = house.see(ReadStory(incident=incident), DESK, then=then)
        assert isinstance(story, Story)
        assert (story.closed, story.number, story.row is not None) == (False, "0401 234", True)
        assert [line.fact for line in story.lines] == ["calls.call-taken", "dispatch.incident-opened"]
        assert [type(kept.fact) for kept in disclose(house.ledger.read(shown))] == [RecordShown]
        with pytest.raises(Refused, match="incident_unknown"):
            house.see(ReadStory(incident=incident), DESK, then=then - 31 * S)
        with pytest.raises(Refused, match="role_missing"):
            house.see(ReadStory(incident=incident), asker("crew", "responder"), then=then)


def test_the_trail_says_when_its_answer_is_thinner(tmp_path: Path) -> None:
    clock = StillClock(MORNING // DAY_US * DAY_US + 8 * 3600 * S)
    with small_house(tmp_path, clock) as house:
        on_duty(house, "E1", "engine", corner(0, 0))
        start = clock.now()
        for second in range(0, 60, 3):
            clock.at = start + second * S
            house.report([Fix("E1", 24.9 + second / 1e4, 60.15, clock.at, clock.at)], asker("crew", "responder"))
        house.trail.flush()
        asked = start + 28 * S
        whole = house.past(asked)
        (at,) = (row for row in whole.rows if isinstance(row, PositionRow))
        assert (whole.trail, at.device_at) == ("whole", start + 27 * S)
        clock.at = start + 3 * DAY_US
        house.trail.tend()
        house.trail.tend()
        thinned = house.past(asked)
        (at,) = (row for row in thinned.rows if isinstance(row, PositionRow))
        assert thinned.trail == "thinned"
        assert start + 18 * S <= at.device_at <= start + 27 * S
        clock.at = start + 32 * DAY_US
        house.trail.tend()
        gone = house.past(asked)
        assert gone.trail == "expired"
        assert not [row for row in gone.rows if isinstance(row, PositionRow)]
        assert [row.id for row in gone.rows] == ["E1"], "the ledger forgets nothing"


def test_the_span_and_its_marks(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        assert house.span(0, 0).first == clock.now()
        incident = house.do(TakeCall(place=corner(1, 1), kind="fire", priority=2), DESK).subject.removeprefix("call:")
        clock.pass_s(60)
        house.do(ChangePriority(incident=incident, priority=1), DESK)
        clock.pass_s(60)
        span = house.span(MORNING, clock.now())
        assert (span.first, span.last) == (MORNING, clock.now())
        assert [(mark.at, mark.what, mark.of) for mark in span.marks] == [(MORNING + 60 * S, "raised", incident)]
        assert house.span(MORNING, MORNING + 59 * S).marks == ()


def test_looking_back_leaves_the_floor_as_it_is(played: Played) -> None:
    stop, faults = threading.Event(), []

    def look(house: House) -> None:
        chance = random.Random(3)
        while not stop.is_set():
            try:
                house.past(chance.randrange(MORNING, played.clock.now()))
            except Refused as no:
                if no.code != "past_busy":
                    faults.append(no)

    watchers = [threading.Thread(target=look, args=(played.house,)) for _ in range(3)]
    for one in watchers:
        one.start()
    for _ in range(80):
        played.step()
    stop.set()
    for one in watchers:
        one.join()
    assert not faults
    same(by_name(played.house.frame()), played.scratch(played.clock.now()))
