"""The ledger as its callers see it: kept or refused, in order, told to listeners, read back by position or tag."""

import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from tests.ledger.given import entry, open_in, opened
from tocsin.kernel import Entry, Refused
from tocsin.ledger import Appended, LedgerClosed, LedgerFault, Moved
from tocsin.ledger.line import MAX_BODY, MAX_ENTRIES, MAX_NAME, MAX_TAGS

pytestmark = pytest.mark.usefixtures("store")


def test_what_is_kept_is_read_back_whole_after_a_restart(tmp_path: Path) -> None:
    full = Entry(kind="calls.call-taken", body="一楼有烟".encode(),
                 tags=("incident:261123-0031", "unit:A7@2026-11-23N"),
                 happened_at=-5, known_at=1 << 62, by="李 4", purpose="dispatch", cause=1, key="k1")
    with opened(tmp_path) as ledger:
        assert ledger.append([entry()]) == Appended(1, 1)
        assert ledger.append([full, entry(b"2", key="k1")], key="k1") == Appended(2, 3)
        before = ledger.root()
    with opened(tmp_path) as ledger:
        assert ledger.head() == 3
        assert list(ledger.read(after=1)) == [(2, full), (3, entry(b"2", key="k1"))]
        assert list(ledger.read(after=1, limit=1)) == [(2, full)]
        assert list(ledger.read(after=3)) == []
        assert ledger.root() == before


def test_reading_goes_over_pages_and_may_be_left_early(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        for start in range(0, 3_000, 1_000):
            ledger.append([entry(str(number).encode(), "all") for number in range(start, start + 1_000)])
        ledger.append([entry(b"last")])
        assert [position for position, _ in ledger.read()] == list(range(1, 3_002))
        assert [position for position, _ in ledger.read(limit=1_500)] == list(range(1, 1_501))
        assert [position for position, _ in ledger.read_tags(["all"])] == list(range(1, 3_001))
        iterators = [ledger.read() for _ in range(50)]
        assert [next(iterator)[0] for iterator in iterators] == [1] * 50


def test_tags_are_read_as_a_union_each_entry_once_in_order(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry(b"1", "a"), entry(b"2", "b"), entry(b"3", "a", "b", "a"), entry(b"4"), entry(b"5", "c")])
        assert [position for position, _ in ledger.read_tags(["b", "a"])] == [1, 2, 3]
        assert [position for position, _ in ledger.read_tags(["b", "a", "c"], after=2)] == [3, 5]
        assert list(ledger.read_tags(["nobody's"])) == list(ledger.read_tags([])) == []


def test_a_guard_that_moved_refuses_and_changes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry(b"", "unit:A7"), entry(b"", "unit:B2")])
        with pytest.raises(Moved) as moved:
            ledger.append([entry(b"", "unit:A7")], guard=["unit:C1", "unit:B2"], after=1)
        assert (moved.value.tag, moved.value.after, moved.value.latest) == ("unit:B2", 1, 2)
        assert ledger.append([entry(b"", "unit:B2")], guard=["unit:A7"], after=1) == Appended(3, 3)
    with opened(tmp_path) as ledger, pytest.raises(Moved):
        ledger.append([entry()], guard=["unit:B2"], after=2)


def test_a_key_is_kept_once_and_answered_alike_even_when_its_guard_has_moved(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        two = [entry(b"", "i"), entry(b"", "i")]
        first = ledger.append(two, guard=["i"], key="retry")
        assert ledger.append(two, guard=["i"], key="retry") == Appended(1, 2, repeated=True)
        assert ledger.by_key("retry") == Appended(first.first, first.last, repeated=True)
        assert ledger.by_key("never") is None
        assert [kept.key for _, kept in ledger.read()] == ["retry", "retry"]


def test_one_batch_sees_its_own_guards_and_keys_and_refuses_only_whom_it_must(tmp_path: Path) -> None:
    """The first listener call holds the sequencer, so that everything after it waits and is taken together."""
    with opened(tmp_path) as ledger:
        held, go = threading.Event(), threading.Event()

        def hold(_: list[tuple[int, Entry]]) -> None:
            held.set()
            assert go.wait(10)

        ledger.listen(hold)
        ledger.submit([entry(b"", "a")])
        assert held.wait(10)
        answers: list[Future[Appended]] = [
            ledger.submit([entry(b"x", "a")], guard=["a"], after=1),
            ledger.submit([entry(b"y", "a")], guard=["a"], after=1),
            ledger.submit([entry(b"z", "new")], key="k"),
            ledger.submit([entry(b"z", "new")], key="k"),
            ledger.submit([entry(b"w")], guard=["new"], after=0),
            ledger.submit([entry(b"v")]),
        ]
        go.set()
        assert answers[0].result(10) == Appended(2, 2)
        with pytest.raises(Moved):
            answers[1].result(10)
        assert [answers[2].result(10), answers[3].result(10)] == [Appended(3, 3), Appended(3, 3, repeated=True)]
        with pytest.raises(Moved):
            answers[4].result(10)
        assert answers[5].result(10) == Appended(4, 4)
        assert [kept.body for _, kept in ledger.read(after=1)] == [b"x", b"z", b"v"]


def test_listeners_hear_everything_in_order_before_the_caller_does(tmp_path: Path) -> None:
    heard: list[tuple[int, Entry]] = []
    with opened(tmp_path) as ledger:
        ledger.listen(heard.extend)
        for number in range(20):
            appended = ledger.append([entry(str(number).encode())] * 2)
            assert heard[-1][0] == appended.last == ledger.head()
        assert heard == list(ledger.read())


def test_a_listener_that_fails_is_logged_and_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[tuple[int, Entry]] = []

    def fail(_: list[tuple[int, Entry]]) -> None:
        raise ZeroDivisionError

    with opened(tmp_path) as ledger:
        ledger.listen(fail)
        ledger.listen(heard.extend)
        assert ledger.append([entry()]) == Appended(1, 1)
        assert ledger.append([entry()]) == Appended(2, 2)
    assert [position for position, _ in heard] == [1, 2]
    assert "a listener failed on entries 1 to 1" in caplog.text


def test_a_listener_may_submit_and_may_not_wait(tmp_path: Path) -> None:
    reactions: list[Future[Appended]] = []
    errors: list[BaseException] = []
    with opened(tmp_path) as ledger:
        def react(kept: list[tuple[int, Entry]]) -> None:
            if kept[0][1].body == b"cause":
                reactions.append(ledger.submit([entry(b"effect", cause=kept[0][0])], key=f"{kept[0][0]}/room/0"))
                try:
                    ledger.append([entry()])
                except AssertionError as error:
                    errors.append(error)

        ledger.listen(react)
        ledger.append([entry(b"cause")])
        assert reactions[0].result(10) == Appended(2, 2)
        assert len(errors) == 1


@pytest.mark.parametrize(("wrong", "field"), [
    (entry(b"x" * (MAX_BODY + 1)), "body"),
    (entry(b"", *(f"t{number}" for number in range(MAX_TAGS + 1))), "tags"),
    (entry(b"", "t" * (MAX_NAME + 1)), "name"),
    (entry(b"", "长" * (MAX_NAME // 3 + 1)), "name"),
    (entry(b"", ""), "name"),
    (entry(b"", "half \ud800"), "name"),
    (entry(kind=""), "name"),
    (entry(by="a\0b"), "name"),
    (entry(happened_at=1 << 63), "happened_at"),
    (entry(known_at=-(1 << 63) - 1), "happened_at"),
    (entry(cause=-1), "cause"),
])
def test_an_entry_beyond_the_limits_is_refused_with_its_field(tmp_path: Path, wrong: Entry, field: str) -> None:
    with opened(tmp_path) as ledger:
        with pytest.raises(Refused) as refused:
            ledger.append([entry(), wrong])
        assert (refused.value.code, refused.value.field, refused.value.status) == ("ledger.beyond-limits", field, 422)
        assert ledger.head() == 0


def test_a_submission_beyond_the_limits_is_refused_whole(tmp_path: Path) -> None:
    big = entry(b"x" * MAX_BODY)
    with opened(tmp_path) as ledger:
        for entries in ([], [entry()] * (MAX_ENTRIES + 1), [big] * 9):
            with pytest.raises(Refused) as refused:
                ledger.append(entries)
            assert refused.value.code == "ledger.beyond-limits"
        with pytest.raises(Refused):
            ledger.append([entry()], guard=["g"] * (MAX_TAGS + 1))
        with pytest.raises(Refused):
            ledger.append([entry()], key="k" * (MAX_NAME + 1))
        assert ledger.append([entry()] * MAX_ENTRIES).last == MAX_ENTRIES
        assert ledger.append([big]).last == MAX_ENTRIES + 1


def test_closing_keeps_what_was_submitted_and_then_takes_nothing(tmp_path: Path) -> None:
    ledger = open_in(tmp_path)
    answers = [ledger.submit([entry(str(number).encode())]) for number in range(100)]
    ledger.close()
    ledger.close()
    assert sorted(answer.result(0).first for answer in answers) == list(range(1, 101))
    with pytest.raises(LedgerClosed):
        ledger.append([entry()])
    with pytest.raises(LedgerClosed):
        list(ledger.read())


def test_a_lost_key_is_never_made_again_in_silence(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry()])
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    (tmp_path / "keys" / "signing.pem").unlink()
    with pytest.raises(LedgerFault, match=r"ledger\.no-key"):
        open_in(tmp_path)
