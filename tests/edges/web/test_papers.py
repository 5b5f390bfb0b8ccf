"""Who may come in and who is signed in, at two nodes of one house: written at the one that leads, believed at both, and nobody idle who works."""

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.floor import StillClock
from tocsin.edges.web.links import Links
from tocsin.edges.web.papers import Papers
from tocsin.edges.web.people import People
from tocsin.edges.web.private import lay_keys
from tocsin.edges.web.sessions import IDLE_S, LASTS_S, Sessions
from tocsin.house.keeping import lay_node
from tocsin.kernel import Refused
from tocsin.ledger import Ledger, Node
from tocsin.ledger.papers import PaperTable
from tocsin.ledger.postgres import PostgresStore


class Desk:
    """The edge's own records at one node."""

    def __init__(self, data: Path, clock: StillClock, papers: Papers) -> None:
        self.clock, self.papers = clock, papers
        self.people, self.sessions, self.links = People(data, clock, papers), Sessions(data, clock, papers), Links(papers, clock)

    def second(self) -> None:
        """What happens beside the loop once a second."""
        self.papers.look()
        self.sessions.exchange()

    def wait(self, s: int) -> None:
        self.clock.pass_s(s)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def two(postgres: str, tmp_path: Path, clock: StillClock) -> Iterator[tuple[Desk, Desk]]:
    """The one that leads and one that follows."""
    with Ledger.open(tmp_path / "a" / "ledger", clock, name="floor", database=postgres, node=Node("a", "http://a", "1")) as leading:
        lay_node(tmp_path / "a" / "ledger", "floor", tmp_path / "b" / "ledger")
        lay_keys(tmp_path / "a", tmp_path / "b")
        with Ledger.open(tmp_path / "b" / "ledger", clock, name="floor", database=postgres, node=Node("b", "http://b", "1")) as following:
            assert leading.papers is not None and following.papers is not None and not following.leads
            yield Desk(tmp_path / "a", clock, leading.papers), Desk(tmp_path / "b", clock, following.papers)


def test_whoever_signs_in_at_the_leader_is_known_at_once_everywhere_and_no_more_once_they_signed_out(two: tuple[Desk, Desk]) -> None:
    leader, follower = two
    session, cookie = leader.sessions.give("desk 1")
    assert follower.sessions.believe(cookie) == session, "though nobody has looked yet"
    assert follower.sessions.believe(cookie[:-1] + ("0" if cookie[-1] != "0" else "1")) is None
    leader.sessions.end(session)
    follower.second()
    assert follower.sessions.believe(cookie) is None
    assert not follower.sessions.lasts(session), "its live stream ends"


def test_whoever_is_let_in_changed_or_ended_is_so_everywhere_within_a_second(two: tuple[Desk, Desk]) -> None:
    leader, follower = two
    leader.people.add("desk 1", ("dispatcher",), "one long password")
    key = leader.people.add_device("tracker 1")
    device = follower.people.device(key)
    assert device is not None and device.name == "tracker 1", "a key that is not known is looked for at once"
    follower.second()
    assert follower.people.roles("desk 1") == ("dispatcher",)
    leader.people.add("desk 1", ("supervisor",), "another long password")
    leader.people.keep_device(None, gone=device.key_sha256)
    follower.second()
    assert follower.people.roles("desk 1") == ("supervisor",)
    assert follower.people.device(key) is None


def test_a_node_that_follows_writes_nothing_and_says_so_by_one_code(two: tuple[Desk, Desk]) -> None:
    leader, follower = two
    session, cookie = leader.sessions.give("desk 1")
    _, token = leader.links.give("invite", "desk 2")
    assert follower.sessions.believe(cookie) == session
    before = {name: leader.papers.version(name) for name in ("people.json", "sessions.json", "links.json")}
    for write in (lambda: follower.people.add("desk 3", ("dispatcher",), "one long password"), lambda: follower.people.add_device("tracker 1"),
                  lambda: follower.sessions.give("desk 1"), lambda: follower.sessions.prove(session), lambda: follower.sessions.end(session),
                  lambda: follower.links.give("invite", "desk 3"), lambda: follower.links.take(token), lambda: follower.links.look(token), lambda: follower.links.end_for("desk 2")):
        with pytest.raises(Refused, match=r"ledger\.follows"):
            write()
    assert {name: leader.papers.version(name) for name in before} == before
    assert follower.sessions.believe(cookie) == session, "what was refused changed nothing here either"
    assert follower.people.find("desk 3") is None


def test_nobody_is_idle_who_works_at_another_node(two: tuple[Desk, Desk]) -> None:
    leader, follower = two
    session, cookie = leader.sessions.give("desk 1")
    for _ in range(2 * IDLE_S // 50):
        leader.wait(50)
        assert follower.sessions.believe(cookie) == session
        follower.second()
        leader.second()
    leader.sessions.give("desk 2")  # those that are over are let go of here
    assert leader.sessions.believe(cookie) == session
    for _ in range(IDLE_S // 50 + 2):
        leader.wait(50)
        for desk in two:
            desk.second()
    assert (leader.sessions.believe(cookie), follower.sessions.believe(cookie)) == (None, None), "idle everywhere is idle"
    leader.wait(LASTS_S)
    for desk in two:
        desk.second()
    assert leader.papers.saw({}) == {}, "nothing is remembered of those that are over"


def test_one_that_comes_to_lead_writes_over_nothing_that_was_written_before(postgres: str, tmp_path: Path, clock: StillClock) -> None:
    leads = {name: threading.Event() for name in ("a", "b")}
    leads["a"].set()
    with Ledger.open(tmp_path / "a" / "ledger", clock, name="floor", database=postgres) as ledger:
        assert ledger.papers is not None
        assert isinstance(ledger._store, PostgresStore)
        tables = [PaperTable(ledger._store, ledger.folder, leads[name].is_set) for name in ("a", "b")]
        a, b = (Desk(tmp_path / "a", clock, table) for table in tables)
        a.people.add("desk 1", ("dispatcher",), "one long password")
        _, first = a.sessions.give("desk 1")
        _, token = a.links.give("invite", "desk 2")
        leads["a"].clear()
        leads["b"].set()
        b.people.add("desk 3", ("dispatcher",), "one long password")
        _, second = b.sessions.give("desk 1")
        b.links.give("invite", "desk 4")
        assert [person.name for person in b.people.all()] == ["desk 1", "desk 3"]
        assert b.sessions.believe(first) is not None and b.sessions.believe(second) is not None
        assert b.links.take(token).name == "desk 2"
        for table in tables:
            table.close()


def test_what_was_refused_only_as_it_was_written_is_not_believed(two: tuple[Desk, Desk], postgres: str) -> None:
    leader, _ = two
    session, cookie = leader.sessions.give("desk 1")
    with psycopg.connect(postgres, autocommit=True) as connection:  # another leads, and this one has not heard of it
        connection.execute("UPDATE tocsin_floor.leader SET epoch = epoch + 1")
        for write in (lambda: leader.people.add("desk 9", ("admin",), "one long password"), lambda: leader.sessions.end(session)):
            with pytest.raises(Refused, match=r"ledger\.follows"):
                write()
    assert leader.people.find("desk 9") is None
    assert leader.sessions.believe(cookie) == session


def test_keys_that_nobody_knows_cause_no_more_than_some_looks_a_second(two: tuple[Desk, Desk], postgres: str) -> None:
    _, follower = two
    assert not any(follower.people.device(f"guess {number}") for number in range(60))
    leader, _ = two
    key = leader.people.add_device("tracker 1")
    assert follower.people.device(key) is None, "somebody guesses, so this one waits for the next second"
    follower.wait(1)
    assert follower.people.device(key) is not None
