"""The command line: what cannot be done says why in one line, leaves with 2, and writes nothing by halves."""

import gzip
import json
import re
import shutil
from io import StringIO
from pathlib import Path

import pytest

from tests.floor import DESK, StillClock, corner, on_duty, small_city, small_house
from tests.shared import DATA, ROOT, needs_data
from tocsin.cli import main
from tocsin.cli.settings import SystemClock
from tocsin.edges.web.people import People
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import OfferCandidates


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that was said on standard error."""
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("tocsin: ")
    return lines[0]


@pytest.mark.parametrize("content", [b"", b"not an extract", bytes(range(256)) * 40, b"<osm></osm>"])
@pytest.mark.parametrize("name", ["city.osm.pbf", "city.osm", "city.osm.gz", "city.osm.bz2"])
def test_an_absurd_extract_is_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes) -> None:
    source = tmp_path / name
    source.write_bytes(content)
    assert main(["city", "build", str(source), "--out", str(tmp_path / "out")]) == 2
    assert said(capsys)
    assert sorted(path.name for path in tmp_path.iterdir()) == [name], "nothing was left half-written"


@needs_data("osm", "graphhopper_monaco.osm.gz")
def test_a_truncated_extract_is_refused_and_the_city_that_was_there_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "monaco.osm.gz", tmp_path / "city"
    shutil.copytree(small_city().path, out)
    whole = gzip.decompress((DATA / "osm" / "graphhopper_monaco.osm.gz").read_bytes())
    source.write_bytes(gzip.compress(whole)[: 40_000])
    before = (out / "manifest.json").read_bytes()
    assert main(["city", "build", str(source), "--out", str(out)]) == 2
    assert said(capsys)
    assert (out / "manifest.json").read_bytes() == before


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["city", "build", str(tmp_path / "none.osm.pbf"), "--out", str(tmp_path / "out")]) == 2
    assert "none.osm.pbf" in said(capsys)


def test_a_city_of_another_format_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "city"
    shutil.copytree(small_city().path, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    assert main(["city", "show", str(folder)]) == 2
    assert "99" in said(capsys)
    assert main(["serve", "--city", str(folder), "--data", str(tmp_path / "data"), "--port", "0"]) == 2
    assert said(capsys)
    assert not (tmp_path / "data").exists()


def test_a_record_with_wrong_columns_names_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text("When,What\n2026-01-01,fire\n")
    stations = tmp_path / "stations.csv"
    stations.write_text("station,lat,lon,address_as_quoted\n1,60.15,24.9,somewhere\n")
    words = [str(calls), "--map", str(ROOT / "docs" / "examples" / "san-francisco-calls.toml"), "--stations", str(stations)]
    assert main(["city", "calibrate", str(small_city().path), *words]) == 2
    assert "Call Number" in said(capsys)
    assert main(["replay", *words, "--city", str(small_city().path), "--speed", "0"]) == 2
    assert "Call Number" in said(capsys)


@pytest.mark.parametrize(("text", "fault"), [
    ("version = 1", "version"),
    ("not toml [", "line 1"),
    ('version = "x"\n[kinds]\n[skills]\n[dispositions]\n[kinds.fire]\nen = "fire"\nzh = "火灾"\npriority = 9\n[kinds.fire.needs]', "priority 9"),
])
def test_a_faulty_plan_is_refused_before_anything_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, fault: str) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text(text, encoding="utf-8")
    assert main(["serve", "--city", str(small_city().path), "--data", str(tmp_path / "data"), "--plan", str(plan), "--port", "0"]) == 2
    assert fault in said(capsys)
    assert not (tmp_path / "data").exists()


def test_audit_verifies_finds_and_recomputes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with small_house(tmp_path, StillClock()) as house:
        on_duty(house, "E1", "engine", corner(0, 0))
        number = house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK).subject.removeprefix("call:")
        house.do(OfferCandidates(incident=number), DESK)
    ledger = tmp_path / "ledger"
    assert main(["audit", "key", str(ledger)]) == 0
    key = capsys.readouterr().out.strip()
    (tmp_path / "key.txt").write_text(key + "\n")
    assert main(["audit", "verify", str(ledger), "--key", str(tmp_path / "key.txt")]) == 0
    assert capsys.readouterr().out.startswith("Sound")
    assert main(["audit", "offers", "--city", str(small_city().path), "--data", str(tmp_path)]) == 0
    assert "1 offers computed again, 0 differ" in capsys.readouterr().out
    file = ledger / "ledger.sqlite"
    content = bytearray(file.read_bytes())
    at = re.search(rb"Harbour Road", content)
    assert at is not None
    content[at.start()] ^= 1
    file.write_bytes(content)
    assert main(["audit", "verify", str(ledger), "--key", key]) == 1
    assert "NOT SOUND" in capsys.readouterr().out
    assert main(["audit", "verify", str(ledger), "--key", "nonsense"]) == 2
    assert said(capsys)
    assert main(["audit", "verify", str(tmp_path / "nowhere"), "--key", key]) == 2
    assert said(capsys)


def test_people_need_a_password_worth_the_name(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("short\n"))
    assert main(["people", "add", "desk", "--role", "dispatcher", "--data", str(tmp_path)]) == 2
    assert "12 characters" in said(capsys)
    assert not (tmp_path / "people.json").exists()


def test_a_partner_needs_an_agency(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["people", "add", "water desk", "--role", "partner", "--data", str(tmp_path)]
    for more, code in (((), "agency_missing"), (("--role", "dispatcher", "--agency", "Water works"), "roles_mixed")):
        monkeypatch.setattr("sys.stdin", StringIO("a long password\n"))
        assert main([*words, *more]) == 2
        assert code in said(capsys)
    assert not (tmp_path / "people.json").exists()
    monkeypatch.setattr("sys.stdin", StringIO("a long password\n"))
    assert main([*words, "--agency", "Water works"]) == 0
    assert "partner of Water works" in capsys.readouterr().out


@pytest.mark.parametrize(("text", "fault"), [("version = 1", "version"), ('[plans.x]\nen = "x"\nzh = "x"\nroles = ["nobody"]', "no role nobody")])
def test_a_faulty_table_of_command_is_refused_before_anything_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, fault: str) -> None:
    table = tmp_path / "command.toml"
    table.write_text(text, encoding="utf-8")
    assert main(["serve", "--city", str(small_city().path), "--data", str(tmp_path / "data"), "--command", str(table), "--port", "0"]) == 2
    assert fault in said(capsys)
    assert not (tmp_path / "data").exists()


def test_two_houses_never_stand_on_one_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with small_house(tmp_path, StillClock()):
        assert main(["serve", "--city", str(small_city().path), "--data", str(tmp_path), "--port", "0"]) == 2
    assert "in-use" in said(capsys)


def test_question_trees_are_checked_before_they_are_put_in_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["questions", "check"]) == 0
    assert capsys.readouterr().out.count(" ways, ") == 7
    broken = tmp_path / "broken.yaml"
    broken.write_text("tree: t\nversion: '1'\nkind: fire\nfirst: a\nquestions:\n  a: {en: What?, zh: 什么？, answers: [{code: x, en: X, zh: 甲, next: b}]}\n", encoding="utf-8")
    assert main(["questions", "check", str(broken)]) == 1
    assert "a, x: it leads to b, which is not there" in capsys.readouterr().out


def test_a_machine_key_is_printed_once_and_has_an_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["people", "key", "wall", "--role", "dispatcher", "--door", "/api/board", "--data", str(tmp_path)]
    assert main([*words, "--days", "91"]) == 2
    assert "90 days" in said(capsys)
    assert main([*words, "--days", "7"]) == 0
    key = capsys.readouterr().out.strip()
    assert key not in (tmp_path / "people.json").read_text()
    device = People(tmp_path, SystemClock()).device(key)
    assert device is not None and device.until - device.made == 7 * 86_400_000_000
    assert device.doors == ("/api/board",)
