"""What leaves the house over the wire: the whole way by two people, its end, every door as every role, and the trace by command line."""

import io
import zipfile

import httpx
import pytest
from pypdf import PdfReader

from tests.edges.web.running import ROLES, Running, running
from tests.engines.attachments.made import document
from tests.floor import DESK, corner
from tocsin.cli import main
from tocsin.house import Attaching
from tocsin.house.outflow import COPY, MAY_PREVIEW, MAY_TAKE, MAY_TRACE, MOST_LEAK, PREVIEW, TRACE
from tocsin.rooms.calls.commands import TakeCall

OCTETS = {"content-type": "application/octet-stream"}


def ask(floor: Running, role: str = "planner", **more: object) -> str:
    body = {"what": "incidents", "recipient_kind": "agency", "recipient": "Water Works", "basis": "request of the water works 7/2026",
            "since": floor.clock.at - 10**12, "until": floor.clock.at + 1, **more}
    answer = floor.as_(role).post("/api/exports", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["subject"]).removeprefix("export:")


def approve(floor: Running, export: str) -> dict[str, object]:
    seen = floor.as_("supervisor").post(f"/api/exports/{export}/preview").json()
    answer = floor.as_("supervisor").post(f"/api/exports/{export}/approve", json={"preview": seen["position"]})
    assert answer.status_code == 200, answer.text
    return seen  # type: ignore[no-any-return]  # JSON


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["code"])


@pytest.fixture
def calls(floor: Running) -> int:
    for at in range(12):
        floor.house.do(TakeCall(place=corner(at % 6, at % 4), kind="fire", caller="Aino Example"), DESK)
    return 12


def test_the_way_over_the_wire_and_its_end(floor: Running, calls: int) -> None:
    export = ask(floor, copies=2, days=1)
    assert said(floor.as_("planner").post(f"/api/exports/{export}/copy")) == (403, "export_not_approved")
    assert approve(floor, export)["rows"] >= calls
    answer = floor.as_("planner").post(f"/api/exports/{export}/copy")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''tocsin-{export}-1.zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        table = archive.read("incidents.csv")
    for content in (answer.content, table, table.decode("utf-8-sig").encode("utf-16"), table.replace(b"\r\n", b"\n")):
        traced = floor.as_("auditor").post(TRACE, content=content, headers=OCTETS).json()
        assert (traced["export"], traced["layer"]) == (export, "unseen")
    floor.clock.pass_s(86_400)
    assert said(floor.as_("planner").post(f"/api/exports/{export}/copy")) == (410, "export_expired")
    assert said(floor.as_("planner").post("/api/exports/260304-0999/copy")) == (404, "export_unknown")


def test_a_pdf_of_a_copy_is_stamped_on_its_page_and_traced(floor: Running) -> None:
    incident = floor.house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK).subject.removeprefix("call:")
    Attaching(floor.house).attach(incident, document(), "plan.pdf", DESK)
    export = ask(floor, what="story", about=incident, fields=["file"])
    approve(floor, export)
    with zipfile.ZipFile(io.BytesIO(floor.as_("planner").post(f"/api/exports/{export}/copy").content)) as archive:
        [name] = [one for one in archive.namelist() if one.endswith(".pdf")]
        content = archive.read(name)
    text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert f"Copy for Water Works (agency). Copy No. {export} (1)" in text
    assert "Floor plan" in text
    traced = floor.as_("auditor").post(TRACE, content=content, headers=OCTETS).json()
    assert (traced["export"], traced["layer"]) == (export, "unseen")


def test_every_line_as_every_role(floor: Running, calls: int) -> None:
    export = ask(floor)
    partner = floor.client(cookie=floor.cookie("partner"))
    for path, may, body in ((PREVIEW, MAY_PREVIEW, b""), (COPY, MAY_TAKE, b""), (TRACE, MAY_TRACE, b"x")):
        for role in (*ROLES, "device", "partner"):
            client = floor.as_(role) if role != "partner" else partner
            answer = client.post(path.replace("{export}", export), content=body, headers=OCTETS if body else {})
            assert (answer.status_code == 403 and answer.json()["code"] == "role_missing") != (role in may), f"{role} at {path}: {answer.status_code}"
        assert floor.as_("nobody").post(path.replace("{export}", export), content=body).status_code == 401
    partner.close()


@pytest.mark.parametrize("content", [b"", b"PK\3\4 no zip", b"\x89PNG\r\n\x1a\n cut off", b"\xff\xd8\xff\xe0", b"\0" * 1000, "📎".encode() * 1000])
def test_a_file_that_is_none_is_no_fault(floor: Running, content: bytes) -> None:
    answer = floor.as_("auditor").post(TRACE, content=content, headers=OCTETS)
    assert answer.status_code in (200, 413), answer.text
    if answer.status_code == 200:
        assert answer.json()["layer"] == "none"


def test_a_zip_that_unfolds_without_end_is_cut_off(floor: Running) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for at in range(8):
            archive.writestr(f"{at}.txt", b"0" * (20 << 20))
    answer = floor.as_("auditor").post(TRACE, content=out.getvalue(), headers=OCTETS)
    assert (answer.status_code, answer.json()["layer"]) == (200, "none")
    assert floor.as_("auditor").post(TRACE, content=b"x" * (MOST_LEAK + 1), headers=OCTETS).status_code == 413


def test_a_leak_is_traced_by_command_line(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path) as floor:
        for at in range(12):
            floor.house.do(TakeCall(place=corner(at % 6, at % 4), kind="fire", caller="Aino Example"), DESK)
        export = ask(floor)
        approve(floor, export)
        with zipfile.ZipFile(io.BytesIO(floor.as_("planner").post(f"/api/exports/{export}/copy").content)) as archive:
            leak = archive.read("incidents.csv").decode("ascii", "ignore").replace("Copy No. ", "")
    (tmp_path / "leak.txt").write_text(leak)
    (tmp_path / "other.txt").write_text("nothing")
    words = ["leak", "trace", "--data", str(tmp_path / "house")]
    assert main([*words, str(tmp_path / "leak.txt")]) == 0
    out = capsys.readouterr().out
    assert f"export {export}, told by its choice of words (36 of 36 choices)" in out
    assert "asked for by planner" in out
    assert "Water Works" not in out, "the recipient's name is shown at its door alone"
    assert main([*words, str(tmp_path / "other.txt")]) == 1
