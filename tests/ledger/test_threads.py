"""Many callers at once: nothing lost, nothing doubled, and a guard lets exactly one through."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ledger.given import entry, opened
from tocsin.kernel import Entry
from tocsin.ledger import Ledger, Moved

CALLERS = 32
pytestmark = pytest.mark.usefixtures("store")


def together(work: Callable[[int], None]) -> None:
    """Run the work on many threads at once and hear of every failure."""
    errors: list[BaseException] = []

    def run(caller: int) -> None:
        try:
            work(caller)
        except BaseException as error:  # noqa: BLE001 -- handed to the test's own thread below
            errors.append(error)

    threads = [threading.Thread(target=run, args=(caller,)) for caller in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors


def test_nothing_is_lost_or_doubled_and_each_caller_reads_its_own_writes(tmp_path: Path) -> None:
    heard: list[tuple[int, Entry]] = []
    with opened(tmp_path) as ledger:
        ledger.listen(heard.extend)

        def work(caller: int) -> None:
            for number in range(25):
                appended = ledger.append([entry(f"{caller}/{number}".encode(), f"caller:{caller}")])
                assert ledger.head() >= appended.last
                assert len(list(ledger.read_tags([f"caller:{caller}"]))) == number + 1

        together(work)
        lines = list(ledger.read())
        assert heard == lines
        assert [position for position, _ in lines] == list(range(1, CALLERS * 25 + 1))
        assert {kept.body for _, kept in lines} == {f"{c}/{n}".encode() for c in range(CALLERS) for n in range(25)}


def test_of_many_that_decide_on_the_same_history_one_is_kept(tmp_path: Path) -> None:
    """Each caller draws the next number of one series, which only works when guards are sharp."""
    with opened(tmp_path) as ledger:
        def draw(_: int) -> None:
            for _ in range(10):
                while True:
                    seen = list(ledger.read_tags(["series"]))
                    after = seen[-1][0] if seen else 0
                    try:
                        ledger.append([entry(str(len(seen)).encode(), "series")], guard=["series"], after=after)
                    except Moved:
                        continue
                    break

        together(draw)
        assert [int(kept.body) for _, kept in ledger.read()] == list(range(CALLERS * 10))


def test_a_key_that_all_send_at_once_is_kept_once(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        repeated: list[bool] = []
        together(lambda _: repeated.append(_append_once(ledger)))
        assert sorted(repeated) == [False] + [True] * (CALLERS - 1)
        assert ledger.head() == 1


def _append_once(ledger: Ledger) -> bool:
    appended = ledger.append([entry()], key="the same")
    assert (appended.first, appended.last) == (1, 1)
    return appended.repeated
