"""A trail in PostgreSQL when things go wrong: the database away, answers that are lost, one who reads for hours; and how its days are kept."""

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.cut import Line, line
from tests.trail import given
from tests.trail.given import NOON, SECOND, Hand, fix, named, still
from tocsin.kernel import Refused
from tocsin.trail import Trail, postgres
from tocsin.trail.place import DAY_US

HISTORY = (0, 2 * NOON)


@pytest.fixture
def address(postgres: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(given, "DATABASE", postgres)
    return postgres


@pytest.fixture
def cut(postgres: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """A line to the server that can be cut, through which trails are opened."""
    host = parse_qs(urlsplit(postgres).query)["host"][0]
    with tempfile.TemporaryDirectory() as folder, line(Path(folder), f"{host}/.s.PGSQL.5432", ".s.PGSQL.5432") as made:
        monkeypatch.setattr(given, "DATABASE", postgres.replace(host, folder))
        yield made


def partitions(address: str, folder: Path) -> set[str]:
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = %s AND relname ~ '^day_\\d+(_thinned)?$'",
                                   (f"tocsin_{named(folder)}_trail",))
        return {row[0] for row in found.fetchall()}


def test_while_the_database_is_away_the_board_lives_and_positions_wait(cut: Line, tmp_path: Path, clock: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.trail.trail.MAX_PENDING", 10)
    with still(tmp_path, clock) as trail:
        trail.report([fix("A7", NOON)])
        trail.flush()
        cut.closed = True
        cut.cut()
        clock.at += 600 * SECOND
        for second in range(1, 13):
            assert trail.report([fix("A7", NOON + second * SECOND)]) == ["kept"]
            trail.flush()
        assert trail.latest("A7") == fix("A7", NOON + 12 * SECOND)
        assert trail.counts["history-lost"] == 2
        with pytest.raises(Refused, match=r"trail\.unreadable"):
            trail.history("A7", *HISTORY)
        cut.closed = False
        trail.flush()
        trail.flush()
        assert [one.device_at for one in trail.history("A7", *HISTORY)] == [NOON + second * SECOND for second in range(11)]
        following = Trail.open(tmp_path, clock, database=given.DATABASE, name=named(tmp_path))
        assert following.latest("A7") == trail.latest("A7"), "a step needs no room in the history"
        following.close()


def test_what_was_written_though_the_answer_was_lost_is_not_written_twice(cut: Line, postgres: str, tmp_path: Path, clock: Hand) -> None:
    schema = sql.Identifier(f"tocsin_{named(tmp_path)}_trail")
    flushes, rows = (sql.SQL(text).format(schema) for text in ("SELECT flush FROM {}.writer", "SELECT count(*) FROM {}.pieces"))
    with still(tmp_path, clock) as trail, psycopg.connect(postgres, autocommit=True) as watched:
        trail.report([fix("A7", NOON)])
        trail.flush()
        for number in range(1, 4):
            trail.flush()
            trail.report([fix("A7", NOON + number * SECOND)])
            before, cut.deaf = watched.execute(flushes).fetchall(), True
            writing = threading.Thread(target=trail.flush)
            writing.start()
            while watched.execute(flushes).fetchall() == before and writing.is_alive():
                pass
            cut.cut()
            cut.deaf = False
            writing.join()
        trail.flush()
        assert len(trail.history("A7", *HISTORY)) == 4
        assert watched.execute(rows).fetchall() == [(4,)]


def test_one_who_reads_for_hours_holds_neither_writing_nor_reading(address: str, tmp_path: Path, clock: Hand) -> None:
    with still(tmp_path, clock, 3) as trail, psycopg.connect(address) as dump:
        trail.report([fix("A7", NOON)])
        trail.flush()
        trail.tend()
        dump.execute(f"SELECT count(*) FROM tocsin_{named(tmp_path)}_trail.pieces")  # type: ignore[arg-type]  # the test's own words
        clock.at = NOON + 2 * DAY_US
        trail.tend()
        assert trail.report([fix("A7", clock.at)]) == ["kept"]
        trail.flush()
        assert len(trail.history("A7", 0, 2 * clock.at)) == 2
        assert {"day_20000", "day_20000_thinned", "day_20002", "day_20003"} <= partitions(address, tmp_path), "read, thinned beside it, and a new day's made"
        clock.at = NOON + 5 * DAY_US
        trail.tend()
        assert [one.device_at for one in trail.history("A7", 0, 2 * clock.at)] == [NOON + 2 * DAY_US], "nobody sees it any more"
        assert "day_20000" in partitions(address, tmp_path)
        dump.rollback()
    with still(tmp_path, clock, 3) as trail:
        trail.tend()
        assert partitions(address, tmp_path) == {"day_20002_thinned", "day_20003", "day_20006"}


def test_flushes_are_packed_by_unit_and_read_the_same(address: str, tmp_path: Path, clock: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "MAX_FLUSHES", 3)
    clock.at += 600 * SECOND
    with still(tmp_path, clock) as trail:
        for second in range(8):
            trail.report([fix(unit, NOON + second * SECOND) for unit in ("A7", "B2")])
            trail.flush()
        with psycopg.connect(address) as connection:
            found = connection.execute(f"SELECT unit, count(*) FROM tocsin_{named(tmp_path)}_trail.day_20000 GROUP BY unit ORDER BY unit")  # type: ignore[arg-type]  # as above
            assert found.fetchall() == [(0, 2), (1, 2), (2, 2)]
        assert [len(trail.history(unit, *HISTORY)) for unit in ("A7", "B2")] == [8, 8]
        at = trail.at(NOON + 4 * SECOND, {"A7": 0, "B2": NOON + 4 * SECOND})[0]
        assert at == {"A7": fix("A7", NOON + 3 * SECOND)}, "as far as was heard then"


def test_what_comes_late_to_a_day_that_is_being_thinned_is_not_lost(address: str, tmp_path: Path, clock: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.trail.thinning.UNITS_AT_ONCE", 1)
    points = [fix(unit, NOON + second * SECOND) for second in range(0, 40, 5) for unit in ("A7", "B2", "C3")]
    clock.at += 60 * SECOND
    with still(tmp_path, clock) as trail:
        trail.report(points)
        trail.flush()
        clock.at = NOON + 2 * DAY_US
        trail.tend()
        assert trail.report([fix("A7", NOON + 3 * SECOND)]) == ["late"]
        trail.flush()
        assert len(trail.history("A7", *HISTORY)) == 9, "readers see the whole day meanwhile"
        assert trail.at(NOON + 3_600 * SECOND, {"A7": 0})[1] == "whole"
        for _ in range(3):
            trail.tend()
        assert [one.device_at - NOON for one in trail.history("A7", *HISTORY)] == [at * SECOND for at in (0, 3, 10, 20, 30)]
        assert len(trail.history("C3", *HISTORY)) == 4
        assert trail.at(NOON + 3_600 * SECOND, {"A7": 0})[1] == "thinned"
        assert partitions(address, tmp_path) == {"day_20000_thinned", "day_20003"}
    clock.at = NOON + 2 * DAY_US
    with still(tmp_path, clock) as trail:
        trail.tend()
        assert len(trail.history("A7", *HISTORY)) == 5, "once is enough"
