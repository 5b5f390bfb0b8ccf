"""A trail read beside the house that writes it, over each place."""

from pathlib import Path

from tests.trail import given
from tests.trail.given import NOON, SECOND, Hand, fix, named, opened
from tocsin.trail import DAY_US, Reader


def test_a_reader_sees_over_midnight_what_is_held_and_whether_it_was_thinned(tmp_path: Path, clock: Hand, place: str) -> None:
    midnight = (NOON // DAY_US + 1) * DAY_US
    clock.at = midnight + 60 * SECOND
    with Reader.opened(tmp_path / "trail", database=given.DATABASE, name=named(tmp_path / "trail")) as reader:
        assert (reader.days(), reader.history("A7", 0, midnight)) == ([], []), "nothing is made where there is nothing"
    with opened(tmp_path / "trail", clock) as trail:
        trail.report([fix(unit, midnight + second * SECOND) for second in range(-30, 30, 5) for unit in ("A7", "B2")])
        trail.flush()
        with Reader.opened(tmp_path / "trail", database=given.DATABASE, name=named(tmp_path / "trail")) as reader:
            seen = reader.history("A7", midnight - 20 * SECOND, midnight + 11 * SECOND)
            assert [(one.unit, (one.device_at - midnight) // SECOND) for one in seen] == [("A7", second) for second in range(-20, 11, 5)]
            assert reader.days()[:2] == [midnight // DAY_US - 1, midnight // DAY_US] and not reader.thinned(midnight // DAY_US - 1)
            clock.at = midnight + DAY_US
            for _ in range(5):
                trail.tend()
            assert reader.thinned(midnight // DAY_US - 1) and not reader.thinned(midnight // DAY_US)
            assert [(one.device_at - midnight) // SECOND for one in reader.history("A7", midnight - 30 * SECOND, midnight + 6 * SECOND)] == [-30, -20, -10, 0, 5]
