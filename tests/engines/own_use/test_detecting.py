"""Each pattern is found at its limit and not one below it, the same each time, and nobody is held against themselves or too few."""

import random
from pathlib import Path

import msgspec
import pytest

from tocsin.engines.own_use import DAY_US, Before, Found, Limits, OwnKind, Use, detect

LIMITS = msgspec.toml.decode((Path(__file__).parents[3] / "src" / "tocsin" / "samples" / "watching.toml").read_bytes(), type=Limits)
DAY = 20_000


def use(number: int, *, staff: str = "desk 1", record: str = "", at_s: float = 0.0, on_duty: bool = True, tasked: bool = True,
        response: bool = True, closed_s: int = -1) -> Use:
    return Use(position=number, staff=staff, role="dispatcher", record=record or f"call:{number}", at=DAY * DAY_US + round(at_s * 1e6), on_duty=on_duty,
               tasked=tasked, response=response, closed_s=closed_s)


def patterns(uses: list[Use], before: Before | None = None) -> list[str]:
    return [found.pattern for found in detect(uses, before or Before(), LIMITS)]


def peers(count: int, a_day: int = 10) -> Before:
    return Before(counts={(f"peer {n}", "dispatcher"): {DAY - d: a_day + (n + d) % 3 for d in range(1, 11)} for n in range(count)})


@pytest.mark.parametrize(("count", "within_s", "found"), [(40, 600, ["bulk"]), (39, 600, []), (40, 660, [])])
def test_bulk_is_many_different_records_within_minutes(count: int, within_s: float, found: list[str]) -> None:
    assert patterns([use(n, at_s=n * within_s / (count - 1)) for n in range(count)]) == found


def test_one_record_again_and_again_within_minutes_is_not_bulk() -> None:
    assert patterns([use(n, record="call:1", at_s=n) for n in range(100)]) == []


@pytest.mark.parametrize(("changed", "found"), [({}, ["off_post"]), ({"on_duty": True}, []), ({"tasked": True}, []), ({"response": False}, [])])
def test_off_post_is_neither_at_a_post_nor_with_a_task_nor_a_review(changed: dict[str, bool], found: list[str]) -> None:
    given = {"on_duty": False, "tasked": False} | changed
    assert patterns([use(n, **given) for n in range(3)]) == found  # type: ignore[arg-type]  # one of many kinds
    assert patterns([use(n, **given) for n in range(2)]) == []  # type: ignore[arg-type]  # one of many kinds


def test_over_and_over_is_on_many_days_of_a_fortnight_without_a_task() -> None:
    days = {("desk 1", "call:1"): {DAY - 3, DAY - 5, DAY - 13}}
    assert patterns([use(1, record="call:1", tasked=False)], Before(untasked=days)) == ["over_and_over"]
    assert patterns([use(1, record="call:1", tasked=True)], Before(untasked=days)) == []
    late = {("desk 1", "call:1"): {DAY - 3, DAY - 5, DAY - 14}}
    assert patterns([use(1, record="call:1", tasked=False)], Before(untasked=late)) == []


def test_long_closed_is_without_a_task_after_thirty_days() -> None:
    month = 30 * 86_400
    assert patterns([use(n, tasked=False, closed_s=month) for n in range(3)]) == ["long_closed"]
    assert patterns([use(n, tasked=False, closed_s=month - 1) for n in range(3)]) == []
    assert patterns([use(n, tasked=True, closed_s=month) for n in range(3)]) == []


def at_work(count: int, a_day: int = 10) -> list[Use]:
    return [use(10_000 + 200 * peer + n, staff=f"peer {peer}", at_s=n * 400) for peer in range(count) for n in range(a_day)]


def test_beyond_ones_peers_needs_enough_of_them_and_is_measured_beside_them() -> None:
    many = [use(n, at_s=n * 400) for n in range(100)]
    found = detect([*many, *at_work(5)], peers(5), LIMITS)
    assert [(one.pattern, one.staff) for one in found] == [("beyond_peers", "desk 1")]
    assert found[0].measured["peers_median"] == 10.0
    assert len(found[0].positions) == 50, "the evidence has a limit"
    assert patterns([*many, *at_work(4)], peers(5)) == []
    assert patterns([*many, *at_work(5)], peers(4)) == []
    assert patterns([*many[:59], *at_work(5)], peers(5)) == []
    assert patterns([*many, *at_work(5, a_day=90)], peers(5)) == [], "on a day that is heavy for all nobody stands out"


def test_nobody_is_held_against_themselves() -> None:
    own = Before(counts={("desk 1", "dispatcher"): dict.fromkeys(range(DAY - 50, DAY), 10)})
    assert patterns([*(use(n, at_s=n * 400) for n in range(100)), *at_work(5)], own) == []


def test_a_case_that_the_whole_floor_looks_at_is_no_finding() -> None:
    days = {("desk 1", "call:1"): {DAY - 3, DAY - 5, DAY - 13}}
    others = {(f"desk {n}", "call:1"): {DAY - 3} for n in range(2, 10)}
    assert patterns([use(1, record="call:1", tasked=False)], Before(untasked=days | others)) == []
    del others["desk 9", "call:1"]
    assert patterns([use(1, record="call:1", tasked=False)], Before(untasked=days | others)) == ["over_and_over"]


def test_the_order_in_which_uses_come_changes_nothing() -> None:
    uses = [use(n, staff=f"desk {n % 3}", at_s=n, on_duty=False, tasked=False) for n in range(150)]
    once = detect(uses, peers(5), LIMITS)
    random.Random(4).shuffle(uses)
    assert detect(uses, peers(5), LIMITS) == once
    assert len({found.use for found in once}) == len(once)
    assert all(isinstance(found, Found) for found in once)


@pytest.mark.parametrize(("own", "tasked", "found"), [(("number",), True, ["own_record"]), (("address",), True, ["own_record"]), (("name",), True, []),
                                                      (("name",), False, ["own_record"]), ((), False, [])])
def test_own_number_or_address_is_a_question_even_with_a_task_and_a_name_only_without(own: tuple[OwnKind, ...], tasked: bool, found: list[str]) -> None:
    assert patterns([msgspec.structs.replace(use(1, tasked=tasked, response=False), own=own), use(2)]) == found


def test_an_own_record_says_which_of_ones_details_stood_in_how_many() -> None:
    uses = [msgspec.structs.replace(use(n, tasked=False), own=own) for n, own in enumerate([("name", "number"), ("name",), ()])]  # type: ignore[arg-type]  # each a tuple of kinds
    (one,) = detect(uses, Before(), LIMITS)
    assert one.measured == {"records": 2, "own_name": 2, "own_number": 1} and one.positions == (0, 1)
