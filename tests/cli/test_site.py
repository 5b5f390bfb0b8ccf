"""`tocsin site`: its key, what is wrong with a table of sites, and who is let in at a site that has records already."""

import io
from pathlib import Path

import pytest

from tests.floor import StillClock, small_city, small_house
from tocsin.cli import main
from tocsin.cli.reading import read_sites
from tocsin.cli.settings import Stop
from tocsin.cli.site import SiteFile
from tocsin.edges.sites.mandate import printed, site_key
from tocsin.edges.web.people import People
from tocsin.ledger import Ledger

TABLE = '[[sites]]\nname = "north"\nkey = "{key}"\nroles = ["call_taker"]\napart = ["/api/calls"]\n'


def test_a_sites_key_is_made_once_and_only_its_public_half_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "key", "--data", str(tmp_path)]) == 0 == main(["site", "key", "--data", str(tmp_path)])
    first, second = capsys.readouterr().out.split()
    assert first == second == printed(site_key(tmp_path)) and (tmp_path / "site.key").stat().st_mode & 0o777 == 0o600


def test_each_fault_of_a_table_is_said_and_a_changed_table_is_taken_when_it_is_sound(tmp_path: Path) -> None:
    path, good = tmp_path / "sites.toml", TABLE.format(key=printed(site_key(tmp_path)))
    with small_house(tmp_path / "house", StillClock()) as house:
        for bad, says in ((good.replace("north", "North"), "lower-case"), (good.replace('key = "', 'key = "x'), "site key"), (good + good, "one name"),
                          (good.replace("call_taker", "device"), "no role of people"), (good.replace("/api/calls", "/api/nothing"), "no door"), ("sites = 3", "Expected")):
            path.write_text(bad)
            with pytest.raises(Stop, match=says):
                read_sites(path, house)
        path.write_text(good)
        table = SiteFile(path, house)
        assert table().find("north") is not None
        path.write_text("nothing of the kind")
        assert table().find("north") is not None  # what was sound holds on
        path.write_text(good + "withdrawn = true\n")
        found = table().find("north")
        assert found is not None and found.withdrawn


def test_people_are_let_in_at_a_site_that_has_records_already(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger.open(tmp_path / "floor", StillClock(), name="floor") as floor, Ledger.open(tmp_path / "north" / "ledger", StillClock(), name="floor", copies=floor.verifier):
        pass
    monkeypatch.setattr("sys.stdin", io.StringIO("a pass word for li\n"))
    assert main(["people", "add", "li", "--role", "dispatcher", "--data", str(tmp_path / "north")]) == 0
    assert People(tmp_path / "north", StillClock()).find("li") is not None
    with Ledger.open(tmp_path / "north" / "ledger" / "own", StillClock(), name="floor.own") as own:
        assert [entry.kind.partition(".")[0] for _, entry in own.read()] == ["access"]


def test_a_site_without_a_bus_or_with_another_line_than_a_floors_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["site", "serve", "--site", "north", "--floor", "nonsense", "--city", str(small_city().path), "--data", str(tmp_path)]
    assert main(words) == 2 and "TOCSIN_NATS" in capsys.readouterr().err
    assert main([*words, "--nats", "nats://127.0.0.1:1"]) == 2 and "verifier line" in capsys.readouterr().err
