"""A day's sample: the same whenever it is drawn by the same root, another by another, and nobody is left out for long."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from tocsin.engines.own_use import Shown, draw

ROOT, OTHER = sha256(b"one").digest(), sha256(b"two").digest()
DAY = [Shown(n, f"clerk {n % 30}", f"call:{n % 170}") for n in range(600)]


def test_the_same_root_draws_the_same_in_whatever_order_and_another_draws_another() -> None:
    recently = {f"clerk {n}": 99 for n in range(30)}
    first = draw(ROOT, 100, DAY, recently, every_days=14, showings=5, each=3)
    assert first == draw(ROOT, 100, reversed(DAY), recently, every_days=14, showings=5, each=3)
    assert first != draw(OTHER, 100, DAY, recently, every_days=14, showings=5, each=3)
    assert 5 <= sum(len(one.positions) for one in first) < 60, "a few, and not everybody's"


def test_each_is_drawn_of_their_own_showings_alone() -> None:
    for one in draw(ROOT, 100, DAY, {}, every_days=14, showings=5, each=3):
        assert len(one.positions) >= 3
        assert all(f"clerk {position % 30}" == one.staff for position in one.positions)
        assert one.records == tuple(sorted({f"call:{position % 170}" for position in one.positions}))


@given(st.lists(st.sets(st.integers(0, 6)), min_size=1, max_size=40), st.integers(1, 9))
def test_whoever_is_active_was_drawn_on_that_day_or_in_the_days_before(days: list[set[int]], every: int) -> None:
    drawn_on: dict[str, int] = {}
    for day, at_work in enumerate(days):
        shown = [Shown(day * 100 + n, str(n), "call:1") for n in at_work]
        last = {staff: at for staff, at in drawn_on.items() if day - at < every}
        for one in draw(sha256(bytes([day])).digest(), day, shown, last, every_days=every, showings=1, each=2):
            drawn_on[one.staff] = day
        assert all(day - drawn_on.get(str(n), -100) < every for n in at_work)


def test_more_than_a_day_can_hold_are_left_for_the_next_the_longest_waiting_first() -> None:
    many = [Shown(n, f"clerk {n:04}", "call:1") for n in range(400)]
    last = {f"clerk {n:04}": 90 for n in range(200)}
    names = {one.staff for one in draw(ROOT, 100, many, last, every_days=5, showings=0, each=1)}
    assert len(names) == 300
    assert {f"clerk {n:04}" for n in range(200, 400)} <= names, "whoever was never drawn comes first"
