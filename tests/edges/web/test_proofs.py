"""An auditor fetches a record's whole history from a running house, and somebody with only the public key checks it offline."""

import base64
import json
from pathlib import Path

import pytest

from tests.edges.web.running import Running, running
from tests.edges.web.test_tlog import NUMBER, fill
from tests.floor import asker
from tocsin.cli import main
from tocsin.rooms.dispatch.commands import ReadStory


def _read(floor: Running, who: str, incident: str) -> None:
    floor.house.see(ReadStory(incident=incident), asker(who, "supervisor"))
    floor.clock.pass_s(60)


def test_all_reads_of_a_record_are_proved_and_a_shortened_document_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path / "data") as floor:
        incident = fill(floor, 40)
        for who in ("chief 1", "chief 2", "chief 1"):
            _read(floor, who, incident)
        verifier = floor.house.ledger.verifier
        record = next(entry.tags[0] for _, entry in floor.house.ledger.read() if entry.kind == "access.record-shown")
        answer = floor.as_("auditor").get("/tlog/histories", params={"tag": record})
        assert answer.status_code == 200, answer.text
        assert NUMBER.encode() not in answer.content
        assert floor.as_("dispatcher").get("/tlog/histories", params={"tag": record}).status_code == 403
        assert floor.as_("nobody").get("/tlog/histories", params={"tag": record}).status_code == 401
        assert floor.as_("auditor").get("/tlog/histories", params={"tag": record, "since": "-1"}).status_code == 422
        both = floor.as_("auditor").get("/tlog/histories", params={"tag": record, "also": f"out:{record}"}).json()
        assert [one["tag"] for one in both["histories"]] == [record, f"out:{record}"]
        nothing = floor.as_("auditor").get("/tlog/histories", params={"tag": "record:none"}).json()
    path, short, absent = tmp_path / "proof.json", tmp_path / "short.json", tmp_path / "absent.json"
    path.write_bytes(answer.content)
    assert main(["audit", "check-proof", str(path), "--key", verifier]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Proved. {record}:")
    assert "None is missing" in said
    document = json.loads(answer.content)
    history = document["histories"][0]
    assert sum(b"chief" in _line(entry) for entry in history["entries"]) == 3
    history["positions"], history["entries"] = history["positions"][:-1], history["entries"][:-1]
    short.write_text(json.dumps(document))
    assert main(["audit", "check-proof", str(short), "--key", verifier]) == 1
    assert capsys.readouterr().out.startswith("NOT PROVED")
    absent.write_text(json.dumps(nothing))
    assert main(["audit", "check-proof", str(absent), "--key", verifier]) == 0
    house = tmp_path / "data" / "house"
    assert main(["audit", "history", record, "--data", str(house), "--out", str(path)]) == 0
    assert main(["audit", "check-proof", str(path), "--key", verifier]) == 0
    assert main(["audit", "histories", str(house / "ledger")]) == 0


def _line(entry: dict[str, str]) -> bytes:
    return base64.b64decode(entry["line"])
