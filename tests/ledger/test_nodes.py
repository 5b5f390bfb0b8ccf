"""Several houses on one ledger: one leads, the others follow; the lead passes on, and nothing is lost, doubled, or kept by two."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.ledger.given import Ticking, entry
from tests.waiting import WAIT_S, until
from tocsin.kernel import Entry, Refused
from tocsin.ledger import Ledger, LedgerFault, Node
from tocsin.ledger.postgres import PostgresStore


class Nodes:
    """Ledgers opened as nodes of one database, each in a folder of its own with the same keys."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address
        self.heard: dict[str, list[int]] = {}
        self._closing = ExitStack()

    def open(self, name: str) -> Ledger:
        """A node, with what it heard noted in `heard`; a new folder gets the keys of the first."""
        mine, keys = self.folder / name, self.folder / "a" / "keys"
        if keys.exists() and not (mine / "keys").exists():
            for part in ("keys", "vault.sqlite"):
                source = self.folder / "a" / part
                if source.is_dir():
                    shutil.copytree(source, mine / part)
                elif source.exists():
                    shutil.copy(source, mine / part)
        ledger = Ledger.open(mine, Ticking(), name="test", database=self.address, node=Node(name, f"http://{name}", "1"))
        heard = self.heard.setdefault(name, [])
        ledger.listen(lambda kept: heard.extend(position for position, _ in kept))
        begin = ledger.head()
        heard.extend(range(len(heard) + 1, begin + 1))  # what it read at its opening, as a house does
        ledger.follow(begin)
        self._closing.callback(ledger.close)
        return ledger

    def end_leader(self) -> None:
        """End the leader's session, as a network that was cut does in the end."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()")

    def close(self) -> None:
        self._closing.close()


@pytest.fixture
def nodes(tmp_path: Path, postgres: str) -> Iterator[Nodes]:
    made = Nodes(tmp_path, postgres)
    try:
        yield made
    finally:
        made.close()


def test_one_leads_and_the_others_hear_everything_and_keep_nothing(nodes: Nodes) -> None:
    a = nodes.open("a")
    a.append([entry(), entry()])
    b = nodes.open("b")
    assert a.leads and not b.leads
    with pytest.raises(Refused) as no:
        b.append([entry()])
    assert no.value.code == "ledger.follows"
    a.append([entry(b"x", "t")], key="k")
    until(lambda: nodes.heard["b"] == [1, 2, 3])
    assert b.by_key("k") == a.append([entry(b"x", "t")], key="k") and b.head() == 3 and b.root() == a.root()
    assert [position for position, _ in b.read_tags(["t"])] == [3]
    until(lambda: b.leader() is not None)
    leader = b.leader()
    assert leader is not None and (leader.node, leader.epoch) == (Node("a", "http://a", "1"), a.epoch) and a.leader() is None and b.epoch == 0


def test_a_node_that_follows_leads_when_the_leader_closes(nodes: Nodes) -> None:
    a, turned = nodes.open("a"), threading.Event()
    b = nodes.open("b")
    b.on_turn(lambda leads: turned.set() if leads else None)
    a.append([entry()])
    epoch = a.epoch
    a.close()
    assert turned.wait(WAIT_S) and b.leads and b.epoch > epoch
    assert b.append([entry()]).first == 2
    c = nodes.open("a")
    assert not c.leads
    until(lambda: nodes.heard["a"] == [1, 2] and nodes.heard["b"] == [1, 2])


def test_a_leader_that_lost_its_session_to_another_follows_it_and_misses_nothing(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    a = nodes.open("a")
    store, taken = a._store, threading.Event()
    assert isinstance(store, PostgresStore)
    again = store.writing

    def late() -> object:  # it is slower than the other to come back
        taken.wait(WAIT_S)
        return again()

    monkeypatch.setattr(store, "writing", late)
    b = nodes.open("b")
    a.append([entry()], key="first")
    nodes.end_leader()
    until(lambda: b.leads)
    taken.set()
    until(lambda: not a.leads)
    with pytest.raises(Refused) as no:
        a.append([entry()], key="second")
    assert no.value.code == "ledger.follows"
    assert b.append([entry()], key="second").first == 2
    until(lambda: nodes.heard["a"] == [1, 2] and nodes.heard["b"] == [1, 2])
    b.close()
    until(lambda: a.leads)
    assert a.append([entry()]).first == 3


def test_a_silent_leader_is_ended_and_followed(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.ledger.following.SILENT_S", 1.5)
    monkeypatch.setattr("tocsin.ledger.sequencer.BEAT_S", 3_600.0)  # it says nothing, as one that is frozen
    a = nodes.open("a")
    b = nodes.open("b")
    a.append([entry()])
    until(lambda: b.leads)
    monkeypatch.setattr("tocsin.ledger.sequencer.BEAT_S", 0.2)
    with pytest.raises(Refused):  # it wakes up, and believes that it leads
        a.append([entry()], key="k")
    assert b.append([entry()], key="k").first == 2
    until(lambda: not a.leads and nodes.heard["a"] == [1, 2])


def test_every_acknowledged_append_is_kept_once_however_often_the_lead_passes_on(nodes: Nodes) -> None:
    open_ = {name: nodes.open(name) for name in "abc"}
    acknowledged: dict[str, int] = {}
    stopped, lock = threading.Event(), threading.Lock()

    def ask(caller: int) -> None:
        number = 0
        while not stopped.is_set():
            key = f"{caller}/{number}"
            for name in list(open_):
                try:
                    kept = open_[name].append([entry(key.encode(), f"of:{caller}")], key=key)
                except (Refused, LedgerFault):
                    continue
                with lock:
                    acknowledged[key] = kept.first
                number += 1
                break

    callers = [threading.Thread(target=ask, args=(caller,)) for caller in range(4)]
    for one in callers:
        one.start()
    pause = threading.Event()
    for _ in range(6):
        pause.wait(0.4)
        nodes.end_leader()
    pause.wait(1.0)
    stopped.set()
    for one in callers:
        one.join(WAIT_S)
    leader = next((ledger for ledger in open_.values() if ledger.leads), None)
    if leader is None:
        until(lambda: any(ledger.leads for ledger in open_.values()))
        leader = next(ledger for ledger in open_.values() if ledger.leads)
    kept: list[tuple[int, Entry]] = list(leader.read())
    assert [position for position, _ in kept] == list(range(1, len(kept) + 1))
    keys = [one.key for _, one in kept]
    assert len(set(keys)) == len(keys), "something was kept twice"
    assert len(acknowledged) > 50 and all(kept[position - 1][1].key == key for key, position in acknowledged.items())
    head = len(kept)
    for name, ledger in open_.items():
        until(lambda name=name: nodes.heard[name][-1:] == [head])  # type: ignore[misc]  # bound at once
        assert nodes.heard[name] == list(range(1, head + 1)), name
        assert ledger.root(head) == leader.root(head)


def test_what_does_not_belong_together_does_not_start(nodes: Nodes, tmp_path: Path) -> None:
    nodes.open("a")
    with pytest.raises(LedgerFault, match=r"ledger\.one-house"):
        Ledger.open(tmp_path / "file", Ticking(), name="test", node=Node("x", "http://x", "1"))
    shutil.copytree(tmp_path / "a" / "keys", tmp_path / "alone" / "keys")
    with pytest.raises(LedgerFault, match=r"ledger\.in-use"):
        Ledger.open(tmp_path / "alone", Ticking(), name="test", database=nodes.address)
    with Ledger.open(tmp_path / "foreign", Ticking(), name="test2", database=nodes.address):
        pass
    shutil.copytree(tmp_path / "foreign" / "keys", tmp_path / "mixed" / "keys")
    with pytest.raises(LedgerFault, match=r"ledger\.other-keys"):
        Ledger.open(tmp_path / "mixed", Ticking(), name="test", database=nodes.address, node=Node("x", "http://x", "1"))
