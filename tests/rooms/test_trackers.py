"""Which tracker speaks for which unit: a key that was given to a device, in each shift or one, until it is freed, revoked, or taken over."""

from functools import partial

import pytest

from tests.floor import TABLE
from tests.rooms.story import kept, when
from tocsin.facts.access import KeyGiven, KeyRevoked
from tocsin.facts.fleet import TrackerBound, TrackerFreed
from tocsin.kernel import Fact
from tocsin.rooms.fleet.commands import BindTracker, CarryTracker, FreeTracker
from tocsin.rooms.fleet.model import State, decider, evolve
from tocsin.rooms.fleet.reactions import carry_tracker
from tocsin.rooms.fleet.views import TrackerRow, Trackers

fleet = partial(when, state=State, evolve=evolve, decide=decider(TABLE))
GIVEN = KeyGiven(number="a1b2", name="phone 1", roles=("device",), until=1)
BOUND = TrackerBound(tracker="a1b2", unit="E7")
FREED = TrackerFreed(tracker="a1b2", was="E7")
NEXT = KeyGiven(number="c3d4", name="phone 1", roles=("device",), until=2, instead_of="a1b2")


@pytest.mark.parametrize(("given", "command", "then"), [
    ([GIVEN], BindTracker(tracker="a1b2", unit="E7"), (BOUND,)),
    ([GIVEN, BOUND], BindTracker(tracker="a1b2", unit="M1", shift="N"), (TrackerBound(tracker="a1b2", unit="M1", shift="N", was="E7"),)),
    ([GIVEN, BOUND], BindTracker(tracker="a1b2", unit="E7", shift="N"), (TrackerBound(tracker="a1b2", unit="E7", shift="N", was="E7"),)),
    ([GIVEN, BOUND], FreeTracker(tracker="a1b2"), (FREED,)),
    ([GIVEN, BOUND, NEXT], CarryTracker(tracker="c3d4", of="a1b2"), (TrackerBound(tracker="c3d4", unit="E7"),)),
])
def test_a_tracker_is_bound_freed_and_carried_on(given: list[Fact], command: BindTracker, then: tuple[Fact, ...]) -> None:
    assert fleet(given, command) == then


@pytest.mark.parametrize(("given", "command", "code"), [
    ([], BindTracker(tracker="a1b2", unit="E7"), "tracker_unknown"),
    ([GIVEN, KeyRevoked(number="a1b2")], BindTracker(tracker="a1b2", unit="E7"), "tracker_unknown"),
    ([KeyGiven(number="a1b2", name="x", roles=("dispatcher",), until=1)], BindTracker(tracker="a1b2", unit="E7"), "tracker_unknown"),
    ([GIVEN, BOUND], BindTracker(tracker="a1b2", unit="E7"), "tracker_bound_so"),
    ([GIVEN], FreeTracker(tracker="a1b2"), "tracker_not_bound"),
    ([GIVEN, BOUND, FREED], FreeTracker(tracker="a1b2"), "tracker_not_bound"),
    ([GIVEN, BOUND, KeyRevoked(number="a1b2")], FreeTracker(tracker="a1b2"), "tracker_not_bound"),
])
def test_what_is_refused(given: list[Fact], command: BindTracker, code: str) -> None:
    assert fleet(given, command) == code


@pytest.mark.parametrize("given", [
    [GIVEN, NEXT, BOUND],
    [GIVEN, BOUND, FREED, NEXT],
    [GIVEN, BOUND, NEXT, TrackerBound(tracker="c3d4", unit="M1")],
])
def test_a_key_that_takes_over_takes_what_held_at_that_moment_and_nothing_later(given: list[Fact]) -> None:
    assert fleet(given, CarryTracker(tracker="c3d4", of="a1b2")) == ()


def test_only_a_key_that_takes_over_asks_for_it() -> None:
    assert list(carry_tracker(kept(1, NEXT))) == [CarryTracker(tracker="c3d4", of="a1b2")]
    assert not list(carry_tracker(kept(1, GIVEN)))


def test_the_floor_sees_who_speaks_for_whom() -> None:
    picture = Trackers()
    for fact in (GIVEN, BOUND, TrackerBound(tracker="a1b2", unit="M1", shift="N", was="E7")):
        picture.fold(kept(1, fact))
    assert picture.rows == {"a1b2": TrackerRow(id="a1b2", unit="M1", shift="N")}
    for gone in (FREED, KeyRevoked(number="a1b2")):
        picture.fold(kept(1, BOUND))
        assert picture.fold(kept(1, gone)) == ("a1b2",)
        assert not picture.rows
        assert picture.fold(kept(1, gone)) == ()
