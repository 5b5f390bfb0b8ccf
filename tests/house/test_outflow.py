"""What leaves the house, round one real house: asked, seen, approved by another, marked, told of before the first byte, and traced."""

import csv
import io
import json
import threading
import zipfile
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from tests.engines.attachments.made import document
from tests.engines.marks.scenes import as_bytes, scene
from tests.floor import CHIEF, DESK, StillClock, asker, corner, small_house
from tests.ledger.faulty import faulty_disk
from tocsin.facts.access import ExportApproved, ExportDelivered, ExportRefused, ExportWithdrawn, RecordsDelivered, RecordShown
from tocsin.house import Attaching, House, OutflowTable
from tocsin.house.audit import trace_leak
from tocsin.house.outflow import Outflow, Preview
from tocsin.kernel import Refused
from tocsin.ledger.note import read, read_verifier
from tocsin.rooms.access.commands import ApproveExport, AskExport, ReadExport, ReadReceived, RefuseExport, WithdrawExport
from tocsin.rooms.access.views import ExportRow, ExportView, Received
from tocsin.rooms.calls.commands import HandOverCall, TakeCall
from tocsin.rooms.dispatch.commands import AddNote, CloseIncident, ReadStory

SECOND, PLANNER, AUDITOR = asker("chief 2", "supervisor"), asker("planner 1", "planner"), asker("auditor 1", "auditor")
CALLER, NUMBER = "Aino Example", "+358 50 555 0101"
RECIPIENT, BASIS = "District Court of Example", "order 2026/114 of the district court"


def calls(house: House, many: int, clock: StillClock) -> list[str]:
    found = []
    for at in range(many):
        clock.pass_s(40)
        receipt = house.do(TakeCall(kind="fire" if at % 3 else "medical", place=corner(at % 6, at // 6 % 6), caller=CALLER, number=NUMBER, notes=f"note {at}"), DESK)
        found.append(receipt.subject.removeprefix("call:"))
        if at % 2:
            house.do(CloseIncident(incident=found[-1], disposition="false_alarm"), DESK)
    return found


def ask(house: House, clock: StillClock, **more: object) -> str:
    words = {"what": "incidents", "recipient_kind": "court", "recipient": RECIPIENT, "basis": BASIS, "since": clock.at - 86_400_000_000, "until": clock.at + 1, **more}
    return house.do(AskExport(**words), PLANNER).subject.removeprefix("export:")  # type: ignore[arg-type]  # made of keywords


def approved(house: House, export: str) -> Preview:
    seen = Outflow(house).preview(export, CHIEF)
    house.do(ApproveExport(export=export, preview=seen.position), CHIEF)
    return seen


def files(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_whole_way_of_a_table(house: House, clock: StillClock, tmp_path: Path) -> None:
    incidents = calls(house, 12, clock)
    export = ask(house, clock)
    seen = approved(house, export)
    assert (seen.rows, seen.records, len(seen.first), seen.fields) == (12, 12, 10, ())
    taken = Outflow(house).copy(export, PLANNER)
    inside = files(taken.content)
    assert sorted(inside) == ["incidents.csv", "manifest.json"]
    table = rows(inside["incidents.csv"])
    assert [row["incident"] for row in table] == incidents
    assert "caller" not in table[0]
    assert CALLER.encode() not in inside["incidents.csv"]
    manifest = json.loads(inside["manifest.json"])
    assert (manifest["recipient"], manifest["basis"], manifest["asked_by"], manifest["approved_by"]) == (RECIPIENT, BASIS, "planner 1", "chief 1")
    assert manifest["files"][0]["sha256"] == sha256(inside["incidents.csv"]).hexdigest()
    origin, key = read_verifier(manifest["ledger"]["verifier"])
    assert read(manifest["ledger"]["checkpoint"], origin, key).size > 0, "the note is signed"
    [delivered] = [kept for kept in house.history(f"export:{export}") if isinstance(kept.fact, ExportDelivered)]
    assert isinstance(delivered.fact, ExportDelivered)
    assert delivered.fact.manifest == sha256(inside["manifest.json"]).hexdigest()
    row = house.rows("export")[export]
    assert isinstance(row, ExportRow)
    assert (row.state, row.delivered, row.rows) == ("approved", 1, 12)
    raw = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    for personal in (RECIPIENT, BASIS, CALLER):
        assert personal.encode() not in raw, "no fact carries a personal text in clear"


def test_only_the_fields_that_were_asked_for_go_out_and_the_approver_was_shown_them(house: House, clock: StillClock) -> None:
    [first, *_] = calls(house, 3, clock)
    export = ask(house, clock, fields=("caller",))
    seen = approved(house, export)
    assert CALLER in seen.first[0]
    assert NUMBER not in seen.first[0]
    shown = [kept for kept in house.history(f"call:{first}") if isinstance(kept.fact, RecordShown)]
    assert [(kept.entry.by, kept.entry.purpose, kept.fact.fields) for kept in shown if isinstance(kept.fact, RecordShown)] == [("chief 1", "disclosure", ("caller",))]
    table = rows(files(Outflow(house).copy(export, PLANNER).content)["incidents.csv"])
    assert table[0]["caller"] == CALLER
    assert not {"number", "words"} & set(table[0])
    out = [kept.fact for kept in house.history(f"out:call:{first}")]
    assert [fact.fields for fact in out if isinstance(fact, RecordsDelivered)] == [("caller",)]


def test_a_second_person_who_was_shown_it_decides(house: House, clock: StillClock) -> None:
    calls(house, 1, clock)
    own = house.do(AskExport(what="incidents", recipient_kind="agency", recipient="Agency", basis="a request by letter", since=clock.at - 9, until=clock.at), CHIEF).subject[7:]
    export = ask(house, clock)
    for act, code in ((lambda: Outflow(house).preview(own, CHIEF), "approve_own"), (lambda: house.do(ApproveExport(export=own, preview=1), CHIEF), "approve_own"),
                      (lambda: house.do(RefuseExport(export=own, reason="no"*3), CHIEF), "refuse_own"), (lambda: Outflow(house).preview(export, PLANNER), "role_missing"),
                      (lambda: house.do(ApproveExport(export=export, preview=1), CHIEF), "preview_first"), (lambda: Outflow(house).copy(export, PLANNER), "export_not_approved")):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == code
    seen = Outflow(house).preview(export, SECOND)
    with pytest.raises(Refused, match="preview_first"):  # one's own showing, not another's
        house.do(ApproveExport(export=export, preview=seen.position), CHIEF)
    house.do(ApproveExport(export=export, preview=seen.position), SECOND)
    with pytest.raises(Refused, match="not_yours"):
        Outflow(house).copy(export, asker("planner 2", "planner"))


def _race(*acts: object) -> list[str]:
    codes: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: object) -> None:
        start.wait()
        try:
            act()  # type: ignore[operator]  # every act is a function
            codes.append("")
        except Refused as no:
            codes.append(no.code)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(codes)


def test_of_two_approvals_at_once_one_is_kept(house: House, clock: StillClock) -> None:
    calls(house, 1, clock)
    for _ in range(12):
        export = ask(house, clock)
        previews = {by.name: Outflow(house).preview(export, by).position for by in (CHIEF, SECOND)}
        codes = _race(*[partial(house.do, ApproveExport(export=export, preview=previews[by.name]), by) for by in (CHIEF, SECOND)])
        assert codes == ["", "export_decided"]
        assert sum(isinstance(kept.fact, ExportApproved) for kept in house.history(f"export:{export}")) == 1


def test_approving_and_withdrawing_at_once_leaves_nothing_that_goes_out(house: House, clock: StillClock) -> None:
    calls(house, 1, clock)
    for _ in range(12):
        export = ask(house, clock)
        seen = Outflow(house).preview(export, CHIEF)
        codes = _race(partial(house.do, ApproveExport(export=export, preview=seen.position), CHIEF), partial(house.do, WithdrawExport(export=export), PLANNER))
        assert codes in (["", ""], ["", "export_withdrawn"]), "approved and then withdrawn, or withdrawn before"
        assert isinstance(house.history(f"export:{export}")[-1].fact, ExportWithdrawn)
        with pytest.raises(Refused) as no:
            Outflow(house).copy(export, PLANNER)
        assert (no.value.code, no.value.status) == ("export_withdrawn", 410)


def test_copies_are_counted_and_end_in_time_even_when_two_are_taken_at_once(house: House, clock: StillClock) -> None:
    calls(house, 2, clock)
    export = ask(house, clock, copies=2, days=1)
    approved(house, export)
    outflow, other = Outflow(house), Outflow(house)
    outflow.copy(export, PLANNER)
    codes = _race(partial(outflow.copy, export, PLANNER), partial(other.copy, export, PLANNER))
    assert codes[0] == ""
    assert codes[1] in ("export_spent", "copy_taken")
    assert sum(isinstance(kept.fact, ExportDelivered) for kept in house.history(f"export:{export}")) == 2
    late = ask(house, clock, days=1)
    approved(house, late)
    clock.pass_s(86_400)
    with pytest.raises(Refused) as no:
        outflow.copy(late, PLANNER)
    assert (no.value.code, no.value.status) == ("export_expired", 410)


def test_what_was_approved_is_what_goes_out_and_what_was_destroyed_does_not(house: House, clock: StillClock) -> None:
    incidents = calls(house, 4, clock)
    export = ask(house, clock, until=clock.at + 86_400_000_000, fields=("caller",))
    seen = approved(house, export)
    calls(house, 3, clock)
    house.ledger.vault.destroy(f"call:{incidents[1]}")
    table = rows(files(Outflow(house).copy(export, PLANNER).content)["incidents.csv"])
    assert [row["incident"] for row in table] == incidents, "nothing that came after the preview"
    assert len(table) == seen.rows
    assert [row["caller"] for row in table] == [CALLER, "", CALLER, CALLER]


def test_no_log_no_data(tmp_path: Path, clock: StillClock) -> None:
    with faulty_disk() as disk, small_house(tmp_path, clock) as house:
        calls(house, 2, clock)
        export = ask(house, clock, fields=("caller",))
        approved(house, export)
        disk.full = True
        for act in (lambda: Outflow(house).copy(export, PLANNER), lambda: Outflow(house).preview(ask(house, clock), CHIEF)):
            with pytest.raises(Refused, match=r"ledger\.full"):
                act()
        disk.full = False
        assert not any(isinstance(kept.fact, ExportDelivered) for kept in house.history(f"export:{export}"))
        assert Outflow(house).copy(export, PLANNER).content


def test_who_has_ever_received_a_record(house: House, clock: StillClock) -> None:
    [incident, other] = calls(house, 2, clock)
    house.see(ReadStory(incident=incident), DESK)
    Attaching(house).attach(incident, document(), "plan.pdf", DESK)
    row = next(kept.fact for kept in house.history(f"incident:{incident}") if kept.entry.kind == "dispatch.file-attached")
    Attaching(house).open(row.file, CHIEF)  # type: ignore[attr-defined]  # that kind is a file's
    house.do(HandOverCall(call=incident, to="neighbour", reason="theirs"), DESK)
    export = ask(house, clock, fields=("caller",), copies=2)
    approved(house, export)
    Outflow(house).copy(export, PLANNER)
    Outflow(house).copy(export, PLANNER)
    found = house.see(ReadReceived(record=incident), AUDITOR)
    assert isinstance(found, Received)
    assert [(one.how, one.by, one.to) for one in found.received if one.how != "shown"] == [
        ("file", "chief 1", ""), ("handed_over", "desk 1", "neighbour"), ("export", "planner 1", RECIPIENT), ("export", "planner 1", RECIPIENT)]
    assert [(one.by, one.purpose) for one in found.received if one.how == "shown"] == [("desk 1", "response"), ("chief 1", "disclosure")]
    assert [one.copy for one in found.received if one.how == "export"] == [1, 2]
    again = house.see(ReadReceived(record=f"call:{other}"), AUDITOR)
    assert isinstance(again, Received)
    assert [one.how for one in again.received] == ["shown", "export", "export"]
    nobody = house.see(ReadReceived(record="call:999999-0001"), AUDITOR)
    assert isinstance(nobody, Received)
    assert nobody.total == 0


def test_a_story_with_its_pictures_is_traced_by_each_of_its_parts(house: House, clock: StillClock, tmp_path: Path) -> None:
    [incident] = calls(house, 1, clock)
    for at in range(14):
        house.do(AddNote(incident=incident, note=f"smoke {at}"), DESK)
    Attaching(house).attach(incident, as_bytes(scene(3, 700, 500), "PNG"), "door.png", DESK)
    export = ask(house, clock, what="story", about=incident, fields=("caller", "words", "file"))
    seen = approved(house, export)
    assert seen.files == 1
    assert any("smoke 0" in row[0] for row in seen.first)
    inside = files(Outflow(house).copy(export, PLANNER).content)
    story = inside["story.txt"].decode()
    assert RECIPIENT in story
    assert CALLER in story
    assert NUMBER not in story
    [picture] = [name for name in inside if name.startswith("files/")]
    with Image.open(io.BytesIO(inside[picture])) as image:
        resaved = io.BytesIO()
        image.convert("RGB").save(resaved, "JPEG", quality=80)
    bare = "\n".join(line.rstrip() for line in story.encode("ascii", "ignore").decode().splitlines() if "Copy" not in line).encode()
    for content, layer in ((resaved.getvalue(), "picture"), (inside["story.txt"], "unseen"), (bare, "wording")):
        traced = Outflow(house).trace(content, AUDITOR)
        assert (traced.export, traced.layer) == (export, layer)
        assert traced.row is not None
        assert traced.row.by == "planner 1"
    nothing = Outflow(house).trace(b"260304-0001, still open\n", AUDITOR)
    assert (nothing.export, nothing.layer) == ("", "none")
    house.close()
    found, asked = trace_leak(tmp_path / "data", bare, clock, name="floor")
    assert asked is not None
    assert (found.export, asked.by, asked.kind) == (export, "planner 1", "court")


def test_attached_documents_go_out_with_the_mark_that_their_kind_can_carry_and_the_manifest_says_which(house: House, clock: StillClock) -> None:
    [incident] = calls(house, 1, clock)
    for content, name in ((document(), "plan.pdf"), (b"The pump stood in the yard.\n\nNobody was hurt\n", "report.txt"), (b'{"level_cm": 12}\n', "level.json")):
        Attaching(house).attach(incident, content, name, DESK)
    export = ask(house, clock, what="story", about=incident, fields=("file",), copies=2)
    approved(house, export)
    told: list[tuple[str, str, str]] = []

    def stamp(content: bytes, line: str, across: str, data: str) -> bytes | None:
        told.append((line, across, data))
        return content + b"\n% stamped" if len(told) == 1 else None

    inside = files(Outflow(house, stamp=stamp).copy(export, PLANNER).content)
    marks = {name: one["marked_by"] for one in json.loads(inside["manifest.json"])["files"] for name in [one["name"]]}
    pdf, text, data = sorted(name for name in inside if name.startswith("files/"))
    assert (marks[pdf], marks[text], marks[data]) == (["stamp", "told", "unseen"], ["told", "unseen"], [])
    assert f"Copy for {RECIPIENT} (court). Copy No. {export} (1)" in told[0][0]
    assert told[0][1] == f"Copy No. {export} · {RECIPIENT}"
    assert inside[data] == b'{"level_cm": 12}\n'
    assert b"The pump stood in the yard." in inside[text]
    assert (Outflow(house).trace(inside[text], AUDITOR).export, Outflow(house).trace(inside[text], AUDITOR).layer) == (export, "unseen")
    assert Outflow(house).trace(told[0][2].encode(), AUDITOR).layer == "unseen"
    again = files(Outflow(house, stamp=stamp).copy(export, PLANNER).content)
    assert next(one for one in json.loads(again["manifest.json"])["files"] if one["name"] == pdf)["marked_by"] == [], "what could not be stamped is said to be as it was"
    assert again[pdf] == document()
    assert f"Copy No. {export} (2)" in again[text].decode()


def test_statistics_leave_small_counts_out_and_hold_no_record(house: House, clock: StillClock) -> None:
    calls(house, 14, clock)
    export = ask(house, clock, what="statistics")
    seen = approved(house, export)
    assert seen.records == 0
    table = rows(files(Outflow(house, OutflowTable(least_count=6)).copy(export, PLANNER).content)["statistics.csv"])
    cells = [cell for row in table for column, cell in row.items() if column not in ("kind", "copy")]
    assert "withheld" in cells, "five medical calls are fewer than six"
    assert all(cell == "withheld" or cell == "0" or int(cell) >= 6 for cell in cells)


def test_facts_about_a_record_tell_what_was_done_and_never_what_it_says(house: House, clock: StillClock) -> None:
    [incident] = calls(house, 1, clock)
    house.see(ReadStory(incident=incident), DESK)
    export = ask(house, clock, what="facts", about=incident)
    approved(house, export)
    content = files(Outflow(house).copy(export, PLANNER).content)["facts.csv"]
    assert {"calls.call-taken", "access.record-shown", "dispatch.incident-opened"} <= {row["kind"] for row in rows(content)}
    assert CALLER.encode() not in content


@pytest.mark.parametrize(("more", "code"), [
    ({"since": 5, "until": 5}, "period_wrong"), ({"since": 0}, "period_long"), ({"what": "story"}, "about_missing"), ({"what": "statistics", "fields": ("caller",)}, "fields_not_here"),
    ({"fields": ("file",)}, "files_not_here")])
def test_what_is_asked_wrongly_is_refused_with_what_to_do(house: House, clock: StillClock, more: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as no:
        ask(house, clock, **more)
    assert no.value.code == code


def test_a_refusal_keeps_its_reason_for_those_who_review(house: House, clock: StillClock) -> None:
    export = ask(house, clock)
    house.do(RefuseExport(export=export, reason="the basis names another incident"), CHIEF)
    view = house.see(ReadExport(export=export), AUDITOR)
    assert isinstance(view, ExportView)
    assert (view.recipient, view.reason) == (RECIPIENT, "the basis names another incident")
    assert any(isinstance(kept.fact, ExportRefused) for kept in house.history(f"export:{export}"))
    with pytest.raises(Refused, match="export_decided"):
        Outflow(house).preview(export, CHIEF)
