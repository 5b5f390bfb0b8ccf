"""Forgetting on a real house: due by rule and day, fact first and healed, kept back by a hold of two people, the tree sound all the while."""

import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import msgspec
import pytest

from tests.engines.attachments.made import photo
from tests.floor import CHIEF, DESK, SAMPLES, StillClock, asker, corner, small_house
from tocsin.facts.access import HoldGranted, KeyDestroyed, KeyHeld, MasterRotated
from tocsin.facts.dispatch import FileAttached
from tocsin.house import Attaching, House
from tocsin.house.audit import verify
from tocsin.house.envelope import disclose
from tocsin.kernel import Command, Fact, Refused
from tocsin.ledger import Vault
from tocsin.ledger.proof import includes
from tocsin.ledger.tree import hash_leaf
from tocsin.rooms.access.commands import AskHold, AskLift, GrantHold, LiftHold, ReadHold, ReadRetention
from tocsin.rooms.access.model import Retention, retention_faults
from tocsin.rooms.access.views import HoldRow, HoldView, RetentionView
from tocsin.rooms.calls.commands import ArriveContact, TakeCall
from tocsin.rooms.dispatch.commands import AddNote, CloseIncident, JoinIncident, ReadStory
from tocsin.rooms.dispatch.views import Story
from tocsin.rooms.messages.commands import SendMessage

AUDITOR, OTHER = asker("auditor 1", "auditor"), asker("chief 2", "supervisor")
DAY_S = 86_400
NAME, NUMBER, WORDS = "Aino Planted-Name", "+358 50 555 7788", "smoke planted in the attic"
REASON = "an inquiry was opened by the court"
TABLE = msgspec.toml.decode((SAMPLES / "retention.toml").read_bytes(), type=Retention)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def house(tmp_path: Path, clock: StillClock) -> Iterator[House]:
    with small_house(tmp_path, clock) as made:
        yield made


def call(house: House) -> str:
    number = house.do(TakeCall(kind="fire", place=corner(1, 1), number=NUMBER, caller=NAME, notes=WORDS), DESK).subject.partition(":")[2]
    house.do(AddNote(incident=number, note=f"{NAME} is inside"), DESK)
    return number


def closed(house: House) -> str:
    number = call(house)
    house.do(CloseIncident(incident=number, disposition="treated"), DESK)
    return number


def days(house: House, clock: StillClock, count: float) -> None:
    """Days go by with the house ticking: a leap would be a clock that cannot be believed."""
    for _ in range(round(count * 25)):
        clock.pass_s(DAY_S / 25)
        house.tick()


def facts(house: House, kind: type[Fact]) -> list[Fact]:
    return [kept.fact for kept in disclose(house.ledger.read()) if isinstance(kept.fact, kind)]


def gone(house: House) -> dict[str, str]:
    return {fact.record: fact.rule for fact in facts(house, KeyDestroyed) if isinstance(fact, KeyDestroyed)}


def living(house: House, *records: str) -> frozenset[str]:
    return house.ledger.vault.living(records)


def refused(house: House, command: Command, by: object) -> str:
    with pytest.raises(Refused) as no:
        house.do(command, by)  # type: ignore[arg-type]  # each test gives an Asker
    return no.value.code


def scanned(folder: Path, *planted: str) -> list[str]:
    """The files in which one of these stands in clear."""
    return [path.name for path in folder.rglob("*") if path.is_file() and any(one.encode() in path.read_bytes() for one in planted)]


def test_the_sample_is_a_table_without_faults() -> None:
    assert not list(retention_faults(TABLE))
    assert TABLE.sample
    short = msgspec.structs.replace(TABLE, rules={name: rule for name, rule in TABLE.rules.items() if name != "call"})
    assert list(retention_faults(short)) == ["there is no rule for call"]


def test_each_record_is_forgotten_on_its_day_and_not_before(house: House, clock: StillClock, tmp_path: Path) -> None:
    number = call(house)
    Attaching(house).attach(number, photo(), "a.jpg", DESK)
    days(house, clock, 3)
    house.do(CloseIncident(incident=number, disposition="treated"), DESK)
    file = next(fact.file for fact in facts(house, FileAttached) if isinstance(fact, FileAttached))
    days(house, clock, 179.5)
    assert not gone(house), "the age counts from the closing"
    days(house, clock, 1.5)
    assert gone(house) == {f"call:{number}": "call"}
    assert living(house, f"call:{number}", f"incident:{number}") == {f"incident:{number}"}
    story = house.see(ReadStory(incident=number), DESK)
    assert isinstance(story, Story)
    assert (story.number, story.caller, story.notes) == (None, None, None)
    assert any(NAME in line.says.en for line in story.lines), "the note has its own rule"
    days(house, clock, 186)
    assert gone(house) == {f"call:{number}": "call", f"incident:{number}": "incident", f"file:{file}": "file"}
    assert not [path for path in (tmp_path / "ledger" / "files").rglob("*") if path.is_file()], "the sealed file went too"
    with pytest.raises(Refused) as no:
        Attaching(house).open(file, DESK)
    assert no.value.code == "file_destroyed"
    said = next(fact for fact in facts(house, KeyDestroyed) if isinstance(fact, KeyDestroyed))
    assert (said.days, said.basis) == (180, TABLE.rules["call"].basis)


def test_an_open_incident_is_never_forgotten_and_what_belongs_to_nothing_is_by_its_own_age(house: House, clock: StillClock) -> None:
    number = call(house)
    contact = house.do(ArriveContact(channel="voice", line="555-0112", number=NUMBER), DESK).subject
    days(house, clock, 32)
    assert gone(house) == {contact: "contact"}
    days(house, clock, 170)
    assert living(house, f"call:{number}", f"incident:{number}") == {f"call:{number}", f"incident:{number}"}


def test_messages_follow_their_incident_or_their_own_age(house: House, clock: StillClock) -> None:
    number = call(house)
    about = house.do(SendMessage(text=NAME, incident=number, to_kind="role", to="supervisor"), DESK).subject
    alone = house.do(SendMessage(text=NAME, to_kind="role", to="supervisor"), DESK).subject
    days(house, clock, 92)
    assert set(gone(house)) == {alone}
    house.do(CloseIncident(incident=number, disposition="treated"), DESK)
    days(house, clock, 92)
    assert set(gone(house)) == {alone, about}


def test_nothing_personal_is_left_in_any_file_once_it_is_forgotten_and_the_tree_is_sound(tmp_path: Path, clock: StillClock) -> None:
    data = tmp_path / "data"
    with small_house(data, clock, keyframe_every=5) as house:
        number = closed(house)
        house.see(ReadStory(incident=number), DESK)
        house.past(clock.now())
        house.snapshot()
        path, root, size = house.ledger.inclusion(1), house.ledger.root(), house.ledger.head()
        assert not scanned(data, NAME, NUMBER, WORDS), "nor is it in clear before"
        wrapped = _wrapped(house.ledger.vault, f"call:{number}")
        days(house, clock, 367)
        assert {f"call:{number}", f"incident:{number}"} <= set(gone(house))
        assert not living(house, f"call:{number}", f"incident:{number}")
        verifier, line = house.ledger.verifier, _line(data)
        assert includes(root, size, 1, hash_leaf(line), path), "a proof from before holds"
        assert includes(house.ledger.root(), house.ledger.head(), 1, hash_leaf(line), house.ledger.inclusion(1))
    report = verify(data / "ledger", verifier)
    assert report.sound, report.sentences()
    assert not scanned(data, NAME, NUMBER, WORDS)
    assert not [one.name for one in data.rglob("*") if one.is_file() and wrapped in one.read_bytes()]
    with small_house(data, clock) as house:
        story = house.see(ReadStory(incident=number), DESK)
        assert isinstance(story, Story)
        assert (story.number, story.caller, story.notes) == (None, None, None)


def test_a_day_of_forgetting_ends_with_a_new_master_key_and_says_so(house: House, clock: StillClock) -> None:
    number = closed(house)
    before = (house.ledger.folder / "keys" / "vault.key").read_bytes()
    kept = house.ledger.vault.epoch
    days(house, clock, 182)
    assert gone(house) == {f"call:{number}": "call"}
    assert house.ledger.vault.epoch == kept + 1
    assert [fact.epoch for fact in facts(house, MasterRotated) if isinstance(fact, MasterRotated)] == [kept + 1]
    assert not [path for path in house.ledger.folder.rglob("*") if path.is_file() and before[-32:] in path.read_bytes()]
    days(house, clock, 5)
    assert house.ledger.vault.epoch == kept + 1, "a day on which nothing was forgotten needs none"


def test_a_crash_between_the_fact_and_the_key_heals_at_the_start(tmp_path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped(Exception):
        pass

    def stop(*given: object, **more: object) -> int:
        raise Stopped

    with small_house(tmp_path, clock) as house:
        number = closed(house)
        days(house, clock, 179)
        with monkeypatch.context() as patch:
            patch.setattr(Vault, "destroy_all", stop)
            with pytest.raises(Stopped):
                days(house, clock, 3)
        assert gone(house) == {f"call:{number}": "call"}
        assert living(house, f"call:{number}"), "the fact stands and the key is still there"
    with small_house(tmp_path, clock) as house:
        assert not living(house, f"call:{number}")


def test_without_its_cursor_nothing_is_forgotten_twice(tmp_path: Path, clock: StillClock) -> None:
    with small_house(tmp_path, clock) as house:
        closed(house)
        days(house, clock, 182)
        once = len(facts(house, KeyDestroyed))
    for path in (tmp_path / "ledger" / "cache").iterdir():
        path.unlink()
    with small_house(tmp_path, clock) as house:
        days(house, clock, 2)
        assert len(facts(house, KeyDestroyed)) == once == 1


def test_the_cursor_is_written_when_it_has_moved_and_not_while_it_stands(house: House, clock: StillClock, tmp_path: Path) -> None:
    cursor = tmp_path / "ledger" / "cache" / "retention.cache"
    closed(house)
    days(house, clock, 2)
    written = cursor.stat().st_mtime_ns
    days(house, clock, 1)
    assert cursor.stat().st_mtime_ns == written, "a look that found nothing new replaced the file"
    closed(house)
    days(house, clock, 2)
    assert cursor.stat().st_mtime_ns != written


def test_a_clock_that_leaps_forgets_nothing_for_a_day(house: House, clock: StillClock) -> None:
    closed(house)
    clock.pass_s(400 * DAY_S)
    for _ in range(5):
        clock.pass_s(60)
        house.tick()
    assert not gone(house)
    clock.pass_s(-400 * DAY_S)
    days(house, clock, 2)
    assert not gone(house), "it was set right before the day was over"


def hold(house: House, subject: str, count: int = 300) -> str:
    number = house.do(AskHold(subject=subject, days=count, reason=REASON), CHIEF).subject.partition(":")[2]
    house.do(GrantHold(hold=number), AUDITOR)
    return number


def test_a_hold_of_two_people_keeps_back_and_is_seen_and_lifting_lets_go(house: House, clock: StillClock) -> None:
    number, other = closed(house), closed(house)
    asked = house.do(AskHold(subject=f"incident:{number}", days=300, reason=REASON), CHIEF).subject.partition(":")[2]
    assert refused(house, GrantHold(hold=asked), CHIEF) == "approve_own"
    assert refused(house, GrantHold(hold=asked), DESK) == "role_missing"
    house.do(GrantHold(hold=asked), AUDITOR)
    assert refused(house, GrantHold(hold=asked), OTHER) == "hold_granted"
    days(house, clock, 182)
    assert set(gone(house)) == {f"call:{other}"}
    assert [(fact.record, fact.hold) for fact in facts(house, KeyHeld) if isinstance(fact, KeyHeld)] == [(f"call:{number}", asked)], "said once"
    row = house.rows("hold")[asked]
    assert isinstance(row, HoldRow)
    assert (row.held, row.asked_by, row.granted_by) == (1, "chief 1", "auditor 1")
    view = house.see(ReadHold(hold=asked), AUDITOR)
    assert isinstance(view, HoldView)
    assert (view.stands, view.reason, [one.record for one in view.records]) == (True, REASON, [f"call:{number}"])
    assert refused(house, LiftHold(hold=asked), CHIEF) == "lift_not_asked"
    house.do(AskLift(hold=asked, reason="the inquiry has ended"), CHIEF)
    assert refused(house, LiftHold(hold=asked), CHIEF) == "approve_own"
    house.do(LiftHold(hold=asked), AUDITOR)
    days(house, clock, 0.1)
    assert set(gone(house)) == {f"call:{number}", f"call:{other}"}
    assert refused(house, LiftHold(hold=asked), OTHER) == "hold_over"


def test_a_hold_that_nobody_granted_keeps_nothing_back(house: House, clock: StillClock) -> None:
    number = closed(house)
    house.do(AskHold(subject=f"incident:{number}", days=300, reason=REASON), CHIEF)
    days(house, clock, 182)
    assert set(gone(house)) == {f"call:{number}"}
    assert refused(house, AskHold(subject="incident:990101-0001", days=5, reason=REASON), CHIEF) == "subject_unknown"


def test_a_hold_ends_on_its_day_unless_it_is_renewed(house: House, clock: StillClock) -> None:
    first, second = closed(house), closed(house)
    hold(house, f"incident:{first}", 190)
    hold(house, f"incident:{second}", 190)
    days(house, clock, 185)
    assert not gone(house)
    renewed = hold(house, f"incident:{second}", 20)
    days(house, clock, 6)
    assert set(gone(house)) == {f"call:{first}"}
    assert any(isinstance(fact, KeyHeld) and fact.hold == renewed for fact in facts(house, KeyHeld)), "it is held by the renewal now"
    days(house, clock, 16)
    assert set(gone(house)) == {f"call:{first}", f"call:{second}"}


def test_a_hold_outlives_a_restart(tmp_path: Path, clock: StillClock) -> None:
    with small_house(tmp_path, clock) as house:
        number = closed(house)
        hold(house, f"incident:{number}", 200)
        days(house, clock, 182)
    with small_house(tmp_path, clock) as house:
        days(house, clock, 2)
        assert not gone(house)
        assert len(facts(house, KeyHeld)) == 1
        days(house, clock, 18)
        assert set(gone(house)) == {f"call:{number}"}


def test_a_hold_on_the_main_incident_holds_what_was_joined_into_it(house: House, clock: StillClock) -> None:
    main, joined = call(house), call(house)
    house.do(JoinIncident(incident=joined, into=main), DESK)
    house.do(CloseIncident(incident=main, disposition="treated"), DESK)
    hold(house, f"incident:{main}")
    days(house, clock, 182)
    assert not gone(house)


def test_two_approvals_at_once_leave_one(house: House) -> None:
    number = closed(house)
    asked = house.do(AskHold(subject=f"incident:{number}", days=30, reason=REASON), CHIEF).subject.partition(":")[2]
    barrier, codes = threading.Barrier(2), []

    def approve(name: str) -> None:
        barrier.wait()
        try:
            house.do(GrantHold(hold=asked), asker(name, "supervisor"))
            codes.append("")
        except Refused as no:
            codes.append(no.code)

    threads = [threading.Thread(target=approve, args=(f"chief {n}",)) for n in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["", "hold_granted"]
    assert len(facts(house, HoldGranted)) == 1


def test_a_hold_granted_while_forgetting_is_decided_wins(house: House, clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    number = closed(house)
    asked = house.do(AskHold(subject=f"incident:{number}", days=300, reason=REASON), CHIEF).subject.partition(":")[2]
    real, raced = house.forgetting.look, []

    def look(what: str, now: int) -> tuple[object, ...]:
        found = real(what, now)
        if what == "holds" and not raced:
            raced.append(house.do(GrantHold(hold=asked), AUDITOR).position)
        return found

    monkeypatch.setattr(house.forgetting, "look", look)
    days(house, clock, 182)
    assert raced, "the grant came between the look and the append"
    assert not gone(house)
    assert living(house, f"call:{number}")


def test_the_table_and_what_falls_due_can_be_read(house: House, clock: StillClock) -> None:
    number = closed(house)
    days(house, clock, 176)
    view = house.see(ReadRetention(within_days=7), AUDITOR)
    assert isinstance(view, RetentionView)
    assert view.sample
    assert {line.rule: line.days for line in view.rules}["call"] == 180
    assert [(line.record, line.hold) for line in view.due] == [(f"call:{number}", "")]
    held = hold(house, f"incident:{number}")
    view = house.see(ReadRetention(within_days=7), asker("admin 1", "admin"))
    assert isinstance(view, RetentionView)
    assert [(line.record, line.hold) for line in view.due] == [(f"call:{number}", held)]
    with pytest.raises(Refused):
        house.see(ReadRetention(), DESK)


def _wrapped(vault: Vault, record: str) -> bytes:
    found = vault._place.connection.execute("SELECT wrapped FROM keys WHERE record = ?", (record,)).get
    assert isinstance(found, bytes)
    return found


def _line(data: Path) -> bytes:
    from_file = apsw.Connection(str(data / "ledger" / "ledger.sqlite"))
    found = from_file.execute("SELECT line FROM entries WHERE position = 1").get
    from_file.close()
    assert isinstance(found, bytes)
    return found
