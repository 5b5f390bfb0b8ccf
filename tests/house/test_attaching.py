"""Files on an incident, round one real house: sealed on the disk before the fact, opened after the showing, gone with the key."""

import hashlib
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.engines.attachments.made import document, photo
from tests.floor import DESK, StillClock, asker, corner, small_house
from tocsin.facts.access import RecordShown
from tocsin.facts.dispatch import FileAttached
from tocsin.house import Attaching, House
from tocsin.kernel import Entry, Refused
from tocsin.ledger import Ledger, LedgerFault, LedgerFull
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import CloseIncident, JoinIncident, ReadFiles, ReadStory, SeparateIncident
from tocsin.rooms.dispatch.model import MOST_FILES
from tocsin.rooms.dispatch.views import Files, Story

CREW = asker("crew 1", "responder")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with small_house(tmp_path, StillClock()) as made:
        yield made


def call(house: House) -> str:
    return house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK).subject.removeprefix("call:")


def fact(house: House, incident: str) -> FileAttached:
    return next(kept.fact for kept in house.history(f"incident:{incident}") if isinstance(kept.fact, FileAttached))


def on_disk(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "ledger" / "files").rglob("*") if path.is_file()]


def listed(house: House, incident: str) -> Files:
    shown = house.see(ReadFiles(incident=incident), DESK)
    assert isinstance(shown, Files)
    return shown


def test_a_picture_is_sealed_on_the_disk_and_its_hashes_are_in_the_ledger(house: House, tmp_path: Path) -> None:
    incident, sent = call(house), photo()
    receipt = Attaching(house).attach(incident, sent, "IMG 火场 7.jpg", CREW)
    kept = fact(house, incident)
    assert receipt.subject == f"file:{kept.file}"
    [path] = on_disk(tmp_path)
    box = path.read_bytes()
    assert hashlib.sha256(box).hexdigest() == kept.sha256
    assert (kept.media, kept.width, kept.height) == ("image/jpeg", 200, 300)
    assert "location" in kept.stripped
    raw = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    assert b"IMG" not in raw, "the name is sealed"
    assert hashlib.sha256(sent).hexdigest().encode() not in raw, "so is the hash of what was sent"
    assert b"JFIF" not in box, "the picture is sealed"
    opened = Attaching(house).open(kept.file, DESK)
    with Image.open(BytesIO(opened.content)) as picture:
        assert picture.size == (200, 300)
        assert not picture.getexif()
    assert opened.name == "IMG 火场 7.jpg"
    assert len(opened.content) == kept.size
    row = house.rows("incident")[incident]
    assert getattr(row, "files", 0) == 1


def test_the_showing_is_kept_before_the_file_is_shown(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = call(house)
    Attaching(house).attach(incident, photo(), "a.jpg", CREW)
    number = fact(house, incident).file
    Attaching(house).open(number, DESK, as_small=True)
    shown = [kept for kept in house.history(f"file:{number}") if isinstance(kept.fact, RecordShown)]
    assert [(kept.entry.by, kept.entry.purpose) for kept in shown] == [("desk 1", "response")]

    def full(*entries: object, **more: object) -> None:
        raise LedgerFull

    monkeypatch.setattr(house.ledger, "append", full)
    with pytest.raises(LedgerFull):
        Attaching(house).open(number, DESK)


def test_the_story_and_the_list_tell_of_it(house: House) -> None:
    incident = call(house)
    Attaching(house).attach(incident, photo(), "C:\\photos\\door\x00.jpg", CREW)
    Attaching(house).attach(incident, document(), "../../etc/plan.pdf", DESK)
    story = house.see(ReadStory(incident=incident), DESK)
    assert isinstance(story, Story)
    said = [line.says.en for line in story.lines if line.fact == "dispatch.file-attached"]
    assert said[0].startswith("crew 1 attached a picture")
    assert "location removed" in said[0]
    assert said[1].startswith("desk 1 attached a PDF document")
    assert [(line.name, line.media, line.destroyed) for line in listed(house, incident).files] == [
        ("door.jpg", "image/jpeg", False), ("plan.pdf", "application/pdf", False)]


def test_destroying_the_key_is_the_deletion(house: House) -> None:
    incident = call(house)
    for name in ("a.jpg", "b.jpg"):
        Attaching(house).attach(incident, photo(), name, CREW)
    first, second = listed(house, incident).files
    assert house.ledger.vault.destroy(f"file:{first.file}")
    with pytest.raises(Refused) as no:
        Attaching(house).open(first.file, DESK)
    assert (no.value.code, no.value.status) == ("file_destroyed", 410)
    gone, there = listed(house, incident).files
    assert (gone.destroyed, gone.name, there.destroyed, there.name) == (True, None, False, "b.jpg")
    assert Attaching(house).open(second.file, DESK).content
    story = house.see(ReadStory(incident=incident), DESK)
    assert isinstance(story, Story), "the story still says that there was one"
    assert sum(line.fact == "dispatch.file-attached" for line in story.lines) == 2


def test_a_file_that_was_altered_or_lost_is_a_fault_and_never_shown(house: House, tmp_path: Path) -> None:
    incident = call(house)
    Attaching(house).attach(incident, photo(), "a.jpg", CREW)
    [path] = on_disk(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(LedgerFault):
        Attaching(house).open(fact(house, incident).file, DESK)
    path.unlink()
    with pytest.raises(LedgerFault):
        Attaching(house).open(fact(house, incident).file, DESK)


def test_a_retry_is_kept_once_and_leaves_no_second_file(house: House, tmp_path: Path) -> None:
    incident = call(house)
    first = Attaching(house).attach(incident, photo(), "a.jpg", CREW, "k1")
    again = Attaching(house).attach(incident, photo(), "a.jpg", CREW, "k1")
    assert (again.repeated, again.subject) == (True, first.subject)
    assert len(on_disk(tmp_path)) == len(listed(house, incident).files) == 1


def test_who_may_attach_and_who_may_open(house: House) -> None:
    incident = call(house)
    Attaching(house).attach(incident, photo(), "a.jpg", CREW)
    number = fact(house, incident).file
    for role in ("planner", "auditor", "admin", "device"):
        with pytest.raises(Refused) as no:
            Attaching(house).attach(incident, photo(), "", asker("x", role))
        assert no.value.code == "role_missing"
    assert Attaching(house).open(number, CREW).content, "one's own"
    with pytest.raises(Refused) as no:
        Attaching(house).open(number, asker("crew 2", "responder"))
    with pytest.raises(Refused) as none:
        Attaching(house).open("260304-9999", asker("crew 2", "responder"))
    assert no.value.code == none.value.code == "file_unknown", "another crew's file looks like none at all"
    for role in ("planner", "admin", "device"):
        with pytest.raises(Refused) as no:
            Attaching(house).open(number, asker("x", role))
        assert no.value.code == "role_missing"


def test_an_incident_holds_so_many_files_and_a_closed_one_still_takes_them(house: House, tmp_path: Path) -> None:
    incident = call(house)
    house.do(CloseIncident(incident=incident, disposition="false_alarm"), DESK)
    for number in range(MOST_FILES):
        Attaching(house).attach(incident, f"note {number}".encode(), "", DESK)
    with pytest.raises(Refused) as no:
        Attaching(house).attach(incident, b"one more", "", DESK)
    assert no.value.code == "files_full"
    with pytest.raises(Refused) as no:
        Attaching(house).attach("260304-9999", b"text", "", DESK)
    assert no.value.code == "incident_unknown"
    assert len(on_disk(tmp_path)) == MOST_FILES


class Cut(BaseException):
    """The machine stops here; nothing that would tidy up runs."""


@pytest.mark.parametrize("kept_before", [False, True])
def test_a_crash_between_file_and_fact_loses_nothing_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept_before: bool) -> None:
    """Cut off before the fact: nobody was told, and nothing stays. Cut off after it, before the file is settled: it is whole."""
    with small_house(tmp_path / "a") as house:
        incident = call(house)
        if kept_before:
            monkeypatch.setattr(house.files, "settle", lambda number: (_ for _ in ()).throw(Cut))
        else:
            monkeypatch.setattr(Ledger, "append", _cut_at_file(Ledger.append))
        with pytest.raises(Cut):
            Attaching(house).attach(incident, photo(), "a.jpg", CREW)
        monkeypatch.undo()
        assert [path.suffix for path in on_disk(tmp_path / "a")] == [".part"]
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    with small_house(tmp_path / "b") as house:
        assert len(listed(house, incident).files) == kept_before
        assert [path.suffix for path in on_disk(tmp_path / "b")] == ([".sealed"] if kept_before else [])
        if kept_before:
            assert Attaching(house).open(fact(house, incident).file, DESK).content
        Attaching(house).attach(incident, photo(), "b.jpg", CREW)
        files = listed(house, incident).files
        assert [one.name for one in files] == (["a.jpg", "b.jpg"] if kept_before else ["b.jpg"])
        assert all(Attaching(house).open(one.file, DESK).content for one in files)


def _cut_at_file(append: object) -> object:
    def cut(self: Ledger, entries: list[Entry], **more: object) -> object:
        if any(entry.kind == FileAttached.fact_kind for entry in entries):
            raise Cut
        return append(self, entries, **more)  # type: ignore[operator]  # the real append, as it was

    return cut


def test_files_of_a_joined_call_are_seen_on_the_main_incident_and_go_back_with_it(house: House) -> None:
    main, other = call(house), call(house)
    Attaching(house).attach(other, photo(), "before.jpg", CREW)
    house.do(JoinIncident(incident=other, into=main), DESK)
    Attaching(house).attach(other, photo(), "after.jpg", CREW)
    row = house.rows("incident")[main]
    assert getattr(row, "files", 0) == 2
    assert {line.name for line in listed(house, main).files} == {"before.jpg", "after.jpg"}
    house.do(SeparateIncident(incident=other, out_of=main), DESK)
    rows = house.rows("incident")
    assert [getattr(rows[number], "files", -1) for number in (main, other)] == [0, 2]
    assert not listed(house, main).files
