"""The log for outsiders: tiles and checkpoints over HTTP, a witness on its own machine, a forged database found, a split view found."""

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pymerkle
import pytest

from tests.edges.web.running import Running, running
from tests.floor import DESK, StillClock, corner
from tests.shared import ROOT
from tocsin.cli import main
from tocsin.edges.gateways.witness import look
from tocsin.house import Witnesses, Witnessing, tiles
from tocsin.ledger import Ledger, sqlite
from tocsin.ledger.line import decode, encode, read_line
from tocsin.ledger.note import Witness, cosigned_at, read, read_verifier, text_of
from tocsin.ledger.tree import Growth, hash_leaf, root_at
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AddNote

NUMBER = "+358 50 555 0177"


def fill(floor: Running, entries: int) -> str:
    """Take a call and write notes until the ledger holds so many entries."""
    receipt = floor.house.do(TakeCall(kind="fire", place=corner(1, 1), number=NUMBER), DESK)
    incident = receipt.subject.partition(":")[2]
    while floor.house.ledger.head() < entries:
        floor.house.do(AddNote(incident=incident, note="somebody is there"), DESK)
    return incident


def fetcher(floor: Running, who: str = "nobody") -> tiles.Fetch:
    def fetch(path: str) -> bytes:
        answer = floor.as_(who).get(f"/tlog/{path}")
        if answer.status_code != 200:
            raise tiles.TileMissing(f"{path}: {answer.status_code}")
        return answer.content

    return fetch


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory):
    with running(tmp_path_factory.mktemp("watched")) as floor:
        fill(floor, 600)
        yield floor


def test_an_outsider_builds_the_signed_root_from_tiles_alone_and_reads_nothing(watched: Running) -> None:
    note = watched.as_("nobody").get("/tlog/checkpoint")
    assert note.headers["content-type"].startswith("text/plain")
    origin, key = read_verifier(watched.house.ledger.verifier)
    found = read(note.text, origin, key)
    assert found.size >= 600
    assert root_at(found.size, tiles.nodes_of(found.size, fetcher(watched))) == found.root
    full = watched.as_("nobody").get("/tlog/tile/0/000")
    assert (full.status_code, len(full.content), full.headers["content-type"]) == (200, 256 * 32, "application/octet-stream")
    assert "immutable" in full.headers["cache-control"]
    assert "immutable" not in watched.as_("nobody").get("/tlog/tile/0/002.p/1").headers["cache-control"]
    for path in ("tile/entries/000", "lines/000"):
        assert watched.as_("nobody").get(f"/tlog/{path}").json()["code"] == "sign_in_first"
        assert watched.as_("dispatcher").get(f"/tlog/{path}").json()["code"] == "role_missing"


def test_entries_hash_to_the_tiles_and_hold_no_personal_text(watched: Running) -> None:
    lines = tiles.unbundle(watched.as_("auditor").get("/tlog/tile/entries/000").content, wide=False)
    assert lines == tiles.unbundle(watched.as_("auditor").get("/tlog/lines/000").content, wide=True)
    hashes = watched.as_("nobody").get("/tlog/tile/0/000").content
    assert [hash_leaf(line) for line in lines] == [hashes[at:at + 32] for at in range(0, len(hashes), 32)]
    assert [decode(line)[0] for line in lines] == list(range(1, 257))
    assert NUMBER.encode() not in b"".join(lines)
    oracle = pymerkle.InmemoryTree(algorithm="sha256")
    for line in lines:
        oracle.append_entry(line)
    assert oracle.get_root(256) == watched.as_("nobody").get("/tlog/tile/1/000.p/1").content


@pytest.mark.parametrize("path", ["0/0", "0/00", "0/1000", "0/x000/001", "00/000", "0/000.p/0", "0/000.p/256", "0/000.p/01", "8/000", "a/000", "0/000.p/",
                                  "0", "0/-01", "0/x001", "0/999", "0/x001/x234/067", "1/000.p/200", "0/" + "x999/" * 12 + "999"])
def test_a_tile_has_one_path_and_one_that_is_none_is_404(watched: Running, path: str) -> None:
    answer = watched.as_("nobody").get(f"/tlog/tile/{path}")
    assert answer.status_code in (404, 422), answer.text
    assert answer.json()["code"] in ("no_such_tile", "ledger.no-such-tile", "no_such_door", "field_wrong", "sign_in_first")


@pytest.mark.parametrize(("index", "path"), [(0, "tile/0/000"), (999, "tile/0/999"), (1000, "tile/0/x001/000"), (1234067, "tile/0/x001/x234/067")])
def test_paths_are_those_of_the_specification(index: int, path: str) -> None:
    assert tiles.tile_path(0, index) == path
    assert tiles.read_tile(path.removeprefix("tile/")) == (0, index, 256)
    assert tiles.read_tile(tiles.tile_path(3, index, 7).removeprefix("tile/")) == (3, index, 7)


def test_a_public_tool_that_is_not_ours_verifies_checkpoint_tiles_and_proofs(watched: Running, tmp_path: Path) -> None:
    go, library = shutil.which("go"), Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
    if go is None or not library.is_dir():
        pytest.skip("golang-go and golang-golang-x-mod-dev are not installed here")
    program = tmp_path / "verify"
    built = subprocess.run([go, "build", "-o", str(program), str(ROOT / "tests" / "ledger" / "go" / "verify.go")], capture_output=True, text=True,
                           env={"PATH": "/usr/bin:/bin", "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(tmp_path / "cache"),
                                "HOME": str(tmp_path), "GOFLAGS": ""})
    assert built.returncode == 0, built.stderr
    words = [str(program), f"http://127.0.0.1:{watched.port}/tlog", watched.house.ledger.verifier]
    said = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr
    assert int(said.stdout.removesuffix(" leaves proved\n")) >= 600
    other = Ledger.open(tmp_path / "other", StillClock(), name="floor")
    with other:
        wrong = other.verifier
    assert subprocess.run([*words[:2], wrong], capture_output=True, timeout=60).returncode != 0, "another key's log is none"


def watching(folder: Path, floor: Running, clock: StillClock, name: str = "oversight") -> Witnessing:
    return Witnessing(folder, name, floor.house.ledger.verifier, clock)


def test_a_witness_cosigns_what_grows_and_the_floor_shows_its_line(tmp_path: Path) -> None:
    clock = StillClock()
    probe = Witnessing(tmp_path / "witness", "oversight", _verifier(tmp_path / "data" / "house"), clock)
    with running(tmp_path / "data", witnesses=Witnesses(witnesses=(probe.witness.line,), within_s=300)) as floor:
        address = f"http://127.0.0.1:{floor.port}/tlog"
        fill(floor, 5)
        assert _part(floor) == "ok", "it has not been so long yet"
        floor.clock.pass_s(301)
        assert _part(floor) == "failed", "nobody witnessed it for five minutes, and every console says so"
        clock.at = floor.clock.at
        assert look(probe, address).verdict == "cosigned"
        assert _part(floor) == "ok"
        note = floor.as_("nobody").get("/tlog/checkpoint").text
        assert cosigned_at(note, probe.witness) == clock.at // 1_000_000
        fill(floor, 300)
        floor.clock.pass_s(11)
        assert look(probe, address).verdict == "cosigned"
        assert look(probe, address).verdict == "same"
        floor.clock.pass_s(400)
        assert _part(floor) == "failed", "a witness that fell silent is missed within minutes"
        clock.at = floor.clock.at
        assert look(probe, address).verdict == "same"
        assert _part(floor) == "ok", "a quiet night has a witness too"
        before = text_of(floor.as_("nobody").get("/tlog/checkpoint").text)
        fill(floor, 310)
        assert text_of(floor.as_("nobody").get("/tlog/checkpoint").text) == before, "what nobody witnessed yet is not shown as witnessed"


def test_what_is_no_witness_is_not_taken(tmp_path: Path) -> None:
    clock = StillClock()
    named = Witnessing(tmp_path / "named", "named", _verifier(tmp_path / "data" / "house"), clock)
    stranger = Witnessing(tmp_path / "stranger", "stranger", named_line := _verifier(tmp_path / "data" / "house"), clock)
    assert named_line
    with running(tmp_path / "data", witnesses=Witnesses(witnesses=(named.witness.line,))) as floor:
        fill(floor, 5)
        nobody = floor.as_("nobody")
        saw = stranger.look(fetcher(floor))
        assert nobody.post("/tlog/cosignatures", json={"note": saw.note}).json()["code"] == "witness_unknown"
        right = named.look(fetcher(floor))
        forged = right.note.replace("named ", "named ", 1)[:-10] + "AAAAAAAA=\n"
        assert nobody.post("/tlog/cosignatures", json={"note": forged}).status_code in (403, 422)
        borrowed = Witness("named", stranger.witness.key)
        assert borrowed.line != named.witness.line
        old = right.note.replace("\n5\n", "\n4\n", 1)
        assert nobody.post("/tlog/cosignatures", json={"note": old}).status_code in (403, 409, 422)
        assert nobody.post("/tlog/cosignatures", json={"note": "x"}).json()["code"] == "cosignature_wrong"
        assert nobody.post("/tlog/cosignatures", json={"note": right.note}).status_code == 204
        assert nobody.post("/tlog/cosignatures", json={"note": right.note}).status_code == 204, "said twice is said once"


def test_an_administrator_who_edits_the_database_and_signs_again_is_found_by_the_next_look(tmp_path: Path) -> None:
    clock = StillClock()
    house = tmp_path / "data" / "house"
    witness = Witnessing(tmp_path / "witness", "oversight", _verifier(house), clock)
    with running(tmp_path / "data") as floor:
        incident = fill(floor, 400)
        assert look(witness, f"http://127.0.0.1:{floor.port}/tlog").verdict == "cosigned"
        kept = (tmp_path / "witness" / "seen").read_text()
    forge(house / "ledger", lambda line: line.replace(b"desk 1", b"desk 9"), entry=7)
    with running(tmp_path / "data") as floor:  # the house itself cannot tell: tree and signature are in order again
        floor.house.do(AddNote(incident=incident, note="after the edit"), DESK)
        saw = look(witness, f"http://127.0.0.1:{floor.port}/tlog")
        assert (saw.verdict, saw.wrong) == ("not_grown", True)
        evidence = list((tmp_path / "witness" / "evidence").iterdir())
        assert len(evidence) == 1 and kept in evidence[0].read_text()
        assert look(witness, f"http://127.0.0.1:{floor.port}/tlog").verdict == "not_grown", "it never comes round"
        verifier = floor.house.ledger.verifier
    saved = tmp_path / "seen"
    saved.write_text(kept)
    assert main(["audit", "verify", str(house / "ledger"), "--key", verifier]) == 0, "by itself the forged file is in order"
    assert main(["audit", "verify", str(house / "ledger"), "--key", verifier, "--checkpoint", str(saved)]) == 1


def test_two_witnesses_who_are_shown_two_trees_prove_it_with_their_notes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    house = tmp_path / "data" / "house"
    one, two = (Witnessing(tmp_path / name, name, _verifier(house), StillClock()) for name in ("east", "west"))
    with running(tmp_path / "data") as floor:
        fill(floor, 300)
        assert look(one, f"http://127.0.0.1:{floor.port}/tlog").verdict == "cosigned"
        verifier = floor.house.ledger.verifier
    forge(house / "ledger", lambda line: line.replace(b"desk 1", b"desk 9"), entry=1)
    with running(tmp_path / "data") as floor:
        assert look(two, f"http://127.0.0.1:{floor.port}/tlog").verdict == "cosigned", "to the second alone nothing looks wrong"
    words = ["audit", "compare", str(tmp_path / "east" / "seen"), str(tmp_path / "west" / "seen"), "--key", verifier]
    assert main(words) == 1
    assert "two different trees" in capsys.readouterr().out
    assert main([*words[:2], words[2], words[2], *words[4:]]) == 0


def test_a_log_that_was_cut_short_is_told_as_such(tmp_path: Path) -> None:
    house = tmp_path / "data" / "house"
    witness = Witnessing(tmp_path / "witness", "oversight", _verifier(house), StillClock())
    with running(tmp_path / "data") as floor:
        fill(floor, 300)
        assert look(witness, f"http://127.0.0.1:{floor.port}/tlog").verdict == "cosigned"
    forge(house / "ledger", lambda line: line, entry=1, upto=200)
    with running(tmp_path / "data") as floor:
        assert look(witness, f"http://127.0.0.1:{floor.port}/tlog").verdict == "rolled_back"


def test_a_house_that_is_not_there_is_unreadable_and_nothing_is_forgotten(tmp_path: Path) -> None:
    witness = Witnessing(tmp_path / "witness", "oversight", _verifier(tmp_path / "data" / "house"), StillClock())
    saw = look(witness, "http://127.0.0.1:9/tlog")
    assert (saw.verdict, saw.wrong, saw.note) == ("unreadable", False, "")


def test_a_witness_restarted_goes_on_from_what_it_saw(tmp_path: Path) -> None:
    house = tmp_path / "data" / "house"
    verifier = _verifier(house)
    first = Witnessing(tmp_path / "witness", "oversight", verifier, StillClock())
    with running(tmp_path / "data") as floor:
        fill(floor, 20)
        look(first, f"http://127.0.0.1:{floor.port}/tlog")
    again = Witnessing(tmp_path / "witness", "oversight", verifier, StillClock())
    assert again.witness.line == first.witness.line
    assert again.seen == first.seen
    (tmp_path / "witness" / "keys" / "signing.pem").unlink()
    with pytest.raises(Exception, match="restore it from your copy"):
        Witnessing(tmp_path / "witness", "oversight", verifier, StillClock())


def forge(folder: Path, change, *, entry: int, upto: int = 0) -> None:
    """What one with root and the signing key can do: change an entry (or cut the end off), grow the tree anew, sign it again."""
    file = sqlite3.connect(folder / "ledger.sqlite")
    lines = [line for (line,) in file.execute("SELECT line FROM entries ORDER BY position")][:upto or None]
    lines[entry - 1] = change(lines[entry - 1])
    for name in sqlite.SCHEMA:
        if "_no_" in name:
            file.execute(f"DROP TRIGGER {name}")
    growth = Growth()
    for table in ("entries", *(() if not upto else ("marks", "keys"))):
        file.execute(f"DELETE FROM {table}" if table == "entries" else f"DELETE FROM {table} WHERE {'position' if table == 'marks' else 'last'} > {upto}")
    for position, line in enumerate(lines, 1):
        inside, held = decode(line)
        assert encode(inside, held, read_line(line).salt) == line
        file.execute("INSERT INTO entries VALUES (?, ?, ?)", (position, growth.add(hash_leaf(line)), line))
    for name, statement in sqlite.SCHEMA.items():
        if "_no_" in name:
            file.execute(statement)
    file.commit()
    file.close()
    for name in ("checkpoint", "checkpoints", "witnessed", "cache"):
        path = folder / name
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    with Ledger.open(folder, StillClock(), name="floor") as ledger:
        ledger.checkpoint()


def _verifier(house: Path) -> str:
    with Ledger.open(house / "ledger", StillClock(), name="floor") as ledger:
        return ledger.verifier


def _part(floor: Running) -> str:
    parts = {part["name"]: part for part in floor.as_("device").get("/api/health").json()["parts"]}
    part = parts["witnesses"]
    if part["state"] != "ok":
        assert "witnessed" in part["says"]["en"] and "见证" in part["says"]["zh"]
    return str(part["state"])
