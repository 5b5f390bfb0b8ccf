"""The ledger in PostgreSQL when things go wrong: two leaders, one that lost its lock, a server that is killed, answers that never arrive."""

import os
import random
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import apsw
import psycopg
import pytest

from tests.cut import Line, line
from tests.ledger import given
from tests.ledger.given import Ticking, entry, opened
from tests.postgres import PostgresServer, own
from tocsin.kernel import Refused
from tocsin.ledger import Appended, DiskFailed, Ledger, LedgerFault, Uncertain, audit
from tocsin.ledger.copying import for_auditor, move
from tocsin.ledger.faults import Unreadable
from tocsin.ledger.place import named
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.store import Rows, StoreFailed


@pytest.fixture
def address(postgres: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(given, "DATABASE", postgres)
    return postgres


def heard(done: int, of: int) -> None:
    assert 0 < done <= of


def test_the_tables_refuse_to_be_edited(address: str, tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry(b"", "t")], key="k")
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in ("UPDATE {}.entries SET line = ''", "DELETE FROM {}.entries", "DELETE FROM {}.marks", "UPDATE {}.tags SET name = 'x'", "TRUNCATE {}.keys",
                          "UPDATE {}.meta SET value = 'x'", "TRUNCATE {}.entries"):
            with pytest.raises(psycopg.errors.RestrictViolation, match="only grows"):
                connection.execute(statement.format("tocsin_test"))  # type: ignore[arg-type]  # the test's own words


def test_a_wake_up_call_goes_out_with_each_batch_and_says_the_head(address: str, tmp_path: Path) -> None:
    with opened(tmp_path) as ledger, psycopg.connect(address, autocommit=True) as follower:
        follower.execute('LISTEN "tocsin_test"')
        ledger.append([entry(), entry()])
        ledger.append([entry()])
        assert [int(one.payload) for one in follower.notifies(timeout=10, stop_after=2)] == [2, 3]


def test_one_leads_and_no_other_ledger_is_taken_for_it(address: str, tmp_path: Path) -> None:
    with opened(tmp_path / "a") as first:
        first.append([entry()])
        with pytest.raises(LedgerFault, match=r"ledger\.(in-use|no-key)"), opened(tmp_path / "b"):
            pass
        with opened(tmp_path / "c", "other") as beside:
            assert beside.append([entry()]).first == 1
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA tocsin_foreign")
        connection.execute("DROP TABLE tocsin_other.leader CASCADE")
    with pytest.raises(LedgerFault, match=r"ledger\.not-a-ledger"):
        PostgresStore(address, "foreign").prepare("foreign")


def test_an_older_leader_that_wakes_up_keeps_nothing(address: str) -> None:
    store = PostgresStore(address, "test")
    store.prepare("test")
    old = store.writing()
    old.keep(Rows([(1, b"n", b"line 1")], [], [], []))
    old._connection.execute("SELECT pg_advisory_unlock_all()")  # type: ignore[attr-defined]  # it was cut off so long that the server let its lock go
    new = PostgresStore(address, "test").writing()
    for position in (2, 1, 3):
        with pytest.raises(StoreFailed, match="another leads"):
            old.keep(Rows([(position, b"n", b"an old leader's")], [], [], []))
    new.keep(Rows([(2, b"n", b"line 2")], [], [], []))
    with pytest.raises(StoreFailed, match="another leads"):
        new.keep(Rows([(4, b"n", b"after a gap")], [], [], []))
    assert new.lines(0, 10) == [b"line 1", b"line 2"]
    old.close()
    new.close()


def test_the_lead_is_let_go_before_the_connection_is(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PostgresStore(address, "test")
    store.prepare("test")
    held: list[object] = []
    with psycopg.connect(address, autocommit=True) as other:
        writing = store.writing()

        def end() -> None:
            held.append(other.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone())

        connection = writing._connection  # type: ignore[attr-defined]  # what the server has yet to see end
        monkeypatch.setattr(connection, "close", end)
        writing.close()
        monkeypatch.undo()
        connection.close()
    assert held == [(0,)], "whoever stands ready finds it free at once"


def test_the_folder_remembers_where_its_ledger_lies(address: str, tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry()])
        root = ledger.root()
    assert (tmp_path / "database").stat().st_mode & 0o777 == 0o600
    with Ledger.open(tmp_path, Ticking(), name="test") as ledger:  # as a command does that is told nothing
        assert ledger.root() == root
    with pytest.raises(LedgerFault, match=r"ledger\.other-database"):
        Ledger.open(tmp_path, Ticking(), name="test", database="postgresql://elsewhere/db")
    with pytest.raises(LedgerFault, match=r"ledger\.bad-database"):
        Ledger.open(tmp_path / "new", Ticking(), name="test", database="mysql://x")


def test_a_ledger_moves_there_and_back_and_stays_the_same(address: str, tmp_path: Path) -> None:
    folder, chance = tmp_path / "ledger", random.Random(5)
    given.DATABASE = ""
    with opened(folder) as ledger:
        for number in range(40):
            ledger.append([entry(chance.randbytes(9), *(f"t{chance.randrange(30)}" for _ in range(chance.randrange(4)))) for _ in range(chance.choice([1, 3, 700]))],
                          key=f"k{number}" if number % 3 else "")
        root, size, verifier = ledger.root(), ledger.head(), ledger.verifier
        ledger.vault.seal("record:1", "sealed")
    size_there, root_there, aside = move(folder, "test", address, heard)
    assert (size_there, root_there, Path(aside).name) == (size, root, "ledger.sqlite.copied")
    with opened(folder) as ledger:
        assert (ledger.head(), ledger.root(), ledger.by_key("k1")) == (size, root, Appended(*_span(aside, "k1"), repeated=True))
        more = ledger.append([entry(b"", "t1")], key="there").first
        assert ledger.append([entry(b"", "t1")], key="k1").repeated
        assert more in [position for position, _ in ledger.read_tags(["t1"])]
        root = ledger.root()
        assert for_auditor(folder, "test", tmp_path / "audited", heard) == (size + 1, root), "while the house runs"
    assert audit.verify(tmp_path / "audited", verifier).sound
    assert not (tmp_path / "audited" / "keys").exists()
    with pytest.raises(LedgerFault, match=r"ledger\.no-file"):
        move(folder, "test", address, heard)
    back = move(folder, "test", "", heard)
    assert back[:2] == (size + 1, root)
    assert named(folder) == ""
    with opened(folder) as ledger:
        assert ledger.root() == root
    report = audit.verify(folder, verifier)
    assert report.sound, report.sentences()


def _span(file: str, key: str) -> tuple[int, int]:
    connection = apsw.Connection(file)
    first, last = connection.execute("SELECT first, last FROM keys WHERE key = ?", (key,)).get
    connection.close()
    return first, last


def test_a_copy_that_broke_off_goes_on_and_one_into_another_ledger_is_refused(address: str, tmp_path: Path) -> None:
    given.DATABASE = ""
    with opened(tmp_path / "a") as ledger:
        for _ in range(8):
            ledger.append([entry(b"x", "t")] * 1_000)

    class Stopped(Exception):
        pass

    def stop(done: int, of: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        move(tmp_path / "a", "test", address, stop)
    with opened(tmp_path / "a") as ledger:  # it is where it was
        ledger.append([entry(b"since", "t")])
        root = ledger.root()
    assert move(tmp_path / "a", "test", address, heard)[:2] == (8_001, root)
    with opened(tmp_path / "b") as other:
        other.append([entry(b"another")])
    with pytest.raises(LedgerFault, match=r"ledger\.not-a-copy"):
        move(tmp_path / "b", "test", address, heard)


@pytest.fixture
def cut(postgres: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """A line to the server that can be cut, through which ledgers are opened."""
    host = parse_qs(urlsplit(postgres).query)["host"][0]
    with tempfile.TemporaryDirectory() as folder, line(Path(folder), f"{host}/.s.PGSQL.5432", ".s.PGSQL.5432") as made:
        monkeypatch.setattr(given, "DATABASE", postgres.replace(host, folder))
        yield made


def test_what_was_kept_though_the_answer_was_lost_is_answered_as_kept(cut: Line, tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry(b"before")])
        cut.deaf = True
        answer = ledger.submit([entry(b"unheard")])  # without tag and key nothing is looked up before
        threading.Event().wait(0.5)  # it reaches the server and is kept there
        cut.cut()
        cut.deaf = False
        assert answer.result(30) == Appended(2, 2)
        assert [kept.body for _, kept in ledger.read()] == [b"before", b"unheard"]


def test_what_never_reached_the_server_is_not_kept_and_the_next_is(cut: Line, tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry(b"before")])
        cut.cut()
        with pytest.raises((DiskFailed, Uncertain)):
            ledger.append([entry(b"lost")], key="k")
        assert ledger.append([entry(b"after")], key="k2").first == 2
        cut.closed = True
        cut.cut()
        with pytest.raises(Uncertain):
            ledger.append([entry(b"nobody there")], key="k3")
        cut.closed = False
        assert ledger.append([entry(b"nobody there")], key="k3").first == 3
        assert [kept.body for _, kept in ledger.read()] == [b"before", b"after", b"nobody there"]


@pytest.mark.parametrize("seed", range(3))
def test_the_answer_is_the_truth_whatever_the_line_does(cut: Line, tmp_path: Path, seed: int) -> None:
    """Callers with keys that they retry, while the line is cut at random: acknowledged is kept, refused is not, each key once."""
    chance, over = random.Random(seed), threading.Event()
    kept: dict[str, int] = {}
    refused: set[str] = set()
    cuts: list[None] = []

    def call(ledger: Ledger, caller: int) -> None:
        for number in range(40):
            key = f"{caller}/{number}"
            for _ in range(40):
                try:
                    kept[key] = ledger.append([entry(key.encode(), f"caller:{caller}")], key=key).first
                    refused.discard(key)
                    break
                except Uncertain:
                    refused.discard(key)
                except Refused:
                    refused.add(key)
                over.wait(0.05)
            over.wait(0.02)

    def trouble() -> None:
        while not over.wait(chance.uniform(0.02, 0.15)):
            cut.deaf = chance.random() < 0.5
            over.wait(chance.uniform(0.0, 0.05))
            cut.cut()
            cut.deaf = False
            cuts.append(None)

    with opened(tmp_path) as ledger:
        callers = [threading.Thread(target=call, args=(ledger, caller)) for caller in range(6)]
        meddler = threading.Thread(target=trouble)
        for thread in (*callers, meddler):
            thread.start()
        for thread in callers:
            thread.join(120)
        over.set()
        meddler.join(10)
        lines = {position: one.key for position, one in ledger.read()}
        assert list(lines) == list(range(1, ledger.head() + 1))
        assert len(set(lines.values())) == len(lines), "each key once"
        assert len(kept) == 240 and all(lines[first] == key for key, first in kept.items())
        assert not refused & set(lines.values())
        assert len(cuts) >= 5, "the line was cut often enough to say something"
        for_auditor(tmp_path, "test", tmp_path / "audited", heard)
        assert audit.verify(tmp_path / "audited", ledger.verifier).sound


def killed(database: PostgresServer) -> None:
    """End a server at once, as where its machine stops, and wait until it is gone."""
    pid = database.get_pid()
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    assert any(not Path(f"/proc/{pid}").exists() or threading.Event().wait(0.05) for _ in range(400))


def test_a_server_that_is_killed_and_started_again_has_lost_nothing(tmp_path: Path) -> None:
    acknowledged = []
    with own() as database, Ledger.open(tmp_path, Ticking(), name="test", database=database.get_uri()) as ledger:
        for life in range(2):
            acknowledged += [ledger.append([entry(f"{life}/{number}".encode())]).first for number in range(20)]
            killed(database)
            with pytest.raises(Uncertain):
                ledger.append([entry(b"nobody there")])
            with pytest.raises(Unreadable):
                list(ledger.read())
            database.start()
        assert acknowledged == list(range(1, 41))
        assert ledger.append([entry(b"last")]).first == 41
        assert [kept.body for _, kept in ledger.read(40)] == [b"last"]
