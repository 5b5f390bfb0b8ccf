"""One trail on several nodes: followers show what the leader shows under the same numbers, the lead passes on, and an older leader writes nothing."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from typing import NamedTuple

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.trail.given import FAR_S, NOON, SECOND, Hand, fix
from tocsin.kernel import Refused
from tocsin.trail import Fix, Latest, Trail
from tocsin.trail.latest import MAX_GAPS, Board
from tocsin.trail.place import Place
from tocsin.trail.postgres import PostgresDays

NAMES = count(1)


class Node:
    """A house's trail whose thread does nothing by itself: each step is the test's."""

    def __init__(self, address: str, name: str, clock: Hand) -> None:
        place = PostgresDays(address, name)
        self.trail = Trail(place, clock, 7, FAR_S)
        self.place: Place = place

    def die(self) -> None:
        """Stop without writing what waits."""
        self.trail._stop.set()
        self.trail._thread.join()
        self.place.close()


@pytest.fixture
def name() -> str:
    return f"n{next(NAMES)}"


@pytest.fixture
def nodes(postgres: str, name: str, clock: Hand) -> Iterator[list[Node]]:
    made = [Node(postgres, name, clock) for _ in range(3)]
    made[0].trail.lead(1)
    yield made
    for node in made:
        node.die()


class Reader:
    """A page: it goes on from its cursor at any node, as the live stream does."""

    def __init__(self) -> None:
        self.cursor = -1
        self.shown: dict[str, Latest] = {}

    def read(self, trail: Trail) -> None:
        before = dict(self.shown)
        newest, known = trail.stand(self.cursor)
        whole = self.cursor < 0 or not known
        assert known or self.cursor < trail.head(), "one who is ahead is kept waiting, not taken back"
        if whole:
            newest, self.shown = trail.head(), {}
        for row in trail.since(0 if whole else self.cursor):
            if row.seq <= newest:
                self.shown[row.unit] = row
        if not whole:
            assert newest >= self.cursor
            assert all(self.shown[unit].seq >= row.seq for unit, row in before.items()), "a unit went back"
        self.cursor = newest

    def positions(self) -> dict[str, Fix]:
        return {unit: row.fix for unit, row in self.shown.items() if row.fix is not None}


def shown_by(trail: Trail) -> list[tuple[str, int, Fix | None]]:
    return [(row.unit, row.seq, row.fix) for row in trail.since(0)]


def test_followers_show_what_the_leader_shows_under_the_same_numbers(nodes: list[Node], clock: Hand) -> None:
    leader, follower, _ = (node.trail for node in nodes)
    leader.report([fix("A7", NOON), fix("单元", NOON, 121.4737021, 31.2303904, speed_mps=3.3), fix("C3", NOON)])
    leader.end_shift("C3")
    follower.catch_up()
    assert shown_by(follower) == [], "what was not written yet is the leader's alone"
    leader.flush()
    heard = []
    follower.listen(lambda: heard.append(True))
    follower.catch_up()
    assert shown_by(follower) == shown_by(leader) and follower.head() == leader.head() and heard == [True]
    follower.catch_up()
    assert heard == [True]
    assert follower.history("单元", 0, 2 * NOON) == leader.history("单元", 0, 2 * NOON) != []
    assert follower.at(clock.at + 2 * SECOND, {"A7": 0})[0]["A7"] == fix("A7", NOON)
    with pytest.raises(Refused, match=r"trail\.follows"):
        follower.report([fix("A7", NOON + SECOND)])
    follower.end_shift("A7")
    follower.flush()
    follower.tend()
    assert follower.latest("A7") == fix("A7", NOON)


def test_a_follower_that_was_away_for_long_begins_at_the_kept_board(nodes: list[Node], clock: Hand) -> None:
    leader, follower, _ = (node.trail for node in nodes)
    for number in range(70):
        clock.at += SECOND
        leader.report([fix(f"U{number % 7}", clock.at)])
        leader.flush()
    assert nodes[1].place.catch_up() is None, "steps before the last kept board but one are gone"
    follower.catch_up()
    follower.catch_up()
    assert shown_by(follower) == shown_by(leader) and len(shown_by(leader)) == 7


def test_the_lead_passes_on_and_the_older_leader_writes_nothing(nodes: list[Node], clock: Hand) -> None:
    old, new, third = (node.trail for node in nodes)
    old.report([fix("A7", NOON), fix("B2", NOON)])
    old.flush()
    old.report([fix("A7", NOON + SECOND), fix("D4", NOON)])  # seen by whoever reads it there, and not written when it is cut off
    seen = Reader()
    seen.read(old)
    assert set(seen.positions()) == {"A7", "B2", "D4"}
    clock.at += 2 * SECOND
    new.end_shift("B2")  # the ledger said so, and the leader did not live to write it
    new.lead(2)
    assert not new.follows and new.latest("A7") == fix("A7", NOON) and new.latest("B2") is None
    assert new.head() > old.head()
    seen.read(third)
    assert set(seen.positions()) == {"A7", "B2", "D4"}, "who is ahead of a follower stays where it is"
    new.report([fix("C3", NOON)])
    new.flush()
    third.catch_up()
    for trail in (third, new):
        seen.read(trail)
        assert seen.positions() == {"A7": fix("A7", NOON), "C3": fix("C3", NOON)}, "what was never kept is taken back"
    before = new.history("D4", 0, 2 * NOON)
    old._run_once()
    assert old.follows and old.counts["history-lost"] == 2
    old.catch_up()
    assert shown_by(old) == shown_by(new)
    assert new.history("D4", 0, 2 * NOON) == before == []
    old.lead(1)
    assert old.follows, "an epoch that is over does not come back"


def test_one_that_wakes_up_in_the_middle_of_anything_writes_nothing(nodes: list[Node], postgres: str, name: str, clock: Hand) -> None:
    old, new, _ = (node.trail for node in nodes)
    old.report([fix("A7", NOON)])
    old.flush()
    new.lead(2)

    def state() -> list[object]:
        with psycopg.connect(postgres) as connection:
            return [connection.execute(f"SELECT {what} FROM tocsin_{name}_trail.{table}").fetchall()  # type: ignore[arg-type]  # the test's own words
                    for what, table in (("*", "writer"), ("count(*)", "pieces"), ("*", "days"), ("flush", "steps"), ("flush", "board"))]
    before = state()
    clock.at += 9 * 86_400 * SECOND  # thinning and expiry would be due
    old.report([fix("A7", clock.at)])
    for _ in range(3):
        old._run_once()
    old.close()
    assert state() == before


def test_a_new_leader_numbers_above_all_that_was_given_even_where_nobody_wrote_for_long() -> None:
    board = Board()
    for number in range(2 * MAX_GAPS):
        board.put("A7", fix("A7", NOON + number))
        at = board.seq
        board.jump(at + 1_000)
        assert board.stands(at) and board.stands(at + 1_000)
        assert not board.stands(at + 1) and not board.stands(at + 999)
    assert not board.stands(board.seq + 1)
    assert not board.stands(2), "gaps of long ago are one"
    copy = Board()
    copy.load(board.snapshot(), exact=True)
    assert copy.seq == board.seq and not copy.stands(at + 500) and copy.stands(at)


class Round(NamedTuple):
    """What happens between two changes of the lead, or a part of it."""

    fixes: list[tuple[str, int]]
    end: str
    flushed: bool
    following: set[int]
    reads: list[tuple[int, int]]
    leads: int


NODES = st.integers(0, 2)
ROUNDS = st.builds(Round, st.lists(st.tuples(st.sampled_from("ABCD"), st.integers(0, 60)), max_size=3), st.sampled_from("----AB"), st.booleans(), st.sets(NODES),
                   st.lists(st.tuples(st.integers(0, 1), NODES), min_size=1, max_size=3), st.sampled_from((-1, -1, 0, 1, 2)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROUNDS, min_size=2, max_size=6))
def test_readers_that_hop_between_nodes_end_up_with_what_the_leader_shows(postgres: str, rounds: list[Round]) -> None:
    """Over changes of the lead, too: no reader misses a unit's newest position, keeps one that was never kept, or is taken back on the way."""
    clock, name, epochs = Hand(NOON + 100 * SECOND), f"n{next(NAMES)}", count(2)
    with ExitStack() as stack:
        nodes = [Node(postgres, name, clock) for _ in range(3)]
        for node in nodes:
            stack.callback(node.die)
        leader, readers = nodes[0].trail, [Reader(), Reader()]
        leader.lead(1)
        for now in rounds:
            leader.report([fix(unit, NOON + second * SECOND) for unit, second in now.fixes])
            leader.end_shift(now.end)
            if now.flushed:
                leader.flush()
            for number in now.following:
                nodes[number].trail.catch_up()
            for which, number in now.reads:
                readers[which].read(nodes[number].trail)
            if now.leads >= 0 and nodes[now.leads].trail is not leader:
                nodes[now.leads].trail.lead(next(epochs))
                leader.follow()  # it finds out when it writes next
                leader = nodes[now.leads].trail
        leader.flush()
        for node in nodes:
            node.trail.catch_up()
        for which, reader in enumerate(readers):
            reader.read(nodes[which + 1].trail)
            assert {unit: (row.seq, row.fix) for unit, row in reader.shown.items() if row.fix} == {unit: (seq, at) for unit, seq, at in shown_by(leader) if at}
