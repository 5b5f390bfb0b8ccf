"""Positions that can hardly be true are taken and marked: jumps against the last sound place, until a second one agrees or the unit is back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trail.given import NOON, SECOND, Hand, fix, opened
from tocsin.trail import Fix, Trail
from tocsin.trail.doubting import Doubting

pytestmark = pytest.mark.usefixtures("place")
KM = 1 / 111.32
"""Degrees of latitude."""


@pytest.fixture
def trail(tmp_path: Path, clock: Hand) -> Iterator[Trail]:
    with opened(tmp_path, clock) as trail:
        yield trail


def _marks(trail: Trail, *fixes: Fix) -> list[bool]:
    marks = []
    for one in fixes:
        assert trail.report([one]) == ["kept"]
        newest = trail.latest(one.unit)
        assert newest is not None
        marks.append(newest.jumped)
    return marks


def _at(second: int, km: float, **more: float) -> Fix:
    return fix("A7", NOON + second * SECOND - 60 * SECOND, lat=60.2 + km * KM, **more)


def test_a_jump_is_kept_and_marked_and_the_way_back_is_not(trail: Trail) -> None:
    assert _marks(trail, _at(0, 0), _at(5, 0.1), _at(10, 20), _at(15, 0.3)) == [False, False, True, False]
    assert trail.counts["jumped"] == 1


def test_one_that_goes_on_from_a_jump_is_believed(trail: Trail) -> None:
    assert _marks(trail, _at(0, 0), _at(5, 20), _at(10, 20.1), _at(15, 20.2)) == [False, True, False, False]


def test_every_place_of_a_device_that_leaps_about_is_marked(trail: Trail) -> None:
    assert _marks(trail, _at(0, 0), _at(5, 20), _at(10, 60), _at(15, -40)) == [False, True, True, True]


def test_what_the_fastest_vehicle_makes_and_what_both_may_err_by_is_no_jump(trail: Trail) -> None:
    assert _marks(trail, _at(0, 0), _at(10, 1.7)) == [False, False]
    assert _marks(trail, _at(20, 1.7), _at(21, 4.0, accuracy_m=3_000)) == [False, False]
    assert _marks(trail, _at(22, 4.0), _at(23, 6.0)) == [False, True]


def test_a_shift_begins_anywhere(trail: Trail, clock: Hand) -> None:
    assert _marks(trail, _at(0, 0)) == [False]
    trail.end_shift("A7")
    clock.at += 10 * SECOND
    assert _marks(trail, _at(65, 40)) == [False]


def test_a_second_node_shows_the_mark(tmp_path: Path, clock: Hand) -> None:
    with opened(tmp_path, clock) as trail:
        assert _marks(trail, _at(0, 0), _at(5, 20)) == [False, True]
    with opened(tmp_path, clock) as again:
        newest = again.latest("A7")
        assert newest is not None and newest.jumped


@given(st.lists(st.tuples(st.integers(1, 600), st.floats(-150, 150, allow_nan=False)), max_size=30))
def test_no_vehicle_is_ever_doubted(steps: list[tuple[int, float]]) -> None:
    """Whatever way something goes at up to 150 m/s, none of its fixes is marked."""
    doubting, second, km, before = Doubting(), 0, 0.0, None
    for seconds, mps in steps:
        second, km = second + seconds, km + seconds * mps / 1000
        if abs(km) > 1_000:
            break
        before = doubting.looked(_at(second, km), before)
        assert not before.jumped
