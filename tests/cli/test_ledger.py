"""`tocsin ledger copy`: a house's ledger into PostgreSQL and back between two runs of the house, and what is refused."""

from pathlib import Path

import pytest

from tests.floor import DESK, StillClock, corner, small_house
from tests.house.test_forgetting import scanned
from tocsin.cli import main
from tocsin.house import LedgerFault
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import ReadStory
from tocsin.rooms.dispatch.views import Story

CALLER = "Aino Planted-Caller"


def take(data: Path, clock: StillClock, caller: str = CALLER, database: str = "") -> tuple[int, str]:
    """One more call in a house that is opened for it: how many facts there are, and the caller of the first call as a desk is shown them."""
    with small_house(data, clock, database=database) as house:
        house.do(TakeCall(kind="fire", place=corner(1, 1), caller=caller), DESK)
        story = house.see(ReadStory(incident="260304-0001"), DESK)
        assert isinstance(story, Story)
        return house.ledger.head(), str(story.caller)


def test_a_house_goes_on_in_postgresql_and_back_in_its_file(tmp_path: Path, postgres: str, capsys: pytest.CaptureFixture[str]) -> None:
    data, clock = tmp_path / "data", StillClock()
    first, caller = take(data, clock)
    assert caller == CALLER
    assert main(["ledger", "copy", "--data", str(data), "--to", postgres]) == 0
    root_there = capsys.readouterr().out.partition("root ")[2].partition(";")[0]
    second, caller = take(data, clock)  # told nothing: the records know where
    assert (second > first, caller) == (True, CALLER)
    assert not (data / "ledger" / "ledger.sqlite").exists()
    assert main(["ledger", "copy", "--data", str(data), "--to", "files"]) == 0
    root_back = capsys.readouterr().out.partition("root ")[2].partition(";")[0]
    assert len(root_there) == len(root_back) == 64 and root_there != root_back
    third, caller = take(data, clock)
    assert (third > second, caller) == (True, CALLER)
    assert main(["audit", "verify", str(data / "ledger"), "--key", str(data / "ledger" / "verifier")]) == 0


def test_what_cannot_be_done_is_said_in_one_line(tmp_path: Path, postgres: str, capsys: pytest.CaptureFixture[str]) -> None:
    data, clock = tmp_path / "data", StillClock()
    take(data, clock)
    assert main(["ledger", "copy", "--data", str(data), "--to", "files"]) == 2
    assert "ledger.here-already" in capsys.readouterr().err
    assert main(["ledger", "copy", "--data", str(data), "--to", "postgresql://nobody@127.0.0.1:9/none"]) == 2
    assert "ledger.unreadable" in capsys.readouterr().err
    with small_house(data, clock):
        assert main(["ledger", "copy", "--data", str(data), "--to", postgres]) == 2
        assert "ledger.in-use" in capsys.readouterr().err
    with pytest.raises(LedgerFault, match=r"ledger\.two-places"):
        take(data, clock, database=postgres)
    assert main(["ledger", "copy", "--data", str(data), "--to", postgres]) == 0
    for words in (["audit", "verify", str(data / "ledger"), "--key", str(data / "ledger" / "verifier")], ["backup", str(tmp_path / "copy"), "--data", str(data)]):
        capsys.readouterr()
        assert main(words) == 2
        assert "elsewhere" in capsys.readouterr().err


def test_nothing_of_a_person_lies_in_the_database(tmp_path: Path, postgres: str) -> None:
    """The entries there are sealed as they are in the file: a copy of the database alone opens no name."""
    data, clock = tmp_path / "data", StillClock()
    take(data, clock, database=postgres)
    assert main(["ledger", "copy", "--data", str(data), "--to", str(tmp_path / "copy")]) == 0
    assert not scanned(tmp_path / "copy", CALLER)
