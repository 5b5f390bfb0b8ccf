"""The house as a whole: retries, roles, cursors, snapshots, healing after a crash, sealed fields, a full disk."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from tests.floor import CHIEF, DESK, StillClock, asker, corner, on_duty, small_city, small_house
from tests.shared import ROOT
from tocsin.city.calibration import Calibration
from tocsin.facts.calls import CallTaken
from tocsin.house import Frame, House
from tocsin.house.audit import recompute_offers, verify
from tocsin.house.envelope import enclose
from tocsin.kernel import Command, Refused
from tocsin.ledger import LedgerFull
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AddNote, AssignUnit, OfferCandidates, OpenIncident, ReadStory
from tocsin.rooms.dispatch.views import Story
from tocsin.rooms.fleet.commands import EndShift, ReportState
from tocsin.trail import Fix


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def house(tmp_path: Path, clock: StillClock) -> Iterator[House]:
    with small_house(tmp_path, clock) as made:
        yield made


def take(house: House, **said: object) -> str:
    command = msgspec.convert({"place": {"lon": corner(1, 1).lon, "lat": corner(1, 1).lat}, "kind": "fire", **said}, TakeCall)
    return house.do(command, DESK).subject.removeprefix("call:")


def test_a_retry_is_kept_once_and_answered_alike(house: House) -> None:
    command = TakeCall(place=corner(1, 1), kind="fire", key="retry-1")
    first, again = house.do(command, DESK), house.do(command, DESK)
    assert (first.position, first.subject, first.kept) == (again.position, again.subject, again.kept)
    assert (first.repeated, again.repeated) == (False, True)
    assert house.ledger.head() == 2
    other = house.do(command, asker("desk 2", "call_taker"))
    assert not other.repeated, "another person's key is another key"


def test_a_retry_of_an_assignment_is_not_refused_as_busy(house: House) -> None:
    shift = on_duty(house, "E1", "engine", corner(0, 0))
    command = AssignUnit(incident=take(house), unit="E1", shift=shift, key="send-1")
    assert house.do(command, DESK).position == house.do(command, DESK).position


def test_roles_are_enforced_by_the_house(house: House) -> None:
    with pytest.raises(Refused) as no:
        house.do(TakeCall(place=corner(1, 1), kind="fire"), asker("planner 1", "planner"))
    assert (no.value.code, no.value.status) == ("role_missing", 403)
    with pytest.raises(AssertionError):
        house.do(OpenIncident(incident="1", place=corner(1, 1), kind="fire", priority=1, called_at=1), CHIEF)


@pytest.mark.parametrize("at", [0, -5, StillClock().now() + 3_600_000_000])
def test_what_is_said_to_happen_later_is_refused(house: House, at: int) -> None:
    with pytest.raises(Refused, match="happened_in_future"):
        house.do(TakeCall(place=corner(1, 1), kind="fire", happened_at=at), DESK)
    assert house.ledger.head() == 0


def test_numbers_run_on_within_a_day_and_over_a_restart(tmp_path: Path, clock: StillClock) -> None:
    with small_house(tmp_path, clock) as first:
        assert [take(first), take(first)] == ["260304-0001", "260304-0002"]
    with small_house(tmp_path, clock) as second:
        assert take(second) == "260304-0003"
        clock.pass_s(16 * 3600)  # past midnight in the city's own zone
        assert take(second) == "260305-0001"


def test_a_clock_set_back_over_midnight_gives_no_number_twice(house: House, clock: StillClock) -> None:
    first = take(house)
    clock.pass_s(24 * 3600)
    tomorrow = [take(house), take(house)]
    clock.pass_s(-24 * 3600)
    later = [take(house), take(house)]
    assert [first, *tomorrow, *later] == ["260304-0001", "260305-0001", "260305-0002", "260305-0003", "260305-0004"]


def test_a_follower_gets_what_changed_and_no_more(house: House, clock: StillClock) -> None:
    on_duty(house, "E1", "engine", corner(0, 0))
    whole = house.frame()
    assert whole.whole
    assert [row.id for row in whole.rows] == ["E1"]
    number = take(house)
    later = house.frame(whole.id)
    assert (later.whole, [row.id for row in later.rows], later.gone) == (False, [number], ())
    assert house.frame(later.id).rows == ()
    house.report([Fix(unit="E1", lon=corner(0, 0).lon, lat=corner(0, 0).lat, device_at=clock.now(), heard_at=clock.now())], asker("t", "device"))
    moved = house.frame(later.id)
    assert [type(row).__name__ for row in moved.rows] == ["PositionRow"]
    house.do(EndShift(unit="E1", shift="2026-03-04D"), CHIEF)
    gone = house.frame(moved.id)
    assert ("unit", "E1") in gone.gone


@pytest.mark.parametrize("cursor", ["9999.0", "nonsense", "1.99999", "-1.-1", "", "1", "0.0.0", "٣.٣", "9" * 60 + ".0"])
def test_a_forged_cursor_gets_the_whole_picture_or_what_is_true(house: House, cursor: str) -> None:
    number = take(house)
    frame = house.frame(cursor)
    assert isinstance(frame, Frame)
    assert number in {row.id for row in frame.rows}


def test_a_position_off_duty_is_not_taken(house: House, clock: StillClock) -> None:
    fix = Fix(unit="E9", lon=24.9, lat=60.15, device_at=clock.now(), heard_at=clock.now())
    assert house.report([fix], asker("tracker", "device")) == ["unit_not_on_shift"]
    with pytest.raises(Refused, match="role_missing"):
        house.report([fix], DESK)


def test_snapshot_and_full_reading_give_the_same_picture(tmp_path: Path, clock: StillClock) -> None:
    with small_house(tmp_path, clock) as house:
        shift = on_duty(house, "M1", "medic", corner(0, 0))
        for _ in range(5):
            number = take(house)
        house.do(AssignUnit(incident=number, unit="M1", shift=shift), DESK)
        house.snapshot()
        house.do(ReportState(unit="M1", shift=shift, state="at_scene"), DESK)
        before = {name: house.rows(name) for name in ("incident", "unit", "closure")}
    with small_house(tmp_path, clock) as from_snapshot:
        assert {name: from_snapshot.rows(name) for name in before} == before
    for cache in (tmp_path / "ledger" / "cache").iterdir():
        cache.unlink()
    with small_house(tmp_path, clock) as from_nothing:
        assert {name: from_nothing.rows(name) for name in before} == before
        assert take(from_nothing) == "260304-0006"


def test_a_crash_between_a_fact_and_its_reaction_heals(tmp_path: Path, clock: StillClock) -> None:
    with small_house(tmp_path, clock) as house:
        taken = CallTaken(call="260304-0001", channel="voice", place=corner(1, 1), kind="fire", priority=1)
        now = clock.now()
        house.ledger.append(enclose([taken], house.ledger.vault, happened_at=now, known_at=now, by="desk 1", purpose="response", cause=0, key=""))
        # closing without letting it react is what a crash does
        house._due._due.clear()
        assert not house.rows("incident")
    for cache in (tmp_path / "ledger" / "cache").iterdir():
        cache.unlink()
    for _ in range(2):
        with small_house(tmp_path, clock) as house:
            assert set(house.rows("incident")) == {"260304-0001"}
            opened = [entry for _, entry in house.ledger.read() if entry.kind == "dispatch.incident-opened"]
            assert [(entry.cause, entry.by) for entry in opened] == [(1, "room:dispatch")]


def test_a_refused_reaction_is_itself_a_fact(tmp_path: Path, clock: StillClock) -> None:
    with small_house(tmp_path, clock) as house:
        taken = CallTaken(call="260304-0001", channel="voice", place=corner(1, 1), kind="dragon", priority=1)
        now = clock.now()
        house.ledger.append(enclose([taken], house.ledger.vault, happened_at=now, known_at=now, by="old desk", purpose="response", cause=0, key=""))
        take(house)
        kinds = [(entry.kind, entry.cause) for _, entry in house.ledger.read()]
    assert ("access.reaction-refused", 1) in kinds


def test_destroying_a_records_key_is_the_deletion(house: House, clock: StillClock) -> None:
    number = take(house, number="555-0123", notes="somebody's words")
    house.do(AddNote(incident=number, note="a neighbour's words"), DESK)
    story = house.see(ReadStory(incident=number), DESK)
    assert isinstance(story, Story)
    assert (story.number, story.notes) == ("555-0123", "somebody's words")
    assert house.ledger.vault.destroy(f"call:{number}")
    story = house.see(ReadStory(incident=number), DESK)
    assert isinstance(story, Story)
    assert (story.number, story.notes) == (None, None)
    assert any(line.says.en == "a neighbour's words" for line in story.lines)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of six megabytes; only root can mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a small tmpfs cannot be mounted here (needs root)")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_refuses_clearly_reads_on_and_recovers(small_disk: Path, clock: StillClock) -> None:
    with small_house(small_disk, clock) as house:
        number = take(house)
        filler = small_disk / "filler"
        with suppress(OSError), filler.open("wb") as file:
            while True:
                file.write(b"0" * 4096)
                file.flush()
        with pytest.raises(LedgerFull):
            for _ in range(500):
                take(house, notes="x" * 3000)
        assert number in house.rows("incident"), "reads go on"
        filler.unlink()
        after = take(house)
        assert {number, after} <= set(house.rows("incident")), "it recovers by itself when there is room"
        calls = sum(entry.kind == "calls.call-taken" for _, entry in house.ledger.read())
        assert calls == len(house.rows("incident")), "no call without its incident"


def test_every_offer_is_recomputed_by_the_audit(tmp_path: Path, clock: StillClock) -> None:
    with small_house(tmp_path, clock) as house:
        on_duty(house, "E1", "engine", corner(0, 0))
        on_duty(house, "M1", "medic", corner(4, 4))
        for _ in range(3):
            house.do(OfferCandidates(incident=take(house)), DESK)
    results = list(recompute_offers(tmp_path, small_city(), Calibration.default(), clock, name="floor"))
    assert [sentences for _, sentences in results] == [[], [], []]


def test_killed_at_any_moment_what_was_acknowledged_is_there(tmp_path: Path, clock: StillClock) -> None:
    """Three times: run a floor, kill -9 it mid-work, open it again: every receipt kept, every call an incident, tree sound."""
    chance = random.Random(7)
    heard: set[str] = set()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-m", "tests.house.worker", str(tmp_path)], cwd=ROOT, env=environment,
                              stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            said = [process.stdout.readline() for _ in range(4)]
            time.sleep(chance.uniform(0.0, 0.3))
            process.send_signal(signal.SIGKILL)
            said += process.stdout.read().splitlines(keepends=True)
            heard |= {line.strip().removeprefix("call:") for line in said if line.endswith("\n")}
        with small_house(tmp_path, clock) as house:
            calls = {entry.tags[0].removeprefix("call:") for _, entry in house.ledger.read() if entry.kind == "calls.call-taken"}
            opened = [entry.tags[0].removeprefix("incident:") for _, entry in house.ledger.read() if entry.kind == "dispatch.incident-opened"]
            verifier = house.ledger.verifier
            assert heard <= calls
            assert sorted(opened) == sorted(calls), "every call became an incident, once"
            assert set(house.rows("incident")) == calls
    assert len(heard) >= 12
    report = verify(tmp_path / "ledger", verifier)
    assert report.sound, report.sentences()


def test_a_command_without_a_room_is_our_bug(house: House) -> None:
    class Stray(Command, frozen=True, kw_only=True):
        pass

    with pytest.raises(AssertionError):
        house.do(Stray(), DESK)
