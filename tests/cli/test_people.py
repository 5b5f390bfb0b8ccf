"""Letting somebody in from the command line is a fact like any other, kept before it takes effect, and refused while the house runs."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.floor import StillClock, small_house
from tocsin.cli import main
from tocsin.cli.settings import SystemClock
from tocsin.edges.web.people import People
from tocsin.facts.access import KeyGiven, RolesGiven
from tocsin.house.envelope import disclose


def kept(data: Path) -> list[tuple[str, Any]]:
    with small_house(data, StillClock()) as house:
        return [(one.entry.by, one.fact) for one in disclose(house.ledger.read(0)) if isinstance(one.fact, KeyGiven | RolesGiven)]


def add(monkeypatch: pytest.MonkeyPatch, data: Path, *more: str) -> int:
    monkeypatch.setattr("sys.stdin", StringIO("a long password\n"))
    return main(["people", "add", "desk 1", "--role", "dispatcher", "--data", str(data), *more])


def test_who_is_let_in_with_a_shell_stands_in_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert kept(tmp_path) == []
    assert add(monkeypatch, tmp_path) == 0
    assert main(["people", "add-device", "tracker 7", "--data", str(tmp_path)]) == 0
    assert main(["people", "key", "wall", "--role", "dispatcher", "--door", "/api/board", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().err == ""
    (by, person), (_, tracker), (_, wall) = kept(tmp_path)
    assert (by, person.person, person.roles) == ("command line", "desk 1", ("dispatcher",))
    assert (tracker.name, tracker.roles, wall.name, wall.doors) == ("tracker 7", ("device",), "wall", ("/api/board",))


def test_while_the_house_runs_nobody_is_let_in_behind_its_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with small_house(tmp_path, StillClock()):
        assert add(monkeypatch, tmp_path) == 2
        assert "ledger.in-use" in capsys.readouterr().err
    assert People(tmp_path, SystemClock()).find("desk 1") is None


def test_before_the_first_start_it_says_that_nothing_keeps_it_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(monkeypatch, tmp_path) == 0
    assert "no ledger yet" in capsys.readouterr().err
    assert People(tmp_path, SystemClock()).find("desk 1") is not None
    assert not (tmp_path / "ledger").exists()
