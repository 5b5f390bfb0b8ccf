"""The trail as its callers see it: verdicts, the newest position, changes by number, history, thinning and expiry."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.trail.given import NOON, SECOND, Hand, fix, opened
from tocsin.trail import REFUSALS, Fix, Trail, Verdict
from tocsin.trail.place import DAY_US

pytestmark = pytest.mark.usefixtures("place")


@pytest.fixture
def trail(tmp_path: Path, clock: Hand) -> Iterator[Trail]:
    with opened(tmp_path, clock) as trail:
        yield trail


@pytest.mark.parametrize(("wrong", "verdict"), [
    (fix("", NOON), "trail.bad-unit"),
    (fix("x" * 65, NOON), "trail.bad-unit"),
    (fix("a\nb", NOON), "trail.bad-unit"),
    (fix("A7", NOON, lon=180.1), "trail.out-of-range"),
    (fix("A7", NOON, lat=-90.1), "trail.out-of-range"),
    (fix("A7", NOON, lat=float("nan")), "trail.out-of-range"),
    (fix("A7", NOON, lon=0.0, lat=0.0), "trail.no-fix"),
    (fix("A7", NOON, accuracy_m=-1.0), "trail.absurd-accuracy"),
    (fix("A7", NOON, accuracy_m=float("nan")), "trail.absurd-accuracy"),
    (fix("A7", NOON, accuracy_m=10_001.0), "trail.absurd-accuracy"),
    (fix("A7", NOON, speed_mps=151.0), "trail.absurd-motion"),
    (fix("A7", NOON, heading_deg=float("inf")), "trail.absurd-motion"),
    (fix("A7", NOON + 121 * SECOND), "trail.from-the-future"),
    (fix("A7", NOON - 7 * DAY_US - 1), "trail.too-old"),
])
def test_what_cannot_be_true_is_refused_counted_and_kept_nowhere(trail: Trail, wrong: Fix, verdict: Verdict) -> None:
    assert trail.report([wrong, fix("B2", NOON)]) == [verdict, "kept"]
    assert trail.counts[verdict] == 1
    assert REFUSALS[verdict].zh
    assert [row.unit for row in trail.since(0)] == ["B2"]
    assert trail.history(wrong.unit, 0, 2 * NOON) == []


def test_a_late_point_takes_its_place_in_history_and_moves_nobody_back(trail: Trail) -> None:
    points = [fix("A7", NOON), fix("A7", NOON - 60 * SECOND, 24.8), fix("A7", NOON - 30 * SECOND), fix("A7", NOON)]
    assert trail.report(points) == ["kept", "late", "late", "repeated"]
    assert trail.latest("A7") == points[0]
    assert trail.latest("nobody") is None
    expected = [points[1], points[2], points[0]]
    assert trail.history("A7", NOON - DAY_US, NOON + 1) == expected
    trail.flush()
    assert trail.history("A7", NOON - DAY_US, NOON + 1) == expected
    assert trail.history("A7", NOON - 60 * SECOND, NOON) == expected[:2]
    assert trail.history("A7", NOON - DAY_US, NOON + 1, limit=1) == expected[:1]


def test_changes_are_numbered_and_read_from_any_number_on(trail: Trail) -> None:
    trail.report([fix("A7", NOON - 2), fix("B2", NOON - 2)])
    start = trail.since(0)[-1].seq
    assert trail.since(start) == []
    trail.report([fix("C3", NOON), fix("A7", NOON), fix("A7", NOON + 1)])
    assert [(row.unit, row.fix) for row in trail.since(start)] == [("C3", fix("C3", NOON)), ("A7", fix("A7", NOON + 1))]
    assert [row.unit for row in trail.since(0)] == ["B2", "C3", "A7"]


def test_a_position_stops_with_the_shift_and_a_buffered_one_does_not_bring_it_back(trail: Trail, clock: Hand) -> None:
    trail.report([fix("A7", NOON - 10 * SECOND)])
    before = trail.since(0)[-1].seq
    trail.end_shift("A7")
    trail.end_shift("A7")
    trail.end_shift("nobody")
    assert trail.latest("A7") is None
    assert [(row.unit, row.seq, row.fix) for row in trail.since(before)] == [("A7", before + 1, None)]
    assert trail.report([fix("A7", NOON - 5 * SECOND)]) == ["late"]
    assert trail.latest("A7") is None
    clock.at += 60 * SECOND
    assert trail.report([fix("A7", clock.at)]) == ["kept"]
    assert len(trail.history("A7", 0, 2 * NOON)) == 3


def test_numbers_go_on_and_positions_stay_over_a_restart(tmp_path: Path, clock: Hand) -> None:
    with opened(tmp_path, clock) as trail:
        trail.report([fix("A7", NOON), fix("B2", NOON), fix("C3", NOON)])
        trail.end_shift("B2")
        last = trail.since(0)[-1].seq
    with opened(tmp_path, clock) as trail:
        assert {row.unit: row.fix for row in trail.since(0)} == {
            "A7": fix("A7", NOON), "B2": None, "C3": fix("C3", NOON)}
        assert trail.report([fix("B2", NOON - 1)]) == ["late"]
        trail.report([fix("D4", NOON)])
        assert [row.unit for row in trail.since(last)] == ["D4"]


def test_history_crosses_midnight(trail: Trail, clock: Hand) -> None:
    midnight = 20_001 * DAY_US
    clock.at = midnight + SECOND
    points = [fix("A7", midnight + offset * SECOND) for offset in range(-3, 1)]
    trail.report(points)
    trail.flush()
    assert trail.history("A7", midnight - 2 * SECOND, midnight + 1) == points[1:]


def test_after_a_day_one_point_in_ten_seconds_stays_and_old_days_go(tmp_path: Path, clock: Hand) -> None:
    points = [fix(unit, NOON + second * SECOND) for second in range(0, 300, 5) for unit in ("A7", "B2")]
    clock.at = NOON + 300 * SECOND
    with opened(tmp_path, clock, 3) as trail:
        trail.report(points)
        trail.flush()
        trail.tend()
        assert len(trail.history("A7", NOON, clock.at)) == 60
        clock.at = NOON + 2 * DAY_US
        trail.tend()
        trail.tend()
        kept = trail.history("A7", NOON, clock.at)
        assert [point.device_at for point in kept] == [NOON + second * SECOND for second in range(0, 300, 10)]
        assert trail.report([fix("A7", NOON + SECOND)]) == ["late"]
        trail.flush()
        assert len(trail.history("A7", NOON, clock.at)) == 31
        clock.at = NOON + 4 * DAY_US
        trail.tend()
        assert 20_000 not in trail._place.days()
        assert trail.history("A7", NOON, clock.at) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["A7", "B2", "单元"]), st.integers(-40, 40), st.floats(-180, 180),
                          st.floats(-90, 90).filter(lambda lat: lat != 0),
                          st.none() | st.floats(0, 100, width=32), st.booleans()), max_size=60))
def test_in_any_order_history_is_sorted_and_the_latest_is_the_newest(
        tmp_path_factory: pytest.TempPathFactory,
        told: list[tuple[str, int, float, float, float | None, bool]]) -> None:
    with opened(tmp_path_factory.mktemp("trail"), Hand()) as trail:
        first: dict[tuple[str, int], Fix] = {}
        for unit, second, lon, lat, accuracy, flushed in told:
            one = fix(unit, NOON + second * SECOND, lon, lat, accuracy_m=accuracy)
            (verdict,) = trail.report([one])
            newest = max((at for name, at in first if name == unit), default=None)
            moved = newest is None or second > newest
            assert verdict == ("kept" if moved else "repeated" if second == newest else "late")
            first.setdefault((unit, second), one)
            if flushed:
                trail.flush()
        for unit in ("A7", "B2", "单元"):
            expected = [first[key] for key in sorted(key for key in first if key[0] == unit)]
            newest = trail.latest(unit)
            assert (newest and replace(newest, jumped=False)) == (expected[-1] if expected else None)
            found = trail.history(unit, 0, 2 * NOON)
            assert [point.device_at for point in found] == [point.device_at for point in expected]
            for one, two in zip(found, expected, strict=True):
                assert (one.lon, one.lat) == pytest.approx((two.lon, two.lat), abs=1e-7)
                assert one.accuracy_m == two.accuracy_m
