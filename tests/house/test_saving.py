"""A backup is whole after anything that breaks it off, adds only what came since, tells nothing, and is brought back whole or not at all."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.engines.attachments.made import photo
from tests.floor import DESK, StillClock, corner, on_duty, small_city, small_house
from tests.house.test_forgetting import scanned
from tocsin.cli import main
from tocsin.edges.web.health import health
from tocsin.house import Attaching, House, LedgerFault
from tocsin.house.saving.back_up import back_up, make_key
from tocsin.house.saving.bring_back import bring_back
from tocsin.house.saving.drill import Drill, drill, last
from tocsin.house.saving.runs import Backup, Run
from tocsin.ledger.saved import spans
from tocsin.rooms.calls.commands import TakeCall
from tocsin.trail import Fix

CALLER = "Aino Planted-Caller"


class Place:
    """Records in use, the folder of their backup, and what is kept elsewhere."""

    def __init__(self, folder: Path, house: House, clock: StillClock) -> None:
        self.folder, self.house, self.clock = folder, house, clock
        self.data, self.to, self.identity, self.safe = (folder / name for name in ("data", "to", "identity", "safe"))

    def call(self, count: int = 1) -> str:
        for _ in range(count):
            number = self.house.do(TakeCall(kind="fire", place=corner(1, 1), caller=CALLER), DESK).subject.partition(":")[2]
        return number

    def run(self, keep: int = 30) -> Run:
        back_up(self.data, self.to, self.clock, name="floor", keep=keep, told=lambda written, piece: None)
        newest = Backup(self.to).newest()
        assert newest
        return newest[0]

    def back(self, into: str = "back", number: int = 0) -> Path:
        bring_back(self.to, self.identity, self.safe, self.folder / into, self.clock, number=number, told=lambda done, of: None)
        return self.folder / into

    def refused(self, code: str, number: int = 0) -> None:
        with pytest.raises(LedgerFault) as fault:
            self.back("refused", number)
        assert fault.value.code == code
        assert not list(self.folder.glob("refused*")), "nothing is left of it"

    def drilled(self, days: int = 30) -> Drill:
        return drill(self.to, self.identity, self.safe, self.data, self.clock, scratch=self.folder, again_within_days=days, told=lambda done, of: None)

    def state(self) -> str:
        return next((part.state for part in health(self.house, self.data, small_city().path).parts if part.name == "backup"), "")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    clock = StillClock()
    with small_house(tmp_path / "data", clock) as house:
        made = Place(tmp_path, house, clock)
        make_key(made.data, made.identity)
        assert main(["vault", "key", "--out", str(made.safe), "--data", str(made.data)]) == 0
        made.call()
        yield made


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_spans_cover_a_ledger_once_and_stay_as_it_grows() -> None:
    for size in (0, 1, 1_023, 1_024, 1_025, 16_383, 16_384, 40_000):
        cut = list(spans(size))
        assert [position for first, last in cut for position in (first, last)] == sorted(position for span in cut for position in span)
        assert sum(last - first + 1 for first, last in cut) == size
    assert len(set(spans(40_000)) - set(spans(40_500))) == 1, "of what a run saved before, the last span alone is written again"


def test_a_run_adds_what_came_since_and_nothing_of_a_person_is_in_clear(place: Place) -> None:
    number = place.call()
    Attaching(place.house).attach(number, photo(), "a.jpg", DESK)
    on_duty(place.house, "E7", "engine", corner(0, 0))
    place.house.trail.report([Fix(unit="E7", lon=24.9, lat=60.15, device_at=place.clock.at, heard_at=place.clock.at)])
    place.house.trail.flush()
    (place.data / "people.json").write_text("{}")
    first = place.run()
    kinds = {held.name.partition("/")[0].partition("#")[0] for held in first.pieces}
    assert kinds == {"ledger", "entries", "vault", "files", "people.json", "backup-for", "trail"}
    assert place.run().pieces == first.pieces, "nothing came since, so nothing is added"
    place.call()
    third = place.run()
    new = {held.name for held in third.pieces} - {held.name for held in first.pieces if held in third.pieces}
    assert {"entries", "vault"} <= {name.partition("/")[0].partition("#")[0] for name in new} <= {"entries", "vault", "ledger"}
    assert not scanned(place.to, CALLER, "Planted")
    assert not [path for path in place.to.rglob("*") if path.name.endswith((".key", ".pem"))], "no key in it"
    held = {path.read_bytes() for path in (place.data / "ledger" / "keys").iterdir()}
    back = place.back()
    assert {path.read_bytes() for path in (back / "ledger" / "keys").iterdir()} <= held
    for name in ("people.json", "backup-for", *(str(path.relative_to(place.data)) for path in (place.data / "ledger" / "files").rglob("*") if path.is_file())):
        assert (back / name).read_bytes() == (place.data / name).read_bytes()
    with small_house(back, place.clock) as house:
        assert len(house.trail.history("E7", 0, place.clock.at + 1)) == 1


def test_a_run_that_is_broken_off_leaves_the_one_before_and_the_next_sweeps_up(place: Place) -> None:
    place.run()
    before = tree(place.to)
    place.call(3)

    def broken(written: int, piece: str) -> None:
        if piece.startswith("vault/"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(place.data, place.to, place.clock, name="floor", keep=30, told=broken)
    after = tree(place.to)
    assert len(after) > len(before), "something had been written"
    assert {name: after[name] for name in before} == before
    assert place.back("one").is_dir()
    run = place.run()
    assert {path.name for path in (place.to / "pieces").iterdir()} == {held.sha256 for number in (1, 2) for held in Backup(place.to).read(number)[0].pieces}
    assert run.number == 2


def test_older_runs_go_and_each_that_stays_is_whole(place: Place) -> None:
    for _ in range(4):
        place.call()
        place.run(keep=2)
    assert Backup(place.to).numbers() == [3, 4]
    newest, digest = Backup(place.to).read(4)
    assert newest.before == Backup(place.to).read(3)[1] != digest
    sizes = []
    for number in (3, 4):
        with small_house(place.back(f"back{number}", number), place.clock) as house:
            sizes.append(house.ledger.head())
    assert sizes[0] < sizes[1]


def test_a_piece_that_is_gone_from_the_folder_is_written_again(place: Place) -> None:
    run = place.run()
    for held in run.pieces:
        (place.to / "pieces" / held.sha256).unlink()
    place.refused("backup.damaged")
    place.run()
    assert place.back().is_dir()


def test_any_byte_that_was_changed_is_found_before_anything_is_brought_back(place: Place) -> None:
    run = place.run()
    for held in run.pieces:
        path = place.to / "pieces" / held.sha256
        content = path.read_bytes()
        path.write_bytes(content[:len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1:])
        place.refused("backup.damaged")
        path.write_bytes(content)
    path = next((place.to / "runs").iterdir())
    path.write_bytes(path.read_bytes().replace(b'"entries":', b'"entries":1'))
    place.refused("backup.not-signed")


def test_what_another_wrote_and_what_another_key_opens_is_refused(place: Place, tmp_path: Path) -> None:
    place.run()
    mine, others = place.identity.read_text(), tmp_path / "others"
    make_key(tmp_path / "elsewhere", others)
    place.identity.write_text(others.read_text())
    place.refused("backup.wrong-identity")
    place.identity.write_text("no key\n")
    place.refused("backup.bad-identity")
    place.identity.write_text(mine)
    with small_house(tmp_path / "other", place.clock) as house:  # somebody who knows the public key makes a backup in our folder
        house.do(TakeCall(kind="fire", place=corner(1, 1)), DESK)
        shutil.copy(place.data / "backup-for", tmp_path / "other")
        with pytest.raises(LedgerFault) as fault:
            back_up(tmp_path / "other", place.to, place.clock, name="floor", keep=30, told=lambda written, piece: None)
        assert fault.value.code == "backup.other-ledger"
        shutil.rmtree(place.to)
        back_up(tmp_path / "other", place.to, place.clock, name="floor", keep=30, told=lambda written, piece: None)
    place.refused("backup.not-signed")


def test_a_run_for_another_key_holds_nothing_that_only_the_one_before_opens(place: Place, tmp_path: Path) -> None:
    first = place.run()
    make_key(place.data, tmp_path / "second")
    second = place.run(keep=1)
    assert not {held.sha256 for held in first.pieces} & {held.sha256 for held in second.pieces}
    place.refused("backup.wrong-identity")
    place.identity = tmp_path / "second"
    assert place.back().is_dir()


def test_two_at_once_a_folder_that_cannot_be_written_and_no_key(place: Place, tmp_path: Path) -> None:
    with Backup(place.to).alone(), pytest.raises(LedgerFault) as fault:
        place.run()
    assert fault.value.code == "backup.in-use"
    shutil.rmtree(place.to)
    place.to.write_text("a file")
    with pytest.raises(LedgerFault) as fault:
        place.run()
    assert fault.value.code == "backup.unwritable"
    (place.data / "backup-for").unlink()
    place.to.unlink()
    with pytest.raises(LedgerFault) as fault:
        place.run()
    assert fault.value.code == "backup.no-recipient"
    assert main(["backup", "run", "--to", str(place.to), "--data", str(place.data), "--for", "age1none"]) == 2
    assert main(["backup", "run", "--to", str(place.to), "--data", str(tmp_path / "nothing")]) == 2


def test_a_full_disk_says_so_and_the_run_before_is_whole(place: Place) -> None:
    place.to.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place.to)], capture_output=True, check=False).returncode:
        pytest.skip("a small tmpfs cannot be mounted here (needs root)")
    try:
        place.run()
        (place.data / "people.json").write_bytes(os.urandom(1 << 20))
        with pytest.raises(LedgerFault) as fault:
            place.run()
        assert fault.value.code == "backup.full"
        assert Backup(place.to).numbers() == [1]
        assert not (place.back() / "people.json").exists()
    finally:
        subprocess.run(["umount", str(place.to)], check=True)


def test_a_restore_that_is_stopped_leaves_nothing(place: Place) -> None:
    place.run()

    def stopped(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_back(place.to, place.identity, place.safe, place.folder / "back", place.clock, told=stopped)
    assert not list(place.folder.glob("back*"))
    (place.folder / "back.restoring").mkdir()  # as a kill would have left it
    (place.folder / "back.restoring" / "half").touch()
    assert not (place.back() / "half").exists()


def test_where_every_key_is_lost_the_entries_come_back_and_calls_go_on(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.run()
    note, line = place.folder / "note", place.folder / "verifier"
    note.write_text(place.house.ledger.checkpoint())
    line.write_text(place.house.ledger.verifier)
    back, words = place.folder / "back", ["restore", "--from", str(place.to), "--identity", str(place.identity), "--data", str(place.folder / "back")]
    assert main([*words, "--keys-are-lost", str(line)]) == 0
    assert "new-key" in capsys.readouterr().out
    assert main(["audit", "new-key", str(back / "ledger"), "--witnessed", str(note)]) == 0
    assert main(["vault", "begin", "--by", "operator 1", "--reason", "machine and safe are lost", "--data", str(back)]) == 0
    with small_house(back, place.clock) as house:
        house.do(TakeCall(kind="fire", place=corner(1, 1)), DESK)


def test_a_drill_compares_with_the_running_house_and_says_what_would_be_lost(place: Place) -> None:
    run = place.run()
    place.clock.pass_s(300)
    place.call(2)
    found = place.drilled()
    assert (found.ok, found.entries, found.lost_s, found.why) == (True, run.entries, 300.0, ())
    assert found.lost_entries == place.house.ledger.head() - run.entries > 0
    assert last(place.data) == found
    assert not list(place.folder.glob("tocsin-drill-*")), "the scratch place is taken away"
    assert msgspec.json.decode((place.data / "drill.json").read_bytes())["ok"] is True


def test_a_drill_finds_a_running_ledger_that_is_not_what_was_saved(place: Place, tmp_path: Path) -> None:
    place.run()
    with small_house(tmp_path / "other", place.clock) as house:
        for _ in range(3):
            house.do(TakeCall(kind="fire", place=corner(1, 1)), DESK)
        place.data = tmp_path / "other"
        found = place.drilled()
    assert not found.ok
    assert "are not those that were saved" in found.why[0]


def test_health_says_when_a_run_or_a_drill_is_too_long_ago_or_was_not_sound(place: Place) -> None:
    place.run()
    assert main(["vault", "key", "--out", str(place.safe), "--data", str(place.data)]) == 0
    assert place.state() == "ok"
    place.clock.pass_s(31 * 86_400)
    place.run()
    assert place.state() == "low", "saved for a month, and never brought back"
    place.drilled(days=7)
    assert place.state() == "ok"
    place.clock.pass_s(86_500)
    assert place.state() == "low", "no run for a day"
    place.clock.pass_s(6 * 86_400)
    place.run()
    assert place.state() == "low", "no drill for a week"
    place.drilled(days=7)
    assert place.state() == "ok"
    for path in (place.to / "runs").iterdir():
        path.write_text("{}\nAA==\n")
    words = ["restore", "--drill", "--from", str(place.to), "--identity", str(place.identity), "--keys", str(place.safe), "--data", str(place.data)]
    assert main(words) == 2
    note = last(place.data)
    assert note is not None and not note.ok
    assert "backup.damaged" in note.why[0] or "backup.not-signed" in note.why[0]
    assert place.state() == "low", "the last drill was not sound"
