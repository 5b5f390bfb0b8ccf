"""Posts and spot checks: only on duty, of units and never of a person, answered once and late if late."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec
import pytest

from tests.floor import TABLE
from tests.rooms.story import NOW, kept, when
from tests.rooms.test_crew import CREW, on
from tests.rooms.test_fleet import DAY, started
from tocsin.facts.calls import Place
from tocsin.facts.field import CheckAnswered, CheckCalled, CheckMissed, PostReported
from tocsin.facts.fleet import ShiftEnded
from tocsin.kernel import Command, Fact
from tocsin.rooms.dispatch.commands import Seen
from tocsin.rooms.fleet.commands import AnswerSpotCheck, CallSpotCheck, MissChecks, ReportPost, Unanswered
from tocsin.rooms.fleet.model import State, decider, evolve
from tocsin.rooms.fleet.views import CheckRow, Checks, PostRow, Posts, Visited, VisitedRow, unanswered
from tocsin.rooms.fleet.views.visits import DAY_US, MOST, MOST_EACH

S = 1_000_000
CHECK = "260304-check"
DUE = (Unanswered(unit="E7", shift=DAY, check=CHECK, due_at=NOW),)
called = CheckCalled(unit="E7", shift=DAY, check=CHECK, within_s=60, words="say where you are")
missed = CheckMissed(unit="E7", shift=DAY, check=CHECK, due_at=NOW)
ended = ShiftEnded(unit="E7", shift=DAY, month="2026-03")


def sees(what: str) -> Sequence[Any]:
    seen = [Seen(unit=unit, shift=DAY, unit_kind="engine", skills=(), state="available") for unit in ("E7", "M2")]
    return {"units": seen, "checks due": DUE}.get(what, ())


field = partial(when, state=State, evolve=evolve, decide=decider(TABLE), by="crew 1", roles=CREW, look=sees)


def answered(took_s: int, place: Place | None = None) -> CheckAnswered:
    return CheckAnswered(unit="E7", shift=DAY, check=CHECK, took_s=took_s, place=place)


def call(*units: str) -> CallSpotCheck:
    return CallSpotCheck(units=units, within_s=60, words="say where you are")


def answer(at: int | None = None, **more: Any) -> AnswerSpotCheck:
    return AnswerSpotCheck(unit="E7", shift=DAY, check=CHECK, happened_at=at, **more)


def test_a_post_is_said_by_the_crew_with_its_own_place() -> None:
    assert field([started()], ReportPost(unit="E7", shift=DAY, post="North bridge", note="quiet", lon=24.9, lat=60.1)) == (
        PostReported(unit="E7", shift=DAY, post="North bridge", note="quiet", place=Place(lon=24.9, lat=60.1, text="", source="device")),)
    assert field([started(), on()], ReportPost(unit="E7", shift=DAY, post="North bridge", lon=24.9)) == (PostReported(unit="E7", shift=DAY, post="North bridge"),)


def test_a_check_asks_each_unit_once_on_the_shift_that_the_house_sees() -> None:
    forged = msgspec.structs.replace(call("E7", "M2", "E7"), check="mine", shifts=("other", "other", "other"))
    assert field([started(), started("M2", "medic")], forged) == (called, msgspec.structs.replace(called, unit="M2"))


@pytest.mark.parametrize(("given", "command", "code"), [
    ([], ReportPost(unit="E7", shift=DAY, post="North bridge"), "unit_not_on_shift"),
    ([started(), on("crew 2")], ReportPost(unit="E7", shift=DAY, post="North bridge"), "not_your_unit"),
    ([started()], call("E7", "E9"), "unit_off_duty"),
    ([], call("E7"), "unit_not_on_shift"),
    ([started(), ended], call("E7"), "unit_not_on_shift"),
    ([msgspec.structs.replace(started(), lender="B")], call("E7"), "unit_borrowed"),
    ([], answer(), "unit_not_on_shift"),
    ([started(), called, ended], answer(), "unit_not_on_shift"),
    ([started(), called, on("crew 2")], answer(), "not_your_unit"),
    ([started()], answer(), "check_unknown"),
    ([started(), msgspec.structs.replace(called, check="another")], answer(), "check_unknown"),
    ([started(), called, answered(3)], answer(), "check_answered"),
    ([started(), called, missed, answered(90)], answer(), "check_answered"),
])
def test_what_is_refused(given: list[Fact], command: Command, code: str) -> None:
    assert field(given, command) == code


def test_how_long_it_took_goes_by_when_the_device_says_it_was_answered() -> None:
    asked_at = NOW + 2
    assert field([started(), called], answer(asked_at + 17 * S)) == (answered(17),)
    assert field([started(), called], answer(asked_at - 99 * S)) == (answered(0),), "a device's clock cannot answer before it was asked"
    assert field([started(), called, missed], answer(asked_at + 90 * S, lon=24.9, lat=60.1)) == (
        answered(90, Place(lon=24.9, lat=60.1, text="", source="device")),), "late is still an answer"
    assert field([started(), called, on("crew 2")], answer(asked_at + 17 * S), roles=frozenset({"dispatcher"})) == (answered(17),), "heard on the radio"


@pytest.mark.parametrize(("given", "then"), [
    ([called], (missed,)), ([called, answered(3)], ()), ([called, missed], ()), ([], ()), ([called, ended], ())])
def test_what_was_not_answered_in_time_is_noted_once(given: list[Fact], then: tuple[Fact, ...]) -> None:
    assert field([started(), *given], MissChecks()) == then


def test_the_row_counts_answered_late_missing_and_gone_home() -> None:
    checks = Checks()
    for n, unit in enumerate(("E7", "E8", "E9", "M2", "M3"), 1):
        assert checks.fold(kept(n, msgspec.structs.replace(called, unit=unit))) == (CHECK,)
    due_at = NOW + 1 + 60 * S
    assert unanswered(checks.rows, due_at - 1) == ()
    assert [one.unit for one in unanswered(checks.rows, due_at)] == ["E7", "E8", "E9", "M2", "M3"]
    for n, fact in enumerate((answered(60), msgspec.structs.replace(missed, unit="E8"), msgspec.structs.replace(answered(61), unit="E9"),
                              msgspec.structs.replace(ended, unit="M2")), 6):
        checks.fold(kept(n, fact))
    row = checks.rows[CHECK]
    assert isinstance(row, CheckRow)
    assert [(one.unit, one.heard, one.took_s) for one in row.units] == [
        ("E7", "answered", 60), ("E8", "missing", -1), ("E9", "late", 61), ("M2", "off_duty", -1), ("M3", "open", -1)]
    assert [one.unit for one in unanswered(checks.rows, due_at)] == ["M3"]


def test_only_so_many_checks_are_held_and_none_that_is_open_goes() -> None:
    checks = Checks()
    checks.fold(kept(1, called))
    for n in range(60):
        other = msgspec.structs.replace(called, check=f"c{n}")
        checks.fold(kept(2 + 2 * n, other))
        checks.fold(kept(3 + 2 * n, CheckMissed(unit="E7", shift=DAY, check=f"c{n}", due_at=NOW)))
    assert len(checks.rows) == 50
    assert CHECK in checks.rows
    assert "c59" in checks.rows


def test_the_latest_post_stands_until_the_shift_ends() -> None:
    posts = Posts()
    posts.fold(kept(5, PostReported(unit="E7", shift=DAY, post="North bridge")))
    assert posts.fold(kept(4, PostReported(unit="E7", shift=DAY, post="Market"))) == (), "told late, of an earlier hour"
    row = posts.rows["E7"]
    assert isinstance(row, PostRow)
    assert (row.post, row.at) == ("North bridge", NOW + 5)
    assert posts.fold(kept(6, ended)) == ("E7",)
    assert posts.rows == {}


def at_post(unit: str, post: str) -> PostReported:
    return PostReported(unit=unit, shift=DAY, post=post)


def visits(picture: Visited, post: str) -> list[tuple[str, int]]:
    row = picture.rows[post]
    assert isinstance(row, VisitedRow)
    return [(one.unit, one.at) for one in row.visits]


def test_a_post_has_the_units_of_the_last_day_in_the_order_in_which_they_were_there() -> None:
    posts = Visited()
    posts.fold(kept(5, at_post("E7", "North bridge")))
    posts.fold(kept(4, at_post("M2", "North bridge")))
    assert visits(posts, "North bridge") == [("M2", NOW + 4), ("E7", NOW + 5)], "told late, and first there"
    posts.fold(kept(4 + DAY_US, at_post("E9", "North bridge")))
    assert [unit for unit, _ in visits(posts, "North bridge")] == ["E7", "E9"], "a day later the first is gone"
    assert posts.fold(kept(9 + 2 * DAY_US, at_post("E7", "Market"))) == ("Market", "North bridge")
    assert "North bridge" not in posts.rows


def test_only_so_many_posts_and_reports_are_held() -> None:
    posts = Visited()
    for number in range(MOST + 3):
        posts.fold(kept(number, at_post("E7", f"Post {number}")))
    assert len(posts.rows) == MOST
    assert "Post 0" not in posts.rows and f"Post {MOST + 2}" in posts.rows
    for number in range(MOST_EACH + 5):
        posts.fold(kept(1_000 + number, at_post("M2", "Gate")))
    assert len(visits(posts, "Gate")) == MOST_EACH
