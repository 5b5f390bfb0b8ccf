"""A verified copy of another house's ledger, and a fork upon it: nothing is taken that the floor did not sign, nothing is kept twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.given import Ticking, entry
from tocsin.kernel import Refused
from tocsin.ledger import Follows, Ledger, LedgerFault, Moved
from tocsin.ledger.forked import begin_fork
from tocsin.ledger.mirroring import Gap, NotTheirs


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "floor", Ticking(), name="floor") as ledger:
        for number in range(7):
            ledger.append([entry(b"%d" % number, f"incident:{number % 3}"), entry(b"x", "unit:E7")], key=f"k{number}")
        yield ledger


@pytest.fixture
def copy(tmp_path: Path, floor: Ledger) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "copy", Ticking(), name="floor", copies=floor.verifier) as ledger:
        ledger.follow(ledger.head())
        yield ledger


def bring(floor: Ledger, copy: Ledger, after: int, upto: int) -> int:
    return copy.take(floor.lines(after, upto - after), floor.note_at(upto))


def test_a_copy_grows_by_what_the_floor_signed_and_tells_it(floor: Ledger, copy: Ledger) -> None:
    told: list[int] = []
    copy.listen(lambda batch: told.extend(position for position, _ in batch))
    assert bring(floor, copy, 0, 5) == 5  # which parts the two entries of one key
    assert bring(floor, copy, 2, 9) == 9  # what came before is passed over
    assert bring(floor, copy, 2, 9) == 9
    assert bring(floor, copy, 9, 14) == 14
    assert told == list(range(1, 15)) and copy.root() == floor.root() and list(copy.read()) == list(floor.read())
    assert copy.checkpoint() == floor.note_at(14) and not copy.leads
    assert list(copy.read_tags(("unit:E7",))) == list(floor.read_tags(("unit:E7",)))


def test_a_line_that_the_floor_did_not_sign_is_never_taken(floor: Ledger, copy: Ledger, tmp_path: Path) -> None:
    bring(floor, copy, 0, 4)
    lines = floor.lines(4, 2)
    with pytest.raises(NotTheirs):
        copy.take([lines[0], lines[1].replace(b"x", b"y", 1)], floor.note_at(6))
    with pytest.raises(NotTheirs):
        copy.take(list(reversed(lines)), floor.note_at(6))
    with pytest.raises(NotTheirs):
        copy.take(lines, floor.note_at(7))
    with Ledger.open(tmp_path / "other", Ticking(), name="floor") as other, pytest.raises(NotTheirs):
        for number in range(6):
            other.append([entry(b"%d" % number)])
        copy.take(other.lines(4, 2), other.note_at(6))
    with pytest.raises(Gap):
        bring(floor, copy, 6, 8)
    assert copy.head() == 4 and bring(floor, copy, 4, 14) == 14


def test_a_copy_keeps_nothing_but_what_is_its_houses_own(floor: Ledger, copy: Ledger) -> None:
    bring(floor, copy, 0, 14)
    with pytest.raises(Follows):
        copy.append([entry(b"{}", "incident:1")], guard=["incident:1"], after=14)
    assert copy.append([entry(b"signed in")]).last == 1 and copy.head() == 14


def test_a_copy_goes_on_where_it_stood_and_takes_no_other_floors_lines(floor: Ledger, tmp_path: Path) -> None:
    for upto in (6, 14):
        with Ledger.open(tmp_path / "again", Ticking(), name="floor", copies=floor.verifier) as copy:
            copy.follow(copy.head())
            bring(floor, copy, copy.head(), upto)
            assert copy.root() == floor.root(upto)
    with Ledger.open(tmp_path / "other", Ticking(), name="floor") as other, pytest.raises(LedgerFault, match="another key"):
        Ledger.open(tmp_path / "again", Ticking(), name="floor", copies=other.verifier)


def test_a_fork_goes_on_from_the_copy_and_the_copy_from_the_floor(floor: Ledger, copy: Ledger, tmp_path: Path) -> None:
    bring(floor, copy, 0, 9)
    fork = tmp_path / "forks" / "1"
    begin_fork(fork, 9)
    for time in range(2):  # opened again after a crash it is the same
        with Ledger.open(fork, Ticking(), name="floor.site.1", upon=copy.folder) as apart:
            if not time:
                assert apart.head() == 9 and apart.root() == floor.root(9) and apart.leads
                with pytest.raises(Moved):
                    apart.append([entry(b"late", "incident:0")], guard=["incident:0"], after=3)
                assert apart.append([entry(b"a", "incident:0", "new"), entry(b"b")], guard=["incident:0"], after=7, key="site").first == 10
                assert apart.append([entry(b"again")], key="k1").repeated
                bring(floor, copy, 9, 14)  # the copy goes on beneath it, unseen
                assert apart.append([entry(b"c", "incident:0")], guard=["incident:0"], after=10).first == 12
            assert [position for position, _ in apart.read()] == list(range(1, 13))
            assert [one.body for _, one in apart.read(9)] == [b"a", b"b", b"c"]
            assert [position for position, _ in apart.read_tags(("incident:0", "new"))] == [1, 7, 10, 12]
            assert [position for position, _ in apart.read_tags(("incident:0",), 7)] == [10, 12]
            assert apart.by_key("site") == apart.append([entry(b"a")], key="site") and apart.by_key("k6") is None
            inclusion = apart.inclusion(11)
            assert inclusion and apart.root(9) == copy.root(9)
            assert apart.vault.open("call:1", apart.vault.seal("call:1", "secret")) == "secret"
    assert copy.head() == 14 and copy.root() == floor.root()


@settings(max_examples=10)
@given(cuts=st.lists(st.tuples(st.integers(0, 14), st.integers(1, 14)), max_size=12))
def test_bundles_in_any_order_end_in_the_floors_tree_or_in_a_gap(tmp_path_factory: pytest.TempPathFactory, cuts: list[tuple[int, int]]) -> None:
    folder = tmp_path_factory.mktemp("bundles")
    with Ledger.open(folder / "floor", Ticking(), name="floor") as floor:
        floor.append([entry(b"%d" % number) for number in range(14)], key="all")
        with Ledger.open(folder / "copy", Ticking(), name="floor", copies=floor.verifier) as copy:
            copy.follow(0)
            head = 0
            for first, last in cuts:
                if first >= last:
                    continue
                try:
                    bring(floor, copy, first, last)
                    head = max(head, last)
                except Gap:
                    assert first > head
                assert copy.head() == head and copy.root() == floor.root(head)


def test_what_a_fork_seals_opens_in_that_fork_alone(floor: Ledger, copy: Ledger, tmp_path: Path) -> None:
    bring(floor, copy, 0, 14)
    begin_fork(tmp_path / "fork", 14)
    with Ledger.open(tmp_path / "fork", Ticking(), name="f", upon=copy.folder) as apart:
        box = apart.vault.seal("call:9", "somebody")
        assert copy.vault.open("call:9", box) is None
    with pytest.raises(Refused):
        apart.append([entry()])
