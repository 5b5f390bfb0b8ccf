"""Days of a trail in PostgreSQL written as files say the same: whole, thinned, and packed by unit."""

from pathlib import Path

import pytest

from tests.trail import given
from tests.trail.given import Hand
from tocsin.trail import Fix, SavedDays, Trail
from tocsin.trail.place import DAY_US

UNITS = ("E7", "M1")


def test_days_written_as_files_say_the_same(tmp_path: Path, postgres: str, clock: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "DATABASE", postgres)
    began = clock.now()
    with given.opened(tmp_path / "there", clock) as trail:
        for day in range(3):
            trail.report([Fix(unit=unit, lon=24.9, lat=60.15, device_at=clock.now() + n, heard_at=clock.now() + n) for unit in UNITS for n in range(0, 60_000_000, 1_000_000)])
            trail.flush()
            clock.at += DAY_US if day < 2 else 0
        for _ in range(20):
            trail.tend()
        with SavedDays.opened(postgres, given.named(tmp_path / "there")) as saved:
            assert saved is not None
            days = saved.days()
            assert len(days) == 3
            for day in days:
                (tmp_path / "here").mkdir(exist_ok=True)
                saved.write(day, tmp_path / "here" / day.name)
        told = {unit: trail.history(unit, began, clock.now() + DAY_US) for unit in UNITS}
        assert trail.at(began + 59_000_000, dict.fromkeys(UNITS, 0))[1] == "thinned", "the oldest day was thinned there"
    with Trail.open(tmp_path / "here", clock) as files:
        assert {unit: files.history(unit, began, clock.now() + DAY_US) for unit in UNITS} == told
        assert files.at(began + 59_000_000, dict.fromkeys(UNITS, 0))[1] == "thinned"


def test_a_day_that_something_came_to_has_another_mark_and_one_that_nothing_came_to_the_same(tmp_path: Path, postgres: str, clock: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "DATABASE", postgres)
    with given.opened(tmp_path, clock) as trail:
        marks = []
        for _ in range(2):
            trail.report([Fix(unit="E7", lon=24.9, lat=60.15, device_at=clock.now(), heard_at=clock.now())])
            trail.flush()
            for _ in range(2):
                with SavedDays.opened(postgres, given.named(tmp_path)) as saved:
                    assert saved is not None
                    marks.append(saved.days()[0].mark)
            clock.at += 1_000_000
    assert marks[0] == marks[1] != marks[2] == marks[3]
    with SavedDays.opened(postgres, "another") as saved:
        assert saved is None
