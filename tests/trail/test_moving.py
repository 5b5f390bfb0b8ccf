"""A trail that moves with its ledger: every point, who is where, what is thinned; and what a move that was cut off leaves."""

from pathlib import Path

import psycopg
import pytest

from tests.trail.given import NOON, SECOND, Hand, fix
from tocsin.trail import Fix, Trail, settle, withdraw
from tocsin.trail.files import Files
from tocsin.trail.place import DAY_US
from tocsin.trail.postgres import PostgresDays

UNITS = ("A7", "B2", "单元")


def points(start: int) -> list[Fix]:
    return [fix(unit, start + second * SECOND, round(24.9 + second / 1e4, 7), accuracy_m=5.0) for second in range(0, 300, 5) for unit in UNITS]


def filled(folder: Path, clock: Hand) -> tuple[list[list[Fix]], int]:
    """Three days, of which the first is thinned; the histories of all, and the number of the last change."""
    with Trail.open(folder, clock, keep_days=7) as trail:
        for day in range(3):
            clock.at = NOON + day * DAY_US + 300 * SECOND
            trail.report(points(NOON + day * DAY_US))
            trail.flush()
        trail.end_shift("B2")
        trail.tend()
        trail.tend()
        return histories(trail, clock), trail.head()


def histories(trail: Trail, clock: Hand) -> list[list[Fix]]:
    return [trail.history(unit, 0, clock.at + DAY_US) for unit in UNITS]


def test_every_point_moves_there_and_back_and_numbers_go_on(tmp_path: Path, postgres: str, clock: Hand) -> None:
    before, head = filled(tmp_path, clock)
    assert [len(one) for one in before] == [150] * 3
    assert settle(tmp_path, postgres, "moved") == 3
    assert list(tmp_path.glob("*")) == []
    with Trail.open(tmp_path, clock, keep_days=7, database=postgres, name="moved") as trail:
        trail.lead(1)
        assert histories(trail, clock) == before
        assert trail.head() > head and trail.stand(head) == (trail.head(), True)
        assert trail.latest("A7") == before[0][-1] and trail.latest("B2") is None
        assert trail.at(NOON + 30 * SECOND, {"A7": 0})[1] == "thinned"
        late = fix("A7", NOON + SECOND)
        assert trail.report([late, fix("B2", clock.at + SECOND)]) == ["late", "kept"]
        there, head = trail.head(), trail.head()
    assert withdraw(tmp_path, postgres, "moved") == 3, "room for the day to come, where it was made already, is no day of it"
    with psycopg.connect(postgres) as connection:
        assert connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'tocsin_moved_trail'").fetchone() == (0,)
    with Trail.open(tmp_path, clock, keep_days=7) as trail:
        assert late in trail.history("A7", 0, 2 * NOON) and len(trail.history("A7", 0, clock.at + DAY_US)) == 151
        assert trail.head() > there and trail.latest("B2") == fix("B2", clock.at + SECOND)
        assert trail.at(NOON + 30 * SECOND, {"A7": 0})[1] == "thinned"


def test_a_move_that_was_cut_off_goes_on_and_nothing_is_there_twice(tmp_path: Path, postgres: str, clock: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    before, _ = filled(tmp_path, clock)
    real, moved = PostgresDays.take_over, []

    def broken(place: PostgresDays, day: int, *of: object) -> None:
        if moved:
            raise KeyboardInterrupt
        moved.append(day)
        real(place, day, *of)  # type: ignore[arg-type]  # handed on as it came

    with monkeypatch.context() as cutting:
        cutting.setattr(PostgresDays, "take_over", broken)
        with pytest.raises(KeyboardInterrupt):
            settle(tmp_path, postgres, "moved")
    assert len(Files(tmp_path).days()) == 3, "nothing is taken away before all of it is there"
    settle(tmp_path, postgres, "moved")
    assert settle(tmp_path, postgres, "moved") == 0
    with Trail.open(tmp_path, clock, keep_days=7, database=postgres, name="moved") as trail:
        trail.lead(1)
        assert histories(trail, clock) == before
    with monkeypatch.context() as cutting:
        cutting.setattr(PostgresDays, "drop", lambda place: broken(place, 0))
        with pytest.raises(KeyboardInterrupt):
            withdraw(tmp_path, postgres, "moved")
    assert withdraw(tmp_path, postgres, "moved") == 3, "room for the day to come, where it was made already, is no day of it"
    assert withdraw(tmp_path, postgres, "moved") == 0, "and what is in the folder stays"
    with Trail.open(tmp_path, clock, keep_days=7) as trail:
        assert histories(trail, clock) == before
