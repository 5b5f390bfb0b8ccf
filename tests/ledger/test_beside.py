"""What lies beside the entries in a database: written by the one that leads alone, read by all, and forgotten by all."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.ledger.given import Ticking, entry
from tests.ledger.test_rotation import all_open, rotate
from tocsin.ledger import Ledger, LedgerFault, Node, Vault, master, node
from tocsin.ledger.boxes import BoxTable
from tocsin.ledger.files import Boxes, FileStore
from tocsin.ledger.laying import lay_node
from tocsin.ledger.master import masters
from tocsin.ledger.nodes import Follows
from tocsin.ledger.papers import PaperTable
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.wrapped import Wrapped
from tocsin.ledger.wrapped_postgres import WrappedTables
from tocsin.ledger.wrapped_sqlite import WrappedFile

MASTER = {1: bytes(range(32))}


def stand(folder: Path, address: str) -> Ledger:
    """One of several houses, named after its folder."""
    return Ledger.open(folder, Ticking(), name="test", database=address, node=Node(folder.name, f"http://{folder.name}", "1"))


@pytest.fixture
def two(postgres: str, tmp_path: Path) -> Iterator[tuple[Ledger, Ledger]]:
    """One that leads and one that follows."""
    with stand(tmp_path / "a", postgres) as leader:
        leader.append([entry()])
        lay_node(tmp_path / "a", "test", tmp_path / "b")
        with stand(tmp_path / "b", postgres) as follower:
            assert (leader.leads, follower.leads) == (True, False)
            yield leader, follower


def look(ledger: Ledger) -> None:
    """What a node that follows does once a second."""
    ledger._beside.look_again()


def test_an_older_leader_that_wakes_up_writes_no_key_no_file_and_no_paper(postgres: str, tmp_path: Path) -> None:
    store = PostgresStore(postgres, "test")
    store.prepare("test")
    old, vault = store.writing(), Vault(WrappedTables(store), MASTER)
    files, papers = FileStore(BoxTable(store), vault), PaperTable(store, tmp_path, lambda: True)
    files.put("260304-0001", b"before")
    vault.flush()
    assert papers.write("people.json", b"before") == 1
    old._connection.execute("SELECT pg_advisory_unlock_all()")  # it was cut off so long that the server let its lock go
    new = PostgresStore(postgres, "test").writing()
    before = dumped(postgres)
    vault.seal("call:1", "an old leader's")
    for write in (vault.flush, lambda: vault.destroy("file:260304-0001"), lambda: vault.adopt(2, bytes(32), b"sealed"), lambda: vault._place.rewrap([(b"new", "file:260304-0001", b"old")]),
                  lambda: files.settle("260304-0001"), lambda: files.forget("260304-0001"), lambda: papers.write("people.json", b"an old leader's")):
        with pytest.raises(Follows):
            write()
    assert dumped(postgres) == before
    old.close()
    new._connection.execute("SELECT pg_advisory_unlock_all()")
    new.close()
    retaken = store.writing()
    vault.flush()
    assert papers.write("people.json", b"after") == 2
    for one in (retaken, files, papers, vault):
        one.close()


def dumped(address: str) -> dict[str, list[tuple[object, ...]]]:
    """All that lies beside the entries."""
    with psycopg.connect(address) as connection:
        return {table: connection.execute(f"SELECT * FROM tocsin_test.{table} ORDER BY 1").fetchall()  # type: ignore[arg-type]  # the test's own words
                for table in ("vault_keys", "vault_meta", "masters", "files", "papers")}


def test_what_one_seals_another_opens_and_what_is_destroyed_opens_nowhere(two: tuple[Ledger, Ledger]) -> None:
    leader, follower = two
    box = leader.vault.seal("call:1", "sealed here")
    other = leader.vault.seal("call:2", "stays")
    leader.append([entry(box)])
    assert follower.vault.open("call:1", box) == "sealed here"
    with pytest.raises(Follows):
        follower.vault.seal("call:3", "a key of its own")
    assert follower.vault.open("call:2", other) == "stays"
    follower.vault.told_gone("call:1")  # the fact comes before the key goes
    assert follower.vault.open("call:1", box) is None
    leader.vault.destroy("call:1")
    look(follower)
    assert follower.vault.open("call:1", box) is None
    assert not follower.vault._gone, "it remembers no more than what has yet to be destroyed"
    with pytest.raises(Follows):
        follower.vault.destroy("call:2")
    assert follower.vault.open("call:2", other) == "stays"


def test_a_rotation_reaches_every_node_and_leaves_no_old_master_in_any(two: tuple[Ledger, Ledger], tmp_path: Path) -> None:
    leader, follower = two
    boxes = {f"call:{number}": leader.vault.seal(f"call:{number}", str(number)) for number in range(2_500)}
    leader.append([entry()])
    old = masters(tmp_path / "a", create=False)[1]
    secret = (tmp_path / "b" / "keys" / node.KEY).read_bytes()[-32:]
    leader.rotation.begin()
    leader.rotation.go_on(1_000)
    assert all_open(follower, boxes), "it meets keys of both masters, and takes the new one over"
    late = leader.vault.seal("call:late", "late")
    leader.append([entry()])
    assert follower.vault.open("call:late", late) == "late"
    while not leader.rotation.go_on(2_000):
        pass
    look(follower)
    assert all_open(follower, boxes)
    assert masters(tmp_path / "a", create=False) == masters(tmp_path / "b", create=False)
    assert list(masters(tmp_path / "b", create=False)) == [2]
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or (old not in path.read_bytes() and secret not in path.read_bytes()), path


def test_a_node_that_slept_through_rotations_catches_up_and_takes_over_one_that_was_left_in_the_middle(postgres: str, tmp_path: Path) -> None:
    with stand(tmp_path / "a", postgres) as leader:
        boxes = {f"call:{number}": leader.vault.seal(f"call:{number}", str(number)) for number in range(1_500)}
        leader.append([entry()])
        lay_node(tmp_path / "a", "test", tmp_path / "b")
        for _ in range(3):
            rotate(leader)
        leader.rotation.begin()
        leader.rotation.go_on(1_000)
    with stand(tmp_path / "b", postgres) as other:
        assert other.leads and other.rotation.under_way
        assert all_open(other, boxes)
        while not other.rotation.go_on(2_000):
            pass
        assert (other.vault.epoch, all_open(other, boxes)) == (5, True)
    with stand(tmp_path / "a", postgres) as back:
        assert all_open(back, boxes)
        while not back.rotation.go_on(2_000):
            pass
        rotate(back)
        assert (back.vault.epoch, list(masters(tmp_path / "a", create=False)), all_open(back, boxes)) == (6, [6], True)


@pytest.mark.parametrize("what", ["move_on", "scrub"])
def test_stopped_before_the_nodes_secret_moved_on_it_does_at_the_next_start(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    class Stopped(Exception):
        pass

    def stop(*given: object) -> None:
        raise Stopped

    with stand(tmp_path / "a", postgres) as leader:
        boxes = {"call:1": leader.vault.seal("call:1", "1")}
        leader.append([entry()])
        lay_node(tmp_path / "a", "test", tmp_path / "b")
        with monkeypatch.context() as patch:
            patch.setattr(node, what, stop)
            with pytest.raises(Stopped):
                rotate(leader)
    with stand(tmp_path / "a", postgres) as leader:
        assert all_open(leader, boxes)
        rotate(leader)
    with stand(tmp_path / "b", postgres) as other:
        assert all_open(other, boxes)
        while not other.rotation.go_on(2_000):
            pass
        assert (tmp_path / "a" / "keys" / node.KEY).read_bytes() == (tmp_path / "b" / "keys" / node.KEY).read_bytes()


def test_a_next_master_that_another_node_made_takes_the_place_of_one_that_never_came_into_use(postgres: str, tmp_path: Path) -> None:
    with stand(tmp_path / "a", postgres) as leader:
        boxes = {"call:1": leader.vault.seal("call:1", "1")}
        leader.append([entry()])
        lay_node(tmp_path / "a", "test", tmp_path / "b")
    shutil.copytree(tmp_path / "a", tmp_path / "aside")
    master.begin_next(tmp_path / "a", master.make(2))  # then the power went
    with stand(tmp_path / "b", postgres) as other:
        other.rotation.begin()
        other.rotation.go_on(1_000)
    with stand(tmp_path / "a", postgres) as back:
        assert all_open(back, boxes)
        while not back.rotation.go_on(2_000):
            pass
        assert masters(tmp_path / "a", create=False)[2] == masters(tmp_path / "b", create=False)[2]


def test_an_older_dump_opens_nothing_with_all_that_is_left_on_every_node(two: tuple[Ledger, Ledger], postgres: str, tmp_path: Path) -> None:
    leader, follower = two
    rotate(leader)  # so that the dump holds a sealed master too
    look(follower)
    box = leader.vault.seal("call:7", "forgotten")
    leader.append([entry(box)])
    dump, was = dumped(postgres), dict(masters(tmp_path / "a", create=False))
    sealed, wrapped = bytes(dump["masters"][0][1]), bytes(dict(dump["vault_keys"])["call:7"])
    assert node.open_sealed(tmp_path / "b", 2, sealed).secret == was[2], "at its time it opens, so this can fail"
    assert opened_with(tmp_path / "then.sqlite", was[2], wrapped, box) == "forgotten"
    assert leader.vault.destroy("call:7")
    rotate(leader)
    look(follower)
    for name in ("a", "b"):
        with pytest.raises(LedgerFault, match=r"node\.bad-key"):
            node.open_sealed(tmp_path / name, 2, sealed)
        for secret in masters(tmp_path / name, create=False).values():
            with pytest.raises(LedgerFault, match=r"vault\.bad-key"):
                opened_with(tmp_path / f"{name}.sqlite", secret, wrapped, box)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and was[2] in path.read_bytes()]


def opened_with(path: Path, secret: bytes, wrapped: bytes, box: bytes) -> str | None:
    """What a box says to somebody who has its wrapped key from an older copy, and this master key."""
    place = WrappedFile(path)
    place.begin(create=True, number=0)
    place.keep([("call:7", wrapped)])
    place.adopt(2, b"")
    place.close()
    with closing(Vault(WrappedFile(path), {2: secret})) as vault:
        return vault.open("call:7", box)


def test_a_file_is_a_part_until_its_fact_is_kept_and_gone_once_it_is_forgotten(place: Callable[[], Wrapped], boxes: Boxes) -> None:
    vault = Vault(place(), MASTER)
    files, clear = FileStore(boxes, vault), b"a picture" * 100_000
    sha256 = {number: files.put(number, clear) for number in ("260304-0001", "260304-0002", "260304-0003")}
    files.settle("260304-0001")
    assert boxes.parts() == ["260304-0002", "260304-0003"]
    assert files.read("260304-0002", sha256["260304-0002"]) == clear, "a part is read as well: its fact is kept a moment before it is settled"
    files.settle_parts(lambda number: number == "260304-0002")
    assert boxes.parts() == []
    assert files.read("260304-0002", sha256["260304-0002"]) == clear
    with pytest.raises(LedgerFault, match=r"files\.damaged"):
        files.read("260304-0003", sha256["260304-0003"])
    with pytest.raises(LedgerFault, match=r"files\.damaged"):
        files.read("260304-0001", "0" * 64)
    files.drop("260304-0001")
    assert files.read("260304-0001", sha256["260304-0001"]) == clear, "what is settled is no part"
    vault.destroy("file:260304-0001")
    files.forget("260304-0001")
    files.forget("260304-0001")
    assert (boxes.read("260304-0001"), files.read("260304-0001", sha256["260304-0001"])) == (None, None)
    files.close()
    vault.close()


def test_one_that_comes_to_lead_seals_rotates_and_writes(two: tuple[Ledger, Ledger]) -> None:
    leader, follower = two
    boxes = {"call:1": leader.vault.seal("call:1", "1")}
    leader.append([entry()])
    assert leader.papers is not None and follower.papers is not None
    assert leader.papers.write("people.json", b"1") == 1
    leader.rotation.begin()
    led = threading.Event()
    follower.on_turn(lambda leads: led.set() if leads else None)
    follower.follow(follower.head())
    leader.close()
    assert led.wait(30)
    boxes["call:2"] = follower.vault.seal("call:2", "2")
    follower.append([entry()])
    while not follower.rotation.go_on(2_000):
        pass
    assert (follower.vault.epoch, all_open(follower, boxes)) == (2, True)
    assert follower.papers.write("people.json", b"2") == 2


def test_one_that_lost_the_lead_opens_with_the_keys_of_the_one_that_has_it(two: tuple[Ledger, Ledger], postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = two
    store, taken, lost, again = leader._store, threading.Event(), threading.Event(), threading.Event()
    assert isinstance(store, PostgresStore)
    writing = store.writing
    monkeypatch.setattr(store, "writing", lambda: writing() if taken.wait(30) else None)  # it is slower than the other to come back
    leader.on_turn(lambda leads: again.set() if leads else lost.set())
    follower.on_turn(lambda leads: taken.set() if leads else None)
    follower.follow(follower.head())
    leader.vault.seal("call:1", "never kept")
    own = leader.vault.seal("call:3", "kept later")
    with psycopg.connect(postgres, autocommit=True) as connection:  # as a network that was cut does in the end
        connection.execute("SELECT pg_terminate_backend(pid) FROM tocsin_test.leader")
    assert taken.wait(30)
    box = follower.vault.seal("call:1", "kept")
    follower.append([entry(box)])
    assert lost.wait(30)
    assert leader.vault.open("call:1", box) == "kept"
    with pytest.raises(Follows):
        leader.vault.seal("call:2", "a key of its own")
    follower.close()
    assert again.wait(30)
    leader.append([entry(own)])
    assert (leader.vault.open("call:1", box), leader.vault.open("call:3", own)) == ("kept", "kept later")
    assert leader.vault.living(["call:1", "call:3"]) == {"call:1", "call:3"}
    assert {row[0] for row in dumped(postgres)["vault_keys"]} == {"call:1", "call:3"}


def test_where_the_master_key_is_lost_another_vault_is_begun_and_the_old_one_set_aside(postgres: str, tmp_path: Path) -> None:
    with stand(tmp_path / "a", postgres) as ledger:
        rotate(ledger)
        lost = ledger.vault.seal("call:1", "lost")
        ledger.append([entry(lost)])
    (tmp_path / "a" / "keys" / "vault.key").unlink()
    with pytest.raises(LedgerFault, match=r"ledger\.no-key"):
        stand(tmp_path / "a", postgres)
    with Ledger.open(tmp_path / "a", Ticking(), name="test", begin_vault=True) as ledger:
        number = ledger.vault.number
        assert ledger.vault.open("call:1", lost) is None
        found = ledger.vault.seal("call:2", "found")
        ledger.append([entry(found)])
        rotate(ledger)
    with stand(tmp_path / "a", postgres) as ledger:
        assert (ledger.vault.number, ledger.vault.open("call:2", found)) == (number, "found")
    with psycopg.connect(postgres) as connection:
        assert connection.execute(f"SELECT record FROM tocsin_test.vault_keys_lost_{number:08x}").fetchall() == [("call:1",)]  # type: ignore[arg-type]  # a number


def test_papers_are_read_by_all_written_by_one_and_sealed(two: tuple[Ledger, Ledger], postgres: str) -> None:
    leader, follower = two
    assert leader.papers is not None and follower.papers is not None
    assert (follower.papers.read("people.json"), follower.papers.version("people.json")) == (None, 0)
    assert [leader.papers.write("people.json", content) for content in (b"desk 1", b"desk 1, desk 2")] == [1, 2]
    assert follower.papers.looked("people.json") == 0
    follower.papers.look()
    assert follower.papers.looked("people.json") == 2
    assert follower.papers.read("people.json") == (2, b"desk 1, desk 2")
    with pytest.raises(Follows):
        follower.papers.write("people.json", b"")
    with psycopg.connect(postgres) as connection:
        content = connection.execute("SELECT content FROM tocsin_test.papers").fetchall()[0][0]
        assert b"desk" not in content
        connection.execute("INSERT INTO tocsin_test.papers VALUES ('sessions.json', 2, %s)", (content,))
    with pytest.raises(LedgerFault, match=r"papers\.bad-key"):
        follower.papers.read("sessions.json")  # one who can write to the database makes no paper of another


def test_whoever_is_seen_at_any_node_is_seen_at_all_and_times_only_grow(two: tuple[Ledger, Ledger]) -> None:
    leader, follower = two
    assert leader.papers is not None and follower.papers is not None
    assert follower.papers.saw({"s1": 50, "s2": 7}) == {"s1": 50, "s2": 7}
    assert leader.papers.saw({"s1": 40}) == {"s1": 50, "s2": 7}
    leader.papers.forget_seen(8)
    assert follower.papers.saw({}) == {"s1": 50}


def test_a_folder_for_another_node_has_what_it_needs_and_nothing_else(two: tuple[Ledger, Ledger], tmp_path: Path) -> None:
    leader, _ = two
    made = tmp_path / "c"
    lay_node(tmp_path / "a", "test", made)
    assert {str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()} == {
        "database", "checkpoint", *(f"keys/{name}" for name in ("signing.pem", "vault.key", "marks.key", "trail.key", "papers.key", "node.key"))}
    assert {path.stat().st_mode & 0o077 for path in (made, *made.rglob("*"))} == {0}
    with pytest.raises(LedgerFault, match=r"node\.not-empty"):
        lay_node(tmp_path / "a", "test", made)
    leader.rotation.begin()
    with pytest.raises(LedgerFault, match=r"vault\.rotating"):
        lay_node(tmp_path / "a", "test", tmp_path / "d")
    with Ledger.open(tmp_path / "files", Ticking(), name="test"), pytest.raises(LedgerFault, match=r"ledger\.no-database"):
        lay_node(tmp_path / "files", "test", tmp_path / "e")
