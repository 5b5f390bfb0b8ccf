"""The person's own view over the wire: no sign-in, one no for everything wrong after the same time, slower for those who guess."""

import json
from pathlib import Path

import pytest

from tests.edges.web.running import Running, running
from tests.floor import asker, corner
from tocsin.cli import main
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import ReadStory

DESK = asker("desk 1", "dispatcher", "call_taker")
WRONG = "0000-0000-0000"


@pytest.fixture
def served(tmp_path: Path):
    with running(tmp_path / "data") as floor:
        yield floor


def called(floor: Running) -> str:
    receipt = floor.house.do(TakeCall(kind="fire", place=corner(1, 1), caller="Aino Example", number="+358 50 555 0101"), DESK)
    call = receipt.subject.removeprefix("call:")
    floor.house.see(ReadStory(incident=call), asker("chief 1", "supervisor"))
    return call


def tried(floor: Running, call: str, code: str, path: str = "/api/trail") -> tuple[int, str, float]:
    with floor.client() as nobody:
        answer = nobody.post(path, json={"call": call, "code": code})
    return answer.status_code, answer.text, answer.elapsed.total_seconds()


def pause(floor: Running, seconds: int) -> None:
    """Move the clock by which tries are counted."""
    floor.people.clock.shift_s += seconds  # type: ignore[attr-defined]  # it is the tests' own


def test_nobody_signed_in_reads_the_trail_and_its_proof_holds(served: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = called(served)
    given = served.as_("call_taker").post(f"/api/calls/{call}/trail-code", json={})
    assert given.status_code == 200, given.text
    assert served.as_("auditor").post(f"/api/calls/{call}/trail-code", json={}).status_code == 403
    assert served.as_("nobody").post(f"/api/calls/{call}/trail-code", json={}).status_code == 401
    words = {"call": call, "code": given.json()["code"]}
    with served.client() as nobody:
        shown = nobody.post("/api/trail", json=words)
        assert shown.status_code == 200, shown.text
        assert shown.headers["cache-control"] == "no-store"
        assert [(line["how"], line["roles"], line["purpose"]) for line in shown.json()["lines"]] == [("shown", ["supervisor"], "response"), ("read", [], "")]
        proof = nobody.post("/api/trail/proof", json=words)
    assert proof.status_code == 200, proof.text
    assert not any(word in proof.text + shown.text for word in ("chief 1", "Aino", "555 0101"))
    verifier = served.house.ledger.verifier
    path, short = tmp_path / "proof.json", tmp_path / "short.json"
    path.write_bytes(proof.content)
    assert main(["audit", "check-proof", str(path), "--key", verifier, "--places"]) == 0
    said = capsys.readouterr().out
    assert f"call:{call}: 0 entries in this time, of 2 among" in said
    document = json.loads(proof.content)
    document["histories"][0]["positions"] = document["histories"][0]["positions"][:-1]
    short.write_text(json.dumps(document))
    assert main(["audit", "check-proof", str(short), "--key", verifier, "--places"]) == 1
    assert main(["audit", "check-proof", str(path), "--key", verifier]) == 1, "who asks for the entries is told that they are not shown"
    served.as_("call_taker").post(f"/api/calls/{call}/trail-code/revoke", json={})
    assert tried(served, **words)[0] == 403  # type: ignore[arg-type]  # number and code


def test_a_number_that_is_not_there_is_answered_like_a_wrong_code(served: Running) -> None:
    call, bare = called(served), called(served)
    served.as_("call_taker").post(f"/api/calls/{call}/trail-code", json={})
    answers = []
    for number in (call, bare, "260304-7777", "../x"):
        for path in ("/api/trail", "/api/trail/proof"):
            answers.append(tried(served, number, WRONG, path))
            pause(served, 120)
    assert {(status, text) for status, text, _ in answers} == {(403, answers[0][1])}
    assert json.loads(answers[0][1])["code"] == "trail_code_wrong"
    assert all(0.25 <= took < 2 for _, _, took in answers)


def test_those_who_guess_wait_longer_by_number_and_by_address_and_a_right_code_ends_it(served: Running) -> None:
    calls = [called(served) for _ in range(5)]
    code = served.as_("dispatcher").post(f"/api/calls/{calls[0]}/trail-code", json={}).json()["code"]
    assert [tried(served, calls[0], WRONG)[0] for _ in range(5)] == [403, 403, 403, 403, 429]
    assert tried(served, calls[0], code)[0] == 429, "not even the right one, for a moment"
    pause(served, 2)
    assert tried(served, calls[0], code)[0] == 200
    assert [tried(served, number, WRONG)[0] for number in ("260304-7777", *calls[1:])] == [403, 403, 403, 403, 429], "another number each time"
    pause(served, 2)
    assert tried(served, calls[0], code)[0] == 200


def test_what_is_too_long_or_no_json_is_refused_and_nothing_is_kept_of_it(served: Running) -> None:
    before = served.house.ledger.head()
    with served.client() as nobody:
        assert nobody.post("/api/trail", json={"call": "x" * 25, "code": "y"}).status_code == 422
        assert nobody.post("/api/trail", json={"call": "x"}).status_code == 422
        assert nobody.post("/api/trail", content=b"{" * 4_000, headers={"content-type": "application/json"}).status_code == 413
        assert nobody.get("/trail").status_code == 200
    assert tried(served, "260304-7777", WRONG)[0] == 403
    assert served.house.ledger.head() == before
