"""`tocsin ledger copy`: a house's ledger into PostgreSQL and back between two runs of the house, and what is refused."""

from io import StringIO
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.engines.attachments.made import photo
from tests.floor import DESK, StillClock, asker, corner, on_duty, small_house
from tests.house.test_forgetting import scanned
from tests.postgres import emptied
from tocsin.cli import main
from tocsin.edges.web.people import People
from tocsin.facts.dispatch import FileAttached
from tocsin.house import Attaching, LedgerFault
from tocsin.house.saving.runs import Backup
from tocsin.ledger import copying
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import ReadStory
from tocsin.rooms.dispatch.views import Story
from tocsin.trail import Fix, Trail

CALLER = "Aino Planted-Caller"


def take(data: Path, clock: StillClock, caller: str = CALLER, database: str = "") -> tuple[int, str]:
    """One more call in a house that is opened for it: how many facts there are, and the caller of the first call as a desk is shown them."""
    with small_house(data, clock, database=database) as house:
        house.do(TakeCall(kind="fire", place=corner(1, 1), caller=caller), DESK)
        story = house.see(ReadStory(incident="260304-0001"), DESK)
        assert isinstance(story, Story)
        return house.ledger.head(), str(story.caller)


def test_a_house_goes_on_in_postgresql_and_back_in_its_file(tmp_path: Path, postgres: str, capsys: pytest.CaptureFixture[str]) -> None:
    data, clock = tmp_path / "data", StillClock()
    first, caller = take(data, clock)
    assert caller == CALLER
    assert main(["ledger", "copy", "--data", str(data), "--to", postgres]) == 0
    root_there = capsys.readouterr().out.partition("root ")[2].partition(";")[0]
    second, caller = take(data, clock)  # told nothing: the records know where
    assert (second > first, caller) == (True, CALLER)
    assert not (data / "ledger" / "ledger.sqlite").exists()
    assert main(["ledger", "copy", "--data", str(data), "--to", "files"]) == 0
    root_back = capsys.readouterr().out.partition("root ")[2].partition(";")[0]
    assert len(root_there) == len(root_back) == 64 and root_there != root_back
    third, caller = take(data, clock)
    assert (third > second, caller) == (True, CALLER)
    assert main(["audit", "verify", str(data / "ledger"), "--key", str(data / "ledger" / "verifier")]) == 0


def test_what_cannot_be_done_is_said_in_one_line(tmp_path: Path, postgres: str, capsys: pytest.CaptureFixture[str]) -> None:
    data, clock = tmp_path / "data", StillClock()
    take(data, clock)
    assert main(["ledger", "copy", "--data", str(data), "--to", "files"]) == 2
    assert "ledger.here-already" in capsys.readouterr().err
    assert main(["ledger", "copy", "--data", str(data), "--to", "postgresql://nobody@127.0.0.1:9/none"]) == 2
    assert "ledger.unreadable" in capsys.readouterr().err
    with small_house(data, clock):
        assert main(["ledger", "copy", "--data", str(data), "--to", postgres]) == 2
        assert "ledger.in-use" in capsys.readouterr().err
    with pytest.raises(LedgerFault, match=r"ledger\.two-places"):
        take(data, clock, database=postgres)
    assert main(["ledger", "copy", "--data", str(data), "--to", postgres]) == 0
    capsys.readouterr()
    assert main(["audit", "verify", str(data / "ledger"), "--key", str(data / "ledger" / "verifier")]) == 2
    assert "audit.elsewhere" in capsys.readouterr().err


def test_keys_files_and_papers_move_with_the_ledger_there_and_back(tmp_path: Path, postgres: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    data, clock = tmp_path / "data", StillClock()
    monkeypatch.setattr("sys.stdin", StringIO("one long password\n" * 3))
    add = ["people", "add", "--role", "dispatcher", "--data", str(data)]
    take(data, clock)
    assert main([*add, "desk 1"]) == 0
    with small_house(data, clock) as house:
        for number, text in (("260304-0001", b"stays"), ("260304-0002", b"goes")):
            house.ledger.files.put(number, text)
            house.ledger.files.settle(number)
        house.ledger.files.put("260304-0003", b"a part")
        house.ledger.vault.flush()
    for to in (postgres, "files", postgres, "files"):
        with monkeypatch.context() as patch:  # the first time it breaks off between the keys and the note of where they are
            patch.setattr(copying, "note" if to == postgres else "_take_place", _broken_off)
            assert main(["ledger", "copy", "--data", str(data), "--to", to]) == 2
        if to == postgres:  # it is where it was, and what happens there until it is done again goes along
            with small_house(data, clock) as house:
                house.ledger.files.forget("260304-0002")
                house.ledger.vault.destroy("file:260304-0002")
        assert main(["ledger", "copy", "--data", str(data), "--to", to]) == 0
        there = {path.name for path in (*data.iterdir(), *(data / "ledger").iterdir())}
        assert {"vault.sqlite", "files", "people.json", "ledger.sqlite"} & there == (set() if to == postgres else {"vault.sqlite", "files", "people.json", "ledger.sqlite"})
        take(data, clock)
        with small_house(data, clock) as house:
            assert [house.ledger.vault.living([f"file:260304-000{number}"]) != frozenset() for number in (1, 2, 3)] == [True, False, True]
            assert [house.ledger.files._boxes.read(f"260304-000{number}") is not None for number in (1, 2, 3)] == [True, False, False], "the part was never acknowledged"
            people = People(data, clock, house.ledger.papers)
            assert people.find("desk 1") is not None
            house.ledger.files.put("260304-0003", b"a part")
            house.ledger.vault.flush()
    assert main([*add, "desk 2"]) == 0
    assert main(["ledger", "copy", "--data", str(data), "--to", postgres]) == 0
    assert main([*add, "desk 3"]) == 0, "let in in the database"
    with small_house(data, clock) as house:
        assert [person.name for person in People(data, clock, house.ledger.papers).all()] == ["desk 1", "desk 2", "desk 3"]


def _broken_off(*given: object) -> None:
    raise OSError("the power went")


def test_who_was_let_in_before_there_was_a_database_is_let_in_there(tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data, clock = tmp_path / "data", StillClock()
    monkeypatch.setattr("sys.stdin", StringIO("one long password\n"))
    assert main(["people", "add", "admin 1", "--role", "admin", "--data", str(data)]) == 0
    with small_house(data, clock, database=postgres) as house:
        assert People(data, clock, house.ledger.papers).find("admin 1") is not None
    assert not (data / "people.json").exists()


def test_the_folder_of_a_second_machine(tmp_path: Path, postgres: str, capsys: pytest.CaptureFixture[str]) -> None:
    data, to, clock = tmp_path / "data", tmp_path / "second", StillClock()
    take(data, clock)
    words = ["node", "keys", "--data", str(data), "--to", str(to)]
    assert main(words) == 2
    assert "ledger.no-database" in capsys.readouterr().err
    assert main(["ledger", "copy", "--data", str(data), "--to", postgres]) == 0
    assert main(words) == 0
    assert {path.name for path in to.iterdir()} == {"ledger", "session.key", "credentials.key"}
    assert {path.stat().st_mode & 0o077 for path in to.rglob("*")} == {0}
    assert take(to, clock)[1] == CALLER, "the other machine opens what this one sealed"
    assert main(words) == 2
    assert "not empty" in capsys.readouterr().err


def test_nothing_of_a_person_lies_in_the_database_in_clear(tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries, files and papers there are sealed, keys are wrapped, and what opens them is in the nodes' folders alone."""
    data, clock = tmp_path / "data", StillClock()
    take(data, clock, database=postgres)
    monkeypatch.setattr("sys.stdin", StringIO("one long password\n"))
    assert main(["people", "add", "Planted Admin", "--role", "admin", "--data", str(data)]) == 0
    with small_house(data, clock) as house:
        house.ledger.files.put("260304-0009", CALLER.encode())
        house.ledger.rotation.begin()
        while not house.ledger.rotation.go_on(1_000):
            pass
    secrets = [path.read_bytes()[-32:] for path in (data / "ledger" / "keys").iterdir()]
    with psycopg.connect(postgres) as connection:
        tables = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'tocsin_floor'").fetchall()
        rows = {table: repr(connection.execute(sql.SQL("SELECT * FROM tocsin_floor.{}").format(sql.Identifier(table))).fetchall()) for (table,) in tables}
    assert {"vault_keys", "masters", "files", "papers"} <= {table for table, said in rows.items() if said != "[]"}, "there is something of each"
    for table, said in rows.items():
        assert CALLER not in said, table
        assert not [secret for secret in secrets if repr(secret)[2:-1] in said], table
    assert "Planted Admin" not in rows["papers"]
    assert main(["ledger", "copy", "--data", str(data), "--to", str(tmp_path / "copy")]) == 0
    assert not scanned(tmp_path / "copy", CALLER), "nor in an auditor's copy"
    assert {path.name for path in (tmp_path / "copy").iterdir()} <= {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "checkpoint", "checkpoints", "verifier"}, "which has no key"
    assert main(["ledger", "copy", "--data", str(data), "--to", str(tmp_path / "copy")]) == 0
    assert not scanned(tmp_path / "copy", CALLER)


def test_positions_move_with_the_ledger_there_and_back(tmp_path: Path, postgres: str, capsys: pytest.CaptureFixture[str]) -> None:
    data, clock = tmp_path / "data", StillClock()
    with small_house(data, clock) as house:
        on_duty(house, "E7", "engine", corner(1, 1))
        assert house.report([Fix("E7", 24.9, 60.2, clock.now(), clock.now())], asker("tracker", "device")) == [""]
    for where in (postgres, "files"):
        assert main(["ledger", "copy", "--data", str(data), "--to", where]) == 0
        assert "1 days of positions went along" in capsys.readouterr().out
        assert bool(list((data / "trail").glob("*.sqlite"))) == (where == "files"), "no day stays where nobody would let it expire"
        with small_house(data, clock) as house:
            assert house.positions()["E7"].lon == 24.9
            assert len(house.trail.history("E7", 0, clock.now() + 1)) == 1


def test_a_ledger_in_postgresql_is_backed_up_brought_back_into_files_and_moved_there_again(tmp_path: Path, postgres: str) -> None:
    data, to, identity, safe, back, clock = (tmp_path / "data", tmp_path / "to", tmp_path / "identity", tmp_path / "safe", tmp_path / "back", StillClock())
    take(data, clock, database=postgres)
    assert main(["backup", "key", "--to", str(identity), "--data", str(data)]) == 0
    with small_house(data, clock) as house:  # in use
        Attaching(house).attach("260304-0001", photo(), "a.jpg", DESK)
        assert house.ledger.papers
        house.ledger.papers.write("people.json", b'{"people":[]}')
        on_duty(house, "E7", "engine", corner(0, 0))
        house.trail.report([Fix(unit="E7", lon=24.9, lat=60.15, device_at=clock.at + n, heard_at=clock.at + n) for n in range(3)])
        house.trail.flush()
        assert main(["backup", "run", "--to", str(to), "--data", str(data)]) == 0
        assert main(["vault", "key", "--out", str(safe), "--data", str(data)]) == 0
        words = ["restore", "--from", str(to), "--identity", str(identity), "--keys", str(safe)]
        assert main([*words, "--drill", "--data", str(data)]) == 0
        head, was = house.ledger.head(), house.trail.history("E7", 0, clock.at + 9)
        assert len(was) == 3
        assert main(["backup", "run", "--to", str(to), "--data", str(data)]) == 0
    newest, former = (Backup(to).read(number)[0].pieces for number in (2, 1))
    assert [held for held in newest if held.name.startswith("trail/2")] == [held for held in former if held.name.startswith("trail/2")] != [], "a day that was not touched is not saved again"
    assert main([*words, "--data", str(back)]) == 0
    with Trail.open(back / "trail", clock) as trail:
        assert trail.history("E7", 0, clock.at + 9) == was
    assert (back / "people.json").read_bytes() == b'{"people":[]}'
    assert len(list((back / "ledger" / "files").glob("*/*.sealed"))) == 1
    emptied(postgres)
    assert main(["ledger", "copy", "--data", str(back), "--to", postgres]) == 0
    with small_house(back, clock) as house:
        assert house.ledger.head() == head
        fact = next(kept.fact for kept in house.history("incident:260304-0001") if isinstance(kept.fact, FileAttached))
        assert house.files.read(fact.file, fact.sha256)
    assert take(back, clock)[1] == CALLER
