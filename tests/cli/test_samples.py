"""`tocsin audit samples` as a process: a copy of the ledger without its keys tells whether each day's sample is the one that was drawn."""

import shutil
import subprocess
import sys
from pathlib import Path

import apsw
import msgspec
import pytest

from tests.floor import CHIEF, DESK, StillClock, small_house
from tests.house.test_sampling import days_pass, drawn
from tests.house.test_watching import calls, look_at
from tests.shared import ROOT
from tocsin.facts.access import SampleDrawn
from tocsin.house import House
from tocsin.house.envelope import enclose


def days(house: House, clock: StillClock, count: int = 2) -> None:
    """So many days on which a chief and a desk look at records, and the days' samples."""
    for _ in range(count):
        look_at(house, calls(house, 6), CHIEF)
        look_at(house, calls(house, 6), DESK)
        days_pass(house, clock)


def copied(data: Path, to: Path) -> Path:
    """The ledger's folder as an auditor is given it: no keys, no vault, no files."""
    shutil.copytree(data / "ledger", to, ignore=shutil.ignore_patterns("keys", "vault*", "files", "lock", "*-wal", "*-shm"))
    assert (to / "ledger.sqlite").is_file()
    return to


def run(*words: str | Path) -> tuple[int, list[str]]:
    done = subprocess.run([sys.executable, "-m", "tocsin.cli", "audit", "samples", *map(str, words)], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_an_auditor_with_a_copy_and_the_line_draws_every_day_again(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path / "data", clock) as house:
        days(house, clock)
        look_at(house, calls(house, 2), CHIEF)  # a third day, which is not over
        line, found = house.ledger.verifier, drawn(house)
    copy = copied(tmp_path / "data", tmp_path / "copy")
    before = sorted(path.name for path in copy.rglob("*"))
    code, said = run(copy, "--key", line)
    assert code == 0, said
    assert said[0].startswith("Sound: ")
    assert "2026-03-04: agrees, " in "\n".join(said)
    first = [one for one in found if one.day == "2026-03-04"]
    assert f"2026-03-04: agrees, {sum(len(one.positions) for one in first)} showings of {len(first)} people." in said
    assert "2026-03-06: the ledger ends before this day could be drawn." in said
    assert said[-1] == "2 days drawn again by the root of each: what was kept is what is drawn."
    assert sorted(path.name for path in copy.rglob("*")) == before, "nothing is written beside it"
    (tmp_path / "line.txt").write_text(f"{line}\n")
    code, said = run(copy, "--key", tmp_path / "line.txt", "--since", "2026-03-05", "--until", "2026-03-05")
    assert (code, said[-1]) == (0, "1 day drawn again by the root of each: what was kept is what is drawn.")


@pytest.mark.parametrize("what", ["one left out", "another's in its place", "somebody who is not drawn"])
def test_what_was_put_in_a_samples_place_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """The house itself lies: it keeps something else than what it drew, soundly signed."""
    clock = StillClock()
    with small_house(tmp_path / "data", clock) as house:
        days(house, clock, 1)
        true = next(one for one in drawn(house) if one.staff == CHIEF.name)
        false = {"one left out": msgspec.structs.replace(true, positions=true.positions[:-1]),
                 "another's in its place": msgspec.structs.replace(true, positions=(*true.positions[:-1], true.positions[-1] - 1)),
                 "somebody who is not drawn": msgspec.structs.replace(true, sample="260305-0009", staff="a name that was never there")}[what]
        now = clock.now()
        house.ledger.append(enclose([false], house.ledger.vault, happened_at=now, known_at=now, by="room:access", purpose="time", cause=0, key=""))
        line = house.ledger.verifier
    code, said = run(copied(tmp_path / "data", tmp_path / "copy"), "--key", line)
    assert said[0].startswith("Sound: "), "the tree has no word about it"
    assert code == 1
    told = [one for one in said if "NOT AS DRAWN" in one]
    who = CHIEF.name.capitalize() if what != "somebody who is not drawn" else "A name that was never there"
    assert [one.startswith(f"2026-03-04: NOT AS DRAWN. {who}: ") for one in told] == [True]
    assert said[-1] == "1 day drawn again by the root of each: 1 not as drawn."


def test_a_sample_that_was_never_kept_is_told(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path / "data", clock) as house:
        look_at(house, calls(house, 3), CHIEF)
        clock.pass_s(2 * 86_400)  # nobody draws: the house's own time stands still
        calls(house, 1)
        assert not drawn(house)
        line = house.ledger.verifier
    code, said = run(copied(tmp_path / "data", tmp_path / "copy"), "--key", line)
    assert code == 1
    assert "2026-03-04: NOT AS DRAWN. Nothing was drawn, and there were showings." in said


def test_an_edited_copy_draws_nothing_and_says_so(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path / "data", clock) as house:
        days(house, clock, 1)
        line, kind = house.ledger.verifier, SampleDrawn.fact_kind
    copy = copied(tmp_path / "data", tmp_path / "copy")
    connection = apsw.Connection(str(copy / "ledger.sqlite"))
    connection.execute("DROP TRIGGER entries_no_update")
    connection.execute("UPDATE entries SET line = CAST(replace(CAST(line AS TEXT), 'chief 1', 'chief 2') AS BLOB) WHERE instr(line, CAST(? AS BLOB))", (kind,))
    assert connection.changes()
    connection.close()
    code, said = run(copy, "--key", line)
    assert (code, said[0].startswith("NOT SOUND")) == (1, True)
    assert said[-1] == "The ledger is not what was signed, so its roots choose nothing and no sample was drawn."
    assert run(tmp_path / "nowhere", "--key", line)[0] == 2
    assert run(copy, "--key", "no line")[0] == 2
    assert run(copy, "--key", line, "--since", "yesterday")[0] == 2
