"""Where units are told to wait, decided without a house: who may be moved, how often, and what is kept of it."""

import msgspec
import pytest

from tests.floor import PLAN, SAMPLES
from tests.rooms.story import NOW, when
from tocsin.cli.reading import read_standby
from tocsin.facts.calls import Place
from tocsin.facts.coverage import MoveDeclined, StandbyEnded, StandbyOrdered
from tocsin.facts.dispatch import UnitAssigned, UnitStoodDown
from tocsin.facts.fleet import ShiftEnded, ShiftStarted, Standby, UnitStateChanged, units_after
from tocsin.kernel import Command, Fact
from tocsin.rooms.coverage.commands import DeclineMove, EndStandby, OrderStandby
from tocsin.rooms.coverage.model import Post, StandbyTable, State, decider, evolve, faults, lately

SHIFT = "2026-03-04D"
HOME = Place(lon=24.9, lat=60.15)
BRIDGE = Place(lon=24.93, lat=60.16, text="Bridge", source="post")
TABLE = StandbyTable(policy="marginal", posts=(Post(name="Bridge", lon=24.93, lat=60.16),), most_moves=2)
ON_DUTY = ShiftStarted(unit="M2", shift=SHIFT, unit_kind="medic", skills=("als",), station="North", home=HOME, crew=2, month="2026-03")
ORDERED = StandbyOrdered(unit="M2", shift=SHIFT, post="Bridge", day="2026-03-04", place=BRIDGE)
SENT = UnitAssigned(incident="260304-0001", unit="M2", shift=SHIFT)


def asked(given: list[Fact], command: Command, roles: frozenset[str] = frozenset({"dispatcher"})) -> tuple[Fact, ...] | str:
    return when(given, command, state=State, evolve=evolve, decide=decider(TABLE), roles=roles)


def order(**words: object) -> OrderStandby:
    return msgspec.convert({"unit": "M2", "shift": SHIFT, "post": "Bridge"} | words, OrderStandby)


def test_a_free_unit_waits_at_a_post_of_the_table_and_what_was_shown_is_kept() -> None:
    assert asked([ON_DUTY], order(skill="als", gain=0.021, drive_s=370, dist_m=4200, left="North", share=0.7, busy=0.3, within_s=480)) == (
        StandbyOrdered(unit="M2", shift=SHIFT, post="Bridge", day="2026-03-04", place=BRIDGE, skill="als", gain=0.021, drive_s=370, dist_m=4200, left="North", share=0.7,
                       busy=0.3, within_s=480),)
    assert ORDERED.tags() == (f"unit:M2@{SHIFT}", "moves:2026-03-04")


@pytest.mark.parametrize(("given", "code"), [
    ([], "unit_not_on_shift"), ([ON_DUTY, SENT], "unit_busy"), ([ON_DUTY, ORDERED], "standby_already"),
    ([ON_DUTY, UnitStateChanged(unit="M2", shift=SHIFT, state="out_of_service", was="available")], "unit_not_available"),
    ([ON_DUTY, ShiftEnded(unit="M2", shift=SHIFT, month="2026-03")], "unit_not_on_shift")])
def test_only_a_free_unit_is_moved(given: list[Fact], code: str) -> None:
    assert asked(given, order()) == code


def test_a_post_that_the_table_does_not_have_needs_its_place() -> None:
    assert asked([ON_DUTY], order(post="Fair")) == "post_unknown"
    (kept,) = asked([ON_DUTY], order(post="Fair", place={"lon": 24.95, "lat": 60.17}))
    assert isinstance(kept, StandbyOrdered)
    assert (kept.post, kept.place.lon) == ("Fair", 24.95)


def test_a_unit_is_not_moved_oftener_than_the_table_allows_but_by_a_supervisor_with_a_reason() -> None:
    twice = [ON_DUTY, ORDERED, msgspec.structs.replace(ORDERED, post="Fair", place=HOME)]
    assert asked(twice, order()) == "moves_spent"
    assert asked(twice, order(override="fire at the fair")) == "moves_spent", "a dispatcher's reason is not enough"
    lead = frozenset({"supervisor"})
    assert asked(twice, order(), lead) == "moves_spent", "nor is a supervisor's word without one"
    (kept,) = asked(twice, order(override="fire at the fair"), lead)
    assert isinstance(kept, StandbyOrdered)
    assert kept.override == "fire at the fair"
    (first,) = asked([ON_DUTY], order(override="needless"), lead)
    assert isinstance(first, StandbyOrdered)
    assert first.override == "", "where no reason was needed, none is kept"


def test_only_the_last_twelve_hours_count() -> None:
    hour = 3_600_000_000
    assert lately((NOW - 12 * hour, NOW - 11 * hour, NOW), NOW) == 2
    assert lately((), NOW) == 0


def test_a_no_is_kept_with_its_reason_and_a_unit_goes_home_from_where_it_waits() -> None:
    assert asked([ON_DUTY], DeclineMove(unit="M2", shift=SHIFT, post="Bridge", gain=0.02, reason="rest")) == (
        MoveDeclined(unit="M2", shift=SHIFT, post="Bridge", day="2026-03-04", gain=0.02, reason="rest"),)
    assert asked([ON_DUTY], EndStandby(unit="M2", shift=SHIFT)) == "no_standby"
    assert asked([ON_DUTY, ORDERED], EndStandby(unit="M2", shift=SHIFT, reason="quiet")) == (
        StandbyEnded(unit="M2", shift=SHIFT, post="Bridge", day="2026-03-04", reason="quiet"),)


@pytest.mark.parametrize("after", [
    SENT, UnitStateChanged(unit="M2", shift=SHIFT, state="out_of_service", was="available"), StandbyEnded(unit="M2", shift=SHIFT, post="Bridge", day="2026-03-04")])
def test_standing_by_ends_with_whatever_comes_next(after: Fact) -> None:
    units = units_after(units_after({}, ON_DUTY), ORDERED)
    assert units[f"M2@{SHIFT}"].standby == Standby(name="Bridge", place=BRIDGE)
    units = units_after(units, after)
    assert units[f"M2@{SHIFT}"].standby is None
    if isinstance(after, UnitAssigned):
        back = units_after(units, UnitStoodDown(incident="260304-0001", unit="M2", shift=SHIFT))
        assert back[f"M2@{SHIFT}"].standby is None, "who was sent somewhere goes home after it"


def test_a_table_that_cannot_be_is_said() -> None:
    twice = StandbyTable(posts=(Post(name="A", lon=0, lat=0, skills=("flying",)), Post(name="A", lon=1, lat=1)), within_s={"diving": 300})
    assert faults(twice, ("als",)) == ["there are two posts A", "within_s: the plan has no skill diving", "post A: the plan has no skill flying"]
    assert faults(TABLE, ("als",)) == []


def test_the_sample_is_sound_and_says_that_it_is_one() -> None:
    table = read_standby(SAMPLES / "standby.toml", PLAN)
    assert table.sample
    assert (table.policy, table.most_moves, table.target_s("fire"), table.target_s("ladder")) == ("marginal", 4, 390, 480)
    assert all(words.en and words.zh for words in table.reasons.values())
